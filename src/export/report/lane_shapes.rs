//! The bars of one worker as shapes of SVG: few paths however many items there were, since what is narrower than a few
//! points is put together.

use std::fmt::Write;

use crate::pool::{CoreTimes, Lane, Segment};

/// Narrower bars are put together into columns, in units.
const BAR_UNITS: f64 = 3.0;
/// A bar shows what its worker did from this width on,
const PARTS_PX: f64 = 12.0;
/// in parts that are at least so wide.
const PART_PX: f64 = 8.0;
/// Between neighbouring bars.
const AIR_PX: f64 = 1.2;
/// How strong a column can be.
pub(super) const LEVELS: usize = 8;

/// Where times stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    pub(super) left: f64,
    pub(super) width: f64,
    pub(super) upto_ns: u64,
    /// What is drawn is no finer than this: with many lanes it is coarser.
    pub(super) unit: f64,
}

impl Scale {
    pub(super) fn x(&self, at_ns: u64) -> f64 {
        self.left + self.width * (at_ns.min(self.upto_ns) as f64 / self.upto_ns.max(1) as f64)
    }

    fn ns(&self, x: f64) -> u64 {
        ((x - self.left) / self.width * self.upto_ns as f64).max(0.0) as u64
    }
}

/// The place of a lane from top to bottom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows {
    pub(super) top: f64,
    pub(super) height: f64,
}

/// Rectangles as paths, by what they show.
#[derive(Debug, Default)]
pub(super) struct LaneShapes {
    /// Bars of which nothing more is known than that items ran.
    pub(super) plain: String,
    /// What parts stand on: what is left of it was waiting.
    pub(super) ground: String,
    pub(super) on_core: String,
    pub(super) ready: String,
    pub(super) failed: String,
    pub(super) starting: String,
    /// Columns of many narrow bars, by how much of the time was within items.
    pub(super) columns: [String; LEVELS],
}

impl LaneShapes {
    pub(super) fn of(lane: &Lane, scale: &Scale, rows: Rows) -> Self {
        let mut shapes = Self::default();
        let columns = (scale.width / scale.unit).ceil() as usize + 1;
        let (mut busy, mut failed) = (vec![0.0_f64; columns], vec![false; columns]);
        for segment in lane.segments.iter() {
            let (from, upto) = (scale.x(segment.start_ns), scale.x(segment.end_ns));
            if upto - from >= BAR_UNITS * scale.unit {
                shapes.add_bar(segment, &lane.core_times, scale, rows);
            } else {
                add_to_columns(segment, scale, &mut busy, &mut failed);
            }
        }
        shapes.add_columns(&busy, &failed, scale, rows);
        shapes.add_launches(lane, scale, rows);
        shapes
    }

    fn add_bar(&mut self, segment: &Segment, times: &CoreTimes, scale: &Scale, rows: Rows) {
        let (from, upto) = (scale.x(segment.start_ns), scale.x(segment.end_ns));
        let upto = (upto - AIR_PX).max(from + 0.8);
        if segment.failed == segment.items {
            return rectangle(&mut self.failed, (from, upto), rows);
        }
        if upto - from < PARTS_PX || !self.add_parts((from, upto), times, scale, rows) {
            rectangle(&mut self.plain, (from, upto), rows);
        }
        if segment.failed > 0 {
            rectangle(&mut self.failed, (from, upto), foot(rows));
        }
    }

    /// What the worker did within a bar; says whether anything of that is known. Threads are looked at first some time after
    /// they begin, and last before they end.
    fn add_parts(&mut self, (from, upto): (f64, f64), times: &CoreTimes, scale: &Scale, rows: Rows) -> bool {
        let count = ((upto - from) / (PART_PX * scale.unit)).floor().max(1.0);
        let width = (upto - from) / count;
        let part = |nth: f64| (from + width * nth, from + width * (nth + 1.0));
        let mut shares = Vec::new();
        for (begin, end) in (0..count as usize).map(|nth| part(nth as f64)) {
            let Some(sum) = times.sum(scale.ns(begin), scale.ns(end)) else { continue };
            let length_ns = sum.length_ns().max(1) as f64;
            let on_core = (sum.on_core_ns as f64 / length_ns).min(1.0);
            let ready = (sum.ready_ns as f64 / length_ns).min(1.0 - on_core);
            shares.push((begin, on_core, ready));
        }
        if shares.is_empty() {
            return false;
        }
        rectangle(&mut self.ground, (from, upto), rows);
        for (begin, on_core, ready) in shares {
            let on_core_end = begin + width * on_core;
            rectangle(&mut self.on_core, (begin, on_core_end), rows);
            rectangle(&mut self.ready, (on_core_end, on_core_end + width * ready), rows);
        }
        true
    }

    /// Equal neighbours become one rectangle.
    fn add_columns(&mut self, busy: &[f64], failed: &[bool], scale: &Scale, rows: Rows) {
        let level = |share: f64| (share.clamp(0.0, 1.0) * LEVELS as f64).ceil() as usize;
        let x = |place: usize| (scale.left + place as f64 * scale.unit).min(scale.left + scale.width);
        let mut place = 0;
        for equal in busy.chunk_by(|one, other| level(*one) == level(*other)) {
            let span = (x(place), x(place + equal.len()));
            if let Some(nth) = level(equal[0]).checked_sub(1) {
                rectangle(&mut self.columns[nth], span, rows);
            }
            place += equal.len();
        }
        for place in failed.iter().enumerate().filter(|(_, failed)| **failed).map(|(place, _)| place) {
            rectangle(&mut self.failed, (x(place), x(place + 1)), foot(rows));
        }
    }

    /// From launch to ready, or as far as it got.
    fn add_launches(&mut self, lane: &Lane, scale: &Scale, rows: Rows) {
        let inset = rows.height * 0.2;
        let rows = Rows { top: rows.top + inset, height: rows.height - 2.0 * inset };
        let mut drawn_upto = f64::MIN;
        for life in lane.lives.iter() {
            let over_ns = life.ready_ns.or(life.ended_ns).unwrap_or(scale.upto_ns);
            let (from, upto) = (scale.x(life.launched_ns).max(drawn_upto), scale.x(over_ns));
            if upto - from >= 0.3 * scale.unit {
                rectangle(&mut self.starting, (from, (upto - AIR_PX).max(from + 0.5)), rows);
                drawn_upto = upto;
            }
        }
    }
}

/// The strip that tells of failed items among others.
fn foot(rows: Rows) -> Rows {
    let height = (rows.height / 3.0).max(2.0);
    Rows { top: rows.top + rows.height - height, height }
}

fn add_to_columns(segment: &Segment, scale: &Scale, busy: &mut [f64], failed: &mut [bool]) {
    let (from, upto) = (scale.x(segment.start_ns) - scale.left, scale.x(segment.end_ns) - scale.left);
    let length_ns = (segment.end_ns - segment.start_ns).max(1) as f64;
    let within = (segment.busy_ns as f64 / length_ns).min(1.0);
    let (first, last) = ((from / scale.unit) as usize, (upto / scale.unit) as usize);
    for column in first..=last.min(busy.len() - 1) {
        let begin = column as f64 * scale.unit;
        let common = (upto.min(begin + scale.unit) - from.max(begin)).max(0.0);
        busy[column] += common / scale.unit * within;
        failed[column] |= segment.failed > 0;
    }
}

fn rectangle(path: &mut String, (from, upto): (f64, f64), rows: Rows) {
    let width = upto - from;
    if width < 0.05 {
        return;
    }
    // Writing to a String cannot fail.
    let _ = write!(path, "M{from:.1} {:.1}h{width:.1}v{:.1}h-{width:.1}z", rows.top, rows.height);
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    fn scale() -> Scale {
        Scale { left: 100.0, width: 1000.0, upto_ns: 1000 * MS, unit: 1.0 }
    }

    fn segment(start_ms: u64, end_ms: u64, failed: u64) -> Segment {
        let (start_ns, end_ns) = (start_ms * MS, end_ms * MS);
        Segment { start_ns, end_ns, busy_ns: end_ns - start_ns, first: 0, last: 1, items: 2, failed }
    }

    #[test]
    fn wide_bars_stand_alone_and_narrow_ones_become_columns() {
        let mut lane = Lane::default();
        lane.segments.push(segment(100, 200, 0));
        (0..100).for_each(|n| lane.segments.push(segment(300 + n, 301 + n, 0)));
        lane.segments.push(segment(500, 600, 2));
        let shapes = LaneShapes::of(&lane, &scale(), Rows { top: 10.0, height: 20.0 });
        assert_eq!(shapes.plain, "M200.0 10.0h98.8v20.0h-98.8z");
        assert_eq!(shapes.failed, "M600.0 10.0h98.8v20.0h-98.8z");
        assert_eq!(shapes.columns[LEVELS - 1], "M400.0 10.0h100.0v20.0h-100.0z");
    }

    #[test]
    fn a_wide_bar_shows_shares_of_its_time() {
        let mut lane = Lane::default();
        lane.segments.push(segment(0, 100, 0));
        let core_time =
            crate::pool::CoreTime { from_ns: 0, upto_ns: 100 * MS, on_core_ns: 50 * MS, ready_ns: 25 * MS };
        lane.core_times.stretches.push(core_time);
        let shapes = LaneShapes::of(&lane, &scale(), Rows { top: 0.0, height: 20.0 });
        let width = |path: &str| -> f64 {
            path.split('h')
                .skip(1)
                .step_by(2)
                .map(|rest| rest.split('v').next().unwrap().parse::<f64>().unwrap())
                .sum()
        };
        assert_eq!(shapes.plain, "");
        assert!((width(&shapes.ground) - 98.8).abs() < 0.2, "{shapes:?}");
        assert!((width(&shapes.on_core) - 49.4).abs() < 1.0, "{shapes:?}");
        assert!((width(&shapes.ready) - 24.7).abs() < 1.0, "{shapes:?}");
    }

    #[test]
    fn a_bar_whose_begin_was_not_looked_at_is_not_full() {
        let mut lane = Lane::default();
        lane.segments.push(segment(0, 300, 0));
        let (from_ns, upto_ns) = (100 * MS, 300 * MS);
        lane.core_times.stretches.push(crate::pool::CoreTime {
            from_ns,
            upto_ns,
            on_core_ns: 0,
            ready_ns: 0,
        });
        let shapes = LaneShapes::of(&lane, &scale(), Rows { top: 0.0, height: 20.0 });
        assert_eq!((shapes.plain.as_str(), shapes.on_core.as_str()), ("", ""));
        assert!(!shapes.ground.is_empty());
    }

    #[test]
    fn a_long_history_takes_few_bytes() {
        let mut lane = Lane::default();
        let scale = Scale { upto_ns: 10_000_000 * MS, ..scale() };
        (0..1_000_000).for_each(|n| lane.segments.push(segment(n * 10, n * 10 + n % 10, n % 2)));
        let shapes = LaneShapes::of(&lane, &scale, Rows { top: 0.0, height: 20.0 });
        let size = shapes.columns.iter().map(String::len).sum::<usize>() + shapes.failed.len();
        assert!(size > 0 && size < 60_000, "{size}");
    }
}
