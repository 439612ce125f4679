//! The lines that workers wrote and the pool's own, oldest first; past a bound the oldest go and are counted.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::journal::Journal;
use super::notice::Notice;
use crate::function::OutputStream;
use crate::value::shortened;

/// Lines kept at most.
const KEPT_LINES: u64 = 100_000;
/// Characters kept at most, in bytes, over all lines.
const KEPT_BYTES: u64 = 64 << 20;

/// Letters of a notice at most, which may quote what a person's code has said.
const LONGEST_NOTICE: usize = 4000;

/// Who wrote a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MessageSource {
    /// The pool itself: started, closed, joined.
    Pool,
    /// The pool itself, of something that went wrong.
    Trouble,
    /// A worker, counted from 1. `worker` is 0 where a host of several lanes wrote past its functions, so that only
    /// the process is known.
    Worker { worker: usize, pid: u32, stream: OutputStream },
}

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub at_ns: u64,
    pub source: MessageSource,
    /// The item in hand when it was written, where that is known.
    pub item: Option<u64>,
    pub content: MessageContent,
}

/// What a line says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum MessageContent {
    /// As it was written.
    Text(Arc<str>),
    /// What the pool says, not yet in words.
    Notice(Arc<Notice>),
}

impl Message {
    /// What the pool says of a run.
    pub fn of_pool(at_ns: u64, notice: Notice) -> Self {
        let source = if notice.is_trouble() { MessageSource::Trouble } else { MessageSource::Pool };
        Self { at_ns, source, item: None, content: MessageContent::Notice(Arc::new(notice)) }
    }

    /// The line in words.
    pub fn text(&self) -> Cow<'_, str> {
        match &self.content {
            MessageContent::Text(text) => Cow::Borrowed(text),
            MessageContent::Notice(notice) => {
                Cow::Owned(shortened(&notice.to_string(), LONGEST_NOTICE).into_owned())
            }
        }
    }

    /// What the pool says with it, where the pool says it.
    pub fn notice(&self) -> Option<&Notice> {
        match &self.content {
            MessageContent::Text(_) => None,
            MessageContent::Notice(notice) => Some(notice),
        }
    }

    fn size_bytes(&self) -> u64 {
        match &self.content {
            MessageContent::Text(text) => text.len() as u64,
            MessageContent::Notice(_) => size_of::<Notice>() as u64,
        }
    }
}

/// The lines of a run.
#[derive(Debug, Clone, Default)]
pub struct Messages {
    lines: Journal<Message>,
    kept_bytes: u64,
    from_workers: u64,
}

impl Messages {
    /// Appends a line; lets the oldest go where a bound is passed.
    pub fn push(&mut self, message: Message) {
        self.kept_bytes += message.size_bytes();
        self.from_workers += u64::from(matches!(message.source, MessageSource::Worker { .. }));
        self.lines.push(message);
        while (self.kept() > KEPT_LINES || self.kept_bytes > KEPT_BYTES)
            && let Some(gone) = self.lines.forget_oldest()
        {
            self.kept_bytes -= gone.iter().map(Message::size_bytes).sum::<u64>();
        }
    }

    /// Notes that there were lines before all others that are not kept; only before the first one is.
    pub(super) fn note_gone(&mut self, lines: u64, of_workers: u64) {
        if self.lines.is_empty() {
            self.lines = Journal::after(lines);
            self.from_workers = of_workers;
        }
    }

    fn kept(&self) -> u64 {
        self.lines.len() - self.lines.forgotten()
    }

    /// All lines ever written, the dropped ones counted too.
    pub fn len(&self) -> u64 {
        self.lines.len()
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Lines that were let go.
    pub fn dropped(&self) -> u64 {
        self.lines.forgotten()
    }

    /// Line `index`, counted from the first ever written; nothing where it was let go.
    pub fn get(&self, index: u64) -> Option<&Message> {
        self.lines.get(index)
    }

    /// The lines kept from `index` on, oldest first.
    pub fn iter_from(&self, index: u64) -> impl Iterator<Item = &Message> {
        self.lines.iter_from(index.max(self.lines.forgotten()))
    }

    /// The lines that workers wrote, the dropped ones counted too.
    pub fn from_workers(&self) -> u64 {
        self.from_workers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Message {
        Message {
            at_ns: 0,
            source: MessageSource::Pool,
            item: None,
            content: MessageContent::Text(text.into()),
        }
    }

    #[test]
    fn the_oldest_lines_go_and_are_counted() {
        let mut messages = Messages::default();
        (0..150_000).for_each(|number| messages.push(line(&number.to_string())));
        assert_eq!(messages.len(), 150_000);
        assert!((50_000..50_200).contains(&messages.dropped()), "{}", messages.dropped());
        assert_eq!(messages.get(149_999).unwrap().text(), "149999");
    }

    #[test]
    fn long_lines_are_bounded_by_their_bytes() {
        let mut messages = Messages::default();
        let long = "x".repeat(1 << 20);
        (0..2000).for_each(|_| messages.push(line(&long)));
        assert!(messages.kept() < 200, "{} lines of 1 MiB kept", messages.kept());
    }
}
