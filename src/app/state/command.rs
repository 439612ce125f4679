//! A command as it is being written, and whether it can be run: its program and its folder are looked for in the
//! background.

use egui::Context;

use crate::app::background::{Task, finished};
use crate::error::{Error, Result};
use crate::function::command::CommandSpec;
use crate::lessons::file::variables;

/// A command, its variables as they are written, and what was found out about it.
#[derive(Default)]
pub struct CommandChoice {
    pub spec: CommandSpec,
    /// Variables as they are written: NAME=VALUE, one a line.
    pub env_text: String,
    wrong: Option<Error>,
    checking: Option<Task<Result<()>>>,
}

impl CommandChoice {
    /// Must be called after each change.
    pub fn edited(&mut self, ctx: &Context) {
        self.checking = None;
        match variables(&self.env_text) {
            Err(error) => self.wrong = Some(error),
            Ok(env) => {
                self.spec.env = env;
                let spec = self.spec.clone();
                self.checking = Some(Task::spawn("look for the command", ctx, move || spec.check()));
            }
        }
    }

    /// Takes what was found; once a frame.
    pub fn poll(&mut self) {
        if let Some(checked) = finished(&mut self.checking) {
            self.wrong = checked.and_then(|checked| checked).err();
        }
    }

    /// Whether it is not known yet if it can be run.
    pub fn is_being_checked(&self) -> bool {
        self.checking.is_some()
    }

    /// Whether it can be run.
    pub fn check(&self) -> Result<()> {
        let cannot = |reason: &str| Err(Error::usage("start the pool", reason));
        match &self.wrong {
            _ if self.is_empty() => cannot("there is no command yet"),
            _ if self.is_being_checked() => cannot("the command is still being looked for"),
            Some(error) => Err(error.clone()),
            None => Ok(()),
        }
    }

    /// Why it cannot be run; nothing where it can, or where nothing is written yet.
    pub fn error(&self) -> Option<&Error> {
        self.wrong.as_ref().filter(|_| !self.is_empty())
    }

    /// Whether nothing is written yet.
    pub fn is_empty(&self) -> bool {
        self.spec.template.trim().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_is_not_there_is_told_once_it_was_looked_for() {
        let mut command = CommandChoice::default();
        assert!(command.check().unwrap_err().to_string().contains("there is no command yet"));
        command.spec.template = "gzipp_ {}".to_owned();
        command.edited(&Context::default());
        assert!(command.check().unwrap_err().to_string().contains("still being looked for"));
        while command.is_being_checked() {
            command.poll();
            std::thread::yield_now();
        }
        assert!(command.check().unwrap_err().to_string().contains("`gzipp_` is not on the PATH"));
        command.env_text = "A".to_owned();
        command.edited(&Context::default());
        assert!(command.error().unwrap().to_string().contains("`A` is not written NAME=VALUE"));
    }
}
