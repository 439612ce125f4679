//! `poolscope run`: builds a job from the arguments, runs it, prints what it gives.

use std::io::{self, IsTerminal};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

use super::args::{BadLinesArg, RunArgs};
use super::live::Live;
use super::summary;
use super::{ALL_OK, INTERRUPTED, SOME_FAILED, WRONG_USE};
use crate::error::{Error, Result};
use crate::export;
use crate::function::{FunctionSpec, Takes};
use crate::input::{self, BadLines, LoadOptions, Loaded, Progress};
use crate::monitor;
use crate::pool::examples::Example;
use crate::pool::{self, Control, Ending, Job, Launch, Order, RunSnapshot, RunState, Settings};
use crate::value::{Column, Value};

/// Ctrl-C is looked for this often while the run is silent.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Runs what the arguments say and gives the exit code.
pub fn run(args: &RunArgs) -> Result<u8> {
    let (job, example) = match prepare(args) {
        Ok(prepared) => prepared,
        Err(error) => {
            super::report(&error);
            return Ok(WRONG_USE);
        }
    };
    let live = Live::new((!args.json).then_some(job.settings.order), example.is_some());
    let outcome = Session::start(job)?.follow(live)?;
    finish(&outcome, args.json, args.output.as_deref(), example)
}

/// All that can be wrong before anything runs.
fn prepare(args: &RunArgs) -> Result<(Job, Option<&'static Example>)> {
    if let Some(path) = &args.output {
        export::check_writable(path)?;
    }
    let example = args.example.as_deref().map(Example::find).transpose()?;
    let job = match example {
        Some(example) => {
            let job = example.job()?;
            Job { settings: args.rules.in_settings(job.settings), ..job }
        }
        None => job(args)?,
    };
    Ok((job, example))
}

/// Runs an example with all that the pool says about it.
pub fn run_example(example: &Example) -> Result<u8> {
    let outcome = Session::start(example.job()?)?.follow(Live::new(Some(Order::Inputs), true))?;
    finish(&outcome, false, None, Some(example))
}

fn job(args: &RunArgs) -> Result<Job> {
    let name = args.function.as_deref().unwrap_or_default();
    let params = args.params.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    let function = FunctionSpec::builtin(name, params)?;
    let (inputs_name, inputs) = inputs(args, function.entry()?.takes)?;
    let workers = args.workers.unwrap_or_else(monitor::usable_cores).min(pool::MAX_WORKERS);
    let settings = Settings { mode: args.mode.into(), workers, chunk: args.chunk, ..Settings::default() };
    let settings = args.rules.in_settings(settings);
    let job = Job { inputs_name, inputs, function, settings };
    job.check()?;
    Ok(job)
}

fn inputs(args: &RunArgs, takes: Takes) -> Result<(String, Arc<Column>)> {
    if let Some(path) = &args.input {
        let loaded = load(path, args)?;
        report_bad_lines(&loaded.bad, args.bad_lines, &loaded.name)?;
        return Ok((loaded.name, loaded.column));
    }
    let inputs = match (args.inputs.as_slice(), takes) {
        ([], Takes::Nothing) => Column::None(1),
        ([], _) => {
            let reason = "name them after the function, or a file of them with -i FILE";
            return Err(Error::input("start the pool", format!("there are no inputs; {reason}")));
        }
        (typed, _) => input::parse_typed(&typed.join("\n"))?,
    };
    Ok(("typed inputs".to_owned(), Arc::new(inputs)))
}

fn load(path: &Path, args: &RunArgs) -> Result<Loaded> {
    let column = args.column.as_ref().map(|column| column.0.clone());
    let options = LoadOptions { format: args.input_format.named(), column, ..LoadOptions::default() };
    let progress = Progress::default();
    if path == Path::new("-") {
        input::load_reader(io::stdin().lock(), "standard input", &options, &progress)
    } else {
        input::load_path(path, &options, &progress)
    }
}

fn report_bad_lines(bad: &BadLines, what: BadLinesArg, name: &str) -> Result<()> {
    let shown = bad.first.iter().take(5);
    let list: Vec<String> =
        shown.map(|line| format!("line {} \"{}\": {}", line.line, line.text, line.reason)).collect();
    let more = if bad.count > list.len() as u64 { format!("; {} in all", bad.count) } else { String::new() };
    match what {
        _ if bad.count == 0 => Ok(()),
        BadLinesArg::Skip => {
            eprintln!("{} lines of {name} skipped: {}{more}", bad.count, list.join("; "));
            Ok(())
        }
        BadLinesArg::Stop => {
            let hint = "--bad-lines skip runs the rest";
            Err(Error::input(
                format!("use all lines of {name}"),
                format!("{}{more} ({hint})", list.join("; ")),
            ))
        }
    }
}

/// A run that is being followed in the terminal.
struct Session {
    run: pool::Run,
    news: Receiver<()>,
    /// How often Ctrl-C was pressed.
    interrupts: Arc<AtomicU8>,
    heard_interrupts: u8,
}

impl Session {
    fn start(job: Job) -> Result<Self> {
        let interrupts = Arc::new(AtomicU8::new(0));
        let counted = Arc::clone(&interrupts);
        // Refused only where this process has a handler already: then that one is in charge.
        let _ = ctrlc::set_handler(move || {
            // The second says all: more of them cannot make it begin anew.
            if counted.load(Ordering::Relaxed) < 2 {
                counted.fetch_add(1, Ordering::Relaxed);
            }
        });
        let (wake, news) = sync_channel(1);
        let waker = Arc::new(move || {
            // One piece of news in waiting says as much as two.
            let _ = wake.try_send(());
        });
        let run = pool::start(job, &Launch::this_program()?, waker)?;
        Ok(Self { run, news, interrupts, heard_interrupts: 0 })
    }

    /// Prints the run as it goes and waits for its end.
    fn follow(mut self, mut live: Live) -> Result<Outcome> {
        let mut is_read = true;
        while !self.run.snapshot().log.is_finished() {
            match self.news.recv_timeout(LOOK_EVERY) {
                Ok(()) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if is_read && live.print(&self.run.snapshot()).is_err() {
                is_read = false;
                self.run.stop();
            }
            self.hear_interrupts();
        }
        let is_interrupted = self.interrupts.load(Ordering::Relaxed) > 0;
        let snapshot = self.run.join();
        if is_read {
            // The reader may leave at the very end, too.
            let _ = live.print(&snapshot);
        }
        Ok(Outcome { snapshot, is_interrupted })
    }

    /// The first Ctrl-C lets what executes finish, the second ends it.
    fn hear_interrupts(&mut self) {
        let interrupts = self.interrupts.load(Ordering::Relaxed);
        if interrupts == self.heard_interrupts {
            return;
        }
        self.heard_interrupts = interrupts;
        if interrupts == 1 {
            eprintln!("poolscope: ending after what is executing now; press Ctrl-C again to end at once");
            self.run.ask(Control::StopSoon);
        } else {
            self.run.stop();
        }
    }
}

struct Outcome {
    snapshot: Arc<RunSnapshot>,
    is_interrupted: bool,
}

fn finish(outcome: &Outcome, is_json: bool, output: Option<&Path>, example: Option<&Example>) -> Result<u8> {
    let log = &outcome.snapshot.log;
    if is_json {
        summary::print_json(log);
    } else {
        if example.is_some_and(|example| example.function == "double") {
            eprintln!("Results: {}", list_of(&log.outputs()));
        }
        eprintln!("{}", summary::sentence(log, io::stderr().is_terminal()));
    }
    if let Some(path) = output {
        export::write_rows(log, path)?;
    }
    if let RunState::Finished(Ending::Broken(reason)) = &log.state {
        return Err(Error::pool("finish the run", reason));
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
