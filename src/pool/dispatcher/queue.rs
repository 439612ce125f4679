//! Which items still wait for a worker, and how many of them go out together.

use std::collections::{BTreeMap, VecDeque};

use super::super::record::{Inputs, Rows};
use super::super::settings::ChunkRule;

/// What `auto` aims at: long enough that a chunk's own cost is lost in it, short enough to stay steerable.
const TARGET_NS: f64 = 10_000_000.0;
/// Near the end chunks shrink so that no lane idles, but not below what a chunk itself costs many times over.
const FLOOR_NS: f64 = 200_000.0;
/// A chunk grows at most this much over the last one: the first items are often the slow ones.
const GROWTH: u64 = 8;
/// No chunk holds more, so that what is in flight stays bounded.
const MAX_ITEMS: u64 = 1 << 20;
/// `auto` stops here: a chunk of numbers then stays in the cores' caches on its way.
const MAX_AUTO_ITEMS: u64 = 1 << 15;
/// Chunks that are shorter than this travel together: a message costs as much as many short items.
const TOGETHER_NS: f64 = 1_000_000.0;
const MAX_BYTES: usize = 16 << 20;

/// Neighbouring items that go to a worker together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk {
    pub first: u64,
    pub count: u64,
}

/// The items that wait: those never given out, and those that came back.
#[derive(Debug)]
pub(super) struct Queue {
    next: u64,
    total: u64,
    /// They go first: they have waited longest.
    returned: VecDeque<Chunk>,
    returned_items: u64,
    /// By the first of them: items of which one has ended its host after it was over, up to which. They go out one at a
    /// time, so that the next time it is known which one.
    one_by_one: BTreeMap<u64, u64>,
}

impl Queue {
    pub(super) fn new(total: u64) -> Self {
        Self { next: 0, total, returned: VecDeque::new(), returned_items: 0, one_by_one: BTreeMap::new() }
    }

    /// Only the items whose rows are pending.
    pub(super) fn pending(rows: &Rows, total: u64) -> Self {
        let mut returned: VecDeque<Chunk> = VecDeque::new();
        for index in (0..total).filter(|index| !rows.is_final(*index)) {
            match returned.back_mut() {
                Some(chunk) if chunk.first + chunk.count == index => chunk.count += 1,
                _ => returned.push_back(Chunk { first: index, count: 1 }),
            }
        }
        let returned_items = returned.iter().map(|chunk| chunk.count).sum();
        Self { returned, returned_items, ..Self { next: total, ..Self::new(total) } }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.returned.is_empty() && self.next == self.total
    }

    pub(super) fn waiting(&self) -> u64 {
        self.total - self.next + self.returned_items
    }

    /// More items wait: there are so many now.
    pub(super) fn grow(&mut self, total: u64) {
        self.total = total;
    }

    /// Has these items go out one at a time whenever they do.
    pub(super) fn give_one_by_one(&mut self, chunk: Chunk) {
        let end = chunk.first + chunk.count;
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
            let rest = Chunk { first: taken.first + taken.count, count: waiting.count - taken.count };
            self.returned.push_front(rest);
        }
        Some(taken)
    }

    /// Takes a chunk back that no worker has begun. It goes together with the one before it that follows it.
    pub(super) fn put_back(&mut self, chunk: Chunk) {
        self.returned_items += chunk.count;
        match self.returned.front_mut() {
            Some(front) if front.first == chunk.first + chunk.count => {
                *front = Chunk { first: chunk.first, count: front.count + chunk.count };
            }
            _ if chunk.count > 0 => self.returned.push_front(chunk),
            _ => {}
        }
    }

    /// All that waits.
    #[cfg(test)]
    pub(super) fn chunks(&self) -> impl Iterator<Item = Chunk> {
        let fresh = Chunk { first: self.next, count: self.total - self.next };
        self.returned.iter().copied().chain([fresh])
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

/// Decides the number of items in a chunk.
#[derive(Debug)]
pub(super) struct Sizing {
    rule: ChunkRule,
    total: u64,
    lanes: u64,
    last: u64,
    /// A moving mean, weighted toward what was measured last.
    item_ns: Option<f64>,
    /// Short chunks of a size that was asked for travel together.
    joins: bool,
}

impl Sizing {
    pub(super) fn new(rule: ChunkRule, total: u64, lanes: usize) -> Self {
        Self { rule, total, lanes: lanes as u64, last: 0, item_ns: None, joins: true }
    }

    /// A host has died: chunks of a size that was asked for go out one by one from now on, so that another death costs no
    /// more than one of them.
    pub(super) fn stop_joining(&mut self) {
        self.joins = false;
    }

    /// The pool has another number of lanes.
    pub(super) fn set_lanes(&mut self, lanes: usize) {
        self.lanes = lanes as u64;
    }

    /// Learns from finished items.
    pub(super) fn measured(&mut self, items: u64, busy_ns: u64) {
        if items > 0 {
            let new = busy_ns as f64 / items as f64;
            self.item_ns = Some(self.item_ns.map_or(new, |mean| mean * 0.7 + new * 0.3).max(0.1));
        }
    }

    /// The items of a chunk, as a person sees it.
    pub(super) fn chunk_items(&self) -> u64 {
        match self.rule {
            ChunkRule::Fixed(items) => u64::from(items),
            ChunkRule::Even | ChunkRule::Auto => self.last,
        }
    }

    /// The items that go out together next, while `waiting` items wait: a chunk, or several that are short.
    pub(super) fn next(&mut self, waiting: u64) -> u64 {
        self.last = match self.rule {
            ChunkRule::Fixed(items) => u64::from(items) * self.chunks_together(u64::from(items), waiting),
            // CPython, Lib/multiprocessing/pool.py, `_map_async`: divmod(len, workers * 4), rounded up.
            ChunkRule::Even => self.total.div_ceil(self.lanes * 4).max(1),
            ChunkRule::Auto => self.auto(waiting),
        };
        self.last
    }

    fn chunks_together(&self, items: u64, waiting: u64) -> u64 {
        let Some(item_ns) = self.item_ns.filter(|_| self.joins) else { return 1 };
        let chunks = (TOGETHER_NS / (item_ns * items as f64)) as u64;
        chunks.min(waiting / (self.lanes * 2 * items)).clamp(1, (MAX_AUTO_ITEMS / items).max(1))
    }

    /// Guided self-scheduling (Polychronopoulos and Kuck 1987) under a ceiling in time.
    fn auto(&self, waiting: u64) -> u64 {
        let Some(item_ns) = self.item_ns else { return 1 };
        let share = (waiting / (self.lanes * 2)).max((FLOOR_NS / item_ns) as u64);
        let target = ((TARGET_NS / item_ns) as u64).min(share);
        target.clamp(1, (self.last.max(1) * GROWTH).min(MAX_AUTO_ITEMS))
    }

    /// The expected time of a chunk of the last size; nothing before anything was measured.
    pub(super) fn chunk_ns(&self) -> Option<f64> {
        Some(self.item_ns? * self.last.max(1) as f64)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::value::Column;

    fn auto() -> Sizing {
        Sizing::new(ChunkRule::Auto, 1_000_000, 4)
    }

    #[test]
    fn short_chunks_travel_together_until_a_host_dies() {
        let mut sizing = Sizing::new(ChunkRule::Fixed(2), 1_000_000, 4);
        assert_eq!(sizing.next(1_000_000), 2);
        sizing.measured(1000, 1_000_000);
        assert_eq!(sizing.next(1_000_000), 1000);
        sizing.stop_joining();
        assert_eq!(sizing.next(1_000_000), 2);
    }

    #[test]
    fn auto_begins_with_one_and_grows_toward_ten_milliseconds() {
        let mut sizing = auto();
        assert_eq!(sizing.next(1_000_000), 1);
        let mut sizes = Vec::new();
        for _ in 0..6 {
            sizing.measured(1000, 10_000_000);
            sizes.push(sizing.next(1_000_000));
        }
        assert_eq!(sizes, [8, 64, 512, 1000, 1000, 1000]);
    }

    #[test]
    fn auto_leaves_no_lane_idle_at_the_end() {
        let mut sizing = auto();
        sizing.last = 1000;
        sizing.measured(1, 1_000_000);
        assert_eq!([80, 8, 3, 1].map(|waiting| sizing.next(waiting)), [10, 1, 1, 1]);
    }

    #[test]
    fn long_items_go_alone() {
        let mut sizing = auto();
        sizing.measured(1, 5_000_000_000);
        assert_eq!(sizing.next(1_000_000), 1);
    }

    #[test]
    fn short_chunks_travel_together() {
        let mut sizing = Sizing::new(ChunkRule::Fixed(10), 1_000_000, 2);
        assert_eq!(sizing.next(1_000_000), 10);
        sizing.measured(10, 10_000);
        assert_eq!([1_000_000, 400, 39, 5].map(|waiting| sizing.next(waiting)), [1000, 100, 10, 10]);
        assert_eq!(sizing.chunk_items(), 10);
        sizing.measured(1, 10_000_000_000);
        assert_eq!(sizing.next(1_000_000), 10);
    }

    #[test]
    fn even_is_cpythons_rule() {
        assert_eq!(Sizing::new(ChunkRule::Even, 5, 4).next(5), 1);
        assert_eq!(Sizing::new(ChunkRule::Even, 100, 4).next(100), 7);
    }

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
