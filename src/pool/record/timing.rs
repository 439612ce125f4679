//! When the items of a batch ran, as their lane measured it.

/// Spans of the items of a batch.
#[derive(Debug, Clone, PartialEq)]
pub enum Timing {
    /// One span an item: start, duration, CPU time in nanoseconds.
    Each { start_ns: Vec<u64>, duration_ns: Vec<u64>, cpu_ns: Vec<u64> },
    /// One span an item, each beginning where the one before ended: the ends count from `start_ns`. CPU time is known
    /// of all together, because reading it takes longer than such an item.
    Ends { start_ns: u64, ends_ns: Vec<u32>, cpu_ns: u64 },
    /// One span for all, where items are shorter than the clock is worth.
    Whole { start_ns: u64, duration_ns: u64, cpu_ns: u64 },
}

/// One item's share of a [`Timing`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ItemSpan {
    pub(super) start_ns: u64,
    pub(super) duration_s: f32,
    pub(super) cpu_s: f32,
}

impl Timing {
    /// The spans of the items `places` of a batch of `count`.
    pub(super) fn spans(
        &self,
        places: std::ops::Range<usize>,
        count: usize,
    ) -> impl Iterator<Item = ItemSpan> {
        let span_of = self.span_of(count);
        places.map(span_of)
    }

    fn span_of(&self, count: usize) -> impl Fn(usize) -> ItemSpan {
        let whole_s = self.cpu_share_s(count);
        move |place| match self {
            Self::Each { start_ns, duration_ns, cpu_ns } => ItemSpan {
                start_ns: start_ns[place],
                duration_s: seconds(duration_ns[place]),
                cpu_s: seconds(cpu_ns[place]),
            },
            Self::Ends { start_ns, ends_ns, .. } => {
                let begin_ns = place.checked_sub(1).map_or(0, |before| ends_ns[before]);
                let duration_s = seconds(u64::from(ends_ns[place].saturating_sub(begin_ns)));
                ItemSpan { start_ns: start_ns + u64::from(begin_ns), duration_s, cpu_s: whole_s }
            }
            Self::Whole { start_ns, duration_ns, .. } => {
                let share_ns = *duration_ns as f64 / count as f64;
                let start_ns = start_ns + (share_ns * place as f64) as u64;
                ItemSpan { start_ns, duration_s: (share_ns / 1e9) as f32, cpu_s: whole_s }
            }
        }
    }

    fn cpu_share_s(&self, count: usize) -> f32 {
        match self {
            Self::Each { .. } => 0.0,
            Self::Ends { cpu_ns, .. } | Self::Whole { cpu_ns, .. } => {
                (*cpu_ns as f64 / count as f64 / 1e9) as f32
            }
        }
    }

    /// Start and end of the batch and the time within items, in nanoseconds.
    pub fn extent(&self) -> (u64, u64, u64) {
        match self {
            Self::Each { start_ns, duration_ns, .. } => (
                start_ns.first().copied().unwrap_or_default(),
                start_ns.last().copied().unwrap_or_default()
                    + duration_ns.last().copied().unwrap_or_default(),
                duration_ns.iter().sum(),
            ),
            Self::Ends { start_ns, ends_ns, .. } => {
                let duration_ns = u64::from(ends_ns.last().copied().unwrap_or_default());
                (*start_ns, start_ns + duration_ns, duration_ns)
            }
            Self::Whole { start_ns, duration_ns, .. } => (*start_ns, start_ns + duration_ns, *duration_ns),
        }
    }

    /// CPU time of all items, in nanoseconds.
    pub fn cpu_ns(&self) -> u64 {
        match self {
            Self::Each { cpu_ns, .. } => cpu_ns.iter().sum(),
            Self::Ends { cpu_ns, .. } | Self::Whole { cpu_ns, .. } => *cpu_ns,
        }
    }
}

fn seconds(ns: u64) -> f32 {
    (ns as f64 / 1e9) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_spans_that_follow_each_other() {
        let timing = Timing::Ends { start_ns: 1_000, ends_ns: vec![10, 30, 60], cpu_ns: 30 };
        let spans: Vec<ItemSpan> = timing.spans(1..3, 3).collect();
        assert_eq!(spans.iter().map(|span| span.start_ns).collect::<Vec<_>>(), [1_010, 1_030]);
        assert_eq!(spans.iter().map(|span| span.duration_s).collect::<Vec<_>>(), [2e-8, 3e-8]);
        assert_eq!((timing.extent(), timing.cpu_ns()), ((1_000, 1_060, 60), 30));
    }

    #[test]
    fn a_whole_span_is_shared_out_evenly() {
        let timing = Timing::Whole { start_ns: 100, duration_ns: 40, cpu_ns: 4 };
        assert_eq!(timing.spans(0..4, 4).map(|span| span.start_ns).collect::<Vec<_>>(), [100, 110, 120, 130]);
    }
}
