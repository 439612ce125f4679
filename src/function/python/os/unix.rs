//! Unix: files belong to users by number.

use std::fs::{metadata, symlink_metadata};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// The user that a file or the link to it belongs to, where that is neither this program's nor root.
pub(in super::super) fn other_owner(path: &Path) -> Option<u32> {
    let own = rustix::process::geteuid().as_raw();
    let owners = [symlink_metadata(path), metadata(path)].into_iter().flatten().map(|file| file.uid());
    owners.into_iter().find(|owner| *owner != own && *owner != 0)
}
