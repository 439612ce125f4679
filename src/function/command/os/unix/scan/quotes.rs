//! Quotes, backslashes and backticks.

use super::{Scan, ShellQuotes, Step, Stop};

/// What a backslash within backticks means differs before these.
pub(super) const ESCAPED_IN_TICKS: &str = "$`\\\"\n";

impl Scan<'_> {
    /// Single quotes, and what is in them.
    pub(super) fn single(&mut self) -> Step {
        self.take();
        while let Some(sign) = self.peek() {
            match sign {
                '\'' => {
                    self.take();
                    return Ok(());
                }
                '\n' => self.line_within()?,
                '`' if self.is_in_ticks => return Err(self.tick_within()),
                '\\' if self.is_in_ticks && self.next_is(ESCAPED_IN_TICKS) => {
                    return Err(self.escape_in_ticks());
                }
                '{' if self.hole(ShellQuotes::Single)? => {}
                _ => self.take(),
            }
        }
        Err(Stop::Unreadable("a single quote (') is not closed".to_owned()))
    }

    /// Double quotes, and what is in them.
    pub(super) fn double(&mut self) -> Step {
        self.take();
        while let Some(sign) = self.peek() {
            match sign {
                '"' => {
                    self.take();
                    return Ok(());
                }
                '\n' => self.line_within()?,
                '{' if self.hole(ShellQuotes::Double)? => {}
                _ => self.sign(ShellQuotes::Double)?,
            }
        }
        Err(Stop::Unreadable("a double quote (\") is not closed".to_owned()))
    }

    /// A backslash with what stands behind it.
    pub(super) fn escape(&mut self, quotes: ShellQuotes) -> Step {
        let Some(next) = self.signs.get(self.at + 1).copied() else {
            return Err(Stop::Unreadable("it ends with a single backslash".to_owned()));
        };
        let before = self.at.checked_sub(1).map(|at| self.signs[at]);
        if self.is_in_ticks && ESCAPED_IN_TICKS.contains(next) {
            return Err(self.escape_in_ticks());
        }
        match next {
            '\n' => {
                let is_apart = match quotes {
                    ShellQuotes::None => before.is_none_or(|before| " \t\n;&|".contains(before)),
                    _ => before != Some('$'),
                };
                if !is_apart || !self.documents.is_empty() || quotes == ShellQuotes::Document {
                    return Err(self.unsure(self.at, "a backslash joins two lines in the middle of a word"));
                }
                self.line_within_is_certain()?;
                self.take();
            }
            '{' | '}' if quotes != ShellQuotes::None => {
                if before == Some('$') {
                    return Err(self.unsure(self.at, "a backslash stands between `$` and a brace"));
                }
                // The shell would keep the backslash.
                self.at += 1;
            }
            _ => self.take(),
        }
        self.take();
        Ok(())
    }

    /// Backticks, and the commands in them.
    pub(super) fn ticks(&mut self) -> Step {
        if self.is_in_ticks {
            return Err(self.tick_within());
        }
        self.take();
        self.is_in_ticks = true;
        self.nested(|scan| scan.commands(Some('`')))?;
        self.is_in_ticks = false;
        self.take();
        Ok(())
    }

    fn tick_within(&self) -> Stop {
        self.unsure(
            self.at,
            "a backtick stands within quotes or brackets within backticks, where $(...) is clear",
        )
    }

    pub(super) fn escape_in_ticks(&self) -> Stop {
        self.unsure(self.at, "backslashes mean something else within backticks, where $(...) is clear")
    }
}
