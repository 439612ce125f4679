//! The lanes: one row a worker, framed each where workers are processes and all in one where they are threads.

use eframe::egui::{
    Align2, CornerRadius, Pos2, Rangef, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder,
    WidgetInfo, pos2, scroll_area::DragScroll, scroll_area::ScrollSource, vec2,
};

use super::Scene;
use super::blocks::Band;
use super::detail::Detail;
use crate::app::format;
use crate::app::theme::{GAP, STEP};
use crate::pool::{Lane, Mode, RunLog};

/// Segments looked at in one frame, over all lanes: about two milliseconds. What is left comes in the next ones.
const BUDGET: usize = 300_000;
/// The line over the lanes of one process.
const BOX_TITLE_HEIGHT: f32 = 18.0;

/// How high a lane is, with the gap under it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Density {
    /// Name, and process under it.
    Roomy,
    /// Name.
    Compact,
    /// Number.
    Tiny,
}

impl Density {
    /// The highest of which all lanes fit; many lanes scroll, and are low.
    fn of(lanes: usize, room: f32) -> Self {
        let fits = |density: &Self| density.pitch() * lanes as f32 <= room;
        if fits(&Self::Roomy) || lanes <= 6 {
            Self::Roomy
        } else if fits(&Self::Compact) || lanes <= 16 {
            Self::Compact
        } else {
            Self::Tiny
        }
    }

    fn pitch(self) -> f32 {
        match self {
            Self::Roomy => 34.0,
            Self::Compact => 24.0,
            Self::Tiny => 13.0,
        }
    }

    /// From the lane's edge to its blocks.
    fn inset(self) -> f32 {
        match self {
            Self::Roomy => 6.0,
            Self::Compact => 4.0,
            Self::Tiny => 1.5,
        }
    }
}

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

/// Whether all lanes are threads of one process.
fn has_box(log: &RunLog) -> bool {
    log.plan.job.settings.mode == Mode::Thread
}

/// Draws the lanes into `rect`; they scroll where they do not fit.
pub fn ui(ui: &mut Ui, rect: Rect, scene: &Scene<'_>, details: &mut Vec<Detail>) -> LanesPlace {
    let count = scene.run.log.lanes.len();
    details.resize_with(count, Detail::default);
    let title = if has_box(&scene.run.log) { BOX_TITLE_HEIGHT } else { 0.0 };
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
            draw_visible(ui, viewport, scene, details, &place);
            place
        })
        .inner
}

fn draw_visible(ui: &mut Ui, viewport: Rect, scene: &Scene<'_>, details: &mut [Detail], lanes: &LanesPlace) {
    let pitch = lanes.density.pitch();
    let title = lanes.top - ui.min_rect().top();
    let first = ((viewport.min.y - title) / pitch).floor().max(0.0) as usize;
    let last = ((viewport.max.y - title) / pitch).ceil().max(0.0) as usize;
    let frame_x = Rangef::new(lanes.visible.left() + 6.0, lanes.visible.right() - GAP);
    if title > 0.0 {
        box_ui(ui, scene, frame_x, lanes);
    }
    let mut budget = BUDGET;
    let mut is_complete = true;
    for (place, detail) in details.iter_mut().enumerate().take(last).skip(first) {
        let top = lanes.top + place as f32 * pitch;
        let rect = Rect::from_x_y_ranges(frame_x, top..=top + pitch - 2.0);
        let lane = &scene.run.log.lanes[place];
        is_complete &= detail.update(lane, &scene.scale, &mut budget);
        lane_ui(ui, scene, rect, lanes.density, place, lane, detail);
    }
    if !is_complete {
        ui.ctx().request_repaint();
    }
}

fn lane_ui(
    ui: &mut Ui,
    scene: &Scene<'_>,
    rect: Rect,
    density: Density,
    place: usize,
    lane: &Lane,
    detail: &Detail,
) {
    let theme = scene.cx.theme;
    let is_framed = !has_box(&scene.run.log) || scene.is_alone(place);
    if is_framed && density != Density::Tiny {
        ui.painter().rect_stroke(rect, CornerRadius::same(5), theme.hairline(), StrokeKind::Inside);
    }
    let color = if scene.is_alone(place) { theme.warn } else { theme.worker(place + 1) };
    name_ui(ui, scene, rect, density, place, lane);
    let painter = ui
        .painter()
        .with_clip_rect(Rect::from_x_y_ranges(scene.scale.x, rect.y_range()).intersect(ui.clip_rect()));
    let y = rect.y_range().shrink(density.inset());
    Band { painter: &painter, scene, place, y, color }.draw(lane, detail);
}

/// Swatch, name and process.
fn name_ui(ui: &mut Ui, scene: &Scene<'_>, rect: Rect, density: Density, place: usize, lane: &Lane) {
    let theme = scene.cx.theme;
    let color = if scene.is_alone(place) { theme.warn } else { theme.worker(place + 1) };
    let name = scene.worker_name(place);
    let process = process_text(scene, lane);
    let names = rect.with_max_x(scene.scale.x.min - STEP);
    let response = ui.interact(names, ui.scope_id().with(("lane", place)), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{name}, {process}")));
    let painter = ui.painter().with_clip_rect(names.intersect(ui.clip_rect()));
    let side = if density == Density::Tiny { 8.0 } else { 10.0 };
    let swatch = Rect::from_center_size(pos2(names.left() + 12.0, names.center().y), vec2(side, side));
    painter.rect_filled(swatch, CornerRadius::same(2), color);
    let x = names.left() + 23.0;
    let font = scene.strong_font.clone();
    match density {
        Density::Roomy => {
            let name_font = eframe::egui::FontId { size: 11.5, ..font };
            painter.text(pos2(x, names.center().y - 6.5), Align2::LEFT_CENTER, &name, name_font, theme.text);
            let small = scene.small_font.clone();
            painter.text(pos2(x, names.center().y + 6.5), Align2::LEFT_CENTER, &process, small, theme.weak);
        }
        Density::Compact => {
            let name_font = eframe::egui::FontId { size: 11.5, ..font };
            painter.text(pos2(x, names.center().y), Align2::LEFT_CENTER, &name, name_font, theme.text);
        }
        Density::Tiny => {
            let small = scene.small_font.clone();
            painter.text(pos2(x, names.center().y), Align2::LEFT_CENTER, &name, small, theme.weak);
        }
    }
    response.on_hover_ui(|ui| {
        ui.label(format!("{name} · {process}"));
        let busy = format::duration_ns(lane.busy_ns);
        ui.label(format!(
            "{}, {} failed, busy {busy}",
            format::counted(lane.items, "item", "items"),
            lane.failed
        ));
    });
}

/// "pid 4711 · 6.1 MB"; of a thread what it did, because process and memory are those of all.
fn process_text(scene: &Scene<'_>, lane: &Lane) -> String {
    if has_box(&scene.run.log) {
        return format::counted(lane.items, "item", "items");
    }
    let Some(pid) = lane.pid() else { return "not started".to_owned() };
    let memory = scene.memory_bytes(pid, lane.peak_rss_bytes()).map(format::bytes);
    memory.map_or(format!("pid {pid}"), |memory| format!("pid {pid} · {memory}"))
}

/// The one frame around all threads, and what they share.
fn box_ui(ui: &Ui, scene: &Scene<'_>, x: Rangef, lanes: &LanesPlace) {
    let theme = scene.cx.theme;
    let workers = scene.run.log.plan.job.settings.workers.min(lanes.count);
    let top = lanes.top - BOX_TITLE_HEIGHT;
    let rect = Rect::from_x_y_ranges(x, top..=lanes.top + workers as f32 * lanes.density.pitch() + 1.0);
    let stroke = Stroke::new(1.0, theme.faint);
    ui.painter().rect(
        rect,
        CornerRadius::same(6),
        theme.soft(theme.raised, 0.45),
        stroke,
        StrokeKind::Inside,
    );
    let text = box_text(scene);
    let title = rect.with_max_y(lanes.top);
    let response = ui.interact(title, ui.scope_id().with("process"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
    let at = pos2(rect.left() + 10.0, title.center().y + 1.0);
    ui.painter().text(at, Align2::LEFT_CENTER, &text, scene.small_font.clone(), theme.weak);
}

fn box_text(scene: &Scene<'_>) -> String {
    let Some(lane) = scene.run.log.lanes.first() else { return "one process".to_owned() };
    let Some(pid) = lane.pid() else { return "one process, not started".to_owned() };
    let memory = scene.memory_bytes(pid, lane.peak_rss_bytes()).map(format::bytes);
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
