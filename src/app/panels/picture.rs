//! The picture that outputs are tiles of.

use eframe::egui::Ui;

use crate::app::context::ViewContext;
use crate::app::widgets;

/// See the module's text.
#[derive(Debug, Default)]
pub struct PicturePanel {}

impl PicturePanel {
    /// Draws the panel into all of `ui`.
    pub fn ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>) {
        widgets::card(
            ui,
            cx.theme,
            "Picture",
            |_| {},
            |ui| widgets::empty_state(ui, cx.theme, "Tiles appear here as workers finish them.", None),
        );
    }
}
