//! Setups and lessons to files and back. Whether what a file has brought may run is asked in `foreign`.

use std::path::{Path, PathBuf};
use std::time::Instant;

use egui::Context;

use super::PoolscopeApp;
use super::background::{Task, TaskFor, finished, finished_for};
use super::dialogs::{self, Choose, Chosen};
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

/// What is being saved or opened.
#[derive(Default)]
pub struct SetupFiles {
    choosing_place: Option<(ToSave, Task<Chosen>)>,
    /// Gives the fingerprint of what a person has saved that is their own.
    writing: TaskOfPath<Option<String>>,
    choosing_file: Option<Task<Chosen>>,
    reading: TaskOfPath<(PoolFile, Vec<String>)>,
    pub replaced: ReplacedSetup,
}

type TaskOfPath<T> = Option<TaskFor<PathBuf, T>>;

/// What is saved as soon as its place is chosen.
struct ToSave {
    file: PoolFile,
    /// No file has brought it.
    is_own: bool,
}

impl ToSave {
    fn write(self, place: &Path) -> Result<Option<String>> {
        let own = self.is_own.then(|| self.file.setup.fingerprint());
        self.file.write(place)?;
        Ok(own)
    }
}

impl SetupFiles {
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
            SetupCommand::SaveCode => self.save_code(ctx),
            SetupCommand::Allow(fingerprint) => self.foreign.allow(fingerprint),
            SetupCommand::Open | SetupCommand::Before => {}
        }
        Ok(())
    }

    fn save_as(&mut self, file: PoolFile, ctx: &Context) {
        if self.setup_files.choosing_place.is_none() && self.setup_files.writing.is_none() {
            let name = match &file.lesson {
                None => "setup".to_owned(),
                Some(text) if text.name.is_empty() => "lesson".to_owned(),
                Some(text) => text.name.clone(),
            };
            // What a person saves is their own, unless a file has brought it.
            let is_own = self.foreign.file.is_none() && file.lesson.is_none();
            let chosen = dialogs::choose(Choose::SavedSetup(name), ctx);
            self.setup_files.choosing_place = Some((ToSave { file, is_own }, chosen));
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
        if let Some((saved, chosen)) = finished_for(&mut self.setup_files.choosing_place)
            && let Some(path) = chosen?
        {
            let path = export::with_ending(path, POOL_ENDING);
            let place = path.clone();
            self.setup_files.writing =
                Some((path, Task::spawn("save the setup", ctx, move || saved.write(&place))));
        }
        let chosen = finished(&mut self.setup_files.choosing_file).map(|done| done.and_then(|chosen| chosen));
        if let Some(Some(path)) = chosen.transpose()? {
            self.recent.add(path.clone());
            self.setup_files.open(path, ctx);
        }
        if let Some((path, written)) = finished_for(&mut self.setup_files.writing) {
            // It may be run where it is opened again.
            written?.into_iter().for_each(|fingerprint| self.foreign.allow(fingerprint));
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
            app.foreign.file = saved.is_powerful().then_some(file);
            app.setup.error = None;
            saved.restore(&mut app.setup, now, ctx)
        })
    }
}
