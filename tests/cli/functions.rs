//! Functions that a person brings: scripts, and Python files and notebooks.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::{output, poolscope, stderr, stdout};

const MODES: [&str; 2] = ["process", "thread"];

/// A folder with one file in it, and the path of that file.
pub fn file(name: &str, text: &str) -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (folder, path)
}

/// Runs with a function as `option` and `value` name it.
fn run(option: &str, value: &str, more: &[&str]) -> Output {
    output(&[&["run", option, value, "-w", "2"], more].concat())
}

/// The same for Python, which has to be there.
fn python(value: &str, more: &[&str]) -> Output {
    let found = Command::new("python3").arg("-V").output();
    assert!(found.is_ok(), "these tests need a python3 on the PATH; on Debian: apt install python3");
    run("--python", value, more)
}

/// What a run must come to that is no success.
pub fn fails(output: &Output, code: i32, said: &str) {
    assert_eq!(output.status.code(), Some(code), "{}", stderr(output));
    assert!(stderr(output).contains(said), "{}", stderr(output));
    assert!(!stderr(output).contains("panicked"), "{}", stderr(output));
}

pub fn gives(output: &Output, results: &str) {
    assert_eq!((stdout(output), output.status.code()), (results, Some(0)), "{}", stderr(output));
}

#[test]
fn a_script_runs_by_the_name_of_its_file_and_function() {
    let (_folder, one) = file("one.py", "def task(n):\n    return n * 2\n");
    let (_folder, two) = file("two.py", "def half(n):\n    return n / 2\ndef twice(n):\n    return n * 2\n");
    for mode in MODES {
        gives(&run("--script", &one, &["-m", mode, "1..3"]), "2\n4\n6\n");
        gives(&run("--script", &format!("{two}:twice"), &["-m", mode, "1..3"]), "2\n4\n6\n");
        gives(&run("--script-text", "def f(n): return -n", &["-m", mode, "1..3"]), "-1\n-2\n-3\n");
    }
    fails(&run("--script", &two, &["1"]), 2, "name one of them: half, twice");
    fails(&run("--script", &format!("{two}:twce"), &["1"]), 2, "did you mean `twice`?");
    fails(&run("--script", "/no/such.py", &["1"]), 2, "could not read /no/such.py");
}

#[test]
fn what_is_wrong_with_a_script_is_said_before_it_runs() {
    let (_folder, broken) = file("broken.py", "x = 1\ndef task(n)\n    return n\n");
    let broken = run("--script", &broken, &["1"]);
    fails(&broken, 2, "line 2");
    assert_eq!(stdout(&broken), "");
    fails(&run("--script-text", "import math\ndef f(n): return n", &["1"]), 2, "cannot use `import`");
    fails(&run("--script-text", "import math\ndef f(n): return n", &["1"]), 2, "--python");
    fails(&run("--script-text", "x = 1", &["1"]), 2, "has no function");
}

#[test]
fn a_scripts_error_is_of_one_item_and_names_its_line() {
    for mode in MODES {
        let text = "def f(n):\n    print('item', n)\n    return 6 // n\n";
        let output = run("--script-text", text, &["-m", mode, "3", "0", "2"]);
        assert_eq!((stdout(&output), output.status.code()), ("2\n\n3\n", Some(1)));
        assert!(stderr(&output).contains("] item 0"), "{}", stderr(&output));
        let failed = stderr(&output).lines().find(|line| line.contains("item 1 failed")).unwrap().to_owned();
        assert!(failed.contains("(line 3)"), "{failed}");
    }
    let output = run("--script-text", "def f(a, b): return a + b", &["[1, 2]", "[1, 2, 3]"]);
    assert_eq!(stdout(&output), "3\n\n", "{}", stderr(&output));
    fails(&output, 1, "`f` takes 2 arguments (a, b), but this input gives 3: [1, 2, 3]");
    fails(
        &run("--script-text", "def f(a, b): return a + b", &["1"]),
        2,
        "but this input is one value: 1; a list",
    );
}

#[test]
fn the_functions_of_a_file_can_be_listed() {
    let (_folder, script) = file("s.py", "def a(x, y=2):\n    '''Adds.'''\n    return x + y\n");
    let listed = output(&["functions", &script]);
    let text = stdout(&listed);
    assert!(text.contains("s.py is a script"), "{text}");
    assert!(text.contains("a(x, y=2)") && text.contains("line 1") && text.contains("Adds."), "{text}");
    let (folder, python) = file("p.py", "import os\nopen('ran', 'w')\ndef b():\n    while True: pass\n");
    let listed = output(&["functions", &python]);
    assert!(stdout(&listed).contains("p.py is for Python, read by Python 3."), "{}", stdout(&listed));
    assert!(stdout(&listed).contains("b()") && stdout(&listed).contains("line 3"), "{}", stdout(&listed));
    assert!(!folder.path().join("ran").exists(), "to list a file is not to run it");
    let (_folder, broken) = file("x.py", "def f(:\n");
    fails(&output(&["functions", &broken]), 2, "could not load x.py: line 1");
}

#[test]
fn whole_rows_are_inputs_by_name() {
    let (folder, table) = file("t.csv", "name,size,note\nUlm,3,\nAix,,x\nJena,4.5,\"a, b\"\n");
    let objects = folder.path().join("t.jsonl");
    let lines = "{\"name\": \"Ulm\", \"size\": 3}\n{\"name\": \"Aix\", \"size\": null}\n{\"size\": 4.5, \"name\": \"Jena\"}\n";
    fs::write(&objects, lines).unwrap();
    let (_folder, source) = file("r.py", "def f(size, name, by=1):\n    return [name, size, by]\n");
    let rows = "[\"Ulm\",3,1]\n[\"Aix\",null,1]\n[\"Jena\",4.5,1]\n";
    for input in [table.as_str(), objects.to_str().unwrap()] {
        for more in [&["-i", input, "--column", "*"][..], &["-i", input, "--column", "*", "--stream"]] {
            gives(&run("--script", &source, more), rows);
            gives(&python(&source, more), rows);
        }
    }
    let whole = run("--script-text", "def f(row): return row['note']", &["-i", &table, "--column", "*"]);
    gives(&whole, "\nx\na, b\n");
    let number = output(&["run", "-f", "double", "-i", &table, "--column", "*"]);
    fails(&number, 2, "it takes a number, but item 0 is JSON");
}

#[test]
fn a_column_is_an_input_where_it_is_called_as_the_parameter() {
    let (_folder, table) = file("t.csv", "order,price,count\n7,1.50,2\n8,2.00,4\n");
    let (_folder, source) = file(
        "r.py",
        "def one(price):\n    return price\ndef both(count, price):\n    return count * price\n",
    );
    for (function, rows) in [("one", "1.5\n2.0\n"), ("both", "3.0\n8.0\n")] {
        for more in [&["-i", table.as_str()][..], &["-i", table.as_str(), "--stream"]] {
            let named = format!("{source}:{function}");
            gives(&run("--script", &named, more), rows);
            gives(&python(&named, more), rows);
        }
    }
    let told = python(&format!("{source}:both"), &["-i", &table]);
    assert!(stderr(&told).contains("the inputs are its rows"), "{}", stderr(&told));
    let chosen = python(&format!("{source}:one"), &["-i", &table, "--column", "order"]);
    gives(&chosen, "7\n8\n");
}

#[test]
fn a_python_function_runs_in_both_modes() {
    let text = "import math, sys\n\
                def task(n):\n    print('item', n)\n    print('aside', n, file=sys.stderr)\n    return math.factorial(n)\n\
                def other(n): return None\n";
    let (_folder, path) = file("t.py", text);
    for mode in MODES {
        let output = python(&format!("{path}:task"), &["-m", mode, "3..5"]);
        gives(&output, "6\n24\n120\n");
        for line in ["] item 4", " stderr] aside 5"] {
            assert!(stderr(&output).contains(line), "{mode}: {}", stderr(&output));
        }
        gives(&python(&format!("{path}:other"), &["-m", mode, "1"]), "None\n");
    }
    fails(&python(&path, &["1"]), 2, "name one of them: task, other");
    fails(&python(&format!("{path}:tsk"), &["1"]), 2, "did you mean `task`?");
}

#[test]
fn results_of_all_kinds_come_back_from_python() {
    let text =
        "def f(n):\n    return [10 ** 30, None, {'a': [1, (2,)], 'b': None}, 'é', True, 1.5, -2 ** 63][n]\n";
    let (_folder, path) = file("t.py", text);
    for mode in MODES {
        let output = python(&path, &["-m", mode, "0..6"]);
        let big = "1000000000000000000000000000000";
        let rest = format!("None\n{{\"a\":[1,[2]],\"b\":null}}\né\ntrue\n1.5\n{}\n", i64::MIN);
        gives(&output, &format!("{big}\n{rest}"));
    }
    let text = "import datetime, decimal, itertools\n\
                def f(n):\n    return [b'hello', 2.0 ** 70, float('nan'), decimal.Decimal('12.50'), \
                datetime.date(2024, 2, 29), itertools.chain([1], [2]), [0.5, float('nan'), 1e22]][n]\n\
                def p(n):\n    return [n, 7 ** n]\n";
    let (_folder, path) = file("k.py", text);
    for mode in MODES {
        let kept = "b'hello'\n1.1805916207174113e+21\nnan\n12.50\n2024-02-29\n[1,2]\n[0.5,NaN,1e+22]\n";
        gives(&python(&format!("{path}:f"), &["-m", mode, "0..6"]), kept);
        let long = python(&format!("{path}:p"), &["-m", mode, "6000"]);
        let digits = stdout(&long).trim().strip_prefix("[6000,").and_then(|text| text.strip_suffix(']'));
        assert_eq!(
            digits.map(|digits| (digits.len(), digits.ends_with("600001"))),
            Some((5071, true)),
            "{mode}"
        );
    }
    if !Command::new("python3").args(["-c", "import numpy"]).output().unwrap().status.success() {
        println!("numpy is not installed here, so that its numbers go untested");
        return;
    }
    let (_folder, path) = file("n.py", "import numpy as np\ndef f(n): return [np.int64(n), np.ones(2)][n]\n");
    gives(&python(&path, &["0", "1"]), "0\n[1.0,1.0]\n");
}

#[test]
fn a_python_item_that_fails_or_leaves_costs_its_row_alone() {
    let text = "import ctypes, os, sys\n\
                def fail(n):\n    if n == 3:\n        return {}['key']\n    return n\n\
                def leave(n):\n    if n == 3:\n        sys.exit(4)\n    return n\n\
                def interrupt(n):\n    if n == 3:\n        raise KeyboardInterrupt\n    return n\n\
                def vanish(n):\n    if n == 3:\n        os._exit(3)\n    return n\n\
                def crash(n):\n    if n == 3:\n        ctypes.string_at(0)\n    return n\n";
    let (_folder, path) = file("t.py", text);
    for mode in MODES {
        for (function, said) in [
            ("fail", "KeyError: 'key' (line 4)\n    Traceback (most recent call last):\n"),
            ("leave", "SystemExit: sys.exit(4) was called (line 8)"),
            ("interrupt", "KeyboardInterrupt (line 12)"),
            ("vanish", "the worker process left with exit code 3"),
            ("crash", "the worker process was ended by SIGSEGV"),
        ] {
            let output = python(&format!("{path}:{function}"), &["-m", mode, "1..5"]);
            assert_eq!(stdout(&output), "1\n2\n\n4\n5\n", "{function}: {}", stderr(&output));
            fails(&output, 1, &format!("item 2 failed: {said}"));
            assert!(stderr(&output).contains(", 1 failed, "), "{}", stderr(&output));
            // Of the dump of a crash, what is the person's own.
            assert!(!stderr(&output).contains("<poolscope"), "{}", stderr(&output));
            assert_eq!(stderr(&output).contains(r#"t.py", line 20 in crash"#), function == "crash");
        }
    }
}

#[test]
fn a_python_file_that_cannot_be_loaded_is_one_failure() {
    let (_folder, path) = file("t.py", "x = 1\ndef f(n:\n    return n\n");
    let broken = python(&path, &["1..5"]);
    fails(&broken, 2, "could not load t.py: line 2: ");
    assert_eq!(stdout(&broken), "", "nothing was run");
    let (_folder, path) = file("t.py", "import no_such_module\ndef f(n):\n    return no_such_module.n(n)\n");
    for mode in MODES {
        let output = python(&path, &["-m", mode, "1..5"]);
        let reason = "t.py cannot be loaded: ModuleNotFoundError: No module named 'no_such_module' (line 1)";
        fails(&output, 1, &format!("could not finish the run: {reason}"));
        assert_eq!(stderr(&output).matches("Traceback").count(), 1, "{}", stderr(&output));
        assert!(!stderr(&output).contains("item 0 failed"), "{}", stderr(&output));
        assert!(stderr(&output).contains("5 failed (5 not run)"), "{}", stderr(&output));
    }
    fails(&python(&path, &["--interpreter", "/no/such", "1"]), 2, "/no/such");
    fails(&python("/no/such.py", &["1"]), 2, "could not read /no/such.py");
}

#[test]
fn an_unguarded_pool_in_a_python_file_is_not_run_unless_asked_for() {
    let text = "from multiprocessing import Pool\n\
                def task(n):\n    return n * 2\n\
                print(Pool(2).map(task, [1]))\n\
                with Pool(2) as pool:\n    print(pool.map(task, [1, 2, 3]))\n";
    let (_folder, path) = file("t.py", text);
    let output = python(&path, &["1..3"]);
    gives(&output, "2\n4\n6\n");
    assert_eq!(stderr(&output).lines().count(), 1, "{}", stderr(&output));
    let (_folder, path) = file("w.py", "BY = []\nBY.append(5)\ndef f(n):\n    return n * BY[0]\n");
    gives(&python(&path, &["1", "2"]), "5\n10\n");
    gives(&python(&path, &["--whole-file", "1", "2"]), "5\n10\n");
}

const NOTEBOOK: &str = r##"{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
    {"cell_type": "markdown", "metadata": {}, "source": ["# Pools"]},
    {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": 1,
     "source": ["%matplotlib inline\n", "from multiprocessing import Pool\n", "import math"]},
    {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": 2,
     "source": ["def root(n):\n", "    return math.sqrt(n)"]},
    {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": 3,
     "source": ["with Pool(2) as pool:\n", "    print(pool.map(root, [1, 2]))"]}
]}"##;

#[test]
fn a_notebook_runs_and_its_errors_name_the_cell() {
    let (_folder, path) = file("notes.ipynb", NOTEBOOK);
    for mode in MODES {
        gives(&python(&path, &["-m", mode, "4", "9"]), "2.0\n3.0\n");
    }
    let output = python(&format!("{path}:root"), &["-1"]);
    fails(&output, 1, "item 0 failed: ValueError: math domain error (cell 3, line 2)");
    assert!(stderr(&output).contains("notes.ipynb\", cell 3, line 2, in root"), "{}", stderr(&output));
}

#[test]
fn callables_of_every_kind_are_listed_and_can_be_named() {
    let text = "import functools\nfrom math import sqrt\n\
                def power(base, exponent):\n    return base ** exponent\n\
                square = functools.partial(power, exponent=2)\n\
                class Scale:\n    def __init__(self, k): self.k = k\n    def run(self, x): return x * self.k\n\
                run = Scale(3).run\nscale = Scale(4)\ntriple = scale.run\nhidden = [len][0]\n";
    let (_folder, path) = file("k.py", text);
    let listed = output(&["functions", &path]);
    for line in
        ["power(base, exponent)", "square(base, exponent=2)", "triple(x)", "Scale(k)", "(class)", "sqrt(...)"]
    {
        assert!(stdout(&listed).contains(line), "{line}: {}", stdout(&listed));
    }
    for mode in MODES {
        let called = |name: &str, input: &str| python(&format!("{path}:{name}"), &["-m", mode, input]);
        gives(&called("square", "5"), "25\n");
        gives(&called("triple", "5"), "20\n");
        gives(&called("run", "5"), "15\n");
        gives(&called("sqrt", "9"), "3.0\n");
        gives(&called("hidden", "abc"), "3\n");
    }
    // The one function of the file needs no name.
    fails(&python(&path, &["5"]), 2, "`power` takes 2 arguments");
    fails(&python(&format!("{path}:sqare"), &["1"]), 2, "did you mean `square`?");
}

#[test]
fn a_python_file_runs_where_it_stands() {
    let (folder, path) =
        file("t.py", "import helper\ndef f(n):\n    return helper.f(open('data').read(), n)\n");
    fs::write(folder.path().join("helper.py"), "def f(text, n):\n    return text * n\n").unwrap();
    fs::write(folder.path().join("data"), "ab").unwrap();
    gives(&python(&path, &["2"]), "abab\n");
    let relative = poolscope(&["run", "--python", "t.py", "2"]).current_dir(folder.path()).output().unwrap();
    gives(&relative, "abab\n");
    assert!(Path::new(&path).exists());
}

#[test]
fn the_files_of_the_examples_run() {
    let at = |name: &str| format!("{}/assets/examples/{name}", env!("CARGO_MANIFEST_DIR"));
    for mode in MODES {
        for option in ["--script", "--python"] {
            let tasks = at("tasks.py");
            gives(&run(option, &format!("{tasks}:task"), &["-m", mode, "1..5"]), "2\n4\n6\n8\n10\n");
            let prints = run(option, &format!("{tasks}:print_number"), &["-m", mode, "7"]);
            gives(&prints, "None\n");
            assert!(stderr(&prints).contains("] Process 7: 7"), "{}", stderr(&prints));
            let says = run(option, &format!("{tasks}:worker_function"), &["-m", mode]);
            gives(&says, "None\n");
            assert!(stderr(&says).contains("] Worker process is running"), "{}", stderr(&says));
        }
        gives(&python(&at("the_gil.py"), &["-m", mode, "1000", "2000"]), "0\n0\n");
        gives(&python(&at("waiting.py"), &["-m", mode, "0.01"]), "answer after 0.01 s\n");
        let steps = python(&format!("{}:task", at("notes.ipynb")), &["-m", mode, "1..9"]);
        gives(&steps, "0\n1\n7\n2\n5\n8\n16\n3\n19\n");
        gives(&python(&format!("{}:digits", at("notes.ipynb")), &["-m", mode, "99", "100"]), "2\n3\n");
    }
}

#[test]
fn a_dry_run_prints_the_commands_and_runs_none() {
    let output = run("--command", "touch {}.{#}", &["--dry-run", "a b", "c"]);
    assert_eq!(stdout(&output), "touch 'a b.1'\ntouch c.2\n", "{}", stderr(&output));
    assert_eq!(output.status.code(), Some(0));
    assert!(!Path::new("c.2").exists());
}

#[test]
fn what_items_of_a_script_leave_behind_does_not_add_up() {
    let text = "def f(n):\n    d = {}\n    for i in range(50000):\n        d[i] = i\n    return len(d)\n";
    let output = run("--script-text", text, &["--chunk", "50", "--json", "1..100"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let peak_bytes = report["worker_stats"][0]["peak_rss_bytes"].as_u64().unwrap();
    // Fifty dicts of a worker would take twice that.
    assert!(report["ok"] == 100 && peak_bytes < 60 << 20, "{report}");
}

#[test]
fn what_a_python_function_needs_of_its_file_is_run() {
    for (text, input, value) in [
        (
            "SIEVE = [True] * 50\nfor i in range(2, 50):\n    for j in range(i * i, 50, i): SIEVE[j] = False\n\
             def is_prime(n): return SIEVE[n]\n",
            "9",
            "false\n",
        ),
        (
            "from decimal import Decimal, getcontext\ngetcontext().prec = 20\ndef inv(n): return str(Decimal(1) / n)\n",
            "3",
            "0.33333333333333333333\n",
        ),
        (
            "import random; random.seed(7)\nSALT = random.randrange(1000)\ndef f(n): return SALT\n",
            "1",
            "331\n",
        ),
        (
            "SEEN = dict()\ndef sq(n):\n    if n not in SEEN: SEEN[n] = n * n\n    return SEEN[n]\n",
            "3",
            "9\n",
        ),
        (
            "import argparse; p = argparse.ArgumentParser()\np.add_argument(\"--k\", type=int, default=3)\n\
             args = p.parse_args([])\ndef f(n): return n * args.k\n",
            "2",
            "6\n",
        ),
        (
            "import pickle\nclass P: pass\ndef f(n):\n    return type(pickle.loads(pickle.dumps(P()))).__module__\n",
            "1",
            "__main__\n",
        ),
        ("# coding: latin-1\ndef f(n): return 'caf\u{e9}'\n", "1", "café\n"),
    ] {
        let (_folder, path) = file("t.py", "");
        // Latin-1 has each letter of these texts in one byte.
        fs::write(&path, text.chars().map(|letter| letter as u8).collect::<Vec<_>>()).unwrap();
        for mode in MODES {
            gives(&python(&path, &["-m", mode, "--chunk", "1", input]), value);
        }
    }
    let (_folder, path) = file("t.py", "");
    fs::write(&path, b"def f(n): return 'caf\xe9'\n").unwrap();
    fails(&python(&path, &["1"]), 2, "line 1: SyntaxError: Non-UTF-8 code starting with '\\xe9'");
}

#[test]
fn what_is_skipped_is_said_once_and_an_initializer_can_be_named() {
    let text = "from multiprocessing import Pool\nT = {}\nT.update(Pool(2).map(len, []))\ndef f(n): return n + len(T)\n";
    let (_folder, path) = file("t.py", text);
    let (_folder, starts) = file(
        "s.py",
        "import os\ndef start(k):\n    global K\n    K = k\n    print('begun')\ndef f(n): return n * K\n",
    );
    for mode in MODES {
        let output = python(&path, &["-m", mode, "1..8"]);
        gives(&output, "1\n2\n3\n4\n5\n6\n7\n8\n");
        let said = "line 3 was skipped (`T.update(Pool(2).map(len, []))`): it starts workers; `f` uses `T`";
        assert_eq!(stderr(&output).matches(said).count(), 1, "{}", stderr(&output));
        let output = python(&format!("{starts}:f"), &["-m", mode, "--initializer", "start:10", "1..3"]);
        gives(&output, "10\n20\n30\n");
        assert_eq!(stderr(&output).matches("begun").count(), 2, "{}", stderr(&output));
        fails(&python(&format!("{starts}:f"), &["-m", mode, "1"]), 1, "(--initializer start:...)");
        let failing = python(&format!("{starts}:f"), &["-m", mode, "--initializer", "start", "1..3"]);
        fails(&failing, 1, "the initializer `start` failed: TypeError");
    }
}

#[test]
fn functions_of_notebooks_are_chosen_by_cell_and_those_of_objects_by_their_names() {
    let cells =
        ["def f(n): return n + K", "!ls", "def f(n):\\n    return (n * 31\\n            % 7)", "K = 5"];
    let cells = cells.map(|text| format!(r#"{{"cell_type": "code", "source": "{text}"}}"#)).join(",");
    let (_folder, path) = file("n.ipynb", &format!("{{\"nbformat\": 4, \"cells\": [{cells}]}}"));
    let (_folder, object) =
        file("o.py", "class K:\n    def add(self, n): return n + self.k\nk = K()\nk.k = 3\n");
    for mode in MODES {
        gives(&python(&format!("{path}:f"), &["-m", mode, "3"]), "2\n");
        gives(&python(&format!("{path}:f@cell1"), &["-m", mode, "3"]), "8\n");
        gives(&python(&format!("{object}:k.add"), &["-m", mode, "3"]), "6\n");
    }
}

#[test]
fn a_json_module_of_ones_own_is_the_functions_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("json.py"), "x = 5\n").unwrap();
    let file = folder.path().join("tasks.py");
    fs::write(&file, "import json\ndef f(n):\n    return [n, json.x]\n").unwrap();
    let named = format!("{}:f", file.display());
    for mode in ["process", "thread"] {
        let ran = output(&["run", "-m", mode, "--python", &named, "1", "2"]);
        assert_eq!(stdout(&ran), "[1,5]\n[2,5]\n", "{mode}: {}", stderr(&ran));
    }
}

#[test]
fn shared_memory_of_items_that_are_ended_is_removed_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shm.py");
    let source = "from multiprocessing import shared_memory\nimport time\n\ndef hold(n):\n    \
                  print(shared_memory.SharedMemory(create=True, size=4096).name)\n    time.sleep(600)\n";
    fs::write(&file, source).unwrap();
    for mode in ["process", "thread"] {
        let function = format!("{}:hold", file.display());
        let ran = output(&["run", "-m", mode, "-w", "2", "--timeout", "2", "--python", &function, "1", "2"]);
        let said = stderr(&ran);
        // One more where an item began a little later than the other of its host, and is run again.
        let names: Vec<&str> = said.split_whitespace().filter(|word| word.starts_with("psm_")).collect();
        assert!((2..=3).contains(&names.len()), "{said}");
        let left: Vec<&&str> =
            names.iter().filter(|name| Path::new("/dev/shm").join(name).exists()).collect();
        assert!(left.is_empty(), "{mode}: {left:?} are left");
    }
}

#[test]
fn shared_memory_that_items_leave_is_removed_by_their_python() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shm.py");
    let source = "from multiprocessing import shared_memory\n\ndef leave(n):\n    \
                  return shared_memory.SharedMemory(create=True, size=4096).name\n";
    fs::write(&file, source).unwrap();
    for mode in ["process", "thread"] {
        let function = format!("{}:leave", file.display());
        let ran = output(&["run", "-m", mode, "-w", "2", "--python", &function, "1..6"]);
        let names = String::from_utf8_lossy(&ran.stdout).into_owned();
        assert_eq!(names.lines().count(), 6, "{}", stderr(&ran));
        let left: Vec<&str> =
            names.lines().filter(|name| Path::new("/dev/shm").join(name).exists()).collect();
        assert!(left.is_empty(), "{mode}: {left:?} are left");
    }
}

#[test]
fn threads_are_spread_over_so_many_processes() {
    let (_folder, path) = file(
        "who.py",
        "import os, threading\ndef who(n):\n    import time; time.sleep(0.02)\n    return os.getpid()\n",
    );
    let both = ["run", "--python", &path, "-w", "4", "--processes", "2", "--chunk", "1", "1..40"];
    let ran = output(&both);
    let mut pids: Vec<&str> = stdout(&ran).lines().collect();
    pids.sort_unstable();
    pids.dedup();
    assert_eq!((pids.len(), ran.status.code()), (2, Some(0)), "{}", stderr(&ran));
    assert!(stderr(&ran).contains("with 4 threads in 2 processes"), "{}", stderr(&ran));
    fails(&output(&["run", "-f", "double", "-w", "2", "--processes", "3", "1"]), 2, "over 3 processes");
    fails(&output(&["run", "-f", "double", "-m", "process", "--processes", "2", "1"]), 2, "--processes");
    fails(
        &output(&["compare", "-f", "double", "--processes", "2", "1"]),
        2,
        "--processes does not work with compare",
    );
}

#[test]
fn a_result_that_takes_long_to_be_written_down_is_late() {
    // Some minutes in any Python.
    let (_folder, path) = file("t.py", "def f(n):\n    return 1 << 400_000_000 if n == 2 else n\n");
    for mode in ["process", "thread"] {
        let args = ["run", "--json", "-m", mode, "-w", "1", "--timeout", "3", "--python", &path, "1..4"];
        let ran = output(&args);
        let summary: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
        let told = ["ok", "timed_out", "failed", "retries"].map(|name| summary[name].as_u64().unwrap());
        assert_eq!(told, [3, 1, 1, 0], "{mode}: {summary}: {}", stderr(&ran));
        assert!(!stderr(&ran).contains("stopped between"), "{mode}: {}", stderr(&ran));
    }
}
