use std::fs::{self, File, Metadata};
use std::io;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{MetadataExt, fchown};
use std::path::{Path, PathBuf};

use rustix::fs::{XattrFlags, fsetxattr, fstatvfs, getxattr};
#[cfg(target_os = "linux")]
use rustix::io::Errno;

/// The name of what is attached to a file: an extended attribute, which goes with the file and is not in it.
const ATTRIBUTE: &str = "user.poolscope.function";

/// What a person names to have something written to standard output.
pub const STANDARD_OUTPUT: &str = "/dev/stdout is standard output";

/// Gives a file the owner and the group of another. Who may not do that keeps the file as its own.
pub fn keep_owner(file: &File, of: &Metadata) {
    if fchown(file, Some(of.uid()), Some(of.gid())).is_err() {
        // A person may give a file to a group that they are in.
        let _ = fchown(file, None, Some(of.gid()));
    }
}

/// Under how many names a file stands.
pub fn link_count(metadata: &Metadata) -> u64 {
    metadata.nlink()
}

/// Makes sure that a file can grow to this size; an error where there is no room for that. What is in it stays.
pub fn reserve(file: &File, size_bytes: u64) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{FallocateFlags, fallocate};
        match fallocate(file, FallocateFlags::KEEP_SIZE, 0, size_bytes) {
            Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => {}
            reserved => return reserved.map_err(io::Error::from),
        }
    }
    // Others may take the room meanwhile: this is as much as can be told here.
    let about = fstatvfs(file)?;
    let needed_bytes = size_bytes.saturating_sub(file.metadata()?.len());
    let free_bytes = about.f_bavail.saturating_mul(about.f_frsize);
    if free_bytes < needed_bytes { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
}

/// Attaches a short text to a file, where the file system can. It stays with the file when that is renamed.
pub fn attach(file: &File, _path: &Path, text: &str) {
    // A file without it is as good, but for a warning.
    let _ = fsetxattr(file, ATTRIBUTE, text.as_bytes(), XattrFlags::empty());
}

/// The text that is attached to a file.
pub fn attached(path: &Path) -> Option<String> {
    let mut text = vec![0; super::LONGEST_BYTES];
    let size_bytes = getxattr(path, ATTRIBUTE, text.as_mut_slice()).ok()?;
    text.truncate(size_bytes);
    String::from_utf8(text).ok()
}

/// Whether an open file is what stands at a path, which is not opened: that could wait for ever.
pub fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    let (own, there) = (file.metadata()?, fs::symlink_metadata(path)?);
    Ok((own.dev(), own.ino()) == (there.dev(), there.ino()))
}

/// Whether two paths lead to one file, which is not opened: to open a pipe waits for whoever is at its other end.
pub fn are_same(one: &Path, other: &Path) -> bool {
    let number = |path: &Path| fs::metadata(path).ok().map(|metadata| (metadata.dev(), metadata.ino()));
    number(one).is_some_and(|one| number(other) == Some(one))
}

/// Where an open file stands now, also when it or its folder was moved; nothing where it was removed, and where the
/// system does not tell.
pub fn path_of(file: &File) -> Option<PathBuf> {
    let path = fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd())).ok()?;
    path.exists().then_some(path)
}

/// Whether others may remove, move or change a file that is open here.
#[cfg(test)]
pub const OTHERS_MAY_CHANGE_OPEN_FILES: bool = true;
