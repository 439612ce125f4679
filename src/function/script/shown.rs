//! Values of a script as texts: as Python's `str` and `repr` show them, and as JSON.

use starlark::values::dict::DictRef;
use starlark::values::float::StarlarkFloat;
use starlark::values::list::ListRef;
use starlark::values::tuple::TupleRef;
use starlark::values::{Heap, Value, ValueLike};

use crate::value::python_repr;

/// Deeper values are not written down: each level takes a piece of the stack.
pub(super) const MAX_DEPTH: usize = 500;
/// A range takes no memory, but what it stands for does.
const MOST_VALUES: usize = 1 << 25;
const TOO_DEEP: &str = "the result nests too deep to be written down";

/// What a value holds, where it is a list or a dict in all but name.
enum Inner<'v> {
    List(Vec<Value<'v>>),
    Tuple(Vec<Value<'v>>),
    Set(Vec<Value<'v>>),
    Range,
    Dict(Vec<(Value<'v>, Value<'v>)>),
}

impl<'v> Inner<'v> {
    fn of(value: Value<'v>, heap: Heap<'v>) -> Option<Self> {
        if let Some(list) = ListRef::from_value(value) {
            return Some(Self::List(list.iter().collect()));
        }
        if let Some(tuple) = TupleRef::from_value(value) {
            return Some(Self::Tuple(tuple.iter().collect()));
        }
        if let Some(dict) = DictRef::from_value(value) {
            return Some(Self::Dict(dict.iter().collect()));
        }
        if value.get_type() == "range" {
            return Some(Self::Range);
        }
        let set = (value.get_type() == "set").then(|| value.iterate(heap).ok()).flatten()?;
        Some(Self::Set(set.collect()))
    }
}

pub(super) fn float_of(value: Value<'_>) -> Option<f64> {
    value.downcast_ref::<StarlarkFloat>().map(|float| float.0)
}

/// Whether a value comes back as JSON.
pub(super) fn is_nested<'v>(value: Value<'v>, heap: Heap<'v>) -> bool {
    Inner::of(value, heap).is_some()
}

/// As `print` shows it.
pub(super) fn str_of<'v>(value: Value<'v>, heap: Heap<'v>) -> String {
    match value.unpack_str() {
        Some(text) => text.to_owned(),
        None => repr_of(value, heap),
    }
}

/// As a list shows it.
pub(super) fn repr_of<'v>(value: Value<'v>, heap: Heap<'v>) -> String {
    let mut text = String::new();
    write_repr(value, heap, &mut text, 0);
    text
}

fn write_repr<'v>(value: Value<'v>, heap: Heap<'v>, into: &mut String, depth: usize) {
    if let Some(text) = value.unpack_str() {
        return write_quoted(text, into);
    }
    if let Some(number) = float_of(value) {
        return into.push_str(&python_repr(number).to_string());
    }
    let Some(inner) = Inner::of(value, heap) else { return into.push_str(&value.to_repr()) };
    if depth == MAX_DEPTH {
        return into.push_str("...");
    }
    let all = |values: &[Value<'v>], into: &mut String| {
        for (place, value) in values.iter().enumerate() {
            into.push_str(if place > 0 { ", " } else { "" });
            write_repr(*value, heap, into, depth + 1);
        }
    };
    let (open, values, close) = match &inner {
        Inner::Range => return into.push_str(&range_repr(&value.to_repr())),
        Inner::Dict(fields) => return write_dict(fields, heap, into, depth),
        Inner::List(values) => ("[", values, "]"),
        Inner::Tuple(values) if values.len() == 1 => ("(", values, ",)"),
        Inner::Tuple(values) => ("(", values, ")"),
        Inner::Set(values) if values.is_empty() => ("set(", values, ")"),
        Inner::Set(values) => ("{", values, "}"),
    };
    into.push_str(open);
    all(values, into);
    into.push_str(close);
}

/// Python names the start of every range.
fn range_repr(repr: &str) -> String {
    match repr.strip_prefix("range(") {
        Some(end) if !end.contains(',') => format!("range(0, {end}"),
        _ => repr.to_owned(),
    }
}

fn write_dict<'v>(fields: &[(Value<'v>, Value<'v>)], heap: Heap<'v>, into: &mut String, depth: usize) {
    into.push('{');
    for (place, (key, value)) in fields.iter().enumerate() {
        into.push_str(if place > 0 { ", " } else { "" });
        write_repr(*key, heap, into, depth + 1);
        into.push_str(": ");
        write_repr(*value, heap, into, depth + 1);
    }
    into.push('}');
}

/// A text between quotes as Python's `repr` writes it.
fn write_quoted(text: &str, into: &mut String) {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    into.push(quote);
    for sign in text.chars() {
        match sign {
            '\\' => into.push_str("\\\\"),
            '\n' => into.push_str("\\n"),
            '\r' => into.push_str("\\r"),
            '\t' => into.push_str("\\t"),
            _ if sign == quote => into.extend(['\\', quote]),
            _ if is_printable(sign) => into.push(sign),
            _ => match u32::from(sign) {
                code @ ..=0xff => into.push_str(&format!("\\x{code:02x}")),
                code @ ..=0xffff => into.push_str(&format!("\\u{code:04x}")),
                code => into.push_str(&format!("\\U{code:08x}")),
            },
        }
    }
    into.push(quote);
}

/// Nearly as Python sees it: blanks but the plain one, controls, and what stands for nothing are not.
fn is_printable(sign: char) -> bool {
    let is_blank = sign.is_whitespace() && sign != ' ';
    let is_format = matches!(sign, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{e000}'..='\u{f8ff}' | '\u{feff}' | '\u{fff9}'..='\u{ffff}');
    !is_blank && !sign.is_control() && !is_format
}

/// A list, a tuple, a set, a range or a dict as JSON, numbers as Python's `json` writes them.
pub(super) fn json_of<'v>(value: Value<'v>, heap: Heap<'v>) -> Result<String, String> {
    let mut json = String::new();
    write_json(value, heap, &mut json, 0)?;
    Ok(json)
}

fn write_json<'v>(value: Value<'v>, heap: Heap<'v>, into: &mut String, depth: usize) -> Result<(), String> {
    match Inner::of(value, heap) {
        _ if depth > MAX_DEPTH => return Err(TOO_DEEP.to_owned()),
        None => into.push_str(&plain_json(value, heap)),
        Some(Inner::List(values) | Inner::Tuple(values) | Inner::Set(values)) => {
            into.push('[');
            for (place, value) in values.into_iter().enumerate() {
                into.push_str(if place > 0 { "," } else { "" });
                write_json(value, heap, into, depth + 1)?;
            }
            into.push(']');
        }
        Some(Inner::Range) => {
            let numbers = value.iterate(heap).map_err(|error| error.to_string())?;
            let numbers: Vec<String> = numbers.take(MOST_VALUES).map(|number| number.to_repr()).collect();
            if numbers.len() == MOST_VALUES {
                return Err(format!(
                    "the result, {}, has more values than can be written down",
                    value.to_repr()
                ));
            }
            into.push_str(&format!("[{}]", numbers.join(",")));
        }
        Some(Inner::Dict(fields)) => {
            into.push('{');
            for (place, (key, value)) in fields.into_iter().enumerate() {
                into.push_str(if place > 0 { "," } else { "" });
                into.push_str(&key_json(key, heap));
                into.push(':');
                write_json(value, heap, into, depth + 1)?;
            }
            into.push('}');
        }
    }
    Ok(())
}

/// What is no container: as JSON, or as the text that it prints itself as.
fn plain_json<'v>(value: Value<'v>, heap: Heap<'v>) -> String {
    match value.get_type() {
        "NoneType" => "null".to_owned(),
        "bool" => value.to_bool().to_string(),
        "int" => value.to_repr(),
        "float" => float_of(value).map_or_else(String::new, json_float),
        _ => text_json(&str_of(value, heap)),
    }
}

fn json_float(number: f64) -> String {
    match number {
        _ if number.is_nan() => "NaN".to_owned(),
        f64::INFINITY => "Infinity".to_owned(),
        f64::NEG_INFINITY => "-Infinity".to_owned(),
        _ => python_repr(number).to_string(),
    }
}

/// A key: a text as it is, numbers and words as JSON writes them, all else as it prints itself.
fn key_json<'v>(key: Value<'v>, heap: Heap<'v>) -> String {
    match key.get_type() {
        "NoneType" | "bool" | "int" | "float" => format!("\"{}\"", plain_json(key, heap)),
        _ => text_json(&str_of(key, heap)),
    }
}

fn text_json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
