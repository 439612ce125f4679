//! How far a load has come, readable from another thread, and the way to call it off.

use std::io::{self, Read};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// The most that is read between two looks at [`LoadProgress::cancel`]. Fuzzing makes this and other limits small, so
/// that its short inputs reach them.
pub(super) const READ_BYTES: usize = if cfg!(fuzzing) { 128 } else { 64 * 1024 };

/// How a table is read of which nobody has said which column holds the inputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundTable {
    /// Its columns: several, or one whose name its first line is.
    pub columns: Vec<String>,
    /// The place of the inputs among them, counted from 0; nothing where each row is an input.
    pub chosen_column: Option<usize>,
    /// What stands between its cells.
    pub delimiter: u8,
    /// Whether its first line names the columns.
    pub has_header: bool,
    /// Lines above it that are no part of it: comments and titles.
    pub skipped_lines: u64,
}

/// Counters that a loader keeps while it works. They are only ever looked at, so no order between them is promised.
#[derive(Debug, Default)]
pub struct LoadProgress {
    read_bytes: AtomicU64,
    total_bytes: AtomicU64,
    rows: AtomicU64,
    cancelled: AtomicBool,
    left_out: AtomicU64,
    table: OnceLock<FoundTable>,
}

impl LoadProgress {
    /// Progress of a load that has not begun.
    pub fn new() -> Self {
        Self::default()
    }

    /// Bytes read so far.
    pub fn read_bytes(&self) -> u64 {
        self.read_bytes.load(Ordering::Relaxed)
    }

    /// Bytes there are to read; 0 where that is not known, as for standard input.
    pub fn total_bytes(&self) -> u64 {
        self.total_bytes.load(Ordering::Relaxed)
    }

    /// Rows seen so far, bad ones included.
    pub fn rows(&self) -> u64 {
        self.rows.load(Ordering::Relaxed)
    }

    /// Asks the loader to stop; it does within 64 KiB and returns an error whose reason is "cancelled".
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether the load was called off.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// What a folder holds beside its inputs: hidden files, folders, links that lead nowhere.
    pub fn left_out(&self) -> u64 {
        self.left_out.load(Ordering::Relaxed)
    }

    pub(super) fn note_left_out(&self) {
        self.left_out.fetch_add(1, Ordering::Relaxed);
    }

    /// The table that was found, known before its first row is passed on; nothing where there is none, or where it was said
    /// which column to take.
    pub fn table(&self) -> Option<&FoundTable> {
        self.table.get()
    }

    pub(super) fn note_table(&self, table: FoundTable) {
        // A load finds one at most.
        let _ = self.table.set(table);
    }

    pub(super) fn set_total_bytes(&self, bytes: u64) {
        self.total_bytes.store(bytes, Ordering::Relaxed);
    }

    pub(super) fn set_rows(&self, rows: u64) {
        self.rows.store(rows, Ordering::Relaxed);
    }
}

/// A reader that counts into a [`LoadProgress`] and fails once that is cancelled.
pub(super) struct Metered<'p, R> {
    reader: R,
    progress: &'p LoadProgress,
}

impl<'p, R> Metered<'p, R> {
    pub(super) fn new(reader: R, progress: &'p LoadProgress) -> Self {
        Self { reader, progress }
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.progress.is_cancelled() {
            // Not `Interrupted`, which readers take as a wish to try again.
            return Err(io::Error::other("cancelled"));
        }
        let limit = buffer.len().min(READ_BYTES);
        let count = self.reader.read(&mut buffer[..limit])?;
        self.progress.read_bytes.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
