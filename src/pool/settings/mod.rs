//! What a person decides about a pool: the job that the window edits and the command line builds.

mod rules;
mod shape;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use self::rules::{
    Failures, HaltRule, Halting, ItemRules, MOST_RETRIES, Order, RetryDelay, Timeout, WorkerRules,
    parse_size_bytes,
};
pub use self::shape::Shape;
use crate::error::{Error, Result};
use crate::function::FunctionSpec;
use crate::value::{Column, shortened};

/// The most workers a pool may have.
pub const MAX_WORKERS: usize = 512;

/// What a worker is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Mode {
    /// Each worker is a process of its own: own memory, own fate.
    #[default]
    Process,
    /// All workers are threads of one process: shared memory, shared fate.
    Thread,
}

impl Mode {
    /// "4 processes", "1 thread".
    pub fn counted(self, workers: usize) -> String {
        match workers {
            1 => format!("1 {self}"),
            count => format!("{count} {}", self.plural()),
        }
    }

    /// "processes" or "threads".
    pub fn plural(self) -> &'static str {
        match self {
            Self::Process => "processes",
            Self::Thread => "threads",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Process => "process",
            Self::Thread => "thread",
        })
    }
}

/// How many items go to a worker at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum ChunkRule {
    /// Grown from the measured time of an item toward chunks of about 10 ms.
    #[default]
    Auto,
    /// CPython's rule: the items divided by four times the workers, rounded up.
    Even,
    /// Always this many; at least 1.
    Fixed(u32),
}

impl FromStr for ChunkRule {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match (text, text.parse()) {
            ("auto", _) => Ok(Self::Auto),
            ("even", _) => Ok(Self::Even),
            (_, Ok(count @ 1_u32..)) => Ok(Self::Fixed(count)),
            _ => Err(Error::usage(
                "set the chunk size",
                format!("`{}` is not auto, even or a number of items from 1", shortened(text, 40)),
            )),
        }
    }
}

impl fmt::Display for ChunkRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Even => f.write_str("even"),
            Self::Fixed(count) => count.fmt(f),
        }
    }
}

/// The shape of a pool and its rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub mode: Mode,
    /// From 1 to [`MAX_WORKERS`].
    pub workers: usize,
    /// How many processes the threads are in, from 1 to the workers; where workers are processes this says nothing.
    pub processes: usize,
    pub chunk: ChunkRule,
    pub order: Order,
    pub item: ItemRules,
    pub worker: WorkerRules,
    pub halt: HaltRule,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            mode: Mode::default(),
            workers: 1,
            processes: 1,
            chunk: ChunkRule::default(),
            order: Order::default(),
            item: ItemRules::default(),
            worker: WorkerRules::default(),
            halt: HaltRule::default(),
        }
    }
}

impl Settings {
    /// How the workers are spread over processes.
    pub fn shape(self) -> Shape {
        Shape { mode: self.mode, workers: self.workers, processes: self.processes }
    }

    /// The same with another number of workers, in no more processes than there is a worker for.
    pub fn with_workers(self, workers: usize) -> Self {
        Self { workers, processes: self.processes.min(workers).max(1), ..self }
    }
}

/// What to run: inputs, function and pool.
#[derive(Debug, Clone)]
pub struct Job {
    /// Where the inputs come from, for titles: a file's name, or "typed inputs".
    pub inputs_name: String,
    pub inputs: Arc<Column>,
    pub function: FunctionSpec,
    pub settings: Settings,
}

impl Job {
    /// Whether the job can be started; the error names what is missing.
    pub fn check(&self) -> Result<()> {
        self.check_pool()?;
        if self.inputs.is_empty() {
            let name = self.function.name();
            return Err(Error::input("start the pool", format!("there are no inputs for {name}")));
        }
        self.function.check_inputs(&self.inputs)
    }

    /// Whether all but its inputs is right.
    pub(super) fn check_pool(&self) -> Result<()> {
        let Settings { mode, workers, processes, .. } = self.settings;
        if !(1..=MAX_WORKERS).contains(&workers) {
            return Err(Error::usage(
                "start the pool",
                format!("{workers} workers were asked for, from 1 to {MAX_WORKERS} are possible"),
            ));
        }
        if mode == Mode::Thread && !(1..=workers).contains(&processes) {
            let reason = format!(
                "{workers} workers cannot be spread over {processes} processes: each has at least one"
            );
            return Err(Error::usage("start the pool", reason));
        }
        self.function.takes().map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunk_rule_reads_as_it_writes() {
        for text in ["auto", "even", "1", "4096"] {
            assert_eq!(text.parse::<ChunkRule>().unwrap().to_string(), text);
        }
        for text in ["", "0", "-1", "some"] {
            assert!(text.parse::<ChunkRule>().is_err(), "{text}");
        }
    }

    #[test]
    fn threads_share_one_host() {
        let settings = Settings { mode: Mode::Thread, workers: 4, ..Settings::default() };
        assert_eq!((settings.shape().hosts(), settings.shape().lanes_of(0)), (1, 0..4));
        assert_eq!(Settings { mode: Mode::Process, ..settings }.shape().hosts(), 4);
    }
}
