//! How inputs are read, and variables, as they are set up.

use crate::error::{Error, ErrorKind, Result};
use crate::input::{BadLines, CellTypes, LoadOptions, LoadProgress, Loaded};
use crate::value::grouped;

/// What cells are read as: what a person chose for them, else what the function wants.
pub fn merged_types(wants: &CellTypes, chosen: &CellTypes, is_type_chosen: bool) -> CellTypes {
    let mut types = wants.clone();
    types.all = chosen.all.or(types.all);
    types.by_column.extend(chosen.by_column.clone());
    types.is_hint &= !is_type_chosen;
    types
}

/// Reads, as what the function takes where a person did not choose: of a file whose cells are mostly something else, as
/// what they are, so that a person sees the file, and what does not fit is told with what the function takes.
pub fn read_as(
    read: impl Fn(&LoadOptions) -> Result<Loaded>,
    options: LoadOptions,
    is_chosen: bool,
    progress: &LoadProgress,
) -> Result<Loaded> {
    let strict = read(&options);
    let is_misfit = match &strict {
        Ok(loaded) => loaded.bad.count > loaded.column.len() as u64,
        Err(error) => error.kind() == ErrorKind::Input && !progress.is_cancelled(),
    };
    let is_asked = options.types != CellTypes::default();
    if !is_misfit || is_chosen || !is_asked || options.types.is_hint {
        return strict;
    }
    let types = CellTypes { is_hint: true, ..options.types };
    read(&LoadOptions { types, ..options })
}

/// Why a file with lines that are no inputs is not run.
pub fn bad_lines_reason(bad: &BadLines) -> String {
    match bad.count {
        1 => "1 line cannot be used as an input; skip it or correct the file".to_owned(),
        count => format!("{} lines cannot be used as inputs; skip them or correct the file", grouped(count)),
    }
}

pub fn variables(text: &str) -> Result<Vec<(String, String)>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let variable = |line: &str| match line.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.to_owned())),
        _ => Err(Error::usage("set a variable", format!("`{line}` is not written NAME=VALUE"))),
    };
    lines.map(variable).collect()
}
