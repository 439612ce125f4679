//! What a lane can run: the catalogue of functions, their parameters, and how a call sees its surroundings.
//!
//! A function knows nothing of pools: it gets a cell and a [`CallContext`] and gives a cell or a sentence that says
//! why not. Running it in a worker, catching its panics and recording its time is the business of `pool`.

mod arguments;
mod builtin;
mod code_file;
pub mod command;
mod encoding;
mod fault;
pub mod identity;
mod params;
pub mod python;
pub mod script;
mod spec;
mod usage;

use serde::{Deserialize, Serialize};

pub use self::builtin::catalogue;
pub use self::fault::{FLOOD_LINES, FLOOD_S, Fault, LEAK_BYTES_PER_S, write_to_nowhere};
pub use self::params::{Param, ParamKind, Params};
pub use self::spec::{FunctionSpec, Listed, ListedKind, Parameter};
pub use self::usage::{Usage, children_cpu_ns, children_peak_rss_bytes};
use crate::error::{Error, Result, nearest};
use crate::value::{Value, ValueRef, shortened};

/// What a function spends its time on, which decides what processes and threads do for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Nature {
    /// Computes all the time.
    Cpu,
    /// Waits for a clock or a disk most of the time.
    Waits,
    /// Moves or keeps memory.
    Memory,
    /// Fails in one of the ways real code fails, on purpose.
    Misbehaves,
}

impl Nature {
    /// The word shown beside a function.
    pub fn label(self) -> &'static str {
        match self {
            Self::Cpu => "CPU",
            Self::Waits => "waits",
            Self::Memory => "memory",
            Self::Misbehaves => "misbehaves",
        }
    }
}

/// What cells a function can be called with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Takes {
    /// Needs no input; whatever is given only says how often it is called.
    Nothing,
    Integer,
    /// An integer or a float.
    Number,
    Text,
    /// The path of a file.
    Path,
    Any,
}

impl Takes {
    /// The words for a person: "takes an integer".
    pub fn label(self) -> &'static str {
        match self {
            Self::Nothing => "no input",
            Self::Integer => "an integer",
            Self::Number => "a number",
            Self::Text => "text",
            Self::Path => "the path of a file",
            Self::Any => "any value",
        }
    }

    /// Whether a function that takes this can be called with `cell`.
    pub fn fits(self, cell: ValueRef<'_>) -> bool {
        match self {
            Self::Nothing | Self::Any => true,
            Self::Integer => matches!(cell, ValueRef::Int(_)),
            Self::Number => matches!(cell, ValueRef::Int(_) | ValueRef::Float(_)),
            Self::Text => matches!(cell, ValueRef::Text(_)),
            // Names of files are not always text.
            Self::Path => matches!(cell, ValueRef::Text(_) | ValueRef::Bytes(_)),
        }
    }
}

/// The streams that a function writes lines to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum OutputStream {
    Stdout,
    Stderr,
    /// Not written by it: in which calls it was when a person asked.
    Stack,
}

/// Takes the lines that a call writes; the host sends them on with worker, item and time.
pub trait Console {
    /// Takes one line, without its line end.
    fn line(&self, stream: OutputStream, text: &str);
}

/// What a call can know and do beside its input.
pub struct CallContext<'a> {
    /// The number of the worker that runs this call, counted from 1.
    pub worker: usize,
    /// Whether that worker is a thread, and not a process.
    pub is_thread: bool,
    /// The place of the input among all inputs, counted from 0.
    pub index: u64,
    /// Where lines go.
    pub console: &'a dyn Console,
}

impl CallContext<'_> {
    /// Writes a line to the worker's standard output.
    pub fn print(&self, text: &str) {
        self.console.line(OutputStream::Stdout, text);
    }

    /// Writes a line to the worker's standard error.
    pub fn print_error(&self, text: &str) {
        self.console.line(OutputStream::Stderr, text);
    }
}

/// A function that is ready to be called, from several lanes at once.
pub trait Function: Send + Sync {
    /// Turns one cell into another, or says in a sentence why it cannot.
    fn call(&self, cx: &CallContext<'_>, input: ValueRef<'_>) -> Result<Value, String>;

    /// Has the call that `worker` runs, or its next one, make this fault in a process of its own; false where calls run in
    /// the process of the worker, whose business it then is.
    fn strike(&self, worker: usize, fault: Fault) -> bool {
        let _ = (worker, fault);
        false
    }

    /// What runs many calls together, where that is cheaper than one by one.
    fn session(&self) -> Option<&dyn Session> {
        None
    }
}

/// Runs many calls with what it would otherwise have to make ready for each.
pub trait Session {
    /// Runs calls until there are none left, or until one is not to be followed by another.
    fn run(&self, calls: &dyn CallQueue);
}

/// Calls that come one after the other on one lane.
pub trait CallQueue: Console {
    /// The worker that runs them, counted from 1.
    fn worker(&self) -> usize;

    /// Begins the next call and gives its input. Lines written from now on are its.
    fn begin(&self) -> Option<ValueRef<'_>>;

    /// Takes what the call came to; says whether another may follow.
    fn end(&self, outcome: Result<Value, String>) -> bool;
}

/// One built-in function as the catalogue lists it.
pub struct Builtin {
    pub name: &'static str,
    /// One line that says what it gives.
    pub summary: &'static str,
    pub nature: Nature,
    pub takes: Takes,
    /// Inputs that show it at work, as they would be typed.
    pub sample_inputs: &'static str,
    pub params: &'static [Param],
    /// Makes the function for parameters that were checked against `params`.
    pub make: fn(&Params) -> Box<dyn Function>,
}

/// The built-in function called `name`; otherwise an error that names the nearest one.
pub fn find(name: &str) -> Result<&'static Builtin> {
    catalogue().iter().find(|builtin| builtin.name == name).ok_or_else(|| unknown_function(name))
}

fn unknown_function(name: &str) -> Error {
    let hint = match nearest(name, catalogue().iter().map(|builtin| builtin.name)) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => "`poolscope functions` lists all".to_owned(),
    };
    Error::usage("find the function", format!("`{}` is not known; {hint}", shortened(name, 60)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_function_names_the_nearest() {
        let error = find("is_prme").map(|builtin| builtin.name).unwrap_err();
        assert!(error.to_string().contains("did you mean `is_prime`?"), "{error}");
        let error = find("zzzzzzzzzzzz").map(|builtin| builtin.name).unwrap_err();
        assert!(error.to_string().contains("poolscope functions"), "{error}");
    }
}
