//! The table of the dining philosophers: who has eaten, who holds a fork, and which one each waits for.

use std::f32::consts::TAU;

use egui::{
    Align2, Color32, FontId, Painter, Pos2, Rect, Response, Role, Sense, Stroke, TextStyle, Ui, Vec2,
    WidgetInfo, vec2,
};

use crate::app::context::ViewContext;
use crate::app::theme::{Theme, strong};
use crate::app::widgets::{self, PointedIn};
use crate::lessons::{Seat, seats};
use crate::pool::RunSnapshot;

/// Sizes as parts of the smaller side of the card.
const TABLE_RADIUS: f32 = 0.27;
const SEAT_DISTANCE: f32 = 0.40;
const SEAT_RADIUS: f32 = 0.075;
const PLATE_DISTANCE: f32 = 0.19;
const PLATE_RADIUS: f32 = 0.05;
const FORK_DISTANCE: f32 = 0.235;
const FORK_LENGTH: f32 = 0.075;
/// Beyond the edge of the table.
const FORK_NUMBER_DISTANCE: f32 = 0.30;
/// A fork that is held lies by the plate of whoever has it.
const HELD_TURN: f32 = 0.34;

/// Draws the table into all of `ui`, as it stood in the end.
pub(super) fn ui(ui: &mut Ui, cx: &ViewContext<'_>, run: &RunSnapshot) {
    let rect = ui.available_rect_before_wrap();
    let seats = seats(&run.log);
    let worker = |index| run.log.row(index).map_or(0, |row| row.worker);
    let workers = (0..seats.len() as u64).map(worker).collect();
    let table = Table { at: rect.center(), side: rect.width().min(rect.height()), seats, workers };
    let lit = widgets::pointed(ui.ctx(), &run.log).map(|index| index as usize);
    let mut under = None;
    let painter = ui.painter().clone();
    let theme = cx.theme;
    painter.circle(table.at, table.side * TABLE_RADIUS, theme.raised, Stroke::new(1.5, theme.line));
    for place in 0..table.seats.len() {
        table.draw_fork(&painter, theme, place);
    }
    for (place, seat) in table.seats.iter().enumerate() {
        table.draw_wait(&painter, theme, place, *seat);
        let response = table.seat_ui(ui, theme, place, *seat, lit == Some(place));
        under = response.hovered().then_some(place as u64).or(under);
    }
    widgets::point_at(ui.ctx(), PointedIn::Table, &run.log, under);
    table.draw_words(ui, theme);
}

struct Table {
    at: Pos2,
    side: f32,
    seats: Vec<Option<Seat>>,
    /// Who sits there, by the seat; 0 before that is known.
    workers: Vec<usize>,
}

impl Table {
    /// The direction from the middle to a place, counted from 0; the first is at the top. They go around against the clock:
    /// whoever looks at the table has the one before at the left.
    fn toward(&self, place: f32) -> Vec2 {
        Vec2::angled((-place / self.seats.len().max(1) as f32 - 0.25) * TAU)
    }

    fn point(&self, place: f32, distance: f32) -> Pos2 {
        self.at + self.toward(place) * self.side * distance
    }

    /// The place of a fork on the table, counted from 0: to the left of its seat, or by the plate of whoever holds it.
    fn fork_place(&self, fork: usize) -> f32 {
        match self.holder(fork) {
            Some(seat) if seat == fork => fork as f32 - HELD_TURN,
            Some(seat) => seat as f32 + HELD_TURN,
            None => fork as f32 - 0.5,
        }
    }

    fn holder(&self, fork: usize) -> Option<usize> {
        self.seats.iter().position(|seat| seat.is_some_and(|seat| seat.holds == Some(fork + 1)))
    }

    fn draw_fork(&self, painter: &Painter, theme: &Theme, fork: usize) {
        let place = self.fork_place(fork);
        let color = self.holder(fork).map_or(theme.weak, |seat| theme.worker(self.workers[seat]));
        let (middle, along) =
            (self.point(place, FORK_DISTANCE), self.toward(place) * self.side * FORK_LENGTH / 2.0);
        let (across, stroke) = (along.rot90() * 0.35, Stroke::new((self.side * 0.008).max(1.5), color));
        painter.line_segment([middle + along, middle - along * 0.2], stroke);
        painter.line_segment([middle - along * 0.2 - across, middle - along * 0.2 + across], stroke);
        for tine in [-1.0, 0.0, 1.0] {
            let from = middle - along * 0.2 + across * tine;
            painter.line_segment([from, from - along * 0.7], stroke);
        }
        let font = FontId::proportional((self.side * 0.032).max(9.0));
        let (at, number) = (self.point(place, FORK_NUMBER_DISTANCE), (fork + 1).to_string());
        painter.text(at, Align2::CENTER_CENTER, number, font, color);
    }

    /// An arrow from a philosopher to the fork that is waited for.
    fn draw_wait(&self, painter: &Painter, theme: &Theme, place: usize, seat: Option<Seat>) {
        let Some(fork) = seat.and_then(|seat| seat.waits_for).filter(|fork| *fork > 0) else { return };
        let from = self.point(place as f32, SEAT_DISTANCE);
        let to = self.point(self.fork_place(fork - 1), FORK_DISTANCE + FORK_LENGTH / 2.0);
        let way = (to - from).normalized();
        let (start, end) = (from + way * self.side * SEAT_RADIUS, to - way * self.side * 0.01);
        painter.arrow(start, end - start, Stroke::new((self.side * 0.007).max(1.5), theme.bad));
    }

    fn seat_ui(
        &self,
        ui: &mut Ui,
        theme: &Theme,
        place: usize,
        seat: Option<Seat>,
        is_lit: bool,
    ) -> Response {
        let (at, radius) = (self.point(place as f32, SEAT_DISTANCE), self.side * SEAT_RADIUS);
        let told = told(place, seat);
        let rect = Rect::from_center_size(at, Vec2::splat(2.0 * radius));
        let response = ui.interact(rect, ui.scope_id().with(("seat", place)), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &told));
        let is_waiting = seat.is_some_and(|seat| seat.waits_for.is_some());
        let color = if is_waiting { theme.bad } else { theme.worker(self.workers[place]) };
        let line = Stroke::new(2.0, if seat.is_some() { color } else { theme.line });
        let painter = ui.painter();
        painter.circle(at, radius, theme.soft(color, if seat.is_some() { 0.25 } else { 0.0 }), line);
        if is_lit {
            painter.circle_stroke(at, radius + 2.0, Stroke::new(2.0, theme.text));
        }
        let font = |style: TextStyle, size: f32| FontId::new(size, style.resolve(ui.style()).family);
        let number = font(strong(), (radius * 0.9).max(11.0));
        painter.text(at, Align2::CENTER_CENTER, (place + 1).to_string(), number, theme.text);
        let plate = self.point(place as f32, PLATE_DISTANCE);
        painter.circle(plate, self.side * PLATE_RADIUS, theme.panel, theme.hairline());
        if let Some(seat) = seat {
            let color = if seat.meals > 0 { theme.ok } else { theme.weak };
            let meals = font(strong(), (self.side * PLATE_RADIUS * 1.1).max(10.0));
            painter.text(plate, Align2::CENTER_CENTER, format!("{}×", seat.meals), meals, color);
        }
        response.on_hover_text(told)
    }

    /// In the middle: how many meals were had, and whether anybody waits.
    fn draw_words(&self, ui: &Ui, theme: &Theme) {
        let known: Vec<Seat> = self.seats.iter().copied().flatten().collect();
        let (meals, waiting) = (
            known.iter().map(|seat| seat.meals).sum::<usize>(),
            known.iter().filter(|seat| seat.waits_for.is_some()).count(),
        );
        let (words, color) = match (known.len() == self.seats.len(), waiting) {
            (false, _) => ("at dinner", theme.weak),
            (true, 0) => ("all have eaten", theme.ok),
            (true, waiting) if waiting == known.len() => ("deadlock", theme.bad),
            (true, _) => ("it was ended", theme.warn),
        };
        let font = FontId::new((self.side * 0.045).max(10.0), strong().resolve(ui.style()).family);
        let text = |at: Pos2, text: String, color: Color32| {
            ui.painter().text(at, Align2::CENTER_CENTER, text, font.clone(), color);
        };
        text(self.at - vec2(0.0, font.size * 0.65), format!("{meals} meals"), theme.text);
        text(self.at + vec2(0.0, font.size * 0.65), words.to_owned(), color);
    }
}

/// "Philosopher 1: no meal, holds fork 1, waits for fork 2".
fn told(place: usize, seat: Option<Seat>) -> String {
    let Some(seat) = seat else { return format!("Philosopher {}, at dinner", place + 1) };
    let mut told = format!("Philosopher {}: ", place + 1);
    match seat.meals {
        0 => told.push_str("no meal"),
        1 => told.push_str("1 meal"),
        meals => told.push_str(&format!("{meals} meals")),
    }
    if let Some(fork) = seat.holds {
        told.push_str(&format!(", holds fork {fork}"));
    }
    if let Some(fork) = seat.waits_for {
        told.push_str(&format!(", waits for fork {fork}"));
    }
    told
}
