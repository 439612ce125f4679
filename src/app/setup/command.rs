//! A command that is run once an item: its template, how it is run, and the first commands as they would be run.

use egui::{Label, Margin, RichText, TextEdit, TextStyle, Ui, WidgetInfo};

use super::{SetupView, capitalised};
use crate::app::state::{CommandChoice, Setup};
use crate::app::theme::{GAP, Theme};
use crate::app::widgets;
use crate::function::command::CommandSpec;
use crate::value::Column;

/// Commands of the dry run.
const PREVIEW: usize = 3;
const HELP: &str = "{} the input, {.} without its ending, {/} the file's name, {//} its folder, {/.} the name without \
                    ending, {#} its number, {%} the worker, {NAME} a column";

/// Draws the part.
pub fn ui(ui: &mut Ui, setup: &mut Setup, view: &SetupView<'_, '_>) {
    let theme = view.cx.theme;
    let takes = setup.function.takes();
    let command = &mut setup.function.command;
    if fields_ui(ui, theme, command) {
        command.edited(ui.ctx());
    }
    if let Some(error) = command.error() {
        let text = capitalised(error.reason()).replace(" (--shell)", "");
        ui.add(Label::new(RichText::new(text).color(theme.bad)).wrap());
        return;
    }
    if let Some(warning) = command.spec.warning() {
        ui.add(Label::new(RichText::new(capitalised(&warning)).color(theme.warn)).wrap());
    }
    if let Ok(inputs) = setup.inputs.column(takes)
        && !command.is_empty()
    {
        preview_ui(ui, theme, &command.spec, &inputs);
    }
}

/// What can be written of a command; tells whether something was changed.
fn fields_ui(ui: &mut Ui, theme: &Theme, command: &mut CommandChoice) -> bool {
    let field = TextEdit::multiline(&mut command.spec.template)
        .font(TextStyle::Monospace)
        .hint_text("gzip -k {}")
        .desired_rows(2)
        .desired_width(f32::INFINITY)
        .margin(Margin::symmetric(8, 6));
    let response = ui.add(field).on_hover_text(HELP);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::MultilineTextInput, true, "Command"));
    let mut is_changed = response.changed();
    ui.horizontal_wrapped(|ui| {
        let shell = ui.checkbox(&mut command.spec.shell, "Use the shell");
        is_changed |= shell.on_hover_text("Pipes and the like work; values are quoted.").changed();
        let stdin = ui.checkbox(&mut command.spec.stdin, "Input to stdin");
        is_changed |= stdin.on_hover_text("Each input also goes to the command's standard input.").changed();
    });
    ui.horizontal(|ui| {
        let label = widgets::weak(ui, theme, "folder");
        let mut folder = command.spec.folder.clone().unwrap_or_default();
        let field = TextEdit::singleline(&mut folder).hint_text("where it runs").desired_width(f32::INFINITY);
        if ui.add(field).labelled_by(label.id).changed() {
            command.spec.folder = Some(folder).filter(|folder| !folder.trim().is_empty());
            is_changed = true;
        }
    });
    let field = TextEdit::multiline(&mut command.env_text)
        .hint_text("variables: NAME=VALUE, one a line")
        .desired_rows(1)
        .desired_width(f32::INFINITY)
        .margin(Margin::symmetric(8, 4));
    let response = ui.add(field);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::MultilineTextInput, true, "Variables"));
    is_changed || response.changed()
}

/// The first commands as they would be run.
fn preview_ui(ui: &mut Ui, theme: &Theme, spec: &CommandSpec, inputs: &Column) {
    ui.add_space(GAP / 2.0);
    widgets::weak(ui, theme, "It would run:");
    for line in spec.preview(inputs, PREVIEW) {
        match line {
            Ok(command) => {
                let text = RichText::new(command).text_style(TextStyle::Monospace).color(theme.text);
                widgets::elided(ui, text);
            }
            Err(reason) => {
                ui.add(Label::new(RichText::new(capitalised(&reason)).color(theme.bad)).wrap());
                // The others would say the same.
                break;
            }
        }
    }
}
