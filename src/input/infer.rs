//! Tells the type of a column by its first cells.

use super::cells::Writing;
use super::literal::{self, Shape};
use super::number::{Number, read_number};

/// What the cells of a file can become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CellKind {
    Int,
    Float,
    Text,
    Json,
}

/// What the column is taken for whose first cells these are, without blanks around them and none empty.
pub(super) fn cell_kind<'a>(writing: Writing, cells: impl Iterator<Item = &'a [u8]>) -> CellKind {
    let mut tally = Tally::default();
    match writing {
        Writing::Plain => cells.for_each(|cell| tally.count_plain(cell)),
        Writing::Json => cells.for_each(|cell| tally.count_json(cell)),
    }
    match writing {
        Writing::Plain => tally.number_kind().unwrap_or(CellKind::Text),
        Writing::Json => tally.json_kind(),
    }
}

/// How many of the first cells are what.
#[derive(Default)]
struct Tally {
    cells: usize,
    ints: usize,
    floats: usize,
    texts: usize,
    nested: usize,
}

impl Tally {
    fn count_plain(&mut self, cell: &[u8]) {
        self.cells += 1;
        self.count_number(cell);
    }

    fn count_json(&mut self, cell: &[u8]) {
        self.cells += 1;
        match literal::shape(cell) {
            Shape::Number => self.count_number(cell),
            Shape::Text => self.texts += 1,
            Shape::Nested => self.nested += 1,
            Shape::Word => {}
        }
    }

    fn count_number(&mut self, cell: &[u8]) {
        match read_number(cell) {
            // What is too big is an integer in all but size, and must not make words of the others.
            Number::Int(_) | Number::TooBig => self.ints += 1,
            Number::Float(_) => self.floats += 1,
            Number::Not => {}
        }
    }

    /// A numeric column with some slips in it is still numeric: four of five cells decide.
    fn number_kind(&self) -> Option<CellKind> {
        let numbers = self.ints + self.floats;
        let is_numeric = numbers > 0 && numbers * 5 >= self.cells * 4;
        is_numeric.then_some(if self.floats > 0 { CellKind::Float } else { CellKind::Int })
    }

    fn json_kind(&self) -> CellKind {
        let has_only_text = self.texts + self.ints + self.floats == self.cells;
        // Lists and objects among numbers are meant, not slips.
        match self.number_kind().filter(|_| self.nested == 0) {
            Some(kind) => kind,
            None if has_only_text => CellKind::Text,
            None => CellKind::Json,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(writing: Writing, cells: &str) -> CellKind {
        cell_kind(writing, cells.split_ascii_whitespace().map(str::as_bytes))
    }

    #[test]
    fn four_of_five_numbers_make_a_numeric_column() {
        assert_eq!(kind(Writing::Plain, "1 2 3 4 x"), CellKind::Int);
        assert_eq!(kind(Writing::Plain, "1 2 3.5 4 x"), CellKind::Float);
        assert_eq!(kind(Writing::Plain, "1 2 3 x"), CellKind::Text);
        assert_eq!(kind(Writing::Plain, "99999999999999999999"), CellKind::Int);
        assert_eq!(kind(Writing::Plain, ""), CellKind::Text);
    }

    #[test]
    fn json_numbers_are_told_from_quoted_ones() {
        assert_eq!(kind(Writing::Json, "1 2 3 4 null"), CellKind::Int);
        assert_eq!(kind(Writing::Json, "\"1\" 2"), CellKind::Text);
        assert_eq!(kind(Writing::Json, "1 2 3 4 5 [6]"), CellKind::Json);
        assert_eq!(kind(Writing::Json, "true null"), CellKind::Json);
    }
}
