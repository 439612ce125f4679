//! How many items go out together.

use super::super::settings::ChunkRule;

/// What `auto` aims at: long enough that a chunk's own cost is lost in it, short enough to stay steerable.
const TARGET_NS: f64 = 10_000_000.0;
/// Near the end chunks shrink so that no lane idles, but not below what a chunk itself costs many times over.
const FLOOR_NS: f64 = 200_000.0;
/// A chunk grows at most this much over the last one: the first items are often the slow ones.
const GROWTH: u64 = 8;
/// `auto` stops here: a chunk of numbers then stays in the cores' caches on its way.
const MAX_AUTO_ITEMS: u64 = 1 << 15;
/// Chunks that are shorter than this travel together: a message costs as much as many short items.
const TOGETHER_NS: f64 = 1_000_000.0;
/// For so long are first items kept for workers that are still starting.
const FIRST_ITEMS_NS: u64 = 250_000_000;

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
    /// The first moments of a run of automatic chunks: see `keeps_items`.
    keeps_first_items: bool,
}

impl Sizing {
    pub(super) fn new(rule: ChunkRule, total: u64, lanes: usize) -> Self {
        let keeps_first_items = rule == ChunkRule::Auto;
        Self { rule, total, lanes: lanes as u64, last: 0, item_ns: None, joins: true, keeps_first_items }
    }

    /// Whether items are kept for lanes whose process is still starting: one each, so that a short run shows all its
    /// workers at work. Not for long: a start that hangs must not hold up the rest.
    pub(super) fn keeps_items(&self) -> bool {
        self.keeps_first_items
    }

    /// Keeps no items once the first moments are over; says whether that is so from now on.
    pub(super) fn stop_keeping_items(&mut self, now_ns: u64) -> bool {
        let stops = self.keeps_first_items && now_ns >= FIRST_ITEMS_NS;
        self.keeps_first_items &= !stops;
        stops
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
    use super::*;

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
}
