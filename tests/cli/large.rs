//! Inputs so large that a pool may choke on them.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{output, stderr, stdout};

const MODES: [&str; 2] = ["process", "thread"];
/// A line of a file may have 16 MiB.
const LONGEST: usize = (16 << 20) - 2;

/// A file of JSON Lines with texts of these lengths.
fn texts(folder: &Path, lengths: &[usize]) -> PathBuf {
    let lines: String = lengths.iter().map(|length| format!("\"{}\"\n", "x".repeat(*length))).collect();
    let path = folder.join("texts.jsonl");
    fs::write(&path, lines).unwrap();
    path
}

fn code(folder: &Path, text: &str) -> String {
    let path = folder.join("code.py");
    fs::write(&path, text).unwrap();
    format!("{}:f", path.display())
}

#[test]
fn an_input_as_long_as_a_line_may_be_is_one_like_others_and_a_longer_one_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let inputs = texts(folder.path(), &[10, LONGEST, 20]);
    let function = code(folder.path(), "def f(text):\n    return len(text)\n");
    for mode in MODES {
        let args = ["run", "-m", mode, "-w", "2", "-i", inputs.to_str().unwrap(), "--python", &function];
        let ran = output(&args);
        assert_eq!(stdout(&ran), format!("10\n{LONGEST}\n20\n"), "{mode}: {}", stderr(&ran));
        texts(folder.path(), &[10, 100 << 20, 20]);
        let ran = output(&[&args[..], &["--bad-lines", "skip"]].concat());
        assert_eq!(stdout(&ran), "10\n20\n", "{mode}: {}", stderr(&ran));
        assert!(stderr(&ran).contains("line 2"), "{mode}: {}", stderr(&ran));
        texts(folder.path(), &[10, LONGEST, 20]);
    }
}

#[test]
fn a_worker_that_dies_while_much_is_sent_to_it_costs_its_item() {
    let folder = tempfile::tempdir().unwrap();
    let inputs = texts(folder.path(), &[LONGEST, LONGEST, 5, LONGEST, LONGEST]);
    let text = "import os\ndef f(text):\n    if len(text) == 5:\n        os.abort()\n    return len(text)\n";
    let function = code(folder.path(), text);
    for mode in MODES {
        let args = ["run", "-m", mode, "-w", "2", "-i", inputs.to_str().unwrap(), "--python", &function];
        let ran = output(&[&args[..], &["--chunk", "1"]].concat());
        let wanted = format!("{LONGEST}\n{LONGEST}\n\n{LONGEST}\n{LONGEST}\n");
        assert_eq!(stdout(&ran), wanted, "{mode}: {}", stderr(&ran));
        assert!(stderr(&ran).contains("item 2 failed"), "{mode}: {}", stderr(&ran));
    }
}

#[test]
fn a_worker_lets_go_of_an_input_after_its_item() {
    let folder = tempfile::tempdir().unwrap();
    let inputs = texts(folder.path(), &[LONGEST; 30]);
    let function = code(folder.path(), "def f(text):\n    return len(text)\n");
    for mode in MODES {
        let args = ["run", "-m", mode, "-w", "1", "--json", "-i", inputs.to_str().unwrap()];
        let ran = output(&[&args[..], &["--chunk", "1", "--python", &function]].concat());
        let report: Value = serde_json::from_slice(&ran.stdout).unwrap();
        let peak = report["worker_stats"][0]["peak_rss_bytes"].as_u64().unwrap();
        // The one in hand and the next, as they came and as texts, and what a slow machine lets pile up, but not all thirty.
        assert!((16 << 20..320 << 20).contains(&peak), "{mode}: {peak}");
    }
}

#[test]
fn an_input_too_long_for_an_argument_of_a_command_is_one_rows_fate() {
    let folder = tempfile::tempdir().unwrap();
    let inputs = texts(folder.path(), &[3, 3 << 20, 4]);
    let args = ["run", "-w", "2", "-i", inputs.to_str().unwrap(), "--command", "printf %s {}"];
    let ran = output(&args);
    assert_eq!(stdout(&ran), "xxx\n\nxxxx\n", "{}", stderr(&ran));
    assert!(stderr(&ran).contains("item 1 failed: "), "{}", stderr(&ran));
    assert!(stderr(&ran).contains("too long"), "{}", stderr(&ran));
    let ran = output(&["run", "--stdin", "-i", inputs.to_str().unwrap(), "--command", "wc -c"]);
    assert!(stdout(&ran).contains(&((3 << 20) + 1).to_string()), "{} {}", stdout(&ran), stderr(&ran));
}
