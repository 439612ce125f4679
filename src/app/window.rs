//! The program behind the window: what it knows, what it does once a frame, and how it carries commands out.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc;
use std::time::Instant;

use egui::{Context, KeyboardShortcut, ThemePreference, Ui, Vec2, ViewportCommand};

use super::background::{Task, finished, finished_for};
use super::card_picture::CardPicture;
use super::code_saving::CodeSaving;
use super::command::{self, Command, CommandSender, Situation};
use super::compare::{CompareView, beside};
use super::dialogs::Chosen;
use super::event_order::EventOrder;
use super::foreign::Foreign;
use super::handout::HandoutSaving;
use super::layout::Layout;
use super::machine_watch::MachineWatch;
use super::repaint_rate::RepaintRate;
use super::rescue;
use super::saved_runs::RunFiles;
use super::saving::Saving;
use super::setup_files::SetupFiles;
use super::state::{
    KeptRuns, LessonCard, LessonPage, Origin, Phase, RecentPaths, Runner, Setup, SourceKind, TwinRun,
    VerdictOfRun,
};
use super::theme_choice::desktop_theme;
use super::{theme, widgets};
use crate::error::{Error, Result};
use crate::monitor::usable_cores;
use crate::pool::{Job, Launch};

/// The window gets no smaller than this.
pub const MIN_SIZE: Vec2 = Vec2::new(700.0, 500.0);

/// The program.
pub struct PoolscopeApp {
    pub(super) setup: Setup,
    /// The job that the setup makes in this frame, or why it makes none.
    pub(super) job: Result<Job>,
    pub(super) runner: Runner,
    /// The function called once, apart from any run.
    pub(super) trial: Runner,
    pub(super) layout: Layout,
    pub(super) selected_row: Option<u64>,
    pub(super) commands: CommandSender,
    pub(super) received: mpsc::Receiver<Command>,
    pub(super) dialog: Option<(SourceKind, Task<Chosen>)>,
    pub(super) code_dialog: Option<Task<Chosen>>,
    pub(super) interpreter_dialog: Option<Task<Chosen>>,
    pub(super) saving: Saving,
    pub(super) card_picture: CardPicture,
    pub(super) kept: KeptRuns,
    pub(super) recent: RecentPaths,
    pub(super) compare: CompareView,
    pub(super) run_files: RunFiles,
    pub(super) setup_files: SetupFiles,
    pub(super) foreign: Foreign,
    pub(super) code_saving: CodeSaving,
    /// Which of the lessons is shown, where one is.
    pub(super) lesson: Option<LessonPage>,
    /// Lessons that were left, by their places: what was predicted and shown in them.
    /// By their places in the catalogue; under none that of a file, or of what was set up.
    pub(super) left_lessons: BTreeMap<Option<usize>, LessonCard>,
    /// The run of the lesson that is on.
    pub(super) lesson_runner: Runner,
    /// Its page to hand out, for which a place is being chosen, or which is being written.
    pub(super) handout: HandoutSaving,
    /// The next of its jobs, which is being made.
    pub(super) lesson_job: Option<Task<Result<Job>>>,
    /// The job that is being run in both modes.
    pub(super) twin: Option<TwinRun>,
    pub(super) verdict: VerdictOfRun,
    /// Finds out whether a path is a folder.
    pub(super) looking_at: Option<Task<(PathBuf, bool)>>,
    pub(super) theme_preference: ThemePreference,
    desktop_theme: Option<Task<Option<egui::Theme>>>,
    pub(super) machine: MachineWatch,
    /// How often the window is drawn where nothing is measured.
    pub(super) repaint_rate: RepaintRate,
    pub(super) title: String,
    /// The window closes and asks nothing any more: a person has said so, or the system ends it.
    pub(super) closes_unasked: Arc<AtomicBool>,
    /// Start as soon as the inputs and the code of an example are read.
    pub(super) starts_when_read: bool,
    event_order: EventOrder,
    /// Frames in which the window is still made to fit its screen.
    frames_to_fit: u32,
}

impl PoolscopeApp {
    /// A window with nothing started; `path` is taken as inputs.
    pub fn new(
        ctx: &Context,
        launch: Launch,
        path: Option<PathBuf>,
        theme_preference: ThemePreference,
        repaint_rate: RepaintRate,
    ) -> Result<Self> {
        theme::apply(ctx);
        ctx.set_theme(theme_preference);
        repaint_rate.hold_in(ctx);
        let (commands, received) = command::channel(ctx);
        if let Some(path) = path {
            commands.send(Command::LoadPaths(vec![path]));
        }
        let mut setup = Setup::new(usable_cores())?;
        Ok(Self {
            job: setup.job(),
            setup,
            trial: Runner::new(launch.clone()),
            lesson_runner: Runner::new(launch.clone()),
            lesson: None,
            left_lessons: BTreeMap::new(),
            lesson_job: None,
            handout: HandoutSaving::default(),
            runner: Runner::new(launch),
            layout: Layout::default(),
            selected_row: None,
            commands,
            received,
            dialog: None,
            code_dialog: None,
            interpreter_dialog: None,
            saving: Saving::default(),
            card_picture: CardPicture::default(),
            kept: KeptRuns::default(),
            recent: RecentPaths::default(),
            compare: CompareView::default(),
            run_files: RunFiles::default(),
            setup_files: SetupFiles::default(),
            foreign: Foreign::default(),
            code_saving: CodeSaving::default(),
            twin: None,
            verdict: VerdictOfRun::default(),
            looking_at: None,
            theme_preference,
            desktop_theme: Some(Task::spawn("ask for the desktop's colours", ctx, desktop_theme)),
            machine: MachineWatch::start(ctx),
            repaint_rate,
            title: String::new(),
            closes_unasked: Arc::default(),
            starts_when_read: false,
            event_order: EventOrder::default(),
            frames_to_fit: 20,
        })
    }

    /// Says something that must be known before anything else is done.
    pub fn say(&mut self, notice: Option<String>) {
        if notice.is_some() {
            self.layout.show_setup();
        }
        self.setup.notice = notice;
    }

    /// Shows why something that was asked for could not be done.
    pub(super) fn complain(&mut self, error: Error) {
        self.layout.show_setup();
        self.setup.error = Some(error);
    }

    pub(super) fn situation(&self) -> Situation {
        let of_newest = self.runner.situation();
        let shown = self.shown_run().map(|run| &run.log);
        Situation {
            is_trying: self.trial.is_live(),
            is_comparing: self.kept.beside().is_some(),
            has_code_to_save: self.setup.function.has_code_to_save(),
            has_setup_before: self.setup_files.replaced.is_there(),
            has_run: self.run_to_note().is_some(),
            // What an older run has left undone was done with another setup, or is of somebody else.
            has_undone: of_newest.has_undone && self.shows_newest(),
            has_deaths: shown.is_some_and(|log| !log.deaths.is_empty()),
            has_results: shown.is_some_and(|log| log.is_finished() && log.counts.total > 0),
            ..of_newest
        }
    }

    /// How far the run that is shown is; "ready" as soon as the setup has become another one than that which ran.
    pub(super) fn phase(&self) -> Phase {
        match (self.runner.phase(), self.shown_run()) {
            (phase, None) => phase,
            (phase, _) if phase.is_live() => phase,
            (_, Some(run)) if !self.setup.is_that_of(&run.log) => Phase::Ready,
            (_, Some(run)) => Phase::of(&run.log),
        }
    }

    fn take_news(&mut self, ctx: &Context, now: Instant) {
        self.setup.poll(now, ctx);
        for polled in [self.runner.poll(), self.trial.poll(), self.saving.poll(ctx)] {
            polled.unwrap_or_else(|error| self.complain(error));
        }
        if let Some(run) = self.saving.take_saved() {
            self.kept.set_rows_saved(&run);
        }
        match self.card_picture.poll(ctx) {
            Ok(said) => said.into_iter().for_each(|said| self.saving.say(said)),
            Err(error) => self.complain(error),
        }
        self.kept.follow(self.runner.snapshot(), self.machine.newest());
        self.take_opened_run(ctx);
        self.follow_setup_files(ctx, now);
        self.follow_leave();
        self.follow_code_saving(ctx);
        self.follow_twin(ctx);
        self.follow_lesson(ctx);
        self.keep_noted_left_run();
        self.compare.follow(beside(self.kept.shown(), self.kept.beside()), ctx);
        let ran_on = self.kept.shown().and_then(|kept| kept.ran_on.clone());
        self.verdict.follow(self.shown_run().cloned().as_ref(), ran_on.as_ref(), ctx);
        rescue::show(self.runner.snapshot());
        self.take_chosen_code(ctx);
        self.take_chosen_path(ctx);
        self.take_chosen_interpreter(ctx);
        match finished(&mut self.looking_at) {
            None => {}
            Some(Ok((path, is_folder))) => self.setup.inputs.load(Origin::Path(path), is_folder, ctx),
            Some(Err(error)) => self.complain(error),
        }
        if let Some(Ok(Some(ground))) = finished(&mut self.desktop_theme) {
            ctx.options_mut(|options| options.fallback_theme = ground);
        }
        self.follow_machine(now);
    }

    fn take_chosen_path(&mut self, ctx: &Context) {
        match finished_for(&mut self.dialog) {
            None | Some((_, Ok(None))) => {}
            Some((kind, Ok(Some(path)))) => {
                self.layout.leave_runs();
                self.recent.add(path.clone());
                self.setup.inputs.load(Origin::Path(path), kind == SourceKind::Folder, ctx)
            }
            Some((kind, Err(error))) => {
                self.setup.inputs.kind = kind;
                self.complain(error);
                self.layout.focus_path_field = true;
            }
        }
    }

    fn take_chosen_code(&mut self, ctx: &Context) {
        match finished(&mut self.code_dialog).map(|done| done.and_then(|chosen| chosen)) {
            Some(Ok(Some(path))) => {
                self.recent.add(path.clone());
                self.open_code(path, ctx);
            }
            Some(Ok(None)) | None => {}
            Some(Err(error)) => {
                self.complain(error);
                self.layout.focus_code_path = true;
            }
        }
    }

    fn take_chosen_interpreter(&mut self, ctx: &Context) {
        let code = &mut self.setup.function.code;
        match finished(&mut self.interpreter_dialog).map(|done| done.and_then(|chosen| chosen)) {
            Some(Ok(Some(path))) => {
                code.interpreter_text = path.display().to_string();
                code.edited(ctx);
            }
            Some(Ok(None)) | None => {}
            Some(Err(error)) => {
                code.writes_interpreter = true;
                self.complain(error);
            }
        }
    }

    /// Moves a new window onto its screen, and makes it small enough for it. Where a window manager adds a frame, it does so after the first
    /// frames, so that this looks again for a moment.
    fn fit_to_screen(&mut self, ctx: &Context) {
        self.frames_to_fit -= 1;
        let (inner, outer, screen) = ctx.input(|input| {
            let viewport = input.viewport();
            (viewport.inner_rect, viewport.outer_rect, viewport.monitor_size)
        });
        let Some((inner, screen)) = inner.zip(screen) else { return };
        let too_much = (inner.max.to_vec2() - screen).max(Vec2::ZERO);
        // It may have been on a larger screen last, and further to the right than there is room for.
        if let Some(outer) = outer {
            let back = too_much.min(outer.min.to_vec2()).max(Vec2::ZERO);
            if back != Vec2::ZERO {
                return ctx.send_viewport_cmd(ViewportCommand::OuterPosition(outer.min - back));
            }
        }
        let fitting = (inner.size() - too_much).max(MIN_SIZE);
        if too_much != Vec2::ZERO && fitting != inner.size() {
            ctx.send_viewport_cmd(ViewportCommand::InnerSize(fitting));
        }
    }

    fn send_shortcuts(&self, ctx: &Context) {
        let situation = self.situation();
        // A letter alone may be meant for what is being typed, or for what lies over the window.
        let takes_letters = self.layout.dialog.is_none() && !ctx.text_edit_focused();
        self.hear_keys_for_code(ctx);
        for (command, keys) in possible_shortcuts(situation) {
            let is_heard = takes_letters || !is_letter(&keys);
            if is_heard && ctx.input_mut(|input| input.consume_shortcut(&keys)) {
                self.commands.send(command);
            }
        }
        let dropped = ctx.input(|input| input.raw.dropped_files.clone());
        if !dropped.is_empty() {
            let paths = dropped.iter().map(|file| file.path().to_owned()).collect();
            self.commands.send(Command::LoadPaths(paths));
        }
    }
}

/// The keys that do something now; those with Shift first, because the others are pressed with them.
fn possible_shortcuts(situation: Situation) -> Vec<(Command, KeyboardShortcut)> {
    let possible = command::PLAIN
        .into_iter()
        .filter(|command| command.is_possible(situation) && !command.is_bound_by_egui());
    let mut shortcuts: Vec<_> =
        possible.filter_map(|command| command.shortcut().map(|keys| (command, keys))).collect();
    shortcuts.sort_by_key(|(_, keys)| !keys.modifiers.shift);
    shortcuts
}

/// Whether it is a key that also writes something.
fn is_letter(keys: &KeyboardShortcut) -> bool {
    keys.modifiers.is_none() && keys.logical_key.name().chars().count() == 1
}

impl eframe::App for PoolscopeApp {
    fn raw_input_hook(&mut self, ctx: &Context, raw_input: &mut egui::RawInput) {
        if self.event_order.arrange(&mut raw_input.events) {
            ctx.request_repaint();
        }
    }

    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        let now = Instant::now();
        self.take_news(ctx, now);
        self.carry_out_all(ctx, now);
        self.follow_measuring(ctx);
        self.setup.follow_function(ctx);
        self.job = self.setup.job();
        let is_read = !self.setup.inputs.are_being_read() && !self.setup.function.is_being_looked_at();
        if self.starts_when_read && is_read {
            self.starts_when_read = false;
            self.commands.send(Command::Start);
        }
        self.ask_about_unsaved(ctx);
        self.set_title(ctx);
        if self.frames_to_fit > 0 {
            self.fit_to_screen(ctx);
        }
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.hear_presenting_keys(ui.ctx());
        self.hear_fault_keys(ui.ctx());
        self.layout.guide.hear_escape(ui.ctx(), self.layout.dialog.is_none());
        widgets::follow_enlarged(ui.ctx(), self.layout.dialog.is_none());
        self.hear_lesson_keys(ui.ctx());
        self.send_shortcuts(ui.ctx());
        self.window_ui(ui);
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        self.keep(storage);
    }

    /// What egui remembers by itself, such as what is unfolded, is not kept.
    fn persist_egui_memory(&self) -> bool {
        false
    }

    fn on_exit(&mut self) {
        // Done here and not left to the end of the process: no host may outlive the window.
        self.runner.shut_down();
        self.trial.shut_down();
        self.lesson_runner.shut_down();
        self.end_program();
        self.machine.end();
    }
}
