//! How hosts begin: launched, ready, refused, or not to be had.

use std::time::Duration;

use super::super::control::HostId;
use super::super::record::{Event, Notice, Readiness};
use super::super::settings::Mode;
use super::host::{DrainReason, Host, KillReason, Stage};
use super::{Dispatcher, Effect};

/// A host that holds nothing for so long has nothing to do for now.
const NOTHING_TO_DO_NS: u64 = 200_000_000;

impl Dispatcher {
    pub(super) fn start(&mut self) {
        self.launch_all();
    }

    /// Launches a host for each process of the pool as it is to be now.
    pub(super) fn launch_all(&mut self) {
        let shape = self.log.shape();
        for host in 0..shape.hosts() {
            let lanes = shape.lanes_of(host);
            self.launch(Host::new(lanes.start, lanes.len()));
        }
    }

    pub(super) fn launch(&mut self, host: Host) {
        let (lanes, first_worker) = (host.lanes, host.first_lane + 1);
        let host = self.hosts.add(host);
        self.effects.push(Effect::Launch { host, lanes, first_worker });
    }

    /// Whether a host is still to be launched: it may not be wanted any more.
    pub fn is_awaited(&self, host: HostId) -> bool {
        self.hosts.get(host).is_some_and(|host| !host.is_started())
    }

    pub(super) fn launched(&mut self, id: HostId, pid: u32, launched_ns: u64) {
        let Some(host) = self.hosts.get_mut(id).filter(|host| !host.is_started()) else { return };
        (host.pid, host.stage, host.launched_ns) = (pid, Stage::Loading, launched_ns);
        let lanes = host.lane_range();
        self.emit(Event::HostLaunched { lanes, pid, launched_ns });
        if self.hosts.are_newly_all_started() {
            self.notify(Notice::Started { pool: self.log.shape() });
        }
    }

    pub(super) fn ready(&mut self, id: HostId, readiness: Readiness, lock_turned_on_by: Option<String>) {
        let Some(host) = self.hosts.get_mut(id).filter(|host| host.stage == Stage::Loading) else { return };
        host.stage = Stage::Ready;
        let (lanes, pid) = (host.lane_range(), host.pid);
        let replaces = host.replaces.take();
        let first_lane = lanes.start;
        self.emit(Event::HostReady { lanes, pid, readiness });
        // Each host that loads the same file does the same: said of the first one only.
        if let Some(module) = lock_turned_on_by.filter(|_| self.log.lock_turned_on_by.is_none()) {
            self.notify(Notice::LockTurnedOn { module });
        }
        if let Some((death, died_ns)) = replaces {
            self.tell_of_replacement(first_lane, death, died_ns);
        }
        self.send_waiting_faults(id);
        self.feed(id);
        self.recall_for_idle();
        self.close_if_done();
    }

    fn tell_of_replacement(&mut self, lane: usize, death: u64, died_ns: u64) {
        let after = Duration::from_nanos(self.now_ns.saturating_sub(died_ns));
        self.emit(Event::HostReplaced { death, after });
        self.notify(Notice::Replaced { host: self.host_name(lane + 1), after });
    }

    /// The host cannot load the function, so that none can. One that has loaded it has no business to say so: that is a
    /// message which user code forged.
    pub(super) fn refused(&mut self, id: HostId, reason: String) {
        if self.hosts.get(id).is_none_or(|host| host.stage != Stage::Loading) {
            return self.garbled(
                id,
                "it reported that it cannot load the function, which it had loaded before".to_owned(),
            );
        }
        self.give_up(reason);
        self.kill(id, KillReason::Ended);
    }

    /// The system has no room for another process: the pool goes on with those that it has, where it has any.
    pub(super) fn launch_failed(&mut self, id: HostId, reason: String) {
        let is_leaving = self.hosts.any(|host| host.is_closing() || host.kill_reason.is_some());
        let are_others = self.hosts.any(|host| host.is_started() && !host.is_for_suspects);
        let Some(host) = self.hosts.get_mut(id) else { return };
        // What one that leaves holds can be had in a moment; suspects wait as long as others have work.
        if is_leaving || (host.is_for_suspects && are_others) {
            host.stage = Stage::Postponed;
            return self.make_room_for_suspects();
        }
        let Some(host) = self.hosts.remove(id) else { return };
        if host.is_for_suspects {
            return self.give_up(reason);
        }
        if !self.keep_those_before(&host) {
            return self.go_on_with_fewer(&host, reason);
        }
        self.notify(Notice::SizeKept { reason });
        self.feed_all();
    }

    /// Has those stay that were to give way to a host which could not be launched. Of a pool of threads all of them, and its
    /// size as it was; not where new ones have begun already in their place.
    fn keep_those_before(&mut self, failed: &Host) -> bool {
        let is_retired = |other: &Host| other.stage == Stage::Draining(DrainReason::Retired);
        if self.log.plan.job.settings.mode == Mode::Process || !self.hosts.any(is_retired) {
            let is_before = |other: &Host| other.is_draining() && other.shares_lanes_with(failed);
            let before = self.hosts.ids_where(is_before).first().and_then(|id| self.hosts.get_mut(*id));
            return before.map(Host::stay).is_some();
        }
        if self.hosts.any(|host| host.is_started() && host.is_staying()) {
            return false;
        }
        self.hosts.remove_unstarted();
        for id in self.hosts.ids_where(is_retired) {
            self.hosts.get_mut(id).into_iter().for_each(Host::stay);
        }
        let workers =
            self.hosts.iter().filter(|(_, host)| host.is_staying()).map(|(_, host)| host.lanes).sum();
        self.resize_record(workers);
        true
    }

    fn go_on_with_fewer(&mut self, failed: &Host, reason: String) {
        let wanted = self.log.workers;
        let never = self.hosts.remove_unstarted();
        let staying = self.hosts.iter().filter(|(_, host)| host.is_staying());
        let workers: usize = staying.map(|(_, host)| host.lanes).sum();
        if workers == 0 {
            return self.give_up(reason);
        }
        // That of suspects is no worker of the pool, and is launched again.
        let never = never.iter().filter(|host| !host.is_for_suspects);
        let without = never.chain([failed]).flat_map(Host::lane_range).collect();
        self.emit(Event::PoolShrunk { workers, without });
        self.hosts.are_newly_all_started();
        self.sizing.set_lanes(workers);
        self.notify(Notice::FewerWorkers { workers, wanted, reason });
        self.feed_all();
    }

    /// Has a host that has nothing to do end where the one for suspects has no room beside it: others may wait for their rows.
    fn make_room_for_suspects(&mut self) {
        let waits = |host: &Host| host.is_for_suspects && host.stage == Stage::Postponed;
        if !self.hosts.any(waits) || self.log.is_paused || self.is_ending() {
            return;
        }
        let now_ns = self.now_ns;
        let is_idle = |host: &Host| {
            let has_nothing_to_do =
                host.idle_since_ns.is_some_and(|since_ns| now_ns - since_ns >= NOTHING_TO_DO_NS);
            host.stage == Stage::Ready && !host.is_for_suspects && host.held.is_empty() && has_nothing_to_do
        };
        if let Some(id) = self.hosts.ids_where(is_idle).pop()
            && let Some(host) = self.hosts.get(id)
        {
            self.lent_lanes.push(host.lane_range());
            self.close(id);
        }
    }

    /// Gives the workers back whose process has made room for suspects, once there are none and others wait for a worker.
    pub(super) fn give_lanes_back(&mut self) {
        let is_busy = |host: &Host| host.is_for_suspects && !host.held.is_empty();
        if self.lent_lanes.is_empty()
            || self.queue.is_empty()
            || self.queue.has_suspects()
            || self.hosts.any(is_busy)
            || self.log.is_draining
            || self.is_ending()
        {
            return;
        }
        self.hosts.ids_where(|host| host.is_for_suspects).into_iter().for_each(|id| self.close(id));
        for lanes in std::mem::take(&mut self.lent_lanes) {
            // The pool may have got another size meanwhile.
            let is_taken = |host: &Host| !host.is_closing() && host.lane_range().contains(&lanes.start);
            if lanes.start < self.log.workers && !self.hosts.any(is_taken) {
                self.launch(Host::new(lanes.start, lanes.len()));
            }
        }
    }

    /// A host has ended, so that there may be room for those that could not be launched before.
    pub(super) fn launch_postponed(&mut self) {
        self.launch_again(|_| true);
    }

    /// There may be room for the host for suspects although none of the others has ended: looked for from time to time.
    pub(super) fn launch_postponed_for_suspects(&mut self) {
        self.launch_again(|host| host.is_for_suspects);
    }

    fn launch_again(&mut self, is_wanted: fn(&Host) -> bool) {
        let is_postponed = |host: &Host| host.stage == Stage::Postponed && is_wanted(host);
        for (id, host) in self.hosts.iter_mut().filter(|(_, host)| is_postponed(host)) {
            host.stage = Stage::Launching;
            let (lanes, first_worker) = (host.lanes, host.first_lane + 1);
            self.effects.push(Effect::Launch { host: id, lanes, first_worker });
        }
    }
}
