//! What hosts mean that give no sign of life although they should: something has suspended them, or they hang in the
//! system. A person is told; what executes is ended for it only at a timeout. And hosts that have work and do none of it,
//! because user code read what was sent to them or has changed the code that would read it: they are ended, and their work
//! is done by others.

use super::super::control::HostId;
use super::super::record::{Notice, Obstacle};
use super::Dispatcher;
use super::heartbeat::Change;
use super::host::{Host, Stage};

/// When the looks themselves were late by so much, this whole program (or machine) stood still.
const STOOD_STILL_NS: u64 = 1_000_000_000;
/// A person wonders after so long why nothing begins.
const LONG_LOAD_NS: u64 = 10_000_000_000;

impl Dispatcher {
    /// Takes the heartbeat of each host as its status page shows it.
    pub(super) fn check_heartbeats(&mut self, beats: &[(HostId, u64)]) {
        let now_ns = self.now_ns;
        let have_stood_still = self.polling.note_beats(now_ns) > STOOD_STILL_NS;
        for (id, beat) in beats {
            let host = self.hosts.get_mut(*id).filter(|host| host.is_working());
            if let Some(change) = host.and_then(|host| host.heartbeat.look(*beat, now_ns, have_stood_still)) {
                self.tell_of_silence(*id, change);
            }
        }
    }

    /// Tells of a host that has been loading for so long that a person wonders.
    pub(super) fn find_long_loads(&mut self) {
        let now_ns = self.now_ns;
        let loads_long = |host: &Host| {
            host.stage == Stage::Loading && now_ns.saturating_sub(host.launched_ns) >= LONG_LOAD_NS
        };
        let Some(host) = self.hosts.ids_where(loads_long).first().and_then(|id| self.hosts.get(*id)) else {
            return;
        };
        let (lane, pid, for_ns) = (host.first_lane, host.pid, now_ns - host.launched_ns);
        if self.polling.tells_of_long_load() {
            let host = self.host_name(lane + 1);
            self.notify(Notice::LoadsLong { host, pid, for_ns });
        }
    }

    /// Ends hosts that have had work for long and execute none of it.
    pub(super) fn find_lost_work(&mut self, idle: &[HostId], stopped: &[HostId]) {
        let now_ns = self.now_ns;
        let mut lost = Vec::new();
        for (id, host) in self.hosts.iter_mut() {
            if !idle.contains(&id) {
                host.heartbeat.note_activity();
                continue;
            }
            let has_work = host.is_working() && !host.held.is_empty() && !host.is_suspended;
            if host.heartbeat.has_lost_work(has_work, stopped.contains(&id), now_ns) {
                lost.push((id, host.heartbeat.silent_for_ns(now_ns).is_some()));
            }
        }
        for (id, is_silent) in lost {
            self.obstructed(id, if is_silent { Obstacle::Silent } else { Obstacle::WorkLost });
        }
        self.end_stopped(idle);
    }

    /// Ends hosts that something has suspended between two items, where items have a limit: none that executes could
    /// ever pass it. Without a limit a person may have suspended it, and wakes it again.
    fn end_stopped(&mut self, idle: &[HostId]) {
        let Some(limit_ns) = self.timeouts.limit_ns() else { return };
        let is_stopped = |host: &Host| {
            let silent_ns = host.heartbeat.silent_for_ns(self.now_ns).unwrap_or_default();
            let has_work = host.is_working() && !host.held.is_empty();
            has_work && silent_ns > 0 && silent_ns >= limit_ns && !host.is_suspended
        };
        let stopped = idle.iter().filter(|id| self.hosts.get(**id).is_some_and(is_stopped));
        for id in stopped.copied().collect::<Vec<_>>() {
            self.obstructed(id, Obstacle::StoppedBetween);
        }
    }

    fn tell_of_silence(&mut self, id: HostId, change: Change) {
        let Some(host) = self.hosts.get(id) else { return };
        let (name, pid) = (self.host_name(host.first_lane + 1), host.pid);
        match change {
            // A person has done that.
            Change::Silent { .. } if host.is_suspended => {}
            Change::Silent { for_ns } => self.notify(Notice::Silent { host: name, pid, for_ns }),
            Change::Back { after_ns } => self.notify(Notice::Back { host: name, pid, after_ns }),
        }
    }

    /// For how long the host has been silent, where that is too long.
    pub fn silent_for_ns(&self, id: HostId, now_ns: u64) -> Option<u64> {
        self.hosts.get(id)?.heartbeat.silent_for_ns(now_ns)
    }
}
