//! 95 % intervals of the middle of a few figures.
//!
//! From six figures on it is the interval that belongs to Wilcoxon's signed ranks, around the estimate of Hodges and Lehmann
//! (Hollander, Wolfe & Chicken, "Nonparametric Statistical Methods", 3rd ed., sections 3.2 and 3.3): it needs no normal
//! distribution, only one that is as wide to the left as to the right, and one round in which something else happened moves
//! it little. Fewer figures have no such interval of 95 %; Student's t does for them.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// Fewer figures than this give no interval of 95 % by ranks: one of 2^5 orders of signs is 3 % already.
const RANKED_FROM: usize = 6;
const BELOW: f64 = 0.025;

/// A middle, and the limits between which it is with a chance of 95 %.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Interval {
    pub(super) low: f64,
    pub(super) middle: f64,
    pub(super) high: f64,
}

impl Interval {
    /// As wide to either side.
    pub(super) fn around(middle: f64, half: f64) -> Self {
        Self { low: middle - half, middle, high: middle + half }
    }

    /// That of the middle of two or more figures; nothing for fewer.
    pub(super) fn of(figures: &[f64]) -> Option<Self> {
        if figures.len() < RANKED_FROM { by_student(figures) } else { Some(by_ranks(figures)) }
    }
}

fn by_student(figures: &[f64]) -> Option<Interval> {
    let (mean, error) = mean_and_error(figures)?;
    Some(Interval::around(mean, student(figures.len() - 1) * error))
}

/// The quantile of Student's t at 97.5 % for so many degrees of freedom, at least 1.
pub(super) fn student(freedom: usize) -> f64 {
    // Without such a distribution nothing is known of the middle.
    StudentsT::new(0.0, 1.0, freedom as f64).map_or(f64::INFINITY, |student| student.inverse_cdf(1.0 - BELOW))
}

/// The mean and its standard error; nothing for fewer than two figures.
pub(super) fn mean_and_error(figures: &[f64]) -> Option<(f64, f64)> {
    let count = figures.len() as f64;
    if figures.len() < 2 {
        return None;
    }
    let mean = figures.iter().sum::<f64>() / count;
    let variance = figures.iter().map(|figure| (figure - mean).powi(2)).sum::<f64>() / (count - 1.0);
    Some((mean, (variance / count).sqrt()))
}

fn by_ranks(figures: &[f64]) -> Interval {
    let mut means = Vec::with_capacity(figures.len() * (figures.len() + 1) / 2);
    for (place, first) in figures.iter().enumerate() {
        means.extend(figures[place..].iter().map(|second| (first + second) / 2.0));
    }
    means.sort_by(f64::total_cmp);
    let outside = ranks_outside(figures.len());
    Interval { low: means[outside], middle: median(&means), high: means[means.len() - 1 - outside] }
}

/// How many of the sorted means are outside the interval at either end: as many as the largest sum of ranks that is not
/// exceeded with a chance of at most 2.5 %.
fn ranks_outside(count: usize) -> usize {
    let mut below = 0.0;
    for (sum, chance) in chances_of_rank_sums(count).into_iter().enumerate() {
        below += chance;
        if below > BELOW {
            return sum.saturating_sub(1);
        }
    }
    0
}

/// The chance of each sum of the ranks `1..=count` where each is in it or not, with equal chances.
fn chances_of_rank_sums(count: usize) -> Vec<f64> {
    let mut chances = vec![0.0; count * (count + 1) / 2 + 1];
    chances[0] = 1.0;
    for rank in 1..=count {
        for sum in (0..chances.len()).rev() {
            let with_it = if sum >= rank { chances[sum - rank] } else { 0.0 };
            chances[sum] = (chances[sum] + with_it) / 2.0;
        }
    }
    chances
}

/// The middle of sorted figures; 0 of none.
pub(super) fn median(sorted: &[f64]) -> f64 {
    match sorted.len() {
        0 => 0.0,
        count if count % 2 == 1 => sorted[count / 2],
        count => f64::midpoint(sorted[count / 2 - 1], sorted[count / 2]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_those_of_the_published_table() {
        // Critical values of Wilcoxon's test at 5 %, two-sided: any table of it.
        let outside = [6, 7, 8, 9, 10, 12, 15, 20, 25].map(ranks_outside);
        assert_eq!(outside, [0, 2, 3, 5, 8, 13, 25, 52, 89]);
    }

    #[test]
    fn one_odd_figure_moves_an_interval_by_ranks_little() {
        let mut figures: Vec<f64> = (0..10).map(|n| 0.5 + f64::from(n) * 0.002).collect();
        let before = Interval::of(&figures).unwrap();
        figures[9] = 40.0;
        let after = Interval::of(&figures).unwrap();
        assert!((after.middle - before.middle).abs() < 0.002, "{before:?} {after:?}");
        assert!(after.high < 21.0 && (after.low - before.low).abs() < 0.002, "{before:?} {after:?}");
    }

    #[test]
    fn few_figures_have_the_interval_of_student() {
        let found = Interval::of(&[1.0, 2.0, 3.0]).unwrap();
        let half = 4.303 / 3_f64.sqrt();
        assert!((found.low - (2.0 - half)).abs() < 1e-3 && (found.high - (2.0 + half)).abs() < 1e-3);
        assert_eq!(Interval::of(&[1.0]), None);
        // Any table of the distribution.
        assert!((student(1) - 12.706).abs() < 1e-3 && (student(400) - 1.966).abs() < 1e-3);
    }
}
