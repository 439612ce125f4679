//! Everything about the row that was chosen.

use std::fmt::Write;

use egui::{CornerRadius, Label, Margin, RichText, ScrollArea, TextStyle, Ui};
use egui_material_icons::icons::{ICON_CLOSE, ICON_CONTENT_COPY, ICON_STICKY_NOTE_2};

use super::cells::{bounded, running, state_words};
use crate::app::command::Command;
use crate::app::context::ViewContext;
use crate::app::death;
use crate::app::format;
use crate::app::notes;
use crate::app::theme::{STEP, strong};
use crate::app::widgets;
use crate::function::OutputStream;
use crate::pool::{Cause, Message, MessageSource, NotePlace, Row, ns_to_s};
use crate::value::grouped;

/// The height of the strip, and that with a traceback in it.
const HEIGHT: f32 = 132.0;
const TALL: f32 = 240.0;
/// Lines of a cause that are shown.
const CAUSE_LINES: usize = 100;
/// An answer that so many others have followed is an old one.
const MESSAGES_LOOKED_AT: u64 = 500;
/// Characters of a cell shown here; a copy has all.
const CELL_CHARACTERS: usize = 4000;

/// The height of the strip for a row, of the height that there is.
pub fn height(cx: &ViewContext<'_>, row: &Row<'_>, room: f32) -> f32 {
    let has_stack = || is_running(cx, row) && last_stack(cx, row.index).is_some();
    match row.cause.is_some_and(Cause::has_trace) || has_stack() {
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
            if let Some(note) = cx.run.and_then(|run| run.log.margin.on(NotePlace::Item(row.index))) {
                ui.horizontal_top(|ui| {
                    ui.label(RichText::new("note").text_style(TextStyle::Small).color(cx.theme.weak));
                    ui.add(Label::new(RichText::new(note).text_style(strong()).color(cx.theme.text)).wrap());
                });
            }
            let input = bounded(|text| text.write_str(&row.input_text()), CELL_CHARACTERS);
            cell_ui(ui, cx, "input", &input);
            if let Some(output) = row.output {
                cell_ui(ui, cx, "output", &bounded(|text| write!(text, "{output}"), CELL_CHARACTERS));
            }
            if let Some(error) = row.error() {
                text_of_code_ui(ui, cx, "cause", &error);
            }
            if let Some(stack) = is_running(cx, row).then(|| last_stack(cx, row.index)).flatten() {
                text_of_code_ui(ui, cx, "where", &stack);
            }
        });
    });
}

fn title_ui(ui: &mut Ui, cx: &ViewContext<'_>, row: &Row<'_>) {
    ui.horizontal(|ui| {
        let color = if row.state.is_failure() { cx.theme.bad } else { cx.theme.text };
        let running = cx.run.and_then(|run| running(cx, run, row));
        let state = if running.is_some() { "running".to_owned() } else { state_words(row) };
        let title = format!("Item {} · {state}", grouped(row.index));
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
        if let Some((worker, _)) =
            running.filter(|_| cx.run.is_some_and(|run| run.log.plan.job.function.has_stack()))
            && widgets::link(ui, cx.theme, "Where is it now?").clicked()
        {
            cx.commands.send(Command::ShowStack(worker));
        }
        if let Some(run) = cx.run {
            let place = NotePlace::Item(row.index);
            let label = notes::menu_label(&run.log, place);
            if widgets::icon_button(ui, ICON_STICKY_NOTE_2, &label, None).clicked() {
                cx.commands.send(notes::edit(&run.log, place));
            }
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

fn is_running(cx: &ViewContext<'_>, row: &Row<'_>) -> bool {
    cx.run.is_some_and(|run| running(cx, run, row).is_some())
}

/// In which calls the item was when that was asked last; nothing where it was not, or much was written since then.
fn last_stack(cx: &ViewContext<'_>, index: u64) -> Option<String> {
    let messages = &cx.run?.log.messages;
    let is_stack = |message: &&Message| {
        let is_answer = matches!(message.source, MessageSource::Worker { stream: OutputStream::Stack, .. });
        is_answer && message.item == Some(index)
    };
    let newest = messages.iter_from(messages.len().saturating_sub(MESSAGES_LOOKED_AT));
    newest.filter(is_stack).last().map(|message| message.text().into_owned())
}

/// A traceback is read line by line.
fn text_of_code_ui(ui: &mut Ui, cx: &ViewContext<'_>, name: &str, error: &str) {
    let Some(run) = cx.run else { return };
    let lines = error.lines().take(CAUSE_LINES);
    let lines = lines.map(|line| bounded(|text| text.write_str(line), CELL_CHARACTERS));
    let text = lines.collect::<Vec<_>>().join("\n");
    ui.horizontal_top(|ui| {
        ui.label(RichText::new(name).text_style(TextStyle::Small).color(cx.theme.weak));
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
