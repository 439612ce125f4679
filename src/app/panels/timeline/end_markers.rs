//! How the lives of a worker's processes ended: a cross for a death, other signs for what a rule or a person did.

use egui::{Align2, Color32, CornerRadius, FontId, Painter, Pos2, Rangef, Rect, Stroke, pos2, vec2};
use egui_material_icons::MaterialIcon;
use egui_material_icons::icons::{ICON_AUTORENEW, ICON_MEMORY, ICON_PERSON, ICON_TIMER};

use super::lane_spans::Band;
use super::window::Scale;
use crate::app::theme::Theme;
use crate::pool::{Lane, Life, LifeEnd};

/// Ends closer together than this are one mark.
const APART_PX: f32 = 9.0;

/// An end that is worth a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndKind {
    /// Nobody asked for it.
    Death,
    /// A rule gave the worker a new process between two items.
    Recycled,
    TimedOut,
    OverMemory,
    /// A person did it.
    Killed,
}

impl EndKind {
    /// What kind of end this is; nothing where it is as it should be.
    pub fn of(end: &LifeEnd) -> Option<Self> {
        match end {
            LifeEnd::Closed | LifeEnd::Stopped => None,
            LifeEnd::Recycled => Some(Self::Recycled),
            LifeEnd::TimedOut => Some(Self::TimedOut),
            LifeEnd::OverMemory { .. } | LifeEnd::MachineFull { .. } => Some(Self::OverMemory),
            LifeEnd::Killed => Some(Self::Killed),
            LifeEnd::Signal(_)
            | LifeEnd::Exit(_)
            | LifeEnd::Obstructed(_)
            | LifeEnd::Broken(_)
            | LifeEnd::Injected(_) => Some(Self::Death),
        }
    }

    /// What happened, for the title of a tooltip.
    pub fn title(self) -> &'static str {
        match self {
            Self::Death => "died",
            Self::Recycled => "gave way to a new process",
            Self::TimedOut => "ended at the timeout",
            Self::OverMemory => "ended for its memory",
            Self::Killed => "ended by hand",
        }
    }

    fn color(self, theme: &Theme) -> Color32 {
        match self {
            Self::Death | Self::OverMemory => theme.bad,
            Self::TimedOut | Self::Killed => theme.warn,
            Self::Recycled => theme.weak,
        }
    }

    /// The sign before its word; deaths have their cross.
    fn icon(self) -> Option<MaterialIcon> {
        match self {
            Self::Death => None,
            Self::Recycled => Some(ICON_AUTORENEW),
            Self::TimedOut => Some(ICON_TIMER),
            Self::OverMemory => Some(ICON_MEMORY),
            Self::Killed => Some(ICON_PERSON),
        }
    }
}

/// The kind of a life's end, where it is worth a mark.
pub fn end_kind(life: &Life) -> Option<EndKind> {
    life.end.as_ref().and_then(EndKind::of)
}

/// Where the mark of an end at `x` stands: right of it, or left where it would not fit before `right`.
pub fn extent(kind: EndKind, end: &LifeEnd, x: f32, right: f32) -> Rangef {
    if kind == EndKind::Recycled {
        return Rangef::new(x - 6.0, x + 6.0);
    }
    let width = 20.0 + 6.6 * end.short().chars().count() as f32;
    let left = if x + 4.0 + width > right { x - 4.0 - width } else { x + 4.0 };
    Rangef::new(left, left + width)
}

/// Draws the ends that are in view, over whatever the next process does there.
pub fn draw(band: &Band<'_>, lane: &Lane) {
    let scale = &band.frame.scale;
    let first =
        lane.lives.partition_point(|life| life.ended_ns.is_some_and(|at_ns| (at_ns as f64) < scale.from_ns));
    let mut marks: Vec<Mark<'_>> = Vec::new();
    for life in lane.lives.iter_from(first).take_while(|life| life.launched_ns as f64 <= scale.to_ns) {
        let (Some(at_ns), Some(kind), Some(end)) = (life.ended_ns, end_kind(life), &life.end) else {
            continue;
        };
        if !band.frame.is_in_view(at_ns, at_ns) {
            continue;
        }
        let x = scale.x_of(at_ns as f64);
        // Of many that end one after the other, only as many as can be told apart: the last ones, and rather a death
        // than what is as it should be.
        match marks.last_mut() {
            Some(last) if x < last.x + APART_PX => {
                if kind != EndKind::Recycled || last.kind == EndKind::Recycled {
                    *last = Mark { x: last.x, kind, end };
                }
            }
            _ => marks.push(Mark { x, kind, end }),
        }
    }
    for (place, mark) in marks.iter().enumerate() {
        let next = marks.get(place + 1).map_or(f32::INFINITY, |next| next.x);
        draw_end(band, mark, next.min(next_item_x(lane, scale, mark.x)));
    }
}

/// Where the first item behind a mark begins, which its word shall not cover.
fn next_item_x(lane: &Lane, scale: &Scale, x: f32) -> f32 {
    let at_ns = scale.ns_at(x).max(0.0) as u64;
    let behind = lane.segments.partition_point(|segment| segment.start_ns <= at_ns);
    lane.segments.get(behind).map_or(f32::INFINITY, |segment| scale.x_of(segment.start_ns as f64))
}

/// An end in view.
struct Mark<'a> {
    x: f32,
    kind: EndKind,
    end: &'a LifeEnd,
}

/// Draws a mark; without its word where it would reach the next one at `next_x`.
fn draw_end(band: &Band<'_>, mark: &Mark<'_>, next_x: f32) {
    let Mark { x, kind, end } = *mark;
    let theme = band.frame.cx.theme;
    let color = kind.color(theme);
    let font = FontId { size: 11.0, ..band.frame.strong_font.clone() };
    let galley = band.painter.layout_no_wrap(end.short(), font, color);
    let center_y = band.y.center();
    let extent = extent(kind, end, x, band.frame.scale.x.max);
    let left = if extent.max <= next_x { extent.min } else { extent.min.max(x + 4.0) };
    let with_text = Rect::from_min_size(
        pos2(left, center_y - galley.size().y / 2.0 - 1.0),
        vec2(galley.size().x + 20.0, galley.size().y + 2.0),
    );
    let is_low = with_text.height() > band.y.span() + 4.0;
    let has_room = !is_low && extent.max <= next_x && kind != EndKind::Recycled;
    let ground = if has_room { with_text } else { with_text.with_max_x(left + 12.0) };
    // Opaque, so that the word is read and not what it stands on.
    band.painter.rect_filled(ground, CornerRadius::same(3), theme.soft(color, 0.14));
    let sign_at = pos2(left + if has_room { 8.0 } else { 6.0 }, center_y);
    match kind.icon() {
        None => cross(band.painter, sign_at, color),
        Some(icon) => {
            let size = band.y.span().min(12.0);
            let font = FontId::new(size, icon.font_family());
            band.painter.text(sign_at, Align2::CENTER_CENTER, icon.codepoint, font, color);
        }
    }
    if has_room {
        let at = Align2::LEFT_CENTER.anchor_size(pos2(left + 16.0, center_y), galley.size());
        band.painter.galley(at.min, galley, color);
    }
}

/// The sign of a death.
pub fn cross(painter: &Painter, center: Pos2, color: Color32) {
    let stroke = Stroke::new(1.8, color);
    let arm = vec2(2.8, 2.8);
    painter.line_segment([center - arm, center + arm], stroke);
    painter.line_segment([center - vec2(arm.x, -arm.y), center + vec2(arm.x, -arm.y)], stroke);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_that_would_be_cut_stands_left_of_its_time() {
        let (kind, end) = (EndKind::Death, LifeEnd::Signal(9));
        assert!(extent(kind, &end, 100.0, 500.0).min > 100.0);
        assert!(extent(kind, &end, 480.0, 500.0).max < 480.0);
    }

    #[test]
    fn what_is_as_it_should_be_has_no_mark() {
        assert_eq!((EndKind::of(&LifeEnd::Closed), EndKind::of(&LifeEnd::Stopped)), (None, None));
    }

    #[test]
    fn what_rules_and_people_do_is_no_death() {
        let ends = [
            LifeEnd::Recycled,
            LifeEnd::TimedOut,
            LifeEnd::OverMemory { limit_bytes: 1 },
            LifeEnd::Killed,
            LifeEnd::Signal(9),
        ];
        let mut titles: Vec<&str> = ends.iter().filter_map(EndKind::of).map(EndKind::title).collect();
        assert_eq!((titles.len(), *titles.last().unwrap()), (5, "died"));
        titles.dedup();
        assert_eq!(titles.len(), 5);
    }
}
