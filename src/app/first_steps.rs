//! What there is to begin with, in the place of the results while nothing has run: five ways in, each with a click.

use egui::{Frame, Label, Margin, RichText, ScrollArea, Ui};

use super::command::Command;
use super::context::ViewContext;
use super::help_command::HelpCommand;
use super::lesson_command::LessonCommand;
use super::theme::STEP;
use super::widgets;
use crate::pool::examples::EXAMPLES;

/// Draws the card into all of `ui`.
pub fn ui(ui: &mut Ui, cx: &ViewContext<'_>) {
    let steps = [
        (
            Command::RunExample(&EXAMPLES[0]),
            "Run an example",
            "four processes double five numbers; see who did what",
        ),
        (
            Command::OpenCode,
            "Bring a function",
            "a script, a Python file or a notebook; nothing of it is run",
        ),
        (Command::OpenFile, "Bring inputs", "a table, JSON or lines; or type some at the left"),
        (
            Command::Lesson(LessonCommand::Gallery),
            "Predict and measure",
            "claims about processes and threads, each tried on this machine",
        ),
        (
            Command::Help(HelpCommand::Guide),
            "Read the guide",
            "the views, choosing workers, what messages mean",
        ),
    ];
    widgets::card(
        ui,
        cx.theme,
        "First steps",
        |_| {},
        |ui| {
            ScrollArea::vertical().id_salt("first steps").auto_shrink(false).show(ui, |ui| {
                Frame::new().inner_margin(Margin::symmetric(14, 10)).show(ui, |ui| {
                    ui.spacing_mut().item_spacing.y = STEP;
                    for (command, title, text) in steps {
                        step_ui(ui, cx, command, title, text);
                    }
                });
            });
        },
    );
}

fn step_ui(ui: &mut Ui, cx: &ViewContext<'_>, command: Command, title: &str, text: &str) {
    ui.horizontal_wrapped(|ui| {
        if widgets::link(ui, cx.theme, title).clicked() {
            cx.commands.send(command.clone());
        }
        if let Some(keys) = command.shortcut() {
            widgets::chip(ui, cx.theme, &ui.ctx().format_shortcut(&keys));
        }
        ui.add(Label::new(RichText::new(text).color(cx.theme.weak)).wrap());
    });
}
