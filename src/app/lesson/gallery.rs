//! All lessons, to choose from: what is said of processes at the left, what is said of threads beside it. At the end, what
//! one can make of one's own.

use std::ops::Range;
use std::time::Duration;

use egui::{
    Align, Context, CornerRadius, CursorIcon, Event, Frame, Id, Key, Label, Layout, Margin, Modifiers, Rect,
    Response, RichText, Role, ScrollArea, Sense, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2,
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
const ROW_HEIGHT: f32 = 28.0;
/// In narrower columns a claim takes two lines.
const TWO_LINES_HEIGHT: f32 = 46.0;
const ONE_LINE: f32 = 540.0;
/// Narrower galleries have one column.
const NARROW: f32 = 640.0;
const NUMBER_WIDTH: f32 = 24.0;
/// A number that may go on with another digit waits so long for it.
const DIGIT_WAIT_S: f64 = 0.7;
/// What is not a lesson of its own, but the way to one.
const OWN: [LessonCommand; 2] = [LessonCommand::Template, LessonCommand::Own];

/// What the keys of the gallery ask for: a number opens its lesson, Escape leaves.
pub(super) fn key_commands(ctx: &Context) -> Vec<LessonCommand> {
    if ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        return vec![LessonCommand::Leave];
    }
    let id = Id::unique("typed number of a lesson");
    // The number so far, and when its last digit came.
    let mut typed: Option<(usize, f64)> = ctx.data(|data| data.get_temp(id));
    let (now_s, digits): (f64, Vec<usize>) =
        ctx.input(|input| (input.time, input.events.iter().filter_map(digit_of).collect()));
    for digit in digits {
        let so_far = typed.map_or(0, |(number, _)| number);
        typed = Some((so_far * 10 + digit, now_s));
    }
    let opened = typed.filter(|(number, at_s)| number * 10 > LESSONS.len() || now_s - at_s >= DIGIT_WAIT_S);
    match (opened, typed) {
        (None, Some((_, at_s))) => {
            let left_s = (DIGIT_WAIT_S - (now_s - at_s)).max(0.0);
            ctx.request_repaint_after(Duration::from_secs_f64(left_s));
        }
        _ => typed = None,
    }
    ctx.data_mut(|data| match typed {
        Some(typed) => drop(data.insert_temp(id, typed)),
        None => data.remove::<(usize, f64)>(id),
    });
    let place = opened.and_then(|(number, _)| number.checked_sub(1)).filter(|place| *place < LESSONS.len());
    place.map(LessonCommand::Show).into_iter().collect()
}

fn digit_of(event: &Event) -> Option<usize> {
    match event {
        Event::Key { key, pressed: true, repeat: false, modifiers, .. } if modifiers.is_none() => {
            key.name().parse().ok()
        }
        _ => None,
    }
}

/// Draws the page. `left` is the claim of a lesson that is none of these and was left.
pub(super) fn ui(ui: &mut Ui, cx: &ViewContext<'_>, left: Option<&str>) {
    let frame = Frame::new().fill(cx.theme.bg).inner_margin(Margin::symmetric(24, 16));
    frame.show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.label(RichText::new("Lessons").text_style(figure()).color(cx.theme.text));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if widgets::link(ui, cx.theme, "leave the lessons").clicked() {
                    cx.commands.send(Command::Lesson(LessonCommand::Leave));
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let text = "A number opens its lesson: predict, run, and see what holds on this machine, in some seconds.";
                    widgets::elided(ui, RichText::new(text).color(cx.theme.weak));
                });
            });
        });
        ui.add_space(STEP);
        ScrollArea::vertical().id_salt("lessons").auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = STEP;
            let mut first = 0;
            for group in &GROUPS {
                heading_ui(ui, cx, group.heading);
                rows_ui(ui, first..first + group.lessons.len(), |ui, place, rect| {
                    lesson_ui(ui, cx, place, rect)
                });
                first += group.lessons.len();
            }
            heading_ui(ui, cx, "Four programs, step by step");
            rows_ui(ui, 0..PROGRAMS.len(), |ui, place, rect| {
                let program = &PROGRAMS[place];
                way_ui(ui, cx, LessonCommand::Program(place), (program.file, program.topic), rect);
            });
            heading_ui(ui, cx, "Your own");
            let ways = OWN.map(|command| (command, command.tooltip())).into_iter();
            let ways: Vec<_> = ways.chain(left.map(|claim| (LessonCommand::Left, claim))).collect();
            rows_ui(ui, 0..ways.len(), |ui, place, rect| {
                let (command, about) = ways[place];
                way_ui(ui, cx, command, (&command.label(), about), rect);
            });
        });
    });
}

fn heading_ui(ui: &mut Ui, cx: &ViewContext<'_>, text: &str) {
    ui.add_space(STEP);
    ui.label(RichText::new(text).text_style(strong()).color(cx.theme.weak));
}

/// Draws what is at these places, beside each other where there is room.
fn rows_ui(ui: &mut Ui, places: Range<usize>, mut draw: impl FnMut(&mut Ui, usize, Rect)) {
    let columns = if ui.available_width() < NARROW { 1 } else { 2 };
    let width = (ui.available_width() - GAP * (columns - 1) as f32) / columns as f32;
    let height = if width < ONE_LINE { TWO_LINES_HEIGHT } else { ROW_HEIGHT };
    for row in places.clone().step_by(columns) {
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
        for place in row..(row + columns).min(places.end) {
            let left = rect.left() + (place - row) as f32 * (width + GAP);
            draw(ui, place, Rect::from_min_size(pos2(left, rect.top()), vec2(width, height)));
        }
    }
}

fn lesson_ui(ui: &mut Ui, cx: &ViewContext<'_>, place: usize, rect: Rect) {
    let lesson = &LESSONS[place];
    let label = format!("Lesson {}: {}", lesson.number(), lesson.claim);
    let response = row_ui(ui, cx, rect, &label);
    let builder = UiBuilder::new().id_salt(("lesson words", place)).max_rect(rect.shrink2(vec2(10.0, 4.0)));
    let mut words = ui.new_child(builder.layout(Layout::left_to_right(Align::Center)));
    let text = small(lesson.number().to_string()).color(cx.theme.weak);
    words.add_sized(vec2(NUMBER_WIDTH, rect.height() - 8.0), Label::new(text));
    let claim = Label::new(RichText::new(lesson.claim).text_style(strong()).color(cx.theme.text));
    words.add(if rect.height() > ROW_HEIGHT { claim.wrap() } else { claim.truncate() });
    if response.clicked() {
        cx.commands.send(Command::Lesson(LessonCommand::Show(place)));
    }
}

/// A row that leads to something else than a claim: what it is called, and what it is about.
fn way_ui(
    ui: &mut Ui,
    cx: &ViewContext<'_>,
    command: LessonCommand,
    (name, about): (&str, &str),
    rect: Rect,
) {
    let label = command.label();
    let response = row_ui(ui, cx, rect, &label);
    let builder = UiBuilder::new().id_salt(("way words", &label)).max_rect(rect.shrink2(vec2(10.0, 4.0)));
    let mut words = ui.new_child(builder.layout(Layout::left_to_right(Align::Center)));
    words.label(RichText::new(name).text_style(strong()).color(cx.theme.accent));
    widgets::elided(&mut words, small(about).color(cx.theme.weak));
    if response.on_hover_text(about).clicked() {
        cx.commands.send(Command::Lesson(command));
    }
}

/// One of the rows, which is clicked; its words come over it.
fn row_ui(ui: &Ui, cx: &ViewContext<'_>, rect: Rect, label: &str) -> Response {
    let response = ui.interact(rect, ui.scope_id().with(label), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, label));
    let is_chosen = response.hovered() || response.has_focus();
    let line = if is_chosen { egui::Stroke::new(1.0, cx.theme.accent) } else { cx.theme.hairline() };
    ui.painter().rect(rect, CornerRadius::same(CARD_RADIUS), cx.theme.panel, line, StrokeKind::Inside);
    response.on_hover_cursor(CursorIcon::PointingHand)
}
