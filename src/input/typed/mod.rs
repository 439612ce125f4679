//! What a person types or pastes as inputs: numbers, words, Python lists, ranges.
//!
//! `parse` turns the text into items that know where they stand, `build` turns items into a column.

mod build;
mod parse;
mod range;
mod words;

use self::parse::Parser;
pub use self::words::parse_words;
use super::options::CellTypes;
use crate::error::{Error, Result};
use crate::value::{Column, grouped};

/// The most inputs that can be typed; only ranges come near it.
const MAX_TYPED: u64 = if cfg!(fuzzing) { 1000 } else { 100_000_000 };

/// Turns typed text into inputs: `1, 2, 3`, one a line, `[1, 2.5]`, `1..100`, `0..20 step 5`, `"a, b", c`,
/// `[0.1] * 40`.
///
/// Each value is what it would be in a list of Python, but a word without quotes makes all of them text, as they were
/// typed. How a number was typed stays beside it: [`Column::written`].
///
/// ```
/// use poolscope::{input::parse_typed, value::Column};
/// assert_eq!(parse_typed("1..3, 10")?, Column::from(vec![1_i64, 2, 3, 10]));
/// # Ok::<(), poolscope::error::Error>(())
/// ```
pub fn parse_typed(text: &str) -> Result<Column> {
    parse_typed_as(text, &CellTypes::default())
}

/// The same, with the values read as the type that is asked for.
pub fn parse_typed_as(text: &str, types: &CellTypes) -> Result<Column> {
    // Editors on Windows put a byte order mark before what they save.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let read = || -> Result<Column, Flaw> {
        let (items, times) = Parser::new(text).parse()?;
        build::column(&items, times, types)
    };
    read().map_err(|flaw| Error::input("read the inputs", flaw.sentence(text)))
}

/// What is wrong, and at which byte of the text; nowhere in particular where it is about the whole.
#[derive(Debug)]
struct Flaw {
    at: Option<usize>,
    reason: String,
}

impl Flaw {
    fn at(at: usize, reason: impl Into<String>) -> Self {
        Self { at: Some(at), reason: reason.into() }
    }

    fn whole(reason: impl Into<String>) -> Self {
        Self { at: None, reason: reason.into() }
    }

    fn sentence(&self, text: &str) -> String {
        let Some(before) = self.at.and_then(|at| text.get(..at)) else { return self.reason.clone() };
        let line = before.matches('\n').count() as u64 + 1;
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        let position = before[line_start..].chars().count() as u64 + 1;
        format!("line {}, position {}: {}", grouped(line), grouped(position), self.reason)
    }
}

#[cfg(test)]
mod tests;
