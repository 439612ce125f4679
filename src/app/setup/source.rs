//! Inputs from a file or a folder: the path, how it is read, what was found, and which lines are none.

use egui::{Align, Button, ComboBox, Label, Layout, RichText, TextEdit, Ui};

use super::inputs::preview_ui;
use super::{SetupView, capitalised};
use crate::app::command::Command;
use crate::app::format;
use crate::app::state::{Loading, Origin, Setup, SourceKind, path_from_text};
use crate::app::theme::{FIELD_HEIGHT, GAP, Theme, strong};
use crate::app::widgets;
use crate::input::{BadLines, ColumnChoice, Format, Loaded, Progress};

/// Rows of the preview.
const PREVIEW_ROWS: usize = 3;

/// Draws the part; see the module's text.
pub fn ui(ui: &mut Ui, setup: &mut Setup, view: &mut SetupView<'_, '_>) {
    let theme = view.cx.theme;
    let is_folder = setup.inputs.kind == SourceKind::Folder;
    let has_error = setup.error.is_some();
    let Some(loading) = setup.inputs.loading_mut() else { return };
    let open = if is_folder { Command::OpenFolder } else { Command::OpenFile };
    if let Some(progress) = loading.progress() {
        if progress_ui(ui, theme, progress) {
            loading.cancel();
        }
    } else if loading.loaded.is_some() {
        let is_changed = widgets::field_frame(theme).show(ui, |ui| loaded_ui(ui, view, loading, &open)).inner;
        if is_changed {
            loading.again(ui.ctx());
        }
    } else {
        let button = Button::new(open.label()).min_size([ui.available_width(), FIELD_HEIGHT].into());
        if ui.add(button).on_hover_text(open.tooltip()).clicked() {
            view.cx.commands.send(open);
        }
    }
    if let Some(error) = loading.error.as_ref().map(ToString::to_string) {
        ui.add_space(GAP / 2.0);
        if widgets::notice(ui, theme, theme.bad, &capitalised(&error)) {
            loading.error = None;
        }
    }
    // What is loaded can be changed by the link beside it; the field comes back where no dialog could be opened.
    if loading.loaded.is_none() || *view.focus_path_field || has_error {
        ui.add_space(GAP / 2.0);
        path_ui(ui, loading, view, is_folder);
    }
}

/// The field that works where no dialog does: Enter takes the path in it.
fn path_ui(ui: &mut Ui, loading: &mut Loading, view: &mut SetupView<'_, '_>, is_folder: bool) {
    let hint = if is_folder { "or the path of a folder" } else { "or the path of a file" };
    let field = TextEdit::singleline(&mut loading.path_text)
        .hint_text(hint)
        .desired_width(f32::INFINITY)
        .margin(egui::Margin::symmetric(8, 5));
    let response =
        ui.add(field).on_hover_text("A path, taken with Enter. Files can be dropped on the window, too.");
    if std::mem::take(view.focus_path_field) {
        response.request_focus();
    }
    let is_entered = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
    if is_entered && !loading.path_text.trim().is_empty() {
        view.cx.commands.send(Command::LoadPath(path_from_text(&loading.path_text)));
    }
}

/// How far the reading is; true when it was called off.
fn progress_ui(ui: &mut Ui, theme: &Theme, progress: &Progress) -> bool {
    // The counters move without waking anybody.
    ui.ctx().request_repaint_after(std::time::Duration::from_millis(100));
    let (read, total) = (progress.read_bytes(), progress.total_bytes());
    let share = if total == 0 { 0.0 } else { read as f32 / total as f32 };
    let frame = widgets::field_frame(theme).show(ui, |ui| {
        widgets::progress_bar(ui, theme, share, theme.accent, "reading the inputs");
        ui.horizontal(|ui| {
            let rows = format::counted(progress.rows(), "row", "rows");
            widgets::weak(ui, theme, format!("Reading: {rows}, {}", format::bytes(read)));
            super::inputs::end_button(ui, "Cancel")
        })
        .inner
    });
    frame.inner
}

/// What was read; true when a wish was changed, so that it must be read again.
fn loaded_ui(ui: &mut Ui, view: &SetupView<'_, '_>, loading: &mut Loading, open: &Command) -> bool {
    let theme = view.cx.theme;
    let Some(loaded) = &loading.loaded else { return false };
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if widgets::link(ui, theme, "Change…").clicked() {
                view.cx.commands.send(open.clone());
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let name = widgets::elided(ui, RichText::new(&loaded.name).text_style(strong()));
                if let Some(Origin::Path(path)) = &loading.origin {
                    name.on_hover_text(path.display().to_string());
                }
            });
        });
    });
    let (column, format) = ui
        .horizontal(|ui| {
            widgets::weak(
                ui,
                theme,
                if loaded.columns.len() > 1 || loaded.has_header { "column" } else { "format" },
            );
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let format = format_ui(ui, loaded, loading.options.format);
                (column_ui(ui, loaded), format)
            })
            .inner
        })
        .inner;
    preview_ui(ui, theme, &loaded.column, PREVIEW_ROWS);
    ui.add_space(GAP / 2.0);
    widgets::elided(ui, RichText::new(loaded.describe()).color(theme.weak));
    if !loaded.bad.is_empty() {
        bad_lines_ui(ui, theme, &loaded.bad, &mut loading.skips_bad_lines);
    }
    let is_changed = column.is_some() || format.is_some();
    if let Some(column) = column {
        loading.options.column = Some(column);
    }
    if let Some(format) = format {
        loading.options.format = format;
        loading.options.column = None;
    }
    is_changed
}

/// The column drop-down, or the name of the one there is.
fn column_ui(ui: &mut Ui, loaded: &Loaded) -> Option<ColumnChoice> {
    let count = loaded.columns.len();
    if count < 2 {
        widgets::elided(ui, loaded.columns.first()?);
        return None;
    }
    // Behind the columns: each row as a whole.
    let mut chosen = loaded.chosen_column.unwrap_or(count);
    let before = chosen;
    let name = |place: usize| match loaded.columns.get(place) {
        Some(name) => name.clone(),
        None => "all, row by row".to_owned(),
    };
    let combo = ComboBox::from_id_salt("column").width(ui.available_width() - 8.0).truncate();
    combo
        .show_index(ui, &mut chosen, count + 1, name)
        .on_hover_text("The column that holds the inputs, or all: a row then names a function's arguments.");
    (chosen != before)
        .then(|| if chosen == count { ColumnChoice::All } else { ColumnChoice::Number(chosen + 1) })
}

/// The format drop-down; the inner `None` lets the content decide.
fn format_ui(ui: &mut Ui, loaded: &Loaded, wished: Option<Format>) -> Option<Option<Format>> {
    let (detected, tooltip) = match wished {
        None => {
            (format!("detected: {}", loaded.format), "How the file is laid out, as its content suggests.")
        }
        Some(_) => ("detect".to_owned(), "How the file is laid out, as you chose."),
    };
    let mut chosen = wished;
    let combo = ComboBox::from_id_salt("format").width(70.0).selected_text(loaded.format.label());
    let response = combo.show_ui(ui, |ui| {
        ui.selectable_value(&mut chosen, None, detected);
        for format in Format::ALL {
            ui.selectable_value(&mut chosen, Some(format), format.label());
        }
    });
    response.response.on_hover_text(tooltip);
    (chosen != wished).then_some(chosen)
}

fn bad_lines_ui(ui: &mut Ui, theme: &Theme, bad: &BadLines, skips: &mut bool) {
    ui.add_space(GAP / 2.0);
    let shown = bad.first.iter().take(2).map(|line| match line.text.as_str() {
        "" => format!("{} empty", line.line),
        text => format!("{} “{text}”", line.line),
    });
    let verb = if *skips { "skipped" } else { "not usable" };
    let lines = format::counted(bad.count, "line", "lines");
    let text = format!("{lines} {verb}: {}", shown.collect::<Vec<_>>().join(", "));
    let label = ui.add(Label::new(RichText::new(text).color(theme.warn)).wrap());
    label.on_hover_ui(|ui| {
        for line in bad.first.iter().take(20) {
            ui.label(line.sentence());
        }
        if bad.count > 20 {
            widgets::weak(ui, theme, format!("and {} more", format::count(bad.count - 20)));
        }
    });
    ui.horizontal(|ui| {
        // The circles stand on a field, whose colour they would have.
        ui.visuals_mut().widgets.inactive.bg_fill = theme.panel;
        ui.visuals_mut().widgets.inactive.bg_stroke.color = theme.faint;
        ui.radio_value(skips, true, "skip them");
        ui.radio_value(skips, false, "do not run");
    });
}
