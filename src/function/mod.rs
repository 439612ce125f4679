//! What a lane can run: the catalogue of functions, their parameters, and how a call sees its surroundings.
//!
//! A function knows nothing of pools: it gets a cell and a [`CallContext`] and gives a cell or a sentence that says
//! why not. Running it in a worker, catching its panics and recording its time is the business of `pool`.

mod builtin;
mod params;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::builtin::catalogue;
pub use self::params::{Param, ParamKind, Params};
use crate::error::{Error, Result, edit_distance};
use crate::value::{Column, Value, ValueRef, shortened};

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
            Self::Text | Self::Path => matches!(cell, ValueRef::Text(_)),
        }
    }
}

/// The two streams that a function writes lines to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Stream {
    Stdout,
    Stderr,
}

/// Takes the lines that a call writes; the host sends them on with worker, item and time.
pub trait Console {
    /// Takes one line, without its line end.
    fn line(&self, stream: Stream, text: &str);
}

/// What a call can know and do beside its input.
pub struct CallContext<'a> {
    /// The number of the worker that runs this call, counted from 1.
    pub worker: usize,
    /// The place of the input among all inputs, counted from 0.
    pub index: u64,
    /// Where lines go.
    pub console: &'a dyn Console,
}

impl CallContext<'_> {
    /// Writes a line to the worker's standard output.
    pub fn print(&self, text: &str) {
        self.console.line(Stream::Stdout, text);
    }

    /// Writes a line to the worker's standard error.
    pub fn print_error(&self, text: &str) {
        self.console.line(Stream::Stderr, text);
    }
}

/// A function that is ready to be called, from several lanes at once.
pub trait Function: Send + Sync {
    /// Turns one cell into another, or says in a sentence why it cannot.
    fn call(&self, cx: &CallContext<'_>, input: ValueRef<'_>) -> Result<Value, String>;
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

/// The built-in function called `name`; otherwise an error that names the nearest ones.
pub fn find(name: &str) -> Result<&'static Builtin> {
    catalogue().iter().find(|builtin| builtin.name == name).ok_or_else(|| unknown_function(name))
}

fn unknown_function(name: &str) -> Error {
    let mut nearest: Vec<(usize, &str)> =
        catalogue().iter().map(|builtin| (edit_distance(name, builtin.name), builtin.name)).collect();
    nearest.sort_unstable();
    let hint = match nearest.first() {
        Some((distance, nearest)) if *distance <= 3 => format!("did you mean `{nearest}`?"),
        _ => "`poolscope functions` lists all".to_owned(),
    };
    Error::usage("find the function", format!("`{}` is not known; {hint}", shortened(name, 60)))
}

/// Which function to run, with its parameters: small, and sent to every host.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum FunctionSpec {
    /// A function of the catalogue.
    Builtin { name: String, params: BTreeMap<String, Value> },
}

impl FunctionSpec {
    /// The built-in function `name` with parameters as a person writes them (`limit=1000`), checked for name, type
    /// and range; those left out take their defaults.
    pub fn builtin<'a>(name: &str, given: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self> {
        let builtin = find(name)?;
        let mut params = BTreeMap::new();
        for (key, text) in given {
            let param = params::find(builtin, key)?;
            params.insert(key.to_owned(), param.parse(builtin.name, text)?);
        }
        Ok(Self::Builtin { name: name.to_owned(), params })
    }

    /// The function's name.
    pub fn name(&self) -> &str {
        match self {
            Self::Builtin { name, .. } => name,
        }
    }

    /// Its entry in the catalogue.
    pub fn entry(&self) -> Result<&'static Builtin> {
        match self {
            Self::Builtin { name, .. } => find(name),
        }
    }

    /// Makes the function, ready to be called. Only a host does this.
    pub fn load(&self) -> Result<Box<dyn Function>> {
        match self {
            Self::Builtin { params, .. } => {
                let builtin = self.entry()?;
                Ok((builtin.make)(&Params::resolve(builtin, params)?))
            }
        }
    }

    /// Whether these inputs can be given to this function at all; names the first one that cannot.
    pub fn check_inputs(&self, inputs: &Column) -> Result<()> {
        let entry = self.entry()?;
        if entry.takes == Takes::Any || entry.takes == Takes::Nothing {
            return Ok(());
        }
        let misfit = inputs.iter().enumerate().find(|(_, cell)| !entry.takes.fits(*cell));
        match misfit {
            None => Ok(()),
            Some((index, cell)) => Err(Error::input(
                format!("run {}", entry.name),
                format!(
                    "it takes {}, but input {} is {}: {}",
                    entry.takes.label(),
                    index,
                    cell.type_name(),
                    shortened(&cell.to_string(), 60)
                ),
            )),
        }
    }
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

    #[test]
    fn a_misfit_input_is_named_before_anything_runs() {
        let spec = FunctionSpec::builtin("double", []).unwrap();
        let error = spec.check_inputs(&["1", "x"].into_iter().collect()).unwrap_err();
        assert!(error.to_string().contains("input 0 is text: 1"), "{error}");
        assert_eq!(spec.check_inputs(&vec![1_i64, 2].into()), Ok(()));
    }
}
