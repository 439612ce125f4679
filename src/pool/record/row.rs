//! One row an input: state, output, times, worker; and the rows of neighbours, as they are reported.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::cause::Cause;
use super::timing::Timing;
use crate::value::{Column, ValueRef};

/// How a row stands.
///
/// Run files hold the place of a variant: new ones come last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum RowState {
    /// Waiting or executing.
    #[default]
    Pending,
    Ok,
    /// The function said why it could not, panicked, or its host died of it: the row's error tells.
    Failed,
    /// It took longer than the timeout.
    TimedOut,
    /// It was executing when the run was stopped.
    Stopped,
    /// The run ended before its turn.
    NotRun,
}

impl RowState {
    /// The word shown in tables.
    pub fn label(self) -> &'static str {
        match self {
            Self::Pending => "waiting",
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::TimedOut => "timed out",
            Self::Stopped => "stopped",
            Self::NotRun => "not run",
        }
    }

    /// Whether the item failed by itself, and not because the run ended.
    pub fn is_failure(self) -> bool {
        match self {
            Self::Failed | Self::TimedOut => true,
            Self::Pending | Self::Ok | Self::Stopped | Self::NotRun => false,
        }
    }

    /// Whether the row is final.
    pub fn is_final(self) -> bool {
        self != Self::Pending
    }
}

/// One row, borrowed from the record.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row<'a> {
    /// The place of the input, counted from 0.
    pub index: u64,
    pub input: ValueRef<'a>,
    /// How the input was written, where it would be shown differently; see [`Row::input_text`].
    pub written: Option<&'a str>,
    /// What the function gave; only for [`RowState::Ok`].
    pub output: Option<ValueRef<'a>>,
    pub state: RowState,
    /// Why it has no output; for every final state but [`RowState::Ok`].
    pub cause: Option<&'a Cause>,
    /// The worker that ran it, counted from 1; 0 where none did.
    pub worker: usize,
    /// The process that ran it.
    pub pid: Option<u32>,
    /// How often it was given to a worker.
    pub attempts: u8,
    /// It failed first and succeeded when it was tried again.
    pub is_flaky: bool,
    pub start_ns: u64,
    pub duration_s: f32,
    /// CPU time of the lane's thread within the span.
    pub cpu_s: f32,
    /// The times are an equal share of a chunk that was timed as a whole.
    pub is_chunk_timed: bool,
}

impl<'a> Row<'a> {
    /// The input as it was written.
    pub fn input_text(&self) -> Cow<'a, str> {
        match (self.written, self.input) {
            (Some(written), _) => Cow::Borrowed(written),
            (None, ValueRef::Text(text) | ValueRef::Json(text)) => Cow::Borrowed(text),
            (None, input) => Cow::Owned(input.to_string()),
        }
    }

    /// Why it has no output, in words.
    pub fn error(&self) -> Option<Cow<'a, str>> {
        self.cause.map(|cause| match cause {
            Cause::Raised(text) => Cow::Borrowed(&**text),
            cause => Cow::Owned(cause.to_string()),
        })
    }

    /// A row of which nothing is known but its input.
    pub(super) fn pending(index: u64, input: ValueRef<'a>) -> Self {
        Self {
            index,
            input,
            written: None,
            output: None,
            state: RowState::Pending,
            cause: None,
            worker: 0,
            pid: None,
            attempts: 0,
            is_flaky: false,
            start_ns: 0,
            duration_s: 0.0,
            cpu_s: 0.0,
            is_chunk_timed: false,
        }
    }
}

/// Finished neighbours: the items `first .. first + count`, all run one after the other by one lane.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    pub first: u64,
    pub count: usize,
    /// The outputs of the items that did not fail, in order.
    pub outputs: Arc<Column>,
    /// Place within the batch and reason of each that failed, in order.
    pub failures: Vec<(u32, String)>,
    pub timing: Timing,
}

/// Where and when an item ended that has no output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FailedSpan {
    /// Counted from 1.
    pub worker: usize,
    pub attempts: u8,
    pub start_ns: u64,
    pub duration_ns: u64,
}
