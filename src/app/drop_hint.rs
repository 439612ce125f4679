//! What letting go would do, while something is dragged over the window.

use std::path::Path;

use egui::{Context, LayerId, Order, pos2};

use super::file_role::FileRole;
use super::theme::{Theme, figure};

/// Says what letting go would do while something is dragged over the window.
pub fn ui(ctx: &Context, theme: &Theme) {
    let hovered = ctx.input(|input| input.raw.hovered_files.clone());
    let text = match hovered.as_slice() {
        [] => return,
        [only] => only.path.as_deref().map_or("Drop to open it".to_owned(), hint),
        several => format!("Drop to open these {} files", several.len()),
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

fn hint(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    match FileRole::of(path) {
        FileRole::Run => format!("Drop to open the run {name}"),
        FileRole::Setup => format!("Drop to open {name}"),
        FileRole::Code => format!("Drop to take the function from {name}"),
        FileRole::Inputs => format!("Drop to take {name} as inputs"),
    }
}
