//! What is different in each program: the function, how it is called, and with what.

use std::collections::BTreeSet;

use super::literal;
use crate::error::{Error, Result};
use crate::function::{Listed, ListedKind};
use crate::value::{Column, ColumnType, ValueRef};

/// The function of a run in Python, and how it is called.
#[derive(Debug, Default)]
pub(super) struct FunctionCode {
    /// Statements that stand before all else: the function itself, where it is written down.
    pub(super) source: String,
    /// The call, of `value` and `index`.
    pub(super) call: String,
    /// What is done once in each process before the first call.
    pub(super) start: Vec<String>,
    /// Which parts of the program it needs, by their names.
    pub(super) parts: Vec<&'static str>,
    /// Parts that are called by names which the source expects.
    pub(super) given: Vec<String>,
    /// The inputs.
    pub(super) inputs: String,
    /// What a reader should know, a sentence each.
    pub(super) notes: Vec<String>,
}

/// Why a run cannot be written as Python.
pub(super) fn refused(reason: impl std::fmt::Display) -> Error {
    Error::usage("write the run as Python", reason)
}

/// The call of a function that a person has brought, by the rule of `function::arguments`: the plain one where all
/// inputs are the one argument, otherwise by way of `spread`.
pub(super) fn call_of(function: &str, listed: &Listed, inputs: &Column) -> (String, Option<&'static str>) {
    let is_known = !listed.is_decorated && listed.kind == ListedKind::Function;
    if is_known && listed.params.is_empty() {
        return (format!("{function}()"), None);
    }
    let may_nest = matches!(inputs.column_type(), ColumnType::Json | ColumnType::Mixed);
    let has_nested = may_nest && inputs.iter().any(|cell| matches!(cell, ValueRef::Json(_)));
    let is_rest = |name: &str| name.starts_with('*') || name == "/";
    let takes_one = match listed.params.as_slice() {
        [first, rest @ ..] => {
            !is_rest(&first.name) && rest.iter().all(|param| param.default.is_some() || is_rest(&param.name))
        }
        [] => false,
    };
    match is_known && takes_one && !has_nested {
        true => (format!("{function}(value)"), None),
        false => (format!("spread({function}, value)"), Some("spread")),
    }
}

/// An input of a function of Python: bytes are names of files, which are texts there.
pub(super) fn python_cell(cell: ValueRef<'_>) -> Result<String, String> {
    match cell {
        ValueRef::Bytes(_) => Ok(format!("__import__(\"os\").fsdecode({cell})")),
        cell => literal::cell(cell),
    }
}

/// All names in a source, whatever they stand for.
pub(super) fn names_in(source: &str) -> BTreeSet<&str> {
    let lines = super::tokens::logical_lines(source);
    lines
        .iter()
        .flat_map(|line| &line.tokens)
        .filter(|token| token.is_name())
        .map(|token| token.text)
        .collect()
}
