//! What the pool itself says of a run, as data; its sentences are in `wording`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::LifeEnd;
use super::host_name::HostName;
use super::injection::{Injection, NotInjected};
use crate::function::Fault;
use crate::pool::settings::Shape;

/// One thing that the pool says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Notice {
    Started {
        #[serde(flatten)]
        pool: Shape,
    },
    Resized {
        #[serde(flatten)]
        pool: Shape,
        before: usize,
    },
    /// Fewer workers could be started than were wanted.
    FewerWorkers {
        workers: usize,
        wanted: usize,
        reason: String,
    },
    /// The pool could not get another size.
    SizeKept {
        reason: String,
    },
    Paused,
    Resumed,
    Draining,
    /// No more work will be given.
    Closed,
    /// Stopped before all was done.
    Terminated,
    Joined {
        #[serde(flatten)]
        pool: Shape,
    },
    /// The run is over.
    Done,
    /// A host is there, and has not got so far as to run items for so long.
    LoadsLong {
        host: HostName,
        pid: u32,
        for_ns: u64,
    },
    /// The pool cannot go on.
    GaveUp {
        reason: String,
    },
    Suspended {
        host: HostName,
        pid: u32,
        is_suspended: bool,
    },
    /// The system refused to suspend it, or to let it go on.
    SuspendRefused {
        host: HostName,
        pid: u32,
        is_suspended: bool,
    },
    /// A host gives way to a new process. Said of the first one only.
    Recycled {
        host: HostName,
        reason: RecycleReason,
    },
    /// Another process has taken the place of one that died.
    Replaced {
        host: HostName,
        after: Duration,
    },
    /// The death of this number, counted from 0.
    Died {
        death: u64,
        host: HostName,
        pid: u32,
        /// Called so in run files.
        #[serde(rename = "cause")]
        end: LifeEnd,
        at: DiedAt,
    },
    MachineFull {
        host: HostName,
        held_bytes: u64,
    },
    /// No sign of life has come for so long.
    Silent {
        host: HostName,
        pid: u32,
        for_ns: u64,
    },
    /// It is there again.
    Back {
        host: HostName,
        pid: u32,
        after_ns: u64,
    },
    /// Something was left behind that could not be ended or removed.
    LeftBehind {
        what: String,
    },
    /// What commands had left running was ended with the run.
    LeftRunning {
        processes: Vec<String>,
    },
    /// Something else went wrong.
    Other {
        sentence: String,
    },
    /// This Python runs without a lock, until a module asks for one; this module did. Said once a run.
    LockTurnedOn {
        module: String,
    },
    /// A person ends a worker, and whoever is in its process.
    Killing {
        worker: usize,
        host: HostName,
    },
    /// A person has a worker make a fault.
    Injected(Injection),
    /// The worker could not be made to do so.
    NotInjected {
        worker: usize,
        fault: Fault,
        reason: NotInjected,
    },
    /// It was killed and is still there: the run goes on without it.
    NotEnded {
        host: HostName,
        pid: u32,
    },
}

/// Why a host gives way to a new process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RecycleReason {
    Items(u64),
    Memory { held_bytes: u64 },
}

/// What a host had in hand when it died.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DiedAt {
    /// Nothing that is known.
    Idle,
    /// Nothing any more; this input was the last one.
    After(u64),
    Input(u64),
    Inputs(usize),
}

impl Notice {
    /// Whether something went wrong.
    pub fn is_trouble(&self) -> bool {
        match self {
            Self::FewerWorkers { .. }
            | Self::SizeKept { .. }
            | Self::GaveUp { .. }
            | Self::SuspendRefused { .. }
            | Self::Died { .. }
            | Self::MachineFull { .. }
            | Self::Silent { .. }
            | Self::LoadsLong { .. }
            | Self::LeftBehind { .. }
            | Self::LeftRunning { .. }
            | Self::Other { .. }
            | Self::NotInjected { .. }
            | Self::NotEnded { .. } => true,
            Self::Started { .. }
            | Self::Resized { .. }
            | Self::Paused
            | Self::Resumed
            | Self::Draining
            | Self::Closed
            | Self::Terminated
            | Self::Joined { .. }
            | Self::Done
            | Self::Suspended { .. }
            | Self::Recycled { .. }
            | Self::Replaced { .. }
            | Self::Back { .. }
            | Self::LockTurnedOn { .. }
            | Self::Killing { .. }
            | Self::Injected(..) => false,
        }
    }
}
