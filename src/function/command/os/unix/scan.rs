//! Which quotes are open at each placeholder of a shell's line.
//!
//! Only what all shells read alike is followed. Where one of these reads on differently, the scan stops: what stands before
//! is certain, and a placeholder behind is refused. Odd constructs are not worth a grammar of their own here,
//! since one wrong step would make commands of values.
//!
//! `words` knows which words are reserved, `quotes` reads quotes, backslashes and backticks, `expansions` what begins with
//! `$`, and `documents` here-documents.

use super::super::super::template::{Placeholder, TemplatePart};
use documents::Document;
use words::Words;

mod documents;
mod expansions;
mod quotes;
mod words;

/// How deep `$(...)` and the like may stand within each other.
const MOST_DEPTH: usize = 40;

/// How a place in a line is quoted by what stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ShellQuotes {
    None,
    Single,
    Double,
    /// In the body of a here-document.
    Document,
    /// Within `$((...))`, which knows no quotes.
    Arithmetic,
    /// Behind a `#`, where it is of no use.
    Comment,
}

/// Why a scan ends before the line does.
enum Stop {
    /// The line is no line for a shell.
    Unreadable(String),
    /// From this character on, what is quoted is not certain.
    Unsure { from: usize, why: &'static str },
}

type Step<T = ()> = Result<T, Stop>;

/// A line read character by character.
struct Scan<'a> {
    signs: Vec<char>,
    at: usize,
    columns: &'a [String],
    parts: Vec<(TemplatePart, ShellQuotes)>,
    /// Where the last placeholder stood.
    last_hole: Option<usize>,
    /// Here-documents whose bodies begin with the next line.
    documents: Vec<Document>,
    /// Within backticks: the next backtick ends them, whatever is open.
    is_in_ticks: bool,
    /// How many `$(` are open.
    brackets: usize,
    depth: usize,
    /// The line must not end here: it is one of a here-document.
    is_one_line: bool,
    /// Why no placeholder can stand here.
    barred: Option<&'static str>,
}

/// The parts of a line, each with its quotes; otherwise a sentence that says why it is refused.
pub(super) fn scanned(
    template: &str,
    columns: &[String],
) -> Result<Vec<(TemplatePart, ShellQuotes)>, String> {
    let mut scan = Scan {
        signs: template.chars().collect(),
        at: 0,
        columns,
        parts: Vec::new(),
        last_hole: None,
        documents: Vec::new(),
        is_in_ticks: false,
        brackets: 0,
        depth: 0,
        is_one_line: false,
        barred: None,
    };
    match scan.commands(None) {
        Ok(()) => {}
        Err(Stop::Unreadable(reason)) => return Err(reason),
        Err(Stop::Unsure { from, why }) if scan.asks_behind(from) => return Err(scan.refusal(from, why)),
        Err(Stop::Unsure { .. }) => {
            while scan.peek().is_some() {
                scan.take();
            }
        }
    }
    Ok(scan.parts)
}

impl Scan<'_> {
    /// Reads commands up to a sign that ends them, which is left.
    fn commands(&mut self, end: Option<char>) -> Step {
        let documents = self.documents.len();
        let mut words = Words::new(self.brackets > 0);
        while let Some(sign) = self.peek() {
            let is_end = Some(sign) == end && (sign == '`' || words.open == 0);
            if is_end || !words.takes(sign, self.signs.get(self.at + 1)) {
                let before = self.at.checked_sub(1).map(|at| self.signs[at]);
                words.end(sign, before).map_err(|why| self.unsure(self.at, why))?;
            }
            match sign {
                _ if is_end && self.documents.len() > documents => {
                    return Err(
                        self.unsure(self.at, "a here-document begins just before what ends its command")
                    );
                }
                _ if is_end => return Ok(()),
                '(' => words.open += usize::from(self.bracket()?),
                ')' => {
                    words.open = words.open.saturating_sub(1);
                    self.take();
                }
                '\n' => self.line_end(documents > 0, words.open)?,
                '#' if words.is_between() => self.comment(end)?,
                '<' => self.arrow()?,
                '{' if self.hole(ShellQuotes::None)? => {}
                '\'' => self.single()?,
                '"' => self.double()?,
                _ => self.sign(ShellQuotes::None)?,
            }
        }
        words.end('\n', None).map_err(|why| self.unsure(self.at, why))?;
        match end {
            None if self.documents.len() > documents => Err(self.open_document()),
            None => Ok(()),
            Some(')') => Err(Stop::Unreadable("a `$(` is not closed".to_owned())),
            Some(_) => Err(Stop::Unreadable("a backtick (`) is not closed".to_owned())),
        }
    }

    /// A sign that means the same in commands, double quotes and here-documents.
    fn sign(&mut self, quotes: ShellQuotes) -> Step {
        match self.peek() {
            Some('\\') => self.escape(quotes),
            Some('$') => self.dollar(quotes),
            Some('`') => self.ticks(),
            _ => {
                self.take();
                Ok(())
            }
        }
    }

    /// Up to the end of the line, quotes are none.
    fn comment(&mut self, end: Option<char>) -> Step {
        while let Some(sign) = self.peek().filter(|sign| *sign != '\n') {
            if sign == '`' && end == Some(sign) {
                break;
            }
            if end.is_some() && !is_calm(sign) {
                return Err(self.unsure(self.at, "quotes or brackets stand in a comment within a command"));
            }
            if sign != '{' || !self.hole(ShellQuotes::Comment)? {
                self.take();
            }
        }
        Ok(())
    }

    /// Reads something within something else.
    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Step) -> Step {
        if self.depth == MOST_DEPTH {
            return Err(self.unsure(self.at, "too many commands stand within each other"));
        }
        let barred = self.barred.take();
        self.depth += 1;
        read(self)?;
        self.depth -= 1;
        self.barred = barred;
        Ok(())
    }

    /// Takes the placeholder that stands here; false where the brace begins none.
    fn hole(&mut self, quotes: ShellQuotes) -> Step<bool> {
        let Some((placeholder, length)) = self.placeholder_at(self.at) else { return Ok(false) };
        if let Some(why) = self.barred {
            return Err(self.unsure(self.at, why));
        }
        self.parts.push((TemplatePart::Placeholder(placeholder), quotes));
        self.last_hole = Some(self.at);
        self.at += length;
        Ok(true)
    }

    /// The placeholder that begins here, and how many characters it has.
    fn placeholder_at(&self, at: usize) -> Option<(Placeholder, usize)> {
        let behind = self.signs[at..].strip_prefix(&['{'])?;
        let length = behind.iter().position(|sign| matches!(sign, '{' | '}'))?;
        let inner: String = behind[..length].iter().collect();
        let placeholder = Placeholder::parse(&inner, self.columns).filter(|_| behind[length] == '}');
        placeholder.map(|placeholder| (placeholder, length + 2))
    }

    /// Whether a value would have to stand at or behind this place. An escaped brace would have to be known there too.
    fn asks_behind(&self, from: usize) -> bool {
        let is_escaped =
            |at: usize| self.signs[at] == '\\' && matches!(self.signs.get(at + 1), Some('{' | '}'));
        self.last_hole.is_some_and(|at| at >= from)
            || (self.at..self.signs.len()).any(|at| self.placeholder_at(at).is_some() || is_escaped(at))
    }

    /// Why a line is refused, and what to write instead.
    fn refusal(&self, from: usize, why: &str) -> String {
        let shown: String = self.signs[from.saturating_sub(24)..from].iter().collect();
        let place = if shown.is_empty() { "here".to_owned() } else { format!("behind `{shown}`") };
        format!(
            "how a value has to be quoted {place} is not certain: {why}; put the commands into a file and write \
             `sh FILE {{}}`, where \"$1\" is the value, or write sh -c '... \"$1\" ...' sh {{}}"
        )
    }

    fn unsure(&self, from: usize, why: &'static str) -> Stop {
        Stop::Unsure { from, why }
    }

    fn peek(&self) -> Option<char> {
        self.signs.get(self.at).copied()
    }

    /// Whether one of these stands behind the next sign.
    fn next_is(&self, signs: &str) -> bool {
        self.signs.get(self.at + 1).is_some_and(|sign| signs.contains(*sign))
    }

    /// The next sign is text.
    fn take(&mut self) {
        let Some(sign) = self.peek() else { return };
        self.at += 1;
        match self.parts.last_mut() {
            Some((TemplatePart::Text(text), _)) => text.push(sign),
            _ => self.parts.push((TemplatePart::Text(sign.to_string()), ShellQuotes::None)),
        }
    }
}

/// Whether a sign says nothing to any shell, even to those that look for the end of `$(...)` without reading it.
fn is_calm(sign: char) -> bool {
    !"'\"`()\\$".contains(sign)
}
