//! How wide the columns of the results are at first: what inputs and outputs want, of the room that there is.

use egui::{Sense, Ui};
use egui_extras::{Column, TableBuilder};

use super::cells::{cell_text, input_text};
use crate::pool::RunSnapshot;

const WORKER_WIDTH: f32 = 62.0;
const START_WIDTH: f32 = 60.0;
const TOOK_WIDTH: f32 = 72.0;
/// Room for "not run".
const STATE_WIDTH: f32 = 56.0;
const LEAST_CELL_WIDTH: f32 = 56.0;
/// The widest a cell is made by itself.
const WIDEST_CELL: f32 = 480.0;
/// Cells that speak for all.
const SAMPLES: u64 = 24;
/// What stands before a cause.
const FAILED: &str = "failed: ";
/// Wishes are rounded up to this, so that a letter more does not move the columns.
const STEP_WIDTH: f32 = 32.0;

fn width_of(letters: usize) -> f32 {
    ((letters as f32 * 7.4 + 10.0) / STEP_WIDTH).ceil() * STEP_WIDTH
}

/// The widths that inputs and outputs want, judged by a few rows over the whole; 0 for outputs while there are none.
fn wanted_widths(run: &RunSnapshot) -> (f32, f32) {
    let total = run.log.counts.total;
    let step = (total / SAMPLES).max(1);
    let first = 0..total.min(SAMPLES);
    let places = first.chain((0..total).step_by(step as usize));
    let (mut input, mut output) = (0, 0);
    for row in places.filter_map(|place| run.log.row(place)) {
        input = input.max(input_text(&row).chars().count());
        output = output.max(row.output.map_or(0, |output| cell_text(output).chars().count()));
    }
    (width_of(input), if output == 0 { 0.0 } else { width_of(output) })
}

/// What inputs, outputs and states get of the room for all three, by what they want: where it is too little, those that
/// want most give way; where it is too much, each gets more.
fn shares(wanted: [f32; 3], room: f32) -> [f32; 3] {
    let least = [LEAST_CELL_WIDTH, LEAST_CELL_WIDTH, STATE_WIDTH];
    let room = room.max(least.iter().sum());
    let wanted: [f32; 3] = std::array::from_fn(|place| wanted[place].clamp(least[place], WIDEST_CELL));
    let spare = room - wanted.iter().sum::<f32>();
    if spare >= 0.0 {
        return wanted.map(|width| width + spare / 3.0);
    }
    // Who wants less than an equal share of what is left has its wish.
    let mut order = [0, 1, 2];
    order.sort_by(|one, other| wanted[*one].total_cmp(&wanted[*other]));
    let (mut left, mut given) = (room, [0.0; 3]);
    for (nth, place) in order.into_iter().enumerate() {
        given[place] = wanted[place].min(left / (3 - nth) as f32).max(least[place]);
        left -= given[place];
    }
    given
}

/// A table with the columns of the results, as wide as they are at first.
pub fn builder<'a>(ui: &'a mut Ui, run: &RunSnapshot, cause_characters: Option<usize>) -> TableBuilder<'a> {
    let digits = run.log.counts.total.saturating_sub(1).to_string().len() as f32;
    let room = ui.available_width();
    let index_width = (digits * 8.0 + 12.0).max(36.0);
    let gaps = 6.0 * ui.spacing().item_spacing.x;
    let cells = room - index_width - WORKER_WIDTH - START_WIDTH - TOOK_WIDTH - gaps;
    let (input, output) = wanted_widths(run);
    let state = cause_characters.map_or(STATE_WIDTH, |characters| width_of(characters + FAILED.len()));
    let [input, output, _] = shares([input, output, state], cells);
    TableBuilder::new(ui)
        // Of each run its own, so that the widths suit its cells; once more when they are seen to want another room.
        .id_salt(("results table", run.log.plan.started, input as u32, output as u32))
        .striped(true)
        .sense(Sense::click())
        .auto_shrink(false)
        // It is as low as its card: what is below that could never be scrolled into sight.
        .min_scrolled_height(0.0)
        .column(Column::exact(index_width))
        .column(Column::initial(input).at_least(48.0).clip(true).resizable(true))
        .column(Column::initial(output).at_least(48.0).clip(true).resizable(true))
        .column(Column::exact(WORKER_WIDTH))
        .column(Column::exact(START_WIDTH))
        .column(Column::exact(TOOK_WIDTH))
        .column(Column::remainder().at_least(STATE_WIDTH).clip(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_share_the_room_that_there_is() {
        assert_eq!(shares([64.0, 160.0, 56.0], 580.0), [164.0, 260.0, 156.0]);
        assert_eq!(shares([400.0, 64.0, 56.0], 300.0), [180.0, 64.0, 56.0]);
        assert_eq!(shares([64.0, 56.0, 400.0], 300.0), [64.0, 56.0, 180.0]);
        assert_eq!(shares([400.0, 400.0, 400.0], 300.0), [100.0, 100.0, 100.0]);
        assert_eq!(shares([64.0, 0.0, 0.0], 20.0), [56.0, 56.0, 56.0]);
    }

    #[test]
    fn a_float_with_all_its_digits_has_the_room_it_needs_beside_a_cause() {
        let float = width_of("222.77777777777777".len());
        let cause = width_of(FAILED.len() + "ValueError: negative input".len());
        let [input, output, state] = shares([width_of(3), float, cause], 64.0 + float + cause);
        assert_eq!((input >= width_of(3), output >= float, state >= cause), (true, true, true));
    }
}
