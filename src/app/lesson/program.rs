//! A program that is run step by step: its source with the line that is next, its processes and what was printed, what the
//! last step did, and at the end what there is to remember.

use egui::{Frame, Key, Layout, Margin, Rect, RichText, ScrollArea, Sense, Ui, UiBuilder, vec2};

use super::program_parts as parts;
use super::{CLAIM_SIZE, MARGIN};
use crate::app::command::Command;
use crate::app::context::ViewContext;
use crate::app::lesson_command::LessonCommand;
use crate::app::state::ProgramCard;
use crate::app::theme::{GAP, STEP, strong};
use crate::app::widgets;
use crate::lessons::steps::PROGRAMS;

/// Below this the cards stand below each other.
const NARROW: f32 = 800.0;
const LINE_HEIGHT: f32 = 20.0;
/// A card without what is in it.
const CARD_HEIGHT: f32 = 56.0;
/// What the processes and the printed lines want at least.
const LEAST_CARD_HEIGHT: f32 = 130.0;
const DONE_HEIGHT: f32 = 84.0;
const REVEAL_HEIGHT: f32 = 140.0;
/// Where its sentences take more lines.
const NARROW_REVEAL_HEIGHT: f32 = 196.0;
const FOOT_HEIGHT: f32 = 40.0;

pub(super) fn ui(ui: &mut Ui, cx: &ViewContext<'_>, card: &ProgramCard, why_not: Option<&str>) {
    let frame = Frame::new().fill(cx.theme.bg).inner_margin(Margin::same(MARGIN));
    frame.show(ui, |ui| {
        ScrollArea::vertical().id_salt("program").auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            // A bar shall only come where there is more than the window shows.
            let (room, top) = (ui.available_height() - 1.0, ui.cursor().top());
            claim_ui(ui, cx, card);
            ui.add_space(2.0 * GAP);
            let is_narrow = ui.available_width() < NARROW;
            let below = match card.reveal() {
                None => DONE_HEIGHT,
                Some(_) if is_narrow => NARROW_REVEAL_HEIGHT,
                Some(_) => REVEAL_HEIGHT,
            };
            let height = room - (ui.cursor().top() - top) - below - FOOT_HEIGHT - 2.0 * GAP;
            cards_ui(ui, cx, card, height);
            ui.add_space(GAP);
            match card.reveal() {
                Some(reveal) => parts::reveal_ui(ui, cx, card, &reveal, below),
                None => parts::done_ui(ui, cx, card, below),
            }
            ui.add_space(GAP);
            foot_ui(ui, cx, card, why_not);
        });
    });
}

fn claim_ui(ui: &mut Ui, cx: &ViewContext<'_>, card: &ProgramCard) {
    let over = format!("Program {} of {} · {}", card.place() + 1, PROGRAMS.len(), card.program.topic);
    ui.horizontal(|ui| {
        ui.label(RichText::new(over.to_uppercase()).text_style(strong()).color(cx.theme.weak));
        ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
            if widgets::link(ui, cx.theme, "all lessons").clicked() {
                cx.commands.send(Command::Lesson(LessonCommand::Gallery));
            }
            let story = card.story();
            if !story.python.is_empty() {
                ui.add_space(GAP);
                let told = format!("Python {} · {}", story.python, story.start_method);
                ui.label(super::small(told).color(cx.theme.weak));
            }
        });
    });
    ui.add_space(2.0 * STEP);
    let font = egui::FontId::new(CLAIM_SIZE, strong().resolve(ui.style()).family);
    ui.label(widgets::prose(card.program.claim, font, cx.theme.text));
}

/// The source at the left, processes and printed lines beside it; below each other where there is no room.
fn cards_ui(ui: &mut Ui, cx: &ViewContext<'_>, card: &ProgramCard, height: f32) {
    let source_height = CARD_HEIGHT + LINE_HEIGHT * card.program.source().lines().len() as f32;
    let width = ui.available_width();
    let is_narrow = width < NARROW;
    let all_height = match is_narrow {
        true => source_height + 2.0 * (GAP + LEAST_CARD_HEIGHT),
        false => height.max(source_height).max(2.0 * LEAST_CARD_HEIGHT + GAP),
    };
    let (all, _) = ui.allocate_exact_size(vec2(width, all_height), Sense::hover());
    let (source, right) = match is_narrow {
        true => (all.with_max_y(all.top() + source_height), all.with_min_y(all.top() + source_height + GAP)),
        false => {
            let middle = all.left() + (width * 0.44).min(560.0);
            (all.with_max_x(middle), all.with_min_x(middle + GAP))
        }
    };
    let half = (right.height() - GAP) / 2.0;
    let upper = right.with_max_y(right.top() + half);
    let lower = right.with_min_y(right.top() + half + GAP);
    let mut at = |salt: &str, rect: Rect| ui.new_child(UiBuilder::new().id_salt(salt).max_rect(rect));
    parts::source_ui(&mut at("source", source), cx, card, LINE_HEIGHT);
    parts::processes_ui(&mut at("processes", upper), cx, card);
    parts::printed_ui(&mut at("printed", lower), cx, card);
}

fn foot_ui(ui: &mut Ui, cx: &ViewContext<'_>, card: &ProgramCard, why_not: Option<&str>) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), FOOT_HEIGHT), Sense::hover());
    let layout = Layout::left_to_right(egui::Align::Center);
    let mut foot = ui.new_child(UiBuilder::new().id_salt("program foot").max_rect(rect).layout(layout));
    let method = card.method.map_or("Python's own".to_owned(), |method| method.to_string());
    let method = format!("M  start method: {method}");
    let pills = [
        (!card.story().steps.is_empty(), "R  run again", LessonCommand::Again),
        (true, &*method, LessonCommand::NextMethod),
    ];
    let pills = pills.into_iter().chain(super::parts::presenting_pills(&foot));
    for (_, text, command) in pills.filter(|(is_there, ..)| *is_there) {
        let pill = widgets::chip_button(&mut foot, cx.theme, text, false);
        if pill.on_hover_text(command.tooltip()).clicked() {
            cx.commands.send(Command::Lesson(command));
        }
    }
    let why_not = why_not.filter(|_| card.is_at_rest() && !card.story().is_at_end());
    foot.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
        next_ui(ui, cx, card, why_not.is_none());
        if let Some(reason) = why_not {
            ui.label(RichText::new(reason).color(cx.theme.warn));
        }
    });
}

fn next_ui(ui: &mut Ui, cx: &ViewContext<'_>, card: &ProgramCard, is_free: bool) {
    let story = card.story();
    let text = match next_step(card) {
        LessonCommand::Step if story.steps.is_empty() => "Start the program".to_owned(),
        LessonCommand::Step => "Run this line".to_owned(),
        LessonCommand::Program(next) => format!("Next: {}", PROGRAMS[next].topic),
        _ => "All lessons".to_owned(),
    };
    let is_possible = is_free && (story.can_step() || story.is_at_end());
    let text = if is_possible || !is_free { text } else { "It runs…".to_owned() };
    let words = RichText::new(format!("{text}   Space")).text_style(strong()).color(cx.theme.on_accent);
    if ui.add_enabled(is_possible, super::parts::next_button(cx.theme, words)).clicked() {
        cx.commands.send(Command::Lesson(next_step(card)));
    }
}

/// What Space asks for.
fn next_step(card: &ProgramCard) -> LessonCommand {
    match card.place() + 1 {
        _ if !card.story().is_at_end() => LessonCommand::Step,
        next if next < PROGRAMS.len() => LessonCommand::Program(next),
        _ => LessonCommand::Gallery,
    }
}

/// What the keys of a program ask for: Space goes on, R begins anew, M chooses how processes are started, Escape goes back.
pub(super) fn key_commands(card: &ProgramCard, times: impl Fn(Key) -> usize) -> Vec<LessonCommand> {
    let keys = [
        (Key::Space, next_step(card)),
        (Key::R, LessonCommand::Again),
        (Key::M, LessonCommand::NextMethod),
        (Key::Escape, LessonCommand::Gallery),
    ];
    keys.into_iter().filter(|(key, _)| times(*key) > 0).map(|(_, command)| command).collect()
}
