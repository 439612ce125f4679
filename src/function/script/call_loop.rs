//! The loop that calls a script: written in the script's own language, where a call costs a third of one from outside.
//!
//! The loop takes inputs from a [`CallFeed`] and hands each outcome back to it before it takes the next, so that what is
//! finished is seen at once. Inputs that stand for several arguments leave the loop; they are called one by one.

use std::cell::Cell;
use std::fmt;
use std::time::{Duration, Instant};

use allocative::Allocative;
use starlark::any::ProvidesStaticType;
use starlark::codemap::FileSpan;
use starlark::environment::{Globals, Module};
use starlark::eval::Evaluator;
use starlark::syntax::{AstModule, Dialect};
use starlark::values::{
    Heap, NoSerialize, OwnedFrozenValue, StarlarkValue, Trace, Tracer, Value, starlark_value,
};

use super::values;
use crate::function::CallQueue;
use crate::function::arguments::Needs;
use crate::value::ValueRef;

/// The name under which the loop stands in tracebacks, where it is left out.
const FILE: &str = "<call_loop>";
const LOOP: &str = "def call_loop(feed, cell):\n    for cell in feed:\n        feed[cell] = function(cell)\n";
/// What calls leave behind is given back once it is more than this, as far as the heap counts it.
const MAX_HEAP_BYTES: usize = 4 << 20;
/// And after this time: the heap does not count what is in dicts and sets.
const HEAP_AGE: Duration = Duration::from_millis(5);
/// The clock is read once in so many calls; more often at first, for calls may be long.
const MOST_CALLS_BETWEEN_LOOKS: u32 = 64;

/// The loop for one function, compiled.
pub(super) fn compile(function: &OwnedFrozenValue) -> starlark::Result<OwnedFrozenValue> {
    let ast = AstModule::parse(FILE, LOOP.to_owned(), &Dialect::Standard)?;
    let module = Module::with_temp_heap(|module| {
        // SAFETY: the module's own heap keeps that of the function alive from here on.
        module.set("function", unsafe { function.owned_frozen_value(module.frozen_heap()) }.to_value());
        Evaluator::new(&module).eval_module(ast, &Globals::new())?;
        module.freeze().map_err(|error| starlark::Error::new_other(anyhow::anyhow!("{error:?}")))
    })?;
    module.get("call_loop").map_err(starlark::Error::new_other)
}

/// Whether a place is within the loop and not in the script.
pub(super) fn is_in_loop(place: &FileSpan) -> bool {
    place.filename() == FILE
}

/// A traceback without the loop's own two lines, and without that of whoever called the loop; a call that goes on into
/// itself stands there once.
pub(super) fn without_loop(traceback: &str) -> String {
    let mut kept = String::with_capacity(traceback.len());
    let mut lines = traceback.split_inclusive('\n');
    let (mut last, mut repeated) = ("", 0);
    while let Some(line) = lines.next() {
        let frame = line.trim_start();
        let Some(place) = frame.strip_prefix("* ") else {
            note_repeated(&mut kept, &mut repeated);
            if !frame.starts_with("File <builtin>") {
                kept.push_str(line);
            }
            continue;
        };
        let code = lines.next().unwrap_or_default();
        if place == last {
            repeated += 1;
            continue;
        }
        note_repeated(&mut kept, &mut repeated);
        last = place;
        if !place.starts_with(FILE) {
            kept.push_str(line);
            kept.push_str(code);
        }
    }
    kept
}

/// As Python tells of it.
fn note_repeated(kept: &mut String, repeated: &mut u64) {
    if *repeated > 0 {
        kept.push_str(&format!("  [the line before repeated {repeated} more times]\n"));
        *repeated = 0;
    }
}

/// Why the loop ended without an error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Stop<'c> {
    /// No other call may follow.
    Over,
    /// The heap has taken enough.
    HeapFull,
    /// This input, which is in hand, stands for other than one argument.
    Other(ValueRef<'c>),
}

/// Inputs for the loop, and where their outcomes go.
pub(super) struct CallFeed<'c> {
    calls: &'c dyn CallQueue,
    is_sole: bool,
    stop: Cell<Option<Stop<'c>>>,
    begun: Instant,
    calls_between_looks: Cell<u32>,
    until_look: Cell<u32>,
    /// A call was begun and not ended.
    is_in_hand: Cell<bool>,
}

impl<'c> CallFeed<'c> {
    pub(super) fn new(calls: &'c dyn CallQueue, needs: &Needs<'_>) -> Self {
        Self {
            calls,
            is_sole: needs.take_one(),
            stop: Cell::new(None),
            begun: Instant::now(),
            calls_between_looks: Cell::new(1),
            until_look: Cell::new(1),
            is_in_hand: Cell::new(false),
        }
    }

    /// Whether the error with which the loop ended is that of a call: the heap's limit is also looked at between two.
    pub(super) fn is_in_hand(&self) -> bool {
        self.is_in_hand.get()
    }

    #[inline]
    fn is_heap_full(&self, heap: Heap<'_>) -> bool {
        let until_look = self.until_look.get();
        self.until_look.set(until_look.wrapping_sub(1));
        heap.allocated_bytes() > MAX_HEAP_BYTES || (until_look == 0 && self.is_old())
    }

    #[cold]
    fn is_old(&self) -> bool {
        let calls = (self.calls_between_looks.get() * 2).min(MOST_CALLS_BETWEEN_LOOKS);
        self.calls_between_looks.set(calls);
        self.until_look.set(calls - 1);
        self.begun.elapsed() > HEAP_AGE
    }

    /// Runs the loop until it ends.
    pub(super) fn run<'v>(
        &self,
        evaluator: &mut Evaluator<'v, '_, '_>,
        call_loop: Value<'v>,
    ) -> starlark::Result<Stop<'c>> {
        self.stop.set(None);
        self.is_in_hand.set(false);
        let heap = evaluator.heap();
        let handle = heap.alloc_complex_no_freeze(Handle::to(self, heap));
        evaluator.eval_function(call_loop, &[handle, Value::new_none()], &[])?;
        Ok(self.stop.get().unwrap_or(Stop::Over))
    }

    #[inline]
    fn next<'v>(&self, heap: Heap<'v>) -> Option<Value<'v>> {
        if self.stop.get().is_some() {
            return None;
        }
        if self.is_heap_full(heap) {
            return self.end(Stop::HeapFull);
        }
        let begun = self.calls.begin();
        self.is_in_hand.set(begun.is_some());
        // Looked at where it lies: to move what was just written would make the processor wait.
        match &begun {
            Some(ValueRef::Int(number)) if self.is_sole => Some(heap.alloc(*number)),
            None => self.end(Stop::Over),
            Some(cell @ ValueRef::Json(_)) => self.end(Stop::Other(*cell)),
            Some(cell) if self.is_sole => Some(values::to_script(*cell, heap)),
            Some(cell) => self.end(Stop::Other(*cell)),
        }
    }

    #[cold]
    fn end<T>(&self, stop: Stop<'c>) -> Option<T> {
        self.stop.set(Some(stop));
        None
    }

    #[inline]
    fn take<'v>(&self, outcome: Value<'v>, heap: Heap<'v>) {
        self.is_in_hand.set(false);
        if !self.calls.end(values::to_cell(outcome, heap)) {
            self.stop.set(Some(Stop::Over));
        }
    }
}

/// A feed as a value of the language. Only the loop ever holds it.
#[derive(ProvidesStaticType, NoSerialize, Allocative)]
struct Handle<'v> {
    #[allocative(skip)]
    feed: *const CallFeed<'static>,
    /// That on which it lies.
    #[allocative(skip)]
    heap: Heap<'v>,
}

// SAFETY: a handle never leaves the thread whose heap it lies on; that heap is dropped with it.
unsafe impl Send for Handle<'_> {}

impl<'v> Handle<'v> {
    fn to(feed: &CallFeed<'_>, heap: Heap<'v>) -> Self {
        Self { feed: std::ptr::from_ref(feed).cast(), heap }
    }

    #[inline]
    fn feed(&self) -> &CallFeed<'_> {
        // SAFETY: `CallFeed::run` alone makes handles, and borrows the feed for as long as the loop can reach one.
        unsafe { &*self.feed.cast() }
    }
}

impl fmt::Debug for Handle<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("feed")
    }
}

impl fmt::Display for Handle<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("feed")
    }
}

// SAFETY: a handle holds no values.
unsafe impl<'v> Trace<'v> for Handle<'v> {
    fn trace(&mut self, _: &Tracer<'v>) {}
}

#[starlark_value(type = "feed")]
impl<'v> StarlarkValue<'v> for Handle<'v> {
    unsafe fn iterate(&self, me: Value<'v>, _: Heap<'v>) -> starlark::Result<Value<'v>> {
        Ok(me)
    }

    unsafe fn iter_next(&self, _: usize, heap: Heap<'v>) -> Option<Value<'v>> {
        self.feed().next(heap)
    }

    unsafe fn iter_stop(&self) {}

    fn set_at(&self, _: Value<'v>, outcome: Value<'v>) -> starlark::Result<()> {
        self.feed().take(outcome, self.heap);
        Ok(())
    }
}
