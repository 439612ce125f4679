//! The lines that workers wrote and the pool's own, of all or of one, newest last.

mod choice;
mod line;

use std::time::Instant;

use egui::{Align, ComboBox, Layout, RichText, ScrollArea, TextStyle, Ui};
use egui_material_icons::icons::ICON_CONTENT_COPY;

use self::choice::{MessageChoice, Who};
use crate::app::command::Command;
use crate::app::context::ViewContext;
use crate::app::format;
use crate::app::panels::is_scrolled_back;
use crate::app::widgets;
use crate::pool::{Message, RunLog};

/// The panel: whose lines are shown, and whether it follows the newest.
#[derive(Debug)]
pub struct MessagesPanel {
    choice: MessageChoice,
    is_following: bool,
    started: Option<Instant>,
}

impl Default for MessagesPanel {
    fn default() -> Self {
        Self { choice: MessageChoice::default(), is_following: true, started: None }
    }
}

impl MessagesPanel {
    /// Draws the panel into all of `ui`.
    pub fn ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>) {
        let log = cx.run.map(|run| &run.log);
        let started = log.map(|log| log.plan.started);
        if self.started != started {
            self.started = started;
            self.choice = MessageChoice::default();
        }
        let header = |panel: &mut Self, ui: &mut Ui| {
            let Some(log) = log else { return };
            let mut who = panel.choice.who();
            header_ui(ui, cx, log, &panel.choice, &mut who, &mut panel.is_following);
            panel.choice.set_who(who);
        };
        widgets::card_of(ui, cx.theme, "Messages", self, header, |panel, ui| {
            let inside = ui.available_rect_before_wrap().shrink(4.0);
            let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(inside));
            match log {
                Some(log) if !log.messages.is_empty() => panel.lines_ui(&mut ui, cx, log),
                _ => {
                    widgets::empty_state(&mut ui, cx.theme, "What workers print appears here.", None);
                }
            }
        });
    }

    fn lines_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>, log: &RunLog) {
        let width = ui.available_width();
        self.choice.set_width(width);
        if !self.choice.update(&log.messages, |message| line::fits(ui, width, &line::said(log, message))) {
            ui.ctx().request_repaint();
        }
        if log.messages.dropped() > 0 {
            let dropped =
                format::counted(log.messages.dropped(), "older line dropped", "older lines dropped");
            ui.horizontal(|ui| {
                ui.add_space(8.0);
                ui.label(RichText::new(dropped).text_style(TextStyle::Small).color(cx.theme.warn));
            });
        }
        if self.choice.is_empty() {
            widgets::empty_state(ui, cx.theme, "No lines of this worker.", None);
            return;
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        self.is_following &= !is_scrolled_back(ui);
        let mut scroll = ScrollArea::vertical().auto_shrink(false);
        if self.is_following {
            // `stick_to_bottom` would take one more frame, which in a window that is seldom drawn is half a second.
            let end = self.choice.len() as f32 * line::HEIGHT - ui.available_height();
            scroll = scroll.vertical_scroll_offset(end.max(0.0));
        }
        scroll.show_rows(ui, line::HEIGHT, self.choice.len(), |ui, places| {
            for place in places {
                let row = self.choice.row_at(place);
                if let Some((number, is_second)) = row
                    && let Some(message) = log.messages.get(number)
                {
                    let is_first_of_two = self.choice.row_at(place + 1) == Some((number, true));
                    line::ui(ui, cx, message, (place, line::LinePart::of(is_first_of_two, is_second)));
                }
            }
        });
    }
}

fn header_ui(
    ui: &mut Ui,
    cx: &ViewContext<'_>,
    log: &RunLog,
    choice: &MessageChoice,
    who: &mut Who,
    is_following: &mut bool,
) {
    who_ui(ui, log, who);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let follow = widgets::chip_button(ui, cx.theme, "follow", *is_following);
        if follow.on_hover_text("Keeps the newest line in sight").clicked() {
            *is_following = !*is_following;
        }
        if widgets::icon_button(ui, ICON_CONTENT_COPY, "Copy these lines", None).clicked() {
            let lines = choice.numbers().filter_map(|number| log.messages.get(number));
            cx.commands.send(Command::CopyText(as_text(log, lines)));
        }
    });
}

fn who_ui(ui: &mut Ui, log: &RunLog, who: &mut Who) {
    ui.spacing_mut().interact_size.y = 20.0;
    ui.spacing_mut().button_padding.y = 1.0;
    let shown = RichText::new(who.label()).text_style(TextStyle::Small);
    let combo = ComboBox::from_id_salt("messages of").selected_text(shown).width(96.0);
    let response = combo.show_ui(ui, |ui| {
        let lanes = log.lanes.iter().enumerate().filter(|(_, lane)| !lane.is_for_suspects);
        let workers = lanes.map(|(place, _)| Who::Worker(place + 1));
        for option in [Who::All, Who::Pool].into_iter().chain(workers) {
            ui.selectable_value(who, option, option.label());
        }
    });
    response.response.accessible_name("Messages of");
}

/// Lines as a person would paste them.
fn as_text<'a>(log: &RunLog, messages: impl Iterator<Item = &'a Message>) -> String {
    let mut text = String::new();
    for message in messages {
        text.push_str(&line::as_text(log, message));
        text.push('\n');
    }
    text
}
