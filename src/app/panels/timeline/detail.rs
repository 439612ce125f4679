//! Level of detail: what of a lane's segments is worth a block and what becomes a share of a column.
//!
//! A segment that is wide enough is a block. Narrower ones only add to the busy share of the pixel columns they lie
//! in. Both are kept between frames and only new segments are looked at, so that a frame costs what is new and not
//! what there is.

use crate::pool::{Lane, Segment};

use super::window::Scale;

/// The narrowest segment that is drawn as a block.
pub const BLOCK_PX: f64 = 2.0;

/// A segment drawn as a block.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Block {
    /// Its number among the lane's segments, which decides its shade.
    pub number: u64,
    pub segment: Segment,
}

/// What is drawn of one lane.
#[derive(Debug, Clone, Default)]
pub struct Detail {
    key: Option<Key>,
    /// The first segment not looked at yet.
    next: u64,
    blocks: Vec<Block>,
    columns: Vec<PixelColumn>,
}

/// What makes the kept detail worthless when it changes.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Key {
    from_ns: f64,
    ns_per_px: f64,
    columns: usize,
}

/// A pixel column of narrow segments.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PixelColumn {
    /// The part of its time within items, from 0 to 1.
    pub busy: f32,
    /// Whether an item failed in it.
    pub has_failed: bool,
}

impl Detail {
    /// Takes in the segments that are new since the last frame, at most `budget` of them, which it lowers by those
    /// looked at. Gives whether all of them are in.
    pub fn update(&mut self, lane: &Lane, scale: &Scale, budget: &mut usize) -> bool {
        self.restart_if_moved(lane, scale);
        // The last segment may still grow: it is drawn by `tail`.
        let settled = lane.segments.len().saturating_sub(1);
        let count = (settled.saturating_sub(self.next)).min(*budget as u64);
        let mut looked_at = 0;
        for segment in lane.segments.iter_from(self.next).take(count as usize) {
            if segment.start_ns as f64 > scale.to_ns {
                // Nothing later can be in view either.
                *budget -= looked_at;
                return true;
            }
            self.add(*segment, scale);
            looked_at += 1;
        }
        *budget -= looked_at;
        self.next >= settled
    }

    /// The last segment where it is in view, which is not among the others because it may still grow.
    pub fn tail(&self, lane: &Lane, scale: &Scale) -> Option<Block> {
        let segment = *lane.segments.last()?;
        let number = lane.segments.len() - 1;
        let is_in_view = segment.end_ns as f64 >= scale.from_ns && segment.start_ns as f64 <= scale.to_ns;
        is_in_view.then_some(Block { number, segment })
    }

    /// The segments wide enough to be blocks, in order.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The busy share of each pixel column from the left edge.
    pub fn columns(&self) -> &[PixelColumn] {
        &self.columns
    }

    fn restart_if_moved(&mut self, lane: &Lane, scale: &Scale) {
        let columns = scale.x.span().ceil().max(0.0) as usize;
        let key = Key { from_ns: scale.from_ns, ns_per_px: scale.ns_per_px(), columns };
        let is_other_run = self.next > lane.segments.len();
        if self.key == Some(key) && !is_other_run {
            return;
        }
        self.key = Some(key);
        self.blocks.clear();
        self.columns.clear();
        self.columns.resize(columns, PixelColumn::default());
        let from_ns = scale.from_ns.max(0.0) as u64;
        let first = lane.segments.partition_point(|segment| segment.end_ns < from_ns);
        self.next = first.min(lane.segments.len());
    }

    fn add(&mut self, segment: Segment, scale: &Scale) {
        let number = self.next;
        self.next += 1;
        if (segment.end_ns - segment.start_ns) as f64 >= BLOCK_PX * scale.ns_per_px() {
            self.blocks.push(Block { number, segment });
        } else {
            self.add_to_columns(&segment, scale);
        }
    }

    /// Spreads a narrow segment over the one, two or three columns it touches, by overlap.
    fn add_to_columns(&mut self, segment: &Segment, scale: &Scale) {
        let px_ns = scale.ns_per_px();
        let start = (segment.start_ns as f64 - scale.from_ns) / px_ns;
        let end = (segment.end_ns as f64 - scale.from_ns) / px_ns;
        let length = (end - start).max(f64::MIN_POSITIVE);
        let busy = segment.busy_ns as f64 / px_ns;
        for place in start.max(0.0) as usize..=end.max(0.0) as usize {
            let Some(column) = self.columns.get_mut(place) else { return };
            let overlap = (end.min(place as f64 + 1.0) - start.max(place as f64)).max(0.0);
            column.busy += (busy * overlap / length) as f32;
            column.has_failed |= segment.failed > 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use egui::Rangef;

    use super::*;

    const WHOLE: usize = usize::MAX;

    fn scale(to_ns: f64) -> Scale {
        Scale { from_ns: 0.0, to_ns, x: Rangef::new(0.0, 100.0) }
    }

    fn lane(count: u64, every_ns: u64, length_ns: u64) -> Lane {
        let mut lane = Lane::default();
        for number in 0..count {
            let start_ns = number * every_ns;
            lane.add(Segment {
                start_ns,
                end_ns: start_ns + length_ns,
                busy_ns: length_ns,
                first: number,
                last: number,
                items: 1,
                failed: u64::from(number == 3),
            });
        }
        lane
    }

    #[test]
    fn wide_segments_are_blocks_and_the_last_one_is_the_tail() {
        let lane = lane(10, 10_000_000, 8_000_000);
        let mut detail = Detail::default();
        assert!(detail.update(&lane, &scale(100e6), &mut { WHOLE }));
        assert_eq!(detail.blocks().len(), 9);
        assert_eq!(detail.tail(&lane, &scale(100e6)).unwrap().number, 9);
        assert!(detail.columns().iter().all(|column| column.busy == 0.0));
    }

    #[test]
    fn narrow_segments_become_their_busy_share() {
        // 10,000 segments over 100 columns: 100 a column, each busy for half of its time.
        let lane = lane(10_000, 2_000_000, 1_000_000);
        let mut detail = Detail::default();
        detail.update(&lane, &scale(20e9), &mut { WHOLE });
        assert!(detail.blocks().is_empty());
        for column in &detail.columns()[..99] {
            assert!((column.busy - 0.5).abs() < 0.02, "{}", column.busy);
        }
        assert_eq!(detail.columns().iter().position(|column| column.has_failed), Some(0));
    }

    #[test]
    fn new_segments_are_added_to_what_is_kept() {
        let mut detail = Detail::default();
        detail.update(&lane(500, 10_000_000, 100_000), &scale(10e9), &mut { WHOLE });
        let longer = lane(1000, 10_000_000, 100_000);
        detail.update(&longer, &scale(10e9), &mut { WHOLE });
        let mut afresh = Detail::default();
        afresh.update(&longer, &scale(10e9), &mut { WHOLE });
        assert_eq!(detail.columns(), afresh.columns());
    }

    #[test]
    fn the_budget_is_kept_and_the_rest_follows() {
        let lane = lane(1000, 10_000_000, 100_000);
        let mut detail = Detail::default();
        let mut budget = 400;
        assert!(!detail.update(&lane, &scale(10e9), &mut budget));
        assert_eq!(budget, 0);
        assert!(!detail.update(&lane, &scale(10e9), &mut 400));
        assert!(detail.update(&lane, &scale(10e9), &mut 400));
    }

    #[test]
    fn what_comes_after_an_empty_view_is_seen() {
        let view = Scale { from_ns: 10e9, to_ns: 20e9, x: Rangef::new(0.0, 100.0) };
        let mut detail = Detail::default();
        detail.update(&lane(300, 10_000_000, 100_000), &view, &mut { WHOLE });
        detail.update(&lane(1200, 10_000_000, 100_000), &view, &mut { WHOLE });
        assert!(detail.columns()[10].busy > 0.0);
    }

    #[test]
    fn only_what_is_in_view_is_looked_at() {
        let lane = lane(100_000, 10_000_000, 100_000);
        let near = Scale { from_ns: 500e9, to_ns: 501e9, x: Rangef::new(0.0, 100.0) };
        let mut budget = 1000;
        assert!(Detail::default().update(&lane, &near, &mut budget));
        assert!(budget > 850, "{budget}");
    }
}
