//! What the dispatcher is told, and what it wants done.

use std::sync::Arc;

use super::PollResult;
use super::queue::Chunk;
use crate::function::{Fault, OutputStream};
use crate::pool::Executing;
use crate::pool::control::{Control, HostId};
use crate::pool::record::{Audit, Batch, CoreStay, CoreTime, LifeEnd, MachineLoad, Obstacle, Readiness};
use crate::value::Column;

/// What happened.
#[derive(Debug, Clone)]
pub enum Trigger {
    /// The run begins.
    Start,
    /// The host was launched, which began at this time; it is not ready yet.
    Launched { host: HostId, pid: u32, launched_ns: u64 },
    /// It could not even be launched.
    LaunchFailed { host: HostId, reason: String },
    /// The host has loaded the function, and which module turned on a lock that it had not.
    Ready { host: HostId, readiness: Readiness, lock_turned_on_by: Option<String> },
    /// The host cannot load the function.
    Refused { host: HostId, reason: String },
    /// A lane of the host has finished neighbours.
    Finished { host: HostId, lane: usize, batch: Batch },
    /// The host gives back what no lane has begun.
    Returned { host: HostId, chunks: Vec<Chunk> },
    /// A line was written. `lane` is unknown where a host of several lanes wrote past its functions.
    Said {
        host: HostId,
        lane: Option<usize>,
        stream: OutputStream,
        item: Option<u64>,
        at_ns: u64,
        text: String,
    },
    /// The host has ended; `executing` is what its lanes had in hand, `begun_last` what those without had before.
    HostEnded {
        host: HostId,
        end: LifeEnd,
        executing: Vec<(usize, Executing)>,
        begun_last: Vec<(usize, Executing)>,
        peak_rss_bytes: u64,
    },
    /// The host has sent something that makes no sense.
    Garbled { host: HostId, reason: String },
    /// The host cannot go on, although its process lives.
    Obstructed { host: HostId, obstacle: Obstacle },
    /// The run has to end now: nobody is left to want it.
    Stop,
    /// The driver cannot go on.
    CannotGoOn { reason: String },
    /// These inputs follow those before.
    Inputs(Arc<Column>),
    /// No more inputs will come; with the reason where reading them failed.
    InputsEnd { reason: Option<String> },
    /// Whoever follows the run has seen the rows before `index`.
    Released { index: u64 },
    /// A person wants something of it.
    Asked(Control),
    /// The host was suspended or woken, or the system refused.
    Suspended { host: HostId, is_suspended: bool, has_worked: bool },
    /// What was seen of hosts: see [`super::Dispatcher::poll_request`].
    Polled(PollResult),
    /// What the threads of lanes did.
    LanesSeen(Vec<LaneLook>),
    /// Something that a person should know.
    Noted(String),
    /// Time has passed; comes several times a second, and at [`super::Dispatcher::next_deadline_ns`].
    Tick,
    /// All hosts are over, and this is what the machine did from Start on.
    MachineSeen(MachineLoad),
    /// All hosts are over, and this is what was found left of them.
    Audited(Audit),
}

/// What a lane was seen to have done since it was looked at before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LaneLook {
    pub host: HostId,
    /// Which of its lanes.
    pub lane: usize,
    pub core_time: CoreTime,
    /// The core that it was on, where it ran and the system tells.
    pub core: Option<u32>,
}

impl LaneLook {
    /// Where it was meanwhile.
    pub fn stay(&self) -> Option<CoreStay> {
        let CoreTime { from_ns, upto_ns, .. } = self.core_time;
        Some(CoreStay { from_ns, upto_ns, core: self.core? })
    }
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Start a host of so many lanes, the first of which has this number (from 1).
    Launch {
        host: HostId,
        lanes: usize,
        first_worker: usize,
    },
    Assign {
        host: HostId,
        chunk: Chunk,
    },
    /// Have the host give back what no lane has begun; `whole`: also the rest of the chunks that lanes are in.
    Recall {
        host: HostId,
        whole: bool,
    },
    Close {
        host: HostId,
    },
    Kill {
        host: HostId,
    },
    /// Go on without a host that was killed and is still there: it counts as ended.
    GiveUp {
        host: HostId,
    },
    /// Have the system suspend the host, or have it go on.
    Suspend {
        host: HostId,
        is_suspended: bool,
    },
    /// Have a lane of the host say in which calls it is.
    AskStack {
        host: HostId,
        lane: u16,
    },
    /// Have a lane of the host make a fault; one that takes memory takes so much at most.
    Inject {
        host: HostId,
        lane: u16,
        fault: Fault,
        most_bytes: u64,
    },
    /// No host is left: look for what they left behind.
    Audit,
}
