//! How hosts begin: launched, ready, refused, or not to be had.

use std::time::Duration;

use super::super::control::HostId;
use super::super::record::{Event, Notice};
use super::hosts::{Host, Phase};
use super::{Dispatcher, Effect};

impl Dispatcher {
    pub(super) fn start(&mut self) {
        let (hosts, lanes) = self.log.plan.job.settings.shape();
        for seat in 0..hosts {
            self.launch(seat * lanes, lanes, None);
        }
    }

    pub(super) fn launch(&mut self, first_lane: usize, lanes: usize, replaces: Option<(u64, u64)>) {
        let host = self.next_host;
        self.next_host += 1;
        self.hosts.insert(host, Host::new(first_lane, lanes, replaces));
        self.effects.push(Effect::Launch { host, lanes, first_worker: first_lane + 1 });
    }

    /// Whether a host is still to be launched: it may not be wanted any more.
    pub fn is_awaited(&self, host: HostId) -> bool {
        self.hosts.get(&host).is_some_and(|host| !host.is_started())
    }

    pub(super) fn launched(&mut self, id: HostId, pid: u32, launched_ns: u64) {
        let Some(host) = self.hosts.get_mut(&id) else { return };
        host.pid = pid;
        let lanes = host.lane_range();
        self.emit(Event::HostLaunched { lanes, pid, launched_ns });
        if !self.is_announced && self.hosts.values().all(Host::is_started) {
            self.is_announced = true;
            self.notify(Notice::Started { mode: self.log.plan.job.settings.mode, workers: self.log.workers });
        }
    }

    pub(super) fn ready(&mut self, id: HostId) {
        let Some(host) = self.hosts.get_mut(&id).filter(|host| host.phase == Phase::Launched) else { return };
        host.phase = Phase::Ready;
        let (lanes, pid) = (host.lane_range(), host.pid);
        let replaces = host.replaces.take();
        let first_lane = lanes.start;
        self.emit(Event::HostReady { lanes, pid });
        if let Some((death, died_ns)) = replaces {
            self.tell_of_replacement(first_lane, death, died_ns);
        }
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
        if self.hosts.get(&id).is_none_or(|host| host.phase != Phase::Launched) {
            return self.garbled(id, "it said that it cannot load the function, which it runs".to_owned());
        }
        self.give_up(reason);
        self.kill(id);
    }

    /// The system has no room for another process: the pool goes on with those that it has, where it has any.
    pub(super) fn launch_failed(&mut self, id: HostId, reason: String) {
        let is_about_to_end = |host: &Host| host.phase == Phase::Closing || host.is_killed;
        let has_hope = self.hosts.values().any(is_about_to_end);
        let Some(host) = self.hosts.get_mut(&id) else { return };
        if has_hope {
            // What that one holds can be had in a moment.
            host.is_postponed = true;
            return;
        }
        let Some(host) = self.hosts.remove(&id) else { return };
        if host.is_alone {
            return self.give_up(reason);
        }
        let before = self.hosts.values_mut().find(|other| {
            other.drain_reason.is_some() && other.phase == Phase::Ready && other.shares_lanes_with(&host)
        });
        if let Some(before) = before {
            before.drain_reason = None;
            let lanes = before.lanes;
            self.notify(Notice::SizeKept { reason });
            if lanes > 1 || host.lanes > 1 {
                self.resize_record(lanes);
            }
            return self.feed_all();
        }
        self.go_on_with_fewer(&host, reason);
    }

    fn go_on_with_fewer(&mut self, failed: &Host, reason: String) {
        let wanted = self.log.workers;
        let never: Vec<HostId> =
            self.hosts.iter().filter(|(_, host)| !host.is_started()).map(|(id, _)| *id).collect();
        let never: Vec<Host> = never.into_iter().filter_map(|id| self.hosts.remove(&id)).collect();
        let stay = self.hosts.values().filter(|host| !host.is_alone && host.drain_reason.is_none());
        let workers: usize = stay.map(|host| host.lanes).sum();
        if workers == 0 {
            return self.give_up(reason);
        }
        let without = never.iter().chain([failed]).flat_map(Host::lane_range).collect();
        self.emit(Event::PoolShrunk { workers, without });
        self.is_announced = true;
        self.sizing.set_lanes(workers);
        self.notify(Notice::FewerWorkers { workers, wanted, reason });
        self.feed_all();
    }

    /// A host has ended, so that there may be room for those that could not be launched before.
    pub(super) fn launch_postponed(&mut self) {
        for (id, host) in &mut self.hosts {
            if std::mem::take(&mut host.is_postponed) {
                let (lanes, first_worker) = (host.lanes, host.first_lane + 1);
                self.effects.push(Effect::Launch { host: *id, lanes, first_worker });
            }
        }
    }
}
