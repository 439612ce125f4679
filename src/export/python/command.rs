//! Commands: run by `subprocess`, with the same arguments.

use super::code::{FunctionCode, refused};
use super::inputs;
use super::literal;
use crate::error::Result;
use crate::function::command::{CommandPiece, CommandSpec, PathForm, input_bytes};
use crate::pool::Job;
use crate::value::{Column, Value, ValueRef};

pub(super) fn code(job: &Job, command: &CommandSpec) -> Result<FunctionCode> {
    let mut code = match command.arguments().map_err(refused)? {
        Some(arguments) => of_arguments(job, command, &arguments)?,
        None => of_lines(job, command)?,
    };
    code.parts.push("run_command");
    if command.shell {
        code.notes.push("Each input is the line that the shell got for it, with values quoted.".to_owned());
    }
    Ok(code)
}

/// Arguments that are made of the input when it is run.
fn of_arguments(job: &Job, command: &CommandSpec, arguments: &[Vec<CommandPiece>]) -> Result<FunctionCode> {
    let mut parts = Vec::new();
    let written: Vec<String> = arguments.iter().map(|argument| expression(argument, &mut parts)).collect();
    let stdin = command.stdin.then(|| "value".to_owned());
    Ok(FunctionCode {
        call: call(&format!("[{}]", written.join(", ")), stdin, command),
        parts,
        inputs: inputs::expression(&job.inputs, &job.inputs_name, input_text)?,
        ..FunctionCode::default()
    })
}

/// An argument as an expression of `value` and `index`.
fn expression(argument: &[CommandPiece], parts: &mut Vec<&'static str>) -> String {
    let mut piece = |piece: &CommandPiece| match piece {
        CommandPiece::Text(text) => literal::text(text),
        CommandPiece::Number => "str(index + 1)".to_owned(),
        CommandPiece::Worker => {
            parts.push("number_of_worker");
            "str(number_of_worker())".to_owned()
        }
        CommandPiece::Input(PathForm::Whole) => "value".to_owned(),
        CommandPiece::Input(PathForm::BaseWithoutExtension) => {
            parts.extend(["without_extension", "last_name"]);
            "without_extension(last_name(value))".to_owned()
        }
        CommandPiece::Input(form) => {
            let name = match form {
                PathForm::WithoutExtension => "without_extension",
                PathForm::Folder => "folder_of",
                _ => "last_name",
            };
            parts.push(name);
            format!("{name}(value)")
        }
    };
    let written: Vec<String> = argument.iter().map(&mut piece).collect();
    if written.is_empty() { "\"\"".to_owned() } else { written.join(" + ") }
}

/// Lines that were made of the inputs, where a shell reads them or where they are made of parts of inputs.
fn of_lines(job: &Job, command: &CommandSpec) -> Result<FunctionCode> {
    if job.inputs.iter().any(|cell| matches!(cell, ValueRef::Bytes(_))) {
        return Err(refused("an input is no text, and cannot stand in a line of a command"));
    }
    let lines = command.bare_lines(&job.inputs).map_err(refused)?;
    let (line, stdin) = match command.stdin {
        true => ("value[0]", Some("value[1]".to_owned())),
        false => ("value", None),
    };
    let arguments = match command.shell {
        true => format!("[\"/bin/sh\", \"-c\", {line}]"),
        false => format!("__import__(\"shlex\").split({line})"),
    };
    let fed =
        |cell: ValueRef<'_>| String::from_utf8_lossy(&input_bytes(cell).unwrap_or_default()).into_owned();
    let values: Column = match command.stdin {
        true => {
            let pairs =
                lines.iter().zip(job.inputs.iter()).map(|(line, cell)| serde_json::json!([line, fed(cell)]));
            pairs.map(|pair| Value::Json(pair.to_string())).collect()
        }
        false => lines.iter().map(String::as_str).collect(),
    };
    let worker = command
        .template
        .contains("{%}")
        .then(|| "{%}, the number of the worker, is 1 in all lines.".to_owned());
    Ok(FunctionCode {
        call: call(&arguments, stdin, command),
        inputs: inputs::expression(&values, &job.inputs_name, literal::cell)?,
        notes: worker.into_iter().collect(),
        ..FunctionCode::default()
    })
}

fn call(arguments: &str, stdin: Option<String>, command: &CommandSpec) -> String {
    let mut call = format!("run_command({arguments}");
    if let Some(text) = stdin {
        call += &format!(", text={text}");
    }
    if let Some(folder) = &command.folder {
        call += &format!(", folder={}", literal::text(folder));
    }
    if !command.env.is_empty() {
        let set = command
            .env
            .iter()
            .map(|(name, value)| format!("{}: {}", literal::text(name), literal::text(value)));
        call += &format!(", variables={{{}}}", set.collect::<Vec<_>>().join(", "));
    }
    call + ")"
}

/// An input as a command gets it.
fn input_text(cell: ValueRef<'_>) -> Result<String, String> {
    let bytes = input_bytes(cell)?;
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(literal::text(text)),
        Err(_) => Ok(format!("__import__(\"os\").fsdecode({})", ValueRef::Bytes(&bytes))),
    }
}
