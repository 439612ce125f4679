//! Notices hosts that give no sign of life although they should: those that something has suspended, or that hang in
//! the system. Nothing is ended for it; a person is told.

use super::super::os::HostId;
use super::super::record::{Source, ns_to_s};
use super::Dispatcher;
use super::hosts::Phase;

/// A host is looked at this often; it moves at least four times a second.
pub(super) const LOOKS_NS: u64 = 100_000_000;
/// Silent for so long is worth a word.
const SILENT_NS: u64 = 2_000_000_000;
/// When the looks themselves were late by so much, this whole program (or machine) stood still.
const STOOD_STILL_NS: u64 = 1_000_000_000;

/// What is known of a host's signs of life.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    /// The last one seen; 0 before the first.
    beat: u64,
    since_ns: u64,
    is_silent: bool,
}

impl Dispatcher {
    /// Takes the heartbeat of each host as its status page shows it.
    pub(super) fn feel_pulses(&mut self, beats: &[(HostId, u64)]) {
        let now_ns = self.now_ns;
        let have_stood_still = now_ns.saturating_sub(self.watch.felt_ns) > STOOD_STILL_NS;
        self.watch.felt_ns = now_ns;
        for (id, beat) in beats {
            let Some(host) = self.hosts.get_mut(id).filter(|host| host.phase == Phase::Ready) else {
                continue;
            };
            let pulse = &mut host.pulse;
            let silent_ns = now_ns.saturating_sub(pulse.since_ns);
            if *beat != pulse.beat || have_stood_still {
                let was_silent = std::mem::take(&mut pulse.is_silent);
                (pulse.beat, pulse.since_ns) = (*beat, now_ns);
                if was_silent {
                    self.tell_of_silence(*id, silent_ns, false);
                }
            } else if *beat != 0 && silent_ns >= SILENT_NS && !pulse.is_silent {
                pulse.is_silent = true;
                self.tell_of_silence(*id, silent_ns, true);
            }
        }
    }

    fn tell_of_silence(&mut self, id: HostId, silent_ns: u64, is_silent: bool) {
        let Some(host) = self.hosts.get(&id) else { return };
        let (name, pid) = (self.host_name(host.first_lane + 1), host.pid);
        let silent_s = ns_to_s(silent_ns);
        let text = match (is_silent, host.is_suspended) {
            (true, true) => return,
            (true, false) => {
                format!(
                    "{name} (pid {pid}) has given no sign of life for {silent_s:.0} s; it may be suspended"
                )
            }
            (false, _) => format!("{name} (pid {pid}) is back after {silent_s:.1} s"),
        };
        self.tell(self.now_ns, if is_silent { Source::Trouble } else { Source::Pool }, text);
    }

    /// For how long the host has been silent, where that is too long.
    pub fn silent_for_ns(&self, id: HostId, now_ns: u64) -> Option<u64> {
        let pulse = &self.hosts.get(&id)?.pulse;
        pulse.is_silent.then(|| now_ns.saturating_sub(pulse.since_ns))
    }
}
