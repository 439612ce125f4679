//! Two runs beside each other: which was faster and by how much, both on one clock, where the time of each went, and whether
//! they gave the same.

mod rows;
mod values;

use egui::{Context, CornerRadius, Frame, Margin, Rect, RichText, StrokeKind, TextStyle, Ui, UiBuilder};

use self::values::SamenessOfRuns;
use super::command::Command;
use super::context::ViewContext;
use super::panels::{TwinRun, TwinTimeline};
use super::state::{KeptRun, VerdictOfRun};
use super::theme::{CARD_RADIUS, GAP, STEP, figure, strong};
use super::{verdict, widgets};
use crate::analysis::{Comparison, Verdict, compare_runs};

const HEADER_HEIGHT: f32 = 84.0;
const LEAST_LOWER_HEIGHT: f32 = 170.0;

/// What is known of two runs, worked out in the background, and view state.
#[derive(Default)]
pub struct CompareView {
    timeline: TwinTimeline,
    verdicts: [VerdictOfRun; 2],
    sameness: SamenessOfRuns,
}

impl CompareView {
    /// Has worked out what is to be shown of these; once a frame.
    pub fn follow(&mut self, runs: Option<[&KeptRun; 2]>, ctx: &Context) {
        for (place, verdict) in self.verdicts.iter_mut().enumerate() {
            verdict.follow(runs.map(|runs| &runs[place].run), ctx);
        }
        let same_work = runs.filter(|[one, other]| one.is_of_same_work(other));
        self.sameness.follow(same_work.map(|runs| runs.map(|kept| &kept.run)), ctx);
    }

    /// Draws all of it into `ui`. `measured` is what several runs of each told, where there were several.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        cx: &ViewContext<'_>,
        runs: [&KeptRun; 2],
        measured: Option<&Comparison>,
    ) {
        let all = ui.available_rect_before_wrap();
        let titles = titles(runs);
        let (top, rest) = all.split_top_bottom_at_y(all.top() + HEADER_HEIGHT);
        self.header_ui(&mut child(ui, "compare header", top), cx, runs, &titles, measured);
        let rest = rest.with_min_y(rest.top() + GAP);
        let lower_height = (rest.height() * 0.3).max(LEAST_LOWER_HEIGHT).min(rest.height() * 0.6);
        let (middle, lower) = rest.split_top_bottom_at_y(rest.bottom() - lower_height);
        let twins = [0, 1].map(|place| TwinRun { run: &runs[place].run, title: &titles[place] });
        self.timeline.ui(&mut child(ui, "twin", middle.with_max_y(middle.bottom() - GAP)), cx, twins);
        let half = lower.left() + ((lower.width() - GAP) * 0.46).round();
        self.times_ui(&mut child(ui, "times", lower.with_max_x(half)), cx, &titles);
        let mut rows_ui = child(ui, "rows", lower.with_min_x(half + GAP));
        rows::ui(&mut rows_ui, cx, runs, &titles, self.sameness.get());
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
                let told = told(runs, titles, measured);
                let color = if told.is_clear { cx.theme.ok } else { cx.theme.text };
                ui.label(RichText::new(told.headline).text_style(figure()).color(color));
                ui.add_space(STEP);
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    if widgets::link(ui, cx.theme, "show one alone").clicked() {
                        cx.commands.send(Command::EndComparison);
                    }
                    ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                        widgets::elided(ui, RichText::new(told.how).color(cx.theme.weak));
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

    fn times_ui(&self, ui: &mut Ui, cx: &ViewContext<'_>, titles: &[String; 2]) {
        widgets::card(
            ui,
            cx.theme,
            "Where the time went",
            |_| {},
            |ui| {
                Frame::new().inner_margin(Margin::symmetric(12, 8)).show(ui, |ui| {
                    for (place, title) in titles.iter().enumerate() {
                        ui.label(RichText::new(title).text_style(strong()).color(cx.theme.text));
                        let (rect, _) = ui.allocate_exact_size(
                            egui::vec2(ui.available_width(), 18.0),
                            egui::Sense::hover(),
                        );
                        if let Some(found) = self.verdicts[place].get() {
                            verdict::bar_ui(
                                &mut child(ui, ("bar", place), rect),
                                cx.theme,
                                rect,
                                &found.ledger,
                            );
                        }
                        ui.add_space(GAP);
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
                    widgets::swatch(ui, verdict::color(cx.theme, part));
                    ui.add(egui::Label::new(RichText::new(part.label()).color(cx.theme.weak)).extend());
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

fn told(runs: [&KeptRun; 2], titles: &[String; 2], measured: Option<&Comparison>) -> Told {
    if !runs[0].is_of_same_work(runs[1]) {
        let how = "their functions or inputs are different".to_owned();
        return Told { headline: "Not the same work".to_owned(), how, is_clear: false };
    }
    let of_these = measured.copied();
    let Some(found) = of_these.or_else(|| compare_runs(&runs[0].run.log, &runs[1].run.log)) else {
        let how = "one of them took no time".to_owned();
        return Told { headline: "Nothing to compare".to_owned(), how, is_clear: false };
    };
    let (first, second) = if found.ratio >= 1.0 { (0, 1) } else { (1, 0) };
    let times = |ratio: f64| if found.ratio >= 1.0 { ratio } else { 1.0 / ratio.max(f64::MIN_POSITIVE) };
    let (low, high) = (times(found.low).min(times(found.high)), times(found.low).max(times(found.high)));
    let how = format!("{low:.2} to {high:.2} · {}", found.basis_text());
    let (headline, is_clear) = match found.verdict {
        Verdict::Faster | Verdict::Slower => {
            let times = times(found.ratio);
            (format!("{}: {times:.2}× as fast as {}", titles[first], titles[second]), true)
        }
        Verdict::Same => ("Both take the same time".to_owned(), false),
        Verdict::Unclear => ("No difference can be told".to_owned(), false),
        Verdict::TooBusy => ("Too busy to compare: close other programs and run again".to_owned(), false),
    };
    Told { headline, how, is_clear }
}

fn child(ui: &mut Ui, salt: impl std::hash::Hash + std::fmt::Debug, rect: Rect) -> Ui {
    ui.new_child(UiBuilder::new().id_salt(salt).max_rect(rect))
}

/// The runs of a comparison, as they are kept.
pub fn beside<'a>(shown: Option<&'a KeptRun>, other: Option<&'a KeptRun>) -> Option<[&'a KeptRun; 2]> {
    shown.zip(other).map(|(shown, other)| [shown, other])
}
