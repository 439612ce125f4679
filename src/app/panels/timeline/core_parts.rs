//! What of a bar a worker was on a core, ready without one, or waiting.

use egui::epaint::RectShape;
use egui::{Color32, CornerRadius, Mesh, Pos2, Rect, Shape, Stroke, StrokeKind, pos2};

use super::window::Scale;
use crate::app::theme::Theme;
use crate::pool::CoreTimes;

/// A bar is divided into parts that are at least so wide, each of which shows its shares from left to right.
const LEAST_PX: f64 = 8.0;
/// Between two lines of a hatching.
const HATCH_PX: f32 = 5.0;

/// A part of a bar, and the shares of it, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CorePart {
    pub from_ns: f64,
    pub upto_ns: f64,
    pub on_core: f64,
    pub ready: f64,
}

/// The parts of a bar from and to these times, as far as the thread was looked at; nothing where it was not.
pub fn parts_of(times: &CoreTimes, (from_ns, upto_ns): (f64, f64), scale: &Scale) -> Vec<CorePart> {
    let (from_ns, upto_ns) = (from_ns.max(scale.from_ns).max(0.0), upto_ns.min(scale.to_ns));
    let least_ns = LEAST_PX * scale.ns_per_px();
    let mut parts: Vec<CorePart> = Vec::new();
    for stretch in times.between(from_ns as u64, upto_ns.max(0.0) as u64) {
        let length_ns = stretch.length_ns().max(1) as f64;
        let (begin_ns, end_ns) =
            ((stretch.from_ns as f64).max(from_ns), (stretch.upto_ns as f64).min(upto_ns));
        let on_core = (stretch.on_core_ns as f64 / length_ns).min(1.0);
        let ready = (stretch.ready_ns as f64 / length_ns).min(1.0 - on_core);
        match parts.last_mut().filter(|part| part.upto_ns - part.from_ns < least_ns) {
            Some(part) => {
                let (before_ns, more_ns) = (part.upto_ns - part.from_ns, end_ns - part.upto_ns);
                let mean = |one: f64, other: f64| (one * before_ns + other * more_ns) / (before_ns + more_ns);
                (part.on_core, part.ready) = (mean(part.on_core, on_core), mean(part.ready, ready));
                part.upto_ns = end_ns;
            }
            None if end_ns > begin_ns => {
                parts.push(CorePart { from_ns: begin_ns, upto_ns: end_ns, on_core, ready });
            }
            None => {}
        }
    }
    parts
}

/// What the parts of a bar are drawn on: what is left of it is waiting.
pub fn ground(rect: Rect, color: Color32, theme: &Theme) -> Shape {
    let line = Stroke::new(1.0, theme.soft(color, 0.7));
    RectShape::new(rect, CornerRadius::same(2), theme.soft(color, 0.16), line, StrokeKind::Inside).into()
}

/// Draws a part into its place: filled, hatched, and empty.
pub fn draw(part: &CorePart, rect: Rect, color: Color32, quads: &mut Mesh, lines: &mut Vec<Shape>) {
    let on_core_x = rect.left() + rect.width() * part.on_core as f32;
    let ready_x = on_core_x + rect.width() * part.ready as f32;
    if on_core_x > rect.left() {
        quads.add_colored_rect(rect.with_max_x(on_core_x), color);
    }
    if ready_x - on_core_x >= 0.5 {
        hatch(rect.with_min_x(on_core_x).with_max_x(ready_x), color, lines);
    }
}

/// Fills a rectangle with lines that rise to the right, which go on through neighbours.
pub fn hatch(rect: Rect, color: Color32, lines: &mut Vec<Shape>) {
    let stroke = Stroke::new(1.5, color);
    // Points of one line have the same sum of x and y.
    let first = ((rect.left() + rect.top()) / HATCH_PX).ceil() as i64;
    let last = ((rect.right() + rect.bottom()) / HATCH_PX).floor() as i64;
    for sum in (first..=last).map(|nth| nth as f32 * HATCH_PX) {
        let at_left = (sum - rect.left()).min(rect.bottom());
        let at_right = (sum - rect.right()).max(rect.top());
        let ends: [Pos2; 2] = [pos2(sum - at_left, at_left), pos2(sum - at_right, at_right)];
        if ends[1].x > ends[0].x {
            lines.push(Shape::line_segment(ends, stroke));
        }
    }
}

#[cfg(test)]
mod tests {
    use egui::{Rangef, vec2};

    use super::*;
    use crate::pool::{CoreTime, Lane};

    fn times() -> CoreTimes {
        let mut lane = Lane::default();
        (0..100).for_each(|n| {
            let from_ns = n * 10_000_000;
            lane.core_times.stretches.push(CoreTime {
                from_ns,
                upto_ns: from_ns + 10_000_000,
                on_core_ns: if n % 2 == 0 { 10_000_000 } else { 0 },
                ready_ns: if n % 2 == 0 { 0 } else { 5_000_000 },
            });
        });
        lane.core_times
    }

    #[test]
    fn near_to_each_stretch_is_a_part_and_far_off_parts_are_means() {
        let near = Scale { from_ns: 0.0, to_ns: 100e6, x: Rangef::new(0.0, 1000.0) };
        let parts = parts_of(&times(), (5e6, 45e6), &near);
        assert_eq!(parts.len(), 5);
        assert_eq!(parts[0], CorePart { from_ns: 5e6, upto_ns: 10e6, on_core: 1.0, ready: 0.0 });
        assert_eq!(parts[1], CorePart { from_ns: 10e6, upto_ns: 20e6, on_core: 0.0, ready: 0.5 });
        let far = Scale { from_ns: 0.0, to_ns: 1e9, x: Rangef::new(0.0, 40.0) };
        let parts = parts_of(&times(), (0.0, 1e9), &far);
        assert_eq!(parts.len(), 5);
        assert!(
            parts.iter().all(|part| (part.on_core - 0.5).abs() < 0.01 && (part.ready - 0.25).abs() < 0.01)
        );
    }

    #[test]
    fn what_was_not_looked_at_has_no_parts() {
        let scale = Scale { from_ns: 0.0, to_ns: 1e9, x: Rangef::new(0.0, 100.0) };
        assert_eq!(parts_of(&CoreTimes::default(), (0.0, 1e9), &scale), []);
    }

    #[test]
    fn hatching_stays_within() {
        let rect = Rect::from_min_size(pos2(3.0, 7.0), vec2(21.0, 12.0));
        let mut lines = Vec::new();
        hatch(rect, Color32::WHITE, &mut lines);
        assert!(lines.len() > 4);
        for line in lines {
            let Shape::LineSegment { points, .. } = line else { panic!("no line: {line:?}") };
            assert!(points.iter().all(|point| rect.expand(0.01).contains(*point)), "{points:?}");
        }
    }
}
