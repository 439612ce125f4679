//! Rows as one JSON array, and as JSON Lines.

use std::io::{self, Write};

use super::{ExportRow, RowWriter};
use crate::pool::Row;

/// One object a line.
pub(super) struct JsonLinesRows<'a>(Box<dyn Write + 'a>);

impl<'a> JsonLinesRows<'a> {
    pub(super) fn new(out: Box<dyn Write + 'a>) -> Self {
        Self(out)
    }
}

impl RowWriter for JsonLinesRows<'_> {
    fn begin(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        serde_json::to_writer(&mut self.0, &ExportRow::new(row))?;
        self.0.write_all(b"\n")
    }

    fn end(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// One array of objects, an object a line.
pub(super) struct JsonRows<'a> {
    out: Box<dyn Write + 'a>,
    is_first: bool,
}

impl<'a> JsonRows<'a> {
    pub(super) fn new(out: Box<dyn Write + 'a>) -> Self {
        Self { out, is_first: true }
    }
}

impl RowWriter for JsonRows<'_> {
    fn begin(&mut self) -> io::Result<()> {
        self.out.write_all(b"[")
    }

    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        self.out.write_all(if self.is_first { b"\n" } else { b",\n" })?;
        self.is_first = false;
        Ok(serde_json::to_writer(&mut self.out, &ExportRow::new(row))?)
    }

    fn end(&mut self) -> io::Result<()> {
        self.out.write_all(b"\n]\n")?;
        self.out.flush()
    }
}
