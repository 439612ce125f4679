//! What came in and what went out stands in files of rows as it was written, and comes back through `--resume`.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::case::{in_parallel, poolscope, words};
use crate::reference::{answers, lines};

const ENDINGS: [&str; 3] = ["csv", "json", "jsonl"];

/// Cells whose writing is easily lost.
const CELLS: [&str; 24] = [
    "1.10",
    "007",
    "1e5",
    "-0",
    "1000000000000000000000000000057",
    " x ",
    "null",
    "",
    "=1+1",
    "@x",
    "say \"no\"",
    "two\nlines",
    "NaN",
    "1.00E+05",
    "+5",
    "0x10",
    "true",
    "None",
    "'tis",
    "a,b",
    "[1, 2]",
    "é😀",
    "\\n",
    "3",
];

/// What a Python function returns, and how it stands in JSON.
const RETURNED: [(&str, &str); 18] = [
    ("1.1", "1.1"),
    ("'1.10'", "\"1.10\""),
    ("'007'", "\"007\""),
    ("1e22", "1e+22"),
    ("-0.0", "-0.0"),
    ("1e16", "1e+16"),
    ("3.0", "3.0"),
    ("10**30 + 57", "1000000000000000000000000000057"),
    ("None", "null"),
    ("'null'", "\"null\""),
    ("''", "\"\""),
    ("' x '", "\" x \""),
    ("'=1+1'", "\"=1+1\""),
    ("'a\\nb\"c'", "\"a\\nb\\\"c\""),
    ("True", "true"),
    ("'true'", "\"true\""),
    ("'[1, 2]'", "\"[1, 2]\""),
    ("'é'", "\"é\""),
];

/// Input and output of each row of a file, as written there.
fn rows(file: &Path) -> Vec<(String, String)> {
    let answer = &answers(&[json!({"ask": "rows", "file": file})])[0];
    let pairs = answer.as_array().unwrap().iter().map(lines);
    pairs.map(|pair| (pair[0].clone(), pair[1].clone())).collect()
}

/// Runs `args` with rows written to `first.ENDING`, and again with these kept and written to `second.ENDING`.
fn twice(folder: &Path, ending: &str, args: &str) -> String {
    let mut said = String::new();
    for more in [format!("-o first.{ending}"), format!("--resume first.{ending} -o second.{ending}")] {
        let output = poolscope(folder, &words(&format!("run -w 1 {args} {more}")), None);
        said.push_str(&String::from_utf8_lossy(&output.stderr));
    }
    said
}

fn check(failure: impl Fn(&str) -> Option<String> + Sync) {
    let wrong = in_parallel(&ENDINGS, |ending| failure(ending));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether a cell of a row stands for what was written: in JSON as a number written so, or as a text.
fn stands_for(cell: &str, text: &str, ending: &str) -> bool {
    let as_text = Value::from(text).to_string();
    let is_nothing = text.is_empty() && cell == "null";
    if ending == "csv" {
        cell == text
    } else {
        cell == as_text || is_nothing || (cell == text && text != "null")
    }
}

#[test]
fn cells_of_a_table_come_back_as_they_were_written() {
    check(|ending| {
        let folder = tempfile::tempdir().unwrap();
        let quoted = CELLS.map(|cell| format!("x,\"{}\"\n", cell.replace('"', "\"\"")));
        fs::write(folder.path().join("t.csv"), format!("k,v\n{}", quoted.concat())).unwrap();
        // The command notes each call, so that an item which is run again is seen.
        let command = "--shell --command 'echo x >>ran; printf %s {}' -i t.csv --column v";
        let said = twice(folder.path(), ending, command);
        let calls = fs::read_to_string(folder.path().join("ran")).unwrap_or_default().lines().count();
        let mut wrong = Vec::new();
        for file in ["first", "second"] {
            let found = rows(&folder.path().join(file).with_extension(ending));
            if found.len() != CELLS.len() {
                wrong.push(format!("{file}.{ending} has {} rows", found.len()));
            }
            for (cell, (input, output)) in CELLS.iter().zip(found) {
                if !stands_for(&input, cell, ending) || !stands_for(&output, cell, ending) {
                    wrong.push(format!("{file}.{ending}: {cell:?} stands as {input:?} -> {output:?}"));
                }
            }
        }
        if calls != CELLS.len() {
            wrong.push(format!("{ending}: {calls} calls for {} cells", CELLS.len()));
        }
        (!wrong.is_empty()).then(|| format!("{}\n  stderr: {said}", wrong.join("\n")))
    });
}

#[test]
fn results_of_python_come_back_as_they_were_returned() {
    check(|ending| {
        let folder = tempfile::tempdir().unwrap();
        let values = RETURNED.map(|(source, _)| format!("    {source},\n")).concat();
        let source = format!(
            "import os\nVALUES = [\n{values}]\n\n\ndef f(n):\n    with open(os.path.join(os.path.dirname(__file__), 'ran'), 'a') as ran:\n        \
             ran.write('x\\n')\n    return VALUES[n]\n"
        );
        fs::write(folder.path().join("f.py"), source).unwrap();
        let last = RETURNED.len() - 1;
        let said = twice(folder.path(), ending, &format!("--python f.py:f 0..{last}"));
        let calls = fs::read_to_string(folder.path().join("ran")).unwrap_or_default().lines().count();
        let [first, second] =
            ["first", "second"].map(|file| rows(&folder.path().join(file).with_extension(ending)));
        let mut wrong = Vec::new();
        for ((source, right), (_, output)) in RETURNED.iter().zip(&first) {
            if ending != "csv" && output != right {
                wrong.push(format!("{ending}: {source} stands as {output}, expected {right}"));
            }
        }
        if first != second || first.len() != RETURNED.len() {
            wrong.push(format!("{ending}: resumed, {first:?} became {second:?}"));
        }
        if calls != RETURNED.len() {
            wrong.push(format!("{ending}: {calls} calls for {} inputs", RETURNED.len()));
        }
        (!wrong.is_empty()).then(|| format!("{}\n  stderr: {said}", wrong.join("\n")))
    });
}
