//! One cell ([`Value`], [`ValueRef`]) and many ([`Column`]): what goes into a function and what comes out.
//!
//! A column is typed and compact: integers and floats take 8 bytes each, texts their bytes and an 8 byte offset.
//! How columns are read from files is the business of `input`, how they travel that of `pool::wire`.

pub mod amount;
mod blobs;
mod column;
mod convert;
mod packed;
mod python;
mod written;

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

pub use self::blobs::{Blobs, Strings};
pub use self::column::{Column, ColumnType};
pub use self::convert::IntoColumn;
pub use self::python::python_repr;
pub use self::written::{Written, WrittenTexts};

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

impl Tile {
    /// Whether it is all of its picture.
    pub fn is_whole(&self) -> bool {
        (self.left_px, self.top_px) == (0, 0)
            && (self.width_px, self.height_px) == (self.picture_width_px, self.picture_height_px)
    }
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
            Self::Json(json) if json.starts_with(|first: char| first == '-' || first.is_ascii_digit()) => {
                "an integer that does not fit in 64 bits"
            }
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

    /// The cell as JSON, for exports. Bytes are given as Python writes them, tiles by their place and size.
    pub fn to_json(self) -> serde_json::Value {
        match self {
            Self::None => serde_json::Value::Null,
            Self::Bool(value) => value.into(),
            Self::Int(value) => value.into(),
            // JSON has no infinities and no NaN: their text keeps what they are.
            Self::Float(value) if value.is_nan() => "NaN".into(),
            Self::Float(value) if value.is_infinite() => value.to_string().into(),
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
            // With ".0" where it is whole, so that a float stays told from an integer.
            Self::Float(value) => python_repr(*value).fmt(f),
            Self::Text(text) | Self::Json(text) => f.write_str(text),
            Self::Bytes(bytes) => python::bytes_repr(bytes).fmt(f),
            Self::Tile(tile) if tile.is_whole() => {
                write!(f, "picture of {} x {} pixels", tile.width_px, tile.height_px)
            }
            Self::Tile(tile) => {
                write!(f, "{}x{} pixels at {},{}", tile.width_px, tile.height_px, tile.left_px, tile.top_px)
            }
        }
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

/// The parts of a sentence in which code stands between backticks, each with whether it is code. What follows a backtick without
/// another one is none.
pub fn code_parts(sentence: &str) -> Vec<(&str, bool)> {
    let (mut parts, mut rest) = (Vec::new(), sentence);
    while let Some((before, behind)) = rest.split_once('`')
        && let Some((code, after)) = behind.split_once('`')
    {
        parts.extend([(before, false), (code, true)]);
        rest = after;
    }
    parts.push((rest, false));
    parts.retain(|(text, _)| !text.is_empty());
    parts
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
    fn code_stands_between_backticks() {
        assert_eq!(code_parts("`with Pool` ends"), [("with Pool", true), (" ends", false)]);
        assert_eq!(code_parts("a `b` c ` d"), [("a ", false), ("b", true), (" c ` d", false)]);
        assert_eq!(code_parts(""), []);
    }

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
