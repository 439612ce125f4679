//! Built-in functions: those that Python can do as well are in `assets/export/functions.py`.

use std::collections::BTreeMap;

use super::code::{FunctionCode, refused};
use super::inputs;
use super::literal;
use crate::error::Result;
use crate::function::{Takes, find};
use crate::pool::Job;
use crate::value::{Value, ValueRef};

/// The functions there, and whether they are told the place of their input.
const IN_PYTHON: [(&str, bool); 22] = [
    ("double", false),
    ("print_number", false),
    ("worker_function", false),
    ("power", false),
    ("is_prime", false),
    ("count_primes", false),
    ("fibonacci", false),
    ("collatz_steps", false),
    ("estimate_pi", true),
    ("sha256_rounds", false),
    ("matrix_multiply", false),
    ("sort_random", true),
    ("n_queens", false),
    ("sleep_ms", false),
    ("hash_file", false),
    ("count_words", false),
    ("echo", false),
    ("make_bytes", false),
    ("allocate_mib", false),
    ("fail", true),
    ("panic", true),
    ("flood", true),
];

/// Why the others are not.
fn why_not(name: &str) -> String {
    let reason = match name {
        "mandelbrot_tile" => "gives pieces of a picture, which have no counterpart in Python",
        "abort" | "segfault" | "exit_now" => {
            "ends its worker process, for which Python's pool waits for ever"
        }
        "hang" => "never comes back, and Python's pool has no timeout that ends it",
        "flaky" => "is there to be tried again, which Python's pool does not do",
        _ => "is there to do harm, and shows what Poolscope does about it",
    };
    format!("the built-in function {name} {reason}")
}

pub(super) fn code(job: &Job, name: &str, given: &BTreeMap<String, Value>) -> Result<FunctionCode> {
    let builtin = find(name)?;
    let found = IN_PYTHON.iter().find(|(known, _)| *known == builtin.name);
    let Some((name, takes_place)) = found else { return Err(refused(why_not(name))) };
    let mut arguments = Vec::new();
    if builtin.takes != Takes::Nothing {
        arguments.push("value".to_owned());
    }
    if *takes_place {
        arguments.push("index".to_owned());
    }
    for param in builtin.params {
        let value = given.get(param.name).cloned().unwrap_or_else(|| param.default_value());
        arguments.push(format!("{}={}", param.name, literal::cell(value.as_ref()).map_err(refused)?));
    }
    let cell = if *name == "power" { literal::cell } else { cell_as_text };
    Ok(FunctionCode {
        call: format!("{name}({})", arguments.join(", ")),
        parts: vec![name],
        inputs: inputs::expression(&job.inputs, &job.inputs_name, cell)?,
        ..FunctionCode::default()
    })
}

/// A cell as these functions take it: what they look at as text is the text that Poolscope shows.
fn cell_as_text(cell: ValueRef<'_>) -> Result<String, String> {
    match cell {
        ValueRef::Json(_) | ValueRef::Bool(_) => Ok(literal::text(&cell.to_string())),
        cell => literal::cell(cell),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::python::needed::statements;
    use crate::function::catalogue;

    #[test]
    fn all_functions_are_there_or_have_a_reason() {
        let library = statements(super::super::library::FUNCTIONS);
        for (name, _) in IN_PYTHON {
            assert!(find(name).is_ok(), "{name} is no built-in function");
            assert!(library.iter().any(|one| one.names.binds.contains(name)), "{name} is not in the library");
        }
        let others = catalogue().iter().filter(|one| IN_PYTHON.iter().all(|(name, _)| *name != one.name));
        assert!(others.map(|one| why_not(one.name)).all(|reason| reason.len() > 40));
    }
}
