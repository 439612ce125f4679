//! The parts of one worker's time, counted along its history.

use super::parts::{Part, Parts};
use crate::pool::{CHANGING_STRETCHES, CoreTime, Lane, Segment};

/// A lock that is held for this share of a time is the limit in it.
const LOCK_IS_FULL: f64 = 0.9;

/// How far the history of one worker is counted, and what was found.
#[derive(Debug, Clone, Default)]
pub(super) struct LaneTally {
    /// Time outside items.
    pauses: Parts,
    /// Time within items.
    busy_ns: u64,
    seen: SeenTimes,
    /// What follows is not counted yet: time since Start, and places in the histories.
    at_ns: u64,
    next_segment: u64,
    next_stretch: u64,
}

/// What looks at the thread showed of the time within items.
#[derive(Debug, Clone, Copy, Default)]
struct SeenTimes {
    busy_ns: u64,
    on_core_ns: u64,
    ready_ns: u64,
    lock_ns: u64,
    /// Outside items.
    ready_between_ns: u64,
}

impl LaneTally {
    /// Counts what is final: the last segment and the last stretches may still change.
    pub(super) fn follow(&mut self, lane: &Lane, sharing: &[Lane]) {
        self.count_segments(lane, lane.segments.len().saturating_sub(1), (0, u64::MAX));
        let final_stretches = lane.core_times.stretches.len().saturating_sub(CHANGING_STRETCHES);
        self.count_stretches(lane, sharing, final_stretches, self.at_ns);
    }

    /// Counts the rest up to the end of a time since Start, which begins when the worker joined the pool.
    pub(super) fn finish(mut self, lane: &Lane, sharing: &[Lane], (from_ns, upto_ns): (u64, u64)) -> Parts {
        self.count_segments(lane, lane.segments.len(), (from_ns, upto_ns));
        self.count_stretches(lane, sharing, lane.core_times.stretches.len(), u64::MAX);
        self.at_ns = self.at_ns.max(from_ns);
        self.add_pause(lane, upto_ns, Part::Idle);
        let mut parts = self.pauses;
        // Between two items a worker may have been ready to go on, and without a core for it.
        let ready_ns = self.seen.ready_between_ns.min(parts[Part::Engine]);
        parts[Part::Engine] -= ready_ns;
        parts[Part::Ready] += ready_ns;
        self.add_items(&mut parts, lane);
        parts
    }

    fn count_segments(&mut self, lane: &Lane, until: u64, (from_ns, upto_ns): (u64, u64)) {
        self.at_ns = self.at_ns.max(from_ns);
        let new = until.saturating_sub(self.next_segment.max(lane.segments.forgotten()));
        for segment in lane.segments.iter_from(self.next_segment).take(new as usize) {
            let start_ns = segment.start_ns.min(upto_ns).max(self.at_ns);
            self.add_pause(lane, start_ns, Part::Engine);
            let length_ns = segment.end_ns.min(upto_ns).saturating_sub(start_ns);
            let in_items_ns = segment.busy_ns.min(length_ns);
            self.busy_ns += in_items_ns;
            self.pauses[Part::Engine] += length_ns - in_items_ns;
            self.at_ns = start_ns + length_ns;
        }
        self.next_segment = self.next_segment.max(until);
    }

    /// Adds the time up to `upto_ns`, in which the worker was in no item; `rest` is what it was at where nothing says
    /// otherwise.
    fn add_pause(&mut self, lane: &Lane, upto_ns: u64, rest: Part) {
        let from_ns = self.at_ns;
        let mut left_ns = upto_ns.saturating_sub(from_ns);
        if left_ns == 0 {
            return;
        }
        self.at_ns = upto_ns;
        let pauses = &mut self.pauses;
        let mut add = |part: Part, begin_ns: u64, end_ns: u64| {
            let overlap_ns = end_ns.min(upto_ns).saturating_sub(begin_ns.max(from_ns)).min(left_ns);
            pauses[part] += overlap_ns;
            left_ns -= overlap_ns;
        };
        // The one before the life of that time may end within it, and so may one that it relieves.
        let first = lane.lives.partition_point(|life| life.launched_ns <= from_ns).saturating_sub(2);
        let mut ended_ns =
            first.checked_sub(1).and_then(|before| lane.lives.get(before)?.ended_ns).unwrap_or(0);
        for life in lane.lives.iter_from(first) {
            if ended_ns.min(life.launched_ns) >= upto_ns {
                break;
            }
            let over_ns = life.ended_ns.unwrap_or(u64::MAX);
            let ready_ns = life.ready_ns.unwrap_or(over_ns).max(life.launched_ns);
            let loading_ns =
                life.readiness.loading_since_ns.unwrap_or(ready_ns).clamp(life.launched_ns, ready_ns);
            // Before a process is launched, its worker waits for that.
            add(Part::Starting, ended_ns, loading_ns);
            add(Part::SettingUp, loading_ns, ready_ns);
            ended_ns = over_ns;
        }
        let first = lane.idles.partition_point(|idle| idle.upto_ns <= from_ns);
        for idle in lane.idles.iter_from(first).take_while(|idle| idle.from_ns < upto_ns) {
            add(Part::Idle, idle.from_ns, idle.upto_ns);
        }
        self.pauses[rest] += left_ns;
    }

    /// Counts the stretches that are over by `until_ns`.
    fn count_stretches(&mut self, lane: &Lane, sharing: &[Lane], until: u64, until_ns: u64) {
        let stretches = &lane.core_times.stretches;
        self.next_stretch = self.next_stretch.max(stretches.forgotten());
        let new = until.saturating_sub(self.next_stretch);
        for stretch in stretches.iter_from(self.next_stretch).take(new as usize) {
            if stretch.upto_ns > until_ns {
                return;
            }
            self.seen.add(lane, sharing, stretch);
            self.next_stretch += 1;
        }
    }

    /// Adds the time within items.
    fn add_items(&self, parts: &mut Parts, lane: &Lane) {
        let Self { busy_ns, seen, .. } = *self;
        let measured_ns = (lane.cpu_s * 1e9) as u64;
        let unmeasured_ns = lane.cut_off_ns.min(seen.on_core_ns.saturating_sub(measured_ns));
        let on_core_ns = (measured_ns + unmeasured_ns).min(busy_ns);
        // Not all time was looked at: items may have begun before the first look.
        let of_all = |seen_ns: u64| match seen.busy_ns {
            0 => 0,
            looked_ns => (seen_ns as f64 * (busy_ns as f64 / looked_ns as f64)) as u64,
        };
        let ready_ns = of_all(seen.ready_ns).min(busy_ns - on_core_ns);
        let rest_ns = busy_ns - on_core_ns - ready_ns;
        let lock_ns = of_all(seen.lock_ns).min(rest_ns);
        parts[Part::OnCore] += on_core_ns;
        parts[Part::Ready] += ready_ns;
        parts[Part::Lock] += lock_ns;
        parts[Part::Blocked] += rest_ns - lock_ns;
    }
}

impl SeenTimes {
    fn add(&mut self, lane: &Lane, sharing: &[Lane], stretch: &CoreTime) {
        let busy_ns = busy_within(lane, stretch).min(stretch.length_ns());
        if busy_ns == 0 {
            self.ready_between_ns += stretch.ready_ns.min(stretch.length_ns());
            return;
        }
        let share = busy_ns as f64 / stretch.length_ns() as f64;
        let on_core_ns = stretch.on_core_ns.min(busy_ns);
        let ready_ns = ((stretch.ready_ns as f64 * share) as u64).min(busy_ns - on_core_ns);
        self.busy_ns += busy_ns;
        self.on_core_ns += on_core_ns;
        self.ready_ns += ready_ns;
        self.ready_between_ns += (stretch.ready_ns - ready_ns).min(stretch.length_ns() - busy_ns);
        if !sharing.is_empty() && lock_use(sharing, stretch) >= LOCK_IS_FULL {
            self.lock_ns += busy_ns - on_core_ns - ready_ns;
        }
    }
}

/// Time within items of a stretch.
fn busy_within(lane: &Lane, stretch: &CoreTime) -> u64 {
    let overlap = |segment: &Segment| {
        let length_ns = segment.end_ns.saturating_sub(segment.start_ns).max(1);
        let common_ns =
            segment.end_ns.min(stretch.upto_ns).saturating_sub(segment.start_ns.max(stretch.from_ns));
        (common_ns as f64 * (segment.busy_ns as f64 / length_ns as f64)) as u64
    };
    lane.segments_between(stretch.from_ns, stretch.upto_ns).map(overlap).sum()
}

/// The share of a stretch in which one of the lanes held the lock: it was on a core, or ready without one.
fn lock_use(lanes: &[Lane], stretch: &CoreTime) -> f64 {
    let held_ns = |lane: &Lane| {
        let times = lane.core_times.sum(stretch.from_ns, stretch.upto_ns);
        times.map_or(0, |times| times.on_core_ns + times.ready_ns)
    };
    lanes.iter().map(held_ns).sum::<u64>() as f64 / stretch.length_ns().max(1) as f64
}
