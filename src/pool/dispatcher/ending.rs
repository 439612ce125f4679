//! How a run ends: all done, stopped by a person, or given up.

use super::super::os::HostId;
use super::super::record::{Audit, Ending, RunState, Source};
use super::hosts::Phase;
use super::{Dispatcher, Effect};

/// A host that was told to end and does not (it may be suspended) is ended after this time.
const PATIENCE_NS: u64 = 1_000_000_000;
/// For so long are first items kept for workers that are still starting.
const FIRST_ITEMS_NS: u64 = 250_000_000;

impl Dispatcher {
    pub(super) fn close_if_done(&mut self, now_ns: u64) {
        if self.has_work_left() || self.closing_since_ns.is_some() || self.log.state == RunState::Stopping {
            return;
        }
        self.closing_since_ns = Some(now_ns);
        self.tell(now_ns, Source::Pool, "closed: no more work will be given".to_owned());
        for (id, host) in &mut self.hosts {
            host.phase = Phase::Closing;
            self.effects.push(Effect::Close { host: *id });
        }
    }

    /// Looks whether something that was to happen by now has not.
    pub(super) fn tick(&mut self, now_ns: u64) {
        if self.keeps_first_items && now_ns >= FIRST_ITEMS_NS {
            self.keeps_first_items = false;
            self.feed_all();
        }
        if self.closing_since_ns.is_some_and(|since_ns| now_ns.saturating_sub(since_ns) >= PATIENCE_NS) {
            self.kill_all();
        }
    }

    pub(super) fn stop(&mut self, now_ns: u64) {
        if self.closing_since_ns.is_some() {
            // All is done, and some host takes its time to leave.
            self.kill_all();
        } else if !matches!(self.log.state, RunState::Stopping | RunState::Finished(_)) {
            self.log.state = RunState::Stopping;
            self.tell(now_ns, Source::Pool, "terminated: stopped before all inputs were done".to_owned());
            self.kill_all();
            self.audit_if_over(now_ns);
        }
    }

    fn kill_all(&mut self) {
        let all: Vec<HostId> = self.hosts.keys().copied().collect();
        self.effects.extend(all.into_iter().map(|host| Effect::Kill { host }));
    }

    /// The pool cannot go on; what is finished stays.
    pub(super) fn give_up(&mut self, now_ns: u64, reason: String) {
        let is_ending = self.log.state == RunState::Stopping || self.closing_since_ns.is_some();
        if self.broken.is_none() && !is_ending {
            self.tell(now_ns, Source::Trouble, format!("the pool gave up: {reason}"));
            self.broken = Some(reason);
            self.stop(now_ns);
        }
    }

    pub(super) fn audit_if_over(&mut self, now_ns: u64) {
        let is_over = self.closing_since_ns.is_some() || self.log.state == RunState::Stopping;
        if is_over && self.hosts.is_empty() && !self.is_auditing {
            self.is_auditing = true;
            let settings = self.log.plan.job.settings;
            let pool = settings.mode.counted(settings.workers);
            self.tell(now_ns, Source::Pool, format!("joined: {pool} ended"));
            self.effects.push(Effect::Audit);
        }
    }

    pub(super) fn audited(&mut self, now_ns: u64, audit: Audit) {
        for line in &audit.named {
            self.tell(now_ns, Source::Trouble, line.clone());
        }
        self.log.audit = Some(audit);
        let reason = match &self.broken {
            Some(reason) => format!("not run: {reason}"),
            None => "not run: the run was stopped first".to_owned(),
        };
        let not_run = self.log.counts.total - self.log.counts.done();
        self.log.rows.close(reason.into());
        self.log.counts.not_run = not_run;
        self.log.counts.failed += not_run;
        if self.log.last_row_ns == 0 || not_run > 0 {
            self.log.last_row_ns = now_ns;
        }
        self.tell(now_ns, Source::Pool, "main process is done".to_owned());
        self.log.state = RunState::Finished(match self.broken.take().or(self.unreadable.take()) {
            Some(reason) => Ending::Broken(reason),
            None if self.closing_since_ns.is_some() => Ending::Completed,
            None => Ending::Stopped,
        });
    }
}
