//! The files that a run reads without knowing it: an input can be the name of one, and a command names its own.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use super::target::OutputPlace;
use crate::function::FunctionSpec;
use crate::pool::Job;
use crate::value::ValueRef;

/// Of more inputs than this only those that end like the file are looked up, so that a run of millions starts at once.
const FEW_INPUTS: usize = 10_000;

/// The files that inputs and command of `job` name and that may be the one at `target`; none where there is none.
/// Whether one of them is it has to be looked up.
pub fn files_named(job: &Job, target: &Path) -> Vec<PathBuf> {
    let Ok(place) = OutputPlace::find(target) else { return Vec::new() };
    let Some(name) = place.path.file_name().filter(|_| place.path.is_file()) else { return Vec::new() };
    let is_likely = |text: &str| job.inputs.len() <= FEW_INPUTS || text.ends_with(&*name.to_string_lossy());
    let mut named: Vec<PathBuf> = Vec::new();
    for input in job.inputs.iter() {
        match input {
            ValueRef::Text(text) if is_likely(text) => named.push(text.into()),
            ValueRef::Json(row) if row.contains(&*name.to_string_lossy()) => named.extend(texts_of(row)),
            _ => {}
        }
    }
    if let FunctionSpec::Command(command) = &job.function {
        let words =
            command.template.split(|sign: char| sign.is_whitespace() || "'\"<>=;|&()`".contains(sign));
        named.extend(words.filter(|word| !word.is_empty()).map(PathBuf::from));
        let folder = command.folder.as_deref().unwrap_or_default();
        named.iter_mut().for_each(|path| *path = Path::new(folder).join(&*path));
    }
    named
}

/// The texts in a row of a table or a list.
fn texts_of(row: &str) -> Vec<PathBuf> {
    let text = |value: &Json| value.as_str().map(PathBuf::from);
    match serde_json::from_str(row) {
        Ok(Json::Object(cells)) => cells.values().filter_map(text).collect(),
        Ok(Json::Array(cells)) => cells.iter().filter_map(text).collect(),
        _ => Vec::new(),
    }
}
