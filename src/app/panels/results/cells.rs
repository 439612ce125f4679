//! What stands in the cells of a row, as short texts with their colours.

use std::fmt::{self, Write};

use egui::{Color32, FontId, Label, RichText, TextStyle, Ui};

use crate::app::context::ViewContext;
use crate::app::theme::STEP;
use crate::app::widgets;
use crate::pool::{NotePlace, Row, RowState, RunSnapshot};
use crate::value::ValueRef;

/// Characters of a cell in the table.
const CELL_CHARACTERS: usize = 160;
/// Lines of a tooltip, and characters of a line.
const MOST_LINES: usize = 24;
const LONGEST_LINE: usize = 240;

/// How a row is shown beside its cells.
pub struct RowLook<'a> {
    /// The note on its item.
    pub note: Option<&'a str>,
    pub worker: usize,
    pub start_ns: Option<u64>,
    pub state: String,
    pub color: Color32,
    pub state_color: Color32,
}

impl<'a> RowLook<'a> {
    /// The look of a row now.
    pub fn of(cx: &ViewContext<'_>, run: &'a RunSnapshot, row: &Row<'_>) -> Self {
        let theme = cx.theme;
        let note = run.log.margin.on(NotePlace::Item(row.index));
        if let Some((worker, since_ns)) = running(cx, run, row) {
            let (state, state_color) = ("running".to_owned(), theme.accent);
            let start_ns = Some(since_ns);
            return Self { note, worker, start_ns, state, color: theme.text, state_color };
        }
        let (color, state_color) = match row.state {
            RowState::Pending | RowState::NotRun => (theme.weak, theme.weak),
            RowState::Ok if row.is_flaky => (theme.text, theme.warn),
            RowState::Ok => (theme.text, theme.text),
            RowState::Failed | RowState::TimedOut => (theme.bad, theme.bad),
            RowState::Stopped => (theme.weak, theme.warn),
        };
        let state = match row.cause {
            Some(cause) if row.state == RowState::Failed => {
                // The tooltip has the sentence.
                bounded(|text| write!(text, "failed: {}", cause.brief()), CELL_CHARACTERS)
            }
            _ => state_words(row),
        };
        let start_ns = (row.worker > 0).then_some(row.start_ns);
        Self { note, worker: row.worker, start_ns, state, color, state_color }
    }
}

/// "ok", "timed out", "ok after 2 tries", "ok, kept".
pub fn state_words(row: &Row<'_>) -> String {
    match row.state {
        // No worker of this run had it: it was finished in the run that this one goes on from.
        RowState::Ok if row.worker == 0 => "ok, kept".to_owned(),
        RowState::Ok if row.is_flaky => format!("ok after {} tries", row.attempts),
        state => state.label().to_owned(),
    }
}

/// The worker that executes the item now, and since when.
pub fn running(cx: &ViewContext<'_>, run: &RunSnapshot, row: &Row<'_>) -> Option<(usize, u64)> {
    if row.state != RowState::Pending || !cx.is_live() {
        return None;
    }
    run.live.iter().enumerate().find_map(|(place, lane)| {
        lane.executing
            .filter(|executing| executing.index == row.index)
            .map(|executing| (place + 1, executing.since_ns))
    })
}

/// The worker as a swatch and its number; nothing where none has had the row.
pub fn worker_ui(ui: &mut Ui, cx: &ViewContext<'_>, worker: usize, color: Color32) {
    let Some(place) = worker.checked_sub(1) else { return };
    let lane = cx.run.and_then(|run| run.log.lanes.get(place));
    let is_alone = lane.is_some_and(|lane| lane.is_for_suspects);
    ui.spacing_mut().item_spacing.x = STEP + 1.0;
    widgets::swatch(ui, if is_alone { cx.theme.warn } else { cx.theme.worker(worker) });
    let name = if is_alone { "alone".to_owned() } else { worker.to_string() };
    ui.label(RichText::new(name).color(color));
}

/// A value as one short line, as the function gave it.
pub fn cell_text(cell: ValueRef<'_>) -> String {
    bounded(|text| write!(text, "{cell}"), CELL_CHARACTERS)
}

/// An input as one short line, as it was written.
pub fn input_text(row: &Row<'_>) -> String {
    bounded(|text| text.write_str(&row.input_text()), CELL_CHARACTERS)
}

/// What `write` writes, as one line and cut at `limit` characters: a cell may hold megabytes.
pub fn bounded(write: impl FnOnce(&mut Bounded) -> fmt::Result, limit: usize) -> String {
    let mut text = Bounded { text: String::new(), left: limit };
    if write(&mut text).is_err() {
        text.text.push('…');
    }
    text.text
}

/// Why an item failed, in a tooltip: its sentence, and below it what tells where, as a Python prints it.
pub fn error_ui(ui: &mut Ui, error: &str) {
    let lines = error.lines().map(|line| bounded(|text| text.write_str(line), LONGEST_LINE));
    let mut lines = lines.take(MOST_LINES);
    ui.label(lines.next().unwrap_or_default());
    let rest = lines.collect::<Vec<_>>().join("\n");
    if !rest.is_empty() {
        // Signs under a line point at letters above them.
        let font = FontId::monospace(TextStyle::Small.resolve(ui.style()).size);
        ui.add(Label::new(RichText::new(rest).font(font)).extend());
    }
}

/// A text that takes no more than a number of characters.
pub struct Bounded {
    text: String,
    left: usize,
}

impl Write for Bounded {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        for character in part.chars() {
            if self.left == 0 {
                return Err(fmt::Error);
            }
            self.left -= 1;
            self.text.push(if character.is_control() { ' ' } else { character });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_one_short_line() {
        assert_eq!(cell_text(ValueRef::Int(-1_234_567)), "-1234567");
        assert_eq!(cell_text(ValueRef::Float(1e21)), "1e+21");
        assert_eq!(cell_text(ValueRef::Bytes(b"a\xff")), "b'a\\xff'");
        assert_eq!(cell_text(ValueRef::Text("two\nlines")), "two lines");
        let long = "x".repeat(1_000_000);
        assert_eq!(cell_text(ValueRef::Text(&long)).chars().count(), CELL_CHARACTERS + 1);
    }
}
