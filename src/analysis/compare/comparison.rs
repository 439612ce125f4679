//! What a comparison says, and how a verdict follows from an interval.

use super::interval::Interval;

/// An interval this narrow, to either side, is enough: no more rounds are needed.
pub const NARROW: f64 = 0.03;
/// What differs by less is no difference that anybody would act on; it also makes up for looking at the interval after every
/// round, which alone would call equal jobs different more often than in 5 of 100 comparisons.
const NEGLIGIBLE: f64 = 0.01;
/// Two jobs take the same time where a difference as large as this one is ruled out.
const MATTERS: f64 = 0.10;

/// What is known of A against B.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// A takes less time than B.
    Faster,
    /// A takes more time than B.
    Slower,
    /// They differ by less than a tenth, and no difference was seen.
    Same,
    /// No difference was seen, and one of a tenth or more is not ruled out.
    Unclear,
    /// Others used so much of the machine meanwhile that nothing can be said.
    TooBusy,
}

impl Judgement {
    /// The word for it in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Faster => "faster",
            Self::Slower => "slower",
            Self::Same => "same",
            Self::Unclear => "unclear",
            Self::TooBusy => "too busy",
        }
    }
}

/// What a comparison rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Each was run so many times, in turns; in `set_aside` of them others used too much of the machine.
    Rounds { used: usize, set_aside: usize },
    /// Each ran once: how much runs differ by themselves was not measured, but assumed.
    OnceEach,
}

/// A against B. All ratios are times of B over times of A: A is `ratio` times as fast as B.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    pub ratio: f64,
    /// The 95 % interval of the ratio.
    pub low: f64,
    pub high: f64,
    pub verdict: Judgement,
    pub basis: Basis,
    /// The usual time of A in seconds: the median of the rounds that count, or of the one run.
    pub a_s: f64,
    /// That of B.
    pub b_s: f64,
}

impl Comparison {
    /// Made of the interval of the logarithm of the ratio.
    pub(super) fn new(logs: Interval, (a_s, b_s): (f64, f64), basis: Basis, is_too_busy: bool) -> Self {
        Self {
            ratio: logs.middle.exp(),
            low: logs.low.exp(),
            high: logs.high.exp(),
            verdict: if is_too_busy { Judgement::TooBusy } else { verdict_of(logs) },
            basis,
            a_s,
            b_s,
        }
    }

    /// Whether more rounds would tell little more: the interval is within 3 % to either side of the ratio.
    pub fn is_narrow(&self) -> bool {
        (self.high / self.low).ln() <= 2.0 * NARROW.ln_1p()
    }
}

fn verdict_of(logs: Interval) -> Judgement {
    if logs.low > NEGLIGIBLE.ln_1p() {
        Judgement::Faster
    } else if logs.high < -NEGLIGIBLE.ln_1p() {
        Judgement::Slower
    } else if logs.low.abs().max(logs.high.abs()) < MATTERS.ln_1p() {
        Judgement::Same
    } else {
        Judgement::Unclear
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(low: f64, high: f64) -> Judgement {
        verdict_of(Interval { low: low.ln(), middle: (low * high).sqrt().ln(), high: high.ln() })
    }

    #[test]
    fn a_verdict_follows_from_the_whole_interval() {
        assert_eq!(verdict(1.85, 1.99), Judgement::Faster);
        assert_eq!(verdict(0.5, 0.9), Judgement::Slower);
        assert_eq!(verdict(0.95, 1.05), Judgement::Same);
        assert_eq!(verdict(1.005, 1.05), Judgement::Same);
        assert_eq!(verdict(0.8, 1.3), Judgement::Unclear);
        assert_eq!(verdict(1.005, 1.3), Judgement::Unclear);
    }
}
