//! Functions that do nothing but move or keep memory: what they cost is what it costs to send and to hold.

use std::hint::black_box;
use std::thread;
use std::time::Duration;

use super::{boxed, count, int};
use crate::function::{Builtin, CallContext, Function, Nature, Takes};
use crate::value::{Value, ValueRef};

pub(super) const ECHO: Builtin = Builtin {
    name: "echo",
    summary: "Gives its input back: all that is left is the cost of sending.",
    nature: Nature::Memory,
    takes: Takes::Any,
    sample_inputs: "1, 2, 3, 4, 5, 6, 7, 8",
    params: &[],
    make: |_| Box::new(Echo),
};

pub(super) const MAKE_BYTES: Builtin = Builtin {
    name: "make_bytes",
    summary: "Makes this many bytes, which have to be sent back.",
    nature: Nature::Memory,
    takes: Takes::Integer,
    sample_inputs: "1000, 10000, 100000, 1000000, 10000000",
    params: &[],
    make: |_| boxed(|_, input| filled_bytes(count(input, 0..=1 << 30)?).map(Value::Bytes)),
};

pub(super) const ALLOCATE_MIB: Builtin = Builtin {
    name: "allocate_mib",
    summary: "Holds this many MiB of memory for a while and gives them back.",
    nature: Nature::Memory,
    takes: Takes::Integer,
    sample_inputs: "16, 32, 64, 128, 64, 32, 16",
    params: &[int("hold_ms", "For how many milliseconds the memory is held.", 0, 3_600_000, 500)],
    make: |params| {
        // In range by the catalogue, so never negative.
        let hold = Duration::from_millis(params.int("hold_ms") as u64);
        boxed(move |_, input| {
            let mib = count(input, 0..=1 << 20)?;
            let held = black_box(filled_bytes(mib << 20)?);
            thread::sleep(hold);
            drop(held);
            Ok(Value::Int(mib as i64))
        })
    },
};

/// Not a closure as the others: handing the input on to one costs a copy, and here that is most of the work.
struct Echo;

impl Function for Echo {
    fn call(&self, _: &CallContext<'_>, input: ValueRef<'_>) -> Result<Value, String> {
        Ok(input.to_value())
    }
}

/// Bytes that are really there: each is written, so that each page is backed by memory, which zeroed ones are not
/// before they are touched. Where the system refuses, that is an error and not the end of the process.
pub(super) fn filled_bytes(size_bytes: u64) -> Result<Vec<u8>, String> {
    let refused = || format!("the system refused {size_bytes} bytes of memory");
    let length = usize::try_from(size_bytes).map_err(|_| refused())?;
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length).map_err(|_| refused())?;
    bytes.resize(length, 0xa5);
    Ok(bytes)
}
