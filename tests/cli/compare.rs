//! `compare` as scripts see it: what it says, its JSON, its exit codes.

use std::fs;

use serde_json::Value;

use crate::fire::{hosts, wait_for};
use crate::{interrupt, output, poolscope, stderr, stdout};

fn compared(args: &[&str]) -> Value {
    let output = output(&[&["compare", "--json"], args].concat());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", stderr(&output)))
}

fn number(found: &Value, name: &str) -> f64 {
    found[name].as_f64().unwrap_or_else(|| panic!("{name} of {found}"))
}

/// Items that wait take the same time in both modes, whoever else is at work.
#[test]
fn items_that_wait_take_as_long_with_processes_as_with_threads() {
    let found = compared(&["-f", "sleep_ms", "-w", "2", "300", "300", "--seconds", "8"]);
    assert!(number(&found, "rounds") >= 2.0 && number(&found, "items") == 2.0, "{found}");
    assert!(number(&found, "low") <= number(&found, "ratio"), "{found}");
    assert!((0.7..1.4).contains(&number(&found, "ratio")), "{found}");
    assert!(["same", "slower", "faster", "unclear", "too busy"].map(Value::from).contains(&found["verdict"]));
    assert_eq!((&found["a"]["mode"], &found["b"]["mode"]), (&"process".into(), &"thread".into()));
    assert_eq!((&found["differing_results"], &found["a"]["failed"]), (&0.into(), &0.into()));
    assert!(number(&found["a"], "time_s") >= 0.3, "{found}");
}

#[test]
fn a_long_job_runs_once_each_and_one_sentence_is_the_result() {
    let output = output(&["compare", "-f", "sleep_ms", "-w", "2", "400", "400", "--seconds", "0.5"]);
    let (result, said) = (stdout(&output), stderr(&output));
    assert_eq!((result.lines().count(), output.status.code()), (1, Some(0)), "{result}{said}");
    assert!(result.contains("processes") && result.contains("threads"), "{result}");
    assert!(result.contains("each ran once"), "{result}");
    assert!(said.contains("With processes: Items waited for"), "{said}");
}

#[test]
fn results_that_differ_and_items_that_fail_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("code.py");
    let source = "import os, threading\ndef f(n):\n    if n == 3: raise ValueError('three')\n    \
                  return threading.current_thread() is threading.main_thread()\n";
    fs::write(&file, source).unwrap();
    let function = format!("{}:f", file.display());
    let found = compared(&["-w", "2", "--python", &function, "1..4", "--seconds", "0.1"]);
    assert_eq!((&found["a"]["failed"], &found["b"]["failed"]), (&1.into(), &1.into()), "{found}");
    let pids = ["-w", "1", "--shell", "--command", "echo $$", "1", "--seconds", "0.1"];
    assert_eq!(compared(&pids)["differing_results"], 1);
    let output = output(&["compare", "-f", "is_prime", "7", "-7", "--seconds", "0.1"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("Of 2 items 1 failed with processes, 1 with threads"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn what_means_nothing_here_is_refused_and_nothing_runs() {
    for args in [&["-f", "double", "1", "-m", "thread"][..], &["-f", "double", "1", "--seconds", "0"]] {
        let output = output(&[&["compare"], args].concat());
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), ""), "{args:?}");
    }
    let refused = output(&["compare", "--json", "-f", "no_such_function", "1"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(stdout(&refused).contains("\"error\""), "{}", stdout(&refused));
}

#[test]
fn an_interrupt_ends_it_with_what_is_known() {
    let args = ["compare", "--json", "-f", "sleep_ms", "-w", "1", "60000", "--seconds", "300"];
    let mut command = poolscope(&args);
    let child =
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    wait_for("a worker", || !hosts(&child).is_empty());
    interrupt(&child);
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(130));
    assert!(stdout(&ended).contains("before each of them had run once"), "{}", stdout(&ended));
}
