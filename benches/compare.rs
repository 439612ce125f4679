//! How often equal jobs are called different, and how often a difference of a tenth is found: real runs in turns.
//!
//! `cargo bench --bench compare --no-default-features --target-dir target/headless`; four minutes. The rounds are those of
//! `poolscope compare`: at least six, until the interval is narrow.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use poolscope::analysis::{Round, Timed, Verdict, compare_rounds};
use poolscope::error::Result;
use poolscope::function::FunctionSpec;
use poolscope::pool::{self, Job, Launch, Mode, Settings};
use poolscope::value::Column;

/// Points for about 30 ms of a core; what a machine makes of it is printed.
const POINTS: i64 = 6_000_000;
const LEAST_ROUNDS: usize = 6;
const MOST_ROUNDS: usize = 25;

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
    for _ in 0..times {
        let (verdict, used, a_s) = compared(launch, points_of_b)?;
        verdicts.push(verdict);
        rounds += used;
        sum_s += a_s;
    }
    let count = |wanted: &[Verdict]| verdicts.iter().filter(|verdict| wanted.contains(verdict)).count();
    Ok(format!(
        "{} of {times} ({} too busy, {} unclear; {:.1} rounds of {:.0} ms in the mean)",
        count(&[Verdict::Faster, Verdict::Slower]),
        count(&[Verdict::TooBusy]),
        count(&[Verdict::Unclear]),
        rounds as f64 / times as f64,
        sum_s * 1000.0 / times as f64
    ))
}

/// The verdict, the rounds that it took, and the time of the first job.
fn compared(launch: &Launch, points_of_b: i64) -> Result<(Verdict, usize, f64)> {
    let mut rounds: Vec<Round> = Vec::new();
    loop {
        let is_turned = rounds.len() % 2 == 1;
        let round = if is_turned {
            let b = timed(launch, points_of_b)?;
            Round { a: timed(launch, POINTS)?, b }
        } else {
            Round { a: timed(launch, POINTS)?, b: timed(launch, points_of_b)? }
        };
        rounds.push(round);
        let Some(found) = compare_rounds(&rounds) else { continue };
        if rounds.len() >= MOST_ROUNDS || (rounds.len() >= LEAST_ROUNDS && found.is_narrow()) {
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
    let log = &snapshot.log;
    Ok(Timed { time_s: pool::ns_to_s(log.last_row_ns.max(1)), machine: log.machine })
}
