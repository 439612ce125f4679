//! One line: when, who, what.

use eframe::egui::text::{LayoutJob, TextWrapping};
use eframe::egui::{
    Align2, Color32, CornerRadius, Rect, Role, Sense, StrokeKind, TextStyle, Ui, WidgetInfo, pos2, vec2,
};

use crate::app::command::Command;
use crate::app::context::ViewContext;
use crate::function::Stream;
use crate::pool::{Message, Source, ns_to_s};
use crate::value::{grouped, shortened};

/// The height of a line.
pub const HEIGHT: f32 = 21.0;
/// Characters laid out of a line, more than fit into any window.
const SHOWN_CHARACTERS: usize = 600;
/// Characters of the tooltip.
const TOOLTIP_CHARACTERS: usize = 4000;
const TIME_WIDTH: f32 = 58.0;
const TAG_WIDTH: f32 = 46.0;

/// Draws a line; a click chooses the row of the item that was in hand.
pub fn ui(ui: &mut Ui, cx: &ViewContext<'_>, message: &Message, place: usize) {
    let sense = if message.item.is_some() { Sense::click() } else { Sense::hover() };
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), HEIGHT));
    let response = ui.interact(rect, ui.scope_id().with(("line", place)), sense);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, as_text(message)));
    if response.hovered() {
        ui.painter().rect_filled(rect, CornerRadius::same(4), cx.theme.soft(cx.theme.raised, 0.8));
    }
    let is_elided = draw(ui, cx, rect, message);
    if let (true, Some(item)) = (response.clicked(), message.item) {
        cx.commands.send(Command::SelectRow(item));
    }
    if is_elided || message.item.is_some() {
        response.on_hover_ui(|ui| tooltip_ui(ui, cx, message));
    }
}

fn draw(ui: &Ui, cx: &ViewContext<'_>, rect: Rect, message: &Message) -> bool {
    let theme = cx.theme;
    let painter = ui.painter();
    let small = TextStyle::Small.resolve(ui.style());
    let body = TextStyle::Body.resolve(ui.style());
    let y = rect.center().y;
    let time = format!("{:.3}", ns_to_s(message.at_ns));
    painter.text(
        pos2(rect.left() + TIME_WIDTH - 12.0, y),
        Align2::RIGHT_CENTER,
        time,
        small.clone(),
        theme.weak,
    );
    let tag_at = pos2(rect.left() + TIME_WIDTH, y);
    painter.text(
        tag_at,
        Align2::LEFT_CENTER,
        tag(message.source),
        body.clone(),
        tag_color(cx, message.source),
    );
    let mut x = rect.left() + TIME_WIDTH + TAG_WIDTH;
    if is_stderr(message.source) {
        let galley = painter.layout_no_wrap("stderr".to_owned(), small, theme.warn);
        let mark = Rect::from_min_size(pos2(x, y - 8.0), vec2(galley.size().x + 10.0, 16.0));
        let stroke = eframe::egui::Stroke::new(1.0, theme.soft(theme.warn, 0.5));
        painter.rect_stroke(mark, CornerRadius::same(4), stroke, StrokeKind::Inside);
        painter.galley(mark.center() - galley.size() / 2.0, galley, theme.warn);
        x = mark.right() + 6.0;
    }
    let color = if message.source == Source::Trouble { theme.bad } else { theme.text };
    let font = if matches!(message.source, Source::Worker { .. }) {
        TextStyle::Monospace.resolve(ui.style())
    } else {
        body
    };
    let mut job =
        LayoutJob::simple_singleline(shortened(&message.text, SHOWN_CHARACTERS).into_owned(), font, color);
    job.wrap = TextWrapping::truncate_at_width((rect.right() - x - 6.0).max(20.0));
    let galley = painter.layout_job(job);
    let is_elided = galley.elided || message.text.len() > galley.text().len();
    painter.galley(pos2(x, y - galley.size().y / 2.0), galley, color);
    is_elided
}

fn tooltip_ui(ui: &mut Ui, cx: &ViewContext<'_>, message: &Message) {
    ui.label(shortened(&message.text, TOOLTIP_CHARACTERS));
    if let Some(item) = message.item {
        ui.colored_label(cx.theme.weak, format!("while on item {}; a click shows its row", grouped(item)));
    }
}

/// "pool", "W1"; the process where a host wrote past its functions.
fn tag(source: Source) -> String {
    match source {
        Source::Pool | Source::Trouble => "pool".to_owned(),
        Source::Worker { worker: 0, pid, .. } => format!("{pid}"),
        Source::Worker { worker, .. } => format!("W{worker}"),
    }
}

fn tag_color(cx: &ViewContext<'_>, source: Source) -> Color32 {
    match source {
        Source::Pool | Source::Worker { worker: 0, .. } => cx.theme.weak,
        Source::Trouble => cx.theme.bad,
        Source::Worker { worker, .. } => cx.theme.worker(worker),
    }
}

fn is_stderr(source: Source) -> bool {
    matches!(source, Source::Worker { stream: Stream::Stderr, .. })
}

/// The line as it is copied and read out: "0.310 W1 Process 1: 1".
pub fn as_text(message: &Message) -> String {
    let stream = if is_stderr(message.source) { " stderr" } else { "" };
    format!("{:.3} {}{stream} {}", ns_to_s(message.at_ns), tag(message.source), message.text)
}
