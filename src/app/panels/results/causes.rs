//! Why rows failed, above the table: rows that failed in the same way are one group, with the whole cause of its first row.
//!
//! All rows are looked at for that, on a thread of its own.

use std::fmt::Write;
use std::time::{Duration, Instant};

use egui::{Context, Frame, Label, Margin, RichText, ScrollArea, Ui};

use super::cells::{bounded, error_ui};
use crate::analysis::{CauseGroup, CauseGroups};
use crate::app::background::{Task, finished};
use crate::app::context::ViewContext;
use crate::app::format;
use crate::app::setup::capitalised;
use crate::app::widgets;
use crate::pool::{Ending, RowState, RunLog, RunState};

/// While a run is on, its rows are looked at again at most this often.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// Groups that are told apart; what is in no group of these is counted.
const MOST_GROUPS: usize = 40;
/// Groups in sight at once; more of them scroll.
const GROUPS_IN_SIGHT: f32 = 3.0;
const GROUP_HEIGHT: f32 = 20.0;
const MOST_CHARACTERS: usize = 500;

/// The characters of the longest headline.
pub fn longest_headline(groups: &CauseGroups) -> usize {
    groups.groups.iter().map(|group| group.headline.chars().count()).max().unwrap_or(0)
}

/// The filter that finds the rows of a group.
fn filter_of(group: &CauseGroup) -> String {
    if group.state == RowState::TimedOut {
        return "timed out".to_owned();
    }
    let parts = group.headline.split(['…', '"']).map(str::trim);
    let longest = parts.max_by_key(|part| part.len()).unwrap_or_default();
    format!("failed error \"{longest}\"")
}

/// The groups of the run that is shown, kept up to date.
#[derive(Debug, Default)]
pub struct CausesOfRun {
    /// The run and the number of its failed rows that they are of.
    asked: Option<(Instant, u64)>,
    asked_at: Option<Instant>,
    task: Option<Task<CauseGroups>>,
    groups: Option<CauseGroups>,
}

impl CausesOfRun {
    /// Takes what was found, and has rows looked at again where more of them have failed; once a frame.
    pub fn follow(&mut self, log: &RunLog, now: Instant, ctx: &Context) {
        if let Some(Ok(groups)) = finished(&mut self.task) {
            self.groups = Some(groups);
        }
        let counts = log.counts;
        let failed = counts.failed - counts.not_run - counts.stopped;
        if self.asked.is_some_and(|(started, _)| started != log.plan.started) {
            *self = Self::default();
        }
        if failed == 0 || self.task.is_some() || self.asked == Some((log.plan.started, failed)) {
            return;
        }
        let waits = self.asked_at.map(|at| LOOK_AGAIN.saturating_sub(now.saturating_duration_since(at)));
        match waits.filter(|wait| !wait.is_zero() && !log.is_finished()) {
            Some(wait) => ctx.request_repaint_after(wait),
            None => {
                self.asked = Some((log.plan.started, failed));
                self.asked_at = Some(now);
                let log = log.clone();
                self.task = Some(Task::spawn("group the failures", ctx, move || {
                    CauseGroups::of(&log, RowState::is_failure, MOST_GROUPS)
                }));
            }
        }
    }

    /// The groups, once there are some.
    pub fn groups(&self) -> Option<&CauseGroups> {
        self.groups.as_ref().filter(|found| !found.groups.is_empty())
    }
}

/// Draws the groups, and above them why the pool could not go on, where it could not. Gives the filter that was asked for.
pub fn ui(ui: &mut Ui, cx: &ViewContext<'_>, log: &RunLog, found: Option<&CauseGroups>) -> Option<String> {
    let broken = match &log.state {
        RunState::Finished(Ending::Broken(reason)) => Some(format!("The run ended early: {reason}.")),
        _ => None,
    };
    if broken.is_none() && found.is_none() {
        return None;
    }
    let mut asked = None;
    Frame::new().inner_margin(Margin { left: 10, right: 10, top: 4, bottom: 2 }).show(ui, |ui| {
        if let Some(reason) = broken {
            let text = bounded(|text| text.write_str(&reason), MOST_CHARACTERS);
            ui.add(Label::new(RichText::new(text).color(cx.theme.bad)).wrap().selectable(true));
        }
        match found.map(|found| (found.groups.as_slice(), found.others)) {
            None => {}
            Some(([only], 0)) => only_ui(ui, cx, log, only),
            Some((groups, others)) => asked = groups_ui(ui, cx, groups, others),
        }
    });
    asked
}

/// The one cause of all, in full: its end, which says what to do, has no room in a cell.
fn only_ui(ui: &mut Ui, cx: &ViewContext<'_>, log: &RunLog, group: &CauseGroup) {
    let rows = format::counted(group.count, "row", "rows");
    let is_all = group.count == log.counts.done() && group.count > 1;
    let who = if is_all { format!("All {rows}") } else { rows };
    let what = group.state.label();
    let text = bounded(|text| write!(text, "{who} {what}: {}", group.headline), MOST_CHARACTERS);
    let label = ui.add(Label::new(RichText::new(text).color(cx.theme.bad)).wrap().selectable(true));
    label.on_hover_ui(|ui| error_ui(ui, &group.whole));
}

fn groups_ui(ui: &mut Ui, cx: &ViewContext<'_>, groups: &[CauseGroup], others: u64) -> Option<String> {
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.spacing_mut().interact_size.y = GROUP_HEIGHT;
    let rows = (groups.len() + usize::from(others > 0)) as f32;
    let height = rows.min(GROUPS_IN_SIGHT) * GROUP_HEIGHT;
    let mut asked = None;
    ScrollArea::vertical().id_salt("causes").max_height(height).min_scrolled_height(height).show(ui, |ui| {
        for group in groups {
            let (count, what) = (format::count(group.count), group.state.label());
            let text = bounded(|text| write!(text, "{count} {what}: {}", group.headline), MOST_CHARACTERS);
            let response = widgets::elided_link(ui, cx.theme.bad, &text);
            let first = format!(
                "The first of them is item {}. A click shows the rows whose cause reads like this.",
                group.first_indices[0]
            );
            let about = |ui: &mut Ui| {
                error_ui(ui, &group.whole);
                ui.label(first);
            };
            if response.on_hover_ui(about).clicked() {
                asked = Some(filter_of(group));
            }
        }
        if others > 0 {
            let text = format!("{} with other causes", format::counted(others, "row", "rows"));
            widgets::weak(ui, cx.theme, capitalised(&text));
        }
    });
    asked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_found_by_what_all_its_causes_have() {
        let group = |headline: &str, state| CauseGroup {
            headline: headline.to_owned(),
            count: 2,
            first_indices: vec![0],
            whole: String::new(),
            state,
        };
        let found = filter_of(&group("KeyError: '…' is no \"…\"", RowState::Failed));
        assert_eq!(found, "failed error \"KeyError: '\"");
        assert_eq!(filter_of(&group("took longer", RowState::TimedOut)), "timed out");
    }
}
