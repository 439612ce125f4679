//! The parts that programs are made of, and which of them one needs.

use std::collections::BTreeSet;

use super::code::{FunctionCode, names_in, refused};
use super::needed::{Statement, needed_for, statements};
use super::tokens::logical_lines;
use crate::error::Result;

/// What every program may need.
const PROGRAM: &str = include_str!("../../../assets/export/program.py");
/// Built-in functions.
pub(super) const FUNCTIONS: &str = include_str!("../../../assets/export/functions.py");
/// What scripts and notebooks expect to be there.
pub(super) const GIVEN: &str = include_str!("../../../assets/export/given.py");
/// What every program binds beside its parts, or calls its inputs.
const OWN_NAMES: [&str; 9] =
    ["call", "inputs", "start", "main", "start_errors", "item", "index", "value", "error"];

/// What a program is made of beside the function: names that its source expects, and parts of its own.
#[derive(Debug)]
pub(super) struct Library {
    pub(super) given: String,
    pub(super) own: String,
}

impl Library {
    /// What this function needs, and the parts that all programs have.
    pub(super) fn of(code: &FunctionCode, common: &[&str]) -> Self {
        let (program, functions, expected) = (statements(PROGRAM), statements(FUNCTIONS), statements(GIVEN));
        let mut given = taken(&expected, &code.given.iter().map(String::as_str).collect::<Vec<_>>());
        let mut wanted: Vec<&str> = common.iter().chain(&code.parts).copied().collect();
        wanted.extend(given.iter().flat_map(|one| &one.names.uses).map(String::as_str));
        let of_items: Vec<&str> = wanted
            .iter()
            .copied()
            .filter(|name| code.parts.contains(name) || *name == "SplitMix64")
            .collect();
        given.extend(taken(&functions, &of_items));
        let own = taken(&program, &wanted);
        Self { given: joined(&given), own: joined(&own) }
    }
}

/// Whether a program has this name for something of its own.
pub(super) fn is_reserved(name: &str) -> bool {
    OWN_NAMES.contains(&name) || statements(PROGRAM).iter().any(|one| one.names.binds.contains(name))
}

/// What a program calls something of a source: by its own name where the program has none such, otherwise by another one that
/// is given to it.
pub(super) fn with_free_name(name: &str, other: &str, source: &mut String) -> String {
    let root = name.split('.').next().unwrap_or_default();
    if !is_reserved(root) {
        return name.to_owned();
    }
    source.push_str(&format!("\n{other} = {name}"));
    other.to_owned()
}

fn taken<'a, 's>(all: &'a [Statement<'s>], wanted: &[&str]) -> Vec<&'a Statement<'s>> {
    let wanted: Vec<&str> =
        wanted.iter().copied().filter(|name| all.iter().any(|one| one.names.binds.contains(*name))).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    all.iter().zip(needed_for(all, &wanted)).filter(|(_, taken)| *taken).map(|(one, _)| one).collect()
}

/// Imports one below the other, all else with air around it.
fn joined(statements: &[&Statement<'_>]) -> String {
    let is_import = |one: &&&Statement<'_>| one.text.starts_with("import ") || one.text.starts_with("from ");
    let mut text = String::new();
    for one in statements.iter().filter(is_import) {
        text += one.text;
        text.push('\n');
    }
    for one in statements.iter().filter(|one| !is_import(one)) {
        text += if text.is_empty() { "" } else { "\n\n" };
        text += one.text;
        text.push('\n');
    }
    text
}

/// The program's own part with other names where a person's source has the same; an error where the source gives another
/// meaning to a name of Python's that the program needs.
pub(super) fn apart_from(own: &str, source: &str) -> Result<String> {
    let all = statements(own);
    let bound: BTreeSet<&str> = all.iter().flat_map(|one| &one.names.binds).map(String::as_str).collect();
    let of_person = statements(source);
    for one in &all {
        let taken_over = |name: &&String| {
            !bound.contains(name.as_str()) && of_person.iter().any(|other| other.names.binds.contains(*name))
        };
        if let Some(name) = one.names.uses.iter().find(taken_over).filter(|name| is_of_python(name)) {
            return Err(refused(format!(
                "its code gives another meaning to `{name}`, which the program needs"
            )));
        }
    }
    let used = names_in(source);
    let mut renamed = String::with_capacity(own.len());
    let mut copied = 0;
    for line in logical_lines(own) {
        for (nth, token) in line.tokens.iter().enumerate() {
            let is_part = nth.checked_sub(1).is_some_and(|before| line.tokens[before].is("."));
            if token.is_name() && !is_part && bound.contains(token.text) && used.contains(token.text) {
                renamed.push_str(&own[copied..token.at + token.text.len()]);
                renamed.push_str("_of_run");
                copied = token.at + token.text.len();
            }
        }
    }
    renamed.push_str(&own[copied..]);
    Ok(renamed)
}

/// Names that Python has by itself and that the parts use.
fn is_of_python(name: &str) -> bool {
    const NAMES: [&str; 30] = [
        "print",
        "open",
        "list",
        "dict",
        "tuple",
        "str",
        "int",
        "float",
        "bool",
        "bytes",
        "bytearray",
        "memoryview",
        "type",
        "isinstance",
        "hasattr",
        "getattr",
        "map",
        "any",
        "all",
        "len",
        "repr",
        "enumerate",
        "sum",
        "range",
        "dir",
        "zip",
        "Exception",
        "ValueError",
        "SystemExit",
        "RecursionError",
    ];
    NAMES.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_program_are_known() {
        assert_eq!(["call", "value", "spread", "task"].map(is_reserved), [true, true, true, false]);
    }

    #[test]
    fn a_program_has_only_what_it_needs() {
        let code = FunctionCode { parts: vec!["estimate_pi"], ..FunctionCode::default() };
        let library = Library::of(&code, &["line_of"]);
        assert!(library.given.contains("class SplitMix64") && library.given.contains("def estimate_pi"));
        assert!(!library.given.contains("def fibonacci") && !library.given.contains("import hashlib"));
        assert!(library.own.contains("def json_of") && !library.own.contains("def spread"));
    }

    #[test]
    fn names_of_a_person_stay_theirs() {
        let own = "def call(value):\n    return line_of(value.call)\n\n\ndef line_of(value):\n    return list(value)\n";
        let renamed = apart_from(own, "def call(n):\n    return n\n").unwrap();
        assert!(renamed.starts_with("def call_of_run(value):\n    return line_of(value.call)"), "{renamed}");
        assert!(apart_from(own, "list = [1]\n").unwrap_err().to_string().contains("`list`"));
    }
}
