//! Reads a file of rows back: what went well in it need not be run again.

use std::cmp::Reverse;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use csv::StringRecord;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value as Json;
use serde_json::value::RawValue;

use super::RowFormat;
use super::cell::output_of;
use super::csv::{MARKED, without_mark};
use super::os;
use super::target::{self, OutputPlace};
use crate::error::{Error, Result};
use crate::pool::ResumedRows;
use crate::value::{Column, Value, ValueRef, shortened};

/// Of a row, what matters here.
struct SavedRow {
    index: u64,
    input: SavedCell,
    /// Nothing where there is none that could be kept.
    output: Option<Value>,
}

/// A cell as it stands in a file.
#[derive(Debug, PartialEq)]
enum SavedCell {
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

/// The outputs in a file that [`super::write_rows`] has written, which has to be of a run over the same inputs. Each comes
/// back as what it was, but for pictures, which are made again: a file of rows does not hold their pixels.
///
/// A run that ended early has left files beside that place (see [`super::RowsFile`]), which are read too, the newest first:
/// of rows that stand in several files its values count. Where they have rows, the file at the place itself may be something
/// else, which the run was to replace, or half of it replaced; `passed_over` of the result says so. `files` names all that
/// were read.
///
/// ```
/// use poolscope::export::read_kept;
/// use poolscope::value::Column;
///
/// # let io = |error| poolscope::error::Error::io("use a folder", error);
/// # let folder = tempfile::tempdir().map_err(io)?;
/// let path = folder.path().join("doubled.jsonl");
/// let kept = r#"{"index":1,"input":2,"output":4,"state":"ok","worker":1}"#;
/// std::fs::write(&path, format!("{kept}\n")).map_err(io)?;
/// let resumed = read_kept(&path, &Column::Int(vec![1, 2, 3]))?;
/// assert_eq!(resumed.files, [path]);
/// # Ok::<(), poolscope::error::Error>(())
/// ```
pub fn read_kept(path: &Path, inputs: &Column) -> Result<Resumed> {
    let failed =
        |path: &Path, reason: String| Error::input(format!("resume from {}", path.display()), reason);
    RowFormat::of(path)?;
    let target = OutputPlace::find(path).map_err(|error| failed(path, error.to_string()))?;
    let parts = if target::is_part(path) { target::late_of(path) } else { target.parts() };
    let mut parts: Vec<PathBuf> = parts.into_iter().filter(|part| !target::is_in_use(part)).collect();
    parts.sort_by_key(|part| Reverse(std::fs::metadata(part).and_then(|about| about.modified()).ok()));
    let mut rows = Vec::new();
    for part in &parts {
        rows.extend(read_rows(part).map_err(|reason| failed(part, reason))?);
    }
    let (mut files, mut passed_over) = (parts, None);
    if target.before.is_some() || files.is_empty() {
        match read_rows(path) {
            Ok(read) => {
                rows.extend(read);
                files.push(path.to_owned());
            }
            Err(reason) if rows.is_empty() => return Err(failed(path, reason)),
            Err(reason) => passed_over = Some(reason),
        }
    }
    // Of rows that stand in several files the first counts.
    rows.sort_by_key(|row| row.index);
    rows.dedup_by_key(|row| row.index);
    let mut kept = ResumedRows::default();
    for SavedRow { index, input, output } in rows {
        if let Some(output) = output {
            check_input(index, &input, inputs).map_err(|reason| failed(path, reason))?;
            kept.push(index, output);
        }
    }
    Ok(Resumed { kept, files, passed_over })
}

/// What earlier runs have made.
#[derive(Default)]
pub struct Resumed {
    pub kept: ResumedRows,
    /// Where it was read from.
    pub files: Vec<PathBuf>,
    /// Why the file at the place itself was not read, where others beside it were.
    pub passed_over: Option<String>,
}

impl Resumed {
    /// The first of the files whose rows another function than this has made, and that one. Nothing where the files do not
    /// tell: what [`super::RowsFile::note_function`] notes is lost where a file is copied without it.
    pub fn made_by_another(&self, function: &str) -> Option<(&Path, String)> {
        let made_by = |file: &PathBuf| os::attached(file).filter(|other| other != os::attachable(function));
        self.files.iter().find_map(|file| Some((file.as_path(), made_by(file)?)))
    }
}

fn read_rows(path: &Path) -> std::result::Result<Vec<SavedRow>, String> {
    let is_file = std::fs::metadata(path).map_err(|error| error.to_string())?.is_file();
    if !is_file {
        return Err("it is no file".to_owned());
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
            "it is no row: a row is an object with `index`, `input`, `output` and `state`".to_owned()
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
    output_type: Option<usize>,
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
            output_type: find("output_type"),
        })
    }

    fn row(&self, record: &StringRecord) -> std::result::Result<SavedRow, String> {
        let cell = |place: usize| record.get(place).unwrap_or_default();
        let index =
            cell(self.index).parse().map_err(|_| format!("`{}` is not an index", cell(self.index)))?;
        let type_word = self.output_type.map(cell);
        let (input, output, type_word) = match type_word.and_then(|word| word.strip_suffix(MARKED)) {
            Some(word) => (without_mark(cell(self.input)), without_mark(cell(self.output)), Some(word)),
            None => (cell(self.input), cell(self.output), type_word),
        };
        let output = match (cell(self.state), type_word) {
            ("ok", Some(word)) => output_of(output, word)?,
            ("ok", None) => Some(guessed_cell(output)),
            _ => None,
        };
        Ok(SavedRow { index, input: SavedCell::Text(input.to_owned()), output })
    }
}

impl SavedCell {
    fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Json(text) => text,
        }
    }
}

/// An output of a file that does not say what its outputs are.
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

/// The same in a table: what reads as JSON is that, all else is text.
fn guessed_cell(output: &str) -> Value {
    match output {
        "" => Value::None,
        output if serde_json::from_str::<IgnoredAny>(output).is_ok() => {
            guessed(&SavedCell::Json(output.to_owned()))
        }
        output => Value::Text(output.to_owned()),
    }
}

/// Whether the input of a saved row is that of this run: written the same, or the same JSON.
fn check_input(index: u64, saved: &SavedCell, inputs: &Column) -> std::result::Result<(), String> {
    let place = usize::try_from(index).unwrap_or(usize::MAX);
    let given = inputs.get(place).map(|cell| match (inputs.written(place), cell) {
        (Some(written), _) => written.to_owned(),
        (None, ValueRef::None) => String::new(),
        (None, cell) => cell.to_string(),
    });
    let is_same = given.as_deref().is_some_and(|given| {
        let is_nothing = given.is_empty() && *saved == SavedCell::Json("null".to_owned());
        is_nothing || given == saved.text() || is_same_json(given, saved)
    });
    if is_same {
        return Ok(());
    }
    let now = given.map_or("not there".to_owned(), |given| short(&given));
    Err(format!("its input {index} is {}, but here input {index} is {now}", short(saved.text())))
}

/// Whether two texts are the same document but for blanks, or the same number but for how it is written.
fn is_same_json(given: &str, saved: &SavedCell) -> bool {
    let SavedCell::Json(saved) = saved else { return false };
    let parsed = |text: &str| serde_json::from_str::<Json>(text).ok();
    parsed(given).is_some_and(|given| parsed(saved) == Some(given))
}

fn short(text: &str) -> String {
    shortened(text, 60).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(name: &str, text: &str, inputs: &Column) -> Result<ResumedRows> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        read_kept(&path, inputs).map(|resumed| resumed.kept)
    }

    #[test]
    fn what_went_well_is_kept_in_each_format() {
        let inputs: Column = ["7", "a b", "c"].into_iter().collect();
        let lines = "{\"index\":0,\"input\":\"7\",\"output\":14,\"state\":\"ok\"}\n\
            {\"index\":2,\"input\":\"c\",\"output\":null,\"state\":\"failed\"}\n";
        assert_eq!(kept("rows.jsonl", lines, &inputs).unwrap().len(), 1);
        let array = "[{\"index\":1,\"input\":\"a b\",\"output\":[1],\"state\":\"ok\"}]";
        assert_eq!(kept("rows.json", array, &inputs).unwrap().len(), 1);
        let table = "index,input,output,state\n0,7,14,ok\n1,a b,x,ok\n2,c,,failed\n";
        assert_eq!(kept("rows.csv", table, &inputs).unwrap().len(), 2);
        // As some editors and spreadsheets save them again.
        for (name, text, count) in [("rows.jsonl", lines, 1), ("rows.json", array, 1), ("rows.csv", table, 2)]
        {
            assert_eq!(kept(name, &format!("\u{feff}{text}"), &inputs).unwrap().len(), count, "{name}");
        }
    }

    #[test]
    fn a_part_that_was_only_begun_has_no_rows() {
        let inputs: Column = vec![9_i64].into();
        for begun in ["", "index,inp"] {
            assert_eq!(kept("rows.part-00af12.csv", begun, &inputs).unwrap().len(), 0);
        }
    }

    #[test]
    fn other_inputs_are_refused() {
        let inputs: Column = vec![9_i64].into();
        let error = kept("rows.csv", "index,input,output,state\n0,7,14,ok\n", &inputs).unwrap_err();
        assert!(error.to_string().contains("its input 0 is 7, but here input 0 is 9"), "{error}");
        let error = kept("rows.jsonl", "{\"index\":0}\n", &inputs).unwrap_err();
        assert!(error.to_string().contains("line 1"), "{error}");
    }
}
