//! A file that is written whole or not at all: beside its place first, and moved there at the end, so that an older file of
//! that name is untouched until then. What is in it is the business of whoever writes it.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::disk::{Disk, RealDisk};
use super::os;
use super::part::PartFile;
use super::target::OutputPlace;
use crate::error::{Error, Result};

/// So much is handed to the disk at a time.
const PIECE_BYTES: usize = 1 << 20;

/// Writes a file by way of `write`. The error says why it could not be; what was there before is untouched then.
///
/// ```
/// use poolscope::export::write_whole;
/// # let folder = tempfile::tempdir().unwrap();
/// let path = folder.path().join("note.txt");
/// write_whole(&path, |out| out.write_all(b"all of it"))?;
/// assert_eq!(std::fs::read(&path).unwrap(), b"all of it");
/// # Ok::<(), poolscope::error::Error>(())
/// ```
pub fn write_whole(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    write_on(Box::new(RealDisk), path, write)
}

/// Whether files can be written to all of these places, each to one of its own, while these are read; the error says why not.
/// Nothing stays of what is tried for it.
pub fn check_places(places: &[&Path], read: &[PathBuf]) -> Result<()> {
    let mut taken: Vec<PathBuf> = Vec::new();
    for path in places {
        let refused = |reason: String| Error::usage(format!("write {}", path.display()), reason);
        let place = OutputPlace::find(path).map_err(|error| refused(error.to_string()))?;
        if let Some(reason) = place.why_not(read) {
            return Err(refused(reason));
        }
        let folder = place.folder().canonicalize().unwrap_or_else(|_| place.folder().to_owned());
        let whole = folder.join(place.path.file_name().unwrap_or_default());
        if taken.iter().any(|other| *other == whole || os::are_same(other, &whole)) {
            return Err(refused("two things cannot be written to one file; choose another name".to_owned()));
        }
        if !place.is_stream() {
            check_place(path, read)?;
        }
        taken.push(whole);
    }
    Ok(())
}

/// Whether a file can be written there, without anything of it staying; the error says why not.
pub(super) fn check_place(path: &Path, read: &[PathBuf]) -> Result<()> {
    let target = place_of(path, read)?;
    let part = begin(&target, &RealDisk).map_err(|error| failure(path, &error))?;
    part.discard(&RealDisk);
    Ok(())
}

pub(super) fn write_on(
    disk: Box<dyn Disk>,
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<()> {
    let target = place_of(path, &[])?;
    let failed = |error: io::Error| failure(path, &error);
    let _place: Option<File> = target.locked_place().map_err(failed)?;
    let part = begin(&target, disk.as_ref()).map_err(failed)?;
    let mut out = BufWriter::with_capacity(PIECE_BYTES, WholeFile { part, disk });
    let written = write(&mut out).and_then(|()| out.flush());
    // What it still holds was flushed, or is of no use.
    let (mut file, _) = out.into_parts();
    match written.and_then(|()| file.part.put(&target, file.disk.as_ref())) {
        Ok(()) => Ok(()),
        Err(error) => {
            file.part.discard(file.disk.as_ref());
            Err(failed(error))
        }
    }
}

fn place_of(path: &Path, read: &[PathBuf]) -> Result<OutputPlace> {
    let refused = |reason: String| Error::usage(action(path), reason);
    if path.as_os_str().to_string_lossy().ends_with(std::path::is_separator) {
        return Err(refused("it names a folder".to_owned()));
    }
    let target = OutputPlace::find(path).map_err(|error| refused(error.to_string()))?;
    match target.why_not(read) {
        Some(reason) => Err(refused(reason)),
        None => Ok(target),
    }
}

fn failure(path: &Path, error: &io::Error) -> Error {
    Error::io(action(path), error)
}

fn action(path: &Path) -> String {
    format!("write {}", path.display())
}

fn begin(target: &OutputPlace, disk: &dyn Disk) -> io::Result<PartFile> {
    if target.is_stream() {
        return PartFile::stream(target);
    }
    PartFile::create(target.part(&OutputPlace::new_mark()), target, disk)
}

struct WholeFile {
    part: PartFile,
    disk: Box<dyn Disk>,
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.part.append(bytes, self.disk.as_ref())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// `path` with an ending where it has none.
pub fn with_ending(path: PathBuf, ending: &str) -> PathBuf {
    if path.extension().is_none() { path.with_extension(ending) } else { path }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_leaves_the_older_file_and_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        std::fs::write(&path, "older").unwrap();
        let failed = write_whole(&path, |out| {
            out.write_all(&[7; 3 << 20])?;
            Err(io::Error::other("no more"))
        });
        assert!(failed.unwrap_err().to_string().contains("no more"));
        assert_eq!(std::fs::read(&path).unwrap(), b"older");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        write_whole(&path, |out| out.write_all(b"newer")).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"newer");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_and_a_place_that_is_not_there_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let refused = |path: &Path| write_whole(path, |_| Ok(())).unwrap_err().to_string();
        assert!(refused(folder.path()).contains("it is a folder"));
        assert!(refused(&folder.path().join("no/such/a.txt")).starts_with("could not write"));
    }
}
