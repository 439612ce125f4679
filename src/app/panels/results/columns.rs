//! How wide the columns of the results are at first: what inputs and outputs want, of the room that there is.

use egui::{Sense, Ui};
use egui_extras::{Column, TableBuilder};

use super::cells::{cell_text, input_text};
use crate::pool::RunSnapshot;

const WORKER_WIDTH: f32 = 44.0;
const START_WIDTH: f32 = 60.0;
const TOOK_WIDTH: f32 = 62.0;
/// Room for "not run".
const STATE_WIDTH: f32 = 56.0;
const LEAST_CELL_WIDTH: f32 = 56.0;
/// Room for a float with all its digits, beside a cause.
const CELL_WIDTH: f32 = 150.0;
/// The widest a cell is made by itself.
const WIDEST_CELL: f32 = 480.0;
/// Cells that speak for all.
const SAMPLES: u64 = 24;
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

/// What inputs and outputs get of the room for both and the state. Where rows have a cause to show, it gets what they
/// leave; else they share all of it, by what they want.
fn shares(wanted: (f32, f32), room: f32, has_causes: bool) -> (f32, f32) {
    let most = if has_causes { CELL_WIDTH } else { WIDEST_CELL };
    let (input, output) = (wanted.0.min(most), wanted.1.min(most));
    let (input, output) = (input.max(LEAST_CELL_WIDTH), output.max(LEAST_CELL_WIDTH));
    let room = room.max(2.0 * LEAST_CELL_WIDTH);
    let spare = room - input - output;
    match (spare < 0.0, has_causes) {
        // The longer one gives up first.
        (true, _) => {
            let half = room / 2.0;
            let input = if input <= half { input } else { (room - output).max(half) };
            (input, room - input)
        }
        (false, true) => (input, output),
        (false, false) => (input + spare / 2.0, output + spare / 2.0),
    }
}

/// A table with the columns of the results, as wide as they are at first.
pub fn builder<'a>(ui: &'a mut Ui, run: &RunSnapshot) -> TableBuilder<'a> {
    let digits = run.log.counts.total.saturating_sub(1).to_string().len() as f32;
    let room = ui.available_width();
    let index_width = (digits * 8.0 + 12.0).max(36.0);
    let gaps = 6.0 * ui.spacing().item_spacing.x;
    let cells = room - index_width - WORKER_WIDTH - START_WIDTH - TOOK_WIDTH - STATE_WIDTH - gaps;
    let has_causes = run.log.counts.failed > 0 && super::cause::of(&run.log).is_none();
    let wanted = wanted_widths(run);
    let (input, output) = shares(wanted, cells, has_causes);
    TableBuilder::new(ui)
        // Of each run its own, so that the widths suit its cells; once more when they are seen to want another room.
        .id_salt(("results table", run.log.plan.started, input as u32, output as u32))
        .striped(true)
        .sense(Sense::click())
        .auto_shrink(false)
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
        assert_eq!(shares((64.0, 160.0), 600.0, false), (252.0, 348.0));
        assert_eq!(shares((64.0, 160.0), 600.0, true), (64.0, 150.0));
        assert_eq!(shares((400.0, 64.0), 300.0, false), (236.0, 64.0));
        assert_eq!(shares((64.0, 400.0), 300.0, false), (64.0, 236.0));
        assert_eq!(shares((64.0, 0.0), 20.0, false), (56.0, 56.0));
    }
}
