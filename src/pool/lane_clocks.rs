//! What the threads of lanes did between two looks: on a core, ready without one, or neither, and on which core.
//!
//! The driver looks from outside, so that a look costs the lanes nothing and comes on time even where a function holds
//! its interpreter's lock.

use std::collections::BTreeMap;
use std::time::Duration;

use super::control::HostId;
use super::dispatcher::LaneLook;
use super::host_connection::HostConnection;
use super::os::{ThreadClock, ThreadTimes};
use super::record::CoreTime;

/// Lanes that are in an item are looked at this often,
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// or less often where there are so many that looking would take a part of a core worth a thought.
const LOOK_EVERY_A_LANE: Duration = Duration::from_micros(250);

/// Work that was sent is begun within such a time, unless the machine is very busy.
const UNTIL_NS: u64 = 100_000_000;

/// A lane as it was seen last.
struct LastLook {
    /// Nothing where the system does not tell of it.
    clock: Option<ThreadClock>,
    at_ns: u64,
    times: ThreadTimes,
    /// Where it ran last, as far as it was seen to run.
    core: Option<u32>,
}

/// The clocks of all lanes of a run.
#[derive(Default)]
pub(super) struct LaneClocks {
    seen: BTreeMap<(HostId, usize), LastLook>,
    looked_ns: u64,
    /// Lanes are looked at up to this time: work was sent, or one was in an item.
    until_ns: u64,
    has_new_work: bool,
}

impl LaneClocks {
    /// A lane has got work: it is looked at from now on.
    pub(super) fn note_work(&mut self) {
        self.has_new_work = true;
    }

    /// When the lanes are to be looked at again, after Start.
    pub(super) fn next_look_ns(&self) -> u64 {
        match self.has_new_work {
            _ if self.looked_ns <= self.until_ns => {}
            true => return 0,
            false => return u64::MAX,
        }
        let every = LOOK_EVERY.max(LOOK_EVERY_A_LANE * self.seen.len() as u32);
        self.looked_ns + every.as_nanos() as u64
    }

    /// Looks at all lanes; gives what each has done since the look before.
    pub(super) fn look(
        &mut self,
        now_ns: u64,
        connections: &BTreeMap<HostId, HostConnection>,
    ) -> Vec<LaneLook> {
        self.looked_ns = now_ns;
        let is_busy = |host: &HostConnection| {
            (0..host.page.lanes()).any(|lane| host.page.live(lane).executing.is_some())
        };
        if std::mem::take(&mut self.has_new_work) || connections.values().any(is_busy) {
            self.until_ns = now_ns + UNTIL_NS;
        }
        connections.iter().flat_map(|(id, host)| self.look_at(now_ns, *id, host)).collect()
    }

    /// The same for the lanes of one host.
    pub(super) fn look_at(&mut self, now_ns: u64, id: HostId, host: &HostConnection) -> Vec<LaneLook> {
        (0..host.page.lanes()).filter_map(|lane| self.look_at_lane(now_ns, (id, lane), host)).collect()
    }

    /// The core that a lane was seen on last.
    pub(super) fn core_of(&self, host: HostId, lane: usize) -> Option<u32> {
        self.seen.get(&(host, lane))?.core
    }

    /// A host is over.
    pub(super) fn forget(&mut self, id: HostId) {
        self.seen.retain(|(host, _), _| *host != id);
    }

    fn look_at_lane(
        &mut self,
        now_ns: u64,
        (id, lane): (HostId, usize),
        host: &HostConnection,
    ) -> Option<LaneLook> {
        let Some(seen) = self.seen.get_mut(&(id, lane)) else {
            let clock = ThreadClock::open(host.pid, host.page.thread(lane)?).ok();
            let times = clock.as_ref().and_then(ThreadClock::read).unwrap_or_default();
            self.seen.insert((id, lane), LastLook { clock, at_ns: now_ns, times, core: None });
            return None;
        };
        let clock = seen.clock.as_ref()?;
        let times = clock.read()?;
        let core_time = CoreTime {
            from_ns: seen.at_ns,
            upto_ns: now_ns,
            on_core_ns: times.on_core_ns.saturating_sub(seen.times.on_core_ns),
            ready_ns: times.ready_ns.saturating_sub(seen.times.ready_ns),
        };
        // Of one that waited it tells nothing new.
        let core = if core_time.on_core_ns > 0 { clock.core() } else { None };
        (seen.at_ns, seen.times, seen.core) = (now_ns, times, core.or(seen.core));
        let look = LaneLook { host: id, lane, core_time, core };
        (core_time.upto_ns > core_time.from_ns).then_some(look)
    }
}
