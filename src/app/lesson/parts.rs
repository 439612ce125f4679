//! The parts of a lesson: the answers to choose from with their votes, what came of it, and what to do next.

use egui::{
    Align, Button, Color32, CornerRadius, CursorIcon, Layout, Rect, RichText, Role, Sense, Stroke,
    StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::{next_step, small};
use crate::app::command::Command;
use crate::app::context::ViewContext;
use crate::app::format;
use crate::app::lesson_command::LessonCommand;
use crate::app::state::{LessonCard, LessonStep};
use crate::app::theme::{CARD_RADIUS, FIELD_RADIUS, GAP, STEP, Theme, strong};
use crate::app::widgets;
use crate::lessons::{Figure, Reveal, Verdict};

const FIGURE_SIZE: f32 = 26.0;
const CHOICE_WIDTH: f32 = 250.0;
/// Around the words of an answer; its number at the left of them; what is above and below them, the bar of its votes included.
const CHOICE_MARGIN: f32 = 12.0;
const CHOICE_NUMBER_WIDTH: f32 = 18.0;
const CHOICE_FRAME_HEIGHT: f32 = 28.0;
const LEAST_CHOICE_HEIGHT: f32 = 62.0;
/// Beside the bar of an answer: how many voted for it.
const VOTES_WIDTH: f32 = 56.0;
/// Within the verdict: what is around its words, and the height of its figures.
const REVEAL_MARGIN: egui::Vec2 = vec2(16.0, 10.0);
const FIGURES_HEIGHT: f32 = 48.0;
/// Beside the choices: how many voted.
const TOLD_WIDTH: f32 = 170.0;

/// The answers, each with its key and its votes; that which was right stands out in the end.
pub(super) fn choices_ui(ui: &mut Ui, cx: &ViewContext<'_>, card: &LessonCard, height: f32) {
    let (all, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let width = choice_width(all.width());
    for place in 0..card.votes.len() {
        let left = all.left() + place as f32 * (width + GAP);
        choice_ui(ui, cx, card, place, Rect::from_min_size(pos2(left, all.top()), vec2(width, height)));
    }
    let told = Rect::from_min_max(pos2(all.left() + 3.0 * (width + GAP) + GAP, all.top()), all.max);
    let builder = UiBuilder::new().id_salt("votes").max_rect(told.shrink2(vec2(0.0, 10.0)));
    let mut told_ui = ui.new_child(builder);
    let votes = format::counted(card.voters().into(), "vote", "votes");
    let told = match (card.voters(), card.step) {
        (0, LessonStep::Asking) => "Keys 1 to 3 vote.".to_owned(),
        (0, _) => String::new(),
        _ if card.has_votes_of_file => format!("{votes} in the file: a new one begins anew."),
        _ => votes,
    };
    told_ui.label(RichText::new(told).color(cx.theme.weak));
    if let Some(right) = card.right_votes().filter(|_| card.voters() > 0) {
        let text = match (card.voters(), right) {
            (1, 1) => "You were right.".to_owned(),
            (1, _) => "It came out otherwise.".to_owned(),
            (voters, right) => {
                format!("{right} of {voters} {} right", if right == 1 { "was" } else { "were" })
            }
        };
        let color = if right > 0 { cx.theme.ok } else { cx.theme.weak };
        told_ui.label(RichText::new(text).text_style(strong()).color(color));
    }
}

/// The height of [`choices_ui`], in which each answer has room for its words.
pub(super) fn choices_height(ui: &Ui, card: &LessonCard) -> f32 {
    let width = choice_width(ui.available_width()) - 2.0 * CHOICE_MARGIN - CHOICE_NUMBER_WIDTH;
    let font = strong().resolve(ui.style());
    let height = |place: usize| {
        let text = card.lesson.choice(place).to_owned();
        ui.painter().layout(text, font.clone(), Color32::WHITE, width).size().y
    };
    let words = (0..card.votes.len()).map(height).fold(0.0, f32::max);
    (words + CHOICE_FRAME_HEIGHT).max(LEAST_CHOICE_HEIGHT)
}

fn choice_width(all: f32) -> f32 {
    ((all - TOLD_WIDTH) / 3.0 - GAP).min(CHOICE_WIDTH)
}

fn choice_ui(ui: &mut Ui, cx: &ViewContext<'_>, card: &LessonCard, place: usize, rect: Rect) {
    let theme = cx.theme;
    let text = card.lesson.choice(place);
    let is_open = card.step == LessonStep::Asking;
    let sense = if is_open { Sense::click() } else { Sense::hover() };
    let response = ui.interact(rect, ui.scope_id().with(("choice", place)), sense);
    response
        .widget_info(|| WidgetInfo::labeled(Role::Button, is_open, format!("Answer {}: {text}", place + 1)));
    let is_right = card.reveal.as_ref().is_some_and(|reveal| reveal.right == Some(place));
    let (line, color) = match (is_right, response.hovered() && is_open) {
        (true, _) => (Stroke::new(2.0, theme.ok), theme.ok),
        (_, true) => (Stroke::new(1.0, theme.accent), theme.accent),
        _ => (theme.hairline(), theme.accent),
    };
    ui.painter().rect(rect, CornerRadius::same(CARD_RADIUS), theme.panel, line, StrokeKind::Inside);
    let builder =
        UiBuilder::new().id_salt(("choice words", place)).max_rect(rect.shrink2(vec2(CHOICE_MARGIN, 8.0)));
    let mut words = ui.new_child(builder);
    words.horizontal_top(|ui| {
        ui.label(RichText::new(format!("{}", place + 1)).text_style(strong()).color(theme.faint));
        ui.add(egui::Label::new(RichText::new(text).text_style(strong()).color(theme.text)).wrap());
    });
    let share = card.votes[place] as f32 / card.voters().max(1) as f32;
    let room = if card.voters() > 0 { VOTES_WIDTH } else { 0.0 };
    let bar = Rect::from_min_max(
        pos2(rect.left() + 12.0, rect.bottom() - 11.0),
        pos2(rect.right() - 12.0 - room, rect.bottom() - 7.0),
    );
    if card.voters() > 0 {
        let votes = format::counted(card.votes[place].into(), "vote", "votes");
        let at = pos2(rect.right() - 12.0, bar.center().y);
        let font = egui::TextStyle::Small.resolve(ui.style());
        ui.painter().text(at, egui::Align2::RIGHT_CENTER, votes, font, theme.weak);
    }
    ui.painter().rect_filled(bar, 2.0, theme.line);
    ui.painter().rect_filled(bar.with_max_x(bar.left() + bar.width() * share), 2.0, color);
    if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
        cx.commands.send(Command::Lesson(LessonCommand::Vote(place)));
    }
}

/// The height of [`reveal_ui`], which depends on how many lines its words take.
pub(super) fn reveal_height(ui: &Ui, card: &LessonCard, reveal: &Reveal) -> f32 {
    let words = match reveal.why.as_str() {
        "" => reveal.verdict.to_string(),
        why => format!("{} {why} {}", reveal.verdict, card.lesson.otherwise()),
    };
    let font = egui::TextStyle::Body.resolve(ui.style());
    // Code is wider than what stands for it here.
    let width = ui.available_width() - 2.0 * REVEAL_MARGIN.x - 24.0;
    let words = ui.painter().layout(words, font.clone(), Color32::PLACEHOLDER, width);
    let line = ui.fonts_mut(|fonts| fonts.row_height(&font)) + ui.spacing().item_spacing.y;
    let figures = if reveal.figures.is_empty() { 0.0 } else { FIGURES_HEIGHT + STEP };
    2.0 * REVEAL_MARGIN.y + figures + line * words.rows.len() as f32 + STEP
}

/// The figures, the verdict, why, and what would have to differ.
pub(super) fn reveal_ui(ui: &mut Ui, cx: &ViewContext<'_>, card: &LessonCard, reveal: &Reveal, height: f32) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let color = color_of(cx, &reveal.verdict);
    let stroke = Stroke::new(2.0, color);
    ui.painter().rect(rect, CornerRadius::same(CARD_RADIUS), cx.theme.panel, stroke, StrokeKind::Inside);
    let builder = UiBuilder::new().id_salt("reveal").max_rect(rect.shrink2(REVEAL_MARGIN));
    let mut inside = ui.new_child(builder);
    if !reveal.figures.is_empty() {
        figures_ui(&mut inside, cx, &reveal.figures, color);
        inside.add_space(STEP);
    }
    inside.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = STEP;
        ui.label(RichText::new(reveal.verdict.to_string()).text_style(strong()).color(color));
        // Where nothing was measured there is nothing to explain.
        if !reveal.why.is_empty() {
            let font = egui::TextStyle::Body.resolve(ui.style());
            ui.label(widgets::prose(&reveal.why, font.clone(), cx.theme.text));
            ui.label(widgets::prose(card.lesson.otherwise(), font, cx.theme.weak));
        }
    });
}

/// The figures beside each other.
pub(super) fn figures_ui(ui: &mut Ui, cx: &ViewContext<'_>, figures: &[Figure], color: Color32) {
    let width = ui.available_width() / figures.len().max(3) as f32;
    ui.horizontal_top(|ui| figures.iter().for_each(|figure| figure_ui(ui, cx, figure, color, width)));
}

pub(super) fn color_of(cx: &ViewContext<'_>, verdict: &Verdict) -> Color32 {
    match verdict {
        Verdict::Holds | Verdict::Answered { .. } => cx.theme.ok,
        Verdict::DoesNotHold => cx.theme.accent,
        Verdict::TooBusy(_) => cx.theme.warn,
        Verdict::NotMeasured(_) => cx.theme.bad,
    }
}

fn figure_ui(ui: &mut Ui, cx: &ViewContext<'_>, figure: &Figure, color: Color32, width: f32) {
    ui.allocate_ui(vec2(width - GAP, FIGURES_HEIGHT), |ui| {
        ui.set_width(width - GAP);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let font = egui::FontId::new(FIGURE_SIZE, strong().resolve(ui.style()).family);
            widgets::elided(ui, RichText::new(&figure.value).font(font).color(color));
            widgets::elided(ui, small(&figure.meaning).color(cx.theme.weak));
        });
    });
}

/// What to do next.
pub(super) fn foot_ui(
    ui: &mut Ui,
    cx: &ViewContext<'_>,
    card: &LessonCard,
    why_not: Option<&str>,
    rect: Rect,
) {
    let of_layout = |rect: Rect, name: &'static str, layout: Layout| {
        UiBuilder::new().id_salt(name).max_rect(rect).layout(layout)
    };
    let mut next = ui.new_child(of_layout(rect, "what is next", Layout::right_to_left(Align::Center)));
    next_ui(&mut next, cx, card, why_not);
    if let Some(reason) = why_not {
        next.label(RichText::new(reason).color(cx.theme.warn));
    }
    let rest = rect.with_max_x(next.min_rect().left() - GAP);
    let mut foot = ui.new_child(of_layout(rest, "lesson foot", Layout::left_to_right(Align::Center)));
    let send = |command: LessonCommand| cx.commands.send(Command::Lesson(command));
    let pills: [(bool, &str, LessonCommand); 7] = [
        (card.step == LessonStep::Revealed, "R  run again", LessonCommand::Run),
        (card.step != LessonStep::Running, "C  change it", LessonCommand::Change),
        (
            card.step == LessonStep::Asking && card.voters() > 0,
            "0  forget the votes",
            LessonCommand::ForgetVotes,
        ),
        (card.step == LessonStep::Running, "Esc  stop", LessonCommand::Stop),
        (card.was_measured(), "H  handout", LessonCommand::Handout),
        (card.step != LessonStep::Running, "S  save", LessonCommand::Save),
        (
            card.step == LessonStep::Revealed && !card.runs.is_empty(),
            "P  copy as Python",
            LessonCommand::CopyPython,
        ),
    ];
    for (_, text, command) in pills.into_iter().chain(presenting_pills(ui)).filter(|(is_there, ..)| *is_there)
    {
        // In a narrow window they are there as keys only.
        if widgets::chip_width(&foot, text) > foot.available_width() {
            break;
        }
        let pill = widgets::chip_button(&mut foot, cx.theme, text, false);
        if pill.on_hover_text(command.tooltip()).clicked() {
            send(command);
        }
    }
}

/// What there is to do about the screen: whether it is offered now, its words and the command.
pub(super) fn presenting_pills(ui: &Ui) -> [(bool, &'static str, LessonCommand); 2] {
    let is_presented = ui.ctx().input(|input| input.viewport().fullscreen == Some(true));
    let present = if is_presented { "F11  leave" } else { "F11  present" };
    [(is_presented, "B  black", LessonCommand::Blacken), (true, present, LessonCommand::Present)]
}

fn next_ui(ui: &mut Ui, cx: &ViewContext<'_>, card: &LessonCard, why_not: Option<&str>) {
    let text = match (card.step, card.next()) {
        (LessonStep::Asking, _) => "Run it".to_owned(),
        (LessonStep::Running, _) => {
            let (nth, all) = (card.runs.len() + 1, card.lesson.titles().len());
            format!("Run {} of {all}: {}…", nth.min(all), card.next_run().unwrap_or_default())
        }
        (LessonStep::Revealed, Some((_, next))) => format!("Next: lesson {}", next.number()),
        (LessonStep::Revealed, None) => "All lessons".to_owned(),
    };
    if card.step == LessonStep::Running {
        // It tells how far it is; there is nothing to press.
        let words = RichText::new(text).text_style(strong()).color(cx.theme.text);
        ui.add(next_button(cx.theme, words).fill(cx.theme.raised).sense(Sense::hover()));
        return;
    }
    let is_possible = why_not.is_none() || card.step == LessonStep::Revealed;
    let words = format!("{text}   Space");
    let words = RichText::new(words).text_style(strong()).color(cx.theme.on_accent);
    if ui.add_enabled(is_possible, next_button(cx.theme, words)).clicked() {
        cx.commands.send(Command::Lesson(next_step(card)));
    }
}

/// The button for what comes next.
pub(super) fn next_button(theme: &Theme, words: RichText) -> Button<'static> {
    let button = Button::new(words).fill(theme.accent).corner_radius(CornerRadius::same(FIELD_RADIUS));
    button.min_size(vec2(180.0, 34.0))
}
