//! Two runs one above the other, on one clock: who ran what when, and which of them was done first.

use std::time::Instant;

use egui::{Align2, Layout, Rangef, Rect, RichText, Sense, Stroke, TextStyle, Ui, UiBuilder, pos2};
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
        let mut titles_end = rect.left();
        for (nth, (twin, place)) in runs.iter().zip(&places).enumerate() {
            self.forget_other_run(nth, &twin.run.log);
            titles_end = title_ui(ui, cx, *twin, place.with_max_y(place.top() + TITLE_HEIGHT));
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
        draw_end(ui, cx, &scale, runs, &places, titles_end);
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

/// Draws what a run is called and its figures; gives where that ends.
fn title_ui(ui: &mut Ui, cx: &ViewContext<'_>, twin: TwinSide<'_>, rect: Rect) -> f32 {
    let builder =
        UiBuilder::new().id_salt(("twin title", twin.title)).max_rect(rect.shrink2(egui::vec2(12.0, 0.0)));
    ui.new_child(builder).horizontal_centered(|ui| title_row_ui(ui, cx, twin)).inner
}

fn title_row_ui(ui: &mut Ui, cx: &ViewContext<'_>, twin: TwinSide<'_>) -> f32 {
    // A row that is made higher has what comes then lower than what came before.
    ui.spacing_mut().button_padding = egui::Vec2::ZERO;
    ui.label(RichText::new(twin.title).text_style(strong()).color(cx.theme.text));
    ui.add_space(STEP);
    let log = &twin.run.log;
    let mut told = match log.is_finished() {
        true => vec![format::duration_ns(log.last_row_ns), format!("{:.2} cores used", log.cores_busy())],
        // What it used is known of items that are over, which may be none for long.
        false => vec![format!("{} so far", format::duration_ns(twin.run.elapsed_ns()))],
    };
    let peak_bytes = log.lanes.iter().map(|lane| lane.peak_rss_bytes()).max().unwrap_or_default();
    if peak_bytes > 0 {
        told.push(format!("{} in the largest process", format::bytes(peak_bytes)));
    }
    let note = notes::menu_label(log, NotePlace::Run);
    if widgets::icon_button(ui, ICON_STICKY_NOTE_2, &note, None).clicked() {
        cx.commands.send(notes::edit(log, NotePlace::Run));
    }
    if let Some(note) = log.margin.on(NotePlace::Run) {
        let text = RichText::new(note).text_style(strong()).color(cx.theme.warn);
        widgets::elided(ui, text).on_hover_ui(|ui| notes::note_ui(ui, note));
    }
    widgets::elided(ui, RichText::new(told.join(" · ")).color(cx.theme.weak)).rect.right()
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

/// A line through the bars of all where the quickest was done; its words stand beside the title of the last, which ends at
/// `title_end`. Nothing where one is alone or not over yet, where they have not the same number of results, so that none of them
/// was first, or where the words have no room.
fn draw_end(
    ui: &Ui,
    cx: &ViewContext<'_>,
    scale: &Scale,
    runs: &[TwinSide<'_>],
    places: &[Rect],
    title_end: f32,
) {
    let quickest = runs.iter().min_by_key(|twin| twin.run.log.last_row_ns);
    let (Some(first), Some(last)) = (quickest, places.last()) else { return };
    let is_one_alone = runs.iter().all(|twin| twin.run.log.last_row_ns == first.run.log.last_row_ns);
    let is_of_same_results = |log: &RunLog| log.is_finished() && log.counts.ok == first.run.log.counts.ok;
    if is_one_alone || !runs.iter().all(|twin| is_of_same_results(&twin.run.log)) {
        return;
    }
    let x = scale.x_of(first.run.log.last_row_ns as f64);
    let color = cx.theme.ok;
    let text = format!("{}: done", first.title);
    let font = TextStyle::Small.resolve(ui.style());
    let width = ui.painter().layout_no_wrap(text.clone(), font.clone(), color).size().x;
    let y = last.top() + TITLE_HEIGHT / 2.0;
    let (right_of, left_of) = ((x + STEP).max(title_end + STEP), x - STEP);
    let (at, align) = match right_of + width < scale.x.max {
        true => (pos2(right_of, y), Align2::LEFT_CENTER),
        false if left_of - width > title_end + STEP => (pos2(left_of, y), Align2::RIGHT_CENTER),
        false => return,
    };
    for place in places {
        // It crosses no words.
        ui.painter().vline(x, place.top() + TITLE_HEIGHT..=place.bottom(), Stroke::new(1.5, color));
    }
    let ground = align.anchor_size(at, egui::vec2(width, 14.0)).expand2(egui::vec2(2.0, 0.0));
    ui.painter().rect_filled(ground, 2.0, cx.theme.panel);
    ui.painter().text(at, align, text, font, color);
}
