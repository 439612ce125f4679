//! Functions of scripts, whose language is Python's in all but what it leaves out: the source is copied, and what it can
//! call beside the language's own functions is in `assets/export/given.py`.

use super::code::{FunctionCode, call_of, names_in};
use super::inputs;
use super::library::{self, GIVEN};
use super::literal;
use super::needed::statements;
use crate::error::Result;
use crate::function::script::ScriptSpec;
use crate::pool::Job;
use crate::value::ValueRef;

/// What means something else in scripts.
const OTHERWISE: [&str; 5] = ["type", "dir", "elems", "codepoints", "hash"];

pub(super) fn code(job: &Job, script: &ScriptSpec) -> Result<FunctionCode> {
    let all = statements(&script.source);
    let is_bound = |name: &str| all.iter().any(|statement| statement.names.binds.contains(name));
    let used = names_in(&script.source);
    let offered = statements(GIVEN);
    let offered = offered.iter().flat_map(|statement| &statement.names.binds);
    let given: Vec<String> =
        offered.filter(|name| used.contains(name.as_str()) && !is_bound(name)).cloned().collect();
    let otherwise = OTHERWISE.iter().filter(|name| used.contains(*name) && !is_bound(name));
    let mut source = script.source.trim_start_matches('\u{feff}').trim_end().to_owned();
    let function = library::with_free_name(&script.function.name, "function_of_run", &mut source);
    let (call, part) = call_of(&function, &script.function, &job.inputs);
    Ok(FunctionCode {
        source,
        call,
        parts: part.into_iter().collect(),
        given,
        inputs: inputs::expression(&job.inputs, &job.inputs_name, cell)?,
        notes: otherwise
            .map(|name| {
                format!("`{name}` is not in all the same in Python as in a script: look where it is used.")
            })
            .collect(),
        ..FunctionCode::default()
    })
}

/// Scripts know no bytes: those of the names of files are written as `\xe9`.
fn cell(cell: ValueRef<'_>) -> Result<String, String> {
    let ValueRef::Bytes(bytes) = cell else { return literal::cell(cell) };
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("\\x{byte:02x}")));
    }
    Ok(literal::text(&text))
}
