//! Three functions of a first lesson on Python's `multiprocessing`: doubling, printing a number, saying hello.

use super::{boxed, misfit};
use crate::function::{Builtin, CallContext, Function, Nature, Takes};
use crate::value::{Value, ValueRef};

pub(super) const DOUBLE: Builtin = Builtin {
    name: "double",
    summary: "Doubles a number.",
    nature: Nature::Cpu,
    takes: Takes::Number,
    sample_inputs: "1, 2, 3, 4, 5",
    params: &[],
    make: |_| Box::new(Double),
};

pub(super) const PRINT_NUMBER: Builtin = Builtin {
    name: "print_number",
    summary: "Prints a number, as `Process 3: 3` or `Thread 3: 3`; its line tells which worker got it.",
    nature: Nature::Cpu,
    takes: Takes::Number,
    sample_inputs: "1, 2, 3, 4, 5, 6, 7, 8",
    params: &[],
    make: |_| boxed(print_number),
};

pub(super) const WORKER_FUNCTION: Builtin = Builtin {
    name: "worker_function",
    summary: "Prints that a worker is running.",
    nature: Nature::Cpu,
    takes: Takes::Nothing,
    sample_inputs: "",
    params: &[],
    make: |_| boxed(worker_function),
};

/// `n * 2`. An integer stays one; where it leaves 64 bits it is an error, never a wrapped number.
///
/// Not a closure as the others: handing the input on to one costs a copy, and here that is most of the work.
struct Double;

impl Function for Double {
    fn call(&self, _: &CallContext<'_>, input: ValueRef<'_>) -> Result<Value, String> {
        match input {
            ValueRef::Int(number) => number.checked_mul(2).map(Value::Int).ok_or_else(|| too_large(number)),
            ValueRef::Float(number) => Ok(Value::Float(number * 2.0)),
            other => Err(misfit("a number", other)),
        }
    }
}

#[cold]
fn too_large(number: i64) -> String {
    format!("{number} does not fit in 64 bits when doubled")
}

fn print_number(cx: &CallContext<'_>, input: ValueRef<'_>) -> Result<Value, String> {
    let who = if cx.is_thread { "Thread" } else { "Process" };
    cx.print(&format!("{who} {input}: {input}"));
    Ok(Value::None)
}

fn worker_function(cx: &CallContext<'_>, _: ValueRef<'_>) -> Result<Value, String> {
    cx.print(if cx.is_thread { "Worker thread is running" } else { "Worker process is running" });
    Ok(Value::None)
}
