//! The parameters of a built-in function: what may be given, in which range, and what holds when nothing is given.

use std::collections::BTreeMap;

use super::Builtin;
use crate::error::{Error, Result};
use crate::value::{Value, shortened};

/// What a parameter can be, with its range (both ends allowed) and its default.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ParamKind {
    Int { min: i64, max: i64, default: i64 },
    Float { min: f64, max: f64, default: f64 },
    Text { default: &'static str },
}

/// One parameter of a built-in function.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Param {
    pub name: &'static str,
    /// One line that says what it changes, with its unit.
    pub summary: &'static str,
    pub kind: ParamKind,
}

impl Param {
    /// What holds when nothing is given.
    pub fn default_value(&self) -> Value {
        match self.kind {
            ParamKind::Int { default, .. } => Value::Int(default),
            ParamKind::Float { default, .. } => Value::Float(default),
            ParamKind::Text { default } => Value::Text(default.to_owned()),
        }
    }

    /// The value that a person wrote; an error names what is allowed.
    pub fn parse(&self, function: &str, text: &str) -> Result<Value> {
        let value = match self.kind {
            ParamKind::Int { min, max, .. } => {
                text.trim().parse().ok().filter(|value| (min..=max).contains(value)).map(Value::Int)
            }
            ParamKind::Float { min, max, .. } => {
                text.trim().parse().ok().filter(|value| (min..=max).contains(value)).map(Value::Float)
            }
            ParamKind::Text { .. } => Some(Value::Text(text.to_owned())),
        };
        value.ok_or_else(|| {
            Error::usage(
                format!("set {} of {function}", self.name),
                format!("`{}` is not {}", shortened(text, 60), self.allowed()),
            )
        })
    }

    /// What is allowed, in words: "an integer from 1 to 100".
    pub fn allowed(&self) -> String {
        match self.kind {
            ParamKind::Int { min, max, .. } => format!("an integer from {min} to {max}"),
            ParamKind::Float { min, max, .. } => format!("a number from {min} to {max}"),
            ParamKind::Text { .. } => "text".to_owned(),
        }
    }

    fn accepts(&self, value: &Value) -> bool {
        match (self.kind, value) {
            (ParamKind::Int { min, max, .. }, Value::Int(value)) => (min..=max).contains(value),
            (ParamKind::Float { min, max, .. }, Value::Float(value)) => (min..=max).contains(value),
            (ParamKind::Text { .. }, Value::Text(_)) => true,
            _ => false,
        }
    }
}

/// The parameter of `builtin` called `name`; otherwise an error that lists those it has.
pub(super) fn find(builtin: &Builtin, name: &str) -> Result<&'static Param> {
    builtin.params.iter().find(|param| param.name == name).ok_or_else(|| {
        let names: Vec<&str> = builtin.params.iter().map(|param| param.name).collect();
        let reason = match names.as_slice() {
            [] => "it has no parameters".to_owned(),
            names => format!("its parameters are {}", names.join(", ")),
        };
        Error::usage(format!("set `{}` of {}", shortened(name, 60), builtin.name), reason)
    })
}

/// The parameters of one function, each with a value of its kind and range.
#[derive(Debug, Clone, PartialEq)]
pub struct Params(BTreeMap<&'static str, Value>);

impl Params {
    /// Fills the defaults in; refuses unknown names and values out of range (a job may come from elsewhere).
    pub(super) fn resolve(builtin: &Builtin, given: &BTreeMap<String, Value>) -> Result<Self> {
        for (name, value) in given {
            let param = find(builtin, name)?;
            if !param.accepts(value) {
                return Err(Error::usage(
                    format!("set {name} of {}", builtin.name),
                    format!("`{value}` is not {}", param.allowed()),
                ));
            }
        }
        let resolve_one = |param: &'static Param| {
            let value = given.get(param.name).cloned().unwrap_or_else(|| param.default_value());
            (param.name, value)
        };
        Ok(Self(builtin.params.iter().map(resolve_one).collect()))
    }

    /// The integer parameter `name`. Panics where the catalogue declares no such one, which a test rules out.
    pub fn int(&self, name: &str) -> i64 {
        match self.0.get(name) {
            Some(Value::Int(value)) => *value,
            other => panic!("no integer parameter `{name}` in the catalogue but {other:?}"),
        }
    }

    /// The float parameter `name`. Panics where the catalogue declares no such one, which a test rules out.
    pub fn float(&self, name: &str) -> f64 {
        match self.0.get(name) {
            Some(Value::Float(value)) => *value,
            other => panic!("no number parameter `{name}` in the catalogue but {other:?}"),
        }
    }

    /// The text parameter `name`. Panics where the catalogue declares no such one, which a test rules out.
    pub fn text(&self, name: &str) -> &str {
        match self.0.get(name) {
            Some(Value::Text(text)) => text,
            other => panic!("no text parameter `{name}` in the catalogue but {other:?}"),
        }
    }
}
