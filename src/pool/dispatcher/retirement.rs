//! Why a host ends that does not end by itself: it gives way, or it is ended; and how its replacement comes.

use super::super::control::HostId;
use super::super::record::{Event, Notice, RecycleReason};
use super::host::{DrainReason, Host, KillReason, Stage};
use super::{Dispatcher, Effect};

/// A host that was killed and is still there after this time is not waited for any longer.
const END_PATIENCE_NS: u64 = 5_000_000_000;

impl Dispatcher {
    /// Ends a host; the first reason counts. One whose process was not started yet never will be.
    pub(super) fn kill(&mut self, id: HostId, reason: KillReason) {
        let now_ns = self.now_ns;
        let Some(host) = self.hosts.get_mut(id) else { return };
        if !host.is_started() {
            self.hosts.remove(id);
        } else if host.kill_reason.is_none() {
            host.kill_reason = Some(reason);
            host.killed_ns = Some(now_ns);
            self.effects.push(Effect::Kill { host: id });
        }
    }

    /// Goes on without hosts that have not ended although they were killed: the system does not let them go, or they
    /// belong to another user now.
    pub(super) fn give_up_unended(&mut self) {
        let now_ns = self.now_ns;
        let is_unended = |host: &Host| {
            host.killed_ns.is_some_and(|since_ns| now_ns.saturating_sub(since_ns) >= END_PATIENCE_NS)
        };
        for id in self.hosts.ids_where(is_unended) {
            let Some(host) = self.hosts.get_mut(id) else { continue };
            host.killed_ns = None;
            let (worker, pid) = (host.first_lane + 1, host.pid);
            self.notify(Notice::NotEnded { host: self.host_name(worker), pid });
            self.effects.push(Effect::GiveUp { host: id });
        }
    }

    /// Tells a host to end; it must hold nothing.
    pub(super) fn close(&mut self, id: HostId) {
        let since_ns = self.now_ns;
        let Some(host) = self.hosts.get_mut(id) else { return };
        let drained = match host.stage {
            Stage::Launching | Stage::Postponed => {
                self.hosts.remove(id);
                return;
            }
            Stage::Closing { .. } => return,
            Stage::Draining(reason) => Some(reason),
            Stage::Loading | Stage::Ready => None,
        };
        host.stage = Stage::Closing { since_ns, drained };
        self.effects.push(Effect::Close { host: id });
    }

    /// Has a host take no more work and end after what it has in hand.
    pub(super) fn drain_host(&mut self, id: HostId, reason: DrainReason) {
        let Some(host) = self.hosts.get_mut(id) else { return };
        if host.is_started() && !host.is_closing() {
            host.stage = Stage::Draining(reason);
        }
        if host.held.is_empty() {
            self.close(id);
        } else {
            self.recall_all(id);
        }
    }

    /// Closes a host that was to leave and has finished what it had in hand; says whether it is one that leaves, so
    /// that another may take over its lanes.
    pub(super) fn close_if_drained(&mut self, id: HostId) -> bool {
        let Some(host) = self.hosts.get(id).filter(|host| host.is_draining()) else { return false };
        if host.held.is_empty() {
            self.close(id);
        }
        true
    }

    /// Replaces a host by a new one after what it has in hand.
    pub(super) fn recycle(&mut self, id: HostId, reason: RecycleReason) {
        let Some(host) = self.hosts.get(id) else { return };
        if host.stage != Stage::Ready || self.is_ending() {
            return;
        }
        let (first_lane, lanes, is_alone) = (host.first_lane, host.lanes, host.is_for_suspects);
        self.emit(Event::HostRecycled { lanes: host.lane_range() });
        if self.log.counts.recycled == 1 {
            self.notify(Notice::Recycled { host: self.host_name(first_lane + 1), reason });
        }
        self.drain_host(id, DrainReason::Recycled);
        // Suspects get another host when this one is gone.
        if !is_alone {
            self.launch(Host::new(first_lane, lanes));
        }
    }

    /// Replaces a host that has had all the items of its life, once a lane of it would idle.
    pub(super) fn recycle_if_due(&mut self, id: HostId) {
        let Some(host) = self.hosts.get(id).filter(|host| host.takes_work()) else { return };
        let is_spent = self.life_items(host).is_some_and(|items| host.held.given_items() >= items);
        if is_spent && host.held.len() < host.lanes && !self.queue.is_empty() && self.capacity(id).is_some() {
            let reason = RecycleReason::Items(host.held.given_items());
            self.recycle(id, reason);
        }
    }
}
