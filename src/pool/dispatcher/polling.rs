//! What the dispatcher wants to see of hosts beside what they tell, and when: nothing that no rule needs.

use super::super::Executing;
use super::super::control::HostId;
use super::Dispatcher;
use super::heartbeat;
use crate::pool::os::MachineMemory;

/// Between two looks at the memory of hosts that have a limit; some more for each host, because each costs a few
/// microseconds.
const MEMORY_NS: u64 = 25_000_000;
const MEMORY_PER_HOST_NS: u64 = 200_000;
/// Between two looks at the memory of the machine.
const MACHINE_NS: u64 = 250_000_000;

/// What is to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PollRequest {
    /// What each lane executes and since when.
    pub executing: bool,
    /// The memory that each host holds.
    pub memory: bool,
    /// Where that is more, it has to be exact.
    pub memory_that_counts: u64,
    /// The memory of the machine.
    pub machine: bool,
    /// The heartbeat of each host, and whether it does nothing.
    pub beats: bool,
}

impl PollRequest {
    /// Whether there is anything to look at.
    pub fn any(self) -> bool {
        self.executing || self.memory || self.machine || self.beats
    }
}

/// What was seen.
#[derive(Debug, Clone, Default)]
pub struct PollResult {
    /// What was looked for; all else is empty.
    pub request: PollRequest,
    pub executing: Vec<(HostId, usize, Executing)>,
    /// In bytes; 0 where the system does not tell.
    pub memory: Vec<(HostId, u64)>,
    pub machine: Option<MachineMemory>,
    pub beats: Vec<(HostId, u64)>,
    /// Hosts of which no lane executes an item.
    pub idle: Vec<HostId>,
    /// Those of them that are silent because the system has stopped them, as far as it tells.
    pub stopped: Vec<HostId>,
}

/// The times of the next looks.
#[derive(Debug, Default)]
pub(super) struct Polling {
    next_memory_ns: u64,
    next_machine_ns: u64,
    next_beats_ns: u64,
    /// When heartbeats were looked at last.
    beats_seen_ns: u64,
    /// That a host takes long to load was said of one, which is enough: all load the same.
    is_long_load_told: bool,
    /// All the memory of the machine, where it is about to run out of it: that of each host has to be known at once.
    full_bytes: Option<u64>,
}

impl Polling {
    /// Has the memory of all hosts looked at next.
    pub(super) fn look_at_memory(&mut self, now_ns: u64) {
        self.next_memory_ns = now_ns;
    }

    /// Notes whether the machine is about to run out of memory, and how much it has.
    pub(super) fn note_machine(&mut self, full_bytes: Option<u64>, now_ns: u64) {
        if self.full_bytes.is_none() && full_bytes.is_some() {
            // Who holds it is known at the next look.
            self.look_at_memory(now_ns);
        }
        self.full_bytes = full_bytes;
    }

    /// All the memory of the machine, where it is about to run out of it.
    pub(super) fn full_bytes(&self) -> Option<u64> {
        self.full_bytes
    }

    /// Whether it is still to be said that hosts take long to load; asked once where they do.
    pub(super) fn tells_of_long_load(&mut self) -> bool {
        !std::mem::replace(&mut self.is_long_load_told, true)
    }

    /// Notes a look at heartbeats; gives the time since the last one.
    pub(super) fn note_beats(&mut self, now_ns: u64) -> u64 {
        now_ns.saturating_sub(std::mem::replace(&mut self.beats_seen_ns, now_ns))
    }
}

impl Dispatcher {
    /// What has to be looked at by now.
    pub fn poll_request(&self, now_ns: u64) -> PollRequest {
        if self.hosts.is_empty() {
            return PollRequest::default();
        }
        let is_due = |at_ns: Option<u64>| at_ns.is_some_and(|at_ns| at_ns <= now_ns);
        let rules = self.log.plan.job.settings.worker;
        let limits = [rules.memory_limit_bytes, rules.recycle_bytes];
        PollRequest {
            memory_that_counts: limits.into_iter().flatten().min().unwrap_or_default(),
            executing: is_due(self.timeouts.next_look_ns()),
            memory: is_due(self.next_memory_ns()),
            machine: self.polling.next_machine_ns <= now_ns,
            beats: self.polling.next_beats_ns <= now_ns,
        }
    }

    /// When something has to be looked at or done next, should nothing happen before.
    pub fn next_deadline_ns(&self) -> u64 {
        let polling = &self.polling;
        let looks = [
            self.timeouts.next_look_ns(),
            self.next_memory_ns(),
            Some(polling.next_machine_ns),
            Some(polling.next_beats_ns),
        ];
        let looks = looks.into_iter().flatten().min().filter(|_| !self.hosts.is_empty());
        [looks, self.tries.next_due_ns()].into_iter().flatten().min().unwrap_or(u64::MAX)
    }

    fn next_memory_ns(&self) -> Option<u64> {
        let rules = self.log.plan.job.settings.worker;
        let has_rule = rules.memory_limit_bytes.is_some() || rules.recycle_bytes.is_some();
        (has_rule || self.polling.full_bytes.is_some()).then_some(self.polling.next_memory_ns)
    }

    /// Takes what was seen.
    pub(super) fn polled(&mut self, result: &PollResult) {
        let now_ns = self.now_ns;
        if result.request.executing {
            self.end_late(&result.executing);
        }
        if result.request.memory {
            let pause_ns = MEMORY_NS + MEMORY_PER_HOST_NS * self.hosts.len() as u64;
            self.polling.next_memory_ns = now_ns + pause_ns;
            self.check_memory(&result.memory);
            self.end_largest_host(&result.memory);
        }
        if result.request.machine {
            self.polling.next_machine_ns = now_ns + MACHINE_NS;
            self.check_machine_memory(result.machine);
        }
        if result.request.beats {
            self.polling.next_beats_ns = now_ns + heartbeat::LOOKS_NS;
            self.check_heartbeats(&result.beats);
            self.find_long_loads();
            self.find_lost_work(&result.idle, &result.stopped);
        }
    }
}
