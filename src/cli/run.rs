//! `poolscope run`: builds a job from the arguments, runs it, prints what it gives.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use same_file::Handle;

use super::args::RunArgs;
use super::followed_run::{FollowedRun, RunOutcome, Unreadable};
use super::live::Live;
use super::source::{InputSource, StreamedInputs};
use super::streams::{self, Style, say};
use super::summary;
use super::{ALL_OK, INTERRUPTED, SOME_FAILED, WRONG_USE};
use crate::analysis::{Disturbance, Finding, Ledger};
use crate::error::{Error, Result};
use crate::export::{self, Formulas, Resumed, RowFormat, RowsFile};
use crate::function::command::CommandSpec;
use crate::function::{FunctionSpec, identity};
use crate::monitor::{self, Machine};
use crate::pool::examples::Example;
use crate::pool::{self, Ending, Job, MachineLoad, Mode, Order, ResumedRows, RunLog, RunState, Settings};
use crate::value::{Column, Value, grouped};

/// What shorter runs show is seldom worth a line.
const WORTH_A_WORD_NS: u64 = 1_000_000_000;

/// Runs what the arguments say and gives the exit code.
pub fn run(args: &RunArgs) -> Result<u8> {
    let Prepared { job, kept, stream, file, example } = match prepare(args) {
        Ok(prepared) => prepared,
        Err(error) => {
            super::report(&error);
            if args.json {
                summary::print_refusal(&error)?;
            }
            return Ok(WRONG_USE);
        }
    };
    if let FunctionSpec::Command(command) = &job.function {
        command.warning().iter().for_each(|warning| say(warning));
        if args.function.dry_run {
            return print_commands(command, &job.inputs);
        }
    }
    let live = Live::new((!args.json).then_some(job.settings.order), example.is_some());
    let is_json = args.json;
    let mut followed = FollowedRun::start(job, kept, stream)?;
    if args.save_run.is_some() {
        followed.keep_whole();
    }
    let unreadable = followed.unreadable();
    let last_words = move |log: &RunLog, ledger: &Ledger| match why_nothing_was_run(log, &unreadable) {
        Some(error) if is_json => summary::print_refusal(&error),
        // It is reported.
        Some(_) => Ok(()),
        None => say_all(log, ledger, is_json, example),
    };
    let outcome = followed.follow(live, file, last_words)?;
    let saved = args.save_run.as_deref().map_or(Ok(()), |path| save(&outcome, path));
    let code = code(outcome)?;
    saved.map(|()| code)
}

/// Saves a run whole, also one that was ended early.
fn save(outcome: &RunOutcome, path: &Path) -> Result<()> {
    let mut log = outcome.snapshot.log.clone();
    log.machine = log.machine.map(MachineLoad::without_window);
    export::save_run(&log, &Machine::here(), outcome.history.as_ref(), path)?;
    say(&format!("the run is saved in {}", path.display()));
    Ok(())
}

/// All that a run needs, checked.
struct Prepared {
    job: Job,
    /// What earlier runs have made.
    kept: ResumedRows,
    /// Inputs that are read while the run goes on.
    stream: Option<StreamedInputs>,
    /// Where rows are to be.
    file: Option<RowsFile>,
    example: Option<&'static Example>,
}

/// All that can be wrong before anything runs.
fn prepare(args: &RunArgs) -> Result<Prepared> {
    if let Some(example) = args.function.example.as_deref().map(Example::find).transpose()? {
        let job = example.job()?;
        let job = Job { settings: args.rules.in_settings(job.settings), ..job };
        check_run_place(args, &job)?;
        let file = rows_file(args, &[], &job)?;
        return Ok(Prepared {
            job,
            kept: ResumedRows::default(),
            stream: None,
            file,
            example: Some(example),
        });
    }
    // What is wrong with the place is known before inputs are read.
    args.output.as_deref().map(RowFormat::of).transpose()?;
    args.save_run.as_deref().map_or(Ok(()), |path| export::check_run_place(path, &[]))?;
    let (job, stream) = job(args, false)?;
    check_run_place(args, &job)?;
    if let (Some(path), Some(_)) = (&args.save_run, &stream) {
        let reason = "it would be without its rows, which are let go while inputs are read as a stream; write the inputs to a \
                      file first";
        return Err(Error::usage(format!("save the run in {}", path.display()), reason));
    }
    let resumed = match &args.resume {
        Some(path) => export::read_kept(path, &job.inputs)?,
        None => Resumed::default(),
    };
    resumed.passed_over.iter().for_each(|sentence| say(sentence));
    let is_other = resumed.made_by_another(&identity::of(&job.function));
    if let Some((file, other)) = is_other.filter(|_| !resumed.kept.is_empty()) {
        let (file, kept) = (file.display(), grouped(resumed.kept.len() as u64));
        let (own, other) = (job.function.description(), identity::description(&other));
        let version = if other == own { "another version of " } else { "" };
        say(&format!(
            "{file} has rows of {version}{other}; its {kept} results are kept, and the rest is run with {own} as it is now"
        ));
    }
    let Resumed { kept, files, .. } = resumed;
    let file = if args.function.dry_run { None } else { rows_file(args, &files, &job)? };
    Ok(Prepared { job, kept, stream, file, example: None })
}

/// Whether the run can be saved where it is to be: not over what it reads, and not over its rows.
fn check_run_place(args: &RunArgs, job: &Job) -> Result<()> {
    let Some(path) = &args.save_run else { return Ok(()) };
    if let Some(reason) = why_not_there(path, args.input.as_deref()) {
        return Err(Error::usage(format!("save the run in {}", path.display()), reason));
    }
    let rows = args.output.iter().chain(&args.resume).cloned();
    let used: Vec<PathBuf> = files_read(args, job, path).into_iter().chain(rows).collect();
    export::check_run_place(path, &used)
}

/// The files that a run reads, as far as they could be the one at `target`.
fn files_read(args: &RunArgs, job: &Job, target: &Path) -> Vec<PathBuf> {
    args.input.iter().cloned().chain(args.function.file()).chain(export::files_named(job, target)).collect()
}

/// The file of rows, begun. `resumed` are the files that the run goes on from.
fn rows_file(args: &RunArgs, resumed: &[PathBuf], job: &Job) -> Result<Option<RowsFile>> {
    let Some(path) = &args.output else { return Ok(None) };
    let formulas = if args.mark_formulas { Formulas::Marked } else { Formulas::AsWritten };
    let read = files_read(args, job, path);
    if let Some(reason) = why_not_there(path, args.input.as_deref()) {
        return Err(Error::usage(format!("write {}", path.display()), reason));
    }
    let mut file = RowsFile::create(path, formulas, &read)?;
    file.note_function(&identity::of(&job.function));
    if let Some(part) = file.goes_on_from(resumed) {
        let part = part.display();
        say(&format!("{part} has rows of a run that ended early; --resume {part} would go on from them"));
    }
    Ok(Some(file))
}

/// Why rows cannot be written to a file that is there: the run reads it by another way than its name, or prints to it.
fn why_not_there(path: &Path, input: Option<&Path>) -> Option<&'static str> {
    let whole = path.canonicalize().ok().filter(|whole| whole.is_file())?;
    let target = Handle::from_path(&whole).ok()?;
    let is_target = |handle: io::Result<Handle>| handle.is_ok_and(|handle| handle == target);
    let is_within = |folder: &Path| {
        folder.is_dir() && folder.canonicalize().is_ok_and(|folder| whole.starts_with(folder))
    };
    if input == Some(Path::new("-")) && is_target(Handle::stdin()) {
        return Some("it is what the run reads (standard input); choose another name");
    }
    if input.is_some_and(is_within) {
        return Some("it is in the folder whose files the run reads; choose another name");
    }
    let is_printed_to = is_target(Handle::stdout()) || is_target(Handle::stderr());
    is_printed_to.then_some("it is where the run prints to; choose another name")
}

/// Runs an example with all that the pool says about it.
pub fn run_example(example: &'static Example) -> Result<u8> {
    let live = Live::new(Some(Order::Inputs), true);
    let followed = FollowedRun::start(example.job()?, ResumedRows::default(), None)?;
    code(followed.follow(live, None, move |log, ledger| say_all(log, ledger, false, Some(example)))?)
}

/// The commands as they would be run, one a line.
fn print_commands(command: &CommandSpec, inputs: &Column) -> Result<u8> {
    let mut code = ALL_OK;
    let style = Style::of(&io::stdout());
    streams::print(|out| {
        command.preview(inputs, inputs.len()).into_iter().try_for_each(|line| match line {
            Ok(line) => writeln!(out, "{}", style.lines(&line)),
            Err(reason) => {
                code = SOME_FAILED;
                say(&reason);
                Ok(())
            }
        })
    })?;
    Ok(code)
}

/// What the arguments say, with all inputs read.
pub fn job_over_all_inputs(args: &RunArgs) -> Result<Job> {
    Ok(job(args, true)?.0)
}

fn job(args: &RunArgs, needs_all: bool) -> Result<(Job, Option<StreamedInputs>)> {
    let function = args.function.spec()?;
    let source = InputSource::of(args, &function, needs_all)?;
    let workers = args.workers.unwrap_or_else(monitor::usable_cores).min(pool::MAX_WORKERS);
    let (mode, processes) = match args.processes {
        Some(processes) => (Mode::Thread, processes),
        None => (args.mode.into(), 1),
    };
    let settings = Settings { mode, workers, processes, chunk: args.chunk, ..Settings::default() };
    let settings = args.rules.in_settings(settings);
    let job = Job { inputs_name: source.name(), inputs: source.column(), function, settings };
    match source {
        InputSource::Stream(stream) => {
            stream.check()?;
            Ok((job, Some(stream)))
        }
        InputSource::Whole { .. } => {
            job.check()?;
            Ok((job, None))
        }
    }
}

/// What is said of a run when it is over.
fn say_all(log: &RunLog, ledger: &Ledger, is_json: bool, example: Option<&Example>) -> Result<()> {
    if is_json {
        return summary::print_json(log, ledger);
    }
    if example.is_some_and(|example| example.prints_results) {
        say(&format!("Results: {}", list_of(&log.outputs())));
    }
    say(&summary::sentence(log, io::stderr().is_terminal()));
    summary::causes(log).iter().for_each(|cause| say(cause));
    let finding = Finding::of(log, ledger, monitor::usable_cores());
    finding
        .iter()
        .filter(|_| log.last_row_ns >= WORTH_A_WORD_NS)
        .for_each(|finding| say(&finding.to_string()));
    let others = log.machine.as_ref().and_then(Disturbance::of);
    others.iter().filter(|_| log.last_row_ns >= WORTH_A_WORD_NS).for_each(|others| say(&others.to_string()));
    Ok(())
}

/// What is wrong with the inputs of a stream of which none was run: the same that would have been said of a file.
fn why_nothing_was_run(log: &RunLog, unreadable: &Unreadable) -> Option<Error> {
    let empty = || Error::input(format!("read {}", log.plan.job.inputs_name), "it is empty");
    match &log.state {
        _ if log.counts.total > log.counts.not_run => None,
        RunState::Finished(Ending::Completed) => Some(empty()),
        RunState::Finished(Ending::Broken(_)) => unreadable.get().cloned(),
        _ => None,
    }
}

fn code(outcome: RunOutcome) -> Result<u8> {
    let log = &outcome.snapshot.log;
    if outcome.is_stuck {
        return Ok(INTERRUPTED);
    }
    outcome.written?;
    if let Some(error) = why_nothing_was_run(log, &outcome.unreadable) {
        super::report(&error);
        return Ok(WRONG_USE);
    }
    if let RunState::Finished(Ending::Broken(reason)) = &log.state {
        // All of it stands among the messages.
        return Err(Error::pool("finish the run", reason.lines().next().unwrap_or_default()));
    }
    let unrun = if outcome.is_unread { log.counts.stopped + log.counts.not_run } else { 0 };
    Ok(match (outcome.is_interrupted, log.counts.failed - unrun) {
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
