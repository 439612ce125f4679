//! The table of rows: only those in sight are looked up and written.

use std::fmt::Write;
use std::sync::Arc;

use egui::{Align, Label, Layout, RichText, Role, Sense, Stroke, Ui, WidgetInfo, vec2};
use egui_extras::TableRow;

use super::cells::{RowLook, bounded, cell_text, input_text, worker_ui};
use super::columns;
use super::row_query::{SortKey, SortOrder};
use crate::app::command::Command;
use crate::app::context::ViewContext;
use crate::app::format;
use crate::app::panels::is_scrolled_back;
use crate::app::theme::STEP;
use crate::app::widgets;
use crate::pool::{Row, RunSnapshot, ns_to_s};
use crate::value::grouped;

const ROW_HEIGHT: f32 = 21.0;
const HEADER_HEIGHT: f32 = 24.0;
/// Rows of one page: beyond, places on the screen are no longer exact, because they are 32 bit floats.
const PAGE_ROWS: u64 = 400_000;

/// Which rows there are to show, in order.
#[derive(Debug, Clone)]
pub enum RowsShown {
    /// All of this many, in input order.
    All(u64),
    Found(Arc<[u64]>),
}

impl RowsShown {
    fn len(&self) -> u64 {
        match self {
            Self::All(count) => *count,
            Self::Found(rows) => rows.len() as u64,
        }
    }

    fn index_at(&self, place: u64) -> Option<u64> {
        match self {
            Self::All(count) => (place < *count).then_some(place),
            Self::Found(rows) => rows.get(usize::try_from(place).ok()?).copied(),
        }
    }

    fn place_of(&self, index: u64) -> Option<u64> {
        match self {
            Self::All(count) => (index < *count).then_some(index),
            Self::Found(rows) => rows.iter().position(|row| *row == index).map(|place| place as u64),
        }
    }
}

/// The state of the table.
#[derive(Debug, Default)]
pub struct Table {
    pub order: SortOrder,
    page: u64,
    /// The chosen row that is, or is being, brought into sight.
    shown_choice: Option<u64>,
    /// Passes for which it is still to be brought into sight: one may be discarded by egui.
    passes_to_show: u8,
    was_live: bool,
}

impl Table {
    /// Draws the table, and under it which page it is, where there are several.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        cx: &ViewContext<'_>,
        run: &RunSnapshot,
        rows: &RowsShown,
        is_following: &mut bool,
    ) {
        if is_scrolled_back(ui) {
            *is_following = false;
        }
        self.note_choice(cx, is_following);
        let wanted = self.wanted_place(cx, run, rows, *is_following);
        if let Some((place, _)) = wanted {
            self.page = place / PAGE_ROWS;
        }
        self.page = self.page.min(rows.len().saturating_sub(1) / PAGE_ROWS);
        let pages = rows.len().div_ceil(PAGE_ROWS);
        let rect = ui.available_rect_before_wrap();
        let (table, pager) = rect.split_top_bottom_at_y(rect.bottom() - if pages > 1 { 26.0 } else { 0.0 });
        let mut table_ui = super::child(ui, "rows", table);
        self.rows_ui(&mut table_ui, cx, run, rows, wanted);
        if pages > 1 {
            self.pager_ui(&mut super::child(ui, "pages", pager), cx, rows.len(), pages);
        }
    }

    /// A row that was chosen elsewhere is brought into sight, which ends following.
    fn note_choice(&mut self, cx: &ViewContext<'_>, is_following: &mut bool) {
        if cx.selected_row != self.shown_choice {
            self.shown_choice = cx.selected_row;
            if cx.selected_row.is_some() {
                self.passes_to_show = 2;
                *is_following = false;
            }
        }
    }

    /// The place to bring into sight, if any, and where to.
    fn wanted_place(
        &mut self,
        cx: &ViewContext<'_>,
        run: &RunSnapshot,
        rows: &RowsShown,
        is_following: bool,
    ) -> Option<(u64, Align)> {
        if self.passes_to_show > 0 {
            self.passes_to_show -= 1;
            let place = cx.selected_row.and_then(|index| rows.place_of(index));
            return place.map(|place| (place, Align::Center));
        }
        // Once more after the end, for the rows that came with it.
        let is_on = cx.is_live() || std::mem::replace(&mut self.was_live, cx.is_live());
        self.was_live = cx.is_live();
        if !is_following || !is_on {
            return None;
        }
        match rows {
            RowsShown::All(_) => newest(run).map(|index| (index, Align::BOTTOM)),
            RowsShown::Found(found) if self.order == SortOrder::default() => {
                Some((found.len().checked_sub(1)? as u64, Align::BOTTOM))
            }
            RowsShown::Found(_) => None,
        }
    }

    fn rows_ui(
        &mut self,
        ui: &mut Ui,
        cx: &ViewContext<'_>,
        run: &RunSnapshot,
        rows: &RowsShown,
        wanted: Option<(u64, Align)>,
    ) {
        ui.spacing_mut().item_spacing = vec2(6.0, 0.0);
        // The lines between columns that can be made wider show only under the pointer.
        ui.visuals_mut().widgets.noninteractive.bg_stroke = Stroke::NONE;
        let first = self.page * PAGE_ROWS;
        let count = (rows.len() - first.min(rows.len())).min(PAGE_ROWS) as usize;
        let room = ui.available_height() - HEADER_HEIGHT;
        let mut builder = columns::builder(ui, run);
        if let Some((place, align)) = wanted {
            builder =
                builder.vertical_scroll_offset(offset_of(place.saturating_sub(first), count, align, room));
        }
        let table = builder.header(HEADER_HEIGHT, |mut header| self.header_ui(&mut header, cx));
        table.body(|body| {
            body.rows(ROW_HEIGHT, count, |mut row| {
                let found = rows.index_at(first + row.index() as u64).and_then(|index| run.log.row(index));
                if let Some(found) = found {
                    self.row_ui(&mut row, cx, run, &found);
                }
            });
        });
    }

    fn header_ui(&mut self, header: &mut TableRow<'_, '_>, cx: &ViewContext<'_>) {
        let columns = [
            ("#", Some(SortKey::Index)),
            ("input", None),
            ("output", Some(SortKey::Output)),
            ("worker", None),
            ("start", None),
            ("took", Some(SortKey::Took)),
            ("state", None),
        ];
        for (place, (name, key)) in columns.into_iter().enumerate() {
            header.col(|ui| {
                in_column(ui, place, |ui| self.column_name_ui(ui, cx, name, key));
            });
        }
    }

    fn column_name_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>, name: &str, key: Option<SortKey>) {
        let Some(key) = key else {
            ui.label(RichText::new(name).color(cx.theme.weak));
            return;
        };
        let is_sorted = self.order.key == key && self.order != SortOrder::default();
        let arrow = if self.order.is_descending { "↓" } else { "↑" };
        let text = if is_sorted { format!("{name} {arrow}") } else { name.to_owned() };
        let color = if is_sorted { cx.theme.text } else { cx.theme.weak };
        let response = ui.add(Label::new(RichText::new(text).color(color)).sense(Sense::click()));
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Sort by {name}")));
        if response.clicked() {
            let is_descending =
                if self.order.key == key { !self.order.is_descending } else { key != SortKey::Index };
            self.order = SortOrder { key, is_descending };
        }
        response.on_hover_text("Sorts by this column; click again to reverse");
    }

    fn row_ui(
        &mut self,
        table_row: &mut TableRow<'_, '_>,
        cx: &ViewContext<'_>,
        run: &RunSnapshot,
        row: &Row<'_>,
    ) {
        table_row.set_selected(cx.selected_row == Some(row.index));
        let look = RowLook::of(cx, run, row);
        let cells = [
            row.index.to_string(),
            input_text(row),
            row.output.map(cell_text).unwrap_or_default(),
            String::new(),
            look.start_ns.map(|start_ns| format!("{:.3} s", ns_to_s(start_ns))).unwrap_or_default(),
            if row.worker > 0 && row.state.is_final() {
                format::duration(row.duration_s.into())
            } else {
                String::new()
            },
            look.state.clone(),
        ];
        for (place, text) in cells.into_iter().enumerate() {
            table_row.col(|ui| {
                in_column(ui, place, |ui| match place {
                    3 => worker_ui(ui, cx, look.worker, look.color),
                    _ if text.is_empty() => {}
                    _ => {
                        let color = if place == 6 { look.state_color } else { look.color };
                        ui.add(Label::new(RichText::new(text).color(color)).truncate());
                    }
                });
            });
        }
        let response = table_row.response();
        if response.clicked() {
            self.shown_choice = Some(row.index);
            cx.commands.send(Command::SelectRow(row.index));
        }
        if let Some(error) = row.error() {
            response.on_hover_text(bounded(|text| text.write_str(&error), 2000));
        }
    }

    fn pager_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>, rows: u64, pages: u64) {
        let first = self.page * PAGE_ROWS;
        let last = (first + PAGE_ROWS).min(rows);
        ui.horizontal_centered(|ui| {
            ui.add_space(STEP * 2.0);
            if widgets::chip_button(ui, cx.theme, "earlier rows", false).clicked() {
                self.page = self.page.saturating_sub(1);
            }
            widgets::weak(
                ui,
                cx.theme,
                format!("{} to {} of {}", grouped(first), grouped(last - 1), grouped(rows)),
            );
            if widgets::chip_button(ui, cx.theme, "later rows", false).clicked() {
                self.page = (self.page + 1).min(pages - 1);
            }
        });
    }
}

/// The newest finished row: the farthest one that any worker has done.
fn newest(run: &RunSnapshot) -> Option<u64> {
    run.log.lanes.iter().filter_map(|lane| lane.segments.last()).map(|segment| segment.last).max()
}

/// The offset at which the row of a page is where it is wanted: in this very frame, where `scroll_to_row` would take
/// one more, which in a window that is seldom drawn is half a second.
fn offset_of(place: u64, count: usize, align: Align, room: f32) -> f32 {
    let top = place as f32 * ROW_HEIGHT;
    let offset = match align {
        Align::Min => top,
        Align::Center => top - (room - ROW_HEIGHT) / 2.0,
        Align::Max => top + ROW_HEIGHT - room,
    };
    offset.min(count as f32 * ROW_HEIGHT - room).max(0.0)
}

/// Numbers stand right, words left.
fn in_column(ui: &mut Ui, place: usize, add: impl FnOnce(&mut Ui)) {
    let is_right = !matches!(place, 3 | 6);
    let layout =
        if is_right { Layout::right_to_left(Align::Center) } else { Layout::left_to_right(Align::Center) };
    ui.with_layout(layout, |ui| {
        ui.add_space(if place == 0 { 4.0 } else { 2.0 });
        add(ui);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_brought_where_it_is_wanted() {
        let room = 10.0 * ROW_HEIGHT;
        assert_eq!(offset_of(99, 100, Align::BOTTOM, room), 90.0 * ROW_HEIGHT);
        assert_eq!(offset_of(49, 100, Align::BOTTOM, room), 40.0 * ROW_HEIGHT);
        assert_eq!(
            (offset_of(3, 100, Align::BOTTOM, room), offset_of(3, 5, Align::BOTTOM, room)),
            (0.0, 0.0)
        );
        assert_eq!(offset_of(99, 100, Align::Center, room), 90.0 * ROW_HEIGHT);
    }

    #[test]
    fn places_and_indices_are_each_others_inverse() {
        let found = RowsShown::Found(vec![4, 8, 2].into());
        assert_eq!((found.index_at(1), found.place_of(8), found.place_of(5)), (Some(8), Some(1), None));
        let all = RowsShown::All(3);
        assert_eq!((all.index_at(2), all.index_at(3), all.place_of(2)), (Some(2), None, Some(2)));
    }
}
