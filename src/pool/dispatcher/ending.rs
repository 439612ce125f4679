//! How a run ends: all done, stopped by a person, ended by its failures, or given up.

use super::super::control::HostId;
use super::super::record::{Audit, Ending, Event, Notice, RunState};
use super::super::settings::Halting;
use super::Dispatcher;
use super::hosts::Phase;

/// A host that was told to end and does not (it may be suspended) is ended after this time.
const PATIENCE_NS: u64 = 1_000_000_000;
/// For so long are first items kept for workers that are still starting.
const FIRST_ITEMS_NS: u64 = 250_000_000;

impl Dispatcher {
    pub(super) fn close_if_done(&mut self) {
        let is_drained = self.log.is_draining && self.hosts.values().all(|host| host.held.is_empty());
        if self.is_ending() || (self.has_work_left() && !is_drained) {
            return;
        }
        self.is_closing = true;
        self.notify(Notice::Closed);
        let all: Vec<HostId> = self.hosts.keys().copied().collect();
        all.into_iter().for_each(|id| self.close(id));
        self.audit_if_over();
    }

    /// Looks whether something that was to happen by now has not.
    pub(super) fn tick(&mut self) {
        // The host that ran them may have been retired before it was started.
        self.launch_for_suspects();
        if self.keeps_first_items && self.now_ns >= FIRST_ITEMS_NS {
            self.keeps_first_items = false;
            self.feed_all();
        }
        if self.release_due() {
            self.launch_for_suspects();
            self.feed_all();
        }
        let now_ns = self.now_ns;
        let is_late = |since_ns: u64| now_ns.saturating_sub(since_ns) >= PATIENCE_NS;
        let closing = self.hosts.iter().filter(|(_, host)| host.phase == Phase::Closing);
        let late: Vec<HostId> =
            closing.filter(|(_, host)| is_late(host.closing_since_ns)).map(|(id, _)| *id).collect();
        late.into_iter().for_each(|id| self.kill(id));
    }

    pub(super) fn stop(&mut self, why: Ending) {
        if self.is_closing {
            // All is done, and some host takes its time to leave.
            self.kill_all();
            self.audit_if_over();
        } else if !self.is_ending() {
            self.emit(Event::Stopping);
            self.why.get_or_insert(why);
            self.notify(Notice::Terminated);
            self.kill_all();
            self.audit_if_over();
        }
    }

    fn kill_all(&mut self) {
        let all: Vec<HostId> = self.hosts.keys().copied().collect();
        all.into_iter().for_each(|id| self.kill(id));
    }

    /// Begins nothing new, and ends when what executes is finished.
    pub(super) fn drain(&mut self, why: Ending) {
        if self.log.is_draining || self.is_ending() {
            return;
        }
        self.why.get_or_insert(why);
        self.emit(Event::Draining);
        self.notify(Notice::Draining);
        self.recall_everything();
        self.close_if_done();
    }

    /// Ends the run where its rules say that too many inputs have failed.
    pub(super) fn halt_if_due(&mut self) {
        let rule = self.log.plan.job.settings.halt;
        let counts = self.log.counts;
        let failed = counts.failed - counts.not_run - counts.stopped;
        if self.has_work_left()
            && self.why.is_none()
            && let Some(halting) = rule.applies(failed, counts.done())
        {
            let why = Ending::Halted { rule, failed, done: counts.done() };
            match halting {
                Halting::Now => self.stop(why),
                Halting::Soon => self.drain(why),
            }
        }
    }

    /// The pool cannot go on; what is finished stays.
    pub(super) fn give_up(&mut self, reason: String) {
        if !self.is_ending() {
            self.notify(Notice::GaveUp { reason: reason.clone() });
            self.why = Some(Ending::Broken(reason.clone()));
            self.stop(Ending::Broken(reason));
        }
    }

    pub(super) fn audit_if_over(&mut self) {
        let is_over = self.is_closing || self.log.state == RunState::Stopping;
        if is_over && self.hosts.is_empty() && !self.is_auditing {
            self.is_auditing = true;
            self.notify(Notice::Joined { mode: self.log.plan.job.settings.mode, workers: self.log.workers });
            self.effects.push(super::Effect::Audit);
        }
    }

    pub(super) fn audited(&mut self, audit: Audit) {
        for line in &audit.named {
            self.notify(Notice::LeftBehind { what: line.clone() });
        }
        if !audit.ended.is_empty() {
            self.notify(Notice::LeftRunning { processes: audit.ended.clone() });
        }
        self.emit(Event::Audited(audit));
        self.end_tries();
        let not_run = self.log.counts.total - self.log.counts.done();
        // Inputs that nobody has read any more would have had rows, too.
        let is_complete = not_run == 0 && self.log.counts.stopped == 0 && !self.log.inputs.is_open();
        let why = self.why.take().filter(|_| !is_complete);
        self.notify(Notice::Done);
        let unreadable = self.unreadable.take().map(Ending::Broken);
        self.emit(Event::Finished { ending: why.or(unreadable).unwrap_or(Ending::Completed) });
    }
}
