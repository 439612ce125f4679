//! One row an input: what came out, where it ran, how long it took.

use eframe::egui::Ui;

use crate::app::context::ViewContext;
use crate::app::widgets;

/// See the module's text.
#[derive(Debug, Default)]
pub struct ResultsPanel {}

impl ResultsPanel {
    /// Draws the panel into all of `ui`.
    pub fn ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>) {
        widgets::card(
            ui,
            cx.theme,
            "Results",
            |_| {},
            |ui| widgets::empty_state(ui, cx.theme, "Results appear here, one row an input.", None),
        );
    }
}
