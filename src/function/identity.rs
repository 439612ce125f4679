//! Which function it was, in a line that is noted beside what it made: its code counts, that of the modules beside its file
//! and its interpreter, and not only its name.

use std::fs;

use sha2::{Digest, Sha256};

use super::FunctionSpec;
use super::python::HelperFiles;

/// So many hexadecimal digits stand for the code.
const DIGITS: usize = 12;

/// A line that tells this function from others, and from itself with other code: `7f3a12bc90ab the function f of tasks.py`.
pub fn of(function: &FunctionSpec) -> String {
    format!("{} {}", code_mark(function), function.description())
}

/// The function in words, from such a line, as far as it is one.
pub fn description(identity: &str) -> &str {
    let is_mark = |mark: &str| mark.len() == DIGITS && mark.bytes().all(|byte| byte.is_ascii_hexdigit());
    identity.split_once(' ').filter(|(mark, _)| is_mark(mark)).map_or(identity, |(_, words)| words)
}

fn code_mark(function: &FunctionSpec) -> String {
    let mut hash = Sha256::new();
    let mut add = |part: &str| {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    };
    match function {
        FunctionSpec::Builtin { .. } => {}
        FunctionSpec::Script(script) => add(&script.source),
        FunctionSpec::Python(python) => {
            add(&python.source.text);
            add(python.initializer.as_deref().unwrap_or_default());
            add(if python.is_whole { "whole" } else { "" });
            add(&python.interpreter.to_string_lossy());
            for helper in HelperFiles::of(&python.source).paths() {
                add(&helper.to_string_lossy());
                // One that cannot be read is told when a host imports it.
                add(&fs::read(helper)
                    .map(|code| String::from_utf8_lossy(&code).into_owned())
                    .unwrap_or_default());
            }
        }
        FunctionSpec::Command(command) => {
            add(&command.template);
            add(if command.shell { "shell" } else { "" });
            add(if command.stdin { "stdin" } else { "" });
            command.env.iter().for_each(|(name, value)| add(&format!("{name}={value}")));
            add(command.folder.as_deref().unwrap_or_default());
        }
    }
    let digits: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    digits[..DIGITS].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::function::script::ScriptSpec;

    #[test]
    fn other_code_is_another_function_of_the_same_name() {
        let script = |source: &str| FunctionSpec::Script(ScriptSpec::new("a.py", source, Some("f")).unwrap());
        let (one, other) =
            (of(&script("def f(n):\n    return n\n")), of(&script("def f(n):\n    return -n\n")));
        assert_ne!(one, other);
        assert_eq!(description(&one), "the function f of a.py");
        assert_eq!(description(&one), description(&other));
        assert_eq!(of(&script("def f(n):\n    return n\n")), one);
        assert_eq!(description("the function g"), "the function g");
    }
}
