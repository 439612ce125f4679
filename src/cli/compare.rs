//! `poolscope compare`: which is faster for a job, processes or threads, by running both in turns.
//!
//! What rounds make of two jobs is the business of `analysis`, running them that of `turns`, words and JSON that of `report`.

mod report;
mod turns;

use std::path::Path;
use std::time::Duration;

use self::report::Report;
use self::turns::take_turns;
use super::args::{CompareArgs, RunArgs};
use super::job_runner::JobRunner;
use super::run::job_over_all_inputs;
use super::streams::say;
use super::{ALL_OK, INTERRUPTED, SOME_FAILED, WRONG_USE, summary};
use crate::analysis::{Comparison, compare_rounds, compare_runs};
use crate::error::{Error, Result};
use crate::export;
use crate::function::FunctionSpec;
use crate::monitor::usable_cores;
use crate::pool::examples::Example;
use crate::pool::{Job, Mode, RunLog, Settings};
use crate::value::grouped;

/// One of the jobs that are compared, and what it is called within a sentence: "processes".
pub struct ComparedJob {
    pub name: &'static str,
    pub job: Job,
}

/// Compares processes with threads for what the arguments say, or two saved runs, and gives the exit code.
pub fn compare(args: &CompareArgs) -> Result<u8> {
    if let Some(saved) = saved_runs(&args.run) {
        return compare_saved(saved, args.run.json);
    }
    let named = match args.run.function.is_not_given() {
        true => Err(Error::usage(
            "compare",
            "say what to run (--function, --script, --python, --command or --example), or name two saved runs (.poolrun)",
        )),
        false => compared_jobs(&args.run),
    };
    match named {
        Ok(both) => compare_jobs(&both, args.seconds, args.run.json),
        Err(error) => {
            super::report(&error);
            if args.run.json {
                summary::print_refusal(&error)?;
            }
            Ok(WRONG_USE)
        }
    }
}

/// The two files of saved runs that are compared; nothing where a job is.
fn saved_runs(args: &RunArgs) -> Option<[&Path; 2]> {
    let [one, other] = args.inputs.as_slice() else { return None };
    let both = [one, other].map(Path::new);
    (both.into_iter().all(export::is_run_file) && args.function.is_not_given()).then_some(both)
}

fn compare_saved(paths: [&Path; 2], is_json: bool) -> Result<u8> {
    match compared(paths) {
        Ok(report) if is_json => report.print_json().map(|()| ALL_OK),
        Ok(report) => report.print().map(|()| ALL_OK),
        Err(error) => {
            super::report(&error);
            if is_json {
                summary::print_refusal(&error)?;
            }
            Ok(WRONG_USE)
        }
    }
}

fn compared(paths: [&Path; 2]) -> Result<Report> {
    let open = |path: &Path| -> Result<(RunLog, usize)> {
        let opened = export::open_run(path)?;
        opened.notes.iter().for_each(|note| say(note));
        Ok((opened.log, opened.machine.usable_cores))
    };
    let [(a, cores_of_a), (b, cores_of_b)] = [open(paths[0])?, open(paths[1])?];
    let logs = [a, b];
    let [a, b] = &logs;
    let cannot = |reason| Error::input("compare the runs", reason);
    if a.plan.job.function != b.plan.job.function || a.plan.job.inputs != b.plan.job.inputs {
        return Err(cannot("they did different work: their functions or inputs are not the same"));
    }
    let found = compare_runs(a, b).ok_or_else(|| cannot("one of them has run nothing"))?;
    let names = paths.map(|path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned());
    Ok(Report::new(names, found, &[], &logs, [cores_of_a, cores_of_b]))
}

fn compared_jobs(args: &RunArgs) -> Result<[ComparedJob; 2]> {
    let job = match args.function.example.as_deref().map(Example::find).transpose()? {
        Some(example) => {
            let job = example.job()?;
            Job { settings: args.rules.in_settings(job.settings), ..job }
        }
        None => job_over_all_inputs(args)?,
    };
    if job.inputs.is_empty() {
        return Err(Error::input(format!("read {}", job.inputs_name), "it is empty"));
    }
    if let FunctionSpec::Command(command) = &job.function {
        command.warning().iter().for_each(|warning| say(warning));
    }
    let with = |mode: Mode| {
        let job = Job { settings: Settings { mode, ..job.settings }, ..job.clone() };
        job.check().map(|()| ComparedJob { name: mode.plural(), job })
    };
    Ok([with(Mode::Process)?, with(Mode::Thread)?])
}

/// Runs any two jobs over the same inputs in turns and says how the first compares with the second.
fn compare_jobs(both: &[ComparedJob; 2], budget: Duration, is_json: bool) -> Result<u8> {
    let runner = JobRunner::set_up()?;
    if !is_json {
        let [a, b] = both.each_ref().map(|compared| compared.job.settings);
        say(&format!(
            "{} against {} over {} in turns, for {} s at most",
            a.shape(),
            b.shape(),
            match both[0].job.inputs.len() {
                1 => "1 input".to_owned(),
                count => format!("{} inputs", grouped(count as u64)),
            },
            budget.as_secs_f64()
        ));
    }
    let turns = take_turns(&runner, both, budget)?;
    let found: Option<Comparison> = match (&turns.last, turns.rounds.len()) {
        (Some([a, b]), 1) => compare_runs(a, b),
        _ => compare_rounds(&turns.rounds),
    };
    let (Some(found), Some(last)) = (found, &turns.last) else {
        let error = Error::pool("compare", "it was ended before each of them had run once");
        super::report(&error);
        if is_json {
            summary::print_refusal(&error)?;
        }
        return Ok(INTERRUPTED);
    };
    let names = both.each_ref().map(|compared| compared.name.to_owned());
    let report = Report::new(names, found, &turns.rounds, last, [usable_cores(); 2]);
    if is_json {
        report.print_json()?
    } else {
        report.print()?
    }
    Ok(match (turns.is_interrupted, turns.has_failures) {
        (true, _) => INTERRUPTED,
        (false, false) => ALL_OK,
        (false, true) => SOME_FAILED,
    })
}
