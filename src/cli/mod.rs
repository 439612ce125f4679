//! The command line: the same engine without a window, for scripts, servers and quick looks.
//!
//! Results go to standard output, everything that is said about them to standard error, so that both can be used.

mod args;
mod asking;
mod compare;
mod export;
mod followed_run;
mod function;
mod functions;
mod guide;
mod job_runner;
mod lesson;
mod live;
mod os;
mod parse;
mod rules;
mod run;
mod source;
mod streams;
mod summary;
mod trust;
mod watched_machine;
mod writers;

use std::path::Path;
use std::process::ExitCode;

pub use self::args::Cli;
use self::args::Subcommand;
use self::streams::say;
use crate::error::{Error, ErrorKind};
use crate::export::RUN_ENDING;
use crate::pool::examples::Example;

/// All items went well.
const ALL_OK: u8 = 0;
/// Some items failed.
const SOME_FAILED: u8 = 1;
/// Wrong use: nothing was run.
const WRONG_USE: u8 = 2;
/// Stopped by Ctrl-C.
const INTERRUPTED: u8 = 130;

/// Carries a command out and says with which code to leave.
pub fn execute(command: Subcommand) -> ExitCode {
    let code = match command {
        Subcommand::Run(args) => run::run(&args),
        Subcommand::Compare(args) => compare::compare(&args),
        Subcommand::Functions(args) => functions::list(&args),
        Subcommand::Export(args) => export::export(&args),
        Subcommand::Lesson(args) => lesson::lesson(&args),
        Subcommand::Trust(args) => trust::trust(&args),
        Subcommand::Guide(args) => guide::guide(&args),
    };
    code.unwrap_or_else(|error| report(&error)).into()
}

/// What `poolscope` does where no window can be opened: says so, and shows a pool at work all the same. For a file
/// that was to be shown it names the command instead.
pub fn without_window(reason: &str, file: Option<&Path>) -> ExitCode {
    if let Some(file) = file {
        say(&format!("{reason}; {}.", in_terminal(file)));
        return WRONG_USE.into();
    }
    say(&format!("{reason}; here is the example \"Pool.map\" in the terminal."));
    let code = Example::find("Pool.map").and_then(run::run_example);
    say("`poolscope run --help` tells how to run a function over your own inputs.");
    code.unwrap_or_else(|error| report(&error)).into()
}

/// What the terminal can do with a file that was to be shown.
fn in_terminal(file: &Path) -> String {
    let (shown, ending) =
        (file.display(), file.extension().unwrap_or_default().to_string_lossy().to_lowercase());
    match ending.as_str() {
        RUN_ENDING => format!("`poolscope export {shown} --report FILE.html` writes this run as a web page"),
        "pool" => format!("`poolscope lesson {shown}` runs a lesson in the terminal"),
        "py" | "ipynb" => {
            format!("`poolscope run --python {shown} INPUTS` runs its function in the terminal")
        }
        "star" => format!("`poolscope run --script {shown} INPUTS` runs its function in the terminal"),
        _ => format!(
            "`poolscope run -f FUNCTION -i {shown}` runs a function over these inputs in the terminal"
        ),
    }
}

/// Prints why a command could not be carried out.
pub fn report(error: &Error) -> u8 {
    say(&format!("poolscope: {error}"));
    match error.kind() {
        ErrorKind::Usage | ErrorKind::Input => WRONG_USE,
        ErrorKind::Io | ErrorKind::Pool => SOME_FAILED,
    }
}
