//! What the program is, and its keys.

use egui::{Context, CornerRadius, Frame, Grid, Id, Margin, Modal, RichText};

use super::command;
use super::fault_lab;
use super::theme::{CARD_RADIUS, GAP, Theme, figure};
use super::widgets;

/// The keys; whether it stays open.
pub fn shortcuts_ui(ctx: &Context, theme: &Theme) -> bool {
    let modal = Modal::new(Id::unique("shortcuts")).frame(frame(theme)).show(ctx, |ui| {
        ui.set_width(360.0);
        ui.heading("Keyboard shortcuts");
        ui.add_space(GAP);
        widgets::list_area(ctx.content_rect().height() - 180.0).show(ui, |ui| {
            Grid::new("keys").num_columns(2).spacing([24.0, 6.0]).min_col_width(220.0).show(ui, |ui| {
                for command in command::PLAIN {
                    let Some(keys) = command.shortcut() else { continue };
                    ui.label(command.label());
                    widgets::chip(ui, theme, &ui.ctx().format_shortcut(&keys));
                    ui.end_row();
                }
                ui.label("Fault lab, while a worker is chosen in the timeline:");
                ui.end_row();
                for act in fault_lab::ACTS {
                    ui.label(act.label());
                    widgets::chip(ui, theme, act.key().name());
                    ui.end_row();
                }
            });
        });
        ui.add_space(GAP);
        ui.button("Close").clicked()
    });
    !modal.inner && !modal.should_close()
}

fn frame(theme: &Theme) -> Frame {
    let frame = Frame::new().fill(theme.panel).stroke(theme.hairline());
    frame.corner_radius(CornerRadius::same(CARD_RADIUS)).inner_margin(Margin::same(16))
}

/// Version and purpose; whether it stays open.
pub fn about_ui(ctx: &Context, theme: &Theme) -> bool {
    let modal = Modal::new(Id::unique("about")).frame(frame(theme)).show(ctx, |ui| {
        ui.set_width(360.0);
        ui.label(RichText::new("Poolscope").text_style(figure()));
        widgets::weak(ui, theme, format!("Version {}", env!("CARGO_PKG_VERSION")));
        ui.add_space(GAP);
        ui.label(
            "Runs a function over inputs in worker processes or threads and shows it happening: who ran what when, \
             what came out, what workers said, and what the cores did meanwhile.",
        );
        ui.add_space(GAP);
        widgets::weak(ui, theme, format!("Licence: {}", env!("CARGO_PKG_LICENSE")));
        ui.add_space(GAP);
        ui.button("Close").clicked()
    });
    !modal.inner && !modal.should_close()
}
