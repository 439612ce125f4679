//! The part of Markdown that the guide is written in: headings, paragraphs, lists, code, tables, pictures, and a last line
//! that names other topics.

/// What stands between two empty lines, or so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    Heading {
        level: usize,
        text: String,
    },
    Paragraph(Vec<Span>),
    List {
        is_numbered: bool,
        items: Vec<Vec<Span>>,
    },
    Code(String),
    Table {
        head: Vec<Vec<Span>>,
        rows: Vec<Vec<Vec<Span>>>,
    },
    /// A picture of the window by its name, and what it shows.
    Picture {
        name: String,
        text: String,
    },
    /// Names of other topics: "See also: workers, views".
    SeeAlso(Vec<String>),
}

/// A piece of text that looks the same all through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    pub text: String,
    pub kind: SpanKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpanKind {
    Plain,
    Bold,
    Code,
}

const FENCE: &str = "```";
const SEE_ALSO: &str = "See also: ";

/// Takes a text apart.
pub fn parse(text: &str) -> Vec<Block> {
    let lines: Vec<&str> = text.lines().collect();
    let (mut blocks, mut at) = (Vec::new(), 0);
    while at < lines.len() {
        let taken = match lines[at] {
            line if line.trim().is_empty() => 1,
            line if line.starts_with('#') => {
                blocks.push(heading(line));
                1
            }
            line if line.starts_with(FENCE) => {
                let code: Vec<&str> =
                    lines[at + 1..].iter().copied().take_while(|line| !line.starts_with(FENCE)).collect();
                blocks.push(Block::Code(code.join("\n")));
                // With both fences.
                code.len() + 2
            }
            _ => {
                let count = lines[at..].iter().take_while(|line| !is_end(line)).count();
                blocks.push(several(&lines[at..at + count]));
                count
            }
        };
        at += taken;
    }
    blocks
}

/// Whether a block of several lines is over before this one.
fn is_end(line: &str) -> bool {
    line.trim().is_empty() || line.starts_with('#') || line.starts_with(FENCE)
}

fn heading(line: &str) -> Block {
    let text = line.trim_start_matches('#');
    Block::Heading { level: line.len() - text.len(), text: text.trim().to_owned() }
}

/// A block that its first line tells the kind of.
fn several(lines: &[&str]) -> Block {
    if lines[0].starts_with('|') {
        let mut rows = lines.iter().filter(|line| !is_rule(line)).map(|line| cells(line));
        return Block::Table { head: rows.next().unwrap_or_default(), rows: rows.collect() };
    }
    if let Some(names) = lines[0].strip_prefix(SEE_ALSO) {
        return Block::SeeAlso(names.split(',').map(|name| name.trim().to_owned()).collect());
    }
    if let Some((text, name)) = picture(lines[0]) {
        return Block::Picture { name: name.to_owned(), text: text.to_owned() };
    }
    let Some((is_numbered, _)) = item(lines[0]) else {
        return Block::Paragraph(spans(&joined(lines.iter().copied())));
    };
    let mut items: Vec<Vec<&str>> = Vec::new();
    for line in lines {
        match (item(line), items.last_mut()) {
            (None, Some(last)) => last.push(line),
            (begun, _) => items.push(vec![begun.map_or(*line, |(_, text)| text)]),
        }
    }
    let items = items.into_iter().map(|lines| spans(&joined(lines.into_iter()))).collect();
    Block::List { is_numbered, items }
}

/// What a picture shows, and its name: `![all views](pictures/views)`.
fn picture(line: &str) -> Option<(&str, &str)> {
    let inner = line.strip_prefix("![")?.strip_suffix(')')?;
    inner.split_once("](pictures/")
}

/// Whether the item that begins in this line has a number, and its text.
fn item(line: &str) -> Option<(bool, &str)> {
    if let Some(text) = line.strip_prefix("- ") {
        return Some((false, text));
    }
    let (number, text) = line.split_once(". ")?;
    let is_number = !number.is_empty() && number.bytes().all(|sign| sign.is_ascii_digit());
    is_number.then_some((true, text))
}

fn joined<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    lines.map(str::trim).collect::<Vec<_>>().join(" ")
}

/// The line below the head of a table.
fn is_rule(line: &str) -> bool {
    line.chars().all(|sign| matches!(sign, '|' | '-' | ':' | ' '))
}

/// The cells of a line of a table; a bar within a cell is written as `\|`.
fn cells(line: &str) -> Vec<Vec<Span>> {
    const BAR: &str = "\u{1}";
    let line = line.trim().replace("\\|", BAR);
    let inner = line.strip_prefix('|').unwrap_or(&line);
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    inner.split('|').map(|cell| spans(&cell.trim().replace(BAR, "|"))).collect()
}

/// Takes a text without line ends apart; marks that are not closed are text.
fn spans(text: &str) -> Vec<Span> {
    let (mut found, mut rest) = (Vec::new(), text);
    let mut plain = String::new();
    while let Some(at) = rest.find(['`', '*']) {
        plain += &rest[..at];
        rest = &rest[at..];
        match marked(rest) {
            Some((inner, kind, length)) => {
                push(&mut found, std::mem::take(&mut plain), SpanKind::Plain);
                push(&mut found, inner.to_owned(), kind);
                rest = &rest[length..];
            }
            None => {
                plain += &rest[..1];
                rest = &rest[1..];
            }
        }
    }
    push(&mut found, plain + rest, SpanKind::Plain);
    found
}

fn push(spans: &mut Vec<Span>, text: String, kind: SpanKind) {
    if !text.is_empty() {
        spans.push(Span { text, kind });
    }
}

/// What is between the mark that the text begins with and the same mark, and how long all of it is.
fn marked(text: &str) -> Option<(&str, SpanKind, usize)> {
    for (mark, kind) in [("`", SpanKind::Code), ("**", SpanKind::Bold)] {
        let Some(rest) = text.strip_prefix(mark) else { continue };
        let inner = &rest[..rest.find(mark)?];
        return (!inner.is_empty()).then_some((inner, kind, inner.len() + 2 * mark.len()));
    }
    None
}

/// A text without its marks.
pub fn plain_text(spans: &[Span]) -> String {
    spans.iter().map(|span| span.text.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Span {
        Span { text: text.to_owned(), kind: SpanKind::Plain }
    }

    fn code(text: &str) -> Span {
        Span { text: text.to_owned(), kind: SpanKind::Code }
    }

    #[test]
    fn each_kind_of_block_is_told_by_how_it_begins() {
        let text = "# Title\n\nOne\nparagraph.\n## Part\n- a\n  goes on\n- `b`\n\n1. x\n2. y\n```sh\n# run it\n\npoolscope\n```\n![all views](pictures/views)\n\nSee also: views, files\n";
        let heading = |level, text: &str| Block::Heading { level, text: text.to_owned() };
        let expected = [
            heading(1, "Title"),
            Block::Paragraph(vec![plain("One paragraph.")]),
            heading(2, "Part"),
            Block::List { is_numbered: false, items: vec![vec![plain("a goes on")], vec![code("b")]] },
            Block::List { is_numbered: true, items: vec![vec![plain("x")], vec![plain("y")]] },
            Block::Code("# run it\n\npoolscope".to_owned()),
            Block::Picture { name: "views".to_owned(), text: "all views".to_owned() },
            Block::SeeAlso(vec!["views".to_owned(), "files".to_owned()]),
        ];
        assert_eq!(parse(text), expected);
    }

    #[test]
    fn tables_have_a_head_and_rows() {
        let text = "| key | what |\n|---|:--|\n| `a\\|b` | either, **or** |\n| c | |";
        let bold = Span { text: "or".to_owned(), kind: SpanKind::Bold };
        let rows =
            vec![vec![vec![code("a|b")], vec![plain("either, "), bold]], vec![vec![plain("c")], vec![]]];
        assert_eq!(parse(text), [Block::Table { head: vec![vec![plain("key")], vec![plain("what")]], rows }]);
    }

    #[test]
    fn marks_that_are_not_closed_are_text() {
        for text in ["2 * 3 ** 4", "a `b", "**", "``", "5. is no item\u{a0}"] {
            assert_eq!(plain_text(&spans(text)), text);
        }
        assert_eq!(spans("`*` and `**`"), [code("*"), plain(" and "), code("**")]);
        assert_eq!(parse("```\nopen"), [Block::Code("open".to_owned())]);
    }
}
