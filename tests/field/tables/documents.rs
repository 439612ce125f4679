//! JSON of every shape: each input must be what Python's `json` reads, written as Python writes it.

use std::fs;

use serde_json::{Value, json};

use super::generated::Dice;
use crate::case::{MODES, in_parallel, poolscope, words};
use crate::reference::{answers, lines};

pub const COUNT: usize = WRITTEN.len() + GENERATED as usize;
const GENERATED: u64 = 16;

const WRITTEN: [(&str, &str); 25] = [
    ("numbers", "[1, 2.50, -3, 1e5, 0.1, -0, -0.0, 1E-7]"),
    ("texts", r#"["a", "", " x ", "null", "12", "007", "true"]"#),
    ("words", "[true, false, null]"),
    ("NaN and infinities", "[0.5, NaN, Infinity, -Infinity]"),
    ("31 digits", "[1000000000000000000000000000057, -1000000000000000000000000000057]"),
    (
        "just beyond 64 bits",
        "[9223372036854775807, 9223372036854775808, -9223372036854775809, 18446744073709551616]",
    ),
    ("long fractions", "[0.1234567890123456789, 3.14159265358979323846264338]"),
    ("large exponents", "[1e308, 1e-308, 5e-324, 1e400, 123456789012345680000.0]"),
    ("lists", "[[1, 2], [], [[3]], [null, \"x\"]]"),
    ("mixed", r#"[1, "a", null, [2], {"b": 3}, true, 1.5]"#),
    ("objects", r#"[{"a": 1, "b": "x"}, {"a": 2, "b": null}]"#),
    ("objects of other keys", r#"[{"a": 1}, {"b": 2}, {}]"#),
    ("nested objects", r#"[{"a": {"b": [1, {"c": null}]}}, {"a": {}}]"#),
    ("31 digits in an object", r#"[{"id": 1000000000000000000000000000057, "x": 1.10}]"#),
    ("NaN in an object", r#"[{"x": NaN, "y": -Infinity}]"#),
    ("keys that come twice", r#"[{"a": 1, "a": 2}, {"a": 3}]"#),
    ("escapes", r#"["\u00e9\n\t\"\\\/", "\ud83d\ude00", "😀"]"#),
    ("one object", r#"{"a": 1, "b": [2, 3]}"#),
    ("one object over lines", "{\n  \"a\": 1,\n  \"b\": [\n    2,\n    3\n  ]\n}\n"),
    ("a list over lines", "[\n  1,\n  2,\n  {\n    \"a\": 1\n  }\n]\n"),
    ("JSON Lines", "{\"a\": 1}\n{\"a\": 2.50}\n{\"a\": NaN}\n"),
    ("JSON Lines of lists", "[1, 2]\n[3, 4]\n[1000000000000000000000000000057]\n"),
    ("JSON Lines with blank lines", "{\"a\": 1}\n\n{\"a\": 2}\n\n"),
    ("JSON Lines with CRLF", "{\"a\": 1}\r\n{\"a\": 2}\r\n"),
    ("a byte order mark", "\u{feff}[1, 2]"),
];

fn documents() -> Vec<(String, String)> {
    let written = WRITTEN.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    written.chain((1..=GENERATED).map(generated)).collect()
}

/// A list of random documents.
fn generated(seed: u64) -> (String, String) {
    let mut dice = Dice::new(1000 + seed);
    let values: Vec<String> = (0..12).map(|_| value(&mut dice, 0)).collect();
    (format!("generated {seed}"), format!("[{}]", values.join(if dice.is(2) { ", " } else { ",\n  " })))
}

fn value(dice: &mut Dice, depth: usize) -> String {
    let leaves = [
        "0",
        "-1",
        "2.50",
        "1e5",
        "1E+2",
        "null",
        "true",
        "\"x\"",
        "\"007\"",
        "\"é\\n\"",
        "NaN",
        "123456789012345678901",
    ];
    if depth > 3 || dice.below(3) > 0 {
        return (*dice.pick(&leaves)).to_owned();
    }
    let inner: Vec<String> = (0..dice.below(4)).map(|_| value(dice, depth + 1)).collect();
    if dice.is(2) {
        return format!("[{}]", inner.join(", "));
    }
    let members = inner.iter().enumerate().map(|(place, value)| format!("\"k{place}\": {value}"));
    format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
}

#[test]
fn every_input_is_what_json_reads() {
    let documents = documents();
    let asked: Vec<Value> = documents
        .iter()
        .map(|(_, text)| json!({"ask": "json", "bytes": text.as_bytes(), "encoding": "utf-8"}))
        .collect();
    let right: Vec<String> = answers(&asked).iter().map(|answer| lines(answer).join("\n") + "\n").collect();
    let all: Vec<_> = documents.iter().zip(right).enumerate().collect();
    let wrong =
        in_parallel(&all, |(place, ((name, text), right))| failure(name, text, right, MODES[place % 2]));
    assert!(wrong.is_empty(), "{} of {} documents:\n{}", wrong.len(), all.len(), wrong.join("\n"));
}

fn failure(name: &str, text: &str, right: &str, mode: &str) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let is_lines = name.starts_with("JSON Lines");
    let file = if is_lines { "in.jsonl" } else { "in.json" };
    fs::write(folder.path().join(file), text).unwrap();
    // Called with the input as it is, whatever it is.
    fs::write(folder.path().join("f.py"), "def f(value, /):\n    return repr(value)\n").unwrap();
    let is_table = right.lines().all(|line| line.starts_with('{'));
    let rows = if is_table { "--column *" } else { "" };
    let args = format!("run -w 1 -m {mode} -i {file} {rows} --python f.py");
    let output = poolscope(folder.path(), &words(&args), None);
    let (printed, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let said: String = said.chars().take(500).collect();
    (printed != *right)
        .then(|| format!("{name}: {text}\n  printed  {printed:?}\n  expected {right:?}\n  stderr: {said}\n"))
}
