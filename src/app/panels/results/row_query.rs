//! Filters and sorts the rows of a run on a thread of its own, so that ten million rows never hold up a frame.
//!
//! The table asks with a copy of the record, which shares all rows, and takes the answer when it is there. A newer
//! question makes the thread drop an older one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Instant;

use super::filter::{Filter, number};
use crate::pool::{Row, RunLog};

/// Rows between two looks at whether the question still stands.
const CHECK_EVERY: u64 = 8192;

/// What rows are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortKey {
    Index,
    Took,
    Output,
}

/// An order of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SortOrder {
    pub key: SortKey,
    pub is_descending: bool,
}

impl Default for SortOrder {
    fn default() -> Self {
        Self { key: SortKey::Index, is_descending: false }
    }
}

/// What to find.
#[derive(Debug, Clone, PartialEq)]
pub struct RowQuestion {
    pub filter: Filter,
    pub order: SortOrder,
    /// Tells one run from another.
    pub started: Instant,
    /// Rows that were final when it was asked.
    pub done: u64,
}

impl RowQuestion {
    /// Whether the rows as they are need no finding.
    pub fn is_plain(&self) -> bool {
        self.filter.is_empty() && self.order == SortOrder::default()
    }

    /// Whether an answer to `self` also shows what `other` asks for, if maybe not the newest of it.
    pub fn is_like(&self, other: &Self) -> bool {
        (&self.filter, self.order, self.started) == (&other.filter, other.order, other.started)
    }
}

/// The indices of the rows found, in the order asked for.
#[derive(Debug, Clone)]
pub struct RowAnswer {
    pub question: RowQuestion,
    pub rows: Arc<[u64]>,
}

/// The thread, and what it was asked last.
#[derive(Debug)]
pub struct RowQuery {
    sender: Sender<(u64, RowQuestion, Box<RunLog>)>,
    answers: Receiver<RowAnswer>,
    progress: Arc<QueryProgress>,
    asked: Option<RowQuestion>,
}

#[derive(Debug, Default)]
struct QueryProgress {
    /// The number of the newest question; older ones are dropped.
    newest: AtomicU64,
    rows_seen: AtomicU64,
}

impl RowQuery {
    /// Starts the thread; `wake` is called when an answer is there. Nothing where the system gives no thread.
    pub fn start(wake: impl Fn() + Send + 'static) -> Option<Self> {
        let (sender, questions) = mpsc::channel();
        let (answer_sender, answers) = mpsc::channel();
        let progress = Arc::new(QueryProgress::default());
        let seen = progress.clone();
        std::thread::Builder::new()
            .name("rows".to_owned())
            .spawn(move || answer_all(&questions, &answer_sender, &seen, &wake))
            .ok()?;
        Some(Self { sender, answers, progress, asked: None })
    }

    /// Asks, dropping what was asked before.
    pub fn ask(&mut self, question: RowQuestion, log: &RunLog) {
        self.asked = Some(question.clone());
        let number = self.progress.newest.fetch_add(1, Relaxed) + 1;
        self.progress.rows_seen.store(0, Relaxed);
        // The thread ends only with this struct.
        let _ = self.sender.send((number, question, Box::new(log.clone())));
    }

    /// The question that is being worked on.
    pub fn asked(&self) -> Option<&RowQuestion> {
        self.asked.as_ref()
    }

    /// The answer, once it is there.
    pub fn take_answer(&mut self) -> Option<RowAnswer> {
        let answer = self.answers.try_iter().last()?;
        if self.asked.as_ref() == Some(&answer.question) {
            self.asked = None;
        }
        Some(answer)
    }

    /// Rows looked at for the question that is being worked on.
    pub fn rows_seen(&self) -> u64 {
        self.progress.rows_seen.load(Relaxed)
    }
}

fn answer_all(
    questions: &Receiver<(u64, RowQuestion, Box<RunLog>)>,
    answers: &Sender<RowAnswer>,
    progress: &QueryProgress,
    wake: &impl Fn(),
) {
    while let Ok((number, question, log)) = questions.recv() {
        let Some(rows) = find(&question, &log, progress, number) else { continue };
        // Let the record go before it is shown: the pool copies a block that is still shared.
        drop(log);
        if answers.send(RowAnswer { question, rows: rows.into() }).is_err() {
            return;
        }
        wake();
    }
}

/// The rows that fit, in order; nothing where a newer question came up.
fn find(question: &RowQuestion, log: &RunLog, progress: &QueryProgress, number: u64) -> Option<Vec<u64>> {
    let is_dropped = || progress.newest.load(Relaxed) != number;
    let mut scratch = String::new();
    let mut found = Vec::new();
    for index in 0..log.counts.total {
        if index % CHECK_EVERY == 0 {
            progress.rows_seen.store(index, Relaxed);
            if is_dropped() {
                return None;
            }
        }
        if let Some(row) = log.row(index)
            && question.filter.fits(&row, &mut scratch)
        {
            found.push((rank(&row, question.order.key), index));
        }
    }
    Some(sorted(found, question.order))
}

/// What a row is sorted by: numbers first, then what has none, by index.
fn rank(row: &Row<'_>, key: SortKey) -> Option<f64> {
    match key {
        SortKey::Index => None,
        SortKey::Took => (row.state.is_final() && row.worker > 0).then_some(f64::from(row.duration_s)),
        SortKey::Output => row.output.and_then(number),
    }
}

fn sorted(mut found: Vec<(Option<f64>, u64)>, order: SortOrder) -> Vec<u64> {
    if order.key != SortKey::Index {
        // Stable, so that equal rows stay in input order; rows without a number are last in both directions.
        found.sort_by(|(left, _), (right, _)| match (left, right) {
            (Some(left), Some(right)) if order.is_descending => right.total_cmp(left),
            (Some(left), Some(right)) => left.total_cmp(right),
            (left, right) => right.is_some().cmp(&left.is_some()),
        });
    } else if order.is_descending {
        found.reverse();
    }
    found.into_iter().map(|(_, index)| index).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(key: SortKey, is_descending: bool) -> SortOrder {
        SortOrder { key, is_descending }
    }

    #[test]
    fn rows_without_a_number_come_last_either_way() {
        let found = vec![(None, 0), (Some(2.0), 1), (Some(1.0), 2), (Some(2.0), 3)];
        assert_eq!(sorted(found.clone(), order(SortKey::Took, false)), [2, 1, 3, 0]);
        assert_eq!(sorted(found, order(SortKey::Took, true)), [1, 3, 2, 0]);
    }

    #[test]
    fn the_order_of_inputs_can_be_turned_round() {
        let found = vec![(None, 3), (None, 5), (None, 9)];
        assert_eq!(sorted(found.clone(), order(SortKey::Index, true)), [9, 5, 3]);
        assert_eq!(sorted(found, SortOrder::default()), [3, 5, 9]);
    }
}
