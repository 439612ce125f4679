//! The files that a run reads without knowing it: an input can be the name of one, and a command names its own.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fs::Metadata;
use std::iter;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use super::target::OutputPlace;
use crate::function::FunctionSpec;
use crate::function::command::CommandSpec;
use crate::pool::Job;
use crate::value::ValueRef;

/// Of more inputs than this only those that end like the file are looked up, and no commands are made for them, so that
/// a run of millions starts at once.
const FEW_INPUTS: usize = 10_000;

/// The files that inputs and command of `job` name and that may be the one at `target`; none where there is none.
/// Whether one of them is it has to be looked up.
pub fn files_named(job: &Job, target: &Path) -> Vec<PathBuf> {
    let Ok(place) = OutputPlace::find(target) else { return Vec::new() };
    let Some(name) = name_of_file(&place) else { return Vec::new() };
    let are_few = job.inputs.len() <= FEW_INPUTS;
    let mut named: Vec<PathBuf> = Vec::new();
    for input in job.inputs.iter() {
        named.extend(named_by_input(input, |text| are_few || text.ends_with(&*name), &name));
    }
    if let FunctionSpec::Command(command) = &job.function {
        named.extend(words_of(&command.template));
        if are_few {
            let lines = command.preview(&job.inputs, FEW_INPUTS).into_iter().flatten();
            named.extend(
                lines
                    .flat_map(|line| words_of(&line))
                    .filter(|word| word.file_name() == place.path.file_name()),
            );
        }
        in_folder_of(command, &mut named);
    }
    named
}

/// Whether an input, or the command that is made for it, names the file that stands at a place: one that came while the
/// run was going on, too late to refuse the run.
pub(super) fn names_place(function: &FunctionSpec, input: ValueRef<'_>, place: &OutputPlace) -> bool {
    let Some(name) = name_of_file(place) else { return false };
    let mut named = named_by_input(input, |text| text.ends_with(&*name), &name);
    if let FunctionSpec::Command(command) = function {
        let lines = command.preview(&iter::once(input.to_value()).collect(), 1).into_iter().flatten();
        named.extend(
            lines.flat_map(|line| words_of(&line)).filter(|word| word.file_name() == place.path.file_name()),
        );
        in_folder_of(command, &mut named);
    }
    place.why_not(&named).is_some()
}

fn name_of_file(place: &OutputPlace) -> Option<Cow<'_, str>> {
    let is_file = place.before.as_ref().is_some_and(Metadata::is_file);
    place.path.file_name().filter(|_| is_file).map(OsStr::to_string_lossy)
}

/// The texts of an input that `is_likely` to be names of a file called `name`.
fn named_by_input(input: ValueRef<'_>, is_likely: impl Fn(&str) -> bool, name: &str) -> Vec<PathBuf> {
    match input {
        ValueRef::Text(text) if is_likely(text) => vec![text.into()],
        ValueRef::Json(row) if row.contains(name) => texts_of(row),
        _ => Vec::new(),
    }
}

/// What may be names of files in the line of a command: its words, without quotes.
fn words_of(line: &str) -> Vec<PathBuf> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for sign in line.chars() {
        match quote {
            Some(open) if sign == open => quote = None,
            None if matches!(sign, '\'' | '"') => quote = Some(sign),
            None if sign.is_whitespace() || "<>=;|&()`".contains(sign) => {
                words.push(std::mem::take(&mut word))
            }
            _ => word.push(sign),
        }
    }
    words.push(word);
    words.into_iter().filter(|word| !word.is_empty()).map(PathBuf::from).collect()
}

/// What a command names is in its folder.
fn in_folder_of(command: &CommandSpec, named: &mut [PathBuf]) {
    let folder = Path::new(command.folder.as_deref().unwrap_or_default());
    named.iter_mut().for_each(|path| *path = folder.join(&*path));
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
