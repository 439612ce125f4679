//! How a lane times its items: which clocks it reads when, and what their readings come to.

use super::super::record::Timing;

/// Two clocks read at one moment: time since Start, and CPU time of the lane's thread.
#[derive(Debug, Clone, Copy)]
pub(super) struct Marks {
    pub(super) at_ns: u64,
    pub(super) cpu_ns: u64,
}

/// Which clocks are read around items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Clocking {
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

/// The time of the item that took longest but one: any item may look long once because its core was taken away from it.
/// Of a single item, its own.
pub(super) fn longest_but_one(timing: &Timing) -> Option<u64> {
    match timing {
        Timing::Each { duration_ns, .. } => second_longest(duration_ns.iter().copied()),
        Timing::Ends { ends_ns, .. } => second_longest(lengths(ends_ns)),
        Timing::Whole { duration_ns, .. } => Some(*duration_ns),
    }
}

fn second_longest(durations_ns: impl Iterator<Item = u64>) -> Option<u64> {
    let (mut first, mut second) = (None, None);
    for duration_ns in durations_ns {
        if Some(duration_ns) > first {
            second = first.replace(duration_ns);
        } else {
            second = second.max(Some(duration_ns));
        }
    }
    second.or(first)
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
    fn one_long_item_does_not_make_all_long() {
        let each = |duration_ns: &[u64]| {
            let duration_ns = duration_ns.to_vec();
            longest_but_one(&Timing::Each { start_ns: vec![], duration_ns, cpu_ns: vec![] })
        };
        assert_eq!(
            [each(&[]), each(&[7]), each(&[1, 9, 2]), each(&[9, 9])],
            [None, Some(7), Some(2), Some(9)]
        );
    }
}
