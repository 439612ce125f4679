//! A bounded estimate of the median of durations, however many there are.
//!
//! Durations are counted in buckets whose bounds grow by a fixed factor, which bounds the relative error: the idea of
//! DDSketch (Masson, Rim and Lee, VLDB 2019).

/// Buckets to a doubling: an error of at most 5 %.
const PER_DOUBLING: f64 = 8.0;
/// Up to 2^64 ns.
const BUCKETS: usize = 64 * PER_DOUBLING as usize + 1;

/// Durations that were added, as counts by their size.
#[derive(Debug)]
pub(super) struct Median {
    counts: Vec<u64>,
    total: u64,
}

impl Median {
    pub(super) fn new() -> Self {
        Self { counts: vec![0; BUCKETS], total: 0 }
    }

    /// Counts `times` durations of this length.
    pub(super) fn add(&mut self, duration_ns: u64, times: u64) {
        let bucket = (duration_ns.max(1) as f64).log2() * PER_DOUBLING;
        self.counts[(bucket as usize).min(BUCKETS - 1)] += times;
        self.total += times;
    }

    /// How many were counted.
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// The middle of the bucket in which the median is; 0 where nothing was counted.
    pub(super) fn estimate_ns(&self) -> u64 {
        let mut before = 0;
        let bucket = self.counts.iter().position(|count| {
            before += count;
            before * 2 >= self.total && before > 0
        });
        bucket.map_or(0, |bucket| ((bucket as f64 + 0.5) / PER_DOUBLING).exp2() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_estimate_is_within_a_few_percent() {
        let mut median = Median::new();
        assert_eq!(median.estimate_ns(), 0);
        (1..=1001).for_each(|number| median.add(number * 1_000_000, 1));
        let estimate = median.estimate_ns() as f64;
        assert!((estimate / 501e6 - 1.0).abs() < 0.05, "{estimate}");
        median.add(u64::MAX, 10_000);
        assert!(median.estimate_ns() > 1 << 63 && median.total() == 11_001);
    }
}
