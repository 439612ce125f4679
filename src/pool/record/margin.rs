//! What people have written in the margin of a run: a note on the run itself, or on one of its items. Nothing of it is read as
//! more than text.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Characters of a note, at most: some sentences.
pub const MOST_NOTE_CHARACTERS: usize = 500;
/// Notes on a run, at most.
pub const MOST_NOTES: usize = 300;

/// What a note is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum NotePlace {
    /// The run as a whole.
    Run,
    /// The item of this index: its row, and its bar in the timeline.
    Item(u64),
}

/// Why a note cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteFault {
    /// It has so many characters, more than [`MOST_NOTE_CHARACTERS`].
    TooLong(usize),
    /// The run has [`MOST_NOTES`] already.
    TooMany,
}

/// The notes on a run, one at most at each place. A copy shares them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Margin {
    notes: Arc<BTreeMap<NotePlace, Arc<str>>>,
}

impl Margin {
    /// Whether a note can be written there.
    pub fn check(&self, place: NotePlace, text: &str) -> Result<(), NoteFault> {
        let characters = cleaned(text).chars().count();
        if characters > MOST_NOTE_CHARACTERS {
            return Err(NoteFault::TooLong(characters));
        }
        let is_new = characters > 0 && !self.notes.contains_key(&place);
        if is_new && self.notes.len() >= MOST_NOTES { Err(NoteFault::TooMany) } else { Ok(()) }
    }

    /// Writes a note in the place of the one that may be there; one without text takes that away. What cannot be written is
    /// left out: see [`Margin::check`].
    pub(super) fn write(&mut self, place: NotePlace, text: &str) {
        if self.check(place, text).is_err() {
            return;
        }
        let text = cleaned(text);
        let notes = Arc::make_mut(&mut self.notes);
        match text.is_empty() {
            true => drop(notes.remove(&place)),
            false => drop(notes.insert(place, text.into())),
        }
    }

    /// The note there.
    pub fn on(&self, place: NotePlace) -> Option<&str> {
        self.notes.get(&place).map(|text| &**text)
    }

    /// All of them: that on the run, and those on items in order.
    pub fn iter(&self) -> impl Iterator<Item = (NotePlace, &Arc<str>)> {
        self.notes.iter().map(|(place, text)| (*place, text))
    }

    /// The items that have one, in order.
    pub fn items(&self) -> impl Iterator<Item = u64> {
        self.notes.keys().filter_map(|place| match place {
            NotePlace::Run => None,
            NotePlace::Item(index) => Some(*index),
        })
    }

    pub fn len(&self) -> usize {
        self.notes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.notes.is_empty()
    }
}

/// The text without blanks around it, and without signs that are not seen or turn what follows around.
fn cleaned(text: &str) -> String {
    let turns = |sign: char| matches!(sign, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_text = |sign: &char| *sign == '\n' || !(sign.is_control() || turns(*sign));
    let with_blanks: String = text.chars().map(|sign| if sign == '\t' { ' ' } else { sign }).collect();
    with_blanks.trim().chars().filter(is_text).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_note_takes_the_place_of_the_one_before_and_an_empty_one_takes_it_away() {
        let mut margin = Margin::default();
        margin.write(NotePlace::Item(7), " look\there \u{202e}\u{1b}[2J\r\nand here ");
        margin.write(NotePlace::Run, "the run");
        assert_eq!(margin.on(NotePlace::Item(7)), Some("look here [2J\nand here"));
        margin.write(NotePlace::Item(7), "changed");
        assert_eq!((margin.on(NotePlace::Item(7)), margin.len()), (Some("changed"), 2));
        margin.write(NotePlace::Item(7), " \n ");
        assert_eq!((margin.items().count(), margin.len()), (0, 1));
    }

    #[test]
    fn there_are_no_more_and_no_longer_notes_than_fit() {
        let mut margin = Margin::default();
        let long = "é".repeat(MOST_NOTE_CHARACTERS + 1);
        assert_eq!(margin.check(NotePlace::Run, &long), Err(NoteFault::TooLong(MOST_NOTE_CHARACTERS + 1)));
        margin.write(NotePlace::Run, &long);
        assert!(margin.is_empty());
        (0..2 * MOST_NOTES as u64).for_each(|index| margin.write(NotePlace::Item(index), "x"));
        assert_eq!(margin.len(), MOST_NOTES);
        assert_eq!(margin.check(NotePlace::Run, "x"), Err(NoteFault::TooMany));
        assert_eq!(margin.check(NotePlace::Item(0), "changed"), Ok(()));
        assert_eq!(margin.check(NotePlace::Run, ""), Ok(()));
    }

    proptest! {
        #[test]
        fn what_was_written_is_written_again_as_it_is(text in "\\PC{0,40}([\t\r\n\u{202e}]\\PC{0,40}){0,3}") {
            let mut margin = Margin::default();
            margin.write(NotePlace::Run, &text);
            let once = margin.on(NotePlace::Run).unwrap_or_default().to_owned();
            margin.write(NotePlace::Run, &once);
            prop_assert_eq!(margin.on(NotePlace::Run).unwrap_or_default(), once);
        }
    }
}
