//! Why a host ends that does not end by itself: it gives way, or it is ended; and how its replacement comes.

use super::super::control::HostId;
use super::super::record::{Cause, Event, LifeEnd, Notice, RecycleReason, RunState};
use super::hosts::{Host, Phase};
use super::{Dispatcher, Effect};

/// Why a host that is well takes no more work and is closed after what it has in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DrainReason {
    /// Another host takes its place: it has had its share of items or memory.
    Recycled,
    /// The pool got another size.
    Retired,
}

/// Why this program ends a host at once.
#[derive(Debug, Clone)]
pub(super) enum KillReason {
    /// What it sent makes no sense.
    Garbled(String),
    /// These items took too long.
    TimedOut {
        late: Vec<u64>,
        cause: Cause,
    },
    OverMemory {
        limit_bytes: u64,
    },
    MachineFull {
        held_bytes: u64,
    },
    ByHand,
}

impl KillReason {
    pub(super) fn end(&self) -> LifeEnd {
        match self {
            Self::Garbled(reason) => LifeEnd::Broken(reason.clone()),
            Self::TimedOut { .. } => LifeEnd::TimedOut,
            Self::OverMemory { limit_bytes } => LifeEnd::OverMemory { limit_bytes: *limit_bytes },
            Self::MachineFull { held_bytes } => LifeEnd::MachineFull { held_bytes: *held_bytes },
            Self::ByHand => LifeEnd::Killed,
        }
    }
}

/// What a host can be given now.
#[derive(Debug, Clone, Copy)]
pub(super) struct Capacity {
    pub(super) chunks: usize,
    pub(super) items: u64,
}

impl Dispatcher {
    /// Ends a host for a reason of this program's own; the first reason counts.
    pub(super) fn kill_for(&mut self, id: HostId, kill_reason: KillReason) {
        if let Some(host) = self.hosts.get_mut(&id) {
            host.kill_reason.get_or_insert(kill_reason);
            self.kill(id);
        }
    }

    /// Ends a host. One whose process was not started yet never will be.
    pub(super) fn kill(&mut self, id: HostId) {
        let Some(host) = self.hosts.get_mut(&id) else { return };
        if !host.is_started() {
            self.hosts.remove(&id);
        } else if !std::mem::replace(&mut host.is_killed, true) {
            self.effects.push(Effect::Kill { host: id });
        }
    }

    /// Tells a host to end; it must hold nothing.
    pub(super) fn close(&mut self, id: HostId) {
        let now_ns = self.now_ns;
        let Some(host) = self.hosts.get_mut(&id) else { return };
        if !host.is_started() {
            self.hosts.remove(&id);
        } else if host.phase != Phase::Closing {
            host.phase = Phase::Closing;
            host.closing_since_ns = now_ns;
            self.effects.push(Effect::Close { host: id });
        }
    }

    /// Has a host take no more work and end after what it has in hand.
    pub(super) fn drain_host(&mut self, id: HostId, drain_reason: DrainReason) {
        let Some(host) = self.hosts.get_mut(&id).filter(|host| host.phase != Phase::Closing) else { return };
        host.drain_reason = Some(drain_reason);
        if host.held.is_empty() {
            self.close(id);
        } else {
            self.recall_all(id);
        }
    }

    /// Closes a host that was to leave and has finished what it had in hand; says whether it is one that leaves, so
    /// that another may take over its lanes.
    pub(super) fn close_if_drained(&mut self, id: HostId) -> bool {
        let Some(host) = self.hosts.get(&id).filter(|host| host.drain_reason.is_some()) else { return false };
        if host.held.is_empty() {
            self.close(id);
        }
        true
    }

    /// Asks for everything that no lane has begun, also the rest of the chunks that lanes are in.
    pub(super) fn recall_all(&mut self, id: HostId) {
        if let Some(host) = self.hosts.get_mut(&id).filter(|host| host.phase == Phase::Ready)
            && !host.is_recalled_whole
            && host.has_unbegun()
        {
            host.is_recalled = true;
            host.is_recalled_whole = true;
            self.effects.push(Effect::Recall { host: id, whole: true });
        }
    }

    /// An earlier, lesser recall may have been answered since everything was asked for.
    pub(super) fn recall_rest(&mut self, id: HostId) {
        let is_leaving = self.hosts.get(&id).is_some_and(|host| host.drain_reason.is_some() || host.is_heavy);
        if is_leaving || self.log.is_paused || self.log.is_draining {
            self.recall_all(id);
        }
    }

    /// Replaces a host by a new one after what it has in hand.
    pub(super) fn recycle(&mut self, id: HostId, reason: RecycleReason) {
        let Some(host) = self.hosts.get(&id) else { return };
        if host.phase != Phase::Ready || host.drain_reason.is_some() || self.is_ending() {
            return;
        }
        let (first_lane, lanes, is_alone) = (host.first_lane, host.lanes, host.is_alone);
        self.emit(Event::HostRecycled { lanes: first_lane..first_lane + lanes });
        if self.log.counts.recycled == 1 {
            self.notify(Notice::Recycled { host: self.host_name(first_lane + 1), reason });
        }
        self.drain_host(id, DrainReason::Recycled);
        // Suspects get another host when this one is gone.
        if !is_alone {
            self.launch(first_lane, lanes, None);
        }
    }

    /// The items that a host may have in its life.
    fn life_items(&self, host: &Host) -> Option<u64> {
        let each = self.log.plan.job.settings.worker.recycle_items.filter(|_| !host.is_alone)?;
        Some(each.max(1).saturating_mul(host.lanes as u64))
    }

    /// What a host can be given; nothing where it can be given nothing at all.
    pub(super) fn capacity(&self, id: HostId) -> Option<Capacity> {
        if self.log.state != RunState::Running || self.log.is_paused || self.log.is_draining {
            return None;
        }
        let host = self.hosts.get(&id).filter(|host| host.takes_work())?;
        let items = self.life_items(host).map_or(u64::MAX, |items| items.saturating_sub(host.promised));
        let open = host.lanes.saturating_sub(self.lanes_in_use(id, host));
        Some(Capacity { items, chunks: if open == host.lanes { usize::MAX } else { open } })
    }

    /// The lanes of a host on which its predecessor still finishes what it has in hand.
    fn lanes_in_use(&self, id: HostId, host: &Host) -> usize {
        let before = self.hosts.range(..id).map(|(_, other)| other);
        let sharing = before.filter(|other| {
            other.drain_reason.is_some() && !other.held.is_empty() && other.shares_lanes_with(host)
        });
        sharing.map(|other| other.held.len().min(other.lanes)).sum()
    }

    /// Replaces a host that has had all the items of its life, once a lane of it would idle.
    pub(super) fn recycle_if_due(&mut self, id: HostId) {
        let Some(host) = self.hosts.get(&id).filter(|host| host.takes_work()) else { return };
        let is_spent = self.life_items(host).is_some_and(|items| host.promised >= items);
        if is_spent && host.held.len() < host.lanes && !self.queue.is_empty() && self.capacity(id).is_some() {
            let reason = RecycleReason::Items(host.promised);
            self.recycle(id, reason);
        }
    }
}
