//! Built-in functions: those that Python can do as well are in `assets/export/functions.py`.

use std::collections::BTreeMap;

use super::code::{FunctionCode, refused};
use super::inputs;
use super::literal;
use crate::error::Result;
use crate::function::{Takes, find};
use crate::pool::Job;
use crate::value::{Value, ValueRef};

/// How such a function is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call {
    /// With its input as text where it is neither a number nor text.
    Plain,
    /// The same, and with the place of the input.
    WithPlace,
    /// With its input as it is, whatever that is.
    AsItIs,
}

/// The functions there.
const IN_PYTHON: [(&str, Call); 22] = [
    ("double", Call::Plain),
    ("print_number", Call::Plain),
    ("worker_function", Call::Plain),
    ("power", Call::AsItIs),
    ("is_prime", Call::Plain),
    ("count_primes", Call::Plain),
    ("fibonacci", Call::Plain),
    ("collatz_steps", Call::Plain),
    ("estimate_pi", Call::WithPlace),
    ("sha256_rounds", Call::Plain),
    ("matrix_multiply", Call::Plain),
    ("sort_random", Call::WithPlace),
    ("n_queens", Call::Plain),
    ("sleep_ms", Call::Plain),
    ("hash_file", Call::Plain),
    ("count_words", Call::Plain),
    ("echo", Call::Plain),
    ("make_bytes", Call::Plain),
    ("allocate_mib", Call::Plain),
    ("fail", Call::WithPlace),
    ("panic", Call::WithPlace),
    ("flood", Call::WithPlace),
];

/// Why one that is not there is not; nothing of one that nobody thought of.
fn why_not(name: &str) -> Option<&'static str> {
    Some(match name {
        "mandelbrot_tile" => "gives pieces of a picture, which have no counterpart in Python",
        "serial_then_parallel" => "shows threads that compute side by side, which Python's lock does not let",
        "merge_sort_tree" | "word_count_tree" => {
            "shows threads that share what they made, which Python's lock does not let run side by side"
        }
        "counters_apart" => "measures what the cache costs two threads, which Python is too slow to show",
        "abort" | "segfault" | "exit_now" => {
            "ends its worker process, for which Python's pool waits for ever"
        }
        "hang" => "never comes back, and Python's pool has no timeout that ends it",
        "flaky" => "is there to be tried again, which Python's pool does not do",
        "leak" | "scribble" | "orphan" | "ignore_terminate" => {
            "is there to do harm, and shows what Poolscope does about it"
        }
        _ => return None,
    })
}

pub(super) fn code(job: &Job, name: &str, given: &BTreeMap<String, Value>) -> Result<FunctionCode> {
    let builtin = find(name)?;
    let found = IN_PYTHON.iter().find(|(known, _)| *known == builtin.name);
    let Some((name, way)) = found else {
        let reason = why_not(name).unwrap_or("is not written in Python yet");
        return Err(refused(format!("the built-in function {name} {reason}")));
    };
    let mut arguments = Vec::new();
    if builtin.takes != Takes::Nothing {
        arguments.push("value".to_owned());
    }
    if *way == Call::WithPlace {
        arguments.push("index".to_owned());
    }
    for param in builtin.params {
        let value = given.get(param.name).cloned().unwrap_or_else(|| param.default_value());
        arguments.push(format!("{}={}", param.name, literal::cell(value.as_ref()).map_err(refused)?));
    }
    let cell = if *way == Call::AsItIs { literal::cell } else { cell_as_text };
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
        let unexplained: Vec<_> = others.map(|one| one.name).filter(|name| why_not(name).is_none()).collect();
        assert_eq!(unexplained, [""; 0]);
    }
}
