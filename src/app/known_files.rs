//! Files as this window last saw them, so that what another program has made of them since is not written over.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::error::{Error, Result};

/// A file as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileState {
    modified: Option<SystemTime>,
    size_bytes: u64,
}

impl FileState {
    /// The file as it is now; nothing where there is none.
    pub fn of(path: &Path) -> Option<Self> {
        let found = fs::metadata(path).ok()?;
        Some(Self { modified: found.modified().ok(), size_bytes: found.len() })
    }
}

/// The files that this window has read or written.
#[derive(Debug, Default)]
pub struct KnownFiles {
    seen: HashMap<PathBuf, FileState>,
}

impl KnownFiles {
    /// Keeps a file as it is when it was read or written.
    pub fn remember(&mut self, path: &Path, state: Option<FileState>) {
        if let Some(state) = state {
            self.seen.insert(path.to_owned(), state);
        }
    }

    /// The file as it was seen last.
    pub fn last(&self, path: &Path) -> Option<FileState> {
        self.seen.get(path).copied()
    }
}

/// Refuses to write a file over that is not as it was seen last: somebody else has written it since.
pub fn check_unchanged(path: &Path, last: Option<FileState>) -> Result<()> {
    match (last, FileState::of(path)) {
        (Some(last), Some(now)) if last != now => {
            let reason = "another window or program has changed it since; open it again to see what it has now, or save under another name";
            Err(Error::usage(format!("save the run in {}", path.display()), reason))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_somebody_else_has_written_since_is_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.poolrun");
        let mut known = KnownFiles::default();
        assert!(check_unchanged(&path, known.last(&path)).is_ok());
        fs::write(&path, "mine").unwrap();
        assert!(check_unchanged(&path, known.last(&path)).is_ok(), "the person was asked by the dialog");
        known.remember(&path, FileState::of(&path));
        assert!(check_unchanged(&path, known.last(&path)).is_ok());
        fs::write(&path, "of another window").unwrap();
        let refused = check_unchanged(&path, known.last(&path)).unwrap_err().to_string();
        assert!(refused.contains("another window or program has changed it"), "{refused}");
        fs::remove_file(&path).unwrap();
        assert!(check_unchanged(&path, known.last(&path)).is_ok());
    }
}
