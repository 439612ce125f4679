//! Two runs one above the other, on one clock: who ran what when, and which of them was done first.

use std::time::Instant;

use egui::{Layout, Rangef, Rect, RichText, Sense, Stroke, TextStyle, Ui, UiBuilder};
use egui_material_icons::icons::ICON_STICKY_NOTE_2;

use super::axis::{self, AxisLook};
use super::density::Density;
use super::detail::Detail;
use super::hover::UnderPointer;
use super::lanes::LanesPlace;
use super::window::Scale;
use super::worker_cores::{self, WorkerCores};
use super::{AXIS_HEIGHT, FrameContext, NAMES_WIDTH, RIGHT_MARGIN, lanes, legend};
use crate::app::context::ViewContext;
use crate::app::repaint_rate::RepaintRate;
use crate::app::theme::{GAP, STEP, strong};
use crate::app::widgets::PointedIn;
use crate::app::{format, notes, widgets};
use crate::pool::{NotePlace, RunLog, RunSnapshot};

const TITLE_HEIGHT: f32 = 22.0;
const LEGEND_HEIGHT: f32 = 22.0;
/// Of a machine with more, these are shown.
const MOST_CORES: usize = 16;

/// One of the two.
#[derive(Clone, Copy)]
pub struct TwinSide<'a> {
    pub run: &'a RunSnapshot,
    pub title: &'a str,
}

/// The view, and what it keeps from frame to frame.
#[derive(Debug, Default)]
pub struct TwinTimeline {
    details: Vec<Vec<Detail>>,
    /// The starts of the runs that these are of.
    started: Vec<Option<Instant>>,
    /// Whether it is shown below the lanes of each which worker was on which core.
    pub shows_cores: bool,
    /// Whether it says nothing of time that one of them was done before the others.
    pub is_no_race: bool,
}

impl TwinTimeline {
    /// Draws the card into all of `ui`.
    pub fn ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>, runs: &[TwinSide<'_>]) {
        let header = |ui: &mut Ui| {
            ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                legend::link_ui(ui, cx.theme);
            });
        };
        let title = match runs {
            [_, _] => "Both on one clock",
            _ => "On one clock",
        };
        widgets::card(ui, cx.theme, title, header, |ui| self.body_ui(ui, cx, runs));
    }

    fn body_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>, runs: &[TwinSide<'_>]) {
        self.details.resize_with(runs.len(), Vec::new);
        self.started.resize(runs.len(), None);
        let rect = ui.available_rect_before_wrap();
        let right = (rect.right() - RIGHT_MARGIN).max(rect.left() + NAMES_WIDTH + 1.0);
        let x = Rangef::new(rect.left() + NAMES_WIDTH, right);
        let end_ns = |twin: &TwinSide<'_>| match twin.run.log.is_finished() {
            true => twin.run.log.last_row_ns,
            false => twin.run.elapsed_ns(),
        };
        let longest_ns = runs.iter().map(end_ns).max().unwrap_or_default();
        let scale = Scale { from_ns: 0.0, to_ns: longest_ns.max(1) as f64 * 1.03, x };
        let bottom = rect.bottom() - LEGEND_HEIGHT;
        let logs: Vec<&RunLog> = runs.iter().map(|twin| &twin.run.log).collect();
        let cores: Vec<usize> = logs.iter().map(|log| self.cores_of(cx, log)).collect();
        let (places, density) = places(rect, bottom, &logs, &cores);
        draw_axis(ui, cx, &scale, rect, bottom);
        let first = first_of(runs).filter(|_| !self.is_no_race);
        for (nth, (twin, place)) in runs.iter().zip(&places).enumerate() {
            self.forget_other_run(nth, &twin.run.log);
            let is_first = first.is_some_and(|first| std::ptr::eq(first, &twin.run.log));
            title_ui(ui, cx, *twin, is_first, place.with_max_y(place.top() + TITLE_HEIGHT));
            let cores_height = worker_cores::strips_height(cores[nth]).min(place.height() - TITLE_HEIGHT);
            let (lanes_place, strips) = place
                .with_min_y(place.top() + TITLE_HEIGHT)
                .split_top_bottom_at_y(place.bottom() - cores_height);
            let mut frame = FrameContext::new(ui, *cx, twin.run, scale, twin.run.elapsed_ns());
            frame.light_pointed(ui.ctx());
            let mut lanes_ui = ui.new_child(UiBuilder::new().id_salt(("twin", nth)).max_rect(lanes_place));
            let details = &mut self.details[nth];
            let lanes = lanes::ui_with(&mut lanes_ui, lanes_place, &frame, details, density);
            pointer_ui(&lanes_ui, &frame, &lanes, lanes_place);
            let mut strips_ui = ui.new_child(UiBuilder::new().id_salt(("twin cores", nth)).max_rect(strips));
            strips_ui.shrink_clip_rect(strips);
            worker_cores::strips_ui(&strips_ui, cx.theme, &twin.run.log, cores[nth], (strips, &scale));
        }
        if let Some(first) = first {
            draw_end(ui, cx, &scale, first, &places);
        }
        let legend = Rect::from_x_y_ranges(x, bottom..=rect.bottom());
        let mut legend_ui = ui.new_child(UiBuilder::new().id_salt("signs").max_rect(legend));
        legend_ui.shrink_clip_rect(legend);
        legend::signs_ui(&mut legend_ui, cx.theme, &logs);
    }

    /// How many cores are shown of a run: those of the machine, also where nobody was on them.
    fn cores_of(&self, cx: &ViewContext<'_>, log: &RunLog) -> usize {
        if !self.shows_cores || !WorkerCores::are_known(log) {
            return 0;
        }
        let seen = log.lanes.iter().flat_map(|lane| lane.core_stays.cores()).max().unwrap_or_default();
        let there = cx.monitor.map_or(0, |monitor| monitor.cores.len());
        there.max(seen as usize + 1).min(MOST_CORES)
    }

    fn forget_other_run(&mut self, nth: usize, log: &RunLog) {
        let started = Some(log.plan.started);
        if self.started[nth] != started {
            self.started[nth] = started;
            self.details[nth].clear();
        }
    }
}

/// Where each is, and how high all lanes are: each gets what its lanes want, as far as there is room for all.
fn places(rect: Rect, bottom: f32, logs: &[&RunLog], cores: &[usize]) -> (Vec<Rect>, Density) {
    let mut top = rect.top() + AXIS_HEIGHT;
    let room = (bottom - top - GAP * logs.len().saturating_sub(1) as f32).max(0.0);
    // Lanes are as high in all of them, so that they can be compared.
    let lanes: usize = logs.iter().map(|log| log.lanes.len()).sum();
    let fixed = |(log, cores): (&&RunLog, &usize)| {
        TITLE_HEIGHT + lanes::height_without_lanes(log) + worker_cores::strips_height(*cores)
    };
    let density = Density::that_shows_all(lanes, room - logs.iter().zip(cores).map(fixed).sum::<f32>());
    let height = |log: &RunLog| lanes::height_of(log, density) - lanes::height_without_lanes(log);
    let heights: Vec<f32> = logs.iter().zip(cores).map(|both| height(both.0) + fixed(both)).collect();
    let all: f32 = heights.iter().sum();
    let place = |height: f32| {
        let height = if all > room { room * height / all } else { height };
        let place = Rect::from_x_y_ranges(rect.x_range(), top..=top + height);
        top += height + GAP;
        place
    };
    (heights.into_iter().map(place).collect(), density)
}

fn draw_axis(ui: &Ui, cx: &ViewContext<'_>, scale: &Scale, rect: Rect, bottom: f32) {
    let look = AxisLook {
        font: TextStyle::Small.resolve(ui.style()),
        label: Stroke::new(1.0, cx.theme.weak),
        line: Stroke::new(1.0, cx.theme.soft(cx.theme.line, 0.8)),
    };
    let lines = Rangef::new(rect.top() + AXIS_HEIGHT, bottom);
    axis::draw(ui.painter(), scale, &axis::ticks(scale), rect.top() + AXIS_HEIGHT / 2.0, lines, &look);
}

/// Draws what a run is called and its figures.
fn title_ui(ui: &mut Ui, cx: &ViewContext<'_>, twin: TwinSide<'_>, is_first: bool, rect: Rect) {
    let builder =
        UiBuilder::new().id_salt(("twin title", twin.title)).max_rect(rect.shrink2(egui::vec2(12.0, 0.0)));
    ui.new_child(builder).horizontal_centered(|ui| title_row_ui(ui, cx, twin, is_first));
}

fn title_row_ui(ui: &mut Ui, cx: &ViewContext<'_>, twin: TwinSide<'_>, is_first: bool) {
    // A row that is made higher has what comes then lower than what came before.
    ui.spacing_mut().button_padding = egui::Vec2::ZERO;
    ui.label(RichText::new(twin.title).text_style(strong()).color(cx.theme.text));
    ui.add_space(STEP);
    let log = &twin.run.log;
    let note = notes::menu_label(log, NotePlace::Run);
    if widgets::icon_button(ui, ICON_STICKY_NOTE_2, &note, None).clicked() {
        cx.commands.send(notes::edit(log, NotePlace::Run));
    }
    if let Some(note) = log.margin.on(NotePlace::Run) {
        let text = RichText::new(note).text_style(strong()).color(cx.theme.warn);
        widgets::elided(ui, text).on_hover_ui(|ui| notes::note_ui(ui, note));
    }
    if is_first {
        ui.label(RichText::new("done first").text_style(strong()).color(cx.theme.ok));
    }
    widgets::elided(ui, RichText::new(figures_of(twin.run)).color(cx.theme.weak));
}

/// "253 ms, 58.0 ms of it to start · 0.24 cores used · 16.3 MB in the largest process".
fn figures_of(run: &RunSnapshot) -> String {
    let log = &run.log;
    let mut told = match (log.is_finished(), log.startup_ns) {
        // What it used is known of items that are over, which may be none for long.
        (false, _) => vec![format!("{} so far", format::duration_ns(run.elapsed_ns()))],
        (true, None) => vec![format::duration_ns(log.last_row_ns)],
        (true, Some(startup_ns)) => {
            let [whole, start] = [log.last_row_ns, startup_ns].map(format::duration_ns);
            vec![format!("{whole}, {start} of it to start")]
        }
    };
    if log.is_finished() {
        told.push(format!("{:.2} cores used", log.cores_busy()));
    }
    let peak_bytes = log.lanes.iter().map(|lane| lane.peak_rss_bytes()).max().unwrap_or_default();
    if peak_bytes > 0 {
        told.push(format!("{} in the largest process", format::bytes(peak_bytes)));
    }
    told.join(" · ")
}

/// Says what is under the pointer, and tells the other cards.
fn pointer_ui(ui: &Ui, frame: &FrameContext<'_>, lanes: &LanesPlace, rect: Rect) {
    let plot = Rect::from_x_y_ranges(frame.scale.x, rect.y_range());
    let response = ui.interact(plot, ui.scope_id().with("plot"), Sense::hover());
    let at = response.hover_pos().filter(|_| RepaintRate::of_window(ui.ctx()).follows_pointer());
    let under = at.and_then(|at| UnderPointer::at(frame, lanes, at));
    let item = under.as_ref().and_then(|under| under.item);
    widgets::point_at(ui.ctx(), PointedIn::Timeline, &frame.run.log, item);
    if let Some(UnderPointer { lane, target, .. }) = under {
        response.on_hover_ui_at_pointer(|ui| target.ui(ui, frame, lane));
    }
}

/// The run that was done first; nothing where one is alone or not over yet, or where they have not the same number of results,
/// so that none of them was first.
fn first_of<'a>(runs: &[TwinSide<'a>]) -> Option<&'a RunLog> {
    let logs = || runs.iter().map(|twin| &twin.run.log);
    let first = logs().min_by_key(|log| log.last_row_ns)?;
    let is_one_alone = logs().all(|log| log.last_row_ns == first.last_row_ns);
    let are_alike = logs().all(|log| log.is_finished() && log.counts.ok == first.counts.ok);
    (are_alike && !is_one_alone).then_some(first)
}

/// A line through the bars of all where the first was done.
fn draw_end(ui: &Ui, cx: &ViewContext<'_>, scale: &Scale, first: &RunLog, places: &[Rect]) {
    let x = scale.x_of(first.last_row_ns as f64);
    for place in places {
        // It crosses no words.
        let y = place.top() + TITLE_HEIGHT..=place.bottom();
        ui.painter().vline(x, y, Stroke::new(1.5, cx.theme.ok));
    }
}
