//! Why an item has no output, as data; its sentences are in `wording`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Ending, LifeEnd, RowState};

/// The cause of a row without an output.
///
/// Run files hold the place of a variant: new ones come last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cause {
    /// The function said why it could not, in its own words: a line, and below it where.
    Raised(Arc<str>),
    /// The process of its worker ended with it.
    HostEnded(Arc<LifeEnd>),
    /// It took longer than the limit, which may be so many percent of the median.
    TimedOut { limit_ns: u64, percent_of_median: Option<u32> },
    /// It was executing when the run was stopped.
    Stopped,
    /// The run ended before its turn.
    NotRun(Arc<Ending>),
}

impl Cause {
    /// How the row stands.
    pub fn state(&self) -> RowState {
        match self {
            Self::Raised(_) | Self::HostEnded(_) => RowState::Failed,
            Self::TimedOut { .. } => RowState::TimedOut,
            Self::Stopped => RowState::Stopped,
            Self::NotRun(_) => RowState::NotRun,
        }
    }

    /// Whether lines below the first tell where a function's error was.
    pub fn has_trace(&self) -> bool {
        matches!(self, Self::Raised(text) if text.contains('\n'))
    }
}
