//! Loads a file, a folder or a stream: opens it, finds its format, and has the right reader read it.

use std::cell::RefCell;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::bad::BadLines;
use super::cells::{Cells, Writing};
use super::columns::find_column;
use super::detect::Beginning;
use super::options::{ColumnChoice, Format, LoadOptions};
use super::progress::{Metered, Progress};
use super::rows::{Lines, Rows};
use super::target::Target;
use super::{folder, json, table};
use crate::error::{Error, Result};
use crate::value::{Column, grouped};

/// How much of a file decides its format.
const BEGINNING_BYTES: u64 = if cfg!(fuzzing) { 512 } else { 64 * 1024 };

/// For so long a beginning is waited for that is read while others wait for it.
const SLOW_BEGINNING: Duration = Duration::from_millis(50);

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Inputs that were read from somewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The inputs.
    pub column: Arc<Column>,
    /// The name of the file or folder, without its path.
    pub name: String,
    /// The layout that was given or found; that of a folder is lines.
    pub format: Format,
    /// The columns or keys that can be chosen; empty where there are none.
    pub columns: Vec<String>,
    /// The place of the inputs among `columns`, counted from 0.
    pub chosen_column: Option<usize>,
    /// Whether the first line names the columns.
    pub has_header: bool,
    /// The lines that are not among the inputs.
    pub bad: BadLines,
    /// The bytes that were read; of a folder, those of its files together.
    pub size_bytes: u64,
}

impl Loaded {
    /// How many inputs of what type, and the memory they take: "100,000 integers · 0.8 MB".
    pub fn describe(&self) -> String {
        let (count, plural) = (self.column.len(), self.column.column_type().plural());
        let cells = match count {
            1 => plural.strip_suffix('s').unwrap_or(plural),
            _ => plural,
        };
        format!("{} {cells} · {}", grouped(count as u64), size_text(self.column.size_bytes()))
    }
}

fn size_text(size_bytes: usize) -> String {
    match size_bytes {
        0..1000 => format!("{size_bytes} B"),
        1000..100_000 => format!("{:.1} kB", size_bytes as f64 / 1e3),
        100_000..1_000_000_000 => format!("{:.1} MB", size_bytes as f64 / 1e6),
        _ => format!("{:.1} GB", size_bytes as f64 / 1e9),
    }
}

/// What a reader of one format finds.
pub(super) struct Content {
    pub column: Column,
    pub bad: BadLines,
    pub format: Format,
    pub columns: Vec<String>,
    pub chosen_column: Option<usize>,
    pub has_header: bool,
}

/// A reason of our own on its way through code that reads.
pub(super) fn rejected(reason: String) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, reason)
}

/// Loads a file, or a folder whose files become inputs by their paths.
pub fn load_path(path: &Path, options: &LoadOptions, progress: &Progress) -> Result<Loaded> {
    let shown = path.display().to_string();
    let fail = |error| failure(&shown, error, progress);
    let about = fs::metadata(path).map_err(fail)?;
    let name = path.file_name().map_or_else(|| shown.clone(), |name| name.to_string_lossy().into_owned());
    if about.is_dir() {
        let (content, size_bytes) = folder::load(path, options, progress).map_err(fail)?;
        return loaded(content, name, &shown, size_bytes);
    }
    if !about.is_file() {
        // Opening a pipe would wait for someone to write, a device may never end.
        return Err(Error::input(format!("read {shown}"), "it is neither a file nor a folder"));
    }
    progress.set_total_bytes(about.len());
    let file = File::open(path).map_err(fail)?;
    let content = read_content(file, &name, options, Target::column(progress)).map_err(fail)?;
    loaded(content, name, &shown, progress.read_bytes())
}

/// Loads what a reader gives, such as standard input, under the given name.
pub fn load_reader(
    reader: impl Read,
    name: &str,
    options: &LoadOptions,
    progress: &Progress,
) -> Result<Loaded> {
    let content = read_content(reader, name, options, Target::column(progress))
        .map_err(|error| failure(name, error, progress))?;
    loaded(content, name.to_owned(), name, progress.read_bytes())
}

/// Reads a file and passes its inputs on in pieces, each with what could not be used so far, until `on_piece` says that
/// it wants no more; gives what could not be used. Memory is bounded by a piece.
///
/// The type of the inputs is told from the first ones (the first 1000, or those of the first moments of a slow file),
/// and later cells that do not fit it are bad lines.
pub fn stream_path(
    path: &Path,
    options: &LoadOptions,
    progress: &Progress,
    on_piece: impl FnMut(Column, &BadLines) -> bool,
) -> Result<BadLines> {
    let shown = path.display().to_string();
    let file = File::open(path).map_err(|error| failure(&shown, error, progress))?;
    stream_reader(file, &shown, options, progress, on_piece)
}

/// The same for what a reader gives, such as standard input.
pub fn stream_reader(
    reader: impl Read,
    name: &str,
    options: &LoadOptions,
    progress: &Progress,
    on_piece: impl FnMut(Column, &BadLines) -> bool,
) -> Result<BadLines> {
    let on_piece = RefCell::new(on_piece);
    let content = read_content(reader, name, options, Target::pieces(progress, &on_piece));
    content.map(|content| content.bad).map_err(|error| failure(name, error, progress))
}

fn read_content(reader: impl Read, name: &str, options: &LoadOptions, to: Target<'_>) -> io::Result<Content> {
    let mut reader = Metered::new(reader, to.progress);
    let mut head = Vec::new();
    let is_whole = read_beginning(&mut reader, &mut head, to)?;
    let text = head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&head);
    let beginning = Beginning::new(text, is_whole, name);
    if let Some(reason) = beginning.why_not_text() {
        return Err(rejected(reason.to_owned()));
    }
    let format = options.format.unwrap_or_else(|| beginning.format());
    let reader = text.chain(reader);
    match format {
        Format::Lines => load_lines(reader, options, to),
        Format::Csv | Format::Tsv => table::load(reader, format, beginning.delimiter(format), options, to),
        Format::Json => json::load_list(reader, options, to),
        Format::Jsonl => json::load_lines(reader, options, to),
    }
}

/// Reads what decides the format and tells whether that is all there is. Where the rest is wanted as it comes, a slow
/// writer is not waited for longer than a moment.
fn read_beginning(reader: &mut impl Read, head: &mut Vec<u8>, to: Target<'_>) -> io::Result<bool> {
    let begun = Instant::now();
    while head.len() < BEGINNING_BYTES as usize {
        let is_enough = to.is_in_pieces() && begun.elapsed() >= SLOW_BEGINNING && head.contains(&b'\n');
        if is_enough {
            return Ok(false);
        }
        let before = head.len();
        head.resize(BEGINNING_BYTES as usize, 0);
        let read = reader.read(&mut head[before..]);
        head.truncate(before + read.as_ref().copied().unwrap_or_default());
        match read {
            Ok(0) => return Ok(true),
            Err(error) if error.kind() != ErrorKind::Interrupted => return Err(error),
            Ok(_) | Err(_) => {}
        }
    }
    Ok(false)
}

fn load_lines(reader: impl Read, options: &LoadOptions, to: Target<'_>) -> io::Result<Content> {
    match &options.column {
        // The first column of lines is the lines.
        None | Some(ColumnChoice::Number(1)) => {}
        Some(choice) => {
            find_column(&[], choice).map_err(rejected)?;
        }
    }
    let mut cells = Cells::new(Writing::Plain, options.cells, to);
    let mut lines = Lines::new(reader);
    while lines.advance()? {
        cells.push_row(lines.row());
    }
    let (column, bad) = cells.finish();
    let (columns, format) = (Vec::new(), Format::Lines);
    Ok(Content { column, bad, format, columns, chosen_column: None, has_header: false })
}

fn loaded(content: Content, name: String, shown: &str, size_bytes: u64) -> Result<Loaded> {
    let Content { column, bad, format, columns, chosen_column, has_header } = content;
    if column.is_empty() {
        return Err(Error::input(format!("read {shown}"), why_nothing(&bad, has_header)));
    }
    let column = Arc::new(column);
    Ok(Loaded { column, name, format, columns, chosen_column, has_header, bad, size_bytes })
}

fn why_nothing(bad: &BadLines, has_header: bool) -> String {
    match bad.first.first() {
        Some(first) if bad.count == 1 => format!("its only row cannot be used: {}", first.sentence()),
        Some(first) => {
            let count = grouped(bad.count);
            format!("none of its {count} rows can be used, the first is {}", first.sentence())
        }
        None if has_header => "it has a header line and nothing below it".to_owned(),
        None => "it is empty".to_owned(),
    }
}

fn failure(shown: &str, error: io::Error, progress: &Progress) -> Error {
    let action = format!("read {shown}");
    if progress.is_cancelled() {
        return Error::input(action, "cancelled");
    }
    match error.kind() {
        ErrorKind::InvalidData => Error::input(action, error),
        ErrorKind::NotFound => Error::io(action, "there is no such file or folder"),
        ErrorKind::PermissionDenied => Error::io(action, "reading it is not permitted"),
        _ => Error::io(action, error),
    }
}
