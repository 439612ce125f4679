//! The cards of a program that is run step by step.

use egui::{
    Color32, CornerRadius, FontId, Frame, Label, Margin, RichText, ScrollArea, Sense, Shape, Stroke,
    StrokeKind, Ui, UiBuilder, pos2, vec2,
};

use super::small;
use crate::app::context::ViewContext;
use crate::app::state::ProgramCard;
use crate::app::theme::{CARD_RADIUS, GAP, STEP, strong};
use crate::app::widgets;
use crate::lessons::Reveal;
use crate::lessons::steps::{ChildState, Phase, Said, Step, Story};

const CODE_SIZE: f32 = 14.0;
const SENTENCE_SIZE: f32 = 17.0;
/// The number of a line and the mark beside it.
const GUTTER: f32 = 48.0;
/// The names of processes.
const NAME_WIDTH: f32 = 216.0;

/// The source, with the line that is next, or that is being executed, marked.
pub(super) fn source_ui(ui: &mut Ui, cx: &ViewContext<'_>, card: &ProgramCard, line_height: f32) {
    let story = card.story();
    let on = story.steps.last().filter(|_| story.phase == Phase::Running).and_then(|step| step.from);
    let (marked, color, told) = match (&story.phase, on) {
        (Phase::Waiting(line), _) => (
            Some(*line),
            cx.theme.accent,
            format!("line {line} is next; until then sleep() stands still, in children too"),
        ),
        (Phase::Running, Some(line)) => (Some(line), cx.theme.warn, format!("line {line} runs")),
        (Phase::Running, None) => (None, cx.theme.warn, "Python starts".to_owned()),
        (Phase::Over, _) => (None, cx.theme.ok, "it has ended".to_owned()),
        _ => (None, cx.theme.weak, String::new()),
    };
    let header = |ui: &mut Ui| drop(ui.label(small(told).color(color)));
    widgets::card(ui, cx.theme, card.program.file, header, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let source = card.program.source();
        for (number, code) in (1..).zip(source.lines()) {
            line_ui(ui, cx, number, code, line_height, (marked == Some(number)).then_some(color));
        }
    });
}

fn line_ui(ui: &mut Ui, cx: &ViewContext<'_>, number: u32, code: &str, height: f32, mark: Option<Color32>) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let middle = rect.center().y;
    if let Some(color) = mark {
        ui.painter().rect_filled(rect, CornerRadius::same(4), cx.theme.soft(color, 0.18));
        let tip = pos2(rect.left() + 16.0, middle);
        let points = vec![tip, tip + vec2(-9.0, -5.5), tip + vec2(-9.0, 5.5)];
        ui.painter().add(Shape::convex_polygon(points, color, Stroke::NONE));
    }
    let font = FontId::monospace(CODE_SIZE);
    let at = pos2(rect.left() + GUTTER - 2.0 * GAP, middle);
    let small = FontId::monospace(CODE_SIZE - 3.0);
    ui.painter().text(at, egui::Align2::RIGHT_CENTER, number, small, cx.theme.faint);
    let words = rect.with_min_x(rect.left() + GUTTER - GAP);
    let mut own = ui.new_child(
        UiBuilder::new()
            .id_salt(number)
            .max_rect(words)
            .layout(egui::Layout::left_to_right(egui::Align::Center)),
    );
    let color = if mark.is_some() || !code.is_empty() { cx.theme.text } else { cx.theme.weak };
    widgets::elided(&mut own, RichText::new(code).font(font).color(color));
}

/// The program and the processes that it has made, each with what it has gone through.
pub(super) fn processes_ui(ui: &mut Ui, cx: &ViewContext<'_>, card: &ProgramCard) {
    let story = card.story();
    let pools = story.pools().iter().map(|pool| format!("{}: {}", pool.name, pool.state));
    let told = pools.collect::<Vec<_>>().join(" · ");
    let header = |ui: &mut Ui| drop(ui.label(small(told).color(cx.theme.weak)));
    widgets::card(ui, cx.theme, "Processes", header, |ui| {
        let Some(pid) = story.pid else {
            let is_on = story.phase == Phase::Running;
            let text = if is_on { "Python starts…" } else { "None yet: Space starts the program." };
            widgets::empty_state(ui, cx.theme, text, None);
            return;
        };
        list_ui(ui, "processes", |ui| {
            let state = match story.phase {
                Phase::Running => "runs",
                Phase::Waiting(_) => "waits for you",
                Phase::Over => "has gone through its last line",
                _ => "is gone",
            };
            process_ui(ui, cx, cx.theme.text, &format!("the program · pid {pid}"), state, cx.theme.weak);
            for (number, child) in (1..).zip(story.processes()) {
                let color = if child.is_alive { cx.theme.text } else { cx.theme.weak };
                process_ui(ui, cx, cx.theme.worker(number), &name_of(child), &child.words(), color);
            }
        });
    });
}

/// Rows that scroll where there are more than the card shows, with the newest in sight.
fn list_ui(ui: &mut Ui, salt: &str, rows: impl FnOnce(&mut Ui)) {
    ScrollArea::vertical().id_salt(salt).auto_shrink(false).stick_to_bottom(true).show(ui, |ui| {
        Frame::new().inner_margin(Margin::same(10)).show(ui, |ui| {
            ui.spacing_mut().item_spacing = vec2(GAP, STEP);
            rows(ui);
        });
    });
}

fn process_ui(ui: &mut Ui, cx: &ViewContext<'_>, swatch: Color32, name: &str, state: &str, color: Color32) {
    ui.horizontal_top(|ui| {
        widgets::swatch(ui, swatch);
        ui.allocate_ui(vec2(NAME_WIDTH, 18.0), |ui| {
            ui.set_width(NAME_WIDTH);
            widgets::elided(ui, RichText::new(name).color(cx.theme.text));
        });
        ui.add(Label::new(RichText::new(state).color(color)).wrap());
    });
}

/// "child · pid 4711", "SpawnPoolWorker-1 · pid 4712".
fn name_of(child: &ChildState) -> String {
    let name = child.variable.as_deref().unwrap_or(&child.name);
    child.pid.map_or(name.to_owned(), |pid| format!("{name} · pid {pid}"))
}

/// What was printed, in the order in which it came, and by whom.
pub(super) fn printed_ui(ui: &mut Ui, cx: &ViewContext<'_>, card: &ProgramCard) {
    let story = card.story();
    let past = story.said().filter(|said| story.is_childs(said) && !said.has_programs).count();
    let told = if past > 0 { "outlined: not through the program's own sys.stdout" } else { "" };
    let header = |ui: &mut Ui| drop(ui.label(small(told).color(cx.theme.warn)));
    widgets::card(ui, cx.theme, "Printed", header, |ui| {
        if story.said().next().is_none() {
            widgets::empty_state(ui, cx.theme, "Nothing was printed yet.", None);
            return;
        }
        list_ui(ui, "printed", |ui| {
            story.said().for_each(|said| said_ui(ui, cx, story, said));
        });
    });
}

fn said_ui(ui: &mut Ui, cx: &ViewContext<'_>, story: &Story, said: &Said) {
    let of_child = story.processes().iter().position(|child| child.pid.is_some() && child.pid == said.pid);
    let (who, swatch) = match of_child {
        Some(place) => (name_of(&story.processes()[place]), cx.theme.worker(place + 1)),
        None if said.pid == story.pid && said.pid.is_some() => ("the program".to_owned(), cx.theme.text),
        None => (said.pid.map_or("a process".to_owned(), |pid| format!("pid {pid}")), cx.theme.faint),
    };
    ui.horizontal(|ui| {
        widgets::swatch(ui, swatch);
        ui.allocate_ui(vec2(NAME_WIDTH, 18.0), |ui| {
            ui.set_width(NAME_WIDTH);
            widgets::elided(ui, RichText::new(who).color(cx.theme.weak));
        });
        let text = RichText::new(&said.text).monospace().color(cx.theme.text);
        let label = ui.add(Label::new(text).truncate());
        if story.is_childs(said) && !said.has_programs {
            let stroke = Stroke::new(1.0, cx.theme.soft(cx.theme.warn, 0.7));
            let rect = label.rect.expand2(vec2(4.0, 0.0));
            ui.painter().rect_stroke(rect, CornerRadius::same(3), stroke, StrokeKind::Inside);
            label.on_hover_text(
                "The worker has a sys.stdout of its own: a notebook or IDLE does not see this line.",
            );
        }
    });
}

/// What the last step has done, in a sentence.
pub(super) fn done_ui(ui: &mut Ui, cx: &ViewContext<'_>, card: &ProgramCard, height: f32) {
    let story = card.story();
    let mut inside = boxed(ui, cx, cx.theme.hairline(), height);
    let (over, sentence) = match story.steps.last() {
        None => (
            "Before the first step".to_owned(),
            "Space starts the program in your Python, and then runs one line at a time, for real.".to_owned(),
        ),
        Some(step) if step.took_s.is_none() => running(card, step),
        Some(step) => (title(card, story, step), card.program.sentence(story, step)),
    };
    inside.label(RichText::new(over).text_style(strong()).color(cx.theme.weak));
    inside.add_space(STEP);
    let font = FontId::proportional(SENTENCE_SIZE);
    inside.add(Label::new(widgets::prose(&sentence, font, cx.theme.text)).wrap());
}

/// "Step 3 · child.start() · 7 ms".
fn title(card: &ProgramCard, story: &Story, step: &Step) -> String {
    let code = step
        .from
        .map_or(card.program.file.to_owned(), |line| card.program.source().line(line).trim().to_owned());
    let took = step.shown_took().map_or(String::new(), |took| format!(" · {took}"));
    format!("Step {} · {code}{took}", story.steps.len())
}

fn running(card: &ProgramCard, step: &Step) -> (String, String) {
    let story = card.story();
    let said = match step.from {
        None => "Python starts and reads the file from its top.",
        Some(_) => "This line is being executed; the program comes back when it is done.",
    };
    (title(card, story, step), said.to_owned())
}

/// The figures, whether it was as promised, why, and what to remember.
pub(super) fn reveal_ui(ui: &mut Ui, cx: &ViewContext<'_>, card: &ProgramCard, reveal: &Reveal, height: f32) {
    let color = super::parts::color_of(cx, &reveal.verdict);
    let mut inside = boxed(ui, cx, Stroke::new(2.0, color), height);
    super::parts::figures_ui(&mut inside, cx, &reveal.figures, color);
    inside.add_space(STEP);
    inside.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = STEP;
        ui.label(RichText::new(reveal.verdict.to_string()).text_style(strong()).color(color));
        ui.label(widgets::prose(&reveal.why, egui::TextStyle::Body.resolve(ui.style()), cx.theme.text));
    });
    if !reveal.why.is_empty() {
        inside.add_space(STEP);
        let text = format!("Remember: {}", card.program.remember);
        let font = strong().resolve(inside.style());
        inside.add(Label::new(widgets::prose(&text, font, cx.theme.text)).wrap());
    }
}

fn boxed(ui: &mut Ui, cx: &ViewContext<'_>, stroke: Stroke, height: f32) -> Ui {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    ui.painter().rect(rect, CornerRadius::same(CARD_RADIUS), cx.theme.panel, stroke, StrokeKind::Inside);
    ui.new_child(UiBuilder::new().id_salt("done").max_rect(rect.shrink2(vec2(16.0, 10.0))))
}
