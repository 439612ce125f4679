//! Where `case ... in pattern) ... ;; esac` stands in the commands of a shell's line, so that the bracket behind a pattern
//! is not taken for the end of `$(`.

/// How much of a `case` is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Behind `case`: no word yet.
    Subject,
    /// Before `in`.
    In,
    /// Before a pattern, where also `esac` may stand.
    Start,
    Pattern,
    Commands,
}

/// The `case`s that are open among commands, and the word that is read.
#[derive(Debug)]
pub(super) struct Cases {
    open: Vec<Stage>,
    word: String,
    /// A reserved word can stand here.
    is_command: bool,
    /// A name stands next, behind `for`.
    is_name: bool,
    /// No `in` stood behind a `case`.
    is_broken: bool,
}

impl Default for Cases {
    fn default() -> Self {
        Self { open: Vec::new(), word: String::new(), is_command: true, is_name: false, is_broken: false }
    }
}

impl Cases {
    pub(super) fn sign(&mut self, sign: char, before: Option<char>) {
        match sign {
            ' ' | '\t' => self.end_word(),
            '&' if matches!(before, Some('<' | '>')) => self.arrow(),
            ';' | '&' | '|' => self.separator(sign, before),
            '<' | '>' => self.arrow(),
            _ => self.word.push(sign),
        }
    }

    /// Something quoted or expanded, which no reserved word is.
    pub(super) fn other(&mut self) {
        self.word.push('\\');
    }

    pub(super) fn arrow(&mut self) {
        self.end_word();
        self.is_command = false;
    }

    /// A line's end or a sign between commands.
    pub(super) fn separator(&mut self, sign: char, before: Option<char>) {
        self.end_word();
        match self.open.last_mut() {
            Some(stage @ Stage::Commands) if before == Some(';') && matches!(sign, ';' | '&' | '|') => {
                *stage = Stage::Start;
            }
            Some(Stage::Pattern | Stage::Start | Stage::Subject | Stage::In) => {}
            _ => self.command_begins(),
        }
    }

    pub(super) fn command_begins(&mut self) {
        (self.is_command, self.is_name) = (true, false);
    }

    /// Whether a bracket here is that before a pattern.
    pub(super) fn bracket_opens_pattern(&mut self) -> bool {
        let Some(stage @ Stage::Start) = self.open.last_mut() else { return false };
        let is_first = self.word.is_empty();
        if is_first {
            *stage = Stage::Pattern;
        }
        is_first
    }

    /// Whether a bracket here is that behind a pattern.
    pub(super) fn bracket_closes_pattern(&mut self) -> bool {
        self.end_word();
        let Some(stage @ (Stage::Pattern | Stage::Start)) = self.open.last_mut() else { return false };
        *stage = Stage::Commands;
        self.command_begins();
        true
    }

    pub(super) fn is_done(&mut self) -> bool {
        self.end_word();
        self.open.is_empty() && !self.is_broken
    }

    pub(super) fn end_word(&mut self) {
        let word = std::mem::take(&mut self.word);
        if word.is_empty() {
            return;
        }
        match self.open.last_mut() {
            Some(stage @ Stage::Subject) => *stage = Stage::In,
            Some(stage @ Stage::In) => {
                self.is_broken |= word != "in";
                *stage = Stage::Start;
            }
            Some(Stage::Start) if word == "esac" => self.close(),
            Some(stage @ Stage::Start) => *stage = Stage::Pattern,
            Some(Stage::Pattern) => {}
            Some(Stage::Commands) | None => self.command_word(&word),
        }
    }

    fn command_word(&mut self, word: &str) {
        if std::mem::take(&mut self.is_name) {
            self.is_command = true;
            return;
        }
        if !self.is_command {
            return;
        }
        match word {
            "case" => self.open.push(Stage::Subject),
            "esac" => self.close(),
            "for" | "select" | "function" => self.is_name = true,
            "!" | "{" | "}" | "then" | "do" | "else" | "elif" | "if" | "while" | "until" | "time" | "fi"
            | "done" | "-p" | "coproc" => {}
            _ => self.is_command = false,
        }
    }

    fn close(&mut self) {
        self.is_broken |= self.open.pop().is_none();
        self.command_begins();
    }
}
