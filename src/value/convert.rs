//! Cells and columns out of what Rust has: `1`, `"text"`, `vec![1.5, 2.5]`.

use super::{Column, Value};

impl From<()> for Value {
    fn from((): ()) -> Self {
        Self::None
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::Int(number.into())
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Int(number.into())
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Float(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<&Value> for Value {
    fn from(value: &Value) -> Self {
        value.clone()
    }
}

/// What can be given as inputs: a [`Column`] as it is, or anything whose items are cells.
///
/// ```
/// use poolscope::value::{Column, IntoColumn};
/// assert_eq!([1, 2, 3].into_column(), Column::from(vec![1_i64, 2, 3]));
/// assert_eq!(["a", "b"].into_column(), ["a", "b"].into_iter().collect::<Column>());
/// ```
pub trait IntoColumn {
    /// All cells, in order.
    fn into_column(self) -> Column;
}

impl IntoColumn for Column {
    fn into_column(self) -> Column {
        self
    }
}

impl<I: IntoIterator<Item: Into<Value>>> IntoColumn for I {
    fn into_column(self) -> Column {
        self.into_iter().map(Into::into).collect()
    }
}
