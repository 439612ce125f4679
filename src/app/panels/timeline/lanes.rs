//! The lanes: one row a worker, framed each where workers are processes and all in one where they are threads.

use std::ops::Range;

use egui::{
    Align2, Color32, CornerRadius, Pos2, Rangef, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui,
    UiBuilder, WidgetInfo, pos2, scroll_area::DragScroll, scroll_area::ScrollSource,
};

use super::density::{Density, has_box};
use super::detail::Detail;
use super::frame_context::Bar;
use super::lane_labels;
use super::lane_spans::Band;
use super::standing::Standing;
use super::{FrameContext, end_markers, note_marks};
use crate::app::format;
use crate::app::theme::GAP;
use crate::pool::{Lane, RunLog};

/// Segments looked at in one frame, over all lanes: about two milliseconds. What is left comes in the next ones.
const BUDGET: usize = 300_000;
/// The line over the lanes of one process.
const BOX_TITLE_HEIGHT: f32 = 18.0;

/// Where the lanes are on the screen.
#[derive(Debug, Clone)]
pub struct LanesPlace {
    visible: Rect,
    density: Density,
    /// The top of each lane.
    tops: Vec<f32>,
}

impl LanesPlace {
    /// The lane under a point.
    pub fn place_at(&self, at: Pos2) -> Option<usize> {
        let place = self.tops.partition_point(|top| *top <= at.y).checked_sub(1)?;
        let is_on_lane = self.visible.contains(at) && at.y < self.tops[place] + self.density.pitch();
        is_on_lane.then_some(place)
    }

    /// The lanes of which something is between two heights.
    fn between(&self, range: Rangef) -> Range<usize> {
        let first = self.tops.partition_point(|top| top + self.density.pitch() <= range.min);
        first..self.tops.partition_point(|top| *top < range.max).max(first)
    }

    fn lane_y(&self, place: usize) -> Rangef {
        Rangef::new(self.tops[place], self.tops[place] + self.density.pitch() - 2.0)
    }
}

/// The lanes of each process that is drawn as a box: the threads in it.
fn boxes(log: &RunLog) -> Vec<Range<usize>> {
    let shape = log.shape();
    let count = if has_box(log) { shape.hosts() } else { 0 };
    (0..count).map(|host| shape.lanes_of(host)).collect()
}

/// The height of all lines over boxes.
fn titles_height(boxes: &[Range<usize>]) -> f32 {
    boxes.len() as f32 * BOX_TITLE_HEIGHT + boxes.len().saturating_sub(1) as f32 * GAP
}

/// The tops of so many lanes one below the other, from 0 on, with room for the lines over the boxes.
fn tops(count: usize, boxes: &[Range<usize>], pitch: f32) -> Vec<f32> {
    let (mut tops, mut next) = (Vec::with_capacity(count), boxes.iter().map(|lanes| lanes.start).peekable());
    let mut y = 0.0;
    for place in 0..count {
        if next.next_if_eq(&place).is_some() {
            y += BOX_TITLE_HEIGHT + if place > 0 { GAP } else { 0.0 };
        }
        // What is behind the last box does not touch its edge.
        if boxes.last().is_some_and(|last| last.end == place) {
            y += GAP;
        }
        tops.push(y);
        y += pitch;
    }
    tops
}

/// The height at which nothing scrolls, and the one that lanes may have where there is room for it.
pub fn wanted_height(log: &RunLog, room: f32) -> (f32, f32) {
    let density = Density::of(log.lanes.len(), room - height_without_lanes(log));
    (height_of(log, density.least()), height_of(log, density.most()))
}

/// The same where all lanes have this height.
pub fn height_of(log: &RunLog, density: Density) -> f32 {
    density.pitch() * log.lanes.len() as f32 + height_without_lanes(log)
}

/// What the boxes take: their titles, and the lower edge of the last one.
pub fn height_without_lanes(log: &RunLog) -> f32 {
    let boxes = boxes(log);
    match boxes.last() {
        None => 0.0,
        Some(last) if last.end < log.lanes.len() => titles_height(&boxes) + 2.0 * GAP,
        Some(_) => titles_height(&boxes) + GAP,
    }
}

/// Draws the lanes into `rect`, as high as there is room for them; they scroll where they do not fit.
pub fn ui(ui: &mut Ui, rect: Rect, frame: &FrameContext<'_>, details: &mut Vec<Detail>) -> LanesPlace {
    let log = &frame.run.log;
    let density = Density::of(log.lanes.len(), rect.height() - height_without_lanes(log));
    ui_with(ui, rect, frame, details, density)
}

/// The same with lanes of this height.
pub fn ui_with(
    ui: &mut Ui,
    rect: Rect,
    frame: &FrameContext<'_>,
    details: &mut Vec<Detail>,
    density: Density,
) -> LanesPlace {
    let count = frame.run.log.lanes.len();
    details.resize_with(count, Detail::default);
    let boxes = boxes(&frame.run.log);
    let around = height_without_lanes(&frame.run.log);
    let mut lanes_ui = ui.new_child(UiBuilder::new().id_salt("lanes").max_rect(rect));
    lanes_ui.shrink_clip_rect(rect);
    let scroll = ScrollArea::vertical()
        .auto_shrink(false)
        .scroll_source(ScrollSource { drag: DragScroll::Never, ..ScrollSource::default() });
    scroll
        .show_viewport(&mut lanes_ui, |ui, viewport| {
            let top = ui.min_rect().top();
            ui.set_height(density.pitch() * count as f32 + around);
            let tops = tops(count, &boxes, density.pitch()).into_iter().map(|y| top + y).collect();
            let lanes = LanesPlace { visible: rect, density, tops };
            let visible = Rangef::new(top + viewport.min.y, top + viewport.max.y);
            draw_visible(ui, visible, frame, details, &lanes, &boxes);
            lanes
        })
        .inner
}

fn draw_visible(
    ui: &mut Ui,
    visible: Rangef,
    frame: &FrameContext<'_>,
    details: &mut [Detail],
    lanes: &LanesPlace,
    boxes: &[Range<usize>],
) {
    let frame_x = Rangef::new(lanes.visible.left() + 6.0, lanes.visible.right() - GAP);
    for (host, threads) in boxes.iter().enumerate() {
        let count = frame.run.log.lanes.len();
        let threads = threads.start..threads.end.min(count);
        if !threads.is_empty() {
            box_ui(ui, frame, frame_x, lanes, (host, boxes.len()), threads);
        }
    }
    let noted = note_marks::noted(frame);
    let mut budget = BUDGET;
    let mut is_complete = true;
    for place in lanes.between(visible) {
        let detail = &mut details[place];
        let rect = Rect::from_x_y_ranges(frame_x, lanes.lane_y(place));
        let lane = &frame.run.log.lanes[place];
        is_complete &= detail.update(lane, &frame.scale, &mut budget);
        lane_ui(ui, frame, (rect, lanes.density), place, lane, detail, &noted);
    }
    if !is_complete {
        ui.ctx().request_repaint();
    }
}

fn lane_ui(
    ui: &mut Ui,
    frame: &FrameContext<'_>,
    (rect, density): (Rect, Density),
    place: usize,
    lane: &Lane,
    detail: &Detail,
    noted: &[(u64, Bar)],
) {
    let theme = frame.cx.theme;
    let is_framed = !has_box(&frame.run.log) || lane.is_for_suspects;
    let standing = Standing::of(frame, place);
    if frame.cx.chosen_worker == Some(place + 1) && frame.cx.is_live() {
        framed(ui, rect, 5, theme.soft(theme.accent, 0.10), Stroke::new(1.5, theme.accent));
    } else if standing.needs_help() {
        let line = Stroke::new(1.0, theme.soft(theme.warn, 0.7));
        framed(ui, rect, 5, theme.soft(theme.warn, 0.10), line);
    } else if is_framed && !matches!(density, Density::Tiny(_)) {
        ui.painter().rect_stroke(rect, CornerRadius::same(5), theme.hairline(), StrokeKind::Inside);
    }
    let color = frame.color(place);
    lane_labels::ui(ui, frame, rect, density, place, standing);
    let painter = ui
        .painter()
        .with_clip_rect(Rect::from_x_y_ranges(frame.scale.x, rect.y_range()).intersect(ui.clip_rect()));
    let y = rect.y_range().shrink(density.inset());
    let band = Band { painter: &painter, frame, place, y, color };
    band.draw(lane, detail);
    end_markers::draw(&band, lane);
    note_marks::draw(ui, &band, noted);
}

fn framed(ui: &Ui, rect: Rect, radius: u8, ground: Color32, line: Stroke) {
    ui.painter().rect(rect, CornerRadius::same(radius), ground, line, StrokeKind::Inside);
}

/// The frame around the threads of one process of so many, and what they share.
fn box_ui(
    ui: &Ui,
    frame: &FrameContext<'_>,
    x: Rangef,
    lanes: &LanesPlace,
    (host, hosts): (usize, usize),
    threads: Range<usize>,
) {
    let theme = frame.cx.theme;
    let first_top = lanes.tops[threads.start];
    let top = first_top - BOX_TITLE_HEIGHT;
    let rect = Rect::from_x_y_ranges(x, top..=lanes.lane_y(threads.end - 1).max + 3.0);
    framed(ui, rect, 6, theme.soft(theme.raised, 0.45), Stroke::new(1.0, theme.faint));
    let called = if hosts == 1 { "one process".to_owned() } else { format!("process {}", host + 1) };
    let text = box_text(frame, &called, threads.start);
    let title = rect.with_max_y(first_top);
    let response = ui.interact(title, ui.scope_id().with(("process", host)), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
    let at = pos2(rect.left() + 10.0, title.center().y + 1.0);
    ui.painter().text(at, Align2::LEFT_CENTER, &text, frame.small_font.clone(), theme.weak);
}

fn box_text(frame: &FrameContext<'_>, called: &str, first: usize) -> String {
    let Some(lane) = frame.run.log.lanes.get(first) else { return called.to_owned() };
    let Some(pid) = lane.pid() else { return format!("{called}, not started") };
    let memory = frame.memory_bytes(pid, lane.peak_rss_bytes()).map(format::bytes);
    let memory = memory.map(|memory| format!(", {memory}")).unwrap_or_default();
    let replaced = match lane.lives.len() {
        0 | 1 => String::new(),
        2 => ", replaced once".to_owned(),
        lives => format!(", replaced {} times", lives - 1),
    };
    format!("{called}{replaced}, pid {pid}{memory}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_are_as_high_as_all_of_them_fit() {
        assert_eq!([4, 2].map(|count| Density::of(count, 70.0)), [Density::Tiny(17.5), Density::Roomy(35.0)]);
        assert_eq!(
            [300.0, 420.0].map(|room| Density::of(12, room)),
            [Density::Compact, Density::Roomy(35.0)]
        );
        assert_eq!(Density::of(1, 500.0), Density::Roomy(56.0));
        // Where they scroll in any case, few of them have room for their names.
        assert_eq!([4, 512].map(|count| Density::of(count, 50.0)), [Density::Compact, Density::Tiny(13.0)]);
    }

    #[test]
    fn a_point_belongs_to_the_lane_under_it() {
        let visible = Rect::from_min_max(pos2(0.0, 100.0), pos2(500.0, 200.0));
        let tops: Vec<f32> = tops(10, &[], 34.0).into_iter().map(|y| 80.0 + y).collect();
        let lanes = LanesPlace { visible, density: Density::Roomy(34.0), tops };
        assert_eq!(lanes.place_at(pos2(10.0, 105.0)), Some(0));
        assert_eq!(lanes.place_at(pos2(10.0, 115.0)), Some(1));
        assert_eq!(lanes.place_at(pos2(10.0, 95.0)), None);
        assert_eq!(lanes.between(Rangef::new(115.0, 183.0)), 1..4);
        assert_eq!(LanesPlace { tops: vec![80.0], ..lanes }.place_at(pos2(10.0, 115.0)), None);
    }

    #[test]
    fn each_box_has_its_line() {
        let boxes = [0..2, 2..4];
        let tops = tops(5, &boxes, 20.0);
        let second = 18.0 + 40.0 + GAP + 18.0;
        assert_eq!(tops, [18.0, 38.0, second, second + 20.0, second + 40.0 + GAP]);
        assert_eq!(titles_height(&boxes), 36.0 + GAP);
        let visible = Rect::from_min_max(pos2(0.0, 0.0), pos2(500.0, 500.0));
        let lanes = LanesPlace { visible, density: Density::Compact, tops };
        assert_eq!(lanes.place_at(pos2(10.0, 5.0)), None, "on the line over the first");
        assert_eq!(lanes.place_at(pos2(10.0, second - 5.0)), None, "on the line over the second");
        assert_eq!(lanes.place_at(pos2(10.0, second + 1.0)), Some(2));
    }
}
