//! Commands, run once an item: what is run, with which arguments, and what its output means.
//!
//! `template` and `words` read what a person wrote, `run` makes a call of it, `os` holds what each system does in its
//! own way. That a command ends with its worker is the business of `pool`.

mod candidates;
mod fields;
mod layout;
mod os;
mod output;
mod pipelines;
mod program;
mod risks;
mod run;
mod running;
mod template;
mod words;

use std::path::Path;

use serde::{Deserialize, Serialize};

pub use self::layout::{CommandPiece, PathForm, input_bytes};
use self::run::CommandFunction;
use super::{Fault, Function};
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

    /// Whether the command can be run at all: the template can be read, its program and its folder are there.
    pub fn check(&self) -> Result<()> {
        self.runner().map(|_| ())
    }

    /// What may run a value as code, if it holds some; a sentence that says how to write it instead.
    pub fn warning(&self) -> Option<String> {
        risks::of(&self.template)
    }

    /// Whether this fault is made in the process of the command, so that the worker lives.
    pub fn takes(fault: Fault) -> bool {
        os::can_strike(fault)
    }

    fn runner(&self) -> Result<CommandFunction> {
        let wrong = |reason: String| Error::usage("run the command", reason);
        if let Some(folder) = &self.folder
            && !Path::new(folder).is_dir()
        {
            return Err(wrong(format!("the folder {folder} is not there")));
        }
        if let Some((name, _)) = self.env.iter().find(|(name, value)| !is_variable(name, value)) {
            return Err(wrong(format!("`{name}` cannot be set as a variable")));
        }
        let runner = CommandFunction::new(self).map_err(wrong)?;
        runner.check_program().map_err(wrong)?;
        Ok(runner)
    }

    /// The first `count` commands as they would be run, ready to be pasted into a shell; or why one cannot be.
    pub fn preview(&self, inputs: &Column, count: usize) -> Vec<std::result::Result<String, String>> {
        let cells = inputs.iter().take(count).enumerate();
        match CommandFunction::new(self) {
            Ok(runner) => cells.map(|(index, cell)| runner.preview(index as u64, cell)).collect(),
            Err(reason) => cells.map(|_| Err(reason.clone())).collect(),
        }
    }

    pub(super) fn load(&self) -> Result<Box<dyn Function>> {
        self.runner().map(|runner| -> Box<dyn Function> { Box::new(runner) })
    }

    /// Only the first input is looked at: the rows of a table are alike, and one that is not fails alone.
    pub(super) fn check_inputs(&self, inputs: &Column) -> Result<()> {
        let Some(first) = inputs.get(0) else { return Ok(()) };
        let wrong = |reason: String| Error::input(format!("run {}", self.name()), reason);
        let runner = CommandFunction::new(self).map_err(wrong)?;
        runner.check_columns(first).map_err(wrong)
    }
}

fn is_variable(name: &str, value: &str) -> bool {
    !name.is_empty() && !name.contains(['=', '\0']) && !value.contains('\0')
}

#[cfg(test)]
mod tests;
