//! Which core a lane's thread was on over time, where the system tells.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::journal::Journal;

/// Neighbouring stays merge while the merged one stays shorter than this part of the run so far: a history grows with the
/// logarithm of the time, also where a thread is moved at each look.
const MERGED_PART: u64 = 2_000;

/// A stretch of time in which a thread was seen on no other core. It need not have run all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoreStay {
    pub from_ns: u64,
    pub upto_ns: u64,
    /// As the system numbers it, from 0.
    pub core: u32,
}

/// All stays of a lane that were seen, in order. Between two looks a thread may have been elsewhere.
#[derive(Debug, Clone, Default)]
pub struct CoreStays {
    pub stays: Journal<CoreStay>,
    /// How often it was seen on another core than before.
    pub moves: u64,
    /// Where it was seen last: merged stays do not tell.
    last_core: Option<u32>,
}

impl CoreStays {
    /// Stays that were written down.
    pub(super) fn restored(stays: &[CoreStay], moves: u64) -> Self {
        let last_core = stays.last().map(|stay| stay.core);
        let mut restored = Self { moves, last_core, ..Self::default() };
        stays.iter().for_each(|stay| restored.stays.push(*stay));
        restored
    }

    /// Adds what came after all others. `is_same_thread` says whether it is of the thread that was seen last: a new process on
    /// another core has not moved.
    pub(super) fn add(&mut self, new: CoreStay, is_same_thread: bool) {
        let has_moved = self.last_core.is_some_and(|core| core != new.core);
        self.moves += u64::from(has_moved && is_same_thread);
        self.last_core = Some(new.core);
        match self.stays.last_mut() {
            Some(last) if last.upto_ns > new.from_ns => {}
            Some(last)
                if last.upto_ns == new.from_ns
                    && (last.core == new.core || new.upto_ns - last.from_ns <= new.upto_ns / MERGED_PART) =>
            {
                last.upto_ns = new.upto_ns;
            }
            _ => self.stays.push(new),
        }
    }

    /// The cores that it was seen on.
    pub fn cores(&self) -> BTreeSet<u32> {
        self.stays.iter().map(|stay| stay.core).collect()
    }

    /// The stays that touch the time from `from_ns` to `upto_ns`, in order.
    pub fn between(&self, from_ns: u64, upto_ns: u64) -> impl Iterator<Item = &CoreStay> {
        let first = self.stays.partition_point(|stay| stay.upto_ns <= from_ns);
        self.stays.iter_from(first).take_while(move |stay| stay.from_ns < upto_ns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    fn stay(from_ms: u64, upto_ms: u64, core: u32) -> CoreStay {
        CoreStay { from_ns: from_ms * MS, upto_ns: upto_ms * MS, core }
    }

    #[test]
    fn looks_that_find_the_same_core_are_one_stay_and_others_are_moves() {
        let mut stays = CoreStays::default();
        for new in [stay(0, 10, 1), stay(10, 20, 1), stay(20, 30, 0), stay(50, 60, 0), stay(60, 70, 1)] {
            stays.add(new, true);
        }
        stays.add(stay(70, 80, 0), false);
        let all: Vec<CoreStay> = stays.stays.iter().copied().collect();
        let expected = [stay(0, 20, 1), stay(20, 30, 0), stay(50, 60, 0), stay(60, 70, 1), stay(70, 80, 0)];
        assert_eq!(all, expected);
        assert_eq!((stays.moves, stays.cores()), (2, BTreeSet::from([0, 1])), "a new process has not moved");
        assert_eq!(stays.between(25 * MS, 55 * MS).count(), 2);
    }

    #[test]
    fn a_thread_that_is_moved_all_the_time_has_a_short_history_and_all_its_moves() {
        let mut stays = CoreStays::default();
        (0..1_000_000).for_each(|n| stays.add(stay(n * 10, n * 10 + 10, (n % 2) as u32), true));
        assert!(stays.stays.len() < 25_000, "{}", stays.stays.len());
        assert_eq!(stays.moves, 999_999);
    }
}
