//! How an input becomes the arguments of a function that a person brings. One rule for all languages:
//!
//! - a list, for a function that can take several arguments, gives them by position;
//! - a row of a table (a JSON object) that names all that the function needs gives them by name, what the function does
//!   not know is left out;
//! - a function without parameters is called without arguments;
//! - everything else is the one argument.

use super::Listed;
use crate::input::literal;
use crate::value::{ValueRef, shortened};

/// The arguments of one call; parts of an input are JSON, as they were written.
#[derive(Debug, PartialEq)]
pub(super) enum BoundArguments<'a> {
    None,
    One(ValueRef<'a>),
    ByPosition(Vec<&'a str>),
    ByName(Vec<(String, &'a str)>),
}

/// What a function can take, as far as the rule needs it.
pub(super) struct Needs<'a> {
    function: &'a Listed,
    /// Without those that take the rest.
    names: Vec<&'a str>,
    required: usize,
    takes_more: bool,
    takes_more_names: bool,
}

impl<'a> Needs<'a> {
    pub(super) fn of(function: &'a Listed) -> Self {
        let is_rest = |name: &str| name.starts_with('*') || name == "/";
        let single: Vec<_> = function.params.iter().filter(|param| !is_rest(&param.name)).collect();
        Self {
            function,
            names: single.iter().map(|param| param.name.as_str()).collect(),
            required: single.iter().filter(|param| param.default.is_none()).count(),
            takes_more: function.params.iter().any(|param| is_one_star(&param.name)),
            takes_more_names: function.params.iter().any(|param| param.name.starts_with("**")),
        }
    }

    /// The arguments that `input` stands for; otherwise a sentence that says what does not fit.
    pub(super) fn bind<'i>(&self, input: ValueRef<'i>) -> Result<BoundArguments<'i>, String> {
        let most = if self.takes_more { usize::MAX } else { self.names.len() };
        if most == 0 && !self.takes_more_names {
            return Ok(BoundArguments::None);
        }
        if let ValueRef::Json(text) = input
            && let Ok(sound) = literal::check(text.as_bytes())
        {
            let bytes = sound.trim_ascii().as_bytes();
            match bytes.first() {
                Some(b'[') if most > 1 => {
                    let list: Vec<&str> = literal::elements(bytes).map(written).collect();
                    return if (self.required..=most).contains(&list.len()) {
                        Ok(BoundArguments::ByPosition(list))
                    } else {
                        Err(self.misfit(list.len(), input))
                    };
                }
                Some(b'{') => {
                    let row = row_of(bytes);
                    if self.is_named_by(&row) {
                        return Ok(BoundArguments::ByName(self.known(row)));
                    }
                }
                _ => {}
            }
        }
        if self.required > 1 { Err(self.misfit(1, input)) } else { Ok(BoundArguments::One(input)) }
    }

    /// Whether every input that is neither a list nor a row is the one argument.
    pub(super) fn take_one(&self) -> bool {
        let takes_any = self.takes_more || self.takes_more_names || !self.names.is_empty();
        takes_any && self.required <= 1
    }

    fn is_named_by(&self, row: &[(String, &str)]) -> bool {
        let has = |name: &str| row.iter().any(|(key, _)| key == name);
        let required = self.function.params.iter().filter(|param| param.default.is_none());
        let mut required = required.filter(|param| !param.name.starts_with('*') && param.name != "/");
        let knows_one = self.takes_more_names || self.names.iter().any(|name| has(name));
        knows_one && required.all(|param| has(&param.name))
    }

    fn known<'i>(&self, mut row: Vec<(String, &'i str)>) -> Vec<(String, &'i str)> {
        row.retain(|(name, _)| self.takes_more_names || self.names.contains(&name.as_str()));
        row
    }

    #[cold]
    fn misfit(&self, given: usize, input: ValueRef<'_>) -> String {
        let Listed { name, .. } = self.function;
        let count = match self.names.len() {
            1 => "1 argument".to_owned(),
            count => format!("{count} arguments"),
        };
        let names = self.names.join(", ");
        let gives = match given {
            1 => "is one value".to_owned(),
            count => format!("gives {count}"),
        };
        let shown = input.to_string();
        let shown = shortened(&shown, 60);
        let hint = if given == 1 { "; a list such as [1, 2] gives several" } else { "" };
        format!("`{name}` takes {count} ({names}), but this input {gives}: {shown}{hint}")
    }
}

/// The columns of a row; of several with one name the last counts, as in JSON.
fn row_of(object: &[u8]) -> Vec<(String, &str)> {
    let mut row: Vec<(String, &str)> = Vec::new();
    for (name, value) in literal::members(object) {
        match row.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = written(value),
            None => row.push((name, written(value))),
        }
    }
    row
}

/// A part of a text, which ends at ASCII signs and so is whole.
fn written(part: &[u8]) -> &str {
    std::str::from_utf8(part).unwrap_or_default()
}

fn is_one_star(name: &str) -> bool {
    name.len() > 1 && name.starts_with('*') && !name.starts_with("**")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::function::{ListedKind, Parameter};

    fn bound(params: &[(&str, Option<&str>)], input: ValueRef<'_>) -> String {
        let params = params
            .iter()
            .map(|(name, default)| Parameter {
                name: (*name).to_owned(),
                default: default.map(str::to_owned),
                hint: None,
            })
            .collect();
        let function = Listed {
            name: "f".into(),
            kind: ListedKind::Function,
            line: 1,
            doc: None,
            params,
            is_decorated: false,
        };
        match Needs::of(&function).bind(input) {
            Ok(BoundArguments::None) => "()".to_owned(),
            Ok(BoundArguments::One(one)) => format!("({one})"),
            Ok(BoundArguments::ByPosition(list)) => format!("[{}]", list.join(",")),
            Ok(BoundArguments::ByName(row)) => {
                let row: Vec<_> = row.iter().map(|(name, value)| format!("{name:?}:{value}")).collect();
                format!("{{{}}}", row.join(","))
            }
            Err(reason) => reason,
        }
    }

    #[test]
    fn an_input_becomes_arguments_by_one_rule() {
        let (a, b, c) = (("a", None), ("b", None), ("c", Some("3")));
        let list = ValueRef::Json("[1,2]");
        assert_eq!(bound(&[], ValueRef::Int(1)), "()");
        assert_eq!(bound(&[a], list), "([1,2])");
        assert_eq!(bound(&[a, b], list), "[1,2]");
        assert_eq!(bound(&[a, b, c], list), "[1,2]");
        assert_eq!(bound(&[("*rest", None)], list), "[1,2]");
        assert_eq!(bound(&[a, c], ValueRef::Int(5)), "(5)");
        let row = ValueRef::Json(r#"{"b":1,"a":2,"x":3}"#);
        assert_eq!(bound(&[a, b], row), r#"{"b":1,"a":2}"#);
        assert_eq!(bound(&[a, ("**rest", None)], row), r#"{"b":1,"a":2,"x":3}"#);
        assert_eq!(bound(&[("row", None)], row), r#"({"b":1,"a":2,"x":3})"#);
    }

    #[test]
    fn a_wrong_number_is_a_sentence() {
        let (a, b) = (("a", None), ("b", None));
        assert_eq!(
            bound(&[a, b], ValueRef::Int(5)),
            "`f` takes 2 arguments (a, b), but this input is one value: 5; a list such as [1, 2] gives several"
        );
        let three = bound(&[a, b], ValueRef::Json("[1,2,3]"));
        assert_eq!(three, "`f` takes 2 arguments (a, b), but this input gives 3: [1,2,3]");
    }
}
