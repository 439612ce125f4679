//! The program behind the window: what it knows, what it does once a frame, and how it carries commands out.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Instant;

use egui::{Context, KeyboardShortcut, ThemePreference, Ui, Vec2, ViewportCommand};

use super::background::{Task, drop_elsewhere, finished};
use super::command::{self, Command, CommandSender, Situation};
use super::compare::{CompareView, beside};
use super::context::SAMPLING;
use super::dialogs::Chosen;
use super::event_order::EventOrder;
use super::format;
use super::layout::Layout;
use super::repaint_rate::RepaintRate;
use super::rescue;
use super::saved_runs::RunFiles;
use super::saving::Saving;
use super::state::{
    CompanyWatch, KeptRuns, Origin, Phase, Runner, Setup, SourceKind, TwinRun, VerdictOfRun, log_title,
};
use super::theme;
use super::theme_choice::{THEME_KEY, desktop_theme, theme_word};
use crate::error::Result;
use crate::monitor::{Monitor, MonitorSnapshot, Waker, usable_cores};
use crate::pool::{Job, Launch};

/// Where the folders are stored that a person did not allow.
const DECLINED_KEY: &str = "folders whose Python is not used";
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
    pub(super) kept: KeptRuns,
    pub(super) compare: CompareView,
    pub(super) run_files: RunFiles,
    /// The job that is being run in both modes.
    pub(super) twin: Option<TwinRun>,
    pub(super) verdict: VerdictOfRun,
    pub(super) company: CompanyWatch,
    /// Finds out whether a path is a folder.
    pub(super) looking_at: Option<Task<(PathBuf, bool)>>,
    pub(super) theme_preference: ThemePreference,
    desktop_theme: Option<Task<Option<egui::Theme>>>,
    monitor: Option<Monitor>,
    pub(super) machine: Option<Arc<MonitorSnapshot>>,
    watched_pids: Vec<u32>,
    is_live: Arc<AtomicBool>,
    title: String,
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
            commands.send(Command::LoadPath(path));
        }
        let mut setup = Setup::new(usable_cores())?;
        let is_live = Arc::new(AtomicBool::new(false));
        Ok(Self {
            job: setup.job(),
            setup,
            trial: Runner::new(launch.clone(), repaint_rate),
            runner: Runner::new(launch, repaint_rate),
            layout: Layout::default(),
            selected_row: None,
            commands,
            received,
            dialog: None,
            code_dialog: None,
            interpreter_dialog: None,
            saving: Saving::default(),
            kept: KeptRuns::default(),
            compare: CompareView::default(),
            run_files: RunFiles::default(),
            twin: None,
            verdict: VerdictOfRun::default(),
            company: CompanyWatch::default(),
            looking_at: None,
            theme_preference,
            desktop_theme: Some(Task::spawn("ask for the desktop's colours", ctx, desktop_theme)),
            monitor: Monitor::start(SAMPLING, machine_waker(ctx, &is_live, repaint_rate))
                .inspect_err(|error| tracing::warn!("{error}"))
                .ok(),
            machine: None,
            watched_pids: Vec::new(),
            is_live,
            title: String::new(),
            starts_when_read: false,
            event_order: EventOrder::default(),
            frames_to_fit: 20,
        })
    }

    /// Takes up what was kept when the window was last closed.
    pub fn restore(&mut self, storage: Option<&dyn eframe::Storage>) {
        let declined = storage.and_then(|storage| storage.get_string(DECLINED_KEY));
        if let Some(declined) = declined.and_then(|text| serde_json::from_str(&text).ok()) {
            self.setup.function.code.consent.declined = declined;
        }
    }

    /// Says something that must be known before anything else is done.
    pub fn say(&mut self, notice: Option<String>) {
        if notice.is_some() {
            // In a small window it is closed.
            self.layout.is_setup_open = Some(true);
        }
        self.setup.notice = notice;
    }

    pub(super) fn situation(&self) -> Situation {
        let of_newest = self.runner.situation();
        let shown = self.shown_run().map(|run| &run.log);
        Situation {
            is_trying: self.trial.is_live(),
            is_comparing: self.kept.beside().is_some(),
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

    /// "primes.csv · is_prime · 4 processes": of the run while it is on, else of the setup.
    pub(super) fn job_title(&self) -> String {
        match self.shown_run() {
            Some(run) if self.runner.is_live() || !self.shows_newest() => log_title(&run.log),
            _ => self.setup.title(),
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

    fn take_news(&mut self, ctx: &Context, now: Instant) {
        self.setup.poll(now, ctx);
        for runner in [&mut self.runner, &mut self.trial] {
            if let Err(error) = runner.poll() {
                self.setup.error = Some(error);
            }
        }
        if let Err(error) = self.saving.poll(ctx) {
            self.setup.error = Some(error);
        }
        self.kept.follow(self.runner.snapshot(), self.machine.as_ref());
        self.take_opened_run(ctx);
        self.follow_twin(ctx);
        self.compare.follow(beside(self.kept.shown(), self.kept.beside()), ctx);
        self.verdict.follow(self.shown_run().cloned().as_ref(), ctx);
        rescue::note(self.runner.snapshot());
        self.take_chosen_code(ctx);
        self.take_chosen_path(ctx);
        self.take_chosen_interpreter(ctx);
        match finished(&mut self.looking_at) {
            None => {}
            Some(Ok((path, is_folder))) => self.setup.inputs.load(Origin::Path(path), is_folder, ctx),
            Some(Err(error)) => self.setup.error = Some(error),
        }
        if let Some(Ok(Some(ground))) = finished(&mut self.desktop_theme) {
            ctx.options_mut(|options| options.fallback_theme = ground);
        }
        self.take_machine(now);
    }

    fn take_machine(&mut self, now: Instant) {
        self.is_live.store(self.runner.is_live(), Ordering::Relaxed);
        let Some(monitor) = &self.monitor else { return };
        // Before the first sample there are no figures, and zeros would be taken for some.
        self.machine = Some(monitor.latest()).filter(|machine| machine.own.rss_bytes > 0);
        let is_at_work = self.runner.is_live() || self.trial.is_live();
        self.company.follow(self.machine.as_deref(), is_at_work, now);
        let pids = self.runner.snapshot().map_or(&[][..], |run| &run.host_pids);
        if pids != self.watched_pids {
            self.watched_pids = pids.to_vec();
            monitor.watch(self.watched_pids.clone());
        }
    }

    fn take_chosen_path(&mut self, ctx: &Context) {
        let Some((kind, task)) = self.dialog.take() else { return };
        let mut slot = Some(task);
        match finished(&mut slot) {
            None => self.dialog = slot.map(|task| (kind, task)),
            Some(Ok(Ok(Some(path)))) => {
                self.setup.inputs.load(Origin::Path(path), kind == SourceKind::Folder, ctx)
            }
            Some(Ok(Ok(None))) => {}
            Some(Ok(Err(error)) | Err(error)) => {
                self.setup.inputs.kind = kind;
                self.setup.error = Some(error);
                self.layout.focus_path_field = true;
            }
        }
    }

    fn take_chosen_code(&mut self, ctx: &Context) {
        match finished(&mut self.code_dialog).map(|done| done.and_then(|chosen| chosen)) {
            Some(Ok(Some(path))) => self.setup.function.open(path, ctx),
            Some(Ok(None)) | None => {}
            Some(Err(error)) => {
                self.setup.error = Some(error);
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
                self.setup.error = Some(error);
            }
        }
    }

    fn set_title(&mut self, ctx: &Context) {
        let word = match self.phase() {
            Phase::Ready => "ready",
            Phase::Running | Phase::Finishing | Phase::Stopping => "running",
            Phase::Paused => "paused",
            Phase::Done => "done",
            Phase::Stopped | Phase::Broken => "stopped",
        };
        let title = format!("{word}: {}{} - Poolscope", self.job_title(), self.counts_title());
        if title != self.title {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }

    /// Makes a new window small enough for its screen. Where a window manager adds a frame, it does so after the first
    /// frames, so that this looks again for a moment.
    fn fit_to_screen(&mut self, ctx: &Context) {
        self.frames_to_fit -= 1;
        let (inner, screen) = ctx.input(|input| (input.viewport().inner_rect, input.viewport().monitor_size));
        let Some((inner, screen)) = inner.zip(screen) else { return };
        let too_much = (inner.max.to_vec2() - screen).max(Vec2::ZERO);
        let fitting = (inner.size() - too_much).max(MIN_SIZE);
        if too_much != Vec2::ZERO && fitting != inner.size() {
            ctx.send_viewport_cmd(ViewportCommand::InnerSize(fitting));
        }
    }

    fn send_shortcuts(&self, ctx: &Context) {
        let situation = self.situation();
        for (command, keys) in possible_shortcuts(situation) {
            if ctx.input_mut(|input| input.consume_shortcut(&keys)) {
                self.commands.send(command);
            }
        }
        for file in ctx.input(|input| input.raw.dropped_files.clone()) {
            self.commands.send(Command::LoadPath(file.path().to_owned()));
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
        self.setup.follow_function(ctx);
        self.job = self.setup.job();
        let is_read = !self.setup.inputs.are_being_read() && !self.setup.function.is_being_looked_at();
        if self.starts_when_read && is_read {
            self.starts_when_read = false;
            self.commands.send(Command::Start);
        }
        self.set_title(ctx);
        if self.frames_to_fit > 0 {
            self.fit_to_screen(ctx);
        }
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.send_shortcuts(ui.ctx());
        self.window_ui(ui);
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        storage.set_string(THEME_KEY, theme_word(self.theme_preference).to_owned());
        if let Ok(declined) = serde_json::to_string(&self.setup.function.code.consent.declined) {
            storage.set_string(DECLINED_KEY, declined);
        }
    }

    /// Only the window's place, the colours and answers are kept: a setup belongs into a file that a person names.
    fn persist_egui_memory(&self) -> bool {
        false
    }

    fn on_exit(&mut self) {
        // Done here and not left to the end of the process: no host may outlive the window.
        self.runner.shut_down();
        self.trial.shut_down();
        if let Some(monitor) = self.monitor.take() {
            drop_elsewhere(monitor);
        }
    }
}

/// Wakes the window for each sample while a pool is at work, and seldom at rest.
fn machine_waker(ctx: &Context, is_live: &Arc<AtomicBool>, repaint_rate: RepaintRate) -> Waker {
    let (ctx, is_live) = (ctx.clone(), Arc::clone(is_live));
    let at_rest = (repaint_rate.at_rest.as_millis() / SAMPLING.as_millis()) as u64;
    let samples = std::sync::atomic::AtomicU64::new(0);
    Arc::new(move || {
        let nth = samples.fetch_add(1, Ordering::Relaxed);
        // The first two also at rest, so that the figures are there soon after the window.
        if is_live.load(Ordering::Relaxed) || nth < 2 || nth.is_multiple_of(at_rest) {
            ctx.request_repaint_after(repaint_rate.live);
        }
    })
}
