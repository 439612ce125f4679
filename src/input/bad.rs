//! The lines that could not become inputs: counted all, shown the first.

use super::encoding::Encoding;
use crate::value::{grouped, shortened};

/// How many bad lines are kept to be shown; the rest are only counted.
const KEPT_BAD_LINES: usize = 1000;

const SHOWN_CHARS: usize = 80;
const KEPT_UNREAD_BYTES: usize = 100;

/// One line that could not become an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// Counted from 1.
    pub line: u64,
    /// The cell, or the line where it has no such cell, shortened.
    pub text: String,
    /// Why it is bad, as in "line 3: not an integer".
    pub reason: String,
}

/// All lines that could not become inputs. None is ever dropped in silence: whoever runs decides to skip them or not
/// to run at all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BadLines {
    /// How many there are.
    pub count: u64,
    /// The first thousand, in the order of the file.
    pub first: Vec<BadLine>,
    /// What the text looks like where lines are not UTF-8.
    pub encoding: Option<Encoding>,
    /// What stands around the first byte that is not UTF-8.
    pub(super) unread: Vec<u8>,
    /// Of inputs that are read while the run goes on: the line of the first word in a column of numbers. The cells from
    /// there on are text; those before it were given as numbers.
    pub widened_line: Option<u64>,
    /// How many rows of a table end before their last columns: what is missing there is taken for empty.
    pub short_count: u64,
    /// The first of them.
    pub short_line: Option<u64>,
}

impl BadLines {
    /// Whether every line became an input.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// One sentence that says how many there are and shows the first: "3 bad lines, the first is line 7 ...".
    pub fn summary(&self) -> Option<String> {
        let first = self.first.first()?.sentence();
        let hint = self.hint().map_or(String::new(), |hint| format!("; {hint}"));
        Some(match self.count {
            1 => format!("1 bad line: {first}{hint}"),
            count => format!("{} bad lines, the first is {first}{hint}", grouped(count)),
        })
    }

    /// What is to be known of rows that end early, though they are used.
    pub fn short_sentence(&self) -> Option<String> {
        let first = grouped(self.short_line?);
        Some(match self.short_count {
            1 => format!("line {first} has fewer cells than there are columns; what is missing is empty"),
            count => format!(
                "{} lines have fewer cells than there are columns, the first is line {first}; what is missing is empty",
                grouped(count)
            ),
        })
    }

    pub(super) fn note_short(&mut self, line: u64) {
        self.short_count += 1;
        self.short_line.get_or_insert(line);
    }

    /// What can be done about lines that are not UTF-8.
    pub fn hint(&self) -> Option<String> {
        self.encoding.map(|encoding| {
            let name = encoding.label().to_lowercase();
            let sample = encoding.sample(&self.unread).map_or(String::new(), |word| format!(", as in `{word}`"));
            format!(
                "the text looks like {encoding}{sample}: choose that encoding (in the terminal: --encoding {name})"
            )
        })
    }

    pub(super) fn note(&mut self, line: u64, text: &[u8], reason: impl Into<String>) {
        self.count += 1;
        if self.encoding.is_none() && std::str::from_utf8(text).is_err() {
            self.encoding = Some(Encoding::guess(text));
            let place = text.iter().position(|byte| !byte.is_ascii()).unwrap_or(0);
            let around = place.saturating_sub(KEPT_UNREAD_BYTES)..text.len().min(place + KEPT_UNREAD_BYTES);
            self.unread = text[around].to_vec();
        }
        if self.first.len() < KEPT_BAD_LINES {
            self.first.push(BadLine { line, text: shown(text), reason: reason.into() });
        }
    }
}

impl BadLine {
    /// The line, its text and the reason in one piece: "line 3 (`x`): not an integer".
    pub fn sentence(&self) -> String {
        match self.text.as_str() {
            "" => format!("line {}: {}", grouped(self.line), self.reason),
            text => format!("line {} (`{text}`): {}", grouped(self.line), self.reason),
        }
    }
}

/// The beginning of a line as text for a person, whatever its bytes are.
fn shown(text: &[u8]) -> String {
    // A character takes at most four bytes, and one more character tells that there is more.
    let enough = &text[..text.len().min((SHOWN_CHARS + 1) * 4)];
    let visible = String::from_utf8_lossy(enough).replace(|letter: char| letter.is_control(), " ");
    shortened(visible.trim(), SHOWN_CHARS).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_thousand_are_kept_and_all_are_counted() {
        let mut bad = BadLines::default();
        (1..=5000).for_each(|line| bad.note(line, b"x", "not an integer"));
        assert_eq!((bad.count, bad.first.len()), (5000, 1000));
        assert_eq!(bad.summary().unwrap(), "5,000 bad lines, the first is line 1 (`x`): not an integer");
    }

    #[test]
    fn a_long_or_broken_line_is_shown_short_and_printable() {
        let mut bad = BadLines::default();
        bad.note(1, &[b'a'; 100_000], "too long");
        bad.note(2, b"\xff\x00b", "not UTF-8");
        assert_eq!(bad.first[0].text, format!("{}...", "a".repeat(80)));
        assert_eq!(bad.first[1].text, "\u{fffd} b");
    }
}
