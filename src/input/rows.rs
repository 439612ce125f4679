//! Cuts what is read into rows (lines of text, or elements of a JSON list) in bounded memory.
//!
//! What is inside a row is the business of `cells`, `table` and `json`.

use std::io::{self, ErrorKind, Read};

use super::progress::READ_BYTES;

/// The longest row that is held; a longer one is bad, and never in memory as a whole.
pub(super) const MAX_ROW_BYTES: usize = if cfg!(fuzzing) { 1024 } else { 16 * 1024 * 1024 };

/// What is kept of a row that is too long, to show it.
pub(super) const KEPT_HEAD_BYTES: usize = 512;

/// The reason given for a row that is too long.
pub(super) const TOO_LONG: &str = "longer than 16 MiB";

/// One row and the line it begins on, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct RawRow<'a> {
    pub line: u64,
    /// The row, or what is there to show of it where it is broken.
    pub bytes: &'a [u8],
    /// Why the row cannot be used.
    pub broken: Option<&'a str>,
}

/// Gives one row after the other. Moving on and looking are two calls, so that a wrapper can look before it decides
/// to move on again.
pub(super) trait RawRows {
    /// Moves to the next row; false at the end.
    fn advance(&mut self) -> io::Result<bool>;

    /// The row moved to last.
    fn row(&self) -> RawRow<'_>;

    /// Whether the next row was not read to its end yet.
    fn is_dry(&self) -> bool;
}

/// A row that outlives its reader's buffer.
pub(super) struct OwnedRow {
    line: u64,
    bytes: Vec<u8>,
    broken: Option<String>,
}

impl OwnedRow {
    pub(super) fn row(&self) -> RawRow<'_> {
        RawRow { line: self.line, bytes: &self.bytes, broken: self.broken.as_deref() }
    }
}

/// The first rows, to decide by: at most `limit`, and no more once they are several and 64 KiB together, or once there are `least` and
/// those who write them are silent.
pub(super) fn first_rows(
    rows: &mut impl RawRows,
    limit: usize,
    least: usize,
    is_silent: impl Fn() -> bool,
) -> io::Result<Vec<OwnedRow>> {
    let mut first = Vec::new();
    let mut size_bytes = 0;
    let is_enough =
        |first: &Vec<OwnedRow>, rows: &_| first.len() >= least && RawRows::is_dry(rows) && is_silent();
    // What the first one is may be told by the second alone, however long they are.
    let is_much = |first: &Vec<OwnedRow>, size_bytes| first.len() >= 2 && size_bytes >= READ_BYTES;
    while first.len() < limit && !is_much(&first, size_bytes) && !is_enough(&first, rows) && rows.advance()? {
        let RawRow { line, bytes, broken } = rows.row();
        size_bytes += bytes.len();
        first.push(OwnedRow { line, bytes: bytes.to_vec(), broken: broken.map(str::to_owned) });
    }
    Ok(first)
}

/// A stretch of what is read: grows to hold one row, and no further than the longest row.
pub(super) struct ReadBuffer<R> {
    reader: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    ended: bool,
}

impl<R: Read> ReadBuffer<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, buffer: vec![0; 2 * READ_BYTES], start: 0, end: 0, ended: false }
    }

    /// What was read and not yet consumed.
    pub(super) fn unread(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Whether all that was read and not consumed is blanks.
    pub(super) fn is_dry(&self) -> bool {
        self.unread().iter().all(u8::is_ascii_whitespace)
    }

    /// Gives up the next `count` bytes. They stay readable by [`ReadBuffer::consumed`] until the next `fill`.
    pub(super) fn consume(&mut self, count: usize) {
        self.start = (self.start + count).min(self.end);
    }

    /// The bytes consumed last: those from `from` to `to` bytes before what is unread.
    pub(super) fn consumed(&self, from: usize, to: usize) -> &[u8] {
        &self.buffer[self.start - from..self.start - to]
    }

    /// Reads more behind what is unread; false at the end.
    pub(super) fn fill(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        if self.end == self.buffer.len() {
            self.make_room();
        }
        let count = read_once(&mut self.reader, &mut self.buffer[self.end..])?;
        self.end += count;
        self.ended = count == 0;
        Ok(count > 0)
    }

    fn make_room(&mut self) {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        } else {
            // Twice as much each time, but not twice the longest row.
            let length = (self.buffer.len() * 2).min(self.buffer.len().max(MAX_ROW_BYTES) + READ_BYTES);
            self.buffer.resize(length, 0);
        }
    }
}

fn read_once(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(buffer) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            outcome => return outcome,
        }
    }
}

/// Text cut at its line ends; `\r\n` counts as one.
pub(super) struct Lines<R> {
    window: ReadBuffer<R>,
    line: u64,
    /// Where the row lies, as [`ReadBuffer::consumed`] takes it.
    from: usize,
    to: usize,
    /// How the line ended: with a carriage return before the line feed?
    has_return: bool,
    long_head: Option<Vec<u8>>,
    /// Whether the rest of a line that is too long is to be passed over.
    is_in_long: bool,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(reader: R) -> Self {
        Self {
            window: ReadBuffer::new(reader),
            line: 0,
            from: 0,
            to: 0,
            has_return: false,
            long_head: None,
            is_in_long: false,
        }
    }

    fn found(&mut self, length: usize, line_end: usize) {
        self.window.consume(length + line_end);
        (self.from, self.to) = (length + line_end, line_end);
        self.has_return = self.window.consumed(self.from, self.to).ends_with(b"\r");
        self.to += usize::from(self.has_return);
        self.line += 1;
    }

    /// What ended the line, for a text that goes on over it.
    pub(super) fn line_end(&self) -> &'static [u8] {
        if self.has_return { b"\r\n" } else { b"\n" }
    }

    /// Gives a line that is too long, of which the rest is passed over when it is moved on: it may have no end.
    fn begin_long_line(&mut self) {
        self.long_head = Some(self.window.unread()[..KEPT_HEAD_BYTES].to_vec());
        self.is_in_long = true;
        self.line += 1;
    }

    /// Reads past a line that is too long, piece by piece.
    fn skip_long_line(&mut self) -> io::Result<()> {
        while std::mem::take(&mut self.is_in_long) {
            if let Some(length) = line_end(self.window.unread()) {
                self.window.consume(length + 1);
                return Ok(());
            }
            self.window.consume(self.window.unread().len());
            self.is_in_long = self.window.fill()?;
        }
        Ok(())
    }
}

fn line_end(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|byte| *byte == b'\n')
}

impl<R: Read> RawRows for Lines<R> {
    fn advance(&mut self) -> io::Result<bool> {
        self.long_head = None;
        self.skip_long_line()?;
        let mut seen = 0;
        loop {
            if let Some(length) = line_end(&self.window.unread()[seen..])
                && seen + length <= MAX_ROW_BYTES
            {
                self.found(seen + length, 1);
                return Ok(true);
            }
            seen = self.window.unread().len();
            if seen > MAX_ROW_BYTES {
                self.begin_long_line();
                return Ok(true);
            }
            if !self.window.fill()? {
                self.found(seen, 0);
                return Ok(seen > 0);
            }
        }
    }

    fn row(&self) -> RawRow<'_> {
        match &self.long_head {
            Some(head) => RawRow { line: self.line, bytes: head, broken: Some(TOO_LONG) },
            None => RawRow { line: self.line, bytes: self.window.consumed(self.from, self.to), broken: None },
        }
    }

    fn is_dry(&self) -> bool {
        line_end(self.window.unread()).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte a call, the worst a reader may do.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(1).min(buffer.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn lines_of(text: &str) -> Vec<(u64, String)> {
        let mut lines = Lines::new(Drip(text.as_bytes()));
        let mut found = Vec::new();
        while lines.advance().unwrap() {
            found.push((lines.row().line, String::from_utf8_lossy(lines.row().bytes).into_owned()));
        }
        found
    }

    #[test]
    fn lines_end_with_either_line_end_or_the_file() {
        let expected = [(1, "a"), (2, ""), (3, "b\rc"), (4, "d")].map(|(line, text)| (line, text.to_owned()));
        assert_eq!(lines_of("a\r\n\nb\rc\nd"), expected);
        assert_eq!(lines_of("a\r\n\nb\rc\nd\n"), expected);
        assert_eq!(lines_of(""), []);
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over_in_bounded_memory() {
        let long = io::repeat(b'x').take(3 * MAX_ROW_BYTES as u64);
        let mut lines = Lines::new(b"1\n".chain(long).chain(&b"\n2\n"[..]));
        assert!(lines.advance().unwrap());
        assert!(lines.advance().unwrap());
        assert_eq!((lines.row().line, lines.row().broken), (2, Some(TOO_LONG)));
        assert!(lines.advance().unwrap());
        assert_eq!(lines.row(), RawRow { line: 3, bytes: b"2", broken: None });
        assert!(lines.window.buffer.len() <= MAX_ROW_BYTES + 2 * READ_BYTES);
        assert!(!lines.advance().unwrap());
    }

    #[test]
    fn a_line_without_an_end_is_told() {
        let mut lines = Lines::new(b"1\n".chain(io::repeat(0)));
        assert!(lines.advance().unwrap() && lines.advance().unwrap());
        assert_eq!((lines.row().line, lines.row().broken), (2, Some(TOO_LONG)));
    }

    #[test]
    fn a_line_of_exactly_the_limit_is_whole() {
        let mut lines = Lines::new(io::repeat(b'x').take(MAX_ROW_BYTES as u64));
        assert!(lines.advance().unwrap());
        assert_eq!((lines.row().bytes.len(), lines.row().broken), (MAX_ROW_BYTES, None));
    }
}
