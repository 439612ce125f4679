//! Which function to run: one of the catalogue or one that a person brings, small enough to be sent to every host.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::arguments::Needs;
use super::command::CommandSpec;
use super::python::{CELL_MARK, PythonSpec};
use super::script::ScriptSpec;
use super::{Builtin, Fault, Function, Params, Takes, find, params};
use crate::error::{Error, Result};
use crate::input::{CellType, CellTypes};
use crate::value::{Column, ColumnType, Value, shortened};

/// So many inputs are looked at before a run begins.
const INPUTS_LOOKED_AT: usize = 100;

/// Which function to run, with all that it needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum FunctionSpec {
    /// A function of the catalogue.
    Builtin { name: String, params: BTreeMap<String, Value> },
    /// A function of a script in Python's syntax, which the program runs itself.
    Script(ScriptSpec),
    /// A function of a Python file or notebook, run by a Python interpreter.
    Python(PythonSpec),
    /// A command, run once an item.
    Command(CommandSpec),
}

/// What a name that can be called stands for in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ListedKind {
    #[default]
    Function,
    /// Something that is called like a function: `partial(...)`, a bound method, another name.
    Value,
    Class,
    /// Imported by its name.
    Imported,
}

/// A function as it stands in a file, found without running anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    pub name: String,
    pub kind: ListedKind,
    /// From 1.
    pub line: usize,
    /// The first line of its description, where it has one.
    pub doc: Option<String>,
    pub params: Vec<Parameter>,
    /// What decorators make of its parameters is seen only when it is called.
    pub is_decorated: bool,
}

/// A parameter of a function that a person brings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    /// With its stars where it takes several.
    pub name: String,
    /// As it stands in the file.
    pub default: Option<String>,
    /// Its annotation, as it stands in the file: "int", "list[str]".
    pub hint: Option<String>,
}

impl Parameter {
    /// The type that its annotation names: `str`, `int` or `float`, also where None is allowed beside it.
    fn hinted_type(&self) -> Option<CellType> {
        let hint = self.hint.as_deref()?.trim_matches(['"', '\'']);
        let bare = hint
            .strip_prefix("Optional[")
            .or_else(|| hint.strip_prefix("typing.Optional["))
            .and_then(|hint| hint.strip_suffix(']'))
            .or_else(|| hint.strip_suffix("None").and_then(|hint| hint.trim_end().strip_suffix('|')))
            .unwrap_or(hint);
        match bare.trim() {
            "str" => Some(CellType::Text),
            "int" => Some(CellType::Int),
            "float" => Some(CellType::Float),
            _ => None,
        }
    }

    fn can_be_left_out(&self) -> bool {
        self.default.is_some() || self.name.starts_with('*')
    }
}

impl Listed {
    /// "task(n, limit=10)", for lists.
    pub fn signature(&self) -> String {
        if self.has_unknown_params() {
            return format!("{}(...)", self.name);
        }
        let params = self.params.iter().map(|param| match &param.default {
            Some(default) => format!("{}={default}", param.name),
            None => param.name.clone(),
        });
        format!("{}({})", self.name, params.collect::<Vec<_>>().join(", "))
    }

    /// Its own name and the cell's number, of a function that a later cell defines again: it is listed as `task@cell4`.
    pub fn in_cell(&self) -> Option<(&str, &str)> {
        self.name.split_once(CELL_MARK)
    }

    /// Whether it can be called without an input.
    pub fn takes_nothing(&self) -> bool {
        self.params.is_empty() && !self.has_unknown_params()
    }

    /// Whether its parameters are known only when its file is loaded.
    fn has_unknown_params(&self) -> bool {
        self.params.is_empty() && self.is_decorated && self.kind != ListedKind::Function
    }

    /// What its parameters' hints say that its inputs are.
    fn wants(&self) -> CellTypes {
        let hinted = |param: &Parameter| Some((param.name.clone(), param.hinted_type()?));
        let all = match self.params.as_slice() {
            [first, rest @ ..] if rest.iter().all(Parameter::can_be_left_out) => first.hinted_type(),
            _ => None,
        };
        let needed = self.params.iter().filter(|param| !param.can_be_left_out());
        CellTypes {
            all,
            by_column: self.params.iter().filter_map(hinted).collect(),
            is_hint: true,
            parameters: needed.map(|param| param.name.clone()).collect(),
        }
    }

    /// Whether one of the first inputs has the right number of arguments.
    fn check_inputs(&self, inputs: &Column) -> Result<()> {
        if self.is_decorated {
            return Ok(());
        }
        let needs = Needs::of(self);
        let mut first = inputs.iter().take(INPUTS_LOOKED_AT).map(|input| needs.bind(input).err());
        match first.next() {
            Some(Some(reason)) if first.all(|misfit| misfit.is_some()) => {
                Err(Error::input(format!("run {}", self.name), reason))
            }
            _ => Ok(()),
        }
    }
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
            Self::Script(script) => &script.function.name,
            Self::Python(python) => &python.function.name,
            Self::Command(command) => command.name(),
        }
    }

    /// What function it is, in words that tell it from others: `the function work of tasks.py`.
    pub fn description(&self) -> String {
        let in_file = |name: &str, file: &str| match file {
            "" => format!("the function {name}"),
            file => format!("the function {name} of {file}"),
        };
        match self {
            Self::Builtin { name, params } => {
                let params: Vec<String> =
                    params.iter().map(|(key, value)| format!(" {key}={value}")).collect();
                format!("the built-in function {name}{}", params.concat())
            }
            Self::Script(script) => in_file(&script.function.name, &script.name),
            Self::Python(python) => in_file(&python.function.name, &python.source.name()),
            Self::Command(command) => format!("the command {}", command.template),
        }
    }

    /// What it can be called with, as far as that is known before it is called; fails where there is no such function.
    pub fn takes(&self) -> Result<Takes> {
        Ok(match self {
            Self::Builtin { name, .. } => find(name)?.takes,
            Self::Script(ScriptSpec { function, .. }) | Self::Python(PythonSpec { function, .. })
                if function.takes_nothing() =>
            {
                Takes::Nothing
            }
            Self::Script(_) | Self::Python(_) | Self::Command(_) => Takes::Any,
        })
    }

    /// The line of a person's code that a line of an error speaks of.
    ///
    /// ```
    /// use poolscope::function::{FunctionSpec, script::ScriptSpec};
    /// let function = FunctionSpec::Script(ScriptSpec::new("half.py", "def half(n):\n    return n / 2\n", None)?);
    /// assert_eq!(function.line_named_in("  * half.py:2, in half"), Some(2));
    /// assert_eq!(function.line_named_in("      return n / 2"), None);
    /// # Ok::<(), poolscope::error::Error>(())
    /// ```
    pub fn line_named_in(&self, said: &str) -> Option<usize> {
        let after = |mark: &str| said.split_once(mark).map(|(_, after)| after);
        match self {
            Self::Script(script) => {
                let place = after(&format!("{}:", script.name)).or_else(|| after("(line "))?;
                let digits = place.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(place.len());
                place[..digits].parse().ok()
            }
            Self::Python(PythonSpec { source, .. }) => {
                let in_sentence = || [" (line ", " (cell "].iter().find_map(|mark| said.find(mark));
                let file = format!("File \"{}\", ", source.file.display());
                source.line_of(after(&file).or_else(|| Some(&said[in_sentence()?..]))?)
            }
            Self::Builtin { .. } | Self::Command(_) => None,
        }
    }

    /// What the cells of its inputs are to be read as, as far as the function says: built-in functions take one type of
    /// cells, commands take texts as they were written, and the parameters of others can have a type as a hint.
    pub fn wants(&self) -> CellTypes {
        match self {
            Self::Builtin { name, .. } => match find(name).map(|builtin| builtin.takes) {
                Ok(Takes::Integer) => CellTypes::all(CellType::Int64),
                Ok(Takes::Number) => CellTypes::all(CellType::Number),
                Ok(Takes::Text | Takes::Path) => CellTypes::all(CellType::Text),
                Ok(Takes::Nothing | Takes::Any) | Err(_) => CellTypes::default(),
            },
            Self::Command(_) => CellTypes { is_hint: true, ..CellTypes::all(CellType::Text) },
            Self::Script(ScriptSpec { function, .. }) | Self::Python(PythonSpec { function, .. }) => {
                function.wants()
            }
        }
    }

    /// Makes the function, ready to be called. Only a host does this, and none for a Python function: that host becomes
    /// a Python interpreter.
    pub fn load(&self) -> Result<Box<dyn Function>> {
        match self {
            Self::Builtin { name, params } => {
                let builtin: &Builtin = find(name)?;
                Ok((builtin.make)(&Params::resolve(builtin, params)?))
            }
            Self::Script(script) => script.load(),
            Self::Command(command) => command.load(),
            Self::Python(_) => Err(Error::pool("run a Python function", "only a Python interpreter can")),
        }
    }

    /// Whether a worker that runs it can say in which calls of the person's code it is.
    pub fn has_stack(&self) -> bool {
        matches!(self, Self::Python(_))
    }

    /// Whether a worker has this fault made in a process that is not its own, so that it lives.
    pub fn fails_apart(&self, fault: Fault) -> bool {
        matches!(self, Self::Command(_)) && CommandSpec::takes(fault)
    }

    /// Whether these inputs can be given to this function at all; names the first one that cannot. To a function that a
    /// person brings one of the first must fit: of others that do not, each is a failed row.
    pub fn check_inputs(&self, inputs: &Column) -> Result<()> {
        match self {
            Self::Builtin { .. } => {}
            Self::Command(command) => return command.check_inputs(inputs),
            Self::Script(ScriptSpec { function, .. }) | Self::Python(PythonSpec { function, .. }) => {
                return function.check_inputs(inputs);
            }
        }
        let takes = self.takes()?;
        if takes == Takes::Any || takes == Takes::Nothing {
            return Ok(());
        }
        // Where all are of one type, the first speaks for all.
        let looked_at = if inputs.column_type() == ColumnType::Mixed { inputs.len() } else { 1 };
        let misfit = inputs.iter().take(looked_at).enumerate().find(|(_, cell)| !takes.fits(*cell));
        match misfit {
            None => Ok(()),
            Some((index, cell)) => Err(Error::input(
                format!("run {}", self.name()),
                format!(
                    "it takes {}, but item {} is {}: {}",
                    takes.label(),
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
    fn a_misfit_input_is_named_before_anything_runs() {
        let spec = FunctionSpec::builtin("double", []).unwrap();
        let error = spec.check_inputs(&["1", "x"].into_iter().collect()).unwrap_err();
        assert!(error.to_string().contains("item 0 is text: 1"), "{error}");
        assert_eq!(spec.check_inputs(&vec![1_i64, 2].into()), Ok(()));
        let mixed: Column = [Value::Int(1), Value::Int(2), Value::Text("x".into())].into_iter().collect();
        let error = spec.check_inputs(&mixed).unwrap_err();
        assert!(error.to_string().contains("item 2 is text: x"), "{error}");
    }

    #[test]
    fn a_wrong_number_of_arguments_is_told_before_anything_runs() {
        let add = ScriptSpec::new("add.py", "def add(a, b):\n    return a + b\n", None).unwrap();
        let add = FunctionSpec::Script(add);
        let error = add.check_inputs(&vec![1_i64, 2].into()).unwrap_err().to_string();
        assert!(
            error.starts_with("could not run add: `add` takes 2 arguments (a, b), but this input is one"),
            "{error}"
        );
        let rows = [Value::Json("[1]".into()), Value::Json("[1,2]".into())];
        assert_eq!(add.check_inputs(&rows.into_iter().collect()), Ok(()));
    }

    #[test]
    fn hints_and_kinds_of_functions_say_what_inputs_are_read_as() {
        let param = |hint: &str| Parameter {
            name: "x".to_owned(),
            default: None,
            hint: (!hint.is_empty()).then(|| hint.to_owned()),
        };
        for (hint, expected) in [
            ("str", Some(CellType::Text)),
            ("'int'", Some(CellType::Int)),
            ("float | None", Some(CellType::Float)),
            ("Optional[str]", Some(CellType::Text)),
            ("list[str]", None),
            ("", None),
        ] {
            assert_eq!(param(hint).hinted_type(), expected, "{hint}");
        }
        let double = FunctionSpec::builtin("double", []).unwrap().wants();
        assert_eq!((double.all, double.is_hint), (Some(CellType::Number), false));
    }
}
