//! Notices hosts that give no sign of life although they should: those that something has suspended, or that hang in
//! the system. Nothing is ended for it; a person is told. And hosts that live, have work, and do not know it, because
//! user code read what was sent to them: they are ended, and their work is done by others.

use super::super::control::HostId;
use super::super::record::Notice;
use super::Dispatcher;
use super::host::Host;

/// A host is looked at this often; it moves at least four times a second.
pub(super) const LOOKS_NS: u64 = 100_000_000;
/// Silent for so long is worth a word.
const SILENT_NS: u64 = 2_000_000_000;
/// A host that has work begins it within microseconds.
const IDLE_NS: u64 = 10_000_000_000;
/// Within this time it has moved, if it is well.
const BEAT_NS: u64 = 1_000_000_000;
/// When the looks themselves were late by so much, this whole program (or machine) stood still.
const STOOD_STILL_NS: u64 = 1_000_000_000;

/// What is known of a host's signs of life.
#[derive(Debug, Default)]
pub(super) struct Heartbeat {
    /// The last one seen; 0 before the first.
    beat: u64,
    since_ns: u64,
    is_silent: bool,
    /// Since when it does nothing although it has work.
    idle_since_ns: Option<u64>,
}

impl Heartbeat {
    /// Notes that something came from the host.
    pub(super) fn note_activity(&mut self) {
        self.idle_since_ns = None;
    }
}

impl Dispatcher {
    /// Takes the heartbeat of each host as its status page shows it.
    pub(super) fn check_heartbeats(&mut self, beats: &[(HostId, u64)]) {
        let now_ns = self.now_ns;
        let have_stood_still = self.polling.note_beats(now_ns) > STOOD_STILL_NS;
        for (id, beat) in beats {
            let Some(host) = self.hosts.get_mut(*id).filter(|host| host.is_working()) else {
                continue;
            };
            let heartbeat = &mut host.heartbeat;
            let silent_ns = now_ns.saturating_sub(heartbeat.since_ns);
            if *beat != heartbeat.beat || have_stood_still {
                let was_silent = std::mem::take(&mut heartbeat.is_silent);
                (heartbeat.beat, heartbeat.since_ns) = (*beat, now_ns);
                if was_silent {
                    self.tell_of_silence(*id, silent_ns, false);
                }
            } else if *beat != 0 && silent_ns >= SILENT_NS && !heartbeat.is_silent {
                heartbeat.is_silent = true;
                self.tell_of_silence(*id, silent_ns, true);
            }
        }
    }

    /// Ends hosts that have had work for long and execute none of it.
    pub(super) fn find_lost_work(&mut self, idle: &[HostId]) {
        let now_ns = self.now_ns;
        let is_lost = |host: &mut Host| {
            let is_well = now_ns.saturating_sub(host.heartbeat.since_ns) < BEAT_NS && !host.is_suspended;
            if !host.is_working() || host.held.is_empty() || !is_well {
                host.heartbeat.idle_since_ns = None;
                return false;
            }
            now_ns.saturating_sub(*host.heartbeat.idle_since_ns.get_or_insert(now_ns)) >= IDLE_NS
        };
        for (id, host) in self.hosts.iter_mut() {
            if !idle.contains(&id) {
                host.heartbeat.note_activity();
            }
        }
        let lost = idle.iter().filter(|id| self.hosts.get_mut(**id).is_some_and(is_lost));
        for id in lost.copied().collect::<Vec<_>>() {
            let reason = "it has work and does nothing: the function took what was sent to its process";
            self.garbled(id, reason.to_owned());
        }
        self.end_stopped(idle);
    }

    /// Ends hosts that something has suspended between two items, where items have a limit: none that executes could
    /// ever pass it. Without a limit a person may have suspended it, and wakes it again.
    fn end_stopped(&mut self, idle: &[HostId]) {
        let Some(limit_ns) = self.timeouts.limit_ns() else { return };
        let now_ns = self.now_ns;
        let is_stopped = |host: &Host| {
            let silent_ns = now_ns.saturating_sub(host.heartbeat.since_ns);
            let has_work = host.is_working() && !host.held.is_empty();
            has_work && host.heartbeat.is_silent && !host.is_suspended && silent_ns >= limit_ns
        };
        let stopped = idle.iter().filter(|id| self.hosts.get(**id).is_some_and(is_stopped));
        for id in stopped.copied().collect::<Vec<_>>() {
            let reason = "its process was stopped between two items for longer than the timeout";
            self.garbled(id, reason.to_owned());
        }
    }

    fn tell_of_silence(&mut self, id: HostId, silent_ns: u64, is_silent: bool) {
        let Some(host) = self.hosts.get(id) else { return };
        let (name, pid) = (self.host_name(host.first_lane + 1), host.pid);
        match (is_silent, host.is_suspended) {
            (true, true) => {}
            (true, false) => self.notify(Notice::Silent { host: name, pid, for_ns: silent_ns }),
            (false, _) => self.notify(Notice::Back { host: name, pid, after_ns: silent_ns }),
        }
    }

    /// For how long the host has been silent, where that is too long.
    pub fn silent_for_ns(&self, id: HostId, now_ns: u64) -> Option<u64> {
        let heartbeat = &self.hosts.get(id)?.heartbeat;
        heartbeat.is_silent.then(|| now_ns.saturating_sub(heartbeat.since_ns))
    }
}
