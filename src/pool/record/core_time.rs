//! What a lane's thread did over time: on a core, ready without one, or neither.

use serde::{Deserialize, Serialize};

use super::journal::Journal;

/// Neighbouring stretches merge while the merged one stays shorter than this,
const MERGED_NS: u64 = 10_000_000;
/// or than this part of the run so far: a history grows with the logarithm of the time.
const MERGED_PART: u64 = 2_000;

/// So many of the last stretches may still change: the system tells later what happened in them.
pub const CHANGING_STRETCHES: u64 = 16;

/// A stretch of time of a lane's thread. What is neither on a core nor ready was blocked: waiting for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoreTime {
    pub from_ns: u64,
    pub upto_ns: u64,
    /// On a core.
    pub on_core_ns: u64,
    /// Ready to go on, while other threads had the cores.
    pub ready_ns: u64,
}

impl CoreTime {
    /// From its begin to its end.
    pub fn length_ns(&self) -> u64 {
        self.upto_ns.saturating_sub(self.from_ns)
    }

    fn free_ns(&self) -> u64 {
        self.length_ns().saturating_sub(self.on_core_ns + self.ready_ns)
    }
}

/// All stretches of a lane that were looked at, in order.
#[derive(Debug, Clone, Default)]
pub struct CoreTimes {
    pub stretches: Journal<CoreTime>,
}

impl CoreTimes {
    /// Adds what came after all others.
    ///
    /// The system counts late: time on a core at ticks, which are milliseconds apart, and time without one when it is over.
    /// What is more than the stretch is long belongs to those before.
    pub(super) fn add(&mut self, mut new: CoreTime) {
        self.move_back(&mut new);
        let Some(last) = self.stretches.last_mut().filter(|last| last.upto_ns <= new.from_ns) else {
            if self.stretches.is_empty() {
                self.stretches.push(new);
            }
            return;
        };
        if last.upto_ns == new.from_ns
            && new.upto_ns - last.from_ns <= MERGED_NS.max(new.upto_ns / MERGED_PART)
        {
            last.upto_ns = new.upto_ns;
            last.on_core_ns += new.on_core_ns;
            last.ready_ns += new.ready_ns;
            return;
        }
        self.stretches.push(new);
    }

    /// Moves what is more than the stretch is long to the stretches before, as far as nothing is known of their time.
    fn move_back(&mut self, new: &mut CoreTime) {
        let mut after_ns = new.from_ns;
        for place in (0..self.stretches.len()).rev().take(CHANGING_STRETCHES as usize - 1) {
            let over_ns = (new.on_core_ns + new.ready_ns).saturating_sub(new.length_ns());
            if over_ns == 0 {
                return;
            }
            let Some(before) = self.stretches.get_mut(place).filter(|before| before.upto_ns == after_ns)
            else {
                return;
            };
            let moved_ready_ns = over_ns.min(new.ready_ns).min(before.free_ns());
            before.ready_ns += moved_ready_ns;
            new.ready_ns -= moved_ready_ns;
            let moved_on_core_ns = (over_ns - moved_ready_ns).min(new.on_core_ns).min(before.free_ns());
            before.on_core_ns += moved_on_core_ns;
            new.on_core_ns -= moved_on_core_ns;
            after_ns = before.from_ns;
        }
    }

    /// What the thread did from `from_ns` to `upto_ns`, as far as it was looked at; nothing where it was not. Of a stretch that
    /// is only partly within, that part of each.
    pub fn sum(&self, from_ns: u64, upto_ns: u64) -> Option<CoreTime> {
        let mut sum: Option<CoreTime> = None;
        for stretch in self.between(from_ns, upto_ns) {
            let (begin_ns, end_ns) = (stretch.from_ns.max(from_ns), stretch.upto_ns.min(upto_ns));
            let share = end_ns.saturating_sub(begin_ns) as f64 / stretch.length_ns().max(1) as f64;
            let sum = sum.get_or_insert(CoreTime {
                from_ns: begin_ns,
                upto_ns: begin_ns,
                on_core_ns: 0,
                ready_ns: 0,
            });
            sum.upto_ns = end_ns;
            sum.on_core_ns += (stretch.on_core_ns as f64 * share) as u64;
            sum.ready_ns += (stretch.ready_ns as f64 * share) as u64;
        }
        sum
    }

    /// The stretches that touch the time from `from_ns` to `upto_ns`, in order.
    pub fn between(&self, from_ns: u64, upto_ns: u64) -> impl Iterator<Item = &CoreTime> {
        let first = self.stretches.partition_point(|stretch| stretch.upto_ns <= from_ns);
        self.stretches.iter_from(first).take_while(move |stretch| stretch.from_ns < upto_ns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretch(from_ms: u64, upto_ms: u64, on_core_ms: u64, ready_ms: u64) -> CoreTime {
        let [from_ns, upto_ns, on_core_ns, ready_ns] =
            [from_ms, upto_ms, on_core_ms, ready_ms].map(|ms| ms * 1_000_000);
        CoreTime { from_ns, upto_ns, on_core_ns, ready_ns }
    }

    #[test]
    fn what_was_counted_late_belongs_to_the_stretch_before() {
        let mut times = CoreTimes::default();
        times.add(stretch(0, 10, 2, 0));
        times.add(stretch(10, 20, 4, 12));
        let all: Vec<CoreTime> = times.stretches.iter().copied().collect();
        assert_eq!(all, [stretch(0, 10, 2, 6), stretch(10, 20, 4, 6)]);
        assert_eq!(times.between(10_000_000, 30_000_000).count(), 1);
        assert_eq!(times.sum(5_000_000, 20_000_000), Some(stretch(5, 20, 5, 9)));
        assert_eq!(times.sum(20_000_000, 30_000_000), None);
    }

    #[test]
    fn what_was_counted_at_ticks_fills_the_stretches_before() {
        // Ticks are 4 ms apart, looks 10: what is seen is behind by less than a tick, and catches up.
        let mut times = CoreTimes::default();
        for (nth, on_core_ms) in [8, 8, 12, 12].into_iter().enumerate() {
            let from_ms = 10 * nth as u64;
            times.add(stretch(from_ms, from_ms + 10, on_core_ms, 0));
        }
        assert!(times.stretches.iter().all(|stretch| stretch.on_core_ns == 10_000_000), "{times:?}");
        // 35 ms without a core are counted when one comes.
        let mut times = CoreTimes::default();
        for (nth, ready_ms) in [0, 0, 0, 0, 35].into_iter().enumerate() {
            let from_ms = 10 * nth as u64;
            times.add(stretch(from_ms, from_ms + 10, if nth == 0 { 5 } else { 0 }, ready_ms));
        }
        let ready: Vec<u64> = times.stretches.iter().map(|stretch| stretch.ready_ns / 1_000_000).collect();
        assert_eq!(ready, [0, 5, 10, 10, 10]);
    }

    #[test]
    fn a_long_history_stays_short_and_loses_no_time() {
        let mut times = CoreTimes::default();
        (0..1_000_000).for_each(|n| times.add(stretch(n * 10, n * 10 + 10, 3, 1)));
        assert!(times.stretches.len() < 20_000, "{}", times.stretches.len());
        let sum = times.stretches.iter().fold((0, 0, 0), |sum, stretch| {
            (sum.0 + stretch.length_ns(), sum.1 + stretch.on_core_ns, sum.2 + stretch.ready_ns)
        });
        assert_eq!(sum, (10_000_000_000_000, 3_000_000_000_000, 1_000_000_000_000));
    }
}
