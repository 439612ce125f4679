//! The guide as plain text, for a terminal.

use super::columns::column_widths;
use super::markdown::{Block, Span, SpanKind};

const INDENT: &str = "    ";
/// Between the columns of a table.
const GAP: usize = 2;

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
            Block::Picture { text, .. } => lines.extend(hanging("Picture: ", text, width)),
            Block::SeeAlso(names) => lines.extend(hanging("See also: ", &names.join(", "), width)),
        }
    }
    lines.join("\n")
}

fn indented(line: &str) -> String {
    if line.is_empty() { String::new() } else { format!("{INDENT}{line}") }
}

/// With marks around code, and around what is bold: names on the screen would not be told from other words.
fn marked(spans: &[Span]) -> String {
    let mut text = String::new();
    for span in spans {
        match span.kind {
            SpanKind::Code => text.extend(["`", &span.text, "`"]),
            SpanKind::Bold => text.extend(["*", &span.text, "*"]),
            SpanKind::Plain => text += &span.text,
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

/// The cells of each row beside each other, in as many lines as the highest of them needs.
fn table(head: &[Vec<Span>], rows: &[Vec<Vec<Span>>], width: usize) -> Vec<String> {
    let texts = |cells: &[Vec<Span>]| cells.iter().map(|cell| marked(cell)).collect::<Vec<_>>();
    let all: Vec<Vec<String>> =
        std::iter::once(texts(head)).chain(rows.iter().map(|row| texts(row))).collect();
    let widest = |column: usize| {
        let cells = all.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default() as f32
    };
    let wanted: Vec<f32> = (0..head.len()).map(widest).collect();
    let room = width.saturating_sub(GAP * head.len().saturating_sub(1));
    let widths: Vec<usize> =
        column_widths(&wanted, room as f32).into_iter().map(|width| width as usize).collect();
    let mut lines = Vec::new();
    for (place, row) in all.iter().enumerate() {
        lines.extend(row_lines(row, &widths));
        if place == 0 {
            let longest = lines.iter().map(|line| line.chars().count()).max().unwrap_or_default();
            lines.push("-".repeat(longest));
        }
    }
    lines
}

fn row_lines(row: &[String], widths: &[usize]) -> Vec<String> {
    let cells: Vec<Vec<String>> = row.iter().zip(widths).map(|(cell, width)| wrapped(cell, *width)).collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or_default();
    let of_line = |at: usize| {
        let mut line = String::new();
        for (cell, width) in cells.iter().zip(widths) {
            let text = cell.get(at).map_or("", String::as_str);
            line += &format!("{text:<0$}", width + GAP);
        }
        line.trim_end().to_owned()
    };
    (0..height).map(of_line).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{markdown, topics};
    use super::*;

    #[test]
    fn blocks_are_set_for_a_terminal() {
        let source = "# Birds\nA `duck` is **not** a goose, which is another bird.\n\n- one that goes on and on\n\n\
                      ```\nquack\n\n  loud\n```\n| a | what it is |\n|---|---|\n| long name | a text of several words in it |\n\nSee also: views";
        let expected = "\
Birds
=====

A `duck` is *not* a goose,
which is another bird.

- one that goes on and on

    quack

      loud

a          what it is
---------------------
long name  a text of
           several words
           in it

See also: views";
        assert_eq!(text(&markdown::parse(source), 26), expected);
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
