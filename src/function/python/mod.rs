//! Functions of Python files and notebooks: what a host needs to run one, which interpreters there are, and what a file
//! holds. The interpreter itself is the host; the code that makes it one is in `assets/python`.

mod cell;
mod encoding;
mod interpreter;
mod job;
mod listing;
mod notebook;
mod source;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use self::interpreter::find_interpreter;
pub use self::job::{BOOTSTRAP, Start, is_of_driver};
pub use self::listing::{Compiled, Interpreter, Listing, list};
pub use self::source::Source;
use super::Listed;
use super::script::choose;
use crate::error::Result;

/// A function of a Python file, with the file's text as it was when it was chosen: hosts that start later run the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PythonSpec {
    /// The interpreter that runs it.
    pub interpreter: PathBuf,
    /// What it made of the host driver.
    pub compiled: Compiled,
    pub source: Source,
    pub function: Listed,
    /// Run the whole file when it is loaded, and not only what the function needs.
    pub is_whole: bool,
    /// What each worker calls when it starts, as `NAME` or `NAME:ARG,ARG`; arguments are Python's literals, or else text.
    #[serde(default)]
    pub initializer: Option<String>,
}

impl PythonSpec {
    /// The function called `function` of a file; where none is named, the one that it has. Asks the interpreter what
    /// the file holds, which runs nothing of it.
    pub fn new(source: &Source, interpreter: &Path, function: Option<&str>, is_whole: bool) -> Result<Self> {
        let listing = list(source, interpreter)?;
        let chosen = match function.and_then(unlisted) {
            Some(function) => function,
            None => choose(&listing.functions, function, &source.name())?.clone(),
        };
        Ok(Self {
            interpreter: listing.interpreter.path,
            compiled: listing.interpreter.compiled,
            source: source.clone(),
            function: chosen,
            is_whole,
            initializer: None,
        })
    }
}

/// What can be named and is not listed: `object.method`, and of several functions of a notebook that have one name that
/// of a certain cell, `task@cell4`.
fn unlisted(name: &str) -> Option<Listed> {
    let (line, doc, params) = (1, None, Vec::new());
    let is_known = name.contains('.') || name.contains("@cell");
    is_known.then(|| Listed { name: name.to_owned(), line, doc, params, is_decorated: true })
}

#[cfg(test)]
mod tests;
