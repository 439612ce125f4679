//! A run's rows as files that other programs read: CSV, JSON, JSON Lines. One row an input, in input order.
//!
//! A file is written beside its place and moved there when it is whole, so that a full disk never leaves half of one
//! and never costs the older one.

mod cell;
mod csv;
mod json;
mod resume;

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use self::cell::ExportCell;
pub use self::csv::Formulas;
pub use self::resume::read_kept;
use crate::error::{Error, Result};
use crate::pool::{Row, RowState, RunLog, ns_to_s};

/// Writes a run's rows in one format.
trait RowWriter {
    fn begin(&mut self) -> io::Result<()>;
    fn row(&mut self, row: &Row<'_>) -> io::Result<()>;
    fn end(&mut self) -> io::Result<()>;
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

    fn writer<'a>(self, out: Box<dyn Write + 'a>, formulas: Formulas) -> Box<dyn RowWriter + 'a> {
        match self {
            Self::Csv => Box::new(csv::CsvRows::new(out, formulas)),
            Self::Json => Box::new(json::JsonRows::new(out)),
            Self::JsonLines => Box::new(json::JsonLinesRows::new(out)),
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
    error: Option<&'a str>,
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
            error: row.error,
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

/// Whether a file can be written at `path`, to be known before a long run rather than after it.
pub fn check_writable(path: &Path) -> Result<()> {
    RowFormat::of(path)?;
    let existed = path.exists();
    let opened = OpenOptions::new().append(true).create(true).open(path);
    opened.map_err(|error| Error::usage(format!("write {}", path.display()), error))?;
    if !existed {
        // It was only made to see whether it can be; where that fails it stays, empty.
        let _ = fs::remove_file(path);
    }
    Ok(())
}

/// Writes all rows of a finished run to `path`, in the format that its ending names.
pub fn write_rows(log: &RunLog, path: &Path, formulas: Formulas) -> Result<()> {
    let mut file = RowsFile::create(path, formulas)?;
    file.add(log, log.counts.total)?;
    file.finish()
}

/// A file of rows in the making. Left unfinished, it leaves nothing behind.
pub struct RowsFile {
    path: PathBuf,
    partial: PathBuf,
    writer: Option<Box<dyn RowWriter>>,
    next_row: u64,
}

impl RowsFile {
    /// An empty file of the format that the ending of `path` names, beside its place.
    pub fn create(path: &Path, formulas: Formulas) -> Result<Self> {
        let format = RowFormat::of(path)?;
        let partial = partial_path(path);
        let begun = File::create(&partial).and_then(|file| {
            let mut writer = format.writer(Box::new(BufWriter::new(file)), formulas);
            writer.begin()?;
            Ok(writer)
        });
        let writer = begun.map_err(|error| failure(path, error))?;
        Ok(Self { path: path.to_owned(), partial, writer: Some(writer), next_row: 0 })
    }

    /// Adds the rows before `upto` that are not in it yet.
    pub fn add(&mut self, log: &RunLog, upto: u64) -> Result<()> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        while self.next_row < upto {
            if let Some(row) = log.row(self.next_row) {
                writer.row(&row).map_err(|error| failure(&self.path, error))?;
            }
            self.next_row += 1;
        }
        Ok(())
    }

    /// Ends the file and puts it in its place.
    pub fn finish(mut self) -> Result<()> {
        let Some(mut writer) = self.writer.take() else { return Ok(()) };
        // Ending it writes what is still held in memory; closing would not tell that it cannot be written.
        let ended = writer.end().and_then(|()| fs::rename(&self.partial, &self.path));
        ended.map_err(|error| {
            self.discard();
            failure(&self.path, error)
        })
    }

    fn discard(&self) {
        // It may not be there, and the error that matters is told already.
        let _ = fs::remove_file(&self.partial);
    }
}

impl Drop for RowsFile {
    fn drop(&mut self) {
        if self.writer.take().is_some() {
            self.discard();
        }
    }
}

fn failure(path: &Path, error: io::Error) -> Error {
    Error::io(format!("write {}", path.display()), error)
}

fn partial_path(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    path.with_file_name(name)
}

#[cfg(test)]
mod tests;
