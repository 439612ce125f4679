//! Lines for the shell, into which values are put so that no value is ever read as a part of the line.
//!
//! In a plain line, each value stands quoted in its place, and the line reads as a person would type it. Where that is
//! not safe (within `$(...)`, backticks, `${...}` or behind a `#`, quotes mean something else), values are set as
//! variables before the line, and their places hold the variables: those a shell does not read again.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use super::super::super::template::{Filling, Placeholder, TemplatePart};
use super::scan::{ShellQuotes, scanned};

/// With one of these in its text, a line gets its values as variables.
const NOT_PLAIN: [&str; 8] = ["`", "#", "$(", "${", "$'", "$\"", "<<", "\\\n"];
/// Words that are no values where the shell expects a command.
const RESERVED: [&str; 17] = [
    "if", "then", "elif", "else", "fi", "case", "esac", "for", "select", "while", "until", "do", "done",
    "in", "function", "time", "coproc",
];

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
        let mut line = Self { parts: scanned(template, columns)?, calculated: Vec::new(), is_plain: true };
        line.calculated = (0..line.parts.len()).filter(|at| line.is_calculated(*at)).collect();
        let has_more = line.texts().any(|text| NOT_PLAIN.iter().any(|sign| text.contains(sign)));
        line.is_plain = !has_more;
        Ok(line)
    }

    /// All placeholders.
    pub(in super::super::super) fn placeholders(&self) -> impl Iterator<Item = &Placeholder> {
        self.parts.iter().filter_map(|(part, _)| match part {
            TemplatePart::Placeholder(placeholder) => Some(placeholder),
            TemplatePart::Text(_) => None,
        })
    }

    /// Whether its last placeholder stands in a comment.
    pub(in super::super::super) fn ends_in_comment(&self) -> bool {
        let mut places = self.parts.iter().rev();
        let last = places.find(|(part, _)| matches!(part, TemplatePart::Placeholder(_)));
        last.is_some_and(|(_, quotes)| *quotes == ShellQuotes::Comment)
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
                let must_quote = self.must_quote(at, &value) && !self.calculated.contains(&at);
                in_place(&value, *quotes, must_quote, &mut line);
            } else {
                let name = format!("poolscope_{at}");
                set.extend_from_slice(name.as_bytes());
                set.push(b'=');
                in_quotes(&value, &mut set);
                set.push(b'\n');
                line.extend_from_slice(variable(&name, *quotes).as_bytes());
            }
        }
        if set.is_empty() && (line.starts_with(b"-") || line.starts_with(b"+")) {
            // Not an option of the shell.
            set.push(b' ');
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
    /// beside `-eq` and the like within `[[ ]]`, and in the `[...]` of a variable. Shells take names and subscripts there,
    /// and a subscript may hold a command.
    fn is_calculated(&self, at: usize) -> bool {
        let (TemplatePart::Placeholder(_), quotes) = &self.parts[at] else { return false };
        let before: String = self.parts[..at].iter().map(|(part, _)| text_of(part)).collect();
        let behind: String = self.parts[at + 1..].iter().map(|(part, _)| text_of(part)).collect();
        *quotes == ShellQuotes::Arithmetic
            || is_behind_let(&before)
            || is_compared(&before, &behind)
            || is_subscript(&before, &behind)
    }

    /// Whether even a harmless value could be read together with its neighbours: a number before an arrow as that of a
    /// stream, behind one as that of another, all within `[[ ]]` as an operator or a pattern, letters behind `$name` as more of the name or before `=` as a variable, parts of reserved words, some signs
    /// in `[...]`, `{...}` and behind `~`.
    fn must_quote(&self, at: usize, value: &[u8]) -> bool {
        let text = |at: usize| self.parts.get(at).map_or("", |(part, _)| text_of(part));
        let (before, behind) = (if at == 0 { "" } else { text(at - 1) }, text(at + 1));
        match self.parts[at].1 {
            ShellQuotes::Single => false,
            ShellQuotes::Double => ends_with_variable(before),
            _ => {
                let (outer, begin) =
                    before.split_at(before.rfind([' ', '\t', '\n']).map_or(0, |blank| blank + 1));
                let outer = outer.strip_suffix([' ', '\t', '\n']).unwrap_or_default();
                let end = behind.split([' ', '\t', '\n']).next().unwrap_or_default();
                let before_all: String = self.parts[..at].iter().map(|(part, _)| text_of(part)).collect();
                end.trim_start_matches(|sign: char| sign.is_ascii_digit()).starts_with(['<', '>'])
                    || begin.ends_with(">&")
                    || begin.ends_with("<&")
                    || before_all.rfind("[[") > before_all.rfind("]]")
                    || end.contains(['=', '[', '('])
                    || begin.contains(['[', '{', '~', '$', '"', '\''])
                    || outer.ends_with('\\')
                    || at > 0 && before.is_empty()
                    || is_part_of_reserved(begin, value, end)
            }
        }
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().map(|(part, _)| text_of(part))
    }
}

/// Whether a word that begins and ends like this is reserved with a value in it.
fn is_part_of_reserved(begin: &str, value: &[u8], end: &str) -> bool {
    let is_apart = |sign: char| ";&|()".contains(sign);
    let (begin, end) = (begin.rsplit(is_apart).next(), end.split(is_apart).next());
    let word = [begin.unwrap_or_default().as_bytes(), value, end.unwrap_or_default().as_bytes()].concat();
    RESERVED.iter().any(|reserved| reserved.as_bytes() == word)
}

/// Whether a text ends within a command `let`.
fn is_behind_let(before: &str) -> bool {
    let command = before.rsplit([';', '&', '|', '\n', '(']).next().unwrap_or_default();
    let mut words = command.split_whitespace().map(|word| word.trim_start_matches('\\'));
    words.find(|word| !["then", "do", "else", "!", "{", "command", "builtin"].contains(word)) == Some("let")
}

/// Whether numbers are compared within `[[ ]]` between these texts.
fn is_compared(before: &str, behind: &str) -> bool {
    let is_blank = |sign: char| sign == '"' || sign.is_whitespace();
    let compares = |word: &&str| {
        before.trim_end_matches(is_blank).ends_with(*word)
            || behind.trim_start_matches(is_blank).starts_with(*word)
    };
    before.rfind("[[") > before.rfind("]]") && ["-eq", "-ne", "-lt", "-le", "-gt", "-ge"].iter().any(compares)
}

/// Whether these texts are those around the subscript of a variable that is set: `a[`, `]=`.
fn is_subscript(before: &str, behind: &str) -> bool {
    let word =
        before.rsplit(|sign: char| sign.is_whitespace() || ";&|(".contains(sign)).next().unwrap_or_default();
    let (name, _) = word.split_once('[').unwrap_or_default();
    let behind = behind.split_once(']').map_or("", |(_, behind)| behind);
    !name.is_empty()
        && name.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '_')
        && (behind.starts_with('=') || behind.starts_with("+="))
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
        // In the body of a here-document no value stands in place.
        ShellQuotes::None | ShellQuotes::Arithmetic | ShellQuotes::Document | ShellQuotes::Comment => b"",
    };
    line.extend_from_slice(open);
    in_quotes(value, line);
    line.extend_from_slice(open);
}

fn variable(name: &str, quotes: ShellQuotes) -> String {
    match quotes {
        ShellQuotes::None | ShellQuotes::Comment => format!("\"${{{name}}}\""),
        ShellQuotes::Single => format!("'\"${{{name}}}\"'"),
        ShellQuotes::Double | ShellQuotes::Arithmetic | ShellQuotes::Document => format!("${{{name}}}"),
    }
}

/// Whether no shell reads anything into these bytes.
fn is_bare(value: &[u8]) -> bool {
    let is_harmless = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-./:,+@%".contains(byte);
    let is_reserved = RESERVED.iter().any(|word| word.as_bytes() == value);
    !value.is_empty() && value.iter().all(is_harmless) && !is_reserved
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

#[cfg(test)]
mod grammar;
#[cfg(test)]
mod heaps;
#[cfg(test)]
mod random_lines;
#[cfg(test)]
mod tests;
