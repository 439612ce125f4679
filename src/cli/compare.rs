//! `poolscope compare`: which is faster for a job, processes or threads, by running both in turns.
//!
//! What rounds make of two jobs is the business of `analysis`, running them that of `turns`, words and JSON that of `report`.

mod report;
mod turns;

use std::time::Duration;

use self::report::Report;
use self::turns::{Stage, take_turns};
use super::args::{CompareArgs, RunArgs};
use super::run::job_over_all_inputs;
use super::streams::say;
use super::{ALL_OK, INTERRUPTED, SOME_FAILED, WRONG_USE, summary};
use crate::analysis::{Comparison, compare_rounds, compare_runs};
use crate::error::{Error, Result};
use crate::function::FunctionSpec;
use crate::pool::examples::Example;
use crate::pool::{Job, Mode, Settings};
use crate::value::grouped;

/// One of the jobs that are compared, and what it is called within a sentence: "processes".
pub struct Contestant {
    pub name: &'static str,
    pub job: Job,
}

/// Compares processes with threads for what the arguments say, and gives the exit code.
pub fn compare(args: &CompareArgs) -> Result<u8> {
    match contestants(&args.run) {
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

fn contestants(args: &RunArgs) -> Result<[Contestant; 2]> {
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
    let with = |name, mode| {
        let job = Job { settings: Settings { mode, ..job.settings }, ..job.clone() };
        job.check().map(|()| Contestant { name, job })
    };
    Ok([with("processes", Mode::Process)?, with("threads", Mode::Thread)?])
}

/// Runs any two jobs over the same inputs in turns and says how the first compares with the second.
fn compare_jobs(both: &[Contestant; 2], budget: Duration, is_json: bool) -> Result<u8> {
    let stage = Stage::set_up()?;
    if !is_json {
        let [a, b] = both.each_ref().map(|contestant| contestant.job.settings);
        say(&format!(
            "{} against {} over {} in turns, for {} s at most",
            a.mode.counted(a.workers),
            b.mode.counted(b.workers),
            match both[0].job.inputs.len() {
                1 => "1 input".to_owned(),
                count => format!("{} inputs", grouped(count as u64)),
            },
            budget.as_secs_f64()
        ));
    }
    let turns = take_turns(&stage, both, budget)?;
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
    let report = Report::new(both, found, &turns, last);
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
