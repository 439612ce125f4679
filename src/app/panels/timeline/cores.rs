//! What each core did, on the axis of the lanes: the share of its time that it was busy with anything at all.
//!
//! The system counts a core's time for all programs together: whose it was is known of all cores together, and is the row on
//! top (`core_shares`). Which worker was on a core is known of some systems, and drawn over it (`worker_cores`).

use std::time::{Duration, Instant};

use egui::{
    Align2, FontId, Mesh, Painter, Rect, Role, ScrollArea, Sense, Shape, Ui, UiBuilder, WidgetInfo, pos2,
    vec2,
};

use super::core_shares::{self, SharesRow};
use super::stretches::{self, Place, add_quad};
use super::window::Scale;
use super::worker_cores::WorkerCores;
use crate::app::context::ViewContext;
use crate::app::theme::{STEP, strong};
use crate::monitor::{MonitorSnapshot, Point, Series};

/// The line with the number of cores busy.
const TITLE_HEIGHT: f32 = 24.0;
const AREA_HEIGHT: f32 = 84.0;
const LEAST_AREA_HEIGHT: f32 = 26.0;
/// With more cores than this, each is a strip.
const MOST_AREAS: usize = 8;
const STRIP_HEIGHT: f32 = 13.0;
/// Lower, with a name only now and then, so that all cores of a large machine are in sight.
const LEAST_STRIP_HEIGHT: f32 = 3.0;

/// The region of the cores in one frame.
pub struct Cores<'a> {
    pub cx: &'a ViewContext<'a>,
    pub scale: Scale,
    /// The zero of the axis.
    pub zero: Instant,
}

/// The height at which all cores are shown well.
pub fn wanted_height(cores: usize) -> f32 {
    let height = if cores > MOST_AREAS { STRIP_HEIGHT } else { AREA_HEIGHT };
    TITLE_HEIGHT + core_shares::HEIGHT + height * cores as f32
}

/// The height at which all cores can just be read.
pub fn least_height(cores: usize) -> f32 {
    let height = if cores > MOST_AREAS { LEAST_STRIP_HEIGHT } else { LEAST_AREA_HEIGHT };
    TITLE_HEIGHT + core_shares::LEAST_HEIGHT + height * cores as f32
}

impl Cores<'_> {
    /// Draws the title and all cores into `rect`; many cores scroll.
    pub fn ui(&self, ui: &mut Ui, rect: Rect) {
        let Some(monitor) = self.cx.machine_then else { return };
        ui.painter().hline(rect.x_range().shrink(6.0), rect.top(), self.cx.theme.hairline());
        let shares = SharesRow { cx: self.cx, scale: self.scale, zero: self.zero, monitor };
        self.title_ui(ui, rect, monitor);
        let title = rect.with_max_y(rect.top() + TITLE_HEIGHT).with_max_x(self.scale.x.max);
        shares.legend_ui(ui, title.with_min_x(self.scale.x.min));
        let count = monitor.cores.len();
        let room = (rect.height() - TITLE_HEIGHT).max(0.0);
        let row_height = (room / (count + 1) as f32).clamp(core_shares::LEAST_HEIGHT, core_shares::HEIGHT);
        let row_top = rect.top() + TITLE_HEIGHT;
        let top = row_top + row_height.min(room);
        shares.ui(ui, Rect::from_x_y_ranges(rect.x_range(), row_top..=top));
        let below = rect.with_min_y(top).with_max_y(rect.bottom().max(top));
        let workers =
            self.cx.run.map(|run| WorkerCores::of(&run.log, count, &self.scale)).unwrap_or_default();
        let pitch = pitch(count, below.height());
        let mut cores_ui = ui.new_child(UiBuilder::new().id_salt("cores").max_rect(below));
        cores_ui.shrink_clip_rect(below);
        ScrollArea::vertical().auto_shrink(false).show_viewport(&mut cores_ui, |ui, viewport| {
            let top = ui.min_rect().top();
            ui.set_height(pitch * count as f32);
            let first = (viewport.min.y / pitch).floor().max(0.0) as usize;
            let last = (viewport.max.y / pitch).ceil().max(0.0) as usize;
            for (core, series) in monitor.cores.iter().enumerate().take(last).skip(first) {
                let top = top + core as f32 * pitch;
                let rect = Rect::from_x_y_ranges(rect.x_range(), top..=top + pitch);
                self.core_ui(ui, rect, core, (series, &workers));
            }
        });
    }

    fn title_ui(&self, ui: &Ui, rect: Rect, monitor: &MonitorSnapshot) {
        let theme = self.cx.theme;
        let busy = monitor.shares.pool.last().filter(|_| self.cx.is_live());
        let text = match busy {
            Some(point) => format!("cores busy {:.2} of {}", point.mean, monitor.usable_cores),
            None => match monitor.usable_cores {
                1 => "1 core usable".to_owned(),
                cores => format!("{cores} cores usable"),
            },
        };
        let title = rect.with_max_y(rect.top() + TITLE_HEIGHT).shrink2(vec2(12.0, 0.0));
        let response = ui.interact(
            title.with_max_x(self.scale.x.min - STEP),
            ui.scope_id().with("cores busy"),
            Sense::hover(),
        );
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
        let font = FontId { size: 11.5, ..strong().resolve(ui.style()) };
        let color = if busy.is_some() { theme.ok } else { theme.weak };
        ui.painter().text(pos2(title.left(), title.center().y), Align2::LEFT_CENTER, &text, font, color);
        response.on_hover_text(
            "How many cores this pool keeps busy, measured over its processes and what they have started. \
             Below: whose time all cores were together, and each core with everything that runs on it: in the \
             colour of a worker where that was seen on it, else grey.",
        );
    }

    fn core_ui(&self, ui: &mut Ui, rect: Rect, core: usize, (series, workers): (&Series, &WorkerCores)) {
        let names = rect.with_max_x(self.scale.x.min - STEP);
        let name = format!("Core {core}");
        let remark = self.remark(core, series);
        let response = ui.interact(names, ui.scope_id().with(("core", core)), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{name}, {remark}")));
        let names_every = (STRIP_HEIGHT / rect.height()).ceil().max(1.0) as usize;
        if core.is_multiple_of(names_every) {
            self.draw_name(ui, names, &name, &remark);
        }
        response.on_hover_text(format!("{name} · {remark}"));
        let plot = Rect::from_x_y_ranges(self.scale.x, rect.y_range());
        let painter = ui.painter().with_clip_rect(plot.intersect(ui.clip_rect()));
        if rect.height() < LEAST_AREA_HEIGHT {
            let gap = if rect.height() > 6.0 { 1.0 } else { 0.25 };
            let strip = plot.shrink2(vec2(0.0, gap));
            self.draw_strip(&painter, strip, series);
            workers.draw(&painter, self.cx.theme, core, strip);
        } else {
            let area = plot.with_min_y(plot.top() + 5.0).with_max_y(plot.bottom() - 3.0);
            self.draw_area(&painter, area, series);
            workers.draw(&painter, self.cx.theme, core, area);
        }
    }

    fn draw_name(&self, ui: &Ui, names: Rect, name: &str, remark: &str) {
        let theme = self.cx.theme;
        let painter = ui.painter();
        let small = FontId { size: 10.5, ..egui::TextStyle::Small.resolve(ui.style()) };
        let x = names.left() + 12.0;
        if names.height() < LEAST_AREA_HEIGHT {
            let y = names.center().y.max(names.top() + 5.0);
            let text = format!("{name} · {remark}");
            painter.text(pos2(x, y), Align2::LEFT_CENTER, text, small, theme.weak);
            return;
        }
        let font = FontId { size: 11.5, ..strong().resolve(ui.style()) };
        let name_y = names.center().y - 6.5;
        painter.text(pos2(x, name_y), Align2::LEFT_CENTER, name, font, theme.text);
        let galley = painter.layout_no_wrap(remark.to_owned(), small, theme.weak);
        let clipped = painter.with_clip_rect(names.intersect(ui.clip_rect()));
        clipped.galley(pos2(x, names.center().y + 6.5 - galley.size().y / 2.0), galley, theme.weak);
    }

    /// "99 % · W1, W3": how busy it was in the newest sample, and who was last seen on it.
    fn remark(&self, core: usize, series: &Series) -> String {
        let remark = self.share(series).map_or("–".to_owned(), |share| format!("{:.0} %", share * 100.0));
        let live = self.cx.run.filter(|_| self.cx.is_live()).map(|run| run.live.as_slice());
        let here = live.into_iter().flatten().enumerate();
        let here = here.filter(|(_, lane)| lane.core == u32::try_from(core).ok());
        let here: Vec<usize> = here.map(|(place, _)| place + 1).collect();
        remark + &workers_text(&here)
    }

    /// How busy the core is now; where a run is over and shown, how busy it was in it.
    fn share(&self, series: &Series) -> Option<f32> {
        if self.cx.run.is_none() || self.cx.is_live() {
            return series.last().map(|point| point.mean);
        }
        let end = self.zero + Duration::from_nanos(self.cx.elapsed_ns());
        let (sum, samples) = series
            .points()
            .filter(|point| (self.zero..=end).contains(&point.at))
            .fold((0.0, 0), |(sum, samples), point| {
                (sum + point.mean * point.samples as f32, samples + point.samples)
            });
        // A run shorter than the time between samples lies within the one that came after it.
        let after = || series.points().find(|point| point.at > end).map(|point| point.mean);
        if samples > 0 { Some(sum / samples as f32) } else { after() }
    }

    /// The mean as an area, with a band from the least to the highest where samples were merged.
    fn draw_area(&self, painter: &Painter, rect: Rect, series: &Series) {
        // In no colour of the row above: whose time it was is not known of a single core.
        let theme = self.cx.theme;
        let (area, band) = (theme.soft(theme.weak, 0.4), theme.soft(theme.weak, 0.2));
        let y = |share: f32| rect.bottom() - share.clamp(0.0, 1.0) * rect.height();
        let mut mesh = Mesh::default();
        self.for_each_stretch(series, |one, other| {
            let x = [one.x, other.x];
            let ([min, mean, max], [last_min, last_mean, last_max]) = (one.values, other.values);
            if max > mean || last_max > last_mean {
                add_quad(&mut mesh, x, [y(max), y(last_max)], [y(min), y(last_min)], band);
            }
            add_quad(&mut mesh, x, [y(mean), y(last_mean)], [rect.bottom(); 2], area);
        });
        painter.add(Shape::mesh(mesh));
        painter.hline(rect.x_range(), rect.bottom(), theme.hairline());
    }

    /// The mean as the strength of the colour.
    fn draw_strip(&self, painter: &Painter, rect: Rect, series: &Series) {
        let theme = self.cx.theme;
        painter.rect_filled(rect, 0.0, theme.soft(theme.raised, 0.6));
        let mut mesh = Mesh::default();
        self.for_each_stretch(series, |one, other| {
            let color = theme.soft(theme.weak, 0.1 + 0.8 * other.values[1].clamp(0.0, 1.0));
            mesh.add_colored_rect(Rect::from_x_y_ranges(one.x..=other.x, rect.y_range()), color);
        });
        painter.add(Shape::mesh(mesh));
    }

    /// Calls `draw` with the ends of each stretch in view that has no gap in it: least, mean and highest share.
    fn for_each_stretch(&self, series: &Series, mut draw: impl FnMut(Place, Place)) {
        for run in series.runs() {
            let places = run.points().map(|point| self.place(point));
            stretches::for_each(places, stretches::join_range, self.scale.x, &mut draw);
        }
    }

    fn place(&self, point: &Point) -> Place {
        let after = point.at.saturating_duration_since(self.zero).as_nanos() as f64;
        let before = self.zero.saturating_duration_since(point.at).as_nanos() as f64;
        Place { x: self.scale.x_of(after - before), values: [point.min, point.mean, point.max] }
    }
}

/// " · W1, W3 +2": as many as have room beside the core's name.
fn workers_text(workers: &[usize]) -> String {
    const NAMED: usize = 2;
    if workers.is_empty() {
        return String::new();
    }
    let named = workers.iter().take(NAMED).map(|worker| format!("W{worker}")).collect::<Vec<_>>().join(", ");
    match workers.len().saturating_sub(NAMED) {
        0 => format!(" · {named}"),
        more => format!(" · {named} +{more}"),
    }
}

/// The height of one core where `count` share `room`.
fn pitch(count: usize, room: f32) -> f32 {
    let share = room / count.max(1) as f32;
    if count > MOST_AREAS {
        share.clamp(LEAST_STRIP_HEIGHT, STRIP_HEIGHT)
    } else {
        share.clamp(LEAST_AREA_HEIGHT, AREA_HEIGHT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_workers_on_a_core_the_first_are_named_and_the_others_counted() {
        let texts = [&[][..], &[3], &[1, 12], &[1, 2, 4, 7]].map(workers_text);
        assert_eq!(texts, ["", " · W3", " · W1, W12", " · W1, W2 +2"]);
    }

    #[test]
    fn many_cores_are_strips() {
        assert_eq!(pitch(2, 2.0 * AREA_HEIGHT + 1.0), AREA_HEIGHT);
        assert_eq!((pitch(12, 300.0), pitch(256, 200.0)), (STRIP_HEIGHT, LEAST_STRIP_HEIGHT));
    }
}
