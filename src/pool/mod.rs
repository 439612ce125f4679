//! The pool: P hosts of T lanes each run a function over inputs; one dispatcher decides, one record tells.
//!
//! A *host* is a process that runs user work; this program never does so itself. Process mode with N workers is N
//! hosts of one lane, thread mode is one host of N lanes. [`start`] launches the hosts and returns a [`Run`], whose
//! [`RunSnapshot`]s are published at most 30 times a second and at every change of state. [`Pool`] is the same in the
//! words of Python's `multiprocessing.Pool`, for programs that want results and nothing else.

mod api;
mod control;
mod dispatcher;
mod driver;
pub mod examples;
mod frames;
mod host;
mod host_connection;
mod input_sender;
mod lane_clocks;
mod launch;
mod lines;
mod load_meter;
mod os;
pub mod record;
mod run;
mod settings;
mod status_page;
mod wire;
mod wording;

use std::sync::Arc;

pub use self::api::{Arguments, Imap, ImapUnordered, ItemError, Outcome, Pending, Pool, PoolBuilder};
pub use self::control::Control;
pub use self::host::serve as serve_host;
pub use self::input_sender::InputSender;
pub use self::launch::{Launch, serve_if_host};
pub use self::os::{ending_signals, outlive_file_limits, reset_inherited_signals};
pub use self::record::{
    Audit, Batch, CHANGING_STRETCHES, Cause, CoreStay, CoreStays, CoreTime, CoreTimes, Counts, Death, DiedAt,
    Ending, Event, FailedSpan, HostName, Idle, Injection, Inputs, ItemsFinished, Journal, Lane, LaneHistory,
    Life, LifeEnd, MOST_NOTE_CHARACTERS, MOST_NOTES, MachineLoad, Margin, Message, MessageContent,
    MessageSource, Messages, NewRows, NotInjected, NoteFault, NotePlace, Notice, Obstacle, OkRun, Plan,
    Readiness, RecordedRows, RecycleReason, ResumedRows, Row, RowState, Rows, RunLog, RunState, Segment,
    Timing, When, ns_to_s,
};
pub use self::run::{Run, resume, start, start_stream};
pub use self::settings::{
    ChunkRule, Failures, HaltRule, Halting, ItemRules, Job, MAX_WORKERS, MOST_RETRIES, Mode, Order,
    RetryDelay, Settings, Shape, Timeout, WorkerRules, parse_size_bytes,
};
/// For the fuzz targets alone: the wire is nobody else's business.
#[cfg(fuzzing)]
#[doc(hidden)]
pub use self::wire::fuzz_checks as wire_fuzz_checks;

/// A moment of a run: its record so far and what its lanes do right now.
#[derive(Debug, Clone)]
pub struct RunSnapshot {
    pub log: RunLog,
    /// When it was taken, since Start.
    pub now_ns: u64,
    /// Read from the hosts' status pages; as many as `log.lanes`.
    pub live: Vec<LiveLane>,
    /// The processes that are the hosts now.
    pub host_pids: Vec<u32>,
}

/// What a lane does at the moment of a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LiveLane {
    /// The item it executes and since when.
    pub executing: Option<Executing>,
    /// The core its thread was last seen on.
    pub core: Option<u32>,
    /// Its process has given no sign of life for so long, though it should have; it may be suspended.
    pub silent_for_ns: Option<u64>,
}

/// An item in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Executing {
    pub index: u64,
    pub since_ns: u64,
}

impl RunSnapshot {
    /// Time since Start, which stands still when the run is over.
    pub fn elapsed_ns(&self) -> u64 {
        if self.log.is_finished() { self.log.last_row_ns.max(1) } else { self.now_ns }
    }
}

/// Called after each new snapshot, from the pool's thread.
pub type Waker = Arc<dyn Fn() + Send + Sync>;
