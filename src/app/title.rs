//! The title of the window: how far the pool is, what it runs, and how that went.

use egui::{Context, ViewportCommand};

use super::PoolscopeApp;
use super::format;
use super::state::{Phase, log_title};

impl PoolscopeApp {
    /// "primes.csv · is_prime · 4 processes": of the run while it is on, else of the setup.
    pub(super) fn job_title(&self) -> String {
        match self.shown_run() {
            Some(run) if self.runner.is_live() || !self.shows_newest() => log_title(&run.log),
            _ => self.setup.title(),
        }
    }

    /// " · 1,998 ok, 2 failed" once the run has ended, so that a window in the background tells how it went.
    fn counts_title(&self) -> String {
        let ended = matches!(self.phase(), Phase::Done | Phase::Stopped | Phase::Broken);
        let Some(run) = self.shown_run().filter(|_| ended) else { return String::new() };
        let counts = run.log.counts;
        let failed = super::progress::failed(counts);
        let others = [
            (failed, "failed"),
            (counts.timed_out, "timed out"),
            (counts.stopped, "stopped"),
            (counts.not_run, "not run"),
        ];
        let others = others.into_iter().filter(|(count, _)| *count > 0);
        let others: String =
            others.map(|(count, what)| format!(", {} {what}", format::count(count))).collect();
        format!(" · {} ok{others}", format::count(counts.ok))
    }

    /// Gives the window its title; once a frame.
    pub(super) fn set_title(&mut self, ctx: &Context) {
        let word = match self.phase() {
            Phase::Ready => "ready",
            Phase::Running | Phase::Finishing | Phase::Stopping => "running",
            Phase::Paused => "paused",
            Phase::Done => "done",
            Phase::Stopped | Phase::Broken => "stopped",
        };
        let title = format!("{word}: {}{} - Poolscope", self.job_title(), self.counts_title());
        if title != self.title {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }
}
