//! The parts of an input: the columns of a row, the places of a list, each as it was written, so that `1.10`, `007` and
//! integers of any size stay what they are.

use std::borrow::Cow;

use crate::error::nearest;
use crate::input::literal;
use crate::value::{ValueRef, shortened};

/// What an input has parts of, each with how it is written in JSON.
pub(super) enum Fields<'a> {
    None,
    /// In the order in which they stand.
    Row(Vec<(String, &'a [u8])>),
    List(Vec<&'a [u8]>),
}

impl<'a> Fields<'a> {
    pub(super) fn of(input: ValueRef<'a>) -> Self {
        let ValueRef::Json(text) = input else { return Self::None };
        let Ok(sound) = literal::check(text.as_bytes()) else { return Self::None };
        let bytes = sound.trim_ascii().as_bytes();
        match bytes.first() {
            Some(b'{') => Self::Row(literal::members(bytes).collect()),
            Some(b'[') => Self::List(literal::elements(bytes).collect()),
            _ => Self::None,
        }
    }

    /// The names of a row's columns.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let row = match self {
            Self::Row(row) => row.as_slice(),
            Self::None | Self::List(_) => &[],
        };
        row.iter().map(|(name, _)| name.as_str())
    }

    /// The column of this name, of several the last, as in JSON.
    pub(super) fn named(&self, name: &str) -> Result<Cow<'a, [u8]>, String> {
        self.field(name).unwrap_or_else(|| Err(self.no_column(name)))
    }

    /// What stands at this place, from 1; in a row that has a column of this name, that one.
    pub(super) fn at(&self, place: usize, written: &str) -> Result<Cow<'a, [u8]>, String> {
        let missing = |what: String| format!("{written} is missing: the {what}");
        match self {
            Self::List(list) => match list.get(place - 1) {
                Some(field) => bytes_of(field),
                None => Err(missing(format!("list has {}", list.len()))),
            },
            Self::Row(row) => self.field(&place.to_string()).unwrap_or_else(|| match row.get(place - 1) {
                Some((_, field)) => bytes_of(field),
                None => Err(missing(format!("row has {} columns", row.len()))),
            }),
            Self::None => Err(missing("input has no parts".to_owned())),
        }
    }

    fn field(&self, name: &str) -> Option<Result<Cow<'a, [u8]>, String>> {
        let Self::Row(row) = self else { return None };
        row.iter().rev().find(|(column, _)| column == name).map(|(_, field)| bytes_of(field))
    }

    fn no_column(&self, name: &str) -> String {
        let all = self.names().collect::<Vec<_>>().join(", ");
        let hint = match nearest(name, self.names()) {
            Some(near) => format!("; did you mean `{near}`?"),
            None => format!("; write \\{{{name}}} where the brace is text"),
        };
        format!("there is no column `{name}` among {}{hint}", shortened(&all, 200))
    }
}

/// A part as a command gets it: a text without its quotes, nothing for null, all else as it is written.
fn bytes_of(field: &[u8]) -> Result<Cow<'_, [u8]>, String> {
    match field {
        b"null" => Ok(Cow::Borrowed(b"")),
        [b'"', ..] => literal::unescaped(field).map(|text| Cow::Owned(text.into_bytes())),
        _ => Ok(Cow::Borrowed(field)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stay_as_they_were_written() {
        let row = Fields::of(ValueRef::Json(
            r#" {"a": 1.10, "b" : "x\"\u00e9,}", "c":null,"d":[1, {"e": 2}],"a":1e5} "#,
        ));
        let part = |name| String::from_utf8(row.named(name).unwrap().into_owned()).unwrap();
        assert_eq!(["a", "b", "c", "d"].map(part), ["1e5", "x\"é,}", "", "[1, {\"e\": 2}]"]);
        let list = Fields::of(ValueRef::Json(r#"[ "a]" , 007.5e, 1.10 , [2, 3] ]"#));
        assert!(matches!(list, Fields::None), "what is no JSON has no parts");
        let list = Fields::of(ValueRef::Json(r#"[ "a]" , 1.10 , [2, 3] ]"#));
        let part = |place| String::from_utf8(list.at(place, "{}").unwrap().into_owned()).unwrap();
        assert_eq!([1, 2, 3].map(part), ["a]", "1.10", "[2, 3]"]);
        assert_eq!(list.at(4, "{4}").unwrap_err(), "{4} is missing: the list has 3");
        assert!(matches!(Fields::of(ValueRef::Json("[]")), Fields::List(list) if list.is_empty()));
    }
}
