//! The cells of one column while it is read: what they are taken for, and how they were written.
//!
//! Without a type that was asked for, a plain cell is a number where it looks like one, each by itself, until a cell
//! comes that does not: then the whole column is text, as it was written. A cell of JSON says itself what it is.

use super::literal::{self, Shape};
use super::number::{
    Number, TOO_BIG, guess_number, is_plain_decimal, read_number, read_plain_decimal, read_plain_int,
    read_special_float,
};
use super::objects::{NOT_UTF8, Objects};
use super::options::CellType;
use crate::value::{Column, Strings, Value, WrittenTexts};

/// Cells of one column.
pub(super) enum Store {
    /// Plain cells that all looked like numbers so far.
    Guess(Numbers),
    Text(Strings),
    /// Plain cells of the type that was asked for.
    Typed(Typed),
    Json(Values),
    /// Whole rows of a table.
    Rows(Box<Objects>),
}

/// Cells that are numbers, empty, or (in the end) words.
#[derive(Default)]
pub(super) struct Numbers {
    values: Values,
    /// Lines without a number, by the cell before which they stand, and how many of them follow each other: they count
    /// where the column turns out to be text.
    blanks: Vec<(usize, String, u64)>,
    /// Whether there was a number that is not one of the words `nan` and `inf`.
    has_digits: bool,
    /// Whether cells of it went on in a piece: they cannot be text any more.
    is_passed_on: bool,
}

/// Values, and beside them how they were written.
#[derive(Default)]
pub(super) struct Values {
    cells: Column,
    texts: WrittenTexts,
    /// What a value is shown as; kept for its memory.
    shown: String,
}

/// Cells of a type that was asked for.
pub(super) struct Typed {
    cell_type: CellType,
    /// Whether a cell that is something else is kept as it was written.
    is_hint: bool,
    values: Values,
}

impl Store {
    /// For plain cells.
    pub(super) fn plain(asked: Option<CellType>, is_hint: bool) -> Self {
        match asked {
            None => Self::Guess(Numbers::default()),
            Some(CellType::Text) => Self::Text(Strings::default()),
            Some(cell_type) => Self::Typed(Typed { cell_type, is_hint, values: Values::default() }),
        }
    }

    pub(super) fn rows(&self) -> usize {
        match self {
            Self::Guess(numbers) => numbers.values.cells.len(),
            Self::Text(texts) => texts.len(),
            Self::Typed(typed) => typed.values.cells.len(),
            Self::Json(values) => values.cells.len(),
            Self::Rows(objects) => objects.len(),
        }
    }

    /// Adds a number that is written as it is shown, where the column has had nothing else but its like.
    #[inline]
    pub(super) fn push_plain(&mut self, cell: &[u8]) -> bool {
        match self {
            Self::Guess(numbers) => {
                let is_taken = numbers.values.push_plain(cell);
                // Before it there may have been nothing but `nan`.
                numbers.has_digits |= is_taken;
                is_taken
            }
            // A type that was asked for takes the number, since it took the one before.
            Self::Json(values) | Self::Typed(Typed { values, .. }) => values.push_plain(cell),
            Self::Text(_) | Self::Rows(_) => false,
        }
    }

    /// Whether a line of blanks is no cell to it, which it takes note of.
    pub(super) fn passes_over(&mut self, line: &str) -> bool {
        match self {
            Self::Text(_) => false,
            Self::Guess(numbers) => {
                numbers.blanks.push((numbers.values.cells.len(), line.to_owned(), 1));
                true
            }
            Self::Typed(_) | Self::Json(_) | Self::Rows(_) => true,
        }
    }

    /// Adds so many empty lines between others.
    pub(super) fn push_blank_lines(&mut self, count: u64) {
        match self {
            Self::Text(texts) => (0..count).for_each(|_| texts.push("")),
            Self::Guess(numbers) => numbers.blanks.push((numbers.values.cells.len(), String::new(), count)),
            Self::Typed(_) | Self::Json(_) | Self::Rows(_) => {}
        }
    }

    /// Adds a cell; otherwise says why it cannot be one. Tells whether all cells before it had been taken for numbers
    /// and are text from now on.
    pub(super) fn push(&mut self, cell: &[u8]) -> Result<bool, String> {
        match self {
            Self::Guess(numbers) => {
                if numbers.push(cell)? {
                    return Ok(false);
                }
                let was_number = numbers.has_digits || numbers.is_passed_on;
                *self = Self::Text(std::mem::take(numbers).into_texts());
                self.push(cell)?;
                Ok(was_number)
            }
            Self::Text(texts) => text_of(cell).map(|text| texts.push(text)).map(|()| false),
            Self::Typed(typed) => typed.push(cell).map(|()| false),
            Self::Json(values) => values.push_json(cell, None, false).map(|()| false),
            Self::Rows(_) => Err("not a row".to_owned()),
        }
    }

    /// Takes the cells of a piece, of which more are to follow: cells that are empty, and the words `nan` and `inf`, are no
    /// text as long as there is no other word.
    pub(super) fn take_piece(&mut self) -> Column {
        match self {
            Self::Guess(numbers) if numbers.values.cells.is_empty() => Column::default(),
            Self::Guess(numbers) => {
                numbers.is_passed_on = true;
                numbers.take()
            }
            store => store.take(),
        }
    }

    /// Takes the cells, the last of their column.
    pub(super) fn take(&mut self) -> Column {
        match self {
            Self::Guess(numbers) if numbers.has_digits || numbers.is_passed_on => numbers.take(),
            Self::Guess(numbers) => Column::Text(std::mem::take(numbers).into_texts()),
            Self::Text(texts) => Column::Text(std::mem::take(texts)),
            Self::Typed(typed) => typed.values.take(),
            Self::Json(values) => values.take(),
            Self::Rows(objects) => objects.take(),
        }
    }
}

impl Numbers {
    /// Adds a cell; false where it is a word.
    fn push(&mut self, cell: &[u8]) -> Result<bool, String> {
        let text = text_of(cell)?;
        let bare = text.trim_ascii();
        let value = match guess_number(bare.as_bytes()) {
            _ if bare.is_empty() => Value::None,
            Number::Int(number) => Value::Int(number),
            Number::BigInt => big_int(bare),
            Number::Float(number) => Value::Float(number),
            Number::Inexact => return Ok(false),
            Number::Not => match read_special_float(bare.as_bytes()) {
                Some(number) => Value::Float(number),
                None => return Ok(false),
            },
        };
        self.has_digits |= bare.bytes().any(|byte| byte.is_ascii_digit());
        self.values.push(value, text);
        Ok(true)
    }

    fn take(&mut self) -> Column {
        self.blanks.clear();
        self.values.take()
    }

    /// All cells as they were written, the empty lines between them too.
    fn into_texts(self) -> Strings {
        let Self { values: Values { cells, texts, mut shown }, blanks, .. } = self;
        let mut all = Strings::default();
        let mut blanks = blanks.into_iter().peekable();
        for (place, cell) in cells.iter().enumerate() {
            while let Some((_, line, count)) = blanks.next_if(|(before, ..)| *before == place) {
                (0..count).for_each(|_| all.push(&line));
            }
            match texts.get(place) {
                Some(text) => all.push(text),
                None => {
                    shown.clear();
                    show(&mut shown, cell);
                    all.push(&shown);
                }
            }
        }
        blanks.for_each(|(_, line, count)| (0..count).for_each(|_| all.push(&line)));
        all
    }
}

impl Values {
    /// Adds a number that is written as it is shown, where all before it were of its type.
    #[inline]
    fn push_plain(&mut self, cell: &[u8]) -> bool {
        match &mut self.cells {
            Column::Int(cells) => read_plain_int(cell).map(|number| cells.push(number)).is_some(),
            Column::Float(cells) => read_plain_decimal(cell).map(|number| cells.push(number)).is_some(),
            _ => false,
        }
    }

    /// Adds a value that was written like this.
    pub(super) fn push(&mut self, value: Value, text: &str) {
        if !self.is_shown_as(&value, text) {
            self.texts.push(self.cells.len(), text);
        }
        self.cells.push(value);
    }

    fn is_shown_as(&mut self, value: &Value, text: &str) -> bool {
        match value {
            Value::Int(_) if read_plain_int(text.as_bytes()).is_some() => true,
            Value::Float(_) if is_plain_decimal(text.as_bytes()) => true,
            Value::Text(shown) | Value::Json(shown) => shown == text,
            _ => {
                self.shown.clear();
                show(&mut self.shown, value.as_ref());
                self.shown == text
            }
        }
    }

    /// Adds what a JSON value stands for, of the type that was asked for where there is one.
    pub(super) fn push_json(
        &mut self,
        cell: &[u8],
        asked: Option<CellType>,
        is_hint: bool,
    ) -> Result<(), String> {
        let written = literal::check(cell)?.trim_ascii();
        let value = json_value(written)?;
        let text = match &value {
            Value::Text(text) => text.clone(),
            Value::None => String::new(),
            Value::Json(text) if literal::shape(written.as_bytes()) == Shape::Nested => text.clone(),
            _ => written.to_owned(),
        };
        let value = match asked {
            None => value,
            Some(asked) => match converted(&value, &text, asked) {
                Ok(value) => value,
                Err(_) if is_hint => value,
                Err(reason) => return Err(reason),
            },
        };
        self.push(value, &text);
        Ok(())
    }

    /// Adds a value that was written as it is shown.
    pub(super) fn push_shown(&mut self, value: Value) {
        self.cells.push(value);
    }

    pub(super) fn take(&mut self) -> Column {
        let cells = match std::mem::take(&mut self.cells) {
            // Growing leaves up to half of a column unused.
            Column::Int(mut cells) => {
                cells.shrink_to_fit();
                Column::Int(cells)
            }
            Column::Float(mut cells) => {
                cells.shrink_to_fit();
                Column::Float(cells)
            }
            cells => cells,
        };
        std::mem::take(&mut self.texts).with(cells)
    }
}

impl Typed {
    fn push(&mut self, cell: &[u8]) -> Result<(), String> {
        let text = text_of(cell)?;
        if self.cell_type == CellType::Json {
            return self.values.push_json(cell, None, false);
        }
        match number_of(text.trim_ascii(), self.cell_type) {
            Ok(value) => self.values.push(value, text),
            Err(_) if self.is_hint && text.trim_ascii().is_empty() => self.values.push(Value::None, text),
            Err(_) if self.is_hint => self.values.push(Value::Text(text.to_owned()), text),
            Err(reason) => return Err(reason),
        }
        Ok(())
    }
}

/// A value of JSON as what was asked for. Its own words and lists stay what they are where text is asked for.
fn converted(value: &Value, text: &str, asked: CellType) -> Result<Value, String> {
    match (asked, value) {
        (CellType::Json, _) => Ok(value.clone()),
        (CellType::Text, Value::Int(_) | Value::Float(_)) => Ok(Value::Text(text.to_owned())),
        (CellType::Text, Value::Json(json)) if !json.starts_with(['[', '{']) => {
            Ok(Value::Text(text.to_owned()))
        }
        (CellType::Text, _) => Ok(value.clone()),
        (_, Value::Bool(_) | Value::None) => {
            number_of("", asked).map_err(|_| format!("not {}", article(asked)))
        }
        _ => number_of(text.trim_ascii(), asked),
    }
}

/// A text as the number that was asked for.
pub(super) fn number_of(bare: &str, asked: CellType) -> Result<Value, String> {
    let number = read_number(bare.as_bytes());
    match (asked, number) {
        _ if bare.is_empty() => Err("empty".to_owned()),
        (CellType::Int, Number::BigInt) => Ok(big_int(bare)),
        (CellType::Int64 | CellType::Number, Number::BigInt) => Err(TOO_BIG.to_owned()),
        (CellType::Int | CellType::Int64 | CellType::Number, Number::Int(number)) => Ok(Value::Int(number)),
        (CellType::Float | CellType::Number, Number::Float(number)) => Ok(Value::Float(number)),
        (CellType::Float, Number::Int(_) | Number::BigInt | Number::Inexact)
        | (CellType::Number, Number::Inexact) => bare
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
            .map(Value::Float)
            .ok_or_else(|| "too large for a float".to_owned()),
        (CellType::Float | CellType::Number, Number::Not) => {
            read_special_float(bare.as_bytes()).map(Value::Float).ok_or_else(|| "not a number".to_owned())
        }
        _ => Err(format!("not {}", article(asked))),
    }
}

fn article(cell_type: CellType) -> &'static str {
    match cell_type {
        CellType::Int | CellType::Int64 => "an integer",
        CellType::Float | CellType::Number => "a number",
        CellType::Text => "text",
        CellType::Json => "JSON",
    }
}

/// What a sound JSON value stands for, as Python's `json` reads it.
fn json_value(written: &str) -> Result<Value, String> {
    Ok(match (literal::shape(written.as_bytes()), written) {
        (_, "null") => Value::None,
        (_, "true") => Value::Bool(true),
        (_, "false") => Value::Bool(false),
        (_, "NaN") => Value::Float(f64::NAN),
        (_, "Infinity") => Value::Float(f64::INFINITY),
        (_, "-Infinity") => Value::Float(f64::NEG_INFINITY),
        (Shape::Text, _) => Value::Text(literal::unescaped(written.as_bytes())?),
        (Shape::Number, _) => match read_number(written.as_bytes()) {
            Number::Int(number) => Value::Int(number),
            Number::BigInt => big_int(written),
            // What a float cannot hold exactly is rounded, as by `json`.
            _ => Value::Float(written.parse().unwrap_or(f64::NAN)),
        },
        // A line end within it would make two lines of one in a file of lines.
        (Shape::Nested, _) if written.contains(['\n', '\r']) => Value::Json(literal::compact(written)),
        _ => Value::Json(written.to_owned()),
    })
}

/// An integer of any size: a JSON number as it is written.
fn big_int(digits: &str) -> Value {
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", digits.strip_prefix('+').unwrap_or(digits)),
    };
    Value::Json(format!("{sign}{}", digits.trim_start_matches('0')))
}

/// What a value is shown as; an empty cell is empty.
fn show(into: &mut String, value: crate::value::ValueRef<'_>) {
    use std::fmt::Write;

    if value != crate::value::ValueRef::None {
        // Writing to memory cannot fail.
        let _ = write!(into, "{value}");
    }
}

fn text_of(cell: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(cell).map_err(|_| NOT_UTF8.to_owned())
}
