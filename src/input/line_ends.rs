//! Lines that end with a carriage return alone, as old Macs and some spreadsheets on new ones write them: they are read as
//! if they ended with a line feed. Within a quoted cell a carriage return is a character like others.

use std::io::{self, Read};

/// Whether all lines that end outside of quotes end so; tools that end every file with a line feed may have added one.
pub(super) fn has_old_line_ends(head: &[u8]) -> bool {
    let head = match head {
        [text @ .., b'\n'] if text.last() != Some(&b'\r') => text,
        _ => head,
    };
    let mut quotes = LineQuotes::default();
    let mut ends = head.iter().filter(|byte| {
        quotes.feed(**byte);
        !quotes.is_open && matches!(byte, b'\r' | b'\n')
    });
    ends.next() == Some(&b'\r') && ends.all(|end| *end == b'\r')
}

/// Follows quotes that open at the beginning of a cell.
#[derive(Debug, Clone, Copy)]
struct LineQuotes {
    is_open: bool,
    is_cell_start: bool,
}

impl Default for LineQuotes {
    fn default() -> Self {
        Self { is_open: false, is_cell_start: true }
    }
}

impl LineQuotes {
    fn feed(&mut self, byte: u8) {
        match byte {
            // The second of two quotes within quotes opens them again.
            b'"' if self.is_open => (self.is_open, self.is_cell_start) = (false, true),
            b'"' => self.is_open = self.is_cell_start,
            _ => self.is_cell_start = matches!(byte, b',' | b';' | b'\t' | b'|' | b'\r' | b'\n'),
        }
    }
}

/// Gives a line feed for each carriage return outside of quotes.
pub(super) struct LineFeeds<R> {
    reader: R,
    quotes: LineQuotes,
}

impl<R: Read> LineFeeds<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, quotes: LineQuotes::default() }
    }
}

impl<R: Read> Read for LineFeeds<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        for byte in &mut buffer[..count] {
            self.quotes.feed(*byte);
            if *byte == b'\r' && !self.quotes.is_open {
                *byte = b'\n';
            }
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_carriage_return_alone_ends_lines_outside_of_quotes() {
        for (text, is_old) in [
            ("a\rb\r", true),
            ("a\r\nb\r\n", false),
            ("a\nb\rc", false),
            ("\rn\nm\n", false),
            ("a\rb\rc\n", true),
            ("a\r\n", false),
            ("\"x\ny\"\rb\r", true),
            ("\"x\ry\"\nb\n", false),
            ("5\" pipe\rb", true),
            ("a", false),
            ("", false),
        ] {
            assert_eq!(has_old_line_ends(text.as_bytes()), is_old, "{text:?}");
        }
        let mut text = String::new();
        LineFeeds::new(&b"a,\"x\ry\"\"\"\rb\r"[..]).read_to_string(&mut text).unwrap();
        assert_eq!(text, "a,\"x\ry\"\"\"\nb\n");
    }
}
