//! A run's rows as files that other programs read: CSV, JSON, JSON Lines. One row an input, in input order.
//!
//! A file is written beside its place while its run goes on ([`RowsFile`]) and moved there when it is whole, so that
//! neither a full disk nor the end of the program leaves half of one or costs the older one.

mod cell;
mod csv;
mod disk;
#[cfg(test)]
mod fixture;
mod json;
mod named_files;
mod os;
mod part;
mod python;
mod report;
mod resume;
mod rows_file;
mod run_file;
mod runs_table;
mod saved_rows;
mod sheet;
mod target;
mod trace;
mod utc;
mod whole_file;

use std::borrow::Cow;
use std::io;
use std::path::Path;

use serde::Serialize;

use self::cell::ExportCell;
pub use self::csv::Formulas;
pub use self::named_files::files_named;
pub use self::python::{equivalent_python, python_list};
pub use self::report::{Handout, write_handout, write_report};
pub use self::resume::{Resumed, read_kept};
pub use self::rows_file::RowsFile;
pub use self::run_file::{OpenedRun, RUN_ENDING, check_run_place, is_run_file, open_run, save_run};
pub use self::runs_table::{write_markdown, write_runs_csv};
pub use self::trace::write_trace;
pub use self::whole_file::{check_places, with_ending, write_whole};
use crate::error::{Error, Result};
use crate::pool::{Row, RowState, RunLog, ns_to_s};

/// Writes a run's rows in one format, into memory.
trait RowWriter: Send {
    fn begin(&mut self) -> io::Result<()>;
    fn row(&mut self, row: &Row<'_>) -> io::Result<()>;
    fn end(&mut self) -> io::Result<()>;
    /// About how much was written and not taken.
    fn size_bytes(&self) -> usize;
    /// What was written since it was taken last: whole rows.
    fn take(&mut self) -> Vec<u8>;
}

/// A file format for rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFormat {
    Csv,
    Json,
    JsonLines,
}

impl RowFormat {
    /// The format that a file's ending names.
    pub fn of(path: &Path) -> Result<Self> {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        match ending.to_ascii_lowercase().as_str() {
            "csv" => Ok(Self::Csv),
            "json" => Ok(Self::Json),
            "jsonl" | "ndjson" => Ok(Self::JsonLines),
            _ => {
                let reason = "its name has to end in .csv, .json or .jsonl, which says what to write";
                Err(Error::usage(format!("write {}", path.display()), reason))
            }
        }
    }

    /// Whether a file begins with a line that is no row.
    fn has_first_line(self) -> bool {
        match self {
            Self::Csv | Self::Json => true,
            Self::JsonLines => false,
        }
    }

    /// Whether a row may hold line ends, within quotes.
    fn quotes_line_ends(self) -> bool {
        match self {
            Self::Csv => true,
            Self::Json | Self::JsonLines => false,
        }
    }

    fn writer(self, formulas: Formulas) -> Box<dyn RowWriter> {
        match self {
            Self::Csv => Box::new(csv::CsvRows::new(formulas)),
            Self::Json => Box::new(json::JsonRows::default()),
            Self::JsonLines => Box::new(json::JsonLinesRows::default()),
        }
    }
}

/// One row as it is written; the fields are the columns.
#[derive(Debug, Serialize)]
struct ExportRow<'a> {
    /// Counted from 0.
    index: u64,
    input: ExportCell<'a>,
    output: ExportCell<'a>,
    /// `ok` or `failed`.
    state: &'static str,
    error: Option<Cow<'a, str>>,
    /// Counted from 1; 0 where none ran it.
    worker: usize,
    pid: Option<u32>,
    attempts: u8,
    start_s: f64,
    duration_s: f64,
    cpu_s: f64,
    /// What the output is, so that it can be read back: see [`cell`].
    output_type: &'static str,
}

impl<'a> ExportRow<'a> {
    fn new(row: &Row<'a>) -> Self {
        Self {
            index: row.index,
            input: ExportCell::input(row),
            output: ExportCell::output(row),
            state: if row.state == RowState::Ok { "ok" } else { "failed" },
            error: row.error(),
            worker: row.worker,
            pid: row.pid,
            attempts: row.attempts,
            start_s: ns_to_s(row.start_ns),
            duration_s: exact(row.duration_s),
            cpu_s: exact(row.cpu_s),
            output_type: cell::type_word(row.output),
        }
    }
}

/// The shortest decimal that is this number, without the digits that only a wider type would show.
fn exact(seconds: f32) -> f64 {
    seconds.to_string().parse().unwrap_or_default()
}

/// Writes all rows of a finished run to `path`, in the format that its ending names.
pub fn write_rows(log: &RunLog, path: &Path, formulas: Formulas) -> Result<()> {
    RowsFile::create(path, formulas, &[])?.finish(log)
}

#[cfg(test)]
mod disk_tests;
#[cfg(test)]
mod tests;
