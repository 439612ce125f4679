//! Inputs from a file or a folder: the path, how it is read, what was found, and which lines are none.

use egui::{Align, Button, Label, Layout, RichText, TextEdit, Ui};

use super::preview::{self, preview_ui};
use super::{SetupView, capitalised, reading};
use crate::app::command::Command;
use crate::app::format;
use crate::app::state::{Loading, Origin, Setup, SourceKind, path_from_text};
use crate::app::theme::{FIELD_HEIGHT, GAP, Theme, strong};
use crate::app::widgets;
use crate::input::{BadLines, Encoding, LoadProgress, Loaded};

/// Rows of the preview.
const PREVIEW_ROWS: usize = 3;

/// Draws the part.
pub fn ui(ui: &mut Ui, setup: &mut Setup, view: &mut SetupView<'_, '_>) {
    let theme = view.cx.theme;
    let is_folder = setup.inputs.kind == SourceKind::Folder;
    let has_error = setup.error.is_some();
    let Some(loading) = setup.inputs.loading_mut() else { return };
    let open = if is_folder { Command::OpenFolder } else { Command::OpenFile };
    if let Some(progress) = loading.shown_progress(ui.ctx()) {
        if progress_ui(ui, theme, progress) {
            loading.cancel();
        }
    } else if loading.can_be_read_otherwise() {
        let frame = widgets::field_frame(theme);
        if frame.show(ui, |ui| loaded_ui(ui, view, loading, &open, is_folder)).inner {
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
            loading.forget_error(ui.ctx());
        }
    }
    // What is loaded can be changed by the link beside it; the field comes back where no dialog could be opened.
    if !loading.can_be_read_otherwise() || *view.focus_path_field || has_error {
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
        view.cx.commands.send(Command::LoadPaths(vec![path_from_text(&loading.path_text)]));
    }
}

/// How far the reading is; true when it was called off.
fn progress_ui(ui: &mut Ui, theme: &Theme, progress: &LoadProgress) -> bool {
    // The counters move without waking anybody.
    ui.ctx().request_repaint_after(std::time::Duration::from_millis(100));
    let (read, total) = (progress.read_bytes(), progress.total_bytes());
    let share = if total == 0 { 0.0 } else { read as f32 / total as f32 };
    let frame = widgets::field_frame(theme).show(ui, |ui| {
        widgets::progress_bar(ui, theme, share, theme.accent, "reading the inputs");
        ui.horizontal(|ui| {
            let rows = format::counted(progress.rows(), "row", "rows");
            widgets::weak(ui, theme, format!("Reading: {rows}, {}", format::bytes(read)));
            preview::end_button(ui, "Cancel")
        })
        .inner
    });
    frame.inner
}

/// What was read, and how; true when that was changed, so that it must be read again.
fn loaded_ui(
    ui: &mut Ui,
    view: &SetupView<'_, '_>,
    loading: &mut Loading,
    open: &Command,
    is_folder: bool,
) -> bool {
    let theme = view.cx.theme;
    ui.set_width(ui.available_width());
    name_ui(ui, view, loading, open);
    let mut is_changed = !is_folder && reading::ui(ui, theme, loading);
    let Some(loaded) = loading.loaded.as_ref().filter(|_| loading.error.is_none()) else { return is_changed };
    ui.add_space(GAP / 4.0);
    preview_ui(ui, theme, &loaded.column, PREVIEW_ROWS);
    if !loaded.bad.is_empty() {
        let encoding = bad_lines_ui(ui, theme, &loaded.bad, &mut loading.skips_bad_lines);
        is_changed |= encoding.is_some();
        loading.options.encoding = encoding.or(loading.options.encoding);
    }
    is_changed
}

/// The file's name, and the way to another one.
fn name_ui(ui: &mut Ui, view: &SetupView<'_, '_>, loading: &Loading, open: &Command) {
    let theme = view.cx.theme;
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if widgets::link(ui, theme, "Change…").clicked() {
                view.cx.commands.send(open.clone());
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let name = widgets::elided(ui, RichText::new(loading.name()).text_style(strong()));
                let path = match &loading.origin {
                    Some(Origin::Path(path)) => path.display().to_string(),
                    _ => loading.name(),
                };
                let described = loading.loaded.as_ref().map_or(String::new(), Loaded::describe);
                name.on_hover_text(format!("{path}\n{described}"));
            });
        });
    });
}

/// "5,000 integers", "5,000 rows".
pub fn counted(loaded: &Loaded) -> String {
    if reading::is_by_rows(loaded) {
        return format::counted(loaded.column.len() as u64, "row", "rows");
    }
    preview::counted(&loaded.column)
}

/// The lines that are no inputs, and what to do about them; gives the encoding that is to be taken instead.
fn bad_lines_ui(ui: &mut Ui, theme: &Theme, bad: &BadLines, skips: &mut bool) -> Option<Encoding> {
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
    let encoding = bad.encoding?;
    widgets::link(ui, theme, &format!("Read it as {encoding}")).clicked().then_some(encoding)
}
