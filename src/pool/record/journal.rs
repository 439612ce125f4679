//! An append-only list that is cheap to publish: a copy shares all that was written before.
//!
//! It keeps entries in blocks behind [`Arc`]s. Appending after a publication copies the last block at most, so a
//! snapshot costs a pointer per block and never a copy of the history.

use std::sync::Arc;

/// Entries in a block: large enough to keep the list of blocks short, small enough to copy one when it is shared.
const BLOCK: usize = 128;

/// An append-only list. May forget its oldest blocks, which keeps it bounded.
#[derive(Debug, Clone)]
pub struct Journal<T> {
    blocks: Vec<Arc<Vec<T>>>,
    /// Entries in blocks that were let go.
    forgotten: u64,
    len: u64,
}

impl<T> Default for Journal<T> {
    fn default() -> Self {
        Self { blocks: Vec::new(), forgotten: 0, len: 0 }
    }
}

impl<T: Clone> Journal<T> {
    /// Appends an entry.
    pub fn push(&mut self, entry: T) {
        if self.blocks.last().is_none_or(|block| block.len() == BLOCK) {
            self.blocks.push(Arc::new(Vec::with_capacity(if self.blocks.is_empty() { 4 } else { BLOCK })));
        }
        if let Some(block) = self.blocks.last_mut() {
            Arc::make_mut(block).push(entry);
            self.len += 1;
        }
    }

    /// The last entry, to be amended.
    pub fn last_mut(&mut self) -> Option<&mut T> {
        Arc::make_mut(self.blocks.last_mut()?).last_mut()
    }

    /// The entry at `index`, to be amended.
    pub fn get_mut(&mut self, index: u64) -> Option<&mut T> {
        let place = usize::try_from(index.checked_sub(self.forgotten)?).ok()?;
        Arc::make_mut(self.blocks.get_mut(place / BLOCK)?).get_mut(place % BLOCK)
    }

    /// Lets the oldest block go, unless it is the only one, and gives it back.
    pub fn forget_oldest(&mut self) -> Option<Arc<Vec<T>>> {
        if self.blocks.len() < 2 {
            return None;
        }
        let block = self.blocks.remove(0);
        self.forgotten += block.len() as u64;
        Some(block)
    }

    /// Lets the oldest blocks go of which `is_over` holds for each entry, and gives these.
    pub fn forget_while(&mut self, is_over: impl Fn(&T) -> bool) -> Vec<T> {
        let mut gone = Vec::new();
        while self.blocks.first().is_some_and(|block| block.iter().all(&is_over))
            && let Some(block) = self.forget_oldest()
        {
            gone.extend(block.iter().cloned());
        }
        gone
    }
}

impl<T> Journal<T> {
    /// An empty list, of which so many entries were forgotten.
    pub fn after(forgotten: u64) -> Self {
        Self { blocks: Vec::new(), forgotten, len: forgotten }
    }

    /// All entries ever appended, the forgotten ones counted too.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether nothing was ever appended.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The entries that were let go; the first one kept has this index.
    pub fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// The entry at `index`, counted from the first one ever appended; nothing where it was forgotten.
    pub fn get(&self, index: u64) -> Option<&T> {
        let place = usize::try_from(index.checked_sub(self.forgotten)?).ok()?;
        self.blocks.get(place / BLOCK)?.get(place % BLOCK)
    }

    /// The last entry.
    pub fn last(&self) -> Option<&T> {
        self.blocks.last()?.last()
    }

    /// The entries kept, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.blocks.iter().flat_map(|block| block.iter())
    }

    /// The index of the first entry kept for which `is_before` does not hold; the entries must be in that order.
    pub fn partition_point(&self, is_before: impl Fn(&T) -> bool) -> u64 {
        let full = self.blocks.partition_point(|block| block.last().is_some_and(&is_before));
        let within = self.blocks.get(full).map_or(0, |block| block.partition_point(&is_before));
        (self.forgotten + (full * BLOCK + within) as u64).min(self.len)
    }

    /// The entries from `index` on, oldest first.
    pub fn iter_from(&self, index: u64) -> impl Iterator<Item = &T> {
        let place = index.saturating_sub(self.forgotten) as usize;
        self.blocks
            .iter()
            .skip(place / BLOCK)
            .enumerate()
            .flat_map(move |(nth, block)| block.iter().skip(if nth == 0 { place % BLOCK } else { 0 }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted_to(count: u64) -> Journal<u64> {
        let mut journal = Journal::default();
        (0..count).for_each(|entry| journal.push(entry));
        journal
    }

    #[test]
    fn a_copy_does_not_see_what_comes_after_it() {
        let mut journal = counted_to(1000);
        let copy = journal.clone();
        journal.push(1000);
        *journal.get_mut(999).unwrap() = 7;
        assert_eq!((copy.len(), copy.get(999), journal.get(999)), (1000, Some(&999), Some(&7)));
    }

    #[test]
    fn the_oldest_go_and_indices_stay() {
        let mut journal = counted_to(300);
        assert_eq!(journal.forget_oldest().map(|block| block.len()), Some(BLOCK));
        assert_eq!((journal.len(), journal.forgotten()), (300, BLOCK as u64));
        assert_eq!((journal.get(BLOCK as u64 - 1), journal.get(BLOCK as u64)), (None, Some(&(BLOCK as u64))));
        assert_eq!(journal.iter_from(298).copied().collect::<Vec<_>>(), [298, 299]);
        assert_eq!(counted_to(5).forget_oldest(), None);
    }

    #[test]
    fn partition_point_finds_across_blocks() {
        let journal = counted_to(1500);
        for wanted in [0, 1, 127, 128, 129, 1499, 1500] {
            assert_eq!(journal.partition_point(|entry| *entry < wanted), wanted);
        }
    }
}
