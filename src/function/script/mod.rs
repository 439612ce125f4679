//! Functions in Python's syntax that need no Python: a script is compiled once by each host and run by all its lanes.
//!
//! The language is Starlark, a Python without `import`, `while`, classes, files and network, so that a script can do no
//! harm; `stdlib` adds what people miss first. Scripts are only ever compiled and run in a host: compiling alone can
//! take all memory.

mod builtins;
mod call_loop;
mod conversions;
mod depth;
mod diagnostics;
mod engine;
mod formats;
mod listing;
mod numbers;
mod operators;
mod rewrite;
mod shown;
mod stdlib;
mod values;

use std::path::Path;

use serde::{Deserialize, Serialize};

pub use self::listing::functions;
use super::code_file::code_bytes;
use super::{Function, Listed, encoding};
use crate::error::{Error, Result, nearest};
use crate::value::shortened;

/// A function of a script, with the script's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScriptSpec {
    /// For messages: the name of its file, or "script".
    pub name: String,
    pub source: String,
    pub function: Listed,
}

impl ScriptSpec {
    /// The function called `function` of a script; where none is named, the one that the script has.
    ///
    /// ```
    /// use poolscope::function::script::ScriptSpec;
    /// let script = ScriptSpec::new("double.py", "def task(n):\n    return n * 2\n", None)?;
    /// assert_eq!(script.function.signature(), "task(n)");
    /// # Ok::<(), poolscope::error::Error>(())
    /// ```
    pub fn new(name: &str, source: &str, function: Option<&str>) -> Result<Self> {
        let listed = functions(name, source)?;
        let chosen = choose(&listed, function, name)?;
        Ok(Self { name: name.to_owned(), source: source.to_owned(), function: chosen.clone() })
    }

    /// The same of a file, whose encoding is told as in a Python file.
    pub fn read(file: &Path, function: Option<&str>) -> Result<Self> {
        let failed = |reason| Error::usage(format!("read {}", file.display()), reason);
        let text = encoding::decoded(&code_bytes(file)?).map_err(failed)?;
        Self::new(&file.display().to_string(), &text, function)
    }

    pub(super) fn load(&self) -> Result<Box<dyn Function>> {
        Ok(Box::new(engine::Script::compile(&self.name, &self.source, self.function.clone())?))
    }
}

/// The function that a person named, or the only one.
pub(super) fn choose<'a>(listed: &'a [Listed], named: Option<&str>, file: &str) -> Result<&'a Listed> {
    let names = || listed.iter().map(|function| function.name.as_str());
    let list = || shortened(&names().collect::<Vec<_>>().join(", "), 200).into_owned();
    let reason = match (listed, named) {
        ([], _) => format!("{file} has no function; one begins with a line like `def task(n):`"),
        (_, Some(name)) => match listed.iter().find(|function| function.name == name) {
            Some(function) => return Ok(function),
            None => match nearest(name, names()) {
                Some(near) => format!("{file} has no function `{name}`; did you mean `{near}`?"),
                None => format!("{file} has no function `{name}`; it has {}", list()),
            },
        },
        ([only], None) => return Ok(only),
        (_, None) => format!("{file} has several functions; name one of them: {}", list()),
    };
    Err(Error::usage("choose the function", reason))
}

#[cfg(test)]
mod tests;
