//! What is only read: figures, swatches, bars, labels that cut themselves short.

use egui::text::{LayoutJob, TextFormat};
use egui::{
    Align, Align2, Color32, CornerRadius, FontId, FontSelection, Label, Rect, Response, RichText, Role,
    Sense, TextStyle, TextWrapMode, Ui, WidgetInfo, WidgetText, vec2,
};

use crate::app::theme::{self, FIELD_RADIUS, Theme};
use crate::value::code_parts;

/// The side of a swatch.
const SWATCH: f32 = 10.0;

/// A small label over a large number; the tooltip says what is counted.
pub fn figure(
    ui: &mut Ui,
    theme: &Theme,
    label: &str,
    number: &str,
    color: Color32,
    tooltip: &str,
) -> Response {
    let size = vec2(figure_width(ui, label, number), 40.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{label}: {number}")));
    let painter = ui.painter();
    let small = TextStyle::Small.resolve(ui.style());
    painter.text(rect.left_top(), Align2::LEFT_TOP, label, small, theme.weak);
    let large = theme::figure().resolve(ui.style());
    painter.text(rect.left_bottom(), Align2::LEFT_BOTTOM, number, large, color);
    if tooltip.is_empty() { response } else { response.on_hover_text(tooltip) }
}

/// The width that [`figure`] takes.
pub fn figure_width(ui: &Ui, label: &str, number: &str) -> f32 {
    let width = |text: &str, style: TextStyle| {
        ui.painter().layout_no_wrap(text.to_owned(), style.resolve(ui.style()), Color32::PLACEHOLDER).size().x
    };
    width(label, TextStyle::Small).max(width(number, theme::figure())).ceil()
}

/// How much of a whole is done, across the whole width.
pub fn progress_bar(ui: &mut Ui, theme: &Theme, share: f32, color: Color32, label: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 8.0), Sense::hover());
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ProgressIndicator, true, label);
        info.value = Some(f64::from(share));
        info
    });
    ui.painter().rect_filled(rect, CornerRadius::same(4), theme.raised);
    let filled = Rect::from_min_size(rect.min, vec2(rect.width() * share.clamp(0.0, 1.0), rect.height()));
    if filled.width() > 0.5 {
        ui.painter().rect_filled(filled, CornerRadius::same(4), color);
    }
    response
}

/// The colour of a worker as a small square.
pub fn swatch(ui: &mut Ui, color: Color32) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(SWATCH, SWATCH), Sense::hover());
    ui.painter().rect_filled(rect, CornerRadius::same(FIELD_RADIUS / 3), color);
    response
}

/// A swatch and what its colour stands for, within a row that wraps: they stay together where the row is full.
pub fn swatch_with(ui: &mut Ui, color: Color32, text: impl Into<WidgetText>) -> Response {
    let extend = Some(TextWrapMode::Extend);
    let galley = text.into().into_galley(ui, extend, f32::INFINITY, FontSelection::Default);
    if ui.available_size_before_wrap().x < SWATCH + ui.spacing().item_spacing.x + galley.size().x {
        ui.end_row();
    }
    swatch(ui, color);
    ui.label(galley)
}

/// One line that ends in "…" where there is no room, with the whole as tooltip.
pub fn elided(ui: &mut Ui, text: impl Into<RichText>) -> Response {
    ui.add(Label::new(text.into()).truncate())
}

/// A sentence in which code stands between backticks, with the code in letters of equal width.
pub fn prose(text: &str, font: FontId, color: Color32) -> LayoutJob {
    let mut job = LayoutJob::default();
    let code = FontId::monospace(font.size);
    for (text, is_code) in code_parts(text) {
        let font = if is_code { &code } else { &font };
        // As other labels of a row, so that all stand on one line.
        let format = TextFormat { valign: Align::Center, ..TextFormat::simple(font.clone(), color) };
        job.append(text, 0.0, format);
    }
    job
}

/// A label in the colour of labels.
pub fn weak(ui: &mut Ui, theme: &Theme, text: impl Into<String>) -> Response {
    ui.label(RichText::new(text).color(theme.weak))
}

/// The numbered title of a part of the setup.
pub fn section_title(ui: &mut Ui, theme: &Theme, text: &str) -> Response {
    ui.label(RichText::new(text.to_uppercase()).text_style(theme::strong()).size(11.0).color(theme.weak))
}
