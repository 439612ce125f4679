//! Where a loader's rows go: into one column, or in pieces to someone who uses them while the loader reads on.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use super::bad::BadLines;
use super::progress::LoadProgress;
use crate::value::Column;

/// A piece has so many rows, unless they come slowly.
const PIECE_ROWS: usize = if cfg!(fuzzing) { 8 } else { 1 << 16 };
/// A piece is not made larger.
const PIECE_BYTES: usize = 8 << 20;
/// Rows that come slowly are passed on when the first of them is this old.
const PIECE_AGE: Duration = Duration::from_millis(50);
/// With more rows than this they do not come slowly, and the clock is not asked.
const SLOW_ROWS: usize = 1 << 10;

/// Takes a piece, with all that could not be used so far; false when it wants no more.
pub(super) type OnPiece<'p> = dyn FnMut(Column, &BadLines) -> bool + 'p;

/// Where the rows of one load go.
#[derive(Clone, Copy)]
pub(super) struct InputTarget<'p> {
    pub progress: &'p LoadProgress,
    on_piece: Option<&'p RefCell<OnPiece<'p>>>,
    /// Whether more can be read before so much time is over.
    is_more_within: Option<&'p dyn Fn(Duration) -> bool>,
}

impl<'p> InputTarget<'p> {
    /// All rows in one column.
    pub(super) fn column(progress: &'p LoadProgress) -> Self {
        Self { progress, on_piece: None, is_more_within: None }
    }

    /// Pieces, as they come.
    pub(super) fn pieces(progress: &'p LoadProgress, on_piece: &'p RefCell<OnPiece<'p>>) -> Self {
        Self { progress, on_piece: Some(on_piece), is_more_within: None }
    }

    /// Pieces of something that may be silent for long, which `is_more_within` tells.
    pub(super) fn with_silence(self, is_more_within: &'p dyn Fn(Duration) -> bool) -> Self {
        Self { is_more_within: Some(is_more_within), ..self }
    }

    /// Whether what was read should not wait for more: whoever writes it is silent.
    pub(super) fn is_silent(self) -> bool {
        self.is_more_within.is_some_and(|is_more_within| !is_more_within(PIECE_AGE))
    }

    /// Whether rows go on in pieces.
    pub(super) fn is_in_pieces(self) -> bool {
        self.on_piece.is_some()
    }

    /// Whether a piece that was begun at `begun` and has so much in it should go on.
    pub(super) fn is_piece_due(self, rows: usize, size_bytes: usize, begun: Instant) -> bool {
        self.is_in_pieces()
            && (rows >= PIECE_ROWS
                || size_bytes >= PIECE_BYTES
                || (0 < rows && rows <= SLOW_ROWS && begun.elapsed() >= PIECE_AGE))
    }

    /// Passes a piece on. Where nobody wants more, reading is called off.
    pub(super) fn put(self, column: Column, bad: &BadLines) {
        if let Some(on_piece) = self.on_piece
            && !(on_piece.borrow_mut())(column, bad)
        {
            self.progress.cancel();
        }
    }
}
