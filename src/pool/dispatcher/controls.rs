//! What a person asks of a run while it runs.

use super::super::MAX_WORKERS;
use super::super::control::{Control, HostId};
use super::super::record::{Ending, Event, Notice};
use super::super::settings::Mode;
use super::host::{DrainReason, KillReason};
use super::host::{Host, Stage};
use super::{Dispatcher, Effect};

impl Dispatcher {
    pub(super) fn asked(&mut self, control: Control) {
        if control == Control::Stop {
            return self.stop(Ending::Stopped);
        }
        if self.is_ending() {
            return;
        }
        match control {
            Control::Stop => {}
            Control::StopSoon => self.drain(Ending::Stopped),
            Control::Pause => self.pause(),
            Control::Resume => self.resume(),
            Control::SetWorkers(workers) => self.set_workers(workers.clamp(1, MAX_WORKERS)),
            Control::Kill { worker } => self.kill_by_hand(worker),
            Control::Inject { worker, fault } => self.inject(worker, fault),
            Control::Suspend { worker } => self.suspend(worker, true),
            Control::Wake { worker } => self.suspend(worker, false),
            Control::Stack { worker } => self.ask_stack(worker),
        }
    }

    fn pause(&mut self) {
        if !self.log.is_paused && !self.log.is_draining {
            self.emit(Event::Paused { is_paused: true });
            self.notify(Notice::Paused);
            self.recall_everything();
        }
    }

    fn resume(&mut self) {
        if self.log.is_paused {
            self.emit(Event::Paused { is_paused: false });
            self.notify(Notice::Resumed);
            self.feed_all();
        }
    }

    /// The host under a worker (from 1).
    pub(super) fn host_under(&self, worker: usize) -> Option<HostId> {
        self.hosts.under(worker.checked_sub(1)?)
    }

    /// Ends the host under a worker, and says first whom that hits.
    fn kill_by_hand(&mut self, worker: usize) {
        let is_new = |id: &HostId| self.hosts.get(*id).is_some_and(|host| host.kill_reason.is_none());
        if let Some(id) = self.host_under(worker).filter(is_new) {
            self.notify(Notice::Killing { worker, host: self.host_name(worker) });
            self.kill(id, KillReason::ByHand);
        }
    }

    fn ask_stack(&mut self, worker: usize) {
        let Some(id) = self.host_under(worker) else { return };
        // One that is not ready yet hears nothing but what it is told first.
        let is_ready = |host: &&mut Host| matches!(host.stage, Stage::Ready | Stage::Draining(_));
        if let Some(host) = self.hosts.get_mut(id).filter(is_ready) {
            let lane = (worker - 1 - host.first_lane) as u16;
            self.effects.push(Effect::AskStack { host: id, lane });
        }
    }

    fn suspend(&mut self, worker: usize, is_suspended: bool) {
        if let Some(host) = self.host_under(worker) {
            self.effects.push(Effect::Suspend { host, is_suspended });
        }
    }

    /// The system has done (or refused) what [`Effect::Suspend`] asked for.
    pub(super) fn suspended(&mut self, id: HostId, is_suspended: bool, has_worked: bool) {
        let Some(host) = self.hosts.get_mut(id) else { return };
        let (lanes, pid) = (host.lane_range(), host.pid);
        let name = self.host_name(lanes.start + 1);
        if !has_worked {
            return self.notify(Notice::SuspendRefused { host: name, pid, is_suspended });
        }
        if let Some(host) = self.hosts.get_mut(id) {
            host.is_suspended = is_suspended;
        }
        self.emit(Event::HostSuspended { lanes, is_suspended });
        self.notify(Notice::Suspended { host: name, pid, is_suspended });
    }

    fn set_workers(&mut self, workers: usize) {
        let before = self.log.workers;
        if workers == before || self.log.is_draining {
            return;
        }
        self.resize_record(workers);
        match self.log.plan.job.settings.mode {
            Mode::Process => self.resize_processes(workers),
            Mode::Thread => self.resize_threads(),
        }
        self.notify(Notice::Resized { pool: self.log.shape(), before });
        self.feed_all();
    }

    /// Has the record show so many workers.
    pub(super) fn resize_record(&mut self, workers: usize) {
        self.emit(Event::PoolResized { workers });
        self.sizing.set_lanes(workers);
    }

    fn resize_processes(&mut self, workers: usize) {
        let beyond = self.hosts.ids_where(|host| host.first_lane >= workers);
        for lane in 0..workers {
            let is_under =
                |host: &Host| host.first_lane == lane && !host.is_for_suspects && !host.is_closing();
            if self.hosts.any(|host| is_under(host) && host.is_staying()) {
                continue;
            }
            let leaving = self.hosts.ids_where(is_under).last().and_then(|id| self.hosts.get_mut(*id));
            match leaving {
                // It has not left yet, and may as well stay.
                Some(host) if host.stage == Stage::Draining(DrainReason::Retired) => {
                    host.stage = Stage::Ready
                }
                _ => self.launch(Host::new(lane, 1)),
            }
        }
        beyond.into_iter().for_each(|id| self.drain_host(id, DrainReason::Retired));
    }

    /// Processes have the threads that they began with, so that they give way to others.
    fn resize_threads(&mut self) {
        let before = self.hosts.ids_where(Host::is_staying);
        self.launch_all();
        before.into_iter().for_each(|id| self.drain_host(id, DrainReason::Retired));
    }
}
