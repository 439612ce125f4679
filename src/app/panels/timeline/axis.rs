//! The marks of the time axis: where they stand and what they say.

use egui::{Align2, FontId, Painter, Rangef, Shape, Stroke, pos2};

use super::window::Scale;

/// The least distance between two labels.
const LABEL_PX: f64 = 84.0;
/// How far a label may stand out to the right of the axis.
const LABEL_OVERHANG_PX: f32 = 14.0;
const MINUTE_NS: f64 = 60e9;

/// A mark on the axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    pub at_ns: f64,
    pub label: String,
}

/// The marks for a stretch of time on this scale, none before Start.
pub fn ticks(scale: &Scale) -> Vec<Tick> {
    let step_ns = step_ns(scale.ns_per_px() * LABEL_PX);
    let first = (scale.from_ns.max(0.0) / step_ns).ceil() as u64;
    let last = (scale.to_ns / step_ns).floor().max(0.0) as u64;
    let format = Format::of(scale.to_ns, step_ns);
    (first..=last)
        .map(|number| number as f64 * step_ns)
        .map(|at_ns| Tick { at_ns, label: format.label(at_ns) })
        .collect()
}

/// The marks for the time before now, where no run gives the axis its zero.
pub fn ticks_before_now(length_ns: f64) -> Vec<Tick> {
    let step_ns = length_ns / 6.0;
    let label = |number: u32| match number {
        0 => "now".to_owned(),
        number => format!("-{:.0} s", f64::from(number) * step_ns / 1e9),
    };
    (0..=6).rev().map(|number| Tick { at_ns: -f64::from(number) * step_ns, label: label(number) }).collect()
}

/// A time to the pixel.
pub fn exact_time(scale: &Scale, at_ns: f64) -> String {
    let px_ns = scale.ns_per_px();
    match Format::of(scale.to_ns, px_ns.min(0.99e9)) {
        format @ Format::Unit { .. } => format.label(at_ns.max(0.0)),
        Format::Clock => Format::Clock.label(at_ns.max(0.0)),
    }
}

/// The smallest round step that is at least this long: 1, 2 or 5 of a decade, and clock steps from 10 s on.
fn step_ns(least_ns: f64) -> f64 {
    const CLOCK_S: [f64; 14] = [
        10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 14400.0, 43200.0, 86400.0,
    ];
    if least_ns > 5e9 {
        let found = CLOCK_S.iter().map(|step_s| step_s * 1e9).find(|step_ns| *step_ns >= least_ns);
        return found.unwrap_or_else(|| (least_ns / 86_400e9).ceil() * 86_400e9);
    }
    let decade = 10_f64.powf(least_ns.max(1.0).log10().floor());
    let found = [1.0, 2.0, 5.0].iter().map(|step| step * decade).find(|step_ns| *step_ns >= least_ns * 0.999);
    found.unwrap_or(10.0 * decade)
}

/// How the labels of one axis are written.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Format {
    /// A number of this unit with these decimals.
    Unit { name: &'static str, ns: f64, decimals: usize },
    /// Minutes and seconds.
    Clock,
}

impl Format {
    /// Tells neighbouring marks `step_ns` apart, up to `to_ns`.
    fn of(to_ns: f64, step_ns: f64) -> Self {
        if to_ns > 2.0 * MINUTE_NS && step_ns >= 1e9 {
            return Self::Clock;
        }
        let (name, ns) = match to_ns {
            longest if longest >= 1e9 => ("s", 1e9),
            longest if longest >= 1e6 => ("ms", 1e6),
            _ => ("µs", 1e3),
        };
        let decimals = (-(step_ns / ns).log10()).ceil().clamp(0.0, 9.0) as usize;
        Self::Unit { name, ns, decimals }
    }

    fn label(self, at_ns: f64) -> String {
        match self {
            Self::Unit { name, ns, decimals } => format!("{:.decimals$} {name}", at_ns / ns),
            Self::Clock => {
                let seconds = (at_ns / 1e9).round() as u64;
                let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
                match hours {
                    0 => format!("{minutes}:{seconds:02}"),
                    _ => format!("{hours}:{minutes:02}:{seconds:02}"),
                }
            }
        }
    }
}

/// Draws the labels above and a dotted line down through `lines` at each mark.
pub fn draw(painter: &Painter, scale: &Scale, ticks: &[Tick], labels_y: f32, lines: Rangef, look: &AxisLook) {
    for tick in ticks {
        let x = scale.x_of(tick.at_ns).round();
        let galley = painter.layout_no_wrap(tick.label.clone(), look.font.clone(), look.label.color);
        let half = galley.size().x / 2.0;
        // The first label may stand over the names; the last one must not leave the card.
        if x + half <= scale.x.max + LABEL_OVERHANG_PX {
            let at = Align2::CENTER_CENTER.anchor_size(pos2(x, labels_y), galley.size());
            painter.galley(at.min, galley, look.label.color);
        }
        painter.extend(Shape::dashed_line(&[pos2(x, lines.min), pos2(x, lines.max)], look.line, 1.0, 4.0));
    }
}

/// What an axis looks like.
pub struct AxisLook {
    pub font: FontId,
    pub label: Stroke,
    pub line: Stroke,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(from_ns: f64, to_ns: f64) -> Vec<String> {
        let scale = Scale { from_ns, to_ns, x: Rangef::new(0.0, 840.0) };
        ticks(&scale).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn the_first_seconds_have_a_mark_each_half_second() {
        assert_eq!(labels(0.0, 3.4e9), ["0.0 s", "0.5 s", "1.0 s", "1.5 s", "2.0 s", "2.5 s", "3.0 s"]);
    }

    #[test]
    fn short_runs_are_told_in_smaller_units() {
        assert_eq!(labels(0.0, 4.2e6)[..3], ["0.0 ms", "0.5 ms", "1.0 ms"]);
        assert_eq!(labels(0.0, 9e3)[..3], ["0 µs", "1 µs", "2 µs"]);
    }

    #[test]
    fn a_close_look_keeps_neighbours_apart() {
        let labels = labels(3.0412e9, 3.0416e9);
        assert_eq!(labels[..2], ["3.04120 s", "3.04125 s"]);
    }

    #[test]
    fn long_runs_are_told_as_a_clock() {
        assert_eq!(labels(0.0, 600e9)[..3], ["0:00", "1:00", "2:00"]);
        assert_eq!(labels(3600e9, 4200e9)[..2], ["1:00:00", "1:01:00"]);
    }

    #[test]
    fn marks_are_never_crowded_and_never_missing() {
        let mut length_ns = 1e3;
        while length_ns < 1e15 {
            let count = labels(0.0, length_ns).len();
            assert!((3..=11).contains(&count), "{count} marks for {length_ns} ns");
            length_ns *= 1.37;
        }
    }
}
