//! The outputs of a stream that were not let go yet: how many bytes they take, and how many more items may be given out
//! before they are too many.

use std::collections::BTreeMap;

/// Outputs that wait to be printed, saved or taken, at most; what hosts have in hand is counted as it is expected.
const MAX_BYTES: usize = 128 << 20;
/// Outputs of no more bytes each are bounded by the number of rows.
const SMALL_ITEM_BYTES: usize = 64;

/// How the mean follows what comes: by so much of the difference.
const MEAN_STEP: f64 = 0.3;

/// A batch whose rows were not all let go.
#[derive(Debug, Clone, Copy)]
struct KeptBatch {
    /// The row after its last one.
    end: u64,
    bytes: usize,
}

/// What is kept of a stream.
#[derive(Debug, Default)]
pub(super) struct KeptOutputs {
    /// By their first row.
    batches: BTreeMap<u64, KeptBatch>,
    bytes: usize,
    /// Of the batches that came last.
    mean_item_bytes: f64,
}

impl KeptOutputs {
    /// Takes note of the outputs of `count` rows, at least one, from `first` on.
    pub(super) fn add(&mut self, first: u64, count: u64, bytes: usize) {
        let item_bytes = bytes as f64 / count.max(1) as f64;
        let step = if self.mean_item_bytes == 0.0 { 1.0 } else { MEAN_STEP };
        self.mean_item_bytes += (item_bytes - self.mean_item_bytes) * step;
        if item_bytes > SMALL_ITEM_BYTES as f64 {
            self.batches.insert(first, KeptBatch { end: first + count, bytes });
            self.bytes += bytes;
        }
    }

    /// All rows before this one were let go.
    pub(super) fn release(&mut self, index: u64) {
        while let Some(first) = self.batches.first_entry().filter(|first| first.get().end <= index) {
            self.bytes -= first.remove().bytes;
        }
    }

    /// Whether outputs are so large that their bytes bound them.
    pub(super) fn is_bound(&self) -> bool {
        self.bytes > 0 || self.mean_item_bytes > SMALL_ITEM_BYTES as f64
    }

    /// Whether there will be far too much once hosts have finished what they hold: it was given out in chunks of a size that
    /// was asked for, or before it was known how large outputs are.
    pub(super) fn will_pass_bound(&self, held_items: u64) -> bool {
        self.bytes as f64 + self.mean_item_bytes * held_items as f64 > 2.0 * MAX_BYTES as f64
    }

    /// How many more items may be given out to so many lanes while hosts hold `held_items`; nothing where there is no bound.
    /// Where nothing is kept each lane has an item, however large its output may be: one is enough to pass the bound.
    pub(super) fn room_items(&self, held_items: u64, lanes: u64) -> Option<u64> {
        if !self.is_bound() {
            return None;
        }
        let free_bytes = MAX_BYTES.saturating_sub(self.bytes) as f64;
        let room = (free_bytes / self.mean_item_bytes.max(SMALL_ITEM_BYTES as f64)) as u64;
        let least = if self.bytes == 0 { lanes } else { 0 };
        Some(room.max(least).saturating_sub(held_items))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_outputs_have_no_bound_here() {
        let mut kept = KeptOutputs::default();
        (0..1_000_000).for_each(|batch| kept.add(batch * 10, 10, 80));
        assert_eq!((kept.room_items(1_000_000, 2), kept.batches.len()), (None, 0));
    }

    #[test]
    fn large_outputs_leave_room_for_as_many_as_fit_beside_those_in_hand() {
        let mut kept = KeptOutputs::default();
        (0..100).for_each(|row| kept.add(row, 1, 1 << 20));
        assert_eq!(
            [0, 20, 28, 100].map(|held| kept.room_items(held, 2)),
            [Some(28), Some(8), Some(0), Some(0)]
        );
        kept.release(50);
        assert_eq!(kept.room_items(20, 2), Some(58));
        kept.release(100);
        assert_eq!(kept.room_items(0, 2), Some(128));
    }

    #[test]
    fn an_output_that_is_larger_than_all_that_may_be_kept_holds_nothing_up_once_it_is_taken() {
        let mut kept = KeptOutputs::default();
        kept.add(0, 1, 2 * MAX_BYTES);
        assert_eq!(kept.room_items(0, 3), Some(0));
        kept.release(1);
        assert_eq!([0, 1, 3].map(|held| kept.room_items(held, 3)), [Some(3), Some(2), Some(0)]);
    }

    #[test]
    fn a_batch_is_kept_until_its_last_row_is_let_go() {
        let mut kept = KeptOutputs::default();
        kept.add(10, 10, 64 << 20);
        kept.add(0, 10, 64 << 20);
        kept.release(19);
        assert_eq!(kept.bytes, 64 << 20);
        kept.release(20);
        assert_eq!(kept.bytes, 0);
    }
}
