//! How a run ends: all done, stopped by a person, ended by its failures, or given up.

use super::super::record::{Audit, Ending, Event, Notice, RunState};
use super::super::settings::Halting;
use super::Dispatcher;
use super::host::KillReason;
use super::host::{Host, Stage};

/// A host that was told to end and does not (it may be suspended) is ended after this time.
const PATIENCE_NS: u64 = 1_000_000_000;

/// How far the end of the run has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum EndStage {
    #[default]
    NotBegun,
    /// All is done, and the hosts were told to end.
    Closing,
    /// No host is left, and what they left behind is looked for.
    Auditing,
}

/// How and why the run ends.
#[derive(Debug, Default)]
pub(super) struct RunEnd {
    stage: EndStage,
    /// Why it ends, or has begun to, before all is done: the first reason counts, but that it cannot go on comes before others.
    early: Option<Ending>,
    /// Why not all inputs could be read. What was read is still run to its end.
    unreadable: Option<String>,
}

impl RunEnd {
    pub(super) fn note_unreadable(&mut self, reason: String) {
        self.unreadable = Some(reason);
    }

    /// How it ended.
    fn ending(&mut self, is_complete: bool) -> Ending {
        let early = self.early.take().filter(|_| !is_complete);
        let unreadable = self.unreadable.take().map(Ending::Broken);
        early.or(unreadable).unwrap_or(Ending::Completed)
    }
}

impl Dispatcher {
    /// Whether hosts are being ended, or are no more.
    pub(super) fn is_ending(&self) -> bool {
        let is_over = matches!(self.log.state, RunState::Stopping | RunState::Finished(_));
        is_over || self.end.stage != EndStage::NotBegun
    }

    pub(super) fn close_if_done(&mut self) {
        let is_drained = self.log.is_draining && !self.hosts.any(|host| !host.held.is_empty());
        if self.is_ending() || (self.has_work_left() && !is_drained) {
            return;
        }
        self.end.stage = EndStage::Closing;
        self.notify(Notice::Closed);
        self.hosts.all_ids().into_iter().for_each(|id| self.close(id));
        self.audit_if_over();
    }

    /// Ends the hosts that were told to end and take too long.
    pub(super) fn end_late_hosts(&mut self) {
        let now_ns = self.now_ns;
        let is_late = |host: &Host| match host.stage {
            Stage::Closing { since_ns, .. } => now_ns.saturating_sub(since_ns) >= PATIENCE_NS,
            _ => false,
        };
        self.hosts.ids_where(is_late).into_iter().for_each(|id| self.kill(id, KillReason::Ended));
    }

    pub(super) fn stop(&mut self, why: Ending) {
        if self.end.stage != EndStage::NotBegun {
            // All is done, and some host takes its time to leave.
            self.kill_all();
            self.audit_if_over();
        } else if !self.is_ending() {
            self.emit(Event::Stopping);
            self.end.early.get_or_insert(why);
            self.notify(Notice::Terminated);
            self.kill_all();
            self.audit_if_over();
        }
    }

    fn kill_all(&mut self) {
        self.hosts.all_ids().into_iter().for_each(|id| self.kill(id, KillReason::Ended));
    }

    /// Begins nothing new, and ends when what executes is finished.
    pub(super) fn drain(&mut self, why: Ending) {
        if self.log.is_draining || self.is_ending() {
            return;
        }
        self.end.early.get_or_insert(why);
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
            && self.end.early.is_none()
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
            self.end.early = Some(Ending::Broken(reason.clone()));
            self.stop(Ending::Broken(reason));
        }
    }

    pub(super) fn audit_if_over(&mut self) {
        let is_over = self.end.stage == EndStage::Closing || self.log.state == RunState::Stopping;
        if is_over && self.hosts.is_empty() && self.end.stage != EndStage::Auditing {
            self.end.stage = EndStage::Auditing;
            self.notify(Notice::Joined { pool: self.log.shape() });
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
        self.notify(Notice::Done);
        let ending = self.end.ending(is_complete);
        self.emit(Event::Finished { ending });
    }
}
