//! How far the inputs of a lazy call are read ahead of the results that were taken.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::call::lock;
use crate::error::Result;
use crate::pool::Feed;
use crate::value::{Column, Value};

/// Inputs that may be in flight from the start, where no bound is asked for.
const FIRST_AHEAD: u64 = 1024;
/// Inputs that may be in flight at most, where no bound is asked for.
const MAX_AHEAD: u64 = 1 << 18;
/// A piece of inputs ends with so many, or so many bytes.
const PIECE_ITEMS: u64 = 4096;
const PIECE_BYTES: usize = 1 << 20;
/// Inputs that come so slowly that a piece takes this long are handed on in smaller pieces.
const PIECE_TIME: Duration = Duration::from_millis(1);

/// How many inputs may be in flight: read, and their results not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    /// This many; at least 1.
    Fixed(u64),
    /// Three times as many as were taken so far, within limits of which the lower one keeps this many workers with
    /// their chunks busy: who takes much will take more, who takes ten will not have a million computed.
    Growing { workers_with_chunks: u64 },
}

impl Bound {
    /// How many may be in flight when so many results were taken.
    pub(super) fn ahead(self, taken: u64) -> u64 {
        match self {
            Self::Fixed(items) => items,
            Self::Growing { workers_with_chunks } => {
                let first = FIRST_AHEAD.max(workers_with_chunks.saturating_mul(4)).min(MAX_AHEAD);
                taken.saturating_mul(3).clamp(first, MAX_AHEAD)
            }
        }
    }
}

/// Where the reader of the inputs waits for who takes the results.
pub(super) struct Gate {
    bound: Bound,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    taken: u64,
    is_over: bool,
}

impl Gate {
    pub(super) fn new(bound: Bound) -> Self {
        Self { bound, state: Mutex::default(), changed: Condvar::new() }
    }

    /// So many results were taken.
    pub(super) fn taken(&self, taken: u64) {
        lock(&self.state).taken = taken;
        self.changed.notify_one();
    }

    /// Nobody will take any more.
    pub(super) fn close(&self) {
        lock(&self.state).is_over = true;
        self.changed.notify_one();
    }

    /// How many results may wait to be told of by [`Gate::taken`] without holding anything up that matters.
    pub(super) fn step(&self, taken: u64) -> u64 {
        (self.bound.ahead(taken) / 8).max(1)
    }

    /// Waits until more inputs may be read, and says how many. 0 when none are wanted any more.
    fn room(&self, read: u64) -> u64 {
        let mut state = lock(&self.state);
        loop {
            if state.is_over {
                return 0;
            }
            let room = (state.taken + self.bound.ahead(state.taken)).saturating_sub(read);
            if room > 0 {
                return room;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Reads `inputs` for a run, never further than there is room.
    pub(super) fn feed(&self, mut inputs: impl Iterator<Item: Into<Value>>, feed: &mut Feed) -> Result<()> {
        let mut read = 0;
        let mut piece_items = 1;
        loop {
            let room = self.room(read).min(piece_items);
            let begun = Instant::now();
            let piece = next_piece(&mut inputs, room);
            // An input that took long to come must not wait for the next one.
            let is_slow = begun.elapsed() > PIECE_TIME;
            piece_items = if is_slow { piece_items / 4 } else { piece_items * 2 }.clamp(1, PIECE_ITEMS);
            read += piece.len() as u64;
            if piece.is_empty() || !feed.push(piece) {
                return Ok(());
            }
        }
    }
}

fn next_piece(inputs: &mut impl Iterator<Item: Into<Value>>, most: u64) -> Column {
    let mut piece = Column::default();
    let mut size_bytes = 0;
    while (piece.len() as u64) < most && size_bytes < PIECE_BYTES {
        let Some(value) = inputs.next().map(Into::into) else { break };
        size_bytes += size_of::<Value>() + value.as_ref().heap_bytes();
        piece.push(value);
    }
    piece
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_flight_grows_with_what_is_taken() {
        let bound = Bound::Growing { workers_with_chunks: 4 };
        assert_eq!([0, 1_000, 10_000_000].map(|taken| bound.ahead(taken)), [1024, 3_000, MAX_AHEAD]);
        assert_eq!(Bound::Growing { workers_with_chunks: 1_000 }.ahead(0), 4_000);
        assert_eq!(Bound::Growing { workers_with_chunks: u64::MAX }.ahead(0), MAX_AHEAD);
        assert_eq!(Bound::Fixed(3).ahead(1_000), 3);
    }

    #[test]
    fn a_piece_ends_with_its_room_its_bytes_or_the_inputs() {
        assert_eq!(next_piece(&mut (0..10_i64), 3), Column::from(vec![0, 1, 2]));
        assert_eq!(next_piece(&mut (0..2_i64), 3), Column::from(vec![0, 1]));
        let mut large = std::iter::repeat_with(|| vec![0_u8; PIECE_BYTES]);
        assert_eq!(next_piece(&mut large, 3).len(), 1);
    }

    #[test]
    fn room_is_what_the_taken_leave_and_none_at_the_end() {
        let gate = Gate::new(Bound::Fixed(10));
        assert_eq!(gate.room(4), 6);
        gate.taken(5);
        assert_eq!(gate.room(10), 5);
        gate.close();
        assert_eq!(gate.room(100), 0);
    }
}
