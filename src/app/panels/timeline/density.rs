//! How high lanes are, which depends on how many there are, and whether one box holds them all.

use crate::pool::{Mode, RunLog};

const LEAST_ROOMY: f32 = 34.0;
const MOST_ROOMY: f32 = 56.0;

/// How high a lane is, with the gap under it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Density {
    /// Name, and process under it; with its height, which is larger where there is much room.
    Roomy(f32),
    /// Name.
    Compact,
    /// Number.
    Tiny,
}

impl Density {
    /// The highest of which all lanes fit; many lanes scroll, and are low.
    pub fn of(lanes: usize, room: f32) -> Self {
        let fits = |density: &Self| density.pitch() * lanes as f32 <= room;
        if fits(&Self::Roomy(LEAST_ROOMY)) {
            Self::Roomy((room / lanes.max(1) as f32).clamp(LEAST_ROOMY, MOST_ROOMY))
        } else if fits(&Self::Compact) || lanes <= 16 && !fits(&Self::Tiny) {
            Self::Compact
        } else {
            Self::Tiny
        }
    }

    /// The same, no higher than it has to be for all that it shows.
    pub fn least(self) -> Self {
        if let Self::Roomy(_) = self { Self::Roomy(LEAST_ROOMY) } else { self }
    }

    /// The same, as high as it may be.
    pub fn most(self) -> Self {
        if let Self::Roomy(_) = self { Self::Roomy(MOST_ROOMY) } else { self }
    }

    /// From the top of one lane to that of the next.
    pub fn pitch(self) -> f32 {
        match self {
            Self::Roomy(pitch) => pitch,
            Self::Compact => 24.0,
            Self::Tiny => 13.0,
        }
    }

    /// From the lane's edge to its blocks.
    pub fn inset(self) -> f32 {
        match self {
            Self::Roomy(pitch) => pitch * 6.0 / LEAST_ROOMY,
            Self::Compact => 4.0,
            Self::Tiny => 1.5,
        }
    }
}

/// Whether all lanes are threads of one process.
pub fn has_box(log: &RunLog) -> bool {
    log.plan.job.settings.mode == Mode::Thread
}
