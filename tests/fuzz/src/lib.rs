//! What must hold for any input: the fuzz targets ask it of what they make up, `tests/files` of the corpus.

mod meter;
mod readers;

use poolscope::input::parse_typed;
use poolscope::value::{Column, ValueRef};
use serde::de::IgnoredAny;

pub use self::meter::within_bounds;
pub use self::readers::check_reader;

/// Typing what was read once more, as it is written, must give the same again.
pub fn check_typed(text: &str) {
    let Ok(column) = parse_typed(text) else { return };
    assert!(!column.is_empty());
    if let Column::Json(cells) = &column {
        assert!((0..cells.len()).filter_map(|place| cells.get(place)).all(is_json));
    }
    // A number that is too large becomes an infinite one, for which Python has no literal.
    let is_finite = |cell: ValueRef<'_>| !matches!(cell, ValueRef::Float(number) if !number.is_finite());
    if !column.iter().all(is_finite) {
        return;
    }
    let again = written(&column);
    match parse_typed(&again) {
        Ok(read) => assert_eq!(read.cells(), column.cells(), "{again}"),
        Err(error) => panic!("{error}: {again}"),
    }
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

fn written(column: &Column) -> String {
    let cells: Vec<String> = column.iter().map(written_cell).collect();
    let text = cells.join(", ");
    // One list alone would be taken for the list of the inputs.
    if cells.len() == 1 && text.starts_with('[') { format!("[{text}]") } else { text }
}

fn written_cell(cell: ValueRef<'_>) -> String {
    match cell {
        ValueRef::Text(text) => serde_json::Value::from(text).to_string(),
        other => other.to_string(),
    }
}
