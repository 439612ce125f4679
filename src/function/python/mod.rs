//! Functions of Python files and notebooks: what a host needs to run one, which interpreters there are, and what a file
//! holds. The interpreter itself is the host; the code that makes it one is in `assets/python`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// A function of a Python file, with the file's text as it was when it was chosen: hosts that start later run the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PythonSpec {
    /// The interpreter that runs it.
    pub interpreter: PathBuf,
    /// Where the file is: for its folder, and for messages.
    pub file: PathBuf,
    pub source: String,
    /// Of a notebook: the line of `source` with which each code cell begins, and the number of the cell.
    pub cells: Vec<(usize, usize)>,
    pub function: String,
    /// The function has no parameters.
    pub takes_nothing: bool,
    /// Run the whole file when it is loaded, and not only what defines things.
    pub is_whole: bool,
}
