//! How high lanes are, which depends on how many there are, and whether one box holds them all.

use crate::pool::{Mode, RunLog};

/// How high a lane is, with the gap under it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Density {
    /// Name, and process under it.
    Roomy,
    /// Name.
    Compact,
    /// Number.
    Tiny,
}

impl Density {
    /// The highest of which all lanes fit; many lanes scroll, and are low.
    pub fn of(lanes: usize, room: f32) -> Self {
        let fits = |density: &Self| density.pitch() * lanes as f32 <= room;
        if fits(&Self::Roomy) {
            Self::Roomy
        } else if fits(&Self::Compact) || lanes <= 16 && !fits(&Self::Tiny) {
            Self::Compact
        } else {
            Self::Tiny
        }
    }

    /// From the top of one lane to that of the next.
    pub fn pitch(self) -> f32 {
        match self {
            Self::Roomy => 34.0,
            Self::Compact => 24.0,
            Self::Tiny => 13.0,
        }
    }

    /// From the lane's edge to its blocks.
    pub fn inset(self) -> f32 {
        match self {
            Self::Roomy => 6.0,
            Self::Compact => 4.0,
            Self::Tiny => 1.5,
        }
    }
}

/// Whether all lanes are threads of one process.
pub fn has_box(log: &RunLog) -> bool {
    log.plan.job.settings.mode == Mode::Thread
}
