//! Everything about the row that was chosen.

use std::fmt::Write;

use egui::{CornerRadius, Label, Margin, RichText, ScrollArea, TextStyle, Ui};
use egui_material_icons::icons::{ICON_CLOSE, ICON_CONTENT_COPY};

use super::cells::{bounded, state_words};
use crate::app::command::Command;
use crate::app::context::ViewContext;
use crate::app::death;
use crate::app::format;
use crate::app::theme::{STEP, strong};
use crate::app::widgets;
use crate::pool::{Cause, Row, RowState, ns_to_s};
use crate::value::grouped;

/// The height of the strip, and that with a traceback in it.
const HEIGHT: f32 = 132.0;
const TALL: f32 = 240.0;
/// Lines of a cause that are shown.
const CAUSE_LINES: usize = 100;
/// Characters of a cell shown here; a copy has all.
const CELL_CHARACTERS: usize = 4000;

/// The height of the strip for a row, of the height that there is.
pub fn height(row: &Row<'_>, room: f32) -> f32 {
    match row.cause.is_some_and(Cause::has_trace) {
        true => (room * 0.6).min(TALL),
        false => (room * 0.45).min(HEIGHT),
    }
}

/// Draws the strip into all of `ui`.
pub fn ui(ui: &mut Ui, cx: &ViewContext<'_>, row: &Row<'_>) {
    let rect = ui.max_rect();
    let ground = CornerRadius { sw: 7, se: 7, ..CornerRadius::ZERO };
    ui.painter().rect_filled(rect, ground, cx.theme.soft(cx.theme.raised, 0.6));
    ui.painter().hline(rect.x_range(), rect.top(), cx.theme.hairline());
    egui::Frame::new().inner_margin(Margin::symmetric(10, 6)).show(ui, |ui| {
        title_ui(ui, cx, row);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = STEP;
            for (name, text) in facts(row) {
                ui.label(RichText::new(name).text_style(TextStyle::Small).color(cx.theme.weak));
                ui.label(RichText::new(text).text_style(TextStyle::Small));
                ui.add_space(2.0 * STEP);
            }
        });
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let input = bounded(|text| text.write_str(&row.input_text()), CELL_CHARACTERS);
            cell_ui(ui, cx, "input", &input);
            if let Some(output) = row.output {
                cell_ui(ui, cx, "output", &bounded(|text| write!(text, "{output}"), CELL_CHARACTERS));
            }
            if let Some(error) = row.error() {
                cause_ui(ui, cx, &error);
            }
        });
    });
}

fn title_ui(ui: &mut Ui, cx: &ViewContext<'_>, row: &Row<'_>) {
    ui.horizontal(|ui| {
        let color = if matches!(row.state, RowState::Failed | RowState::TimedOut) {
            cx.theme.bad
        } else {
            cx.theme.text
        };
        let title = format!("Item {} · {}", grouped(row.index), state_words(row));
        ui.label(RichText::new(title).text_style(strong()).color(color));
        if widgets::icon_button(ui, ICON_CONTENT_COPY, "Copy row", None).clicked() {
            cx.commands.send(Command::CopyText(whole(row)));
        }
        let death = row.cause.and(cx.run).and_then(|run| death::of_row(&run.log, row.index));
        if let Some(number) = death
            && widgets::link(ui, cx.theme, "How its process died").clicked()
        {
            cx.commands.send(Command::ShowDeath(number));
        }
        if widgets::icon_button(ui, ICON_CLOSE, "Clear the selection", None).clicked() {
            cx.commands.send(Command::ClearSelection);
        }
    });
}

fn cell_ui(ui: &mut Ui, cx: &ViewContext<'_>, name: &str, text: &str) {
    ui.horizontal_top(|ui| {
        ui.label(RichText::new(name).text_style(TextStyle::Small).color(cx.theme.weak));
        let text = RichText::new(text).text_style(TextStyle::Monospace).color(cx.theme.text);
        ui.add(Label::new(text).wrap().selectable(true));
    });
}

/// A traceback is read line by line.
fn cause_ui(ui: &mut Ui, cx: &ViewContext<'_>, error: &str) {
    let Some(run) = cx.run else { return };
    let lines = error.lines().take(CAUSE_LINES);
    let lines = lines.map(|line| bounded(|text| text.write_str(line), CELL_CHARACTERS));
    let text = lines.collect::<Vec<_>>().join("\n");
    ui.horizontal_top(|ui| {
        ui.label(RichText::new("cause").text_style(TextStyle::Small).color(cx.theme.weak));
        widgets::cause(ui, cx.theme, cx.commands, &run.log.plan.job.function, &text);
    });
}

/// Names and values of what is known beside the cells.
fn facts(row: &Row<'_>) -> Vec<(&'static str, String)> {
    if row.worker == 0 {
        return Vec::new();
    }
    let mut facts = vec![("worker", row.worker.to_string())];
    facts.extend(row.pid.map(|pid| ("pid", pid.to_string())));
    if row.state.is_final() {
        facts.push(("attempts", row.attempts.to_string()));
        facts.push(("start", format!("{:.6} s", ns_to_s(row.start_ns))));
        let share = if row.is_chunk_timed { " (average of its chunk)" } else { "" };
        facts.push(("took", format!("{}{share}", format::duration(row.duration_s.into()))));
        facts.push(("CPU", format::duration(row.cpu_s.into())));
    }
    facts
}

/// The row as lines of text, uncut.
pub fn whole(row: &Row<'_>) -> String {
    let mut text = format!("item {}\nstate {}\ninput {}\n", row.index, state_words(row), row.input_text());
    // Writing to a string cannot fail.
    if let Some(output) = row.output {
        let _ = writeln!(text, "output {output}");
    }
    if let Some(error) = row.error() {
        let _ = writeln!(text, "cause {error}");
    }
    for (name, fact) in facts(row) {
        let _ = writeln!(text, "{name} {fact}");
    }
    text
}
