//! The older runs of this session that stand on the disk to make room in memory: what is known of each, and where it is.

use std::path::{Path, PathBuf};

use super::kept_run::KeptRun;
use crate::pool::Margin;

/// A run that is read from the disk when it is asked for.
#[derive(Clone)]
pub struct StoredRun {
    pub number: u32,
    pub title: String,
    pub function: String,
    pub elapsed_ns: u64,
    pub file: PathBuf,
    /// It has notes that stand in no file of the person's.
    pub(super) has_unsaved_notes: bool,
    saved_notes: Margin,
    /// What a person calls it.
    name: Option<String>,
    /// Runs of the same function over the same inputs have the same one.
    work: u32,
    /// What its file tells of the machine is this one.
    ran_here: bool,
    /// A person has saved it there; otherwise the file is of this session only.
    is_saved: bool,
}

impl StoredRun {
    /// What is to be known of a run that stands in `file`.
    pub(super) fn of(kept: &KeptRun, file: &Path, is_saved: bool) -> Self {
        Self {
            number: kept.number,
            title: kept.title(),
            function: kept.run.log.plan.job.function.name().to_owned(),
            elapsed_ns: kept.run.log.last_row_ns,
            file: file.to_owned(),
            has_unsaved_notes: kept.has_unsaved_notes(),
            saved_notes: kept.saved_notes.clone(),
            name: kept.name.clone(),
            work: kept.work,
            ran_here: kept.ran_on.is_none(),
            is_saved,
        }
    }

    /// Gives a run that was read again what it had before.
    pub(super) fn restore(self, kept: &mut KeptRun) {
        (kept.number, kept.name, kept.work) = (self.number, self.name, self.work);
        if self.ran_here {
            kept.ran_on = None;
        }
        kept.saved_notes = self.saved_notes;
        kept.file = self.is_saved.then_some(self.file);
    }
}
