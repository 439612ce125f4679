//! Cells as the values of a script, and back.

use num_bigint::BigInt;
use starlark::values::dict::AllocDict;
use starlark::values::list::AllocList;
use starlark::values::{Heap, UnpackValue, Value as ScriptValue};

use super::shown;
use crate::input::literal;
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
        ValueRef::Json(text) => match literal::check(text.as_bytes()) {
            Ok(sound) => from_json(sound.trim_ascii(), heap),
            Err(_) => heap.alloc(text),
        },
    }
}

/// Bytes as text, those that are none as `\xe9`.
fn readable(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("\\x{byte:02x}")));
    }
    text
}

/// Sound JSON as a value of a script, without blanks around it; how deep it nests was looked at before.
pub(super) fn from_json<'v>(json: &str, heap: Heap<'v>) -> ScriptValue<'v> {
    let bytes = json.as_bytes();
    // Values end at ASCII signs, so that each is whole.
    let inner = |value: &[u8]| from_json(std::str::from_utf8(value).unwrap_or_default(), heap);
    match bytes.first() {
        Some(b'"') => heap.alloc(literal::unescaped(bytes).unwrap_or_else(|_| json.to_owned()).as_str()),
        Some(b'[') => heap.alloc(AllocList(literal::elements(bytes).map(inner))),
        Some(b'{') => {
            let fields: Vec<_> = literal::members(bytes).map(|(name, value)| (name, inner(value))).collect();
            heap.alloc(AllocDict(fields.iter().map(|(name, value)| (name.as_str(), *value))))
        }
        Some(b't') => ScriptValue::new_bool(true),
        Some(b'f') => ScriptValue::new_bool(false),
        Some(b'n') | None => ScriptValue::new_none(),
        Some(_) => number(json, heap),
    }
}

/// A number as JSON has it, and the words that Python writes among them.
fn number<'v>(written: &str, heap: Heap<'v>) -> ScriptValue<'v> {
    if let Ok(number) = written.parse::<i64>() {
        return heap.alloc(number);
    }
    if written.bytes().skip(1).all(|byte| byte.is_ascii_digit())
        && let Ok(number) = written.parse::<BigInt>()
    {
        return heap.alloc(number);
    }
    heap.alloc(written.parse::<f64>().unwrap_or(f64::NAN))
}

/// What a script gave, as a cell: lists, tuples, sets and dicts as JSON, and what has no counterpart as it prints itself.
#[inline]
pub(super) fn to_cell<'v>(value: ScriptValue<'v>, heap: Heap<'v>) -> Result<Value, String> {
    if let Some(number) = value.unpack_i32() {
        return Ok(Value::Int(number.into()));
    }
    if value.is_none() {
        return Ok(Value::None);
    }
    if let Some(value) = value.unpack_bool() {
        return Ok(Value::Bool(value));
    }
    if let Some(text) = value.unpack_str() {
        return Ok(Value::Text(text.to_owned()));
    }
    to_rarer_cell(value, heap)
}

fn to_rarer_cell<'v>(value: ScriptValue<'v>, heap: Heap<'v>) -> Result<Value, String> {
    if let Ok(Some(number)) = i64::unpack_value(value) {
        return Ok(Value::Int(number));
    }
    if let Some(number) = shown::float_of(value) {
        return Ok(Value::Float(number));
    }
    if value.get_type() == "int" {
        // All its digits, which are JSON.
        return Ok(Value::Json(value.to_repr()));
    }
    if shown::is_nested(value, heap) {
        return shown::json_of(value, heap).map(Value::Json);
    }
    Ok(Value::Text(shortened(&shown::str_of(value, heap), MAX_SHOWN).into_owned()))
}
