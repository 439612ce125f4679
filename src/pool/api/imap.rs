//! Results that are taken one by one while a pool reads its inputs no further than is needed.

use std::collections::VecDeque;
use std::sync::Arc;

use super::Pool;
use super::backpressure::Backpressure;
use super::call::Call;
use super::outcome::{ItemError, Outcome, breakdown_of, outcome_of};

use crate::pool::{NewRows, RowState, RunSnapshot};

/// The outcomes of [`Pool::imap`] in input order, each as soon as it and all before it are final.
///
/// It is read from snapshots of the run: many cheap items come at once, up to 30 times a second. Dropping it ends
/// the run. Where the inputs break off (their iterator panicked), an error with the index after the last one is the
/// last outcome.
pub struct Imap<'pool> {
    flow: Flow<'pool>,
}

impl<'pool> Imap<'pool> {
    pub(super) fn new(pool: &'pool Pool, call: Arc<Call>, backpressure: Arc<Backpressure>) -> Self {
        Self { flow: Flow::new(pool, call, backpressure) }
    }
}

impl Iterator for Imap<'_> {
    type Item = Outcome;

    fn next(&mut self) -> Option<Outcome> {
        loop {
            let index = self.flow.taken;
            if let Some(row) = self.flow.snapshot.log.row(index).filter(|row| row.state.is_final()) {
                let outcome = outcome_of(&row);
                self.flow.took(index + 1);
                return Some(outcome);
            }
            if !self.flow.look_again(index) {
                return self.flow.last_word().map(Err);
            }
        }
    }
}

/// The outcomes of [`Pool::imap_unordered`] with the index of their inputs, in the order in which they are finished.
///
/// In all else it is like [`Imap`].
pub struct ImapUnordered<'pool> {
    flow: Flow<'pool>,
    unseen: NewRows,
    /// Final rows of the snapshot that were not given yet.
    ready: VecDeque<u64>,
}

impl<'pool> ImapUnordered<'pool> {
    pub(super) fn new(pool: &'pool Pool, call: Arc<Call>, backpressure: Arc<Backpressure>) -> Self {
        let flow = Flow::new(pool, call, backpressure);
        let mut unseen = NewRows::default();
        let ready = unseen.take(&flow.snapshot.log).into();
        Self { flow, unseen, ready }
    }
}

impl Iterator for ImapUnordered<'_> {
    type Item = (u64, Outcome);

    fn next(&mut self) -> Option<(u64, Outcome)> {
        loop {
            if let Some(index) = self.ready.pop_front() {
                let Some(row) = self.flow.snapshot.log.row(index) else { continue };
                let outcome = outcome_of(&row);
                // What is ready is kept by the snapshot, not by the run.
                self.flow.took(self.unseen.given_before());
                return Some((index, outcome));
            }
            if !self.flow.look_again(self.unseen.given_before()) {
                return self.flow.last_word().map(|error| (error.index, Err(error)));
            }
            self.ready.extend(self.unseen.take(&self.flow.snapshot.log));
        }
    }
}

/// What both have in common: the run, the snapshot that is being read, and how many results were taken.
struct Flow<'pool> {
    pool: &'pool Pool,
    call: Arc<Call>,
    backpressure: Arc<Backpressure>,
    snapshot: Arc<RunSnapshot>,
    /// The number of the news that the snapshot came with, or came after.
    news: u64,
    taken: u64,
    /// How many of the taken the run knows of.
    told: u64,
    has_ended: bool,
}

impl<'pool> Flow<'pool> {
    fn new(pool: &'pool Pool, call: Arc<Call>, backpressure: Arc<Backpressure>) -> Self {
        let snapshot = call.snapshot();
        Self { pool, call, backpressure, snapshot, news: 0, taken: 0, told: 0, has_ended: false }
    }

    /// One more result was taken, and the rows before `done` are needed no more.
    fn took(&mut self, done: u64) {
        self.taken += 1;
        if self.taken - self.told >= self.backpressure.step(self.taken) {
            self.tell(done);
        }
    }

    fn tell(&mut self, done: u64) {
        self.told = self.taken;
        self.call.release(done);
        self.backpressure.taken(self.taken);
    }

    /// Waits for a newer snapshot; false where this one is the last. See [`Flow::took`].
    fn look_again(&mut self, done: u64) -> bool {
        if self.snapshot.log.is_finished() {
            return false;
        }
        if self.told < self.taken {
            self.tell(done);
        }
        self.call.wait_for_news(&mut self.news);
        self.snapshot = self.call.snapshot();
        true
    }

    /// Why the results break off, where they do and no row says so; once.
    fn last_word(&mut self) -> Option<ItemError> {
        let log = &self.snapshot.log;
        let is_told = log.counts.not_run > 0 || self.has_ended;
        self.has_ended = true;
        let reason = breakdown_of(log).filter(|_| !is_told)?.to_owned();
        let index = log.counts.total;
        Some(ItemError { index, state: RowState::NotRun, reason, worker: None, attempts: 0 })
    }
}

impl Drop for Flow<'_> {
    fn drop(&mut self) {
        self.backpressure.close();
        self.call.stop();
        self.pool.calls().forget(&self.call);
    }
}
