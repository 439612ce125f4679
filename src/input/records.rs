//! Cuts a table into records and records into cells, with quotes as in RFC 4180.
//!
//! The `csv` crate is not used here because it passes over empty lines without a word, takes an unclosed quote for a
//! record that reaches to the end of the file, and holds such a record in memory as a whole.

use std::borrow::Cow;
use std::io::{self, Read};

use super::rows::{KEPT_HEAD_BYTES, Lines, MAX_ROW_BYTES, RawRow, RawRows};
use crate::value::grouped;

/// Lines, joined where a quoted cell goes on over a line end.
pub(super) struct Records<R> {
    lines: Lines<R>,
    delimiter: u8,
    joined: Option<Joined>,
}

/// A record of several lines.
struct Joined {
    line: u64,
    bytes: Vec<u8>,
    unclosed: Option<String>,
}

impl<R: Read> Records<R> {
    pub(super) fn new(reader: R, delimiter: u8) -> Self {
        Self { lines: Lines::new(reader), delimiter, joined: None }
    }

    /// Passes over lines that are no part of the table.
    pub(super) fn skip_lines(&mut self, count: u64) -> io::Result<()> {
        for _ in 0..count {
            self.lines.advance()?;
        }
        Ok(())
    }

    /// Adds lines to a record whose quote is still open, as far as a row may grow.
    fn join(&mut self, mut quotes: Quotes) -> io::Result<Joined> {
        let RawRow { line, bytes, .. } = self.lines.row();
        let (mut bytes, mut last_line) = (bytes.to_vec(), line);
        let mut line_end = self.lines.line_end();
        while self.lines.advance()? {
            let next = self.lines.row();
            last_line = next.line;
            if next.broken.is_some() || bytes.len() + next.bytes.len() >= MAX_ROW_BYTES {
                break;
            }
            bytes.extend_from_slice(line_end);
            bytes.extend_from_slice(next.bytes);
            quotes.feed(next.bytes, self.delimiter);
            line_end = self.lines.line_end();
            if !quotes.is_open() {
                return Ok(Joined { line, bytes, unclosed: None });
            }
        }
        bytes.truncate(KEPT_HEAD_BYTES);
        Ok(Joined { line, bytes, unclosed: Some(unclosed(line, last_line)) })
    }
}

/// All lines that were taken for a part of the quoted text are lost, which has to be said.
fn unclosed(line: u64, last_line: u64) -> String {
    let lost = if last_line > line {
        format!(", so nothing is read up to line {}", grouped(last_line))
    } else {
        String::new()
    };
    format!("a quote opens here and is not closed{lost}")
}

impl<R: Read> RawRows for Records<R> {
    fn is_dry(&self) -> bool {
        self.lines.is_dry()
    }

    fn advance(&mut self) -> io::Result<bool> {
        self.joined = None;
        if !self.lines.advance()? {
            return Ok(false);
        }
        let row = self.lines.row();
        // Most records have no quote at all; finding that out is far cheaper than following quotes.
        if row.broken.is_none() && row.bytes.contains(&b'"') {
            let mut quotes = Quotes::default();
            quotes.feed(row.bytes, self.delimiter);
            if quotes.is_open() {
                self.joined = Some(self.join(quotes)?);
            }
        }
        Ok(true)
    }

    fn row(&self) -> RawRow<'_> {
        match &self.joined {
            None => self.lines.row(),
            Some(Joined { line, bytes, unclosed }) => {
                RawRow { line: *line, bytes, broken: unclosed.as_deref() }
            }
        }
    }
}

/// Follows quotes through a record. A quote only opens at the beginning of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Quotes {
    #[default]
    CellStart,
    Bare,
    Open,
    /// After a quote within quotes: the end, or the first half of a doubled one.
    Closing,
}

impl Quotes {
    fn feed(&mut self, bytes: &[u8], delimiter: u8) {
        bytes.iter().for_each(|byte| *self = self.after(*byte, delimiter));
    }

    fn after(self, byte: u8, delimiter: u8) -> Self {
        match (self, byte) {
            (Self::CellStart, b'"') | (Self::Closing, b'"') => Self::Open,
            (Self::Open, b'"') => Self::Closing,
            (Self::Open, _) => Self::Open,
            (_, byte) if byte == delimiter => Self::CellStart,
            (Self::CellStart | Self::Bare | Self::Closing, _) => Self::Bare,
        }
    }

    fn is_open(self) -> bool {
        self == Self::Open
    }
}

/// The cells of a record, in order.
pub(super) fn cells(record: &[u8], delimiter: u8) -> impl Iterator<Item = Cow<'_, [u8]>> {
    let mut rest = Some(record);
    std::iter::from_fn(move || {
        let record = rest?;
        let end = cell_end(record, delimiter);
        rest = record.get(end + 1..);
        Some(unquoted(&record[..end]))
    })
}

fn cell_end(record: &[u8], delimiter: u8) -> usize {
    if record.first() != Some(&b'"') {
        return record.iter().position(|byte| *byte == delimiter).unwrap_or(record.len());
    }
    let mut quotes = Quotes::default();
    let ends_at = |byte: &u8| {
        let inside = quotes.is_open();
        quotes = quotes.after(*byte, delimiter);
        *byte == delimiter && !inside
    };
    record.iter().position(ends_at).unwrap_or(record.len())
}

fn unquoted(cell: &[u8]) -> Cow<'_, [u8]> {
    let Some(inner) = cell.strip_prefix(b"\"") else { return Cow::Borrowed(cell) };
    match inner.strip_suffix(b"\"") {
        Some(inner) if !inner.contains(&b'"') => Cow::Borrowed(inner),
        _ => Cow::Owned(without_quotes(cell)),
    }
}

/// A cell with doubled quotes, or with something behind its closing quote, which is kept.
fn without_quotes(cell: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(cell.len());
    let mut quotes = Quotes::default();
    for byte in cell {
        let before = quotes;
        // No delimiter outside quotes is left in a cell, so any byte that is none will do.
        quotes = quotes.after(*byte, b'\n');
        let is_mark = *byte == b'"' && matches!(before, Quotes::CellStart | Quotes::Open);
        if !is_mark {
            plain.push(*byte);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(record: &str) -> Vec<String> {
        cells(record.as_bytes(), b',').map(|cell| String::from_utf8_lossy(&cell).into_owned()).collect()
    }

    fn records(text: &str) -> Vec<(u64, String, bool)> {
        let mut records = Records::new(text.as_bytes(), b',');
        let mut found = Vec::new();
        while records.advance().unwrap() {
            let RawRow { line, bytes, broken } = records.row();
            found.push((line, String::from_utf8_lossy(bytes).into_owned(), broken.is_some()));
        }
        found
    }

    #[test]
    fn quotes_keep_commas_and_doubled_quotes() {
        assert_eq!(texts(r#"a,"b,c","d ""e""",,"""#), ["a", "b,c", "d \"e\"", "", ""]);
        assert_eq!(texts(r#"5" pipe,"x"y,"a""b"c"#), ["5\" pipe", "xy", "a\"bc"]);
        assert_eq!(texts(""), [""]);
    }

    #[test]
    fn a_quoted_cell_goes_on_over_line_ends() {
        let expected = [(1, "a,\"b\r\nc\"", false), (3, "d,e", false)];
        assert_eq!(
            records("a,\"b\r\nc\"\r\nd,e\r\n"),
            expected.map(|(line, text, bad)| (line, text.into(), bad))
        );
    }

    #[test]
    fn an_unclosed_quote_is_a_broken_record() {
        let found = records("a,b\n\"c,d\ne,f\n");
        assert_eq!((found[1].0, found[1].2, found.len()), (2, true, 2));
        assert_eq!(unclosed(2, 3), "a quote opens here and is not closed, so nothing is read up to line 3");
    }

    #[test]
    fn an_unclosed_quote_ends_where_a_row_must() {
        let text = format!("\"open\n{}", "12345678\n".repeat(MAX_ROW_BYTES / 8));
        let found = records(&text);
        assert!(found[0].2);
        assert_eq!(found.last().map(|(line, ..)| *line), Some(MAX_ROW_BYTES as u64 / 8 + 1));
    }
}
