//! Who ran what when, with the cores of the machine under it on the same time axis.
//!
//! This module owns the panel's state, its layout and what pointer and keys do; `lanes` draws the workers with their
//! `lane_labels`, `lane_spans` and `end_markers`, `cores` the cores with whose time it was (`core_shares`) and which workers were on them (`worker_cores`), `axis` the times, and `hover` knows what is under the pointer.

mod axis;
mod core_parts;
mod core_shares;
mod cores;
mod density;
mod detail;
mod end_markers;
mod fault_strip;
mod frame_context;
mod hover;
mod lane_labels;
mod lane_menu;
mod lane_spans;
mod lanes;
mod legend;
mod note_marks;
mod slowest;
mod standing;
mod stretches;
mod twin;
mod window;
mod worker_cores;

use std::time::{Duration, Instant};

use egui::{
    Align, Event, EventFilter, Key, Layout, Rangef, Rect, Response, Role, Sense, Stroke, TextStyle, Ui,
    WidgetInfo,
};

use self::axis::{AxisLook, Tick};
use self::cores::Cores;
use self::detail::Detail;
use self::fault_strip::FaultStrip;
use self::frame_context::FrameContext;
use self::hover::UnderPointer;
use self::lanes::LanesPlace;
pub use self::legend::is_kept_open as is_legend_open;
use self::slowest::Slowest;
pub use self::twin::{TwinSide, TwinTimeline};
use self::window::{Scale, TimeWindow};
use crate::app::command::Command;
use crate::app::context::ViewContext;
use crate::app::notes;
use crate::app::repaint_rate::RepaintRate;
use crate::app::theme::{GAP, STEP};
use crate::app::widgets::{self, PointedIn};
use crate::pool::{NotePlace, RunLog};

/// Left of the axis, for names.
const NAMES_WIDTH: f32 = 148.0;
/// Right of the axis, for the scroll bar.
const RIGHT_MARGIN: f32 = 16.0;
const AXIS_HEIGHT: f32 = 22.0;
/// What the cores show before any run.
const IDLE_NS: f64 = 60e9;
/// How often a live edge moves, where frames cost next to nothing.
const LIVE_FRAME: Duration = Duration::from_millis(33);

/// The panel, and what it keeps from frame to frame.
#[derive(Debug, Default)]
pub struct TimelinePanel {
    window: TimeWindow,
    /// What is kept of each lane from frame to frame.
    details: Vec<Detail>,
    /// The start of the run that the state above is of.
    started: Option<Instant>,
    slowest: Slowest,
    /// The item under the pointer when the menu was opened.
    menu_item: Option<u64>,
    fault_strip: FaultStrip,
}

/// What the title row asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Asked {
    Live,
    Fit,
    Slowest,
}

impl TimelinePanel {
    /// Draws the panel into all of `ui`.
    pub fn ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>) {
        self.forget_other_run(cx);
        let mut asked = None;
        let (is_following, is_searching) = (self.window.is_following(), self.slowest.is_searching());
        let header = |ui: &mut Ui| asked = header_ui(ui, cx, is_following, is_searching);
        widgets::card(ui, cx.theme, "Timeline", header, |ui| self.body_ui(ui, cx));
        self.act(asked, cx);
        self.search_slowest(ui, cx);
        if cx.is_live() {
            ui.ctx().request_repaint_after(LIVE_FRAME.max(RepaintRate::of_window(ui.ctx()).live));
        }
    }

    fn forget_other_run(&mut self, cx: &ViewContext<'_>) {
        let started = cx.run.map(|run| run.log.plan.started);
        if self.started != started {
            // A new run is shown whole, whatever was looked at in the last one; following goes on.
            if !self.window.is_following() {
                self.window.fit();
            }
            self.details.clear();
            self.fault_strip = FaultStrip::default();
            self.started = started;
        }
    }

    fn act(&mut self, asked: Option<Asked>, cx: &ViewContext<'_>) {
        match (asked, cx.run) {
            (Some(Asked::Live), _) => self.window.toggle_following(),
            (Some(Asked::Fit), _) => self.window.fit(),
            (Some(Asked::Slowest), Some(run)) => self.slowest.begin(&run.log),
            (Some(Asked::Slowest), None) | (None, _) => {}
        }
    }

    fn search_slowest(&mut self, ui: &Ui, cx: &ViewContext<'_>) {
        let Some(run) = cx.run else { return };
        if let Some(index) = self.slowest.step(&run.log)
            && let Some(row) = run.log.row(index)
        {
            self.window.show(row.start_ns, (f64::from(row.duration_s) * 1e9) as u64);
            cx.commands.send(Command::SelectRow(index));
        }
        if self.slowest.is_searching() {
            ui.ctx().request_repaint();
        }
    }

    fn body_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>) {
        let all = ui.available_rect_before_wrap();
        let strip_height = FaultStrip::height(cx);
        let (strip, rect) = all.split_top_bottom_at_y(all.top() + strip_height);
        if let Some(run) = cx.run {
            self.fault_strip.follow(&run.log);
        }
        self.fault_strip.ui(ui, strip, cx);
        let elapsed_ns = cx.elapsed_ns();
        let x = Rangef::new(
            rect.left() + NAMES_WIDTH,
            (rect.right() - RIGHT_MARGIN).max(rect.left() + NAMES_WIDTH + 1.0),
        );
        let scale = self.scale(cx, x, elapsed_ns);
        let places = Places::of(rect, cx);
        let ticks = if cx.run.is_some() { axis::ticks(&scale) } else { axis::ticks_before_now(IDLE_NS) };
        draw_axis(ui, cx, &scale, &ticks, &places);
        let lanes = match cx.run {
            Some(run) => {
                let mut frame = FrameContext::new(ui, *cx, run, scale, elapsed_ns);
                frame.light_pointed(ui.ctx());
                Some(lanes::ui(ui, places.lanes, &frame, &mut self.details))
            }
            None => {
                let mut empty_ui = ui.new_child(egui::UiBuilder::new().max_rect(places.lanes));
                widgets::empty_state(
                    &mut empty_ui,
                    cx.theme,
                    "Start a pool to see who runs what when.",
                    None,
                );
                None
            }
        };
        Cores { cx, scale, zero: cx.run.map_or(cx.now, |run| run.log.plan.started) }.ui(ui, places.cores);
        if cx.run.is_some() {
            self.pointer_ui(ui, cx, &scale, &places, lanes, elapsed_ns);
        }
    }

    fn scale(&self, cx: &ViewContext<'_>, x: Rangef, elapsed_ns: u64) -> Scale {
        let (from_ns, to_ns) = match cx.run {
            Some(_) => self.window.range_ns(elapsed_ns, !cx.is_live()),
            None => (-IDLE_NS, 0.0),
        };
        Scale { from_ns, to_ns, x }
    }

    /// The live edge, the pointer's line, the tooltip, and what pointer and keys do.
    fn pointer_ui(
        &mut self,
        ui: &mut Ui,
        cx: &ViewContext<'_>,
        scale: &Scale,
        places: &Places,
        lanes: Option<LanesPlace>,
        elapsed_ns: u64,
    ) {
        let plot = Rect::from_x_y_ranges(scale.x, places.lanes.top()..=places.cores.bottom());
        let response = ui.interact(plot, ui.scope_id().with("plot"), Sense::click_and_drag());
        response.widget_info(|| {
            WidgetInfo::labeled(Role::Canvas, true, "Timeline, zoom with + and -, move with arrows")
        });
        draw_live_edge(ui, cx, scale, plot, elapsed_ns);
        self.move_window(ui, &response, scale, elapsed_ns);
        let (Some(run), Some(lanes)) = (cx.run, lanes) else { return };
        let frame = FrameContext::new(ui, *cx, run, *scale, elapsed_ns);
        let under = response.hover_pos().and_then(|pointer| {
            draw_pointer_line(ui, cx, scale, plot, pointer.x, places.axis_y());
            UnderPointer::at(&frame, &lanes, pointer).filter(|_| !response.dragged())
        });
        let item = under.as_ref().and_then(|under| under.item);
        widgets::point_at(ui.ctx(), PointedIn::Timeline, &run.log, item);
        self.menu_ui(&response, cx, &run.log, item);
        let Some(UnderPointer { lane, target, .. }) = under else { return };
        if response.clicked() {
            target.commands(&run.log, lane).into_iter().for_each(|command| cx.commands.send(command));
        }
        response.on_hover_ui_at_pointer(|ui| {
            target.ui(ui, &frame, lane);
            if let Some(told) = target.told_of_click(&run.log) {
                ui.colored_label(cx.theme.weak, told);
            }
        });
    }

    /// What can be written on the item under the pointer, and on the run.
    fn menu_ui(&mut self, response: &Response, cx: &ViewContext<'_>, log: &RunLog, item: Option<u64>) {
        if response.secondary_clicked() {
            self.menu_item = item;
        }
        response.context_menu(|ui| {
            let place = self.menu_item.map(NotePlace::Item);
            for place in place.into_iter().chain([NotePlace::Run]) {
                notes::menu_item_ui(ui, cx, log, place);
            }
        });
    }

    fn move_window(&mut self, ui: &Ui, response: &Response, scale: &Scale, elapsed_ns: u64) {
        let range_ns = (scale.from_ns, scale.to_ns);
        let (mut zoom, mut pan_px) = (1.0, -response.drag_delta().x);
        if response.contains_pointer() {
            let (wheel_zoom, wheel_px) =
                ui.input(|input| (input.zoom_delta(), input.smooth_scroll_delta().x));
            zoom *= wheel_zoom;
            pan_px -= wheel_px;
        }
        if response.has_focus() {
            let (key_zoom, key_pan) = moved_by_keys(ui, response);
            zoom *= key_zoom;
            pan_px += key_pan * scale.x.span();
        }
        let anchor_ns =
            response.hover_pos().map_or((scale.from_ns + scale.to_ns) / 2.0, |at| scale.ns_at(at.x));
        if response.double_clicked() {
            self.window.fit();
        } else if zoom != 1.0 {
            self.window.zoom(f64::from(zoom), anchor_ns, range_ns, elapsed_ns);
        } else if pan_px != 0.0 {
            self.window.pan(f64::from(pan_px) * scale.ns_per_px(), range_ns, elapsed_ns);
        }
    }
}

/// The zoom factor, and the share of the width to move by, that keys ask for.
fn moved_by_keys(ui: &Ui, response: &Response) -> (f32, f32) {
    let arrows = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    let (mut zoom, mut pan) = (1.0, 0.0);
    ui.input(|input| {
        for event in &input.events {
            match event {
                Event::Key { key: Key::ArrowLeft, pressed: true, .. } => pan -= 0.1,
                Event::Key { key: Key::ArrowRight, pressed: true, .. } => pan += 0.1,
                Event::Text(text) if text == "+" => zoom *= 1.25,
                Event::Text(text) if text == "-" => zoom /= 1.25,
                _ => {}
            }
        }
    });
    (zoom, pan)
}

fn header_ui(ui: &mut Ui, cx: &ViewContext<'_>, is_following: bool, is_searching: bool) -> Option<Asked> {
    let mut asked = None;
    let follow = widgets::chip_button(ui, cx.theme, "follow", is_following);
    if follow.on_hover_text("Keeps the newest seconds in sight, instead of the whole run").clicked() {
        asked = Some(Asked::Live);
    }
    fault_strip::keys_ui(ui, cx);
    if cx.run.is_none() {
        return asked;
    }
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let text = if is_searching { "searching…" } else { "slowest" };
        if widgets::link(ui, cx.theme, text).on_hover_text("Goes to the item that took longest").clicked() {
            asked = Some(Asked::Slowest);
        }
        legend::link_ui(ui, cx.theme);
        let fit = widgets::link(ui, cx.theme, "fit");
        if fit
            .on_hover_text("Shows the whole run, as a double click does. Ctrl and wheel zoom, a drag moves.")
            .clicked()
        {
            asked = Some(Asked::Fit);
        }
    });
    asked
}

/// Where the parts of the panel are: the axis over the lanes over the cores.
struct Places {
    rect: Rect,
    lanes: Rect,
    cores: Rect,
}

impl Places {
    /// The cores are always in sight: the lanes scroll where both do not fit.
    fn of(rect: Rect, cx: &ViewContext<'_>) -> Self {
        let cores = cx.machine_then.map_or(0, |monitor| monitor.cores.len());
        let room = (rect.height() - AXIS_HEIGHT - GAP).max(0.0);
        // Of a run that was opened, the cores may not be known.
        let lanes_room = if cores == 0 { room } else { room * 0.6 };
        let (lanes_height, most_height) =
            cx.run.map_or((60.0, 60.0), |run| lanes::wanted_height(&run.log, lanes_room));
        // First the cores give way, down to what can still be read; then the lanes scroll.
        let least_height = cores::least_height(cores).min(room * 0.42);
        let cores_height = cores::wanted_height(cores).min((room - lanes_height).max(least_height));
        let top = rect.top() + AXIS_HEIGHT;
        let middle = rect.bottom() - STEP - cores_height;
        let all_x = Rect::everything_right_of(rect.left())
            .intersect(Rect::everything_left_of(rect.right()))
            .x_range();
        // What the cores do not need, the lanes may have, as far as they can use it: no hole between them.
        let middle = middle.min(top + most_height + GAP).max(top);
        Self {
            rect,
            lanes: Rect::from_x_y_ranges(all_x, top..=(middle - STEP).max(top)),
            cores: Rect::from_x_y_ranges(all_x, middle..=(middle + cores_height).min(rect.bottom() - STEP)),
        }
    }

    fn axis_y(&self) -> f32 {
        self.rect.top() + AXIS_HEIGHT / 2.0
    }
}

fn draw_axis(ui: &Ui, cx: &ViewContext<'_>, scale: &Scale, ticks: &[Tick], places: &Places) {
    let look = AxisLook {
        font: TextStyle::Small.resolve(ui.style()),
        label: Stroke::new(1.0, cx.theme.weak),
        line: Stroke::new(1.0, cx.theme.soft(cx.theme.line, 0.8)),
    };
    let lines = Rangef::new(places.lanes.top(), places.cores.bottom());
    axis::draw(ui.painter(), scale, ticks, places.axis_y(), lines, &look);
}

fn draw_live_edge(ui: &Ui, cx: &ViewContext<'_>, scale: &Scale, plot: Rect, elapsed_ns: u64) {
    let x = scale.x_of(elapsed_ns as f64);
    if cx.is_live() && scale.x.contains(x) {
        ui.painter().vline(x, plot.y_range(), Stroke::new(1.5, cx.theme.accent));
    }
}

/// A line through lanes and cores, and its time on the axis.
fn draw_pointer_line(ui: &Ui, cx: &ViewContext<'_>, scale: &Scale, plot: Rect, x: f32, axis_y: f32) {
    let painter = ui.painter();
    painter.vline(x, plot.y_range(), Stroke::new(1.0, cx.theme.faint));
    let text = axis::exact_time(scale, scale.ns_at(x));
    let font = TextStyle::Small.resolve(ui.style());
    let galley = painter.layout_no_wrap(text, font, cx.theme.text);
    let half = galley.size().x / 2.0 + STEP;
    let center_x = x.min(scale.x.max - half).max(scale.x.min + half);
    let ground =
        Rect::from_center_size(egui::pos2(center_x, axis_y), galley.size() + egui::vec2(2.0 * STEP, 2.0));
    painter.rect_filled(ground, 3.0, cx.theme.raised);
    painter.galley(ground.center() - galley.size() / 2.0, galley, cx.theme.text);
}
