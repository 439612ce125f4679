//! Why an item failed, line by line; lines that name a place in a person's code lead there.

use egui::{Color32, CursorIcon, Label, RichText, Role, Sense, TextStyle, Ui, WidgetInfo};

use crate::app::command::{Command, CommandSender};
use crate::app::theme::Theme;
use crate::function::FunctionSpec;

/// Draws the lines of an error of `function` below each other.
pub fn cause(ui: &mut Ui, theme: &Theme, commands: &CommandSender, function: &FunctionSpec, text: &str) {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let mut plain = String::new();
        for line in text.lines() {
            match function.line_named_in(line) {
                Some(number) => {
                    plain_ui(ui, theme.bad, &mut plain);
                    place_ui(ui, theme, commands, line, number);
                }
                None => {
                    plain.push_str(line);
                    plain.push('\n');
                }
            }
        }
        plain_ui(ui, theme.bad, &mut plain);
    });
}

fn plain_ui(ui: &mut Ui, color: Color32, text: &mut String) {
    let text = std::mem::take(text);
    if !text.is_empty() {
        let text = RichText::new(text.trim_end_matches('\n')).text_style(TextStyle::Monospace).color(color);
        ui.add(Label::new(text).wrap().selectable(true));
    }
}

fn place_ui(ui: &mut Ui, theme: &Theme, commands: &CommandSender, line: &str, number: usize) {
    let text = RichText::new(line).text_style(TextStyle::Monospace).color(theme.bad).underline();
    let response = ui.add(Label::new(text).wrap().sense(Sense::click()));
    response.widget_info(|| WidgetInfo::labeled(Role::Link, true, line));
    let response = response.on_hover_text(format!("Show line {number} of the code"));
    if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
        commands.send(Command::ShowCodeLine(number));
    }
}
