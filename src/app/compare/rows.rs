//! The rows of two runs beside each other: what came of each, and how long it took in either.

use egui::{Align, Label, Layout, RichText, Sense, TextStyle, Ui};
use egui_extras::{Column, TableBuilder, TableRow};

use super::found::sameness_text;
use crate::analysis::Differences;
use crate::app::command::Command;
use crate::app::context::ViewContext;
use crate::app::format;
use crate::app::panels::{cell_text, input_text};
use crate::app::state::KeptRun;
use crate::app::widgets;
use crate::pool::Row;

const ROW_HEIGHT: f32 = 21.0;
/// More rows than this have no exact place on the screen.
const MOST_ROWS: u64 = 400_000;

/// Draws the card into all of `ui`.
pub fn ui(
    ui: &mut Ui,
    cx: &ViewContext<'_>,
    runs: [&KeptRun; 2],
    titles: &[String; 2],
    differences: Option<Differences>,
) {
    let header = |ui: &mut Ui| {
        let Some(found) = differences else { return };
        let color = if found.count == 0 { cx.theme.ok } else { cx.theme.bad };
        widgets::elided(ui, RichText::new(sameness_text(found)).text_style(TextStyle::Small).color(color));
    };
    widgets::card(ui, cx.theme, "Results", header, |ui| table_ui(ui, cx, runs, titles));
}

fn table_ui(ui: &mut Ui, cx: &ViewContext<'_>, runs: [&KeptRun; 2], titles: &[String; 2]) {
    let logs = runs.map(|kept| &kept.run.log);
    let rows = logs[0].counts.total.min(logs[1].counts.total).min(MOST_ROWS);
    let heads = ["#", "input", "output", titles[0].as_str(), titles[1].as_str(), "as long"];
    TableBuilder::new(ui)
        .id_salt(("rows of both", runs[0].number, runs[1].number))
        .striped(true)
        .sense(Sense::click())
        .auto_shrink(false)
        // It is as low as its card: what is below that could never be scrolled into sight.
        .min_scrolled_height(0.0)
        .column(Column::exact(48.0))
        .column(Column::initial(90.0).at_least(48.0).clip(true).resizable(true))
        .column(Column::remainder().at_least(56.0).clip(true))
        .column(Column::exact(84.0).clip(true))
        .column(Column::exact(84.0).clip(true))
        .column(Column::exact(56.0))
        .header(24.0, |mut header| {
            for text in heads {
                header.col(|ui| {
                    in_cell(ui, |ui| {
                        ui.add(Label::new(RichText::new(text).color(cx.theme.weak)).truncate());
                    });
                });
            }
        })
        .body(|body| {
            body.rows(ROW_HEIGHT, rows as usize, |mut table_row| {
                let index = table_row.index() as u64;
                if let (Some(one), Some(other)) = (logs[0].row(index), logs[1].row(index)) {
                    row_ui(&mut table_row, cx, &one, &other);
                }
            });
        });
}

fn row_ui(table_row: &mut TableRow<'_, '_>, cx: &ViewContext<'_>, one: &Row<'_>, other: &Row<'_>) {
    table_row.set_selected(cx.selected_row == Some(one.index));
    let took = |row: &Row<'_>| (row.worker > 0).then(|| f64::from(row.duration_s));
    let [own_time, other_time, ratio] = times(took(one), took(other).filter(|_| one.input == other.input));
    let output = one.output.map_or_else(|| one.state.label().to_owned(), cell_text);
    let cells = [one.index.to_string(), input_text(one), output, own_time, other_time, ratio];
    let color = if one.output.is_some() { cx.theme.text } else { cx.theme.bad };
    for text in cells {
        table_row.col(|ui| {
            in_cell(ui, |ui| {
                ui.add(Label::new(RichText::new(text).color(color)).truncate());
            });
        });
    }
    if table_row.response().clicked() {
        cx.commands.send(Command::SelectRow(one.index));
    }
}

/// How long an item took in both runs, and how many times as long in the other; nothing of one that had another input there.
fn times(own_s: Option<f64>, other_s: Option<f64>) -> [String; 3] {
    let ratio = own_s.zip(other_s).filter(|(own_s, other_s)| *own_s > 0.0 && *other_s > 0.0);
    let ratio = ratio.map(|(own_s, other_s)| format!("{:.2}×", other_s / own_s));
    let [own, other] = [own_s, other_s].map(|time_s| time_s.map(format::duration).unwrap_or_default());
    [own, other, ratio.unwrap_or_default()]
}

fn in_cell(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.add_space(3.0);
        add(ui);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_stands_beside_that_of_the_same_input_alone() {
        assert_eq!(
            times(Some(0.5), Some(1.0)),
            [format::duration(0.5), format::duration(1.0), "2.00×".to_owned()]
        );
        assert_eq!(times(Some(0.5), None), [format::duration(0.5), String::new(), String::new()]);
        assert_eq!(times(None, Some(0.0)), [String::new(), format::duration(0.0), String::new()]);
    }
}
