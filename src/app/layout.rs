//! Where everything stands: bars, setup and views, and how they make room when there is little.

use std::time::Instant;

use egui::{Context, Rect, ScrollArea, Ui, UiBuilder, vec2};

use super::context::ViewContext;
use super::foreign::ForeignQuestion;
use super::guide::GuideView;
use super::help_command::HelpCommand;
use super::lesson::LessonView;
use super::notes::NoteEditor;
use super::palette::Palette;
use super::panels::{MessagesPanel, PicturePanel, ResultsPanel, TimelinePanel, has_picture};
use super::presenting::Presenting;
use super::runs::RunsView;
use super::splits::{Split, Splits};
use super::theme::{CARD_RADIUS, GAP, Theme};
use super::unsaved::UnsavedWork;
use super::widgets::Card;
use super::{first_steps, notes, progress, verdict, widgets};
use crate::pool::examples::Example;

/// Narrower windows fold the setup to a rail.
const NARROW: f32 = 900.0;
/// Lower windows show the lower cards as tabs.
const LOW: f32 = 600.0;
/// Below this the cards of the lower row have no room side by side.
const SLIM_ROW: f32 = 560.0;
const LEAST_TIMELINE_HEIGHT: f32 = 180.0;
const LEAST_LOWER_HEIGHT: f32 = 170.0;
const TABS_HEIGHT: f32 = 32.0;
/// The line that says what there is to see in an example.
const WATCH_HEIGHT: f32 = 28.0;

/// A card that lies over the window until it is closed.
pub enum Dialog {
    Palette(Palette),
    Shortcuts,
    About,
    /// Whether what a file has brought may run.
    Foreign(ForeignQuestion),
    /// A note that is being written.
    Note(NoteEditor),
    Unsaved(UnsavedWork),
}

/// What stands at the left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Side {
    #[default]
    Setup,
    Runs,
}

/// The lower cards, where they are tabs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Tab {
    #[default]
    Results,
    Picture,
    Messages,
}

/// View state of the window and its panels.
#[derive(Default)]
pub struct Layout {
    /// What the person chose; by the width of the window where they did not.
    is_setup_open: Option<bool>,
    pub focus_path_field: bool,
    pub focus_typed_field: bool,
    pub focus_code_path: bool,
    /// Whether the code is edited in a window of its own.
    pub is_editor_large: bool,
    /// Whether the rules of the pool are unfolded in the setup.
    pub is_more_open: bool,
    pub dialog: Option<Dialog>,
    /// The worker (from 1) that the keys of the fault lab act on.
    pub chosen_worker: Option<usize>,
    /// The death whose card is open, counted from 0.
    pub death: Option<u64>,
    pub(super) side: Side,
    pub(super) runs: RunsView,
    pub(super) splits: Splits,
    tab: Tab,
    /// The start of the run that is shown, and what there is to see in it, where it is an example.
    watched: Option<(Instant, Option<&'static str>)>,
    /// The run whose first tile has brought the picture to the front.
    pictured_run: Option<Instant>,
    timeline: TimelinePanel,
    results: ResultsPanel,
    messages: MessagesPanel,
    picture: PicturePanel,
    pub(super) lesson: LessonView,
    pub presenting: Presenting,
    pub guide: GuideView,
}

impl Layout {
    /// Folds the setup, or brings it back.
    pub fn toggle_setup(&mut self, ctx: &Context) {
        let (wanted, by_width) = (!self.shows_setup(ctx), ctx.content_rect().width() >= NARROW);
        // A choice that the width would make as well is not kept: it shall not hold at another width.
        self.is_setup_open = (wanted != by_width).then_some(wanted);
    }

    /// Shows the runs in the place of the setup, or the setup again.
    pub fn toggle_runs(&mut self) {
        let is_folded = self.is_setup_open == Some(false);
        self.side = if self.side == Side::Runs && !is_folded { Side::Setup } else { Side::Runs };
        self.is_setup_open = Some(true);
    }

    /// Shows the runs in the place of the setup.
    pub fn show_runs(&mut self) {
        self.side = Side::Runs;
    }

    /// What stands in the setup has changed: the runs are not shown in its place any more.
    pub fn leave_runs(&mut self) {
        self.side = Side::Setup;
    }

    /// Shows what explains the window, or finds something in it.
    pub fn show_help(&mut self, command: HelpCommand) {
        match command {
            HelpCommand::Guide => self.guide.open(),
            HelpCommand::Palette => self.dialog = Some(Dialog::Palette(Palette::default())),
            HelpCommand::Shortcuts => self.dialog = Some(Dialog::Shortcuts),
            HelpCommand::About => self.dialog = Some(Dialog::About),
        }
    }

    /// Opens the guide at the topic of this name.
    pub fn show_guide_at(&mut self, topic: &str) {
        self.guide.open_at(topic);
    }

    /// Asks whether what a file has brought may run.
    pub fn ask(&mut self, question: ForeignQuestion) {
        self.dialog = Some(Dialog::Foreign(question));
    }

    /// Shows the setup, where something of it must be seen.
    pub fn show_setup(&mut self) {
        self.side = Side::Setup;
        self.is_setup_open = Some(true);
    }

    pub(super) fn shows_setup(&self, ctx: &Context) -> bool {
        self.is_setup_open.unwrap_or(ctx.content_rect().width() >= NARROW)
    }

    /// Everything that shows the run, in all of `ui`; it scrolls where the window is too low for it.
    pub fn views_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>) {
        let progress_height = progress::height(ui.available_width());
        let watch = self.watch(cx);
        let watch_height = if watch.is_some() { WATCH_HEIGHT + GAP } else { 0.0 };
        let verdict_height = cx.verdict.map_or(0.0, |found| verdict::height(found) + GAP);
        let to_a_room = self.presenting.is_on;
        let notes_height = notes::strip_height(ui, cx, to_a_room);
        let notes_height = if notes_height > 0.0 { notes_height + GAP } else { 0.0 };
        let strips = watch_height + verdict_height + notes_height;
        let least = [strips + LEAST_TIMELINE_HEIGHT, LEAST_LOWER_HEIGHT + TABS_HEIGHT];
        let height = ui.available_height().max(progress_height + least[0] + least[1] + 2.0 * GAP);
        ScrollArea::vertical().id_salt("views").auto_shrink(false).show(ui, |ui| {
            let (_, all) = ui.allocate_space(vec2(ui.available_width(), height));
            let (top, rest) = all.split_top_bottom_at_y(all.top() + progress_height);
            place(ui, "progress", top, |ui| progress::ui(ui, cx));
            // What is said above the timeline comes and goes with the run: the line under the timeline stays where it is.
            let rest = rest.with_min_y(rest.top() + GAP);
            let (middle, lower) = self.splits.halves(ui, cx.theme, Split::Timeline, rest, least);
            let (strip, middle) = middle.split_top_bottom_at_y(middle.top() + watch_height);
            if let Some(text) = watch {
                place(ui, "watch", strip.with_max_y(strip.bottom() - GAP), |ui| watch_ui(ui, cx.theme, text));
            }
            let (strip, middle) = middle.split_top_bottom_at_y(middle.top() + verdict_height);
            if let Some(found) = cx.verdict {
                place(ui, "verdict", strip.with_max_y(strip.bottom() - GAP), |ui| verdict::ui(ui, cx, found));
            }
            let (strip, middle) = middle.split_top_bottom_at_y(middle.top() + notes_height);
            if notes_height > 0.0 {
                let strip = strip.with_max_y(strip.bottom() - GAP);
                place(ui, "notes", strip, |ui| notes::strip_ui(ui, cx, to_a_room));
            }
            place(ui, "timeline", middle, |ui| self.timeline.ui(ui, cx));
            place(ui, "lower", lower, |ui| self.lower_ui(ui, cx));
        });
    }

    /// Has a card of the run fill the views.
    pub fn enlarge(&mut self, ctx: &Context, card: Card) {
        match card {
            Card::Timeline => {}
            Card::Results => self.tab = Tab::Results,
            Card::Messages => self.tab = Tab::Messages,
            Card::Picture => self.tab = Tab::Picture,
        }
        widgets::enlarge(ctx, card);
    }

    /// What there is to see in the run that is shown, where it is an example with nothing changed.
    fn watch(&mut self, cx: &ViewContext<'_>) -> Option<&'static str> {
        let plan = &cx.run?.log.plan;
        if self.watched.is_none_or(|(started, _)| started != plan.started) {
            let watch = Example::of_job(&plan.job).map(|example| example.watch);
            self.watched = Some((plan.started, watch));
        }
        self.watched?.1
    }

    fn lower_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>) {
        let has_picture = self.bring_picture_to_front(cx);
        if !has_picture && self.tab == Tab::Picture {
            self.tab = Tab::Results;
        }
        if ui.ctx().content_rect().height() < LOW || ui.available_width() < SLIM_ROW {
            self.tabs_ui(ui, cx, has_picture, true);
            return;
        }
        let all = ui.available_rect_before_wrap();
        let (left, right) = self.splits.halves(ui, cx.theme, Split::Results, all, Split::SIDE_BY_SIDE);
        place(ui, "left", left, |ui| match has_picture {
            true => self.tabs_ui(ui, cx, true, false),
            false => self.results_ui(ui, cx),
        });
        place(ui, "right", right, |ui| self.messages.ui(ui, cx));
    }

    fn tabs_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>, has_picture: bool, has_messages: bool) {
        let all = ui.available_rect_before_wrap();
        let (top, rest) = all.split_top_bottom_at_y(all.top() + TABS_HEIGHT);
        let mut tabs = vec![(Tab::Results, "Results")];
        tabs.extend(has_picture.then_some((Tab::Picture, "Picture")));
        tabs.extend(has_messages.then_some((Tab::Messages, "Messages")));
        if !tabs.iter().any(|(tab, _)| *tab == self.tab) {
            self.tab = Tab::Results;
        }
        place(ui, "tabs", top.with_max_x(top.left() + (110.0 * tabs.len() as f32).min(top.width())), |ui| {
            self.tab = widgets::segmented(ui, cx.theme, self.tab, &tabs).unwrap_or(self.tab);
        });
        place(ui, "tab", rest.with_min_y(rest.top() + GAP), |ui| match self.tab {
            Tab::Results => self.results_ui(ui, cx),
            Tab::Picture => self.picture.ui(ui, cx, "Picture"),
            Tab::Messages => self.messages.ui(ui, cx),
        });
    }

    /// The results, or what there is to begin with.
    fn results_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>) {
        if cx.run.is_none() { first_steps::ui(ui, cx) } else { self.results.ui(ui, cx) }
    }

    /// Whether there is a picture; shows it once when its first tile comes.
    fn bring_picture_to_front(&mut self, cx: &ViewContext<'_>) -> bool {
        let Some(run) = cx.run.filter(|run| has_picture(run)) else { return false };
        if self.pictured_run != Some(run.log.plan.started) {
            self.pictured_run = Some(run.log.plan.started);
            self.tab = Tab::Picture;
        }
        true
    }
}

/// What there is to see in an example, in a line above its views.
fn watch_ui(ui: &mut Ui, theme: &Theme, text: &str) {
    let rect = ui.available_rect_before_wrap();
    let ground = theme.soft(theme.accent, 0.10);
    let line = egui::Stroke::new(1.0, theme.soft(theme.accent, 0.4));
    ui.painter().rect(rect, egui::CornerRadius::same(CARD_RADIUS), ground, line, egui::StrokeKind::Inside);
    let inside = rect.shrink2(vec2(12.0, 0.0));
    let mut child = ui.new_child(
        UiBuilder::new().max_rect(inside).layout(egui::Layout::left_to_right(egui::Align::Center)),
    );
    let text = format!("Watch: {text}");
    widgets::elided(&mut child, egui::RichText::new(text.as_str()).color(theme.text)).on_hover_text(text);
}

/// Lets something draw into exactly this part of `ui`.
fn place(ui: &mut Ui, salt: &str, rect: Rect, contents: impl FnOnce(&mut Ui)) {
    let mut child = ui.new_child(UiBuilder::new().id_salt(salt).max_rect(rect));
    contents(&mut child);
}
