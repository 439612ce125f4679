//! A word in a line that opens a list of others: a drop-down that takes no more room than its text.

use egui::{Button, Color32, Popup, Response, RichText, Role, Ui, WidgetInfo, vec2};
use egui_material_icons::icons::ICON_KEYBOARD_ARROW_DOWN;

use crate::app::theme::Theme;

/// How such a word looks and what it is called.
pub struct Pick<'a> {
    /// What is chosen by it, for who does not see where it stands.
    pub name: &'a str,
    pub shown: &'a str,
    pub tooltip: &'a str,
    /// Whether a person chose it; else it was found out, and is quieter.
    pub is_chosen: bool,
    /// It is cut where it would be wider.
    pub most_width: f32,
}

/// Draws the word; gives the newly chosen one of the options.
pub fn pick<T: Clone + PartialEq>(
    ui: &mut Ui,
    theme: &Theme,
    look: &Pick<'_>,
    chosen: &T,
    options: &[(T, String)],
) -> Option<T> {
    let response = word(ui, look, if look.is_chosen { theme.text } else { theme.weak });
    let mut newly = None;
    Popup::menu(&response).show(|ui| {
        super::list_area(340.0).show(ui, |ui| {
            for (option, label) in options {
                if ui.selectable_label(option == chosen, label).clicked() && option != chosen {
                    newly = Some(option.clone());
                }
            }
        });
    });
    response.on_hover_text(look.tooltip);
    newly
}

fn word(ui: &mut Ui, look: &Pick<'_>, color: Color32) -> Response {
    let text = format!("{}{}", look.shown, ICON_KEYBOARD_ARROW_DOWN.codepoint);
    let response = ui
        .scope(|ui| {
            // Stands in its line like any other word; the ground under the pointer reaches beyond it.
            ui.spacing_mut().button_padding = vec2(0.0, 0.0);
            let widgets = &mut ui.visuals_mut().widgets;
            for look in [&mut widgets.hovered, &mut widgets.active, &mut widgets.open] {
                look.expansion = 2.0;
            }
            ui.spacing_mut().interact_size.y = 18.0;
            ui.set_max_width(look.most_width);
            ui.add(Button::new(RichText::new(text).color(color)).frame_when_inactive(false).truncate())
        })
        .inner;
    let enabled = ui.is_enabled();
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ComboBox, enabled, look.name);
        info.current_text_value = Some(look.shown.to_owned());
        info
    });
    response
}
