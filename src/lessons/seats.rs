//! A dinner of philosophers, as the rows of a run tell it: who has eaten, who holds a fork and waits for another one.

use serde::Deserialize;

use crate::pool::RunLog;
use crate::value::ValueRef;

/// How it ended at one seat. Forks are counted from 1: that at the left of a philosopher has the number of the seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Seat {
    pub meals: usize,
    /// The fork that was held in the end, and not put down.
    pub holds: Option<usize>,
    pub waits_for: Option<usize>,
}

/// The seats of a run, in the order of its inputs; nothing of those where nobody knows yet.
pub fn seats(log: &RunLog) -> Vec<Option<Seat>> {
    (0..log.counts.total).map(|index| seat(log, index)).collect()
}

fn seat(log: &RunLog, index: u64) -> Option<Seat> {
    match log.row(index)?.output? {
        ValueRef::Json(text) => serde_json::from_str(text).ok(),
        _ => None,
    }
}
