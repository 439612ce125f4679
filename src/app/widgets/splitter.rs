//! The line between two cards, which a person can drag.

use egui::{CornerRadius, CursorIcon, EventFilter, Key, Modifiers, Rect, Role, Sense, Ui, WidgetInfo};

use crate::app::theme::Theme;

/// How far a press of an arrow moves it.
const KEY_STEP: f32 = 16.0;
/// The thickness of the line, where it is seen.
const LINE: f32 = 3.0;

/// What a person did with a splitter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Moved {
    /// Its middle is to be here: x of one that stands, y of one that lies.
    To(f32),
    /// It is to be where it was at first.
    Back,
}

/// A splitter in the gap `rect` between two cards: it stands where it is higher than wide. It is seen under the pointer and
/// with the keyboard, dragged, moved by the arrow keys, and a double click or Home puts it back. `name` says what it moves.
pub fn splitter(ui: &Ui, theme: &Theme, name: &str, rect: Rect) -> Option<Moved> {
    let stands = rect.height() > rect.width();
    let response = ui.interact(rect, ui.scope_id().with(("splitter", name)), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Splitter, true, name));
    let cursor = if stands { CursorIcon::ResizeHorizontal } else { CursorIcon::ResizeVertical };
    let is_held = response.dragged() || response.has_focus();
    if is_held || response.hovered() {
        let (x, y) = match stands {
            true => (rect.x_range().shrink((rect.width() - LINE) / 2.0), rect.y_range()),
            false => (rect.x_range(), rect.y_range().shrink((rect.height() - LINE) / 2.0)),
        };
        let color = theme.soft(theme.accent, if is_held { 1.0 } else { 0.6 });
        ui.painter().rect_filled(Rect::from_x_y_ranges(x, y), CornerRadius::same(1), color);
    }
    let along = |at: egui::Pos2| if stands { at.x } else { at.y };
    let moved = if response.double_clicked() {
        Some(Moved::Back)
    } else if response.dragged() {
        response.interact_pointer_pos().map(|at| Moved::To(along(at)))
    } else if response.has_focus() {
        moved_by_keys(ui, response.id, stands, along(rect.center()))
    } else {
        None
    };
    let told = format!("{name}: drag it; a double click puts it back.");
    response.on_hover_and_drag_cursor(cursor).on_hover_text_at_pointer(told);
    moved
}

fn moved_by_keys(ui: &Ui, id: egui::Id, stands: bool, from: f32) -> Option<Moved> {
    let filter =
        EventFilter { horizontal_arrows: stands, vertical_arrows: !stands, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    let (less, more) =
        if stands { (Key::ArrowLeft, Key::ArrowRight) } else { (Key::ArrowUp, Key::ArrowDown) };
    let times = |key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key)) as f32;
    if times(Key::Home) > 0.0 {
        return Some(Moved::Back);
    }
    let by = KEY_STEP * (times(more) - times(less));
    (by != 0.0).then_some(Moved::To(from + by))
}
