//! The programs of the notes that this project grew from, and some more, each ready to be run with one click.

use std::env;
use std::sync::Arc;

use super::settings::{Job, Mode, Settings};
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
    /// The Python it stands for; empty where it stands for none.
    pub python: &'static str,
    pub runs: Runs,
    /// As a person would type them; empty for a function without input.
    pub inputs: &'static str,
    /// The name of the sample file that the inputs are from, where they are.
    pub sample_file: Option<&'static str>,
    pub mode: Mode,
    pub workers: usize,
    /// The Python that it stands for prints the results at its end.
    pub prints_results: bool,
}

/// What an example runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runs {
    /// A function of the catalogue.
    Builtin(&'static str),
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

const TASKS: ExampleCode =
    ExampleCode { name: "tasks.py", text: include_str!("../../assets/examples/tasks.py") };
const THE_GIL: ExampleCode =
    ExampleCode { name: "the_gil.py", text: include_str!("../../assets/examples/the_gil.py") };
const WAITING: ExampleCode =
    ExampleCode { name: "waiting.py", text: include_str!("../../assets/examples/waiting.py") };
const PRIMES_CSV: &str = include_str!("../../assets/examples/primes.csv");

/// The pool of the notes.
const POOL_MAP: Example = Example {
    name: "Pool.map",
    summary: "Four processes double five numbers; the results come back in input order.",
    python: "pool = Pool(4)\nresults = pool.map(task, [1, 2, 3, 4, 5])\npool.close()\npool.join()\n\
             print(\"Results:\", results)",
    runs: Runs::Builtin("double"),
    inputs: "[1, 2, 3, 4, 5]",
    sample_file: None,
    mode: Mode::Process,
    workers: 4,
    prints_results: true,
};

/// The same work for threads and for processes.
const THE_GIL_THREADS: Example = Example {
    name: "The GIL, threads",
    summary: "Four threads of one Python count down: its lock lets one of them compute at a time.",
    python: "with ThreadPool(4) as pool:\n    pool.map(count_down, [2000000] * 8)",
    runs: Runs::Python(THE_GIL, "count_down"),
    inputs: "[2000000, 2000000, 2000000, 2000000, 2000000, 2000000, 2000000, 2000000]",
    sample_file: None,
    mode: Mode::Thread,
    workers: 4,
    prints_results: false,
};

/// All examples, in the order of the menu.
pub const EXAMPLES: [Example; 12] = [
    Example {
        name: "Process: start and join",
        summary: "One process runs one function; the main process waits for it and goes on.",
        python: "process = Process(target=worker_function)\nprocess.start()\nprocess.join()\n\
                 print(\"Main process is done\")",
        runs: Runs::Builtin("worker_function"),
        inputs: "",
        sample_file: None,
        mode: Mode::Process,
        workers: 1,
        prints_results: false,
    },
    POOL_MAP,
    Example {
        name: "with Pool",
        summary: "The same pool in a `with` block: it is released when the block ends.",
        python: "with Pool(4) as pool:\n    results = pool.map(task, [1, 2, 3, 4, 5])\nprint(\"Results:\", results)",
        ..POOL_MAP
    },
    Example {
        name: "Pool that prints",
        summary: "Four processes print: every line is kept with its worker and its time.",
        python: "with Pool(4) as pool:\n    pool.map(print_number, [1, 2, 3, 4])",
        runs: Runs::Builtin("print_number"),
        inputs: "[1, 2, 3, 4]",
        sample_file: None,
        mode: Mode::Process,
        workers: 4,
        prints_results: false,
    },
    Example {
        name: "Picture in parallel",
        summary: "A picture of the Mandelbrot set appears tile by tile, each from one worker.",
        python: "",
        runs: Runs::Builtin("mandelbrot_tile"),
        inputs: "0..47",
        sample_file: None,
        mode: Mode::Process,
        workers: 4,
        prints_results: false,
    },
    Example {
        name: "Primes",
        summary: "The integers of a CSV file are checked for being prime, on all cores.",
        python: "",
        runs: Runs::Builtin("is_prime"),
        inputs: "",
        sample_file: Some("primes.csv"),
        mode: Mode::Process,
        workers: 4,
        prints_results: false,
    },
    Example {
        name: "Pool.map (script)",
        summary: "The function of the notes as it is written, run by this program itself.",
        runs: Runs::Script(TASKS, "task"),
        ..POOL_MAP
    },
    Example {
        name: "Pool.map (Python file)",
        summary: "The same file again, run by four Python processes.",
        runs: Runs::Python(TASKS, "task"),
        ..POOL_MAP
    },
    THE_GIL_THREADS,
    Example {
        name: "The GIL, processes",
        summary: "Four Pythons count down, each with a lock of its own: they compute on all cores.",
        python: "with Pool(4) as pool:\n    pool.map(count_down, [2000000] * 8)",
        mode: Mode::Process,
        ..THE_GIL_THREADS
    },
    Example {
        name: "Waiting scales",
        summary: "Twenty threads of one Python wait at the same time: forty waits take as long as two.",
        python: "with ThreadPool(20) as pool:\n    pool.map(fetch, [0.1] * 40)",
        runs: Runs::Python(WAITING, "fetch"),
        inputs: FORTY_WAITS,
        sample_file: None,
        mode: Mode::Thread,
        workers: 20,
        prints_results: false,
    },
    Example {
        name: "Gzip",
        summary: "A line for the shell packs as many numbers as each input says, and counts the bytes.",
        python: "",
        runs: Runs::Shell("seq {} | gzip -9 | wc -c"),
        inputs: "[10000, 20000, 30000, 40000, 50000, 60000, 70000, 80000]",
        sample_file: None,
        mode: Mode::Process,
        workers: 4,
        prints_results: false,
    },
];

const FORTY_WAITS: &str = "[\
    0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, \
    0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]";

impl ExampleCode {
    /// As a file of the working folder, which need not hold it.
    pub fn source(self) -> Result<PythonSource> {
        let folder = env::current_dir().map_err(|error| Error::io("find the working folder", error))?;
        PythonSource::of_text(folder.join(self.name), self.text.to_owned())
    }
}

impl Runs {
    /// What a host needs to run it; asks a Python interpreter where it is for one.
    pub fn spec(self) -> Result<FunctionSpec> {
        match self {
            Self::Builtin(name) => FunctionSpec::builtin(name, []),
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
        self.sample_file.map(|_| PRIMES_CSV)
    }

    /// The job that this example is.
    pub fn job(&self) -> Result<Job> {
        let function = self.runs.spec()?;
        let inputs = match self.sample_text() {
            Some(text) => {
                let options = input::LoadOptions::default();
                input::load_reader(text.as_bytes(), PRIMES_NAME, &options, &input::LoadProgress::default())?
                    .column
            }
            None if function.takes()? == Takes::Nothing => Arc::new(Column::None(1)),
            None => Arc::new(input::parse_typed(self.inputs)?),
        };
        let inputs_name = self.sample_file.unwrap_or("typed inputs").to_owned();
        let settings = Settings { mode: self.mode, workers: self.workers, ..Settings::default() };
        Ok(Job { inputs_name, inputs, function, settings })
    }
}

const PRIMES_NAME: &str = "primes.csv";

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
    fn an_unknown_example_lists_those_there_are() {
        let error = Example::find("nope").unwrap_err().to_string();
        assert!(error.contains("Pool.map; with Pool"), "{error}");
    }
}
