//! All results of a short run in one line, as the program of a few lines would print them at its end.

use std::fmt::Write;

use egui::{Align, Frame, Layout, Margin, RichText, TextStyle, Ui};
use egui_material_icons::icons::ICON_CONTENT_COPY;

use super::cells::bounded;
use crate::app::command::Command;
use crate::app::context::ViewContext;
use crate::app::widgets;
use crate::pool::{Ending, RunLog, RunState};
use crate::value::ValueRef;

/// Longer runs are for the table alone.
const MOST_ROWS: u64 = 20;
/// Longer lines would not be read as one.
const MOST_CHARACTERS: usize = 400;

/// "[2, 4, 6, 8, 10]", where a short run has gone through and every row has a value that can be written in a line.
pub fn of(log: &RunLog) -> Option<String> {
    let is_short = (1..=MOST_ROWS).contains(&log.counts.total);
    if !is_short || log.state != RunState::Finished(Ending::Completed) {
        return None;
    }
    let outputs: Option<Vec<ValueRef<'_>>> =
        (0..log.counts.total).map(|index| log.row(index)?.output).collect();
    let outputs = outputs?;
    // A list of nothing but "None" tells nothing, and one of pixels or bytes less.
    let is_plain = |cell: &ValueRef<'_>| {
        matches!(cell, ValueRef::Bool(_) | ValueRef::Int(_) | ValueRef::Float(_) | ValueRef::Text(_))
    };
    outputs.iter().all(is_plain).then(|| {
        let cells: Vec<String> = outputs.iter().map(|cell| cell.to_string()).collect();
        format!("[{}]", cells.join(", "))
    })
}

/// Draws the line.
pub fn ui(ui: &mut Ui, cx: &ViewContext<'_>, list: String) {
    Frame::new().inner_margin(Margin { left: 10, right: 4, top: 2, bottom: 2 }).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let copies = widgets::icon_button(ui, ICON_CONTENT_COPY, "Copy results", None).clicked();
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    widgets::weak(ui, cx.theme, "Results:");
                    let shown = bounded(|text| text.write_str(&list), MOST_CHARACTERS);
                    widgets::elided(ui, RichText::new(shown).text_style(TextStyle::Monospace));
                });
                if copies {
                    cx.commands.send(Command::CopyText(list));
                }
            })
        });
    });
}
