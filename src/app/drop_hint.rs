//! What letting go would do, while something is dragged over the window.

use egui::{Context, LayerId, Order, pos2};

use super::theme::{Theme, figure};

/// Says what letting go would do while something is dragged over the window.
pub fn ui(ctx: &Context, theme: &Theme) {
    let hovered = ctx.input(|input| input.raw.hovered_files.clone());
    let Some(first) = hovered.first() else { return };
    let name = first.path.as_ref().and_then(|path| path.file_name()).map(|name| name.to_string_lossy());
    let text = match name {
        Some(name) if hovered.len() == 1 => format!("Drop to take {name} as inputs"),
        _ => "Drop to take the first of these as inputs".to_owned(),
    };
    let painter = ctx.layer_painter(LayerId::new(Order::Foreground, egui::Id::unique("drop hint")));
    let all = ctx.content_rect();
    painter.rect_filled(all, 0.0, theme.bg.gamma_multiply(0.85));
    let frame = all.shrink(24.0);
    let corners =
        [frame.left_top(), frame.right_top(), frame.right_bottom(), frame.left_bottom(), frame.left_top()];
    let stroke = egui::Stroke::new(2.0, theme.accent);
    painter.extend(egui::Shape::dashed_line(&corners, stroke, 8.0, 6.0));
    let font = figure().resolve(&ctx.global_style());
    let center = pos2(all.center().x, all.center().y);
    painter.text(center, egui::Align2::CENTER_CENTER, text, font, theme.text);
}
