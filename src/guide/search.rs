//! Which sections of the guide hold all of some words.

use std::cmp::Reverse;
use std::ops::Range;

use super::markdown::{Block, Span, plain_text};
use super::{Topic, topics};

/// A part of a topic: its beginning, or what stands below a heading.
#[derive(Debug)]
pub struct Section {
    pub title: String,
    /// The place of its heading among the blocks of the topic.
    pub block: usize,
    /// What can be found in its heading, in small letters; the name of the topic is found in its beginning.
    heading: String,
    /// Its lines as they are shown, each with the same in small letters.
    lines: Vec<(String, String)>,
    /// All of it in small letters.
    all: String,
}

/// A section that holds all words.
#[derive(Debug, Clone, Copy)]
pub struct Hit<'a> {
    pub topic: &'a Topic,
    section: &'a Section,
    /// The line that holds the most of the words.
    pub line: &'a str,
}

impl<'a> Hit<'a> {
    /// The title of the section.
    pub fn title(&self) -> &'a str {
        &self.section.title
    }

    /// The place of the section's heading among the blocks of its topic.
    pub fn block(&self) -> usize {
        self.section.block
    }
}

/// Takes a topic apart at its headings.
pub fn sections(name: &str, blocks: &[Block]) -> Vec<Section> {
    let mut found: Vec<Section> = Vec::new();
    for (place, block) in blocks.iter().enumerate() {
        if let Block::Heading { level, text } = block {
            let name = if *level == 1 { name } else { "" };
            let heading = format!("{text} {name}").to_lowercase();
            let (lines, all) = (Vec::new(), heading.clone());
            found.push(Section { title: text.clone(), block: place, heading, lines, all });
        } else if let Some(section) = found.last_mut() {
            for line in lines(block) {
                let small = line.to_lowercase();
                section.all.extend(["\n", &small]);
                section.lines.push((line, small));
            }
        }
    }
    found
}

/// What a block says, a line for each item, row or line of code.
fn lines(block: &Block) -> Vec<String> {
    let row =
        |cells: &Vec<Vec<Span>>| cells.iter().map(|cell| plain_text(cell)).collect::<Vec<_>>().join(": ");
    match block {
        Block::Heading { text, .. } => vec![text.clone()],
        Block::Paragraph(spans) => vec![plain_text(spans)],
        Block::List { items, .. } => items.iter().map(|item| plain_text(item)).collect(),
        Block::Code(text) => text.lines().map(str::to_owned).collect(),
        Block::Table { rows, .. } => rows.iter().map(row).collect(),
        Block::Picture { text, .. } => vec![text.clone()],
        // Names of topics say nothing of their own.
        Block::SeeAlso(_) => Vec::new(),
    }
}

/// The words of a search in small letters, without the signs that stand around them in sentences.
pub fn words(text: &str) -> Vec<String> {
    let trimmed =
        text.split_whitespace().map(|word| word.trim_matches(['`', '"', '\'', ',', ';', ':', '.', '?', '!']));
    trimmed.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// The sections that hold all words of the text: those with all words in their heading first, then those that hold them most
/// often; none for no words.
pub fn search(text: &str) -> Vec<Hit<'static>> {
    let all = topics().iter().flat_map(|topic| topic.sections.iter().map(move |section| (topic, section)));
    search_in(all, &words(text))
}

/// What is said where no section holds all of the words.
pub fn nothing_found(words: &[String]) -> &'static str {
    match words {
        [_] => "No section of the guide holds this word: write only its beginning, or another word for it.",
        _ => "No section of the guide holds all of these words: leave one out, or write only its beginning.",
    }
}

fn search_in<'a>(sections: impl Iterator<Item = (&'a Topic, &'a Section)>, words: &[String]) -> Vec<Hit<'a>> {
    if words.is_empty() {
        return Vec::new();
    }
    let holds_all = |text: &str| words.iter().all(|word| places(text, word).next().is_some());
    let times = |text: &str| words.iter().map(|word| places(text, word).count()).sum::<usize>();
    let mut found: Vec<(bool, Reverse<usize>, Hit<'a>)> = sections
        .filter(|(_, section)| holds_all(&section.all))
        .map(|(topic, section)| {
            let hit = Hit { topic, section, line: best_line(section, words) };
            (!holds_all(&section.heading), Reverse(times(&section.all)), hit)
        })
        .collect();
    found.sort_by_key(|(is_below, times, _)| (*is_below, *times));
    found.into_iter().map(|(.., hit)| hit).collect()
}

/// Where a word stands in a text, or begins a longer one: "lock" is in "locks" and not in "clock".
fn places<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
    let begins = |at: usize| !text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
    text.match_indices(word).map(|(at, part)| at..at + part.len()).filter(move |range| begins(range.start))
}

/// Where the words stand in a text, whatever the size of its letters; in order, and none within another.
pub fn found_in(text: &str, words: &[String]) -> Vec<Range<usize>> {
    let small = text.to_lowercase();
    if small.len() != text.len() {
        // Places in one are none in the other, which a few letters of some languages bring about.
        return Vec::new();
    }
    let mut found: Vec<Range<usize>> = words.iter().flat_map(|word| places(&small, word)).collect();
    found.retain(|range| text.is_char_boundary(range.start) && text.is_char_boundary(range.end));
    found.sort_by_key(|range| (range.start, range.end));
    let mut joined: Vec<Range<usize>> = Vec::new();
    for range in found {
        match joined.last_mut().filter(|last| range.start <= last.end) {
            Some(last) => last.end = last.end.max(range.end),
            None => joined.push(range),
        }
    }
    joined
}

/// The first of the lines that hold the most of the words.
fn best_line<'a>(section: &'a Section, words: &[String]) -> &'a str {
    let held = |small: &str| words.iter().filter(|word| places(small, word).next().is_some()).count();
    let best = section.lines.iter().rev().max_by_key(|(_, small)| held(small));
    best.map_or("", |(line, _)| line.as_str())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn names(text: &str) -> Vec<(&'static str, String)> {
        search(text).iter().map(|hit| (hit.topic.name, hit.title().to_owned())).collect()
    }

    #[test]
    fn every_topic_is_found_by_its_name() {
        for topic in topics() {
            for name in [topic.name.to_owned(), topic.name.replace('-', " "), topic.title.to_uppercase()] {
                let found = search(&name);
                let is_first =
                    found.iter().take(3).any(|hit| hit.topic.name == topic.name && hit.block() == 0);
                assert!(is_first, "{name}: {:?}", names(&name));
            }
        }
    }

    #[test]
    fn a_section_has_to_hold_all_words() {
        let blocks = super::super::markdown::parse(
            "# Birds\nAbout them.\n## Ducks\nA `duck` swims.\n\n- A duck dives.\n## Geese\n| bird | does |\n|---|---|\n| goose | swims |\n",
        );
        let topic = Topic {
            name: "birds",
            title: "Birds".to_owned(),
            summary: String::new(),
            sections: sections("birds", &blocks),
            blocks,
        };
        let found = |text: &str| {
            let all = topic.sections.iter().map(|section| (&topic, section));
            let hits = search_in(all, &words(text));
            hits.iter().map(|hit| (hit.title(), hit.line, hit.block())).collect::<Vec<_>>()
        };
        assert_eq!(found("DIVES duck."), [("Ducks", "A duck dives.", 2)]);
        assert_eq!(found("swims"), [("Ducks", "A duck swims.", 2), ("Geese", "goose: swims", 5)]);
        assert_eq!(found("geese"), [("Geese", "goose: swims", 5)]);
        assert!(found("duck goose").is_empty() && found(" . ").is_empty() && found("").is_empty());
    }

    #[test]
    fn places_of_words_are_in_order_and_joined() {
        let found = |text: &str, sought: &str| found_in(text, &words(sought));
        assert_eq!(found("A Worker works", "work"), [2..6, 9..13]);
        assert_eq!(found("o'clock: unlock locks, --lock", "lock"), [16..20, 25..29]);
        assert_eq!(found("threads wait", "thr threads re wait"), [0..7, 8..12]);
        assert!(found("", "a").is_empty() && found("abc", "").is_empty() && found("İİ", "i").is_empty());
    }

    /// A search is done within a frame: it looks at each section once, and all of them together are small.
    #[test]
    fn a_search_reads_the_guide_once_for_each_word() {
        const MOST_BYTES: usize = 200_000;
        let looked_at = Cell::new(0_usize);
        let all: Vec<(&Topic, &Section)> = topics()
            .iter()
            .flat_map(|topic| topic.sections.iter().map(move |section| (topic, section)))
            .collect();
        let counted = all.iter().copied().inspect(|_| looked_at.set(looked_at.get() + 1));
        search_in(counted, &words("a worker that no section has"));
        assert_eq!(looked_at.get(), all.len());
        let bytes: usize = all.iter().map(|(_, section)| section.all.len()).sum();
        assert!((1..MOST_BYTES).contains(&bytes), "{bytes}");
    }
}
