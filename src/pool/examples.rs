//! The programs of a first lesson on Python's `multiprocessing` (`Process`, `Pool.map`, workers that print), and some more,
//! each ready to be run with one click. Which there are stands in `catalogue`.

mod catalogue;

use std::env;
use std::sync::Arc;

pub use self::catalogue::EXAMPLES;
use super::settings::{ChunkRule, Job, Mode, Settings};
use crate::error::{Error, Result};
use crate::function::command::CommandSpec;
use crate::function::python::{PythonSource, PythonSpec, installed_interpreter};
use crate::function::script::ScriptSpec;
use crate::function::{FunctionSpec, Takes};
use crate::input;
use crate::value::{Column, shortened};

/// A ready-made job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example {
    pub name: &'static str,
    /// What it shows, in one sentence.
    pub summary: &'static str,
    /// What there is to see while it runs and after, and what that means.
    pub watch: &'static str,
    /// The Python it stands for; empty where it stands for none.
    pub python: &'static str,
    pub runs: Runs,
    /// As a person would type them; empty for a function without input.
    pub inputs: &'static str,
    /// The name of the sample file that the inputs are from, where they are.
    pub sample_file: Option<&'static str>,
    pub mode: Mode,
    pub workers: usize,
    pub chunk: ChunkRule,
    /// The Python that it stands for prints the results at its end.
    pub prints_results: bool,
    /// An item of it fails: that is what it shows.
    pub fails: bool,
}

/// What an example runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runs {
    /// A function of the catalogue.
    Builtin(&'static str),
    /// The same with these parameters, each with its value as it is written.
    BuiltinWith(&'static str, &'static [(&'static str, &'static str)]),
    /// A function of a script.
    Script(ExampleCode, &'static str),
    /// A function of a Python file.
    Python(ExampleCode, &'static str),
    /// A line for the system's shell.
    Shell(&'static str),
}

/// A file of functions that is a part of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExampleCode {
    pub name: &'static str,
    pub text: &'static str,
}

impl ExampleCode {
    /// As a file of the working folder, which need not hold it.
    pub fn source(self) -> Result<PythonSource> {
        let folder = env::current_dir().map_err(|error| Error::io("find the working folder", error))?;
        PythonSource::of_text(folder.join(self.name), self.text.to_owned())
    }
}

impl Runs {
    /// Whether a function is what it runs.
    fn is(self, function: &FunctionSpec) -> bool {
        match (self, function) {
            (Self::Builtin(name), given @ FunctionSpec::Builtin { .. }) => {
                FunctionSpec::builtin(name, []).is_ok_and(|own| own == *given)
            }
            (Self::BuiltinWith(name, params), given @ FunctionSpec::Builtin { .. }) => {
                FunctionSpec::builtin(name, params.iter().copied()).is_ok_and(|own| own == *given)
            }
            (Self::Script(code, own), FunctionSpec::Script(script)) => {
                script.source == code.text && script.function.name == own
            }
            (Self::Python(code, own), FunctionSpec::Python(python)) => {
                python.source.text == code.text && python.function.name == own
            }
            (Self::Shell(line), FunctionSpec::Command(command)) => *command == shell(line),
            _ => false,
        }
    }

    /// What a host needs to run it; asks a Python interpreter where it is for one.
    pub fn spec(self) -> Result<FunctionSpec> {
        match self {
            Self::Builtin(name) => FunctionSpec::builtin(name, []),
            Self::BuiltinWith(name, params) => FunctionSpec::builtin(name, params.iter().copied()),
            Self::Script(code, function) => {
                ScriptSpec::new(code.name, code.text, Some(function)).map(FunctionSpec::Script)
            }
            Self::Python(code, function) => {
                let source = code.source()?;
                let interpreter = installed_interpreter()?;
                PythonSpec::new(&source, &interpreter, Some(function), false).map(FunctionSpec::Python)
            }
            Self::Shell(line) => Ok(FunctionSpec::Command(shell(line))),
        }
    }
}

/// A line for the system's shell as a command.
pub fn shell(line: &str) -> CommandSpec {
    CommandSpec { template: line.to_owned(), shell: true, ..CommandSpec::default() }
}

/// A job of what is run here over inputs as a person would type them; none for a function without input.
pub fn job_of(runs: Runs, inputs: &str, settings: Settings) -> Result<Job> {
    let function = runs.spec()?;
    let inputs = match function.takes()? {
        Takes::Nothing => Column::None(1),
        _ => input::parse_typed(inputs)?,
    };
    Ok(Job { inputs_name: "typed inputs".to_owned(), inputs: Arc::new(inputs), function, settings })
}

impl Example {
    /// The example called `name`, in any case; otherwise an error that lists them.
    pub fn find(name: &str) -> Result<&'static Self> {
        let found = EXAMPLES.iter().find(|example| example.name.eq_ignore_ascii_case(name.trim()));
        found.ok_or_else(|| {
            let names: Vec<&str> = EXAMPLES.iter().map(|example| example.name).collect();
            Error::usage(
                "find the example",
                format!("`{}` is not one of: {}", shortened(name, 60), names.join("; ")),
            )
        })
    }

    /// The sample file's text, where the inputs are from one.
    pub fn sample_text(&self) -> Option<&'static str> {
        self.sample_file.map(|_| catalogue::PRIMES_CSV)
    }

    /// The example that a job is, where it is one, with nothing changed that it shows; the first of those that are alike.
    pub fn of_job(job: &Job) -> Option<&'static Self> {
        EXAMPLES.iter().find(|example| {
            let Settings { mode, workers, .. } = job.settings;
            (example.mode, example.workers) == (mode, workers)
                && example.runs.is(&job.function)
                && example.has_inputs(job)
        })
    }

    fn has_inputs(&self, job: &Job) -> bool {
        let given = &job.inputs;
        match (self.sample_file, self.inputs) {
            // A file of a person's may have the same name.
            (Some(name), _) => {
                let rows = || self.sample_text().map_or(0, |text| text.lines().skip(1).count());
                job.inputs_name == name && given.len() == rows()
            }
            (None, "") => **given == Column::None(1),
            // A function may want to have them as another type, so that their texts are compared.
            (None, text) => input::parse_typed(text).is_ok_and(|own| {
                let mut both = own.iter().zip(given.iter());
                own.len() == given.len() && both.all(|(one, other)| one.to_string() == other.to_string())
            }),
        }
    }

    /// The pool that it asks for.
    pub fn settings(&self) -> Settings {
        Settings { mode: self.mode, workers: self.workers, chunk: self.chunk, ..Settings::default() }
    }

    /// The job that this example is.
    pub fn job(&self) -> Result<Job> {
        let Some((text, name)) = self.sample_text().zip(self.sample_file) else {
            return job_of(self.runs, self.inputs, self.settings());
        };
        let (options, progress) = (input::LoadOptions::default(), input::LoadProgress::default());
        let inputs = input::load_reader(text.as_bytes(), name, &options, &progress)?.column;
        let (inputs_name, function) = (name.to_owned(), self.runs.spec()?);
        Ok(Job { inputs_name, inputs, function, settings: self.settings() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_a_job_that_can_start() {
        for example in EXAMPLES {
            let job = example.job().unwrap();
            assert_eq!(job.check(), Ok(()), "{}", example.name);
        }
    }

    #[test]
    fn a_job_is_known_as_its_example_until_it_is_changed() {
        for example in &EXAMPLES {
            let job = example.job().unwrap();
            let found = Example::of_job(&job).unwrap();
            assert_eq!((found.runs, found.mode), (example.runs, example.mode), "{}", example.name);
            let settings = Settings { workers: example.workers + 1, ..job.settings };
            assert_eq!(Example::of_job(&Job { settings, ..job }), None, "{}", example.name);
        }
        let job = Example::find("Pool.map").unwrap().job().unwrap();
        let inputs = Arc::new(vec![1_i64, 2, 3, 4, 6].into());
        assert_eq!(Example::of_job(&Job { inputs, ..job }), None);
    }

    #[test]
    fn each_says_what_to_watch() {
        let mut watched: Vec<&str> = EXAMPLES.iter().map(|example| example.watch).collect();
        assert!(watched.iter().all(|watch| watch.ends_with('.') && watch.len() < 170), "{watched:?}");
        watched.sort_unstable();
        watched.dedup();
        assert_eq!(watched.len(), EXAMPLES.len());
    }

    #[test]
    fn an_unknown_example_lists_those_there_are() {
        let error = Example::find("nope").unwrap_err().to_string();
        assert!(error.contains("Pool.map; with Pool"), "{error}");
    }
}
