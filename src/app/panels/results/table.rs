//! The table of rows: only those in sight are looked up and written.

use egui::{
    EventFilter, Key, Label, Modifiers, Popup, Rect, Response, RichText, Role, Sense, Stroke, Ui, WidgetInfo,
    vec2,
};
use egui_extras::TableRow;

use super::cells::{RowLook, error_ui};
use super::column::{Column, cell_ui, in_column};
use super::row_query::{SortKey, SortOrder};
use super::rows_shown::{RowsShown, Shown};
use super::{columns, row_menu};
use crate::app::command::Command;
use crate::app::context::ViewContext;
use crate::app::notes;
use crate::app::panels::is_scrolled_back;
use crate::app::theme::STEP;
use crate::app::widgets;
use crate::pool::{Row, RunSnapshot};
use crate::value::grouped;

const ROW_HEIGHT: f32 = 21.0;
const HEADER_HEIGHT: f32 = 24.0;
/// Rows of one page: beyond, places on the screen are no longer exact, because they are 32 bit floats.
const PAGE_ROWS: u64 = 400_000;

/// The state of the table.
#[derive(Debug, Default)]
pub struct Table {
    pub order: SortOrder,
    page: u64,
    /// The chosen row that is, or is being, brought into sight.
    shown_choice: Option<u64>,
    /// The row that was chosen here, by a click or a key: it is moved no farther than it must.
    own_choice: Option<u64>,
    /// Passes for which it is still to be brought into sight, and where to: one may be discarded by egui.
    passes_to_show: u8,
    is_shown_near: bool,
    was_live: bool,
    /// It was at the newest row while the run went on.
    has_followed: bool,
    /// The height that the table had in the last pass.
    height: f32,
    /// How far the page was scrolled in the last pass, in points.
    offset: f32,
    /// The column under the pointer when the menu of a row was opened.
    menu_column: Option<Column>,
}

impl Table {
    /// Draws the table, and under it which page it is, where there are several.
    pub fn ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>, shown: &Shown<'_>, is_following: &mut bool) {
        let rows = shown.rows;
        if is_scrolled_back(ui) {
            *is_following = false;
        }
        self.note_choice(cx, is_following);
        let rect = ui.available_rect_before_wrap();
        let is_resized = std::mem::replace(&mut self.height, rect.height()) != rect.height();
        let wanted = self.wanted_place(cx, shown, *is_following, is_resized);
        if let Some((place, _)) = wanted {
            self.page = place / PAGE_ROWS;
        }
        self.page = self.page.min(rows.len().saturating_sub(1) / PAGE_ROWS);
        let pages = rows.len().div_ceil(PAGE_ROWS);
        let (table, pager) = rect.split_top_bottom_at_y(rect.bottom() - if pages > 1 { 26.0 } else { 0.0 });
        self.keys(ui, cx, rows, table);
        let mut table_ui = super::child(ui, "rows", table);
        self.rows_ui(&mut table_ui, cx, shown, wanted);
        if pages > 1 {
            self.pager_ui(&mut super::child(ui, "pages", pager), cx, rows, pages);
        }
    }

    /// A row that was chosen is brought into sight, which ends following.
    fn note_choice(&mut self, cx: &ViewContext<'_>, is_following: &mut bool) {
        if cx.selected_row != self.shown_choice {
            self.shown_choice = cx.selected_row;
            if cx.selected_row.is_some() {
                self.passes_to_show = 2;
                self.is_shown_near = self.own_choice == cx.selected_row;
                *is_following = false;
            }
            self.own_choice = None;
        }
    }

    /// The place to bring into sight, if any, and where to.
    fn wanted_place(
        &mut self,
        cx: &ViewContext<'_>,
        shown: &Shown<'_>,
        is_following: bool,
        is_resized: bool,
    ) -> Option<(u64, Aim)> {
        if self.passes_to_show > 0 {
            self.passes_to_show -= 1;
            let place = cx.selected_row.and_then(|index| shown.rows.place_of(index));
            let aim = if self.is_shown_near { Aim::Near } else { Aim::Middle };
            return place.map(|place| (place, aim));
        }
        // Once more after the end, for the rows that came with it.
        let is_on = cx.is_live() || std::mem::replace(&mut self.was_live, cx.is_live());
        self.was_live = cx.is_live();
        self.has_followed = is_following && (is_on || self.has_followed);
        // What a run showed is told above the table when it is over, and takes of its height.
        if !self.has_followed || !(is_on || is_resized) {
            return None;
        }
        match shown.rows {
            // Whoever took the last row need not have finished last.
            RowsShown::All(_) if !cx.is_live() => Some((shown.rows.len().checked_sub(1)?, Aim::Bottom)),
            RowsShown::All(_) => newest(shown.run).map(|index| (index, Aim::Bottom)),
            RowsShown::Found(found) if self.order == SortOrder::default() => {
                Some((found.len().checked_sub(1)? as u64, Aim::Bottom))
            }
            RowsShown::Found(_) => None,
        }
    }

    /// Up and down choose the rows above and below, where the table has the keyboard or nothing else has.
    fn keys(&mut self, ui: &mut Ui, cx: &ViewContext<'_>, rows: &RowsShown, rect: Rect) {
        let response = ui.interact(rect, ui.scope_id().with("keys"), Sense::focusable_noninteractive());
        response.widget_info(|| WidgetInfo::labeled(Role::Table, true, "Rows"));
        let focused = ui.memory(|memory| memory.focused());
        if response.has_focus() {
            let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
            let line = Stroke::new(1.0, cx.theme.accent);
            ui.painter().hline(rect.x_range(), rect.top() + 1.0, line);
        } else if focused.is_some() || cx.selected_row.is_none() || Popup::is_any_open(ui.ctx()) {
            return;
        }
        let page = (rect.height() / ROW_HEIGHT).floor().max(2.0) as i64 - 1;
        let moves = [
            (Key::ArrowUp, -1),
            (Key::ArrowDown, 1),
            (Key::PageUp, -page),
            (Key::PageDown, page),
            (Key::Home, i64::MIN),
            (Key::End, i64::MAX),
        ];
        let pressed = |key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key)) as i64;
        let by = moves.map(|(key, by)| pressed(key).saturating_mul(by));
        let by = by.into_iter().fold(0_i64, i64::saturating_add);
        let last = rows.len().saturating_sub(1);
        let from = cx.selected_row.and_then(|index| rows.place_of(index));
        let to = from.map_or(0, |from| from.saturating_add_signed(by).min(last));
        if by != 0
            && let Some(index) = rows.index_at(to)
        {
            self.choose(cx, index);
        }
    }

    fn choose(&mut self, cx: &ViewContext<'_>, index: u64) {
        self.own_choice = Some(index);
        cx.commands.send(Command::SelectRow(index));
    }

    fn rows_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>, shown: &Shown<'_>, wanted: Option<(u64, Aim)>) {
        ui.spacing_mut().item_spacing = vec2(6.0, 0.0);
        // The lines between columns that can be made wider show only under the pointer.
        ui.visuals_mut().widgets.noninteractive.bg_stroke = Stroke::NONE;
        let (rows, first) = (shown.rows, self.page * PAGE_ROWS);
        let count = (rows.len() - first.min(rows.len())).min(PAGE_ROWS) as usize;
        let room = ui.available_height() - HEADER_HEIGHT;
        let mut builder = columns::builder(ui, shown.run, shown.cause_characters);
        if let Some((place, aim)) = wanted {
            let place = place.saturating_sub(first);
            builder = builder.vertical_scroll_offset(aim.offset(place, count, room, self.offset));
        }
        let table = builder.header(HEADER_HEIGHT, |mut header| self.header_ui(&mut header, cx));
        let scrolled = table.body(|body| {
            body.rows(ROW_HEIGHT, count, |mut row| {
                let index = rows.index_at(first + row.index() as u64);
                if let Some(found) = index.and_then(|index| shown.run.log.row(index)) {
                    self.row_ui(&mut row, cx, shown, &found);
                }
            });
        });
        self.offset = scrolled.state.clamped_offset().y;
    }

    fn header_ui(&mut self, header: &mut TableRow<'_, '_>, cx: &ViewContext<'_>) {
        for column in Column::ALL {
            header.col(|ui| in_column(ui, column, |ui| self.column_name_ui(ui, cx, column)));
        }
    }

    fn column_name_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>, column: Column) {
        let name = column.name();
        let Some(key) = column.sort_key() else {
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
        let averages = if column == Column::Took { AVERAGES } else { "" };
        response.on_hover_text(format!("Sorts by this column; click again to reverse.{averages}"));
    }

    fn row_ui(
        &mut self,
        table_row: &mut TableRow<'_, '_>,
        cx: &ViewContext<'_>,
        shown: &Shown<'_>,
        row: &Row<'_>,
    ) {
        table_row.set_selected(cx.selected_row == Some(row.index));
        let look = RowLook::of(cx, shown.run, row);
        let mut cells = [Rect::NOTHING; Column::ALL.len()];
        for (column, cell) in Column::ALL.into_iter().zip(&mut cells) {
            (*cell, _) = table_row.col(|ui| in_column(ui, column, |ui| cell_ui(ui, cx, row, &look, column)));
        }
        let response = table_row.response();
        if response.clicked() {
            self.choose(cx, row.index);
        }
        self.menu_ui(&response, cx, shown, row, &cells);
        let (note, error) = (look.note, row.error());
        if note.is_some() || error.is_some() {
            response.on_hover_ui(|ui| {
                note.into_iter().for_each(|note| notes::note_ui(ui, note));
                error.into_iter().for_each(|error| error_ui(ui, &error));
            });
        }
    }

    fn menu_ui(
        &mut self,
        response: &Response,
        cx: &ViewContext<'_>,
        shown: &Shown<'_>,
        row: &Row<'_>,
        cells: &[Rect],
    ) {
        if response.secondary_clicked()
            && let Some(at) = response.interact_pointer_pos()
        {
            let under = Column::ALL.into_iter().zip(cells).find(|(_, cell)| cell.x_range().contains(at.x));
            self.menu_column = under.map(|(column, _)| column);
            self.choose(cx, row.index);
        }
        let column = self.menu_column.unwrap_or(Column::Output);
        response.context_menu(|ui| row_menu::ui(ui, cx, shown, row, column));
    }

    fn pager_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>, rows: &RowsShown, pages: u64) {
        let first = self.page * PAGE_ROWS;
        let last = (first + PAGE_ROWS).min(rows.len()) - 1;
        ui.horizontal_centered(|ui| {
            ui.add_space(STEP * 2.0);
            if page_button(ui, cx, "previous page", self.page > 0) {
                self.page = self.page.saturating_sub(1);
            }
            let page = format!("page {} of {}", grouped(self.page + 1), grouped(pages));
            let what = match rows {
                RowsShown::All(_) => format!("items {} to {}", grouped(first), grouped(last)),
                RowsShown::Found(_) => {
                    format!("rows {} to {} of those found", grouped(first + 1), grouped(last + 1))
                }
            };
            widgets::weak(ui, cx.theme, format!("{page}: {what}"));
            if page_button(ui, cx, "next page", self.page + 1 < pages) {
                self.page = (self.page + 1).min(pages - 1);
            }
        });
    }
}

const AVERAGES: &str = "\n≈ is an average: short items are timed together, not one by one.";

fn page_button(ui: &mut Ui, cx: &ViewContext<'_>, label: &str, is_possible: bool) -> bool {
    ui.add_enabled_ui(is_possible, |ui| widgets::chip_button(ui, cx.theme, label, false).clicked()).inner
}

/// The newest finished row: the farthest one that any worker has done.
fn newest(run: &RunSnapshot) -> Option<u64> {
    run.log.lanes.iter().filter_map(|lane| lane.segments.last()).map(|segment| segment.last).max()
}

/// Where a row is to be in sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Aim {
    Middle,
    Bottom,
    /// Where it comes into sight first, if it is not in sight already.
    Near,
}

impl Aim {
    /// How far to scroll, from `now`, so that the row of a page is where it is wanted: in this very frame, where
    /// `scroll_to_row` would take one more, which in a window that is seldom drawn is half a second.
    fn offset(self, place: u64, count: usize, room: f32, now: f32) -> f32 {
        let top = place as f32 * ROW_HEIGHT;
        let at_bottom = top + ROW_HEIGHT - room;
        let offset = match self {
            Self::Middle => top - (room - ROW_HEIGHT) / 2.0,
            Self::Bottom => at_bottom,
            Self::Near => now.min(top).max(at_bottom),
        };
        offset.min(count as f32 * ROW_HEIGHT - room).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_brought_where_it_is_wanted() {
        let room = 10.0 * ROW_HEIGHT;
        let rows = |aim: Aim, place, count| aim.offset(place, count, room, 30.0 * ROW_HEIGHT) / ROW_HEIGHT;
        assert_eq!([99, 49, 3].map(|place| rows(Aim::Bottom, place, 100)), [90.0, 40.0, 0.0]);
        assert_eq!(rows(Aim::Bottom, 3, 5), 0.0);
        assert_eq!(rows(Aim::Middle, 99, 100), 90.0);
        // Rows 30 to 39 are in sight.
        assert_eq!(
            [29, 30, 35, 39, 40].map(|place| rows(Aim::Near, place, 100)),
            [29.0, 30.0, 30.0, 30.0, 31.0]
        );
    }
}
