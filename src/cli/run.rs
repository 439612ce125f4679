//! `poolscope run`: builds a job from the arguments, runs it, prints what it gives.

use std::io::{self, IsTerminal, Write};

use super::args::RunArgs;
use super::live::Live;
use super::session::{Outcome, Session};
use super::source::{Source, Stream};
use super::summary;
use super::{ALL_OK, INTERRUPTED, SOME_FAILED, WRONG_USE};
use crate::error::{Error, Result};
use crate::export::{self, Formulas};
use crate::function::FunctionSpec;
use crate::function::command::CommandSpec;
use crate::monitor;
use crate::pool::examples::Example;
use crate::pool::{self, Ending, Job, Kept, Order, RunState, Settings};
use crate::value::{Column, Value};

/// Runs what the arguments say and gives the exit code.
pub fn run(args: &RunArgs) -> Result<u8> {
    let Prepared { job, kept, stream, example } = match prepare(args) {
        Ok(prepared) => prepared,
        Err(error) => {
            super::report(&error);
            return Ok(WRONG_USE);
        }
    };
    if let (true, FunctionSpec::Command(command)) = (args.function.dry_run, &job.function) {
        return print_commands(command, &job.inputs);
    }
    let live = Live::new((!args.json).then_some(job.settings.order), example.is_some());
    let formulas = if args.mark_formulas { Formulas::Marked } else { Formulas::AsWritten };
    let outcome = Session::start(job, kept, stream)?
        .follow(live, args.output.as_deref().map(|path| (path, formulas)))?;
    finish(outcome, args.json, example)
}

/// All that a run needs, checked.
struct Prepared {
    job: Job,
    /// What an earlier run has made.
    kept: Kept,
    /// Inputs that are read while the run goes on.
    stream: Option<Stream>,
    example: Option<&'static Example>,
}

/// All that can be wrong before anything runs.
fn prepare(args: &RunArgs) -> Result<Prepared> {
    if let Some(path) = &args.output {
        export::check_writable(path)?;
    }
    if let Some(example) = args.function.example.as_deref().map(Example::find).transpose()? {
        let job = example.job()?;
        let job = Job { settings: args.rules.in_settings(job.settings), ..job };
        return Ok(Prepared { job, kept: Kept::default(), stream: None, example: Some(example) });
    }
    let (job, stream) = job(args)?;
    let kept = match &args.resume {
        Some(path) => export::read_kept(path, &job.inputs)?,
        None => Kept::default(),
    };
    Ok(Prepared { job, kept, stream, example: None })
}

/// Runs an example with all that the pool says about it.
pub fn run_example(example: &Example) -> Result<u8> {
    let live = Live::new(Some(Order::Inputs), true);
    finish(Session::start(example.job()?, Kept::default(), None)?.follow(live, None)?, false, Some(example))
}

/// The commands as they would be run, one a line.
fn print_commands(command: &CommandSpec, inputs: &Column) -> Result<u8> {
    let mut code = ALL_OK;
    let mut out = io::stdout().lock();
    for line in command.preview(inputs, inputs.len()) {
        let written = match line {
            Ok(line) => writeln!(out, "{line}"),
            Err(reason) => {
                code = SOME_FAILED;
                eprintln!("{reason}");
                Ok(())
            }
        };
        if written.is_err() {
            // A reader that has seen enough is no error.
            break;
        }
    }
    Ok(code)
}

fn job(args: &RunArgs) -> Result<(Job, Option<Stream>)> {
    let function = args.function.spec()?;
    let source = Source::of(args, &function)?;
    let workers = args.workers.unwrap_or_else(monitor::usable_cores).min(pool::MAX_WORKERS);
    let settings = Settings { mode: args.mode.into(), workers, chunk: args.chunk, ..Settings::default() };
    let settings = args.rules.in_settings(settings);
    let job = Job { inputs_name: source.name(), inputs: source.column(), function, settings };
    match source {
        Source::Stream(stream) => {
            stream.check()?;
            Ok((job, Some(stream)))
        }
        Source::Whole { .. } => {
            job.check()?;
            Ok((job, None))
        }
    }
}

fn finish(outcome: Outcome, is_json: bool, example: Option<&Example>) -> Result<u8> {
    let log = &outcome.snapshot.log;
    if is_json {
        summary::print_json(log);
    } else {
        if example.is_some_and(Example::prints_results) {
            eprintln!("Results: {}", list_of(&log.outputs()));
        }
        eprintln!("{}", summary::sentence(log, io::stderr().is_terminal()));
    }
    outcome.written?;
    if let RunState::Finished(Ending::Broken(reason)) = &log.state {
        // All of it stands among the messages.
        return Err(Error::pool("finish the run", reason.lines().next().unwrap_or_default()));
    }
    if log.counts.total == 0 {
        return Err(Error::input(format!("read {}", log.plan.job.inputs_name), "it is empty"));
    }
    Ok(match (outcome.is_interrupted, log.counts.failed) {
        (true, _) => INTERRUPTED,
        (false, 0) => ALL_OK,
        (false, _) => SOME_FAILED,
    })
}

/// A list as Python writes it.
fn list_of(values: &[Value]) -> String {
    let values: Vec<String> = values.iter().map(Value::to_string).collect();
    format!("[{}]", values.join(", "))
}
