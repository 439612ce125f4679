//! A [`Series`]: one figure over time, bounded in memory, with its gaps.
//!
//! It knows nothing of what is measured, and no clock: times come with the samples.
//!
//! The newest samples are kept as they came. Older ones are moved, a batch at a time, into a history that is shared
//! between clones; when the history is full, neighbours merge, so that the resolution halves and the whole time since
//! the first sample stays. A merged point keeps the smallest, the largest and the mean of its samples, so that a peak
//! never disappears.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// The most points in the history.
const HISTORY_POINTS: usize = 2048;

/// The most samples that are kept as they came; at five a second that is the last 50 to 100 seconds.
const RECENT_POINTS: usize = 512;

/// How many go to the history together, so that the history that clones share changes seldom.
const BATCH_POINTS: usize = RECENT_POINTS / 2;

/// No point of a series that was kept stands for more samples: at five a second that is two days.
const MOST_SAMPLES: u32 = 1 << 20;

/// Samples further apart than this many intervals have a gap between them: one may be late, two may not be missing.
const GAP_INTERVALS: f64 = 2.5;

/// One or more neighbouring samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// When it was sampled; for several samples the mean of their times.
    pub at: Instant,
    pub mean: f32,
    pub min: f32,
    pub max: f32,
    /// How many samples it stands for.
    pub samples: u32,
    /// Whether nothing is known between the point before and this one.
    follows_gap: bool,
}

impl Point {
    fn sample(at: Instant, value: f32, follows_gap: bool) -> Self {
        Self { at, mean: value, min: value, max: value, samples: 1, follows_gap }
    }

    /// Takes up a later point; mean and time are weighted by the samples of both.
    fn absorb(&mut self, later: &Self) {
        let Self { at, mean, min, max, samples, follows_gap: _ } = *later;
        let share = f64::from(samples) / f64::from(self.samples + samples);
        self.at += at.saturating_duration_since(self.at).mul_f64(share);
        self.mean += (mean - self.mean) * share as f32;
        self.min = self.min.min(min);
        self.max = self.max.max(max);
        self.samples += samples;
    }
}

/// A point whose time counts from the start of a run: how it is kept with that.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct KeptPoint {
    at_ns: i64,
    mean: f32,
    min: f32,
    max: f32,
    samples: u32,
    follows_gap: bool,
}

impl KeptPoint {
    fn of(point: &Point, start: Instant) -> Self {
        let Point { at, mean, min, max, samples, follows_gap } = *point;
        let since_ns = at.saturating_duration_since(start).as_nanos() as i64;
        let before_ns = start.saturating_duration_since(at).as_nanos() as i64;
        Self { at_ns: since_ns - before_ns, mean, min, max, samples, follows_gap }
    }

    fn point(self, start: Instant) -> Point {
        let Self { at_ns, mean, min, max, samples, follows_gap } = self;
        let distance = Duration::from_nanos(at_ns.unsigned_abs());
        let at = if at_ns < 0 { start.checked_sub(distance) } else { start.checked_add(distance) };
        Point { at: at.unwrap_or(start), mean, min, max, samples, follows_gap }
    }

    /// Whether a series can have such points: of values from 0 to `most`, in order, at these times.
    pub(super) fn are_sound(points: &[Self], times_ns: &RangeInclusive<i64>, most: f32) -> bool {
        let is_one = |point: &Self| {
            let Self { at_ns, mean, min, max, samples, .. } = *point;
            let are_values = [min, mean, max].iter().all(|value| (0.0..=most).contains(value));
            are_values && (1..=MOST_SAMPLES).contains(&samples) && times_ns.contains(&at_ns)
        };
        points.len() <= HISTORY_POINTS + RECENT_POINTS
            && points.iter().all(is_one)
            && points.is_sorted_by(|one, next| one.at_ns < next.at_ns)
    }

    #[cfg(test)]
    pub(super) fn mean(&self) -> (i64, f32) {
        (self.at_ns, self.mean)
    }
}

/// Neighbouring points without a gap between them, in order of time: the older ones and behind them the newer ones.
///
/// In two slices because they lie in two places; either may be empty, never both.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GaplessRun<'a> {
    older: &'a [Point],
    newer: &'a [Point],
}

impl<'a> GaplessRun<'a> {
    /// All points in order of time.
    pub fn points(self) -> impl DoubleEndedIterator<Item = &'a Point> + Clone {
        self.older.iter().chain(self.newer)
    }

    /// The number of points.
    pub fn len(self) -> usize {
        self.older.len() + self.newer.len()
    }

    /// Whether there is no point, which does not happen to a run of a series.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// One figure over time. A clone shares the history and copies at most the newest 512 samples (20 KB).
#[derive(Debug, Clone)]
pub struct Series {
    /// Beyond this distance in time two samples have a gap between them.
    gap: Duration,
    /// How many samples a point of the history may stand for; doubles each time the history is full.
    step: u32,
    history: Arc<Vec<Point>>,
    recent: Vec<Point>,
}

impl Series {
    /// An empty series of a figure that is sampled each `interval`.
    pub fn new(interval: Duration) -> Self {
        Self { gap: interval.mul_f64(GAP_INTERVALS), step: 1, history: Arc::default(), recent: Vec::new() }
    }

    /// Appends a sample. One that is not later than the last is left out: time on an axis only grows.
    pub fn push(&mut self, at: Instant, value: f32) {
        let since_last = self.last().map(|last| at.saturating_duration_since(last.at));
        if since_last == Some(Duration::ZERO) {
            return;
        }
        if self.recent.len() == RECENT_POINTS {
            self.retire_oldest();
        }
        self.recent.push(Point::sample(
            at,
            value,
            since_last.is_some_and(|since_last| since_last > self.gap),
        ));
    }

    /// The newest sample.
    pub fn last(&self) -> Option<&Point> {
        // The recent samples are never all moved to the history.
        self.recent.last()
    }

    /// All points in order of time.
    pub fn points(&self) -> impl DoubleEndedIterator<Item = &Point> + Clone {
        self.history.iter().chain(&self.recent)
    }

    /// The mean of the newest samples, back to those at `from`, and how many they are; nothing where there is none.
    pub fn mean_from(&self, from: Instant) -> Option<(f32, u32)> {
        let newest = self.points().rev().take_while(|point| point.at >= from);
        let (sum, samples) = newest.fold((0.0, 0), |(sum, samples), point| {
            (sum + f64::from(point.mean) * f64::from(point.samples), samples + point.samples)
        });
        (samples > 0).then(|| ((sum / f64::from(samples)) as f32, samples))
    }

    /// Its points at these times.
    pub(super) fn kept(&self, start: Instant, times: RangeInclusive<Instant>) -> Vec<KeptPoint> {
        let within = self.points().filter(|point| times.contains(&point.at));
        within.map(|point| KeptPoint::of(point, start)).collect()
    }

    /// The series of these points, which are sound.
    pub(super) fn of_kept(points: &[KeptPoint], start: Instant, interval: Duration) -> Self {
        let mut history: Vec<Point> = points.iter().map(|kept| kept.point(start)).collect();
        let recent = history.split_off(history.len().saturating_sub(BATCH_POINTS));
        let step = history.iter().map(|point| point.samples).max().unwrap_or(1);
        Self { history: Arc::new(history), recent, step, ..Self::new(interval) }
    }

    /// The number of points, which is bounded however many samples there were.
    pub fn len(&self) -> usize {
        self.history.len() + self.recent.len()
    }

    /// Whether there is no sample yet.
    pub fn is_empty(&self) -> bool {
        self.recent.is_empty()
    }

    /// The stretches between the gaps, in order of time: what a drawing joins by a line. Takes an allocation.
    pub fn runs(&self) -> Vec<GaplessRun<'_>> {
        let mut runs: Vec<GaplessRun<'_>> =
            between_gaps(&self.history).map(|older| GaplessRun { older, newer: &[] }).collect();
        for newer in between_gaps(&self.recent) {
            match runs.last_mut() {
                // Only the first stretch can continue one of the history: each later one begins with a gap.
                Some(run) if !newer[0].follows_gap => run.newer = newer,
                _ => runs.push(GaplessRun { older: &[], newer }),
            }
        }
        runs
    }

    fn retire_oldest(&mut self) {
        let history = Arc::make_mut(&mut self.history);
        self.recent.drain(..BATCH_POINTS).for_each(|point| append(history, point, self.step, false));
        // The first pass keeps all gaps. Where they are so many that it is not enough, the next ones join them too:
        // a bounded memory goes before the gaps of a series that is full of them.
        let mut joins_gaps = false;
        while history.len() > HISTORY_POINTS - BATCH_POINTS {
            self.step = self.step.saturating_mul(2);
            *history = merged(history, self.step, joins_gaps);
            joins_gaps = true;
        }
    }
}

/// Slices that begin at the gaps.
fn between_gaps(points: &[Point]) -> impl Iterator<Item = &[Point]> {
    points.chunk_by(|_, next| !next.follows_gap)
}

fn merged(points: &[Point], step: u32, joins_gaps: bool) -> Vec<Point> {
    let mut merged = Vec::with_capacity(HISTORY_POINTS);
    points.iter().for_each(|point| append(&mut merged, *point, step, joins_gaps));
    merged
}

/// Adds a point to the last one where both together stand for no more than `step` samples, otherwise behind it.
fn append(points: &mut Vec<Point>, point: Point, step: u32, joins_gaps: bool) {
    let may_join = joins_gaps || !point.follows_gap;
    match points.last_mut() {
        Some(last) if may_join && last.samples + point.samples <= step => last.absorb(&point),
        _ => points.push(point),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const INTERVAL: Duration = Duration::from_millis(200);

    /// A series of values at distances that are given in intervals.
    fn series_of(samples: impl IntoIterator<Item = (f64, f32)>) -> Series {
        let mut series = Series::new(INTERVAL);
        let mut at = Instant::now();
        for (intervals, value) in samples {
            at += INTERVAL.mul_f64(intervals);
            series.push(at, value);
        }
        series
    }

    fn steady(values: impl IntoIterator<Item = f32>) -> Series {
        series_of(values.into_iter().map(|value| (1.0, value)))
    }

    #[test]
    fn samples_come_back_as_they_were() {
        let series = steady([0.25, 0.5, 1.0]);
        assert_eq!(series.points().map(|point| point.mean).collect::<Vec<f32>>(), [0.25, 0.5, 1.0]);
        assert_eq!(series.last().map(|point| point.samples), Some(1));
        assert_eq!(series.runs().len(), 1);
    }

    #[test]
    fn the_newest_samples_have_a_mean() {
        let series = steady((0..1000).map(|n| if n < 990 { 1.0 } else { 0.25 * (n % 2) as f32 }));
        let last = series.last().unwrap().at;
        assert_eq!(series.mean_from(last), Some((0.25, 1)));
        let (mean, samples) = series.mean_from(last - INTERVAL.mul_f64(9.5)).unwrap();
        assert!((mean - 0.125).abs() < 1e-6 && samples == 10, "{mean} {samples}");
        assert_eq!(series.mean_from(last + INTERVAL), None);
    }

    #[test]
    fn an_empty_series_has_no_runs() {
        let series = Series::new(INTERVAL);
        assert!(series.is_empty() && series.runs().is_empty() && series.last().is_none());
    }

    #[test]
    fn a_late_sample_is_no_gap_but_two_missing_ones_are() {
        let series = series_of([(1.0, 0.0), (2.4, 0.1), (2.6, 0.2), (1.0, 0.3)]);
        assert_eq!(series.runs().iter().map(|run| run.len()).collect::<Vec<usize>>(), [2, 2]);
    }

    #[test]
    fn a_sample_that_is_not_later_is_left_out() {
        let series = series_of([(1.0, 0.5), (0.0, 0.9), (1.0, 0.7)]);
        assert_eq!(series.len(), 2);
    }

    #[test]
    fn a_merged_point_keeps_the_smallest_the_largest_and_the_mean() {
        let at = Instant::now();
        let mut point = Point::sample(at, 1.0, true);
        point.absorb(&Point::sample(at + INTERVAL, 2.0, false));
        point.absorb(&Point::sample(at + 2 * INTERVAL, 6.0, false));
        let Point { mean, min, max, samples, .. } = point;
        assert_eq!((mean, min, max, samples), (3.0, 1.0, 6.0, 3));
        let distance = point.at.duration_since(at + INTERVAL).as_secs_f64();
        assert!(distance < 1e-6 && point.follows_gap);
    }

    #[test]
    fn a_long_series_stays_bounded_and_whole() {
        let values = 100_000;
        let series = steady((0..values).map(|n| if n == 777 { 9.0 } else { (n % 2) as f32 }));
        assert!(series.len() <= HISTORY_POINTS + RECENT_POINTS, "{}", series.len());
        assert!(series.len() >= HISTORY_POINTS / 4, "{}", series.len());
        assert_eq!(series.points().map(|point| point.samples).sum::<u32>(), values);
        // The one peak is still there.
        assert_eq!(series.points().map(|point| point.max).fold(0.0, f32::max), 9.0);
        let mean: f64 = series.points().map(|point| f64::from(point.mean) * f64::from(point.samples)).sum();
        assert!((mean / f64::from(values) - 0.5).abs() < 0.001);
    }

    #[test]
    fn gaps_survive_merging() {
        let series = series_of((0..50_000).map(|n| (if n % 10_000 == 9_999 { 40.0 } else { 1.0 }, 0.0)));
        let runs = series.runs();
        assert_eq!(runs.len(), 6);
        let samples = |run: &GaplessRun<'_>| run.points().map(|point| point.samples).sum::<u32>();
        assert_eq!(
            runs.iter().map(samples).collect::<Vec<u32>>(),
            [9_999, 10_000, 10_000, 10_000, 10_000, 1]
        );
    }

    #[test]
    fn a_run_goes_on_from_the_history_into_the_recent_samples() {
        let series = steady((0..2000).map(|n| n as f32));
        let runs = series.runs();
        assert_eq!((runs.len(), runs[0].len()), (1, series.len()));
        assert!(!runs[0].older.is_empty() && !runs[0].newer.is_empty());
    }

    #[test]
    fn a_series_of_nothing_but_gaps_stays_bounded() {
        let series = series_of((0..50_000).map(|_| (3.0, 1.0)));
        assert!(series.len() <= HISTORY_POINTS + RECENT_POINTS, "{}", series.len());
    }

    #[test]
    fn a_clone_shares_the_history() {
        let series = steady((0..5000).map(|n| n as f32));
        assert!(Arc::ptr_eq(&series.clone().history, &series.history));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn points_stay_ordered_whole_and_within_their_bounds(
            samples in prop::collection::vec((0.5..4.0_f64, -1e3..1e3_f32), 1..6000),
        ) {
            let count = samples.len() as u32;
            let series = series_of(samples);
            prop_assert!(series.points().zip(series.points().skip(1)).all(|(a, b)| a.at < b.at));
            prop_assert!(series.points().all(|p| p.min <= p.mean + 0.01 && p.mean <= p.max + 0.01));
            prop_assert_eq!(series.points().map(|point| point.samples).sum::<u32>(), count);
            prop_assert_eq!(series.runs().iter().map(|run| run.len()).sum::<usize>(), series.len());
            prop_assert!(series.len() <= HISTORY_POINTS + RECENT_POINTS);
        }
    }
}
