//! Scripts beside CPython: the same text gives the same values, shown alike.

use std::fs;
use std::process::Output;

use crate::functions::{file, gives};
use crate::{output, stderr, stdout};

const FAMILY: &str = include_str!("family.py");
/// What scripts have without an import.
const IMPORTS: &str = "from math import sqrt, floor, ceil, log, exp, sin, cos, tan, atan2, pi\n";

/// The same text as a script and as a file of Python, with these inputs.
fn both(text: &str, function: &str, inputs: &[&str]) -> [Output; 2] {
    let (_folder, script) = file("script.py", text);
    let (_other, python) = file("python.py", &format!("{IMPORTS}{text}"));
    [("--script", script), ("--python", python)].map(|(option, path)| {
        output(&[&["run", "-w", "2", option, &format!("{path}:{function}")], inputs].concat())
    })
}

/// What is printed while items run, without who printed it.
fn said(output: &Output) -> Vec<&str> {
    let mut said: Vec<_> =
        stderr(output).lines().filter_map(|line| line.split_once("] ")).map(|(_, text)| text).collect();
    said.sort_unstable();
    said
}

#[test]
fn a_family_of_functions_gives_what_cpython_gives() {
    let cases = FAMILY.lines().find_map(|line| line.strip_prefix("CASES = [")).unwrap();
    let names: Vec<&str> = cases.trim_end_matches(']').split(", ").collect();
    let [script, python] = both(FAMILY, "run", &[&format!("0..{}", names.len() - 1)]);
    assert_eq!(python.status.code(), Some(0), "{}", stderr(&python));
    assert_eq!(script.status.code(), Some(0), "{}", stderr(&script));
    let outcomes = |output: &Output| stdout(output).lines().map(str::to_owned).collect::<Vec<_>>();
    for ((name, script), python) in names.iter().zip(outcomes(&script)).zip(outcomes(&python)) {
        assert_eq!(script, python, "{name}");
    }
    assert!(names.len() > 80 && outcomes(&script).len() == names.len());
    assert_eq!(said(&script), said(&python));
}

#[test]
fn inputs_of_any_size_and_form_reach_a_script_as_they_reach_python() {
    let text = "def one(x): return [x, str(x), x == x]\ndef two(a, b=0): return [a, b, str(a)]\n";
    let inputs = [
        "1000000000000000000000000000057",
        "-99999999999999999999",
        "[1000000000000000000000000000057, 1.10, \"a\\u00e9\\n\", null, true]",
        "{\"a\": [1e22, -0.0], \"b\": {\"c\": 18446744073709551616}}",
        "[NaN, Infinity, -Infinity, 1e5]",
        "[]",
        "{}",
        "1e22",
    ];
    let [script, python] = both(text, "one", &inputs);
    assert_eq!(stdout(&script), stdout(&python), "{}{}", stderr(&script), stderr(&python));
    let rows = ["[12345678901234567890, 2]", "{\"b\": 98765432109876543210, \"a\": 0.1}", "[7]"];
    let [script, python] = both(text, "two", &rows);
    assert_eq!(stdout(&script), stdout(&python), "{}{}", stderr(&script), stderr(&python));
    assert!(stdout(&script).starts_with("[12345678901234567890,2,\"12345678901234567890\"]\n"));
}

#[test]
fn an_error_shows_the_lines_as_they_were_written() {
    let text =
        "def f(n):\n    return f\"{n} {g(n)}\"\ndef g(n):\n    print(n, 'is')\n    return '%s' % (n // 0)\n";
    let (_folder, path) = file("s.py", text);
    let failed = output(&["run", "--script", &format!("{path}:f"), "1"]);
    assert_eq!(failed.status.code(), Some(1));
    let said = stderr(&failed);
    assert!(said.contains("(line 5)") && said.contains("      return f\"{n} {g(n)}\"\n"), "{said}");
    assert!(said.contains("5 |     return '%s' % (n // 0)\n") && !said.contains("__str__"), "{said}");
    let nested = "def f(n):\n    x = []\n    for i in range(100000):\n        x = [x]\n    return x\n";
    let failed = output(&["run", "--script-text", nested, "1"]);
    assert!(
        stderr(&failed).contains("item 0 failed: the result nests too deep to be written down"),
        "{}",
        stderr(&failed)
    );
    gives(
        &output(&[
            "run",
            "--script-text",
            "def f(n):\n    x = [n]\n    x.append(str(x))\n    return x\n",
            "1",
        ]),
        "[1,\"[1]\"]\n",
    );
}

#[test]
fn inputs_that_nest_too_deep_and_expressions_without_end_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep.jsonl");
    fs::write(&path, format!("{}{}\n[1]\n", "[".repeat(100_000), "]".repeat(100_000))).unwrap();
    for mode in ["process", "thread"] {
        let text = "def f(*a): return 1";
        let ran = output(&["run", "-m", mode, "--script-text", text, "-i", path.to_str().unwrap()]);
        assert_eq!(stdout(&ran), "\n1\n", "{mode}: {}", stderr(&ran));
        assert!(stderr(&ran).contains("the input nests deeper than 500"), "{mode}: {}", stderr(&ran));
    }
    let script = folder.path().join("sum.star");
    fs::write(&script, format!("def f(n):\n    return {}\n", vec!["n"; 20_000].join("+"))).unwrap();
    let ran = output(&["run", "--script", script.to_str().unwrap(), "1"]);
    assert_eq!(ran.status.code(), Some(2), "{}", stderr(&ran));
    assert!(
        stderr(&ran).contains("line 2 has an expression of more than 2000 operators"),
        "{}",
        stderr(&ran)
    );
}
