//! One poisonous item costs one row, in both modes, whatever it does to its process.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::{output, stderr, stdout};

const POISON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/poison.py");
const MODES: [&str; 2] = ["process", "thread"];

/// Functions, and what the row of the item says that does the harm; all others have their results.
const HARMS: [(&str, &str); 24] = [
    ("closes", "closed or replaced the descriptor"),
    ("closes_and_waits", "closed or replaced the descriptor"),
    ("replaces", "closed or replaced the descriptor"),
    ("shuts", "closed or replaced the descriptor"),
    ("truncates", ""),
    ("forges_ready", ""),
    ("forges_refused", "it said that it cannot load the function"),
    ("forges_returned", "it gave back work that it did not have"),
    ("forges_noise", "makes no sense"),
    ("does_not_block", ""),
    ("aborts", "SIGABRT"),
    ("kills_itself", "SIGKILL"),
    ("kills_its_group", "SIGKILL"),
    ("leaves_with_0", "exit code 0"),
    ("reads_nowhere", "SIGSEGV"),
    ("becomes_another", "exit code 0"),
    ("recurses_in_c", "SIGSEGV"),
    ("nests", "nests too deep"),
    ("has_an_iterator_that_leaves", "exit code 5"),
    ("has_an_iterator_that_exits", "SystemExit"),
    ("has_no_more_memory", ""),
    ("has_no_more_files", ""),
    ("forgets_modules", ""),
    ("forks", ""),
];

fn rows(path: &Path) -> Vec<Value> {
    fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn one_item_that_harms_its_process_costs_one_row() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.jsonl");
    for mode in MODES {
        for (function, reason) in HARMS {
            let named = format!("{POISON}:{function}");
            let at = path.to_str().unwrap();
            let ran = output(&["run", "-m", mode, "-w", "3", "--python", &named, "-o", at, "1..30"]);
            let told = format!("{function}, {mode}: {}", stderr(&ran));
            let rows = rows(&path);
            assert_eq!(rows.len(), 30, "{told}");
            for (number, row) in (1..).zip(&rows) {
                if number == 7 {
                    let why = row["error"].as_str().unwrap_or_default();
                    assert_eq!(row["state"] == "ok", reason.is_empty(), "{row} {told}");
                    // An interpreter may notice endless recursion in time.
                    let is_told = why.contains(reason) || why.contains("RecursionError");
                    assert!(is_told, "{row} {told}");
                } else {
                    assert_eq!(
                        (&row["state"], &row["output"]),
                        (&"ok".into(), &number.into()),
                        "{row} {told}"
                    );
                }
            }
            assert!(stderr(&ran).contains("nothing left over"), "{told}");
        }
    }
}

#[test]
fn what_a_late_item_started_ends_with_its_worker() {
    for mode in MODES {
        let folder = tempfile::tempdir().unwrap();
        let source = fs::read_to_string(POISON).unwrap();
        fs::write(folder.path().join("poison.py"), source).unwrap();
        let named = format!("{}:leaves_a_process", folder.path().join("poison.py").display());
        let args =
            ["run", "-m", mode, "-w", "1", "--chunk", "1", "--timeout", "3", "--python", &named, "1", "2"];
        let ran = output(&args);
        assert!(stdout(&ran).ends_with("2\n"), "{}", stderr(&ran));
        assert!(stderr(&ran).contains("1 failed (1 timed out)"), "{}", stderr(&ran));
    }
}

#[test]
fn memory_limits_hold_for_what_an_item_starts_and_for_commands() {
    let named = format!("{POISON}:has_a_large_child");
    let command = "exec python3 -c 'import sys, time\nif sys.argv[1] == \"1\":\n    held = bytearray(200 << 20)\n    \
                   time.sleep(600)' {}";
    for mode in MODES {
        for function in [vec!["--python", named.as_str()], vec!["--shell", "--command", command]] {
            let args = ["run", "-m", mode, "-w", "2", "--chunk", "1", "--memory-limit", "150M"];
            let ran = output(&[&args[..], &function, &["0", "1", "2", "3"]].concat());
            let told = stderr(&ran);
            assert_eq!(ran.status.code(), Some(1), "{told}");
            assert!(told.contains("input 1 failed: held more than 150 MiB"), "{mode}, {function:?}: {told}");
            assert!(told.contains(" 1 failed"), "{mode}, {function:?}: {told}");
        }
    }
}
