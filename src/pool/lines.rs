//! Cuts what a process writes into lines: whole ones, whatever pieces they come in.

/// A line that never ends is given in pieces of this size.
pub const MAX_LINE_BYTES: usize = 1 << 20;

/// The line in progress of one pipe.
#[derive(Debug, Default)]
pub struct Lines {
    partial: Vec<u8>,
}

impl Lines {
    /// Takes what came and gives every line that is complete, without its end. Bytes that are not UTF-8 are replaced.
    pub fn take(&mut self, bytes: &[u8], on_line: &mut dyn FnMut(String)) {
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            self.partial.extend_from_slice(&rest[..end]);
            rest = &rest[end + 1..];
            self.finish(on_line, true);
        }
        self.partial.extend_from_slice(rest);
        if self.partial.len() >= MAX_LINE_BYTES {
            let begun = self.partial.split_off(self.partial.len() - begun_character(&self.partial));
            self.finish(on_line, true);
            self.partial = begun;
        }
    }

    /// Gives what has no line end: nothing more will come.
    pub fn end(&mut self, on_line: &mut dyn FnMut(String)) {
        self.finish(on_line, false);
    }

    fn finish(&mut self, on_line: &mut dyn FnMut(String), is_complete: bool) {
        if is_complete || !self.partial.is_empty() {
            let line = self.partial.strip_suffix(b"\r").unwrap_or(&self.partial);
            on_line(String::from_utf8_lossy(line).into_owned());
            self.partial.clear();
        }
    }
}

/// How many of the last bytes are the beginning of a character of which the rest is still to come.
fn begun_character(bytes: &[u8]) -> usize {
    let last = bytes.iter().rev().take(3).position(|byte| byte & 0xc0 != 0x80);
    let length = |lead: u8| match lead {
        0xf0.. => 4,
        0xe0.. => 3,
        0xc0.. => 2,
        _ => 1,
    };
    last.filter(|place| length(bytes[bytes.len() - 1 - place]) > place + 1).map_or(0, |place| place + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(pieces: &[&[u8]]) -> Vec<String> {
        let mut lines = Lines::default();
        let mut cut = Vec::new();
        pieces.iter().for_each(|piece| lines.take(piece, &mut |line| cut.push(line)));
        lines.end(&mut |line| cut.push(line));
        cut
    }

    #[test]
    fn lines_are_whole_whatever_pieces_they_come_in() {
        assert_eq!(cut(&[b"one\ntw", b"o\r\n\nthr", b"ee"]), ["one", "two", "", "three"]);
        assert_eq!(cut(&[]), Vec::<String>::new());
    }

    #[test]
    fn bytes_that_are_not_text_do_not_lose_the_line() {
        assert_eq!(cut(&[b"a\xffb\n"]), ["a\u{fffd}b"]);
    }

    #[test]
    fn a_line_without_an_end_is_bounded() {
        let pieces = vec![&[b'x'; 1 << 19][..]; 5];
        assert_eq!(cut(&pieces).iter().map(String::len).collect::<Vec<_>>(), [1 << 20, 1 << 20, 1 << 19]);
        let text = "a".to_owned() + &"€".repeat(1 << 20);
        let whole = cut(&text.as_bytes().chunks(1 << 16).collect::<Vec<_>>());
        assert!(whole.len() > 2 && whole.concat() == text, "no character is cut");
    }
}
