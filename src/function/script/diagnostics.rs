//! What is wrong with a script, in words for a person who knows Python and not this language; and whether Python itself
//! would take it.

use std::collections::HashSet;

use starlark::analysis::Lint;

use crate::error::{Error, Remedy, nearest};
use crate::value::shortened;

/// Words that begin statements that scripts do not have.
const BEYOND: [&str; 14] = [
    "import", "from", "while", "class", "try", "with", "yield", "global", "nonlocal", "assert", "raise",
    "async", "del", "match",
];
/// What the parser says of something that Python knows, part of the line that it is in, and what to write instead.
const UNLIKE: [(&str, &str, &str); 10] = [
    ("f-string expression", "", "a script cannot format within an f-string, as `{x:.2f}` does"),
    ("reserved keyword `is`", "", "a script has no `is`; write `x == None`"),
    ("reserved keyword `raise`", "", "a script has no `raise`; write `fail(\"why\")`"),
    ("reserved keyword `assert`", "", "a script has no `assert`; write `if not x: fail(\"why\")`"),
    ("not associative", "", "a script cannot chain comparisons; write `a < b and b < c`"),
    ("keyword 'for'", "for", "a script has no generators; write a list, `[x for x in ...]`"),
    ("symbol '**'", "**", "a script has no `**`; write `pow(a, b)`"),
    ("symbol ','", "{", "a script has no sets in braces; write `set([1, 2])`"),
    ("symbol '}'", "{", "a script has no sets in braces; write `set([1, 2])`"),
    ("symbol '@'", "@", "a script has no decorators and no `@`"),
];
const RESERVED: &str = "reserved keyword ";
/// Modules whose functions scripts have without a module.
const MODULES: [&str; 4] = ["math", "time", "random", "json"];

/// What Python has beside what scripts have: no slip of the pen.
const PYTHONS: [&str; 20] = [
    "open",
    "input",
    "isinstance",
    "issubclass",
    "iter",
    "next",
    "object",
    "super",
    "eval",
    "exec",
    "bytes",
    "bytearray",
    "complex",
    "format",
    "frozenset",
    "globals",
    "id",
    "callable",
    "memoryview",
    "slice",
];

/// A sentence about what the parser could not read.
pub(super) fn of_parser(name: &str, source: &str, error: &starlark::Error) -> Error {
    let said = error.without_diagnostic().to_string();
    let said = said.trim_start_matches("Parse error: ").trim_end_matches('.');
    let mut line = error.span().map_or(1, |span| span.resolve_span().begin.line + 1);
    let is_tab = said.contains("tabs are not allowed");
    if is_tab {
        let indented = source.lines().position(|text| text.trim_start_matches(' ').starts_with('\t'));
        line = indented.map_or(line, |place| place + 1);
    }
    let text = source.lines().nth(line - 1).unwrap_or_default().trim();
    let unlike = || UNLIKE.into_iter().find(|(word, part, _)| said.contains(word) && text.contains(part));
    // Whether Python would take it.
    let mut is_python = true;
    let reason = match (beyond(text), unlike()) {
        (Some(word), _) => format!("a script cannot use `{word}`"),
        (None, _) if is_tab => "a script is indented with spaces, not tabs".to_owned(),
        (None, Some((_, _, instead))) => instead.to_owned(),
        (None, None) if said.contains(RESERVED) => {
            let word = said.split_once(RESERVED).map_or("", |(_, word)| word);
            format!("a script cannot use {word}")
        }
        (None, None) => {
            is_python = false;
            plain(said)
        }
    };
    let reason = format!("line {line}: `{}` - {reason}", shortened(text, 60));
    let error = Error::usage(format!("read {name}"), reason);
    if is_python { error.with_remedy(Remedy::RunWithPython) } else { error }
}

/// A sentence about a name that nothing stands for.
pub(super) fn of_name(name: &str, lint: &Lint, known: &HashSet<String>) -> Error {
    let line = lint.location.resolve_span().begin.line;
    let text = lint.location.file.source_line(line).trim().to_owned();
    let unknown = lint.original.as_str();
    let reason = if MODULES.contains(&unknown) {
        "a script has no modules; functions such as `sqrt` stand by themselves".to_owned()
    } else if PYTHONS.contains(&unknown) {
        format!("a script has no `{unknown}`")
    } else {
        match nearest(unknown, known.iter().map(String::as_str)) {
            Some(near) => format!("`{unknown}` is not known; did you mean `{near}`?"),
            None => format!("`{unknown}` is not known in a script; define it"),
        }
    };
    let reason = format!("line {}: `{}` - {reason}", line + 1, shortened(&text, 60));
    Error::usage(format!("read {name}"), reason).with_remedy(Remedy::RunWithPython)
}

/// The word that a line begins with, where scripts do not know it.
fn beyond(line: &str) -> Option<&'static str> {
    let first = line.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default();
    BEYOND.into_iter().find(|word| *word == first)
}

/// "unexpected `return`, expected `:`".
fn plain(said: &str) -> String {
    let words = ["keyword ", "symbol ", "identifier "]
        .iter()
        .fold(said.to_owned(), |said, word| said.replace(word, ""));
    words.replace('\'', "`")
}
