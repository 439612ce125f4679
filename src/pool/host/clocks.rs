//! How a lane times its items: which clocks it reads when, and what their readings come to.

use super::super::record::Timing;

/// Two clocks read at one moment: time since Start, and CPU time of the lane's thread.
#[derive(Debug, Clone, Copy)]
pub(super) struct ClockReading {
    pub(super) at_ns: u64,
    pub(super) cpu_ns: u64,
}

/// Which clocks are read around items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum TimingMode {
    /// Both, after each item.
    #[default]
    Each,
    /// The time after each item, CPU time now and then.
    Ends,
    /// Both now and then: items share one span, because each is too short for its own.
    Together,
}

/// Spans that follow each other, as compactly as their length allows.
pub(super) fn spans_from(start_ns: u64, ended_ns: &[u64], cpu_ns: u64) -> Timing {
    let ends_ns = ended_ns.iter().map(|end_ns| u32::try_from(end_ns.saturating_sub(start_ns)).ok());
    if let Some(ends_ns) = ends_ns.collect() {
        return Timing::Ends { start_ns, ends_ns, cpu_ns };
    }
    let starts = std::iter::once(&start_ns).chain(ended_ns);
    Timing::Each {
        start_ns: starts.clone().take(ended_ns.len()).copied().collect(),
        duration_ns: starts
            .zip(ended_ns)
            .map(|(start_ns, end_ns)| end_ns.saturating_sub(*start_ns))
            .collect(),
        cpu_ns: vec![cpu_ns / ended_ns.len().max(1) as u64; ended_ns.len()],
    }
}

fn lengths(ends_ns: &[u32]) -> impl Iterator<Item = u64> {
    let starts = std::iter::once(&0).chain(ends_ns);
    starts.zip(ends_ns).map(|(start, end)| u64::from(end.saturating_sub(*start)))
}

/// Below this, reading two clocks for every item would be a good part of its time. Python's clocks take longer: `lane.py` has
/// twice as much.
pub(super) const WORTH_TIMING_NS: u64 = 5_000;
/// Long items are worth it where they take at least one part in so many of all time, and are at least one in so many items.
const WORTH_TIMING_TIME_DIVISOR: u64 = 10;
const WORTH_TIMING_COUNT_DIVISOR: u64 = 200;

/// Whether items like these are worth two clocks each: long ones, of which there are enough to matter. The longest of
/// several does not count: any item may look long because its core was taken away from it, and some of many will look
/// a little long because the system had to be served.
pub(super) fn is_worth_timing(timing: &Timing, count: u64) -> bool {
    match timing {
        Timing::Each { duration_ns, .. } => has_long_ones(duration_ns.iter().copied()),
        Timing::Ends { ends_ns, .. } => has_long_ones(lengths(ends_ns)),
        Timing::Whole { duration_ns, .. } => *duration_ns >= WORTH_TIMING_NS * count,
    }
}

fn has_long_ones(durations_ns: impl Iterator<Item = u64>) -> bool {
    let (mut count, mut longs, mut longest_ns, mut all_ns, mut long_ns) = (0, 0, 0, 0, 0);
    for duration_ns in durations_ns {
        count += 1;
        longest_ns = longest_ns.max(duration_ns);
        all_ns += duration_ns;
        if duration_ns >= WORTH_TIMING_NS {
            longs += 1;
            long_ns += duration_ns;
        }
    }
    if count == 1 {
        return longest_ns >= WORTH_TIMING_NS;
    }
    let other_long_ns = long_ns.saturating_sub(longest_ns);
    longs > 1
        && longs * WORTH_TIMING_COUNT_DIVISOR >= count
        && other_long_ns * WORTH_TIMING_TIME_DIVISOR >= all_ns - longest_ns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_longer_than_their_compact_form_are_kept_whole() {
        let long_ns = u64::from(u32::MAX) + 10;
        assert_eq!(spans_from(5, &[7, 9], 4), Timing::Ends { start_ns: 5, ends_ns: vec![2, 4], cpu_ns: 4 });
        let each =
            Timing::Each { start_ns: vec![5, 7], duration_ns: vec![2, long_ns - 7], cpu_ns: vec![2, 2] };
        assert_eq!(spans_from(5, &[7, long_ns], 4), each);
    }

    #[test]
    fn long_items_count_where_there_are_enough_of_them() {
        const LONG: u64 = WORTH_TIMING_NS;
        let each = |duration_ns: &[u64]| {
            let duration_ns = duration_ns.to_vec();
            is_worth_timing(&Timing::Each { start_ns: vec![], duration_ns, cpu_ns: vec![] }, 0)
        };
        let with_long = |long: usize| [vec![10; 10_000], vec![LONG * 2; long]].concat();
        assert!(!each(&[]) && !each(&[10]) && each(&[LONG]));
        assert!(!each(&[10, LONG * 100, 10]) && each(&[LONG, LONG]));
        // Two interruptions are nothing beside 10,000 items, nor are some that last; a hundred long items are.
        assert!(!each(&with_long(2)) && each(&with_long(100)));
        assert!(!each(&[vec![10; 10_000], vec![LONG * 1000; 5]].concat()));
    }
}
