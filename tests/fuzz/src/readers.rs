//! What must hold for any file.

use std::io::{self, Read};

use poolscope::error::Result;
use poolscope::input::{
    CellType, CellTypes, ColumnChoice, Encoding, Format, LoadOptions, LoadProgress, Loaded, load_reader,
    stream_reader,
};
use poolscope::value::{Column, ValueRef};
use serde::de::IgnoredAny;

/// No line or element is near the longest row, which fuzzing makes 1 KiB.
const SHORT_BYTES: usize = 1000;

/// Gives a few bytes a call.
struct Drip<'a>(&'a [u8], usize);

impl Read for Drip<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.len().min(self.1).min(buffer.len());
        buffer[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

/// Reads `bytes` as a file of this format: plainly, and with options that its last byte decides.
pub fn check_reader(format: Option<Format>, bytes: &[u8]) {
    let plain = LoadOptions { format, ..LoadOptions::default() };
    if let Ok(loaded) = load(bytes, &plain) {
        check_loaded(&loaded, bytes);
    }
    let chosen = options(format, bytes.last().copied().unwrap_or_default());
    let at_once = load(bytes, &chosen);
    if let Ok(loaded) = &at_once {
        check_loaded(loaded, bytes);
        check_stream(loaded, bytes, &chosen);
    }
    let step = usize::from(bytes.first().copied().unwrap_or_default() % 13) + 1;
    let dripped = load(Drip(bytes, step), &chosen);
    if dripped != at_once {
        // Compared as they are shown too, because a NaN is not equal to itself.
        assert_eq!(format!("{dripped:?}"), format!("{at_once:?}"), "{chosen:?}, {step} bytes a call");
    }
    if format == Some(Format::Lines) {
        check_texts(bytes);
    }
}

fn load(reader: impl Read, options: &LoadOptions) -> Result<Loaded> {
    load_reader(reader, "n", options, &LoadProgress::new())
}

/// In pieces come the same inputs as at once, unless it is said that a column turned out to be text too late.
fn check_stream(loaded: &Loaded, bytes: &[u8], options: &LoadOptions) {
    let mut cells = Vec::new();
    let bad = stream_reader(bytes, "n", options, &LoadProgress::new(), |piece, _| {
        cells.extend(piece.iter().map(|cell| format!("{cell:?}")));
        true
    });
    let bad = bad.expect("what could be read at once");
    assert_eq!(bad.count, loaded.bad.count);
    // A column without a number and without another word is text as a whole, and in pieces nothing yet.
    let is_undecided = |cell: ValueRef<'_>| match cell {
        ValueRef::Text(text) => text.trim().is_empty() || text.trim().parse::<f64>().is_ok(),
        cell => cell == ValueRef::None,
    };
    if bad.widened_line.is_none() && !loaded.column.iter().all(is_undecided) {
        let at_once: Vec<String> = loaded.column.iter().map(|cell| format!("{cell:?}")).collect();
        assert_eq!(cells, at_once, "{loaded:?}");
    }
}

/// Most files end in a line end, which leaves all options alone.
fn options(format: Option<Format>, last: u8) -> LoadOptions {
    let cells =
        [None, Some(CellType::Int), Some(CellType::Float), Some(CellType::Text)][usize::from(last % 4)];
    let column = match last / 4 % 8 {
        1 => Some(ColumnChoice::Number(1)),
        3 => Some(ColumnChoice::Number(2)),
        5 => Some(ColumnChoice::Name("n".into())),
        7 => Some(ColumnChoice::Name("2".into())),
        _ => None,
    };
    let cells = if last == b'\n' { None } else { cells };
    let types = CellTypes { all: cells, is_hint: last.is_multiple_of(3), ..CellTypes::default() };
    LoadOptions { format, column, types, ..LoadOptions::default() }
}

fn check_loaded(loaded: &Loaded, bytes: &[u8]) {
    assert!(!loaded.column.is_empty());
    // What follows a closed list is looked at and not read.
    assert!(loaded.size_bytes == bytes.len() as u64 || loaded.format == Format::Json);
    assert!(loaded.chosen_column.is_none_or(|place| place < loaded.columns.len().max(1)));
    assert!(loaded.bad.first.is_sorted_by_key(|bad| bad.line));
    assert_eq!(loaded.bad.first.len() as u64, loaded.bad.count.min(1000));
    if let Column::Json(cells) = &*loaded.column {
        let cells = (0..cells.len()).filter_map(|place| cells.get(place));
        let is_json = |cell: &str| serde_json::from_str::<IgnoredAny>(cell).is_ok();
        // Python writes numbers that JSON lacks.
        let has_words = |cell: &str| cell.contains("NaN") || cell.contains("Infinity");
        assert!(cells.into_iter().all(|cell| is_json(cell) || has_words(cell)));
    }
    if are_plain(loaded, bytes) {
        check_count(loaded, without_mark(bytes));
    }
}

/// Whether lines can be found without the reader's help.
fn are_plain(loaded: &Loaded, bytes: &[u8]) -> bool {
    let has_returns_alone = bytes
        .split(|byte| *byte == b'\n')
        .any(|line| line.strip_suffix(b"\r").unwrap_or(line).contains(&b'\r'));
    loaded.encoding == Encoding::UTF_8 && !has_returns_alone && !bytes.ends_with(b"\r")
}

/// Nothing is lost and nothing read twice: every row is an input, a bad line, the header, blank, or one of the lines that are
/// told to be above the table.
fn check_count(loaded: &Loaded, bytes: &[u8]) {
    let rows = loaded.column.len() + loaded.bad.count as usize + usize::from(loaded.has_header);
    let is_table = matches!(loaded.format, Format::Csv | Format::Tsv);
    let (least, most) = match loaded.format {
        Format::Json => match std::str::from_utf8(bytes).map(serde_json::from_str::<Vec<IgnoredAny>>) {
            Ok(Ok(elements)) => (elements.len(), elements.len()),
            _ => (0, bytes.iter().filter(|byte| matches!(byte, b',' | b'}' | b']' | b'\n')).count() + 2),
        },
        // A quoted cell may hold line ends.
        _ if is_table && bytes.contains(&b'"') => (0, lines(bytes).len()),
        _ => {
            let lines = lines(bytes);
            let below = lines.iter().skip(loaded.skipped_lines as usize);
            (
                below.filter(|line| !line.trim_ascii().is_empty()).count(),
                lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1),
            )
        }
    };
    assert!((least..=most).contains(&rows), "{rows} rows, not {least} to {most}: {loaded:?}");
}

/// Lines that are taken for text are those of the file, to the byte.
fn check_texts(bytes: &[u8]) {
    let options = LoadOptions {
        format: Some(Format::Lines),
        types: CellTypes::all(CellType::Text),
        ..LoadOptions::default()
    };
    let Some(loaded) = load(bytes, &options).ok().filter(|loaded| are_plain(loaded, bytes)) else { return };
    let mut lines = lines(without_mark(bytes));
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    if lines.iter().any(|line| line.len() > SHORT_BYTES) {
        return;
    }
    let texts: Vec<&str> = lines.iter().filter_map(|line| std::str::from_utf8(line).ok()).collect();
    assert_eq!(loaded.bad.count as usize, lines.len() - texts.len());
    assert_eq!(*loaded.column, texts.into_iter().collect());
}

fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    let mut lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    if lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    lines.into_iter().map(|line| line.strip_suffix(b"\r").unwrap_or(line)).collect()
}
