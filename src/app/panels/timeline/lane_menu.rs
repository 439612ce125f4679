//! The menu of a lane: what can be done to its worker, with the keys that do it while the worker is chosen.

use egui::{
    Align2, Button, CornerRadius, CursorIcon, FontId, Modifiers, Popup, Rect, Response, RichText, Role,
    Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2,
};
use egui_material_icons::icons::ICON_MORE_HORIZ;

use super::FrameContext;
use super::density::Density;
use super::standing::Standing;
use crate::app::command::Command;
use crate::app::fault_lab::{ACTS, LabAct};
use crate::app::theme::strong;

/// What the button of the menu takes at the end of the name.
pub const MENU_WIDTH: f32 = 24.0;
const WIDTH: f32 = 260.0;
const STACK_TOOLTIP: &str = "Its calls, with files and lines, come as a message; the run is not disturbed. A worker that is in code \
                             written in C answers when that is over.";

/// The button at the end of the name, and what opens under it.
pub fn ui(
    ui: &mut Ui,
    frame: &FrameContext<'_>,
    names: Rect,
    density: Density,
    place: usize,
    (title, standing): (&str, Standing),
) {
    let height = if matches!(density, Density::Tiny(_)) { names.height() } else { 16.0 };
    // Beside the name, which is over the process where both stand there.
    let is_roomy = matches!(density, Density::Roomy(_));
    let top = names.center().y - if is_roomy { height } else { height / 2.0 };
    let rect = Rect::from_min_size(egui::pos2(names.right() - MENU_WIDTH, top), vec2(22.0, height));
    let response = ui.interact(rect, ui.scope_id().with(("menu", place)), Sense::click());
    let label = format!("Menu of {}", frame.worker_name(place).to_lowercase());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
    draw_button(ui, frame, rect, &response);
    let opened_by_key = ui.memory(|memory| memory.has_focus(response.id));
    Popup::menu(&response).width(WIDTH).show(|ui| {
        ui.set_width(WIDTH);
        ui.label(RichText::new(title).text_style(strong()));
        items_ui(ui, frame, place, standing, opened_by_key);
    });
    response
        .on_hover_cursor(CursorIcon::PointingHand)
        .on_hover_text("The fault lab: what can be done to this worker.");
}

/// What can be done, that which is likeliest first.
fn items_ui(ui: &mut Ui, frame: &FrameContext<'_>, place: usize, standing: Standing, opened_by_key: bool) {
    let (log, worker) = (&frame.run.log, place + 1);
    // Who is silent may have been suspended by somebody else.
    let first = if standing.needs_help() { LabAct::Wake } else { LabAct::Suspend };
    let others = ACTS.into_iter().filter(|act| !matches!(act, LabAct::Suspend | LabAct::Wake));
    for (nth, act) in std::iter::once(first).chain(others).enumerate() {
        let item = ui.add(Button::new(act.label()).shortcut_text(act.key().name()));
        // Who opened it with a key goes on with keys.
        if nth == 0 && opened_by_key {
            item.request_focus();
        }
        let is_hit = ui.input_mut(|input| input.consume_key(Modifiers::NONE, act.key()));
        if item.on_hover_text(act.told(log, worker)).clicked() || is_hit {
            frame.cx.commands.send(act.command(worker));
            frame.cx.commands.send(Command::ChooseWorker(Some(worker)));
            ui.close();
        }
    }
    if log.plan.job.function.has_stack() {
        let item = ui.add(Button::new("Show where it is in the code"));
        if item.on_hover_text(STACK_TOOLTIP).clicked() {
            frame.cx.commands.send(Command::ShowStack(worker));
            ui.close();
        }
    }
}

fn draw_button(ui: &Ui, frame: &FrameContext<'_>, rect: Rect, response: &Response) {
    let theme = frame.cx.theme;
    let painter = ui.painter();
    let is_near = response.hovered() || response.has_focus();
    if is_near {
        painter.rect_filled(rect, CornerRadius::same(4), theme.soft(theme.text, 0.10));
    }
    if response.has_focus() {
        painter.rect_stroke(rect, CornerRadius::same(4), Stroke::new(1.5, theme.text), StrokeKind::Inside);
    }
    let font = FontId::new(rect.height().min(15.0), ICON_MORE_HORIZ.font_family());
    let color = if is_near { theme.text } else { theme.weak };
    painter.text(rect.center(), Align2::CENTER_CENTER, ICON_MORE_HORIZ.codepoint, font, color);
}
