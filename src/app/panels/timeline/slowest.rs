//! Finds the slowest row, a bounded number of rows a frame.

use std::time::Instant;

use crate::pool::RunLog;

/// Rows looked at in one frame: well under a millisecond.
const ROWS_A_FRAME: u64 = 20_000;

/// The search for the slowest row of a run.
#[derive(Debug, Default)]
pub struct Slowest {
    search: Option<Search>,
}

#[derive(Debug, Clone, Copy)]
struct Search {
    started: Instant,
    next: u64,
    slowest: Option<(f32, u64)>,
}

impl Slowest {
    /// Begins to search all rows that are final by the time it gets to them.
    pub fn begin(&mut self, log: &RunLog) {
        self.search = Some(Search { started: log.plan.started, next: 0, slowest: None });
    }

    /// Whether a search is on.
    pub fn is_searching(&self) -> bool {
        self.search.is_some()
    }

    /// Goes on with the search; gives the slowest row's index once, when it is over.
    pub fn step(&mut self, log: &RunLog) -> Option<u64> {
        let search = self.search.as_mut()?;
        if search.started != log.plan.started {
            self.search = None;
            return None;
        }
        let upto = (search.next + ROWS_A_FRAME).min(log.counts.total);
        for index in search.next..upto {
            if let Some(row) = log.row(index).filter(|row| row.state.is_final() && row.worker > 0)
                && search.slowest.is_none_or(|(duration_s, _)| row.duration_s > duration_s)
            {
                search.slowest = Some((row.duration_s, index));
            }
        }
        search.next = upto;
        if upto < log.counts.total {
            return None;
        }
        self.search.take()?.slowest.map(|(_, index)| index)
    }
}
