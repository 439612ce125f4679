//! Several arguments for one call, as they travel: a list in one cell.

use crate::error::{Error, Result};
use crate::value::{Value, ValueRef};

/// The arguments of one call of [`Pool::starmap`](super::Pool::starmap): a tuple, an array or a vector.
pub trait Arguments {
    /// Each argument as a cell, in order.
    fn into_values(self) -> Vec<Value>;
}

impl<T: Into<Value>, const N: usize> Arguments for [T; N] {
    fn into_values(self) -> Vec<Value> {
        self.into_iter().map(Into::into).collect()
    }
}

impl<T: Into<Value>> Arguments for Vec<T> {
    fn into_values(self) -> Vec<Value> {
        self.into_iter().map(Into::into).collect()
    }
}

impl<A: Into<Value>, B: Into<Value>> Arguments for (A, B) {
    fn into_values(self) -> Vec<Value> {
        vec![self.0.into(), self.1.into()]
    }
}

impl<A: Into<Value>, B: Into<Value>, C: Into<Value>> Arguments for (A, B, C) {
    fn into_values(self) -> Vec<Value> {
        vec![self.0.into(), self.1.into(), self.2.into()]
    }
}

/// The arguments of call `index` as one cell. Only what JSON can hold can stand in a list.
pub(super) fn list_cell(index: usize, arguments: Vec<Value>) -> Result<Value> {
    let mut list = Vec::with_capacity(arguments.len());
    for value in &arguments {
        let value = value.as_ref();
        let is_lossy = match value {
            ValueRef::Float(number) => !number.is_finite(),
            ValueRef::Bytes(_) | ValueRef::Tile(_) => true,
            _ => false,
        };
        if is_lossy {
            let reason = format!("call {index} has {} ({value}), which no list can hold", value.type_name());
            return Err(Error::input("pack the arguments", reason));
        }
        list.push(value.to_json());
    }
    Ok(Value::Json(serde_json::Value::Array(list).to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_become_one_list() {
        assert_eq!(list_cell(0, (2, 0.5).into_values()), Ok(Value::Json("[2,0.5]".into())));
        assert_eq!(list_cell(0, vec!["a", "b"].into_values()), Ok(Value::Json(r#"["a","b"]"#.into())));
    }

    #[test]
    fn what_a_list_would_change_is_refused() {
        let error = list_cell(3, (1, f64::NAN).into_values()).unwrap_err().to_string();
        assert_eq!(error, "could not pack the arguments: call 3 has a number (nan), which no list can hold");
        assert!(list_cell(0, [vec![1_u8]].into_values()).is_err());
    }
}
