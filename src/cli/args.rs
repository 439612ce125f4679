//! The program's arguments, and the texts that explain them.

use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{Args, Parser, ValueEnum};

use super::function::FunctionArgs;
use super::guide::GuideArgs;
use super::lesson::LessonArgs;
use super::rules::RuleArgs;
use super::trust::TrustArgs;
use crate::error::{Error, Result};
use crate::input::{CellType, ColumnChoice, Encoding, Format};
use crate::pool::{ChunkRule, MAX_WORKERS, Mode};

/// Runs a function over inputs in worker processes or threads, and shows how it goes.
///
/// Without a command it opens its window, with FILE as the inputs where one is named.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true, max_term_width = 100)]
pub struct Cli {
    /// A file of inputs, a folder whose files are the inputs, a saved run (.poolrun), or a setup or lesson (.pool)
    pub file: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Option<Subcommand>,
}

/// What to do instead of opening the window.
#[derive(Debug, clap::Subcommand)]
pub enum Subcommand {
    /// Run a function over inputs in this terminal
    Run(Box<RunArgs>),
    /// Run the same inputs with processes and with threads, in turns, and say which is faster
    Compare(Box<CompareArgs>),
    /// List the functions that come with the program, or those of a file
    Functions(FunctionsArgs),
    /// Write a saved run in forms that other programs and people read
    Export(ExportArgs),
    /// Measure a claim about processes and threads on this machine, or list the claims
    Lesson(LessonArgs),
    /// Allow the Python interpreter of a folder's own virtual environment to be started, or list the allowed folders
    Trust(TrustArgs),
    /// Read the guide: list its topics, print one, or search it
    Guide(GuideArgs),
}

/// Write a saved run in forms that other programs and people read
///
/// Runs are saved with `run --save-run` and from the window. Files are written whole or not at all.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  poolscope export primes.poolrun --report primes.html --trace primes.json
  poolscope export processes.poolrun threads.poolrun --markdown runs.md")]
pub struct ExportArgs {
    /// Saved runs (.poolrun)
    #[arg(value_name = "RUN", required = true)]
    pub runs: Vec<PathBuf>,

    /// A report of one run as a web page that needs nothing else
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,

    /// What each worker did when, of one run, for ui.perfetto.dev and chrome://tracing
    #[arg(long, value_name = "FILE")]
    pub trace: Option<PathBuf>,

    /// A program in Python that does what one run has done
    #[arg(long, value_name = "FILE")]
    pub python: Option<PathBuf>,

    /// The rows of one run; the ending says how: .csv, .json or .jsonl
    #[arg(long, value_name = "FILE")]
    pub rows: Option<PathBuf>,

    /// The figures of all runs as a CSV table, a row a run
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,

    /// The same as a table in Markdown
    #[arg(long, value_name = "FILE")]
    pub markdown: Option<PathBuf>,
}

/// List the functions that come with the program, or those of a file
#[derive(Debug, Args)]
pub struct FunctionsArgs {
    /// A script, a Python file or a notebook; nothing of it is run
    pub file: Option<PathBuf>,

    /// The Python interpreter that reads the file [default: one of the system, none of the file's folder]
    #[arg(long, value_name = "PATH", requires = "file")]
    pub interpreter: Option<PathBuf>,
}

/// Run a function over inputs in this terminal
///
/// Results go to standard output, one a line in input order (an empty line where an item failed); workers' messages
/// and a summary go to standard error. Ctrl-C lets what is executing finish and ends the run, a second one ends it at
/// once; what is finished is kept either way.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  poolscope run -f double 1 2 3 4 5
  poolscope run -f is_prime 1..1000 -m thread -w 4
  poolscope run -f is_prime -i numbers.csv --column number -o rows.csv
  seq 1000 | poolscope run -f collatz_steps -i - --json
  poolscope run -f sleep_ms 10 99999 20 --timeout 2 --retries 1
  poolscope run --script-text 'def task(n): return n * 2' 1..5
  poolscope run --python tasks.py:train -i rows.csv --column '*'
  poolscope run --command 'gzip -k {}' -i folder
  poolscope run -f is_prime 1..1000 --save-run primes.poolrun
  poolscope run --example \"Pool that prints\"

Exit codes: 0 all items ok, 1 some failed, 2 wrong use (nothing was run), 130 interrupted.")]
pub struct RunArgs {
    /// Inputs, one a word: a value, a list such as '[2, 5]' (several arguments of one call), or a range such as 1..100;
    /// functions that take text, and commands, get the word as it is
    #[arg(value_name = "INPUT", allow_negative_numbers = true)]
    pub inputs: Vec<OsString>,

    /// Read the inputs from a file, a folder (each file is an input), or - for standard input
    #[arg(short, long = "input", value_name = "FILE", conflicts_with = "inputs")]
    pub input: Option<PathBuf>,

    /// The column of a table that holds the inputs: its name, or its number from 1; with * each row as a whole is an
    /// input, by the names of its columns
    #[arg(long, value_name = "NAME|NUMBER|*")]
    pub column: Option<ColumnArg>,

    /// Read the file while the run goes on and keep no more of it than needed, as for standard input and for files that
    /// are large beside the memory; the first rows then decide the type of all
    #[arg(long)]
    pub stream: bool,

    /// The format of the file
    #[arg(long, value_name = "FORMAT", default_value = "auto")]
    pub input_format: FormatArg,

    /// What the inputs are read as: text (as they are written), integer, float or json, of one column where it is named;
    /// may be given several times [default: what the function takes, else what they look like]
    #[arg(long = "type", value_name = "[COLUMN=]TYPE")]
    pub types: Vec<TypeArg>,

    /// Whether the first line of a table names its columns [default: told from the content]
    #[arg(long, value_name = "yes|no", value_parser = yes_or_no)]
    pub header: Option<bool>,

    /// What stands between the cells of a table: one character, or tab [default: told from the content]
    #[arg(long, value_name = "CHARACTER", value_parser = delimiter)]
    pub delimiter: Option<u8>,

    /// How the characters of the file are written as bytes, such as latin-1 [default: UTF-8, or what the file begins with]
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<Encoding>,

    /// What to do where a line of the file cannot be used
    #[arg(long, value_name = "WHAT", default_value = "stop")]
    pub bad_lines: BadLinesArg,

    #[command(flatten)]
    pub function: FunctionArgs,

    /// Whether workers are processes or threads
    #[arg(short, long, default_value = "process")]
    pub mode: ModeArg,

    /// How many workers, from 1 to 512 [default: the cores this process may use]
    #[arg(short, long, value_name = "N", value_parser = workers)]
    pub workers: Option<usize>,

    /// Spread the workers over so many processes, as threads: `-w 8 --processes 2` is two processes of four threads each
    #[arg(long, value_name = "P", value_parser = workers)]
    pub processes: Option<usize>,

    /// How many items go to a worker at a time: auto, even (CPython's rule) or a number
    #[arg(long, value_name = "auto|even|N", default_value = "auto", value_parser = ChunkRule::from_str)]
    pub chunk: ChunkRule,

    /// Also write all rows to this file; its ending says how: .csv, .json or .jsonl
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// In a CSV file, put a ' before texts that begin with =, +, - or @, so that a spreadsheet does not run them
    #[arg(long, requires = "output")]
    pub mark_formulas: bool,

    /// Keep what went well in an earlier run over the same inputs, whose rows were written to this file with -o, and run
    /// only the rest
    #[arg(long, value_name = "FILE", conflicts_with = "stream")]
    pub resume: Option<PathBuf>,

    /// Save the run with all its rows, messages and times in this file, whose name ends in .poolrun; `poolscope FILE` opens it
    #[arg(long, value_name = "FILE", conflicts_with = "stream")]
    pub save_run: Option<PathBuf>,

    /// Print one JSON object about the run instead of the results
    #[arg(long)]
    pub json: bool,

    #[command(flatten)]
    pub rules: RuleArgs,
}

/// Options of `run` that mean nothing where two modes are compared. They are there, as `compare` takes what `run` takes, and
/// are refused and not shown.
pub(super) const NOT_COMPARED: [&str; 9] =
    ["mode", "save_run", "processes", "output", "mark_formulas", "stream", "resume", "dry_run", "unordered"];

/// Run the same inputs with processes and with threads, in turns, and say which is faster
///
/// Each round runs all inputs with both, so the function is called many times for each input. It ends when the ratio of
/// the times is known to 3 %, when the time is up, or with Ctrl-C; what is known by then is said. Where one round takes
/// longer than the time, each runs once. Results are not printed; they are checked to be the same.
/// Two saved runs (.poolrun) are compared as they are, by one run each.
#[derive(Debug, Args)]
#[command(
    after_help = "\
Examples:
  poolscope compare -f is_prime 1..100000
  poolscope compare --python tasks.py:train -i rows.csv -w 4 --seconds 60
  poolscope compare -f collatz_steps 1..10000 --json
  poolscope compare before.poolrun after.poolrun

Exit codes: 0 all items ok, 1 some failed, 2 wrong use (nothing was run), 130 interrupted.",
    mut_group("which", |group| group.required(false)),
    mut_args(|argument| {
        let is_hidden = NOT_COMPARED.contains(&argument.get_id().as_str());
        if is_hidden { argument.hide(true) } else { argument }
    }),
    mut_arg("json", |argument| argument.help("Print one JSON object about the comparison"))
)]
pub struct CompareArgs {
    /// How long to go on with rounds at most; what has begun is finished
    #[arg(long, value_name = "SECONDS", default_value = "20", value_parser = seconds)]
    pub seconds: Duration,

    #[command(flatten)]
    pub run: RunArgs,
}

/// What workers are.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ModeArg {
    Process,
    Thread,
}

impl From<ModeArg> for Mode {
    fn from(mode: ModeArg) -> Self {
        match mode {
            ModeArg::Process => Self::Process,
            ModeArg::Thread => Self::Thread,
        }
    }
}

/// What becomes of lines that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BadLinesArg {
    /// Do not run; say which lines they are
    Stop,
    /// Run without them; say which lines they are
    Skip,
}

/// The format of an input file.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum FormatArg {
    /// Told from the content
    Auto,
    Lines,
    Csv,
    Tsv,
    Json,
    Jsonl,
}

impl FormatArg {
    /// The format, where one was named.
    pub fn named(self) -> Option<Format> {
        match self {
            Self::Auto => None,
            Self::Lines => Some(Format::Lines),
            Self::Csv => Some(Format::Csv),
            Self::Tsv => Some(Format::Tsv),
            Self::Json => Some(Format::Json),
            Self::Jsonl => Some(Format::Jsonl),
        }
    }
}

/// All columns for a star, otherwise one by its name or by its number.
#[derive(Debug, Clone)]
pub struct ColumnArg(pub ColumnChoice);

impl FromStr for ColumnArg {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(match text {
            "*" => ColumnChoice::All,
            _ => ColumnChoice::Name(text.to_owned()),
        }))
    }
}

/// A type of all inputs, or of those of one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeArg {
    pub column: Option<String>,
    pub cells: CellType,
}

impl FromStr for TypeArg {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        // A name may have such a sign itself; a type has none.
        let (column, cells) = match text.rsplit_once('=') {
            Some((column, cells)) => (Some(column.to_owned()), cells),
            None => (None, text),
        };
        Ok(Self { column, cells: cells.parse()? })
    }
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text {
        "yes" | "true" => Ok(true),
        "no" | "false" => Ok(false),
        _ => Err("it is yes or no".to_owned()),
    }
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [sign @ (b'\t' | b' '..=b'~')] if !sign.is_ascii_alphanumeric() && *sign != b'"' => Ok(*sign),
        _ => Err("it is one character that is no letter, digit or quote, such as ; or |, or the word tab"
            .to_owned()),
    }
}

fn workers(text: &str) -> Result<usize> {
    text.parse().ok().filter(|count| (1..=MAX_WORKERS).contains(count)).ok_or_else(|| {
        Error::usage("set the workers", format!("`{text}` is not a number from 1 to {MAX_WORKERS}"))
    })
}

fn seconds(text: &str) -> Result<Duration> {
    let seconds = text.parse().ok().filter(|seconds: &f64| *seconds > 0.0);
    seconds
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| Error::usage("set the time", format!("`{text}` is not a number of seconds above 0")))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_are_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_file_alone_is_for_the_window() {
        let cli = Cli::parse_from(["poolscope", "numbers.csv"]);
        assert_eq!((cli.file, cli.command.is_none()), (Some("numbers.csv".into()), true));
    }

    #[test]
    fn types_and_delimiters_are_read_as_people_write_them() {
        assert_eq!("text".parse(), Ok(TypeArg { column: None, cells: CellType::Text }));
        assert_eq!("a=b=int".parse(), Ok(TypeArg { column: Some("a=b".to_owned()), cells: CellType::Int }));
        assert!("text=a".parse::<TypeArg>().is_err());
        assert_eq!(["tab", "\\t", ";", "|", " "].map(delimiter), [b'\t', b'\t', b';', b'|', b' '].map(Ok));
        assert!(["", "ab", "1", "\"", "é"].into_iter().all(|text| delimiter(text).is_err()));
    }

    #[test]
    fn a_time_is_a_number_of_seconds() {
        assert_eq!(seconds("2.5"), Ok(Duration::from_millis(2500)));
        assert!(["0", "-1", "nan", "inf", "soon", "1e300"].into_iter().all(|text| seconds(text).is_err()));
    }

    #[test]
    fn negative_inputs_are_inputs() {
        let cli = Cli::parse_from(["poolscope", "run", "-f", "double", "-7", "1"]);
        let Some(Subcommand::Run(args)) = cli.command else { panic!("{cli:?}") };
        assert_eq!(args.inputs, ["-7", "1"]);
    }
}
