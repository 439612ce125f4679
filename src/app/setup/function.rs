//! Part 2 of the setup: which kind of function, what it is, and a try of it with one input.

use egui::Ui;

use super::{SetupView, builtin, code, command, trial};
use crate::app::state::{FunctionKind, Setup};
use crate::app::theme::GAP;
use crate::app::widgets;

/// Draws the part.
pub fn ui(ui: &mut Ui, setup: &mut Setup, view: &mut SetupView<'_, '_>) {
    let theme = view.cx.theme;
    widgets::section_title(ui, theme, "2 Function");
    let kinds = [
        (FunctionKind::Builtin, "Built-in"),
        (FunctionKind::Script, "Script"),
        (FunctionKind::Python, "Python"),
        (FunctionKind::Command, "Command"),
    ];
    if let Some(kind) = widgets::segmented(ui, theme, setup.function.kind, &kinds) {
        setup.function.show(kind, ui.ctx());
    }
    ui.add_space(GAP / 2.0);
    match setup.function.kind {
        FunctionKind::Builtin => builtin::ui(ui, setup, view),
        FunctionKind::Script | FunctionKind::Python => code::ui(ui, setup, view),
        FunctionKind::Command => command::ui(ui, setup, view),
    }
    if setup.function.kind != FunctionKind::Builtin {
        ui.add_space(GAP / 2.0);
        trial::ui(ui, setup, view);
    }
}
