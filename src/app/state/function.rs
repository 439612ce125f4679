//! The function of the setup: one of the catalogue, one of code that a person brings, or a command. Each of the kinds
//! keeps its own while another is shown; scripts and Python share one text, so that it can be tried as the other.

use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui::Context;

use super::builtin::BuiltinChoice;
use super::code::{CodeChoice, Language};
use crate::error::{Error, Result};
use crate::function::command::CommandSpec;
use crate::function::{FunctionSpec, Takes, find};
use crate::pool::examples::{self, Runs};

/// Which kind of function holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FunctionKind {
    #[default]
    Builtin,
    Script,
    Python,
    Command,
}

/// See the module's text.
pub struct FunctionChoice {
    pub kind: FunctionKind,
    pub builtin: BuiltinChoice,
    pub code: CodeChoice,
    pub command: CommandChoice,
}

/// A command as it is being written, and whether it can be run.
pub struct CommandChoice {
    pub spec: CommandSpec,
    /// Variables as they are written: NAME=VALUE, one a line.
    pub env_text: String,
    checked: Result<()>,
}

impl Default for CommandChoice {
    fn default() -> Self {
        let spec = CommandSpec::default();
        Self { checked: spec.check(), spec, env_text: String::new() }
    }
}

impl CommandChoice {
    /// Must be called after each change.
    pub fn edited(&mut self) {
        self.checked = variables(&self.env_text).and_then(|env| {
            self.spec.env = env;
            self.spec.check()
        });
    }

    /// Why it cannot be run; nothing where it can, or where nothing is written yet.
    pub fn error(&self) -> Option<&Error> {
        self.checked.as_ref().err().filter(|_| !self.spec.template.trim().is_empty())
    }
}

fn variables(text: &str) -> Result<Vec<(String, String)>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let variable = |line: &str| match line.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.to_owned())),
        _ => Err(Error::usage("set a variable", format!("`{line}` is not written NAME=VALUE"))),
    };
    lines.map(variable).collect()
}

impl FunctionChoice {
    /// The function that a new window has; nothing where the catalogue is empty, which it never is.
    pub fn first() -> Option<Self> {
        Some(Self {
            kind: FunctionKind::default(),
            builtin: BuiltinChoice::first()?,
            code: CodeChoice::default(),
            command: CommandChoice::default(),
        })
    }

    /// Shows another kind; what is written in the code is looked at as that.
    pub fn show(&mut self, kind: FunctionKind, ctx: &Context) {
        self.kind = kind;
        match kind {
            FunctionKind::Script => self.code.look_as(Language::Script, ctx),
            FunctionKind::Python => self.code.look_as(Language::Python, ctx),
            FunctionKind::Builtin | FunctionKind::Command => {}
        }
    }

    /// Reads a file of code: for Python, but where the editor shows a script already.
    pub fn open(&mut self, path: PathBuf, ctx: &Context) {
        if self.kind != FunctionKind::Script {
            self.show(FunctionKind::Python, ctx);
        }
        self.code.open(path, ctx);
    }

    /// Takes the function of the catalogue called `name`.
    pub fn choose_builtin(&mut self, name: &str) -> Result<()> {
        let builtin = find(name)?;
        self.kind = FunctionKind::Builtin;
        self.builtin.choose(builtin);
        Ok(())
    }

    /// Takes what an example runs; code is looked at before it can be run.
    pub fn choose(&mut self, runs: Runs, ctx: &Context) -> Result<()> {
        match runs {
            Runs::Builtin(name) => return self.choose_builtin(name),
            Runs::Script(code, function) => {
                self.code.replace(code.source()?, function);
                self.show(FunctionKind::Script, ctx);
            }
            Runs::Python(code, function) => {
                self.code.replace(code.source()?, function);
                self.show(FunctionKind::Python, ctx);
            }
            Runs::Shell(line) => {
                self.command.spec = examples::shell(line);
                self.command.edited();
                self.show(FunctionKind::Command, ctx);
            }
        }
        Ok(())
    }

    /// Whether it cannot be run yet because its code is being looked at.
    pub fn is_being_looked_at(&self) -> bool {
        matches!(self.kind, FunctionKind::Script | FunctionKind::Python) && self.code.is_being_looked_at()
    }

    /// Takes results of the background; once a frame.
    pub fn poll(&mut self, ctx: &Context) {
        self.code.poll(ctx);
    }

    /// The name for titles.
    pub fn name(&self) -> String {
        match self.kind {
            FunctionKind::Builtin => self.builtin.builtin.name.to_owned(),
            FunctionKind::Script | FunctionKind::Python => self.code.name(),
            FunctionKind::Command => self.command.spec.name().to_owned(),
        }
    }

    /// What it can be called with, as far as that is known.
    pub fn takes(&self) -> Takes {
        match self.kind {
            FunctionKind::Builtin => self.builtin.builtin.takes,
            FunctionKind::Command => Takes::Any,
            FunctionKind::Script | FunctionKind::Python => match self.code.chosen() {
                Some(function) if function.takes_nothing() => Takes::Nothing,
                _ => Takes::Any,
            },
        }
    }

    /// Inputs that show it at work, as they would be typed; empty where there are none.
    pub fn sample_inputs(&self) -> &'static str {
        match self.kind {
            FunctionKind::Builtin => self.builtin.builtin.sample_inputs,
            FunctionKind::Command => "",
            FunctionKind::Script | FunctionKind::Python => match self.takes() {
                Takes::Nothing => "",
                _ => "1, 2, 3, 4, 5",
            },
        }
    }

    /// The function, checked; the error says why there is none.
    pub fn spec(&self) -> Result<Arc<FunctionSpec>> {
        match self.kind {
            FunctionKind::Builtin => self.builtin.spec().map(Arc::new),
            FunctionKind::Script | FunctionKind::Python => self.code.spec(),
            FunctionKind::Command => {
                self.checked_command()?;
                Ok(Arc::new(FunctionSpec::Command(self.command.spec.clone())))
            }
        }
    }

    fn checked_command(&self) -> Result<()> {
        if self.command.spec.template.trim().is_empty() {
            return Err(Error::usage("start the pool", "there is no command yet"));
        }
        self.command.checked.clone()
    }
}
