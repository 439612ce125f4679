//! Several runs side by side, as a table for people (Markdown) and one for programs (CSV).

use std::borrow::Cow;
use std::io::{self, Write};

use super::utc;
use crate::analysis::{Part, RunFigures};
use crate::value::{amount, grouped};

/// What a cell says of which nothing is known.
const UNKNOWN: &str = "–";

/// Writes runs as a Markdown table, a line each, with columns that also stand below each other as text.
pub fn write_markdown(runs: &[RunFigures], out: &mut dyn Write) -> io::Result<()> {
    let parts: Vec<Part> = Part::ALL.into_iter().filter(|part| is_worth_a_column(runs, *part)).collect();
    let before_parts = [
        "run",
        "function",
        "inputs",
        "pool",
        "items",
        "ok",
        "failed",
        "took",
        "startup",
        "rate",
        "cores busy",
        "memory",
        "CPU time",
    ];
    let head = before_parts.into_iter().chain(parts.iter().map(|part| part.label())).chain(["started (UTC)"]);
    let mut lines: Vec<Vec<String>> = vec![head.map(str::to_owned).collect()];
    lines.extend(
        runs.iter()
            .map(|run| shown(run, &parts).iter().map(|cell| markdown_cell(cell).into_owned()).collect()),
    );
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..lines[0].len()).map(|column| width(column).max(3)).collect();
    for (place, line) in lines.iter().enumerate() {
        write_line(out, line, &widths)?;
        if place == 0 {
            write_rule(out, &widths)?;
        }
    }
    Ok(())
}

/// Whether a part of the time is seen in the percents of any of the runs.
fn is_worth_a_column(runs: &[RunFigures], part: Part) -> bool {
    runs.iter().any(|run| run.parts.share(part) >= 0.005)
}

/// Numbers stand at the right: all columns behind the first four, but for the last.
fn is_of_numbers(column: usize, columns: usize) -> bool {
    (4..columns - 1).contains(&column)
}

fn write_line(out: &mut dyn Write, cells: &[String], widths: &[usize]) -> io::Result<()> {
    for (column, (cell, width)) in cells.iter().zip(widths).enumerate() {
        let width = *width;
        if is_of_numbers(column, widths.len()) {
            write!(out, "| {cell:>width$} ")?;
        } else {
            write!(out, "| {cell:<width$} ")?;
        }
    }
    writeln!(out, "|")
}

fn write_rule(out: &mut dyn Write, widths: &[usize]) -> io::Result<()> {
    for (column, width) in widths.iter().enumerate() {
        let end = if is_of_numbers(column, widths.len()) { ":" } else { " " };
        write!(out, "| {}{end}", "-".repeat(*width))?;
    }
    writeln!(out, "|")
}

/// The cells of a run as a person reads them.
fn shown(run: &RunFigures, parts: &[Part]) -> Vec<String> {
    let known = |figure: Option<String>| figure.unwrap_or_else(|| UNKNOWN.to_owned());
    let mut cells = vec![
        run.name.clone(),
        run.function.clone(),
        run.inputs.clone(),
        run.pool.to_string(),
        grouped(run.items),
        grouped(run.ok),
        grouped(run.failed),
        amount::duration(run.elapsed_s),
        known(run.startup_s.map(amount::duration)),
        known(run.items_per_s.map(amount::rate)),
        format!("{:.2}", run.cores_busy),
        known(run.peak_memory_bytes.map(amount::bytes)),
        amount::duration(run.cpu_s),
    ];
    cells.extend(parts.iter().map(|part| format!("{:.0} %", run.parts.share(*part) * 100.0)));
    cells.push(utc::text(run.started));
    cells
}

/// A text as a cell: on one line, and with nothing in it that Markdown or HTML would read.
fn markdown_cell(text: &str) -> Cow<'_, str> {
    let is_special = |sign: char| "|\\`*_[]<>&~".contains(sign) || sign.is_control();
    if !text.contains(is_special) {
        return Cow::Borrowed(text);
    }
    let mut cell = String::with_capacity(text.len() + 8);
    for sign in text.chars() {
        match sign {
            '\r' => {}
            sign if sign.is_control() => cell.push(' '),
            '<' => cell.push_str("&lt;"),
            '>' => cell.push_str("&gt;"),
            '&' => cell.push_str("&amp;"),
            sign if is_special(sign) => cell.extend(['\\', sign]),
            sign => cell.push(sign),
        }
    }
    Cow::Owned(cell)
}

/// Writes runs as CSV with a header line: all figures in seconds, bytes and shares from 0 to 1, empty where not known.
pub fn write_runs_csv(runs: &[RunFigures], out: &mut dyn Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    let own = [
        "name",
        "function",
        "inputs",
        "mode",
        "workers",
        "processes",
        "items",
        "ok",
        "failed",
        "elapsed_s",
        "startup_s",
        "items_per_s",
        "cores_busy",
        "peak_memory_bytes",
        "cpu_s",
        "started_utc",
    ];
    writer.write_record(own.into_iter().chain(Part::ALL.map(share_name)))?;
    for run in runs {
        let shares = Part::ALL.map(|part| run.parts.share(part).to_string());
        writer.write_record(figures(run).into_iter().chain(shares))?;
    }
    writer.flush()
}

fn figures(run: &RunFigures) -> [String; 16] {
    let known = |figure: Option<f64>| figure.map(|figure| figure.to_string()).unwrap_or_default();
    [
        run.name.clone(),
        run.function.clone(),
        run.inputs.clone(),
        run.pool.mode.to_string(),
        run.pool.workers.to_string(),
        run.pool.hosts().to_string(),
        run.items.to_string(),
        run.ok.to_string(),
        run.failed.to_string(),
        run.elapsed_s.to_string(),
        known(run.startup_s),
        known(run.items_per_s),
        run.cores_busy.to_string(),
        run.peak_memory_bytes.map(|bytes| bytes.to_string()).unwrap_or_default(),
        run.cpu_s.to_string(),
        utc::text(run.started),
    ]
}

/// The name of a column of shares; the words for people are [`Part::label`].
fn share_name(part: Part) -> &'static str {
    match part {
        Part::OnCore => "on_core_share",
        Part::Ready => "ready_share",
        Part::Blocked => "blocked_share",
        Part::Lock => "lock_share_estimated",
        Part::Starting => "starting_share",
        Part::SettingUp => "setting_up_share",
        Part::Engine => "engine_share",
        Part::Idle => "idle_share",
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::analysis::Parts;
    use crate::pool::{Mode, Shape};

    fn run(name: &str) -> RunFigures {
        let mut parts = Parts::default();
        parts[Part::OnCore] = 3;
        parts[Part::Idle] = 1;
        RunFigures {
            name: name.to_owned(),
            function: "the command wc -l {} | tail".to_owned(),
            inputs: "a\nb.csv".to_owned(),
            pool: Shape { mode: Mode::Thread, workers: 4, processes: 2 },
            items: 1_234_567,
            ok: 1_234_560,
            failed: 7,
            elapsed_s: 2.5,
            startup_s: None,
            items_per_s: Some(493_824.0),
            cores_busy: 1.97,
            peak_memory_bytes: Some(84_000_000),
            cpu_s: 4.925,
            parts,
            started: SystemTime::UNIX_EPOCH,
        }
    }

    fn written(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_table_for_people_is_aligned_and_has_one_line_a_run() {
        let text = written(|out| write_markdown(&[run("first"), run("a <b>|c* ünï")], out));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 4, "{text}");
        let width = lines[0].chars().count();
        assert!(lines.iter().all(|line| line.chars().count() == width), "{text}");
        // Those within a cell have a backslash before them.
        let bars = |line: &str| line.replace("\\|", "").matches('|').count();
        assert!(lines.iter().all(|line| bars(line) == 17), "{text}");
        assert!(
            lines[2].contains("| the command wc -l {} \\| tail | a b.csv | 4 threads in 2 processes |"),
            "{text}"
        );
        assert!(lines[3].starts_with("| a &lt;b&gt;\\|c\\* ünï |"), "{text}");
        assert!(lines[2].contains("1,234,567") && lines[2].contains("2.50 s") && lines[2].contains("75 %"));
    }

    #[test]
    fn a_table_for_programs_reads_back() {
        let text = written(|out| write_runs_csv(&[run("a,\"b\"\n|c")], out));
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let head = reader.headers().unwrap().clone();
        let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let cell = |name: &str| {
            let column = head.iter().position(|column| column == name).unwrap();
            records[0].get(column).unwrap().to_owned()
        };
        assert_eq!(records.len(), 1);
        assert_eq!(cell("name"), "a,\"b\"\n|c");
        assert_eq!(["items", "startup_s", "peak_memory_bytes"].map(cell), ["1234567", "", "84000000"]);
        assert_eq!(
            ["on_core_share", "idle_share", "started_utc"].map(cell),
            ["0.75", "0.25", "1970-01-01 00:00:00"]
        );
        let total: f64 = head
            .iter()
            .filter(|name| name.contains("_share"))
            .map(|name| cell(name).parse::<f64>().unwrap())
            .sum();
        assert!((total - 1.0).abs() < 1e-9);
    }
}
