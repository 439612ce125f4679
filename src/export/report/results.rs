//! What items came to: failures by their causes, and the first rows.

use std::collections::HashMap;
use std::io::{self, Write};

use super::html::cell;
use super::workers::indices;
use crate::pool::{Row, RunLog};
use crate::value::{amount, grouped};

/// Causes that are told apart, and of these listed.
const MOST_CAUSES: usize = 2000;
const LISTED_CAUSES: usize = 40;
/// Indices that are kept of each cause: one more than are named.
const KEPT_INDICES: usize = 6;
/// Rows that are shown, of all and of those that failed.
const FIRST_ROWS: usize = 50;
const FAILED_ROWS: usize = 50;
const CELL_LETTERS: usize = 160;

/// Failures with one cause, apart from the numbers in its sentence.
#[derive(Debug, PartialEq, Eq)]
struct CauseGroup {
    /// The first line of the first one.
    sentence: String,
    state: &'static str,
    count: u64,
    /// The first of them.
    indices: Vec<u64>,
}

/// Failures by cause, the most frequent first, and how many had yet other causes.
fn grouped_failures(log: &RunLog) -> (Vec<CauseGroup>, u64) {
    let mut places: HashMap<(String, &'static str), usize> = HashMap::new();
    let (mut groups, mut others): (Vec<CauseGroup>, u64) = (Vec::new(), 0);
    for (row, error) in failed_rows(log) {
        let sentence = error.lines().next().unwrap_or_default();
        let key = (without_numbers(sentence), row.state.label());
        let place = match places.get(&key) {
            Some(place) => *place,
            None if groups.len() == MOST_CAUSES => {
                others += 1;
                continue;
            }
            None => {
                let (sentence, state) = (sentence.to_owned(), row.state.label());
                groups.push(CauseGroup { sentence, state, count: 0, indices: Vec::new() });
                places.insert(key, groups.len() - 1);
                groups.len() - 1
            }
        };
        groups[place].count += 1;
        if groups[place].indices.len() < KEPT_INDICES {
            groups[place].indices.push(row.index);
        }
    }
    groups.sort_by_key(|group| (std::cmp::Reverse(group.count), group.indices.first().copied()));
    (groups, others)
}

/// Rows that are kept and have no output, with why.
fn failed_rows(log: &RunLog) -> impl Iterator<Item = (Row<'_>, String)> {
    let kept = if log.counts.failed == 0 { 0..0 } else { log.released..log.counts.total };
    let rows = kept.filter_map(|index| log.row(index));
    rows.filter_map(|row| Some((row, row.error()?.into_owned()))).take(log.counts.failed as usize)
}

/// A sentence with one sign for each number, so that "negative: -3" and "negative: -5" are one cause.
fn without_numbers(sentence: &str) -> String {
    let mut key = String::with_capacity(sentence.len());
    for sign in sentence.chars() {
        match sign.is_ascii_digit() {
            true if key.ends_with('#') => {}
            true => key.push('#'),
            false => key.push(sign),
        }
    }
    key
}

/// Failures by cause; nothing where nothing failed.
pub(super) fn write_failures(log: &RunLog, out: &mut dyn Write) -> io::Result<()> {
    let (groups, others) = grouped_failures(log);
    if groups.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<section class=\"card\">\n<h2>Failures by cause <span class=\"weak\">{}</span></h2>\n<div class=\"scroll\"><table>\n<thead>\
         <tr><th class=\"n\">items</th><th>state</th><th>cause, as the first of them has it</th><th>first inputs</th></tr></thead>\n<tbody>",
        grouped(log.counts.failed)
    )?;
    for group in groups.iter().take(LISTED_CAUSES) {
        writeln!(
            out,
            "<tr><td class=\"n\">{}</td><td>{}</td><td class=\"bad\">{}</td><td>{}</td></tr>",
            grouped(group.count),
            group.state,
            cell(&group.sentence, CELL_LETTERS * 2),
            indices(&group.indices)
        )?;
    }
    out.write_all(b"</tbody></table></div>\n")?;
    let more: u64 = groups.iter().skip(LISTED_CAUSES).map(|group| group.count).sum::<u64>() + others;
    if more > 0 {
        writeln!(out, "<p class=\"note\">{} failed for other causes.</p>", grouped(more))?;
    }
    out.write_all(b"</section>\n")
}

/// The first rows, and the first of those that failed.
pub(super) fn write_rows(log: &RunLog, out: &mut dyn Write) -> io::Result<()> {
    let first = (log.released..log.counts.total).take(FIRST_ROWS).filter_map(|index| log.row(index));
    let of_all =
        format!("first {} of {}", FIRST_ROWS.min(log.counts.total as usize), grouped(log.counts.total));
    write_table("Results", &of_all, first, out)?;
    let beyond = log.released + FIRST_ROWS as u64;
    let failed = failed_rows(log).map(|(row, _)| row).filter(|row| row.index >= beyond);
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
        let (groups, others) = grouped_failures(&log);
        assert_eq!(others, 0);
        let told: Vec<(&str, u64, usize)> =
            groups.iter().map(|group| (group.sentence.as_str(), group.count, group.indices.len())).collect();
        assert_eq!(told, [("negative: -0", 7, 6), ("KeyError: 'a'", 1, 1)]);
    }
}
