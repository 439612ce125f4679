//! Where the inputs of a run come from: typed ones, a file read as a whole, or one that is read while the run goes on.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::{BadLinesArg, RunArgs, TypeArg};
use super::os;
use super::streams::say;
use crate::error::{Error, Result};
use crate::function::{FunctionSpec, Takes};
use crate::input::{self, BadLines, CellTypes, FoundTable, LoadOptions, LoadProgress, WaitingReader};
use crate::monitor;
use crate::pool::InputSender;
use crate::value::{Column, grouped, shortened};

/// A file that takes more than one part in so many of the memory is not read as a whole.
const MEMORY_DIVISOR: u64 = 4;
/// Its name in what is said.
const STANDARD_INPUT: &str = "standard input";

/// The inputs of a run.
pub enum InputSource {
    Whole { name: String, column: Arc<Column> },
    Stream(StreamedInputs),
}

/// Inputs that are read while the run goes on.
pub struct StreamedInputs {
    path: PathBuf,
    options: LoadOptions,
    bad_lines: BadLinesArg,
}

impl InputSource {
    /// What the arguments name, for this function; all of it before the run where that `needs_all`.
    pub fn of(args: &RunArgs, function: &FunctionSpec, needs_all: bool) -> Result<Self> {
        let types = types(args, function);
        let Some(path) = &args.input else {
            if let Some(column) = args.types.iter().find_map(|TypeArg { column, .. }| column.as_ref()) {
                let reason =
                    format!("typed inputs have no columns; `--type {column}=...` needs a file (-i FILE)");
                return Err(Error::usage("read the inputs", reason));
            }
            // What does not fit is named with what the function takes, before anything runs.
            let types = CellTypes { is_hint: args.types.is_empty(), ..types };
            return typed(&args.inputs, function.takes()?, types);
        };
        let options = LoadOptions {
            format: args.input_format.named(),
            column: args.column.as_ref().map(|column| column.0.clone()),
            types,
            needs_typed_columns: !args.types.is_empty(),
            header: args.header,
            delimiter: args.delimiter,
            encoding: args.encoding,
        };
        // What is kept of an earlier run is compared with the inputs, which have to be there for that, and what a dry run
        // shows is no run that could go on meanwhile.
        let needs_all = needs_all || args.resume.is_some() || args.function.dry_run;
        let is_stream = args.stream || path == Path::new("-") || is_pipe(path) || is_large(path);
        if is_stream && !needs_all {
            return Ok(Self::Stream(StreamedInputs {
                path: path.clone(),
                options,
                bad_lines: args.bad_lines,
            }));
        }
        let progress = LoadProgress::default();
        let loaded = if path == Path::new("-") {
            let reader = WaitingReader(&standard_input()?);
            input::load_reader(reader, STANDARD_INPUT, &options, &progress)?
        } else if is_pipe(path) {
            let name = path.display().to_string();
            let pipe = File::open(path).map_err(|error| Error::io(format!("read {name}"), error))?;
            input::load_reader(pipe, &name, &options, &progress)?
        } else {
            input::load_path(path, &options, &progress)?
        };
        if let Some(table) = progress.table() {
            report_table(table, &loaded.name);
        }
        match progress.left_out() {
            0 => {}
            left => say(&format!(
                "{}: {} of what is in it are no inputs: hidden files, folders, or links that lead nowhere",
                loaded.name,
                grouped(left)
            )),
        }
        report_short(&loaded.bad, &loaded.name);
        report_bad_lines(&loaded.bad, args.bad_lines, &loaded.name)?;
        Ok(Self::Whole { name: loaded.name, column: loaded.column })
    }

    /// For titles.
    pub fn name(&self) -> String {
        match self {
            Self::Whole { name, .. } => name.clone(),
            Self::Stream(stream) => stream.name(),
        }
    }

    /// The inputs that are there before the run.
    pub fn column(&self) -> Arc<Column> {
        match self {
            Self::Whole { column, .. } => Arc::clone(column),
            Self::Stream(_) => Arc::default(),
        }
    }
}

/// What the arguments say that inputs are read as, else what the function does.
fn types(args: &RunArgs, function: &FunctionSpec) -> CellTypes {
    if args.types.is_empty() {
        return function.wants();
    }
    let mut types = CellTypes { parameters: function.wants().parameters, ..CellTypes::default() };
    for TypeArg { column, cells } in &args.types {
        match column {
            Some(column) => _ = types.by_column.insert(column.clone(), *cells),
            None => types.all = Some(*cells),
        }
    }
    types
}

fn typed(inputs: &[OsString], takes: Takes, types: CellTypes) -> Result<InputSource> {
    let column = match (inputs, takes) {
        ([], Takes::Nothing) => Column::None(1),
        ([], _) => {
            let reason = "name them after the function, or a file of them with -i FILE";
            return Err(Error::input("start the pool", format!("there are no inputs; {reason}")));
        }
        (words, _) => {
            check_single(words, takes)?;
            input::parse_words(words, &types)?
        }
    };
    Ok(InputSource::Whole { name: "typed inputs".to_owned(), column: Arc::new(column) })
}

/// Several numbers in one word are no number, and what a person meant is plain.
fn check_single(words: &[OsString], takes: Takes) -> Result<()> {
    if !matches!(takes, Takes::Integer | Takes::Number) {
        return Ok(());
    }
    for word in words.iter().filter_map(|word| word.to_str()) {
        let inner = word.trim().trim_start_matches(['[', '(']).trim_end_matches([']', ')']);
        let numbers: Vec<&str> = inner.split(',').map(str::trim).collect();
        if numbers.len() > 1 && numbers.iter().all(|number| number.parse::<f64>().is_ok()) {
            let apart = numbers.join(" ");
            let reason = format!("`{word}` is one input; give each number as a word of its own: {apart}");
            return Err(Error::input("read the inputs", reason));
        }
    }
    Ok(())
}

/// A pipe with a name, as a shell makes one of `<(command)`, or a device: to open it waits for whoever writes to it.
fn is_pipe(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|about| !about.is_file() && !about.is_dir())
}

fn is_large(path: &Path) -> bool {
    let memory_bytes = monitor::total_memory_bytes();
    let is_larger = |size_bytes| memory_bytes > 0 && size_bytes > memory_bytes / MEMORY_DIVISOR;
    fs::metadata(path).is_ok_and(|about| about.is_file() && is_larger(about.len()))
}

impl StreamedInputs {
    fn name(&self) -> String {
        if self.path == Path::new("-") { STANDARD_INPUT.to_owned() } else { self.path.display().to_string() }
    }

    /// Whether it can be read at all; better known before workers start.
    pub fn check(&self) -> Result<()> {
        if self.path == Path::new("-") || is_pipe(&self.path) {
            return Ok(());
        }
        let failed = |reason: String| Err(Error::input(format!("read {}", self.name()), reason));
        match File::open(&self.path).and_then(|file| file.metadata()) {
            Err(error) => failed(error.to_string()),
            Ok(about) if about.is_dir() => failed("a folder is read as a whole, without --stream".to_owned()),
            Ok(_) => Ok(()),
        }
    }

    /// Reads to the end, or until the run is over.
    pub fn read(self, feed: &mut InputSender) -> Result<()> {
        let progress = LoadProgress::default();
        let stops_at_bad = self.bad_lines == BadLinesArg::Stop;
        let mut is_over = false;
        let mut first_bad = None;
        let (mut is_first, name) = (true, self.name());
        let on_piece = |column: Column, bad: &BadLines| {
            if let (true, Some(table)) = (std::mem::take(&mut is_first), progress.table()) {
                report_table(table, &name);
            }
            if stops_at_bad && bad.count > 0 {
                first_bad = Some(bad.clone());
                return false;
            }
            is_over |= !feed.push(column);
            !is_over
        };
        let read = if self.path == Path::new("-") {
            input::stream_file(&standard_input()?, STANDARD_INPUT, &self.options, &progress, on_piece)
        } else {
            input::stream_path(&self.path, &self.options, &progress, on_piece)
        };
        match (first_bad, read) {
            (Some(bad), _) => report_bad_lines(&bad, BadLinesArg::Stop, &self.name()),
            (None, Err(_)) if is_over => Ok(()),
            (None, Ok(bad)) => {
                report_widened(&bad, &self.name());
                report_short(&bad, &self.name());
                report_bad_lines(&bad, self.bad_lines, &self.name())
            }
            (None, Err(error)) => Err(error),
        }
    }
}

fn standard_input() -> Result<File> {
    os::standard_input().map_err(|error| Error::io(format!("read {STANDARD_INPUT}"), error))
}

/// Inputs that went on as numbers before a word came cannot be taken back.
fn report_widened(bad: &BadLines, name: &str) {
    if let Some(line) = bad.widened_line {
        say(&format!(
            "line {line} of {name} is not a number: the inputs from there on are text, those before were given as numbers; \
             --type text reads all as text"
        ));
    }
}

/// Which column of a table is taken, where nobody has said which.
fn report_table(table: &FoundTable, name: &str) {
    let FoundTable { columns, chosen_column, delimiter, has_header, skipped_lines } = table;
    if let [only] = columns.as_slice() {
        let only = shortened(only, 60);
        return say(&format!(
            "{name} is read as a table with one column: the first line, `{only}`, is its name and not an input \
             (--input-format lines makes it an input)"
        ));
    }
    let sign = match delimiter {
        b'\t' => "tabs".to_owned(),
        sign => format!("`{}`", sign.escape_ascii()),
    };
    let column = match chosen_column {
        Some(place) if *has_header => {
            format!("`{}` of {} columns", shortened(&columns[*place], 60), columns.len())
        }
        Some(place) => format!("column {} of {}, which have no names", place + 1, columns.len()),
        None => "its rows, which have a column for each parameter".to_owned(),
    };
    let skipped = match skipped_lines {
        0 => String::new(),
        1 => "; the line above it is passed over".to_owned(),
        lines => format!("; the {lines} lines above it are passed over"),
    };
    say(&format!(
        "{name} is read as a table separated by {sign}: the inputs are {column} (--column takes another, --input-format \
         lines takes whole lines){skipped}"
    ));
}

/// Rows that end early are used, but a file that was cut has them, too.
fn report_short(bad: &BadLines, name: &str) {
    if let Some(sentence) = bad.short_sentence() {
        say(&format!("{name}: {sentence}"));
    }
}

fn report_bad_lines(bad: &BadLines, what: BadLinesArg, name: &str) -> Result<()> {
    let shown = bad.first.iter().take(5);
    let list: Vec<String> =
        shown.map(|line| format!("line {} \"{}\": {}", line.line, line.text, line.reason)).collect();
    let more = if bad.count > list.len() as u64 { format!("; {} in all", bad.count) } else { String::new() };
    let more = more + &bad.hint().map_or(String::new(), |hint| format!("; {hint}"));
    match what {
        _ if bad.count == 0 => Ok(()),
        BadLinesArg::Skip => {
            let lines = if bad.count == 1 { "line" } else { "lines" };
            say(&format!("{} {lines} of {name} skipped: {}{more}", bad.count, list.join("; ")));
            Ok(())
        }
        BadLinesArg::Stop => {
            let hint = "--bad-lines skip runs the rest";
            Err(Error::input(
                format!("use all lines of {name}"),
                format!("{}{more} ({hint})", list.join("; ")),
            ))
        }
    }
}
