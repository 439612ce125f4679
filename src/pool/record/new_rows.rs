//! Which rows became final since the last look: each is given once, at a cost that grows with what is new and not with
//! the run.
//!
//! New rows are found through the segments that lanes have grown by. Rows can be final without ever having been with a
//! worker, as those that an earlier run has made: so all that have no open row before them are looked at as well, which
//! the record may let go then, and at the end all are looked through.

use std::collections::VecDeque;

use super::{RunLog, Segment};

/// Rows in a word of the marks.
const WORD: u64 = u64::BITS as u64;

/// The rows that were not given yet.
#[derive(Debug, Default)]
pub struct NewRows {
    /// Rows in the front that were all given and have no mark any more; whole words.
    gone: u64,
    /// A bit a row that was given, in words, from the row `gone` on.
    given: VecDeque<u64>,
    /// Of each lane the first segment that is new, or may still grow.
    next_segments: Vec<u64>,
    /// All rows before this one were given.
    first_open: u64,
}

impl NewRows {
    /// The rows that became final since the last call, in the order in which they were finished.
    pub fn take(&mut self, log: &RunLog) -> Vec<u64> {
        self.given.resize((log.counts.total - self.gone).div_ceil(WORD) as usize, 0);
        self.next_segments.resize(log.lanes.len(), 0);
        let mut found = Vec::new();
        for (place, lane) in log.lanes.iter().enumerate() {
            for Segment { first, last, .. } in lane.segments.iter_from(self.next_segments[place]) {
                self.take_within(log, *first, *last, &mut found);
            }
            self.next_segments[place] = lane.segments.len().saturating_sub(1);
        }
        while log.row(self.first_open).is_some_and(|row| row.state.is_final()) {
            self.take_within(log, self.first_open, self.first_open, &mut found);
            self.first_open += 1;
        }
        if log.is_finished() && log.counts.total > 0 {
            self.take_within(log, 0, log.counts.total - 1, &mut found);
        }
        while self.given.front() == Some(&u64::MAX) {
            self.given.pop_front();
            self.gone += WORD;
        }
        found.sort_unstable();
        found.into_iter().map(|(_, index)| index).collect()
    }

    /// All rows before this one were given.
    pub fn given_before(&self) -> u64 {
        self.gone + self.given.front().map_or(0, |word| u64::from(word.trailing_ones()))
    }

    /// Marks the final rows from `first` to `last` and adds them with the time of their end.
    fn take_within(&mut self, log: &RunLog, first: u64, last: u64, found: &mut Vec<(u64, u64)>) {
        if last < self.gone {
            return;
        }
        for word in first.max(self.gone) / WORD..=last / WORD {
            let Some(given) = self.given.get_mut((word - self.gone / WORD) as usize) else { return };
            // Lanes take turns: most of what lies between two rows of one was given with another.
            let mut open = !*given;
            while open != 0 {
                let bit = u64::from(open.trailing_zeros());
                open &= open - 1;
                let index = word * WORD + bit;
                if (first..=last).contains(&index)
                    && let Some(row) = log.row(index).filter(|row| row.state.is_final())
                {
                    *given |= 1 << bit;
                    let end_ns = row.start_ns + (f64::from(row.duration_s) * 1e9) as u64;
                    // What never ran comes last.
                    found.push((if row.worker > 0 { end_ns } else { u64::MAX }, index));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::{Instant, SystemTime};

    use super::*;
    use crate::function::FunctionSpec;
    use crate::pool::{Batch, Cause, Ending, Event, FailedSpan, ItemsFinished, Job, Plan, Settings, Timing};
    use crate::value::Column;

    fn log(total: i64) -> RunLog {
        let job = Job {
            inputs_name: String::new(),
            inputs: Arc::new((0..total).collect::<Vec<i64>>().into()),
            function: FunctionSpec::builtin("double", std::iter::empty()).unwrap(),
            settings: Settings { workers: 2, ..Settings::default() },
        };
        RunLog::new(Plan { job, started: Instant::now(), started_wall: SystemTime::now() })
    }

    /// The worker finishes `count` items from `first` on, which end one after the other from `start_ns` on.
    fn finish(log: &mut RunLog, worker: usize, first: u64, count: usize, start_ns: u64) {
        let timing = Timing::Whole { start_ns, duration_ns: count as u64 * 10, cpu_ns: 0 };
        let outputs = Arc::new(Column::Int(vec![0; count]));
        let batch = Batch { first, count, outputs, failures: Vec::new(), timing };
        log.apply(start_ns, &ItemsFinished::at_once(worker - 1, batch).into());
    }

    #[test]
    fn rows_are_given_once_and_in_the_order_of_their_ends() {
        let (mut log, mut unseen) = (log(200), NewRows::default());
        finish(&mut log, 1, 100, 2, 5_000);
        finish(&mut log, 2, 0, 2, 1_000);
        assert_eq!(unseen.take(&log), [0, 1, 100, 101]);
        assert!(unseen.take(&log).is_empty());
        // The segment grows by what the lane runs next, over rows of the other lane.
        finish(&mut log, 1, 2, 1, 6_000);
        finish(&mut log, 2, 70, 1, 9_000_000);
        assert_eq!(unseen.take(&log), [2, 70]);
        assert_eq!(unseen.given_before(), 3);
    }

    #[test]
    fn rows_that_no_worker_has_had_are_given_too() {
        let (mut log, mut unseen) = (log(200), NewRows::default());
        for index in [0, 1, 5] {
            let (cause, span) = (Cause::Raised("kept".into()), FailedSpan::default());
            log.apply(0, &Event::ItemFailed { index, cause, span });
        }
        assert_eq!(unseen.take(&log), [0, 1]);
        finish(&mut log, 1, 2, 3, 5_000);
        assert_eq!(unseen.take(&log), [2, 3, 4, 5]);
        assert!(unseen.take(&log).is_empty());
    }

    #[test]
    fn at_the_end_every_row_was_given() {
        let (mut log, mut unseen) = (log(1_000), NewRows::default());
        let mut given = Vec::new();
        for turn in 0..30 {
            finish(&mut log, 1 + turn % 2, turn as u64 * 30, 30, turn as u64 * 1_000);
            given.extend(unseen.take(&log));
        }
        log.apply(0, &Event::Finished { ending: Ending::Stopped });
        given.extend(unseen.take(&log));
        assert!(unseen.take(&log).is_empty());
        assert_eq!(given, (0..1_000).collect::<Vec<_>>());
        assert_eq!(unseen.given_before(), 1_000);
    }
}
