//! How an item is named wherever one is: by its number, and with its value beside it where a sentence has room.

use crate::pool::RunLog;
use crate::value::{grouped, shortened};

/// Characters of a value beside a number.
const VALUE_CHARACTERS: usize = 24;

/// "item 40,112".
pub fn name(index: u64) -> String {
    format!("item {}", grouped(index))
}

/// "item 6 (7)": with the value that it has in this run, in one line.
pub fn with_value(log: &RunLog, index: u64) -> String {
    match value(log, index) {
        Some(value) => format!("{} ({value})", name(index)),
        None => name(index),
    }
}

/// The value of an item, in one short line; nothing for a function without inputs.
pub fn value(log: &RunLog, index: u64) -> Option<String> {
    let row = log.row(index)?;
    let is_call = matches!(row.input, crate::value::ValueRef::None);
    let text = row.input_text();
    let first = text.lines().next().unwrap_or_default();
    (!is_call).then(|| shortened(first, VALUE_CHARACTERS).into_owned())
}
