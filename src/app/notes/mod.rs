//! Notes in the margin of a run, as they are seen: in a strip above the views, in a list, and as a mark on bars and rows. The
//! editor of a note is in `editor`.

mod editor;

use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align, Button, CornerRadius, FontId, Galley, Layout, Painter, Popup, Pos2, RichText, Role, ScrollArea,
    Sense, Shape, Stroke, StrokeKind, TextStyle, Ui, UiBuilder, WidgetInfo, vec2,
};
use egui_material_icons::icons::ICON_STICKY_NOTE_2;

pub use self::editor::NoteEditor;
use super::command::Command;
use super::context::ViewContext;
use super::note_command::{NoteCommand, NoteOn};
use super::setup::capitalised;
use super::theme::{CARD_RADIUS, GAP, STEP, Theme, figure, strong};
use super::{format, items, widgets};
use crate::pool::{NotePlace, RunLog};

/// The strip in a window, and lines of a note that it shows to a room.
const STRIP_HEIGHT: f32 = 28.0;
const MOST_LINES: usize = 3;
/// What stands left and right of the note in the strip: the sign, and the way to all notes.
const SIGN_WIDTH: f32 = 34.0;
const ALL_WIDTH: f32 = 96.0;
/// The list of all notes.
const LIST_WIDTH: f32 = 380.0;
const LIST_HEIGHT: f32 = 320.0;
/// The mark on a bar or a row.
const MARK_SIDE: f32 = 8.0;

/// The command that opens the editor for a note on this run.
pub fn edit(log: &RunLog, place: NotePlace) -> Command {
    Command::Note(NoteCommand::Edit(NoteOn { run: log.plan.started, place }))
}

/// What a menu calls that: "Note on item 12…".
pub fn menu_label(log: &RunLog, place: NotePlace) -> String {
    let what = match place {
        NotePlace::Run => "the run".to_owned(),
        NotePlace::Item(index) => items::name(index),
    };
    match log.margin.on(place) {
        Some(_) => format!("Change the note on {what}…"),
        None => format!("Note on {what}…"),
    }
}

/// A line of a menu for a note.
pub fn menu_item_ui(ui: &mut Ui, cx: &ViewContext<'_>, log: &RunLog, place: NotePlace) {
    if ui.button(menu_label(log, place)).clicked() {
        cx.commands.send(edit(log, place));
        ui.close();
    }
}

/// The sign of a note in the corner of a bar or a row: its tip is at `corner`, and it hangs to the right of it.
pub fn draw_mark(painter: &Painter, theme: &Theme, corner: Pos2) {
    let points = vec![corner, corner + vec2(MARK_SIDE, 0.0), corner + vec2(0.0, MARK_SIDE)];
    painter.add(Shape::convex_polygon(points, theme.warn, Stroke::new(1.0, theme.panel)));
}

/// The place and text of the note that the strip shows: that on the chosen item, or else on the run, or else the first.
fn shown(log: &RunLog, selected_row: Option<u64>) -> Option<(NotePlace, &str)> {
    let on = |place| log.margin.on(place).map(|text| (place, text));
    let of_choice = selected_row.and_then(|index| on(NotePlace::Item(index)));
    let first = || log.margin.iter().next().map(|(place, text)| (place, &**text));
    of_choice.or_else(|| on(NotePlace::Run)).or_else(first)
}

/// The note as it stands in the strip: "item 12: the text"; to a room large and in several lines.
fn strip_galley(
    ui: &Ui,
    theme: &Theme,
    (place, text): (NotePlace, &str),
    width: f32,
    to_a_room: bool,
) -> std::sync::Arc<Galley> {
    let style = if to_a_room { figure() } else { TextStyle::Body };
    let text = match place {
        NotePlace::Run => text.to_owned(),
        NotePlace::Item(index) => format!("{}: {text}", items::name(index)),
    };
    let text = if to_a_room { text } else { text.replace('\n', " ") };
    let mut job = LayoutJob::simple(text, style.resolve(ui.style()), theme.text, width);
    let max_rows = if to_a_room { MOST_LINES } else { 1 };
    job.wrap = TextWrapping { max_width: width, max_rows, break_anywhere: false, ..TextWrapping::default() };
    ui.painter().layout_job(job)
}

fn text_width(width: f32) -> f32 {
    (width - SIGN_WIDTH - ALL_WIDTH).max(80.0)
}

/// The height of the strip; 0 where the run has no note.
pub fn strip_height(ui: &Ui, cx: &ViewContext<'_>, to_a_room: bool) -> f32 {
    let Some(note) = cx.run.and_then(|run| shown(&run.log, cx.selected_row)) else { return 0.0 };
    if !to_a_room {
        return STRIP_HEIGHT;
    }
    let galley = strip_galley(ui, cx.theme, note, text_width(ui.available_width()), true);
    galley.size().y + 2.0 * GAP
}

/// Draws the strip into all of `ui`: one note, and the way to all.
pub fn strip_ui(ui: &mut Ui, cx: &ViewContext<'_>, to_a_room: bool) {
    let Some(log) = cx.run.map(|run| &run.log) else { return };
    let Some((place, text)) = shown(log, cx.selected_row) else { return };
    let theme = cx.theme;
    let rect = ui.available_rect_before_wrap();
    let line = Stroke::new(1.0, theme.soft(theme.warn, 0.5));
    let ground = theme.soft(theme.warn, 0.12);
    ui.painter().rect(rect, CornerRadius::same(CARD_RADIUS), ground, line, StrokeKind::Inside);
    let size = if to_a_room { 26.0 } else { 16.0 };
    let font = FontId::new(size, ICON_STICKY_NOTE_2.font_family());
    let at = rect.left_center() + vec2(SIGN_WIDTH / 2.0, 0.0);
    ui.painter().text(at, egui::Align2::CENTER_CENTER, ICON_STICKY_NOTE_2.codepoint, font, theme.warn);
    let galley = strip_galley(ui, theme, (place, text), text_width(rect.width()), to_a_room);
    let body = rect.with_min_x(rect.left() + SIGN_WIDTH).with_max_x(rect.right() - ALL_WIDTH);
    let response = ui.interact(body, ui.scope_id().with("shown note"), Sense::click());
    let label = format!("Note on {}: {text}", name(place));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
    ui.painter().galley(body.left_center() - vec2(0.0, galley.size().y / 2.0), galley, theme.text);
    if response.on_hover_ui(|ui| note_ui(ui, text)).clicked() {
        cx.commands.send(edit(log, place));
    }
    let right = rect.with_min_x(body.right()).shrink2(vec2(GAP, 0.0));
    let builder = UiBuilder::new().max_rect(right).layout(Layout::right_to_left(Align::Center));
    let mut right_ui = ui.new_child(builder);
    let all = widgets::link(&mut right_ui, theme, &count_text(log));
    Popup::menu(&all).width(LIST_WIDTH).show(|ui| list_ui(ui, cx, log));
}

/// "1 note", "12 notes".
pub fn count_text(log: &RunLog) -> String {
    format::counted(log.margin.len() as u64, "note", "notes")
}

fn name(place: NotePlace) -> String {
    match place {
        NotePlace::Run => "the run".to_owned(),
        NotePlace::Item(index) => items::name(index),
    }
}

/// A note in a tooltip or beside what it is on, large enough for a room.
pub fn note_ui(ui: &mut Ui, text: &str) {
    ui.set_max_width(LIST_WIDTH);
    ui.label(RichText::new(text).size(15.0));
}

/// All notes on a run, one below the other; a click shows the item that one is on.
pub fn list_ui(ui: &mut Ui, cx: &ViewContext<'_>, log: &RunLog) {
    ui.set_min_width(LIST_WIDTH.min(ui.available_width()));
    ScrollArea::vertical().max_height(LIST_HEIGHT).show(ui, |ui| {
        for (place, text) in log.margin.iter() {
            ui.label(RichText::new(capitalised(&name(place))).text_style(strong()).color(cx.theme.weak));
            let button = Button::new(RichText::new(&**text)).wrap().frame(false);
            if ui.add(button).clicked() {
                cx.commands.send(match place {
                    NotePlace::Run => edit(log, place),
                    NotePlace::Item(index) => Command::SelectRow(index),
                });
            }
            ui.add_space(STEP);
        }
    });
    ui.separator();
    menu_item_ui(ui, cx, log, NotePlace::Run);
}
