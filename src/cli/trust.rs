//! `poolscope trust`: which folders' own Python interpreters may be started; and the question where a person can answer.

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use super::streams::{self, Style, say};
use crate::error::{Error, Result};
use crate::function::python::{self, InterpreterChoice, Trust, Untrusted};

/// Allow the Python interpreter of a folder's own virtual environment to be started, or list the allowed folders
///
/// A Python file is run by the interpreter of a virtual environment beside it. That interpreter is a program of the
/// folder as the file is: a folder that was downloaded may bring any. So it is started only after the folder was
/// allowed, once. To read what a file holds none of its folder's programs is started at all.
#[derive(Debug, Args)]
pub struct TrustArgs {
    /// The folder that holds the environment; without one the allowed folders are listed
    pub folder: Option<PathBuf>,

    /// Allow it no longer
    #[arg(long, requires = "folder")]
    pub revoke: bool,
}

/// Trusts a folder, takes trust back, or lists what is trusted.
pub fn trust(args: &TrustArgs) -> Result<u8> {
    let trust = Trust::of_user();
    match &args.folder {
        None => list(&trust)?,
        Some(folder) if args.revoke => revoke(&trust, folder)?,
        Some(folder) => {
            let folder = trust.allow(folder)?;
            say(&format!("Python interpreters of environments in {} may be started.", folder.display()));
        }
    }
    Ok(super::ALL_OK)
}

fn list(trust: &Trust) -> Result<()> {
    let folders = trust.folders()?;
    if folders.is_empty() {
        say("No folder is trusted; `poolscope trust FOLDER` adds one.");
    }
    let style = Style::of(&io::stdout());
    streams::print(|out| {
        folders.iter().try_for_each(|folder| writeln!(out, "{}", style.value(&folder.display().to_string())))
    })
}

fn revoke(trust: &Trust, folder: &Path) -> Result<()> {
    if !trust.revoke(folder)? {
        return Err(Error::usage(format!("revoke {}", folder.display()), "it is not trusted"));
    }
    say(&format!("Python interpreters of environments in {} are no longer started.", folder.display()));
    Ok(())
}

/// The interpreter for a file. Whether one of the file's own folder may be started is asked where there is somebody to
/// answer.
pub fn allowed_interpreter(file: &Path) -> Result<PathBuf> {
    let trust = Trust::of_user();
    match python::choose_interpreter(file, &trust)? {
        InterpreterChoice::Allowed(interpreter) => Ok(interpreter),
        InterpreterChoice::Untrusted(untrusted) if is_allowed_now(&untrusted) => {
            trust.allow(&untrusted.folder)?;
            Ok(untrusted.interpreter)
        }
        InterpreterChoice::Untrusted(untrusted) => Err(untrusted.error()),
    }
}

fn is_allowed_now(untrusted: &Untrusted) -> bool {
    let Untrusted { interpreter, folder } = untrusted;
    let (interpreter, folder) = (interpreter.display(), folder.display());
    streams::agrees(&format!("{interpreter} is a program of {folder}. Start it, now and later?"))
}
