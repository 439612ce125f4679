//! From the words of a command line to its meaning; where they have none, says so and gives the exit code.

use std::borrow::Cow;
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, CommandFactory, FromArgMatches};

use super::args::{ModeArg, NOT_COMPARED};
use super::guide::help_as_guide;
use super::streams::{self, Style};
use super::{ALL_OK, Cli, WRONG_USE, report, summary};
use crate::error::Error;

/// Options of `run` that work only together with another one. `clap` has `requires` for it, but does not check that where
/// the other option conflicts with one that was given.
const REQUIRES: [(&str, &[&str]); 5] = [
    ("function", &["params"]),
    ("python", &["interpreter", "whole_file", "initializer"]),
    ("command", &["shell", "stdin", "env", "dry_run", "folder"]),
    ("input", &["column", "stream", "input_format", "header", "delimiter", "encoding", "bad_lines"]),
    ("retries", &["retry_delay"]),
];
/// What an example has set up already, and options of `run` that would change nothing of it.
const SET_BY_EXAMPLE: [&str; 6] = ["mode", "workers", "processes", "chunk", "types", "resume"];
impl Cli {
    /// Reads the program's arguments; where they are wrong, or help was asked for, prints that and gives the exit code.
    pub fn from_args() -> Result<Self, ExitCode> {
        Self::read(std::env::args_os()).map_err(|refused| {
            let is_wrong = refused.use_stderr();
            let printed = if is_wrong { print_refused(&refused) } else { refused.print() };
            if is_wrong && wants_json(std::env::args_os()) {
                let error = Error::usage("understand the command line", reason(&refused));
                if let Err(error) = summary::print_refusal(&error) {
                    report(&error);
                }
            }
            match printed.err().and_then(streams::failure) {
                // Help that was asked for, and that could not be given.
                Some(error) if !is_wrong => report(&error).into(),
                _ => if is_wrong { WRONG_USE } else { ALL_OK }.into(),
            }
        })
    }

    pub(super) fn read(args: impl Iterator<Item = OsString>) -> Result<Self, clap::Error> {
        let mut command = Self::command();
        let args = help_as_guide(args.collect(), &mut command)?;
        let matches = command.try_get_matches_from_mut(args)?;
        if let Some((name @ ("run" | "compare"), matches)) = matches.subcommand()
            && let Some(run) = command.find_subcommand_mut(name)
        {
            if name == "compare" {
                check_compared(run, matches)?;
            }
            check_required(run, matches)?;
        }
        Self::from_arg_matches(&matches)
    }
}

/// As clap does, with nothing of the arguments in it that does something to a terminal.
fn print_refused(refused: &clap::Error) -> io::Result<()> {
    let style = Style::of(&io::stderr());
    let is_harmful = |word: OsString| matches!(style.lines(&word.to_string_lossy()), Cow::Owned(_));
    if !std::env::args_os().any(is_harmful) {
        return refused.print();
    }
    // Without colours, which are control characters themselves.
    io::stderr().write_all(style.lines(&refused.render().to_string()).as_bytes())
}

/// Refuses options that would be passed over.
fn check_required(run: &mut Command, matches: &ArgMatches) -> Result<(), clap::Error> {
    let is_given = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
    for (needed, options) in REQUIRES {
        if let Some(option) = options.iter().find(|option| is_given(option)).filter(|_| !is_given(needed)) {
            let (option, needed) = (long_name(run, option), long_name(run, needed));
            let reason = format!("--{option} works only together with --{needed}");
            return Err(run.error(ErrorKind::MissingRequiredArgument, reason));
        }
    }
    let is_process = || matches.get_one("mode").is_some_and(|mode| matches!(mode, ModeArg::Process));
    if is_given("processes") && is_given("mode") && is_process() {
        let reason = "--processes spreads threads; with --mode process each worker is one";
        return Err(run.error(ErrorKind::ArgumentConflict, reason));
    }
    let Some(option) = SET_BY_EXAMPLE.iter().find(|option| is_given("example") && is_given(option)) else {
        return Ok(());
    };
    let reason =
        format!("--{} does not work together with --example, which has all set up", long_name(run, option));
    Err(run.error(ErrorKind::ArgumentConflict, reason))
}

/// Refuses options that mean nothing where two runs are compared.
fn check_compared(compare: &mut Command, matches: &ArgMatches) -> Result<(), clap::Error> {
    let is_given = |id: &&&str| matches.value_source(id) == Some(ValueSource::CommandLine);
    let Some(option) = NOT_COMPARED.iter().find(is_given) else { return Ok(()) };
    let reason = format!("--{} does not work with compare", long_name(compare, option));
    Err(compare.error(ErrorKind::ArgumentConflict, reason))
}

/// An option as it is written, without its dashes.
fn long_name(run: &Command, id: &str) -> String {
    let found = run.get_arguments().find(|argument| argument.get_id() == id);
    found.and_then(Arg::get_long).unwrap_or(id).to_owned()
}

/// Whether a run was asked to tell of itself as JSON, in words that were not understood.
fn wants_json(args: impl Iterator<Item = OsString>) -> bool {
    let mut words = args.skip(1).take_while(|word| word != "--");
    words.next().is_some_and(|word| word == "run" || word == "compare") && words.any(|word| word == "--json")
}

/// What was wrong, without usage and hints.
fn reason(refused: &clap::Error) -> String {
    let text = refused.to_string();
    let first = text.split("\n\n").next().unwrap_or_default();
    let lines = first.strip_prefix("error: ").unwrap_or(first).lines().map(str::trim);
    lines.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(line: &str) -> Option<String> {
        let words = line.split_whitespace().map(OsString::from);
        Cli::read(words).err().map(|refused| reason(&refused))
    }

    #[test]
    fn options_that_would_be_passed_over_are_refused() {
        for (line, expected) in [
            ("run -f double 1 --initializer x", "--initializer works only together with --python"),
            ("run -f double 1 --env A=1", "--env works only together with --command"),
            ("run --script a.py 1 --shell", "--shell works only together with --command"),
            ("run --command ls 1 --whole-file", "--whole-file works only together with --python"),
            ("run --script a.py -p a=1 1", "--param works only together with --function"),
            ("run -f double 1 --column x", "--column works only together with --input"),
            ("run -f double 1 --header yes", "--header works only together with --input"),
            ("run -f double 1 --bad-lines skip", "--bad-lines works only together with --input"),
            ("run -f double 1 --retry-delay 2", "--retry-delay works only together with --retries"),
            (
                "run --example Primes -w 2",
                "--workers does not work together with --example, which has all set up",
            ),
            (
                "run --example Primes -m thread",
                "--mode does not work together with --example, which has all set up",
            ),
            (
                "run -f double 1 -m process --processes 2",
                "--processes spreads threads; with --mode process each worker is one",
            ),
            ("compare -f double 1 -m thread", "--mode does not work with compare"),
            ("compare -f double 1 -o rows.csv", "--output does not work with compare"),
            ("compare -f double 1 --column x", "--column works only together with --input"),
        ] {
            assert_eq!(refusal(&format!("poolscope {line}")).as_deref(), Some(expected), "{line}");
        }
        for line in [
            "run -f double 1",
            "compare -f double 1 --seconds 2 -w 3 --json",
            "run -f estimate_pi -p seed=1 1",
            "run --command ls --shell --env A=1 1",
            "run --python a.py --initializer x -i f.csv --column 2",
            "file.csv",
            "functions",
        ] {
            assert_eq!(refusal(&format!("poolscope {line}")), None, "{line}");
        }
    }

    #[test]
    fn a_refusal_is_one_line() {
        let refused = refusal("poolscope run -f double 1 -w 0").unwrap();
        assert!(refused.starts_with("invalid value '0' for '--workers <N>'"), "{refused}");
        let refused = refusal("poolscope run -f double 1 --colum x").unwrap();
        assert_eq!(refused, "unexpected argument '--colum' found");
    }

    #[test]
    fn json_is_asked_for_before_the_inputs_alone() {
        let asks = |line: &str| wants_json(line.split_whitespace().map(OsString::from));
        assert!(asks("poolscope run -f double --json -w 0") && !asks("poolscope run -f upper -- --json"));
        assert!(!asks("poolscope --json"));
    }
}
