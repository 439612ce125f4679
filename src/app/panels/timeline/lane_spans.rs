//! Draws the history of one worker into its band: launches, items, and the item in hand, with `end_markers` over them.

use egui::{Color32, CornerRadius, Mesh, Painter, Rangef, Rect, Shape, Stroke, StrokeKind, vec2};

use super::FrameContext;
use super::core_parts;
use super::detail::{Block, Detail, PixelColumn};
use crate::pool::{Lane, Life};

/// Narrower blocks are plain quads: a round corner could not be seen.
const ROUNDED_PX: f32 = 8.0;
/// A merged segment from this width on is taken apart into its items.
const APART_PX: f32 = 40.0;
/// Rows looked at, at most, to take a segment apart.
pub const APART_ROWS: u64 = 512;
/// Bars show the parts of their time from this width on.
const PARTS_PX: f32 = 12.0;
/// A narrower bar that lights up is filled: a frame has no room in it.
const FRAMED_PX: f32 = 6.0;
/// Shades of neighbouring blocks, as shares of the worker's colour.
const SHADES: [f32; 3] = [1.0, 0.78, 0.89];

/// Where one worker is drawn and in which colour.
pub struct Band<'a> {
    pub painter: &'a Painter,
    pub frame: &'a FrameContext<'a>,
    /// The place of the lane, counted from 0.
    pub place: usize,
    pub y: Rangef,
    pub color: Color32,
}

impl Band<'_> {
    /// Draws everything of `lane` that is in view.
    pub fn draw(&self, lane: &Lane, detail: &Detail) {
        let mut quads = Mesh::default();
        let mut rounded = Vec::new();
        self.add_columns(detail.columns(), &mut quads);
        for block in detail.blocks().iter().copied().chain(detail.tail(lane, &self.frame.scale)) {
            self.add_block(lane, &block, &mut quads, &mut rounded);
        }
        let from_ns = self.frame.scale.from_ns;
        let first =
            lane.lives.partition_point(|life| life.ended_ns.is_some_and(|at_ns| (at_ns as f64) < from_ns));
        lane.lives.iter_from(first).for_each(|life| self.add_launch(life, &mut rounded));
        self.add_executing(lane, &mut rounded);
        self.painter.add(Shape::mesh(quads));
        self.painter.extend(rounded);
        self.draw_selected();
        self.draw_lit();
    }

    fn rect(&self, start_ns: f64, end_ns: f64) -> Rect {
        let scale = &self.frame.scale;
        let x = scale.x_of(start_ns).max(scale.x.min)..=scale.x_of(end_ns).min(scale.x.max);
        Rect::from_x_y_ranges(x, self.y)
    }

    fn add_block(&self, lane: &Lane, block: &Block, quads: &mut Mesh, rounded: &mut Vec<Shape>) {
        let segment = &block.segment;
        let rect = self.rect(segment.start_ns as f64, segment.end_ns as f64);
        if segment.items > 1 && rect.width() >= APART_PX && segment.last - segment.first < APART_ROWS {
            self.add_items(block, rounded);
            return;
        }
        let theme = self.frame.cx.theme;
        let is_failed = segment.failed == segment.items;
        let base = if is_failed { theme.bad } else { self.color };
        let shade = SHADES[(block.number % SHADES.len() as u64) as usize];
        let color = theme.soft(base, shade);
        if !self.add_parts(lane, (segment.start_ns, segment.end_ns), rect, color, rounded) {
            add_span(rect, color, quads, rounded);
        }
        if segment.failed > 0 && !is_failed {
            self.add_failed_mark(rect, quads);
        }
    }

    /// A bar that shows when its worker was on a core, ready without one, or waiting; says whether that is known and the
    /// bar wide enough to show it.
    fn add_parts(
        &self,
        lane: &Lane,
        (from_ns, upto_ns): (u64, u64),
        rect: Rect,
        color: Color32,
        shapes: &mut Vec<Shape>,
    ) -> bool {
        if rect.width() < PARTS_PX {
            return false;
        }
        let parts =
            core_parts::parts_of(&lane.core_times, (from_ns as f64, upto_ns as f64), &self.frame.scale);
        if parts.is_empty() {
            return false;
        }
        let theme = self.frame.cx.theme;
        let (rect, mut quads, mut lines) = (shortened(rect), Mesh::default(), Vec::new());
        shapes.push(core_parts::ground(rect, color, theme));
        for part in &parts {
            let place = self.rect(part.from_ns, part.upto_ns);
            core_parts::draw(part, place.intersect(rect), color, &mut quads, &mut lines);
        }
        shapes.push(Shape::mesh(quads));
        shapes.extend(lines);
        true
    }

    /// The items of a merged segment, found again through their rows.
    fn add_items(&self, block: &Block, rounded: &mut Vec<Shape>) {
        let theme = self.frame.cx.theme;
        let log = &self.frame.run.log;
        let mut quads = Mesh::default();
        for index in block.segment.first..=block.segment.last {
            let Some(row) = log.row(index).filter(|row| self.frame.is_within(row, self.place, block)) else {
                continue;
            };
            let base = if row.cause.is_some() { theme.bad } else { self.color };
            let shade = SHADES[(index % SHADES.len() as u64) as usize];
            let end_ns = row.start_ns as f64 + f64::from(row.duration_s) * 1e9;
            add_span(self.rect(row.start_ns as f64, end_ns), theme.soft(base, shade), &mut quads, rounded);
        }
        rounded.push(Shape::mesh(quads));
    }

    /// Columns of narrow segments: the fuller, the stronger. Equal neighbours become one quad.
    fn add_columns(&self, columns: &[PixelColumn], quads: &mut Mesh) {
        const LEVELS: f32 = 10.0;
        let level = |column: &PixelColumn| (column.busy.clamp(0.0, 1.0) * LEVELS).ceil() as u8;
        let left = self.frame.scale.x.min;
        let mut place = 0;
        for equal in columns.chunk_by(|one, other| level(one) == level(other)) {
            let x = left + place as f32..=left + (place + equal.len()) as f32;
            let strength = 0.2 + 0.75 * f32::from(level(&equal[0])) / LEVELS;
            if level(&equal[0]) > 0 {
                let color = self.frame.cx.theme.soft(self.color, strength);
                quads.add_colored_rect(Rect::from_x_y_ranges(x, self.y), color);
            }
            place += equal.len();
        }
        for (place, _) in columns.iter().enumerate().filter(|(_, column)| column.has_failed) {
            let x = left + place as f32;
            self.add_failed_mark(Rect::from_x_y_ranges(x..=x + 1.0, self.y), quads);
        }
    }

    /// A strip at the foot of what holds failed items among others.
    fn add_failed_mark(&self, rect: Rect, quads: &mut Mesh) {
        let foot = rect.with_min_y(rect.bottom() - (rect.height() / 3.0).max(3.0));
        quads.add_colored_rect(foot, self.frame.cx.theme.bad);
    }

    /// From launch to ready, or as far as it got.
    fn add_launch(&self, life: &Life, rounded: &mut Vec<Shape>) {
        let upto_ns = life.ready_ns.or(life.ended_ns).unwrap_or(self.frame.elapsed_ns);
        if !self.frame.is_in_view(life.launched_ns, upto_ns) {
            return;
        }
        let theme = self.frame.cx.theme;
        let rect = self.rect(life.launched_ns as f64, upto_ns as f64);
        let rect = rect.shrink2(vec2(0.0, rect.height() * 0.14));
        let color = theme.soft(theme.faint, 0.45);
        rounded.push(Shape::rect_filled(shortened(rect), CornerRadius::same(2), color));
    }

    /// The item in hand, growing up to now.
    fn add_executing(&self, lane: &Lane, rounded: &mut Vec<Shape>) {
        let Some(executing) = self.frame.executing(self.place) else { return };
        if self.frame.is_in_view(executing.since_ns, self.frame.elapsed_ns) {
            let rect = self.rect(executing.since_ns as f64, self.frame.elapsed_ns as f64);
            let color = self.frame.lighter(self.color);
            let times_ns = (executing.since_ns, self.frame.elapsed_ns);
            if !self.add_parts(lane, times_ns, rect, color, rounded) {
                rounded.push(Shape::rect_filled(rect, CornerRadius::same(2), color));
            }
        }
    }

    fn draw_selected(&self) {
        let FrameContext { cx, run, .. } = self.frame;
        let row = cx.selected_row.and_then(|index| run.log.row(index));
        let Some(row) = row.filter(|row| row.worker == self.place + 1 && row.state.is_final()) else {
            return;
        };
        let end_ns = row.start_ns + (f64::from(row.duration_s) * 1e9) as u64;
        if let Some(rect) = self.marked(row.start_ns, end_ns) {
            let stroke = Stroke::new(1.5, cx.theme.text);
            self.painter.rect_stroke(rect, CornerRadius::same(3), stroke, StrokeKind::Outside);
        }
    }

    /// The bar of the item that the pointer is on in some card: a frame, in which it looks as it did, where there is room.
    fn draw_lit(&self) {
        let Some(bar) = self.frame.lit.filter(|bar| bar.place == self.place) else { return };
        if let Some(rect) = self.marked(bar.start_ns, bar.end_ns) {
            let theme = self.frame.cx.theme;
            let ground = if rect.width() < FRAMED_PX { theme.text } else { Color32::TRANSPARENT };
            let line = Stroke::new(2.5, theme.text);
            self.painter.rect(rect, CornerRadius::same(3), ground, line, StrokeKind::Outside);
        }
    }

    /// Around a bar, wide enough to be seen; nothing where it is not in view.
    fn marked(&self, start_ns: u64, end_ns: u64) -> Option<Rect> {
        if !self.frame.is_in_view(start_ns, end_ns) {
            return None;
        }
        let rect = self.rect(start_ns as f64, end_ns as f64);
        Some(rect.expand2(vec2((3.0 - rect.width()).max(0.0) / 2.0, 0.0)).expand(1.5))
    }
}

/// A block: rounded where that can be seen, with a little air to the next one.
fn add_span(rect: Rect, color: Color32, quads: &mut Mesh, rounded: &mut Vec<Shape>) {
    if rect.width() >= ROUNDED_PX {
        rounded.push(Shape::rect_filled(shortened(rect), CornerRadius::same(2), color));
    } else {
        let gap = if rect.width() > 4.0 { 1.0 } else { 0.0 };
        // A narrower one may lie between the middles of two pixels, and nothing of it is painted.
        let width = (rect.width() - gap).max(1.0);
        quads.add_colored_rect(rect.with_max_x(rect.left() + width), color);
    }
}

fn shortened(rect: Rect) -> Rect {
    rect.with_max_x((rect.right() - 1.5).max(rect.left() + 1.0))
}
