//! What inputs look like in short: how many of what, and the first of them.

use egui::{Align, Button, Layout, RichText, TextStyle, Ui};

use crate::app::format;
use crate::app::theme::Theme;
use crate::app::widgets;
use crate::value::{Column, ColumnType};

/// "100,000 integers", "1 call".
pub fn counted(column: &Column) -> String {
    let plural = match column.column_type() {
        ColumnType::None => "calls",
        other => other.plural(),
    };
    format::counted(column.len() as u64, plural.strip_suffix('s').unwrap_or(plural), plural)
}

/// A cell as it was written, short.
pub fn cell(column: &Column, index: usize) -> Option<String> {
    let text = match column.written(index) {
        Some(written) => written.to_owned(),
        None => column.get(index)?.to_string(),
    };
    Some(crate::value::shortened(&text, 60).into_owned())
}

/// The first cells: enough to see whether the inputs are what was meant.
pub fn preview_ui(ui: &mut Ui, theme: &Theme, column: &Column, rows: usize) {
    ui.spacing_mut().item_spacing.y = 1.0;
    for (index, cell) in (0..column.len().min(rows)).filter_map(|index| Some((index, cell(column, index)?))) {
        let text =
            RichText::new(format!("{index} · {cell}")).text_style(TextStyle::Monospace).color(theme.weak);
        widgets::elided(ui, text);
    }
}

/// A quiet button at the end of a row.
pub fn end_button(ui: &mut Ui, text: &str) -> bool {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| ui.add(Button::new(text)).clicked()).inner
}
