//! Who runs Python code: the question before a program of the code's own folder is started for the first time, and the
//! answer, which can be taken back.

use egui::{Button, Label, RichText, TextStyle, Ui};

use crate::app::state::{CodeChoice, ConsentAnswer, ConsentQuestion};
use crate::app::theme::{GAP, Theme, strong};
use crate::app::widgets;

/// Draws the question where there is one.
pub fn question_ui(ui: &mut Ui, theme: &Theme, code: &mut CodeChoice) {
    let Some(question) = code.question().cloned() else { return };
    let ground = theme.soft(theme.warn, 0.10);
    let line = egui::Stroke::new(1.0, theme.soft(theme.warn, 0.5));
    widgets::field_frame(theme).fill(ground).stroke(line).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(RichText::new("Which Python runs it?").text_style(strong()));
        ui.add(Label::new(RichText::new(meaning(&question)).color(theme.text)).wrap());
        ui.add_space(GAP / 2.0);
        let folder = question.untrusted.folder;
        let width = ui.available_width();
        let allow = ui.add_sized([width, 26.0], Button::new("Use it"));
        let tooltip = format!("{}\nis allowed for this folder, until you take it back.", folder.display());
        if allow.on_hover_text(tooltip).clicked() {
            code.allow(folder, ui.ctx());
        } else if let Some(instead) = &question.instead
            && ui.add_sized([width, 26.0], Button::new(format!("Use {instead} instead")).wrap()).clicked()
        {
            code.decline(folder, ui.ctx());
        }
    });
}

/// Which interpreter, in which folder, and what it means to start it.
fn meaning(question: &ConsentQuestion) -> String {
    let untrusted = &question.untrusted;
    let program = untrusted.interpreter.strip_prefix(&untrusted.folder).unwrap_or(&untrusted.interpreter);
    format!(
        "{} in {} is a program of the file's folder: whoever made the folder decides what it does, as you. It was not \
         started yet.",
        program.display(),
        untrusted.folder.display()
    )
}

/// Draws what was answered for the folder, and the way to take it back.
pub fn answer_ui(ui: &mut Ui, theme: &Theme, code: &mut CodeChoice) {
    let Some(answer) = code.answer().cloned() else { return };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let text = RichText::new(told(&answer)).text_style(TextStyle::Small).color(theme.weak);
        ui.label(text).on_hover_text(answer.folder.display().to_string());
        if widgets::link(ui, theme, "Ask again").clicked() {
            code.take_back(&answer, ui.ctx());
        }
    });
}

fn told(answer: &ConsentAnswer) -> &'static str {
    match answer.is_allowed {
        true => "You allowed it for this folder.",
        false => "Not the one of this folder.",
    }
}
