//! The folder of the temporary files of one session: gone with the window, or, where that was killed, with the next one.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::{Builder, TempDir};

const PREFIX: &str = "poolscope-runs-";
/// Held open and locked as long as the window lives, so that the next one knows whose folder is still in use.
const LOCK: &str = "in-use";
const LOCK_IN_THE_MAKING: &str = "in-use.new";

/// A folder that only this user can read.
pub struct SessionFolder {
    folder: TempDir,
    _lock: File,
}

impl SessionFolder {
    /// Makes one among the temporary files, and removes those of windows that were killed.
    pub fn make() -> io::Result<Self> {
        Self::make_in(&std::env::temp_dir())
    }

    fn make_in(place: &Path) -> io::Result<Self> {
        remove_abandoned(place);
        let folder = Builder::new().prefix(PREFIX).tempdir_in(place)?;
        let making = folder.path().join(LOCK_IN_THE_MAKING);
        let lock = File::create(&making)?;
        lock.try_lock().map_err(io::Error::from)?;
        // It gets its name only now that it is locked: another window looks for that name.
        fs::rename(&making, folder.path().join(LOCK))?;
        Ok(Self { folder, _lock: lock })
    }

    pub fn join(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// Removes what nobody holds any more, as far as this user may; what cannot be removed stays.
fn remove_abandoned(place: &Path) {
    let entries = fs::read_dir(place).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX));
    for folder in folders.map(|entry| entry.path()) {
        let is_free = |lock: File| lock.try_lock().is_ok();
        if File::open(folder.join(LOCK)).is_ok_and(is_free)
            && let Err(error) = fs::remove_dir_all(&folder)
        {
            tracing::warn!("{} stays: {error}", folder.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_window_left_goes_and_what_a_live_one_holds_stays() {
        let place = tempfile::tempdir().unwrap();
        let live = SessionFolder::make_in(place.path()).unwrap();
        fs::write(live.join("1.poolrun"), "kept").unwrap();
        // As a kill leaves it: everything is there, and nobody holds the lock.
        let left = place.path().join(format!("{PREFIX}left"));
        fs::create_dir(&left).unwrap();
        fs::write(left.join(LOCK), "").unwrap();
        fs::write(left.join("1.poolrun"), "left").unwrap();
        let foreign = place.path().join(format!("{PREFIX}foreign"));
        fs::create_dir(&foreign).unwrap();

        let next = SessionFolder::make_in(place.path()).unwrap();
        assert!(!left.exists() && foreign.exists());
        assert_eq!(fs::read(live.join("1.poolrun")).unwrap(), b"kept");
        drop(live);
        drop(next);
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1);
    }
}
