//! How hosts get work, and how it is taken back: each is given what its lanes need, and a little in advance.

use super::super::control::HostId;
use super::super::record::{Event, Idle, RunState};
use super::host::{Host, Recall};
use super::{Dispatcher, Effect};

/// Shorter times without work are not worth an event each.
const SHORTEST_IDLE_NS: u64 = 1_000_000;

/// What a host can be given now.
#[derive(Debug, Clone, Copy)]
pub(super) struct Capacity {
    pub(super) chunks: usize,
    pub(super) items: u64,
}

impl Dispatcher {
    /// Gives the host work up to what its lanes need, and a little in advance.
    pub(super) fn feed(&mut self, id: HostId) {
        self.give_what_it_can_take(id);
        self.note_idleness(id);
    }

    /// Notes since when the host has nothing to do, and when it has something again.
    fn note_idleness(&mut self, id: HostId) {
        let now_ns = self.now_ns;
        let Some(host) = self.hosts.get_mut(id).filter(|host| host.is_working()) else { return };
        if host.held.is_empty() {
            host.idle_since_ns.get_or_insert(now_ns);
        } else if let Some(from_ns) = host.idle_since_ns.take()
            && now_ns - from_ns >= SHORTEST_IDLE_NS
        {
            let idle = Idle { from_ns, upto_ns: now_ns };
            let lanes = host.lane_range();
            self.emit(Event::HostWasIdle { lanes, idle });
        }
    }

    fn give_what_it_can_take(&mut self, id: HostId) {
        let Some(capacity) = self.capacity(id) else { return };
        if self.hosts.get(id).is_some_and(|host| host.is_for_suspects) {
            return self.give_suspect(id);
        }
        self.give_chunks(id, capacity);
        let items = self.sizing.chunk_items();
        if items != self.log.chunk_items {
            self.emit(Event::ChunkSized { items });
        }
        self.recycle_if_due(id);
    }

    fn give_suspect(&mut self, id: HostId) {
        if let Some(host) = self.hosts.get_mut(id).filter(|host| host.held.is_empty())
            && let Some(chunk) = self.queue.take_suspect()
        {
            host.held.give(chunk);
            self.effects.push(Effect::Assign { host: id, chunk });
        }
    }

    fn give_chunks(&mut self, id: HostId, mut capacity: Capacity) {
        capacity.items = self.room_items().map_or(capacity.items, |room| room.min(capacity.items));
        let kept = if self.sizing.keeps_items() { self.hosts.starting_lanes() as u64 } else { 0 };
        let Some(host) = self.hosts.get_mut(id) else { return };
        let inputs = &self.log.inputs;
        while capacity.items > 0
            && host.held.len() < host.wanted_chunks(self.sizing.chunk_ns()).min(capacity.chunks)
        {
            let waiting = self.queue.waiting();
            let free = waiting.saturating_sub(kept);
            if free == 0 && host.held.given_chunks() >= host.lanes {
                break;
            }
            let items = self.sizing.next(waiting).min(if kept > 0 { free.max(1) } else { u64::MAX });
            let Some(chunk) = self.queue.take(items.min(capacity.items), inputs) else { break };
            host.held.give(chunk);
            capacity.items -= chunk.count;
            self.effects.push(Effect::Assign { host: id, chunk });
        }
    }

    /// Feeds all hosts, those with the least in hand first; asks for unbegun work where lanes would idle.
    pub(super) fn feed_all(&mut self) {
        self.hosts.ids_by_load().into_iter().for_each(|id| self.feed(id));
        self.recall_for_idle();
    }

    /// Asks all hosts for chunks that no lane has begun, where another lane has nothing to do.
    pub(super) fn recall_for_idle(&mut self) {
        let is_idle = |(id, host): (HostId, &Host)| {
            let capacity = self.capacity(id).filter(|capacity| capacity.items > 0 && !host.is_for_suspects);
            capacity.is_some_and(|capacity| host.held.len() < host.lanes.min(capacity.chunks))
        };
        if !self.queue.is_empty() || !self.hosts.iter().any(is_idle) {
            return;
        }
        for (id, host) in self.hosts.iter_mut() {
            if host.recall(Recall::Unbegun) {
                self.effects.push(Effect::Recall { host: id, whole: false });
            }
        }
    }

    /// Asks a host for everything that no lane has begun, also the rest of the chunks that lanes are in.
    pub(super) fn recall_all(&mut self, id: HostId) {
        if self.hosts.get_mut(id).is_some_and(|host| host.recall(Recall::Everything)) {
            self.effects.push(Effect::Recall { host: id, whole: true });
        }
    }

    /// Asks all hosts for all that no lane has begun.
    pub(super) fn recall_everything(&mut self) {
        self.hosts.all_ids().into_iter().for_each(|id| self.recall_all(id));
    }

    /// An earlier, lesser recall may have been answered since everything was asked for.
    pub(super) fn recall_rest(&mut self, id: HostId) {
        let is_leaving = self.hosts.get(id).is_some_and(|host| host.is_draining() || host.is_heavy);
        if is_leaving || self.log.is_paused || self.log.is_draining {
            self.recall_all(id);
        }
    }

    /// The items that a host may have in its life.
    pub(super) fn life_items(&self, host: &Host) -> Option<u64> {
        let each = self.log.plan.job.settings.worker.recycle_items.filter(|_| !host.is_for_suspects)?;
        Some(each.max(1).saturating_mul(host.lanes as u64))
    }

    /// What a host can be given; nothing where it can be given nothing at all.
    pub(super) fn capacity(&self, id: HostId) -> Option<Capacity> {
        if self.log.state != RunState::Running || self.log.is_paused || self.log.is_draining {
            return None;
        }
        let host = self.hosts.get(id).filter(|host| host.takes_work())?;
        let items =
            self.life_items(host).map_or(u64::MAX, |items| items.saturating_sub(host.held.given_items()));
        let open = host.lanes.saturating_sub(self.hosts.lanes_in_use(id));
        Some(Capacity { items, chunks: if open == host.lanes { usize::MAX } else { open } })
    }
}
