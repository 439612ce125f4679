//! `poolscope functions`: the catalogue, or the functions of a file, as a person reads them.

use std::io::{self, Write};
use std::path::Path;

use super::args::FunctionsArgs;
use super::asking::asking;
use super::streams::{self, Style};
use crate::error::Result;
use crate::function::{Builtin, Listed, ListedKind, catalogue, python, script};

/// Prints all functions with what they take, do and can be given.
pub fn list(args: &FunctionsArgs) -> Result<u8> {
    match &args.file {
        None => {
            streams::print(|mut out| catalogue().iter().try_for_each(|builtin| print(&mut out, builtin)))?;
        }
        Some(file) => {
            let (who, listed) = functions_of(file, args.interpreter.as_deref())?;
            streams::print(|out| {
                let style = Style::of(&io::stdout());
                writeln!(out, "{}", style.lines(&who))?;
                listed.iter().try_for_each(|one| writeln!(out, "{}", style.lines(&line_of(one))))
            })?;
        }
    }
    Ok(super::ALL_OK)
}

/// The functions of a file and who can run them: a script where it is one, else Python.
fn functions_of(file: &Path, interpreter: Option<&Path>) -> Result<(String, Vec<Listed>)> {
    let source = python::PythonSource::read(file)?;
    let name = source.name();
    if interpreter.is_none()
        && source.cells.is_empty()
        && let Ok(listed) = script::functions(&name, &source.text)
        && !listed.is_empty()
    {
        return Ok((format!("{name} is a script, run by this program or by Python:"), listed));
    }
    let listing = match interpreter {
        Some(path) => asking(&path.display().to_string(), || python::list(&source, path, None))?.1,
        None => asking("the Python of this machine", || python::list_unasked(&source))?,
    };
    Ok((format!("{name} is for Python, read by {}:", listing.reader), listing.functions))
}

fn line_of(function: &Listed) -> String {
    let doc = function.doc.as_deref().unwrap_or_default();
    let kind = match function.kind {
        ListedKind::Function | ListedKind::Value => "",
        ListedKind::Class => "(class) ",
        ListedKind::Imported => "(imported) ",
    };
    format!("{:<32} line {:<5} {kind}{doc}", function.signature(), function.line)
}

fn print(out: &mut impl Write, builtin: &Builtin) -> io::Result<()> {
    let Builtin { name, summary, nature, takes, params, .. } = builtin;
    writeln!(out, "{name:<18} [{}] {summary}", nature.label())?;
    writeln!(out, "{:<18} takes {}", "", takes.label())?;
    for param in *params {
        let default = param.default_value();
        let allowed = param.allowed();
        writeln!(out, "{:<18} -p {}={default}   {} ({allowed})", "", param.name, param.summary)?;
    }
    Ok(())
}
