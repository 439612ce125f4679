//! Reads files of code, as far as they can be some: a device or a disk image named by mistake must not take all memory.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::error::{Error, Result};

/// Notebooks hold their pictures.
const LONGEST_BYTES: u64 = 256_000_000;

/// The content of a file of code.
pub(super) fn code_bytes(file: &Path) -> Result<Vec<u8>> {
    let failed = |error: &dyn std::fmt::Display| Error::usage(format!("read {}", file.display()), error);
    let mut bytes = Vec::new();
    let opened = File::open(file).map_err(|error| failed(&error))?;
    opened.take(LONGEST_BYTES + 1).read_to_end(&mut bytes).map_err(|error| failed(&error))?;
    if bytes.len() as u64 > LONGEST_BYTES {
        return Err(failed(&"it has more than 256 MB, which is no file of code"));
    }
    Ok(bytes)
}
