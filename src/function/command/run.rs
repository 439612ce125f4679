//! Runs a command for one item: fills its template, starts it, passes on what it writes, and says what it came to.

use std::ffi::OsString;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::candidates::Candidates;
use super::output::Output;
use super::program::Program;
use super::running::RunningCommands;
use super::template::{Filling, Placeholder, PlaceholderKind, TemplatePart, bytes_of};
use super::words::{self, Argument};
use super::{CommandSpec, os};
use crate::function::{CallContext, Fault, Function};
use crate::value::{Value, ValueRef};

/// A command whose template was read.
pub(super) struct CommandFunction {
    spec: CommandSpec,
    line: Arc<Line>,
    candidates: Candidates,
    /// The template, read once for each set of columns that rows had.
    with_columns: Mutex<Vec<(Vec<String>, Arc<Line>)>>,
    has_fields: bool,
    running: RunningCommands,
}

enum Line {
    Shell(os::ShellLine),
    Arguments {
        /// Where the program is the same for all items: found, or why it was not, once somebody has to know.
        program: Option<OnceLock<Result<Program, String>>>,
        program_argument: Argument,
        rest: Vec<Argument>,
    },
}

impl Line {
    /// `columns` are names in braces that count in spite of the signs in them.
    fn new(spec: &CommandSpec, columns: &[String]) -> Result<Self, String> {
        if spec.shell { shell_line(spec, columns) } else { arguments(spec, columns) }
    }

    /// All placeholders.
    fn placeholders(&self) -> Box<dyn Iterator<Item = &Placeholder> + '_> {
        match self {
            Self::Shell(line) => Box::new(line.placeholders()),
            Self::Arguments { program_argument, rest, .. } => Box::new(
                words::placeholders(std::slice::from_ref(program_argument)).chain(words::placeholders(rest)),
            ),
        }
    }
}

impl CommandFunction {
    pub(super) fn new(spec: &CommandSpec) -> Result<Self, String> {
        if spec.template.trim().is_empty() {
            return Err("there is no command".to_owned());
        }
        let line = Arc::new(Line::new(spec, &[])?);
        let candidates = Candidates::of(&spec.template);
        let is_field = |placeholder: &Placeholder| {
            matches!(placeholder.source, PlaceholderKind::Column(_) | PlaceholderKind::Position(_))
        };
        let has_fields = !candidates.is_empty() || line.placeholders().any(is_field);
        Ok(Self {
            spec: spec.clone(),
            line,
            candidates,
            with_columns: Mutex::default(),
            has_fields,
            running: RunningCommands::default(),
        })
    }

    /// Whether an input has all the columns that the template names.
    pub(super) fn check_columns(&self, input: ValueRef<'_>) -> Result<(), String> {
        let filling = self.filling(input, 0, 1);
        let line = self.line(&filling)?;
        let mut columns = line
            .placeholders()
            .filter(|placeholder| matches!(placeholder.source, PlaceholderKind::Column(_)));
        columns.try_for_each(|placeholder| filling.fill(placeholder).map(|_| ()))
    }

    fn filling<'a>(&self, input: ValueRef<'a>, index: u64, worker: usize) -> Filling<'a> {
        Filling::new(input, self.has_fields, index, worker)
    }

    /// The template as it is read for an input: some names count only where the input has such columns.
    fn line(&self, filling: &Filling<'_>) -> Result<Arc<Line>, String> {
        let columns = match self.candidates.is_empty() {
            true => Vec::new(),
            false => self.candidates.columns_of(filling.fields())?,
        };
        if columns.is_empty() {
            return Ok(Arc::clone(&self.line));
        }
        let mut known = self.with_columns.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, line)) = known.iter().find(|(of, _)| *of == columns) {
            return Ok(Arc::clone(line));
        }
        let line = Arc::new(Line::new(&self.spec, &columns)?);
        known.push((columns, Arc::clone(&line)));
        Ok(line)
    }

    /// Whether the program is there, as far as that is known before an item.
    pub(super) fn check_program(&self) -> Result<(), String> {
        match self.line.as_ref() {
            Line::Arguments { program: Some(program), program_argument, .. } => {
                program
                    .get_or_init(|| found(program_argument, &self.spec))
                    .as_ref()
                    .map_err(String::clone)?;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The arguments, the program first, where they are the same for all inputs but for what stands in their places.
    pub(super) fn arguments(&self) -> Option<Vec<&Argument>> {
        match self.line.as_ref() {
            Line::Arguments { program_argument, rest, .. } if self.candidates.is_empty() => {
                Some(std::iter::once(program_argument).chain(rest).collect())
            }
            _ => None,
        }
    }

    /// The command for one input as a person would type it.
    pub(super) fn preview(&self, index: u64, input: ValueRef<'_>) -> Result<String, String> {
        let line = self.bare_line(index, input)?;
        let line = os::surrounded(&line, self.spec.folder.as_deref(), &self.spec.env);
        Ok(if self.spec.stdin { os::fed(&bytes_of(input)?, &line) } else { line })
    }

    /// The same without its surroundings.
    pub(super) fn bare_line(&self, index: u64, input: ValueRef<'_>) -> Result<String, String> {
        let filling = self.filling(input, index, 1);
        Ok(match self.line(&filling)?.as_ref() {
            Line::Shell(line) => line.preview(&filling)?,
            Line::Arguments { program_argument, rest, .. } => {
                let all = std::iter::once(program_argument).chain(rest);
                let quoted = all.map(|argument| Ok(os::quoted(&filled(argument, &filling)?)));
                quoted.collect::<Result<Vec<_>, String>>()?.join(" ")
            }
        })
    }

    fn command(&self, filling: &Filling<'_>) -> Result<Command, String> {
        let mut command = match self.line(filling)?.as_ref() {
            Line::Shell(line) => os::shell(&line.fill(filling)?),
            Line::Arguments { program, program_argument, rest } => {
                let mut command = match program {
                    Some(program) => {
                        let program = program.get_or_init(|| found(program_argument, &self.spec));
                        program.as_ref().map_err(String::clone)?.command()
                    }
                    None => {
                        let name = os::os_string(filled(program_argument, filling)?)?;
                        Program::find(name, &self.spec)?.command()
                    }
                };
                for argument in rest {
                    command.arg(os_argument(argument, filling)?);
                }
                command
            }
        };
        command.envs(self.spec.env.iter().map(|(name, value)| (name, value)));
        if let Some(folder) = &self.spec.folder {
            command.current_dir(folder);
        }
        command.stdin(if self.spec.stdin { Stdio::piped() } else { Stdio::null() });
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Ok(command)
    }
}

impl Function for CommandFunction {
    fn call(&self, cx: &CallContext<'_>, input: ValueRef<'_>) -> Result<Value, String> {
        let filling = self.filling(input, cx.index, cx.worker);
        let mut command = self.command(&filling)?;
        let fed = if self.spec.stdin { with_line_end(&bytes_of(input)?) } else { Vec::new() };
        let mut child = command.spawn().map_err(|error| {
            format!("could not start {}: {error}", command.get_program().to_string_lossy())
        })?;
        // What it had from this process is not kept longer than it is needed.
        drop(command);
        let mut output = Output::new(cx);
        self.running.begun(cx.worker, child.id());
        let exchanged = os::exchange(&mut child, &fed, &mut output);
        self.running.ended(cx.worker);
        output.end();
        if exchanged.is_err() {
            // It may have ended meanwhile.
            let _ = child.kill();
        }
        let waited = os::wait(child).map_err(|error| format!("could not wait for the command: {error}"));
        self.running.waited_for(cx.worker, waited.as_ref().is_ok_and(|(status, _)| status.success()));
        let (status, usage) = waited?;
        usage.note();
        exchanged?;
        output.outcome(status)
    }

    fn strike(&self, worker: usize, fault: Fault) -> bool {
        self.running.strike(worker, fault)
    }
}

fn shell_line(spec: &CommandSpec, columns: &[String]) -> Result<Line, String> {
    let line = os::ShellLine::parse(&spec.template, columns)?;
    let is_complete = spec.stdin || line.placeholders().next().is_some();
    let with_input = || {
        let whole = format!("{} {{}}", spec.template.trim_end());
        let line = os::ShellLine::parse(&whole, columns)?;
        let reason = "it ends in a comment, which the shell does not read".to_owned();
        if line.ends_in_comment() { Err(reason) } else { Ok(line) }
    };
    let not_at_end = |reason| {
        format!(
            "the line has no placeholder, and the input cannot stand at its end, so write {{}} where it belongs: {reason}"
        )
    };
    Ok(Line::Shell(if is_complete { line } else { with_input().map_err(not_at_end)? }))
}

fn arguments(spec: &CommandSpec, columns: &[String]) -> Result<Line, String> {
    let mut all = words::arguments(&spec.template, columns)?;
    if !spec.stdin && words::placeholders(&all).next().is_none() {
        all.push(vec![TemplatePart::Placeholder(Placeholder::input())]);
    }
    let program_argument = all.remove(0);
    let is_same = words::placeholders(std::slice::from_ref(&program_argument)).next().is_none();
    Ok(Line::Arguments { program: is_same.then(OnceLock::new), program_argument, rest: all })
}

/// The program that is the same for all items.
fn found(program_argument: &Argument, spec: &CommandSpec) -> Result<Program, String> {
    let nothing = Filling::new(ValueRef::None, false, 0, 1);
    Program::find(os_argument(program_argument, &nothing)?, spec)
}

fn filled(argument: &Argument, filling: &Filling<'_>) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    for part in argument {
        match part {
            TemplatePart::Text(text) => bytes.extend_from_slice(text.as_bytes()),
            TemplatePart::Placeholder(placeholder) => bytes.extend_from_slice(&filling.fill(placeholder)?),
        }
    }
    Ok(bytes)
}

fn os_argument(argument: &Argument, filling: &Filling<'_>) -> Result<OsString, String> {
    os::os_string(filled(argument, filling)?)
}

fn with_line_end(text: &[u8]) -> Vec<u8> {
    let mut fed = Vec::with_capacity(text.len() + 1);
    fed.extend_from_slice(text);
    fed.push(b'\n');
    fed
}
