//! The lines that workers wrote and the pool's own.

use eframe::egui::Ui;

use crate::app::context::ViewContext;
use crate::app::widgets;

/// See the module's text.
#[derive(Debug, Default)]
pub struct MessagesPanel {}

impl MessagesPanel {
    /// Draws the panel into all of `ui`.
    pub fn ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>) {
        widgets::card(
            ui,
            cx.theme,
            "Messages",
            |_| {},
            |ui| widgets::empty_state(ui, cx.theme, "What workers print appears here.", None),
        );
    }
}
