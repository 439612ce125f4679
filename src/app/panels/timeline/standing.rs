//! How a worker stands, and the words for it.

use super::FrameContext;
use crate::app::format;

/// How a worker stands, where there is something to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Well,
    /// A person suspended it.
    Suspended,
    /// No sign of life for so long.
    Silent(u64),
    /// It finishes what it has in hand, and then leaves.
    Leaving,
    /// It left, because the pool was made smaller.
    Retired,
}

impl Standing {
    /// How the worker of lane `place` stands now.
    pub fn of(frame: &FrameContext<'_>, place: usize) -> Self {
        let Some(lane) = frame.run.log.lanes.get(place) else { return Self::Well };
        let silent_for_ns = frame.run.live.get(place).and_then(|live| live.silent_for_ns);
        match (lane.is_alive() && frame.cx.is_live(), silent_for_ns) {
            (true, _) if lane.is_suspended => Self::Suspended,
            (true, Some(silent_for_ns)) => Self::Silent(silent_for_ns),
            (true, None) if lane.is_retired => Self::Leaving,
            (false, _) if lane.is_retired => Self::Retired,
            _ => Self::Well,
        }
    }

    /// Whether it goes on only when somebody does something.
    pub fn needs_help(self) -> bool {
        matches!(self, Self::Suspended | Self::Silent(_))
    }

    /// The word or two beside the lane.
    pub fn short(self) -> Option<String> {
        Some(match self {
            Self::Well => return None,
            Self::Suspended => "suspended".to_owned(),
            Self::Silent(ns) => format!("silent for {}", format::duration_ns(ns)),
            Self::Leaving => "leaving".to_owned(),
            Self::Retired => "retired".to_owned(),
        })
    }

    /// All of it, and what to do.
    pub fn sentence(self) -> Option<String> {
        Some(match self {
            Self::Well => return None,
            Self::Suspended => "Suspended: it goes on where it is when it is woken up.".to_owned(),
            Self::Silent(ns) => {
                format!("No sign of life for {}; it may be suspended.", format::duration_ns(ns))
            }
            Self::Leaving => "The pool was made smaller: it leaves when its item is finished.".to_owned(),
            Self::Retired => "It left because the pool was made smaller.".to_owned(),
        })
    }
}
