//! A plot as data: two axes with their units and up to three series of points, where its ticks are, and how a value is
//! written. The window draws it, a handout has it as SVG, and the command line gives its numbers.

use crate::value::amount;

/// A plot. It has at least one measured point, and none that its axes cannot show: see [`Plot::new`].
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    /// "Time to hand over, by size".
    pub title: String,
    pub x: Axis,
    pub y: Axis,
    pub series: Vec<PlotSeries>,
}

/// An axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// "time of a hand-over".
    pub name: String,
    pub unit: Unit,
    /// Equal steps are equal ratios.
    pub is_log: bool,
}

/// What is measured along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A size that is chosen as a power of two, written in powers of 1024.
    Bytes,
    /// What something holds, written in powers of 1000 as all measured memory is.
    Memory,
    Seconds,
    /// So many times as much or as fast.
    Ratio,
    /// Things that are counted: what one of them is called, and what several are.
    Count(&'static str, &'static str),
}

/// Points that belong together, by their x.
#[derive(Debug, Clone, PartialEq)]
pub struct PlotSeries {
    /// "by a pipe between processes".
    pub name: String,
    /// Otherwise it follows from a law.
    pub is_measured: bool,
    pub points: Vec<(f64, f64)>,
}

/// From where to where an axis goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlotScale {
    pub from: f64,
    pub to: f64,
    pub is_log: bool,
}

/// A place on an axis with its text.
#[derive(Debug, Clone, PartialEq)]
pub struct PlotTick {
    /// From 0 at the begin of the axis to 1 at its end.
    pub share: f64,
    pub text: String,
}

/// About so many ticks stand along a linear axis.
const TICKS: f64 = 5.0;
/// With fewer powers of ten than this on an axis, twice and five times of each have a tick, too.
const FEW_DECADES: f64 = 2.5;
/// With more values than this, not each has a tick.
const MOST_COUNTS: usize = 8;

impl Axis {
    /// An axis with equal steps.
    pub fn linear(name: impl Into<String>, unit: Unit) -> Self {
        Self { name: name.into(), unit, is_log: false }
    }

    /// An axis with equal ratios.
    pub fn log(name: impl Into<String>, unit: Unit) -> Self {
        Self { name: name.into(), unit, is_log: true }
    }

    fn shows(&self, value: f64) -> bool {
        value.is_finite() && if self.is_log { value > 0.0 } else { value >= 0.0 }
    }
}

impl Unit {
    /// As in the output for programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Bytes | Self::Memory => "bytes",
            Self::Seconds => "s",
            Self::Ratio => "ratio",
            Self::Count(_, many) => many,
        }
    }

    /// "64 MiB", "38.1 ms", "1.92×", "4 workers".
    pub fn text(self, value: f64) -> String {
        match self {
            Self::Bytes => bytes(value),
            Self::Memory => amount::bytes(value as u64),
            Self::Seconds => amount::duration(value),
            Self::Ratio => format!("{value:.2}×"),
            Self::Count(one, many) => format!("{} {}", trimmed(value), if value == 1.0 { one } else { many }),
        }
    }

    /// From tick to tick on an axis with equal steps: 1, 2 or 5 times a power of ten, and of memory a power of two.
    fn step(self, upto: f64) -> f64 {
        let least = (upto / TICKS).max(f64::MIN_POSITIVE);
        if self == Self::Bytes {
            return 2_f64.powf(least.log2().ceil());
        }
        let power = 10_f64.powf(least.log10().floor());
        let steps = FACTORS.iter().map(|factor| factor * power);
        steps.into_iter().find(|step| *step >= least * 0.999_999).unwrap_or(10.0 * power)
    }

    /// The same of a round value: "1 ms".
    fn tick(self, value: f64) -> String {
        match self {
            Self::Seconds if value > 0.0 && value < 0.999_5e-6 => format!("{} ns", trimmed(value * 1e9)),
            Self::Seconds if value > 0.0 && value < 0.999_5e-3 => format!("{} µs", trimmed(value * 1e6)),
            Self::Seconds if value > 0.0 && value < 0.999_5 => format!("{} ms", trimmed(value * 1e3)),
            Self::Seconds => format!("{} s", trimmed(value)),
            Self::Ratio => format!("{}×", trimmed(value)),
            Self::Count(..) => trimmed(value),
            Self::Bytes => self.text(value),
            Self::Memory => memory_tick(value),
        }
    }
}

/// A round amount of memory in powers of 1000: "20 MB".
fn memory_tick(value: f64) -> String {
    match value {
        _ if value >= 0.999_5e9 => format!("{} GB", trimmed(value / 1e9)),
        _ if value >= 0.999_5e6 => format!("{} MB", trimmed(value / 1e6)),
        _ if value >= 0.999_5e3 => format!("{} kB", trimmed(value / 1e3)),
        _ => format!("{} B", trimmed(value)),
    }
}

/// An amount of memory in powers of 1024.
fn bytes(value: f64) -> String {
    let (mut value, mut units) = (value, ["B", "KiB", "MiB", "GiB"].into_iter().peekable());
    let mut unit = units.next().unwrap_or_default();
    while value >= 1023.5
        && let Some(larger) = units.next()
    {
        (value, unit) = (value / 1024.0, larger);
    }
    let text = if value < 9.995 { trimmed(value) } else { format!("{value:.0}") };
    format!("{text} {unit}")
}

/// At most two digits behind the point, and no zeros at the end.
fn trimmed(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl PlotScale {
    /// Where a value is, from 0 to 1 on the axis.
    pub fn share(&self, value: f64) -> f64 {
        let of = |value: f64| if self.is_log { value.max(f64::MIN_POSITIVE).ln() } else { value };
        (of(value) - of(self.from)) / (of(self.to) - of(self.from))
    }

    /// The value at a place from 0 to 1.
    fn at(&self, share: f64) -> f64 {
        if self.is_log {
            self.from * (self.to / self.from).powf(share)
        } else {
            self.from + (self.to - self.from) * share
        }
    }
}

impl PlotSeries {
    /// Points that were measured.
    pub fn measured(name: impl Into<String>, points: Vec<(f64, f64)>) -> Self {
        Self { name: name.into(), is_measured: true, points }
    }
}

impl Plot {
    /// A plot of these series, without the points that an axis cannot show; nothing where no measured one is left.
    pub fn new(title: impl Into<String>, [x, y]: [Axis; 2], mut series: Vec<PlotSeries>) -> Option<Self> {
        for one in &mut series {
            one.points.retain(|(at_x, at_y)| x.shows(*at_x) && y.shows(*at_y));
            one.points.sort_by(|one, other| one.0.total_cmp(&other.0));
        }
        series.retain(|one| !one.points.is_empty());
        let is_measured = series.iter().any(|one| one.is_measured);
        is_measured.then(|| Self { title: title.into(), x, y, series })
    }

    /// From the first point to the last.
    pub fn x_scale(&self) -> PlotScale {
        let (from, to) = ends(self.all().map(|(x, _)| x));
        let is_log = self.x.is_log;
        match from < to {
            true => PlotScale { from, to, is_log },
            // One place: it is shown in the middle.
            false if is_log => PlotScale { from: from / 2.0, to: to * 2.0, is_log },
            false => PlotScale { from: (from - 1.0).max(0.0), to: to + 1.0, is_log },
        }
    }

    /// From 0, or with ratios from the round value below all points, to the one above them.
    pub fn y_scale(&self) -> PlotScale {
        let (least, most) = ends(self.all().map(|(_, y)| y));
        if !self.y.is_log {
            let to = most.max(f64::MIN_POSITIVE);
            let step = self.y.unit.step(to);
            return PlotScale { from: 0.0, to: (to / step).ceil() * step, is_log: false };
        }
        let factors = if (most / least).log10() < FEW_DECADES { &FACTORS[..] } else { &FACTORS[..1] };
        let power = |value: f64| 10_f64.powf(value.log10().floor());
        // Ten times the power itself counts as above it.
        let round =
            |value: f64| factors.iter().map(move |factor| factor * power(value)).chain([10.0 * power(value)]);
        let from = round(least).rfind(|round| *round <= least * 1.000_001).unwrap_or(least);
        let to = round(most).find(|round| *round >= most * 0.999_999).unwrap_or(most);
        let to = if to > from { to } else { from * 10.0 };
        PlotScale { from, to, is_log: true }
    }

    /// The ticks along x.
    pub fn x_ticks(&self) -> Vec<PlotTick> {
        let scale = self.x_scale();
        let values = match self.x.unit {
            Unit::Count(..) => self.counts(),
            _ => self.values(&self.x, &scale),
        };
        ticks(values, &self.x, &scale)
    }

    /// The ticks along y.
    pub fn y_ticks(&self) -> Vec<PlotTick> {
        let scale = self.y_scale();
        ticks(self.values(&self.y, &scale), &self.y, &scale)
    }

    /// "64 MiB: 38.1 ms, 1.76 GB/s".
    pub fn point_text(&self, point: (f64, f64)) -> String {
        format!("{}: {}", self.x.unit.text(point.0), self.value_text(point))
    }

    /// What was measured at a point, without where: "38.1 ms, 1.76 GB/s".
    pub fn value_text(&self, (x, y): (f64, f64)) -> String {
        let text = self.y.unit.text(y);
        match (self.x.unit, self.y.unit) {
            (Unit::Bytes, Unit::Seconds) if y > 0.0 => format!("{text}, {}", rate(x / y)),
            _ => text,
        }
    }

    fn all(&self) -> impl Iterator<Item = (f64, f64)> {
        self.series.iter().flat_map(|series| series.points.iter().copied())
    }

    /// The values that were measured, of many every second, and so on.
    fn counts(&self) -> Vec<f64> {
        let measured = self.series.iter().filter(|series| series.is_measured);
        let mut counts: Vec<f64> =
            measured.flat_map(|series| series.points.iter().map(|(x, _)| *x)).collect();
        // A law may go on behind them.
        counts.push(ends(self.all().map(|(x, _)| x)).1);
        counts.sort_by(f64::total_cmp);
        counts.dedup();
        let every = counts.len().div_ceil(MOST_COUNTS).max(1);
        counts.into_iter().step_by(every).collect()
    }

    fn values(&self, axis: &Axis, scale: &PlotScale) -> Vec<f64> {
        match (axis.is_log, axis.unit) {
            (true, Unit::Bytes) => powers(16.0, &[1.0], scale),
            (true, _) if (scale.to / scale.from).log10() < FEW_DECADES => powers(10.0, &FACTORS, scale),
            (true, _) => powers(10.0, &FACTORS[..1], scale),
            (false, _) => {
                let step = axis.unit.step(scale.to);
                let first = (scale.from / step).ceil() as u64;
                (first..).map(|nth| nth as f64 * step).take_while(|at| *at <= scale.to * 1.000_001).collect()
            }
        }
    }
}

const FACTORS: [f64; 3] = [1.0, 2.0, 5.0];

/// "1.76 GB/s".
fn rate(bytes_per_s: f64) -> String {
    format!("{}/s", amount::bytes(bytes_per_s.max(0.0) as u64))
}

fn ends(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), value| (least.min(value), most.max(value)))
}

/// All powers of `base` within a scale, times each of these factors.
fn powers(base: f64, factors: &[f64], scale: &PlotScale) -> Vec<f64> {
    let first = (scale.from.ln() / base.ln()).floor() as i32;
    let last = (scale.to.ln() / base.ln()).ceil() as i32;
    let all = (first..=last).flat_map(|power| factors.iter().map(move |factor| factor * base.powi(power)));
    all.filter(|value| (scale.from * 0.999_999..=scale.to * 1.000_001).contains(value)).collect()
}

fn ticks(values: Vec<f64>, axis: &Axis, scale: &PlotScale) -> Vec<PlotTick> {
    let tick = |value: f64| PlotTick { share: scale.share(value), text: axis.unit.tick(value) };
    values.into_iter().map(tick).collect()
}

/// So many points that a law looks like the curve that it is.
const CURVE_POINTS: usize = 48;

impl PlotSeries {
    /// What a law says from and to these values of x.
    pub fn law(name: impl Into<String>, (from, to): (f64, f64), law: impl Fn(f64) -> f64) -> Self {
        let scale = PlotScale { from, to, is_log: from > 0.0 };
        let xs = (0..=CURVE_POINTS).map(|nth| scale.at(nth as f64 / CURVE_POINTS as f64));
        Self { name: name.into(), is_measured: false, points: xs.map(|x| (x, law(x))).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORKERS: Unit = Unit::Count("worker", "workers");

    fn hand_overs() -> Plot {
        let points = [1, 16, 256, 4096, 1 << 16, 1 << 20, 1 << 24, 1 << 26].map(f64::from);
        let pipe = points.iter().map(|size| (*size, 20e-6 + size / 1e9)).collect();
        let queue = points.iter().map(|size| (*size, 10e-6)).chain([(0.0, 1.0), (5.0, f64::NAN)]).collect();
        let axes = [Axis::log("size", Unit::Bytes), Axis::log("time", Unit::Seconds)];
        let series = vec![
            PlotSeries::measured("pipe", pipe),
            PlotSeries::measured("queue", queue),
            PlotSeries::measured("nothing", Vec::new()),
        ];
        Plot::new("Hand-overs", axes, series).unwrap()
    }

    fn texts(ticks: &[PlotTick]) -> Vec<&str> {
        ticks.iter().map(|tick| tick.text.as_str()).collect()
    }

    #[test]
    fn ratios_have_ticks_at_powers_and_points_that_cannot_be_shown_are_left_out() {
        let plot = hand_overs();
        assert_eq!(plot.series.iter().map(|series| series.points.len()).collect::<Vec<_>>(), [8, 8]);
        assert_eq!(texts(&plot.x_ticks()), ["1 B", "16 B", "256 B", "4 KiB", "64 KiB", "1 MiB", "16 MiB"]);
        assert_eq!(texts(&plot.y_ticks()), ["10 µs", "100 µs", "1 ms", "10 ms", "100 ms"]);
        assert_eq!((plot.x_ticks()[0].share, plot.y_scale().share(0.1)), (0.0, 1.0));
        assert_eq!(plot.point_text((f64::from(1 << 26), 0.0381)), "64 MiB: 38.1 ms, 1.76 GB/s");
    }

    #[test]
    fn counted_things_have_a_tick_where_they_were_measured() {
        let axes = [Axis::linear("workers", WORKERS), Axis::linear("speed-up", Unit::Ratio)];
        let law = PlotSeries::law("law", (1.0, 16.0), |workers| 1.0 / (0.4 + 0.6 / workers));
        assert_eq!((law.points.len(), law.points[0]), (CURVE_POINTS + 1, (1.0, 1.0)));
        let measured = PlotSeries::measured("measured", vec![(2.0, 1.41), (1.0, 1.0)]);
        let plot = Plot::new("Amdahl", axes.clone(), vec![measured, law.clone()]).unwrap();
        assert_eq!(texts(&plot.x_ticks()), ["1", "2", "16"]);
        assert_eq!(texts(&plot.y_ticks()), ["0×", "0.5×", "1×", "1.5×", "2×", "2.5×"]);
        assert_eq!(plot.point_text((2.0, 1.41)), "2 workers: 1.41×");
        assert_eq!(plot.point_text((1.0, 1.0)), "1 worker: 1.00×");
        assert_eq!(Plot::new("Amdahl", axes, vec![law]), None, "nothing was measured");
    }

    #[test]
    fn a_short_range_has_ticks_between_the_powers_and_one_place_is_in_the_middle() {
        let axes = [Axis::log("threads", WORKERS), Axis::log("time", Unit::Seconds)];
        let times = vec![(1.0, 3.3), (2.0, 1.7), (16.0, 0.21)];
        let plot = Plot::new("", axes.clone(), vec![PlotSeries::measured("", times)]).unwrap();
        assert_eq!(texts(&plot.y_ticks()), ["200 ms", "500 ms", "1 s", "2 s", "5 s"]);
        let one = Plot::new("", axes, vec![PlotSeries::measured("", vec![(4.0, 1.0)])]).unwrap();
        assert!((one.x_scale().share(4.0) - 0.5).abs() < 1e-9 && one.y_scale().share(1.0) == 0.0);
    }

    #[test]
    fn memory_is_written_in_powers_of_1024() {
        let written =
            [1.0, 1023.0, 1024.0, 1536.0, 65536.0, 9.8 * 1048576.0, 3e9].map(|value| Unit::Bytes.text(value));
        assert_eq!(written, ["1 B", "1023 B", "1 KiB", "1.5 KiB", "64 KiB", "9.8 MiB", "2.79 GiB"]);
        let axes = [Axis::linear("workers", WORKERS), Axis::linear("memory", Unit::Bytes)];
        let points = vec![(1.0, 7e6), (4.0, 29e6)];
        let plot = Plot::new("", axes, vec![PlotSeries::measured("", points)]).unwrap();
        assert_eq!(plot.y_scale().from, 0.0);
        assert_eq!(texts(&plot.y_ticks()), ["0 B", "8 MiB", "16 MiB", "24 MiB", "32 MiB"]);
    }
}
