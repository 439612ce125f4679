//! Outputs as a list that can be pasted into a program in Python.

use std::fmt::Write;

use crate::value::ValueRef;

/// `[2, 'a', None]`; rows without an output are `None`.
pub fn python_list<'a>(outputs: impl Iterator<Item = Option<ValueRef<'a>>>) -> String {
    let mut list = String::from("[");
    for (place, output) in outputs.enumerate() {
        if place > 0 {
            list.push_str(", ");
        }
        add(output.unwrap_or(ValueRef::None), &mut list);
    }
    list.push(']');
    list
}

fn add(cell: ValueRef<'_>, into: &mut String) {
    match cell {
        ValueRef::Bool(true) => into.push_str("True"),
        ValueRef::Bool(false) => into.push_str("False"),
        // What Python's `repr` gives of these is no expression.
        ValueRef::Float(number) if !number.is_finite() => {
            let _ = write!(into, "float('{cell}')");
        }
        ValueRef::Text(text) => add_text(text, into),
        ValueRef::Json(json) => add_json(json, into),
        // Writing to a string cannot fail.
        ValueRef::Tile(_) => add_text(&cell.to_string(), into),
        cell => {
            let _ = write!(into, "{cell}");
        }
    }
}

fn add_text(text: &str, into: &mut String) {
    into.push('\'');
    for letter in text.chars() {
        match letter {
            '\'' | '\\' => into.extend(['\\', letter]),
            '\n' => into.push_str("\\n"),
            '\r' => into.push_str("\\r"),
            '\t' => into.push_str("\\t"),
            letter if letter.is_control() => {
                let _ = write!(into, "\\x{:02x}", u32::from(letter));
            }
            letter => into.push(letter),
        }
    }
    into.push('\'');
}

/// JSON is Python but for three words, which count only outside of texts. Escapes are the same in both, but for two halves
/// of one character.
fn add_json(json: &str, into: &mut String) {
    let mut rest = json;
    while !rest.is_empty() {
        let words = [("true", "True"), ("false", "False"), ("null", "None")];
        if let Some((word, python)) = words.iter().find(|(word, _)| rest.starts_with(word)) {
            into.push_str(python);
            rest = &rest[word.len()..];
            continue;
        }
        let length = if rest.starts_with('"') { text_length(rest) } else { 1 };
        let length = (length..=rest.len()).find(|end| rest.is_char_boundary(*end)).unwrap_or(rest.len());
        let (part, after) = rest.split_at(length);
        match part.starts_with('"').then(|| serde_json::from_str::<String>(part).ok()).flatten() {
            Some(text) => add_text(&text, into),
            None => into.push_str(part),
        }
        rest = after;
    }
}

/// The bytes of the JSON text that begins here.
fn text_length(rest: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cell_is_as_python_reads_it() {
        let cells = [
            Some(ValueRef::Int(-7)),
            Some(ValueRef::Float(2.0)),
            Some(ValueRef::Float(f64::NAN)),
            Some(ValueRef::Bool(true)),
            Some(ValueRef::Text("it's\n\\")),
            Some(ValueRef::Bytes(b"a\xff")),
            Some(ValueRef::Json("{\"null\": [true, null, \"a\\\"b\", \"\\u00e9\"]}")),
            None,
        ];
        assert_eq!(
            python_list(cells.into_iter()),
            "[-7, 2.0, float('nan'), True, 'it\\'s\\n\\\\', b'a\\xff', {'null': [True, None, 'a\"b', 'é']}, None]"
        );
    }
}
