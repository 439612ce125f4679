//! How often equal jobs are called different, and how often a difference of a tenth is found: real runs in turns.
//!
//! `cargo bench --bench compare --no-default-features --target-dir target/headless`; twenty minutes. The rounds are those of
//! `poolscope compare`, with its limits.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use poolscope::analysis::{Judgement, Round, RoundLimits, Timed, begins_with_b, compare_rounds};
use poolscope::error::Result;
use poolscope::function::FunctionSpec;
use poolscope::pool::{self, Job, Launch, Mode, Settings};
use poolscope::value::Column;

/// Points for about 30 ms of a core; what a machine makes of it is printed.
const POINTS: i64 = 6_000_000;
/// A word on how it stands after so many comparisons, which take a while.
const TOLD_EVERY: usize = 20;
const LIMITS: RoundLimits = RoundLimits { most_rounds: 25, budget: Duration::from_secs(20) };

fn main() -> ExitCode {
    let launch = Launch { program: PathBuf::from(env!("CARGO_BIN_EXE_poolscope")), niceness: 0 };
    let rows = [
        ("equal jobs called different", 200, POINTS, "at most 10 of 200"),
        ("a tenth is found", 40, POINTS * 11 / 10, "at least 38 of 40"),
    ];
    for (what, times, points_of_b, target) in rows {
        match row(&launch, times, points_of_b) {
            Ok(told) => println!("{what:32} {told}, to be {target}"),
            Err(error) => {
                eprintln!("{error}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}

/// Compares a job with one of so many points so many times, and counts.
fn row(launch: &Launch, times: usize, points_of_b: i64) -> Result<String> {
    let mut verdicts = Vec::new();
    let (mut rounds, mut sum_s) = (0, 0.0);
    for nth in 1..=times {
        let (verdict, used, a_s) = compared(launch, points_of_b)?;
        verdicts.push(verdict);
        rounds += used;
        sum_s += a_s;
        if nth % TOLD_EVERY == 0 {
            eprintln!("  so far {}", told(&verdicts, rounds, sum_s));
        }
    }
    Ok(told(&verdicts, rounds, sum_s))
}

/// How many verdicts of each kind there are.
fn told(verdicts: &[Judgement], rounds: usize, sum_s: f64) -> String {
    let times = verdicts.len();
    let count = |wanted: &[Judgement]| verdicts.iter().filter(|verdict| wanted.contains(verdict)).count();
    format!(
        "{} of {times} ({} too busy, {} unclear; {:.1} rounds of {:.0} ms in the mean)",
        count(&[Judgement::Faster, Judgement::Slower]),
        count(&[Judgement::TooBusy]),
        count(&[Judgement::Unclear]),
        rounds as f64 / times as f64,
        sum_s * 1000.0 / times as f64
    )
}

/// The verdict, the rounds that it took, and the time of the first job.
fn compared(launch: &Launch, points_of_b: i64) -> Result<(Judgement, usize, f64)> {
    let (mut rounds, begun): (Vec<Round>, _) = (Vec::new(), Instant::now());
    loop {
        let round = if begins_with_b(rounds.len()) {
            let b = timed(launch, points_of_b)?;
            Round { a: timed(launch, POINTS)?, b }
        } else {
            Round { a: timed(launch, POINTS)?, b: timed(launch, points_of_b)? }
        };
        rounds.push(round);
        let Some(found) = compare_rounds(&rounds) else { continue };
        if LIMITS.are_enough(&rounds, begun.elapsed()) {
            return Ok((found.verdict, rounds.len(), found.a_s));
        }
    }
}

fn timed(launch: &Launch, points: i64) -> Result<Timed> {
    let job = Job {
        inputs_name: "points".to_owned(),
        inputs: Arc::new(Column::Int(vec![points; 2])),
        function: FunctionSpec::builtin("estimate_pi", [])?,
        settings: Settings { mode: Mode::Thread, workers: 1, ..Settings::default() },
    };
    let snapshot = pool::start(job, launch, Arc::new(|| {}))?.join();
    Ok(Timed::of(&snapshot.log))
}
