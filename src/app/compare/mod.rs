//! Two runs beside each other: which was faster and by how much, both on one clock, where the time of each went, and whether
//! they gave the same.

mod found;
mod rows;

use egui::{
    Context, CornerRadius, Frame, Margin, Rect, RichText, ScrollArea, Sense, StrokeKind, TextStyle, Ui,
    UiBuilder, vec2,
};

use self::found::FoundOfRuns;
use super::command::Command;
use super::context::ViewContext;
use super::panels::{TwinSide, TwinTimeline};
use super::splits::{Split, Splits};
use super::state::{KeptRun, VerdictOfRun};
use super::theme::{CARD_RADIUS, GAP, STEP, figure, strong};
use super::{verdict, widgets};
use crate::analysis::{Comparison, Disturbance, Judgement};

const HEADER_HEIGHT: f32 = 84.0;
const LEAST_TWIN_HEIGHT: f32 = 230.0;
const LEAST_LOWER_HEIGHT: f32 = 170.0;
/// A lower view scrolls.
const LEAST_HEIGHT: f32 = HEADER_HEIGHT + LEAST_TWIN_HEIGHT + LEAST_LOWER_HEIGHT + 2.0 * GAP;

/// What is known of two runs, worked out in the background, and view state.
#[derive(Default)]
pub struct CompareView {
    timeline: TwinTimeline,
    verdicts: [VerdictOfRun; 2],
    found: FoundOfRuns,
}

impl CompareView {
    /// Has worked out what is to be shown of these; once a frame.
    pub fn follow(&mut self, runs: Option<[&KeptRun; 2]>, ctx: &Context) {
        for (place, verdict) in self.verdicts.iter_mut().enumerate() {
            let kept = runs.map(|runs| runs[place]);
            verdict.follow(kept.map(|kept| &kept.run), kept.and_then(|kept| kept.ran_on.as_ref()), ctx);
        }
        let same_work = runs.filter(|[one, other]| one.is_of_same_work(other));
        self.found.follow(same_work.map(|runs| runs.map(|kept| &kept.run)), ctx);
    }

    /// Draws all of it into `ui`, where it scrolls if there is too little room. `measured` is what several runs of each
    /// told, where there were several; `splits` says how large the cards are.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        cx: &ViewContext<'_>,
        runs: [&KeptRun; 2],
        measured: Option<&Comparison>,
        splits: &mut Splits,
    ) {
        ScrollArea::vertical().id_salt("comparison").auto_shrink(false).show(ui, |ui| {
            let size = vec2(ui.available_width(), ui.available_height().max(LEAST_HEIGHT));
            let (all, _) = ui.allocate_exact_size(size, Sense::hover());
            self.parts_in(ui, cx, (all, splits), runs, measured);
        });
    }

    fn parts_in(
        &mut self,
        ui: &mut Ui,
        cx: &ViewContext<'_>,
        (all, splits): (Rect, &mut Splits),
        runs: [&KeptRun; 2],
        measured: Option<&Comparison>,
    ) {
        let titles = titles(runs);
        let (top, rest) = all.split_top_bottom_at_y(all.top() + HEADER_HEIGHT);
        self.header_ui(&mut child(ui, "compare header", top), cx, runs, &titles, measured);
        let rest = rest.with_min_y(rest.top() + GAP);
        let least = [LEAST_TWIN_HEIGHT, LEAST_LOWER_HEIGHT];
        let (middle, lower) = splits.halves(ui, cx.theme, Split::Twin, rest, least);
        let (times, rows) = splits.halves(ui, cx.theme, Split::Times, lower, Split::SIDE_BY_SIDE);
        let twins = [0, 1].map(|place| TwinSide { run: &runs[place].run, title: &titles[place] });
        self.timeline.ui(&mut child(ui, "twin", middle), cx, &twins);
        self.times_ui(&mut child(ui, "times", times), cx, &titles);
        let mut rows_ui = child(ui, "rows", rows);
        let differences = self.found.get().map(|found| found.differences);
        rows::ui(&mut rows_ui, cx, runs, &titles, differences);
    }

    fn header_ui(
        &self,
        ui: &mut Ui,
        cx: &ViewContext<'_>,
        runs: [&KeptRun; 2],
        titles: &[String; 2],
        measured: Option<&Comparison>,
    ) {
        let rect = ui.available_rect_before_wrap();
        let radius = CornerRadius::same(CARD_RADIUS);
        ui.painter().rect(rect, radius, cx.theme.panel, cx.theme.hairline(), StrokeKind::Inside);
        Frame::new().inner_margin(Margin::symmetric(14, 8)).show(ui, |ui| {
            ui.horizontal(|ui| {
                let told = self.told(runs, titles, measured);
                let color = if told.is_clear { cx.theme.ok } else { cx.theme.text };
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    if widgets::link(ui, cx.theme, "show one alone").clicked() {
                        cx.commands.send(Command::EndComparison);
                    }
                    ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                        let headline = RichText::new(&told.headline).text_style(figure()).color(color);
                        let whole = format!("{}\n{}", told.headline, told.how);
                        widgets::elided(ui, headline).on_hover_text(whole);
                        ui.add_space(STEP);
                        widgets::elided(ui, RichText::new(&told.how).color(cx.theme.weak));
                    });
                });
            });
            for (place, title) in titles.iter().enumerate() {
                let finding = self.verdicts[place].get().and_then(|verdict| verdict.finding.as_ref());
                let Some(finding) = finding else { continue };
                let text = format!("{title}: {finding}");
                widgets::elided(ui, RichText::new(&text).color(cx.theme.text)).on_hover_text(&text);
            }
        });
    }

    fn told(&self, runs: [&KeptRun; 2], titles: &[String; 2], measured: Option<&Comparison>) -> Told {
        if !runs[0].is_of_same_work(runs[1]) {
            return Told::nothing_clear("Not the same work", "their functions or inputs are different");
        }
        if let Some(measured) = measured {
            return told_of(measured, titles, disturbance(runs));
        }
        match self.found.get().map(|found| &found.once_each) {
            Some(Some(once_each)) => told_of(once_each, titles, disturbance(runs)),
            Some(None) => Told::nothing_clear("Nothing to compare", "one of them took no time"),
            None => Told::nothing_clear("Comparing…", "all items of both runs are looked at"),
        }
    }

    fn times_ui(&self, ui: &mut Ui, cx: &ViewContext<'_>, titles: &[String; 2]) {
        widgets::card(
            ui,
            cx.theme,
            "Where the time went",
            |_| {},
            |ui| {
                Frame::new().inner_margin(Margin::symmetric(12, 5)).show(ui, |ui| {
                    for (place, title) in titles.iter().enumerate() {
                        ui.label(RichText::new(title).text_style(strong()).color(cx.theme.text));
                        let (rect, _) =
                            ui.allocate_exact_size(vec2(ui.available_width(), 18.0), Sense::hover());
                        if let Some(found) = self.verdicts[place].get() {
                            verdict::bar_ui(
                                &mut child(ui, ("bar", place), rect),
                                cx.theme,
                                rect,
                                &found.ledger,
                            );
                        }
                        ui.add_space(GAP / 2.0);
                    }
                    self.parts_ui(ui, cx);
                });
            },
        );
    }

    /// The names of the parts that either has.
    fn parts_ui(&self, ui: &mut Ui, cx: &ViewContext<'_>) {
        let ledgers: Vec<_> = self.verdicts.iter().filter_map(|of| Some(&of.get()?.ledger)).collect();
        ui.horizontal_wrapped(|ui| {
            ui.style_mut().override_text_style = Some(TextStyle::Small);
            for part in crate::analysis::Part::ALL {
                if ledgers.iter().any(|ledger| ledger.total.share(part) >= 0.005) {
                    let text = RichText::new(part.label()).color(cx.theme.weak);
                    widgets::swatch_with(ui, verdict::color(cx.theme, part), text);
                    ui.add_space(GAP);
                }
            }
        });
    }
}

/// What the two are called: by what differs.
fn titles(runs: [&KeptRun; 2]) -> [String; 2] {
    let titles = runs.map(KeptRun::title);
    if titles[0] != titles[1] {
        return titles;
    }
    let [one, other] = titles;
    [format!("{one} (run {})", runs[0].number), format!("{other} (run {})", runs[1].number)]
}

/// What is said of the two.
struct Told {
    headline: String,
    /// How it was measured.
    how: String,
    is_clear: bool,
}

impl Told {
    fn nothing_clear(headline: &str, how: &str) -> Self {
        Self { headline: headline.to_owned(), how: how.to_owned(), is_clear: false }
    }
}

/// What used the cores meanwhile.
fn disturbance(runs: [&KeptRun; 2]) -> Option<Disturbance> {
    runs.iter().filter_map(|kept| kept.run.log.machine.as_ref()).find_map(Disturbance::that_spoiled)
}

fn told_of(found: &Comparison, titles: &[String; 2], disturbance: Option<Disturbance>) -> Told {
    let (first, second) = if found.ratio >= 1.0 { (0, 1) } else { (1, 0) };
    let times = |ratio: f64| if found.ratio >= 1.0 { ratio } else { 1.0 / ratio.max(f64::MIN_POSITIVE) };
    let (low, high) = (times(found.low).min(times(found.high)), times(found.low).max(times(found.high)));
    let how = format!("{low:.2}× to {high:.2}× · {}", found.basis_text());
    let (headline, is_clear) = match found.verdict {
        Judgement::Faster | Judgement::Slower => {
            let times = times(found.ratio);
            (format!("{}: {times:.2}× as fast as {}", titles[first], titles[second]), true)
        }
        Judgement::Same => ("Both take the same time".to_owned(), false),
        Judgement::Unclear => ("No difference can be told".to_owned(), false),
        Judgement::TooBusy => {
            return Told::nothing_clear("Too busy to compare", why_too_busy(disturbance));
        }
    };
    Told { headline, how, is_clear }
}

/// What kept them from being compared, and what a person can do about it.
fn why_too_busy(disturbance: Option<Disturbance>) -> &'static str {
    match disturbance {
        Some(Disturbance::ThisWindow { .. }) => {
            "drawing the window used the cores: make it smaller and run again"
        }
        Some(Disturbance::Taken { .. }) => "the machine around this one took the cores: run again later",
        Some(Disturbance::Others { .. }) | None => "close other programs and run again",
    }
}

fn child(ui: &mut Ui, salt: impl std::hash::Hash + std::fmt::Debug, rect: Rect) -> Ui {
    ui.new_child(UiBuilder::new().id_salt(salt).max_rect(rect))
}

/// The runs of a comparison, as they are kept.
pub fn beside<'a>(shown: Option<&'a KeptRun>, other: Option<&'a KeptRun>) -> Option<[&'a KeptRun; 2]> {
    shown.zip(other).map(|(shown, other)| [shown, other])
}
