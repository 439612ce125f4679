//! How the window carries commands out.

use std::path::PathBuf;
use std::time::Instant;

use egui::{Context, ViewportCommand};

use super::PoolscopeApp;
use super::background::Task;
use super::command::Command;
use super::dialogs::{self, Choose};
use super::file_role::{FileRole, openable};
use super::help_command::HelpCommand;
use super::splits::Splits;
use super::state::SourceKind;
use crate::error::{Error, Result};
use crate::pool::Control;

impl PoolscopeApp {
    pub(super) fn carry_out_all(&mut self, ctx: &Context, now: Instant) {
        while let Ok(command) = self.received.try_recv() {
            if let Err(error) = self.carry_out(command, ctx, now) {
                self.complain(error);
            }
        }
    }

    fn carry_out(&mut self, command: Command, ctx: &Context, now: Instant) -> Result<()> {
        if self.waits_for_leave(&command, ctx) {
            return Ok(());
        }
        if let Some(control) = control(&command) {
            self.runner.ask(control);
            return Ok(());
        }
        match command {
            Command::Start => self.start(ctx),
            Command::Stop => self.runner.stop(),
            Command::RerunFailed => self.rerun_failed(ctx),
            Command::RunBoth => self.run_both(ctx),
            Command::StopTrial => self.trial.stop(),
            Command::SaveResults => {
                if let Some(run) = self.shown_run().filter(|run| run.log.is_finished()).cloned() {
                    self.saving.begin(&run, ctx);
                }
            }
            command @ (Command::SaveRun(_)
            | Command::SaveShownRun
            | Command::ExportShownRun
            | Command::OpenRun) => self.carry_out_on_files(&command, ctx),
            command @ (Command::ShowRun(_)
            | Command::CompareRun(_)
            | Command::EndComparison
            | Command::PinRun(_)
            | Command::RenameRun(..)
            | Command::DeleteRun(_)) => self.carry_out_on_runs(command, ctx),
            command @ (Command::TryOne
            | Command::OpenCode
            | Command::BrowseInterpreter
            | Command::ShowCodeLine(_)
            | Command::OpenFile
            | Command::OpenFolder
            | Command::LoadPaths(_)
            | Command::RunExample(_)
            | Command::UseSampleInputs
            | Command::TypeInputs
            | Command::SetMode(_)) => self.carry_out_on_setup(command, ctx, now)?,
            Command::Note(command) => self.carry_out_on_notes(command, ctx),
            Command::Lesson(command) => self.carry_out_on_lessons(command, ctx, now)?,
            Command::Setup(command) => self.carry_out_on_setup_files(command, ctx, now)?,
            command => self.carry_out_on_window(command, ctx),
        }
        Ok(())
    }

    /// What is to be run, and on what.
    fn carry_out_on_setup(&mut self, command: Command, ctx: &Context, now: Instant) -> Result<()> {
        match command {
            // The setup says beside the function why there is none.
            Command::TryOne if self.setup.function.spec().is_err() => self.layout.show_setup(),
            Command::TryOne => {
                let job = self.setup.trial(self.selected_row)?;
                self.trial.start(job, ctx);
            }
            Command::OpenCode if self.code_dialog.is_none() => {
                self.code_dialog = Some(dialogs::choose(Choose::Code, ctx));
            }
            Command::BrowseInterpreter if self.interpreter_dialog.is_none() => {
                self.interpreter_dialog = Some(dialogs::choose(Choose::Interpreter, ctx));
            }
            Command::ShowCodeLine(line) => {
                self.layout.show_setup();
                let shown = self.shown_run().cloned();
                self.setup.function.show_line(line, shown.as_ref().map(|run| &run.log), ctx);
            }
            Command::OpenFile => self.open_dialog(SourceKind::File, ctx),
            Command::OpenFolder => self.open_dialog(SourceKind::Folder, ctx),
            Command::LoadPaths(paths) => self.load_paths(paths, ctx)?,
            Command::RunExample(example) if !self.runner.is_live() => {
                self.set_up_example(example, ctx, now)?;
                // Behind a lesson nobody would see it run.
                self.show_page(None);
                self.starts_when_read = true;
            }
            Command::UseSampleInputs => {
                let samples = self.setup.function.sample_inputs();
                self.setup.inputs.type_text(samples, now, ctx);
            }
            Command::TypeInputs => {
                self.setup.inputs.kind = SourceKind::Typed;
                self.layout.focus_typed_field = true;
                self.layout.show_setup();
            }
            Command::SetMode(mode) => self.setup.settings.mode = mode,
            // A dialog that is open already, or an example while a pool is at work: disabled wherever it is shown, and a
            // key that was quicker does nothing.
            _ => {}
        }
        Ok(())
    }

    /// How it is shown.
    fn carry_out_on_window(&mut self, command: Command, ctx: &Context) {
        match command {
            Command::ToggleRuns => self.layout.toggle_runs(),
            Command::Enlarge(card) => {
                self.show_page(None);
                self.kept.end_comparison();
                self.layout.enlarge(ctx, card);
            }
            Command::ResetLayout => self.layout.splits = Splits::default(),
            Command::ToggleSetup => self.layout.toggle_setup(ctx),
            Command::SetTheme(preference) => {
                self.theme_preference = preference;
                ctx.set_theme(preference);
            }
            Command::ZoomIn => egui::gui_zoom::zoom_in(ctx),
            Command::ZoomOut => egui::gui_zoom::zoom_out(ctx),
            Command::ZoomReset => ctx.set_zoom_factor(1.0),
            Command::Help(HelpCommand::Guide) if self.lesson.is_some() => {
                self.layout.show_guide_at("lessons")
            }
            Command::Help(command) => self.layout.show_help(command),
            Command::ShowDeath(number) => self.layout.death = Some(number),
            Command::ShowLastDeath => self.layout.death = self.last_death(),
            Command::HideDeath => self.layout.death = None,
            Command::SelectRow(index) => self.selected_row = Some(index),
            Command::ClearSelection => self.selected_row = None,
            Command::ChooseWorker(worker) => self.layout.chosen_worker = worker,
            Command::CopyText(text) => ctx.copy_text(text),
            Command::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
            _ => {}
        }
    }

    fn start(&mut self, ctx: &Context) {
        if self.runner.is_live() {
            return;
        }
        self.setup.follow_function(ctx);
        self.show_page(None);
        let Ok(job) = self.setup.job() else {
            // The setup says beside its button why not: it only has to be seen.
            self.layout.show_setup();
            return;
        };
        self.forget_last_run();
        self.runner.start(job, ctx);
    }

    /// Runs again what has no output, with the pool as it is set up now: a longer timeout may be all that was missing.
    fn rerun_failed(&mut self, ctx: &Context) {
        if Command::RerunFailed.is_possible(self.situation()) {
            let settings = self.setup.rules.in_settings(self.setup.settings).ok();
            self.forget_last_run();
            self.runner.rerun(settings, ctx);
        }
    }

    pub(super) fn forget_last_run(&mut self) {
        self.setup.error = None;
        self.kept.show_newest();
        self.show_other_run();
    }

    /// What was chosen belongs to the run that was shown.
    pub(super) fn show_other_run(&mut self) {
        self.selected_row = None;
        self.layout.death = None;
        self.layout.chosen_worker = None;
        self.saving.forget();
    }

    fn last_death(&self) -> Option<u64> {
        self.shown_run()?.log.deaths.len().checked_sub(1)
    }

    fn open_dialog(&mut self, kind: SourceKind, ctx: &Context) {
        let what = if kind == SourceKind::Folder { Choose::Folder } else { Choose::File };
        if self.dialog.is_none() {
            self.dialog = Some((kind, dialogs::choose(what, ctx)));
        }
    }

    fn load_path(&mut self, path: PathBuf, ctx: &Context) {
        self.recent.add(path.clone());
        self.setup.error = None;
        match FileRole::of(&path) {
            FileRole::Run => self.run_files.open(path, ctx),
            FileRole::Setup => self.open_setup(path, ctx),
            FileRole::Code => self.open_code(path, ctx),
            FileRole::Inputs => {
                self.layout.leave_runs();
                self.looking_at = Some(Task::spawn("look at the path", ctx, move || {
                    let is_folder = path.is_dir();
                    (path, is_folder)
                }));
            }
        }
    }

    /// Opens what came together; the error names what was not opened.
    fn load_paths(&mut self, paths: Vec<PathBuf>, ctx: &Context) -> Result<()> {
        let (opened, left_out) = openable(paths);
        opened.into_iter().for_each(|path| self.load_path(path, ctx));
        let Some((path, before)) = left_out else { return Ok(()) };
        let reason = format!("{} came with it, and only one of them can be used at a time", before.display());
        Err(Error::usage(format!("open {}", path.display()), reason))
    }
}

/// What a command asks of the pool that runs; nothing where it is for the window.
fn control(command: &Command) -> Option<Control> {
    Some(match *command {
        Command::StopSoon => Control::StopSoon,
        Command::Pause => Control::Pause,
        Command::Resume => Control::Resume,
        Command::SetWorkers(count) => Control::SetWorkers(count),
        Command::KillWorker(worker) => Control::Kill { worker },
        Command::InjectFault(worker, fault) => Control::Inject { worker, fault },
        Command::SuspendWorker(worker) => Control::Suspend { worker },
        Command::WakeWorker(worker) => Control::Wake { worker },
        Command::ShowStack(worker) => Control::Stack { worker },
        _ => return None,
    })
}
