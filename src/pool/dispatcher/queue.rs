//! Which items still wait for a worker: those never given out, those that came back, and suspects.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

use super::super::record::{Inputs, Rows};

/// No chunk holds more, so that what is in flight stays bounded.
const MAX_ITEMS: u64 = 1 << 20;
/// Nor more bytes of inputs.
const MAX_BYTES: usize = 16 << 20;

/// Neighbouring items that go to a worker together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk {
    pub first: u64,
    pub count: u64,
}

impl Chunk {
    /// One item alone.
    pub(super) fn one(index: u64) -> Self {
        Self { first: index, count: 1 }
    }

    /// The place after its last item.
    pub(super) fn end(self) -> u64 {
        self.first + self.count
    }

    pub(super) fn items(self) -> Range<u64> {
        self.first..self.end()
    }

    pub(super) fn contains(self, index: u64) -> bool {
        self.items().contains(&index)
    }
}

/// The items that wait.
#[derive(Debug)]
pub(super) struct Queue {
    next: u64,
    total: u64,
    /// They go first, in the order of their rows: they have waited longest.
    returned: VecDeque<Chunk>,
    returned_items: u64,
    /// By the first of them: items of which one has ended its host after it was over, up to which. They go out one at a
    /// time, so that the next time it is known which one.
    one_by_one: BTreeMap<u64, u64>,
    /// Items that may have ended a host; they run again one at a time, in a host of one lane.
    suspects: VecDeque<u64>,
}

impl Queue {
    pub(super) fn new(total: u64) -> Self {
        Self {
            next: 0,
            total,
            returned: VecDeque::new(),
            returned_items: 0,
            one_by_one: BTreeMap::new(),
            suspects: VecDeque::new(),
        }
    }

    /// Only the items whose rows are pending.
    pub(super) fn pending(rows: &Rows, total: u64) -> Self {
        let mut returned: VecDeque<Chunk> = VecDeque::new();
        for index in (0..total).filter(|index| !rows.is_final(*index)) {
            match returned.back_mut() {
                Some(chunk) if chunk.end() == index => chunk.count += 1,
                _ => returned.push_back(Chunk::one(index)),
            }
        }
        let returned_items = returned.iter().map(|chunk| chunk.count).sum();
        Self { returned, returned_items, ..Self { next: total, ..Self::new(total) } }
    }

    /// Whether nothing waits but suspects.
    pub(super) fn is_empty(&self) -> bool {
        self.returned.is_empty() && self.next == self.total
    }

    /// The items that wait, without suspects.
    pub(super) fn waiting(&self) -> u64 {
        self.total - self.next + self.returned_items
    }

    /// The first of those that came back.
    pub(super) fn first_returned(&self) -> Option<u64> {
        self.returned.front().map(|chunk| chunk.first)
    }

    /// More items wait: there are so many now.
    pub(super) fn grow(&mut self, total: u64) {
        self.total = total;
    }

    /// Has these items go out one at a time whenever they do.
    pub(super) fn give_one_by_one(&mut self, chunk: Chunk) {
        let end = chunk.end();
        let known = self.one_by_one.range(..=chunk.first).next_back().map_or(0, |(_, end)| *end);
        if known < end {
            self.one_by_one.retain(|first, known| *first < chunk.first || *known > end);
            self.one_by_one.insert(chunk.first, end);
        }
    }

    /// So many of `items` go out together from `first` on.
    fn together(&self, first: u64, items: u64) -> u64 {
        let is_alone = self.one_by_one.range(..=first).next_back().is_some_and(|(_, end)| first < *end);
        let next = self.one_by_one.range(first + 1..).next().map_or(u64::MAX, |(next, _)| next - first);
        if is_alone { 1 } else { items.min(next) }
    }

    /// Takes at most `items` neighbours that stay within the size of a frame.
    pub(super) fn take(&mut self, items: u64, inputs: &Inputs) -> Option<Chunk> {
        let items = self.together(self.returned.front().map_or(self.next, |chunk| chunk.first), items);
        let Some(waiting) = self.returned.pop_front() else {
            let fresh = Chunk { first: self.next, count: self.total - self.next };
            let taken = fitting(fresh, items, inputs);
            self.next += taken.count;
            return (taken.count > 0).then_some(taken);
        };
        let taken = fitting(waiting, items, inputs);
        self.returned_items -= taken.count;
        if taken.count < waiting.count {
            let rest = Chunk { first: taken.end(), count: waiting.count - taken.count };
            self.returned.push_front(rest);
        }
        Some(taken)
    }

    /// Takes a chunk back that no worker has begun. It goes together with one that follows it.
    pub(super) fn put_back(&mut self, chunk: Chunk) {
        if chunk.count == 0 {
            return;
        }
        self.returned_items += chunk.count;
        let place = self.returned.partition_point(|waiting| waiting.first < chunk.first);
        match self.returned.get_mut(place) {
            Some(next) if next.first == chunk.end() => {
                *next = Chunk { first: chunk.first, count: chunk.count + next.count };
            }
            _ => self.returned.insert(place, chunk),
        }
    }

    /// Has an item run alone, after those that wait to do so.
    pub(super) fn add_suspect(&mut self, index: u64) {
        self.suspects.push_back(index);
    }

    /// Takes items back that were to run alone and did not.
    pub(super) fn put_suspects_back(&mut self, chunk: Chunk) {
        chunk.items().for_each(|index| self.suspects.push_front(index));
    }

    pub(super) fn take_suspect(&mut self) -> Option<Chunk> {
        self.suspects.pop_front().map(Chunk::one)
    }

    pub(super) fn has_suspects(&self) -> bool {
        !self.suspects.is_empty()
    }

    /// All that waits.
    #[cfg(test)]
    pub(super) fn chunks(&self) -> impl Iterator<Item = Chunk> {
        let fresh = Chunk { first: self.next, count: self.total - self.next };
        let suspects = self.suspects.iter().copied().map(Chunk::one);
        self.returned.iter().copied().chain([fresh]).chain(suspects)
    }
}

fn fitting(from: Chunk, items: u64, inputs: &Inputs) -> Chunk {
    // What waits has not been let go.
    let Some((first, column)) = inputs.piece(from.first) else { return Chunk { count: 0, ..from } };
    let offset = from.first - first;
    let mut count = from.count.min(items.clamp(1, MAX_ITEMS)).min(column.len() as u64 - offset);
    let bytes_of = |count: u64| column.range_size_bytes(offset as usize..(offset + count) as usize);
    while count > 1 && bytes_of(count) > MAX_BYTES {
        count /= 2;
    }
    Chunk { first: from.first, count }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::value::Column;

    #[test]
    fn what_comes_back_goes_out_first() {
        let inputs = Inputs::whole(Arc::new(Column::from(vec![0_i64; 10])));
        let mut queue = Queue::new(10);
        let first = queue.take(4, &inputs).unwrap();
        queue.put_back(Chunk { first: 2, count: 2 });
        assert_eq!((first.count, queue.waiting()), (4, 8));
        assert_eq!(queue.take(1, &inputs), Some(Chunk { first: 2, count: 1 }));
        assert_eq!(queue.take(9, &inputs), Some(Chunk { first: 3, count: 1 }));
        assert_eq!(queue.take(9, &inputs), Some(Chunk { first: 4, count: 6 }));
        assert!(queue.take(9, &inputs).is_none() && queue.is_empty());
    }

    #[test]
    fn items_of_which_one_ended_its_host_go_out_one_at_a_time() {
        let inputs = Inputs::whole(Arc::new(Column::from(vec![0_i64; 10])));
        let mut queue = Queue::new(10);
        queue.give_one_by_one(Chunk { first: 3, count: 1 });
        queue.give_one_by_one(Chunk { first: 2, count: 3 });
        queue.give_one_by_one(Chunk { first: 3, count: 2 });
        let taken = std::iter::from_fn(|| queue.take(4, &inputs)).map(|chunk| chunk.count);
        assert_eq!(taken.collect::<Vec<_>>(), [2, 1, 1, 1, 4, 1]);
    }

    #[test]
    fn large_inputs_make_small_chunks() {
        let text = "x".repeat(5 << 20);
        let inputs: Column = std::iter::repeat_n(text.as_str(), 8).collect();
        let inputs = Inputs::whole(Arc::new(inputs));
        assert_eq!(Queue::new(8).take(8, &inputs).map(|chunk| chunk.count), Some(2));
    }
}
