//! Runs to files and back, and what a person asks of the runs that are kept.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use egui::Context;

use super::PoolscopeApp;
use super::background::{Task, TaskFor, finished, finished_for};
use super::command::Command;
use super::dialogs::{self, Choose, Chosen};
use super::known_files::{FileState, KnownFiles, check_unchanged};
use super::session_folder::SessionFolder;
use super::state::{KeptRun, StoredRun};
use crate::analysis::{Ledger, RunFigures};
use crate::error::{Error, Result};
use crate::export::{self, OpenedRun, RUN_ENDING};
use crate::monitor::{Machine, MachineHistory};
use crate::pool::{Margin, RunLog, RunSnapshot};

/// What is being saved or opened.
#[derive(Default)]
pub struct RunFiles {
    choosing_place: Option<(Wanted, Task<Chosen>)>,
    saving: Option<TaskFor<(Wanted, PathBuf), Option<FileState>>>,
    choosing_file: Option<Task<Chosen>>,
    opening: Option<TaskFor<Opening, (OpenedRun, Option<FileState>)>>,
    /// What is opened after that: several files may be dropped at once.
    to_be_opened: VecDeque<Opening>,
    /// The files that were opened and saved, as they were then.
    known: KnownFiles,
    /// The run that is leaving the memory.
    storing: Option<TaskFor<u32, PathBuf>>,
    /// Where such runs are; gone with the window.
    folder: Arc<OnceLock<SessionFolder>>,
}

/// A file that is being opened.
struct Opening {
    path: PathBuf,
    /// The run of this session that stands in it.
    number: Option<u32>,
    /// A person wants it saved elsewhere, for which it has to be in memory.
    is_to_be_saved: bool,
}

/// A run that is to be written to a file.
struct Wanted {
    number: u32,
    title: String,
    run: Arc<RunSnapshot>,
    /// Not to be opened again, but in a form for others.
    is_export: bool,
    /// The machine that it ran on; nothing where that is this one.
    ran_on: Option<Machine>,
    /// What that did meanwhile.
    history: Option<MachineHistory>,
}

/// What came of it.
pub enum RunFileNews {
    Saved { number: u32, path: PathBuf, margin: Margin },
    Exported { path: PathBuf },
    Opened { path: PathBuf, run: Box<OpenedRun> },
    BroughtBack { number: u32, run: Box<OpenedRun>, is_to_be_saved: bool },
}

impl RunFiles {
    /// Asks for a place, and saves this run there; or exports it, in the form that the ending of the name says.
    pub fn save(&mut self, kept: &KeptRun, is_export: bool, ctx: &Context) {
        if self.choosing_place.is_none() && self.saving.is_none() {
            let (number, title, run) = (kept.number, kept.title(), Arc::clone(&kept.run));
            let (ran_on, history) = (kept.ran_on.clone(), kept.machine_history());
            let what = if is_export { Choose::Export } else { Choose::SavedRun };
            let wanted = Wanted { number, title, run, is_export, ran_on, history };
            self.choosing_place = Some((wanted, dialogs::choose(what, ctx)));
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
        self.read(Opening { path, number: None, is_to_be_saved: false }, ctx);
    }

    fn read(&mut self, opening: Opening, ctx: &Context) {
        if self.opening.is_some() {
            return self.to_be_opened.push_back(opening);
        }
        let file = opening.path.clone();
        let read = move || {
            // Before it is read: what is written meanwhile is a change.
            let state = FileState::of(&file);
            Ok((export::open_run(&file)?, state))
        };
        self.opening = Some((opening, Task::spawn("open the run", ctx, read)));
    }

    /// Reads a run of this session from the disk again.
    pub fn bring_back(&mut self, stored: &StoredRun, is_to_be_saved: bool, ctx: &Context) {
        let (path, number) = (stored.file.clone(), Some(stored.number));
        self.read(Opening { path, number, is_to_be_saved }, ctx);
    }

    /// Writes a run that leaves the memory to the disk, one after the other, and gives the number and the file of the one
    /// that was written; once a frame.
    pub fn store(&mut self, leaving: Option<&KeptRun>, ctx: &Context) -> Option<(u32, Result<PathBuf>)> {
        if let (None, Some(kept)) = (&self.storing, leaving) {
            let (number, run, folder) = (kept.number, Arc::clone(&kept.run), Arc::clone(&self.folder));
            let (ran_on, history) = (kept.ran_on.clone(), kept.machine_history());
            let work = move || {
                let path = place_of(number, &folder)?;
                export::save_run(&run.log, &ran_on.unwrap_or_else(Machine::here), history.as_ref(), &path)?;
                Ok(path)
            };
            self.storing = Some((number, Task::spawn("put an older run on the disk", ctx, work)));
        }
        finished_for(&mut self.storing)
    }

    /// What is going on, for the status bar.
    pub fn said(&self) -> Option<&'static str> {
        match (&self.saving, &self.opening) {
            (Some(_), _) => Some("writing the run…"),
            (_, Some(_)) => Some("opening the run…"),
            (None, None) => None,
        }
    }

    /// Takes what came of it; once a frame. The error says why nothing came of it.
    pub fn poll(&mut self, ctx: &Context) -> Result<Option<RunFileNews>> {
        if let Some((wanted, chosen)) = finished_for(&mut self.choosing_place)
            && let Some(path) = chosen?
        {
            self.write(wanted, path, ctx);
        }
        if let Some(Some(path)) =
            finished(&mut self.choosing_file).map(|done| done.and_then(|chosen| chosen)).transpose()?
        {
            self.open(path, ctx);
        }
        if let Some((Opening { path, number, is_to_be_saved }, opened)) = finished_for(&mut self.opening) {
            if let Some(next) = self.to_be_opened.pop_front() {
                self.read(next, ctx);
            }
            let (run, state) = opened?;
            let run = Box::new(run);
            self.known.remember(&path, state);
            return Ok(Some(match number {
                Some(number) => RunFileNews::BroughtBack { number, run, is_to_be_saved },
                None => RunFileNews::Opened { path, run },
            }));
        }
        if let Some(((wanted, path), saved)) = finished_for(&mut self.saving) {
            let state = saved?;
            self.known.remember(&path, state);
            return Ok(Some(match wanted.is_export {
                true => RunFileNews::Exported { path },
                false => {
                    let margin = wanted.run.log.margin.clone();
                    RunFileNews::Saved { number: wanted.number, path, margin }
                }
            }));
        }
        Ok(None)
    }

    fn write(&mut self, wanted: Wanted, path: PathBuf, ctx: &Context) {
        let ending = if wanted.is_export { "html" } else { RUN_ENDING };
        let path = export::with_ending(path, ending);
        let (place, run, title) = (path.clone(), Arc::clone(&wanted.run), wanted.title.clone());
        let ran_on = wanted.ran_on.clone();
        let machine = move || ran_on.unwrap_or_else(Machine::here);
        let task = match wanted.is_export {
            true => Task::spawn("export the run", ctx, move || {
                export_run(&title, &run.log, &machine(), &place).map(|()| None)
            }),
            false => {
                let (last, history) = (self.known.last(&place), wanted.history.clone());
                Task::spawn("save the run", ctx, move || {
                    check_unchanged(&place, last)?;
                    export::save_run(&run.log, &machine(), history.as_ref(), &place)?;
                    Ok(FileState::of(&place))
                })
            }
        };
        self.saving = Some(((wanted, path), task));
    }
}

/// The place of a run in the folder of this session, which is made for the first; only this user can read there.
fn place_of(number: u32, folder: &OnceLock<SessionFolder>) -> Result<PathBuf> {
    let failed = |error: std::io::Error| Error::io("make a folder for older runs", error.to_string());
    if folder.get().is_none() {
        // One that another thread has made meanwhile is taken; this one is removed again.
        let _ = folder.set(SessionFolder::make().map_err(failed)?);
    }
    let folder = folder.get().ok_or_else(|| failed(std::io::ErrorKind::NotFound.into()))?;
    Ok(folder.join(&format!("{number}.{RUN_ENDING}")))
}

/// Writes a run in the form that the ending of the name says.
fn export_run(title: &str, log: &RunLog, machine: &Machine, path: &Path) -> Result<()> {
    let ledger = || Ledger::of(log, log.last_row_ns);
    let figures = || [RunFigures::of(title, log, &ledger())];
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    match ending.as_str() {
        "html" | "htm" => export::write_whole(path, |out| export::write_report(log, &ledger(), machine, out)),
        "json" => export::write_whole(path, |out| export::write_trace(log, out)),
        "md" => export::write_whole(path, |out| export::write_markdown(&figures(), out)),
        "csv" => export::write_whole(path, |out| export::write_runs_csv(&figures(), out)),
        "py" => {
            let program = export::equivalent_python(&log.plan.job)?;
            export::write_whole(path, |out| out.write_all(program.as_bytes()))
        }
        _ => {
            let reason = "its name has to end in .html (a report), .json (a trace), .py (a program that does the same), .md or .csv (its figures)";
            Err(Error::usage(format!("write {}", path.display()), reason))
        }
    }
}

impl PoolscopeApp {
    /// The run that the views are of: the newest, or an older one that a person has chosen.
    pub(super) fn shown_run(&self) -> Option<&Arc<RunSnapshot>> {
        match self.kept.shown() {
            Some(kept) => Some(&kept.run),
            None => self.runner.snapshot(),
        }
    }

    pub(super) fn shows_newest(&self) -> bool {
        self.runner.snapshot().is_some_and(|newest| self.kept.shows(&newest.log))
    }

    pub(super) fn carry_out_on_files(&mut self, command: &Command, ctx: &Context) {
        let wanted = match command {
            Command::SaveRun(number) => match self.kept.stored().iter().find(|run| run.number == *number) {
                Some(stored) => return self.run_files.bring_back(stored, true, ctx),
                None => self.kept.get(*number),
            },
            Command::SaveShownRun | Command::ExportShownRun => self.kept.shown(),
            Command::OpenRun => return self.run_files.choose(ctx),
            _ => None,
        };
        if let Some(kept) = wanted {
            self.run_files.save(kept, *command == Command::ExportShownRun, ctx);
        }
    }

    pub(super) fn carry_out_on_runs(&mut self, command: Command, ctx: &Context) {
        match command {
            Command::ShowRun(number) => match self.kept.stored().iter().find(|run| run.number == number) {
                Some(stored) => self.run_files.bring_back(stored, false, ctx),
                None => {
                    self.kept.show(number);
                    self.show_other_run();
                }
            },
            Command::CompareRun(number) => self.kept.toggle_beside(number),
            Command::EndComparison => self.kept.end_comparison(),
            Command::PinRun(number) => self.kept.toggle_pin(number),
            Command::RenameRun(number, name) => self.kept.rename(number, &name),
            Command::DeleteRun(number) => {
                let is_shown = self.kept.shown().is_some_and(|kept| kept.number == number);
                self.kept.delete(number);
                if is_shown {
                    self.show_other_run();
                }
            }
            _ => {}
        }
    }

    /// A file has one run: where two are shown, what is said of it says which.
    fn with_the_other(&self, said: String) -> String {
        match self.kept.shown().zip(self.kept.beside()) {
            Some((shown, other)) => {
                format!("{said}: “{}”; “{}” is saved from the list of runs", shown.title(), other.title())
            }
            None => said,
        }
    }

    /// Takes what came of runs to files and back; once a frame.
    pub(super) fn take_opened_run(&mut self, ctx: &Context) {
        match self.run_files.poll(ctx) {
            Ok(None) => {}
            Ok(Some(RunFileNews::Saved { number, path, margin })) => {
                self.kept.set_saved(number, &path, &margin);
                let said = format!("the run is saved in {}", name_of(&path));
                self.saving.say(self.with_the_other(said));
            }
            Ok(Some(RunFileNews::Exported { path })) => {
                let said = format!("{} is written", name_of(&path));
                self.saving.say(self.with_the_other(said));
            }
            Ok(Some(RunFileNews::BroughtBack { number, run, is_to_be_saved })) => {
                if !self.runner.is_live() {
                    self.show_other_run();
                }
                self.kept.bring_back(number, *run, !self.runner.is_live());
                if let Some(kept) = self.kept.get(number).filter(|_| is_to_be_saved) {
                    self.run_files.save(kept, false, ctx);
                }
            }
            Ok(Some(RunFileNews::Opened { path, run })) => {
                self.recent.add(path.clone());
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
            Err(error) => self.complain(error),
        }
        if let Some((number, stored)) = self.run_files.store(self.kept.leaving(), ctx) {
            if let Err(error) = &stored {
                tracing::warn!("{error}");
            }
            self.kept.set_stored(number, stored.ok().as_deref());
        }
    }
}

/// The name of a file, for what is said of it.
pub(super) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
