//! The lessons in the window: all of them to choose from, and one with its claim, a prediction, its runs and what they
//! showed. They take the place of the setup and the views.

mod beside;
mod gallery;
mod parts;
mod plot;
mod program;
mod program_parts;
mod table;
mod tree;

use egui::{
    Context, Frame, Key, Margin, Modifiers, Rect, RichText, ScrollArea, Sense, TextStyle, Ui, UiBuilder, vec2,
};

use self::beside::{Beside, BesideRun};
use super::command::Command;
use super::context::ViewContext;
use super::lesson_command::LessonCommand;
use super::panels::{TwinSide, TwinTimeline};
use super::state::{LessonCard, LessonPage, LessonStep};
use super::theme::{GAP, STEP, strong};
use super::widgets;
use crate::lessons::Shown;
use crate::pool::RunSnapshot;

const MARGIN: i8 = 24;
const FOOT_HEIGHT: f32 = 40.0;
/// The runs' card without lanes, and what each run wants at least; a lower window scrolls.
const EMPTY_TIMELINE_HEIGHT: f32 = 96.0;
const LEAST_RUN_HEIGHT: f32 = 62.0;
/// A plot wants so much height, and so much width beside the runs.
const PLOT_HEIGHT: f32 = 240.0;
const LEAST_WIDTH_OF_BOTH: f32 = 760.0;
/// The claim stands out; the question is read from afar.
const CLAIM_SIZE: f32 = 24.0;
const QUESTION_SIZE: f32 = 16.0;

/// View state of the lessons.
#[derive(Default)]
pub struct LessonView {
    timeline: TwinTimeline,
    beside: Beside,
    /// The claim of the lesson that is none of the catalogue and was left: the gallery leads back to it.
    pub left_claim: Option<String>,
    /// What came of the runs was shown in the last frame: it is brought into sight once.
    is_revealed: bool,
}

impl LessonView {
    /// Draws the page into all of `ui`. `live` is the run of the lesson that is on; `why_not` says why none can be made now.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        cx: &ViewContext<'_>,
        page: &LessonPage,
        live: Option<&RunSnapshot>,
        why_not: Option<&str>,
    ) {
        match page {
            LessonPage::Gallery => gallery::ui(ui, cx, self.left_claim.as_deref()),
            LessonPage::Program(card) => program::ui(ui, cx, card, why_not),
            LessonPage::Lesson(card) => {
                let frame = Frame::new().fill(cx.theme.bg).inner_margin(Margin::same(MARGIN));
                frame.show(ui, |ui| self.card_ui(ui, cx, card, live, why_not));
            }
        }
    }

    fn card_ui(
        &mut self,
        ui: &mut Ui,
        cx: &ViewContext<'_>,
        card: &LessonCard,
        live: Option<&RunSnapshot>,
        why_not: Option<&str>,
    ) {
        // What there is to do is in sight also where the rest scrolls.
        let all = ui.available_rect_before_wrap();
        // The ground is as large as what is on it.
        ui.expand_to_include_rect(all);
        let (upper, foot) = all.split_top_bottom_at_y(all.bottom() - FOOT_HEIGHT);
        let upper = upper.with_max_y(upper.bottom() - GAP);
        parts::foot_ui(ui, cx, card, why_not, foot);
        let mut upper_ui = ui.new_child(UiBuilder::new().id_salt("lesson").max_rect(upper));
        let mut scroll = ScrollArea::vertical().id_salt("lesson").auto_shrink(false);
        if self.is_revealed && card.reveal.is_none() {
            // The next one, or another run of it, is seen from its beginning.
            scroll = scroll.vertical_scroll_offset(0.0);
        }
        scroll.show(&mut upper_ui, |ui| {
            // A bar shall only come where there is more than the window shows.
            ui.spacing_mut().item_spacing.y = 0.0;
            let room = ui.available_height() - 1.0;
            let top = ui.cursor().top();
            claim_ui(ui, cx, card);
            ui.add_space(2.0 * GAP);
            parts::choices_ui(ui, cx, card, parts::choices_height(ui, card));
            ui.add_space(2.0 * GAP);
            let used = ui.cursor().top() - top;
            let revealed = card.reveal.as_ref().map(|reveal| parts::reveal_height(ui, card, reveal));
            let below = revealed.map_or(0.0, |height| height + GAP);
            let least = least_height(card, ui.available_width());
            let plot = card.reveal.as_ref().and_then(|reveal| reveal.plot.as_deref());
            let (runs_rect, plot_rect) = places_ui(ui, room - used - below, least, plot.is_some());
            let builder = UiBuilder::new().id_salt("lesson runs").max_rect(runs_rect);
            self.runs_ui(&mut ui.new_child(builder), cx, card, live);
            if let Some((plot, rect)) = plot.zip(plot_rect) {
                let builder = UiBuilder::new().id_salt("lesson plot").max_rect(rect);
                plot::plot_ui(&mut ui.new_child(builder), cx, plot);
            }
            if let Some(reveal) = &card.reveal {
                ui.add_space(GAP);
                let top = ui.cursor().top();
                parts::reveal_ui(ui, cx, card, reveal, revealed.unwrap_or_default());
                if !self.is_revealed {
                    let rect = ui.min_rect().with_min_y(top);
                    ui.scroll_to_rect(rect, None);
                }
            }
        });
        self.is_revealed = card.reveal.is_some();
    }

    /// The runs on one clock, as far as they are made.
    fn runs_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>, card: &LessonCard, live: Option<&RunSnapshot>) {
        let made = card.runs.iter().map(|run| &**run).chain(live);
        let titles = card.lesson.titles().into_iter().take(card.lesson.shown_runs());
        let sides: Vec<TwinSide<'_>> = titles.zip(made).map(|(title, run)| TwinSide { run, title }).collect();
        let beside = beside_runs(card, &sides);
        let rect = ui.available_rect_before_wrap();
        let is_beside = !beside.is_empty() && card.step != LessonStep::Asking;
        let [runs, others] =
            if is_beside { beside::split(rect, beside.len()) } else { [rect, Rect::NOTHING] };
        let mut runs_ui = ui.new_child(egui::UiBuilder::new().id_salt("timeline").max_rect(runs));
        self.timeline_ui(&mut runs_ui, cx, card, &sides);
        if is_beside {
            self.beside.ui(ui, cx, others, &beside);
        }
    }

    fn timeline_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>, card: &LessonCard, sides: &[TwinSide<'_>]) {
        if sides.is_empty() {
            let text = match card.step {
                LessonStep::Asking => {
                    "What do you expect? Choose an answer with a key or a click, then run it."
                }
                LessonStep::Running => "Starting…",
                LessonStep::Revealed => "Nothing was run.",
            };
            widgets::card(
                ui,
                cx.theme,
                "Runs",
                |_| {},
                |ui| {
                    widgets::empty_state(ui, cx.theme, text, None);
                },
            );
            return;
        }
        self.timeline.shows_cores = card.lesson.is_about_cores();
        // A dinner that ended in a deadlock is over sooner than one that did not.
        self.timeline.is_no_race = card.lesson.shown().contains(&Shown::Seats);
        // What was chosen elsewhere is none of these items.
        self.timeline.ui(ui, &ViewContext { selected_row: None, ..*cx }, sides);
    }
}

/// Takes the room between the answers and what came of it: for the runs, and for a plot, which is beside them or, in a narrow
/// window, below.
fn places_ui(ui: &mut Ui, room: f32, least: f32, has_plot: bool) -> (Rect, Option<Rect>) {
    let width = ui.available_width();
    let mut take = |height: f32| ui.allocate_exact_size(vec2(width, height), Sense::hover()).0;
    if !has_plot {
        return (take(room.max(least)), None);
    }
    if width < LEAST_WIDTH_OF_BOTH {
        let runs = take((room - PLOT_HEIGHT - GAP).max(least));
        return (runs, Some(take(PLOT_HEIGHT + GAP).with_min_y(runs.bottom() + GAP)));
    }
    let (left, right) = take(room.max(least).max(PLOT_HEIGHT)).split_left_right_at_fraction(0.5);
    (left.with_max_x(left.right() - GAP / 2.0), Some(right.with_min_x(right.left() + GAP / 2.0)))
}

/// The runs of a lesson that have more to show than their timeline, whether they are made already or not.
fn beside_runs<'a>(card: &LessonCard, sides: &[TwinSide<'a>]) -> Vec<BesideRun<'a>> {
    let run = |place: usize| sides.get(place).map(|side| side.run);
    let all = card.lesson.titles().into_iter().zip(card.lesson.shown()).enumerate();
    all.filter(|(_, (_, shown))| shown.has_own_place())
        .map(|(place, (title, shown))| BesideRun { title, shown, run: run(place) })
        .collect()
}

/// The height that the runs of a lesson need at least.
fn least_height(card: &LessonCard, width: f32) -> f32 {
    let has_more = card.lesson.shown().iter().any(|shown| shown.has_own_place());
    let below = if has_more && beside::is_below(width) { beside::HEIGHT_BELOW } else { 0.0 };
    EMPTY_TIMELINE_HEIGHT + LEAST_RUN_HEIGHT * card.lesson.shown_runs() as f32 + below
}

fn claim_ui(ui: &mut Ui, cx: &ViewContext<'_>, card: &LessonCard) {
    let lesson = &card.lesson;
    let over = lesson.heading().to_uppercase();
    ui.horizontal(|ui| {
        ui.label(RichText::new(over).text_style(strong()).color(cx.theme.weak));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if widgets::link(ui, cx.theme, "all lessons").clicked() {
                cx.commands.send(Command::Lesson(LessonCommand::Gallery));
            }
        });
    });
    ui.add_space(2.0 * STEP);
    let font = egui::FontId::new(CLAIM_SIZE, strong().resolve(ui.style()).family);
    ui.label(widgets::prose(lesson.claim(), font, cx.theme.text));
    ui.add_space(2.0 * STEP);
    ui.label(widgets::prose(lesson.question(), egui::FontId::proportional(QUESTION_SIZE), cx.theme.weak));
}

/// What the keys of a lesson ask for: 1 to 3 vote, Space goes on, R runs again, C changes it, H writes a handout, S saves it,
/// P copies it as Python, Escape goes back.
pub fn key_commands(ctx: &Context, page: &LessonPage) -> Vec<LessonCommand> {
    // Where a frame is slow, a key may have been pressed several times.
    let times = |key: Key| ctx.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
    if ctx.text_edit_focused() {
        return Vec::new();
    }
    let card = match page {
        LessonPage::Lesson(card) => card,
        LessonPage::Program(card) => return program::key_commands(card, times),
        LessonPage::Gallery => return gallery::key_commands(ctx),
    };
    let mut commands: Vec<LessonCommand> = Vec::new();
    for (place, key) in [Key::Num1, Key::Num2, Key::Num3].into_iter().enumerate() {
        commands.extend((0..times(key)).map(|_| LessonCommand::Vote(place)));
    }
    let is_running = card.step == LessonStep::Running;
    let back = if is_running { LessonCommand::Stop } else { LessonCommand::Gallery };
    let others = [
        (true, Key::Num0, LessonCommand::ForgetVotes),
        (!is_running, Key::Space, next_step(card)),
        (card.step == LessonStep::Revealed, Key::R, LessonCommand::Run),
        (!is_running, Key::C, LessonCommand::Change),
        (card.was_measured(), Key::H, LessonCommand::Handout),
        (!is_running, Key::S, LessonCommand::Save),
        (card.step == LessonStep::Revealed, Key::P, LessonCommand::CopyPython),
        (true, Key::Escape, back),
    ];
    commands.extend(
        others
            .into_iter()
            .filter_map(|(is_possible, key, command)| (is_possible && times(key) > 0).then_some(command)),
    );
    commands
}

/// What comes next in a lesson that is at rest.
fn next_step(card: &LessonCard) -> LessonCommand {
    match card.step {
        LessonStep::Revealed => match card.next() {
            Some((place, _)) => LessonCommand::Show(place),
            None => LessonCommand::Gallery,
        },
        _ => LessonCommand::Run,
    }
}

/// Small words of the lessons.
fn small(text: impl Into<String>) -> RichText {
    RichText::new(text).text_style(TextStyle::Small)
}
