//! What a reader needs to do the same again: the function, the settings that were changed, the machine.

use std::io::{self, Write};

use super::html::{Escaped, cell};
use crate::function::{FunctionSpec, find};
use crate::monitor::Machine;
use crate::pool::{Job, RetryDelay, RunLog, Settings};
use crate::value::{amount, shortened};

/// Letters of a function's text.
const SOURCE_LETTERS: usize = 60_000;
const WORD_LETTERS: usize = 2000;

/// Writes what was set up for a run; `workers` says which ran it.
pub(super) fn write_setup(
    log: &RunLog,
    workers: String,
    machine: &Machine,
    out: &mut dyn Write,
) -> io::Result<()> {
    let job = &log.plan.job;
    out.write_all(b"<section class=\"card\">\n<h2>Setup</h2>\n<dl>\n")?;
    let inputs = format!("{} from {}", amount::counted(log.counts.total, "input", "inputs"), job.inputs_name);
    let mut all = vec![("inputs", inputs), ("function", job.function.description())];
    all.extend(function_facts(&job.function));
    all.push(("workers", workers));
    all.extend(changed_settings(&job.settings));
    all.push(("chunk in use at the end", amount::counted(log.chunk_items, "item", "items")));
    write_facts(&all, out)?;
    write_source(job, out)?;
    out.write_all(b"</section>\n<section class=\"card\">\n<h2>Machine</h2>\n<dl>\n")?;
    write_facts(&machine_facts(machine), out)?;
    writeln!(out, "</section>\n<footer>Poolscope {}</footer>", env!("CARGO_PKG_VERSION"))
}

fn write_facts(facts: &[(&str, String)], out: &mut dyn Write) -> io::Result<()> {
    for (name, fact) in facts {
        writeln!(out, "<dt>{name}</dt><dd><bdi>{}</bdi></dd>", cell(fact, WORD_LETTERS))?;
    }
    out.write_all(b"</dl>\n")
}

fn function_facts(function: &FunctionSpec) -> Vec<(&'static str, String)> {
    match function {
        FunctionSpec::Builtin { name, .. } => {
            find(name).map(|builtin| vec![("what it does", builtin.summary.to_owned())]).unwrap_or_default()
        }
        FunctionSpec::Script(script) => vec![("called as", script.function.signature())],
        FunctionSpec::Python(python) => {
            let mut facts = vec![
                ("called as", python.function.signature()),
                ("interpreter", python.interpreter.display().to_string()),
            ];
            facts.extend(python.initializer.clone().map(|call| ("initializer", call)));
            facts.extend(python.is_whole.then(|| ("file", "loaded as a whole".to_owned())));
            facts
        }
        FunctionSpec::Command(command) => {
            let mut facts = vec![("command", command.template.clone())];
            facts.extend(command.shell.then(|| ("run by", "the system's shell".to_owned())));
            facts.extend(command.stdin.then(|| ("standard input", "gets each input".to_owned())));
            facts.extend(command.folder.clone().map(|folder| ("folder", folder)));
            // Their values may be secrets, and a report is for others.
            let names: Vec<&str> = command.env.iter().map(|(name, _)| name.as_str()).collect();
            facts.extend(
                (!names.is_empty()).then(|| ("variables set, without their values", names.join(", "))),
            );
            facts
        }
    }
}

/// What a person has set otherwise than it is by itself.
fn changed_settings(settings: &Settings) -> Vec<(&'static str, String)> {
    let (own, default) = (settings, Settings::default());
    let (item, worker) = (own.item, own.worker);
    let all = [
        (own.chunk != default.chunk).then(|| ("chunk size", own.chunk.to_string())),
        (own.order != default.order).then(|| ("order", "results as they are finished".to_owned())),
        item.timeout.map(|timeout| ("timeout", format!("{timeout} (seconds, or percent of the median)"))),
        (item.retries > 0).then(|| ("retries", item.retries.to_string())),
        (item.retry_delay != RetryDelay::None).then(|| ("delay of retries", item.retry_delay.in_words())),
        worker.recycle_items.map(|items| ("new worker after", amount::counted(items, "item", "items"))),
        worker.recycle_bytes.map(|bytes| ("new worker above", amount::mib(bytes))),
        worker.memory_limit_bytes.map(|bytes| ("memory limit of a worker", amount::mib(bytes))),
        worker.pins.then(|| ("cores", "each worker stays on one".to_owned())),
        worker.nested_threads.then(|| ("threads of libraries", "as many as they like".to_owned())),
        (own.halt != default.halt).then(|| ("run ends", own.halt.to_string())),
    ];
    all.into_iter().flatten().collect()
}

/// The text of a function that a person has brought, behind a line that opens it.
fn write_source(job: &Job, out: &mut dyn Write) -> io::Result<()> {
    let (name, text) = match &job.function {
        FunctionSpec::Script(script) => (script.name.clone(), script.source.as_str()),
        FunctionSpec::Python(python) => (python.source.name(), python.source.text.as_str()),
        FunctionSpec::Builtin { .. } | FunctionSpec::Command(_) => return Ok(()),
    };
    let lines = amount::counted(text.lines().count() as u64, "line", "lines");
    writeln!(
        out,
        "<details><summary>{}, {lines}</summary>\n<pre><code>{}</code></pre></details>",
        cell(&name, WORD_LETTERS),
        Escaped(&shortened(text, SOURCE_LETTERS))
    )
}

fn machine_facts(machine: &Machine) -> Vec<(&'static str, String)> {
    let mut facts = vec![("cores that the run could use", machine.usable_cores.to_string())];
    facts.extend((machine.memory_bytes > 0).then(|| ("memory", amount::bytes(machine.memory_bytes))));
    facts.extend(machine.processor.clone().map(|processor| ("processor", processor)));
    facts.extend(machine.system.clone().map(|system| ("system", system)));
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::ChunkRule;

    #[test]
    fn only_what_was_changed_is_listed() {
        assert_eq!(changed_settings(&Settings::default()), []);
        let mut settings = Settings { chunk: ChunkRule::Fixed(4), ..Settings::default() };
        settings.item.timeout = Some("300%".parse().unwrap());
        settings.worker.memory_limit_bytes = Some(500 << 20);
        let names: Vec<&str> = changed_settings(&settings).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["chunk size", "timeout", "memory limit of a worker"]);
    }
}
