//! Turns typed items into one column.

use super::parse::{Item, Kind};
use super::{Flaw, MAX_TYPED};
use crate::input::literal;
use crate::input::options::{CellType, CellTypes};
use crate::input::store::{Values, number_of};
use crate::value::{Column, Strings, Value, grouped};

/// The column that holds all `items`, so many times one after the other.
pub(super) fn column(items: &[Item<'_>], times: u64, types: &CellTypes) -> Result<Column, Flaw> {
    let count_of = |item: &Item<'_>| match &item.kind {
        Kind::Range(range) => range.count,
        _ => 1,
    };
    let count = items.iter().map(count_of).fold(0, u64::saturating_add).saturating_mul(times);
    if count == 0 {
        return Err(Flaw::whole("there are none; type values such as 1, 2, 3 or a range such as 1..100"));
    }
    if count > MAX_TYPED {
        let (count, most) = (grouped(count), grouped(MAX_TYPED));
        return Err(Flaw::whole(format!("these are {count} inputs, and at most {most} can be typed")));
    }
    let has = |is_kind: fn(&Kind<'_>) -> bool| items.iter().any(|item| is_kind(&item.kind));
    let has_word = has(|kind| matches!(kind, Kind::Word));
    let has_nested = has(|kind| matches!(kind, Kind::List(_) | Kind::Object(_)));
    match types.all {
        None if has_word && !has_nested => Ok(texts(items, times)),
        asked => values(items, times, asked, types.is_hint),
    }
}

fn repeated<'a, 'b>(items: &'b [Item<'a>], times: u64) -> impl Iterator<Item = &'b Item<'a>> {
    (0..times).flat_map(move |_| items)
}

/// All as text: numbers and Python's words among words stay as they were typed.
fn texts(items: &[Item<'_>], times: u64) -> Column {
    let mut cells = Strings::default();
    for item in repeated(items, times) {
        match &item.kind {
            Kind::Text(text) => cells.push(text),
            Kind::Range(range) => range.iter().for_each(|number| cells.push(&number.to_string())),
            _ => cells.push(item.source),
        }
    }
    Column::Text(cells)
}

/// Each as what it is, or as what is asked for.
fn values(items: &[Item<'_>], times: u64, asked: Option<CellType>, is_hint: bool) -> Result<Column, Flaw> {
    let mut values = Values::default();
    for item in repeated(items, times) {
        if let Kind::Range(range) = &item.kind {
            for number in range.iter() {
                values.push_shown(match asked {
                    Some(CellType::Text) => Value::Text(number.to_string()),
                    Some(CellType::Float) => Value::Float(number as f64),
                    _ => Value::Int(number),
                });
            }
            continue;
        }
        let (value, text) = (value_of(item)?, text_of(item));
        let value = match asked.map(|asked| converted(&value, &text, asked)) {
            None => value,
            Some(Ok(value)) => value,
            Some(Err(_)) if is_hint => value,
            Some(Err(reason)) => return Err(Flaw::at(item.at, reason)),
        };
        values.push(value, &text);
    }
    Ok(values.take())
}

/// What an item would be in a list of Python.
fn value_of(item: &Item<'_>) -> Result<Value, Flaw> {
    Ok(match &item.kind {
        Kind::Int(number) => Value::Int(*number),
        Kind::BigInt(digits) => Value::Json(digits.clone()),
        Kind::Float(number) => Value::Float(*number),
        Kind::Bool(value) => Value::Bool(*value),
        Kind::None => Value::None,
        Kind::Text(text) => Value::Text(text.to_string()),
        Kind::Word | Kind::Range(_) => Value::Text(item.source.to_owned()),
        Kind::List(_) | Kind::Object(_) => {
            let is_json =
                !item.source.contains(['\n', '\r']) && literal::check(item.source.as_bytes()).is_ok();
            let mut json = String::new();
            match is_json {
                true => json.push_str(item.source),
                false => write_json(item, &mut json)?,
            }
            Value::Json(json)
        }
    })
}

/// How an item was typed.
fn text_of(item: &Item<'_>) -> String {
    match &item.kind {
        Kind::Text(text) => text.to_string(),
        // A line end within it would make two inputs of one.
        Kind::List(_) | Kind::Object(_) if item.source.contains(['\n', '\r']) => {
            item.source.split_whitespace().collect::<Vec<_>>().join(" ")
        }
        _ => item.source.to_owned(),
    }
}

/// A typed value as what is asked for.
fn converted(value: &Value, text: &str, asked: CellType) -> Result<Value, String> {
    let is_nested = matches!(value, Value::Json(json) if json.starts_with(['[', '{']));
    match (asked, value) {
        (CellType::Json, _) => Ok(value.clone()),
        (CellType::Text, _) if is_nested => Ok(value.clone()),
        (CellType::Text, _) => Ok(Value::Text(text.to_owned())),
        // As Python reads them.
        (CellType::Int | CellType::Int64 | CellType::Float | CellType::Number, Value::Text(_)) => {
            number_of(text.trim_ascii(), asked)
        }
        (CellType::Float, Value::Int(number)) => Ok(Value::Float(*number as f64)),
        (CellType::Int | CellType::Int64, Value::Int(_))
        | (CellType::Number, Value::Int(_) | Value::Float(_)) => Ok(value.clone()),
        (CellType::Float, Value::Float(_)) => Ok(value.clone()),
        _ => number_of(text.trim_ascii(), asked),
    }
}

/// No deeper than the parser went, which has a limit.
fn write_json(item: &Item<'_>, into: &mut String) -> Result<(), Flaw> {
    match &item.kind {
        Kind::Int(number) => into.push_str(&number.to_string()),
        Kind::BigInt(digits) => into.push_str(digits),
        // JSON has no word for what a number too large for a float is read as, but such a number.
        Kind::Float(number) if number.is_infinite() => {
            into.push_str(if *number > 0.0 { "1e999" } else { "-1e999" });
        }
        Kind::Float(number) => into.push_str(&format!("{number:?}")),
        Kind::Bool(value) => into.push_str(if *value { "true" } else { "false" }),
        Kind::None => into.push_str("null"),
        Kind::Text(text) => into.push_str(&serde_json::Value::from(text.as_ref()).to_string()),
        Kind::Word => into.push_str(&serde_json::Value::from(item.source).to_string()),
        Kind::Range(_) => return Err(Flaw::at(item.at, "a range cannot stand within a nested list")),
        Kind::List(items) => write_list(items, into)?,
        Kind::Object(members) => write_object(members, into)?,
    }
    Ok(())
}

fn write_list(items: &[Item<'_>], into: &mut String) -> Result<(), Flaw> {
    into.push('[');
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            into.push(',');
        }
        write_json(item, into)?;
    }
    into.push(']');
    Ok(())
}

fn write_object(members: &[(Item<'_>, Item<'_>)], into: &mut String) -> Result<(), Flaw> {
    into.push('{');
    for (place, (key, value)) in members.iter().enumerate() {
        if place > 0 {
            into.push(',');
        }
        write_json(key, into)?;
        into.push(':');
        write_json(value, into)?;
    }
    into.push('}');
    Ok(())
}
