//! A function of the catalogue: which one, and its parameters.

use egui::{Align, Button, Key, Label, Layout, Margin, Popup, PopupCloseBehavior, RichText, TextEdit, Ui};
use egui_material_icons::icons::ICON_KEYBOARD_ARROW_DOWN;

use super::{SetupView, capitalised};
use crate::app::command::Command;
use crate::app::state::{BuiltinChoice, Setup, SourceKind};
use crate::app::theme::{FIELD_HEIGHT, GAP, Theme, strong};
use crate::app::widgets;
use crate::function::{Builtin, Param};

/// Draws the part.
pub fn ui(ui: &mut Ui, setup: &mut Setup, view: &SetupView<'_, '_>) {
    let theme = view.cx.theme;
    let choice = &mut setup.function.builtin;
    picker_ui(ui, theme, choice);
    widgets::field_frame(theme).show(ui, |ui| {
        ui.set_width(ui.available_width());
        description_ui(ui, theme, choice.builtin);
        for param in choice.builtin.params {
            param_ui(ui, theme, choice, param);
        }
    });
    let samples = choice.builtin.sample_inputs;
    // Under an empty field there is the same link already; beside a file it would only be in the way.
    let typed = &setup.inputs.typed.text;
    let is_wanted = setup.inputs.kind == SourceKind::Typed && !typed.is_empty() && typed != samples;
    if !samples.is_empty() && is_wanted && widgets::link(ui, theme, "Use its sample inputs").clicked() {
        view.cx.commands.send(Command::UseSampleInputs);
    }
}

/// A button with the function's name that opens the catalogue.
fn picker_ui(ui: &mut Ui, theme: &Theme, choice: &mut BuiltinChoice) {
    let name = RichText::new(choice.builtin.name).text_style(strong());
    let arrow = ICON_KEYBOARD_ARROW_DOWN.rich_text().color(theme.weak);
    let size = [ui.available_width(), FIELD_HEIGHT + 2.0];
    let button = ui.add(Button::new(name).right_text(arrow).min_size(size.into()));
    let button = button.on_hover_text("Choose another function.");
    let width = button.rect.width() + 60.0;
    Popup::menu(&button).close_behavior(PopupCloseBehavior::CloseOnClickOutside).width(width).show(|ui| {
        ui.set_width(width);
        let field = TextEdit::singleline(&mut choice.search)
            .hint_text("Search")
            .desired_width(f32::INFINITY)
            .margin(Margin::symmetric(8, 5));
        let response = ui.add(field);
        let is_sought = !choice.search.trim().is_empty();
        let is_entered =
            is_sought && response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if ui.memory(|memory| memory.focused().is_none()) {
            response.request_focus();
        }
        // Enter takes what stands first, as in the list of commands.
        let first = || choice.found().first().and_then(|(_, functions)| functions.first().copied());
        let entered = is_entered.then(first).flatten();
        if let Some(chosen) = list_ui(ui, theme, choice).or(entered) {
            choice.choose(chosen);
            ui.close();
        }
    });
}

fn list_ui(ui: &mut Ui, theme: &Theme, choice: &BuiltinChoice) -> Option<&'static Builtin> {
    let found = choice.found();
    if found.is_empty() {
        widgets::weak(ui, theme, "No function has these letters.");
    }
    let mut chosen = None;
    widgets::list_area(340.0).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        for (nature, functions) in found {
            ui.add_space(GAP / 2.0);
            widgets::section_title(ui, theme, nature.label());
            for builtin in functions {
                let is_chosen = std::ptr::eq(builtin, choice.builtin);
                let size = [ui.available_width(), 24.0];
                let row = Button::selectable(is_chosen, RichText::new(builtin.name).color(theme.text))
                    .min_size(size.into());
                if ui.add(row.right_text("")).on_hover_text(builtin.summary).clicked() {
                    chosen = Some(builtin);
                }
            }
        }
    });
    chosen
}

fn description_ui(ui: &mut Ui, theme: &Theme, builtin: &Builtin) {
    ui.add(Label::new(RichText::new(builtin.summary).color(theme.weak)).wrap());
    ui.horizontal(|ui| {
        widgets::weak(ui, theme, format!("Takes {}.", builtin.takes.label()));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            widgets::chip(ui, theme, builtin.nature.label())
                .on_hover_text("What most of its time is spent on.");
        });
    });
}

fn param_ui(ui: &mut Ui, theme: &Theme, choice: &mut BuiltinChoice, param: &'static Param) {
    let mut text = choice.text_of(param);
    ui.horizontal(|ui| {
        let tooltip = format!("{} It can be {}.", param.summary, param.allowed());
        let label = widgets::weak(ui, theme, param.name).on_hover_text(&tooltip);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let field =
                TextEdit::singleline(&mut text).desired_width(110.0).align(egui::Align2::RIGHT_CENTER);
            if ui.add(field).labelled_by(label.id).on_hover_text(&tooltip).changed() {
                choice.params.insert(param.name, text.clone());
            }
        });
    });
    if let Some(error) = choice.error_of(param) {
        ui.add(Label::new(RichText::new(capitalised(&error)).color(theme.bad)).wrap());
    }
}
