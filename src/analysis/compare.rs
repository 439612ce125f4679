//! Which of two runs was faster, by how much, and whether that can be told at all.
//!
//! The figure is a ratio of times. Its interval is Student's, of the logarithms of the ratios of pairs: runs of both that
//! followed each other, so that what slows the machine down for a while meets both alike (Kalibera and Jones, "Rigorous
//! benchmarking in reasonable time", 2013, for intervals of ratios).

use std::fmt;

use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::pool::{RunLog, ns_to_s};

/// How sure the interval is.
const CONFIDENCE: f64 = 0.95;
/// A smaller difference is none that anybody would choose by, and a machine makes it by itself.
const LEAST_DIFFERENCE: f64 = 0.02;
/// Standard deviation of the logarithm of the time of one run, where it was run only once: what runs of the same job differ
/// by on a quiet machine, rounded up.
const OF_ONE_RUN: f64 = 0.025;
/// Two are as different as they are said to be with this many standard deviations of a normal distribution.
const NORMAL_95: f64 = 1.96;

/// What is said of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// The first is.
    Faster,
    Slower,
    /// No difference that can be told from chance, or matters.
    Same,
    /// Other programs used the cores meanwhile.
    TooBusy,
}

impl fmt::Display for Judgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Faster => "faster",
            Self::Slower => "slower",
            Self::Same => "same",
            Self::TooBusy => "too busy",
        })
    }
}

/// How two compare.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// The time of the second divided by that of the first: the first is so many times as fast.
    pub ratio: f64,
    /// The ends of its interval of 95 %.
    pub low: f64,
    pub high: f64,
    pub verdict: Judgement,
    /// So many runs of each, in turns; 1 where the interval comes from what single runs differ by.
    pub pairs: usize,
}

impl Comparison {
    /// Of the times of two, run in turns: each of the first with that of the second beside it; nothing where there is none, or
    /// one took no time. Times are in seconds.
    ///
    /// ```
    /// use poolscope::analysis::{Comparison, Judgement};
    ///
    /// let found = Comparison::of_pairs(&[1.00, 1.02, 0.99], &[1.93, 1.95, 1.94]).unwrap();
    /// assert_eq!(found.verdict, Judgement::Faster);
    /// assert!(found.low < 1.94 && 1.94 < found.high);
    /// ```
    pub fn of_pairs(first_s: &[f64], second_s: &[f64]) -> Option<Self> {
        let logs: Vec<f64> =
            first_s.iter().zip(second_s).map(|(first_s, second_s)| (second_s / first_s).ln()).collect();
        if logs.is_empty() || !logs.iter().all(|log| log.is_finite()) {
            return None;
        }
        let count = logs.len() as f64;
        let mean = logs.iter().sum::<f64>() / count;
        let reach = match logs.len() {
            1 => NORMAL_95 * OF_ONE_RUN * 2_f64.sqrt(),
            _ => {
                let variance = logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / (count - 1.0);
                let student = StudentsT::new(0.0, 1.0, count - 1.0).ok()?;
                student.inverse_cdf(0.5 + CONFIDENCE / 2.0) * (variance / count).sqrt()
            }
        };
        Some(Self::new(mean, reach, logs.len()))
    }

    fn new(mean: f64, reach: f64, pairs: usize) -> Self {
        let (ratio, low, high) = (mean.exp(), (mean - reach).exp(), (mean + reach).exp());
        let verdict = match (low > 1.0, high < 1.0) {
            _ if (ratio - 1.0).abs() < LEAST_DIFFERENCE => Judgement::Same,
            (true, _) => Judgement::Faster,
            (_, true) => Judgement::Slower,
            (false, false) => Judgement::Same,
        };
        Self { ratio, low, high, verdict, pairs }
    }

    /// Whether more pairs would hardly tell more: the interval reaches no further than 3 % from its middle.
    pub fn is_narrow(&self) -> bool {
        const NARROW: f64 = 0.03;
        const LEAST_PAIRS: usize = 3;
        self.pairs >= LEAST_PAIRS && (self.high / self.low).ln() / 2.0 <= NARROW
    }

    /// "5 pairs, in turns": what the interval rests on.
    pub fn basis(&self) -> String {
        match self.pairs {
            1 => "one run each".to_owned(),
            pairs => format!("{pairs} pairs, in turns"),
        }
    }
}

/// How two runs compare that were run once each.
pub fn compare_runs(first: &RunLog, second: &RunLog) -> Option<Comparison> {
    Comparison::of_pairs(&[ns_to_s(first.last_row_ns)], &[ns_to_s(second.last_row_ns)])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers from 0 to 1 that are the same each time.
    struct Numbers(u64);

    impl Numbers {
        fn next(&mut self) -> f64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 11) as f64 / (1_u64 << 53) as f64
        }

        /// About normal, by the sum of twelve.
        fn normal(&mut self) -> f64 {
            (0..12).map(|_| self.next()).sum::<f64>() - 6.0
        }

        /// Times of both, until the interval is narrow or there are 15 pairs.
        fn compare(&mut self, second: f64, deviation: f64) -> Comparison {
            let (mut first_s, mut second_s) = (Vec::new(), Vec::new());
            loop {
                first_s.push((deviation * self.normal()).exp());
                second_s.push(second * (deviation * self.normal()).exp());
                let found = Comparison::of_pairs(&first_s, &second_s).unwrap();
                if found.is_narrow() || found.pairs == 15 {
                    return found;
                }
            }
        }
    }

    #[test]
    fn the_same_is_seldom_called_different_and_ten_percent_are_found() {
        let mut numbers = Numbers(7);
        for deviation in [0.01, 0.02, 0.04] {
            let count = |numbers: &mut Numbers, second| {
                (0..1000).filter(|_| numbers.compare(second, deviation).verdict != Judgement::Same).count()
            };
            let (wrong, found) = (count(&mut numbers, 1.0), count(&mut numbers, 1.1));
            assert!(wrong <= 50, "{wrong} of 1000 at {deviation}");
            assert!(found >= 950, "{found} of 1000 at {deviation}");
        }
    }

    #[test]
    fn one_run_each_is_judged_by_what_runs_differ_by() {
        let verdict = |second_s| Comparison::of_pairs(&[1.0], &[second_s]).unwrap().verdict;
        assert_eq!(
            [verdict(1.05), verdict(1.1), verdict(0.9)],
            [Judgement::Same, Judgement::Faster, Judgement::Slower]
        );
        assert_eq!(Comparison::of_pairs(&[1.0], &[1.1]).unwrap().basis(), "one run each");
    }

    #[test]
    fn what_took_no_time_compares_with_nothing() {
        assert_eq!(Comparison::of_pairs(&[], &[]), None);
        assert_eq!(Comparison::of_pairs(&[0.0], &[1.0]), None);
        assert_eq!(Comparison::of_pairs(&[1.0], &[f64::NAN]), None);
    }

    #[test]
    fn the_interval_is_students() {
        let found = Comparison::of_pairs(&[1.0; 3], &[1.0_f64.exp(), 2.0_f64.exp(), 3.0_f64.exp()]).unwrap();
        // The mean of 1, 2 and 3 is 2, their standard error 1/sqrt(3), and Student's factor for two degrees 4.303.
        assert!((found.high.ln() - 2.0 - 4.3027 / 3_f64.sqrt()).abs() < 1e-3, "{found:?}");
    }
}
