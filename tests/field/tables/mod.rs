//! Tables in many dialects: every cell must be what Python's `csv` reads, and every document what its `json` reads.

mod documents;
mod generated;
mod written;

use std::fs;

use serde_json::{Value, json};

use crate::case::{in_parallel, poolscope, printed, words};
use crate::reference::{answers, lines};

const FEWEST: usize = 150;

/// A table as bytes, and how Python has to be told to read it.
#[derive(Clone)]
pub struct Table {
    name: String,
    bytes: Vec<u8>,
    encoding: &'static str,
    delimiter: char,
    /// Lines above the header that are no part of the table, as `csv` counts rows.
    above: usize,
    has_header: bool,
    /// What the program has to be told, where the content cannot tell.
    options: String,
}

impl Table {
    pub fn new(name: impl Into<String>, content: impl AsRef<[u8]>) -> Self {
        Self {
            name: name.into(),
            bytes: content.as_ref().to_vec(),
            encoding: "utf-8",
            delimiter: ',',
            above: 0,
            has_header: true,
            options: String::new(),
        }
    }

    pub fn delimited(self, delimiter: char) -> Self {
        Self { delimiter, ..self }
    }

    pub fn below(self, above: usize) -> Self {
        Self { above, ..self }
    }

    pub fn without_header(self) -> Self {
        Self { has_header: false, ..self }
    }

    pub fn encoded(self, encoding: &'static str, bytes: Vec<u8>) -> Self {
        Self { encoding, bytes, ..self }
    }

    pub fn told(self, options: &str) -> Self {
        Self { options: format!("{} {options}", self.options), ..self }
    }

    fn request(&self) -> Value {
        json!({"ask": "table", "bytes": self.bytes, "encoding": self.encoding, "above": self.above,
            "delimiter": self.delimiter, "header": self.has_header})
    }

    /// What is wrong with what the program reads of it, if anything.
    fn failure(&self, right: &[String]) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("table.csv"), &self.bytes).unwrap();
        let run = |args: &str| {
            let args = format!("run -w 1 -i table.csv {} {args}", self.options);
            let output = poolscope(folder.path(), &words(&args), None);
            let said = String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or_default().to_owned();
            (String::from_utf8_lossy(&output.stdout).into_owned(), said)
        };
        let rows: Vec<Value> = right.iter().map(|row| serde_json::from_str(row).unwrap()).collect();
        let (printed, said) = run("--column * --type text --command 'echo {}'");
        let here: Vec<Value> =
            printed.lines().map(|row| texts(serde_json::from_str(row).unwrap_or_default())).collect();
        if here != rows {
            return Some(self.told_wrong("its rows as text", &printed, &right.join("\n"), &said));
        }
        let written = first_cells(&rows);
        let (printed, said) = run("--column 1 --command 'printf %s {}'");
        (printed != written).then(|| self.told_wrong("its first column", &printed, &written, &said))
    }

    fn told_wrong(&self, what: &str, printed: &str, right: &str, said: &str) -> String {
        let source: String = String::from_utf8_lossy(&self.bytes).chars().take(400).collect();
        let [printed, right] = [printed, right].map(|text| text.chars().take(500).collect::<String>());
        let head = format!("{} {}: {what}\n  {source:?}", self.name, self.options);
        format!("{head}\n  printed  {printed:?}\n  expected {right:?}\n  stderr: {said}\n")
    }
}

/// A row with the empty text for cells that hold nothing.
fn texts(row: Value) -> Value {
    match row {
        Value::Object(cells) => cells
            .into_iter()
            .map(|(name, cell)| (name, if cell.is_null() { Value::from("") } else { cell }))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        other => other,
    }
}

/// The first cell of each row as a command gets it, a line each.
fn first_cells(rows: &[Value]) -> String {
    let cells = rows.iter().filter_map(|row| row.as_object()?.values().next()?.as_str());
    cells.map(|cell| printed(cell) + "\n").collect()
}

#[test]
fn every_cell_is_what_csv_reads() {
    let tables = [written::tables(), generated::tables()].concat();
    let asked: Vec<Value> = tables.iter().map(Table::request).collect();
    let right: Vec<Vec<String>> = answers(&asked).iter().map(lines).collect();
    let all: Vec<(&Table, Vec<String>)> = tables.iter().zip(right).collect();
    assert!(all.len() + documents::COUNT >= FEWEST, "only {} tables", all.len());
    let wrong = in_parallel(&all, |(table, right)| table.failure(right));
    assert!(wrong.is_empty(), "{} of {} tables:\n{}", wrong.len(), all.len(), wrong.join("\n"));
}
