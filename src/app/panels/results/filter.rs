//! Which rows a person wants to see: what is typed into the filter field, and whether a row fits it.
//!
//! Conditions stand one after the other and all must hold: `failed worker 3`, `> 10`, `took > 5ms`, `input abc`.

use std::fmt::Write as _;

use crate::pool::{Row, RowState};
use crate::value::ValueRef;

/// What can be typed, for the field's tooltip.
pub const HELP: &str = "Conditions, all of which must hold:\n\
    ok, failed, timed out, flaky, waiting, stopped\n\
    worker 3\n\
    > 10, <= 0.5, = 7   the output as a number\n\
    took > 5ms\n\
    input abc, output abc, error abc\n\
    abc   anywhere in the row; \"two words\" in quotes";

/// A typed filter, understood.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Filter {
    conditions: Vec<Condition>,
}

#[derive(Debug, Clone, PartialEq)]
enum Condition {
    State(RowState),
    /// It failed first and succeeded when it was tried again.
    Flaky,
    Worker(usize),
    Output(Comparison),
    Took(Comparison),
    Text {
        place: Place,
        part: String,
    },
}

/// Where a text is looked for.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    Input,
    Output,
    Error,
    Any,
}

/// A number and on which side of it another has to be.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Comparison {
    sign: Sign,
    number: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Sign {
    Below,
    AtMost,
    Equal,
    Not,
    AtLeast,
    Above,
}

impl Filter {
    /// Understands what was typed; otherwise a sentence that says what is missing.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut words = words(text)?.into_iter().peekable();
        let mut conditions = Vec::new();
        while let Some(word) = words.next() {
            conditions.push(condition(&word, &mut words)?);
        }
        Ok(Self { conditions })
    }

    /// Whether every row fits.
    pub fn is_empty(&self) -> bool {
        self.conditions.is_empty()
    }

    /// Whether the row fits. `scratch` is memory for texts of cells, reused from row to row.
    pub fn fits(&self, row: &Row<'_>, scratch: &mut String) -> bool {
        self.conditions.iter().all(|condition| condition.fits(row, scratch))
    }
}

impl Condition {
    fn fits(&self, row: &Row<'_>, scratch: &mut String) -> bool {
        match self {
            Self::State(RowState::Stopped) => matches!(row.state, RowState::Stopped | RowState::NotRun),
            Self::State(state) => row.state == *state,
            Self::Flaky => row.is_flaky,
            Self::Worker(worker) => row.worker == *worker,
            Self::Output(comparison) => {
                row.output.and_then(number).is_some_and(|value| comparison.holds(value))
            }
            Self::Took(comparison) => row.state.is_final() && comparison.holds(f64::from(row.duration_s)),
            Self::Text { place, part } => place.holds(row, part, scratch),
        }
    }
}

impl Place {
    fn holds(self, row: &Row<'_>, part: &str, scratch: &mut String) -> bool {
        let in_error = || row.error().is_some_and(|error| error.to_lowercase().contains(part));
        match self {
            Self::Input => input_holds(row, part, scratch),
            Self::Output => row.output.is_some_and(|cell| cell_holds(cell, part, scratch)),
            Self::Error => in_error(),
            Self::Any => {
                input_holds(row, part, scratch)
                    || row.output.is_some_and(|cell| cell_holds(cell, part, scratch))
                    || in_error()
            }
        }
    }
}

/// Whether the input, as it was written, holds `part`, which is in lower case.
fn input_holds(row: &Row<'_>, part: &str, scratch: &mut String) -> bool {
    let Some(written) = row.written else { return cell_holds(row.input, part, scratch) };
    scratch.clear();
    scratch.push_str(written);
    holds(scratch, part)
}

/// Whether the cell's text holds `part`, which is in lower case.
fn cell_holds(cell: ValueRef<'_>, part: &str, scratch: &mut String) -> bool {
    scratch.clear();
    // Writing to a string cannot fail.
    let _ = write!(scratch, "{cell}");
    holds(scratch, part)
}

/// Whether a text holds `part`, which is in lower case; the text is changed.
fn holds(scratch: &mut str, part: &str) -> bool {
    if scratch.is_ascii() {
        scratch.make_ascii_lowercase();
        return scratch.contains(part);
    }
    scratch.to_lowercase().contains(part)
}

impl Comparison {
    fn holds(self, value: f64) -> bool {
        match self.sign {
            Sign::Below => value < self.number,
            Sign::AtMost => value <= self.number,
            Sign::Equal => value == self.number,
            Sign::Not => value != self.number,
            Sign::AtLeast => value >= self.number,
            Sign::Above => value > self.number,
        }
    }
}

/// The cell as a number, where it is one.
pub fn number(cell: ValueRef<'_>) -> Option<f64> {
    match cell {
        ValueRef::Int(value) => Some(value as f64),
        ValueRef::Float(value) => Some(value),
        _ => None,
    }
}

/// A typed word; a quoted one is never a keyword.
#[derive(Debug, PartialEq)]
struct Word {
    text: String,
    is_quoted: bool,
}

type Words = std::iter::Peekable<std::vec::IntoIter<Word>>;

/// Cuts a text at blanks, commas and dots between words, and before and after comparison signs.
fn words(text: &str) -> Result<Vec<Word>, String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start_matches(is_gap);
    while let Some(first) = rest.chars().next() {
        let is_quoted = first == '"';
        let end = match first {
            '"' => rest[1..].find('"').map(|end| end + 1).ok_or("a closing \" is missing")?,
            '<' | '>' | '=' | '!' => rest.find(|c| !"<>=!".contains(c)).unwrap_or(rest.len()),
            _ => rest.find(|c| is_gap(c) || "<>=!".contains(c)).unwrap_or(rest.len()),
        };
        let word = &rest[usize::from(is_quoted)..end];
        words.push(Word { text: word.to_owned(), is_quoted });
        rest = rest[end + usize::from(is_quoted)..].trim_start_matches(is_gap);
    }
    Ok(words)
}

fn is_gap(c: char) -> bool {
    c.is_whitespace() || c == ',' || c == '·'
}

fn condition(word: &Word, rest: &mut Words) -> Result<Condition, String> {
    let text = word.text.to_lowercase();
    if word.is_quoted {
        return Ok(Condition::Text { place: Place::Any, part: text });
    }
    Ok(match text.as_str() {
        "ok" => Condition::State(RowState::Ok),
        "failed" => Condition::State(RowState::Failed),
        "waiting" => Condition::State(RowState::Pending),
        "stopped" => Condition::State(RowState::Stopped),
        "timedout" => Condition::State(RowState::TimedOut),
        "timed"
            if rest.next_if(|next| !next.is_quoted && next.text.eq_ignore_ascii_case("out")).is_some() =>
        {
            Condition::State(RowState::TimedOut)
        }
        "not" if rest.next_if(|next| !next.is_quoted && next.text.eq_ignore_ascii_case("run")).is_some() => {
            Condition::State(RowState::NotRun)
        }
        "flaky" => Condition::Flaky,
        "worker" => Condition::Worker(worker(rest)?),
        "took" => Condition::Took(took(rest)?),
        "input" => text_condition(Place::Input, "input", rest)?,
        "output" => text_condition(Place::Output, "output", rest)?,
        "error" => text_condition(Place::Error, "error", rest)?,
        _ => match sign(&text) {
            Some(sign) => Condition::Output(Comparison { sign, number: plain_number(&text, rest)? }),
            None => Condition::Text { place: Place::Any, part: text },
        },
    })
}

/// `input abc`, and for outputs also `output > 10`.
fn text_condition(place: Place, name: &str, rest: &mut Words) -> Result<Condition, String> {
    let word = rest.next().ok_or_else(|| format!("{name} what? For example: {name} abc"))?;
    let sign = if word.is_quoted || place != Place::Output { None } else { sign(&word.text) };
    Ok(match sign {
        Some(sign) => Condition::Output(Comparison { sign, number: plain_number(&word.text, rest)? }),
        None => Condition::Text { place, part: word.text.to_lowercase() },
    })
}

fn worker(rest: &mut Words) -> Result<usize, String> {
    let number = rest.next().and_then(|word| word.text.parse().ok()).filter(|number| *number > 0);
    number.ok_or_else(|| "worker needs its number, for example: worker 3".to_owned())
}

fn took(rest: &mut Words) -> Result<Comparison, String> {
    let help = || "took needs a sign and a time, for example: took > 5ms".to_owned();
    let sign = rest.next().and_then(|word| sign(&word.text)).ok_or_else(help)?;
    let mut text = rest.next().ok_or_else(help)?.text;
    let is_unit = |word: &Word| !word.is_quoted && unit_s(&word.text).is_some();
    if let Some(unit) = rest.next_if(is_unit) {
        text.push_str(&unit.text);
    }
    let digits = text.trim_end_matches(|c: char| c.is_alphabetic());
    let unit_s = unit_s(&text[digits.len()..]).ok_or_else(help)?;
    let number: f64 = digits.parse().map_err(|_| help())?;
    Ok(Comparison { sign, number: number * unit_s })
}

/// Seconds in a unit; milliseconds where none is given.
fn unit_s(unit: &str) -> Option<f64> {
    Some(match unit {
        "s" => 1.0,
        "" | "ms" => 1e-3,
        "us" | "µs" => 1e-6,
        "ns" => 1e-9,
        "min" => 60.0,
        _ => return None,
    })
}

fn sign(text: &str) -> Option<Sign> {
    Some(match text {
        "<" => Sign::Below,
        "<=" => Sign::AtMost,
        "=" | "==" => Sign::Equal,
        "!=" => Sign::Not,
        ">=" => Sign::AtLeast,
        ">" => Sign::Above,
        _ => return None,
    })
}

fn plain_number(sign: &str, rest: &mut Words) -> Result<f64, String> {
    let number = rest.next().and_then(|word| word.text.replace('_', "").parse().ok());
    number.ok_or_else(|| format!("{sign} needs a number, for example: {sign} 10"))
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use crate::pool::Cause;

    fn row(output: ValueRef<'static>) -> Row<'static> {
        Row {
            index: 5,
            input: ValueRef::Text("Apple pie"),
            written: None,
            output: Some(output),
            state: RowState::Ok,
            cause: None,
            worker: 3,
            pid: Some(4711),
            attempts: 1,
            is_flaky: false,
            start_ns: 0,
            duration_s: 0.007,
            cpu_s: 0.0,
            is_chunk_timed: false,
        }
    }

    fn failed() -> Row<'static> {
        static CAUSE: LazyLock<Cause> = LazyLock::new(|| Cause::Raised("Negative input".into()));
        Row { state: RowState::Failed, output: None, cause: Some(&CAUSE), ..row(ValueRef::None) }
    }

    fn fits(text: &str, row: &Row<'_>) -> bool {
        Filter::parse(text).unwrap().fits(row, &mut String::new())
    }

    #[test]
    fn every_condition_of_the_help_works() {
        let row = row(ValueRef::Int(12));
        for text in
            ["ok", "worker 3", "> 10", ">10", "<= 12", "= 12", "!= 1", "took > 5ms", "took<1s", "took > 5 ms"]
        {
            assert!(fits(text, &row), "{text}");
        }
        for text in ["failed", "waiting", "stopped", "worker 2", "> 12", "took > 8", "output 13", "input x"] {
            assert!(!fits(text, &row), "{text}");
        }
        for text in ["input apple", "output 12", "APPLE", "\"apple pie\"", "input \"e p\"", "output > 3", ""]
        {
            assert!(fits(text, &row), "{text}");
        }
        for text in ["failed", "error negative", "negative", "failed · worker 3", "failed, worker 3"] {
            assert!(fits(text, &failed()), "{text}");
        }
    }

    #[test]
    fn what_timed_out_or_was_flaky_is_found() {
        let late = Row { state: RowState::TimedOut, ..failed() };
        for text in ["timed out", "timedout", "Timed Out worker 3"] {
            assert!(fits(text, &late) && !fits(text, &failed()), "{text}");
        }
        assert!(!fits("failed", &late), "it has a word of its own");
        let left = Row { state: RowState::NotRun, ..failed() };
        assert!(fits("not run", &left) && fits("stopped", &left) && !fits("not run", &late));
        assert!(!fits("timed", &late), "without its second word it is a text to look for");
        let flaky = Row { is_flaky: true, attempts: 2, ..row(ValueRef::Int(12)) };
        assert!(fits("flaky", &flaky) && fits("ok", &flaky) && !fits("flaky", &row(ValueRef::Int(12))));
    }

    #[test]
    fn all_conditions_must_hold() {
        assert!(fits("> 10 ok worker 3", &row(ValueRef::Float(10.5))));
        assert!(!fits("> 10 ok worker 4", &row(ValueRef::Float(10.5))));
        assert!(!fits("> 10", &row(ValueRef::Text("99"))), "a text is no number");
    }

    #[test]
    fn what_cannot_be_understood_is_said() {
        for (text, part) in [
            ("worker x", "worker needs its number"),
            ("worker 0", "worker needs its number"),
            ("> abc", "> needs a number"),
            ("took 5", "took needs a sign"),
            ("took > 5 parsecs x", "took"),
            ("input", "input what?"),
            ("\"open", "closing"),
        ] {
            match Filter::parse(text) {
                Err(said) => assert!(said.contains(part), "{text}: {said}"),
                // "parsecs" is a text to look for, which is a legal answer.
                Ok(_) => assert!(text.contains("parsecs"), "{text}"),
            }
        }
    }

    #[test]
    fn quoted_words_are_never_keywords() {
        assert_ne!(Filter::parse("\"failed\""), Filter::parse("failed"));
    }
}
