//! What items came to: failures by their causes, and the first rows.

use std::io::{self, Write};

use super::html::cell;
use crate::analysis::CauseGroups;
use crate::pool::{Row, RunLog};
use crate::value::{amount, grouped};

/// Causes that are told apart, and of these listed.
const MOST_CAUSES: usize = 2000;
const LISTED_CAUSES: usize = 40;
/// Rows that are shown, of all and of those that failed.
const FIRST_ROWS: usize = 50;
const FAILED_ROWS: usize = 50;
const CELL_LETTERS: usize = 160;
/// Inputs of a cause that are shown, and so much of each.
const FIRST_INPUTS: usize = 6;
const INPUT_LETTERS: usize = 40;

/// Rows that are kept and have no output.
fn failed_rows(log: &RunLog) -> impl Iterator<Item = Row<'_>> {
    let kept = if log.counts.failed == 0 { 0..0 } else { log.released..log.counts.total };
    let rows = kept.filter_map(|index| log.row(index));
    rows.filter(|row| row.cause.is_some()).take(log.counts.failed as usize)
}

/// Failures by cause; nothing where nothing failed.
pub(super) fn write_failures(log: &RunLog, out: &mut dyn Write) -> io::Result<()> {
    let CauseGroups { groups, others } = CauseGroups::of(log, |_| true, MOST_CAUSES);
    if groups.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<section class=\"card\">\n<h2>Failures by cause <span class=\"weak\">{}</span></h2>\n<div class=\"scroll\"><table>\n<thead>\
         <tr><th class=\"n\">items</th><th>state</th><th>cause</th><th>first inputs</th></tr></thead>\n<tbody>",
        grouped(log.counts.failed)
    )?;
    for group in groups.iter().take(LISTED_CAUSES) {
        writeln!(
            out,
            "<tr><td class=\"n\">{}</td><td>{}</td><td class=\"bad\">{}</td><td>{}</td></tr>",
            grouped(group.count),
            group.state.label(),
            cell(&group.headline, CELL_LETTERS * 2),
            first_inputs(log, &group.first_indices)
        )?;
    }
    out.write_all(b"</tbody></table></div>\n")?;
    let more: u64 = groups.iter().skip(LISTED_CAUSES).map(|group| group.count).sum::<u64>() + others;
    if more > 0 {
        writeln!(out, "<p class=\"note\">{} failed for other causes.</p>", grouped(more))?;
    }
    out.write_all(b"</section>\n")
}

/// The inputs of these items, as far as there is room for them.
fn first_inputs(log: &RunLog, items: &[u64]) -> String {
    let shown = items.iter().take(FIRST_INPUTS).filter_map(|index| log.row(*index));
    let shown: Vec<String> =
        shown.map(|row| format!("<bdi>{}</bdi>", cell(&row.input_text(), INPUT_LETTERS))).collect();
    let more = if items.len() > FIRST_INPUTS { " and more" } else { "" };
    format!("{}{more}", shown.join(" · "))
}

/// The first rows, and the first of those that failed.
pub(super) fn write_rows(log: &RunLog, out: &mut dyn Write) -> io::Result<()> {
    let first = (log.released..log.counts.total).take(FIRST_ROWS).filter_map(|index| log.row(index));
    let of_all =
        format!("first {} of {}", FIRST_ROWS.min(log.counts.total as usize), grouped(log.counts.total));
    write_table("Results", &of_all, first, out)?;
    let beyond = log.released + FIRST_ROWS as u64;
    let failed = failed_rows(log).filter(|row| row.index >= beyond);
    let mut failed = failed.take(FAILED_ROWS).peekable();
    if failed.peek().is_some() {
        write_table("Failed items", "the first that are not above", failed, out)?;
    }
    Ok(())
}

fn write_table<'a>(
    title: &str,
    note: &str,
    rows: impl Iterator<Item = Row<'a>>,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(
        out,
        "<section class=\"card\">\n<h2>{title} <span class=\"weak\">{note}</span></h2>\n<div class=\"scroll\"><table class=\"rows\">\n\
         <thead><tr><th class=\"n\">#</th><th>input</th><th>output</th><th class=\"n\">worker</th><th class=\"n\">start</th>\
         <th class=\"n\">took</th><th>state</th></tr></thead>\n<tbody>"
    )?;
    for row in rows {
        let worker = if row.worker == 0 { "–".to_owned() } else { row.worker.to_string() };
        let output = row.output.map(|output| output.to_string()).or_else(|| Some(row.error()?.into_owned()));
        let class = if row.cause.is_some() { " class=\"bad\"" } else { "" };
        writeln!(
            out,
            "<tr{class}><td class=\"n\">{}</td><td><bdi>{}</bdi></td><td><bdi>{}</bdi></td><td class=\"n\">{worker}</td>\
             <td class=\"n\">{}</td><td class=\"n\">{}{}</td><td>{}</td></tr>",
            row.index,
            cell(&row.input_text(), CELL_LETTERS),
            cell(&output.unwrap_or_default(), CELL_LETTERS),
            amount::duration_ns(row.start_ns),
            if row.is_chunk_timed { "≈ " } else { "" },
            amount::duration(row.duration_s.into()),
            row.state.label()
        )?;
    }
    out.write_all(b"</tbody></table></div>\n</section>\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::fixture;
    use crate::pool::{Cause, Mode};
    use crate::value::{Column, Value};

    #[test]
    fn failures_of_one_cause_are_counted_together() {
        let mut log = fixture::empty(fixture::job(Mode::Process, 1, Column::Int(vec![1; 10])));
        fixture::ready(&mut log, 0..1, 100, [0, 5]);
        for index in 0..8 {
            let cause = if index == 5 {
                "KeyError: 'a'".to_owned()
            } else {
                format!("negative: -{index}\nat line 3")
            };
            fixture::fails(
                &mut log,
                0,
                index,
                [10 + index, 11 + index],
                Cause::Raised(cause.as_str().into()),
            );
        }
        fixture::ran(&mut log, 0, 8, [30, 31], Value::None);
        let CauseGroups { groups, others } = CauseGroups::of(&log, |_| true, MOST_CAUSES);
        assert_eq!(others, 0);
        let told: Vec<(&str, u64, usize)> = groups
            .iter()
            .map(|group| (group.headline.as_str(), group.count, group.first_indices.len()))
            .collect();
        assert_eq!(told, [("negative: …", 7, 6), ("KeyError: 'a'", 1, 1)]);
    }
}
