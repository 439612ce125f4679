//! The few calls by which files are made, so that tests can make the n-th of them fail.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use super::os;

/// What a file of rows is written through.
pub(super) trait Disk: Send {
    /// A new file; an error where anything of that name is there, a link too.
    fn create(&self, path: &Path) -> io::Result<File> {
        OpenOptions::new().read(true).write(true).create_new(true).open(path)
    }

    fn append(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    /// Makes sure that a file can grow to this size; an error where there is no room for that.
    fn reserve(&self, file: &File, size_bytes: u64) -> io::Result<()> {
        os::reserve(file, size_bytes)
    }

    /// Takes back what was written behind so many bytes.
    fn truncate(&self, file: &File, size_bytes: u64) -> io::Result<()> {
        file.set_len(size_bytes)
    }

    /// Comes back when the machine may lose its power.
    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }
}

/// The one that programs have.
pub(super) struct RealDisk;

impl Disk for RealDisk {}
