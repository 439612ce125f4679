//! The columns of the table: their names, and what of a row stands in each.

use egui::{Align, Label, Layout, RichText, Role, Sense, Ui, WidgetInfo};

use super::cells::{RowLook, cell_text, input_text, state_words, worker_ui};
use super::row_query::SortKey;
use crate::app::context::ViewContext;
use crate::app::{format, notes};
use crate::pool::{Row, ns_to_s};

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Item,
    Input,
    Output,
    Worker,
    Start,
    Took,
    State,
}

impl Column {
    /// All of them, from left to right.
    pub const ALL: [Self; 7] =
        [Self::Item, Self::Input, Self::Output, Self::Worker, Self::Start, Self::Took, Self::State];

    /// The word above it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Item => "item",
            Self::Input => "input",
            Self::Output => "output",
            Self::Worker => "worker",
            Self::Start => "start",
            Self::Took => "took",
            Self::State => "state",
        }
    }

    /// Whether its cell of a row holds nothing.
    pub fn is_empty(self, row: &Row<'_>) -> bool {
        match self {
            Self::Item | Self::Input | Self::State => false,
            Self::Output => row.output.is_none(),
            Self::Worker | Self::Start => row.worker == 0,
            Self::Took => row.worker == 0 || !row.state.is_final(),
        }
    }

    /// What its cell of a row holds, uncut; nothing where it is empty.
    pub fn text(self, row: &Row<'_>) -> Option<String> {
        if self.is_empty(row) {
            return None;
        }
        match self {
            Self::Item => Some(row.index.to_string()),
            Self::Input => Some(row.input_text().into_owned()),
            Self::Output => row.output.map(|output| output.to_string()),
            Self::Worker => Some(row.worker.to_string()),
            Self::Start => Some(format!("{:.6} s", ns_to_s(row.start_ns))),
            Self::Took => Some(format::duration(row.duration_s.into())),
            Self::State => Some(row.error().map_or_else(|| state_words(row), |error| error.into_owned())),
        }
    }

    /// What rows are sorted by where this is clicked.
    pub fn sort_key(self) -> Option<SortKey> {
        match self {
            Self::Item => Some(SortKey::Index),
            Self::Output => Some(SortKey::Output),
            Self::Took => Some(SortKey::Took),
            _ => None,
        }
    }

    /// Numbers stand right, words left.
    fn is_right(self) -> bool {
        !matches!(self, Self::Worker | Self::State)
    }
}

/// What stands in a cell, cut to its width.
pub fn cell_ui(ui: &mut Ui, cx: &ViewContext<'_>, row: &Row<'_>, look: &RowLook<'_>, column: Column) {
    if let Some(note) = look.note.filter(|_| column == Column::Item) {
        note_mark_ui(ui, cx, row.index, note);
    }
    let text = match column {
        Column::Worker => return worker_ui(ui, cx, look.worker, look.color),
        Column::Item => row.index.to_string(),
        Column::Input => input_text(row),
        Column::Output => row.output.map(cell_text).unwrap_or_default(),
        Column::Start => {
            look.start_ns.map(|start_ns| format!("{:.3} s", ns_to_s(start_ns))).unwrap_or_default()
        }
        Column::Took if row.is_chunk_timed && row.worker > 0 => {
            format!("≈ {}", format::duration(row.duration_s.into()))
        }
        Column::Took => column.text(row).unwrap_or_default(),
        Column::State => look.state.clone(),
    };
    if !text.is_empty() {
        let color = if column == Column::State { look.state_color } else { look.color };
        ui.add(Label::new(RichText::new(text).color(color)).truncate());
    }
}

/// The sign in the corner of a row that has a note.
fn note_mark_ui(ui: &Ui, cx: &ViewContext<'_>, index: u64, note: &str) {
    let rect = ui.max_rect();
    // Only seen: what is under the pointer is the row, whose tooltip has the note.
    let response = ui.interact(rect, ui.scope_id().with("note"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Note, true, format!("Note on row {index}: {note}")));
    notes::draw_mark(ui.painter(), cx.theme, rect.left_top());
}

/// Draws into a cell or a title of the column, at its side.
pub fn in_column(ui: &mut Ui, column: Column, add: impl FnOnce(&mut Ui)) {
    let layout = match column.is_right() {
        true => Layout::right_to_left(Align::Center),
        false => Layout::left_to_right(Align::Center),
    };
    ui.with_layout(layout, |ui| {
        ui.add_space(if column == Column::Item { 4.0 } else { 2.0 });
        add(ui);
    });
}
