//! How high lanes are, which depends on how many there are, and whether one box holds them all.

use crate::pool::{Mode, RunLog};

const LEAST_ROOMY: f32 = 34.0;
const MOST_ROOMY: f32 = 56.0;
const COMPACT: f32 = 24.0;
/// With less height, names do not fit below each other.
const LEAST_TINY: f32 = 13.0;
/// With less height, a bar is no more than a line.
const LEAST: f32 = 6.0;

/// How high a lane is, with the gap under it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Density {
    /// Name, and process under it; with its height, which is larger where there is much room.
    Roomy(f32),
    /// Name.
    Compact,
    /// A small name; with its height, which is as large as there is room for.
    Tiny(f32),
}

impl Density {
    /// The highest of which all lanes fit; many lanes scroll, and are low.
    pub fn of(lanes: usize, room: f32) -> Self {
        let each = room / lanes.max(1) as f32;
        if each < LEAST_TINY && lanes <= 16 { Self::Compact } else { Self::with_pitch(each.max(LEAST_TINY)) }
    }

    /// The same where none shall scroll: all are to be seen at once, however low they are.
    pub fn that_shows_all(lanes: usize, room: f32) -> Self {
        Self::with_pitch((room / lanes.max(1) as f32).max(LEAST))
    }

    fn with_pitch(pitch: f32) -> Self {
        match pitch {
            LEAST_ROOMY.. => Self::Roomy(pitch.min(MOST_ROOMY)),
            COMPACT.. => Self::Compact,
            _ => Self::Tiny(pitch),
        }
    }

    /// Of how many lanes that follow each other one has its name beside it.
    pub fn named(self) -> usize {
        if let Self::Tiny(pitch) = self { (LEAST_TINY / pitch).ceil() as usize } else { 1 }
    }

    /// The same, no higher than it has to be for all that it shows.
    pub fn least(self) -> Self {
        match self {
            Self::Roomy(_) => Self::Roomy(LEAST_ROOMY),
            Self::Compact => self,
            Self::Tiny(_) => Self::Tiny(LEAST_TINY),
        }
    }

    /// The same, as high as it may be.
    pub fn most(self) -> Self {
        if let Self::Roomy(_) = self { Self::Roomy(MOST_ROOMY) } else { self }
    }

    /// From the top of one lane to that of the next.
    pub fn pitch(self) -> f32 {
        match self {
            Self::Roomy(pitch) => pitch,
            Self::Compact => COMPACT,
            Self::Tiny(pitch) => pitch,
        }
    }

    /// From the lane's edge to its blocks.
    pub fn inset(self) -> f32 {
        match self {
            Self::Roomy(pitch) => pitch * 6.0 / LEAST_ROOMY,
            Self::Compact => 4.0,
            Self::Tiny(pitch) => pitch * 1.5 / LEAST_TINY,
        }
    }
}

/// Whether all lanes are threads of one process.
pub fn has_box(log: &RunLog) -> bool {
    log.plan.job.settings.mode == Mode::Thread
}
