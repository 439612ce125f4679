//! Lines for the shell, into which values are put so that no value is ever read as a part of the line.
//!
//! In a plain line, each value stands quoted in its place, and the line reads as a person would type it. Where that is
//! not safe (within `$(...)`, backticks, `${...}` or behind a `#`, quotes mean something else), values are set as
//! variables before the line, and their places hold the variables: those a shell does not read again.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use super::super::super::template::{Filling, Letter, Placeholder, TemplatePart, parts};

/// How a place in a line is quoted by what stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ShellQuotes {
    None,
    Single,
    Double,
    /// Within `$((...))`, which knows no quotes.
    Arithmetic,
}

/// A line for the shell, with its placeholders.
#[derive(Debug)]
pub(in super::super::super) struct ShellLine {
    parts: Vec<(TemplatePart, ShellQuotes)>,
    /// Places whose values the shell would calculate with, which can run what they hold.
    calculated: Vec<usize>,
    /// Values can stand in their places.
    is_plain: bool,
}

impl ShellLine {
    pub(in super::super::super) fn parse(template: &str, columns: &[String]) -> Result<Self, String> {
        let (letters, quotes) = Scan::default().run(template)?;
        let is_literal = |at: usize| matches!(quotes[at], ShellQuotes::Single | ShellQuotes::Arithmetic);
        let begins_document =
            |(at, pair): (usize, &[Letter])| pair.iter().all(|letter| letter.sign == '<') && !is_literal(at);
        let has_document = template.contains('\n') && letters.windows(2).enumerate().any(begins_document);
        let parts = parts(&letters, columns).into_iter().map(|(at, part)| (part, quotes[at])).collect();
        let mut line = Self { parts, calculated: Vec::new(), is_plain: true };
        line.calculated = (0..line.parts.len()).filter(|at| line.is_calculated(*at)).collect();
        let text: String = line.parts.iter().map(|(part, _)| text_of(part)).collect();
        line.is_plain = !["`", "#", "$(", "${", "$'", "$\"", "<<"].iter().any(|sign| text.contains(sign));
        if has_document && line.placeholders().next().is_some() {
            return Err("placeholders cannot stand in a here-document; use the standard input".to_owned());
        }
        Ok(line)
    }

    /// All placeholders.
    pub(in super::super::super) fn placeholders(&self) -> impl Iterator<Item = &Placeholder> {
        self.parts.iter().filter_map(|(part, _)| match part {
            TemplatePart::Placeholder(placeholder) => Some(placeholder),
            TemplatePart::Text(_) => None,
        })
    }

    /// The line for one item.
    pub(in super::super::super) fn fill(&self, filling: &Filling<'_>) -> Result<OsString, String> {
        let (mut set, mut line) = (Vec::new(), Vec::new());
        for (at, (part, quotes)) in self.parts.iter().enumerate() {
            let value = match part {
                TemplatePart::Text(text) => {
                    line.extend_from_slice(text.as_bytes());
                    continue;
                }
                TemplatePart::Placeholder(placeholder) => filling.fill(placeholder)?,
            };
            if value.contains(&0) {
                return Err("the input holds a zero byte, which no argument of a command can".to_owned());
            }
            if self.calculated.contains(&at) && !is_number(&value) {
                let shown = String::from_utf8_lossy(&value).into_owned();
                return Err(format!(
                    "the input `{shown}` is not a number, and the shell would run what it holds where it calculates with it"
                ));
            }
            if self.is_plain {
                in_place(&value, *quotes, self.must_quote(at), &mut line);
            } else {
                let name = format!("poolscope_{at}");
                set.extend_from_slice(name.as_bytes());
                set.push(b'=');
                in_quotes(&value, &mut set);
                set.push(b'\n');
                line.extend_from_slice(variable(&name, *quotes).as_bytes());
            }
        }
        set.extend_from_slice(&line);
        Ok(OsString::from_vec(set))
    }

    /// The same as a person would type it.
    pub(in super::super::super) fn preview(&self, filling: &Filling<'_>) -> Result<String, String> {
        let line = self.fill(filling)?;
        match line.into_string() {
            Ok(line) => Ok(line),
            Err(line) => Ok(format!("eval {}", in_escapes(line.as_bytes()))),
        }
    }

    /// Whether the shell calculates with what stands in a place: within `$((...))`, `((...))` and `$[...]`, behind `let`,
    /// and beside `-eq` and the like within `[[ ]]`. Shells take names and subscripts there, and a subscript may hold a
    /// command.
    fn is_calculated(&self, at: usize) -> bool {
        let (TemplatePart::Placeholder(_), quotes) = &self.parts[at] else { return false };
        let text = |parts: &[(TemplatePart, ShellQuotes)]| -> String {
            parts.iter().map(|(part, _)| text_of(part)).collect()
        };
        let (before, behind) = (text(&self.parts[..at]), text(&self.parts[at + 1..]));
        let is_within = |open, close| before.rfind(open) > before.rfind(close);
        let command = before.rsplit([';', '&', '|', '\n', '(']).next().unwrap_or_default().trim_start();
        let is_blank = |sign: char| sign == '"' || sign.is_whitespace();
        let compares = |word: &&str| {
            before.trim_end_matches(is_blank).ends_with(*word)
                || behind.trim_start_matches(is_blank).starts_with(*word)
        };
        *quotes == ShellQuotes::Arithmetic
            || is_within("((", "))")
            || is_within("$[", "]")
            || command.starts_with("let ")
            || is_within("[[", "]]") && ["-eq", "-ne", "-lt", "-le", "-gt", "-ge"].iter().any(compares)
    }

    /// Whether even a harmless value would be read together with its neighbours: a number before an arrow as that of
    /// a stream, letters behind `$name` as more of the name.
    fn must_quote(&self, at: usize) -> bool {
        let text = |at: usize| self.parts.get(at).map_or("", |(part, _)| text_of(part));
        text(at + 1).starts_with(['<', '>']) || (at > 0 && ends_with_variable(text(at - 1)))
    }
}

fn ends_with_variable(text: &str) -> bool {
    text.trim_end_matches(|sign: char| sign.is_ascii_alphanumeric() || sign == '_').ends_with('$')
}

fn text_of(part: &TemplatePart) -> &str {
    match part {
        TemplatePart::Text(text) => text,
        TemplatePart::Placeholder(_) => "",
    }
}

/// Puts a value where quotes of the line may be open: they are closed before it and opened again behind it.
fn in_place(value: &[u8], quotes: ShellQuotes, must_quote: bool, line: &mut Vec<u8>) {
    if is_bare(value) && !must_quote {
        return line.extend_from_slice(value);
    }
    let open: &[u8] = match quotes {
        ShellQuotes::Single => b"'",
        ShellQuotes::Double => b"\"",
        ShellQuotes::None | ShellQuotes::Arithmetic => b"",
    };
    line.extend_from_slice(open);
    in_quotes(value, line);
    line.extend_from_slice(open);
}

fn variable(name: &str, quotes: ShellQuotes) -> String {
    match quotes {
        ShellQuotes::None => format!("\"${{{name}}}\""),
        ShellQuotes::Single => format!("'\"${{{name}}}\"'"),
        ShellQuotes::Double | ShellQuotes::Arithmetic => format!("${{{name}}}"),
    }
}

/// Whether no shell reads anything into these bytes.
fn is_bare(value: &[u8]) -> bool {
    let is_harmless = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-./:,+@%".contains(byte);
    !value.is_empty() && value.iter().all(is_harmless)
}

fn is_number(value: &[u8]) -> bool {
    let digits = value.strip_prefix(b"-").or(value.strip_prefix(b"+")).unwrap_or(value);
    digits.first().is_some_and(u8::is_ascii_digit)
        && digits.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
}

fn in_quotes(value: &[u8], line: &mut Vec<u8>) {
    line.push(b'\'');
    for byte in value {
        match byte {
            b'\'' => line.extend_from_slice(b"'\\''"),
            other => line.push(*other),
        }
    }
    line.push(b'\'');
}

/// An argument as a person would type it.
pub(in super::super::super) fn quoted(value: &[u8]) -> String {
    if std::str::from_utf8(value).is_err() {
        return in_escapes(value);
    }
    let mut line = Vec::new();
    in_place(value, ShellQuotes::None, false, &mut line);
    String::from_utf8_lossy(&line).into_owned()
}

/// Bytes that are no text, as bash and zsh take them.
fn in_escapes(value: &[u8]) -> String {
    let mut line = String::from("$'");
    for byte in value {
        match byte {
            b'\'' | b'\\' => line.extend(['\\', char::from(*byte)]),
            b' '..=b'~' => line.push(char::from(*byte)),
            other => line.push_str(&format!("\\x{other:02x}")),
        }
    }
    line + "'"
}

/// A line with the folder that it runs in and the variables that are set for it, as a person would type it: within
/// brackets, so that neither stays.
pub(in super::super::super) fn surrounded(
    line: &str,
    folder: Option<&str>,
    env: &[(String, String)],
) -> String {
    if folder.is_none() && env.is_empty() {
        return line.to_owned();
    }
    let folder = folder.map(|folder| format!("cd {} && ", quoted(folder.as_bytes())));
    let set = env.iter().map(|(name, value)| format!("export {name}={} && ", quoted(value.as_bytes())));
    // Behind a comment a bracket would be none.
    let end = if line.contains('#') { "\n)" } else { ")" };
    format!("({}{}{line}{end}", folder.unwrap_or_default(), set.collect::<String>())
}

/// A line that has this on its standard input, as a person would type it.
pub(in super::super::super) fn fed(value: &[u8], line: &str) -> String {
    let is_one = !line.contains([';', '&', '\n']) || line.starts_with('(');
    let line = if is_one { line.to_owned() } else { format!("{{ {line}\n}}") };
    format!("printf '%s\\n' {} | {line}", quoted(value))
}

/// Follows the quotes of a line, also through `$(...)`.
#[derive(Default)]
struct Scan {
    letters: Vec<Letter>,
    quotes: Vec<ShellQuotes>,
    /// What is open, the innermost last; a command within `$(...)` begins without quotes.
    open: Vec<ShellQuotes>,
    /// How much was open where a backtick began; backticks within backticks have a backslash before them.
    ticked: Option<usize>,
}

impl Scan {
    fn run(mut self, template: &str) -> Result<(Vec<Letter>, Vec<ShellQuotes>), String> {
        let mut signs = template.chars().peekable();
        while let Some(sign) = signs.next() {
            let now = self.now();
            match (sign, now) {
                ('\'', ShellQuotes::Single) => self.close(sign),
                (_, ShellQuotes::Single) => self.push(sign, false),
                ('\\', _) => {
                    let next = signs.next().ok_or("it ends with a single backslash")?;
                    // Within double quotes the shell would keep the backslash before a brace.
                    if now != ShellQuotes::Double || !matches!(next, '{' | '}') {
                        self.push(sign, false);
                    }
                    self.push(next, true);
                }
                ('"', ShellQuotes::Double) => self.close(sign),
                ('"', _) => self.open(sign, ShellQuotes::Double),
                ('\'', ShellQuotes::None) => self.open(sign, ShellQuotes::Single),
                ('`', _) => self.tick(),
                ('#', ShellQuotes::None) if self.is_between_words() => {
                    self.push(sign, false);
                    // Quotes are none in a comment.
                    while let Some(sign) = signs.next_if(|sign| *sign != '\n') {
                        self.push(sign, false);
                    }
                }
                ('$', _) => {
                    self.push(sign, false);
                    match signs.peek() {
                        // `${name}` is the shell's own.
                        Some('{') => signs.next().into_iter().for_each(|brace| self.push(brace, true)),
                        Some('(') => {
                            signs.next().into_iter().for_each(|sign| self.push(sign, false));
                            let is_arithmetic = signs.peek() == Some(&'(');
                            self.open.push(if is_arithmetic {
                                ShellQuotes::Arithmetic
                            } else {
                                ShellQuotes::None
                            });
                        }
                        _ => {}
                    }
                }
                ('(', ShellQuotes::None | ShellQuotes::Arithmetic) => self.open(sign, now),
                (')', ShellQuotes::None | ShellQuotes::Arithmetic) => self.close(sign),
                _ => self.push(sign, false),
            }
        }
        match self.now() {
            ShellQuotes::Single => Err("a single quote (') is not closed".to_owned()),
            ShellQuotes::Double => Err("a double quote (\") is not closed".to_owned()),
            _ => Ok((self.letters, self.quotes)),
        }
    }

    fn now(&self) -> ShellQuotes {
        self.open.last().copied().unwrap_or(ShellQuotes::None)
    }

    fn is_between_words(&self) -> bool {
        self.letters.last().is_none_or(|last| last.sign.is_whitespace() || ";&|()`".contains(last.sign))
    }

    fn push(&mut self, sign: char, is_plain: bool) {
        self.letters.push(Letter { sign, is_plain });
        self.quotes.push(self.now());
    }

    fn open(&mut self, sign: char, quotes: ShellQuotes) {
        self.push(sign, false);
        self.open.push(quotes);
    }

    fn tick(&mut self) {
        match self.ticked.take() {
            Some(depth) => {
                self.open.truncate(depth);
                self.push('`', false);
            }
            None => {
                self.ticked = Some(self.open.len());
                self.open('`', ShellQuotes::None);
            }
        }
    }

    fn close(&mut self, sign: char) {
        self.open.pop();
        self.push(sign, false);
    }
}
