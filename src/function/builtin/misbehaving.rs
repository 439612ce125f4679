//! Functions that fail in the ways real code fails, so that a person can see what a pool does about it.
//!
//! Each takes the parameters `only` and `every`, by which it strikes at a few inputs among many good ones; all others
//! it gives back. What differs between systems is in `os`.

use std::fmt::Write;
use std::fs::OpenOptions;
use std::hint::{black_box, spin_loop};
use std::io::ErrorKind;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use super::transport::filled_bytes;
use super::{boxed, count, int, os, text};
use crate::function::{Builtin, CallContext, Function, Nature, Param, Params, Takes, write_to_nowhere};
use crate::value::{Value, ValueRef};

const ONLY: Param = text("only", "Fails only at the input that reads like this; empty: at each input.", "");
const EVERY: Param = int("every", "Fails only at each n-th input, by its place.", 1, i64::MAX, 1);

pub(super) const FAIL: Builtin = misbehaving("fail", "Answers with an error.", &[ONLY, EVERY], |params| {
    striking(params, |_, input| Err(format!("failed as asked on {input}")))
});

pub(super) const FLAKY: Builtin = misbehaving(
    "flaky",
    "Fails the first time and succeeds the next, as code that depends on a network does.",
    &[
        ONLY,
        EVERY,
        text("marker", "The beginning of the path of a file in which it remembers each failure.", ""),
    ],
    |params| {
        let marker = params.text("marker").to_owned();
        striking(params, move |cx, input| fail_once(&marker, cx, input))
    },
);

pub(super) const PANIC: Builtin =
    misbehaving("panic", "Panics, as code with a bug does.", &[ONLY, EVERY], |params| {
        striking(params, |_, input| panic!("panicked as asked on {input}"))
    });

pub(super) const ABORT: Builtin =
    misbehaving("abort", "Aborts its process, as a failed assertion in C does.", &[ONLY, EVERY], |params| {
        striking(params, |_, _| std::process::abort())
    });

pub(super) const SEGFAULT: Builtin = misbehaving(
    "segfault",
    "Writes to memory that is not there, which ends its process.",
    &[ONLY, EVERY],
    |params| {
        striking(params, |_, _| {
            write_to_nowhere();
            Err("the system let a write to unmapped memory pass".to_owned())
        })
    },
);

pub(super) const EXIT_NOW: Builtin = misbehaving(
    "exit_now",
    "Ends its process with an exit code in the middle of the work.",
    &[ONLY, EVERY, int("code", "The exit code.", 0, 255, 3)],
    |params| {
        // In range by the catalogue.
        let code = params.int("code") as i32;
        striking(params, move |_, _| std::process::exit(code))
    },
);

pub(super) const HANG: Builtin = misbehaving(
    "hang",
    "Never comes back.",
    &[ONLY, EVERY, int("busy", "Whether it computes (1) or sleeps (0) meanwhile.", 0, 1, 0)],
    |params| {
        let is_busy = params.int("busy") == 1;
        striking(params, move |_, _| {
            loop {
                if is_busy { spin_loop() } else { thread::sleep(Duration::from_secs(60)) }
            }
        })
    },
);

pub(super) const LEAK: Builtin = misbehaving(
    "leak",
    "Takes memory with each call and never gives it back.",
    &[ONLY, EVERY, int("mib", "How many MiB each call takes.", 1, 65_536, 16)],
    |params| {
        let mib = params.int("mib");
        striking(params, move |_, _| {
            // In range by the catalogue, so never negative. The compiler must not see that nobody reads it.
            std::mem::forget(black_box(filled_bytes((mib as u64) << 20)?));
            Ok(Value::Int(mib))
        })
    },
);

pub(super) const FLOOD: Builtin = Builtin {
    takes: Takes::Integer,
    sample_inputs: "10, 100, 1000, 10000, 100000",
    ..misbehaving("flood", "Prints this many lines as fast as it can.", &[ONLY, EVERY], |params| {
        striking(params, flood)
    })
};

pub(super) const SCRIBBLE: Builtin = misbehaving(
    "scribble",
    "Writes past the pool, without an end of line: to standard output, or where it does harm.",
    &[
        ONLY,
        EVERY,
        text("text", "What is written; empty writes the input.", ""),
        int("descriptor", "1 is standard output, 2 standard error; others are the pool's own.", 1, 1023, 1),
        int("hold_ms", "For how many milliseconds it waits afterwards.", 0, 3_600_000, 0),
    ],
    |params| {
        let text = params.text("text").to_owned();
        // In range by the catalogue.
        let (descriptor, hold_ms) = (params.int("descriptor") as i32, params.int("hold_ms") as u64);
        striking(params, move |_, input| {
            let text = if text.is_empty() { input.to_string() } else { text.clone() };
            os::write_to(descriptor, text.as_bytes())
                .map_err(|error| format!("could not write to descriptor {descriptor}: {error}"))?;
            thread::sleep(Duration::from_millis(hold_ms));
            Ok(input.to_value())
        })
    },
);

pub(super) const IGNORE_TERMINATE: Builtin = Builtin {
    takes: Takes::Integer,
    sample_inputs: "1000, 5000, 30000, 60000",
    ..misbehaving(
        "ignore_terminate",
        "Has its process ignore SIGTERM and waits this many milliseconds.",
        &[ONLY, EVERY],
        |params| striking(params, ignore_terminate),
    )
};

pub(super) const ORPHAN: Builtin = misbehaving(
    "orphan",
    "Starts a process that outlives it for 30 seconds and keeps its output open; gives its process id.",
    &[ONLY, EVERY],
    |params| striking(params, |_, _| leave_orphan()),
);

/// An entry that takes anything; those that need an integer say so.
const fn misbehaving(
    name: &'static str,
    summary: &'static str,
    params: &'static [Param],
    make: fn(&Params) -> Box<dyn Function>,
) -> Builtin {
    let sample_inputs = "1, 2, 3, 4, 5, 6, 7, 8, 9, 10";
    Builtin { name, summary, nature: Nature::Misbehaves, takes: Takes::Any, sample_inputs, params, make }
}

/// Which inputs are struck: those that pass both conditions.
struct Trigger {
    only: String,
    every: u64,
}

impl Trigger {
    fn strikes(&self, cx: &CallContext<'_>, input: ValueRef<'_>) -> bool {
        let is_nth = (cx.index + 1).is_multiple_of(self.every);
        is_nth && (self.only.is_empty() || self.only == input.to_string())
    }
}

/// A function that does `act` to the inputs that `only` and `every` choose and gives all others back.
fn striking<F>(params: &Params, act: F) -> Box<dyn Function>
where
    F: Fn(&CallContext<'_>, ValueRef<'_>) -> Result<Value, String> + Send + Sync + 'static,
{
    // In range by the catalogue, so at least 1.
    let every = params.int(EVERY.name) as u64;
    let trigger = Trigger { only: params.text(ONLY.name).trim().to_owned(), every };
    boxed(move |cx, input| if trigger.strikes(cx, input) { act(cx, input) } else { Ok(input.to_value()) })
}

/// Remembers by a file, because the next try may be in another process.
fn fail_once(marker: &str, cx: &CallContext<'_>, input: ValueRef<'_>) -> Result<Value, String> {
    if marker.is_empty() {
        return Err("the parameter `marker` has to say where the first failure is remembered".to_owned());
    }
    let path = format!("{marker}-{}", cx.index);
    match OpenOptions::new().write(true).create_new(true).open(&path) {
        Ok(_) => Err(format!("failed as asked on {input}, this once")),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(input.to_value()),
        Err(error) => Err(format!("could not create {path}: {error}")),
    }
}

fn flood(cx: &CallContext<'_>, input: ValueRef<'_>) -> Result<Value, String> {
    let lines = count(input, 0..=1_000_000_000)?;
    let mut line = String::new();
    for number in 1..=lines {
        line.clear();
        // Writing to a String cannot fail.
        let _ = write!(line, "line {number} of {lines}");
        cx.print(&line);
    }
    Ok(Value::Int(lines as i64))
}

fn ignore_terminate(_: &CallContext<'_>, input: ValueRef<'_>) -> Result<Value, String> {
    let wait_ms = count(input, 0..=3_600_000)?;
    os::ignore_terminate()?;
    thread::sleep(Duration::from_millis(wait_ms));
    Ok(Value::Int(wait_ms as i64))
}

/// The grandchild holds the standard output of its parent open: who reads that to its end waits for it.
/// Nobody waits for the process, which is what an orphan is.
fn leave_orphan() -> Result<Value, String> {
    let mut command = os::lingering_command();
    let orphan = command.stdin(Stdio::null()).stdout(Stdio::inherit()).stderr(Stdio::inherit()).spawn();
    match orphan {
        Ok(orphan) => Ok(Value::Int(i64::from(orphan.id()))),
        Err(error) => Err(format!("could not start {}: {error}", command.get_program().display())),
    }
}
