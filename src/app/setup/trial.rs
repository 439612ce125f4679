//! "Try on one": runs the function with a single input in a process of its own, and shows what came of it.

use std::borrow::Cow;

use egui::{Align, Button, Id, Label, Layout, RichText, TextStyle, Ui};

use super::SetupView;
use crate::app::command::Command;
use crate::app::format;
use crate::app::state::Setup;
use crate::app::theme::{FIELD_HEIGHT, strong};
use crate::app::widgets;
use crate::pool::{Ending, MessageSource, RowState, RunLog, RunState};
use crate::value::shortened;

/// Lines that the function wrote, at most.
const LINES: usize = 6;
/// Letters of a value or an error, at most.
const LETTERS: usize = 600;

/// Draws the button and the outcome of the last try.
pub fn ui(ui: &mut Ui, setup: &Setup, view: &SetupView<'_, '_>) {
    let theme = view.cx.theme;
    let command = if view.is_trying { Command::StopTrial } else { Command::TryOne };
    let size = [ui.available_width(), FIELD_HEIGHT];
    let function = setup.function.spec();
    // Why there is no function stands above.
    let is_possible = view.is_trying || function.is_ok();
    let button = ui.add_enabled_ui(is_possible, |ui| ui.add_sized(size, Button::new(command.label()))).inner;
    if button.on_hover_text(command.tooltip()).clicked() {
        view.cx.commands.send(command);
    }
    // What came of other code would be taken for what this one gives.
    let is_of_this =
        |log: &&RunLog| function.as_ref().is_ok_and(|function| **function == log.plan.job.function);
    let Some(log) = view.trial.filter(is_of_this) else { return };
    let frame = widgets::field_frame(theme).show(ui, |ui| {
        ui.set_width(ui.available_width());
        outcome_ui(ui, view, log);
    });
    let stage = (log.plan.started, log.is_finished());
    let last = ui.data_mut(|data| data.get_temp(Id::unique("last try")));
    if last != Some(stage) {
        ui.data_mut(|data| data.insert_temp(Id::unique("last try"), stage));
        frame.response.scroll_to_me(Some(Align::BOTTOM));
    }
}

fn outcome_ui(ui: &mut Ui, view: &SetupView<'_, '_>, log: &RunLog) {
    let theme = view.cx.theme;
    let Some(row) = log.row(0) else { return };
    let (word, color) = match row.state {
        RowState::Pending => ("Running…", theme.weak),
        RowState::Ok => ("Worked", theme.ok),
        RowState::Stopped => ("Stopped", theme.warn),
        RowState::Failed | RowState::TimedOut | RowState::NotRun => ("Failed", theme.bad),
    };
    ui.horizontal(|ui| {
        ui.label(RichText::new(word).text_style(strong()).color(color));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if row.state == RowState::Ok {
                widgets::weak(ui, theme, format::duration(row.duration_s.into()));
            }
        });
    });
    let input = shortened(&row.input_text(), 60).into_owned();
    widgets::elided(ui, RichText::new(format!("with input {input}")).color(theme.weak));
    if let Some(output) = row.output {
        mono(ui, &output.to_string(), theme.text);
    }
    let broken = match &log.state {
        RunState::Finished(Ending::Broken(reason)) => Some(Cow::Borrowed(reason.as_str())),
        _ => None,
    };
    // Where the function cannot even be loaded, its row only says so again.
    if let Some(error) = broken.or_else(|| row.error()) {
        let text = shortened(&error, LETTERS);
        widgets::cause(ui, theme, view.cx.commands, &log.plan.job.function, &text);
    }
    // What the pool says of itself is nothing new here.
    let mut written =
        log.messages.iter_from(0).filter(|message| matches!(message.source, MessageSource::Worker { .. }));
    for message in written.by_ref().take(LINES) {
        mono(ui, &format!("> {}", message.text()), theme.weak);
    }
    let more = written.count() as u64;
    if more > 0 {
        widgets::weak(ui, theme, format!("and {}", format::counted(more, "more line", "more lines")));
    }
}

fn mono(ui: &mut Ui, text: &str, color: egui::Color32) {
    let text = RichText::new(shortened(text, LETTERS)).text_style(TextStyle::Monospace).color(color);
    ui.add(Label::new(text).wrap());
}
