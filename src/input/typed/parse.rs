//! Cuts typed text into items: numbers, words, quoted texts, ranges, lists and objects.

use std::borrow::Cow;

use super::Flaw;
use super::range::{Range, looks_like_range, without_underscores};
use crate::input::number::{Number, guess_number};

/// Deeper lists are refused, because each level takes a piece of the stack.
const MAX_DEPTH: usize = 64;

/// One item and where it stands.
#[derive(Debug)]
pub(super) struct Item<'a> {
    pub at: usize,
    /// As it was typed.
    pub source: &'a str,
    pub kind: Kind<'a>,
}

#[derive(Debug)]
pub(super) enum Kind<'a> {
    Int(i64),
    /// Too large for 64 bits: its digits, with a minus sign where it has one.
    BigInt(String),
    Float(f64),
    Bool(bool),
    None,
    /// A text in quotes.
    Text(Cow<'a, str>),
    /// What stands without quotes and is nothing else.
    Word,
    Range(Range),
    List(Vec<Item<'a>>),
    Object(Vec<(Item<'a>, Item<'a>)>),
}

/// A place in the text that only moves forward.
pub(super) struct Parser<'a> {
    text: &'a str,
    at: usize,
    /// The brackets that are open here, with their places.
    open: Vec<(usize, u8)>,
}

impl<'a> Parser<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, open: Vec::new() }
    }

    /// All items; those of the list where the text is one list as a whole. They come so many times one after the other.
    pub(super) fn parse(mut self) -> Result<(Vec<Item<'a>>, u64), Flaw> {
        if self.text.contains('*')
            && let Some(repeated) = Self::new(self.text).repeated()?
        {
            return Ok(repeated);
        }
        let mut items = self.items(None)?;
        match items.as_mut_slice() {
            [Item { kind: Kind::List(inner), .. }] => Ok((std::mem::take(inner), 1)),
            _ => Ok((items, 1)),
        }
    }

    /// A list times a number, as it is written in Python: `[0.1] * 40`. Nothing where the text is something else.
    fn repeated(mut self) -> Result<Option<(Vec<Item<'a>>, u64)>, Flaw> {
        self.skip_blanks();
        let is_list = matches!(self.peek(), Some(b'[' | b'('));
        // What ends otherwise is not read twice.
        let may_be = is_list && self.text.trim_end().ends_with(|last: char| last.is_ascii_digit());
        let Some(Ok(Item { kind: Kind::List(items), .. })) = may_be.then(|| self.item()) else {
            return Ok(None);
        };
        self.skip_blanks();
        if self.peek() != Some(b'*') {
            return Ok(None);
        }
        self.at += 1;
        self.skip_blanks();
        let (at, digits) = (self.at, self.until(|byte| !byte.is_ascii_digit() && byte != b'_'));
        let times = without_underscores(digits).and_then(|digits| digits.parse().ok());
        self.skip_blanks();
        match times.filter(|_| self.peek().is_none()) {
            Some(times) => Ok(Some((items, times))),
            None => Err(Flaw::at(
                at,
                "there should be a whole number and nothing else behind the `*`, as in [0.1] * 40",
            )),
        }
    }

    /// What a text as a whole is; nothing where it is no single value.
    pub(super) fn word(text: &'a str) -> Option<Kind<'a>> {
        if !text.starts_with(['"', '\'', '[', '(', '{']) {
            return bare_kind(0, text, false).ok();
        }
        let mut parser = Self::new(text);
        let item = parser.item().ok()?;
        (parser.at == text.len()).then_some(item.kind)
    }

    /// The items up to `closer`, or to the end of the text.
    fn items(&mut self, closer: Option<u8>) -> Result<Vec<Item<'a>>, Flaw> {
        let mut items = Vec::new();
        let mut is_comma_due = false;
        loop {
            let after_line_end = self.skip_blanks();
            match self.peek() {
                None => return self.end_of_text(items),
                byte if byte == closer => {
                    self.at += 1;
                    return Ok(items);
                }
                Some(b',') if is_comma_due => {
                    self.at += 1;
                    is_comma_due = false;
                }
                Some(b',') => return Err(self.flaw("there is nothing before this comma")),
                Some(_) if is_comma_due && !after_line_end => return Err(self.no_comma()),
                Some(_) => {
                    items.push(self.item()?);
                    is_comma_due = true;
                }
            }
        }
    }

    fn end_of_text(&self, items: Vec<Item<'a>>) -> Result<Vec<Item<'a>>, Flaw> {
        match self.open.last() {
            None => Ok(items),
            Some((at, bracket)) => {
                Err(Flaw::at(*at, format!("this `{}` is never closed", char::from(*bracket))))
            }
        }
    }

    fn item(&mut self) -> Result<Item<'a>, Flaw> {
        let at = self.at;
        let kind = match self.peek() {
            Some(quote @ (b'"' | b'\'')) => Kind::Text(self.quoted(quote)?),
            Some(bracket @ (b'[' | b'(')) => {
                let closer = if bracket == b'[' { b']' } else { b')' };
                Kind::List(self.within(bracket, |parser| parser.items(Some(closer)))?)
            }
            Some(b'{') => Kind::Object(self.within(b'{', Self::members)?),
            _ => return self.bare(),
        };
        Ok(Item { at, source: &self.text[at..self.at], kind })
    }

    fn within<T>(
        &mut self,
        bracket: u8,
        parse: impl FnOnce(&mut Self) -> Result<T, Flaw>,
    ) -> Result<T, Flaw> {
        if self.open.len() >= MAX_DEPTH {
            return Err(self.flaw("the lists are nested too deeply"));
        }
        self.open.push((self.at, bracket));
        self.at += 1;
        let inner = parse(self)?;
        self.open.pop();
        Ok(inner)
    }

    /// The keys and values of an object, up to and with its closing brace.
    fn members(&mut self) -> Result<Vec<(Item<'a>, Item<'a>)>, Flaw> {
        let mut members = Vec::new();
        loop {
            self.skip_blanks();
            match self.peek() {
                None => return self.end_of_text(Vec::new()).map(|_| members),
                Some(b'}') => {
                    self.at += 1;
                    return Ok(members);
                }
                Some(_) => members.push(self.member()?),
            }
            self.skip_blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') | None => {}
                Some(_) => return Err(self.no_comma()),
            }
        }
    }

    fn member(&mut self) -> Result<(Item<'a>, Item<'a>), Flaw> {
        let key = self.key()?;
        self.skip_blanks();
        if self.peek() != Some(b':') {
            return Err(self.flaw("there should be a `:` between the key and its value"));
        }
        self.at += 1;
        self.skip_blanks();
        match self.peek() {
            None | Some(b',' | b'}') => Err(self.flaw("there should be a value after the `:`")),
            Some(_) => Ok((key, self.item()?)),
        }
    }

    fn key(&mut self) -> Result<Item<'a>, Flaw> {
        if matches!(self.peek(), Some(b'"' | b'\'')) {
            return self.item();
        }
        let source = self.until(|byte| matches!(byte, b':' | b',' | b'}' | b'\n'));
        let at = self.at - source.len();
        let source = source.trim_end();
        Ok(Item { at, source, kind: Kind::Text(Cow::Borrowed(source)) })
    }

    /// What stands without quotes and brackets: a number, a range, a word that Python knows, or just words.
    fn bare(&mut self) -> Result<Item<'a>, Flaw> {
        let at = self.at;
        let in_brackets = !self.open.is_empty();
        let ends = |byte| match byte {
            b',' | b'\n' => true,
            b']' | b')' | b'}' => in_brackets,
            _ => false,
        };
        let source = self.until(ends).trim_end();
        if source.is_empty() {
            return Err(self.flaw("this bracket closes nothing"));
        }
        Ok(Item { at, source, kind: bare_kind(at, source, in_brackets)? })
    }

    fn until(&mut self, ends: impl Fn(u8) -> bool) -> &'a str {
        let rest = &self.text[self.at..];
        // All ends are ASCII, so a cut before one never falls within a letter.
        let length = rest.bytes().position(ends).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    /// A quoted text with Python's escapes; a doubled quote stands for one, as in tables.
    fn quoted(&mut self, quote: u8) -> Result<Cow<'a, str>, Flaw> {
        let start = self.at;
        self.at += 1;
        let mut text = Cow::Borrowed("");
        loop {
            let plain = self.until(|byte| byte == quote || byte == b'\\' || byte == b'\n');
            text += plain;
            match (self.peek(), self.text.as_bytes().get(self.at + 1)) {
                (Some(b'\\'), _) => text.to_mut().push_str(&self.escape()),
                (Some(byte), Some(next)) if byte == quote && *next == quote => {
                    text.to_mut().push(char::from(quote));
                    self.at += 2;
                }
                (Some(byte), _) if byte == quote => {
                    self.at += 1;
                    return Ok(text);
                }
                _ => return Err(Flaw::at(start, "this quote is not closed on its line")),
            }
        }
    }

    /// What an escape stands for; one that Python does not know stands for itself.
    fn escape(&mut self) -> Cow<'a, str> {
        let rest = &self.text[self.at + 1..];
        let letter = rest.chars().next();
        let octal_digits = rest.bytes().take(3).take_while(|digit| matches!(digit, b'0'..=b'7')).count();
        if let Some(letter) = character(rest.get(..octal_digits), 8) {
            self.at += 1 + octal_digits;
            return Cow::Owned(letter.into());
        }
        let hex_digits = match letter {
            Some('x') => 2,
            Some('u') => 4,
            Some('U') => 8,
            _ => 0,
        };
        if let Some(letter) = character(rest.get(1..1 + hex_digits), 16) {
            self.at += 2 + hex_digits;
            return Cow::Owned(letter.into());
        }
        let known = match letter {
            Some('n') => "\n",
            Some('t') => "\t",
            Some('r') => "\r",
            Some('a') => "\u{7}",
            Some('b') => "\u{8}",
            Some('f') => "\u{c}",
            Some('v') => "\u{b}",
            Some('\\') => "\\",
            Some('\'') => "'",
            Some('"') => "\"",
            _ => {
                self.at += 1;
                return Cow::Borrowed("\\");
            }
        };
        self.at += 2;
        Cow::Borrowed(known)
    }

    /// Moves over blanks and line ends, and says whether there was a line end.
    fn skip_blanks(&mut self) -> bool {
        let blanks = self.until(|byte| !byte.is_ascii_whitespace());
        blanks.contains('\n')
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn flaw(&self, reason: &str) -> Flaw {
        Flaw::at(self.at, reason)
    }

    fn no_comma(&self) -> Flaw {
        self.flaw(
            "there should be a comma or a new line here; \
             put quotes around a text that holds quotes or brackets at its start",
        )
    }
}

/// The character of this number, where all of it are digits.
fn character(digits: Option<&str>, radix: u32) -> Option<char> {
    let digits = digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
    u32::from_str_radix(digits, radix).ok().and_then(char::from_u32)
}

fn bare_kind(at: usize, source: &str, in_brackets: bool) -> Result<Kind<'_>, Flaw> {
    if looks_like_range(source) {
        return Ok(Kind::Range(Range::parse(at, source)?));
    }
    let digits = without_underscores(source).unwrap_or_default();
    Ok(match (guess_number(digits.as_bytes()), source) {
        (Number::Int(number), _) => Kind::Int(number),
        (Number::Float(number), _) => Kind::Float(number),
        (Number::BigInt, _) => Kind::BigInt(digits.trim_start_matches('+').to_owned()),
        // In a list as Python writes it, it is a float as for Python.
        (Number::Inexact, _) if in_brackets => digits.parse().map_or(Kind::Word, Kind::Float),
        (_, "True" | "true") => Kind::Bool(true),
        (_, "False" | "false") => Kind::Bool(false),
        (_, "None" | "null") => Kind::None,
        _ => Kind::Word,
    })
}
