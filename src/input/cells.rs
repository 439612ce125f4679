//! Builds one column from cells as they are written, passes it on in pieces where that is wanted, and notes what cannot
//! be a cell.
//!
//! What a cell is taken for is the business of `store`; where cells come from, that of the readers (`rows`, `table`,
//! `json`).

use std::time::Instant;

use super::bad::BadLines;
use super::objects::{Misfit, Objects};
use super::options::CellType;
use super::rows::Row;
use super::store::{Store, Values};
use super::target::Target;
use crate::value::Column;

/// A column in the making.
pub(super) struct Cells<'p> {
    to: Target<'p>,
    piece_begun: Instant,
    /// What the texts of the piece take, as they are written.
    piece_bytes: usize,
    /// Whether pieces with rows in them went on already.
    has_passed_on: bool,
    /// For JSON: the type that was asked for, and whether it was only a hint.
    asked: Option<(CellType, bool)>,
    store: Store,
    /// Whether each row is one line: an empty one is a text then, once another row follows.
    is_lines: bool,
    /// Empty lines whose fate is open.
    blank_lines: u64,
    bad: BadLines,
    rows: u64,
}

impl<'p> Cells<'p> {
    /// Plain cells of a table.
    pub(super) fn plain(asked: Option<CellType>, is_hint: bool, to: Target<'p>) -> Self {
        Self::new(Store::plain(asked, is_hint), to)
    }

    /// Plain cells of which each is a line.
    pub(super) fn lines(asked: Option<CellType>, is_hint: bool, to: Target<'p>) -> Self {
        Self { is_lines: true, ..Self::plain(asked, is_hint, to) }
    }

    /// JSON values.
    pub(super) fn json(asked: Option<CellType>, is_hint: bool, to: Target<'p>) -> Self {
        let asked = asked.map(|asked| (asked, is_hint));
        Self { asked, ..Self::new(Store::Json(Values::default()), to) }
    }

    /// Whole rows of a table.
    pub(super) fn rows(objects: Objects, to: Target<'p>) -> Self {
        Self::new(Store::Rows(Box::new(objects)), to)
    }

    fn new(store: Store, to: Target<'p>) -> Self {
        Self {
            to,
            piece_begun: Instant::now(),
            piece_bytes: 0,
            has_passed_on: false,
            asked: None,
            store,
            is_lines: false,
            blank_lines: 0,
            bad: BadLines::default(),
            rows: 0,
        }
    }

    /// Takes a row that is one cell as a whole.
    pub(super) fn push_row(&mut self, row: Row<'_>) {
        match row.broken {
            None => self.push(row.line, row.bytes),
            Some(reason) => self.push_bad(row.line, row.bytes, reason),
        }
    }

    /// Takes the cell of line `line`, as it is written.
    pub(super) fn push(&mut self, line: u64, cell: &[u8]) {
        self.begin_row(cell.len());
        // Nearly every cell of a large file ends here.
        if self.blank_lines == 0 && self.store.push_plain_int(cell) {
            return;
        }
        if self.is_lines && self.store.is_blank(cell) {
            self.blank_lines += 1;
            return;
        }
        self.settle_blank_lines();
        self.store_cell(line, cell);
    }

    /// Takes the cells of a row of a table, as the row is written.
    pub(super) fn push_record(&mut self, row: Row<'_>) {
        self.begin_row(row.bytes.len());
        let Store::Rows(objects) = &mut self.store else { return };
        match objects.push(row.bytes) {
            Ok(newly_text) => self.note_widened(row.line, newly_text),
            Err(Misfit { cell, reason }) => {
                self.bad.note(row.line, cell.as_deref().unwrap_or(row.bytes), reason);
            }
        }
    }

    /// Notes a row that has no cell to take.
    pub(super) fn push_bad(&mut self, line: u64, text: &[u8], reason: impl Into<String>) {
        self.rows += 1;
        self.to.progress.set_rows(self.rows);
        self.settle_blank_lines();
        self.bad.note(line, text, reason);
    }

    /// The column and what did not fit.
    pub(super) fn finish(mut self) -> (Column, BadLines) {
        let mut column = self.store.take();
        if self.to.is_in_pieces() {
            self.to.put(std::mem::take(&mut column), &self.bad);
        }
        (column, self.bad)
    }

    fn begin_row(&mut self, size_bytes: usize) {
        self.rows += 1;
        self.to.progress.set_rows(self.rows);
        if self.to.is_in_pieces() {
            self.piece_bytes += size_bytes;
            self.pass_on_if_due();
        }
    }

    /// A piece goes on before its next row, so that what is left at the end is there to finish.
    fn pass_on_if_due(&mut self) {
        if self.to.is_piece_due(self.store.rows(), self.piece_bytes, self.piece_begun) {
            let piece = self.store.take();
            self.has_passed_on |= !piece.is_empty();
            self.to.put(piece, &self.bad);
            self.piece_begun = Instant::now();
            self.piece_bytes = 0;
        }
    }

    fn store_cell(&mut self, line: u64, cell: &[u8]) {
        let stored = match (&mut self.store, self.asked) {
            (Store::Json(values), Some((asked, is_hint))) => {
                values.push_json(cell, Some(asked), is_hint).map(|()| false)
            }
            (store, _) => store.push(cell),
        };
        match stored {
            Ok(newly_text) => self.note_widened(line, newly_text),
            Err(reason) => self.bad.note(line, cell, reason),
        }
    }

    /// Numbers that went on in a piece cannot be made text any more.
    fn note_widened(&mut self, line: u64, newly_text: bool) {
        if newly_text && self.has_passed_on && self.bad.widened_line.is_none() {
            self.bad.widened_line = Some(line);
        }
    }

    /// Another row follows, so the empty lines before it were not the end of the file.
    fn settle_blank_lines(&mut self) {
        let count = std::mem::take(&mut self.blank_lines);
        if count > 0 {
            self.store.push_blank_lines(count);
        }
    }
}

