//! Loads a file, a folder or a stream: opens it, finds its format, and has the right reader read it.

use std::cell::RefCell;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::bad::BadLines;
use super::beginning::read_beginning;
use super::cells::CellSink;
use super::columns::{check_types, find_column};
use super::detect::Beginning;
use super::encoding::{Encoding, Transcoder};
use super::line_ends::{LineFeeds, has_old_line_ends};
use super::options::{Format, LoadOptions};
use super::progress::{LoadProgress, Metered};
use super::rows::{Lines, RawRows};
use super::target::InputTarget;
use super::{folder, json, os, rejected, table};
use crate::error::{Error, Result};
use crate::value::{Column, grouped};

/// After so long it is tried again whether there is something to read.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

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
    /// What stands between the cells of a table.
    pub delimiter: Option<u8>,
    /// Lines above a table that are no part of it: comments and titles.
    pub skipped_lines: u64,
    /// How characters are written as bytes.
    pub encoding: Encoding,
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
    pub delimiter: Option<u8>,
    pub skipped_lines: u64,
    pub encoding: Encoding,
}

impl Content {
    /// Inputs that do not come from a table.
    pub(super) fn new(column: Column, bad: BadLines, format: Format) -> Self {
        Self {
            column,
            bad,
            format,
            columns: Vec::new(),
            chosen_column: None,
            has_header: false,
            delimiter: None,
            skipped_lines: 0,
            encoding: Encoding::UTF_8,
        }
    }
}

/// Loads a file, or a folder whose files become inputs by their paths.
///
/// The error names the file, and where it can the line and the cell. Rows that could not be used are no error: they
/// are listed in [`Loaded::bad`].
///
/// ```
/// use poolscope::input::{ColumnChoice, LoadOptions, LoadProgress, load_path};
/// use poolscope::value::Column;
///
/// # let folder = tempfile::tempdir().map_err(|error| poolscope::error::Error::io("make a folder", error))?;
/// let path = folder.path().join("people.csv");
/// # let write = |text: &str| std::fs::write(&path, text).map_err(|error| poolscope::error::Error::io("write", error));
/// write("name,age\nAda,36\nAlan,41\n")?;
/// let options = LoadOptions { column: Some(ColumnChoice::Name("age".to_owned())), ..LoadOptions::default() };
/// let loaded = load_path(&path, &options, &LoadProgress::default())?;
/// assert_eq!(loaded.column.iter().map(|cell| cell.to_json()).collect::<Vec<_>>(), [36, 41]);
/// # Ok::<(), poolscope::error::Error>(())
/// ```
pub fn load_path(path: &Path, options: &LoadOptions, progress: &LoadProgress) -> Result<Loaded> {
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
    let content = read_content(file, &name, options, InputTarget::column(progress)).map_err(fail)?;
    loaded(content, name, &shown, progress.read_bytes())
}

/// Loads what a reader gives, such as standard input, under the given name.
pub fn load_reader(
    reader: impl Read,
    name: &str,
    options: &LoadOptions,
    progress: &LoadProgress,
) -> Result<Loaded> {
    let content = read_content(reader, name, options, InputTarget::column(progress))
        .map_err(|error| failure(name, error, progress))?;
    loaded(content, name.to_owned(), name, progress.read_bytes())
}

/// Reads a file and passes its inputs on in pieces, each with what could not be used so far, until `on_piece` says that
/// it wants no more; gives what could not be used. Memory is bounded by a piece.
///
/// Each piece is of numbers or of text; where a column of numbers has its first word after a piece went on,
/// [`BadLines::widened_line`] tells.
pub fn stream_path(
    path: &Path,
    options: &LoadOptions,
    progress: &LoadProgress,
    on_piece: impl FnMut(Column, &BadLines) -> bool,
) -> Result<BadLines> {
    let shown = path.display().to_string();
    let file = File::open(path).map_err(|error| failure(&shown, error, progress))?;
    stream_file(&file, &shown, options, progress, on_piece)
}

/// The same for an open file, such as standard input. What it gives is passed on when it is silent for a moment, and it may
/// be one that never waits by itself (`O_NONBLOCK`).
pub fn stream_file(
    file: &File,
    name: &str,
    options: &LoadOptions,
    progress: &LoadProgress,
    on_piece: impl FnMut(Column, &BadLines) -> bool,
) -> Result<BadLines> {
    let on_piece = RefCell::new(on_piece);
    let is_more_within = |patience| os::is_readable_within(file, patience);
    let to = InputTarget::pieces(progress, &on_piece).with_silence(&is_more_within);
    read_in_pieces(WaitingReader(file), name, options, to)
}

/// The same for what a reader gives.
pub fn stream_reader(
    reader: impl Read,
    name: &str,
    options: &LoadOptions,
    progress: &LoadProgress,
    on_piece: impl FnMut(Column, &BadLines) -> bool,
) -> Result<BadLines> {
    let on_piece = RefCell::new(on_piece);
    read_in_pieces(reader, name, options, InputTarget::pieces(progress, &on_piece))
}

fn read_in_pieces(
    reader: impl Read,
    name: &str,
    options: &LoadOptions,
    to: InputTarget<'_>,
) -> Result<BadLines> {
    let content = read_content(reader, name, options, to);
    content.map(|content| content.bad).map_err(|error| failure(name, error, to.progress))
}

/// A file whose reader waits for what is not there yet, whatever whoever opened it has set.
pub struct WaitingReader<'f>(pub &'f File);

impl Read for WaitingReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.0.read(buffer) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    os::is_readable_within(self.0, LONGEST_WAIT);
                }
                read => return read,
            }
        }
    }
}

fn read_content(
    reader: impl Read,
    name: &str,
    options: &LoadOptions,
    to: InputTarget<'_>,
) -> io::Result<Content> {
    let mut reader = Metered::new(reader, to.progress);
    let mut head = Vec::new();
    let is_whole = read_beginning(&mut reader, &mut head, options, to)?;
    if Encoding::is_utf32(&head) {
        return Err(rejected(
            "its characters are written as UTF-32, which is not read; save it as UTF-8".to_owned(),
        ));
    }
    let (encoding, mark_bytes) = match (options.encoding, Encoding::by_mark(&head)) {
        (Some(encoding), Some((marked, length))) if encoding == marked => (encoding, length),
        (Some(encoding), _) => (encoding, 0),
        (None, Some(marked)) => marked,
        (None, None) => (Encoding::by_zeros(&head).unwrap_or(Encoding::UTF_8), 0),
    };
    let text = &head[mark_bytes..];
    if encoding == Encoding::UTF_8 {
        let content = read_text(text, is_whole, reader, name, options, to)?;
        return Ok(with_guess(content, &head));
    }
    let mut reader = Transcoder::new(text.chain(reader), encoding);
    let mut head = Vec::new();
    let is_whole = read_beginning(&mut reader, &mut head, options, to)?;
    let content = read_text(&head, is_whole, reader, name, options, to)?;
    Ok(Content { encoding, ..content })
}

/// The beginning of a file tells its encoding more surely than a single line that is not UTF-8.
fn with_guess(mut content: Content, head: &[u8]) -> Content {
    if content.bad.encoding.is_some()
        && std::str::from_utf8(head).is_err_and(|error| error.error_len().is_some())
    {
        content.bad.encoding = Some(Encoding::guess(head));
    }
    content
}

/// Reads UTF-8 text, of which the beginning was read already.
fn read_text(
    head: &[u8],
    is_whole: bool,
    reader: impl Read,
    name: &str,
    options: &LoadOptions,
    to: InputTarget<'_>,
) -> io::Result<Content> {
    if has_old_line_ends(head) {
        let mut reader = LineFeeds::new(head.chain(reader));
        let mut head = Vec::new();
        let is_whole = read_beginning(&mut reader, &mut head, options, to)?;
        return read_lines_of(&head, is_whole, &mut reader, name, options, to);
    }
    read_lines_of(head, is_whole, &mut { reader }, name, options, to)
}

fn read_lines_of(
    head: &[u8],
    is_whole: bool,
    // One kind of reader for all, so that the loaders are compiled once.
    reader: &mut dyn Read,
    name: &str,
    options: &LoadOptions,
    to: InputTarget<'_>,
) -> io::Result<Content> {
    let beginning = Beginning::new(head, is_whole, name);
    if let Some(reason) = beginning.why_not_text() {
        return Err(rejected(reason.to_owned()));
    }
    let layout = beginning.layout(options);
    let reader = head.chain(reader);
    match layout.format {
        Format::Lines => load_lines(reader, options, to),
        Format::Csv | Format::Tsv => table::load(reader, layout, options, to),
        Format::Json => json::load_list(reader, options, to),
        Format::Jsonl => json::load_lines(reader, options, to),
    }
}

fn load_lines(reader: impl Read, options: &LoadOptions, to: InputTarget<'_>) -> io::Result<Content> {
    // The first column of lines is the lines.
    if let Some(choice) = options.column.as_ref().filter(|column| !column.is_first()) {
        find_column(&[], choice).map_err(rejected)?;
    }
    check_types(&[], options).map_err(rejected)?;
    let mut cells = CellSink::lines(options.types.of(None), options.types.is_hint, to);
    let mut lines = Lines::new(reader);
    while lines.advance()? {
        cells.push_row(lines.row());
        cells.pass_on_in_silence(&lines);
    }
    let (column, bad) = cells.finish();
    Ok(Content::new(column, bad, Format::Lines))
}

fn loaded(content: Content, name: String, shown: &str, size_bytes: u64) -> Result<Loaded> {
    let Content { column, bad, format, columns, chosen_column, has_header, .. } = content;
    if column.is_empty() {
        return Err(Error::input(format!("read {shown}"), why_nothing(&bad, has_header)));
    }
    let column = Arc::new(column);
    Ok(Loaded {
        column,
        name,
        format,
        columns,
        chosen_column,
        has_header,
        delimiter: content.delimiter,
        skipped_lines: content.skipped_lines,
        encoding: content.encoding,
        bad,
        size_bytes,
    })
}

fn why_nothing(bad: &BadLines, has_header: bool) -> String {
    match bad.first.first() {
        Some(first) => {
            let hint = bad.hint().map_or(String::new(), |hint| format!("; {hint}"));
            let first = first.sentence();
            match bad.count {
                1 => format!("its only row cannot be used: {first}{hint}"),
                count => {
                    format!("none of its {} rows can be used, the first is {first}{hint}", grouped(count))
                }
            }
        }
        None if has_header => "it has a header line and nothing below it".to_owned(),
        None => "it is empty".to_owned(),
    }
}

fn failure(shown: &str, error: io::Error, progress: &LoadProgress) -> Error {
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
