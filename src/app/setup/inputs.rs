//! Part 1 of the setup: typed inputs, a file or a folder.

use std::sync::Arc;
use std::time::Instant;

use egui::{Align, DragValue, Label, Layout, RichText, TextEdit, TextStyle, Ui};

use super::preview::{cell, counted};
use super::{SetupView, capitalised, reading, source};
use crate::app::command::Command;
use crate::app::format;
use crate::app::state::{InputsSetup, Setup, SourceKind};
use crate::app::theme::{GAP, Theme};
use crate::app::widgets;
use crate::function::Takes;
use crate::value::Column;

const HINT: &str = "1, 2, 3 or 1..100 or [5] * 8\nor one per line";

/// Draws the part.
pub fn ui(ui: &mut Ui, setup: &mut Setup, view: &mut SetupView<'_, '_>) {
    let theme = view.cx.theme;
    let takes = setup.function.takes();
    title_ui(ui, theme, &setup.inputs, takes);
    let kinds = [(SourceKind::Typed, "Type"), (SourceKind::File, "File"), (SourceKind::Folder, "Folder")];
    if let Some(kind) = widgets::segmented(ui, theme, setup.inputs.kind, &kinds) {
        setup.inputs.kind = kind;
    }
    ui.add_space(GAP / 2.0);
    match setup.inputs.kind {
        SourceKind::Typed => typed_ui(ui, setup, view),
        SourceKind::File | SourceKind::Folder => source::ui(ui, setup, view),
    }
}

fn title_ui(ui: &mut Ui, theme: &Theme, inputs: &InputsSetup, takes: Takes) {
    ui.horizontal(|ui| {
        widgets::section_title(ui, theme, "1 Inputs");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let loaded = inputs.loading().and_then(|loading| loading.loaded.as_ref());
            match (inputs.column(takes), loaded) {
                (Ok(_), Some(loaded)) => drop(widgets::weak(ui, theme, source::counted(loaded))),
                (Ok(column), None) => drop(widgets::weak(ui, theme, counted(&column))),
                (Err(_), _) => {}
            }
        });
    });
}

fn typed_ui(ui: &mut Ui, setup: &mut Setup, view: &mut SetupView<'_, '_>) {
    let theme = view.cx.theme;
    let name = ui.label(RichText::new("Inputs").size(0.1));
    let field = TextEdit::multiline(&mut setup.inputs.typed.text)
        .font(TextStyle::Monospace)
        .hint_text(HINT)
        .desired_rows(4)
        .desired_width(f32::INFINITY)
        .margin(egui::Margin::symmetric(8, 6));
    let response =
        egui::ScrollArea::vertical().id_salt("typed").max_height(150.0).show(ui, |ui| ui.add(field));
    let response = response.inner.labelled_by(name.id);
    if std::mem::take(view.focus_typed_field) {
        response.request_focus();
    }
    if response.changed() {
        setup.inputs.typed.edited(Instant::now(), ui.ctx());
    }
    result_ui(ui, theme, setup);
    let has_samples = !setup.function.sample_inputs().is_empty();
    if setup.inputs.typed.text.is_empty()
        && has_samples
        && widgets::link(ui, theme, "Use sample inputs").clicked()
    {
        view.cx.commands.send(Command::UseSampleInputs);
    }
    if setup.inputs.typed.text.is_empty() && setup.function.takes() == Takes::Nothing {
        calls_ui(ui, theme, setup);
    }
}

fn calls_ui(ui: &mut Ui, theme: &Theme, setup: &mut Setup) {
    ui.horizontal(|ui| {
        let label = widgets::weak(ui, theme, "It takes no input. Calls:");
        let field = DragValue::new(&mut setup.inputs.calls).range(1..=1_000_000).speed(0.1);
        ui.add(field).labelled_by(label.id).on_hover_text("How often it is called.");
    });
}

/// What the text was read as, or why it could not be.
fn result_ui(ui: &mut Ui, theme: &Theme, setup: &mut Setup) {
    let typed = &mut setup.inputs.typed;
    let column = match &typed.result {
        _ if typed.is_reading() => return drop(widgets::weak(ui, theme, "Reading…")),
        None => return,
        Some(Err(error)) => {
            let text = capitalised(&error.to_string());
            ui.add(Label::new(RichText::new(text).color(theme.bad)).wrap());
            None
        }
        Some(Ok(column)) => Some(Arc::clone(column)),
    };
    let mut cells = typed.cells;
    let is_changed = ui
        .horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            let found = column.as_deref().map(|column| reading::type_word(column, typed.wanted_type()));
            widgets::weak(
                ui,
                theme,
                column.as_deref().map_or(String::new(), |column| format::count(column.len() as u64)),
            );
            let is_changed = reading::cell_type_ui(ui, theme, &mut cells, found, typed.wanted_type());
            if let Some(column) = &column {
                widgets::elided(ui, RichText::new(ends(column)).color(theme.weak));
            }
            is_changed
        })
        .inner;
    if is_changed {
        typed.cells = cells;
        typed.again(Instant::now(), ui.ctx());
    }
}

/// The first input and the last, as they were written.
fn ends(column: &Column) -> String {
    let last = column.len().checked_sub(1).filter(|last| *last > 0).and_then(|last| cell(column, last));
    match (cell(column, 0), last) {
        (Some(first), Some(last)) => format!("{first} … {last}"),
        (first, _) => first.unwrap_or_default(),
    }
}
