//! The plot of a lesson: axes, a line a series with its last value beside it, and each value under the pointer.

use egui::{
    Align2, Color32, FontId, Painter, Pos2, Rangef, Rect, RichText, Role, Sense, Shape, Stroke, TextStyle,
    Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use crate::analysis::{Plot, PlotScale, PlotSeries, PlotTick, Unit};
use crate::app::context::ViewContext;
use crate::app::theme::{GAP, STEP, Theme, strong};
use crate::app::widgets;

const LINE_WIDTH: f32 = 2.5;
const POINT_RADIUS: f32 = 4.5;
/// A point so near to the pointer is told.
const NEAR_PX: f32 = 48.0;
/// From one end label to the next.
const LABEL_PITCH: f32 = 16.0;
const LAW_DASH_PX: f32 = 6.0;

/// Where all of it is.
struct Place {
    rect: Rect,
    x: PlotScale,
    y: PlotScale,
}

impl Place {
    fn of(&self, (x, y): (f64, f64)) -> Pos2 {
        pos2(self.x_at(self.x.share(x)), self.y_at(self.y.share(y)))
    }

    fn x_at(&self, share: f64) -> f32 {
        self.rect.left() + self.rect.width() * share as f32
    }

    fn y_at(&self, share: f64) -> f32 {
        self.rect.bottom() - self.rect.height() * share as f32
    }
}

/// Draws the card into all of `ui`.
pub(super) fn plot_ui(ui: &mut Ui, cx: &ViewContext<'_>, plot: &Plot) {
    widgets::card(
        ui,
        cx.theme,
        &plot.title,
        |_| {},
        |ui| {
            let inside = ui.available_rect_before_wrap().shrink2(vec2(12.0, STEP));
            let mut inside_ui = ui.new_child(UiBuilder::new().id_salt("plot").max_rect(inside));
            legend_ui(&mut inside_ui, cx.theme, plot);
            let rect = inside.with_min_y(inside_ui.min_rect().bottom() + GAP);
            body_ui(&inside_ui, cx.theme, plot, rect);
        },
    );
}

fn legend_ui(ui: &mut Ui, theme: &Theme, plot: &Plot) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = STEP;
        for (nth, series) in plot.series.iter().enumerate() {
            let remark = if series.is_measured { "" } else { " (dashed)" };
            let text = RichText::new(format!("{}{remark}", series.name)).color(theme.text);
            widgets::swatch_with(ui, theme.worker(nth + 1), text);
            ui.add_space(2.0 * GAP);
        }
    });
}

fn body_ui(ui: &Ui, theme: &Theme, plot: &Plot, all: Rect) {
    let fonts = Fonts::of(ui);
    let width =
        |text: &str| ui.painter().layout_no_wrap(text.to_owned(), fonts.plain.clone(), theme.weak).size().x;
    let (x_ticks, y_ticks) = (plot.x_ticks(), plot.y_ticks());
    let left = y_ticks.iter().map(|tick| width(&tick.text)).fold(0.0, f32::max) + GAP;
    let ends = plot.series.iter().filter_map(|series| end_of(plot, series));
    let right = ends.map(|(_, text)| width(&text)).fold(0.0, f32::max) + 2.0 * GAP;
    let line = fonts.plain.size + STEP;
    let rect = Rect::from_min_max(
        pos2(all.left() + left, all.top() + line + 2.0 * GAP),
        pos2(all.right() - right, all.bottom() - 2.0 * line - STEP),
    );
    // There is nothing to be read of less.
    if rect.width() < 40.0 || rect.height() < 20.0 {
        return;
    }
    let place = Place { rect, x: plot.x_scale(), y: plot.y_scale() };
    let painter = ui.painter();
    painter.text(all.left_top(), Align2::LEFT_TOP, &plot.y.name, fonts.strong.clone(), theme.text);
    let below = pos2(rect.right(), all.bottom());
    painter.text(below, Align2::RIGHT_BOTTOM, &plot.x.name, fonts.strong.clone(), theme.text);
    draw_x_ticks(painter, theme, &x_ticks, &place, &fonts.plain);
    draw_y_ticks(painter, theme, &y_ticks, &place, &fonts.plain);
    for (nth, series) in plot.series.iter().enumerate() {
        draw_series(painter, theme, series, theme.worker(nth + 1), &place);
    }
    draw_ends(painter, theme, plot, &place, &fonts.plain);
    hover_ui(ui, theme, plot, &place);
}

struct Fonts {
    plain: FontId,
    strong: FontId,
}

impl Fonts {
    fn of(ui: &Ui) -> Self {
        let plain = TextStyle::Body.resolve(ui.style());
        Self { strong: FontId { size: plain.size, ..strong().resolve(ui.style()) }, plain }
    }
}

fn draw_y_ticks(painter: &Painter, theme: &Theme, ticks: &[PlotTick], place: &Place, font: &FontId) {
    for tick in ticks {
        let y = place.y_at(tick.share);
        painter.hline(place.rect.x_range(), y, theme.hairline());
        let at = pos2(place.rect.left() - GAP, y);
        painter.text(at, Align2::RIGHT_CENTER, &tick.text, font.clone(), theme.weak);
    }
}

/// Texts that have no room beside the one behind them are left out: the last one is always there.
fn draw_x_ticks(painter: &Painter, theme: &Theme, ticks: &[PlotTick], place: &Place, font: &FontId) {
    let bottom = place.rect.bottom();
    let mut free_x = f32::INFINITY;
    for tick in ticks.iter().rev() {
        let x = place.x_at(tick.share);
        painter.vline(x, Rangef::new(bottom, bottom + STEP), theme.hairline());
        let galley = painter.layout_no_wrap(tick.text.clone(), font.clone(), theme.weak);
        let half = galley.size().x / 2.0;
        if x + half <= free_x {
            painter.galley(pos2(x - half, bottom + STEP + 1.0), galley, theme.weak);
            free_x = x - half - STEP;
        }
    }
}

fn draw_series(painter: &Painter, theme: &Theme, series: &PlotSeries, color: Color32, place: &Place) {
    let points: Vec<Pos2> = series.points.iter().map(|point| place.of(*point)).collect();
    let stroke = Stroke::new(LINE_WIDTH, color);
    if !series.is_measured {
        painter.extend(Shape::dashed_line(&points, stroke, LAW_DASH_PX, LAW_DASH_PX));
        return;
    }
    for point in &points {
        painter.circle(*point, POINT_RADIUS, color, Stroke::new(1.0, theme.panel));
    }
    painter.line(points, stroke);
}

/// The last point of a series, and its value; with where that is, where there may be no tick.
fn end_of(plot: &Plot, series: &PlotSeries) -> Option<((f64, f64), String)> {
    let text = |point: &(f64, f64)| match plot.x.unit {
        Unit::Bytes => format!("{} at {}", plot.y.unit.text(point.1), plot.x.unit.text(point.0)),
        _ => plot.y.unit.text(point.1),
    };
    series.points.last().map(|point| (*point, text(point)))
}

/// The last values beside their points, one below the other where these are close.
fn draw_ends(painter: &Painter, theme: &Theme, plot: &Plot, place: &Place, font: &FontId) {
    let ends = plot.series.iter().enumerate();
    let ends = ends.filter_map(|(nth, series)| end_of(plot, series).map(|(point, text)| (nth, point, text)));
    let mut ends: Vec<(Pos2, usize, String)> =
        ends.map(|(nth, point, text)| (place.of(point), nth, text)).collect();
    ends.sort_by(|one, other| one.0.y.total_cmp(&other.0.y));
    let mut free_y = f32::NEG_INFINITY;
    for (point, nth, text) in ends {
        let y = point.y.max(free_y);
        free_y = y + LABEL_PITCH;
        let at = pos2(point.x + GAP, y);
        painter.text(at, Align2::LEFT_CENTER, text, font.clone(), theme.worker(nth + 1));
    }
}

/// The point next to the pointer, and what it says.
fn hover_ui(ui: &Ui, theme: &Theme, plot: &Plot, place: &Place) {
    let response = ui.interact(place.rect.expand(GAP), ui.scope_id().with("points"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, spoken(plot)));
    let Some(pointer) = response.hover_pos() else { return };
    let points = plot.series.iter().enumerate().flat_map(|(nth, series)| {
        let measured = series.points.iter().filter(|_| series.is_measured);
        measured.map(move |point| (place.of(*point), nth, series, *point))
    });
    let nearest = points.min_by(|one, other| one.0.distance(pointer).total_cmp(&other.0.distance(pointer)));
    let Some((at, nth, series, point)) = nearest.filter(|(at, ..)| at.distance(pointer) <= NEAR_PX) else {
        return;
    };
    ui.painter().circle_stroke(at, POINT_RADIUS + 3.0, Stroke::new(2.0, theme.text));
    response.on_hover_ui_at_pointer(|ui| {
        ui.label(RichText::new(&series.name).text_style(strong()).color(theme.worker(nth + 1)));
        ui.label(plot.point_text(point));
    });
}

/// All of it in words.
fn spoken(plot: &Plot) -> String {
    let series = plot.series.iter().filter(|series| series.is_measured).map(|series| {
        let points: Vec<String> = series.points.iter().map(|point| plot.point_text(*point)).collect();
        format!("{}: {}", series.name, points.join("; "))
    });
    format!("{}. {}", plot.title, series.collect::<Vec<_>>().join(". "))
}
