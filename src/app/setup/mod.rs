//! The column in which a run is set up: inputs, function, rules of the pool; and, always in sight at its foot, the pool and
//! Start. It edits the [`Setup`] and sends commands.

mod builtin;
mod code;
mod command;
mod consent;
mod function;
mod inputs;
mod interpreter;
mod more;
mod pool;
mod preview;
mod reading;
mod source;
mod trial;

pub use self::code::is_in_code;

use egui::{Button, Frame, Id, Label, Margin, Panel, RichText, Role, ScrollArea, Ui, WidgetInfo, vec2};
use egui_material_icons::MaterialIcon;
use egui_material_icons::icons::{ICON_CHEVRON_RIGHT, ICON_PAUSE, ICON_PLAY_ARROW, ICON_STOP};

use super::command::{Command, Situation};
use super::context::ViewContext;
use super::state::{Phase, Setup};
use super::theme::GAP;
use super::top_bar::shortcut_text;
use super::widgets::{self, Action};
use crate::error::Error;
use crate::pool::RunLog;

/// What the setup sees of the program in one frame.
pub struct SetupView<'a, 'b> {
    pub cx: &'a ViewContext<'b>,
    /// Why no pool can be started.
    pub why_not: Option<&'a Error>,
    pub phase: Phase,
    pub situation: Situation,
    /// Whether the rules of the pool are unfolded.
    pub is_more_open: &'a mut bool,
    /// Set by whoever wants the cursor there; taken by the field.
    pub focus_path_field: &'a mut bool,
    pub focus_typed_field: &'a mut bool,
    pub focus_code_path: &'a mut bool,
    /// Whether the code is edited in a window of its own.
    pub is_editor_large: &'a mut bool,
    /// What came of the last try, and whether one is on.
    pub trial: Option<&'a RunLog>,
    pub is_trying: bool,
}

/// Draws the column into all of `ui`.
pub fn ui(ui: &mut Ui, setup: &mut Setup, view: &mut SetupView<'_, '_>) {
    let foot = Frame::new().fill(view.cx.theme.panel).inner_margin(Margin {
        left: 12,
        right: 12,
        top: 0,
        bottom: 12,
    });
    let shown =
        Panel::bottom("start").resizable(false).show_separator_line(false).frame(foot).show(ui, |ui| {
            widgets::hairline(ui, view.cx.theme);
            ui.add_space(GAP / 2.0);
            pool::ui(ui, setup, view);
            ui.add_space(GAP / 2.0);
            foot_ui(ui, view);
        });
    // A panel stands where its last height puts it: one that has grown would be cut until the next frame.
    let height = shown.response.rect.height();
    let last = ui.data_mut(|data| {
        std::mem::replace(data.get_temp_mut_or(Id::unique("height of the foot"), height), height)
    });
    if last != height {
        ui.ctx().request_discard("the foot of the setup has another height");
    }
    ScrollArea::vertical().id_salt("setup").auto_shrink(false).show(ui, |ui| {
        Frame::new().inner_margin(Margin::symmetric(12, 8)).show(ui, |ui| parts_ui(ui, setup, view));
    });
}

fn parts_ui(ui: &mut Ui, setup: &mut Setup, view: &mut SetupView<'_, '_>) {
    // What is running is what the setup says until the end, but for the workers, which can be changed.
    let is_live = view.phase.is_live();
    let theme = view.cx.theme;
    if let Some(notice) = &setup.notice
        && widgets::notice(ui, theme, theme.bad, notice)
    {
        setup.notice = None;
    }
    if let Some(error) = setup.error.as_ref().map(ToString::to_string)
        && widgets::notice(ui, theme, theme.bad, &capitalised(&error))
    {
        setup.error = None;
    }
    settled(ui, is_live, |ui| {
        inputs::ui(ui, setup, view);
        ui.add_space(GAP);
        function::ui(ui, setup, view);
    });
    ui.add_space(GAP);
    pool::rules_ui(ui, setup, view);
}

/// What cannot be changed while a run is on. Paler then, but legible: it says what is running.
fn settled<R>(ui: &mut Ui, is_live: bool, contents: impl FnOnce(&mut Ui) -> R) -> R {
    ui.scope(|ui| {
        ui.visuals_mut().disabled_alpha = 0.75;
        if is_live {
            ui.disable();
        }
        contents(ui)
    })
    .inner
}

/// "could not read ..." at the beginning of a line.
pub(super) fn capitalised(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Why it cannot start, the quiet buttons of a run that is on, and the one large button.
fn foot_ui(ui: &mut Ui, view: &SetupView<'_, '_>) {
    let theme = view.cx.theme;
    let why_not = why_not(view);
    if let Some(remark) = why_not.clone().or_else(|| remark(view)) {
        ui.add(Label::new(RichText::new(remark).color(theme.weak)).wrap());
        ui.add_space(GAP / 2.0);
    }
    if view.phase.is_live() {
        live_buttons_ui(ui, view);
        ui.add_space(GAP / 2.0);
    }
    let (command, icon, color) = match view.phase.is_live() {
        true => (Command::Stop, ICON_STOP, theme.bad),
        false => (Command::Start, ICON_PLAY_ARROW, theme.accent),
    };
    let (label, keys) = (command.label(), shortcut_text(ui, &command));
    let label = if view.phase == Phase::Stopping { "Stopping…".to_owned() } else { label };
    let (tooltip, why_not) = (command.tooltip(), why_not.as_deref());
    let action = Action { icon, label: &label, keys: &keys, color, tooltip, why_not };
    if widgets::primary_button(ui, theme, &action).clicked() {
        view.cx.commands.send(command);
    }
}

/// Pause or Resume, and the gentle way to stop.
fn live_buttons_ui(ui: &mut Ui, view: &SetupView<'_, '_>) {
    let (pause, icon) = pause_command(view);
    let width = ui.available_width() - GAP;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        quiet_button(ui, view, &pause, Some(icon), width * 0.4);
        quiet_button(ui, view, &Command::StopSoon, None, width * 0.6);
    });
}

fn pause_command(view: &SetupView<'_, '_>) -> (Command, MaterialIcon) {
    match view.situation.is_paused {
        true => (Command::Resume, ICON_PLAY_ARROW),
        false => (Command::Pause, ICON_PAUSE),
    }
}

fn quiet_button(
    ui: &mut Ui,
    view: &SetupView<'_, '_>,
    command: &Command,
    icon: Option<MaterialIcon>,
    width: f32,
) {
    let label = command.label();
    let text = icon.map_or(label.clone(), |icon| format!("{} {label}", icon.codepoint));
    let is_possible = command.is_possible(view.situation);
    let response = ui.add_enabled(is_possible, Button::new(text).min_size(vec2(width, 30.0)));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, is_possible, &label));
    let keys = shortcut_text(ui, command);
    if response.on_hover_text(format!("{} {keys}", command.tooltip())).clicked() {
        view.cx.commands.send(command.clone());
    }
}

/// What a run that is on but begins nothing new is waiting for.
fn remark(view: &SetupView<'_, '_>) -> Option<String> {
    match view.phase {
        Phase::Paused => Some("Paused: no more items are started until Resume.".to_owned()),
        Phase::Finishing => Some(match suspended_worker(view) {
            Some(worker) => format!("Worker {worker} is suspended: wake it up, or Stop."),
            None => "Ends when the current items are finished.".to_owned(),
        }),
        _ => None,
    }
}

/// A worker that keeps the run from ending, counted from 1.
fn suspended_worker(view: &SetupView<'_, '_>) -> Option<usize> {
    let lanes = &view.cx.run?.log.lanes;
    lanes.iter().position(|lane| lane.is_suspended && lane.is_alive()).map(|place| place + 1)
}

/// Why the large button cannot be used; nothing while it can.
fn why_not(view: &SetupView<'_, '_>) -> Option<String> {
    match view.phase {
        Phase::Running | Phase::Paused | Phase::Finishing => None,
        Phase::Stopping => Some("Workers are being ended.".to_owned()),
        _ => view.why_not.map(|error| format!("{}.", capitalised(error.reason()))),
    }
}

/// The folded setup: the way to unfold it, and Start.
pub fn rail_ui(ui: &mut Ui, view: &SetupView<'_, '_>) {
    let commands = view.cx.commands;
    ui.vertical_centered(|ui| {
        ui.add_space(GAP);
        if widgets::icon_button(ui, ICON_CHEVRON_RIGHT, "Unfold the setup", None).clicked() {
            commands.send(Command::ToggleSetup);
        }
        ui.add_space(GAP);
        let why_not = why_not(view);
        let (command, icon) = match view.phase.is_live() {
            true => (Command::Stop, ICON_STOP),
            false => (Command::Start, ICON_PLAY_ARROW),
        };
        if widgets::icon_button(ui, icon, &command.label(), why_not.as_deref()).clicked() {
            commands.send(command);
        }
        let (pause, icon) = pause_command(view);
        if pause.is_possible(view.situation) && widgets::icon_button(ui, icon, &pause.label(), None).clicked()
        {
            commands.send(pause);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::capitalised;

    #[test]
    fn sentences_begin_with_a_capital() {
        assert_eq!(capitalised("could not read x"), "Could not read x");
        assert_eq!(capitalised(""), "");
    }
}
