//! What became of one input, as a caller gets it.

use crate::error::Error;
use crate::pool::{Ending, Row, RowState, RunLog, RunState};
use crate::value::{Value, ValueRef};

/// What became of one input: what the function gave, or why there is nothing.
///
/// That an item fails is no failure of the call, which goes on with the others. Who wants Python's way, in which the
/// first failure is raised, collects: `outcomes.into_iter().collect::<Result<Vec<Value>, _>>()?`.
pub type Outcome = Result<Value, ItemError>;

/// Why an input has no output.
///
/// Python's counterpart is the exception that a function raised in a worker, except that a worker that died has an
/// error here too, where Python's `Pool.map` waits for ever.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("item {index} {}: {reason}", state.label())]
pub struct ItemError {
    /// The place of the input, counted from 0.
    pub index: u64,
    /// [`RowState::Failed`], [`RowState::TimedOut`], [`RowState::Stopped`] or [`RowState::NotRun`].
    pub state: RowState,
    /// What the function said, how its worker died, or why it was not run.
    pub reason: String,
    /// The worker that ran it last, counted from 1.
    pub worker: Option<usize>,
    /// How often it was given to a worker.
    pub attempts: u8,
}

impl From<ItemError> for Error {
    fn from(error: ItemError) -> Self {
        let ItemError { index, state, reason, .. } = error;
        Self::pool(format!("get the result of item {index}"), format!("{}: {reason}", state.label()))
    }
}

/// The outcome of a row that is final.
pub(super) fn outcome_of(row: &Row<'_>) -> Outcome {
    if row.state == RowState::Ok {
        return Ok(row.output.map_or(Value::None, ValueRef::to_value));
    }
    Err(ItemError {
        index: row.index,
        state: row.state,
        reason: row.error().unwrap_or_default().into_owned(),
        worker: (row.worker > 0).then_some(row.worker),
        attempts: row.attempts,
    })
}

/// All outcomes of a run that is over, in input order.
pub(super) fn outcomes_of(log: &RunLog) -> Result<Vec<Outcome>, Error> {
    if let Some(reason) = breakdown_of(log) {
        return Err(Error::pool("finish the run", reason));
    }
    Ok((0..log.counts.total).filter_map(|index| log.row(index)).map(|row| outcome_of(&row)).collect())
}

/// Why the pool itself could not go on, where that is so.
pub(super) fn breakdown_of(log: &RunLog) -> Option<&str> {
    match &log.state {
        RunState::Finished(Ending::Broken(reason)) => Some(reason),
        _ => None,
    }
}
