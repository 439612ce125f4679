//! The programs of the notes that this project grew from, and two more, each ready to be run with one click.

use std::sync::Arc;

use super::settings::{Job, Mode, Settings};
use crate::error::{Error, Result};
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
    pub function: &'static str,
    /// As a person would type them; empty for a function without input.
    pub inputs: &'static str,
    /// The name of the sample file that the inputs are from, where they are.
    pub sample_file: Option<&'static str>,
    pub mode: Mode,
    pub workers: usize,
}

const PRIMES_CSV: &str = include_str!("../../assets/examples/primes.csv");

/// The pool of the notes.
const POOL_MAP: Example = Example {
    name: "Pool.map",
    summary: "Four processes double five numbers; the results come back in input order.",
    python: "pool = Pool(4)\nresults = pool.map(task, [1, 2, 3, 4, 5])\npool.close()\npool.join()\n\
             print(\"Results:\", results)",
    function: "double",
    inputs: "[1, 2, 3, 4, 5]",
    sample_file: None,
    mode: Mode::Process,
    workers: 4,
};

/// All examples, in the order of the menu.
pub const EXAMPLES: [Example; 6] = [
    Example {
        name: "Process: start and join",
        summary: "One process runs one function; the main process waits for it and goes on.",
        python: "process = Process(target=worker_function)\nprocess.start()\nprocess.join()\n\
                 print(\"Main process is done\")",
        function: "worker_function",
        inputs: "",
        sample_file: None,
        mode: Mode::Process,
        workers: 1,
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
        function: "print_number",
        inputs: "[1, 2, 3, 4]",
        sample_file: None,
        mode: Mode::Process,
        workers: 4,
    },
    Example {
        name: "Picture in parallel",
        summary: "A picture of the Mandelbrot set appears tile by tile, each from one worker.",
        python: "",
        function: "mandelbrot_tile",
        inputs: "0..47",
        sample_file: None,
        mode: Mode::Process,
        workers: 4,
    },
    Example {
        name: "Primes",
        summary: "Real numbers from a CSV file are checked for being prime, on all cores.",
        python: "",
        function: "is_prime",
        inputs: "",
        sample_file: Some("primes.csv"),
        mode: Mode::Process,
        workers: 4,
    },
];

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
        let function = FunctionSpec::builtin(self.function, [])?;
        let inputs = match self.sample_text() {
            Some(text) => {
                let options = input::LoadOptions::default();
                input::load_reader(text.as_bytes(), PRIMES_NAME, &options, &input::Progress::default())?
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
