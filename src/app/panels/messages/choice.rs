//! Which of the lines are shown: their numbers, kept up to date a bounded number of lines a frame.
//!
//! All rows are of one height, so that only those in sight cost anything; a line of the pool that is too long for one row
//! has two.

use std::collections::VecDeque;

use crate::pool::{Message, MessageSource, Messages};

/// Lines looked at in one frame.
const LINES_A_FRAME: usize = 20_000;

/// Whose lines are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Who {
    #[default]
    All,
    Pool,
    /// Counted from 1.
    Worker(usize),
}

impl Who {
    /// The words in the list.
    pub fn label(self) -> String {
        match self {
            Self::All => "all workers".to_owned(),
            Self::Pool => "pool".to_owned(),
            Self::Worker(number) => format!("worker {number}"),
        }
    }

    fn wrote(self, message: &Message) -> bool {
        match (self, message.source) {
            (Self::All, _) | (Self::Pool, MessageSource::Pool | MessageSource::Trouble) => true,
            (Self::Worker(number), MessageSource::Worker { worker, .. }) => worker == number,
            (Self::Pool, MessageSource::Worker { .. })
            | (Self::Worker(_), MessageSource::Pool | MessageSource::Trouble) => false,
        }
    }
}

/// Whether the pool wrote it, and not somebody's function, which may write anything.
fn is_of_pool(message: &Message) -> bool {
    matches!(message.source, MessageSource::Pool | MessageSource::Trouble)
}

/// The lines shown.
#[derive(Debug, Default)]
pub struct MessageChoice {
    who: Who,
    /// The width of a row, by which long lines were told from short ones.
    width: f32,
    /// A row each, oldest first: the number of the line, and whether it is the second half of one.
    found: VecDeque<(u64, bool)>,
    /// The first line not looked at yet.
    next: u64,
}

impl MessageChoice {
    /// Whose lines are shown.
    pub fn who(&self) -> Who {
        self.who
    }

    /// Shows the lines of another.
    pub fn set_who(&mut self, who: Who) {
        if self.who != who {
            *self = Self { who, width: self.width, ..Self::default() };
        }
    }

    /// Makes rows of this width.
    pub fn set_width(&mut self, width: f32) {
        if self.width != width {
            *self = Self { who: self.who, width, ..Self::default() };
        }
    }

    /// Takes in new lines and lets dropped ones go; gives whether all are in. `fits` tells whether a line has room in
    /// a row.
    pub fn update(&mut self, messages: &Messages, fits: impl Fn(&Message) -> bool) -> bool {
        let dropped = messages.dropped();
        while self.found.front().is_some_and(|(number, _)| *number < dropped) {
            self.found.pop_front();
        }
        self.next = self.next.max(dropped);
        for message in messages.iter_from(self.next).take(LINES_A_FRAME) {
            if self.who.wrote(message) {
                self.found.push_back((self.next, false));
                if is_of_pool(message) && !fits(message) {
                    self.found.push_back((self.next, true));
                }
            }
            self.next += 1;
        }
        self.next == messages.len()
    }

    /// The number of rows shown.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The number of the line in a row, and whether the row is its second half.
    pub fn row_at(&self, place: usize) -> Option<(u64, bool)> {
        self.found.get(place).copied()
    }

    /// The numbers of all lines shown.
    pub fn numbers(&self) -> impl Iterator<Item = u64> {
        self.found.iter().filter(|(_, is_second)| !is_second).map(|(number, _)| *number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::function::OutputStream;
    use crate::pool::MessageContent;

    fn all_fit(_: &Message) -> bool {
        true
    }

    fn messages(count: u64) -> Messages {
        let mut messages = Messages::default();
        for number in 0..count {
            let worker = number as usize % 4;
            let source = match worker {
                0 => MessageSource::Pool,
                worker => MessageSource::Worker { worker, pid: 1, stream: OutputStream::Stdout },
            };
            messages.push(Message {
                at_ns: number,
                source,
                item: None,
                content: MessageContent::Text("line".into()),
            });
        }
        messages
    }

    #[test]
    fn only_the_lines_of_the_one_asked_for_are_found() {
        let messages = messages(40);
        for (who, count) in [(Who::All, 40), (Who::Pool, 10), (Who::Worker(2), 10), (Who::Worker(9), 0)] {
            let mut choice = MessageChoice::default();
            choice.set_who(who);
            assert!(choice.update(&messages, all_fit));
            assert_eq!(choice.len(), count, "{who:?}");
        }
    }

    #[test]
    fn many_lines_are_taken_in_over_several_frames() {
        let messages = messages(50_000);
        let mut choice = MessageChoice::default();
        assert!(
            !choice.update(&messages, all_fit)
                && !choice.update(&messages, all_fit)
                && choice.update(&messages, all_fit)
        );
        assert_eq!(choice.len(), 50_000);
    }

    #[test]
    fn a_long_line_of_the_pool_has_two_rows() {
        let mut messages = messages(1);
        for (source, text) in [
            (MessageSource::Trouble, "long trouble"),
            (MessageSource::Trouble, "short"),
            (MessageSource::Pool, "long pool"),
        ] {
            messages.push(Message {
                at_ns: 9,
                source,
                item: None,
                content: MessageContent::Text(text.into()),
            });
        }
        let mut choice = MessageChoice::default();
        choice.update(&messages, |message| message.text().len() < 6);
        let rows: Vec<_> = (0..choice.len()).filter_map(|place| choice.row_at(place)).collect();
        assert_eq!(rows, [(0, false), (1, false), (1, true), (2, false), (3, false), (3, true)]);
        assert_eq!(choice.numbers().collect::<Vec<_>>(), [0, 1, 2, 3]);
        choice.set_width(600.0);
        choice.update(&messages, all_fit);
        assert_eq!(choice.len(), 4);
    }

    #[test]
    fn dropped_lines_are_no_longer_shown() {
        let mut choice = MessageChoice::default();
        choice.update(&messages(1000), all_fit);
        let many = messages(150_000);
        while !choice.update(&many, all_fit) {}
        assert_eq!(choice.row_at(0), Some((many.dropped(), false)));
        assert_eq!(choice.len() as u64, many.len() - many.dropped());
    }
}
