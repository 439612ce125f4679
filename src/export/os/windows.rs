use std::fs::{File, Metadata};

/// A new file has the owner and the rights of its folder, as programs have it here.
pub fn keep_owner(_file: &File, _of: &Metadata) {}

/// Under how many names a file stands; the system tells that only of files that are open.
pub fn link_count(_metadata: &Metadata) -> u64 {
    1
}
