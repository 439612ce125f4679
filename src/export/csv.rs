//! Rows as CSV with a header line; what is not a number or a word is written as JSON in its cell.

use std::io::{self, Write};

use serde_json::Value;

use super::{ExportCell, ExportRow, RowWriter};

const HEADER: [&str; 11] = [
    "index",
    "input",
    "output",
    "state",
    "error",
    "worker",
    "pid",
    "attempts",
    "start_s",
    "duration_s",
    "cpu_s",
];

pub(super) struct CsvRows<'a>(csv::Writer<Box<dyn Write + 'a>>);

impl<'a> CsvRows<'a> {
    pub(super) fn new(out: Box<dyn Write + 'a>) -> Self {
        Self(csv::Writer::from_writer(out))
    }
}

impl RowWriter for CsvRows<'_> {
    fn begin(&mut self) -> io::Result<()> {
        Ok(self.0.write_record(HEADER)?)
    }

    fn row(&mut self, row: &ExportRow<'_>) -> io::Result<()> {
        let pid = row.pid.map(|pid| pid.to_string()).unwrap_or_default();
        Ok(self.0.write_record([
            row.index.to_string().as_str(),
            &cell(&row.input),
            &cell(&row.output),
            row.state,
            row.error.unwrap_or_default(),
            &row.worker.to_string(),
            &pid,
            &row.attempts.to_string(),
            &row.start_s.to_string(),
            &row.duration_s.to_string(),
            &row.cpu_s.to_string(),
        ])?)
    }

    fn end(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn cell(cell: &ExportCell<'_>) -> String {
    match cell {
        ExportCell::Plain(Value::Null) => String::new(),
        ExportCell::Plain(Value::String(text)) => text.clone(),
        ExportCell::Plain(other) => other.to_string(),
        ExportCell::Document(json) => json.get().to_owned(),
    }
}
