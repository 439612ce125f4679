//! Runs two jobs in turns, A B B A, quietly. It stops by itself; Ctrl-C stops it too.

use std::time::{Duration, Instant};

use super::super::job_runner::JobRunner;
use super::ComparedJob;
use crate::analysis::{Round, RoundLimits, Timed, begins_with_b};
use crate::error::Result;
use crate::pool::RunLog;

const MOST_ROUNDS: usize = 100;

/// What came of it.
pub(super) struct Turns {
    pub(super) rounds: Vec<Round>,
    /// The records of the last whole round.
    pub(super) last: Option<[RunLog; 2]>,
    pub(super) is_interrupted: bool,
    /// Whether items failed in any round.
    pub(super) has_failures: bool,
}

/// Runs both jobs in turns until the interval is narrow, or another round would take longer than is left of the time.
pub(super) fn take_turns(runner: &JobRunner, both: &[ComparedJob; 2], budget: Duration) -> Result<Turns> {
    let (begun, limits) = (Instant::now(), RoundLimits { most_rounds: MOST_ROUNDS, budget });
    let mut turns = Turns { rounds: Vec::new(), last: None, is_interrupted: false, has_failures: false };
    loop {
        let Some(logs) = round(runner, both, begins_with_b(turns.rounds.len()))? else {
            turns.is_interrupted = true;
            return Ok(turns);
        };
        turns.has_failures |= logs.iter().any(|log| log.counts.failed > 0);
        let [a, b] = logs.each_ref().map(Timed::of);
        turns.rounds.push(Round { a, b });
        turns.last = Some(logs);
        if limits.are_enough(&turns.rounds, begun.elapsed()) {
            return Ok(turns);
        }
    }
}

/// Runs each once, the second first where it `is_turned`; nothing where that was interrupted.
fn round(runner: &JobRunner, both: &[ComparedJob; 2], is_turned: bool) -> Result<Option<[RunLog; 2]>> {
    let [a, b] = both;
    let (first, second) = if is_turned { (b, a) } else { (a, b) };
    let first = runner.run(&first.job)?;
    if runner.is_to_end() {
        return Ok(None);
    }
    let second = runner.run(&second.job)?;
    if runner.is_to_end() {
        return Ok(None);
    }
    Ok(Some(if is_turned { [second, first] } else { [first, second] }))
}
