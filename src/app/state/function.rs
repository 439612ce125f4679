//! The function of the setup: one of the catalogue, one of code that a person brings, or a command. Each of the kinds
//! keeps its own while another is shown; scripts and Python share one text, so that it can be tried as the other.

use std::path::PathBuf;
use std::sync::Arc;

use egui::Context;

use super::builtin::BuiltinChoice;
use super::code::{CodeChoice, Language};
use super::command::CommandChoice;
use crate::error::Result;
use crate::function::{FunctionSpec, Takes, find};
use crate::lessons::file::FunctionKind;
use crate::pool::RunLog;
use crate::pool::examples::{self, Runs};

/// Which kind of function is chosen, and what is chosen of each kind.
pub struct FunctionChoice {
    pub kind: FunctionKind,
    pub builtin: BuiltinChoice,
    pub code: CodeChoice,
    pub command: CommandChoice,
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

    /// Whether code is shown that can be written to a file.
    pub fn has_code_to_save(&self) -> bool {
        matches!(self.kind, FunctionKind::Script | FunctionKind::Python) && self.code.can_be_saved()
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

    /// Shows a line of the code: of that which `log` has run, where another kind of function is set up meanwhile.
    pub fn show_line(&mut self, line: usize, log: Option<&RunLog>, ctx: &Context) {
        if !matches!(self.kind, FunctionKind::Script | FunctionKind::Python) {
            let is_script = log.is_some_and(|log| matches!(log.plan.job.function, FunctionSpec::Script(_)));
            self.show(if is_script { FunctionKind::Script } else { FunctionKind::Python }, ctx);
        }
        self.code.wanted_line = Some(line);
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
            Runs::BuiltinWith(name, params) => {
                self.choose_builtin(name)?;
                self.builtin.params.extend(params.iter().map(|(name, value)| (*name, (*value).to_owned())));
            }
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
                self.command.edited(ctx);
                self.show(FunctionKind::Command, ctx);
            }
        }
        Ok(())
    }

    /// Whether it cannot be run yet because its code is being looked at.
    pub fn is_being_looked_at(&self) -> bool {
        match self.kind {
            FunctionKind::Builtin => false,
            FunctionKind::Script | FunctionKind::Python => self.code.is_being_looked_at(),
            FunctionKind::Command => self.command.is_being_checked(),
        }
    }

    /// Takes results of the background; once a frame.
    pub fn poll(&mut self, ctx: &Context) {
        self.code.poll(ctx);
        self.command.poll();
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
                self.command.check()?;
                Ok(Arc::new(FunctionSpec::Command(self.command.spec.clone())))
            }
        }
    }
}
