//! The card that tells all about the death of a worker process: what ended it, what it had in hand, what it said last.
//!
//! It lies over the messages and leaves timeline and results in sight, so that what it tells can be looked up there.

use egui::{
    Align, Align2, Area, Context, CornerRadius, Frame, Grid, Id, Key, Label, Layout, Margin, Modifiers,
    Order, Popup, RichText, TextStyle, Ui, vec2,
};
use egui_material_icons::icons::{ICON_CHEVRON_LEFT, ICON_CHEVRON_RIGHT, ICON_CLOSE};

use super::command::Command;
use super::context::ViewContext;
use super::format;
use super::items;
use super::setup::capitalised;
use super::theme::{CARD_RADIUS, GAP, STEP, Theme, figure, strong};
use super::widgets;
use crate::pool::{Death, LifeEnd, Message, Notice, RunLog, ns_to_s};
use crate::value::{grouped, shortened};

/// As wide as the messages are in a window of the usual size, which it may cover.
const WIDTH: f32 = 376.0;
/// Items in hand that are listed; a process of many threads may have had many.
const LISTED_ITEMS: usize = 4;
/// Characters of an input and of a line.
const CELL_CHARACTERS: usize = 120;
const LINE_CHARACTERS: usize = 240;

/// The number of the death of this process, counted from 0; a process that comes twice died the last time.
pub fn of_process(log: &RunLog, pid: u32) -> Option<u64> {
    let place = log.deaths.iter().rev().position(|death| death.pid == pid)? as u64;
    log.deaths.len().checked_sub(place + 1)
}

/// The number of the death that ended this row's last try, if one did.
pub fn of_row(log: &RunLog, index: u64) -> Option<u64> {
    let place = log.deaths.iter().rev().position(|death| death.executing.contains(&index))? as u64;
    log.deaths.len().checked_sub(place + 1)
}

/// The number of the death that a line of the pool tells of.
pub fn of_message(message: &Message) -> Option<u64> {
    match message.notice()? {
        Notice::Died { death, .. } => Some(*death),
        _ => None,
    }
}

/// Draws the card of death `number` over the window, if there is one; Escape closes it while `takes_keys`.
pub fn ui(ctx: &Context, cx: &ViewContext<'_>, number: u64, takes_keys: bool) {
    let Some(log) = cx.run.map(|run| &run.log) else { return };
    let Some(death) = log.deaths.get(number) else { return };
    let escapes = takes_keys && !Popup::is_any_open(ctx);
    if escapes && ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        cx.commands.send(Command::HideDeath);
    }
    let room = ctx.content_rect();
    let area = Area::new(Id::unique("death"))
        .order(Order::Middle)
        .anchor(Align2::RIGHT_BOTTOM, vec2(-2.0 * GAP, -26.0 - 2.0 * GAP))
        .constrain_to(room);
    area.show(ctx, |ui| {
        let frame =
            Frame::new().fill(cx.theme.panel).stroke((1.5, cx.theme.soft(color(cx.theme, death), 0.7)));
        frame.corner_radius(CornerRadius::same(CARD_RADIUS)).inner_margin(Margin::same(14)).show(ui, |ui| {
            ui.set_width(WIDTH.min(room.width() - 6.0 * GAP));
            head_ui(ui, cx, log, death, number);
            let height = room.height() * 0.5;
            widgets::list_area(height).show(ui, |ui| body_ui(ui, cx, log, death));
        });
    });
}

fn color(theme: &Theme, death: &Death) -> egui::Color32 {
    match death.end {
        LifeEnd::TimedOut | LifeEnd::Killed | LifeEnd::Recycled => theme.warn,
        _ => theme.bad,
    }
}

/// Who and what, large; which of how many; and the way out.
fn head_ui(ui: &mut Ui, cx: &ViewContext<'_>, log: &RunLog, death: &Death, number: u64) {
    let count = log.deaths.len();
    ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
        ui.spacing_mut().item_spacing.x = STEP;
        let close = widgets::icon_button(ui, ICON_CLOSE, "Close (Esc)", None);
        // Whoever came with a key goes on with keys.
        let is_new = ui.data_mut(|data| {
            let shown = data.get_temp_mut_or(Id::unique("shown death"), u64::MAX);
            std::mem::replace(shown, number) != number
        });
        if is_new {
            close.request_focus();
        }
        if close.clicked() {
            ui.data_mut(|data| data.remove::<u64>(Id::unique("shown death")));
            cx.commands.send(Command::HideDeath);
        }
        if count > 1 {
            let later = (number + 1 >= count).then_some("This is the last one.");
            if widgets::icon_button(ui, ICON_CHEVRON_RIGHT, "Later death", later).clicked() {
                cx.commands.send(Command::ShowDeath(number + 1));
            }
            let earlier = (number == 0).then_some("This is the first one.");
            if widgets::icon_button(ui, ICON_CHEVRON_LEFT, "Earlier death", earlier).clicked() {
                cx.commands.send(Command::ShowDeath(number - 1));
            }
            let place = format!("{} of {}", grouped(number + 1), grouped(count));
            let place = RichText::new(place).text_style(TextStyle::Small).color(cx.theme.weak);
            ui.add_sized([44.0, 26.0], Label::new(place));
        }
        ui.with_layout(Layout::left_to_right(Align::Min), |ui| {
            let title = RichText::new(title(log, death)).text_style(figure());
            ui.add(Label::new(title.color(color(cx.theme, death))).wrap());
        });
    });
}

fn body_ui(ui: &mut Ui, cx: &ViewContext<'_>, log: &RunLog, death: &Death) {
    ui.spacing_mut().item_spacing.y = STEP;
    let cause = format!("{}.", capitalised(&death.likely_cause()));
    ui.add(Label::new(RichText::new(cause).text_style(strong())).wrap());
    ui.add_space(STEP);
    Grid::new("death").num_columns(2).min_row_height(20.0).spacing([16.0, 2.0]).show(ui, |ui| {
        items_ui(ui, cx, log, death);
        for (name, text) in facts(log, death) {
            widgets::weak(ui, cx.theme, name);
            ui.label(text);
            ui.end_row();
        }
    });
    lines_ui(ui, cx, death);
}

/// What was executing then, a row of the grid each; each can be shown in the table.
fn items_ui(ui: &mut Ui, cx: &ViewContext<'_>, log: &RunLog, death: &Death) {
    if death.executing.is_empty() {
        widgets::weak(ui, cx.theme, "in hand");
        ui.label("nothing");
        ui.end_row();
    }
    for (nth, index) in death.executing.iter().take(LISTED_ITEMS).enumerate() {
        let input = log.row(*index).map(|row| row.input_text()).unwrap_or_default();
        widgets::weak(ui, cx.theme, if nth == 0 { "in hand" } else { "" });
        ui.horizontal(|ui| {
            let name = items::name(*index);
            if widgets::link(ui, cx.theme, &name).on_hover_text("Shows its row.").clicked() {
                cx.commands.send(Command::SelectRow(*index));
            }
            let input = shortened(&input, CELL_CHARACTERS).into_owned();
            widgets::elided(ui, RichText::new(input).text_style(TextStyle::Monospace).strong());
        });
        ui.end_row();
    }
    let more = death.executing.len().saturating_sub(LISTED_ITEMS);
    if more > 0 {
        ui.label("");
        widgets::weak(ui, cx.theme, format!("and {}", format::counted(more as u64, "other", "others")));
        ui.end_row();
    }
}

fn lines_ui(ui: &mut Ui, cx: &ViewContext<'_>, death: &Death) {
    if death.last_lines.is_empty() {
        return;
    }
    ui.add_space(STEP);
    widgets::weak(ui, cx.theme, "Its last lines:");
    widgets::field_frame(cx.theme).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 2.0;
        for line in &death.last_lines {
            let text = shortened(line, LINE_CHARACTERS).into_owned();
            ui.add(Label::new(RichText::new(text).text_style(TextStyle::Monospace)).wrap().selectable(true));
        }
    });
}

/// "Worker 3 died: SIGKILL".
fn title(log: &RunLog, death: &Death) -> String {
    let lane = death.worker.checked_sub(1).and_then(|place| log.lanes.get(place));
    // By the workers that it had then: the pool may have been resized since.
    let who = match death.threads {
        _ if lane.is_some_and(|lane| lane.is_for_suspects) => "The worker for suspects".to_owned(),
        0 | 1 => format!("Worker {}", death.worker),
        _ if log.plan.job.settings.shape().hosts() == 1 => "The process of all threads".to_owned(),
        threads => format!("The process of workers {} to {}", death.worker, death.worker + threads - 1),
    };
    match &death.end {
        LifeEnd::TimedOut => format!("{who} was ended: timeout"),
        LifeEnd::OverMemory { .. } => format!("{who} was ended: too much memory"),
        LifeEnd::MachineFull { .. } => format!("{who} was ended: machine out of memory"),
        LifeEnd::Killed => format!("{who} was ended by hand"),
        LifeEnd::Obstructed(_) | LifeEnd::Broken(_) => format!("{who} could not go on"),
        cause => format!("{who} died: {cause}"),
    }
}

fn facts(log: &RunLog, death: &Death) -> Vec<(&'static str, String)> {
    let mut facts =
        vec![("at", format!("{:.3} s", ns_to_s(death.at_ns))), ("process", format!("pid {}", death.pid))];
    if death.peak_rss_bytes > 0 {
        facts.push(("memory", format!("{} at most", format::bytes(death.peak_rss_bytes))));
    }
    let replaced = match death.replaced_after {
        Some(after) => format!("after {}", format::duration(after.as_secs_f64())),
        None if log.is_finished() => "no, the run is over".to_owned(),
        None => "not yet".to_owned(),
    };
    facts.push(("replaced", replaced));
    facts
}
