//! Who runs code, as far as a person has a say: an interpreter that lies in the folder of the code is a program of that
//! folder, and is started only after a person has said so. Answers are of one folder each and can be taken back.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use egui::Context;

use crate::app::background::{Task, finished};
use crate::error::{Error, Result};
use crate::function::Listed;
use crate::function::python::{self, Interpreter, InterpreterChoice, PythonSource, Trust, Untrusted};

/// What was found in code, and who runs it.
pub struct Found {
    pub functions: Vec<Listed>,
    pub runner: CodeRunner,
}

/// Who runs the code.
pub enum CodeRunner {
    ThisProgram,
    Python(Interpreter, Option<ConsentAnswer>),
    /// Nobody yet: a person has to be asked.
    Undecided(ConsentQuestion),
}

/// What a person is asked before an interpreter of a folder is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentQuestion {
    pub untrusted: Untrusted,
    /// An interpreter that lies elsewhere, in words: "Python 3.11.2 (/usr/bin/python3)".
    pub instead: Option<String>,
}

/// What a person has answered for a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentAnswer {
    pub folder: PathBuf,
    pub is_allowed: bool,
}

/// Why code cannot be run as it is.
pub struct Trouble {
    pub error: Error,
    /// Whether another interpreter could read it, so that it is no fault of the code.
    pub is_of_interpreter: bool,
}

impl Trouble {
    pub fn of_code(error: Error) -> Self {
        Self { error, is_of_interpreter: false }
    }

    fn of_interpreter(error: Error) -> Self {
        Self { error, is_of_interpreter: true }
    }
}

/// The answers. Those that allow something are in a file of the person's settings, which the command line has as well.
pub struct Consent {
    pub trust: Trust,
    /// Folders whose interpreters are not to be used.
    pub declined: BTreeSet<PathBuf>,
    writing: Option<Task<Result<()>>>,
}

impl Default for Consent {
    fn default() -> Self {
        Self { trust: Trust::of_user(), declined: BTreeSet::new(), writing: None }
    }
}

impl Consent {
    /// The interpreter of this folder may be started from now on.
    pub fn allow(&mut self, folder: PathBuf, ctx: &Context) {
        self.declined.remove(&folder);
        let trust = self.trust.clone();
        self.writing =
            Some(Task::spawn("remember the answer", ctx, move || trust.allow(&folder).map(|_| ())));
    }

    /// One that lies elsewhere is taken instead of that of this folder.
    pub fn decline(&mut self, folder: PathBuf) {
        self.declined.insert(folder);
    }

    /// The next look at code of the folder asks anew; says whether that is so at once.
    pub fn take_back(&mut self, answer: &ConsentAnswer, ctx: &Context) -> bool {
        if !answer.is_allowed {
            return self.declined.remove(&answer.folder);
        }
        let (trust, folder) = (self.trust.clone(), answer.folder.clone());
        self.writing =
            Some(Task::spawn("take the answer back", ctx, move || trust.revoke(&folder).map(|_| ())));
        false
    }

    /// What came of writing an answer down, once.
    pub fn poll(&mut self) -> Option<Result<()>> {
        finished(&mut self.writing).map(|done| done.and_then(|written| written))
    }

    /// Whether an answer is still being written down.
    pub fn is_writing(&self) -> bool {
        self.writing.is_some()
    }
}

/// Looks at Python code: with the interpreter that a person named, or else the one that is found for it and may be
/// started.
pub fn found_by_python(
    source: &PythonSource,
    named: Option<&Path>,
    trust: &Trust,
    declined: &BTreeSet<PathBuf>,
) -> Result<Found, Trouble> {
    if let Some(path) = named {
        return listed(source, path, None);
    }
    match python::choose_interpreter(&source.file, trust).map_err(Trouble::of_interpreter)? {
        InterpreterChoice::Allowed(path) => {
            let folders = trust.folders().unwrap_or_default();
            let folder = folders.into_iter().find(|folder| path.starts_with(folder));
            listed(source, &path, folder.map(|folder| ConsentAnswer { folder, is_allowed: true }))
        }
        InterpreterChoice::Untrusted(untrusted) if declined.contains(&untrusted.folder) => {
            let path = python::installed_interpreter().map_err(Trouble::of_interpreter)?;
            listed(source, &path, Some(ConsentAnswer { folder: untrusted.folder, is_allowed: false }))
        }
        InterpreterChoice::Untrusted(untrusted) => undecided(source, untrusted),
    }
}

fn listed(
    source: &PythonSource,
    interpreter: &Path,
    answer: Option<ConsentAnswer>,
) -> Result<Found, Trouble> {
    let (interpreter, listing) = python::list(source, interpreter, None).map_err(|error| {
        let is_of_interpreter = python::list_unasked(source).is_ok();
        Trouble { error, is_of_interpreter }
    })?;
    Ok(Found { functions: listing.functions, runner: CodeRunner::Python(interpreter, answer) })
}

/// What the code holds is told without the interpreter that nobody has allowed.
fn undecided(source: &PythonSource, untrusted: Untrusted) -> Result<Found, Trouble> {
    let listing = python::list_unasked(source).map_err(Trouble::of_code)?;
    let installed = python::installed_interpreter().ok();
    let instead = installed.filter(|path| !path.starts_with(&untrusted.folder)).map(|path| {
        // Named with its version where it is the one that has just been asked.
        if listing.reader.path == path { listing.reader.to_string() } else { path.display().to_string() }
    });
    let runner = CodeRunner::Undecided(ConsentQuestion { untrusted, instead });
    Ok(Found { functions: listing.functions, runner })
}
