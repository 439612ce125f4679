//! Setups and lessons to files and back, and the question before something runs that a file has brought.

use std::path::PathBuf;
use std::time::Instant;

use egui::Context;

use super::PoolscopeApp;
use super::background::{Task, TaskFor, finished, finished_for};
use super::command::Command;
use super::dialogs::{self, Choose, Chosen};
use super::foreign::ForeignQuestion;
use super::lesson_command::LessonCommand;
use super::replaced_setup::ReplacedSetup;
use super::saved_runs::name_of;
use super::setup_command::SetupCommand;
use super::state::{
    FileLesson, LessonCard, LessonPage, LessonSource, POOL_ENDING, PoolFile, SavedSetup, Setup,
};
use crate::error::Result;
use crate::export;
use crate::lessons::LESSONS;
use crate::monitor::usable_cores;

/// So many functions that were allowed to run are remembered.
const MOST_ALLOWED: usize = 200;

/// What is being saved or opened, and what may be run.
#[derive(Default)]
pub struct SetupFiles {
    choosing_place: Option<(PoolFile, Task<Chosen>)>,
    writing: TaskOfPath<()>,
    choosing_file: Option<Task<Chosen>>,
    reading: TaskOfPath<(PoolFile, Vec<String>)>,
    /// The file that brought what is set up, where nobody has allowed that to run.
    pub foreign: Option<String>,
    /// What a person has allowed to run, or has saved: see [`SavedSetup::fingerprint`].
    pub allowed: Vec<String>,
    pub replaced: ReplacedSetup,
}

type TaskOfPath<T> = Option<TaskFor<PathBuf, T>>;

impl SetupFiles {
    fn allow(&mut self, fingerprint: String) {
        self.allowed.retain(|other| *other != fingerprint);
        self.allowed.push(fingerprint);
        let too_many = self.allowed.len().saturating_sub(MOST_ALLOWED);
        self.allowed.drain(..too_many);
    }

    fn open(&mut self, path: PathBuf, ctx: &Context) {
        let file = path.clone();
        self.reading = Some((path, Task::spawn("open the setup", ctx, move || PoolFile::read(&file))));
    }
}

impl PoolscopeApp {
    pub(super) fn carry_out_on_setup_files(
        &mut self,
        command: SetupCommand,
        ctx: &Context,
        now: Instant,
    ) -> Result<()> {
        match command {
            SetupCommand::Before if !self.runner.is_live() => return self.set_up_as_before(ctx, now),
            SetupCommand::Open if self.setup_files.choosing_file.is_none() => {
                self.setup_files.choosing_file = Some(dialogs::choose(Choose::OpenSetup, ctx));
            }
            SetupCommand::Save => {
                self.save_as(PoolFile::new(SavedSetup::with_code(&self.setup), None), ctx);
            }
            SetupCommand::Allow(fingerprint) => self.setup_files.allow(fingerprint),
            SetupCommand::Open | SetupCommand::Before => {}
        }
        Ok(())
    }

    fn save_as(&mut self, file: PoolFile, ctx: &Context) {
        // What a person saves is their own, unless a file has brought it.
        if self.setup_files.foreign.is_none() && file.lesson.is_none() {
            self.setup_files.allow(file.setup.fingerprint());
        }
        if self.setup_files.choosing_place.is_none() && self.setup_files.writing.is_none() {
            let name = match &file.lesson {
                None => "setup".to_owned(),
                Some(text) if text.name.is_empty() => "lesson".to_owned(),
                Some(text) => text.name.clone(),
            };
            self.setup_files.choosing_place = Some((file, dialogs::choose(Choose::SavedSetup(name), ctx)));
        }
    }

    /// Saves the lesson that is shown.
    pub(super) fn save_lesson(&mut self, ctx: &Context) -> Result<()> {
        if let Some(file) = self.file_of_lesson(ctx)? {
            self.save_as(file, ctx);
        }
        Ok(())
    }

    /// The lesson that is shown, for a file.
    fn file_of_lesson(&self, ctx: &Context) -> Result<Option<PoolFile>> {
        let Some(LessonPage::Lesson(card)) = &self.lesson else { return Ok(None) };
        let setup = match &card.lesson {
            LessonSource::File(lesson) => lesson.setup.clone(),
            LessonSource::Catalogue(lesson) => {
                let mut setup = Setup::new(usable_cores())?;
                if let Some(run) = lesson.runs().last() {
                    setup.load_example(&run.example(usable_cores()), Instant::now(), ctx)?;
                }
                SavedSetup::with_code(&setup)
            }
        };
        Ok(Some(PoolFile::new(setup, Some(card.text()))))
    }

    /// Opens a setup or lesson.
    pub(super) fn open_setup(&mut self, path: PathBuf, ctx: &Context) {
        self.setup_files.open(path, ctx);
    }

    /// Takes what came of setups to files and back; once a frame.
    pub(super) fn follow_setup_files(&mut self, ctx: &Context, now: Instant) {
        if let Err(error) = self.take_setup_files(ctx, now) {
            self.complain(error);
        }
    }

    fn take_setup_files(&mut self, ctx: &Context, now: Instant) -> Result<()> {
        if let Some((file, chosen)) = finished_for(&mut self.setup_files.choosing_place)
            && let Some(path) = chosen?
        {
            let path = export::with_ending(path, POOL_ENDING);
            let place = path.clone();
            self.setup_files.writing =
                Some((path, Task::spawn("save the setup", ctx, move || file.write(&place))));
        }
        let chosen = finished(&mut self.setup_files.choosing_file).map(|done| done.and_then(|chosen| chosen));
        if let Some(Some(path)) = chosen.transpose()? {
            self.recent.add(path.clone());
            self.setup_files.open(path, ctx);
        }
        if let Some((path, written)) = finished_for(&mut self.setup_files.writing) {
            written?;
            self.recent.add(path.clone());
            self.saving.say(format!("{} is written", name_of(&path)));
        }
        if let Some((path, read)) = finished_for(&mut self.setup_files.reading) {
            let (file, said) = read?;
            let name = name_of(&path);
            self.saving.say(format!("{name} is opened. {}", said.join(" ")));
            self.take_file(file, name, ctx, now)?;
        }
        Ok(())
    }

    fn take_file(&mut self, file: PoolFile, name: String, ctx: &Context, now: Instant) -> Result<()> {
        let Some(text) = &file.lesson else {
            self.lesson = None;
            self.layout.leave_runs();
            return self.take_setup(file.setup, name, ctx, now);
        };
        let of_catalogue = Some(&text.name).filter(|name| !name.is_empty());
        let known = of_catalogue.and_then(|name| LESSONS.iter().find(|lesson| lesson.name == *name));
        let votes = text.votes;
        let source = match (known, FileLesson::of(file, name)) {
            (Some(lesson), _) => LessonSource::Catalogue(lesson),
            (None, Some(lesson)) => LessonSource::File(lesson.into()),
            (None, None) => return Ok(()),
        };
        let mut card = LessonCard::of(source);
        (card.votes, card.has_votes_of_file) = (votes, votes != [0; 3]);
        self.show_page(Some(LessonPage::Lesson(card)));
        Ok(())
    }

    /// Makes the setup what a file holds; before that is run for the first time, a person is asked.
    pub(super) fn take_setup(
        &mut self,
        saved: SavedSetup,
        file: String,
        ctx: &Context,
        now: Instant,
    ) -> Result<()> {
        self.replace_setup(|app| {
            app.setup_files.foreign = saved.is_powerful().then_some(file);
            app.setup.error = None;
            saved.restore(&mut app.setup, now, ctx)
        })
    }

    /// Whether a command has to wait for a person's answer: it would run what a file has brought. The question is asked then.
    pub(super) fn asks_before(&mut self, command: &Command) -> bool {
        let (file, setup) = match command {
            Command::Lesson(LessonCommand::Run) => match &self.lesson {
                Some(LessonPage::Lesson(LessonCard { lesson: LessonSource::File(lesson), .. }))
                    if lesson.setup.is_powerful() =>
                {
                    // What is set up is the person's own, unless a file has brought it.
                    let brought = if lesson.is_own {
                        self.setup_files.foreign.clone()
                    } else {
                        Some(lesson.file.clone())
                    };
                    let Some(file) = brought else { return false };
                    (file, lesson.setup.clone())
                }
                _ => return false,
            },
            Command::Start | Command::RunBoth | Command::TryOne => {
                let Some(file) = &self.setup_files.foreign else { return false };
                (file.clone(), SavedSetup::with_code(&self.setup))
            }
            _ => return false,
        };
        let fingerprint = setup.fingerprint();
        if !setup.is_powerful() || self.setup_files.allowed.contains(&fingerprint) {
            return false;
        }
        let what = setup.shown_function();
        self.layout.ask(ForeignQuestion { file, what, fingerprint, then: command.clone() });
        true
    }
}
