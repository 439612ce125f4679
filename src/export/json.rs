//! Rows as one JSON array, and as JSON Lines.

use std::io;

use super::{ExportRow, RowWriter};
use crate::pool::Row;

/// One object a line.
#[derive(Default)]
pub(super) struct JsonLinesRows(Vec<u8>);

impl RowWriter for JsonLinesRows {
    fn begin(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        serde_json::to_writer(&mut self.0, &ExportRow::new(row))?;
        self.0.push(b'\n');
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn size_bytes(&self) -> usize {
        self.0.len()
    }

    fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.0)
    }
}

/// One array of objects, an object a line.
#[derive(Default)]
pub(super) struct JsonRows {
    out: Vec<u8>,
    has_rows: bool,
}

impl RowWriter for JsonRows {
    fn begin(&mut self) -> io::Result<()> {
        self.out.push(b'[');
        Ok(())
    }

    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        self.out.extend_from_slice(if self.has_rows { b",\n" } else { b"\n" });
        self.has_rows = true;
        Ok(serde_json::to_writer(&mut self.out, &ExportRow::new(row))?)
    }

    fn end(&mut self) -> io::Result<()> {
        self.out.extend_from_slice(b"\n]\n");
        Ok(())
    }

    fn size_bytes(&self) -> usize {
        self.out.len()
    }

    fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }
}
