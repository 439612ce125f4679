//! How the window keeps the notes that a person writes on runs.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use egui::{Context, ViewportCommand};

use super::PoolscopeApp;
use super::layout::Dialog;
use super::note_command::{NoteCommand, NoteOn};
use super::notes::NoteEditor;
use super::state::LessonPage;
use crate::pool::{NotePlace, RunSnapshot};

impl PoolscopeApp {
    pub(super) fn carry_out_on_notes(&mut self, command: NoteCommand, ctx: &Context) {
        match command {
            NoteCommand::OnChosen => {
                let Some(run) = self.run_to_note().cloned() else { return };
                let chosen = self.selected_row.filter(|_| self.lesson.is_none());
                let place = chosen.map_or(NotePlace::Run, NotePlace::Item);
                self.layout.dialog = Some(Dialog::Note(NoteEditor::new(&run.log, place)));
            }
            NoteCommand::Edit(on) => {
                if let Some(run) = self.run_that_began(on.run).cloned() {
                    self.layout.dialog = Some(Dialog::Note(NoteEditor::new(&run.log, on.place)));
                }
            }
            NoteCommand::Keep(on, text) => self.keep_note(on, &text, ctx),
            NoteCommand::CloseWithout => {
                self.closes_unasked.store(true, Ordering::Relaxed);
                ctx.send_viewport_cmd(ViewportCommand::Close);
            }
        }
    }

    /// The run that a key writes a note on: that of the views, or the newest of the lesson that is shown.
    pub(super) fn run_to_note(&self) -> Option<&Arc<RunSnapshot>> {
        match &self.lesson {
            None => self.shown_run(),
            Some(LessonPage::Gallery | LessonPage::Program(_)) => None,
            Some(LessonPage::Lesson(card)) => self.lesson_live().or(card.runs.last()),
        }
    }

    /// The run of the lesson that is on.
    pub(super) fn lesson_live(&self) -> Option<&Arc<RunSnapshot>> {
        self.lesson_runner.snapshot().filter(|run| !run.log.is_finished())
    }

    fn run_that_began(&self, started: Instant) -> Option<&Arc<RunSnapshot>> {
        let of_lesson = match &self.lesson {
            Some(LessonPage::Lesson(card)) => card.runs.as_slice(),
            _ => &[],
        };
        let kept = self.kept.iter().map(|kept| &kept.run);
        let live = [self.runner.snapshot(), self.lesson_live()].into_iter().flatten();
        kept.chain(of_lesson).chain(live).find(|run| run.log.plan.started == started)
    }

    /// Keeps a note on the run wherever that is held. A run that is over is held apart from the pool that ran it.
    fn keep_note(&mut self, on: NoteOn, text: &str, ctx: &Context) {
        let of_lesson = match &mut self.lesson {
            Some(LessonPage::Lesson(card)) => card.write_note(on, text),
            _ => false,
        };
        let is_kept = self.kept.write_note(on, text) || of_lesson;
        if !is_kept && !self.runner.write_note(on, text) && !self.lesson_runner.write_note(on, text) {
            ctx.copy_text(text.to_owned());
            self.saving.say("the run is gone that the note was for; its text is in the clipboard".to_owned());
        }
    }

    /// Runs of the lesson that have notes stay among the runs when the lesson is left, or is run again.
    pub(super) fn keep_noted_lesson_runs(&mut self) {
        if let Some(LessonPage::Lesson(card)) = &self.lesson {
            let kept = card.runs.iter().filter(|run| self.kept.keep_noted(run)).count();
            if kept > 0 {
                self.saving.say("what was noted stays with its run, in the list of runs".to_owned());
            }
        }
    }

    /// A run of a lesson that was left while it went on stays as well; once a frame.
    pub(super) fn keep_noted_left_run(&mut self) {
        let Some(run) = self.lesson_runner.snapshot().filter(|run| run.log.is_finished()) else { return };
        let is_it = |of_lesson: &Arc<RunSnapshot>| of_lesson.log.plan.started == run.log.plan.started;
        let is_of_lesson = match &self.lesson {
            Some(LessonPage::Lesson(card)) => card.awaits_run() || card.runs.iter().any(is_it),
            _ => false,
        };
        if !is_of_lesson {
            let _ = self.kept.keep_noted(run);
        }
    }
}
