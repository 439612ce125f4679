//! The marks of notes on the bars of their items.

use egui::{Role, Sense, Ui, WidgetInfo, pos2};

use super::FrameContext;
use super::frame_context::Bar;
use super::lane_spans::Band;
use crate::app::{items, notes};
use crate::pool::NotePlace;

/// How far from its mark the pointer finds a note.
const NEAR_PX: f32 = 7.0;

/// The bars of the items that have notes, in the order of the items.
pub fn noted(frame: &FrameContext<'_>) -> Vec<(u64, Bar)> {
    let items = frame.run.log.margin.items();
    items.filter_map(|index| Some((index, frame.bar_of(index)?))).collect()
}

/// Draws the marks of one lane, over its bars.
pub fn draw(ui: &Ui, band: &Band<'_>, noted: &[(u64, Bar)]) {
    let frame = band.frame;
    for (index, bar) in noted.iter().filter(|(_, bar)| bar.place == band.place) {
        let x = frame.scale.x_of(bar.start_ns as f64).max(frame.scale.x.min);
        if !frame.is_in_view(bar.start_ns, bar.end_ns) {
            continue;
        }
        let corner = pos2(x, band.y.min - 1.0);
        let place = egui::Rect::from_min_size(corner, egui::Vec2::splat(NEAR_PX));
        // Only seen: what is under the pointer is the plot, whose tooltip has the note.
        let response = ui.interact(place, ui.scope_id().with(("note", *index)), Sense::hover());
        let text = frame.run.log.margin.on(NotePlace::Item(*index)).unwrap_or_default();
        let label = format!("Note on {}: {text}", items::name(*index));
        response.widget_info(|| WidgetInfo::labeled(Role::Note, true, &label));
        notes::draw_mark(band.painter, frame.cx.theme, corner);
    }
}

/// The item of the lane whose mark is at this place.
pub fn near(frame: &FrameContext<'_>, place: usize, x: f32) -> Option<u64> {
    let is_near = |bar: &Bar| {
        let at = frame.scale.x_of(bar.start_ns as f64).max(frame.scale.x.min);
        bar.place == place
            && frame.is_in_view(bar.start_ns, bar.end_ns)
            && (at - 1.0..at + NEAR_PX).contains(&x)
    };
    noted(frame).into_iter().find(|(_, bar)| is_near(bar)).map(|(index, _)| index)
}
