//! What is clicked: segmented controls, chips, icon buttons, links and the one large button.

use egui::{
    Align2, Button, Color32, CornerRadius, CursorIcon, FontId, Label, Rect, Response, RichText, Role, Sense,
    Stroke, StrokeKind, TextStyle, Ui, WidgetInfo, pos2, vec2,
};
use egui_material_icons::MaterialIcon;

use crate::app::theme::{FIELD_HEIGHT, FIELD_RADIUS, STEP, Theme, strong};

/// A few options of which one holds, across the whole width; gives the newly chosen one.
pub fn segmented<T: Copy + PartialEq>(
    ui: &mut Ui,
    theme: &Theme,
    chosen: T,
    options: &[(T, &str)],
) -> Option<T> {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), FIELD_HEIGHT + 4.0), Sense::hover());
    let radius = CornerRadius::same(FIELD_RADIUS);
    ui.painter().rect(rect, radius, theme.raised, theme.hairline(), StrokeKind::Inside);
    let inner = rect.shrink(2.0);
    let mut left = inner.left();
    let mut newly = None;
    for ((option, label), width) in options.iter().zip(segment_widths(ui, inner.width(), options)) {
        let cell = Rect::from_x_y_ranges(left..=left + width, inner.y_range());
        left += width;
        if segment(ui, theme, cell, label, *option == chosen).clicked() && *option != chosen {
            newly = Some(*option);
        }
    }
    newly
}

/// Equal widths, unless a label wants more than its share: then all get the same room around theirs.
fn segment_widths<T>(ui: &Ui, room: f32, options: &[(T, &str)]) -> Vec<f32> {
    const LEAST_ROOM: f32 = 8.0;
    let equal = room / options.len().max(1) as f32;
    let font = strong().resolve(ui.style());
    let width_of = |label: &str| {
        ui.painter().layout_no_wrap(label.to_owned(), font.clone(), Color32::PLACEHOLDER).size().x
    };
    let wanted: Vec<f32> = options.iter().map(|(_, label)| width_of(label)).collect();
    if wanted.iter().all(|width| width + LEAST_ROOM <= equal) {
        return vec![equal; wanted.len()];
    }
    let spare = (room - wanted.iter().sum::<f32>()) / wanted.len() as f32;
    wanted.into_iter().map(|width| width + spare).collect()
}

fn segment(ui: &mut Ui, theme: &Theme, cell: Rect, label: &str, is_chosen: bool) -> Response {
    let response = ui.interact(cell, ui.scope_id().with(("segment", label)), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, enabled, is_chosen, label));
    let (fill, text, style) = match (is_chosen, response.hovered()) {
        (true, _) => (theme.accent, theme.on_accent, strong()),
        (false, true) => (theme.soft(theme.text, 0.08), theme.text, TextStyle::Body),
        (false, false) => (Color32::TRANSPARENT, theme.weak, TextStyle::Body),
    };
    let radius = CornerRadius::same(FIELD_RADIUS - 1);
    ui.painter().rect_filled(cell, radius, fill);
    focus_ring(ui, theme, &response, cell);
    ui.painter().text(cell.center(), Align2::CENTER_CENTER, label, style.resolve(ui.style()), text);
    response.on_hover_cursor(CursorIcon::PointingHand)
}

fn focus_ring(ui: &Ui, theme: &Theme, response: &Response, rect: Rect) {
    if response.has_focus() {
        let radius = CornerRadius::same(FIELD_RADIUS);
        ui.painter().rect_stroke(rect, radius, Stroke::new(1.5, theme.text), StrokeKind::Inside);
    }
}

/// A small rounded label: a nature, a key.
pub fn chip(ui: &mut Ui, theme: &Theme, text: &str) -> Response {
    pill(ui, theme, text, theme.weak, Sense::hover())
}

/// Beside the text of a chip.
const CHIP_MARGIN: f32 = 8.0;

/// A chip that can be clicked: a filter, a view. An active one stands out.
pub fn chip_button(ui: &mut Ui, theme: &Theme, text: &str, is_active: bool) -> Response {
    let color = if is_active { theme.accent } else { theme.text };
    let response = pill(ui, theme, text, color, Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::Button, enabled, is_active, text));
    response.on_hover_cursor(CursorIcon::PointingHand)
}

/// The width of a chip with this text.
pub fn chip_width(ui: &Ui, text: &str) -> f32 {
    let font = TextStyle::Small.resolve(ui.style());
    ui.painter().layout_no_wrap(text.to_owned(), font, Color32::WHITE).size().x + 2.0 * CHIP_MARGIN
}

fn pill(ui: &mut Ui, theme: &Theme, text: &str, color: Color32, sense: Sense) -> Response {
    let font = TextStyle::Small.resolve(ui.style());
    let galley = ui.painter().layout_no_wrap(text.to_owned(), font, color);
    let size = vec2(galley.size().x + 2.0 * CHIP_MARGIN, 20.0);
    let (rect, response) = ui.allocate_exact_size(size, sense);
    let line = if response.hovered() && sense.senses_click() { theme.faint } else { theme.line };
    ui.painter().rect(rect, CornerRadius::same(10), theme.panel, Stroke::new(1.0, line), StrokeKind::Inside);
    focus_ring(ui, theme, &response, rect);
    ui.painter().galley(rect.center() - galley.size() / 2.0, galley, color);
    response
}

/// A frameless icon with its meaning as tooltip. Where `why_not` holds a reason, it is disabled and says so.
pub fn icon_button(ui: &mut Ui, icon: MaterialIcon, tooltip: &str, why_not: Option<&str>) -> Response {
    let text = icon.rich_text().size(16.0);
    let button = Button::new(text).frame_when_inactive(false).min_size(vec2(22.0, 22.0));
    let response = ui.add_enabled(why_not.is_none(), button);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, why_not.is_none(), tooltip));
    match why_not {
        None => response.on_hover_text(tooltip),
        Some(reason) => response.on_disabled_hover_text(reason),
    }
}

/// Words in the accent colour that do something.
pub fn link(ui: &mut Ui, theme: &Theme, text: &str) -> Response {
    let response = ui.add(Label::new(RichText::new(text).color(theme.accent)).sense(Sense::click()));
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, text));
    if response.hovered() || response.has_focus() {
        let y = response.rect.bottom() - 1.0;
        ui.painter().hline(response.rect.x_range(), y, Stroke::new(1.0, theme.accent));
    }
    response.on_hover_cursor(CursorIcon::PointingHand)
}

/// A line of text in this colour that does something and ends in "…" where it has no room.
pub fn elided_link(ui: &mut Ui, color: Color32, text: &str) -> Response {
    let label = Label::new(RichText::new(text).color(color)).truncate().sense(Sense::click());
    let response = ui.add(label);
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, text));
    if response.hovered() || response.has_focus() {
        let y = response.rect.bottom() - 1.0;
        ui.painter().hline(response.rect.x_range(), y, Stroke::new(1.0, color));
    }
    response.on_hover_cursor(CursorIcon::PointingHand)
}

/// What the large button says and does.
pub struct Action<'a> {
    pub icon: MaterialIcon,
    pub label: &'a str,
    /// Its keys, shown beside the label; left out where they are empty.
    pub keys: &'a str,
    pub color: Color32,
    pub tooltip: &'a str,
    /// Why it cannot be done now; disables the button.
    pub why_not: Option<&'a str>,
}

/// The one large button of the window, across the whole width.
pub fn primary_button(ui: &mut Ui, theme: &Theme, action: &Action<'_>) -> Response {
    let enabled = action.why_not.is_none();
    let size = vec2(ui.available_width(), 44.0);
    let response = ui.add_enabled_ui(enabled, |ui| ui.allocate_exact_size(size, Sense::click()).1).inner;
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, action.label));
    let (fill, ink) = match (enabled, response.hovered()) {
        (false, _) => (theme.raised, theme.weak),
        (true, true) => (action.color.lerp_to_gamma(theme.text, 0.12), theme.on_accent),
        (true, false) => (action.color, theme.on_accent),
    };
    let stroke = if enabled { Stroke::NONE } else { theme.hairline() };
    ui.painter().rect(response.rect, CornerRadius::same(8), fill, stroke, StrokeKind::Inside);
    focus_ring(ui, theme, &response, response.rect);
    paint_action(ui, response.rect, action, ink);
    match action.why_not {
        None => response.on_hover_text(action.tooltip).on_hover_cursor(CursorIcon::PointingHand),
        Some(reason) => response.on_disabled_hover_text(reason),
    }
}

/// Icon, label and keys in the middle of `rect`; what does not fit is left out from the right.
fn paint_action(ui: &Ui, rect: Rect, action: &Action<'_>, ink: Color32) {
    let painter = ui.painter_at(rect);
    let label_font = FontId { size: 14.0, ..strong().resolve(ui.style()) };
    let small = TextStyle::Small.resolve(ui.style());
    let layout = |text: &str, font| painter.layout_no_wrap(text.to_owned(), font, ink);
    let icon = layout(action.icon.codepoint, FontId::new(18.0, action.icon.font_family()));
    let label = layout(action.label, label_font);
    let keys = layout(action.keys, small);
    let room = rect.width() - 16.0;
    let head = icon.size().x + STEP + label.size().x;
    let tail = keys.size().x + 20.0;
    let shows_keys = !action.keys.is_empty() && head + tail <= room;
    let mut x = rect.center().x - (head + if shows_keys { tail } else { 0.0 }) / 2.0;
    let mut put = |galley: std::sync::Arc<egui::Galley>, gap: f32| {
        let size = galley.size();
        painter.galley(pos2(x, rect.center().y - size.y / 2.0), galley, ink);
        x += size.x + gap;
    };
    put(icon, STEP);
    put(label, 14.0);
    if shows_keys {
        let frame = Rect::from_center_size(
            pos2(x + keys.size().x / 2.0, rect.center().y),
            keys.size() + vec2(12.0, 6.0),
        );
        painter.rect_stroke(
            frame,
            CornerRadius::same(4),
            Stroke::new(1.0, ink.gamma_multiply(0.6)),
            StrokeKind::Inside,
        );
        painter.galley(frame.center() - keys.size() / 2.0, keys, ink);
    }
}
