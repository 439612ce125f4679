//! How the window shows lessons and makes their runs, one after the other, apart from the run that is set up.

use std::sync::Arc;
use std::time::Instant;

use egui::{Context, Key, Popup};

use super::PoolscopeApp;
use super::background::{Task, finished};
use super::command::Command;
use super::lesson;
use super::lesson_command::LessonCommand;
use super::panels;
use super::state::{LessonCard, LessonPage, LessonSource, LessonStep, Phase, ProgramCard};
use crate::error::Result;
use crate::export;
use crate::lessons::file::FileLesson;
use crate::lessons::{Reveal, TEMPLATE};
use crate::monitor::usable_cores;
use crate::pool::{Ending, RunSnapshot, RunState};

impl PoolscopeApp {
    pub(super) fn carry_out_on_lessons(
        &mut self,
        command: LessonCommand,
        ctx: &Context,
        now: Instant,
    ) -> Result<()> {
        match command {
            LessonCommand::Gallery => self.show_page(Some(LessonPage::Gallery)),
            // A room does not see the setup at once where it was all lessons.
            LessonCommand::Leave if self.layout.presenting.is_on => self.present(false, ctx),
            LessonCommand::Leave => self.show_page(None),
            LessonCommand::Show(place) => {
                self.show_page(None);
                let left = self.left_lessons.remove(&Some(place));
                self.show_page(left.or_else(|| LessonCard::at(place)).map(LessonPage::Lesson));
            }
            LessonCommand::Left => {
                self.show_page(None);
                let left = self.left_lessons.remove(&None);
                self.show_page(left.map(LessonPage::Lesson));
            }
            LessonCommand::Program(place) => {
                self.show_page(ProgramCard::at(place).map(Box::new).map(LessonPage::Program));
            }
            LessonCommand::Step | LessonCommand::Again | LessonCommand::NextMethod => {
                self.carry_out_on_program(command, ctx);
            }
            LessonCommand::Template => {
                self.set_up_example(&TEMPLATE.example(usable_cores()), ctx, now)?;
                self.leave_for_setup(ctx);
                // Its first lines say what there is to change.
                self.layout.is_editor_large = true;
            }
            LessonCommand::Own => {
                let lesson = FileLesson::of_setup(&self.setup);
                self.show_page(Some(LessonPage::Lesson(LessonCard::of(LessonSource::File(lesson.into())))));
            }
            LessonCommand::Stop => self.lesson_runner.stop(),
            LessonCommand::Run if !self.runner.is_live() && !self.lesson_runner.is_live() => {
                self.begin_lesson(ctx)
            }
            LessonCommand::Change => return self.change_lesson(ctx, now),
            LessonCommand::Handout => self.begin_handout(ctx),
            LessonCommand::Save => return self.save_lesson(ctx),
            LessonCommand::CopyPython => self.copy_python(ctx),
            LessonCommand::Present => self.present(!self.layout.presenting.is_on, ctx),
            LessonCommand::Blacken => self.layout.presenting.blacken(),
            LessonCommand::Vote(place) => self.with_card(|card| card.vote(place)),
            LessonCommand::ForgetVotes => self.with_card(LessonCard::forget_votes),
            // A pool is at work: the button says so.
            LessonCommand::Run => {}
        }
        Ok(())
    }

    /// Why no run of the lesson that is shown can be made now.
    pub(super) fn why_no_lesson_run(&self) -> Option<&'static str> {
        let is_running =
            matches!(&self.lesson, Some(LessonPage::Lesson(card)) if card.step == LessonStep::Running);
        match (self.runner.is_live(), self.lesson_runner.is_live() && !is_running) {
            (true, _) => Some("A pool is at work: stop it first, or wait."),
            (_, true) => Some("The last run is still ending."),
            _ => None,
        }
    }

    /// What a key of the lesson that is shown asks for; before anything is drawn.
    pub(super) fn hear_lesson_keys(&self, ctx: &Context) {
        // Keys are for a menu that is open, and Escape is for whatever is.
        let is_taken = match panels::is_legend_open(ctx) {
            true => ctx.input(|input| input.key_pressed(Key::Escape)),
            false => Popup::is_any_open(ctx),
        };
        let page = self.lesson.as_ref().filter(|_| self.layout.dialog.is_none() && !is_taken);
        for command in page.map(|page| lesson::key_commands(ctx, page)).unwrap_or_default() {
            self.commands.send(Command::Lesson(command));
        }
    }

    /// How what is shown stands, and its run: that of a lesson where one is shown and the pool of the setup is not at work.
    pub(super) fn status(&self) -> (Phase, Option<Arc<RunSnapshot>>) {
        let Some(page) = self.lesson.as_ref().filter(|_| !self.runner.is_live()) else {
            return (self.phase(), self.shown_run().cloned());
        };
        let live = self.lesson_runner.snapshot().filter(|run| !run.log.is_finished());
        let run = match page {
            // Its next run is being made.
            LessonPage::Lesson(card) if card.step == LessonStep::Running && live.is_none() => {
                return (Phase::Running, None);
            }
            LessonPage::Lesson(card) => live.or(card.runs.last()),
            LessonPage::Gallery | LessonPage::Program(_) => live,
        };
        (run.map_or(Phase::Ready, |run| Phase::of(&run.log)), run.cloned())
    }

    fn with_card(&mut self, change: impl FnOnce(&mut LessonCard)) {
        if let Some(LessonPage::Lesson(card)) = &mut self.lesson {
            change(card);
        }
    }

    /// Copies a program that does what the last run of the lesson did.
    fn copy_python(&mut self, ctx: &Context) {
        let Some(LessonPage::Lesson(card)) = &self.lesson else { return };
        let Some(run) = card.runs.iter().take(card.lesson.shown_runs()).next_back() else { return };
        match export::equivalent_python(&run.log.plan.job) {
            Ok(program) => {
                ctx.copy_text(program);
                self.saving.say("a program in Python that does the same is copied".to_owned());
            }
            // The setup, where errors stand, is not in sight.
            Err(error) => self.saving.say(error.to_string()),
        }
    }

    /// Shows another page; a run of the lesson that was shown ends. What was predicted and shown in it is kept.
    pub(super) fn show_page(&mut self, page: Option<LessonPage>) {
        self.keep_noted_lesson_runs();
        if self.lesson_runner.is_live() {
            self.saving.say("the run of the lesson was stopped".to_owned());
        }
        self.lesson_runner.stop();
        self.lesson_job = None;
        if let Some(LessonPage::Lesson(card)) = std::mem::replace(&mut self.lesson, page)
            && let Some((place, card)) = card.left()
        {
            self.left_lessons.insert(place, card);
        }
        self.layout.lesson.left_claim =
            self.left_lessons.get(&None).map(|card| card.lesson.claim().to_owned());
    }

    fn carry_out_on_program(&mut self, command: LessonCommand, ctx: &Context) {
        let is_free = self.why_no_lesson_run().is_none();
        let Some(LessonPage::Program(card)) = &mut self.lesson else { return };
        match command {
            LessonCommand::Again => card.reset(),
            LessonCommand::NextMethod => card.next_method(),
            // A run that is measured is not disturbed by more processes; one that has begun here goes on.
            _ if is_free || !card.is_at_rest() => card.step(self.lesson_runner.launch(), ctx),
            _ => {}
        }
    }

    /// Ends the program that is run step by step, and waits for that; for the end of this one.
    pub(super) fn end_program(&mut self) {
        if let Some(LessonPage::Program(card)) = &mut self.lesson {
            card.shut_down();
        }
    }

    fn begin_lesson(&mut self, ctx: &Context) {
        self.keep_noted_lesson_runs();
        self.with_card(LessonCard::begin);
        self.make_next_job(ctx);
    }

    /// Makes the next job in the background: it may have to ask for an interpreter.
    fn make_next_job(&mut self, ctx: &Context) {
        let Some(LessonPage::Lesson(card)) = &self.lesson else { return };
        if card.next_run().is_some() {
            let (lesson, place) = (card.lesson.clone(), card.runs.len());
            self.lesson_job = Some(Task::spawn("make the run of the lesson", ctx, move || lesson.job(place)));
        }
    }

    fn begin_handout(&mut self, ctx: &Context) {
        let Some(LessonPage::Lesson(card)) = &self.lesson else { return };
        let Some(reveal) = &card.reveal else { return };
        let titles = card.lesson.titles().into_iter().take(card.lesson.shown_runs());
        let page = card.lesson.handout(reveal, card.votes);
        let name = card.lesson.file_name();
        self.handout.begin(name, page, titles.zip(card.runs.iter().cloned()).collect(), ctx);
    }

    /// Takes the last run of the lesson that is shown into the setup: its first may only be what others are compared with.
    fn change_lesson(&mut self, ctx: &Context, now: Instant) -> Result<()> {
        let Some(LessonPage::Lesson(card)) = &self.lesson else { return Ok(()) };
        match card.lesson.clone() {
            // It stands in the setup as it is.
            LessonSource::File(lesson) if lesson.is_own => {}
            LessonSource::File(lesson) => {
                self.take_setup(lesson.setup.clone(), lesson.file.clone(), ctx, now)?;
            }
            LessonSource::Catalogue(lesson) => {
                let runs = lesson.runs();
                if let Some(run) = runs[..lesson.shown_runs().min(runs.len())].last() {
                    self.set_up_example(&run.example(usable_cores()), ctx, now)?;
                }
            }
        }
        self.leave_for_setup(ctx);
        let said = "Its last run is set up. To undo it: File, Back to the setup before. To go back to it: Ctrl+Shift+L.";
        self.saving.say(said.to_owned());
        Ok(())
    }

    fn leave_for_setup(&mut self, ctx: &Context) {
        self.present(false, ctx);
        self.show_page(None);
        self.layout.show_setup();
    }

    /// Takes what came of the run of the lesson that is on, and begins the next; once a frame.
    pub(super) fn follow_lesson(&mut self, ctx: &Context) {
        match self.handout.poll(ctx) {
            Ok(said) => said.into_iter().for_each(|said| self.saving.say(said)),
            Err(error) => self.complain(error),
        }
        let polled = self.lesson_runner.poll();
        let made = finished(&mut self.lesson_job).map(|done| done.and_then(|job| job));
        if let Some(LessonPage::Program(card)) = &mut self.lesson {
            card.poll(ctx);
        }
        let Some(LessonPage::Lesson(card)) = &mut self.lesson else { return };
        if card.step != LessonStep::Running {
            return;
        }
        let error = match (polled, made) {
            (Err(error), _) | (_, Some(Err(error))) => error,
            (Ok(()), Some(Ok(job))) => {
                card.await_run();
                return self.lesson_runner.start_measured(job, ctx);
            }
            (Ok(()), None) => return self.take_lesson_run(ctx),
        };
        card.show(Reveal::not_measured(error.to_string()));
    }

    fn take_lesson_run(&mut self, ctx: &Context) {
        let Some(LessonPage::Lesson(card)) = &mut self.lesson else { return };
        let over = self.lesson_runner.snapshot().filter(|run| run.log.is_finished());
        let Some(run) = over.filter(|_| card.awaits_run()).cloned() else { return };
        match &run.log.state {
            RunState::Finished(Ending::Broken(reason)) => {
                let reason = reason.lines().next().unwrap_or_default().to_owned();
                card.show(Reveal::not_measured(reason));
            }
            RunState::Finished(Ending::Stopped) => card.take(run, true, usable_cores()),
            _ => {
                card.take(run, false, usable_cores());
                self.make_next_job(ctx);
            }
        }
    }
}
