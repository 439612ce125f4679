//! Python as tokens, as far as names matter: what is a name, what is text, which line goes on with the one before.
//!
//! Nothing here is an error: what is not Python gives tokens all the same, and the interpreter tells.

use super::texts::{self, Text};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    Name,
    Number,
    Text,
    Sign,
}

/// A token and how many brackets are open around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: TokenKind,
    pub(super) text: &'a str,
    /// Where it begins in the source, in bytes.
    pub(super) at: usize,
    pub(super) depth: usize,
}

impl Token<'_> {
    pub(super) fn is(&self, text: &str) -> bool {
        self.kind != TokenKind::Text && self.text == text
    }

    pub(super) fn is_name(&self) -> bool {
        self.kind == TokenKind::Name && !is_keyword(self.text)
    }
}

/// A logical line: several lines where brackets or a text are open at their ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LogicalLine<'a> {
    /// Blanks before it.
    pub(super) indent: usize,
    /// From its first sign to behind its last one, in bytes.
    pub(super) range: std::ops::Range<usize>,
    pub(super) tokens: Vec<Token<'a>>,
}

const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

pub(super) fn is_keyword(name: &str) -> bool {
    KEYWORDS.contains(&name)
}

/// Signs of several letters, the longest first.
const LONG_SIGNS: [&str; 23] = [
    "**=", "//=", ">>=", "<<=", "...", "**", "//", ">>", "<<", "==", "!=", "<=", ">=", "->", ":=", "+=",
    "-=", "*=", "/=", "%=", "&=", "|=", "^=",
];

/// All logical lines of a source; blank ones and comments are none.
pub(super) fn logical_lines(source: &str) -> Vec<LogicalLine<'_>> {
    let mut lines = Vec::new();
    let mut at = 0;
    while at < source.len() {
        let (line, next) = logical_line(source, at);
        lines.extend(line);
        at = next;
    }
    lines
}

/// The logical line from a place on, and where the next one begins.
fn logical_line(source: &str, begin: usize) -> (Option<LogicalLine<'_>>, usize) {
    let (mut at, mut depth, mut tokens) = (begin, 0_usize, Vec::new());
    while let Some(sign) = source[at..].chars().next() {
        let rest = &source[at..];
        let is_end = sign == '\n' && depth == 0;
        if is_end {
            at += 1;
            break;
        }
        if sign == '#' {
            at += rest.find('\n').unwrap_or(rest.len());
            continue;
        }
        if sign.is_whitespace() || sign == '\\' || sign == '\u{feff}' {
            // A backslash takes the end of its line with it.
            let is_joined = rest.starts_with("\\\n") || rest.starts_with("\\\r\n");
            at += if is_joined { rest.find('\n').unwrap_or(0) + 1 } else { sign.len_utf8() };
            continue;
        }
        let (kind, length) = token_at(rest);
        let text = &rest[..length];
        if kind == TokenKind::Sign && matches!(sign, ')' | ']' | '}') {
            depth = depth.saturating_sub(1);
        }
        tokens.push(Token { kind, text, at, depth });
        if kind == TokenKind::Sign && matches!(sign, '(' | '[' | '{') {
            depth += 1;
        }
        at += length;
    }
    let ends = tokens.first().zip(tokens.last()).map(|(first, last)| first.at..last.at + last.text.len());
    let line = ends.map(|range| {
        let line_begin = source[..range.start].rfind('\n').map_or(0, |end| end + 1);
        let indent = source[line_begin..range.start].trim_start_matches('\u{feff}').len();
        LogicalLine { indent, range, tokens }
    });
    (line, at)
}

/// Kind and length of the token that a text begins with.
fn token_at(rest: &str) -> (TokenKind, usize) {
    if let Some(Text { length, .. }) = texts::text_at(rest) {
        return (TokenKind::Text, length);
    }
    let first = rest.chars().next().unwrap_or(' ');
    if first.is_alphabetic() || first == '_' {
        let is_inner = |sign: char| sign.is_alphanumeric() || sign == '_';
        return (TokenKind::Name, rest.find(|sign| !is_inner(sign)).unwrap_or(rest.len()));
    }
    if first.is_ascii_digit() {
        let is_inner = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '_' | '.');
        return (TokenKind::Number, rest.find(|sign| !is_inner(sign)).unwrap_or(rest.len()));
    }
    let long = LONG_SIGNS.iter().find(|sign| rest.starts_with(**sign));
    (TokenKind::Sign, long.map_or(first.len_utf8(), |sign| sign.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(source: &str) -> Vec<(usize, Vec<&str>)> {
        logical_lines(source)
            .into_iter()
            .map(|line| (line.indent, line.tokens.iter().map(|token| token.text).collect()))
            .collect()
    }

    #[test]
    fn a_logical_line_ends_where_nothing_is_open() {
        let source = "x = [1, # a comment (\n  2]\n\n# a comment\nif a:\n    y = 'it''s' \\\n  + f\"\"\"\n{x} \"\n\"\"\"\n";
        assert_eq!(
            told(source),
            [
                (0, vec!["x", "=", "[", "1", ",", "2", "]"]),
                (0, vec!["if", "a", ":"]),
                (4, vec!["y", "=", "'it'", "'s'", "+", "f\"\"\"\n{x} \"\n\"\"\""]),
            ]
        );
    }

    #[test]
    fn signs_of_several_letters_are_one() {
        assert_eq!(told("a **= b // c != -d\n")[0].1, ["a", "**=", "b", "//", "c", "!=", "-", "d"]);
        assert_eq!(
            told("ü1 = 0x1F + 1.5e3j; b'\\'' rb'\\'")[0].1,
            ["ü1", "=", "0x1F", "+", "1.5e3j", ";", "b'\\''", "rb'\\'"]
        );
    }

    #[test]
    fn what_is_not_python_gives_tokens_all_the_same() {
        for source in ["'open", "\"\"\"open", "x = (", ")]}", "\\", "\u{feff}x", "é\u{301}$?"] {
            logical_lines(source);
        }
    }
}
