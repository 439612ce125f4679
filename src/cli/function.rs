//! The function of a run, as the arguments name it: one of the catalogue, or one that a person brings.

use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args};

use super::asking::asking;
use super::trust;
use crate::error::Result;
use crate::function::FunctionSpec;
use crate::function::command::CommandSpec;
use crate::function::python::{self, PythonSpec};
use crate::function::script::ScriptSpec;

const NAMES: [&str; 6] = ["function", "script", "script_text", "python", "command", "example"];

/// How a function is named. One of these names one.
#[derive(Debug, Args)]
#[group(skip)]
#[command(group(ArgGroup::new("which").required(true).args(NAMES)))]
pub struct FunctionArgs {
    /// The built-in function to run; `poolscope functions` lists them
    #[arg(short, long, value_name = "NAME")]
    pub function: Option<String>,

    /// Run a function of this script: Python's syntax, run by this program itself; the name may be left out where the
    /// script has one function
    #[arg(long, value_name = "FILE[:FUNCTION]", help_heading = "Your own functions")]
    pub script: Option<PathBuf>,

    /// Run the function of this text, as of a script
    #[arg(long, value_name = "TEXT", help_heading = "Your own functions")]
    pub script_text: Option<String>,

    /// Run a function of this Python file or notebook with a Python interpreter; only what it needs is run when the file is
    /// loaded
    #[arg(long, value_name = "FILE[:FUNCTION]", help_heading = "Your own functions")]
    pub python: Option<PathBuf>,

    /// Run this command for each input: {} stands for the input, {.} for it without its ending, {/} for the name of the
    /// file, {//} for its folder, {/.} for the name without its ending, {#} for its number, {%} for the worker, {NAME}
    /// for a column
    #[arg(long, value_name = "TEMPLATE", help_heading = "Your own functions")]
    pub command: Option<String>,

    /// Run one of the examples that come with the program
    #[arg(long, value_name = "NAME", conflicts_with_all = ["inputs", "input", "params"])]
    pub example: Option<String>,

    /// A parameter of the built-in function; may be given several times
    #[arg(short, long = "param", value_name = "KEY=VALUE", value_parser = key_and_value)]
    pub params: Vec<(String, String)>,

    /// The Python interpreter [default: that of a virtual environment beside the file, which `poolscope trust` has to
    /// allow once, or the one on the PATH]
    #[arg(long, value_name = "PATH", help_heading = "Your own functions")]
    pub interpreter: Option<PathBuf>,

    /// Run the whole Python file when it is loaded
    #[arg(long, help_heading = "Your own functions")]
    pub whole_file: bool,

    /// Call this function of the Python file once in each worker that starts, as Pool(initializer=...) does: start:10
    /// calls start(10)
    #[arg(long, value_name = "NAME[:ARG,ARG]", help_heading = "Your own functions")]
    pub initializer: Option<String>,

    /// Run the command through the system's shell; values are quoted
    #[arg(long, help_heading = "Your own functions")]
    pub shell: bool,

    /// Give each input to the command's standard input
    #[arg(long, help_heading = "Your own functions")]
    pub stdin: bool,

    /// Set a variable for the command; may be given several times
    #[arg(long, value_name = "NAME=VALUE", value_parser = key_and_value,
        help_heading = "Your own functions")]
    pub env: Vec<(String, String)>,

    /// Only print the commands as they would be run
    #[arg(long, help_heading = "Your own functions")]
    pub dry_run: bool,

    /// The command's working directory
    #[arg(long, value_name = "FOLDER", help_heading = "Your own functions")]
    pub folder: Option<String>,
}

impl FunctionArgs {
    /// Whether nothing says what to run.
    pub fn is_not_given(&self) -> bool {
        let paths = [&self.script, &self.python];
        let texts = [&self.function, &self.script_text, &self.command, &self.example];
        paths.into_iter().all(Option::is_none) && texts.into_iter().all(Option::is_none)
    }

    /// The function, checked as far as that is possible without running it.
    pub fn spec(&self) -> Result<FunctionSpec> {
        if let Some(path) = &self.script {
            let (file, function) = file_and_function(path);
            return Ok(FunctionSpec::Script(ScriptSpec::read(&file, function.as_deref())?));
        }
        if let Some(text) = &self.script_text {
            return Ok(FunctionSpec::Script(ScriptSpec::new("script", text, None)?));
        }
        if let Some(path) = &self.python {
            let (file, function) = file_and_function(path);
            let spec = self.python_spec(&file, function.as_deref())?;
            return Ok(FunctionSpec::Python(spec));
        }
        if let Some(template) = &self.command {
            let spec = CommandSpec {
                template: template.clone(),
                shell: self.shell,
                stdin: self.stdin,
                env: self.env.clone(),
                folder: self.folder.clone(),
            };
            spec.check()?;
            return Ok(FunctionSpec::Command(spec));
        }
        let name = self.function.as_deref().unwrap_or_default();
        FunctionSpec::builtin(name, self.params.iter().map(|(key, value)| (key.as_str(), value.as_str())))
    }

    /// The file that the function is of.
    pub fn file(&self) -> Option<PathBuf> {
        let path = self.script.as_ref().or(self.python.as_ref())?;
        Some(file_and_function(path).0)
    }

    fn python_spec(&self, file: &Path, function: Option<&str>) -> Result<PythonSpec> {
        let source = python::PythonSource::read(file)?;
        let interpreter = match &self.interpreter {
            Some(path) => path.clone(),
            None => trust::allowed_interpreter(file)?,
        };
        asking(&interpreter.display().to_string(), || match &self.initializer {
            None => PythonSpec::new(&source, &interpreter, function, self.whole_file),
            Some(call) => {
                PythonSpec::with_initializer(&source, &interpreter, function, self.whole_file, call)
            }
        })
    }
}

/// "tasks.py:double" as a file and a function; a file whose own name ends like that is taken as it is.
fn file_and_function(path: &Path) -> (PathBuf, Option<String>) {
    let text = path.to_string_lossy();
    match text.rsplit_once(':') {
        Some((file, function)) if !path.exists() && !function.contains(['/', '\\']) => {
            (file.into(), Some(function.to_owned()))
        }
        _ => (path.to_owned(), None),
    }
}

fn key_and_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("it is written KEY=VALUE, for example every=3")?;
    Ok((key.trim().to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_named_behind_its_file() {
        let parted = |text: &str| {
            let (file, function) = file_and_function(Path::new(text));
            (file.display().to_string(), function)
        };
        assert_eq!(parted("a/tasks.py:double"), ("a/tasks.py".into(), Some("double".into())));
        assert_eq!(parted("tasks.py"), ("tasks.py".into(), None));
        assert_eq!(parted("C:/tasks.py"), ("C:/tasks.py".into(), None));
    }
}
