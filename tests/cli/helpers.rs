//! Modules of a person's beside their Python file, which change while and between runs.

use std::fs;

use crate::functions::file;
use crate::{output, stderr, stdout};

const USES_HELPER: &str = "import helper\n\ndef f(n):\n    return helper.double(n)\n";

#[test]
fn a_module_that_is_changed_while_hosts_start_is_named() {
    let (folder, path) = file("tasks.py", "import helper\n\ndef f(n):\n    helper.change(n)\n    return n\n");
    let change = "import pathlib\n\ndef change(n):\n    if n == 3:\n        \
                  pathlib.Path(__file__).write_text('def change(n):\\n    pass\\n')\n";
    let helper = folder.path().join("helper.py");
    for mode in ["process", "thread"] {
        fs::write(&helper, change).unwrap();
        let run = output(&["run", "--python", &path, "-m", mode, "-w", "1", "--recycle", "2", "1..8"]);
        assert_eq!(run.status.code(), Some(0), "{}", stderr(&run));
        let told = stderr(&run).matches("helper.py was changed while the run goes on").count();
        assert_eq!(told, 1, "{mode}: {}", stderr(&run));
    }
}

#[test]
fn a_run_that_is_resumed_with_another_helper_says_so() {
    let (folder, path) = file("tasks.py", USES_HELPER);
    let helper = folder.path().join("helper.py");
    let rows = folder.path().join("rows.jsonl");
    let rows = rows.to_str().unwrap();
    fs::write(&helper, "def double(n):\n    if n == 2:\n        raise ValueError\n    return n * 2\n")
        .unwrap();
    let args = ["run", "--python", &path, "-w", "1", "1..3", "-o", rows];
    assert_eq!(output(&args).status.code(), Some(1));
    let again = |more: &[&str]| output(&[&args[..], &["--resume", rows], more].concat());
    assert!(!stderr(&again(&[])).contains("another version"));
    fs::write(&helper, "def double(n):\n    return n + n\n").unwrap();
    let resumed = again(&[]);
    assert!(stderr(&resumed).contains("rows of another version of the function f"), "{}", stderr(&resumed));
    assert_eq!(stdout(&resumed), "2\n4\n6\n");
}

/// Students call their files so, and an import of theirs is to find them.
#[test]
fn modules_of_the_folder_with_names_of_the_standard_library_are_the_functions_alone() {
    let text = "import json\n\ndef f(n):\n    if n == 2:\n        raise ValueError('two')\n    \
                return json.MINE\n";
    let (folder, path) = file("tasks.py", text);
    for name in ["threading", "traceback", "linecache", "re", "json", "functools", "types", "inspect"] {
        fs::write(folder.path().join(name).with_extension("py"), format!("MINE = {name:?}\n")).unwrap();
    }
    for mode in ["process", "thread"] {
        let run = output(&["run", "--python", &path, "-m", mode, "-w", "2", "1", "2"]);
        assert_eq!(stdout(&run).lines().next(), Some("json"), "{mode}: {}", stderr(&run));
        assert!(stderr(&run).contains("ValueError: two (line 5)"), "{mode}: {}", stderr(&run));
    }
}
