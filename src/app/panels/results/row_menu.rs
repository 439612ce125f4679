//! The menu of a row: what of it, and of all rows, can be copied, and the note on it.

use egui::{Button, Ui};

use super::chosen;
use super::column::Column;
use super::rows_shown::Shown;
use crate::app::command::Command;
use crate::app::context::ViewContext;
use crate::app::format;
use crate::app::notes;
use crate::export::python_list;
use crate::pool::{NotePlace, Row};

/// More outputs than this are no list that anybody pastes.
const MOST_LISTED: u64 = 100_000;

/// Draws the menu of a row that was opened over a cell of this column.
pub fn ui(ui: &mut Ui, cx: &ViewContext<'_>, shown: &Shown<'_>, row: &Row<'_>, column: Column) {
    ui.set_min_width(180.0);
    let copy = |ui: &mut Ui, label: &str, text: &dyn Fn() -> String| {
        if ui.button(label).clicked() {
            cx.commands.send(Command::CopyText(text()));
            ui.close();
        }
    };
    copy(ui, "Copy row", &|| chosen::whole(row));
    if !column.is_empty(row) {
        copy(ui, &format!("Copy {}", column.name()), &|| column.text(row).unwrap_or_default());
    }
    notes::menu_item_ui(ui, cx, &shown.run.log, NotePlace::Item(row.index));
    ui.separator();
    let count = shown.rows.len();
    let label = format!("Copy {} as a Python list", format::counted(count, "output", "outputs"));
    let button = ui.add_enabled(count <= MOST_LISTED, Button::new(label));
    let most = format::count(MOST_LISTED);
    let button = button
        .on_hover_text("The outputs of the rows shown, in their order; None for rows without an output.")
        .on_disabled_hover_text(format!("These are more than {most} rows: save the results instead."));
    if button.clicked() {
        let rows = (0..count).filter_map(|place| shown.run.log.row(shown.rows.index_at(place)?));
        cx.commands.send(Command::CopyText(python_list(rows.map(|row| row.output))));
        ui.close();
    }
}
