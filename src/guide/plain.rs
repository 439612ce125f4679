//! The guide as plain text, for a terminal.

use super::markdown::{Block, Span, SpanKind};

const INDENT: &str = "    ";
/// Between the columns of a table.
const GAP: usize = 2;
/// The last column of a table gets this many characters at least, however wide the others are.
const LEAST_COLUMN: usize = 24;

/// All blocks, in lines of at most this many characters where words and code allow it.
pub fn text(blocks: &[Block], width: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for block in blocks {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        match block {
            Block::Heading { level, text } => {
                let line = if *level == 1 { "=" } else { "-" };
                lines.extend([text.clone(), line.repeat(text.chars().count())]);
            }
            Block::Paragraph(spans) => lines.extend(wrapped(&marked(spans), width)),
            Block::List { is_numbered, items } => {
                for (place, item) in items.iter().enumerate() {
                    let mark = if *is_numbered { format!("{}. ", place + 1) } else { "- ".to_owned() };
                    lines.extend(hanging(&mark, &marked(item), width));
                }
            }
            Block::Code(text) => lines.extend(text.lines().map(indented)),
            Block::Table { head, rows } => lines.extend(table(head, rows, width)),
            Block::SeeAlso(names) => lines.extend(hanging("See also: ", &names.join(", "), width)),
        }
    }
    lines.join("\n")
}

fn indented(line: &str) -> String {
    if line.is_empty() { String::new() } else { format!("{INDENT}{line}") }
}

/// With code in its marks; that something is bold is left out.
fn marked(spans: &[Span]) -> String {
    let mut text = String::new();
    for span in spans {
        match span.kind {
            SpanKind::Code => text.extend(["`", &span.text, "`"]),
            SpanKind::Plain | SpanKind::Bold => text += &span.text,
        }
    }
    text
}

/// The text in lines of at most so many characters; a longer word has a line of its own.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        let is_full = used > 0 && used + 1 + length > width;
        if is_full {
            lines.push(String::new());
            used = 0;
        }
        // There is always a line.
        if let Some(line) = lines.last_mut() {
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
        }
        used += length;
    }
    lines
}

/// The text behind a mark, its other lines below the first one's text.
fn hanging(mark: &str, text: &str, width: usize) -> Vec<String> {
    let indent = mark.chars().count();
    let lines = wrapped(text, width.saturating_sub(indent));
    let begin = |place: usize| if place == 0 { mark.to_owned() } else { " ".repeat(indent) };
    lines.into_iter().enumerate().map(|(place, line)| begin(place) + &line).collect()
}

/// All columns as wide as their cells, but the last, which has the rest.
fn table(head: &[Vec<Span>], rows: &[Vec<Vec<Span>>], width: usize) -> Vec<String> {
    let texts = |cells: &[Vec<Span>]| cells.iter().map(|cell| marked(cell)).collect::<Vec<_>>();
    let all: Vec<Vec<String>> =
        std::iter::once(texts(head)).chain(rows.iter().map(|row| texts(row))).collect();
    let widest = |column: usize| {
        all.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or_default()
    };
    let first: Vec<usize> = (0..head.len().saturating_sub(1)).map(widest).collect();
    let used: usize = first.iter().map(|width| width + GAP).sum();
    let last = width.saturating_sub(used).max(LEAST_COLUMN);
    let mut lines = Vec::new();
    for (place, row) in all.iter().enumerate() {
        let mut begin = String::new();
        for (cell, width) in row.iter().zip(&first) {
            begin += &format!("{cell:<0$}", width + GAP);
        }
        let text = row.get(first.len()).map_or("", String::as_str);
        let height = lines.len();
        for (place, line) in wrapped(text, last).into_iter().enumerate() {
            let begin = if place == 0 { begin.clone() } else { " ".repeat(used) };
            lines.push((begin + &line).trim_end().to_owned());
        }
        if place == 0 {
            let longest = lines[height..].iter().map(|line| line.chars().count()).max().unwrap_or_default();
            lines.push("-".repeat(longest));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::super::{markdown, topics};
    use super::*;

    #[test]
    fn blocks_are_set_for_a_terminal() {
        let source = "# Birds\nA `duck` is **not** a goose, which is another bird.\n- one that goes on and on\n\n\
                      ```\nquack\n\n  loud\n```\n| a | what it is |\n|---|---|\n| long name | a text of several words in it |\nSee also: views";
        let expected = "\
Birds
=====

A `duck` is not a goose,
which is another bird.

- one that goes on and on

    quack

      loud

a          what it is
---------------------
long name  a text of several
           words in it

See also: views";
        // The paragraph of names is a block of its own only behind an empty line.
        let source = source.replace("\nSee also", "\n\nSee also");
        assert_eq!(text(&markdown::parse(&source), 26), expected);
    }

    #[test]
    fn all_topics_fit_a_terminal_of_eighty_columns() {
        for topic in topics() {
            for line in topic.plain(80).lines() {
                assert!(line.chars().count() <= 80, "{}: {line}", topic.name);
            }
        }
    }
}
