//! The guide: what a person reads to use the program, as topics that the window and the terminal show alike.
//!
//! The texts are the files of `assets/guide`. They are taken apart once (`markdown`), searched (`search`) and set as
//! plain text (`plain`); how they look in the window is the window's business.

mod columns;
mod markdown;
mod plain;
mod search;

use std::sync::LazyLock;

pub use self::columns::column_widths;
pub use self::markdown::{Block, Span, SpanKind};
use self::search::Section;
pub use self::search::{Hit, found_in, nothing_found, search, words};
use crate::error::{Error, Result, nearest};

/// The files by the names of their topics, in the order in which they are listed.
const FILES: [(&str, &str); 10] = [
    ("first-run", include_str!("../assets/guide/first-run.md")),
    ("inputs", include_str!("../assets/guide/inputs.md")),
    ("functions", include_str!("../assets/guide/functions.md")),
    ("views", include_str!("../assets/guide/views.md")),
    ("fault-lab", include_str!("../assets/guide/fault-lab.md")),
    ("workers", include_str!("../assets/guide/workers.md")),
    ("lessons", include_str!("../assets/guide/lessons.md")),
    ("command-line", include_str!("../assets/guide/command-line.md")),
    ("files", include_str!("../assets/guide/files.md")),
    ("trouble", include_str!("../assets/guide/trouble.md")),
];

static TOPICS: LazyLock<Vec<Topic>> =
    LazyLock::new(|| FILES.into_iter().map(|(name, text)| Topic::read(name, text)).collect());

/// One file of the guide.
#[derive(Debug)]
pub struct Topic {
    /// What it is asked for by.
    pub name: &'static str,
    pub title: String,
    /// What is in it, in one line.
    pub summary: String,
    /// All of it, from the heading with the title on.
    pub blocks: Vec<Block>,
    sections: Vec<Section>,
}

impl Topic {
    /// A text that begins with the title and a paragraph of one line.
    fn read(name: &'static str, text: &str) -> Self {
        let blocks = markdown::parse(text);
        let title = match blocks.first() {
            Some(Block::Heading { text, .. }) => text.clone(),
            _ => name.to_owned(),
        };
        let summary = match blocks.get(1) {
            Some(Block::Paragraph(spans)) => markdown::plain_text(spans),
            _ => String::new(),
        };
        let sections = search::sections(name, &blocks);
        Self { name, title, summary, blocks, sections }
    }

    /// The topic of this name, in small or large letters.
    pub fn find(name: &str) -> Result<&'static Self> {
        let found = topics().iter().find(|topic| topic.name.eq_ignore_ascii_case(name));
        found.ok_or_else(|| {
            let names = || topics().iter().map(|topic| topic.name);
            let meant = nearest(name, names()).map(|meant| format!("did you mean `{meant}`? "));
            let all = names().collect::<Vec<_>>().join(", ");
            let reason = format!("`{name}` is no topic; {}the topics are: {all}", meant.unwrap_or_default());
            Error::usage("open the guide", reason)
        })
    }

    /// All of it for a terminal, in lines of at most this many characters where words allow it.
    pub fn plain(&self, width: usize) -> String {
        plain::text(&self.blocks, width)
    }
}

/// All topics, in their order.
pub fn topics() -> &'static [Topic] {
    &TOPICS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_topic_begins_with_its_title_and_says_in_a_line_what_is_in_it() {
        for (topic, (_, text)) in topics().iter().zip(FILES) {
            assert!(matches!(topic.blocks[0], Block::Heading { level: 1, .. }), "{}", topic.name);
            let length = topic.summary.chars().count();
            assert!((20..=66).contains(&length), "{}: {length} characters: {}", topic.name, topic.summary);
            assert!(text.lines().count() <= 120, "{} has {} lines", topic.name, text.lines().count());
        }
    }

    #[test]
    fn what_is_named_as_another_topic_is_one() {
        for topic in topics() {
            let Some(Block::SeeAlso(names)) = topic.blocks.last() else {
                panic!("{} names no other topic at its end", topic.name)
            };
            for name in names {
                assert!(Topic::find(name).is_ok() && name != topic.name, "{}: {name}", topic.name);
            }
        }
    }

    #[test]
    fn a_wrong_name_is_told_with_the_nearest() {
        assert_eq!(Topic::find("Workers").unwrap().name, "workers");
        let said = Topic::find("wrkers").unwrap_err().to_string();
        assert!(
            said.contains("`wrkers` is no topic; did you mean `workers`? the topics are: first-run,"),
            "{said}"
        );
        let said = Topic::find("a-name-far-from-all").unwrap_err().to_string();
        assert!(said.contains("is no topic; the topics are: first-run, inputs, "), "{said}");
    }
}
