//! Builds one column from cells as they are written: keeps to one type, and notes what does not fit.
//!
//! Which type that is, is the business of `infer`; where the cells come from, that of the readers (`rows`, `table`,
//! `json`).

use std::time::Instant;

use super::bad::{BadLines, KEPT_BAD_LINES};
use super::infer::{self, CellKind};
use super::literal::{self, Shape};
use super::number::{Number, TOO_BIG, read_int, read_number, read_special_float};
use super::options::CellType;
use super::rows::Row;
use super::target::Target;
use crate::value::{Column, Strings};

/// How many cells decide the type, unless they are very long.
const SAMPLE_CELLS: usize = if cfg!(fuzzing) { 8 } else { 1000 };
const SAMPLE_BYTES: usize = 1024 * 1024;

/// How a cell is written, which decides what `"12"` is: a quoted word in JSON, and anything goes in plain text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writing {
    Plain,
    Json,
}

/// A column in the making.
pub(super) struct Cells<'p> {
    to: Target<'p>,
    piece_begun: Instant,
    /// What the texts of the piece take, as they are written.
    piece_bytes: usize,
    writing: Writing,
    forced: Option<CellType>,
    /// Whether each cell has others beside it: an empty one then is not an empty line.
    is_wide: bool,
    store: Store,
    blanks: Blanks,
    bad: BadLines,
    rows: u64,
}

enum Store {
    /// The first cells with their lines, until they are enough to tell the type.
    Sample(Sample),
    Int(Vec<i64>),
    Float(Vec<f64>),
    Text(Strings),
    Json(Strings),
}

#[derive(Default)]
struct Sample {
    cells: Vec<(u64, Vec<u8>)>,
    size_bytes: usize,
    /// How many of the cells stand before a row that has none: blanks among them are not the end of the file.
    followed: usize,
}

/// Empty cells whose fate is open: bad (or empty texts) once another cell follows, nothing at the end of the file.
#[derive(Default)]
struct Blanks {
    count: u64,
    first_lines: Vec<u64>,
}

impl Store {
    fn rows(&self) -> usize {
        match self {
            Self::Sample(sample) => sample.cells.len(),
            Self::Int(cells) => cells.len(),
            Self::Float(cells) => cells.len(),
            Self::Text(cells) | Self::Json(cells) => cells.len(),
        }
    }

    /// Takes the cells and goes on with the same type; a sample stays.
    fn take(&mut self) -> Column {
        match self {
            Self::Sample(_) => Column::default(),
            Self::Int(cells) => Column::Int(trimmed(std::mem::take(cells))),
            Self::Float(cells) => Column::Float(trimmed(std::mem::take(cells))),
            Self::Text(cells) => Column::Text(std::mem::take(cells)),
            Self::Json(cells) => Column::Json(std::mem::take(cells)),
        }
    }
}

impl<'p> Cells<'p> {
    pub(super) fn new(writing: Writing, forced: Option<CellType>, to: Target<'p>) -> Self {
        let store = match forced {
            None => Store::Sample(Sample::default()),
            Some(CellType::Int) => Store::Int(Vec::new()),
            Some(CellType::Float) => Store::Float(Vec::new()),
            Some(CellType::Text) => Store::Text(Strings::default()),
        };
        let (blanks, bad) = (Blanks::default(), BadLines::default());
        let piece_begun = Instant::now();
        Self { to, piece_begun, piece_bytes: 0, writing, forced, is_wide: false, store, blanks, bad, rows: 0 }
    }

    /// A column of JSON objects, one a row.
    pub(super) fn of_objects(writing: Writing, to: Target<'p>) -> Self {
        Self { store: Store::Json(Strings::default()), ..Self::new(writing, None, to) }
    }

    /// The same for a table of several columns.
    pub(super) fn wide(self, is_wide: bool) -> Self {
        Self { is_wide, ..self }
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
        if let Store::Int(cells) = &mut self.store
            && self.blanks.count == 0
            && let Number::Int(number) = read_int(cell)
        {
            cells.push(number);
            return;
        }
        self.push_with_care(line, cell);
    }

    /// Takes the object that a row was made into, compact and sound.
    pub(super) fn push_object(&mut self, object: &str) {
        self.begin_row(object.len());
        self.settle_blanks();
        if let Store::Json(cells) = &mut self.store {
            cells.push(object);
        }
    }

    fn begin_row(&mut self, size_bytes: usize) {
        self.rows += 1;
        self.to.progress.set_rows(self.rows);
        if self.to.is_in_pieces() {
            self.piece_bytes += size_bytes;
            self.pass_on_if_due();
        }
    }

    /// Notes an empty line where a row of several cells was due; it is nothing at the end of the file.
    pub(super) fn push_empty_row(&mut self, line: u64) {
        self.blanks.note(line);
    }

    /// Notes a row that has no cell to take.
    pub(super) fn push_bad(&mut self, line: u64, text: &[u8], reason: impl Into<String>) {
        self.rows += 1;
        self.to.progress.set_rows(self.rows);
        self.settle_blanks();
        if let Store::Sample(sample) = &mut self.store {
            sample.followed = sample.cells.len();
        }
        self.bad.note(line, text, reason);
    }

    /// The column and what did not fit.
    pub(super) fn finish(mut self) -> (Column, BadLines) {
        self.leave_sample();
        // Rows without a cell were noted at once, those of the sample only when it was read.
        self.bad.first.sort_by_key(|bad| bad.line);
        let mut column = self.store.take();
        if self.to.is_in_pieces() {
            self.to.put(std::mem::take(&mut column), &self.bad);
        }
        (column, self.bad)
    }

    /// A piece goes on before its next row, so that what is left at the end is there to finish.
    fn pass_on_if_due(&mut self) {
        if self.to.is_piece_due(self.store.rows(), self.piece_bytes, self.piece_begun) {
            self.leave_sample();
            let piece = self.store.take();
            self.to.put(piece, &self.bad);
            self.piece_begun = Instant::now();
            self.piece_bytes = 0;
        }
    }

    fn push_with_care(&mut self, line: u64, cell: &[u8]) {
        if self.is_wide {
            self.settle_blanks();
        }
        // Empty lines before the first cell only count, so that a file of line ends takes no memory.
        if let Store::Sample(sample) = &mut self.store
            && (self.is_wide || !sample.cells.is_empty() || !cell.trim_ascii().is_empty())
        {
            sample.size_bytes += cell.len() + size_of::<(u64, Vec<u8>)>();
            sample.cells.push((line, cell.to_vec()));
            if sample.cells.len() >= SAMPLE_CELLS || sample.size_bytes >= SAMPLE_BYTES {
                self.leave_sample();
            }
            return;
        }
        self.take(line, cell);
    }

    /// Decides the type by the sample and takes its cells.
    fn leave_sample(&mut self) {
        let Store::Sample(sample) = &mut self.store else { return };
        let Sample { cells, followed, .. } = std::mem::take(sample);
        if cells.is_empty() {
            return;
        }
        let filled = cells.iter().map(|(_, cell)| cell.trim_ascii()).filter(|cell| !cell.is_empty());
        self.store = match infer::cell_kind(self.writing, filled) {
            CellKind::Int => Store::Int(Vec::new()),
            CellKind::Float => Store::Float(Vec::new()),
            CellKind::Text => Store::Text(Strings::default()),
            CellKind::Json => Store::Json(Strings::default()),
        };
        for (place, (line, cell)) in (1..).zip(cells) {
            self.take(line, &cell);
            if place == followed && !self.is_wide {
                self.settle_blanks();
            }
        }
    }

    fn take(&mut self, line: u64, cell: &[u8]) {
        if !self.is_wide {
            if self.is_blank(cell) {
                return self.blanks.note(line);
            }
            self.settle_blanks();
        }
        if let Err(reason) = self.store_cell(cell) {
            self.bad.note(line, cell, reason);
        }
    }

    fn is_blank(&self, cell: &[u8]) -> bool {
        match (&self.store, self.writing) {
            (Store::Text(_), Writing::Plain) => cell.is_empty(),
            _ => cell.trim_ascii().is_empty(),
        }
    }

    /// Another row follows, so the blanks before it were not the end of the file.
    fn settle_blanks(&mut self) {
        let Blanks { count, first_lines } = std::mem::take(&mut self.blanks);
        if count == 0 {
            return;
        }
        match (&mut self.store, self.writing) {
            (Store::Text(cells), Writing::Plain) if !self.is_wide => (0..count).for_each(|_| cells.push("")),
            _ => {
                first_lines.iter().for_each(|line| self.bad.note(*line, b"", "empty"));
                self.bad.count += count - first_lines.len() as u64;
            }
        }
    }

    fn store_cell(&mut self, cell: &[u8]) -> Result<(), String> {
        match self.store {
            // The sample is left before any of its cells is taken, and blanks end before this.
            Store::Sample(_) => Ok(()),
            Store::Int(_) => self.store_int(cell),
            Store::Float(_) => self.store_float(cell),
            Store::Text(_) => self.store_text(cell),
            Store::Json(_) => self.store_json(cell),
        }
    }

    fn store_int(&mut self, cell: &[u8]) -> Result<(), String> {
        let Store::Int(cells) = &mut self.store else { return Ok(()) };
        match self.writing.number(cell, self.forced.is_some()) {
            Number::Int(number) => cells.push(number),
            // Pieces that went on already were of integers.
            Number::Float(number) if self.forced.is_none() && !self.to.is_in_pieces() => {
                let mut floats: Vec<f64> = cells.iter().map(|number| *number as f64).collect();
                floats.push(number);
                self.store = Store::Float(floats);
            }
            Number::TooBig => return Err(TOO_BIG.into()),
            Number::Float(_) | Number::Not => return Err(why_not(cell, "not an integer")),
        }
        Ok(())
    }

    fn store_float(&mut self, cell: &[u8]) -> Result<(), String> {
        let Store::Float(cells) = &mut self.store else { return Ok(()) };
        match self.writing.number(cell, self.forced.is_some()) {
            Number::Int(number) => cells.push(number as f64),
            Number::Float(number) => cells.push(number),
            Number::TooBig => return Err(TOO_BIG.into()),
            Number::Not => match read_special_float(cell.trim_ascii()) {
                Some(number) => cells.push(number),
                None => return Err(why_not(cell, "not a number")),
            },
        }
        Ok(())
    }

    fn store_text(&mut self, cell: &[u8]) -> Result<(), String> {
        let Store::Text(cells) = &mut self.store else { return Ok(()) };
        if self.writing == Writing::Plain {
            cells.push(std::str::from_utf8(cell).map_err(|_| NOT_UTF8.to_owned())?);
            return Ok(());
        }
        match literal::shape(cell) {
            Shape::Text => cells.push(&literal::unescaped(cell)?),
            Shape::Nested | Shape::Word if self.forced.is_none() => {
                return Err(literal::check(cell).err().unwrap_or_else(|| "not text".into()));
            }
            Shape::Number | Shape::Nested | Shape::Word => {
                cells.push(&literal::compact(literal::check(cell)?))
            }
        }
        Ok(())
    }

    fn store_json(&mut self, cell: &[u8]) -> Result<(), String> {
        let Store::Json(cells) = &mut self.store else { return Ok(()) };
        cells.push(&literal::compact(literal::check(cell)?));
        Ok(())
    }
}

impl Writing {
    /// The cell as a number; one in JSON quotes only where numbers were asked for.
    fn number(self, cell: &[u8], forced: bool) -> Number {
        match (self, literal::shape(cell)) {
            (Self::Json, Shape::Text) if forced => {
                literal::unescaped(cell).map_or(Number::Not, |text| read_number(text.trim().as_bytes()))
            }
            _ => read_number(cell.trim_ascii()),
        }
    }
}

impl Blanks {
    fn note(&mut self, line: u64) {
        self.count += 1;
        if self.first_lines.len() < KEPT_BAD_LINES {
            self.first_lines.push(line);
        }
    }
}

pub(super) const NOT_UTF8: &str = "not UTF-8 text";

fn why_not(cell: &[u8], reason: &str) -> String {
    let reason = match std::str::from_utf8(cell) {
        Err(_) => NOT_UTF8,
        Ok(text) if text.trim().is_empty() => "empty",
        Ok(_) => reason,
    };
    reason.into()
}

/// Growing leaves up to half of a column unused.
fn trimmed<T>(mut cells: Vec<T>) -> Vec<T> {
    cells.shrink_to_fit();
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Progress;

    fn read(writing: Writing, forced: Option<CellType>, cells: &[&str]) -> (Column, BadLines) {
        let progress = Progress::new();
        let mut built = Cells::new(writing, forced, Target::column(&progress));
        for (line, cell) in (1..).zip(cells) {
            built.push(line, cell.as_bytes());
        }
        built.finish()
    }

    fn reasons(bad: &BadLines) -> Vec<(u64, &str)> {
        bad.first.iter().map(|bad| (bad.line, bad.reason.as_str())).collect()
    }

    #[test]
    fn a_slip_among_integers_is_a_bad_line() {
        let (column, bad) = read(
            Writing::Plain,
            None,
            &["1", " 2 ", "x", "", "4", "9223372036854775808", "7", "8", "9", "10", "", ""],
        );
        assert_eq!(column, vec![1_i64, 2, 4, 7, 8, 9, 10].into());
        assert_eq!(reasons(&bad), [(3, "not an integer"), (4, "empty"), (6, TOO_BIG)]);
        assert_eq!(bad.count, 3);
    }

    #[test]
    fn words_make_a_text_column_that_keeps_its_empty_lines() {
        let (column, bad) = read(Writing::Plain, None, &["", "a", "", "1", " b ", ""]);
        assert_eq!(column, ["", "a", "", "1", " b "].into_iter().collect());
        assert!(bad.is_empty());
    }

    #[test]
    fn blank_lines_before_a_row_without_a_cell_are_not_the_end() {
        let progress = Progress::new();
        let mut cells = Cells::new(Writing::Json, None, Target::column(&progress));
        cells.push(1, b"1");
        cells.push(2, b" ");
        cells.push_bad(3, b"x", "no cell");
        cells.push(4, b"");
        let (column, bad) = cells.finish();
        assert_eq!((column, reasons(&bad)), (vec![1_i64].into(), vec![(2, "empty"), (3, "no cell")]));
    }

    #[test]
    fn integers_become_floats_when_a_float_comes_late() {
        let mut cells = vec!["3"; 2000];
        cells.push("0.5");
        let (column, bad) = read(Writing::Plain, None, &cells);
        let Column::Float(numbers) = column else { panic!("{:?}", column.column_type()) };
        assert_eq!((numbers.len(), numbers[0], numbers[2000]), (2001, 3.0, 0.5));
        assert!(bad.is_empty());
    }

    #[test]
    fn a_forced_type_is_kept() {
        let (column, bad) = read(Writing::Plain, Some(CellType::Int), &["a", "1", "1.5"]);
        assert_eq!(column, vec![1_i64].into());
        assert_eq!(reasons(&bad), [(1, "not an integer"), (3, "not an integer")]);
        let (column, _) = read(Writing::Plain, Some(CellType::Float), &["1", "nan", "-inf"]);
        assert_eq!(column.len(), 3);
        let (column, _) = read(Writing::Plain, Some(CellType::Text), &["1", "2"]);
        assert_eq!(column, ["1", "2"].into_iter().collect());
        let (column, _) = read(Writing::Json, Some(CellType::Int), &["\"1\"", "2"]);
        assert_eq!(column, vec![1_i64, 2].into());
    }

    #[test]
    fn json_keeps_what_is_quoted_as_text_and_what_is_nested_as_json() {
        let (column, _) = read(Writing::Json, None, &["\"1\"", "\"a\\n\"", "3"]);
        assert_eq!(column, ["1", "a\n", "3"].into_iter().collect());
        let (column, bad) = read(Writing::Json, None, &["[1, 2]", "null", "{\"a\": 1}", "oops"]);
        assert_eq!(column, Column::Json(["[1,2]", "null", "{\"a\":1}"].into_iter().collect()));
        assert_eq!(reasons(&bad), [(4, "not valid JSON (expected value)")]);
    }

    #[test]
    fn bytes_that_are_not_utf8_are_a_bad_line_and_the_rest_stays() {
        let progress = Progress::new();
        let mut cells = Cells::new(Writing::Plain, None, Target::column(&progress));
        cells.push(1, b"a");
        cells.push(2, b"\xff\xfe");
        cells.push(3, b"c");
        let (column, bad) = cells.finish();
        assert_eq!(column, ["a", "c"].into_iter().collect());
        assert_eq!(reasons(&bad), [(2, "not UTF-8 text")]);
    }
}
