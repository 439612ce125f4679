//! The rules of the pool that most runs leave alone, folded away: each says what holds without it.

use egui::{
    Align, Align2, Checkbox, ComboBox, CursorIcon, DragValue, Frame, Label, Layout, Margin, Response,
    RichText, Role, Sense, Stroke, TextEdit, TextStyle, Ui, WidgetInfo,
};
use egui_material_icons::icons::{ICON_CHEVRON_RIGHT, ICON_KEYBOARD_ARROW_DOWN};

use super::{SetupView, capitalised, settled};
use crate::app::state::{DelayKind, HaltKind, Rules, TimeoutKind};
use crate::app::theme::{STEP, Theme};
use crate::app::widgets;
use crate::error::{Error, Result};
use crate::pool::{Halting, MOST_RETRIES};

/// The width of a list of kinds, and of the field beside it.
const KIND_WIDTH: f32 = 104.0;
const FIELD_WIDTH: f32 = 50.0;
/// The width of a field that stands alone.
const LONE_WIDTH: f32 = 88.0;

const TIMEOUT: &str = "How long an item may execute. One that takes longer is “timed out”: its worker process is ended \
                       and replaced. Off by default. Python's Pool has no such thing: an item that hangs blocks it.";
const RETRIES: &str = "How often an item that failed is tried again; one that succeeds then is marked as flaky. 0 by \
                       default, as in Python, where a failure is final.";
const DELAY: &str = "The pause before each retry, for what needs time to recover. None by default.";
const RECYCLE_ITEMS: &str = "A worker that has finished so many items gives way to a new one, which helps where memory \
                             leaks: Python's maxtasksperchild. Empty by default: workers live as long as the pool.";
const RECYCLE_MEMORY: &str = "A worker that holds more memory than this between two items gives way to a new one. \
                              Write 500M or 2G. Empty by default.";
const MEMORY_LIMIT: &str = "A worker that holds more memory than this is ended and the item it has in hand fails, \
                            before the system runs out and picks a victim itself. Write 500M or 2G. Empty by default.";
const HALT: &str = "When failures end the run. Never by default: every input has its turn. Python's Pool.map raises the \
                    first error and throws all results away.";
const HALTING: &str = "What becomes of the items that are running when the run ends.";
const PINS: &str = "Each worker stays on one core, which steadies measurements. Off by default: the system moves workers \
                    as it likes, which is mostly as good. Python: os.sched_setaffinity.";
const NESTED: &str = "Libraries such as NumPy may start threads of their own in each worker. Off by default: \
                      OMP_NUM_THREADS and its relatives are set to 1, so that workers do not crowd each other out.";

/// Draws the part.
pub fn ui(ui: &mut Ui, rules: &mut Rules, view: &mut SetupView<'_, '_>) {
    let (theme, is_live) = (view.cx.theme, view.phase.is_live());
    let header = header_ui(ui, theme, rules, *view.is_more_open);
    if header.clicked() {
        *view.is_more_open = !*view.is_more_open;
    }
    if *view.is_more_open {
        let body = settled(ui, is_live, |ui| ui.scope(|ui| rules_ui(ui, theme, rules)).response);
        if header.clicked() {
            // What was asked for is mostly below what is in sight.
            ui.scroll_to_rect(body.rect, None);
        }
    }
}

/// The row that folds and unfolds, with what differs from the defaults while it is folded.
fn header_ui(ui: &mut Ui, theme: &Theme, rules: &Rules, is_open: bool) -> Response {
    let error = rules.in_settings(crate::pool::Settings::default()).err();
    let summary = rules.summary();
    let (remark, color) = match &error {
        Some(error) => (error.reason(), theme.bad),
        None if summary.is_empty() => ("timeout, retries, limits", theme.weak),
        None => (summary.as_str(), theme.accent),
    };
    let icon = if is_open { ICON_KEYBOARD_ARROW_DOWN } else { ICON_CHEVRON_RIGHT };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = STEP;
        let name = RichText::new(format!("{} More", icon.codepoint)).color(theme.text);
        let response = ui.add(Label::new(name).sense(Sense::click()));
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_open, "More"));
        if response.has_focus() {
            let y = response.rect.bottom();
            ui.painter().hline(response.rect.x_range(), y, Stroke::new(1.0, theme.accent));
        }
        let response = response.on_hover_cursor(CursorIcon::PointingHand);
        let response = response.on_hover_text("Rules of the pool that most runs leave alone.");
        if !is_open {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                widgets::elided(ui, RichText::new(remark).color(color)).on_hover_text(remark);
            });
        }
        response
    })
    .inner
}

fn rules_ui(ui: &mut Ui, theme: &Theme, rules: &mut Rules) {
    timeout_ui(ui, theme, rules);
    retries_ui(ui, theme, rules);
    let error = rules.recycle_items().err();
    text_row(ui, theme, ("Recycle after items", RECYCLE_ITEMS), &mut rules.recycle_items, "never", error);
    let error = rules.recycle_bytes().err();
    text_row(ui, theme, ("Recycle above memory", RECYCLE_MEMORY), &mut rules.recycle_memory, "never", error);
    let error = rules.memory_limit_bytes().err();
    text_row(ui, theme, ("Memory limit", MEMORY_LIMIT), &mut rules.memory_limit, "none", error);
    halt_ui(ui, theme, rules);
    check(ui, theme, &mut rules.pins, "Pin workers to cores", PINS);
    check(ui, theme, &mut rules.nested_threads, "Nested threads", NESTED);
}

fn timeout_ui(ui: &mut Ui, theme: &Theme, rules: &mut Rules) {
    let kinds = [
        (TimeoutKind::Off, "off"),
        (TimeoutKind::Seconds, "seconds"),
        (TimeoutKind::OfMedian, "% of median"),
    ];
    row(ui, theme, ("Timeout", TIMEOUT), |ui| {
        match rules.timeout {
            TimeoutKind::Off => {}
            TimeoutKind::Seconds => field(ui, &mut rules.timeout_s, "Timeout in seconds", FIELD_WIDTH),
            TimeoutKind::OfMedian => {
                field(ui, &mut rules.timeout_percent, "Timeout in percent of the median", FIELD_WIDTH);
            }
        }
        kind_list(ui, "Timeout", &mut rules.timeout, &kinds);
    });
    error_ui(ui, theme, rules.timeout());
}

fn retries_ui(ui: &mut Ui, theme: &Theme, rules: &mut Rules) {
    row(ui, theme, ("Retries", RETRIES), |ui| {
        let value = DragValue::new(&mut rules.retries).range(0..=MOST_RETRIES).speed(0.05);
        ui.add_sized([FIELD_WIDTH, 24.0], value).accessible_name("Retries");
    });
    if rules.retries == 0 {
        return;
    }
    let kinds =
        [(DelayKind::None, "none"), (DelayKind::Fixed, "seconds"), (DelayKind::Doubling, "s, doubling")];
    row(ui, theme, ("Retry delay", DELAY), |ui| {
        if rules.delay != DelayKind::None {
            field(ui, &mut rules.delay_s, "Retry delay in seconds", FIELD_WIDTH);
        }
        kind_list(ui, "Retry delay", &mut rules.delay, &kinds);
    });
    error_ui(ui, theme, rules.retry_delay());
}

fn halt_ui(ui: &mut Ui, theme: &Theme, rules: &mut Rules) {
    let kinds = [
        (HaltKind::Never, "never"),
        (HaltKind::First, "first failure"),
        (HaltKind::Count, "failures"),
        (HaltKind::Percent, "% failed"),
    ];
    row(ui, theme, ("Stop at", HALT), |ui| {
        match rules.halt {
            HaltKind::Never | HaltKind::First => {}
            HaltKind::Count => field(ui, &mut rules.halt_count, "Failures that stop the run", FIELD_WIDTH),
            HaltKind::Percent => {
                field(ui, &mut rules.halt_percent, "Percent failed that stop the run", FIELD_WIDTH)
            }
        }
        kind_list(ui, "Stop at", &mut rules.halt, &kinds);
    });
    error_ui(ui, theme, rules.halt());
    if rules.halt != HaltKind::Never {
        let kinds = [(Halting::Now, "are ended"), (Halting::Soon, "are finished")];
        row(ui, theme, ("Running items", HALTING), |ui| {
            kind_list(ui, "Running items", &mut rules.halting, &kinds);
        });
    }
}

fn text_row(
    ui: &mut Ui,
    theme: &Theme,
    name: (&str, &str),
    text: &mut String,
    hint: &str,
    error: Option<Error>,
) {
    row(ui, theme, name, |ui| {
        let field = text_field(text, LONE_WIDTH)
            .hint_text(RichText::new(hint).text_style(TextStyle::Small).color(theme.weak));
        ui.add(field).accessible_name(name.0).on_hover_text(name.1);
    });
    error_ui(ui, theme, error.map_or(Ok(()), Err));
}

/// A name, which explains itself, and what can be set at the end of the line.
fn row(ui: &mut Ui, theme: &Theme, (name, tooltip): (&str, &str), controls: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        widgets::weak(ui, theme, name).on_hover_text(tooltip);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = STEP;
            controls(ui);
        });
    });
}

fn field(ui: &mut Ui, text: &mut String, name: &str, width: f32) {
    ui.add(text_field(text, width)).accessible_name(name);
}

fn text_field(text: &mut String, width: f32) -> TextEdit<'_> {
    TextEdit::singleline(text)
        .desired_width(width - 12.0)
        .margin(Margin::symmetric(6, 3))
        .align(Align2::RIGHT_CENTER)
}

fn kind_list<T: Copy + PartialEq>(ui: &mut Ui, name: &str, kind: &mut T, kinds: &[(T, &str)]) {
    let label = |kind: &T| kinds.iter().find(|(one, _)| one == kind).map_or("", |(_, label)| label);
    let list = ComboBox::from_id_salt(name).width(KIND_WIDTH).selected_text(label(kind));
    let response = list.show_ui(ui, |ui| {
        for (one, label) in kinds {
            ui.selectable_value(kind, *one, *label);
        }
    });
    response.response.accessible_name(name);
}

fn check(ui: &mut Ui, theme: &Theme, value: &mut bool, name: &str, tooltip: &str) {
    let text = RichText::new(name).color(theme.weak);
    ui.add(Checkbox::new(value, text)).on_hover_text(tooltip);
}

fn error_ui<T>(ui: &mut Ui, theme: &Theme, value: Result<T>) {
    if let Err(error) = value {
        let text = RichText::new(format!("{}.", capitalised(error.reason()))).color(theme.bad);
        Frame::new().inner_margin(Margin { bottom: 2, ..Margin::ZERO }).show(ui, |ui| {
            ui.add(Label::new(text).wrap());
        });
    }
}
