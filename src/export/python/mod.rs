//! A run as a program of Python that gives the same results with Python's own pool, for those who want to go on without
//! Poolscope or to see what it stands for.
//!
//! The program runs on Python 3.8 and later, whichever way processes are started (`--start-method`). It prints what
//! `poolscope run` prints: a line a result, an empty one where an item failed, and why on standard error. What a function
//! needs of a notebook is told from its tokens (`needed`): a statement too many is better than one too few.

mod builtin;
mod code;
mod command;
mod file;
mod inputs;
mod library;
mod literal;
mod names;
mod needed;
mod pool;
mod script;
mod settings;
mod texts;
mod tokens;

use self::code::{FunctionCode, refused};
use self::library::{Library, apart_from};
pub use self::literal::python_list;
use crate::error::Result;
use crate::function::FunctionSpec;
use crate::pool::Job;

/// Parts that all programs have.
const COMMON: [&str; 3] = ["print_all", "output_for_results", "line_of"];

/// The program that does what this job does.
///
/// The error names what cannot be expressed: a built-in function without a counterpart, or inputs that are too many to be
/// written down and follow no rule. Of a run whose inputs were read while it went on, the job does not have them.
///
/// ```
/// use std::sync::Arc;
/// use poolscope::export;
/// use poolscope::function::FunctionSpec;
/// use poolscope::pool::{Job, Settings};
/// use poolscope::value::Column;
///
/// let job = Job {
///     inputs_name: "some numbers".to_owned(),
///     inputs: Arc::new(Column::Int(vec![1, 2, 3])),
///     function: FunctionSpec::builtin("double", [])?,
///     settings: Settings { workers: 2, ..Settings::default() },
/// };
/// let program = export::equivalent_python(&job)?;
/// assert!(program.contains("context.Pool(2)") && program.contains("return [1, 2, 3]"));
/// # Ok::<(), poolscope::error::Error>(())
/// ```
pub fn equivalent_python(job: &Job) -> Result<String> {
    if job.inputs.is_empty() {
        return Err(refused("it has no inputs, or they were read while it went on and are not kept"));
    }
    let code = match &job.function {
        FunctionSpec::Builtin { name, params } => builtin::code(job, name, params)?,
        FunctionSpec::Script(spec) => script::code(job, spec)?,
        FunctionSpec::Python(spec) => file::code(job, spec)?,
        FunctionSpec::Command(spec) => command::code(job, spec)?,
    };
    let library = Library::of(&code, &COMMON);
    let own = [library.own.as_str(), &calling(&code), &pool::main_function(job, !code.start.is_empty())]
        .join("\n\n");
    // Scripts are called by what they bind themselves, built-in functions by the names of their parts.
    let own = apart_from(&own, &code.source)?;
    let own = own.trim_end();
    let main = if own.contains("def main_of_run(") { "main_of_run" } else { "main" };
    let (futures, source) = parted(&code.source);
    let blocks = [head(job, &code), futures, library.given.trim_end().to_owned(), source, own.to_owned()];
    let blocks: Vec<String> = blocks.into_iter().filter(|block| !block.is_empty()).collect();
    Ok(format!("{}\n\n\nif __name__ == \"__main__\":\n    {main}()\n", blocks.join("\n\n\n")))
}

/// What the program is, and what it is not.
fn head(job: &Job, code: &FunctionCode) -> String {
    let settings = job.settings;
    let pool = settings.shape();
    let first = format!(
        "{} over {}, with {pool}: a run of Poolscope {} as a Python program.",
        job.function.description(),
        job.inputs_name,
        env!("CARGO_PKG_VERSION")
    );
    // In the first two lines Python looks for `coding:`, which may stand in the name of a file.
    let mut lines =
        vec!["#!/usr/bin/env python3".to_owned(), "# -*- coding: utf-8 -*-".to_owned(), comment(&first)];
    lines.extend(code.notes.iter().map(|note| comment(note)));
    let differences = pool::differences(&settings);
    if !differences.is_empty() {
        lines.push("# What the run had and Python's pool has not:".to_owned());
        lines.extend(differences.iter().map(|one| comment(&format!("- {one}"))));
    }
    lines.join("\n")
}

/// A sentence as one line of comment, whatever stands in it.
fn comment(text: &str) -> String {
    let plain =
        |sign: char| if sign.is_control() || sign == '\u{2028}' || sign == '\u{2029}' { ' ' } else { sign };
    format!("# {}", text.chars().map(plain).collect::<String>().trim_end())
}

/// Imports of features, which have to stand first, and the rest of a source.
fn parted(source: &str) -> (String, String) {
    let all = needed::statements(source);
    let is_future = |one: &&needed::Statement<'_>| one.is_future;
    let futures: Vec<&str> = all.iter().filter(is_future).map(|one| one.text).collect();
    if futures.is_empty() {
        return (String::new(), source.to_owned());
    }
    let rest: Vec<&str> = all.iter().filter(|one| !one.is_future).map(|one| one.text).collect();
    (futures.join("\n"), rest.join("\n"))
}

/// How one input is run.
fn calling(code: &FunctionCode) -> String {
    let FunctionCode { call, start, inputs, .. } = code;
    let check =
        if start.is_empty() { "" } else { "        if start_errors:\n            raise start_errors[0]\n" };
    let mut text = format!(
        "def call(item):\n    \"\"\"Runs one item; gives its index, its line, and why it has none.\"\"\"\n    index, value = item\n    \
         try:\n{check}        return index, line_of({call}), None\n    except (Exception, SystemExit) as error:\n        \
         return index, \"\", \"%s: %s\" % (type(error).__name__, error)\n\n\ndef inputs():\n    \
         \"\"\"The inputs of the run.\"\"\"\n    return {inputs}\n"
    );
    if !start.is_empty() {
        let statements = start.join("\n        ");
        text += &format!(
            "\n\nstart_errors = []\n\n\ndef start():\n    \"\"\"Makes a process ready. An error is that of each item: a pool would \
             start processes for ever.\"\"\"\n    try:\n        {statements}\n    except (Exception, SystemExit) as error:\n        \
             start_errors.append(error)\n"
        );
    }
    text
}
