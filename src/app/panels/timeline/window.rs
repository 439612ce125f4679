//! Which stretch of time the timeline shows, and how times become places on the screen.
//!
//! Pure: no egui but its numbers' types. Drawing is the business of the modules beside it.

use egui::Rangef;

/// The shortest stretch that can be shown.
const SHORTEST_NS: f64 = 1_000.0;
/// What "follow" shows at first.
const FOLLOWED_NS: f64 = 5e9;
/// The part of the width that is kept free right of the live edge.
const MARGIN: f64 = 0.02;

/// What decides the stretch shown.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Span {
    /// The whole run.
    Fit,
    /// The newest part of this length.
    Follow { length_ns: f64 },
    /// What a person zoomed or dragged to.
    Fixed { from_ns: f64, to_ns: f64 },
}

/// The stretch of time on show.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeWindow {
    span: Span,
}

impl Default for TimeWindow {
    fn default() -> Self {
        Self { span: Span::Fit }
    }
}

impl TimeWindow {
    /// Shows the whole run and keeps doing so.
    pub fn fit(&mut self) {
        self.span = Span::Fit;
    }

    /// Whether the newest part of the run is followed.
    pub fn is_following(&self) -> bool {
        matches!(self.span, Span::Follow { .. })
    }

    /// Follows the newest part, or goes back to the whole run.
    pub fn toggle_following(&mut self) {
        self.span = if self.is_following() { Span::Fit } else { Span::Follow { length_ns: FOLLOWED_NS } };
    }

    /// Shows a span with as much around it as helps to see it among its neighbours.
    pub fn show(&mut self, start_ns: u64, duration_ns: u64) {
        let half_ns = (duration_ns as f64 * 4.0).max(SHORTEST_NS);
        let middle_ns = start_ns as f64 + duration_ns as f64 / 2.0;
        self.span = Span::Fixed { from_ns: (middle_ns - half_ns).max(0.0), to_ns: middle_ns + half_ns };
    }

    /// The first and the last time shown, of a run that is `elapsed_ns` long.
    pub fn range_ns(&self, elapsed_ns: u64, is_finished: bool) -> (f64, f64) {
        let elapsed = elapsed_ns as f64;
        match self.span {
            Span::Fixed { from_ns, to_ns } => (from_ns, to_ns),
            Span::Follow { length_ns } => {
                let to_ns = (elapsed + length_ns * MARGIN).max(length_ns);
                (to_ns - length_ns, to_ns)
            }
            Span::Fit if is_finished => (0.0, (elapsed * (1.0 + MARGIN)).max(SHORTEST_NS)),
            Span::Fit => (0.0, roomy_end_ns(elapsed)),
        }
    }

    /// Zooms by `factor` (above 1: closer) so that what is at `anchor_ns` stays where it is.
    pub fn zoom(&mut self, factor: f64, anchor_ns: f64, range_ns: (f64, f64), elapsed_ns: u64) {
        let (from_ns, to_ns) = range_ns;
        let longest_ns = (elapsed_ns as f64 * 2.0).max(1e9);
        let length_ns = ((to_ns - from_ns) / factor).clamp(SHORTEST_NS, longest_ns);
        if let Span::Follow { length_ns: followed_ns } = &mut self.span {
            *followed_ns = length_ns.max(1e6);
            return;
        }
        let share = (anchor_ns - from_ns) / (to_ns - from_ns);
        let from_ns = anchor_ns - share * length_ns;
        self.span = Span::Fixed { from_ns, to_ns: from_ns + length_ns };
        self.keep_in_run(elapsed_ns);
    }

    /// Moves by `delta_ns` (above 0: later times come into view).
    pub fn pan(&mut self, delta_ns: f64, range_ns: (f64, f64), elapsed_ns: u64) {
        self.span = Span::Fixed { from_ns: range_ns.0 + delta_ns, to_ns: range_ns.1 + delta_ns };
        self.keep_in_run(elapsed_ns);
    }

    /// Keeps at least a third of the width within the run, so that nobody gets lost in empty time.
    fn keep_in_run(&mut self, elapsed_ns: u64) {
        if let Span::Fixed { from_ns, to_ns } = &mut self.span {
            let length_ns = *to_ns - *from_ns;
            let latest_ns = (elapsed_ns as f64 - length_ns / 3.0).max(0.0);
            *from_ns = from_ns.clamp(-length_ns * 0.05, latest_ns);
            *to_ns = *from_ns + length_ns;
        }
    }
}

/// An end for the axis of a growing run: it stays put while the live edge moves toward it and then steps on, so that
/// finished blocks do not creep.
fn roomy_end_ns(elapsed_ns: f64) -> f64 {
    const STEPS: [f64; 10] = [1.0, 1.25, 1.6, 2.0, 2.5, 3.2, 4.0, 5.0, 6.4, 8.0];
    let needed_ns = (elapsed_ns * (1.0 + MARGIN)).max(1e8);
    let decade = 10_f64.powf(needed_ns.log10().floor());
    let step = STEPS.iter().find(|step| **step * decade >= needed_ns);
    step.map_or(10.0 * decade, |step| step * decade)
}

/// Where times are on the screen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    pub from_ns: f64,
    pub to_ns: f64,
    pub x: Rangef,
}

impl Scale {
    /// The place of a time; outside of `x` where the time is not shown.
    pub fn x_of(&self, at_ns: f64) -> f32 {
        self.x.min + ((at_ns - self.from_ns) / self.ns_per_px()) as f32
    }

    /// The time at a place.
    pub fn ns_at(&self, x: f32) -> f64 {
        self.from_ns + f64::from(x - self.x.min) * self.ns_per_px()
    }

    /// The time that a point of width stands for.
    pub fn ns_per_px(&self) -> f64 {
        (self.to_ns - self.from_ns) / f64::from(self.x.span().max(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_growing_run_stays_put_and_then_steps() {
        assert_eq!(roomy_end_ns(3.10e9), 3.2e9);
        assert_eq!(roomy_end_ns(2.6e9), roomy_end_ns(3.1e9));
        assert_eq!(roomy_end_ns(9.9e9), 1.25e10 * 0.8 + 2.5e9);
        for tenths in 1..1000 {
            let elapsed_ns = f64::from(tenths) * 1e8;
            let end_ns = roomy_end_ns(elapsed_ns);
            assert!(end_ns > elapsed_ns && end_ns < elapsed_ns * 1.4, "{elapsed_ns}: {end_ns}");
        }
    }

    #[test]
    fn zooming_keeps_the_time_under_the_pointer() {
        let mut window = TimeWindow::default();
        let before = window.range_ns(10_000_000_000, true);
        window.zoom(4.0, 2.5e9, before, 10_000_000_000);
        let (from_ns, to_ns) = window.range_ns(10_000_000_000, true);
        assert!((to_ns - from_ns - (before.1 - before.0) / 4.0).abs() < 1.0);
        let scale = |(from_ns, to_ns)| Scale { from_ns, to_ns, x: Rangef::new(0.0, 1000.0) };
        assert!((scale((from_ns, to_ns)).x_of(2.5e9) - scale(before).x_of(2.5e9)).abs() < 0.01);
    }

    #[test]
    fn panning_does_not_leave_the_run() {
        let mut window = TimeWindow::default();
        window.show(1_000_000_000, 10_000_000);
        for _ in 0..100 {
            let range = window.range_ns(2_000_000_000, true);
            window.pan(1e8, range, 2_000_000_000);
        }
        let (from_ns, to_ns) = window.range_ns(2_000_000_000, true);
        assert!(from_ns < 2e9 && to_ns > 2e9, "{from_ns} {to_ns}");
    }

    #[test]
    fn following_shows_the_newest_part() {
        let mut window = TimeWindow::default();
        window.toggle_following();
        let (from_ns, to_ns) = window.range_ns(60_000_000_000, false);
        assert!(from_ns > 55e9 && to_ns > 60e9 && window.is_following());
        assert_eq!(window.range_ns(1_000_000_000, false), (0.0, 5e9));
        window.toggle_following();
        assert_eq!(window, TimeWindow::default());
    }

    #[test]
    fn places_and_times_are_each_others_inverse() {
        let scale = Scale { from_ns: 1e9, to_ns: 3e9, x: Rangef::new(100.0, 500.0) };
        assert_eq!((scale.x_of(2e9), scale.ns_at(300.0)), (300.0, 2e9));
    }
}
