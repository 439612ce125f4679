//! The evaluator: compiles a script once, and calls one function of it for many inputs.

use std::cell::Cell;

use starlark::PrintHandler;
use starlark::environment::Module;
use starlark::eval::Evaluator;
use starlark::values::{OwnedFrozenValue, Value as ScriptValue};

use super::call_loop::{self, CallFeed, Stop};
use super::listing;
use super::rewrite::OwnLines;
use super::shown;
use super::stdlib::{self, Surroundings};
use super::values;
use crate::error::{Error, Result};
use crate::function::arguments::{BoundArguments, Needs};
use crate::function::{CallContext, CallQueue, Console, Function, Listed, OutputStream, Session};
use crate::input::literal;
use crate::value::{Value, ValueRef};

/// Calls within each other; each takes some KiB of the lane's stack.
const MAX_CALLS_DEEP: usize = 1000;
/// What the values of one call may take, as far as the evaluator sees it.
const MAX_HEAP_BYTES: usize = if cfg!(test) { 64 << 20 } else { 1 << 30 };

const TRACEBACK: &str = "Traceback (most recent call last):";

type CallOutcome = std::result::Result<Value, String>;

/// A compiled script with the function that is called.
pub(super) struct Script {
    name: String,
    function: Listed,
    callee: OwnedFrozenValue,
    /// The loop that calls it.
    call_loop: OwnedFrozenValue,
    /// Where the function returns something first: number and text of the line.
    returns: Option<(usize, String)>,
    /// Its lines as the person wrote them, where some were made to read differently.
    own_lines: OwnLines,
}

impl Script {
    /// Compiles the script and runs what stands outside its functions.
    pub(super) fn compile(name: &str, source: &str, function: Listed) -> Result<Self> {
        let ast = listing::parse(name, source)?;
        let returns = listing::first_return(&ast, &function);
        let (ast, own_lines) = OwnLines::of(name, ast, source);
        let compiled = Module::with_temp_heap(|module| {
            let mut evaluator = Evaluator::new(&module);
            limit(&mut evaluator).map_err(starlark::Error::new_other)?;
            evaluator.eval_module(ast, &stdlib::globals())?;
            drop(evaluator);
            module.freeze().map_err(|error| starlark::Error::new_other(anyhow::anyhow!("{error:?}")))
        });
        let with_relay = compiled.and_then(|module| {
            let callee = module.get(&function.name).map_err(starlark::Error::new_other)?;
            Ok((call_loop::compile(&callee)?, callee))
        });
        // What stands below the sentence would only say it again.
        let first_line = |text: String| text.lines().next().unwrap_or_default().to_owned();
        let failed =
            |error| Error::usage(format!("load {name}"), first_line(sentence(name, &own_lines, &error)));
        let (call_loop, callee) = with_relay.map_err(failed)?;
        Ok(Self { name: name.to_owned(), function, callee, call_loop, returns, own_lines })
    }

    /// Runs calls until it is time for another heap; says whether there may be more.
    fn run_on_one_heap(&self, calls: &dyn CallQueue) -> bool {
        let printer = Printer(calls);
        let surroundings = Surroundings { worker: Cell::new(calls.worker()) };
        let needs = Needs::of(&self.function);
        let feed = CallFeed::new(calls, &needs);
        Module::with_temp_heap(|module| {
            // SAFETY: the module's own heap keeps theirs alive from here on, and all outlive the evaluator.
            let [function, call_loop] = [&self.callee, &self.call_loop]
                .map(|value| unsafe { value.owned_frozen_value(module.frozen_heap()) }.to_value());
            let mut evaluator = Evaluator::new(&module);
            evaluator.set_print_handler(&printer);
            evaluator.extra = Some(&surroundings);
            if let Err(error) = limit(&mut evaluator) {
                return calls.begin().is_some() && calls.end(Err(error.to_string()));
            }
            loop {
                let outcome = match feed.run(&mut evaluator, call_loop) {
                    Ok(Stop::Over) => return false,
                    Ok(Stop::HeapFull) => return true,
                    Ok(Stop::Other(input)) => self.call_on(&mut evaluator, function, &needs, input),
                    Err(_) if !feed.is_in_hand() => return true,
                    Err(error) => Err(self.sentence(&error)),
                };
                // Where an evaluator stands after an error is nobody's promise.
                let has_failed = outcome.is_err();
                if !calls.end(outcome) {
                    return false;
                }
                if has_failed {
                    return true;
                }
            }
        })
    }

    fn call_on<'v>(
        &self,
        evaluator: &mut Evaluator<'v, '_, '_>,
        function: ScriptValue<'v>,
        needs: &Needs<'_>,
        input: ValueRef<'_>,
    ) -> CallOutcome {
        if let ValueRef::Json(text) = input
            && literal::depth(text.as_bytes()) > shown::MAX_DEPTH
        {
            return Err(format!(
                "the input nests deeper than {}, which is too deep for a script",
                shown::MAX_DEPTH
            ));
        }
        let heap = evaluator.heap();
        let outcome = match needs.bind(input)? {
            BoundArguments::One(cell) => {
                evaluator.eval_function(function, &[values::to_script(cell, heap)], &[])
            }
            BoundArguments::None => evaluator.eval_function(function, &[], &[]),
            BoundArguments::ByPosition(list) => {
                let list: Vec<_> = list.into_iter().map(|item| values::from_json(item, heap)).collect();
                evaluator.eval_function(function, &list, &[])
            }
            BoundArguments::ByName(row) => {
                let named = row.iter().map(|(name, item)| (name.as_str(), values::from_json(item, heap)));
                evaluator.eval_function(function, &[], &named.collect::<Vec<_>>())
            }
        };
        let value = outcome.map_err(|error| self.sentence(&error))?;
        values::to_cell(value, heap)
    }

    /// Says what went wrong, also in a short function that the language has made a part of the loop: such a one is a
    /// single `return`.
    fn sentence(&self, error: &starlark::Error) -> String {
        match &self.returns {
            Some((line, text)) if error.span().is_some_and(call_loop::is_in_loop) => {
                let Self { name, function, .. } = self;
                let place = format!("  * {name}:{line}, in {}\n      {text}", function.name);
                format!("{} (line {line})\n{TRACEBACK}\n{place}", reason_of(error))
            }
            _ => sentence(&self.name, &self.own_lines, error),
        }
    }
}

fn limit(evaluator: &mut Evaluator<'_, '_, '_>) -> anyhow::Result<()> {
    evaluator.set_max_callstack_size(MAX_CALLS_DEEP)?;
    evaluator.set_max_heap_size(MAX_HEAP_BYTES)
}

/// Says what went wrong in one line, with the line of the script, and behind it how the script came there.
fn sentence(name: &str, own_lines: &OwnLines, error: &starlark::Error) -> String {
    let reason = reason_of(error);
    let place = error.span().filter(|span| span.filename() == name);
    match place.map(|span| span.resolve_span().begin.line + 1) {
        Some(line) => format!(
            "{reason} (line {line})\n{}",
            own_lines.shown_in(&call_loop::without_loop(&error.to_string()))
        ),
        None => reason,
    }
}

fn reason_of(error: &starlark::Error) -> String {
    let reason = error.without_diagnostic().to_string();
    // What the script itself says is left as it is.
    if matches!(error.kind(), starlark::ErrorKind::Fail(_)) {
        return reason.trim_end_matches('.').to_owned();
    }
    if reason.contains("(iter)` not supported on type `string`") {
        return "a script cannot go through a text letter by letter; write `text.elems()`".to_owned();
    }
    if reason.contains("call stack overflow") {
        return format!("calls within each other go deeper than {MAX_CALLS_DEEP}");
    }
    if reason.starts_with("Error unpacking value for parameter") || reason.contains("too big to fit in i32") {
        return format!("a number is too large here; a script counts no further than {}", i32::MAX);
    }
    reason.trim_end_matches('.').to_owned()
}

impl Function for Script {
    fn call(&self, cx: &CallContext<'_>, input: ValueRef<'_>) -> CallOutcome {
        let call = OneCall { cx, input: Cell::new(Some(input)), outcome: Cell::new(None) };
        self.run(&call);
        call.outcome.take().unwrap_or_else(|| Err("the script ended without a result".to_owned()))
    }

    fn session(&self) -> Option<&dyn Session> {
        Some(self)
    }
}

impl Session for Script {
    fn run(&self, calls: &dyn CallQueue) {
        while self.run_on_one_heap(calls) {}
    }
}

/// Hands what a script prints on, line by line.
struct Printer<'a>(&'a dyn CallQueue);

impl PrintHandler for Printer<'_> {
    fn println(&self, text: &str) -> starlark::Result<()> {
        text.split('\n').for_each(|line| self.0.line(OutputStream::Stdout, line));
        Ok(())
    }
}

/// A single call as a session of one.
struct OneCall<'a> {
    cx: &'a CallContext<'a>,
    input: Cell<Option<ValueRef<'a>>>,
    outcome: Cell<Option<CallOutcome>>,
}

impl Console for OneCall<'_> {
    fn line(&self, stream: OutputStream, text: &str) {
        self.cx.console.line(stream, text);
    }
}

impl CallQueue for OneCall<'_> {
    fn worker(&self) -> usize {
        self.cx.worker
    }

    fn begin(&self) -> Option<ValueRef<'_>> {
        self.input.take()
    }

    fn end(&self, outcome: CallOutcome) -> bool {
        self.outcome.set(Some(outcome));
        false
    }
}
