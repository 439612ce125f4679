//! The list of the runs that are kept, in the place of the setup: newest first, each with how long it took.

use egui::{
    Button, CornerRadius, Frame, Margin, Response, RichText, Role, ScrollArea, Sense, Stroke, StrokeKind,
    TextEdit, TextStyle, Ui, WidgetInfo, vec2,
};
use egui_material_icons::icons::{ICON_CLOSE, ICON_COMPARE_ARROWS, ICON_MORE_VERT, ICON_PUSH_PIN};

use super::command::{Command, Situation};
use super::context::ViewContext;
use super::state::{KeptRun, KeptRuns, StoredRun};
use super::theme::{CARD_RADIUS, GAP, STEP, strong};
use super::{format, notes, widgets};
use crate::analysis::Disturbance;
use crate::pool::{NotePlace, ns_to_s};

/// View state of the list.
#[derive(Default)]
pub struct RunsView {
    /// The run that is being given a name, and the name so far.
    renaming: Option<(u32, String)>,
}

impl RunsView {
    /// Draws the list into all of `ui`.
    pub fn ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>, kept: &KeptRuns, situation: Situation) {
        let foot = Frame::new().fill(cx.theme.panel).inner_margin(Margin::same(12));
        egui::Panel::bottom("runs foot")
            .resizable(false)
            .show_separator_line(false)
            .frame(foot)
            .show(ui, |ui| foot_ui(ui, cx, situation));
        ScrollArea::vertical().id_salt("runs").auto_shrink(false).show(ui, |ui| {
            Frame::new().inner_margin(Margin::symmetric(12, 8)).show(ui, |ui| self.list_ui(ui, cx, kept));
        });
    }

    fn list_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>, kept: &KeptRuns) {
        if kept.count() == 0 {
            let text = "Each run is kept here when it is over. Open one that was saved, or start a pool.";
            widgets::empty_state(ui, cx.theme, text, None);
            return;
        }
        for run in kept.iter().rev() {
            self.run_ui(ui, cx, kept, run);
            ui.add_space(GAP);
        }
        for run in kept.stored().iter().rev() {
            stored_ui(ui, cx, run);
        }
        let hint = match (kept.beside(), kept.count()) {
            (Some(_), _) => "Two runs on one clock. Click a run to see it alone.",
            (None, 1) => "",
            (None, _) => "Click a run to see it; the arrows lay another one beside it.",
        };
        ui.label(RichText::new(hint).text_style(TextStyle::Small).color(cx.theme.weak));
        if kept.let_go > 0 {
            let count = format::counted(kept.let_go.into(), "older run was", "older runs were");
            let text = format!(
                "{count} let go: there was no room in memory, and none on the disk. A pinned run stays."
            );
            ui.label(RichText::new(text).text_style(TextStyle::Small).color(cx.theme.weak));
        }
    }

    fn run_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>, kept: &KeptRuns, run: &KeptRun) {
        let theme = cx.theme;
        let is_shown = kept.shown().is_some_and(|shown| shown.number == run.number);
        let is_beside = kept.beside().is_some_and(|beside| beside.number == run.number);
        let line = match (is_shown, is_beside) {
            (true, _) => Stroke::new(2.0, theme.accent),
            (_, true) => Stroke::new(2.0, theme.workers[1]),
            _ => theme.hairline(),
        };
        let frame = Frame::new()
            .fill(theme.panel)
            .corner_radius(CornerRadius::same(CARD_RADIUS))
            .inner_margin(Margin::symmetric(10, 7));
        let drawn = frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            if self.renaming.as_ref().is_some_and(|(number, _)| *number == run.number) {
                self.name_ui(ui, cx);
            } else {
                first_line_ui(ui, cx, kept, run);
            }
            self.second_line_ui(ui, cx, kept, run, is_shown);
            notes_ui(ui, cx, run, is_shown);
        });
        let rect = drawn.response.rect;
        ui.painter().rect_stroke(rect, CornerRadius::same(CARD_RADIUS), line, StrokeKind::Inside);
        let top = rect.with_max_y(rect.top() + 24.0);
        let response = ui.interact(top, ui.scope_id().with(("run", run.number)), Sense::click());
        let label = format!("Run {}: {}", run.number, run.title());
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, is_shown, &label));
        if response.clicked() {
            cx.commands.send(Command::ShowRun(run.number));
        }
        response.context_menu(|ui| self.menu_ui(ui, cx, run, is_shown));
    }

    fn name_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>) {
        let Some((number, name)) = &mut self.renaming else { return };
        let edit =
            ui.add(TextEdit::singleline(name).hint_text("name of the run").desired_width(f32::INFINITY));
        edit.request_focus();
        let (enter, escape) =
            ui.input(|input| (input.key_pressed(egui::Key::Enter), input.key_pressed(egui::Key::Escape)));
        if enter || (edit.lost_focus() && !escape) {
            cx.commands.send(Command::RenameRun(*number, std::mem::take(name)));
        }
        if enter || escape || edit.lost_focus() {
            self.renaming = None;
        }
    }

    fn second_line_ui(
        &mut self,
        ui: &mut Ui,
        cx: &ViewContext<'_>,
        kept: &KeptRuns,
        run: &KeptRun,
        is_shown: bool,
    ) {
        let job = &run.run.log.plan.job;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let more = widgets::icon_button(ui, ICON_MORE_VERT, "More", None);
                egui::Popup::menu(&more).show(|ui| self.menu_ui(ui, cx, run, is_shown));
                let is_beside = kept.beside().is_some_and(|beside| beside.number == run.number);
                let (icon, tooltip) = match is_beside {
                    true => (ICON_CLOSE, "Take this run away from beside the other"),
                    false => (ICON_COMPARE_ARROWS, "Lay this run beside the one that is shown"),
                };
                if !is_shown
                    && kept.shown().is_some()
                    && widgets::icon_button(ui, icon, tooltip, None).clicked()
                {
                    cx.commands.send(Command::CompareRun(run.number));
                }
                if run.is_pinned {
                    ui.label(ICON_PUSH_PIN.rich_text().color(cx.theme.weak)).on_hover_text("Pinned");
                }
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    let text = format!("{} · {}", job.function.name(), told_of(run));
                    let text = RichText::new(text).text_style(TextStyle::Small).color(cx.theme.weak);
                    widgets::elided(ui, text).on_hover_ui(|ui| about_ui(ui, run));
                });
            });
        });
    }

    fn menu_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>, run: &KeptRun, is_shown: bool) {
        let number = run.number;
        // Nothing that a person has written goes unsaid.
        let delete = match run.has_unsaved_notes() {
            true => format!("Delete with what was noted ({})", notes::count_text(&run.run.log)),
            false => "Delete".to_owned(),
        };
        let pin = if run.is_pinned { "Do not pin any more" } else { "Pin" };
        let entries = [
            (!is_shown).then_some(("Show", Command::ShowRun(number))),
            (!is_shown).then_some(("Compare with the run that is shown", Command::CompareRun(number))),
            Some((pin, Command::PinRun(number))),
            Some(("Save the run…", Command::SaveRun(number))),
            Some((&delete, Command::DeleteRun(number))),
        ];
        notes::menu_item_ui(ui, cx, &run.run.log, NotePlace::Run);
        if ui.button("Rename…").clicked() {
            self.renaming = Some((number, run.name.clone().unwrap_or_default()));
        }
        for (label, command) in entries.into_iter().flatten() {
            if ui.button(label).clicked() {
                cx.commands.send(command);
            }
        }
    }
}

/// The notes on a run: all where it is shown, else how many.
fn notes_ui(ui: &mut Ui, cx: &ViewContext<'_>, run: &KeptRun, is_shown: bool) {
    let log = &run.run.log;
    if log.margin.is_empty() {
        return;
    }
    let count = notes::count_text(log);
    if !is_shown {
        ui.label(RichText::new(count).text_style(TextStyle::Small).color(cx.theme.warn));
        return;
    }
    egui::CollapsingHeader::new(RichText::new(count).color(cx.theme.warn))
        .id_salt(("notes of run", run.number))
        .default_open(true)
        .show(ui, |ui| notes::list_ui(ui, cx, log));
}

/// A run that is on the disk: a click reads it again.
fn stored_ui(ui: &mut Ui, cx: &ViewContext<'_>, run: &StoredRun) {
    let elapsed = format::duration(ns_to_s(run.elapsed_ns));
    let text = format!("{} · {} · {elapsed} · on the disk", run.title, run.function);
    let text = RichText::new(text).text_style(TextStyle::Small).color(cx.theme.weak);
    let button = ui.add(Button::new(text).frame(false).truncate());
    let hover = "This run stands on the disk to make room for newer ones. Click to read it again.";
    if button.on_hover_text(hover).clicked() {
        cx.commands.send(Command::ShowRun(run.number));
    }
}

fn first_line_ui(ui: &mut Ui, cx: &ViewContext<'_>, kept: &KeptRuns, run: &KeptRun) {
    let theme = cx.theme;
    ui.horizontal(|ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if let Some(ratio) = ratio(kept, run) {
                let spoiled = [kept.shown(), Some(run)].into_iter().flatten().find_map(spoiled);
                let color = if ratio >= 1.05 && spoiled.is_none() { theme.ok } else { theme.weak };
                let text = RichText::new(format!("{ratio:.2}×")).text_style(strong()).color(color);
                let doubt = spoiled.map_or(String::new(), |spoiled| format!("\n{spoiled}"));
                ui.label(text)
                    .on_hover_text(format!("So many times as fast as the run that is shown.{doubt}"));
            }
            let elapsed = format::duration(ns_to_s(run.run.log.last_row_ns));
            ui.label(RichText::new(elapsed).text_style(strong()).color(theme.text));
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                widgets::elided(ui, RichText::new(run.title()).text_style(strong()).color(theme.text));
            });
        });
    });
}

/// What makes a run one that tells little beside another.
fn spoiled(run: &KeptRun) -> Option<Disturbance> {
    run.run.log.machine.as_ref().and_then(Disturbance::that_spoiled)
}

/// How many times as fast as the run that is shown; nothing where they did different work.
fn ratio(kept: &KeptRuns, run: &KeptRun) -> Option<f64> {
    let shown = kept.shown().filter(|shown| shown.number != run.number && shown.is_of_same_work(run))?;
    let [own, other] = [run, shown].map(|run| run.run.log.last_row_ns);
    (own > 0 && other > 0).then(|| other as f64 / own as f64)
}

/// "8 items", "3 of 8 failed, in monday.poolrun".
fn told_of(run: &KeptRun) -> String {
    let counts = run.run.log.counts;
    let items = match counts.failed {
        0 => format::counted(counts.total, "item", "items"),
        failed if counts.resumed > 0 => {
            let again = counts.total - counts.resumed;
            format!("{} run again, {} failed", format::count(again), format::count(failed))
        }
        failed => format!("{} of {} failed", format::count(failed), format::count(counts.total)),
    };
    let file = run.file.as_ref().and_then(|file| file.file_name());
    file.map_or(items.clone(), |name| format!("{items}, in {}", name.to_string_lossy()))
}

fn about_ui(ui: &mut Ui, run: &KeptRun) {
    let log = &run.run.log;
    let job = &log.plan.job;
    ui.label(format!("{} over {}", job.function.description(), job.inputs_name));
    ui.label(format!("{} used {:.2} cores", log.shape(), log.cores_busy()));
    let peak_bytes: u64 = log.lanes.iter().map(|lane| lane.peak_rss_bytes()).max().unwrap_or_default();
    if peak_bytes > 0 {
        ui.label(format!("the largest process held {}", format::bytes(peak_bytes)));
    }
    if let Some(spoiled) = spoiled(run) {
        ui.label(spoiled.to_string());
    }
    if let Some(file) = &run.file {
        ui.label(format!("in {}", file.display()));
    }
}

fn foot_ui(ui: &mut Ui, cx: &ViewContext<'_>, situation: Situation) {
    let both = Command::RunBoth;
    let action = widgets::Action {
        icon: ICON_COMPARE_ARROWS,
        label: &both.label(),
        keys: "",
        color: cx.theme.accent,
        tooltip: both.tooltip(),
        why_not: (!both.is_possible(situation)).then_some("A pool is at work: stop it first, or wait."),
    };
    if widgets::primary_button(ui, cx.theme, &action).clicked() {
        cx.commands.send(both);
    }
    ui.add_space(STEP);
    quiet_ui(ui, cx, Command::OpenRun);
}

fn quiet_ui(ui: &mut Ui, cx: &ViewContext<'_>, command: Command) -> Response {
    let size = vec2(ui.available_width(), 30.0);
    let response = ui.add_sized(size, Button::new(command.label())).on_hover_text(command.tooltip());
    if response.clicked() {
        cx.commands.send(command);
    }
    response
}
