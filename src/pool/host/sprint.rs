//! A sprint: many short items in a row, with one atomic step between two of them instead of a lock.
//!
//! The lane claims one item after the other and leaves each output where the ticker can find it. Should an item take
//! long after all, the ticker cuts the sprint short: what is finished is sent on, and the rest is the chunk's again.
//!
//! Why that is sound: an output is stored before the next item is claimed, so whoever sees a claim sees all outputs
//! before it; and the end of the sprint lies in the same word as the claims, so an item is either claimed or cut off.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::value::{Column, Value};

/// So long a sprint is meant to take: short enough to look after other things in between.
const LENGTH_NS: u64 = 200_000;
/// No sprint has more items.
const MAX_ITEMS: usize = 4096;
/// With fewer items a sprint gains nothing.
const MIN_ITEMS: usize = 4;

/// What all outputs of a sprint are: values that fit a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    None,
    Bool,
    Int,
    Float,
}

impl Kind {
    /// The kind of the outputs so far, where it is one that can sprint.
    pub(super) fn of(outputs: &Column) -> Option<Self> {
        match outputs {
            Column::None(0) => None,
            Column::None(_) => Some(Self::None),
            Column::Bool(_) => Some(Self::Bool),
            Column::Int(_) => Some(Self::Int),
            Column::Float(_) => Some(Self::Float),
            Column::Text(_) | Column::Bytes(_) | Column::Json(_) | Column::Mixed(_) => None,
        }
    }

    fn empty(self) -> Column {
        match self {
            Self::None => Column::None(0),
            Self::Bool => Column::Bool(Vec::new()),
            Self::Int => Column::Int(Vec::new()),
            Self::Float => Column::Float(Vec::new()),
        }
    }

    /// The value as a word, where it is of this kind.
    #[inline]
    pub(super) fn word(self, value: &Value) -> Option<u64> {
        match (self, value) {
            (Self::None, Value::None) => Some(0),
            (Self::Bool, Value::Bool(value)) => Some(u64::from(*value)),
            (Self::Int, Value::Int(value)) => Some(value.cast_unsigned()),
            (Self::Float, Value::Float(value)) => Some(value.to_bits()),
            _ => None,
        }
    }

    fn value(self, word: u64) -> Value {
        match self {
            Self::None => Value::None,
            Self::Bool => Value::Bool(word != 0),
            Self::Int => Value::Int(word.cast_signed()),
            Self::Float => Value::Float(f64::from_bits(word)),
        }
    }
}

/// How many items should sprint where so many are left, each expected to take `item_ns`; nothing where it gains nothing.
pub(super) fn length(left: usize, item_ns: u64) -> Option<usize> {
    let items = ((LENGTH_NS / item_ns.max(1)) as usize).min(MAX_ITEMS).min(left);
    (items >= MIN_ITEMS).then_some(items)
}

/// The track of one lane.
pub(super) struct Track {
    /// The place in the chunk of the next item (low half) and of the end (high half).
    claims: AtomicU64,
    /// Outputs, and when each item ended where that is asked for; by place within the sprint.
    words: Box<[AtomicU64]>,
    ended_ns: Box<[AtomicU64]>,
}

impl Default for Track {
    fn default() -> Self {
        let words = || (0..MAX_ITEMS).map(|_| AtomicU64::new(0)).collect();
        Self { claims: AtomicU64::new(0), words: words(), ended_ns: words() }
    }
}

fn packed(next: usize, end: usize) -> u64 {
    next as u64 | (end as u64) << 32
}

fn unpacked(claims: u64) -> (usize, usize) {
    ((claims & u64::from(u32::MAX)) as usize, (claims >> 32) as usize)
}

impl Track {
    /// Sets the items that may be claimed. Only while nobody runs.
    pub(super) fn set(&self, places: &Range<usize>) {
        self.claims.store(packed(places.start, places.end), Ordering::Release);
    }

    /// The place of the next item; nothing when the sprint is over.
    #[inline]
    pub(super) fn claim(&self) -> Option<usize> {
        // One claim past the end at most, so the halves never run into each other.
        let (next, end) = unpacked(self.claims.fetch_add(1, Ordering::AcqRel));
        (next < end).then_some(next)
    }

    /// Keeps an output, the `nth` of the sprint, as the word that its [`Kind`] makes of it.
    #[inline]
    pub(super) fn keep(&self, nth: usize, word: u64) {
        self.words[nth].store(word, Ordering::Relaxed);
    }

    /// Keeps when the `nth` item of the sprint ended. To be called before [`Track::keep`].
    #[inline]
    pub(super) fn end_at(&self, nth: usize, ended_ns: u64) {
        self.ended_ns[nth].store(ended_ns, Ordering::Relaxed);
    }

    /// Ends the sprint after the item in hand and gives its place; nothing where no item is in hand.
    pub(super) fn cut(&self, first: usize) -> Option<usize> {
        let cut_short = |claims| {
            let (next, end) = unpacked(claims);
            (first < next && next <= end).then(|| packed(next, next))
        };
        let before = self.claims.fetch_update(Ordering::AcqRel, Ordering::Acquire, cut_short).ok()?;
        Some(unpacked(before).0 - 1)
    }

    /// The place of the item that was claimed last.
    pub(super) fn last_claimed(&self) -> usize {
        unpacked(self.claims.load(Ordering::Acquire)).0.saturating_sub(1)
    }

    /// Appends the outputs `nths` of the sprint.
    pub(super) fn take(&self, nths: Range<usize>, kind: Kind, outputs: &mut Column) {
        if outputs.is_empty() {
            *outputs = kind.empty();
        }
        let words = self.words[nths].iter().map(|word| word.load(Ordering::Relaxed));
        match (&mut *outputs, kind) {
            (Column::None(count), Kind::None) => *count += words.len(),
            (Column::Bool(cells), Kind::Bool) => cells.extend(words.map(|word| word != 0)),
            (Column::Int(cells), Kind::Int) => cells.extend(words.map(u64::cast_signed)),
            (Column::Float(cells), Kind::Float) => cells.extend(words.map(f64::from_bits)),
            (outputs, kind) => words.for_each(|word| outputs.push(kind.value(word))),
        }
    }

    /// When the items `nths` of the sprint ended.
    pub(super) fn ended_ns(&self, nths: Range<usize>) -> impl Iterator<Item = u64> {
        self.ended_ns[nths].iter().map(|word| word.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sprint_is_as_long_as_its_items_allow() {
        assert_eq!(length(1_000_000, 10), Some(MAX_ITEMS));
        assert_eq!(length(1_000_000, 2_000), Some(100));
        assert_eq!((length(3, 10), length(100, 1_000_000)), (None, None));
    }

    #[test]
    fn items_are_claimed_or_cut_off_but_never_both() {
        for _ in 0..200 {
            let track = Track::default();
            track.set(&(10..1_000));
            let (claimed, in_hand) = std::thread::scope(|scope| {
                let lane = scope.spawn(|| std::iter::from_fn(|| track.claim()).collect::<Vec<_>>());
                let ticker = scope.spawn(|| track.cut(10));
                (lane.join().unwrap(), ticker.join().unwrap())
            });
            let upto = in_hand.map_or(1_000, |place| place + 1);
            assert_eq!(claimed, (10..upto).collect::<Vec<_>>());
        }
    }

    #[test]
    fn outputs_come_back_as_they_were() {
        let track = Track::default();
        let values = [Value::Float(1.5), Value::Float(-0.0)];
        for (nth, value) in values.iter().enumerate() {
            track.keep(nth, Kind::Float.word(value).unwrap());
        }
        assert_eq!(Kind::Float.word(&Value::Int(1)), None);
        let mut outputs = Column::default();
        track.take(0..2, Kind::Float, &mut outputs);
        assert_eq!(outputs, values.into_iter().collect());
    }
}
