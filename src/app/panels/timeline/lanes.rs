//! The lanes: one row a worker, framed each where workers are processes and all in one where they are threads.

use egui::{
    Align2, CornerRadius, Pos2, Rangef, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder,
    WidgetInfo, pos2, scroll_area::DragScroll, scroll_area::ScrollSource,
};

use super::density::{Density, has_box};
use super::detail::Detail;
use super::lane_labels::{self, Standing};
use super::lane_spans::Band;
use super::{FrameContext, end_markers};
use crate::app::format;
use crate::app::theme::GAP;
use crate::pool::{Lane, RunLog};

/// Segments looked at in one frame, over all lanes: about two milliseconds. What is left comes in the next ones.
const BUDGET: usize = 300_000;
/// The line over the lanes of one process.
const BOX_TITLE_HEIGHT: f32 = 18.0;

/// Where the lanes are on the screen.
#[derive(Debug, Clone, Copy)]
pub struct LanesPlace {
    visible: Rect,
    top: f32,
    density: Density,
    count: usize,
}

impl LanesPlace {
    /// The lane under a point.
    pub fn place_at(&self, at: Pos2) -> Option<usize> {
        let place = ((at.y - self.top) / self.density.pitch()).floor();
        (self.visible.contains(at) && place >= 0.0 && place < self.count as f32).then_some(place as usize)
    }
}

/// The height at which nothing scrolls.
pub fn wanted_height(log: &RunLog, room: f32) -> f32 {
    let title = if has_box(log) { BOX_TITLE_HEIGHT + GAP } else { 0.0 };
    Density::of(log.lanes.len(), room - title).pitch() * log.lanes.len() as f32 + title
}

/// Draws the lanes into `rect`; they scroll where they do not fit.
pub fn ui(ui: &mut Ui, rect: Rect, frame: &FrameContext<'_>, details: &mut Vec<Detail>) -> LanesPlace {
    let count = frame.run.log.lanes.len();
    details.resize_with(count, Detail::default);
    let title = if has_box(&frame.run.log) { BOX_TITLE_HEIGHT } else { 0.0 };
    let density = Density::of(count, rect.height() - title);
    let mut lanes_ui = ui.new_child(UiBuilder::new().id_salt("lanes").max_rect(rect));
    lanes_ui.shrink_clip_rect(rect);
    let scroll = ScrollArea::vertical()
        .auto_shrink(false)
        .scroll_source(ScrollSource { drag: DragScroll::Never, ..ScrollSource::default() });
    scroll
        .show_viewport(&mut lanes_ui, |ui, viewport| {
            let top = ui.min_rect().top() + title;
            ui.set_height(density.pitch() * count as f32 + title);
            let place = LanesPlace { visible: rect, top, density, count };
            draw_visible(ui, viewport, frame, details, &place);
            place
        })
        .inner
}

fn draw_visible(
    ui: &mut Ui,
    viewport: Rect,
    frame: &FrameContext<'_>,
    details: &mut [Detail],
    lanes: &LanesPlace,
) {
    let pitch = lanes.density.pitch();
    let title = lanes.top - ui.min_rect().top();
    let first = ((viewport.min.y - title) / pitch).floor().max(0.0) as usize;
    let last = ((viewport.max.y - title) / pitch).ceil().max(0.0) as usize;
    let frame_x = Rangef::new(lanes.visible.left() + 6.0, lanes.visible.right() - GAP);
    if title > 0.0 {
        box_ui(ui, frame, frame_x, lanes);
    }
    let mut budget = BUDGET;
    let mut is_complete = true;
    for (place, detail) in details.iter_mut().enumerate().take(last).skip(first) {
        let top = lanes.top + place as f32 * pitch;
        let rect = Rect::from_x_y_ranges(frame_x, top..=top + pitch - 2.0);
        let lane = &frame.run.log.lanes[place];
        is_complete &= detail.update(lane, &frame.scale, &mut budget);
        lane_ui(ui, frame, rect, lanes.density, place, lane, detail);
    }
    if !is_complete {
        ui.ctx().request_repaint();
    }
}

fn lane_ui(
    ui: &mut Ui,
    frame: &FrameContext<'_>,
    rect: Rect,
    density: Density,
    place: usize,
    lane: &Lane,
    detail: &Detail,
) {
    let theme = frame.cx.theme;
    let is_framed = !has_box(&frame.run.log) || lane.is_for_suspects;
    let standing = Standing::of(frame, place);
    if standing.needs_help() {
        let line = Stroke::new(1.0, theme.soft(theme.warn, 0.7));
        let ground = theme.soft(theme.warn, 0.10);
        ui.painter().rect(rect, CornerRadius::same(5), ground, line, StrokeKind::Inside);
    } else if is_framed && density != Density::Tiny {
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
}

/// The one frame around all threads, and what they share.
fn box_ui(ui: &Ui, frame: &FrameContext<'_>, x: Rangef, lanes: &LanesPlace) {
    let theme = frame.cx.theme;
    // The lane in which suspects run alone has a process of its own.
    let threads =
        frame.run.log.lanes.iter().rposition(|lane| !lane.is_for_suspects).map_or(0, |last| last + 1);
    let top = lanes.top - BOX_TITLE_HEIGHT;
    let rect = Rect::from_x_y_ranges(x, top..=lanes.top + threads as f32 * lanes.density.pitch() + 1.0);
    let stroke = Stroke::new(1.0, theme.faint);
    ui.painter().rect(
        rect,
        CornerRadius::same(6),
        theme.soft(theme.raised, 0.45),
        stroke,
        StrokeKind::Inside,
    );
    let text = box_text(frame);
    let title = rect.with_max_y(lanes.top);
    let response = ui.interact(title, ui.scope_id().with("process"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
    let at = pos2(rect.left() + 10.0, title.center().y + 1.0);
    ui.painter().text(at, Align2::LEFT_CENTER, &text, frame.small_font.clone(), theme.weak);
}

fn box_text(frame: &FrameContext<'_>) -> String {
    let Some(lane) = frame.run.log.lanes.first() else { return "one process".to_owned() };
    let Some(pid) = lane.pid() else { return "one process, not started".to_owned() };
    let memory = frame.memory_bytes(pid, lane.peak_rss_bytes()).map(format::bytes);
    let memory = memory.map(|memory| format!(", {memory}")).unwrap_or_default();
    format!("one process, pid {pid}{memory}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_lanes_are_roomy_and_many_are_low() {
        assert_eq!(Density::of(4, 50.0), Density::Roomy);
        assert_eq!(Density::of(12, 300.0), Density::Compact);
        assert_eq!(Density::of(12, 500.0), Density::Roomy);
        assert_eq!(Density::of(512, 300.0), Density::Tiny);
    }

    #[test]
    fn a_point_belongs_to_the_lane_under_it() {
        let visible = Rect::from_min_max(pos2(0.0, 100.0), pos2(500.0, 200.0));
        let lanes = LanesPlace { visible, top: 80.0, density: Density::Roomy, count: 10 };
        assert_eq!(lanes.place_at(pos2(10.0, 105.0)), Some(0));
        assert_eq!(lanes.place_at(pos2(10.0, 115.0)), Some(1));
        assert_eq!(lanes.place_at(pos2(10.0, 95.0)), None);
        assert_eq!(LanesPlace { count: 1, ..lanes }.place_at(pos2(10.0, 115.0)), None);
    }
}
