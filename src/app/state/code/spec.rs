//! The function that code gives for a run, or why there is none yet.

use std::sync::Arc;

use super::CodeChoice;
use crate::app::state::consent::{CodeRunner, Found};
use crate::error::{Error, Result};
use crate::function::python::PythonSpec;
use crate::function::script::ScriptSpec;
use crate::function::{FunctionSpec, Listed, ListedKind};
use crate::value::shortened;

impl CodeChoice {
    /// Makes what a host needs of what was found and chosen.
    pub fn choose(&mut self) {
        self.spec = None;
        let Some(Ok(found)) = &self.found else { return };
        let known = |name: &String| found.functions.iter().any(|function| function.name == *name);
        // What is imported is hardly what the file is for.
        let own = |function: &&Listed| function.kind != ListedKind::Imported;
        let first = || found.functions.iter().find(own).map(|function| function.name.clone());
        self.function = self.function.take().filter(known).or_else(first);
        let Some(function) = self.chosen().cloned() else { return };
        let source = self.source.clone();
        let Some(Ok(found)) = &self.found else { return };
        self.spec = Some(Arc::new(match &found.runner {
            CodeRunner::Undecided(_) => return,
            CodeRunner::ThisProgram => {
                let name = self.file_name();
                FunctionSpec::Script(ScriptSpec { name, source: source.text, function })
            }
            CodeRunner::Python(interpreter, _) => {
                let initializer = self.initializer_text.trim();
                let spec = PythonSpec {
                    interpreter: interpreter.path.clone(),
                    compiled: interpreter.compiled.clone(),
                    source,
                    function,
                    is_whole: self.is_whole,
                    initializer: Some(initializer.to_owned()).filter(|text| !text.is_empty()),
                };
                FunctionSpec::Python(spec.lean())
            }
        }));
    }

    /// The function for a run; the error says why there is none yet.
    pub fn spec(&self) -> Result<Arc<FunctionSpec>> {
        let cannot = |reason: &str| Err(Error::usage("start the pool", reason));
        if let Some(spec) = &self.spec {
            return Ok(Arc::clone(spec));
        }
        match &self.found {
            _ if self.is_being_looked_at() => cannot("the code is still being looked at"),
            None => cannot("the code is still being looked at"),
            // All of it stands beside the code.
            Some(Err(trouble)) if trouble.is_of_interpreter => cannot("this Python cannot run the code"),
            Some(Err(trouble)) => cannot(&in_a_line(trouble.error.reason())),
            Some(Ok(found)) if found.functions.is_empty() => cannot("the code has no function"),
            Some(Ok(Found { runner: CodeRunner::Undecided(_), .. })) => {
                cannot("say beside the code which Python runs it")
            }
            Some(Ok(_)) => cannot("no function is chosen"),
        }
    }
}

/// The beginning of a reason, for a place of some lines.
fn in_a_line(reason: &str) -> String {
    const MOST_CHARACTERS: usize = 120;
    shortened(reason.lines().next().unwrap_or_default(), MOST_CHARACTERS).into_owned()
}
