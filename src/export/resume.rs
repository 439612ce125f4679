//! Reads a file of rows back: what went well in it need not be run again.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use serde::Deserialize;
use serde_json::Value as Json;

use super::RowFormat;
use crate::error::{Error, Result};
use crate::pool::Kept;
use crate::value::{Column, Value, shortened};

/// Of a row, what matters here.
#[derive(Debug, Deserialize)]
struct SavedRow {
    index: u64,
    #[serde(default)]
    input: Json,
    #[serde(default)]
    output: Json,
    state: String,
}

/// The outputs in a file that [`super::write_rows`] has written, which has to be of a run over the same inputs. Bytes
/// and pictures come back as the words that stand for them there.
pub fn read_kept(path: &Path, inputs: &Column) -> Result<Kept> {
    let failed = |reason: String| Error::input(format!("resume from {}", path.display()), reason);
    let format = RowFormat::of(path)?;
    let file = File::open(path).map_err(|error| failed(error.to_string()))?;
    let rows = match format {
        RowFormat::Csv => csv_rows(file),
        RowFormat::Json => serde_json::from_reader(BufReader::new(file)).map_err(|error| error.to_string()),
        RowFormat::JsonLines => json_lines(BufReader::new(file)),
    };
    let mut rows: Vec<SavedRow> = rows.map_err(&failed)?;
    rows.sort_by_key(|row| row.index);
    rows.dedup_by_key(|row| row.index);
    let mut kept = Kept::default();
    for row in rows.into_iter().filter(|row| row.state == "ok") {
        check_input(&row, inputs, format).map_err(&failed)?;
        kept.push(row.index, value_of(row.output));
    }
    Ok(kept)
}

fn json_lines(file: impl BufRead) -> std::result::Result<Vec<SavedRow>, String> {
    let rows = file.lines().enumerate().map(|(place, line)| {
        let row = line
            .map_err(|error| error.to_string())
            .and_then(|line| serde_json::from_str(&line).map_err(|error| error.to_string()));
        row.map_err(|reason| format!("line {}: {reason}", place + 1))
    });
    rows.collect()
}

fn csv_rows(file: File) -> std::result::Result<Vec<SavedRow>, String> {
    let mut reader = csv::Reader::from_reader(file);
    let headers = reader.headers().map_err(|error| error.to_string())?.clone();
    let place = |name: &str| {
        headers.iter().position(|header| header == name).ok_or_else(|| format!("it has no column `{name}`"))
    };
    let places = [place("index")?, place("input")?, place("output")?, place("state")?];
    let rows = reader.records().enumerate().map(|(number, record)| {
        let record = record.map_err(|error| error.to_string())?;
        let [index, input, output, state] = places.map(|place| record.get(place).unwrap_or_default());
        let index = index.parse().map_err(|_| format!("row {}: `{index}` is not an index", number + 1))?;
        Ok(SavedRow { index, input: cell_of(input), output: cell_of(output), state: state.to_owned() })
    });
    rows.collect()
}

/// A cell of a CSV file: what reads as JSON is that, all else is text.
fn cell_of(cell: &str) -> Json {
    match cell {
        "" => Json::Null,
        cell => serde_json::from_str(cell).unwrap_or_else(|_| cell.into()),
    }
}

fn check_input(row: &SavedRow, inputs: &Column, format: RowFormat) -> std::result::Result<(), String> {
    let given = usize::try_from(row.index).ok().and_then(|index| inputs.get(index));
    let given = given.map(|cell| cell.to_json());
    let is_same = match (&given, format) {
        (Some(Json::String(given)), RowFormat::Csv) => cell_of(given) == row.input,
        (Some(given), _) => *given == row.input,
        (None, _) => false,
    };
    if is_same {
        return Ok(());
    }
    let now = given.map_or("not there".to_owned(), |given| format!("{}", Short(&given)));
    let index = row.index;
    Err(format!("its input {index} is {}, but here input {index} is {now}", Short(&row.input)))
}

/// A value for an error.
struct Short<'a>(&'a Json);

impl std::fmt::Display for Short<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&shortened(&self.0.to_string(), 60))
    }
}

fn value_of(json: Json) -> Value {
    match json {
        Json::Null => Value::None,
        Json::Bool(value) => Value::Bool(value),
        Json::Number(number) => match number.as_i64() {
            Some(value) => Value::Int(value),
            None => Value::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => Value::Text(text),
        nested => Value::Json(nested.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(name: &str, text: &str, inputs: &Column) -> Result<Kept> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        read_kept(&path, inputs)
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
