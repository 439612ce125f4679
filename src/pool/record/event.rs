//! What happens in a run, as data: the record of a run is what these events make of it, in their order, and nothing else.
//!
//! The dispatcher of a pool emits them. A record, and all that is drawn and told of it, can as well be made of events that
//! come from somewhere else.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{
    Audit, Batch, Cause, CoreStay, CoreTime, Death, Ending, FailedSpan, Idle, LaneHistory, LifeEnd,
    MachineLoad, Message, NotePlace, Readiness, RecordedRows, Segment,
};
use crate::value::Column;

/// One thing that happened. What is small is written down as it is; what is large (the variants that serde skips) has a form
/// of its own in a file: see `export::run_file`. Lanes are counted from 0, workers from 1: worker 1 is lane 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// The process of these lanes was launched, which began at this time; it is not ready yet.
    HostLaunched { lanes: Range<usize>, pid: u32, launched_ns: u64 },
    /// It has loaded the function.
    HostReady { lanes: Range<usize>, pid: u32, readiness: Readiness },
    /// It was suspended, or goes on.
    HostSuspended { lanes: Range<usize>, is_suspended: bool },
    /// It is over, as it was told to or not.
    HostEnded { lanes: Range<usize>, pid: u32, end: LifeEnd, peak_rss_bytes: u64, was_suspended: bool },
    /// It died without being asked to.
    HostDied(Box<Death>),
    /// Another process is ready in the place of the one whose death has this number, counted from 0.
    HostReplaced { death: u64, after: Duration },
    /// It gives way to a new process by the pool's rules.
    HostRecycled { lanes: Range<usize> },
    /// The process of these lanes had nothing to do, because there was nothing that it could be given.
    HostWasIdle { lanes: Range<usize>, idle: Idle },
    /// What the thread of a lane did.
    CoreTimeSeen { lane: usize, core_time: CoreTime },
    /// A lane has finished neighbours.
    #[serde(skip)]
    ItemsFinished(Arc<ItemsFinished>),
    /// An item ended with its process, or was stopped; this is what its lane did meanwhile.
    ItemCutOff { lane: usize, segment: Segment },
    /// An item ended for good, and without an output.
    ItemFailed { index: u64, cause: Cause, span: FailedSpan },
    /// An item is given to a worker once more. If it had ended, that does not count any more.
    ItemRetried { index: u64 },
    /// Chunks have this size from now on.
    ChunkSized { items: u64 },
    /// A line that was written.
    MessageSaid(Message),
    /// The pool has so many workers from now on.
    PoolResized { workers: usize },
    /// Fewer workers could be started than were wanted; these lanes have none.
    PoolShrunk { workers: usize, without: Vec<usize> },
    /// There is one lane more, in which suspects run alone.
    SuspectLaneAdded,
    /// Nothing new begins until it goes on.
    Paused { is_paused: bool },
    /// Nothing new begins any more.
    Draining,
    /// Processes are being ended before all is done.
    Stopping,
    /// These inputs follow those before.
    #[serde(skip)]
    InputsAdded(Arc<Column>),
    /// No more inputs will come.
    InputsEnded,
    /// Whoever follows the run has seen the rows before `index`, which are let go.
    RowsReleased { index: u64 },
    /// Rows that were final in a record that was written down. They have their lanes' numbers, and are not part of what their
    /// lanes did: that is [`Event::LaneRecorded`].
    #[serde(skip)]
    RowsRecorded(Arc<RecordedRows>),
    /// What a lane did in a record that was written down.
    #[serde(skip)]
    LaneRecorded { lane: usize, history: Arc<LaneHistory> },
    /// What was counted in a record that was written down and is told by none of its rows and lanes; of the lines that it did
    /// not keep any more, how many there were and how many of them were of workers.
    CountsRecorded { retries: u64, recycled: u64, lines_gone: u64, of_workers: u64 },
    /// What the machine did during the run, now that its hosts are over.
    MachineSeen(MachineLoad),
    /// No process is left, and this is what they have left behind.
    Audited(Audit),
    /// The run is over. What has no row yet was not run.
    Finished { ending: Ending },
    /// The thread of a lane was seen on a core.
    CoreSeen { lane: usize, stay: CoreStay },
    /// The cores that a lane was on in a record that was written down, and how often it was seen to move.
    CoresRecorded { lane: usize, stays: Vec<CoreStay>, moves: u64 },
    /// A person wrote a note, in the place of the one that may be there; one without text takes that away.
    NoteWritten { place: NotePlace, text: Arc<str> },
}

/// Neighbours that a lane has finished.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemsFinished {
    pub lane: usize,
    pub batch: Batch,
    /// Index and number of the try of those that were given out more than once, in order.
    pub again: Vec<(u64, u8)>,
    /// Those that have succeeded after they had failed before.
    pub flaky: Vec<u64>,
}

impl ItemsFinished {
    /// At the first try.
    pub fn at_once(lane: usize, batch: Batch) -> Self {
        Self { lane, batch, again: Vec::new(), flaky: Vec::new() }
    }
}

impl From<ItemsFinished> for Event {
    fn from(finished: ItemsFinished) -> Self {
        Self::ItemsFinished(Arc::new(finished))
    }
}
