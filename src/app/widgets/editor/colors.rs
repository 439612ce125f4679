//! Colours for what the words of code are.

use std::ops::Range;
use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, FontId, Galley, Ui};

use crate::app::theme::Theme;

const KEYWORDS: [&str; 34] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with",
];

/// What stands above a cell of a notebook, before its name.
const CELL_MARK: &str = "# %% ";
/// What stands in a notebook before a line that only Jupyter runs.
const STAND_IN: &str = "pass  # ";

/// Text laid out in colours for what its words are.
pub(super) fn colored(ui: &Ui, theme: &Theme, font: &FontId, text: &str, is_notebook: bool) -> Arc<Galley> {
    let mut job = LayoutJob::default();
    for (range, what) in parts(text, is_notebook) {
        let color = match what {
            What::Keyword => theme.accent,
            What::Text => theme.ok,
            What::Comment => theme.weak,
            What::Aside => theme.faint,
            What::CellName => theme.accent,
            What::Magic => theme.warn,
            What::Number => theme.warn,
            What::Other => theme.text,
        };
        append(&mut job, &text[range], font, color);
    }
    job.wrap.max_width = f32::INFINITY;
    ui.painter().layout_job(job)
}

fn append(job: &mut LayoutJob, text: &str, font: &FontId, color: Color32) {
    job.append(text, 0.0, TextFormat::simple(font.clone(), color));
}

/// What a piece of code is, as far as its colour goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Keyword,
    Text,
    Comment,
    Number,
    /// What is there for Python alone, and no person has written.
    Aside,
    CellName,
    /// What only Jupyter runs, and is skipped.
    Magic,
    Other,
}

/// Cuts Python into neighbouring pieces that are each of one colour.
fn parts(text: &str, is_notebook: bool) -> Vec<(Range<usize>, What)> {
    let mut parts: Vec<(Range<usize>, What)> = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let begins_line =
            text[..at].trim_end_matches(' ').is_empty() || text[..at].trim_end_matches(' ').ends_with('\n');
        let of_notebook = (is_notebook && begins_line).then(|| notebook_part(&text[at..])).flatten();
        if let Some((aside, what)) = of_notebook {
            let end = text[at..].find('\n').map_or(text.len(), |length| at + length);
            parts.push((at..at + aside, What::Aside));
            parts.push((at + aside..end, what));
            at = end;
            continue;
        }
        let (length, what) = next_part(&text[at..]);
        match parts.last_mut() {
            Some((range, last)) if *last == what => range.end += length,
            _ => parts.push((at..at + length, what)),
        }
        at += length;
    }
    parts
}

/// What the line of a notebook is that begins here, where it is none of Python's: how much of it no person has written,
/// and what the rest is.
fn notebook_part(rest: &str) -> Option<(usize, What)> {
    let line = rest.lines().next()?;
    if line.starts_with(CELL_MARK) {
        return Some((CELL_MARK.len(), What::CellName));
    }
    let magic = line.strip_prefix(STAND_IN)?;
    let is_magic = magic.starts_with(['%', '!', '?', ',', ';', '/']) || magic.ends_with('?');
    is_magic.then_some((STAND_IN.len(), What::Magic))
}

fn next_part(rest: &str) -> (usize, What) {
    let first = rest.chars().next().unwrap_or_default();
    let run = |wanted: fn(char) -> bool| rest.find(|letter| !wanted(letter)).unwrap_or(rest.len());
    match first {
        '#' => (rest.find('\n').unwrap_or(rest.len()), What::Comment),
        '"' | '\'' => (quoted(rest, first), What::Text),
        _ if first.is_ascii_digit() => {
            (run(|letter| letter.is_alphanumeric() || letter == '.' || letter == '_'), What::Number)
        }
        _ if first.is_alphabetic() || first == '_' => {
            let length = run(|letter| letter.is_alphanumeric() || letter == '_');
            let is_keyword = KEYWORDS.contains(&&rest[..length]);
            (length, if is_keyword { What::Keyword } else { What::Other })
        }
        _ => (first.len_utf8(), What::Other),
    }
}

/// The bytes of a text that begins with `quote`, or with three of them; one that is not closed ends with its line.
fn quoted(rest: &str, quote: char) -> usize {
    let triple = quote.to_string().repeat(3);
    if let Some(inner) = rest.strip_prefix(&triple) {
        return inner.find(&triple).map_or(rest.len(), |end| end + 6);
    }
    let mut is_escaped = false;
    for (at, letter) in rest.char_indices().skip(1) {
        match letter {
            '\n' => return at,
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            _ if letter == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<(&str, What)> {
        parts(text, false).into_iter().map(|(range, what)| (&text[range], what)).collect()
    }

    #[test]
    fn code_is_cut_into_what_it_is() {
        let expected = [
            ("def", What::Keyword),
            (" f(n): ", What::Other),
            ("return", What::Keyword),
            (" n * ", What::Other),
            ("2.5", What::Number),
            ("  ", What::Other),
            ("# twice", What::Comment),
        ];
        assert_eq!(told("def f(n): return n * 2.5  # twice"), expected);
        assert_eq!(told("'a\\'b'+\"\"\"x\ny\"\"\"")[0], ("'a\\'b'", What::Text));
        assert_eq!(told("'a\\'b'+\"\"\"x\ny\"\"\"")[2], ("\"\"\"x\ny\"\"\"", What::Text));
    }

    #[test]
    fn cells_and_magics_of_a_notebook_are_told_from_python() {
        let text = "# %% cell 1\npass  # %matplotlib inline\npass  # why\n";
        let parts: Vec<_> = parts(text, true).into_iter().map(|(range, what)| (&text[range], what)).collect();
        assert_eq!(parts[..2], [("# %% ", What::Aside), ("cell 1", What::CellName)]);
        assert_eq!(parts[3..5], [("pass  # ", What::Aside), ("%matplotlib inline", What::Magic)]);
        assert!(parts.contains(&("# why", What::Comment)));
    }

    #[test]
    fn no_letter_is_lost() {
        for text in
            ["", "'", "# %% cell 1\npass  # !ls\n  pass  # x?", "'''", "é'ü\n#", "x='\\", "0x1f if 1else 2"]
        {
            for is_notebook in [false, true] {
                let parts = parts(text, is_notebook).into_iter();
                assert_eq!(parts.map(|(range, _)| &text[range]).collect::<String>(), text);
            }
        }
    }
}
