//! A file in the making: under a name of its own beside its place, whole pieces at a time, moved there at the end.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::disk::Disk;
use super::os;
use super::target::OutputPlace;

/// Somebody has cut a file in the making or added to it, or its disk has lost some of it.
#[derive(Debug, thiserror::Error)]
#[error(
    "{} has {found_bytes} bytes where {written_bytes} were written: somebody has changed it, or its disk fails",
    path.display()
)]
struct Changed {
    path: PathBuf,
    found_bytes: u64,
    written_bytes: u64,
}

/// Whether this is why a file in the making cannot be gone on with: what is behind would be no rows.
pub(super) fn is_changed(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|reason| reason.is::<Changed>())
}

/// A file that only this program writes.
pub(super) struct PartFile {
    path: PathBuf,
    file: File,
    /// What was written whole.
    size_bytes: u64,
    /// A pipe or a device, which is written in its place and keeps what it got.
    is_stream: bool,
}

impl PartFile {
    /// A new file at `path`, which takes the rights of the file that it will replace, and its lock.
    pub(super) fn create(path: PathBuf, target: &OutputPlace, disk: &dyn Disk) -> io::Result<Self> {
        let file = disk.create(&path)?;
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            // Where a file system has no locks, only runs at the same time are not told from each other.
            return Err(io::Error::other("another program has locked it"));
        }
        if let Some(before) = &target.before {
            os::keep_owner(&file, before);
            // A file system without rights has none to keep.
            let _ = file.set_permissions(before.permissions());
        }
        target.note_function(&file, &path);
        Ok(Self { path, file, size_bytes: 0, is_stream: false })
    }

    /// Notes beside a file that was made before it was known which function makes its rows.
    pub(super) fn note_function(&self, target: &OutputPlace) {
        target.note_function(&self.file, &self.path);
    }

    /// The pipe or device at the place itself.
    pub(super) fn stream(target: &OutputPlace) -> io::Result<Self> {
        let file = OpenOptions::new().write(true).open(&target.path)?;
        Ok(Self { path: target.path.clone(), file, size_bytes: 0, is_stream: true })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the file another name in its folder.
    pub(super) fn move_to(&mut self, path: PathBuf, disk: &dyn Disk) -> io::Result<()> {
        if !self.is_stream {
            disk.rename(&self.path, &path)?;
            self.path = path;
        }
        Ok(())
    }

    fn check_size(&self) -> io::Result<()> {
        let found_bytes = if self.is_stream { self.size_bytes } else { self.file.metadata()?.len() };
        if found_bytes == self.size_bytes {
            return Ok(());
        }
        Err(io::Error::other(Changed {
            path: self.path.clone(),
            found_bytes,
            written_bytes: self.size_bytes,
        }))
    }

    /// Whether it is a pipe or a device, which cannot take back what it got.
    pub(super) fn is_stream(&self) -> bool {
        self.is_stream
    }

    pub(super) fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// Adds bytes, all or none of them.
    pub(super) fn append(&mut self, bytes: &[u8], disk: &dyn Disk) -> io::Result<()> {
        self.check_size()?;
        let appended = disk.append(&mut self.file, bytes);
        match appended {
            Ok(()) => self.size_bytes += bytes.len() as u64,
            // A pipe cannot take back; a file that cannot be cut ends in a torn row, which its readers know.
            Err(_) if !self.is_stream => {
                if disk.truncate(&self.file, self.size_bytes).is_ok() {
                    let _ = self.file.seek(SeekFrom::Start(self.size_bytes));
                }
            }
            Err(_) => {}
        }
        appended
    }

    /// Comes back when the machine may lose its power.
    pub(super) fn sync(&self, disk: &dyn Disk) -> io::Result<()> {
        if self.is_stream { Ok(()) } else { disk.sync(&self.file) }
    }

    /// Whether the file stands at its path: somebody may have removed, moved or replaced it.
    fn is_at_its_path(&self) -> bool {
        // Where nothing can be told it is taken for granted.
        os::is_at(&self.file, &self.path).unwrap_or_else(|error| error.kind() != io::ErrorKind::NotFound)
    }

    /// Where the file can be found, with or without its folder moved meanwhile.
    pub(super) fn place(&self) -> Option<PathBuf> {
        if self.is_at_its_path() { Some(self.path.clone()) } else { os::path_of(&self.file) }
    }

    /// Writes the file again under another name, from what its descriptor still holds.
    fn copy_to(&mut self, path: PathBuf, target: &OutputPlace, disk: &dyn Disk) -> io::Result<()> {
        let mut copy = Self::create(path, target, disk)?;
        self.file.seek(SeekFrom::Start(0))?;
        copy.size_bytes = io::copy(&mut self.file, &mut copy.file)?;
        *self = copy;
        Ok(())
    }

    /// Puts the whole file in its place.
    pub(super) fn put(&mut self, target: &OutputPlace, disk: &dyn Disk) -> io::Result<()> {
        if self.is_stream {
            return self.file.flush();
        }
        self.check_size()?;
        if !self.is_at_its_path() {
            self.copy_to(target.part(&OutputPlace::new_mark()), target, disk)?;
        }
        self.sync(disk)?;
        // A rename would part the file from its other names.
        let has_names = target.before.as_ref().is_some_and(|before| os::link_count(before) > 1);
        let renamed = if has_names { Ok(()) } else { disk.rename(&self.path, &target.path) };
        // A file that is a mount of its own, as containers have them, cannot be replaced.
        let is_mount = renamed.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::ResourceBusy);
        if has_names || is_mount {
            self.copy_over(target, disk)?;
            return disk.remove(&self.path);
        }
        renamed?;
        // Systems that do not open folders keep their names safe by themselves.
        let _ = File::open(target.folder()).and_then(|folder| disk.sync(&folder));
        Ok(())
    }

    fn copy_over(&self, target: &OutputPlace, disk: &dyn Disk) -> io::Result<()> {
        let mut whole = File::open(&self.path)?;
        let mut place = OpenOptions::new().write(true).open(&target.path)?;
        // Once the first byte is written there is no way back.
        if let Err(full) = disk.reserve(&place, self.size_bytes) {
            // What was reserved so far is given back; the file stays as it is.
            let _ = place.metadata().and_then(|about| place.set_len(about.len()));
            return Err(full);
        }
        io::copy(&mut whole, &mut place)?;
        target.note_function(&place, &target.path);
        disk.truncate(&place, self.size_bytes)?;
        disk.sync(&place)
    }

    /// Takes the file away.
    pub(super) fn discard(self, disk: &dyn Disk) {
        if !self.is_stream {
            // It may not be there any more, and nothing depends on it.
            let _ = disk.remove(&self.path);
        }
    }
}
