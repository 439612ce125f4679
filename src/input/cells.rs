//! Builds one column from cells as they are written, passes it on in pieces where that is wanted, and notes what cannot
//! be a cell.
//!
//! What a cell is taken for is the business of `store`; where cells come from, that of the readers (`rows`, `table`,
//! `json`).

use std::time::Instant;

use super::bad::BadLines;
use super::objects::{Misfit, Objects, Taken};
use super::options::CellType;
use super::rows::{RawRow, RawRows};
use super::store::{Store, Values};
use super::target::InputTarget;
use crate::value::Column;

/// A column in the making.
pub(super) struct CellSink<'p> {
    to: InputTarget<'p>,
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

impl<'p> CellSink<'p> {
    /// Plain cells of a table.
    pub(super) fn plain(asked: Option<CellType>, is_hint: bool, to: InputTarget<'p>) -> Self {
        Self::new(Store::plain(asked, is_hint), to)
    }

    /// Plain cells of which each is a line.
    pub(super) fn lines(asked: Option<CellType>, is_hint: bool, to: InputTarget<'p>) -> Self {
        Self { is_lines: true, ..Self::plain(asked, is_hint, to) }
    }

    /// JSON values.
    pub(super) fn json(asked: Option<CellType>, is_hint: bool, to: InputTarget<'p>) -> Self {
        let asked = asked.map(|asked| (asked, is_hint));
        Self { asked, ..Self::new(Store::Json(Values::default()), to) }
    }

    /// Whole rows of a table.
    pub(super) fn rows(objects: Objects, to: InputTarget<'p>) -> Self {
        Self::new(Store::Rows(Box::new(objects)), to)
    }

    fn new(store: Store, to: InputTarget<'p>) -> Self {
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
    pub(super) fn push_row(&mut self, row: RawRow<'_>) {
        match row.broken {
            None => self.push(row.line, row.bytes),
            Some(reason) => self.push_bad(row.line, row.bytes, reason),
        }
    }

    /// Takes the cell of line `line`, as it is written.
    pub(super) fn push(&mut self, line: u64, cell: &[u8]) {
        self.begin_row(cell.len());
        // Nearly every cell of a large file ends here.
        if self.blank_lines == 0 && self.store.push_plain(cell) {
            return;
        }
        if self.is_lines && cell.is_empty() {
            self.blank_lines += 1;
            return;
        }
        self.settle_blank_lines();
        if self.is_lines
            && let Ok(line) = std::str::from_utf8(cell)
            && line.trim_ascii().is_empty()
            && self.store.passes_over(line)
        {
            return;
        }
        self.store_cell(line, cell);
    }

    /// Takes an empty cell for a row that ends before it.
    pub(super) fn push_missing(&mut self, line: u64) {
        self.bad.note_short(line);
        self.push(line, b"");
    }

    /// Takes the cells of a row of a table, as the row is written.
    pub(super) fn push_record(&mut self, row: RawRow<'_>) {
        self.begin_row(row.bytes.len());
        let Store::Rows(objects) = &mut self.store else { return };
        match objects.push(row.bytes) {
            Ok(Taken { is_newly_text, is_short }) => {
                if is_short {
                    self.bad.note_short(row.line);
                }
                self.note_widened(row.line, is_newly_text);
            }
            Err(Misfit { cell, reason }) => {
                self.note_bad(row.line, cell.as_deref().unwrap_or(row.bytes), reason);
            }
        }
    }

    /// Notes a row that has no cell to take.
    pub(super) fn push_bad(&mut self, line: u64, text: &[u8], reason: impl Into<String>) {
        self.rows += 1;
        self.to.progress.set_rows(self.rows);
        self.settle_blank_lines();
        self.note_bad(line, text, reason);
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
            self.pass_on();
        }
    }

    /// Passes on what there is where the next row has not ended and whoever writes it is silent.
    pub(super) fn pass_on_in_silence(&mut self, rows: &impl RawRows) {
        if self.to.is_in_pieces() && self.store.rows() > 0 && rows.is_dry() && self.to.is_silent() {
            self.pass_on();
        }
    }

    fn pass_on(&mut self) {
        let piece = self.store.take_piece();
        self.has_passed_on |= !piece.is_empty();
        self.to.put(piece, &self.bad);
        self.piece_begun = Instant::now();
        self.piece_bytes = 0;
    }

    fn note_bad(&mut self, line: u64, text: &[u8], reason: impl Into<String>) {
        let is_first = self.bad.is_empty() && self.to.is_in_pieces();
        // Who stops at a bad row gets those before it,
        if is_first {
            self.pass_on();
        }
        self.bad.note(line, text, reason);
        // and is told of it at once: the next one may never come.
        if is_first {
            self.pass_on();
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
            Err(reason) => self.note_bad(line, cell, reason),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::LoadProgress;
    use crate::value::{Value, ValueRef};

    fn lines_as(asked: Option<CellType>, is_hint: bool, cells: &[&str]) -> (Column, BadLines) {
        let progress = LoadProgress::new();
        let mut built = CellSink::lines(asked, is_hint, InputTarget::column(&progress));
        for (line, cell) in (1..).zip(cells) {
            built.push(line, cell.as_bytes());
        }
        built.finish()
    }

    fn lines(cells: &[&str]) -> Column {
        let (column, bad) = lines_as(None, false, cells);
        assert!(bad.is_empty(), "{bad:?}");
        column
    }

    fn json(cells: &[&str]) -> (Column, BadLines) {
        let progress = LoadProgress::new();
        let mut built = CellSink::json(None, false, InputTarget::column(&progress));
        for (line, cell) in (1..).zip(cells) {
            built.push(line, cell.as_bytes());
        }
        built.finish()
    }

    fn texts(cells: &[&str]) -> Column {
        cells.iter().copied().collect()
    }

    fn reasons(bad: &BadLines) -> Vec<(u64, &str)> {
        bad.first.iter().map(|bad| (bad.line, bad.reason.as_str())).collect()
    }

    /// Every cell as it was written.
    fn written(column: &Column) -> Vec<String> {
        let shown = |place| match (column.written(place), column.get(place)) {
            (Some(text), _) => text.to_owned(),
            (None, Some(ValueRef::None) | None) => String::new(),
            (None, Some(cell)) => cell.to_string(),
        };
        (0..column.len()).map(shown).collect()
    }

    #[test]
    fn a_word_makes_text_of_all_as_it_was_written() {
        assert_eq!(lines(&["12", "14", "14a", "16"]), texts(&["12", "14", "14a", "16"]));
        let cells = ["1.10", "+5", "-0", " 7 ", "1e5", "", "99999999999999999999", "NaN", "x"];
        assert_eq!(lines(&cells), texts(&cells));
        assert_eq!(lines(&["01569", "02134"]), texts(&["01569", "02134"]));
        assert_eq!(lines(&["3.14159265358979323846", "1"]), texts(&["3.14159265358979323846", "1"]));
        assert_eq!(lines(&["Nan", "Inf"]), texts(&["Nan", "Inf"]));
    }

    #[test]
    fn numbers_are_read_each_by_itself_and_keep_how_they_were_written() {
        let cells = ["2500", "1.10", "1e5", "-0", " 7 ", "1000000000000000000000000000057", "nan"];
        let column = lines(&cells);
        let big = "1000000000000000000000000000057";
        let values = [2500.into(), 1.1.into(), 1e5.into(), 0.into(), 7.into(), Value::Json(big.into())];
        for (place, value) in values.iter().enumerate() {
            assert_eq!(column.get(place), Some(value.as_ref()), "{place}");
        }
        assert_eq!(written(&column), cells);
        assert_eq!(lines(&["1", "2", "3"]), Column::Int(vec![1, 2, 3]));
        assert_eq!(lines(&["0.5", "2.5"]), Column::Float(vec![0.5, 2.5]));
    }

    #[test]
    fn empty_lines_count_among_texts_only() {
        assert_eq!(lines(&["", "a", "", "1", " b ", "", ""]), texts(&["", "a", "", "1", " b "]));
        assert_eq!(lines(&["1", "", "2", ""]), Column::Int(vec![1, 2]));
        assert_eq!(lines(&["1", "", "x"]), texts(&["1", "", "x"]));
    }

    #[test]
    fn a_type_that_was_asked_for_makes_bad_lines_and_one_that_was_hinted_at_does_not() {
        let cells = ["a", "1", "007", "1.5", "", "99999999999999999999"];
        let (column, bad) = lines_as(Some(CellType::Int64), false, &cells);
        assert_eq!(
            (column.cells(), written(&column)),
            (&Column::Int(vec![1, 7]), vec!["1".into(), "007".into()])
        );
        let expected = [(1, "not an integer"), (4, "not an integer"), (6, "does not fit in 64 bits")];
        assert_eq!(reasons(&bad), expected);
        let (column, bad) = lines_as(Some(CellType::Int), true, &cells);
        assert_eq!((column.get(0), column.get(2)), (Some(ValueRef::Text("a")), Some(ValueRef::Int(7))));
        assert!(bad.is_empty());
        let (column, _) = lines_as(Some(CellType::Float), false, &["1", "nan", "-inf", "1e400"]);
        assert_eq!((column.len(), column.get(0)), (3, Some(ValueRef::Float(1.0))));
        assert_eq!(lines_as(Some(CellType::Text), false, &["1", "007"]).0, texts(&["1", "007"]));
        let (column, bad) = lines_as(Some(CellType::Json), false, &["[1, 2]", "5", "abc"]);
        assert_eq!(column.get(0), Some(ValueRef::Json("[1, 2]")));
        assert_eq!(reasons(&bad), [(3, "not valid JSON (expected value)")]);
    }

    #[test]
    fn json_says_itself_what_it_is() {
        let (column, bad) =
            json(&["1", "1.0", "\"1\"", "null", "true", "[1, 2]", "{\"a\":\n 1}", "-Infinity", "oops"]);
        let expected = [
            Value::Int(1),
            Value::Float(1.0),
            Value::Text("1".into()),
            Value::None,
            Value::Bool(true),
            Value::Json("[1, 2]".into()),
            Value::Json("{\"a\":1}".into()),
            Value::Float(f64::NEG_INFINITY),
        ];
        assert_eq!(column.cells(), &Column::Mixed(expected.to_vec()));
        assert_eq!(reasons(&bad), [(9, "not valid JSON (expected value)")]);
        let (column, _) = json(&["1.10", "-0", "1E400", "123456789012345678901234567890"]);
        assert_eq!(written(&column), ["1.10", "-0", "1E400", "123456789012345678901234567890"]);
        assert_eq!(column.get(1), Some(ValueRef::Int(0)));
    }

    #[test]
    fn bytes_that_are_not_utf8_are_a_bad_line_and_the_rest_stays() {
        let progress = LoadProgress::new();
        let mut cells = CellSink::lines(None, false, InputTarget::column(&progress));
        cells.push(1, b"a");
        cells.push(2, b"caf\xe9");
        cells.push(3, b"c");
        let (column, bad) = cells.finish();
        assert_eq!(column, texts(&["a", "c"]));
        assert_eq!(reasons(&bad), [(2, "not UTF-8 text")]);
        assert_eq!(
            bad.hint().unwrap(),
            "the text looks like windows-1252, as in `café`: choose that encoding (in the terminal: --encoding windows-1252)"
        );
    }
}
