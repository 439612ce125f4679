//! Which words of commands are reserved, as far as they tell where brackets close.

/// Words behind which another reserved word may stand.
const BEFORE_COMMANDS: [&str; 15] =
    ["if", "then", "elif", "else", "fi", "while", "until", "do", "done", "!", "{", "}", "in", "-p", "--"];
/// Words behind which one may stand further on in the same command.
const BEFORE_NAMES: [&str; 5] = ["for", "select", "function", "coproc", "time"];

/// The words of commands as they are read, sign by sign.
pub(super) struct Words {
    /// Within `$(...)`, where brackets have to be told from the one that closes it.
    is_in_brackets: bool,
    /// How many brackets are open.
    pub(super) open: usize,
    /// For each `case` within brackets that has no `esac` yet, how many were open before it.
    cases: Vec<usize>,
    word: String,
    /// Something in the word is quoted or expanded: it is not reserved.
    is_quoted: bool,
    /// A reserved word may stand here.
    is_command: bool,
    /// One may stand at any place of this command.
    is_any: bool,
}

impl Words {
    pub(super) fn new(is_in_brackets: bool) -> Self {
        Self {
            is_in_brackets,
            open: 0,
            cases: Vec::new(),
            word: String::new(),
            is_quoted: false,
            is_command: true,
            is_any: false,
        }
    }

    /// Whether no word has begun.
    pub(super) fn is_between(&self) -> bool {
        self.word.is_empty() && !self.is_quoted
    }

    /// Takes a sign as one of a word; false where it ends one.
    pub(super) fn takes(&mut self, sign: char, next: Option<&char>) -> bool {
        match sign {
            // Lines that go on.
            '\\' if next == Some(&'\n') => true,
            '\\' | '\'' | '"' | '`' | '$' => {
                self.is_quoted = true;
                true
            }
            '#' if self.is_between() => false,
            _ if " \t\n;&|()<>".contains(sign) => false,
            _ => {
                self.word.push(sign);
                true
            }
        }
    }

    /// A sign stands behind a word, or behind none. The error says why brackets are not certain from here on.
    pub(super) fn end(&mut self, sign: char, before: Option<char>) -> Result<(), &'static str> {
        let (word, is_quoted) = (std::mem::take(&mut self.word), std::mem::take(&mut self.is_quoted));
        if is_quoted {
            self.is_command = false;
        } else if (self.is_command || self.is_any) && !word.is_empty() {
            self.reserved(&word)?;
        }
        if sign == ')' && self.is_in_brackets && self.cases.last() == Some(&self.open) {
            return Err(
                "the bracket behind a pattern of `case` may be taken for the one that closes $(...), unless the \
                 pattern has one before it too: (a)",
            );
        }
        match sign {
            '<' | '>' => self.is_command = false,
            // Another stream, as in `2>&1`.
            '&' | '|' if matches!(before, Some('<' | '>')) => {}
            ';' | '&' | '|' | '(' | ')' | '\n' => (self.is_command, self.is_any) = (true, false),
            _ => {}
        }
        Ok(())
    }

    fn reserved(&mut self, word: &str) -> Result<(), &'static str> {
        match word {
            "case" => {
                self.cases.extend(self.is_in_brackets.then_some(self.open));
                self.is_command = false;
            }
            // It may be a word among others.
            "esac" if self.is_any && !self.cases.is_empty() => {
                return Err("`esac` stands among the words of a command");
            }
            "esac" => {
                self.cases.pop_if(|before| *before == self.open);
            }
            "[[" if !self.cases.is_empty() => return Err("`[[` stands within `case`"),
            "alias" => return Err("an alias can change how the lines behind it are read"),
            _ if BEFORE_COMMANDS.contains(&word) => {}
            _ if BEFORE_NAMES.contains(&word) => self.is_any = true,
            _ => self.is_command = false,
        }
        Ok(())
    }
}
