//! One row an input: what came out, where it ran, how long it took; filtered and sorted off the window's thread.
//!
//! This module owns the panel's state and what is asked of `row_query`; `table` draws the rows, `cells`
//! what stands in them, `chosen` the one that was chosen, `causes` groups those that failed, and `list` has all results of
//! a short run in one line.

mod causes;
mod cells;
mod chosen;
mod column;
mod columns;
mod filter;
mod list;
mod row_menu;
mod row_query;
mod rows_shown;
mod table;

use std::time::{Duration, Instant};

use egui::{Align, Align2, Id, Layout, Rect, RichText, TextEdit, TextStyle, Ui, UiBuilder, vec2};

use self::causes::{CausesOfRun, longest_headline};
pub use self::cells::{cell_text, input_text};
use self::filter::Filter;
use self::row_query::{RowAnswer, RowQuery, RowQuestion};
use self::rows_shown::{RowsShown, Shown};
use self::table::Table;
use crate::app::command::Command;
use crate::app::context::ViewContext;
use crate::app::format;
use crate::app::widgets;
use crate::pool::{RunLog, RunSnapshot};

/// While a run is on, a filter is asked again at most this often.
const ASK_AGAIN: Duration = Duration::from_millis(300);

/// The panel: what is asked for, and the rows that are found.
#[derive(Debug)]
pub struct ResultsPanel {
    filter_text: String,
    filter: Filter,
    /// Why the typed filter is not understood; the last good one holds on.
    filter_error: Option<String>,
    query: Option<RowQuery>,
    answer: Option<RowAnswer>,
    asked_at: Option<Instant>,
    is_following: bool,
    table: Table,
    causes: CausesOfRun,
    /// The start of the run that the order of the rows was chosen for.
    started: Option<Instant>,
}

impl Default for ResultsPanel {
    fn default() -> Self {
        Self {
            filter_text: String::new(),
            filter: Filter::default(),
            filter_error: None,
            query: None,
            answer: None,
            asked_at: None,
            is_following: true,
            table: Table::default(),
            causes: CausesOfRun::default(),
            started: None,
        }
    }
}

impl ResultsPanel {
    /// Draws the panel into all of `ui`.
    pub fn ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>) {
        let run = cx.run;
        self.forget_other_run(run);
        if let Some(run) = run {
            self.sift(ui, cx, &run.log);
            self.causes.follow(&run.log, cx.now, ui.ctx());
        }
        let header = Header {
            text: self.filter_text.clone(),
            is_following: self.is_following,
            remark: run.and_then(|run| self.remark(&run.log)),
        };
        let both = &mut (self, header);
        let header_ui = |(_, header): &mut (&mut Self, Header), ui: &mut Ui| header.ui(ui, cx);
        widgets::card_of(ui, cx.theme, "Results", both, header_ui, |(panel, header), ui| {
            panel.take(header);
            match run {
                Some(run) => panel.body_ui(ui, cx, run),
                None => {
                    widgets::empty_state(ui, cx.theme, "Results appear here, in input order.", None);
                }
            }
        });
    }

    /// The rows of another run stand in input order, and the newest are in sight while it goes on. A filter stays: it is
    /// seen in its field, and often is for the next run, too.
    fn forget_other_run(&mut self, run: Option<&RunSnapshot>) {
        let started = run.map(|run| run.log.plan.started);
        if self.started != started {
            self.started = started;
            self.table = Table::default();
            self.is_following = true;
        }
    }

    fn take(&mut self, header: &Header) {
        self.is_following = header.is_following;
        if header.text != self.filter_text {
            self.filter_text.clone_from(&header.text);
            match Filter::parse(&self.filter_text) {
                Ok(filter) => (self.filter, self.filter_error) = (filter, None),
                Err(error) => self.filter_error = Some(error),
            }
        }
    }

    fn body_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>, run: &RunSnapshot) {
        if let Some(error) = &self.filter_error {
            ui.horizontal(|ui| {
                ui.add_space(10.0);
                ui.label(RichText::new(format!("filter: {error}")).color(cx.theme.bad));
            });
        }
        if let Some(list) = list::of(&run.log) {
            list::ui(ui, cx, list);
        }
        let groups = self.causes.groups();
        if let Some(filter) = causes::ui(ui, cx, &run.log, groups) {
            self.take(&Header { text: filter, is_following: false, remark: None });
            ui.ctx().request_repaint();
        }
        let rect = ui.available_rect_before_wrap();
        let chosen = cx.selected_row.and_then(|index| run.log.row(index));
        let chosen_height = chosen.as_ref().map_or(0.0, |row| chosen::height(cx, row, rect.height()));
        let (table_rect, chosen_rect) = rect.split_top_bottom_at_y(rect.bottom() - chosen_height);
        let mut table_ui = child(ui, "table", table_rect);
        let rows = self.rows(&run.log);
        if self.is_nothing_found(&run.log) {
            let button = widgets::empty_state(
                &mut table_ui,
                cx.theme,
                "No row fits the filter.",
                Some("Clear filter"),
            );
            if button.is_some_and(|button| button.clicked()) {
                self.take(&Header { text: String::new(), is_following: self.is_following, remark: None });
            }
        } else {
            let cause_characters = self.causes.groups().map(longest_headline);
            let shown = Shown { run, rows: &rows, cause_characters };
            self.table.ui(&mut table_ui, cx, &shown, &mut self.is_following);
        }
        if let Some(row) = chosen {
            chosen::ui(&mut child(ui, "chosen", chosen_rect), cx, &row);
        }
    }

    /// Whether there is an answer, and no row in it.
    fn is_nothing_found(&self, log: &RunLog) -> bool {
        let question = self.question(log);
        let answer = self.answer.as_ref().filter(|answer| answer.question.is_like(&question));
        !question.is_plain() && answer.is_some_and(|answer| answer.rows.is_empty())
    }

    fn question(&self, log: &RunLog) -> RowQuestion {
        RowQuestion {
            filter: self.filter.clone(),
            order: self.table.order,
            started: log.plan.started,
            done: log.counts.done(),
        }
    }

    /// The rows to show: all of them, or those of the newest answer.
    fn rows(&self, log: &RunLog) -> RowsShown {
        let question = self.question(log);
        if question.is_plain() {
            return RowsShown::All(log.counts.total);
        }
        let answer = self.answer.as_ref().filter(|answer| answer.question.is_like(&question));
        RowsShown::Found(answer.map(|answer| answer.rows.clone()).unwrap_or_default())
    }

    /// Asks the query what the table needs to know, and takes its answers.
    fn sift(&mut self, ui: &Ui, cx: &ViewContext<'_>, log: &RunLog) {
        let question = self.question(log);
        if question.is_plain() {
            self.answer = None;
            return;
        }
        if self.query.is_none() {
            let ctx = ui.ctx().clone();
            self.query = RowQuery::start(move || ctx.request_repaint());
        }
        let Some(query) = &mut self.query else { return };
        self.answer = query.take_answer().or(self.answer.take());
        let is_new = self.answer.as_ref().is_none_or(|answer| !answer.question.is_like(&question));
        let is_old = self.answer.as_ref().is_some_and(|answer| answer.question.done != question.done);
        let is_asked = query.asked().is_some_and(|asked| asked.is_like(&question));
        let is_due = self.asked_at.is_none_or(|at| cx.now.saturating_duration_since(at) >= ASK_AGAIN);
        if !is_asked && (is_new || is_old && is_due) {
            query.ask(question, log);
            self.asked_at = Some(cx.now);
        } else if is_asked || is_old {
            // To show how far it is, or to ask again.
            ui.ctx().request_repaint_after(ASK_AGAIN / 3);
        }
    }

    /// What a filter found, or how far it is.
    fn remark(&self, log: &RunLog) -> Option<String> {
        let question = self.question(log);
        if question.is_plain() {
            return None;
        }
        match &self.answer {
            Some(answer) if answer.question.is_like(&question) => {
                let (found, total) = (answer.rows.len() as u64, log.counts.total);
                Some(format!("{} of {}", format::count(found), format::count(total)))
            }
            _ => {
                let seen = self.query.as_ref().map_or(0, RowQuery::rows_seen);
                Some(format!("searching, {}", format::percent(seen, log.counts.total)))
            }
        }
    }
}

fn child(ui: &mut Ui, name: &str, rect: Rect) -> Ui {
    let mut child = ui.new_child(UiBuilder::new().id_salt(name).max_rect(rect));
    child.shrink_clip_rect(rect);
    child
}

/// What is in the title row, before and after a frame.
struct Header {
    text: String,
    is_following: bool,
    remark: Option<String>,
}

impl Header {
    fn ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>) {
        let Some(run) = cx.run else { return };
        // Its own name keeps the focus in the field when a remark appears beside it.
        let filter_id = ui.scope_id().with("filter");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if !run.log.is_finished() {
                self.follow_ui(ui, cx);
            } else if run.log.counts.failed > 0 && cx.can_rerun {
                rerun_ui(ui, cx, &run.log);
            }
            if let Some(remark) = &self.remark {
                ui.label(RichText::new(remark).text_style(TextStyle::Small).color(cx.theme.weak));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| self.filter_ui(ui, filter_id));
        });
    }

    fn follow_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>) {
        let follow = widgets::chip_button(ui, cx.theme, "follow", self.is_following);
        if follow.on_hover_text("Keeps the newest finished row in sight").clicked() {
            self.is_following = !self.is_following;
        }
    }

    fn filter_ui(&mut self, ui: &mut Ui, id: Id) {
        let width = ui.available_width().min(220.0);
        let field = TextEdit::singleline(&mut self.text)
            .id(id)
            .hint_text(RichText::new("filter: > 10 · failed · worker 3").text_style(TextStyle::Small))
            .align(Align2::LEFT_CENTER)
            .font(TextStyle::Small)
            .margin(vec2(8.0, 3.0))
            .desired_width(width);
        ui.add(field).accessible_name("Filter results").on_hover_text(filter::HELP);
    }
}

/// The way to try again what has no output.
fn rerun_ui(ui: &mut Ui, cx: &ViewContext<'_>, log: &RunLog) {
    let command = Command::RerunFailed;
    let counts = log.counts;
    let label = if counts.failed > counts.not_run + counts.stopped { "Rerun failed" } else { "Run the rest" };
    let button = widgets::chip_button(ui, cx.theme, label, true);
    if button.on_hover_text(command.tooltip()).clicked() {
        cx.commands.send(command);
    }
}

#[cfg(test)]
mod tests {
    use super::row_query::SortOrder;
    use super::*;

    #[test]
    fn a_filter_that_is_not_understood_leaves_the_last_one() {
        let mut panel = ResultsPanel::default();
        let typed = |text: &str| Header { text: text.to_owned(), is_following: true, remark: None };
        panel.take(&typed("failed"));
        let good = panel.filter.clone();
        panel.take(&typed("failed worker"));
        assert!(panel.filter_error.is_some() && panel.filter == good);
        panel.take(&typed("failed worker 2"));
        assert!(panel.filter_error.is_none() && panel.filter != good);
    }

    #[test]
    fn the_order_of_one_run_is_not_that_of_the_next() {
        let mut panel = ResultsPanel::default();
        panel.table.order = SortOrder { is_descending: true, ..SortOrder::default() };
        panel.is_following = false;
        panel.started = Some(Instant::now());
        panel.forget_other_run(None);
        assert!(panel.table.order == SortOrder::default() && panel.is_following);
    }

    #[test]
    fn rows_in_input_order_need_no_search() {
        let plain = RowQuestion {
            filter: Filter::default(),
            order: SortOrder::default(),
            started: Instant::now(),
            done: 0,
        };
        assert!(plain.is_plain());
        assert!(!RowQuestion { order: SortOrder { is_descending: true, ..plain.order }, ..plain }.is_plain());
    }
}
