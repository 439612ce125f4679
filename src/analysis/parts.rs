//! What a worker can be at, and how long it was at each.

use std::ops::{Index, IndexMut};

/// What a worker can be at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// In an item, on a core.
    OnCore,
    /// Ready to go on, in an item or between two, while other threads had the cores.
    Ready,
    /// In an item, waiting: for a clock, a file, a network, a lock.
    Blocked,
    /// In an item, waiting while other threads of its interpreter used all that its lock lets through.
    Lock,
    /// Its process was being started.
    Starting,
    /// Its process loaded the function.
    SettingUp,
    /// Between two items: inputs and results on their way, and the pool's own work.
    Engine,
    /// There was nothing left for it to do.
    Idle,
}

impl Part {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 8] = [
        Self::OnCore,
        Self::Ready,
        Self::Blocked,
        Self::Lock,
        Self::Starting,
        Self::SettingUp,
        Self::Engine,
        Self::Idle,
    ];

    /// Those of the time in items; what is ready between two of them counts among them.
    pub const OF_ITEMS: [Self; 4] = [Self::OnCore, Self::Ready, Self::Blocked, Self::Lock];

    /// Its name, beside its share. What is an estimate says so.
    pub fn label(self) -> &'static str {
        match self {
            Self::OnCore => "on a core",
            Self::Ready => "ready, no core",
            Self::Blocked => "waiting",
            Self::Lock => "held by the lock (estimate)",
            Self::Starting => "starting",
            Self::SettingUp => "setting up",
            Self::Engine => "transport",
            Self::Idle => "idle",
        }
    }
}

/// Nanoseconds of each part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Parts([u64; 8]);

impl Index<Part> for Parts {
    type Output = u64;

    fn index(&self, part: Part) -> &u64 {
        &self.0[part as usize]
    }
}

impl IndexMut<Part> for Parts {
    fn index_mut(&mut self, part: Part) -> &mut u64 {
        &mut self.0[part as usize]
    }
}

impl Parts {
    /// All parts together, in nanoseconds.
    pub fn total_ns(&self) -> u64 {
        self.0.iter().sum()
    }

    /// What share of all time a part takes, from 0 to 1; 0 where there is no time at all.
    pub fn share(&self, part: Part) -> f64 {
        match self.total_ns() {
            0 => 0.0,
            total_ns => self[part] as f64 / total_ns as f64,
        }
    }

    /// The same of several parts together.
    pub fn share_of(&self, parts: &[Part]) -> f64 {
        parts.iter().map(|part| self.share(*part)).sum()
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0).for_each(|(sum, more)| *sum += more);
    }
}
