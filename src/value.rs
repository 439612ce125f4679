//! One cell ([`Value`], [`ValueRef`]) and many ([`Column`]): what goes into a function and what comes out.
//!
//! A column is typed and compact: integers and floats take 8 bytes each, texts their bytes and an 8 byte offset.
//! How columns are read from files is the business of `input`, how they travel that of `pool::wire`.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

/// One owned cell.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub enum Value {
    /// No value: what a function returns that only prints.
    #[default]
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
    /// A JSON document as compact text.
    Json(String),
    /// A rectangle of a picture.
    Tile(Box<Tile>),
}

/// A rectangle of pixels and where in its picture it belongs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tile {
    pub picture_width_px: u32,
    pub picture_height_px: u32,
    pub left_px: u32,
    pub top_px: u32,
    pub width_px: u32,
    pub height_px: u32,
    /// Three bytes a pixel, row by row.
    pub rgb: Vec<u8>,
}

/// One borrowed cell: what a function is called with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ValueRef<'a> {
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(&'a str),
    Bytes(&'a [u8]),
    Json(&'a str),
    Tile(&'a Tile),
}

impl Value {
    /// The same cell, borrowed.
    pub fn as_ref(&self) -> ValueRef<'_> {
        match self {
            Self::None => ValueRef::None,
            Self::Bool(value) => ValueRef::Bool(*value),
            Self::Int(value) => ValueRef::Int(*value),
            Self::Float(value) => ValueRef::Float(*value),
            Self::Text(text) => ValueRef::Text(text),
            Self::Bytes(bytes) => ValueRef::Bytes(bytes),
            Self::Json(text) => ValueRef::Json(text),
            Self::Tile(tile) => ValueRef::Tile(tile),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_ref().fmt(f)
    }
}

impl ValueRef<'_> {
    /// The same cell, owned.
    pub fn to_value(self) -> Value {
        match self {
            Self::None => Value::None,
            Self::Bool(value) => Value::Bool(value),
            Self::Int(value) => Value::Int(value),
            Self::Float(value) => Value::Float(value),
            Self::Text(text) => Value::Text(text.to_owned()),
            Self::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
            Self::Json(text) => Value::Json(text.to_owned()),
            Self::Tile(tile) => Value::Tile(Box::new(tile.clone())),
        }
    }

    /// The word for this cell's type in messages to a person.
    pub fn type_name(self) -> &'static str {
        match self {
            Self::None => "nothing",
            Self::Bool(_) => "true or false",
            Self::Int(_) => "an integer",
            Self::Float(_) => "a number",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
            Self::Json(_) => "JSON",
            Self::Tile(_) => "a picture tile",
        }
    }

    /// The bytes that the cell keeps outside itself.
    pub fn heap_bytes(self) -> usize {
        match self {
            Self::None | Self::Bool(_) | Self::Int(_) | Self::Float(_) => 0,
            Self::Text(text) | Self::Json(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
            Self::Tile(tile) => size_of::<Tile>() + tile.rgb.len(),
        }
    }

    /// The cell as JSON, for exports. Bytes are given by their length, tiles by their place and size.
    pub fn to_json(self) -> serde_json::Value {
        match self {
            Self::None => serde_json::Value::Null,
            Self::Bool(value) => value.into(),
            Self::Int(value) => value.into(),
            // JSON has no infinities and no NaN: their text keeps what they are.
            Self::Float(value) if !value.is_finite() => value.to_string().into(),
            Self::Float(value) => value.into(),
            Self::Text(text) => text.into(),
            Self::Json(text) => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
            Self::Bytes(_) | Self::Tile(_) => self.to_string().into(),
        }
    }
}

impl fmt::Display for ValueRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Bool(value) => value.fmt(f),
            Self::Int(value) => value.fmt(f),
            // Debug keeps ".0", so that a float stays told from an integer.
            Self::Float(value) => write!(f, "{value:?}"),
            Self::Text(text) | Self::Json(text) => f.write_str(text),
            Self::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
            Self::Tile(tile) => {
                write!(f, "{}x{} pixels at {},{}", tile.width_px, tile.height_px, tile.left_px, tile.top_px)
            }
        }
    }
}

/// What all cells of a [`Column`] are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnType {
    None,
    Bool,
    Int,
    Float,
    Text,
    Bytes,
    Json,
    Mixed,
}

impl ColumnType {
    /// The plural word for a person: "100,000 integers".
    pub fn plural(self) -> &'static str {
        match self {
            Self::None => "calls without input",
            Self::Bool => "booleans",
            Self::Int => "integers",
            Self::Float => "numbers",
            Self::Text => "texts",
            Self::Bytes => "byte strings",
            Self::Json => "JSON values",
            Self::Mixed => "values",
        }
    }
}

/// Many cells of one type, compactly.
///
/// ```
/// use poolscope::value::{Column, ValueRef};
/// let column = Column::from(vec![1_i64, 2, 3]);
/// assert_eq!(column.len(), 3);
/// assert_eq!(column.get(1), Some(ValueRef::Int(2)));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// This many cells without a value.
    None(usize),
    Bool(Vec<bool>),
    Int(Vec<i64>),
    Float(Vec<f64>),
    Text(Strings),
    Bytes(Blobs),
    Json(Strings),
    /// Cells of several types; the one form that takes an allocation a cell.
    Mixed(Vec<Value>),
}

impl Default for Column {
    fn default() -> Self {
        Self::None(0)
    }
}

impl Column {
    /// The number of cells.
    pub fn len(&self) -> usize {
        match self {
            Self::None(count) => *count,
            Self::Bool(cells) => cells.len(),
            Self::Int(cells) => cells.len(),
            Self::Float(cells) => cells.len(),
            Self::Text(cells) | Self::Json(cells) => cells.len(),
            Self::Bytes(cells) => cells.len(),
            Self::Mixed(cells) => cells.len(),
        }
    }

    /// Whether there is no cell.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What the cells are.
    pub fn column_type(&self) -> ColumnType {
        match self {
            Self::None(_) => ColumnType::None,
            Self::Bool(_) => ColumnType::Bool,
            Self::Int(_) => ColumnType::Int,
            Self::Float(_) => ColumnType::Float,
            Self::Text(_) => ColumnType::Text,
            Self::Bytes(_) => ColumnType::Bytes,
            Self::Json(_) => ColumnType::Json,
            Self::Mixed(_) => ColumnType::Mixed,
        }
    }

    /// The cell at `index`, counted from 0.
    pub fn get(&self, index: usize) -> Option<ValueRef<'_>> {
        match self {
            Self::None(count) => (index < *count).then_some(ValueRef::None),
            Self::Bool(cells) => cells.get(index).map(|value| ValueRef::Bool(*value)),
            Self::Int(cells) => cells.get(index).map(|value| ValueRef::Int(*value)),
            Self::Float(cells) => cells.get(index).map(|value| ValueRef::Float(*value)),
            Self::Text(cells) => cells.get(index).map(ValueRef::Text),
            Self::Json(cells) => cells.get(index).map(ValueRef::Json),
            Self::Bytes(cells) => cells.get(index).map(ValueRef::Bytes),
            Self::Mixed(cells) => cells.get(index).map(Value::as_ref),
        }
    }

    /// All cells in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = ValueRef<'_>> {
        // In range by construction; a column never changes under its iterator.
        (0..self.len()).map(|index| self.get(index).unwrap_or(ValueRef::None))
    }

    /// The bytes that the cells take in memory, without the column's own few words.
    pub fn size_bytes(&self) -> usize {
        match self {
            Self::None(_) => 0,
            Self::Bool(cells) => cells.len(),
            Self::Int(cells) => cells.len() * 8,
            Self::Float(cells) => cells.len() * 8,
            Self::Text(cells) | Self::Json(cells) => cells.0.size_bytes(),
            Self::Bytes(cells) => cells.size_bytes(),
            Self::Mixed(cells) => {
                cells.iter().map(|cell| size_of::<Value>() + cell.as_ref().heap_bytes()).sum()
            }
        }
    }

    /// The bytes of the cells in `range`, as a measure for frames; out-of-range parts count nothing.
    pub fn range_size_bytes(&self, range: Range<usize>) -> usize {
        let cells = range.len();
        match self {
            Self::None(_) => 0,
            Self::Bool(_) => cells,
            Self::Int(_) | Self::Float(_) => cells * 8,
            Self::Text(texts) | Self::Json(texts) => texts.0.range_size_bytes(range),
            Self::Bytes(blobs) => blobs.range_size_bytes(range),
            Self::Mixed(values) => values
                .get(range)
                .unwrap_or_default()
                .iter()
                .map(|cell| size_of::<Value>() + cell.as_ref().heap_bytes())
                .sum(),
        }
    }

    /// Appends a cell; where its type does not fit, the column becomes [`Column::Mixed`].
    pub fn push(&mut self, value: Value) {
        if self.is_empty() {
            *self = Self::empty_for(&value);
        }
        match (&mut *self, value) {
            (Self::None(count), Value::None) => *count += 1,
            (Self::Bool(cells), Value::Bool(value)) => cells.push(value),
            (Self::Int(cells), Value::Int(value)) => cells.push(value),
            (Self::Float(cells), Value::Float(value)) => cells.push(value),
            (Self::Text(cells), Value::Text(text)) => cells.push(&text),
            (Self::Json(cells), Value::Json(text)) => cells.push(&text),
            (Self::Bytes(cells), Value::Bytes(bytes)) => cells.push(&bytes),
            (Self::Mixed(cells), value) => cells.push(value),
            (_, value) => {
                let mut cells: Vec<Value> = self.iter().map(ValueRef::to_value).collect();
                cells.push(value);
                *self = Self::Mixed(cells);
            }
        }
    }

    fn empty_for(value: &Value) -> Self {
        match value {
            Value::None => Self::None(0),
            Value::Bool(_) => Self::Bool(Vec::new()),
            Value::Int(_) => Self::Int(Vec::new()),
            Value::Float(_) => Self::Float(Vec::new()),
            Value::Text(_) => Self::Text(Strings::default()),
            Value::Bytes(_) => Self::Bytes(Blobs::default()),
            Value::Json(_) => Self::Json(Strings::default()),
            Value::Tile(_) => Self::Mixed(Vec::new()),
        }
    }
}

impl From<Vec<i64>> for Column {
    fn from(cells: Vec<i64>) -> Self {
        Self::Int(cells)
    }
}

impl From<Vec<f64>> for Column {
    fn from(cells: Vec<f64>) -> Self {
        Self::Float(cells)
    }
}

impl<'a> FromIterator<&'a str> for Column {
    fn from_iter<I: IntoIterator<Item = &'a str>>(texts: I) -> Self {
        Self::Text(texts.into_iter().collect())
    }
}

impl FromIterator<Value> for Column {
    fn from_iter<I: IntoIterator<Item = Value>>(values: I) -> Self {
        let mut column = Self::default();
        values.into_iter().for_each(|value| column.push(value));
        column
    }
}

/// Many byte strings in one run of bytes, with the end of each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Blobs {
    ends: Vec<u64>,
    bytes: Vec<u8>,
}

impl Blobs {
    /// The number of byte strings.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Appends a byte string.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.ends.push(self.bytes.len() as u64);
    }

    /// The byte string at `index`.
    pub fn get(&self, index: usize) -> Option<&[u8]> {
        let end = *self.ends.get(index)? as usize;
        Some(&self.bytes[self.start(index)..end])
    }

    /// Removes the last byte string.
    pub fn pop(&mut self) {
        if self.ends.pop().is_some() {
            self.bytes.truncate(self.start(self.ends.len()));
        }
    }

    /// The byte strings of `range` end to end, and the length of each. `range` must lie within the column.
    pub fn run(&self, range: Range<usize>) -> (impl ExactSizeIterator<Item = usize>, &[u8]) {
        let bytes = &self.bytes[self.start(range.start)..self.start(range.end)];
        (range.map(|index| self.ends[index] as usize - self.start(index)), bytes)
    }

    /// Takes a run of bytes and the length of each byte string in it; nothing where the two do not agree.
    pub fn from_run(lengths: impl IntoIterator<Item = usize>, bytes: Vec<u8>) -> Option<Self> {
        let mut end = 0_u64;
        let ends: Option<Vec<u64>> = lengths
            .into_iter()
            .map(|length| {
                end = end.checked_add(length as u64)?;
                Some(end)
            })
            .collect();
        (end == bytes.len() as u64).then_some(Self { ends: ends?, bytes })
    }

    fn start(&self, index: usize) -> usize {
        if index == 0 { 0 } else { self.ends[index - 1] as usize }
    }

    fn size_bytes(&self) -> usize {
        self.bytes.len() + self.ends.len() * 8
    }

    fn range_size_bytes(&self, range: Range<usize>) -> usize {
        let range = range.start.min(self.len())..range.end.min(self.len());
        range.len() * 8 + self.start(range.end) - self.start(range.start)
    }
}

/// Many texts in one run of UTF-8, with the end of each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Strings(Blobs);

impl Strings {
    /// The number of texts.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Appends a text.
    pub fn push(&mut self, text: &str) {
        self.0.push(text.as_bytes());
    }

    /// Removes the last text.
    pub fn pop(&mut self) {
        self.0.pop();
    }

    /// The text at `index`.
    pub fn get(&self, index: usize) -> Option<&str> {
        // Only `push` and `from_blobs` fill the run, both with whole texts; an empty text is the honest fallback.
        self.0.get(index).map(|bytes| std::str::from_utf8(bytes).unwrap_or_default())
    }

    /// The texts as bytes, for the wire.
    pub fn as_blobs(&self) -> &Blobs {
        &self.0
    }

    /// Takes byte strings that are all UTF-8; nothing where one is not.
    pub fn from_blobs(blobs: Blobs) -> Option<Self> {
        let whole = std::str::from_utf8(&blobs.bytes).ok()?;
        // A cut within a character would make two broken texts of a sound run.
        blobs.ends.iter().all(|end| whole.is_char_boundary(*end as usize)).then_some(Self(blobs))
    }
}

impl<'a> FromIterator<&'a str> for Strings {
    fn from_iter<I: IntoIterator<Item = &'a str>>(texts: I) -> Self {
        let mut strings = Self::default();
        texts.into_iter().for_each(|text| strings.push(text));
        strings
    }
}

/// Digits in groups of three: `1234567` becomes `1,234,567`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A text cut to `limit` characters with an ellipsis, for a sentence that must stay short.
pub fn shortened(text: &str, limit: usize) -> Cow<'_, str> {
    match text.char_indices().nth(limit) {
        None => Cow::Borrowed(text),
        Some((cut, _)) => Cow::Owned(format!("{}...", &text[..cut])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_keeps_its_type_until_another_comes() {
        let mut column: Column = [Value::Int(1), Value::Int(2)].into_iter().collect();
        assert_eq!(column, Column::Int(vec![1, 2]));
        column.push(Value::Text("x".into()));
        assert_eq!(column.column_type(), ColumnType::Mixed);
        assert_eq!(column.get(2), Some(ValueRef::Text("x")));
    }

    #[test]
    fn integers_take_eight_bytes_each() {
        assert_eq!(Column::from(vec![0_i64; 1000]).size_bytes(), 8000);
    }

    #[test]
    fn texts_come_back_from_their_run() {
        let texts: Strings = ["a", "", "bcd"].into_iter().collect();
        let (lengths, bytes) = texts.as_blobs().run(1..3);
        let again = Strings::from_blobs(Blobs::from_run(lengths, bytes.to_vec()).unwrap()).unwrap();
        assert_eq!((again.get(0), again.get(1), again.get(2)), (Some(""), Some("bcd"), None));
    }

    #[test]
    fn a_run_that_does_not_fit_its_lengths_is_refused() {
        assert_eq!(Blobs::from_run([2, 2], vec![0; 3]), None);
        assert_eq!(Blobs::from_run([usize::MAX, 2], vec![0; 1]), None);
        let cut_character = Blobs::from_run([1, 1], "é".as_bytes().to_vec()).unwrap();
        assert_eq!(Strings::from_blobs(cut_character), None);
    }

    #[test]
    fn digits_are_grouped_by_three() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn floats_stay_told_from_integers() {
        assert_eq!(Value::Float(2.0).to_string(), "2.0");
        assert_eq!(Value::Float(f64::NAN).as_ref().to_json(), serde_json::json!("NaN"));
    }
}
