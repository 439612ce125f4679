//! Many cells of one type.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{Blobs, Strings, Value, ValueRef, Written, WrittenTexts};

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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    /// Cells of one of the other forms, some with the text that they were read from. Whoever writes a column down does so with
    /// cells and texts apart: one within another has no meaning, and could be without an end.
    #[serde(skip)]
    Written(Box<Written>),
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
            Self::Written(written) => written.cells().len(),
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
            Self::Written(written) => written.cells().column_type(),
        }
    }

    /// The cells as what they were read as, without the texts beside them.
    pub fn cells(&self) -> &Self {
        match self {
            Self::Written(written) => written.cells(),
            cells => cells,
        }
    }

    /// The texts beside the cells, where there are any.
    pub fn texts(&self) -> Option<&WrittenTexts> {
        match self {
            Self::Written(written) => Some(written.texts()),
            _ => None,
        }
    }

    /// How the cell at `index` was written, where it would be shown differently.
    pub fn written(&self, index: usize) -> Option<&str> {
        match self {
            Self::Written(written) => written.text(index),
            _ => None,
        }
    }

    /// The cell at `index`, counted from 0.
    // Inlined: a cell that is handed on through memory costs more than finding it.
    #[inline]
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
            Self::Written(written) => written.cells().get(index),
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
            Self::Text(cells) | Self::Json(cells) => cells.as_blobs().size_bytes(),
            Self::Bytes(cells) => cells.size_bytes(),
            Self::Mixed(cells) => {
                cells.iter().map(|cell| size_of::<Value>() + cell.as_ref().heap_bytes()).sum()
            }
            Self::Written(written) => written.size_bytes(),
        }
    }

    /// The bytes of the cells in `range`, as a measure for frames; out-of-range parts count nothing.
    pub fn range_size_bytes(&self, range: Range<usize>) -> usize {
        let cells = range.len();
        match self {
            Self::None(_) => 0,
            Self::Bool(_) => cells,
            Self::Int(_) | Self::Float(_) => cells * 8,
            Self::Text(texts) | Self::Json(texts) => texts.as_blobs().range_size_bytes(range),
            Self::Bytes(blobs) => blobs.range_size_bytes(range),
            Self::Mixed(values) => values
                .get(range)
                .unwrap_or_default()
                .iter()
                .map(|cell| size_of::<Value>() + cell.as_ref().heap_bytes())
                .sum(),
            Self::Written(written) => written.cells().range_size_bytes(range),
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
            (Self::Written(written), value) => written.cells_mut().push(value),
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
