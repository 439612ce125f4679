//! What begins with `$`, and calculations.

use super::quotes::ESCAPED_IN_TICKS;
use super::{Scan, ShellQuotes, Step, Stop};

const IN_PARAMETER: &str = "it would be a part of `${...}`, where most signs mean something else";
const QUOTES_IN_PARAMETER: &str = "shells read quotes within `${...}` within double quotes differently";
const ODD_ARITHMETIC: &str = "shells calculate within two brackets or take commands in them; with a blank between, `( (`, they are commands";

/// What `${name...}` does with the word behind its name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    /// It stands for a variable that is not set: `${x:-word}`.
    Default,
    /// A pattern: `${x%word}`.
    Pattern,
    Other,
}

impl Scan<'_> {
    /// A dollar sign, and what belongs to it.
    pub(super) fn dollar(&mut self, quotes: ShellQuotes) -> Step {
        let from = self.at;
        self.take();
        match self.peek() {
            Some('{') => self.parameter(quotes),
            Some('(') if self.next_is("(") => self.calculation(from, "))"),
            Some('(') => self.substitution(),
            Some('[') => self.calculation(from, "]"),
            Some('\'') if quotes == ShellQuotes::None => {
                let body = self.signs[self.at + 1..].iter().take_while(|sign| **sign != '\'');
                if body.copied().any(|sign| sign == '\\') {
                    return Err(self.unsure(from, "shells read backslashes within $'...' differently"));
                }
                self.barring("shells read $'...' differently", Self::single)
            }
            Some('"') if quotes == ShellQuotes::None => {
                self.barring("shells read $\"...\" differently", Self::double)
            }
            // Names of one sign, of which some mean something else elsewhere.
            Some('$' | '?' | '!' | '#' | '@' | '*' | '-') => {
                self.take();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// `(` among commands; true where it is one that `)` closes.
    pub(super) fn bracket(&mut self) -> Step<bool> {
        if self.next_is("(") {
            return self.calculation(self.at, "));").map(|()| false);
        }
        self.take();
        Ok(true)
    }

    fn substitution(&mut self) -> Step {
        self.take();
        self.brackets += 1;
        self.nested(|scan| scan.commands(Some(')')))?;
        self.brackets -= 1;
        self.take();
        Ok(())
    }

    /// `${...}`, up to its end.
    fn parameter(&mut self, quotes: ShellQuotes) -> Step {
        let from = self.at;
        self.take();
        let word = self.parameter_name()?;
        let is_open = word == Word::Default && quotes != ShellQuotes::Arithmetic;
        let why = if is_open { self.barred } else { Some(IN_PARAMETER) };
        let barred = std::mem::replace(&mut self.barred, why);
        while let Some(sign) = self.peek() {
            match sign {
                '}' => {
                    self.take();
                    self.barred = barred;
                    return Ok(());
                }
                '{' if self.hole(quotes)? => {}
                '\\' if self.next_is("\n") || self.is_in_ticks && self.next_is(ESCAPED_IN_TICKS) => {
                    return Err(self.escape_in_ticks());
                }
                '\\' => {
                    self.take();
                    self.take();
                }
                '$' => self.deeper(|scan| scan.dollar(quotes))?,
                '`' => self.ticks()?,
                '\'' if quotes == ShellQuotes::None => self.single()?,
                '"' if quotes == ShellQuotes::None => self.double()?,
                '"' if quotes == ShellQuotes::Double && word == Word::Pattern => {
                    self.barring(IN_PARAMETER, Self::double)?;
                }
                '\'' | '"' => return Err(self.unsure(self.at, QUOTES_IN_PARAMETER)),
                '{' | '\n' => return Err(self.unsure(self.at, IN_PARAMETER)),
                _ => self.take(),
            }
        }
        Err(self.unsure(from, "a `${` is not closed"))
    }

    /// The name behind `${`, and what its word is.
    fn parameter_name(&mut self) -> Step<Word> {
        let begin = self.at;
        match self.peek() {
            Some(' ' | '\t' | '\n' | '|' | '(') => {
                return Err(self.unsure(begin, "shells read `${` with a blank behind it differently"));
            }
            // Forms of `{}`, and no names.
            Some('}' | '.' | '/') => {
                let reason = "`${` with a placeholder's form behind it is no variable; write {} for the value, \\${} for a \
                              dollar sign before it";
                return Err(Stop::Unreadable(reason.to_owned()));
            }
            Some('$') if !self.next_is("}") => return Err(self.unsure(begin, IN_PARAMETER)),
            Some('#' | '!' | '?' | '$' | '@' | '*' | '-') => self.take(),
            _ => {}
        }
        while self.peek().is_some_and(|sign| sign.is_ascii_alphanumeric() || sign == '_') {
            self.take();
        }
        let has_name = self.signs[begin..self.at].iter().any(|sign| sign.is_ascii_alphanumeric());
        Ok(match self.peek() {
            Some(':') if self.next_is("-+") => {
                self.take();
                Word::Default
            }
            Some('-' | '+') if has_name => Word::Default,
            Some('#' | '%') => Word::Pattern,
            _ => Word::Other,
        })
    }

    /// `$((...))`, `((...))` and `$[...]`, where only what can be nothing but a calculation stands in them. Brackets alone
    /// may stand around `;` too; where these are two that hold commands, numbers do no harm either.
    fn calculation(&mut self, from: usize, close: &str) -> Step {
        let certain = self.deeper(|scan| scan.terms(close));
        certain.map_err(|stop| match stop {
            Stop::Unsure { why, .. } => self.unsure(from, why),
            unreadable @ Stop::Unreadable(_) => unreadable,
        })
    }

    fn terms(&mut self, close: &str) -> Step {
        let is_command = close.ends_with(';');
        let mut open = 0;
        self.take();
        if close.starts_with(')') {
            self.take();
        }
        while let Some(sign) = self.peek() {
            match sign {
                ']' if close == "]" => {
                    self.take();
                    return Ok(());
                }
                ')' if open > 0 => {
                    open -= 1;
                    self.take();
                }
                ')' if close != "]" && self.next_is(")") => {
                    self.take();
                    self.take();
                    return Ok(());
                }
                '(' => {
                    open += 1;
                    self.take();
                }
                '$' => self.dollar(ShellQuotes::Arithmetic)?,
                '{' if self.hole(ShellQuotes::Arithmetic)? => {}
                '<' if is_command && self.next_is("<") => break,
                '#' if is_command => break,
                ';' if !is_command => break,
                _ if sign.is_ascii_alphanumeric() || " \t_+-*/%=<>!&|^~?:,.#;".contains(sign) => self.take(),
                _ => break,
            }
        }
        Err(self.unsure(self.at, ODD_ARITHMETIC))
    }

    /// Reads something in which no placeholder can stand, but within commands of its own.
    fn barring(&mut self, why: &'static str, read: impl FnOnce(&mut Self) -> Step) -> Step {
        let barred = self.barred.replace(why);
        read(self)?;
        self.barred = barred;
        Ok(())
    }

    /// Reads something that may stand within its own kind, with what is barred around it.
    fn deeper(&mut self, read: impl FnOnce(&mut Self) -> Step) -> Step {
        let barred = self.barred;
        self.nested(|scan| {
            scan.barred = barred;
            read(scan)
        })
    }
}
