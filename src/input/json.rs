//! JSON: the elements of one list, objects one after the other, or one value a line, as cells or as objects of which one
//! key is taken.
//!
//! A list is cut into its elements while it is read, so that no file is in memory as a whole and an element that is
//! broken is one bad line and not the end of the file. Objects that follow each other, over as many lines as they like,
//! are read as if they stood in a list.

use std::io::{self, Read};

use super::cells::CellSink;
use super::columns::{check_types, find_column};
use super::literal::{self, InString};
use super::options::{CellType, ColumnChoice, Format, LoadOptions};
use super::rows::{
    KEPT_HEAD_BYTES, Lines, MAX_ROW_BYTES, OwnedRow, RawRow, RawRows, ReadBuffer, TOO_LONG, first_rows,
};
use super::target::InputTarget;
use super::{Content, rejected};

/// How many values decide which keys there are.
const SAMPLE_VALUES: usize = 200;

/// More keys than a person can choose from; objects with ever new keys must not fill the memory.
const MOST_KEYS: usize = 1000;

/// The reason given for what follows a list that is closed.
pub(super) const AFTER_LIST: &str = "there is more after the end of the list";

/// Reads a list of values.
pub(super) fn load_list(
    reader: impl Read,
    options: &LoadOptions,
    to: InputTarget<'_>,
) -> io::Result<Content> {
    load(Elements::new(reader), Format::Json, options, to)
}

/// Reads one value a line.
pub(super) fn load_lines(
    reader: impl Read,
    options: &LoadOptions,
    to: InputTarget<'_>,
) -> io::Result<Content> {
    load(Lines::new(reader), Format::Jsonl, options, to)
}

fn load(
    mut rows: impl RawRows,
    format: Format,
    options: &LoadOptions,
    to: InputTarget<'_>,
) -> io::Result<Content> {
    let first = first_rows(&mut rows, SAMPLE_VALUES, 1, || to.is_silent())?;
    let columns = keys(&first);
    check_types(&columns, options).map_err(rejected)?;
    let is_whole = options.column == Some(ColumnChoice::All);
    let chosen = match &options.column {
        Some(ColumnChoice::All) => None,
        Some(choice) => Some(find_column(&columns, choice).map_err(rejected)?),
        // To a function that takes a number or a text, objects of a single key are a list in disguise. To others the key
        // must arrive as it does where there are two.
        None => (columns.len() == 1 && wants_plain(options)).then_some(0),
    };
    let key = chosen.map(|place| columns[place].as_str());
    let wanted = match key {
        Some(key) => WantedPart::Member(key),
        None if is_whole => WantedPart::Object,
        None => WantedPart::Value,
    };
    let mut cells = CellSink::json(options.types.of(key), options.types.is_hint, to);
    first.iter().for_each(|row| wanted.take(row.row(), format, &mut cells));
    cells.pass_on_in_silence(&rows);
    while rows.advance()? {
        wanted.take(rows.row(), format, &mut cells);
        cells.pass_on_in_silence(&rows);
    }
    let (column, bad) = cells.finish();
    Ok(Content { columns, chosen_column: chosen, ..Content::new(column, bad, format) })
}

/// Whether what is asked for can be no object.
fn wants_plain(options: &LoadOptions) -> bool {
    options.types.all.is_some_and(|asked| asked != CellType::Json) && !options.types.is_hint
}

/// The keys of the first objects, in order of appearance; none unless all values are objects.
fn keys(rows: &[OwnedRow]) -> Vec<String> {
    let mut keys = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let sound = |row: &RawRow<'_>| row.broken.is_none() && literal::check(row.bytes).is_ok();
    for row in rows.iter().map(OwnedRow::row).filter(sound) {
        if !is_object(row.bytes) {
            return Vec::new();
        }
        for (key, _) in literal::members(row.bytes).take(MOST_KEYS) {
            if keys.len() < MOST_KEYS && seen.insert(key.clone()) {
                keys.push(key);
            }
        }
    }
    keys
}

/// What of each value is the input.
#[derive(Clone, Copy)]
enum WantedPart<'k> {
    /// All of it.
    Value,
    /// All of it, and it is an object.
    Object,
    /// What it has under a key.
    Member(&'k str),
}

impl WantedPart<'_> {
    fn take(self, row: RawRow<'_>, format: Format, into: &mut CellSink<'_>) {
        match row.broken {
            Some(reason) => return into.push_bad(row.line, row.bytes, reason),
            None if !row.bytes.trim_ascii().is_empty() => {}
            // Between two lines there may be empty ones, between two commas there has to be a value.
            None if format == Format::Jsonl => return,
            None => return into.push_bad(row.line, b"", "empty"),
        }
        let taken = match self {
            Self::Value => Ok(row.bytes),
            Self::Object if is_object(row.bytes) => Ok(row.bytes),
            Self::Object => literal::check(row.bytes).and(Err(NOT_AN_OBJECT.to_owned())),
            Self::Member(key) => member(row.bytes, key),
        };
        match taken {
            Ok(value) => into.push(row.line, value),
            Err(reason) => into.push_bad(row.line, row.bytes, reason),
        }
    }
}

const NOT_AN_OBJECT: &str = "not an object";

fn is_object(written: &[u8]) -> bool {
    written.trim_ascii_start().starts_with(b"{")
}

fn member<'a>(written: &'a [u8], key: &str) -> Result<&'a [u8], String> {
    literal::check(written)?;
    let found = literal::members(written).find(|(name, _)| name == key);
    found
        .map(|(_, value)| value)
        .ok_or_else(|| if is_object(written) { format!("has no `{key}`") } else { NOT_AN_OBJECT.to_owned() })
}

/// Where in the file [`Elements`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    BeforeList,
    InList,
    AfterList,
    /// Among objects that follow each other without a list around them.
    AmongObjects,
    End,
}

/// The elements of one list, as they are written.
pub(super) struct Elements<R> {
    window: ReadBuffer<R>,
    place: Place,
    /// The line of the next byte.
    line: u64,
    row_line: u64,
    row: Vec<u8>,
    broken: Option<&'static str>,
}

impl<R: Read> Elements<R> {
    pub(super) fn new(reader: R) -> Self {
        let window = ReadBuffer::new(reader);
        Self { window, place: Place::BeforeList, line: 1, row_line: 1, row: Vec::new(), broken: None }
    }

    /// Consumes blanks and gives the byte behind them.
    fn skip_blanks(&mut self) -> io::Result<Option<u8>> {
        loop {
            let unread = self.window.unread();
            let blanks = unread.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let next = unread.get(blanks).copied();
            self.line += line_ends(&unread[..blanks]);
            self.window.consume(blanks);
            if next.is_some() || !self.window.fill()? {
                return Ok(next);
            }
        }
    }

    fn enter_list(&mut self) -> io::Result<()> {
        match self.skip_blanks()? {
            None => self.place = Place::End,
            Some(b'[') => {
                self.window.consume(1);
                self.place = Place::InList;
            }
            Some(b'{') => self.place = Place::AmongObjects,
            Some(_) => {
                return Err(rejected(
                    "as JSON it must hold one list, `[...]`, objects, `{...}`, or one value a line (JSON Lines)"
                        .to_owned(),
                ));
            }
        }
        Ok(())
    }

    /// Moves the next object into `row`; false where there is none.
    fn read_object(&mut self) -> io::Result<bool> {
        // Some programs part objects by commas.
        while self.skip_blanks()? == Some(b',') {
            self.window.consume(1);
        }
        self.row.clear();
        (self.row_line, self.broken) = (self.line, None);
        if self.skip_blanks()?.is_none() {
            self.place = Place::End;
            return Ok(false);
        }
        let mut depth = 0_usize;
        let mut string = InString::default();
        loop {
            let end = object_end(self.window.unread(), &mut string, &mut depth);
            self.keep(end.unwrap_or(self.window.unread().len()));
            if end.is_some() {
                return Ok(true);
            }
            if !self.window.fill()? {
                self.place = Place::End;
                self.row.truncate(KEPT_HEAD_BYTES);
                self.broken = Some("the object is not closed; the file may be cut off");
                return Ok(true);
            }
        }
    }

    /// Moves the element up to the next comma or the end of the list into `row`.
    fn read_element(&mut self) -> io::Result<bool> {
        self.skip_blanks()?;
        self.row.clear();
        (self.row_line, self.broken) = (self.line, None);
        let mut depth = 0_usize;
        let mut string = InString::default();
        loop {
            let end = element_end(self.window.unread(), &mut string, &mut depth);
            let length = end.unwrap_or(self.window.unread().len());
            let last = self.window.unread().get(length).copied();
            self.keep(length);
            match last {
                Some(last) => return Ok(self.end_element(last)),
                None if !self.window.fill()? => return Ok(self.end_file()),
                None => {}
            }
        }
    }

    /// Takes the next `length` bytes into the row, as far as a row may grow.
    fn keep(&mut self, length: usize) {
        let bytes = &self.window.unread()[..length];
        self.line += line_ends(bytes);
        if self.broken.is_none() && self.row.len() + length > MAX_ROW_BYTES {
            self.row.truncate(KEPT_HEAD_BYTES);
            self.broken = Some(TOO_LONG);
        }
        if self.broken.is_none() {
            self.row.extend_from_slice(bytes);
        }
        self.window.consume(length);
    }

    fn end_element(&mut self, last: u8) -> bool {
        self.window.consume(1);
        if last == b',' {
            return true;
        }
        self.place = Place::AfterList;
        // Nothing before the bracket: an empty list, or a comma after the last element.
        !self.row.trim_ascii().is_empty()
    }

    fn end_file(&mut self) -> bool {
        self.place = Place::End;
        self.row.truncate(KEPT_HEAD_BYTES);
        self.broken = Some("the list is not closed; the file may be cut off");
        true
    }

    fn read_tail(&mut self) -> io::Result<bool> {
        self.place = Place::End;
        if self.skip_blanks()?.is_none() {
            return Ok(false);
        }
        // What is shown of it must not depend on how much was read at a time.
        while self.window.unread().len() < KEPT_HEAD_BYTES && self.window.fill()? {}
        let unread = self.window.unread();
        self.row = unread[..unread.len().min(KEPT_HEAD_BYTES)].to_vec();
        (self.row_line, self.broken) = (self.line, Some(AFTER_LIST));
        Ok(true)
    }
}

fn line_ends(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

fn element_end(bytes: &[u8], string: &mut InString, depth: &mut usize) -> Option<usize> {
    bytes.iter().position(|byte| {
        if string.feed(*byte) {
            return false;
        }
        match byte {
            b',' | b']' if *depth == 0 => return true,
            b'[' | b'{' => *depth += 1,
            b']' | b'}' => *depth = depth.saturating_sub(1),
            _ => {}
        }
        false
    })
}

/// Where an object ends; what stands outside of objects ends with its line.
fn object_end(bytes: &[u8], string: &mut InString, depth: &mut usize) -> Option<usize> {
    for (at, byte) in bytes.iter().enumerate() {
        if string.feed(*byte) {
            continue;
        }
        match byte {
            b'[' | b'{' => *depth += 1,
            b']' | b'}' => {
                *depth = depth.saturating_sub(1);
                if *depth == 0 {
                    return Some(at + 1);
                }
            }
            b'\n' if *depth == 0 => return Some(at),
            _ => {}
        }
    }
    None
}

impl<R: Read> RawRows for Elements<R> {
    fn advance(&mut self) -> io::Result<bool> {
        if self.place == Place::BeforeList {
            self.enter_list()?;
        }
        if self.place == Place::InList && self.read_element()? {
            return Ok(true);
        }
        match self.place {
            Place::AfterList => self.read_tail(),
            Place::AmongObjects => self.read_object(),
            Place::BeforeList | Place::InList | Place::End => Ok(false),
        }
    }

    fn row(&self) -> RawRow<'_> {
        RawRow { line: self.row_line, bytes: self.row.trim_ascii_end(), broken: self.broken }
    }

    fn is_dry(&self) -> bool {
        self.window.is_dry()
    }
}

#[cfg(test)]
mod tests;
