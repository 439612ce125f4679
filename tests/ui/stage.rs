//! A window with one panel in it, for tests: found by role and label, no graphics card needed.

use std::sync::mpsc::Receiver;
use std::time::Duration;

use egui::{Ui, Vec2};
use egui_kittest::{Harness, HarnessBuilder};
use poolscope::app::command::{Command, CommandSender, channel};
use poolscope::app::context::ViewContext;
use poolscope::app::lesson_command::LessonCommand;
use poolscope::app::state::of_run;
use poolscope::app::theme::{self, Theme};
use poolscope::monitor::MonitorSnapshot;
use poolscope::pool::RunSnapshot;

type Panel = Box<dyn FnMut(&mut Ui, &ViewContext<'_>)>;

/// What a panel sees, and what it asked for.
pub struct Stage {
    panel: Panel,
    pub run: Option<RunSnapshot>,
    pub monitor: Option<MonitorSnapshot>,
    pub selected_row: Option<u64>,
    pub chosen_worker: Option<usize>,
    queue: Option<(CommandSender, Receiver<Command>)>,
    /// The commands sent so far.
    pub sent: Vec<Command>,
}

impl Stage {
    /// What was asked of the lessons so far.
    pub fn sent_to_lessons(&self) -> Vec<LessonCommand> {
        let lesson = |command: &Command| match command {
            Command::Lesson(command) => Some(*command),
            _ => None,
        };
        self.sent.iter().filter_map(lesson).collect()
    }

    /// A stage for one panel.
    pub fn new(panel: impl FnMut(&mut Ui, &ViewContext<'_>) + 'static) -> Self {
        let panel: Panel = Box::new(panel);
        Self {
            panel,
            run: None,
            monitor: None,
            selected_row: None,
            chosen_worker: None,
            queue: None,
            sent: Vec::new(),
        }
    }

    pub fn with_run(self, run: RunSnapshot) -> Self {
        Self { run: Some(run), ..self }
    }

    pub fn with_monitor(self, monitor: MonitorSnapshot) -> Self {
        Self { monitor: Some(monitor), ..self }
    }

    /// Opens the window, 900 by 420.
    pub fn open(self) -> Harness<'static, Self> {
        self.open_with(Harness::builder().with_size(Vec2::new(900.0, 420.0)))
    }

    /// Opens a window made like this.
    pub fn open_with(self, builder: HarnessBuilder<Self>) -> Harness<'static, Self> {
        let mut harness = builder
            .with_context_setup(theme::apply)
            .build_ui_state(|ui, stage: &mut Self| stage.ui(ui), self);
        harness.run_steps(3);
        harness
    }

    fn ui(&mut self, ui: &mut Ui) {
        let queue = self.queue.get_or_insert_with(|| channel(ui.ctx()));
        let theme = Theme::of(ui.ctx());
        let now = match &self.run {
            Some(run) => run.log.plan.started + Duration::from_nanos(run.now_ns),
            None => std::time::Instant::now(),
        };
        let verdict = self.run.as_ref().filter(|run| run.log.is_finished()).map(|run| of_run(run, 2));
        let cx = ViewContext {
            can_rerun: true,
            run: self.run.as_ref(),
            monitor: self.monitor.as_ref(),
            machine_then: self.monitor.as_ref(),
            theme: &theme,
            commands: &queue.0,
            now,
            selected_row: self.selected_row,
            chosen_worker: self.chosen_worker,
            verdict: verdict.as_ref(),
        };
        (self.panel)(ui, &cx);
        self.sent.extend(queue.1.try_iter());
    }
}

/// Steps until the condition holds; for what another thread answers.
pub fn wait_for(harness: &mut Harness<'_, Stage>, condition: impl Fn(&Harness<'_, Stage>) -> bool) {
    for _ in 0..500 {
        if condition(harness) {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
        harness.step();
    }
    panic!("not within five seconds");
}
