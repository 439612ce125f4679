//! Reads rows from files of them, in each format, and also from those that were cut off.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use csv::StringRecord;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::RowFormat;
use super::cell::output_of;
use super::csv::{MARKED, without_mark};
use super::target;
use crate::value::Value;

/// Of a row, what matters here.
pub(super) struct SavedRow {
    pub(super) index: u64,
    pub(super) input: SavedCell,
    /// Nothing where there is none that could be kept.
    pub(super) output: Option<Value>,
}

/// A cell as it stands in a file.
#[derive(Debug, PartialEq)]
pub(super) enum SavedCell {
    /// A cell of a table, or a text of JSON.
    Text(String),
    /// Any other JSON, as it is written.
    Json(String),
}

/// The same as an object of JSON.
#[derive(Deserialize)]
struct SavedObject<'a> {
    index: u64,
    #[serde(borrow, default)]
    input: Option<&'a RawValue>,
    #[serde(borrow, default)]
    output: Option<&'a RawValue>,
    state: String,
    output_type: Option<String>,
}

pub(super) fn read_rows(path: &Path) -> std::result::Result<Vec<SavedRow>, String> {
    let is_file = std::fs::metadata(path).map_err(|error| error.to_string())?.is_file();
    if !is_file {
        return Err("it is not a file".to_owned());
    }
    if !target::is_part(path) {
        return match RowFormat::of(path).map_err(|error| error.reason().to_owned())? {
            RowFormat::Csv => {
                File::open(path).map_err(|error| error.to_string()).and_then(|file| csv_rows(file, false))
            }
            RowFormat::Json => json_rows(&std::fs::read_to_string(path).map_err(|error| error.to_string())?),
            RowFormat::JsonLines => {
                json_lines(BufReader::new(File::open(path).map_err(|error| error.to_string())?))
            }
        };
    }
    // The last row may have been cut off with the program or the machine.
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |place| place + 1);
    match RowFormat::of(path).map_err(|error| error.reason().to_owned())? {
        // Not even its header was written.
        RowFormat::Csv if end == 0 => Ok(Vec::new()),
        RowFormat::Csv => csv_rows(&bytes[..end], true),
        RowFormat::JsonLines => json_lines(&bytes[..end]),
        RowFormat::Json => {
            // An object a line, each but the last with a comma behind it.
            let text = String::from_utf8_lossy(&bytes);
            let objects = text.lines().skip(1).map(|line| line.strip_suffix(',').unwrap_or(line));
            let whole = objects.map_while(|object| serde_json::from_str(object).ok());
            whole.map(saved_row).collect()
        }
    }
}

fn json_rows(text: &str) -> std::result::Result<Vec<SavedRow>, String> {
    let rows: Vec<SavedObject<'_>> =
        serde_json::from_str(without_byte_order_mark(text)).map_err(|error| error.to_string())?;
    rows.into_iter().map(saved_row).collect()
}

fn json_lines(lines: impl BufRead) -> std::result::Result<Vec<SavedRow>, String> {
    let rows = lines.lines().enumerate().map(|(place, line)| {
        let row = line.map_err(|error| error.to_string()).and_then(|line| {
            let line = without_byte_order_mark(&line);
            saved_row(serde_json::from_str(line).map_err(|error| not_a_row(line, &error))?)
        });
        row.map_err(|reason| format!("line {}: {reason}", place + 1))
    });
    rows.collect()
}

/// A text without the mark of its encoding, which editors put before a file that they save.
fn without_byte_order_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Why a line cannot be read as a row, in words of what a person sees in it.
fn not_a_row(line: &str, error: &serde_json::Error) -> String {
    match serde_json::from_str::<IgnoredAny>(line) {
        Ok(_) if !line.trim_start().starts_with('{') => {
            "it is not a row: a row is an object with `index`, `input`, `output` and `state`".to_owned()
        }
        _ => error.to_string(),
    }
}

fn saved_row(object: SavedObject<'_>) -> std::result::Result<SavedRow, String> {
    let SavedObject { index, input, output, state, output_type } = object;
    let output = match (state.as_str(), output_type) {
        ("ok", Some(word)) if word == "json" => Some(Value::Json(document(output))),
        ("ok", Some(word)) => output_of(written(output).text(), &word)?,
        ("ok", None) => Some(guessed(&written(output))),
        _ => None,
    };
    Ok(SavedRow { index, input: written(input), output })
}

/// A document; one with numbers that JSON lacks stands in the file as a text.
fn document(json: Option<&RawValue>) -> String {
    let is_json = |text: &str| serde_json::from_str::<IgnoredAny>(text).is_ok();
    match written(json) {
        SavedCell::Text(text) if text.starts_with(['[', '{']) && !is_json(&text) => text,
        _ => json.map_or("null", RawValue::get).to_owned(),
    }
}

fn written(json: Option<&RawValue>) -> SavedCell {
    let json = json.map_or("null", RawValue::get);
    match serde_json::from_str::<String>(json) {
        Ok(text) => SavedCell::Text(text),
        Err(_) => SavedCell::Json(json.to_owned()),
    }
}

/// Of a table that was cut off, the last row need not be one.
fn csv_rows(table: impl Read, is_cut: bool) -> std::result::Result<Vec<SavedRow>, String> {
    let mut reader = csv::Reader::from_reader(table);
    let headers = reader.headers().map_err(|error| error.to_string())?.clone();
    let columns = CsvColumns::find(&headers)?;
    let mut records = reader.records().enumerate().peekable();
    let mut rows = Vec::new();
    while let Some((number, record)) = records.next() {
        let row = record.map_err(|error| record_reason(&error)).and_then(|record| {
            columns.row(&record).map_err(|reason| format!("row {}: {reason}", number + 1))
        });
        match row {
            Err(_) if is_cut && records.peek().is_none() => {}
            row => rows.push(row?),
        }
    }
    Ok(rows)
}

/// Why a record cannot be read, and what helps.
fn record_reason(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { pos: Some(place), expected_len, len } => format!(
            "the row at line {} has {len} cells instead of {expected_len}: the file was cut off or changed there; remove \
             that row, and its input is run again",
            place.line()
        ),
        _ => error.to_string(),
    }
}

/// Where a table has what matters of a row.
struct CsvColumns {
    index: usize,
    input: usize,
    output: usize,
    state: usize,
    output_type: usize,
}

impl CsvColumns {
    fn find(headers: &StringRecord) -> std::result::Result<Self, String> {
        let find = |name: &str| headers.iter().position(|header| header == name);
        let place = |name: &str| find(name).ok_or_else(|| format!("it has no column `{name}`"));
        Ok(Self {
            index: place("index")?,
            input: place("input")?,
            output: place("output")?,
            state: place("state")?,
            output_type: find("output_type")
                .ok_or("it has no column `output_type`, which tells the text `5` from the number")?,
        })
    }

    fn row(&self, record: &StringRecord) -> std::result::Result<SavedRow, String> {
        let cell = |place: usize| record.get(place).unwrap_or_default();
        let index =
            cell(self.index).parse().map_err(|_| format!("`{}` is not an index", cell(self.index)))?;
        let word = cell(self.output_type);
        let (input, output, word) = match word.strip_suffix(MARKED) {
            Some(word) => (without_mark(cell(self.input)), without_mark(cell(self.output)), word),
            None => (cell(self.input), cell(self.output), word),
        };
        let output = if cell(self.state) == "ok" { output_of(output, word)? } else { None };
        Ok(SavedRow { index, input: SavedCell::Text(input.to_owned()), output })
    }
}

impl SavedCell {
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Json(text) => text,
        }
    }
}

/// An output of an object that does not say what it is: JSON tells a text from a number.
fn guessed(output: &SavedCell) -> Value {
    match output {
        SavedCell::Text(text) => Value::Text(text.clone()),
        SavedCell::Json(json) => match (json.as_str(), json.parse::<i64>(), json.parse::<f64>()) {
            ("null", ..) => Value::None,
            ("true" | "false", ..) => Value::Bool(json == "true"),
            (_, Ok(number), _) => Value::Int(number),
            (_, _, Ok(number)) if json.contains(['.', 'e', 'E']) => Value::Float(number),
            _ => Value::Json(json.clone()),
        },
    }
}
