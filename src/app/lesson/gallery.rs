//! All lessons, to choose from: what is said of processes at the left, what is said of threads beside it.

use std::ops::Range;

use egui::{
    CornerRadius, CursorIcon, Frame, Margin, RichText, Role, ScrollArea, Sense, StrokeKind, Ui, UiBuilder,
    WidgetInfo, vec2,
};

use super::small;
use crate::app::command::Command;
use crate::app::context::ViewContext;
use crate::app::lesson_command::LessonCommand;
use crate::app::theme::{CARD_RADIUS, GAP, STEP, figure, strong};
use crate::app::widgets;
use crate::lessons::steps::PROGRAMS;
use crate::lessons::{GROUPS, LESSONS};

/// Low enough that all fit into a window of 1280 x 800.
const ROW_HEIGHT: f32 = 46.0;
/// In narrower columns a claim takes two lines.
const TWO_LINES_HEIGHT: f32 = 64.0;
const ONE_LINE: f32 = 590.0;
/// Narrower galleries have one column.
const NARROW: f32 = 640.0;
/// Wide enough for the programs to stand in one row.
const WIDE: f32 = 1000.0;

pub(super) fn ui(ui: &mut Ui, cx: &ViewContext<'_>) {
    let frame = Frame::new().fill(cx.theme.bg).inner_margin(Margin::same(24));
    frame.show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.label(RichText::new("Lessons").text_style(figure()).color(cx.theme.text));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if widgets::link(ui, cx.theme, "leave the lessons").clicked() {
                    cx.commands.send(Command::Lesson(LessonCommand::Leave));
                }
            });
        });
        let text = "Claims about processes and threads. Predict, run, and see what holds on this machine; each takes some \
                    seconds.";
        ui.label(RichText::new(text).color(cx.theme.weak));
        ui.add_space(GAP);
        ScrollArea::vertical().id_salt("lessons").auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = STEP;
            let mut first = 0;
            for group in &GROUPS {
                ui.label(RichText::new(group.heading).text_style(strong()).color(cx.theme.text));
                rows_ui(ui, cx, first..first + group.lessons.len());
                ui.add_space(STEP);
                first += group.lessons.len();
            }
            let heading = "Four programs, step by step";
            ui.label(RichText::new(heading).text_style(strong()).color(cx.theme.text));
            programs_ui(ui, cx);
        });
    });
}

/// What a tile of the gallery says, and what a click on it asks for.
struct Tile<'a> {
    over: String,
    words: &'a str,
    label: String,
    command: LessonCommand,
}

/// The lessons at these places, beside each other where there is room.
fn rows_ui(ui: &mut Ui, cx: &ViewContext<'_>, places: Range<usize>) {
    let columns = if ui.available_width() < NARROW { 1 } else { 2 };
    let tiles = places.map(|place| {
        let lesson = &LESSONS[place];
        Tile {
            over: format!("{} · {}", lesson.number(), lesson.topic),
            words: lesson.claim,
            label: format!("Lesson {}: {}", lesson.number(), lesson.claim),
            command: LessonCommand::Show(place),
        }
    });
    tiles_ui(ui, cx, columns, tiles);
}

fn programs_ui(ui: &mut Ui, cx: &ViewContext<'_>) {
    let columns = match ui.available_width() {
        ..NARROW => 1,
        NARROW..WIDE => 2,
        _ => PROGRAMS.len(),
    };
    let tiles = PROGRAMS.iter().enumerate().map(|(place, program)| Tile {
        over: program.file.to_owned(),
        words: program.topic,
        label: LessonCommand::Program(place).label(),
        command: LessonCommand::Program(place),
    });
    tiles_ui(ui, cx, columns, tiles);
}

fn tiles_ui<'a>(ui: &mut Ui, cx: &ViewContext<'_>, columns: usize, tiles: impl Iterator<Item = Tile<'a>>) {
    let width = (ui.available_width() - GAP * (columns - 1) as f32) / columns as f32;
    let mut tiles = tiles.peekable();
    while let Some(first) = tiles.peek() {
        let is_long = width < ONE_LINE && matches!(first.command, LessonCommand::Show(_));
        let height = if is_long { TWO_LINES_HEIGHT } else { ROW_HEIGHT };
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
        for (column, tile) in tiles.by_ref().take(columns).enumerate() {
            let left = rect.left() + column as f32 * (width + GAP);
            let own = egui::Rect::from_min_size(egui::pos2(left, rect.top()), vec2(width, height));
            tile_ui(ui, cx, &tile, own);
        }
    }
}

fn tile_ui(ui: &mut Ui, cx: &ViewContext<'_>, tile: &Tile<'_>, rect: egui::Rect) {
    let theme = cx.theme;
    let response = ui.interact(rect, ui.scope_id().with(("lesson", &tile.label)), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &tile.label));
    let is_chosen = response.hovered() || response.has_focus();
    let line = if is_chosen { egui::Stroke::new(1.0, theme.accent) } else { theme.hairline() };
    ui.painter().rect(rect, CornerRadius::same(CARD_RADIUS), theme.panel, line, StrokeKind::Inside);
    let builder =
        UiBuilder::new().id_salt(("lesson words", &tile.label)).max_rect(rect.shrink2(vec2(14.0, 5.0)));
    let mut words = ui.new_child(builder);
    words.spacing_mut().item_spacing.y = 0.0;
    words.label(small(&tile.over).color(theme.weak));
    words.add(egui::Label::new(RichText::new(tile.words).text_style(strong()).color(theme.text)).wrap());
    if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
        cx.commands.send(Command::Lesson(tile.command));
    }
}
