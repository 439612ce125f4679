//! Turns typed items into one column of the narrowest type that holds them all unchanged.

use super::parse::{Item, Kind};
use super::{Flaw, MAX_TYPED};
use crate::value::{Column, Strings, grouped};

/// What kinds of items there are.
#[derive(Default)]
struct Tally {
    count: u64,
    has_int: bool,
    has_float: bool,
    has_bool: bool,
    has_none: bool,
    has_text: bool,
    has_nested: bool,
}

impl Tally {
    fn of(items: &[Item<'_>]) -> Self {
        let mut tally = Self::default();
        for item in items {
            let mut count = 1;
            match &item.kind {
                Kind::Int(_) => tally.has_int = true,
                Kind::Range(range) => (tally.has_int, count) = (true, range.count),
                Kind::Float(_) => tally.has_float = true,
                Kind::Bool(_) => tally.has_bool = true,
                Kind::None => tally.has_none = true,
                Kind::Text(_) => tally.has_text = true,
                Kind::List(_) | Kind::Object(_) => tally.has_nested = true,
            }
            tally.count = tally.count.saturating_add(count);
        }
        tally
    }
}

/// The column that holds all `items`.
pub(super) fn column(items: &[Item<'_>]) -> Result<Column, Flaw> {
    let tally = Tally::of(items);
    if tally.count == 0 {
        return Err(Flaw::whole("there are none; type values such as 1, 2, 3 or a range such as 1..100"));
    }
    if tally.count > MAX_TYPED {
        let (count, most) = (grouped(tally.count), grouped(MAX_TYPED));
        return Err(Flaw::whole(format!("these are {count} inputs, and at most {most} can be typed")));
    }
    let capacity = tally.count as usize;
    let has_number = tally.has_int || tally.has_float;
    match tally {
        Tally { has_nested: true, .. } => json(items),
        Tally { has_text: true, .. } => Ok(texts(items)),
        Tally { has_bool: false, has_none: false, has_float: false, .. } => Ok(ints(items, capacity)),
        Tally { has_bool: false, has_none: false, .. } => Ok(floats(items, capacity)),
        Tally { has_none: false, .. } if !has_number => Ok(bools(items)),
        Tally { has_bool: false, .. } if !has_number => Ok(Column::None(capacity)),
        _ => json(items),
    }
}

fn ints(items: &[Item<'_>], capacity: usize) -> Column {
    let mut cells = Vec::with_capacity(capacity);
    for item in items {
        match &item.kind {
            Kind::Int(number) => cells.push(*number),
            Kind::Range(range) => cells.extend(range.iter()),
            _ => {}
        }
    }
    Column::Int(cells)
}

fn floats(items: &[Item<'_>], capacity: usize) -> Column {
    let mut cells = Vec::with_capacity(capacity);
    for item in items {
        match &item.kind {
            Kind::Int(number) => cells.push(*number as f64),
            Kind::Float(number) => cells.push(*number),
            Kind::Range(range) => cells.extend(range.iter().map(|number| number as f64)),
            _ => {}
        }
    }
    Column::Float(cells)
}

fn bools(items: &[Item<'_>]) -> Column {
    Column::Bool(items.iter().map(|item| matches!(item.kind, Kind::Bool(true))).collect())
}

/// All as text: numbers and Python's words among words stay as they were typed.
fn texts(items: &[Item<'_>]) -> Column {
    let mut cells = Strings::default();
    for item in items {
        match &item.kind {
            Kind::Text(text) => cells.push(text),
            Kind::Range(range) => range.iter().for_each(|number| cells.push(&number.to_string())),
            _ => cells.push(item.source),
        }
    }
    Column::Text(cells)
}

fn json(items: &[Item<'_>]) -> Result<Column, Flaw> {
    let mut cells = Strings::default();
    let mut written = String::new();
    for item in items {
        if let Kind::Range(range) = &item.kind {
            range.iter().for_each(|number| cells.push(&number.to_string()));
            continue;
        }
        written.clear();
        write_json(item, &mut written)?;
        cells.push(&written);
    }
    Ok(Column::Json(cells))
}

/// No deeper than the parser went, which has a limit.
fn write_json(item: &Item<'_>, into: &mut String) -> Result<(), Flaw> {
    match &item.kind {
        Kind::Int(number) => into.push_str(&number.to_string()),
        Kind::Float(number) => into.push_str(&serde_json::Value::from(*number).to_string()),
        Kind::Bool(value) => into.push_str(if *value { "true" } else { "false" }),
        Kind::None => into.push_str("null"),
        Kind::Text(text) => into.push_str(&serde_json::Value::from(text.as_ref()).to_string()),
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
