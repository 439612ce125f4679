//! Which quotes are open at each sign of a shell's line, through `$(...)`, backticks, `${...}`, `case` and here-documents.
//! Where shells differ or that cannot be known, a line with placeholders is refused.

use super::super::super::template::{Letter, column_length, plain_source};
use super::cases::Cases;

/// How a place in a line is quoted by what stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ShellQuotes {
    None,
    Single,
    Double,
    /// Within `$((...))`, which knows no quotes.
    Arithmetic,
}

/// What is open, by what closes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Line,
    Quote,
    Bracket,
    /// `${`.
    Brace,
    /// Backticks, within double quotes or not.
    Ticks {
        is_quoted: bool,
    },
    /// Backticks within backticks, which have a backslash before them.
    InnerTicks,
}

struct Frame {
    quotes: ShellQuotes,
    kind: Kind,
    cases: Cases,
}

struct Document {
    end: String,
    is_quoted: bool,
    strips_tabs: bool,
}

/// A line read sign by sign.
pub(super) struct Scan<'a> {
    signs: Vec<char>,
    at: usize,
    columns: &'a [String],
    letters: Vec<Letter>,
    quotes: Vec<ShellQuotes>,
    /// The innermost last.
    open: Vec<Frame>,
    documents: Vec<Document>,
    /// Why the quotes are not known for certain.
    unsure: Option<&'static str>,
}

/// The letters of a line, each with its quotes, and why these are unsure.
pub(super) struct Scanned {
    pub(super) letters: Vec<Letter>,
    pub(super) quotes: Vec<ShellQuotes>,
    pub(super) unsure: Option<&'static str>,
}

impl<'a> Scan<'a> {
    pub(super) fn of(template: &str, columns: &'a [String]) -> Result<Scanned, String> {
        let line = Frame { quotes: ShellQuotes::None, kind: Kind::Line, cases: Cases::default() };
        let mut scan = Self {
            signs: template.chars().collect(),
            at: 0,
            columns,
            letters: Vec::new(),
            quotes: Vec::new(),
            open: vec![line],
            documents: Vec::new(),
            unsure: None,
        };
        while let Some(sign) = scan.next() {
            scan.step(sign)?;
        }
        scan.command_ends();
        match scan.now() {
            ShellQuotes::Single => Err("a single quote (') is not closed".to_owned()),
            ShellQuotes::Double if scan.kind() == Kind::Quote => {
                Err("a double quote (\") is not closed".to_owned())
            }
            _ => Ok(Scanned { letters: scan.letters, quotes: scan.quotes, unsure: scan.unsure }),
        }
    }

    fn step(&mut self, sign: char) -> Result<(), String> {
        let (now, kind) = (self.now(), self.kind());
        match (sign, now) {
            ('\'', ShellQuotes::Single) => self.close(sign),
            ('`', ShellQuotes::Single) if self.is_in_ticks() => {
                self.unsure = Some("a backtick stands within quotes within backticks");
                self.push(sign, false);
            }
            (_, ShellQuotes::Single) => self.push(sign, false),
            ('\\', _) => self.escape()?,
            ('"', ShellQuotes::Double) if kind == Kind::Quote => self.close(sign),
            ('"', _) => {
                if kind == Kind::Brace && now == ShellQuotes::Double {
                    self.unsure = Some("quotes stand in `${...}` in double quotes");
                }
                self.open(sign, ShellQuotes::Double, Kind::Quote);
            }
            ('\'', ShellQuotes::None) => self.open(sign, ShellQuotes::Single, Kind::Quote),
            ('\'', ShellQuotes::Double) if kind == Kind::Brace => {
                self.unsure = Some("quotes stand in `${...}` in double quotes");
                self.push(sign, false);
            }
            ('`', _) => self.tick(),
            ('#', ShellQuotes::None) if kind != Kind::Brace && self.is_between_words() => self.comment(),
            ('$', _) => self.dollar(),
            ('}', _) if kind == Kind::Brace => self.close(sign),
            ('{', _) if kind == Kind::Brace => self.brace(),
            (_, ShellQuotes::Arithmetic) => match sign {
                '(' => self.open(sign, now, Kind::Bracket),
                ')' => self.close(sign),
                _ => self.push(sign, false),
            },
            (_, ShellQuotes::None) if kind != Kind::Brace => self.command_sign(sign)?,
            _ => self.push(sign, false),
        }
        Ok(())
    }

    /// A sign of a command without quotes.
    fn command_sign(&mut self, sign: char) -> Result<(), String> {
        let before = self.letters.last().filter(|letter| !letter.is_plain).map(|letter| letter.sign);
        match sign {
            '(' => {
                let opens_pattern = self.cases().bracket_opens_pattern();
                self.push(sign, false);
                if !opens_pattern {
                    self.cases().end_word();
                    self.cases().command_begins();
                    self.frame(ShellQuotes::None, Kind::Bracket);
                }
            }
            ')' => {
                if self.cases().bracket_closes_pattern() {
                    self.push(sign, false);
                } else if self.kind() == Kind::Bracket {
                    self.command_ends();
                    self.close(sign);
                    self.cases().command_begins();
                } else {
                    self.push(sign, false);
                    self.cases().command_begins();
                }
            }
            '<' if self.signs.get(self.at) == Some(&'<') && before != Some('<') => {
                self.cases().arrow();
                self.push(sign, false);
                self.next();
                self.push('<', false);
                if self.signs.get(self.at) != Some(&'<') {
                    self.document_begins();
                }
            }
            '\n' => {
                self.cases().separator(sign, before);
                self.push(sign, false);
                for document in std::mem::take(&mut self.documents) {
                    self.document(&document)?;
                }
            }
            _ => {
                self.cases().sign(sign, before);
                self.push(sign, false);
            }
        }
        Ok(())
    }

    fn escape(&mut self) -> Result<(), String> {
        let next = self.next().ok_or("it ends with a single backslash")?;
        let ticks = self.open.iter().rev().map(|frame| frame.kind).find(|kind| is_ticks(*kind));
        match (next, ticks) {
            ('`', Some(kind)) => {
                self.push('\\', false);
                self.inner_tick(kind);
                return Ok(());
            }
            ('"', Some(Kind::Ticks { is_quoted: true })) => {
                self.push('\\', false);
                match (self.now(), self.kind()) {
                    (ShellQuotes::Double, Kind::Quote) => self.close(next),
                    _ => self.open(next, ShellQuotes::Double, Kind::Quote),
                }
                return Ok(());
            }
            ('"', Some(Kind::InnerTicks)) => {
                self.unsure = Some("escaped quotes stand in backticks in backticks")
            }
            ('\\', Some(_)) if matches!(self.signs.get(self.at), Some('\\' | '`' | '"' | '\'' | '$')) => {
                self.unsure = Some("several backslashes stand in backticks");
            }
            _ => {}
        }
        // Within double quotes the shell would keep the backslash before a brace.
        if self.now() != ShellQuotes::Double || !matches!(next, '{' | '}') {
            self.push('\\', false);
        }
        if next != '\n' {
            self.cases().other();
        }
        self.push(next, true);
        Ok(())
    }

    fn comment(&mut self) {
        self.push('#', false);
        // Quotes are none in a comment.
        while let Some(sign) = self.signs.get(self.at).copied().filter(|sign| *sign != '\n') {
            if sign == '`' && self.is_in_ticks() {
                break;
            }
            self.at += 1;
            self.push(sign, false);
        }
    }

    fn dollar(&mut self) {
        self.cases().other();
        self.push('$', false);
        match self.signs.get(self.at) {
            // `${name}` is the shell's own.
            Some('{') => {
                self.at += 1;
                self.push('{', true);
                let now = self.now();
                self.frame(now, Kind::Brace);
                // `$#` and the like have a sign that means something else behind it.
                if let Some(sign @ ('#' | '!' | '?' | '$' | '@' | '*')) = self.signs.get(self.at).copied() {
                    self.at += 1;
                    self.push(sign, false);
                }
            }
            Some('(') => {
                self.at += 1;
                self.push('(', false);
                let is_arithmetic = self.signs.get(self.at) == Some(&'(');
                let quotes = if is_arithmetic { ShellQuotes::Arithmetic } else { ShellQuotes::None };
                self.frame(quotes, Kind::Bracket);
            }
            _ => {}
        }
    }

    /// A brace within `${...}`: a placeholder, or text.
    fn brace(&mut self) {
        let length = self.placeholder_length();
        self.push('{', false);
        for _ in 0..length.unwrap_or(0) {
            let sign = self.next();
            sign.into_iter().for_each(|sign| self.push(sign, false));
        }
    }

    /// The length of the placeholder behind a brace, its closing brace included.
    fn placeholder_length(&self) -> Option<usize> {
        let behind: String = self.signs[self.at..].iter().collect();
        column_length(&behind, self.columns).or_else(|| {
            let (inner, _) = behind.split_once(['{', '}'])?;
            let is_closed = behind[inner.len()..].starts_with('}');
            (is_closed && plain_source(inner).is_some()).then(|| inner.chars().count() + 1)
        })
    }

    fn tick(&mut self) {
        match self.open.iter().rposition(|frame| is_ticks(frame.kind)) {
            Some(depth) => {
                if depth + 1 < self.open.len() || self.kind() == Kind::InnerTicks {
                    self.unsure = Some("a backtick closes more than it opened");
                }
                self.command_ends();
                self.open.truncate(depth);
                self.push('`', false);
            }
            None => {
                let is_quoted = self.open.iter().any(|frame| frame.quotes == ShellQuotes::Double);
                self.open('`', ShellQuotes::None, Kind::Ticks { is_quoted });
            }
        }
    }

    fn inner_tick(&mut self, kind: Kind) {
        if kind != Kind::InnerTicks {
            if self.now() == ShellQuotes::Double {
                self.unsure = Some("backticks stand in quotes in backticks");
            }
            return self.open('`', ShellQuotes::None, Kind::InnerTicks);
        }
        if self.kind() != Kind::InnerTicks {
            self.unsure = Some("a backtick closes more than it opened");
        }
        self.command_ends();
        let depth = self.open.iter().rposition(|frame| frame.kind == Kind::InnerTicks);
        self.open.truncate(depth.unwrap_or(1));
        self.push('`', false);
    }

    /// Reads the word that ends a here-document.
    fn document_begins(&mut self) {
        let strips_tabs = self.signs.get(self.at) == Some(&'-');
        let (mut end, mut is_quoted) = (String::new(), false);
        if strips_tabs {
            self.next();
            self.push('-', false);
        }
        while let Some(sign) = self.signs.get(self.at).copied() {
            let is_blank = sign == ' ' || sign == '\t';
            if is_blank && !end.is_empty() || sign == '\n' || ";&|<>()`".contains(sign) {
                break;
            }
            self.at += 1;
            self.push(sign, true);
            match sign {
                '\'' | '"' | '\\' => is_quoted = true,
                _ if is_blank => {}
                _ => end.push(sign),
            }
        }
        self.documents.push(Document { end, is_quoted, strips_tabs });
    }

    /// The body of a here-document, which knows no quotes.
    fn document(&mut self, document: &Document) -> Result<(), String> {
        let depth = self.open.len();
        self.frame(ShellQuotes::Double, Kind::Line);
        loop {
            let rest = &self.signs[self.at..];
            let length = rest.iter().position(|sign| *sign == '\n').unwrap_or(rest.len());
            let line: String = rest[..length].iter().collect();
            let is_last = length == rest.len();
            let line = if document.strips_tabs { line.trim_start_matches('\t') } else { &line };
            let is_end = line == document.end;
            if !is_end && is_last {
                return Err(format!("the here-document is not closed by a line `{}`", document.end));
            }
            let line_end = self.at + length;
            while self.at < line_end {
                self.document_sign(document, is_end);
            }
            if is_end {
                self.open.truncate(depth);
                return Ok(());
            }
            self.next();
            self.push('\n', false);
        }
    }

    fn document_sign(&mut self, document: &Document, is_end: bool) {
        let Some(sign) = self.next() else { return };
        let next = self.signs.get(self.at).copied();
        let is_hole = sign == '{' && self.placeholder_length().is_some();
        if is_hole && document.is_quoted {
            self.unsure = Some("a placeholder stands in a here-document whose end is quoted");
        }
        if !document.is_quoted && (sign == '`' || sign == '$' && matches!(next, Some('(' | '{'))) {
            self.unsure = Some("commands or `${...}` stand in a here-document");
        }
        self.push(sign, is_end);
        if sign == '\\'
            && !document.is_quoted
            && let Some(next) = next.filter(|next| *next != '\n')
        {
            self.at += 1;
            self.push(next, true);
        }
    }

    fn next(&mut self) -> Option<char> {
        let sign = self.signs.get(self.at).copied();
        self.at += usize::from(sign.is_some());
        sign
    }

    fn cases(&mut self) -> &mut Cases {
        // The line itself is never closed.
        let last = self.open.len() - 1;
        &mut self.open[last].cases
    }

    fn now(&self) -> ShellQuotes {
        self.open.last().map_or(ShellQuotes::None, |frame| frame.quotes)
    }

    fn kind(&self) -> Kind {
        self.open.last().map_or(Kind::Line, |frame| frame.kind)
    }

    fn is_in_ticks(&self) -> bool {
        self.open.iter().any(|frame| is_ticks(frame.kind))
    }

    fn is_between_words(&self) -> bool {
        self.letters.last().is_none_or(|last| last.sign.is_whitespace() || ";&|()`".contains(last.sign))
    }

    fn push(&mut self, sign: char, is_plain: bool) {
        self.letters.push(Letter { sign, is_plain });
        self.quotes.push(self.now());
    }

    fn frame(&mut self, quotes: ShellQuotes, kind: Kind) {
        self.open.push(Frame { quotes, kind, cases: Cases::default() });
    }

    fn open(&mut self, sign: char, quotes: ShellQuotes, kind: Kind) {
        self.cases().other();
        self.push(sign, false);
        self.frame(quotes, kind);
    }

    fn close(&mut self, sign: char) {
        if self.open.len() > 1 {
            self.open.pop();
        }
        self.push(sign, false);
    }

    fn command_ends(&mut self) {
        if !self.cases().is_done() {
            self.unsure = Some("a `case` is not closed by `esac`");
        }
    }
}

fn is_ticks(kind: Kind) -> bool {
    matches!(kind, Kind::Ticks { .. } | Kind::InnerTicks)
}
