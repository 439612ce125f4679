//! One cell in a file of rows, and the way back: a cell comes back from each format as what it was.
//!
//! Of an input the text is what counts: it stands in the file as it was written. Of an output a word says what it is
//! (`output_type`), because in a table the text `1.10`, the number 1.1 and the word `null` are all just signs.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::pool::Row;
use crate::value::{Value, ValueRef};

/// A cell as it is written.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum ExportCell<'a> {
    /// JSON to the letter: a parsed one would lose digits of large numbers, keys that come twice and deep lists.
    Document(&'a RawValue),
    /// A float as Python writes it.
    Float(Box<RawValue>),
    Plain(serde_json::Value),
}

impl<'a> ExportCell<'a> {
    /// The input of a row, as it was written.
    pub(super) fn input(row: &Row<'a>) -> Self {
        match (row.input, row.written) {
            (ValueRef::Int(_) | ValueRef::Float(_), Some(written)) => match as_document(written) {
                Some(number) => Self::Document(number),
                None => Self::Plain(written.into()),
            },
            (input, _) => Self::of(input),
        }
    }

    /// The output of a row.
    pub(super) fn output(row: &Row<'a>) -> Self {
        Self::of(row.output.unwrap_or(ValueRef::None))
    }

    fn of(cell: ValueRef<'a>) -> Self {
        match cell {
            ValueRef::Json(text) => {
                as_document(text).map_or_else(|| Self::Plain(text.into()), Self::Document)
            }
            ValueRef::Float(_) => {
                let text = cell.to_string();
                // JSON has no infinities and no NaN: their text keeps what they are.
                RawValue::from_string(text.clone()).map_or_else(|_| Self::Plain(text.into()), Self::Float)
            }
            _ => Self::Plain(cell.to_json()),
        }
    }
}

/// The input as a cell of a table: the text as it was written.
pub(super) fn input_text(row: &Row<'_>) -> String {
    match (row.written, row.input) {
        (None, ValueRef::None) => String::new(),
        _ => row.input_text().into_owned(),
    }
}

/// The output as a cell of a table.
pub(super) fn output_text(row: &Row<'_>) -> String {
    match row.output {
        None | Some(ValueRef::None) => String::new(),
        Some(output) => output.to_string(),
    }
}

/// A line end within it would make two lines of one object.
fn as_document(text: &str) -> Option<&RawValue> {
    if text.contains(['\n', '\r']) { None } else { serde_json::from_str(text).ok() }
}

/// What an output is, as a word in a column of its own.
pub(super) fn type_word(output: Option<ValueRef<'_>>) -> &'static str {
    match output {
        None => "",
        Some(ValueRef::None) => "none",
        Some(ValueRef::Bool(_)) => "bool",
        Some(ValueRef::Int(_)) => "int",
        Some(ValueRef::Float(_)) => "float",
        Some(ValueRef::Text(_)) => "text",
        Some(ValueRef::Bytes(_)) => "bytes",
        // An integer that is larger than any that travels as one.
        Some(ValueRef::Json(text)) if is_integer(text) => "int",
        Some(ValueRef::Json(_)) => "json",
        Some(ValueRef::Tile(_)) => "picture",
    }
}

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit())
}

/// The output that `text` stands for, which is of the type that a word names. Nothing for a picture, whose pixels are
/// in no file of rows.
pub(super) fn output_of(text: &str, type_word: &str) -> Result<Option<Value>, String> {
    let not = |what: &str| format!("its output `{}` is not {what}", crate::value::shortened(text, 60));
    Ok(Some(match type_word {
        "none" => Value::None,
        "bool" => Value::Bool(text.parse().map_err(|_| not("true or false"))?),
        "int" => match text.parse() {
            Ok(number) => Value::Int(number),
            Err(_) if is_integer(text) => Value::Json(text.to_owned()),
            Err(_) => return Err(not("an integer")),
        },
        "float" => Value::Float(text.parse().map_err(|_| not("a number"))?),
        "text" => Value::Text(text.to_owned()),
        "bytes" => Value::Bytes(bytes_of(text).ok_or_else(|| not("bytes as Python writes them"))?),
        "json" => Value::Json(text.to_owned()),
        "picture" => return Ok(None),
        other => return Err(format!("`{other}` is not a type of an output")),
    }))
}

/// The bytes that a literal of Python stands for, such as `b'caf\xe9'`.
fn bytes_of(literal: &str) -> Option<Vec<u8>> {
    let inner = literal.strip_prefix('b')?;
    let quote = inner.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
    let inner = inner.strip_prefix(quote)?.strip_suffix(quote)?;
    let mut bytes = Vec::new();
    let mut letters = inner.bytes();
    while let Some(letter) = letters.next() {
        if letter != b'\\' {
            bytes.push(letter);
            continue;
        }
        bytes.push(match letters.next()? {
            b'n' => b'\n',
            b't' => b'\t',
            b'r' => b'\r',
            b'x' => {
                let digits = [letters.next()?, letters.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            sign @ (b'\\' | b'\'' | b'"') => sign,
            _ => return None,
        });
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_as_they_are_shown() {
        for bytes in [&b""[..], b"hello", b"it's \"so\"", b"\\x\n\t\r\0\xff"] {
            let shown = ValueRef::Bytes(bytes).to_string();
            assert_eq!(bytes_of(&shown), Some(bytes.to_vec()), "{shown}");
        }
        assert_eq!(["hello", "b'", "b'a\"", "b'\\x4'"].map(bytes_of), [None, None, None, None]);
    }

    #[test]
    fn an_output_that_is_not_of_its_type_is_named() {
        assert_eq!(output_of("x", "int").unwrap_err(), "its output `x` is not an integer");
        assert_eq!(output_of("x", "y").unwrap_err(), "`y` is not a type of an output");
    }
}
