//! Tries of items: how often each was given out, which failures are tried again and when, and which successes came
//! late. Only items that were given out more than once are kept here.

use std::collections::{BTreeMap, BTreeSet};

use super::super::record::{Batch, Cause, Event, FailedSpan, RunState};
use super::Dispatcher;
use super::queue::Chunk;

/// How a try failed that is not the last one: the row's fate, should there be no time for another.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    pub(super) cause: Cause,
    pub(super) span: FailedSpan,
}

#[derive(Debug, Clone)]
struct Try {
    /// The number of the try that is running or comes next, from 1.
    number: u8,
    failed: u8,
    /// It took its host along, so its next try is in a host of its own.
    is_alone: bool,
    last: Option<Failure>,
}

/// The tries of all items that were given out more than once.
#[derive(Debug, Default)]
pub(super) struct Tries {
    of: BTreeMap<u64, Try>,
    /// Items that wait for the time of their next try.
    delayed: BTreeSet<(u64, u64)>,
}

impl Tries {
    /// The number of the item's try that is running or comes next, from 1.
    pub(super) fn number(&self, index: u64) -> u8 {
        self.of.get(&index).map_or(1, |item| item.number)
    }

    /// Index and number of the try of those items of a batch that were given out more than once, in order.
    pub(super) fn again_in(&self, batch: &Batch) -> Vec<(u64, u8)> {
        let range = batch.first..batch.first + batch.count as u64;
        self.of.range(range).map(|(index, item)| (*index, item.number)).collect()
    }

    /// Those items of a batch that have succeeded after they had failed before.
    pub(super) fn flaky_in(&self, batch: &Batch) -> Vec<u64> {
        let range = batch.first..batch.first + batch.count as u64;
        let has_failed = |index: u64| {
            batch
                .failures
                .binary_search_by_key(&(index - batch.first), |(place, _)| u64::from(*place))
                .is_ok()
        };
        let late = self.of.range(range).filter(|(index, item)| item.failed > 0 && !has_failed(**index));
        late.map(|(index, _)| *index).collect()
    }

    fn failed(&self, index: u64) -> u8 {
        self.of.get(&index).map_or(0, |item| item.failed)
    }

    /// Notes that the item is given out once more.
    pub(super) fn again(&mut self, index: u64) {
        let item = self.entry(index);
        item.number = item.number.saturating_add(1);
    }

    fn entry(&mut self, index: u64) -> &mut Try {
        self.of.entry(index).or_insert(Try { number: 1, failed: 0, is_alone: false, last: None })
    }

    fn put_off(&mut self, index: u64, due_ns: u64, failure: Failure, is_alone: bool) {
        let item = self.entry(index);
        item.number = item.number.saturating_add(1);
        item.failed = item.failed.saturating_add(1);
        item.is_alone |= is_alone;
        item.last = Some(failure);
        self.delayed.insert((due_ns, index));
    }

    /// Takes the next item whose time has come, and whether it has to run alone.
    fn take_due(&mut self, now_ns: u64) -> Option<(u64, bool)> {
        let (due_ns, index) = *self.delayed.first()?;
        if due_ns > now_ns {
            return None;
        }
        self.delayed.pop_first();
        Some((index, self.of.get(&index).is_some_and(|item| item.is_alone)))
    }

    pub(super) fn next_due_ns(&self) -> Option<u64> {
        self.delayed.first().map(|(due_ns, _)| *due_ns)
    }

    /// Forgets an item that has its row.
    pub(super) fn forget(&mut self, index: u64) {
        self.of.remove(&index);
    }

    /// The items that wait for their time.
    #[cfg(test)]
    pub(super) fn delayed(&self) -> impl Iterator<Item = u64> {
        self.delayed.iter().map(|(_, index)| *index)
    }
}

impl Dispatcher {
    pub(super) fn may_try_again(&self, index: u64) -> bool {
        let retries = self.log.plan.job.settings.item.retries;
        retries > self.tries.failed(index) && self.log.state == RunState::Running && !self.log.is_draining
    }

    /// Has an item tried again when its pause is over.
    pub(super) fn try_again_later(&mut self, index: u64, failure: Failure, is_alone: bool) {
        let delay = self.log.plan.job.settings.item.retry_delay;
        let pause = delay.before_next(self.tries.failed(index).saturating_add(1));
        let pause_ns = u64::try_from(pause.as_nanos()).unwrap_or(u64::MAX);
        self.tries.put_off(index, self.now_ns.saturating_add(pause_ns), failure, is_alone);
        self.emit(Event::ItemRetried { index });
    }

    /// Lets the failures of a recorded batch wait for another try where the rules allow one.
    pub(super) fn retry_failures(&mut self, batch: &Batch, is_alone: bool) {
        if self.log.plan.job.settings.item.retries == 0 {
            return;
        }
        for (place, reason) in &batch.failures {
            let index = batch.first + u64::from(*place);
            if self.may_try_again(index)
                && let Some(row) = self.log.row(index)
            {
                let span = FailedSpan {
                    worker: row.worker,
                    attempts: row.attempts,
                    start_ns: row.start_ns,
                    duration_ns: (f64::from(row.duration_s) * 1e9) as u64,
                };
                let failure = Failure { cause: Cause::Raised(reason.as_str().into()), span };
                self.try_again_later(index, failure, is_alone);
            }
        }
    }

    /// Forgets what was kept of the items of a recorded batch that have their rows.
    pub(super) fn forget_ended_tries(&mut self, batch: &Batch) {
        let range = batch.first..batch.first + batch.count as u64;
        let known: Vec<u64> = self.tries.of.range(range).map(|(index, _)| *index).collect();
        known
            .into_iter()
            .filter(|index| self.log.rows.is_final(*index))
            .for_each(|index| self.tries.forget(index));
    }

    /// Lets the items wait for a worker whose pause is over; says whether there were any.
    pub(super) fn release_due(&mut self) -> bool {
        let mut due = BTreeSet::new();
        let mut were_any = false;
        while let Some((index, is_alone)) = self.tries.take_due(self.now_ns) {
            were_any = true;
            if is_alone {
                self.queue.add_suspect(index);
            } else {
                due.insert(index);
            }
        }
        for index in due.into_iter().rev() {
            self.queue.put_back(Chunk::one(index));
        }
        were_any
    }

    /// The run is over: items that still waited for another try end as their last one did.
    pub(super) fn end_tries(&mut self) {
        let waiting = std::mem::take(&mut self.tries);
        for (index, item) in waiting.of {
            if let Some(Failure { cause, span }) = item.last
                && !self.log.rows.is_final(index)
            {
                self.emit(Event::ItemFailed { index, cause, span });
            }
        }
    }
}
