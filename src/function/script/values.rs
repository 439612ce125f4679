//! Cells as the values of a script, and back.

use serde_json::Value as Json;
use starlark::values::dict::{AllocDict, DictRef};
use starlark::values::float::UnpackFloat;
use starlark::values::list::{AllocList, ListRef};
use starlark::values::tuple::TupleRef;
use starlark::values::{Heap, UnpackValue, Value as ScriptValue};

use crate::value::{Value, ValueRef, shortened};

/// So many letters show a result that has no counterpart.
const MAX_SHOWN: usize = 65_536;

/// A cell as a value of a script. Pictures have no counterpart there.
pub(super) fn to_script<'v>(cell: ValueRef<'_>, heap: Heap<'v>) -> ScriptValue<'v> {
    match cell {
        ValueRef::None | ValueRef::Tile(_) => ScriptValue::new_none(),
        ValueRef::Bool(value) => ScriptValue::new_bool(value),
        ValueRef::Int(number) => heap.alloc(number),
        ValueRef::Float(number) => heap.alloc(number),
        ValueRef::Text(text) => heap.alloc(text),
        // Scripts know no bytes, which among inputs are names of files.
        ValueRef::Bytes(bytes) => heap.alloc(readable(bytes).as_str()),
        ValueRef::Json(text) => match serde_json::from_str(text) {
            Ok(json) => from_json(&json, heap),
            Err(_) => heap.alloc(text),
        },
    }
}

/// Bytes as text, those that are none as `\\xe9`.
fn readable(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("\\x{byte:02x}")));
    }
    text
}

/// JSON as a value of a script.
pub(super) fn from_json<'v>(json: &Json, heap: Heap<'v>) -> ScriptValue<'v> {
    match json {
        Json::Null => ScriptValue::new_none(),
        Json::Bool(value) => ScriptValue::new_bool(*value),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(number), _) => heap.alloc(number),
            (None, Some(number)) => heap.alloc(number),
            (None, None) => heap.alloc(number.to_string()),
        },
        Json::String(text) => heap.alloc(text.as_str()),
        Json::Array(items) => heap.alloc(AllocList(items.iter().map(|item| from_json(item, heap)))),
        Json::Object(fields) => {
            heap.alloc(AllocDict(fields.iter().map(|(name, field)| (name.as_str(), from_json(field, heap)))))
        }
    }
}

/// What a script gave, as a cell: lists, tuples and dicts as JSON, and what has no counterpart as it prints itself.
#[inline]
pub(super) fn to_cell(value: ScriptValue<'_>) -> Value {
    if let Some(number) = value.unpack_i32() {
        return Value::Int(number.into());
    }
    if value.is_none() {
        return Value::None;
    }
    if let Some(value) = value.unpack_bool() {
        return Value::Bool(value);
    }
    if let Some(text) = value.unpack_str() {
        return Value::Text(text.to_owned());
    }
    to_rarer_cell(value)
}

fn to_rarer_cell(value: ScriptValue<'_>) -> Value {
    if let Ok(Some(number)) = i64::unpack_value(value) {
        return Value::Int(number);
    }
    if value.get_type() == "float"
        && let Ok(Some(number)) = UnpackFloat::unpack_value(value)
    {
        return Value::Float(number.0);
    }
    let is_nested = ListRef::from_value(value).is_some()
        || TupleRef::from_value(value).is_some()
        || DictRef::from_value(value).is_some();
    match is_nested.then(|| value.to_json()) {
        Some(Ok(json)) => Value::Json(json),
        _ => Value::Text(shortened(&value.to_repr(), MAX_SHOWN).into_owned()),
    }
}
