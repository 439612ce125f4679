//! The card on top of the views: how far the run is, how fast, and how many cores it keeps busy.

use egui::{Align, Color32, CornerRadius, Layout, Rect, RichText, StrokeKind, Ui, UiBuilder, vec2};

use super::context::ViewContext;
use super::format;
use super::theme::{CARD_RADIUS, GAP, Theme};
use super::widgets::{self, figure};
use crate::pool::{Counts, Ending, Lane, RunSnapshot, RunState, ns_to_s};

const HEIGHT: f32 = 56.0;
/// Narrower cards put the bar under the figures.
const SLIM: f32 = 620.0;
/// A rate over a shorter time than this says nothing.
const LEAST_RATE_S: f64 = 0.05;

/// The height that the card takes at this width.
pub fn height(width: f32) -> f32 {
    if width < SLIM { 2.0 * HEIGHT - 12.0 } else { HEIGHT }
}

/// One number of the card.
struct Figure {
    label: &'static str,
    number: String,
    color: Color32,
    tooltip: &'static str,
}

/// Draws the card into all of `ui`.
pub fn ui(ui: &mut Ui, cx: &ViewContext<'_>) {
    let rect = ui.available_rect_before_wrap();
    let line = cx.theme.hairline();
    ui.painter().rect(rect, CornerRadius::same(CARD_RADIUS), cx.theme.panel, line, StrokeKind::Inside);
    let inside = rect.shrink2(vec2(12.0, 8.0));
    let figures = figures(cx);
    if rect.width() < SLIM {
        let (top, bottom) = inside.split_top_bottom_at_y(inside.top() + 42.0);
        row_ui(ui, cx.theme, top, Layout::left_to_right(Align::Min), &figures);
        bar_ui(ui, cx, bottom.with_min_y(bottom.top() + 6.0));
        return;
    }
    let left = row_ui(ui, cx.theme, inside, Layout::left_to_right(Align::Min), &figures[..1]);
    let backward: Vec<Figure> = figures.into_iter().skip(1).rev().collect();
    let right = row_ui(ui, cx.theme, inside, Layout::right_to_left(Align::Min), &backward);
    bar_ui(ui, cx, inside.with_min_x(left.right() + 2.0 * GAP).with_max_x(right.left() - 2.0 * GAP));
}

fn row_ui(ui: &mut Ui, theme: &Theme, rect: Rect, layout: Layout, figures: &[Figure]) -> Rect {
    let salt = ("figures", figures.len());
    let mut child = ui.new_child(UiBuilder::new().id_salt(salt).max_rect(rect).layout(layout));
    child.spacing_mut().item_spacing.x = 2.0 * GAP;
    for Figure { label, number, color, tooltip } in figures {
        figure(&mut child, theme, label, number, *color, tooltip);
    }
    child.min_rect()
}

fn figures(cx: &ViewContext<'_>) -> Vec<Figure> {
    let theme = cx.theme;
    let text = |label, number, tooltip| Figure { label, number, color: theme.text, tooltip };
    let Some(run) = cx.run else {
        return vec![
            Figure { color: theme.faint, ..text("items", "0".to_owned(), "Inputs that are finished.") },
            Figure { color: theme.faint, ..text("rate", "–".to_owned(), "Items a second.") },
            Figure { color: theme.faint, ..text("elapsed", "–".to_owned(), "Time since Start.") },
            Figure {
                color: theme.faint,
                ..text("cores used", "–".to_owned(), "Cores that the pool keeps busy.")
            },
        ];
    };
    let elapsed_s = ns_to_s(cx.elapsed_ns());
    let cores = Figure { color: theme.ok, ..text("cores used", cores_busy(cx, run), CORES_TOOLTIP) };
    vec![
        text("items", format::count(run.log.counts.through()), ITEMS_TOOLTIP),
        text("rate", rate(run), RATE_TOOLTIP),
        text("elapsed", format::duration(elapsed_s), "Time since Start, up to the last row."),
        cores,
    ]
}

const ITEMS_TOOLTIP: &str =
    "Items that have ended, failed ones too; not those that a Stop cut off or came before.";
const RATE_TOOLTIP: &str = "Items that this run has ended, a second, on average since Start.";
const CORES_TOOLTIP: &str = "How many cores the pool's processes keep busy: now while the pool is at work (as the system \
                             counts their CPU time), and on average over the run after it, their starts and ends too.";

fn cores_busy(cx: &ViewContext<'_>, run: &RunSnapshot) -> String {
    let sampled =
        cx.monitor.and_then(|machine| machine.shares.pool.last()).map(|point| f64::from(point.mean));
    let cores =
        if run.log.is_finished() { run.log.cores_busy() } else { sampled.unwrap_or(run.log.cores_busy()) };
    format!("{cores:.2}")
}

fn per_second(run: &RunSnapshot) -> Option<f64> {
    let ended = run.log.counts.run_here();
    let elapsed_s = ns_to_s(run.elapsed_ns());
    let is_telling = elapsed_s >= LEAST_RATE_S || run.log.is_finished();
    (is_telling && ended > 0).then(|| ended as f64 / elapsed_s)
}

fn rate(run: &RunSnapshot) -> String {
    per_second(run).map_or_else(|| "–".to_owned(), format::rate)
}

fn bar_ui(ui: &mut Ui, cx: &ViewContext<'_>, rect: Rect) {
    let mut child = ui.new_child(UiBuilder::new().id_salt("bar").max_rect(rect));
    let ui = &mut child;
    ui.add_space(5.0);
    let (share, color, text) = match cx.run {
        None => (0.0, cx.theme.accent, "nothing has run yet".to_owned()),
        Some(run) => (share(run), bar_color(cx.theme, run), progress_text(run)),
    };
    widgets::progress_bar(ui, cx.theme, share, color, &text);
    ui.add_space(2.0);
    ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
        if let Some(suspended) = cx.run.and_then(suspended_text) {
            widgets::weak(ui, cx.theme, suspended).on_hover_text("Wake it up in the menu beside its lane.");
        } else if let Some(left) = cx.run.and_then(time_left) {
            widgets::weak(ui, cx.theme, left).on_hover_text("Estimated from the mean rate so far.");
        }
        ui.with_layout(Layout::left_to_right(Align::Min), |ui| {
            let color = if cx.run.is_some_and(is_broken) { cx.theme.bad } else { cx.theme.weak };
            widgets::elided(ui, RichText::new(text).color(color));
        });
    });
}

fn share(run: &RunSnapshot) -> f32 {
    let counts = run.log.counts;
    counts.through() as f32 / counts.total.max(1) as f32
}

fn is_broken(run: &RunSnapshot) -> bool {
    matches!(run.log.state, RunState::Finished(Ending::Broken(_)))
}

fn bar_color(theme: &Theme, run: &RunSnapshot) -> Color32 {
    match &run.log.state {
        RunState::Running if run.log.is_paused || run.log.is_draining => theme.warn,
        RunState::Starting | RunState::Running => theme.accent,
        RunState::Stopping | RunState::Finished(Ending::Stopped | Ending::Halted { .. }) => theme.warn,
        RunState::Finished(Ending::Completed) => match failed(run.log.counts) + run.log.counts.timed_out {
            0 => theme.ok,
            all if all == run.log.counts.total => theme.bad,
            _ => theme.warn,
        },
        RunState::Finished(Ending::Broken(_)) => theme.bad,
    }
}

/// "62 % of 100,000 · 3 failed".
fn progress_text(run: &RunSnapshot) -> String {
    let counts = run.log.counts;
    let mut parts = match &run.log.state {
        RunState::Starting => vec!["starting workers".to_owned()],
        RunState::Finished(ending @ (Ending::Broken(_) | Ending::Halted { .. })) => vec![ending.to_string()],
        RunState::Running if run.log.is_draining => vec!["finishing current items".to_owned()],
        RunState::Running if run.log.is_paused => vec!["paused".to_owned()],
        _ => Vec::new(),
    };
    let share = format::percent(counts.through(), counts.total);
    parts.push(format!("{share} of {}", format::count(counts.total)));
    let kinds = [
        (counts.resumed, "kept from the last run"),
        (failed(counts), "failed"),
        (counts.timed_out, "timed out"),
        (counts.stopped, "stopped"),
        (counts.not_run, "not run"),
        (counts.retries, "retried"),
        (counts.flaky, "flaky"),
    ];
    for (count, what) in kinds {
        if count > 0 {
            parts.push(format!("{} {what}", format::count(count)));
        }
    }
    parts.join(" · ")
}

/// Rows that failed by themselves.
pub fn failed(counts: Counts) -> u64 {
    counts.failed.saturating_sub(counts.stopped + counts.not_run + counts.timed_out)
}

/// Who is waited for, where nothing moves because workers are suspended.
fn suspended_text(run: &RunSnapshot) -> Option<String> {
    if run.log.is_finished() {
        return None;
    }
    let lanes = || run.log.lanes.iter().enumerate().filter(|(_, lane)| lane.is_alive());
    let is_suspended = |(_, lane): &(usize, &Lane)| lane.is_suspended;
    let executes = |place: usize| run.live.get(place).is_some_and(|lane| lane.executing.is_some());
    if lanes().any(|(place, lane)| !lane.is_suspended && executes(place)) {
        return None;
    }
    let first = lanes().find(is_suspended)?.0 + 1;
    let more = lanes().filter(is_suspended).count() - 1;
    Some(match more {
        0 => format!("worker {first} is suspended"),
        more => {
            format!("worker {first} and {} are suspended", format::counted(more as u64, "other", "others"))
        }
    })
}

fn time_left(run: &RunSnapshot) -> Option<String> {
    let counts = run.log.counts;
    let goes_on = run.log.state == RunState::Running && !run.log.is_paused && !run.log.is_draining;
    if !goes_on || counts.done() == counts.total {
        return None;
    }
    let left_s = (counts.total - counts.done()) as f64 / per_second(run)?;
    Some(format!("{} left", format::duration(left_s)))
}
