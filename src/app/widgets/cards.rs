//! Containers: the card, the field within a card, the empty state, the notice.

use egui::{
    Align, Color32, CornerRadius, Frame, Id, Label, Layout, Margin, Rect, Response, RichText, ScrollArea,
    Sense, Stroke, Ui, UiBuilder, vec2,
};
use egui_material_icons::icons::ICON_CLOSE;

use super::controls::icon_button;
use super::enlarged;
use crate::app::card_picture;
use crate::app::theme::{CARD_RADIUS, FIELD_RADIUS, GAP, STEP, Theme, strong};

/// The height of a card's title row.
const HEADER_HEIGHT: f32 = 30.0;

/// A card that fills all of `ui`: a title row (the title, then `header` from left to right), a hairline, and `body`,
/// which gets the rest without a margin, so that tables reach the edge.
pub fn card<R>(
    ui: &mut Ui,
    theme: &Theme,
    title: &str,
    header: impl FnOnce(&mut Ui),
    body: impl FnOnce(&mut Ui) -> R,
) -> R {
    card_of(ui, theme, title, &mut (), |(), ui| header(ui), |(), ui| body(ui))
}

/// The same, where the header and the body change one thing: first the header, then the body.
pub fn card_of<T: ?Sized, R>(
    ui: &mut Ui,
    theme: &Theme,
    title: &str,
    of: &mut T,
    header: impl FnOnce(&mut T, &mut Ui),
    body: impl FnOnce(&mut T, &mut Ui) -> R,
) -> R {
    let card = ui.scope_id().with(title);
    enlarged::in_its_place(ui, (card, title), |ui, rect| {
        ui.painter().rect(
            rect,
            CornerRadius::same(CARD_RADIUS),
            theme.panel,
            theme.hairline(),
            egui::StrokeKind::Inside,
        );
        let (top, rest) = rect.shrink(1.0).split_top_bottom_at_y(rect.top() + HEADER_HEIGHT);
        header_ui(ui, theme, (title, card), (top, rect), |ui| header(of, ui));
        ui.painter().hline(rest.x_range(), rest.top(), theme.hairline());
        let builder = UiBuilder::new().id_salt((title, "body")).max_rect(rest.with_min_y(rest.top() + 1.0));
        let mut body_ui = ui.new_child(builder);
        body_ui.shrink_clip_rect(rest);
        body(of, &mut body_ui)
    })
}

/// The title row in `rect` of a card that takes `whole`; the title has a menu.
fn header_ui(
    ui: &mut Ui,
    theme: &Theme,
    (title, card): (&str, Id),
    (rect, whole): (Rect, Rect),
    header: impl FnOnce(&mut Ui),
) {
    let builder = UiBuilder::new()
        .id_salt((title, "header"))
        .max_rect(rect.shrink2(vec2(10.0, 0.0)))
        .layout(Layout::left_to_right(Align::Center));
    let mut header_ui = ui.new_child(builder);
    header_ui.shrink_clip_rect(rect);
    let text = RichText::new(title).text_style(strong()).color(theme.text);
    let label = header_ui.add(Label::new(text).sense(Sense::click()));
    if label.double_clicked() {
        enlarged::toggle(ui.ctx(), card);
    }
    let told = "A double click has this card fill the window, or no more; a click with the right button saves it as a picture.";
    label.on_hover_text(told).context_menu(|ui| {
        let is_enlarged = enlarged::is_enlarged(ui.ctx(), card);
        if ui.button(if is_enlarged { "Show all cards" } else { "Fill the window" }).clicked() {
            enlarged::toggle(ui.ctx(), card);
            ui.close();
        }
        if ui.button("Save as picture…").clicked() {
            card_picture::ask_for(ui.ctx(), whole);
            ui.close();
        }
    });
    header_ui.add_space(STEP);
    header(&mut header_ui);
}

/// A frame in the colour of fields, for a card within a card.
pub fn field_frame(theme: &Theme) -> Frame {
    Frame::new()
        .fill(theme.raised)
        .stroke(theme.hairline())
        .corner_radius(CornerRadius::same(FIELD_RADIUS))
        .inner_margin(Margin::same(8))
}

/// A line across, as thin as lines get.
pub fn hairline(ui: &mut Ui, theme: &Theme) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 1.0), egui::Sense::hover());
    ui.painter().hline(rect.x_range(), rect.center().y, theme.hairline());
}

/// A list that scrolls where it is higher than this. It never takes less than it needs for what it holds: the area
/// around it is only as high as it was in its last frame, and would keep the height of a search that found little.
pub fn list_area(height: f32) -> ScrollArea {
    ScrollArea::vertical().max_height(height).min_scrolled_height(height)
}

/// What to do where there is nothing to see yet, with one button where that helps; gives the button's response.
pub fn empty_state(ui: &mut Ui, theme: &Theme, text: &str, button: Option<&str>) -> Option<Response> {
    let mut response = None;
    let height = if button.is_some() { 52.0 } else { 20.0 };
    ui.vertical_centered(|ui| {
        ui.add_space(((ui.available_height() - height) * 0.45).max(GAP));
        ui.add(Label::new(RichText::new(text).color(theme.weak)).wrap());
        if let Some(button) = button {
            ui.add_space(GAP);
            response = Some(ui.button(button));
        }
    });
    response
}

/// A sentence that went wrong or must be known, where it belongs; true when it was dismissed.
pub fn notice(ui: &mut Ui, theme: &Theme, color: Color32, text: &str) -> bool {
    let frame =
        field_frame(theme).fill(theme.soft(color, 0.10)).stroke(Stroke::new(1.0, theme.soft(color, 0.5)));
    frame
        .show(ui, |ui| {
            ui.horizontal_top(|ui| {
                // The button, its gap, and what a label may take beyond its last letter.
                let text_width = ui.available_width() - 64.0;
                ui.allocate_ui(vec2(text_width, 0.0), |ui| {
                    ui.set_width(text_width);
                    ui.add(Label::new(RichText::new(text).color(color)).wrap());
                });
                icon_button(ui, ICON_CLOSE, "Dismiss", None).clicked()
            })
            .inner
        })
        .inner
}
