//! Limits of memory: of each host, and of the machine, which ends processes without asking when it has none left.

use super::super::control::HostId;
use super::super::os::MachineMemory;
use super::super::record::{Notice, RecycleReason};
use super::Dispatcher;
use super::host::Host;
use super::host::KillReason;

/// The machine is about to run out below one part in so many of its memory.
const FULL_DIVISOR: u64 = 25;
/// Only a host that holds more than one part in so many of the memory is worth ending for that.
const LARGE_DIVISOR: u64 = 4;

impl Dispatcher {
    /// Takes the memory that each host holds, and acts where it is too much.
    pub(super) fn check_memory(&mut self, memory: &[(HostId, u64)]) {
        let rules = self.log.plan.job.settings.worker;
        for (id, bytes) in memory {
            let Some(host) = self.hosts.get_mut(*id) else { continue };
            host.peak_rss_bytes = host.peak_rss_bytes.max(*bytes);
            if let Some(limit_bytes) = rules.memory_limit_bytes.filter(|limit| bytes > limit) {
                self.kill(*id, KillReason::OverMemory { limit_bytes });
            } else if let Some(limit) = rules.recycle_bytes {
                self.check_memory_between_items(*id, *bytes > limit, *bytes);
            }
        }
    }

    /// What an item holds while it runs does not count: a host that is too heavy gets no more work, and if it still is
    /// when it has nothing in hand, it gives way to a new one.
    fn check_memory_between_items(&mut self, id: HostId, is_heavy: bool, bytes: u64) {
        let Some(host) = self.hosts.get_mut(id) else { return };
        let may_give_way = host.takes_work() || host.is_heavy;
        if !may_give_way || host.is_for_suspects {
            return;
        }
        // One that has not had anything yet would only be followed by another that is as heavy.
        let is_heavy = is_heavy && host.held.given_items() > 0;
        let was_heavy = std::mem::replace(&mut host.is_heavy, is_heavy);
        match (is_heavy, host.held.is_empty()) {
            (true, true) if was_heavy => {
                self.recycle(id, RecycleReason::Memory { held_bytes: bytes });
            }
            (true, true) => self.polling.look_at_memory(self.now_ns),
            (true, false) => self.recall_all(id),
            (false, _) if was_heavy => self.feed_all(),
            (false, _) => {}
        }
    }

    /// A host that was too heavy has nothing in hand: it is looked at once more, now.
    pub(super) fn check_memory_soon(&mut self, id: HostId) {
        if self.hosts.get(id).is_some_and(|host| host.is_heavy && host.held.is_empty()) {
            self.polling.look_at_memory(self.now_ns);
        }
    }

    /// Takes the memory of the machine; before it runs out, the largest host is ended if that one is the reason.
    pub(super) fn check_machine_memory(&mut self, machine: Option<MachineMemory>) {
        let Some(machine) = machine else { return };
        let is_full = machine.available_bytes < machine.total_bytes / FULL_DIVISOR;
        self.polling.note_machine(is_full.then_some(machine.total_bytes), self.now_ns);
    }

    /// Ends the largest host where the machine is full because of it; one at a time.
    pub(super) fn end_largest_host(&mut self, memory: &[(HostId, u64)]) {
        let Some(full_bytes) = self.polling.full_bytes() else { return };
        if self.hosts.any(|host| host.kill_reason.is_some()) {
            return;
        }
        let is_there = |host: &Host| !host.is_closing();
        let there = memory.iter().filter(|(id, _)| self.hosts.get(*id).is_some_and(is_there));
        let Some((id, held_bytes)) = there.max_by_key(|(_, bytes)| *bytes).copied() else { return };
        if held_bytes > full_bytes / LARGE_DIVISOR {
            let worker = self.hosts.get(id).map_or(1, |host| host.first_lane + 1);
            self.notify(Notice::MachineFull { host: self.host_name(worker), held_bytes });
            self.kill(id, KillReason::MachineFull { held_bytes });
        }
    }
}
