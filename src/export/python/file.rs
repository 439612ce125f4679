//! Functions of Python: those of a file are imported from it, those of notebooks and of typed code come with what they need.

use super::code::{FunctionCode, call_of, names_in, python_cell, refused};
use super::inputs;
use super::library;
use super::literal;
use super::needed::{Statement, needed_for, statements};
use crate::error::Result;
use crate::function::python::{PythonSource, PythonSpec};
use crate::pool::Job;

/// What notebooks have beside Python.
const OF_NOTEBOOKS: [&str; 2] = ["display", "get_ipython"];
/// The function as a certain cell defines it, where several define one of its name.
const CHOSEN: &str = "function_of_cell";
const MAIN_GUARD: &str = "if __name__ ==";

pub(super) fn code(job: &Job, python: &PythonSpec) -> Result<FunctionCode> {
    let mut code = if python.source.cells.is_empty() && !python.source.is_untitled() {
        imported(job, python)
    } else {
        copied(job, python)?
    };
    code.inputs = inputs::expression(&job.inputs, &job.inputs_name, python_cell)?;
    code.notes.push(format!("The run used the interpreter {}.", python.interpreter.display()));
    if !job.settings.worker.nested_threads {
        code.notes.push(
            "Poolscope starts workers with OMP_NUM_THREADS=1 and its like; set them to do the same.".into(),
        );
    }
    Ok(code)
}

/// The function of a file, which is loaded once in each process.
fn imported(job: &Job, python: &PythonSpec) -> FunctionCode {
    let file = literal::text(&python.source.file.to_string_lossy());
    let loaded = |name: &str| format!("loaded({file}, {})", literal::text(name));
    let function = loaded(&python.function.name);
    let (call, part) = call_of(&function, &python.function, &job.inputs);
    let mut code = FunctionCode { call, start: vec![function], ..FunctionCode::default() };
    code.parts = part.into_iter().chain(["loaded"]).collect();
    add_initializer(&mut code, python, loaded);
    code
}

fn add_initializer(code: &mut FunctionCode, python: &PythonSpec, named: impl FnOnce(&str) -> String) {
    let Some(initializer) = &python.initializer else { return };
    let (name, words) = initializer.split_once(':').unwrap_or((initializer, ""));
    code.start.push(match words {
        "" => format!("{}()", named(name)),
        words => {
            code.parts.push("literals");
            format!("{}(*literals({}))", named(name), literal::text(words))
        }
    });
}

/// The statements that a function needs, as they stand in its source.
fn copied(job: &Job, python: &PythonSpec) -> Result<FunctionCode> {
    let (name, cell) = match python.function.in_cell() {
        Some((name, cell)) => (name, cell.parse::<usize>().ok()),
        None => (python.function.name.as_str(), None),
    };
    let root = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
    let initializer =
        python.initializer.as_deref().map(|call| root(call.split(':').next().unwrap_or_default()));
    let wanted = [Some(root(name)), initializer];
    let wanted: Vec<&str> = wanted.iter().flatten().map(String::as_str).collect();
    let all = statements(&python.source.text);
    let is_taken = if python.is_whole { vec![true; all.len()] } else { needed_for(&all, &wanted) };
    let taken: Vec<&Statement<'_>> =
        all.iter().zip(is_taken).filter(|(_, taken)| *taken).map(|(one, _)| one).collect();
    if let Some(waits) =
        taken.iter().find(|statement| statement.names.waits && !statement.text.contains("def "))
    {
        let place = python.source.place(waits.line);
        return Err(refused(format!(
            "{place} waits outside of a function (`await`), which only notebooks can"
        )));
    }
    let chosen = cell.and_then(|cell| last_of_cell(&taken, &python.source, name, cell));
    let mut source = folder_of(&python.source);
    for (place, statement) in taken.iter().enumerate() {
        source.push_str(&without_main_block(statement.text));
        source.push('\n');
        if chosen == Some(place) {
            source.push_str(&format!("{CHOSEN} = {name}\n"));
        }
    }
    let used = names_in(&source);
    let given = OF_NOTEBOOKS.iter().filter(|name| !python.source.cells.is_empty() && used.contains(*name));
    let given = given.map(|name| (*name).to_owned()).collect();
    let function = match chosen {
        Some(_) => CHOSEN.to_owned(),
        None => library::with_free_name(name, "function_of_run", &mut source),
    };
    let (call, part) = call_of(&function, &python.function, &job.inputs);
    let mut code = FunctionCode { call, given, parts: part.into_iter().collect(), ..FunctionCode::default() };
    add_initializer(&mut code, python, |name| {
        library::with_free_name(name, "initializer_of_run", &mut source)
    });
    code.source = source.trim_end().to_owned();
    Ok(code)
}

/// The last statement of a cell that binds a name.
fn last_of_cell(taken: &[&Statement<'_>], source: &PythonSource, name: &str, cell: usize) -> Option<usize> {
    let of_line =
        |line: usize| source.cells.iter().rev().find(|(first, _)| *first <= line).map(|(_, cell)| *cell);
    taken.iter().rposition(|one| of_line(one.line) == Some(cell) && one.names.binds.contains(name))
}

/// Paths and imports are relative to the folder of the source.
fn folder_of(source: &PythonSource) -> String {
    let folder = source.file.parent().unwrap_or(&source.file).to_string_lossy().into_owned();
    let folder = literal::text(&folder);
    format!("import os\nimport sys\n\nos.chdir({folder})\nsys.path.insert(0, {folder})\n\n")
}

/// What stands under the main guard was not done in the run, and where processes are forked it would be here.
fn without_main_block(text: &str) -> String {
    match text.find(MAIN_GUARD) {
        Some(at)
            if text[..at].lines().all(|line| line.starts_with('#'))
                && (at == 0 || text[..at].ends_with('\n')) =>
        {
            let (guard, rest) = text[at..].split_once(':').unwrap_or((&text[at..], ""));
            let (first, below) = rest.split_once('\n').unwrap_or((rest, ""));
            // What stands behind the colon is the block, where it is no remark.
            let body = match first.trim() {
                statement if statement.is_empty() || statement.starts_with('#') => format!("{first}\n"),
                statement => format!("\n    {statement}\n"),
            };
            format!("{}if False:  # {guard}:{body}{below}", &text[..at])
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_under_the_main_guard_is_not_done() {
        let source = "# data\nif __name__ == \"__main__\":\n    data = [1]\n";
        assert_eq!(
            without_main_block(source),
            "# data\nif False:  # if __name__ == \"__main__\":\n    data = [1]\n"
        );
        let one_line = "if __name__ == '__main__': main(); print(1)\n";
        assert_eq!(
            without_main_block(one_line),
            "if False:  # if __name__ == '__main__':\n    main(); print(1)\n"
        );
        let other = "def f():\n    if __name__ == 'x': pass\n";
        assert_eq!(without_main_block(other), other);
    }
}
