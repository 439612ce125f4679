//! What can be asked of the notes in the margin of runs.

use std::time::Instant;

use crate::pool::NotePlace;

/// What a note is on: a run by its start, and which part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoteOn {
    pub run: Instant,
    pub place: NotePlace,
}

/// Something to be done with notes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoteCommand {
    /// Opens the editor for the note on the item that is chosen, or else on the run that is shown.
    OnChosen,
    /// Opens the editor for this note.
    Edit(NoteOn),
    /// Keeps a note in the place of the one before; one without text takes that away.
    Keep(NoteOn, String),
    /// Closes the window, whatever becomes of notes that are not saved.
    CloseWithout,
}

impl NoteCommand {
    /// The words on buttons and in the palette.
    pub fn label(&self) -> &'static str {
        match self {
            Self::OnChosen => "Write a note",
            Self::Edit(_) => "Note…",
            Self::Keep(..) => "Keep the note",
            Self::CloseWithout => "Close without saving notes",
        }
    }

    pub fn tooltip(&self) -> &'static str {
        match self {
            Self::OnChosen => {
                "Writes a note on the item that is chosen, or else on the run. It is saved with the run."
            }
            _ => "",
        }
    }
}
