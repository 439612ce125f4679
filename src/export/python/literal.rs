//! Values as Python writes them in its source.

use std::fmt::Write;

use crate::value::{ValueRef, python_repr};

/// Deeper JSON is left to Python's `json`.
const DEEPEST: usize = 20;

/// A text in quotes. Signs that are not seen, or that turn the direction in which others read, are written as escapes.
pub(super) fn text(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for sign in text.chars() {
        match sign {
            '"' | '\\' => quoted.extend(['\\', sign]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            sign if is_plain(sign) => quoted.push(sign),
            // Writing to a String cannot fail.
            sign if (sign as u32) < 0x100 => drop(write!(quoted, "\\x{:02x}", sign as u32)),
            sign if (sign as u32) < 0x1_0000 => drop(write!(quoted, "\\u{:04x}", sign as u32)),
            sign => drop(write!(quoted, "\\U{:08x}", sign as u32)),
        }
    }
    quoted.push('"');
    quoted
}

fn is_plain(sign: char) -> bool {
    let turns_or_breaks = matches!(sign, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    !sign.is_control() && !turns_or_breaks
}

/// A number as it is read back.
pub(super) fn float(number: f64) -> String {
    if number.is_finite() {
        python_repr(number).to_string()
    } else {
        format!("float(\"{}\")", python_repr(number))
    }
}

/// A cell as a value of Python; a sentence where it has none. Bytes are bytes.
pub(super) fn cell(cell: ValueRef<'_>) -> Result<String, String> {
    Ok(match cell {
        ValueRef::None => "None".to_owned(),
        ValueRef::Bool(value) => if value { "True" } else { "False" }.to_owned(),
        ValueRef::Int(number) => number.to_string(),
        ValueRef::Float(number) => float(number),
        ValueRef::Text(content) => text(content),
        ValueRef::Bytes(_) => cell.to_string(),
        ValueRef::Json(document) => json(document),
        ValueRef::Tile(_) => {
            return Err("a piece of a picture among the inputs has no counterpart in Python".to_owned());
        }
    })
}

/// Outputs as a list that can be pasted into a program: `[2, "a", None]`; rows without an output are `None`.
pub fn python_list<'a>(outputs: impl Iterator<Item = Option<ValueRef<'a>>>) -> String {
    let written = |output: ValueRef<'_>| cell(output).unwrap_or_else(|_| text(&output.to_string()));
    let cells: Vec<String> = outputs.map(|output| written(output.unwrap_or(ValueRef::None))).collect();
    format!("[{}]", cells.join(", "))
}

/// A JSON document as the value that Python's `json` makes of it.
fn json(document: &str) -> String {
    let mut written = String::with_capacity(document.len());
    match write_json(document.trim_ascii(), 0, &mut written) {
        Some("") => written,
        // Too deep, or not sound: Python's reader decides.
        _ => format!("__import__(\"json\").loads({})", text(document)),
    }
}

/// Writes the value that a text begins with; gives what follows it.
fn write_json<'a>(rest: &'a str, depth: usize, into: &mut String) -> Option<&'a str> {
    let first = rest.chars().next()?;
    match first {
        '[' | '{' if depth < DEEPEST => write_nested(rest, depth, into),
        '"' => {
            let mut values = serde_json::Deserializer::from_str(rest).into_iter::<String>();
            let content = values.next()?.ok()?;
            into.push_str(&text(&content));
            Some(rest[values.byte_offset()..].trim_ascii_start())
        }
        'a'..='z' | 'A'..='Z' => {
            let end = rest.find(|sign: char| !sign.is_ascii_alphabetic()).unwrap_or(rest.len());
            into.push_str(match &rest[..end] {
                "true" => "True",
                "false" => "False",
                "null" => "None",
                "NaN" => "float(\"nan\")",
                "Infinity" => "float(\"inf\")",
                _ => return None,
            });
            Some(rest[end..].trim_ascii_start())
        }
        '-' if rest.starts_with("-Infinity") => {
            into.push_str("float(\"-inf\")");
            Some(rest["-Infinity".len()..].trim_ascii_start())
        }
        '-' | '0'..='9' => {
            let is_part = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '.' | '+' | '-');
            let end = rest.find(|sign| !is_part(sign)).unwrap_or(rest.len());
            into.push_str(&rest[..end]);
            Some(rest[end..].trim_ascii_start())
        }
        _ => None,
    }
}

fn write_nested<'a>(rest: &'a str, depth: usize, into: &mut String) -> Option<&'a str> {
    let (open, close) = if rest.starts_with('[') { ('[', ']') } else { ('{', '}') };
    into.push(open);
    let mut rest = rest[1..].trim_ascii_start();
    let mut is_first = true;
    loop {
        if let Some(after) = rest.strip_prefix(close) {
            into.push(close);
            return Some(after.trim_ascii_start());
        }
        if !is_first {
            rest = rest.strip_prefix(',')?.trim_ascii_start();
            into.push_str(", ");
        }
        is_first = false;
        if open == '{' {
            rest = write_json(rest, depth + 1, into)?.strip_prefix(':')?.trim_ascii_start();
            into.push_str(": ");
        }
        rest = write_json(rest, depth + 1, into)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted_so_that_they_read_as_they_are() {
        assert_eq!(
            text("a\"b\\c\n\t\r\0\u{7f}é日\u{202e}\u{1f600}"),
            "\"a\\\"b\\\\c\\n\\t\\x0d\\x00\\x7fé日\\u202e\u{1f600}\""
        );
    }

    #[test]
    fn outputs_are_a_list_in_which_rows_without_one_are_none() {
        let cells = [
            Some(ValueRef::Int(-7)),
            Some(ValueRef::Float(2.0)),
            Some(ValueRef::Text("it's\n\\")),
            Some(ValueRef::Bytes(b"a\xff")),
            Some(ValueRef::Json("{\"null\": [true, null, \"a\\\"b\"]}")),
            None,
        ];
        assert_eq!(
            python_list(cells.into_iter()),
            r#"[-7, 2.0, "it's\n\\", b'a\xff', {"null": [True, None, "a\"b"]}, None]"#
        );
        assert_eq!(python_list(std::iter::empty()), "[]");
    }

    #[test]
    fn cells_are_written_as_python_has_them() {
        for (value, expected) in [
            (ValueRef::Bool(true), "True"),
            (ValueRef::Float(1e16), "1e+16"),
            (ValueRef::Float(f64::NEG_INFINITY), "float(\"-inf\")"),
            (ValueRef::Bytes(b"a\xff"), "b'a\\xff'"),
            (
                ValueRef::Json("[1,-2.50,\"a\\u00e9\",null,true,{\"b\":[]}]"),
                "[1, -2.50, \"aé\", None, True, {\"b\": []}]",
            ),
            (ValueRef::Json("[NaN,-Infinity]"), "[float(\"nan\"), float(\"-inf\")]"),
            (ValueRef::Json("12345678901234567890"), "12345678901234567890"),
            (ValueRef::Json("[1,"), "__import__(\"json\").loads(\"[1,\")"),
        ] {
            assert_eq!(cell(value).unwrap(), expected);
        }
        assert!(cell(ValueRef::Json(&"[".repeat(50).to_string())).unwrap().starts_with("__import__"));
    }
}
