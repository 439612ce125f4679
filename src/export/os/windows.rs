use std::ffi::OsString;
use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use same_file::Handle;

/// What a person names to have something written to the terminal.
pub const STANDARD_OUTPUT: &str = "CON is the terminal";

/// A new file has the owner and the rights of its folder, as programs have it here.
pub fn keep_owner(_file: &File, _of: &Metadata) {}

/// Under how many names a file stands; the system tells that only of files that are open.
pub fn link_count(_metadata: &Metadata) -> u64 {
    1
}

/// Nothing: here no file is written in its place.
pub fn reserve(_file: &File, _size_bytes: u64) -> io::Result<()> {
    Ok(())
}

/// Attaches a short text to a file, where the file system can. It stays with the file when that is renamed.
pub fn attach(_file: &File, path: &Path, text: &str) {
    // A file without it is as good, but for a warning.
    let _ = fs::write(stream_of(path), text);
}

/// The text that is attached to a file.
pub fn attached(path: &Path) -> Option<String> {
    fs::read_to_string(stream_of(path)).ok()
}

/// The name of what is attached: a second stream of the file, which goes with the file and is not in it.
fn stream_of(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(":poolscope.function");
    name.into()
}

/// Whether an open file is what stands at a path.
pub fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    Ok(Handle::from_file(file.try_clone()?)? == Handle::from_path(path)?)
}

/// Whether two paths lead to one file.
pub fn are_same(one: &Path, other: &Path) -> bool {
    same_file::is_same_file(one, other).unwrap_or(false)
}

/// Where an open file stands now. Here nobody can move or remove it meanwhile.
pub fn path_of(_file: &File) -> Option<PathBuf> {
    None
}

/// Whether others may remove, move or change a file that is open here.
#[cfg(test)]
pub const OTHERS_MAY_CHANGE_OPEN_FILES: bool = false;
