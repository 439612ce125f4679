//! The only way from here to standard output and standard error: what it means that one of them is closed, full or read
//! by nobody any more, and how texts of others look there.
//!
//! - A reader of results that has left has seen enough: that is no error. Anything else that keeps results from being
//!   written is one.
//! - What is said on standard error is a courtesy: without a reader it is lost, and the program goes on.
//! - A result is a line. A text with line breaks is written as JSON writes it, in quotes, and so is one that would read as
//!   such: `"a\nb"`. All others stand as they are. On a terminal other control characters are written as escapes too, so
//!   that they cannot do anything to it.
//! - Lines behind the first of a message are indented, so that none can pass for a message of its own.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, BufRead, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::os::{self, AsStream};
use crate::error::{Error, Result};

const INDENT: &str = "    ";

/// Writes a line to standard error, where that can be done.
pub fn say(line: &str) {
    let style = Style::of(&io::stderr());
    // One call, so that lines of several programs do not mix.
    let _ = WaitingWriter::new(io::stderr()).write_all(format!("{}\n", style.message(line)).as_bytes());
}

/// Asks a person something that is no unless they say yes; no where nobody is there to answer.
pub fn agrees(question: &str) -> bool {
    let (input, mut said) = (io::stdin(), io::stderr());
    if !input.is_terminal() || !said.is_terminal() {
        return false;
    }
    // Nobody reads it where it cannot be written, and then nobody answers.
    let _ = write!(said, "{} [y/N] ", Style::of(&said).message(question));
    let _ = said.flush();
    let mut answer = String::new();
    input.lock().read_line(&mut answer).is_ok() && matches!(answer.trim(), "y" | "Y" | "yes")
}

/// More is written in pieces.
const LARGE_BYTES: usize = 64 << 10;
const PIECE_BYTES: usize = 16 << 10;

/// A stream that is waited for, also where whoever opened it has it never wait by itself (`O_NONBLOCK`).
pub struct WaitingWriter<W> {
    stream: W,
    /// Goes on with what the stream takes.
    progress: Arc<AtomicU64>,
}

impl<W: Write + AsStream> WaitingWriter<W> {
    pub fn new(stream: W) -> Self {
        Self::counting(stream, Arc::default())
    }

    /// The same, which counts the bytes that the stream takes.
    pub fn counting(stream: W, progress: Arc<AtomicU64>) -> Self {
        Self { stream, progress }
    }

    fn wait_for<T>(&mut self, mut write: impl FnMut(&mut W) -> io::Result<T>) -> io::Result<T> {
        loop {
            match write(&mut self.stream) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    os::wait_until_writable(&self.stream);
                }
                written => return written,
            }
        }
    }
}

impl<W: Write + AsStream> Write for WaitingWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Of a large text a slow reader takes a piece at a time, which must be seen.
        let piece = if bytes.len() > LARGE_BYTES { &bytes[..PIECE_BYTES] } else { bytes };
        let taken = self.wait_for(|stream| stream.write(piece))?;
        self.progress.fetch_add(taken as u64, Ordering::Relaxed);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.wait_for(Write::flush)
    }
}

/// Writes to standard output; an error unless all of it was written or its reader has left.
pub fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let mut out = io::BufWriter::new(WaitingWriter::new(io::stdout().lock()));
    let written = write(&mut out).and_then(|()| out.flush());
    match written.err().and_then(failure) {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

/// Why results cannot be written; nothing where their reader has left.
pub fn failure(error: io::Error) -> Option<Error> {
    (error.kind() != io::ErrorKind::BrokenPipe).then(|| Error::io("write the results", error))
}

/// How texts look on a stream.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    is_terminal: bool,
}

impl Style {
    pub fn of(stream: &impl IsTerminal) -> Self {
        Self { is_terminal: stream.is_terminal() }
    }

    /// A text that is a result as one line.
    pub fn text(self, text: &str) -> Cow<'_, str> {
        let has_escapes = text.starts_with('"') && (text.contains("\\n") || text.contains("\\r"));
        if has_line_breaks(text) || has_escapes && serde_json::from_str::<String>(text).is_ok() {
            // A text can always be written.
            let quoted = serde_json::to_string(text).unwrap_or_default();
            return self.value(&quoted).into_owned().into();
        }
        self.value(text)
    }

    /// A result that is no text, as it is shown.
    pub fn value(self, shown: &str) -> Cow<'_, str> {
        // Most results go to a pipe or a file, and may be large.
        if !self.is_terminal && !has_line_breaks(shown) {
            return shown.into();
        }
        escaped(shown, |letter| self.is_escaped(letter))
    }

    /// A message, of which lines behind the first are indented.
    pub fn message(self, text: &str) -> Cow<'_, str> {
        let text = text.trim_end();
        if !text.contains(|letter| self.is_escaped(letter)) {
            return text.into();
        }
        let mut lines = String::with_capacity(text.len() + 8);
        for letter in text.chars() {
            match letter {
                '\n' => lines.extend(["\n", INDENT]),
                letter if self.is_escaped(letter) => escape(&mut lines, letter),
                letter => lines.push(letter),
            }
        }
        lines.into()
    }

    /// Lines as they stand, with nothing in them that does something to a terminal.
    pub fn lines(self, text: &str) -> Cow<'_, str> {
        escaped(text, |letter| self.is_harmful(letter))
    }

    fn is_escaped(self, letter: char) -> bool {
        matches!(letter, '\n' | '\r') || self.is_harmful(letter)
    }

    /// Whether it does something to the terminal that this is, or is not seen there.
    fn is_harmful(self, letter: char) -> bool {
        let is_harmful = letter.is_control() && !matches!(letter, '\n' | '\t') || is_invisible(letter);
        self.is_terminal && is_harmful
    }
}

/// Two looks for one sign each are many times faster than one for both.
fn has_line_breaks(text: &str) -> bool {
    text.contains('\n') || text.contains('\r')
}

/// Signs that are not seen: those that break lines or turn their direction, and those without any width. Joiners, of which
/// scripts and emoji are made, are not among them.
fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// The text with escapes in the place of some signs.
fn escaped(text: &str, is_escaped: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&is_escaped) {
        return text.into();
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        if is_escaped(letter) { escape(&mut shown, letter) } else { shown.push(letter) }
    }
    shown.into()
}

fn escape(line: &mut String, letter: char) {
    match letter {
        '\n' => *line += "\\n",
        '\r' => *line += "\\r",
        // Writing to memory does not fail.
        letter => drop(write!(line, "\\u{:04x}", u32::from(letter))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PIPE: Style = Style { is_terminal: false };
    const TERMINAL: Style = Style { is_terminal: true };

    #[test]
    fn a_result_is_one_line_that_can_be_read_back() {
        for (text, line) in [
            ("a\nb", "\"a\\nb\""),
            ("a\\nb", "a\\nb"),
            ("\"a\\nb\"", "\"\\\"a\\\\nb\\\"\""),
            ("a\r\n\"b\\", "\"a\\r\\n\\\"b\\\\\""),
            ("C:\\new", "C:\\new"),
            ("{\"a\": \"b\\nc\"}", "{\"a\": \"b\\nc\"}"),
            ("\"Bob\"", "\"Bob\""),
            ("\u{1b}[2J", "\u{1b}[2J"),
            ("", ""),
        ] {
            assert_eq!(PIPE.text(text), line, "{text:?}");
        }
        assert_eq!(TERMINAL.text("\u{1b}]52;c;aGk=\u{7}\tx"), "\\u001b]52;c;aGk=\\u0007\tx");
        assert_eq!(TERMINAL.text("a\u{2028}b\u{202e}c\u{200b}"), "a\\u2028b\\u202ec\\u200b");
        assert_eq!(TERMINAL.lines("a\n\u{1b}[2J\tb\r\n"), "a\n\\u001b[2J\tb\\r\n");
        assert_eq!(PIPE.lines("a\n\u{1b}[2J"), "a\n\u{1b}[2J");
    }

    #[test]
    fn no_line_of_a_message_passes_for_another_message() {
        assert_eq!(PIPE.message("failed:\n[worker 2] ok\n"), "failed:\n    [worker 2] ok");
        assert_eq!(TERMINAL.message("busy\rdone"), "busy\\rdone");
    }

    #[test]
    fn a_reader_that_has_left_is_no_failure() {
        assert!(failure(io::ErrorKind::BrokenPipe.into()).is_none());
        assert!(failure(io::ErrorKind::StorageFull.into()).is_some());
    }
}
