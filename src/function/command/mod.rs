//! Commands, run once an item: what is run, with which arguments, and what its output means.

use serde::{Deserialize, Serialize};

use super::Function;
use crate::error::{Error, Result};
use crate::value::Column;

/// A command as a person wrote it, and how it is to be run.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CommandSpec {
    /// The template: `gzip -k {}`.
    pub template: String,
    /// The whole line goes through the system's shell, with values quoted.
    pub shell: bool,
    /// Each input also goes to the command's standard input.
    pub stdin: bool,
    /// Variables set for the command, beside those of the program.
    pub env: Vec<(String, String)>,
    /// The working directory; that of the program where none is named.
    pub folder: Option<String>,
}

impl CommandSpec {
    /// The command's name, for titles.
    pub fn name(&self) -> &str {
        self.template.split_whitespace().next().unwrap_or("command")
    }

    /// Whether it can be run at all.
    pub fn check(&self) -> Result<()> {
        Ok(())
    }

    pub(super) fn load(&self) -> Result<Box<dyn Function>> {
        Err(Error::usage("run a command", "not yet"))
    }

    pub(super) fn check_inputs(&self, _inputs: &Column) -> Result<()> {
        Ok(())
    }
}
