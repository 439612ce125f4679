//! What the cores did while a run went on, as it is kept with that: figures whose times count from the start of the run.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::series::KeptPoint;
use super::{CoreShares, MonitorSnapshot, ProcessSample, Series};

/// More cores than this no machine has.
const MOST_CORES: usize = 4096;
/// A mean of shares of 1 may come out a little above it.
const MOST_OF_A_CORE: f32 = 1.5;
/// No figure is sampled more often, or less.
const INTERVALS_NS: RangeInclusive<u64> = 1_000_000..=3_600_000_000_000;

/// The figures of the machine from the start of a run to its end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MachineHistory {
    interval_ns: u64,
    usable_cores: usize,
    memory_total_bytes: u64,
    /// For each core of the machine.
    cores: Vec<Vec<KeptPoint>>,
    /// Of the pool, of this program and of all others.
    shares: [Vec<KeptPoint>; 3],
}

impl MachineHistory {
    /// What was seen from `start` to `end`, and one figure before and behind; nothing where there is none.
    pub fn of(seen: &MonitorSnapshot, start: Instant, end: Instant) -> Option<Self> {
        let during = start.checked_sub(seen.interval).unwrap_or(start)..=end + seen.interval;
        let kept = |series: &Series| series.kept(start, during.clone());
        let CoreShares { pool, own, others } = &seen.shares;
        let history = Self {
            interval_ns: seen.interval.as_nanos() as u64,
            usable_cores: seen.usable_cores,
            memory_total_bytes: seen.memory_total_bytes,
            cores: seen.cores.iter().map(kept).collect(),
            shares: [pool, own, others].map(kept),
        };
        let is_empty = history.shares.iter().all(Vec::is_empty);
        (!is_empty).then_some(history)
    }

    /// Whether it can be one that was seen: a file may hold anything. Times are within `times_ns`.
    pub fn is_sound(&self, times_ns: RangeInclusive<i64>) -> bool {
        // What a process has started counts when that is over, so that a share may come to more than the cores there are.
        let cores = self.cores.iter().map(|points| (points, MOST_OF_A_CORE));
        let all = cores.chain(self.shares.iter().map(|points| (points, f32::MAX)));
        self.cores.len() <= MOST_CORES
            && self.usable_cores > 0
            && INTERVALS_NS.contains(&self.interval_ns)
            && all.into_iter().all(|(points, most)| KeptPoint::are_sound(points, &times_ns, most))
    }

    /// The figures again, of a run that starts at `start`. What no series tells is 0.
    pub fn seen(&self, start: Instant) -> MonitorSnapshot {
        let interval = Duration::from_nanos(self.interval_ns);
        let series = |points: &Vec<KeptPoint>| Series::of_kept(points, start, interval);
        let [pool, own, others] = self.shares.each_ref().map(series);
        MonitorSnapshot {
            cores: self.cores.iter().map(series).collect(),
            own: ProcessSample::default(),
            hosts: BTreeMap::new(),
            shares: CoreShares { pool, own, others },
            memory_total_bytes: self.memory_total_bytes,
            memory_used_bytes: 0,
            interval,
            usable_cores: self.usable_cores,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: Duration = Duration::from_millis(200);
    const TIMES_NS: RangeInclusive<i64> = -1_000_000_000..=100_000_000_000;

    /// Two cores over 20 samples of which the run has the sixth to the fifteenth.
    fn figures(start: Instant) -> MonitorSnapshot {
        let mut shares = CoreShares::new(INTERVAL);
        let mut cores = vec![Series::new(INTERVAL); 2];
        for n in 0..20_u32 {
            let at = start + INTERVAL * n - INTERVAL * 5;
            let share = n as f32 / 20.0;
            cores.iter_mut().for_each(|core| core.push(at, share));
            shares.push(at, 2.0 * share, share, 0.25);
        }
        MonitorSnapshot {
            cores,
            own: ProcessSample::default(),
            hosts: BTreeMap::new(),
            shares,
            memory_total_bytes: 8 << 30,
            memory_used_bytes: 1 << 30,
            interval: INTERVAL,
            usable_cores: 2,
        }
    }

    fn points(series: &Series, start: Instant) -> Vec<(i64, f32)> {
        series
            .kept(start, start - INTERVAL * 99..=start + INTERVAL * 99)
            .iter()
            .map(KeptPoint::mean)
            .collect()
    }

    #[test]
    fn a_run_keeps_what_the_cores_did_meanwhile() {
        let start = Instant::now();
        let seen = figures(start);
        let history = MachineHistory::of(&seen, start, start + INTERVAL * 9).unwrap();
        assert!(history.is_sound(TIMES_NS));
        let mut sudden = seen.clone();
        sudden.shares.push(start + INTERVAL * 16, 900.0, 900.0, 0.0);
        let sudden = MachineHistory::of(&sudden, start, start + INTERVAL * 20).unwrap();
        assert!(sudden.is_sound(TIMES_NS), "an hour of a command that was over at once");
        let later = start + Duration::from_secs(5);
        let again = history.seen(later);
        assert_eq!((again.usable_cores, again.memory_total_bytes, again.interval), (2, 8 << 30, INTERVAL));
        let of_core = points(&again.cores[1], later);
        assert_eq!(of_core.len(), 12, "ten, one before and one behind: {of_core:?}");
        assert_eq!(of_core, points(&seen.cores[1], start)[4..16]);
        assert_eq!(points(&again.shares.own, later), points(&seen.shares.own, start)[4..16]);
    }

    #[test]
    fn what_cannot_have_been_seen_is_told_apart() {
        let start = Instant::now();
        let history = MachineHistory::of(&figures(start), start, start + INTERVAL * 9).unwrap();
        let changed = |change: fn(&mut MachineHistory)| {
            let mut odd = history.clone();
            change(&mut odd);
            odd.is_sound(TIMES_NS)
        };
        assert!(changed(|_| ()));
        assert!(!changed(|odd| odd.cores[0].reverse()));
        assert!(!changed(|odd| odd.usable_cores = 0));
        assert!(!changed(|odd| odd.interval_ns = u64::MAX));
        let mut too_busy = figures(start);
        too_busy.cores[0].push(start + INTERVAL * 16, 2.0);
        let too_busy = MachineHistory::of(&too_busy, start, start + INTERVAL * 20).unwrap();
        assert!(!too_busy.is_sound(TIMES_NS), "a core that is busy twice");
        assert!(!history.is_sound(0..=1_000));
    }

    #[test]
    fn a_run_during_which_nothing_was_seen_has_no_history() {
        let start = Instant::now();
        let seen = figures(start);
        let long_after = start + Duration::from_secs(60);
        assert_eq!(MachineHistory::of(&seen, long_after, long_after + INTERVAL), None);
    }
}
