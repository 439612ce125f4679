//! What stands beside the timeline of a lesson: pictures, tables and trees, one for each run that has such outputs.

use egui::{Rect, Ui, UiBuilder, vec2};

use super::{table, tree};
use crate::app::context::ViewContext;
use crate::app::panels::PicturePanel;
use crate::app::theme::GAP;
use crate::app::widgets;
use crate::lessons::Shown;
use crate::pool::RunSnapshot;

/// Narrower pages have it below the timeline.
const NARROW: f32 = 900.0;
/// Its part of a page: more for several of them.
const PART_OF_ONE: f32 = 0.5;
const PART_OF_MORE: f32 = 0.56;
/// The height that it has where it is below the timeline.
pub(super) const HEIGHT_BELOW: f32 = 260.0;

/// View state: what was drawn of the pictures so far.
#[derive(Default)]
pub(super) struct Beside {
    pictures: Vec<PicturePanel>,
}

/// One run with more to show than its timeline.
pub(super) struct BesideRun<'a> {
    pub title: &'static str,
    pub shown: Shown,
    /// Nothing before it is made.
    pub run: Option<&'a RunSnapshot>,
}

/// Where the timeline is, and where what stands beside it; the second is below the first where that is narrow.
pub(super) fn split(rect: Rect, runs: usize) -> [Rect; 2] {
    let part = if runs > 1 { PART_OF_MORE } else { PART_OF_ONE };
    let (timeline, beside) = match is_below(rect.width()) {
        true => rect.split_top_bottom_at_y(rect.bottom() - HEIGHT_BELOW),
        false => rect.split_left_right_at_fraction(1.0 - part),
    };
    match is_below(rect.width()) {
        true => [timeline, beside.with_min_y(beside.top() + GAP)],
        false => [timeline, beside.with_min_x(beside.left() + GAP)],
    }
}

/// Whether a page of this width has it below the timeline.
pub(super) fn is_below(width: f32) -> bool {
    width < NARROW
}

impl Beside {
    /// Draws all of them side by side into `rect`.
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>, rect: Rect, runs: &[BesideRun<'_>]) {
        self.pictures.resize_with(runs.len(), PicturePanel::tinted);
        let width = (rect.width() + GAP) / runs.len() as f32 - GAP;
        for (nth, (beside, picture)) in runs.iter().zip(&mut self.pictures).enumerate() {
            let left = rect.left() + nth as f32 * (width + GAP);
            let own = Rect::from_min_size(egui::pos2(left, rect.top()), vec2(width, rect.height()));
            let mut own_ui = ui.new_child(UiBuilder::new().id_salt(("beside", nth)).max_rect(own));
            match beside.shown {
                Shown::Tiles => {
                    let of_run = ViewContext { run: beside.run, verdict: None, selected_row: None, ..*cx };
                    picture.ui(&mut own_ui, &of_run, beside.title);
                }
                Shown::Seats => card_ui(&mut own_ui, cx, beside, table::ui),
                Shown::Tree => card_ui(&mut own_ui, cx, beside, tree::ui),
                Shown::Cores | Shown::Nothing => {}
            }
        }
    }
}

fn card_ui(
    ui: &mut Ui,
    cx: &ViewContext<'_>,
    beside: &BesideRun<'_>,
    draw: fn(&mut Ui, &ViewContext<'_>, &RunSnapshot),
) {
    widgets::card(
        ui,
        cx.theme,
        beside.title,
        |_| {},
        |ui| match beside.run {
            Some(run) => draw(ui, cx, run),
            None => _ = widgets::empty_state(ui, cx.theme, "It comes next.", None),
        },
    );
}
