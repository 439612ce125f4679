//! A fast batch: many short items in a row, with a few plain steps between two of them instead of a lock.
//!
//! The lane claims one item after the other and leaves each output where the flusher can find it. Should an item take
//! long after all, the flusher cuts the fast batch short: what is finished is sent on, and the rest is the chunk's again.
//!
//! Why that is sound. An output is stored before the next item is claimed, so whoever sees a claim sees all outputs
//! before it. To claim, the lane stores that it is past the item, and then reads the end; to cut, the flusher stores a
//! new end, and then reads how far the lane is. With a full fence between the two steps on both sides, one of them
//! sees the other's store (S. B. Dekker's mutual exclusion). So once the flusher has read how far the lane is, no item
//! from there on is claimed any more; the one right before may be in hand or not have been claimed, and either way the
//! lane alone says so when it ends the fast batch. Where the system can fence all threads at once, only the flusher pays for
//! fences, and the lane's steps are two plain ones.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering, compiler_fence, fence};

use super::super::os;
use crate::value::{Column, Value};

/// So long a fast batch is meant to take: short enough to look after other things in between.
const LENGTH_NS: u64 = 200_000;
/// No fast batch has more items.
const MAX_ITEMS: usize = 4096;
/// With fewer items a fast batch gains nothing.
const MIN_ITEMS: usize = 4;

/// What all outputs of a fast batch are: values that fit a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    None,
    Bool,
    Int,
    Float,
}

impl Kind {
    /// The kind of the outputs so far, where it is one that can run as a fast batch.
    pub(super) fn of(outputs: &Column) -> Option<Self> {
        match outputs {
            Column::None(0) => None,
            Column::None(_) => Some(Self::None),
            Column::Bool(_) => Some(Self::Bool),
            Column::Int(_) => Some(Self::Int),
            Column::Float(_) => Some(Self::Float),
            Column::Text(_) | Column::Bytes(_) | Column::Json(_) | Column::Mixed(_) | Column::Written(_) => {
                None
            }
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

/// How many items a fast batch should have where so many are left, each expected to take `item_ns`; nothing where it gains nothing.
pub(super) fn length(left: usize, item_ns: u64) -> Option<usize> {
    let items = ((LENGTH_NS / item_ns.max(1)) as usize).min(MAX_ITEMS).min(left);
    (items >= MIN_ITEMS).then_some(items)
}

/// The ring of one lane.
pub(super) struct ClaimRing {
    /// The place in the chunk of the item to be claimed next; past the end once a claim has failed.
    next: AtomicUsize,
    end: AtomicUsize,
    /// The flusher fences the lane, too.
    is_fenced: bool,
    /// Outputs, and when each item ended where that is asked for; by place within the fast batch.
    words: Box<[AtomicU64]>,
    ended_ns: Box<[AtomicU64]>,
}

impl ClaimRing {
    /// With nothing to claim. `is_fenced` where [`os::can_fence_threads`].
    pub(super) fn new(is_fenced: bool) -> Self {
        let words = || (0..MAX_ITEMS).map(|_| AtomicU64::new(0)).collect();
        let (next, end) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self { next, end, is_fenced, words: words(), ended_ns: words() }
    }

    /// Sets the items that may be claimed. Only while nobody runs.
    pub(super) fn set(&self, places: &Range<usize>) {
        self.next.store(places.start, Ordering::Release);
        self.end.store(places.end, Ordering::Release);
    }

    /// The place of the next item; nothing when the fast batch is over. Only for the lane.
    #[inline]
    pub(super) fn claim(&self) -> Option<usize> {
        let next = self.next.load(Ordering::Relaxed);
        self.next.store(next + 1, Ordering::Release);
        if self.is_fenced {
            compiler_fence(Ordering::SeqCst);
        } else {
            fence(Ordering::SeqCst);
        }
        (next < self.end.load(Ordering::Acquire)).then_some(next)
    }

    /// Keeps an output, the `nth` of the fast batch, as the word that its [`Kind`] makes of it.
    #[inline]
    pub(super) fn keep(&self, nth: usize, word: u64) {
        self.words[nth].store(word, Ordering::Relaxed);
    }

    /// Keeps when the `nth` item of the fast batch ended. To be called before [`ClaimRing::keep`].
    #[inline]
    pub(super) fn end_at(&self, nth: usize, ended_ns: u64) {
        self.ended_ns[nth].store(ended_ns, Ordering::Relaxed);
    }

    /// Ends the fast batch after the item in hand and gives its place; nothing where no item is in hand. The lane may come to
    /// say that it has not claimed this last one. Only for the flusher.
    pub(super) fn cut(&self, first: usize) -> Option<usize> {
        let (next, end) = (self.next.load(Ordering::Acquire), self.end.load(Ordering::Relaxed));
        if next <= first || next > end {
            return None;
        }
        self.end.store(next, Ordering::Relaxed);
        if self.is_fenced {
            os::fence_threads();
        } else {
            fence(Ordering::SeqCst);
        }
        let next = self.next.load(Ordering::Acquire);
        (next <= end).then(|| next - 1)
    }

    /// The place of the item that was claimed last, or could not be claimed.
    pub(super) fn last_claimed(&self) -> usize {
        self.next.load(Ordering::Acquire).saturating_sub(1)
    }

    /// Appends the outputs `nths` of the fast batch.
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

    /// When the items `nths` of the fast batch ended.
    pub(super) fn ended_ns(&self, nths: Range<usize>) -> impl Iterator<Item = u64> {
        self.ended_ns[nths].iter().map(|word| word.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fast_batch_is_as_long_as_its_items_allow() {
        assert_eq!(length(1_000_000, 10), Some(MAX_ITEMS));
        assert_eq!(length(1_000_000, 2_000), Some(100));
        assert_eq!((length(3, 10), length(100, 1_000_000)), (None, None));
    }

    fn race(ring: &ClaimRing) {
        ring.set(&(10..1_000));
        let (claimed, in_hand) = std::thread::scope(|scope| {
            let lane = scope.spawn(|| std::iter::from_fn(|| ring.claim()).collect::<Vec<_>>());
            let flusher = scope.spawn(|| ring.cut(10));
            (lane.join().unwrap(), flusher.join().unwrap())
        });
        // What the lane says it has claimed, it has; and nothing beyond what the flusher takes to be in hand.
        assert_eq!(claimed, (10..ring.last_claimed()).collect::<Vec<_>>());
        let most = in_hand.map_or(1_000, |place| place + 1);
        let least = in_hand.map_or(1_000, |place| place);
        assert!((least..=most).contains(&ring.last_claimed()), "{} of {in_hand:?}", ring.last_claimed());
    }

    #[test]
    fn items_are_claimed_or_cut_off_but_never_both() {
        // `cargo miri test` tries other orders each time, slowly, and does not know the system's fence.
        let (times, can_fence) = if cfg!(miri) { (20, false) } else { (500, os::can_fence_threads()) };
        for ring in [ClaimRing::new(false), ClaimRing::new(can_fence)] {
            (0..times).for_each(|_| race(&ring));
        }
    }

    #[test]
    fn outputs_come_back_as_they_were() {
        let ring = ClaimRing::new(false);
        let values = [Value::Float(1.5), Value::Float(-0.0)];
        for (nth, value) in values.iter().enumerate() {
            ring.keep(nth, Kind::Float.word(value).unwrap());
        }
        assert_eq!(Kind::Float.word(&Value::Int(1)), None);
        let mut outputs = Column::default();
        ring.take(0..2, Kind::Float, &mut outputs);
        assert_eq!(outputs, values.into_iter().collect());
    }
}
