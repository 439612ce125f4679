//! Rows on their way to one file, in pieces: what was not written is tried again.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::disk::Disk;
use super::part::PartFile;
use super::{Formulas, RowFormat, RowWriter};
use crate::pool::RunLog;

/// So much is written at a time.
const PIECE_BYTES: usize = 1 << 16;

/// Rows on their way to one file.
pub(super) struct Sheet {
    /// Nothing once the file is in its place or gone.
    pub(super) part: Option<PartFile>,
    pub(super) writer: Box<dyn RowWriter>,
    /// What is to be written next, whole rows.
    pending: Vec<u8>,
    pub(super) format: RowFormat,
    rows: u64,
    pub(super) written_rows: u64,
    /// Goes on with each piece that is written.
    progress: Arc<AtomicU64>,
}

impl Sheet {
    pub(super) fn begin(
        part: PartFile,
        format: RowFormat,
        formulas: Formulas,
        progress: &Arc<AtomicU64>,
    ) -> io::Result<Self> {
        let mut writer = format.writer(formulas);
        writer.begin()?;
        let (part, progress) = (Some(part), Arc::clone(progress));
        Ok(Self { part, writer, pending: Vec::new(), format, rows: 0, written_rows: 0, progress })
    }

    /// Adds a row; after an error it can be tried again.
    pub(super) fn row(&mut self, log: &RunLog, index: u64, disk: &dyn Disk) -> io::Result<()> {
        let Some(row) = log.row(index) else { return Ok(()) };
        if self.pending.len() + self.writer.size_bytes() >= PIECE_BYTES {
            self.write(disk)?;
        }
        self.writer.row(&row)?;
        self.rows += 1;
        Ok(())
    }

    pub(super) fn write(&mut self, disk: &dyn Disk) -> io::Result<()> {
        self.pending.append(&mut self.writer.take());
        let Some(part) = self.part.as_mut().filter(|_| !self.pending.is_empty()) else { return Ok(()) };
        match part.append(&self.pending, disk) {
            Ok(()) => {
                self.progress.fetch_add(1, Ordering::Relaxed);
                self.written_rows = self.rows;
                self.pending.clear();
                Ok(())
            }
            Err(error) => {
                self.write_what_fits(disk);
                Err(error)
            }
        }
    }

    /// Writes as many of the rows as there is room for: each is one that was finished.
    fn write_what_fits(&mut self, disk: &dyn Disk) {
        let Some(part) = self.part.as_mut().filter(|part| !part.is_stream()) else { return };
        let ends = line_ends(&self.pending, self.format.quotes_line_ends());
        let has_first_line = part.size_bytes() == 0 && self.format.has_first_line();
        let (mut written, mut lines) = (0, ends.len());
        while lines > 0 {
            let begin = if written == 0 { 0 } else { ends[written - 1] };
            let end = ends.get(written + lines - 1);
            match end.is_some_and(|end| part.append(&self.pending[begin..*end], disk).is_ok()) {
                true => written += lines,
                false => lines /= 2,
            }
        }
        if written > 0 {
            let rows = rows_among(&self.pending, &ends[..written], self.format, has_first_line);
            self.pending.drain(..ends[written - 1]);
            self.written_rows += rows;
        }
    }

    pub(super) fn write_safely(&mut self, disk: &dyn Disk) -> io::Result<()> {
        self.write(disk)?;
        self.part.as_ref().map_or(Ok(()), |part| part.sync(disk))
    }

    pub(super) fn has_rows(&self) -> bool {
        self.written_rows > 0
    }
}

/// How many of the lines that end there are rows. In JSON the bracket above them is none, nor is the end of the line of a row
/// that was written before, which comes with the next one.
fn rows_among(lines: &[u8], ends: &[usize], format: RowFormat, has_first_line: bool) -> u64 {
    let begins = std::iter::once(0).chain(ends.iter().copied()).take(ends.len());
    match format {
        RowFormat::Json => begins.filter(|begin| lines[*begin] == b'{').count() as u64,
        RowFormat::Csv | RowFormat::JsonLines => {
            (ends.len() as u64).saturating_sub(u64::from(has_first_line))
        }
    }
}

/// Where the lines of some rows end; in a table those within quotes are none.
fn line_ends(rows: &[u8], is_table: bool) -> Vec<usize> {
    let mut is_quoted = false;
    let ends = rows.iter().enumerate().filter(|(_, byte)| {
        is_quoted ^= is_table && **byte == b'"';
        **byte == b'\n' && !is_quoted
    });
    ends.map(|(at, _)| at + 1).collect()
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};

    use super::super::disk::RealDisk;
    use super::super::fixture::{empty, job, ran};
    use super::super::{RowsFile, read_kept};
    use super::*;
    use crate::pool::{Mode, RunLog};
    use crate::value::{Column, Value};

    const ROWS: i64 = 40;

    /// One that has room for so many bytes.
    struct SmallDisk(u64);

    impl Disk for SmallDisk {
        fn append(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
            let room = self.0.saturating_sub(file.metadata()?.len());
            let fits = bytes.len().min(room as usize);
            RealDisk.append(file, &bytes[..fits])?;
            if fits < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
        }
    }

    /// A run of which so many rows are finished.
    fn log(inputs: &Column, rows: u64) -> RunLog {
        let mut log = empty(job(Mode::Process, 1, inputs.clone()));
        (0..rows).for_each(|index| ran(&mut log, 0, index, [index, index + 1], Value::Int(7)));
        log
    }

    #[test]
    fn a_full_disk_is_said_to_hold_as_many_rows_as_it_does() {
        let inputs = Column::Int((0..ROWS).collect());
        // The second is tried again with what is left of its rows.
        let logs = [ROWS / 2, ROWS, ROWS].map(|rows| log(&inputs, rows as u64));
        for ending in ["csv", "json", "jsonl"] {
            let mut told = 0;
            for room in (300..3_000).step_by(37) {
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join("rows").with_extension(ending);
                let disk = Box::new(SmallDisk(room));
                let mut file = RowsFile::create_on(disk, &path, Formulas::AsWritten, &[]).unwrap();
                let part = fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
                for error in logs.iter().filter_map(|log| file.save(log).err()) {
                    let rows = read_kept(&part, &inputs).map_or(0, |resumed| resumed.kept.len());
                    let said = format!("its first {rows} rows are in ");
                    let is_told = error.to_string().contains(&said);
                    assert!(rows == 0 || is_told, "{ending}, {room}: {rows} rows, {error}");
                    told += u64::from(is_told);
                }
            }
            assert!(told > 5, "{ending}: {told}");
        }
    }
}
