//! The one cause that all rows failed for, in full above the table: its end, which says what to do, has no room in a cell.

use std::fmt::Write;

use egui::{Frame, Label, Margin, RichText, Ui};

use super::cells::bounded;
use crate::app::context::ViewContext;
use crate::app::format;
use crate::pool::RunLog;

/// Rows that speak for all.
const SAMPLES: u64 = 20;
const MOST_CHARACTERS: usize = 500;

/// The cause, where every row that is done has failed and those that are looked at say the same.
pub fn of(log: &RunLog) -> Option<String> {
    let failed = log.counts.failed;
    if failed == 0 || failed < log.counts.done() {
        return None;
    }
    let total = log.counts.total;
    let step = (total / SAMPLES).max(1) as usize;
    let mut causes = (0..total).step_by(step).filter_map(|index| log.row(index)?.error());
    let first = causes.next()?;
    causes.all(|cause| headline(&cause) == headline(&first)).then(|| first.into_owned())
}

/// What stands before the traceback.
fn headline(cause: &str) -> &str {
    cause.lines().next().unwrap_or_default()
}

/// Draws it.
pub fn ui(ui: &mut Ui, cx: &ViewContext<'_>, log: &RunLog, cause: &str) {
    let failed = format::counted(log.counts.failed, "row", "rows");
    let who =
        if log.counts.failed == 1 { format!("{failed} failed") } else { format!("All {failed} failed") };
    let text = bounded(|text| write!(text, "{who}: {}", headline(cause)), MOST_CHARACTERS);
    Frame::new().inner_margin(Margin { left: 10, right: 10, top: 4, bottom: 2 }).show(ui, |ui| {
        let label = ui.add(Label::new(RichText::new(text).color(cx.theme.bad)).wrap().selectable(true));
        label.on_hover_text(bounded(|text| text.write_str(cause), 4 * MOST_CHARACTERS));
    });
}
