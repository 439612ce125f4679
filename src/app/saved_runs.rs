//! Runs to files and back, and what a person asks of the runs that are kept.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::Context;

use super::PoolscopeApp;
use super::background::{Task, finished};
use super::command::Command;
use super::dialogs::{self, Choose, Chosen};
use crate::error::Result;
use crate::export::{self, OpenedRun, RUN_ENDING};
use crate::pool::RunSnapshot;

/// What is being saved or opened.
#[derive(Default)]
pub struct RunFiles {
    choosing_place: Option<(u32, Arc<RunSnapshot>, Task<Chosen>)>,
    saving: Option<(u32, PathBuf, Task<Result<()>>)>,
    choosing_file: Option<Task<Chosen>>,
    opening: Option<(PathBuf, Task<Result<OpenedRun>>)>,
}

/// What came of it.
pub enum RunFileNews {
    Saved { number: u32, path: PathBuf },
    Opened { path: PathBuf, run: Box<OpenedRun> },
}

impl RunFiles {
    /// Asks for a place, and saves this run there.
    pub fn save(&mut self, number: u32, run: &Arc<RunSnapshot>, ctx: &Context) {
        if self.choosing_place.is_none() && self.saving.is_none() {
            self.choosing_place = Some((number, Arc::clone(run), dialogs::choose(Choose::SavedRun, ctx)));
        }
    }

    /// Asks for a file, and opens it.
    pub fn choose(&mut self, ctx: &Context) {
        if self.choosing_file.is_none() {
            self.choosing_file = Some(dialogs::choose(Choose::OpenRun, ctx));
        }
    }

    /// Opens this file.
    pub fn open(&mut self, path: PathBuf, ctx: &Context) {
        let file = path.clone();
        self.opening = Some((path, Task::spawn("open the run", ctx, move || export::open_run(&file))));
    }

    /// What is going on, for the status bar.
    pub fn said(&self) -> Option<&'static str> {
        match (&self.saving, &self.opening) {
            (Some(_), _) => Some("saving the run…"),
            (_, Some(_)) => Some("opening the run…"),
            (None, None) => None,
        }
    }

    /// Takes what came of it; once a frame. The error says why nothing came of it.
    pub fn poll(&mut self, ctx: &Context) -> Result<Option<RunFileNews>> {
        if let Some((number, run, task)) = self.choosing_place.take() {
            let mut slot = Some(task);
            match finished(&mut slot).map(|done| done.and_then(|chosen| chosen)).transpose()? {
                None => self.choosing_place = slot.map(|task| (number, run, task)),
                Some(None) => {}
                Some(Some(path)) => self.write(number, run, export::with_ending(path, RUN_ENDING), ctx),
            }
        }
        if let Some(Some(path)) =
            finished(&mut self.choosing_file).map(|done| done.and_then(|chosen| chosen)).transpose()?
        {
            self.open(path, ctx);
        }
        if let Some((path, task)) = self.opening.take() {
            let mut slot = Some(task);
            match finished(&mut slot).map(|done| done.and_then(|opened| opened)).transpose()? {
                None => self.opening = slot.map(|task| (path, task)),
                Some(run) => return Ok(Some(RunFileNews::Opened { path, run: Box::new(run) })),
            }
        }
        if let Some((number, path, task)) = self.saving.take() {
            let mut slot = Some(task);
            match finished(&mut slot).map(|done| done.and_then(|saved| saved)).transpose()? {
                None => self.saving = slot.map(|task| (number, path, task)),
                Some(()) => return Ok(Some(RunFileNews::Saved { number, path })),
            }
        }
        Ok(None)
    }

    fn write(&mut self, number: u32, run: Arc<RunSnapshot>, path: PathBuf, ctx: &Context) {
        let place = path.clone();
        let task = Task::spawn("save the run", ctx, move || export::save_run(&run.log, &place));
        self.saving = Some((number, path, task));
    }
}

impl PoolscopeApp {
    pub(super) fn carry_out_on_files(&mut self, command: &Command, ctx: &Context) {
        let wanted = match command {
            Command::SaveRun(number) => self.kept.get(*number),
            Command::SaveShownRun => self.kept.shown(),
            _ => return self.run_files.choose(ctx),
        };
        if let Some((number, run)) = wanted.map(|kept| (kept.number, Arc::clone(&kept.run))) {
            self.run_files.save(number, &run, ctx);
        }
    }

    pub(super) fn carry_out_on_runs(&mut self, command: Command) {
        match command {
            Command::ShowRun(number) => {
                self.kept.show(number);
                self.show_other_run();
            }
            Command::CompareRun(number) => self.kept.toggle_beside(number),
            Command::EndComparison => self.kept.end_comparison(),
            Command::PinRun(number) => self.kept.toggle_pin(number),
            Command::RenameRun(number, name) => self.kept.rename(number, &name),
            Command::DeleteRun(number) => {
                self.kept.delete(number);
                self.show_other_run();
            }
            _ => {}
        }
    }

    /// Takes what came of runs to files and back; once a frame.
    pub(super) fn take_opened_run(&mut self, ctx: &Context) {
        match self.run_files.poll(ctx) {
            Ok(None) => {}
            Ok(Some(RunFileNews::Saved { number, path })) => {
                self.kept.note_saved(number, &path);
                self.saving.say(format!("the run is saved in {}", name_of(&path)));
            }
            Ok(Some(RunFileNews::Opened { path, run })) => {
                let notes = run.notes.join(" ");
                // A run that is on goes on, and stays what is shown.
                if !self.runner.is_live() {
                    self.show_other_run();
                }
                self.kept.open(*run, &path, !self.runner.is_live());
                self.layout.show_runs();
                let said = format!("{} is opened. {notes}", name_of(&path));
                self.saving.say(said.trim_end().to_owned());
            }
            Err(error) => {
                self.layout.show_setup();
                self.setup.error = Some(error);
            }
        }
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
