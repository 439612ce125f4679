//! The whole window: the bars, what stands at the left, the views or a lesson, and what lies over them.

use std::sync::Arc;
use std::time::Instant;

use egui::{CentralPanel, Context, Frame, Margin, Panel, Rect, Ui};

use super::PoolscopeApp;
use super::command::{Command, Situation};
use super::context::ViewContext;
use super::layout::{Dialog, Layout, Side};
use super::setup::{self, SetupView};
use super::state::{KeptRuns, Phase, Setup, TwinRun};
use super::theme::{GAP, Theme};
use super::top_bar::TopBar;
use super::{compare, death, drop_hint, foreign, help, palette, status_bar, top_bar, widgets};
use crate::analysis::Disturbance;
use crate::error::Error;
use crate::pool::{RunLog, RunSnapshot};

const TOP_BAR_HEIGHT: f32 = 44.0;
const STATUS_BAR_HEIGHT: f32 = 26.0;
const RAIL_WIDTH: f32 = 44.0;

/// What the setup shows besides what is set up.
struct SetupFacts<'a> {
    why_not: Option<&'a Error>,
    phase: Phase,
    situation: Situation,
    trial: Option<&'a RunLog>,
}

impl PoolscopeApp {
    /// The whole window.
    pub(super) fn window_ui(&mut self, ui: &mut Ui) {
        let theme = Theme::of(ui.ctx());
        let (status, job_title) = (self.status(), self.job_title());
        let snapshot = self.shown_run().cloned();
        let then = self.kept.shown().map(|kept| kept.machine.clone());
        let machine_then = then.unwrap_or_else(|| self.machine.newest().cloned());
        let cx = ViewContext {
            run: snapshot.as_deref(),
            monitor: self.machine.newest().map(AsRef::as_ref),
            machine_then: machine_then.as_deref(),
            theme: &theme,
            commands: &self.commands,
            now: Instant::now(),
            selected_row: self.selected_row,
            chosen_worker: self.layout.chosen_worker,
            verdict: self.verdict.get(),
            can_rerun: Command::RerunFailed.is_possible(self.situation()),
        };
        let (situation, said) = (self.situation(), self.twin.as_ref().map(TwinRun::said));
        let (preference, recent) = (self.theme_preference, self.recent.as_slice());
        let top_bar = TopBar { situation, preference, title: &job_title, recent };
        if self.layout.presenting.is_on {
            self.layout.presenting.tell(self.saving.said());
        } else {
            let said = said.as_deref().or(self.run_files.said()).or(self.saving.said());
            bars_ui(ui, &cx, &top_bar, &status, (said, self.machine.others()));
        }
        if let Some(page) = &self.lesson {
            let live = self.lesson_runner.snapshot().filter(|run| !run.log.is_finished());
            let why_not = self.why_no_lesson_run();
            let view = &mut self.layout.lesson;
            CentralPanel::no_frame().show(ui, |ui| {
                widgets::set_views_rect(ui.ctx(), ui.max_rect().shrink(GAP));
                view.ui(ui, &cx, page, live.map(|run| &**run), why_not);
            });
        } else {
            let trial = self.trial.snapshot().cloned();
            let facts = SetupFacts {
                why_not: self.job.as_ref().err(),
                phase: self.runner.phase(),
                situation,
                trial: trial.as_ref().map(|run| &run.log),
            };
            let left = (!self.layout.presenting.is_on)
                .then(|| side_panel_ui(ui, &cx, (&mut self.layout, &mut self.setup, &self.kept), &facts));
            let ground = Frame::new().fill(theme.bg).inner_margin(Margin::same(GAP as i8));
            let both = compare::beside(self.kept.shown(), self.kept.beside());
            CentralPanel::no_frame().frame(ground).show(ui, |ui| {
                widgets::set_views_rect(ui.ctx(), ui.max_rect());
                match both {
                    Some(runs) => {
                        self.compare.ui(ui, &cx, runs, self.kept.measured(), &mut self.layout.splits);
                    }
                    None => self.layout.views_ui(ui, &cx),
                }
            });
            setup_edge_ui(ui, &theme, &mut self.layout, left);
        }
        over_it_ui(ui.ctx(), &cx, &mut self.layout, situation, self.lesson.is_some());
    }
}

/// The bars above and below everything: what can be done, and what is done.
fn bars_ui(
    ui: &mut Ui,
    cx: &ViewContext<'_>,
    top_bar: &TopBar<'_>,
    (phase, run): &(Phase, Option<Arc<RunSnapshot>>),
    (said, others): (Option<&str>, Option<Disturbance>),
) {
    bar(Panel::top("top bar"), cx.theme, TOP_BAR_HEIGHT).show(ui, |ui| top_bar::ui(ui, cx, top_bar));
    bar(Panel::bottom("status bar"), cx.theme, STATUS_BAR_HEIGHT).show(ui, |ui| {
        status_bar::ui(ui, &ViewContext { run: run.as_deref(), ..*cx }, *phase, said, others);
    });
}

/// The line right of the setup; over the views, because it lies in the margin around them. Where the setup is folded, or hidden,
/// there is none.
fn setup_edge_ui(ui: &Ui, theme: &Theme, layout: &mut Layout, setup: Option<Rect>) {
    if let Some(setup) = setup.filter(|_| layout.shows_setup(ui.ctx())) {
        let gap = Rect::from_x_y_ranges(setup.right()..=setup.right() + GAP, setup.y_range());
        let window_width = ui.ctx().content_rect().width();
        layout.splits.setup_ui(ui, theme, gap, window_width);
    }
}

/// The setup, folded or not, or the runs in its place; gives where it is.
fn side_panel_ui(
    ui: &mut Ui,
    cx: &ViewContext<'_>,
    (layout, setup, kept): (&mut Layout, &mut Setup, &KeptRuns),
    facts: &SetupFacts<'_>,
) -> Rect {
    let shows_setup = layout.shows_setup(ui.ctx());
    let mut view = SetupView {
        cx,
        why_not: facts.why_not,
        phase: facts.phase,
        situation: facts.situation,
        is_more_open: &mut layout.is_more_open,
        focus_path_field: &mut layout.focus_path_field,
        focus_typed_field: &mut layout.focus_typed_field,
        focus_code_path: &mut layout.focus_code_path,
        is_editor_large: &mut layout.is_editor_large,
        trial: facts.trial,
        is_trying: facts.situation.is_trying,
    };
    let window_width = ui.ctx().content_rect().width();
    let width = if shows_setup { layout.splits.setup_width(window_width) } else { RAIL_WIDTH };
    let frame = Frame::new().fill(cx.theme.panel);
    let panel = Panel::left("setup").resizable(false).exact_size(width).frame(frame);
    let drawn = panel.show(ui, |ui| {
        if !shows_setup {
            return setup::rail_ui(ui, &view);
        }
        side_ui(ui, cx.theme, &mut layout.side, kept.count());
        match layout.side {
            Side::Setup => setup::ui(ui, setup, &mut view),
            Side::Runs => layout.runs.ui(ui, cx, kept, facts.situation),
        }
    });
    drawn.response.rect
}

/// What lies over the window: the card of a death, the guide, a dialog, what is dropped, the keys of a presentation.
fn over_it_ui(
    ctx: &Context,
    cx: &ViewContext<'_>,
    layout: &mut Layout,
    situation: Situation,
    is_lesson: bool,
) {
    if let Some(number) = layout.death.filter(|_| !is_lesson) {
        death::ui(ctx, cx, number, layout.dialog.is_none());
    }
    layout.guide.ui(ctx, cx);
    dialog_ui(ctx, &mut layout.dialog, cx, situation);
    drop_hint::ui(ctx, cx.theme);
    layout.presenting.ui(ctx, cx.theme);
}

/// Which of both stands at the left.
fn side_ui(ui: &mut Ui, theme: &Theme, side: &mut Side, runs: usize) {
    Frame::new().inner_margin(Margin { left: 12, right: 12, top: 8, bottom: 0 }).show(ui, |ui| {
        let label = if runs == 0 { "Runs".to_owned() } else { format!("Runs ({runs})") };
        *side = widgets::segmented(ui, theme, *side, &[(Side::Setup, "Setup"), (Side::Runs, &label)])
            .unwrap_or(*side);
    });
}

fn bar(panel: Panel, theme: &Theme, height: f32) -> Panel {
    let frame = Frame::new().fill(theme.panel).inner_margin(Margin::symmetric(12, 0));
    panel.resizable(false).exact_size(height).frame(frame)
}

fn dialog_ui(ctx: &Context, dialog: &mut Option<Dialog>, cx: &ViewContext<'_>, situation: Situation) {
    let stays = match dialog {
        None => return,
        Some(Dialog::Palette(state)) => palette::ui(ctx, cx, situation, state),
        Some(Dialog::Shortcuts) => help::shortcuts_ui(ctx, cx.theme),
        Some(Dialog::Foreign(question)) => foreign::ui(ctx, cx, question),
        Some(Dialog::Note(editor)) => editor.ui(ctx, cx),
        Some(Dialog::Unsaved(question)) => question.ui(ctx, cx),
        Some(Dialog::About) => help::about_ui(ctx, cx.theme),
    };
    if !stays {
        *dialog = None;
    }
}
