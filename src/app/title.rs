//! The title of the window: how far the pool is, what it runs, and how that went.

use egui::{Context, ViewportCommand};

use super::PoolscopeApp;
use super::format;
use super::state::{LessonPage, Phase, log_title};
use crate::lessons::steps::PROGRAMS;

impl PoolscopeApp {
    /// "primes.csv · is_prime · 4 processes": of the run while it is on, else of the setup. Where lessons are shown, what they
    /// are about.
    pub(super) fn job_title(&self) -> String {
        if let Some(title) = self.lesson_title() {
            return title;
        }
        match self.shown_run() {
            Some(run) if self.runner.is_live() || !self.shows_newest() => log_title(&run.log),
            _ => self.setup.title(),
        }
    }

    /// "Lesson 6 of 26 · the lock (GIL)".
    fn lesson_title(&self) -> Option<String> {
        match self.lesson.as_ref()? {
            LessonPage::Gallery => Some("Lessons".to_owned()),
            LessonPage::Lesson(card) => Some(card.lesson.heading()),
            LessonPage::Program(card) => Some(format!("Step by step · {}", PROGRAMS[card.place()].topic)),
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
        let title = match self.lesson_title() {
            Some(lesson) => format!("{lesson} - Poolscope"),
            None => format!("{word}: {}{} - Poolscope", self.job_title(), self.counts_title()),
        };
        if title != self.title {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }
}
