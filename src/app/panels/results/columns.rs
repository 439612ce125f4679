//! How wide the columns of the results are at first: what inputs and outputs want, of the room that there is.

use egui::{Sense, Ui};
use egui_extras::{Column, TableBuilder};

use super::cells::cell_text;
use crate::pool::RunSnapshot;

/// What outputs get at most at first where some rows have a cause to show.
const OUTPUT_WIDTH: f32 = 92.0;
const WORKER_WIDTH: f32 = 44.0;
const START_WIDTH: f32 = 60.0;
const TOOK_WIDTH: f32 = 62.0;
/// Room for "not run".
const STATE_WIDTH: f32 = 56.0;
const LEAST_OUTPUT_WIDTH: f32 = 56.0;
const WIDEST_OUTPUT: f32 = 320.0;
/// Cells that speak for all.
const SAMPLES: usize = 24;

fn width_of(letters: usize) -> f32 {
    letters as f32 * 7.4 + 10.0
}

/// The width that the inputs want, judged by a few of them.
fn input_width(run: &RunSnapshot) -> f32 {
    let inputs = &run.log.plan.job.inputs;
    let step = (inputs.len() / SAMPLES).max(1);
    let sampled = (0..inputs.len()).step_by(step).take(SAMPLES + 1).filter_map(|index| inputs.get(index));
    let longest = sampled.map(|cell| cell_text(cell).chars().count()).max().unwrap_or_default();
    width_of(longest).clamp(60.0, 150.0)
}

/// The width that the first outputs want; nothing while there are none, or where they are short.
fn output_width(run: &RunSnapshot) -> Option<f32> {
    let first = (0..SAMPLES as u64).filter_map(|index| run.log.row(index));
    let longest = first.filter_map(|row| Some(cell_text(row.output?).chars().count())).max()?;
    Some(width_of(longest)).filter(|width| *width > OUTPUT_WIDTH)
}

/// A table with the columns of the results, as wide as they are at first.
pub fn builder<'a>(ui: &'a mut Ui, run: &RunSnapshot) -> TableBuilder<'a> {
    let digits = run.log.counts.total.saturating_sub(1).to_string().len() as f32;
    let room = ui.available_width();
    let index_width = (digits * 8.0 + 12.0).max(36.0);
    let gaps = 6.0 * ui.spacing().item_spacing.x;
    // The cells share what the others leave; what a wide window has more goes to the state, which may hold a cause.
    let cells = room - index_width - WORKER_WIDTH - START_WIDTH - TOOK_WIDTH - STATE_WIDTH - gaps;
    let input = input_width(run).min(cells - LEAST_OUTPUT_WIDTH).max(60.0);
    let wanted = output_width(run).filter(|_| run.log.counts.failed == 0);
    // Mostly no longer than what it is made of.
    let most = wanted.unwrap_or_else(|| input_width(run).min(OUTPUT_WIDTH)).min(WIDEST_OUTPUT);
    let output = (cells - input).min(most).max(LEAST_OUTPUT_WIDTH);
    TableBuilder::new(ui)
        // Of each run its own, so that the widths suit its cells; once more when its outputs are seen to want room.
        .id_salt(("results table", run.log.plan.started, wanted.is_some()))
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
