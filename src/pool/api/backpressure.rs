//! How far the inputs of a lazy call are read ahead of the results that were taken.
//!
//! One thread asks the iterator, another hands on what came: an input must not wait for the next one, which may take
//! long to come, or come only when the result of the first is there.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::call::lock;
use crate::error::{Error, Result};
use crate::pool::InputSender;
use crate::value::{Column, Value};

/// Inputs that may be in flight from the start, where no bound is asked for.
const FIRST_AHEAD: u64 = 1024;
/// Inputs that may be in flight at most, where no bound is asked for.
const MAX_AHEAD: u64 = 1 << 18;
/// A piece of inputs ends with so many, or so many bytes, or when it is gathered for so long.
const PIECE_ITEMS: usize = 4096;
const PIECE_BYTES: usize = 1 << 20;
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
pub(super) struct Backpressure {
    bound: Bound,
    state: Mutex<State>,
    /// For the reader: there may be room.
    has_room: Condvar,
    /// For the thread that hands on: there is something, or enough, or it is over.
    has_inputs: Condvar,
}

#[derive(Default)]
struct State {
    /// Results that were taken.
    taken: u64,
    /// Inputs that were read.
    read: u64,
    /// Those of them that were not handed on yet.
    piece: Column,
    piece_bytes: usize,
    /// Nobody will take any more.
    is_over: bool,
    end: Option<End>,
}

/// How the inputs came to their end.
enum End {
    Reached,
    Panicked,
}

impl State {
    fn is_piece_full(&self) -> bool {
        self.piece.len() >= PIECE_ITEMS || self.piece_bytes >= PIECE_BYTES
    }

    /// Whether there is nothing to wait for.
    fn has_ended(&self) -> bool {
        self.is_over || self.end.is_some()
    }
}

impl Backpressure {
    pub(super) fn new(bound: Bound) -> Self {
        Self { bound, state: Mutex::default(), has_room: Condvar::new(), has_inputs: Condvar::new() }
    }

    /// So many results were taken.
    pub(super) fn taken(&self, taken: u64) {
        lock(&self.state).taken = taken;
        self.has_room.notify_one();
    }

    /// Nobody will take any more.
    pub(super) fn close(&self) {
        lock(&self.state).is_over = true;
        self.has_room.notify_one();
        self.has_inputs.notify_one();
    }

    /// How many results may wait to be told of by [`Backpressure::taken`] without holding anything up that matters.
    pub(super) fn step(&self, taken: u64) -> u64 {
        (self.bound.ahead(taken) / 8).max(1)
    }

    /// Hands `inputs` on to a run, never read further than there is room, until they end or nobody wants more.
    pub(super) fn feed(
        self: &Arc<Self>,
        inputs: impl Iterator<Item: Into<Value>> + Send + 'static,
        feed: &mut InputSender,
    ) -> Result<()> {
        let backpressure = Arc::clone(self);
        thread::Builder::new()
            .name("iterator".to_owned())
            .spawn(move || backpressure.read(inputs))
            .map_err(|error| Error::pool("start a thread", error))?;
        while let Some(piece) = self.next_piece()? {
            if !feed.push(piece) {
                self.close();
            }
        }
        Ok(())
    }

    /// Reads on as long as there is room.
    fn read(&self, inputs: impl Iterator<Item: Into<Value>>) {
        let reading = Reading(self);
        let mut inputs = inputs.map(Into::into);
        while self.wait_for_room() {
            let Some(value) = inputs.next() else {
                reading.ends();
                return;
            };
            self.put(value);
        }
    }

    /// Waits until one more input may be read; false when none is wanted any more.
    fn wait_for_room(&self) -> bool {
        let is_full = |state: &mut State| {
            let ahead = self.bound.ahead(state.taken);
            !state.is_over && (state.read >= state.taken.saturating_add(ahead) || state.is_piece_full())
        };
        !wait_while(&self.has_room, lock(&self.state), is_full).is_over
    }

    fn put(&self, value: Value) {
        let mut state = lock(&self.state);
        state.read += 1;
        state.piece_bytes += size_of::<Value>() + value.as_ref().heap_bytes();
        state.piece.push(value);
        if state.piece.len() == 1 || state.is_piece_full() {
            self.has_inputs.notify_one();
        }
    }

    /// Waits for inputs; nothing when there will be no more.
    fn next_piece(&self) -> Result<Option<Column>> {
        let is_empty = |state: &mut State| state.piece.is_empty() && !state.has_ended();
        let state = wait_while(&self.has_inputs, lock(&self.state), is_empty);
        // More are likely to come at once, and many together are far cheaper than each by itself.
        let is_gathering = |state: &mut State| !state.is_piece_full() && !state.has_ended();
        let (mut state, _) = self
            .has_inputs
            .wait_timeout_while(state, PIECE_TIME, is_gathering)
            .unwrap_or_else(PoisonError::into_inner);
        if state.is_over {
            return Ok(None);
        }
        state.piece_bytes = 0;
        let piece = std::mem::take(&mut state.piece);
        self.has_room.notify_one();
        match &state.end {
            _ if !piece.is_empty() => Ok(Some(piece)),
            Some(End::Panicked) => Err(Error::input("read the inputs", "their iterator panicked")),
            Some(End::Reached) | None => Ok(None),
        }
    }
}

/// Tells the end of the inputs, also when it is a panic.
struct Reading<'a>(&'a Backpressure);

impl Reading<'_> {
    fn ends(&self) {
        lock(&self.0.state).end = Some(End::Reached);
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        let end = &mut lock(&self.0.state).end;
        end.get_or_insert(End::Panicked);
        self.0.has_inputs.notify_one();
    }
}

fn wait_while<'a>(
    changed: &Condvar,
    state: MutexGuard<'a, State>,
    is_so: impl FnMut(&mut State) -> bool,
) -> MutexGuard<'a, State> {
    changed.wait_while(state, is_so).unwrap_or_else(PoisonError::into_inner)
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
    fn inputs_are_read_as_far_as_there_is_room() {
        let backpressure = Arc::new(Backpressure::new(Bound::Fixed(10)));
        let reader = Arc::clone(&backpressure);
        let reading = thread::spawn(move || reader.read(0_i64..));
        let mut handed_on = 0;
        while handed_on < 10 {
            handed_on += backpressure.next_piece().unwrap().unwrap().len();
        }
        assert_eq!((handed_on, lock(&backpressure.state).read), (10, 10));
        backpressure.taken(5);
        while handed_on < 15 {
            handed_on += backpressure.next_piece().unwrap().unwrap().len();
        }
        backpressure.close();
        reading.join().unwrap();
        assert_eq!(backpressure.next_piece(), Ok(None));
        assert_eq!(lock(&backpressure.state).read, 15);
    }

    #[test]
    fn the_end_comes_after_the_last_piece_and_a_panic_is_told() {
        let backpressure = Backpressure::new(Bound::Fixed(10));
        backpressure.read(0..3_i64);
        assert_eq!(backpressure.next_piece(), Ok(Some(Column::from(vec![0, 1, 2]))));
        assert_eq!(backpressure.next_piece(), Ok(None));
        let backpressure = Arc::new(Backpressure::new(Bound::Fixed(10)));
        let reader = Arc::clone(&backpressure);
        let breaks = (0..1_i64).chain(std::iter::once_with(|| panic!("as it should here")));
        assert!(thread::spawn(move || reader.read(breaks)).join().is_err());
        assert_eq!(backpressure.next_piece(), Ok(Some(Column::from(vec![0]))));
        assert!(backpressure.next_piece().unwrap_err().to_string().contains("panicked"));
    }

    #[test]
    fn a_piece_ends_with_its_bytes() {
        let backpressure = Arc::new(Backpressure::new(Bound::Fixed(10)));
        let reader = Arc::clone(&backpressure);
        let reading =
            thread::spawn(move || reader.read(std::iter::repeat_with(|| vec![0; PIECE_BYTES]).take(2)));
        assert_eq!([1, 2].map(|_| backpressure.next_piece().unwrap().unwrap().len()), [1, 1]);
        reading.join().unwrap();
    }
}
