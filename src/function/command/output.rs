//! What a command writes: its standard output as one value, its standard error as lines that are sent on as they come.

use std::process::ExitStatus;

use super::os;
use crate::function::CallContext;
use crate::value::{Value, shortened};

/// More than this is no result; a command that writes so much writes it to a file.
const MAX_OUTPUT_BYTES: usize = 256 << 20;
/// A line that never ends is given in pieces of this size.
const MAX_LINE_BYTES: usize = 1 << 20;
/// Of the last line of standard error, this much goes into the row of an item that failed.
const REASON_LETTERS: usize = 300;

/// Takes what a command writes while it runs.
pub(super) struct Output<'a> {
    /// Where what it says goes.
    pub(super) cx: &'a CallContext<'a>,
    written: Vec<u8>,
    partial: Vec<u8>,
    /// The last line of standard error that says something.
    last: Option<String>,
}

impl<'a> Output<'a> {
    pub(super) fn new(cx: &'a CallContext<'a>) -> Self {
        Self { cx, written: Vec::new(), partial: Vec::new(), last: None }
    }

    /// Takes a piece of standard output; says why where it is too much.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<(), String> {
        take_bounded(&mut self.written, bytes)
    }

    /// Takes a piece of standard error and sends on each line that is complete.
    pub(super) fn take_error(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            self.partial.extend_from_slice(&rest[..end]);
            rest = &rest[end + 1..];
            self.finish_line();
        }
        self.partial.extend_from_slice(rest);
        if self.partial.len() >= MAX_LINE_BYTES {
            self.finish_line();
        }
    }

    /// Sends on a last line without an end: nothing more will come.
    pub(super) fn end(&mut self) {
        if !self.partial.is_empty() {
            self.finish_line();
        }
    }

    /// What the command came to.
    pub(super) fn outcome(self, status: ExitStatus) -> Result<Value, String> {
        if status.success() {
            return Ok(value_of(self.written));
        }
        let cause = match status.code() {
            Some(code) => format!("exit code {code}"),
            // "signal: 9 (SIGKILL)".
            None => format!("ended by {}", status.to_string().replacen("signal: ", "signal ", 1)),
        };
        Err(match self.last {
            Some(line) => format!("{cause}: {line}"),
            None => cause,
        })
    }

    fn finish_line(&mut self) {
        let line = self.partial.strip_suffix(b"\r").unwrap_or(&self.partial);
        let line = String::from_utf8_lossy(line);
        self.cx.print_error(&line);
        let said = line.trim();
        if !said.is_empty() {
            self.last = Some(shortened(said, REASON_LETTERS).into_owned());
        }
        self.partial.clear();
    }
}

/// Adds to an output, or says that it is too large.
pub(super) fn take_bounded(written: &mut Vec<u8>, bytes: &[u8]) -> Result<(), String> {
    add(written, bytes, MAX_OUTPUT_BYTES)
}

fn add(written: &mut Vec<u8>, bytes: &[u8], max_bytes: usize) -> Result<(), String> {
    if written.len() + bytes.len() > max_bytes {
        return Err(format!("the command wrote more than {} MiB to its standard output", max_bytes >> 20));
    }
    written.extend_from_slice(bytes);
    Ok(())
}

/// What a command wrote, byte for byte: text as it was printed, without the end of its last line. A number read from it
/// would lose how it was written. What is no text is bytes.
fn value_of(mut written: Vec<u8>) -> Value {
    if let Some(end) = os::LINE_ENDS.iter().find(|end| written.ends_with(end)) {
        written.truncate(written.len() - end.len());
    }
    match String::from_utf8(written) {
        Ok(text) => Value::Text(text),
        Err(error) => Value::Bytes(error.into_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_stays_as_it_was_written() {
        for text in [
            "42",
            "   42",
            "-7",
            "2.50",
            "3.10",
            "1e5",
            "007",
            "+1",
            "-0",
            "1e999",
            "12345678901234567890",
            "1 2",
            "1\n2",
            "{\"a\": [1, \"b c\"]}",
            "[1,2]",
            "[1, 2",
            "true",
            "null",
            "NaN",
            "",
            " ",
            "\n",
            "  a\n",
            "a\r",
            "\r\n",
            "\u{feff}é",
        ] {
            let line = [text.as_bytes(), os::LINE_ENDS[0]].concat();
            assert_eq!(value_of(line), Value::Text(text.to_owned()), "{text:?}");
        }
        for text in ["42", "", "a b"] {
            assert_eq!(value_of(text.into()), Value::Text(text.to_owned()), "{text:?}");
        }
    }

    #[test]
    fn an_output_that_is_no_text_is_bytes() {
        assert_eq!(value_of(b"a\xffb\n".into()), Value::Bytes(b"a\xffb".into()));
    }

    #[test]
    fn an_output_that_is_too_large_is_refused() {
        let mut written = vec![0; (1 << 20) - 1];
        assert_eq!(add(&mut written, b"a", 1 << 20), Ok(()));
        let refused = add(&mut written, b"b", 1 << 20).unwrap_err();
        assert_eq!(refused, "the command wrote more than 1 MiB to its standard output");
    }
}
