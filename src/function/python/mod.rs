//! Functions of Python files and notebooks: what a host needs to run one, which interpreters there are, and what a file
//! holds. The interpreter itself is the host; the code that makes it one is in `assets/python`.

mod asking;
mod automagic;
mod cell;
mod compiled;
mod helpers;
mod interpreter;
mod job;
mod listing;
mod notebook;
mod os;
mod own_children;
mod source;
mod trust;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use self::asking::LONGEST_ANSWER;
pub use self::compiled::Compiled;
pub use self::helpers::HelperFiles;
pub use self::interpreter::{
    InterpreterChoice, Untrusted, choose_interpreter, find_interpreter, found_interpreters,
    installed_interpreter,
};
pub use self::job::{BOOTSTRAP, Start, is_of_driver};
pub use self::listing::{Interpreter, Listing, list, list_unasked};
pub use self::own_children::is_own_child;
pub use self::source::{PythonSource, UNTITLED};
pub use self::trust::Trust;
use super::script::choose;
use super::{Listed, ListedKind};
use crate::error::Result;

/// Between the name of a function and the cell of a notebook in which it is looked for.
pub(super) const CELL_MARK: &str = "@cell";

/// A function of a Python file, with the file's text as it was when it was chosen: hosts that start later run the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PythonSpec {
    /// The interpreter that runs it.
    pub interpreter: PathBuf,
    /// What it made of the host driver.
    pub compiled: Compiled,
    pub source: PythonSource,
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
    pub fn new(
        source: &PythonSource,
        interpreter: &Path,
        function: Option<&str>,
        is_whole: bool,
    ) -> Result<Self> {
        Self::listed(source, interpreter, function, is_whole, None)
    }

    fn listed(
        source: &PythonSource,
        interpreter: &Path,
        function: Option<&str>,
        is_whole: bool,
        initializer: Option<&str>,
    ) -> Result<Self> {
        let (interpreter, listing) = list(source, interpreter, function)?;
        let spec = Self {
            interpreter: interpreter.path,
            compiled: interpreter.compiled,
            source: source.clone(),
            function: listing.choose(function, &source.name())?,
            is_whole,
            initializer: initializer.map(str::to_owned),
        };
        Ok(spec.lean())
    }

    /// The same, with a function that each worker calls when it starts, which the file must have.
    pub fn with_initializer(
        source: &PythonSource,
        interpreter: &Path,
        function: Option<&str>,
        is_whole: bool,
        initializer: &str,
    ) -> Result<Self> {
        let spec = Self::listed(source, interpreter, function, is_whole, Some(initializer))?;
        let name = initializer.split_once(':').map_or(initializer, |(name, _)| name);
        list_unasked(source)?.choose(Some(name), &source.name())?;
        Ok(spec)
    }
}

impl Listing {
    /// The function that a person named; where none is named, the only one, if there is none the only other thing that
    /// can be called.
    pub fn choose(&self, named: Option<&str>, file: &str) -> Result<Listed> {
        if let Some(name) = named {
            let listed = self.functions.iter().find(|function| function.name == name);
            if let Some(found) = listed.cloned().or_else(|| self.unlisted(name)) {
                return Ok(found);
            }
        }
        let own = |function: &&Listed| function.kind != ListedKind::Imported;
        let own: Vec<Listed> = self.functions.iter().filter(own).cloned().collect();
        let first = own.first().map(|function| function.kind);
        let of_first_kind: Vec<Listed> =
            own.iter().filter(|function| Some(function.kind) == first).cloned().collect();
        choose(if named.is_some() { &own } else { &of_first_kind }, named, file).cloned()
    }

    /// What can be named and is not listed: `object.method`, of several functions of a notebook that have one name that of
    /// a certain cell (`task@cell4`), and names for what is known only when the file is loaded.
    fn unlisted(&self, name: &str) -> Option<Listed> {
        let binds = |name: &str| self.names.iter().any(|bound| bound == name);
        let is_known = name.contains('.') || name.contains(CELL_MARK) || binds(name) || binds("*");
        let (line, doc, params) = (1, None, Vec::new());
        let kind = ListedKind::Value;
        is_known.then(|| Listed { name: name.to_owned(), kind, line, doc, params, is_decorated: true })
    }
}

#[cfg(test)]
mod tests;
