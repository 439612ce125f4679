//! Who ran what when, with the cores of the machine under it on the same time axis.

use eframe::egui::Ui;

use crate::app::context::ViewContext;
use crate::app::widgets;

/// See the module's text.
#[derive(Debug, Default)]
pub struct TimelinePanel {}

impl TimelinePanel {
    /// Draws the panel into all of `ui`.
    pub fn ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>) {
        widgets::card(
            ui,
            cx.theme,
            "Timeline",
            |_| {},
            |ui| widgets::empty_state(ui, cx.theme, "Start a pool to see who runs what when.", None),
        );
    }
}
