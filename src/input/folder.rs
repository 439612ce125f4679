//! A folder as inputs: each of its files is one, by its path. What the files hold is up to the function.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::bad::BadLines;
use super::options::{Format, LoadOptions};
use super::progress::LoadProgress;
use super::{Content, rejected};
use crate::value::{Column, Value};

/// The regular files directly in `folder` that are not hidden, sorted by name, and their size together.
pub(super) fn load(
    folder: &Path,
    options: &LoadOptions,
    progress: &LoadProgress,
) -> io::Result<(Content, u64)> {
    if options.column.is_some() {
        return Err(rejected("a folder has no columns".to_owned()));
    }
    let (files, size_bytes) = files(folder, progress)?;
    if files.is_empty() {
        return Err(rejected("the folder has no files that are not hidden".to_owned()));
    }
    let mut paths = Column::default();
    for file in files {
        paths.push(match file.into_os_string().into_string() {
            Ok(path) => Value::Text(path),
            // A name of other bytes: what opens the file is these.
            Err(path) => Value::Bytes(path.into_encoded_bytes()),
        });
    }
    let content = Content::new(paths, BadLines::default(), Format::Lines);
    Ok((content, size_bytes))
}

fn files(folder: &Path, progress: &LoadProgress) -> io::Result<(Vec<PathBuf>, u64)> {
    let mut files = Vec::new();
    let mut size_bytes = 0;
    for entry in fs::read_dir(folder)? {
        if progress.is_cancelled() {
            return Err(io::Error::other("cancelled"));
        }
        let entry = entry?;
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        // Follows links; one that leads nowhere is no file.
        match fs::metadata(entry.path()) {
            Ok(about) if about.is_file() && !is_hidden => {
                size_bytes += about.len();
                files.push(entry.path());
                progress.set_rows(files.len() as u64);
            }
            _ => progress.note_left_out(),
        }
    }
    files.sort_unstable();
    Ok((files, size_bytes))
}
