//! What is asked before the window closes.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use egui::{Context, ViewportCommand};

use super::PoolscopeApp;
use super::layout::Dialog;
use super::state::LessonPage;
use super::unsaved::UnsavedWork;
use crate::pool::RunSnapshot;

/// A run that took as long is worth a question; a shorter one is made again as quickly.
const LONG_NS: u64 = 60_000_000_000;

impl PoolscopeApp {
    /// Asks before the window closes with work that is in no file; once a frame.
    pub(super) fn ask_about_unsaved(&mut self, ctx: &Context) {
        let is_closing = ctx.input(|input| input.viewport().close_requested());
        if !is_closing || self.closes_unasked.load(Ordering::Relaxed) {
            return;
        }
        if let Some(unsaved) = self.unsaved_work() {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            self.layout.dialog = Some(Dialog::Unsaved(unsaved));
        }
    }

    fn unsaved_work(&self) -> Option<UnsavedWork> {
        let has_notes = |run: &&Arc<RunSnapshot>| !run.log.margin.is_empty();
        let live = self.runner.snapshot().filter(|run| !run.log.is_finished());
        let of_lesson = match &self.lesson {
            Some(LessonPage::Lesson(card)) => {
                card.runs.iter().chain(self.lesson_live()).filter(has_notes).count()
            }
            _ => 0,
        };
        let kept = self.kept.unsaved_notes();
        let noted_runs =
            kept.map_or(0, |(_, runs)| runs) + of_lesson + usize::from(live.filter(has_notes).is_some());
        let going_on = live.filter(|run| run.elapsed_ns() >= LONG_NS && run.log.counts.ok > 0);
        // What goes on is named alone: it is what closing ends.
        let over = self.kept.unsaved_results(LONG_NS).filter(|_| going_on.is_none());
        let long_run = going_on
            .map(|run| (run.elapsed_ns(), true))
            .or(over.map(|kept| (kept.run.log.last_row_ns, false)));
        let number = kept.map(|(number, _)| number).or(over.map(|kept| kept.number));
        (noted_runs > 0 || long_run.is_some()).then_some(UnsavedWork { number, noted_runs, long_run })
    }
}
