//! One line: when, who, what.

use std::borrow::Cow;

use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align2, Color32, CornerRadius, Rect, Role, Sense, StrokeKind, TextStyle, Ui, WidgetInfo, pos2, vec2,
};

use crate::app::command::Command;
use crate::app::context::ViewContext;
use crate::app::death;
use crate::app::items;
use crate::function::OutputStream;
use crate::pool::{DiedAt, Message, MessageSource, Notice, RunLog, ns_to_s};
use crate::value::shortened;

/// The height of a line.
pub const HEIGHT: f32 = 21.0;
/// Characters laid out of a line, more than fit into any window.
const SHOWN_CHARACTERS: usize = 600;
/// Characters of the tooltip.
const TOOLTIP_CHARACTERS: usize = 4000;
const TIME_WIDTH: f32 = 58.0;
const TAG_WIDTH: f32 = 46.0;

/// What a character of a line of the pool takes on average, rather too much than too little.
const CHARACTER_WIDTH: f32 = 6.5;
/// Left of texts and right of them.
const MARGINS: f32 = TIME_WIDTH + TAG_WIDTH + 8.0;

/// Whether a line of the pool has room in a row of this width.
pub fn fits(ui: &Ui, width: f32, text: &str) -> bool {
    let font = TextStyle::Body.resolve(ui.style());
    let text = shortened(text, SHOWN_CHARACTERS).into_owned();
    ui.painter().layout_no_wrap(text, font, Color32::PLACEHOLDER).size().x <= width - MARGINS
}

/// The characters that surely fit into a row of this width.
fn columns(width: f32) -> usize {
    ((width - MARGINS) / CHARACTER_WIDTH).max(8.0) as usize
}

/// The part of a line that a row shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinePart {
    Whole,
    FirstHalf,
    SecondHalf,
}

impl LinePart {
    /// Which part it is.
    pub fn of(is_first_of_two: bool, is_second: bool) -> Self {
        match (is_first_of_two, is_second) {
            (_, true) => Self::SecondHalf,
            (true, false) => Self::FirstHalf,
            (false, false) => Self::Whole,
        }
    }

    /// The part of a text, cut at a blank where `columns` are full.
    fn of_text(self, text: &str, columns: usize) -> &str {
        let full = text.char_indices().nth(columns).map_or(text.len(), |(at, _)| at);
        let cut = text[..full].rfind(' ').map_or(full, |at| at + 1);
        match self {
            Self::Whole => text,
            Self::FirstHalf => &text[..cut],
            Self::SecondHalf => &text[cut..],
        }
    }
}

/// Draws a row of a line; a click shows the death that it tells of, or the row of the item that was in hand.
pub fn ui(ui: &mut Ui, cx: &ViewContext<'_>, message: &Message, (place, part): (usize, LinePart)) {
    let Some(log) = cx.run.map(|run| &run.log) else { return };
    let command = command(message);
    let sense = if command.is_some() { Sense::click() } else { Sense::hover() };
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), HEIGHT));
    let response = ui.interact(rect, ui.scope_id().with(("line", place)), sense);
    if part != LinePart::SecondHalf {
        let role = if matches!(command, Some(Command::ShowDeath(_))) { Role::Button } else { Role::Label };
        response.widget_info(|| WidgetInfo::labeled(role, true, as_text(log, message)));
    }
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, CornerRadius::same(4), cx.theme.soft(cx.theme.raised, 0.8));
    }
    let said = said(log, message);
    let is_elided = draw(ui, cx, rect, message, (&said, part));
    if let (true, Some(command)) = (response.clicked(), command.clone()) {
        cx.commands.send(command);
    }
    if is_elided || command.is_some() {
        response.on_hover_ui(|ui| tooltip_ui(ui, cx, message, command.as_ref()));
    }
}

fn command(message: &Message) -> Option<Command> {
    let death = death::of_message(message);
    death.map(Command::ShowDeath).or(message.item.map(Command::SelectRow))
}

fn draw(
    ui: &Ui,
    cx: &ViewContext<'_>,
    rect: Rect,
    message: &Message,
    (said, part): (&str, LinePart),
) -> bool {
    let theme = cx.theme;
    let painter = ui.painter();
    let small = TextStyle::Small.resolve(ui.style());
    let body = TextStyle::Body.resolve(ui.style());
    let y = rect.center().y;
    if part != LinePart::SecondHalf {
        draw_source(ui, cx, rect, message);
    }
    let mut x = rect.left() + TIME_WIDTH + TAG_WIDTH;
    if let Some(stream) = stream_word(message.source) {
        let is_error = matches!(message.source, MessageSource::Worker { stream: OutputStream::Stderr, .. });
        let color = if is_error { theme.warn } else { theme.accent };
        let galley = painter.layout_no_wrap(stream.to_owned(), small, color);
        let mark = Rect::from_min_size(pos2(x, y - 8.0), vec2(galley.size().x + 10.0, 16.0));
        let stroke = egui::Stroke::new(1.0, theme.soft(color, 0.5));
        painter.rect_stroke(mark, CornerRadius::same(4), stroke, StrokeKind::Inside);
        painter.galley(mark.center() - galley.size() / 2.0, galley, color);
        x = mark.right() + 6.0;
    }
    let color = if message.source == MessageSource::Trouble { theme.bad } else { theme.text };
    let font = if matches!(message.source, MessageSource::Worker { .. }) {
        TextStyle::Monospace.resolve(ui.style())
    } else {
        body
    };
    // Of several lines the first; the tooltip has all.
    let text = part.of_text(said, columns(rect.width()));
    let (text, has_more) = text.split_once('\n').map_or((text, false), |(first, _)| (first, true));
    let mut job = LayoutJob::simple_singleline(shortened(text, SHOWN_CHARACTERS).into_owned(), font, color);
    job.wrap = TextWrapping::truncate_at_width((rect.right() - x - 6.0).max(20.0));
    let galley = painter.layout_job(job);
    let is_elided = has_more || galley.elided || text.len() > galley.text().len();
    painter.galley(pos2(x, y - galley.size().y / 2.0), galley, color);
    is_elided
}

/// When, and who.
fn draw_source(ui: &Ui, cx: &ViewContext<'_>, rect: Rect, message: &Message) {
    let (painter, y) = (ui.painter(), rect.center().y);
    let small = TextStyle::Small.resolve(ui.style());
    let time = format!("{:.3}", ns_to_s(message.at_ns));
    let time_at = pos2(rect.left() + TIME_WIDTH - 12.0, y);
    painter.text(time_at, Align2::RIGHT_CENTER, time, small, cx.theme.weak);
    let body = TextStyle::Body.resolve(ui.style());
    let tag_at = pos2(rect.left() + TIME_WIDTH, y);
    let color = tag_color(cx, message.source);
    painter.text(tag_at, Align2::LEFT_CENTER, tag(message.source), body, color);
}

fn tooltip_ui(ui: &mut Ui, cx: &ViewContext<'_>, message: &Message, command: Option<&Command>) {
    let Some(log) = cx.run.map(|run| &run.log) else { return };
    ui.label(shortened(&said(log, message), TOOLTIP_CHARACTERS));
    let remark = match (command, message.item) {
        (Some(Command::ShowDeath(_)), _) => "A click shows all about it.".to_owned(),
        (_, Some(item)) => format!("While on {}; a click shows its row.", items::with_value(log, item)),
        (_, None) => return,
    };
    ui.colored_label(cx.theme.weak, remark);
}

/// "pool", "W1"; the process where a host wrote past its functions.
fn tag(source: MessageSource) -> String {
    match source {
        MessageSource::Pool | MessageSource::Trouble => "pool".to_owned(),
        MessageSource::Worker { worker: 0, pid, .. } => format!("{pid}"),
        MessageSource::Worker { worker, .. } => format!("W{worker}"),
    }
}

fn tag_color(cx: &ViewContext<'_>, source: MessageSource) -> Color32 {
    match source {
        MessageSource::Pool | MessageSource::Worker { worker: 0, .. } => cx.theme.weak,
        MessageSource::Trouble => cx.theme.bad,
        MessageSource::Worker { worker, .. } => cx.theme.worker(worker),
    }
}

/// What a line is marked with; nothing where a function wrote it to its standard output, as most are.
fn stream_word(source: MessageSource) -> Option<&'static str> {
    match source {
        MessageSource::Worker { stream: OutputStream::Stderr, .. } => Some("stderr"),
        MessageSource::Worker { stream: OutputStream::Stack, .. } => Some("where"),
        _ => None,
    }
}

/// The text of a line; where the pool tells of one item, with the value of that.
pub fn said<'a>(log: &RunLog, message: &'a Message) -> Cow<'a, str> {
    let text = message.text();
    match message.notice() {
        Some(Notice::Died { at: DiedAt::Input(index) | DiedAt::After(index), .. }) => {
            let value = items::value(log, *index).map(|value| format!(" ({value})"));
            Cow::Owned(text.into_owned() + &value.unwrap_or_default())
        }
        _ => text,
    }
}

/// The line as it is copied and read out: "0.310 W1 Process 1: 1".
pub fn as_text(log: &RunLog, message: &Message) -> String {
    let stream = stream_word(message.source).map(|word| format!(" {word}")).unwrap_or_default();
    format!("{:.3} {}{stream} {}", ns_to_s(message.at_ns), tag(message.source), said(log, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_halves_are_the_whole() {
        let text = "worker 3 (pid 4713) died: SIGKILL while on item 40,112";
        let (first, second) = (LinePart::FirstHalf.of_text(text, 24), LinePart::SecondHalf.of_text(text, 24));
        assert_eq!((first, second), ("worker 3 (pid 4713) ", "died: SIGKILL while on item 40,112"));
        assert_eq!(LinePart::Whole.of_text(text, 24), text);
        let unbroken = "ä".repeat(50);
        assert_eq!(LinePart::FirstHalf.of_text(&unbroken, 24).chars().count(), 24);
        assert_eq!(LinePart::SecondHalf.of_text(&unbroken, 24).chars().count(), 26);
    }
}
