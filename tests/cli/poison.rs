//! One poisonous item costs one row, in both modes, whatever it does to its process.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::Path;

use serde_json::Value;

use crate::fire::{hosts, wait_for};
use crate::{interrupt, output, poolscope, stderr, stdout};

const POISON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/poison.py");
const MODES: [&str; 2] = ["process", "thread"];

/// Functions, and what the row of the item says that does the harm; all others have their results.
const HARMS: [(&str, &str); 32] = [
    ("closes", "closed or replaced the descriptor"),
    ("closes_and_waits", "closed or replaced the descriptor"),
    ("replaces", "closed or replaced the descriptor"),
    ("shuts", "closed or replaced the descriptor"),
    ("truncates", ""),
    ("forges_ready", ""),
    ("forges_refused", "it reported that it cannot load the function"),
    ("forges_returned", "it gave back work that it did not have"),
    ("forges_noise", "is not valid"),
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
    ("clears_builtins", "the function changed it"),
    ("ends_its_thread", "ended the thread"),
    ("ends_its_thread_with_the_lock", "ended"),
    ("goes_on_as_another", "it has closed its channel"),
    ("is_traced", ""),
    ("has_a_traced_thread", ""),
    ("has_a_traced_thread_and_dies", "SIGKILL"),
    ("clears_lists", ""),
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
fn an_item_that_keeps_its_process_from_running_is_late_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.jsonl");
    for mode in MODES {
        for function in ["stops_its_process", "keeps_the_lock"] {
            let named = format!("{POISON}:{function}");
            let at = path.to_str().unwrap();
            let rules = ["-m", mode, "-w", "3", "--chunk", "1", "--timeout", "3"];
            let args = [&["run"], &rules[..], &["--python", &named, "-o", at, "1..30"]].concat();
            let told = format!("{function}, {mode}: {}", stderr(&output(&args)));
            let rows = rows(&path);
            let states = (1..).zip(&rows).map(|(number, row)| (number, row["state"].as_str().unwrap()));
            let others: Vec<(i32, &str)> = states.filter(|(_, state)| *state != "ok").collect();
            assert_eq!((rows.len(), others), (30, vec![(7, "failed")]), "{told}");
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
            assert!(told.contains("item 1 failed: held more than 150 MiB"), "{mode}, {function:?}: {told}");
            assert!(told.contains(" 1 failed"), "{mode}, {function:?}: {told}");
        }
    }
}

/// Functions, and what they print for 1, 2 and 3.
const ODD: [(&str, &str); 8] = [
    ("runs_a_pool", "0\n1\n5\n"),
    ("runs_an_executor", "0\n1\n5\n"),
    ("runs_this_program", "2\n6\n12\n"),
    ("reads_standard_input", "1\n2\n3\n"),
    ("has_a_child_that_reads_standard_input", "1\n2\n3\n"),
    ("raises_what_cannot_be_changed", "1\n\n3\n"),
    ("has_a_result_that_crashes", "1\n\n3\n"),
    ("was_started", "11\n\n13\n"),
];

#[test]
fn items_may_run_pools_read_standard_input_and_raise_or_give_back_odd_objects() {
    for mode in MODES {
        for (function, printed) in ODD {
            let named = format!("{POISON}:{function}");
            let mut command = poolscope(&["run", "-m", mode, "-w", "2", "--chunk", "1", "--python", &named]);
            if function == "was_started" {
                // Also in the worker that takes the place of one that died.
                command.args(["--initializer", "starts_anew:10"]);
            }
            let program = env!("CARGO_BIN_EXE_poolscope");
            let ran = command.args(["1", "2", "3"]).env("POOLSCOPE_PROGRAM", program).output().unwrap();
            assert_eq!(stdout(&ran), printed, "{function}, {mode}: {}", stderr(&ran));
            assert!(stderr(&ran).contains("nothing left over"), "{function}, {mode}: {}", stderr(&ran));
        }
    }
}

#[test]
fn a_file_that_ends_its_interpreter_while_it_is_loaded_ends_the_run_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    for (value, reason) in
        [("os._exit(4)", "exit code 4"), ("os.abort()", "SIGABRT"), ("sys.exit(3)", "sys.exit(3)")]
    {
        for mode in MODES {
            let file = folder.path().join("tasks.py");
            fs::write(&file, format!("import os, sys\nVALUE = {value}\ndef f(n):\n    return VALUE\n"))
                .unwrap();
            let named = format!("{}:f", file.display());
            let ran = output(&["run", "-m", mode, "-w", "2", "--python", &named, "1", "2"]);
            assert_eq!(ran.status.code(), Some(1), "{value}, {mode}: {}", stderr(&ran));
            assert!(stderr(&ran).contains(reason), "{value}, {mode}: {}", stderr(&ran));
            assert!(stderr(&ran).contains("nothing left over"), "{value}, {mode}: {}", stderr(&ran));
        }
    }
}

#[test]
fn items_that_kill_other_workers_cost_no_row_where_items_are_tried_again() {
    let named = format!("{POISON}:kills_another_worker");
    for workers in ["2", "5", "13"] {
        let ran =
            output(&["run", "-w", workers, "--retries", "60", "--chunk", "1", "--python", &named, "1..40"]);
        let wanted: String = (1..=40).map(|number| format!("{number}\n")).collect();
        assert_eq!(stdout(&ran), wanted, "{workers}: {}", stderr(&ran));
        assert!(stderr(&ran).contains("nothing left over"), "{workers}: {}", stderr(&ran));
    }
}

#[test]
fn libraries_run_one_thread_a_worker_unless_they_are_let() {
    let named = format!("{POISON}:omp_threads");
    for mode in MODES {
        let args = ["run", "-m", mode, "-w", "2", "--python", &named, "1"];
        let printed = |more: &[&str]| {
            let mut command = poolscope(&[&args[..], more].concat());
            let ran = command.env("OMP_NUM_THREADS", "3").output().unwrap();
            stdout(&ran).to_owned()
        };
        assert_eq!((printed(&[]), printed(&["--nested-threads"])), ("1\n".to_owned(), "3\n".to_owned()));
    }
}

#[test]
fn workers_are_renewed_and_runs_are_stopped_while_much_is_under_way() {
    let named = format!("{POISON}:makes_much");
    for mode in MODES {
        let args = ["run", "-m", mode, "-w", "2", "--recycle", "2", "--python", &named, "1..20"];
        let ran = output(&args);
        let lengths: Vec<usize> = stdout(&ran).lines().map(str::len).collect();
        let wanted: Vec<usize> = (1..=20).map(|n: u64| n.to_string().len() * 3_000_000).collect();
        assert_eq!(lengths, wanted, "{mode}: {}", stderr(&ran));

        let args = ["run", "-m", mode, "-w", "2", "--json", "--python", &named, "1..2000"];
        let child = poolscope(&args).stdout(std::process::Stdio::piped()).spawn().unwrap();
        wait_for("a host", || !hosts(&child).is_empty());
        // Whenever it comes, it ends what is under way.
        std::thread::sleep(std::time::Duration::from_millis(400));
        // Twice: at once.
        interrupt(&child);
        std::thread::sleep(std::time::Duration::from_millis(100));
        interrupt(&child);
        let ran = child.wait_with_output().unwrap();
        assert_eq!(ran.status.code(), Some(130), "{mode}");
        let report: Value = serde_json::from_slice(&ran.stdout).unwrap();
        assert_eq!((&report["items"], &report["audit"]["processes"]), (&2000.into(), &0.into()), "{mode}");
    }
}

#[test]
fn an_interrupt_of_the_terminal_reaches_the_program_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tasks.py");
    let source =
        "import time\ndef f(n):\n    open('%d.begun' % n, 'w').close()\n    time.sleep(1)\n    return n\n";
    fs::write(&file, source).unwrap();
    let named = format!("{}:f", file.display());
    for mode in MODES {
        let mut command =
            poolscope(&["run", "-m", mode, "-w", "2", "--chunk", "1", "--python", &named, "1..9"]);
        // A group of its own, all of which a terminal would signal.
        command.process_group(0).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        let child = command.spawn().unwrap();
        wait_for("two items", || ["1.begun", "2.begun"].iter().all(|name| folder.path().join(name).exists()));
        let group = rustix::process::Pid::from_raw(child.id() as i32).unwrap();
        rustix::process::kill_process_group(group, rustix::process::Signal::INT).unwrap();
        let ran = child.wait_with_output().unwrap();
        assert_eq!(ran.status.code(), Some(130), "{mode}: {}", stderr(&ran));
        // What was executing has finished, and no worker was hit.
        assert!(stdout(&ran).starts_with("1\n2\n"), "{mode}: {} {}", stdout(&ran), stderr(&ran));
        assert!(!stderr(&ran).contains("died"), "{mode}: {}", stderr(&ran));
        for name in ["1.begun", "2.begun"] {
            fs::remove_file(folder.path().join(name)).unwrap();
        }
    }
}

#[test]
fn a_program_that_may_open_nothing_more_ends_its_run() {
    let named = format!("{POISON}:takes_files_from_the_program");
    for mode in MODES {
        let ran = output(&["run", "-m", mode, "-w", "3", "--python", &named, "1..30"]);
        let wanted: String = (1..=30).map(|number| format!("{number}\n")).collect();
        assert_eq!(stdout(&ran), wanted, "{mode}: {}", stderr(&ran));
    }
}

#[test]
fn an_item_that_hears_no_signal_is_ended_when_its_time_is_over() {
    let named = format!("{POISON}:ignores_the_end");
    for mode in MODES {
        // In threads only the main thread may set what signals do, which fails there.
        let ran = output(&["run", "-m", mode, "-w", "2", "--timeout", "2", "--python", &named, "1", "2"]);
        assert!(stdout(&ran).ends_with("\n2\n"), "{mode}: {}", stderr(&ran));
        assert!(stderr(&ran).contains("1 failed"), "{mode}: {}", stderr(&ran));
    }
}

/// Starts a function of a copy of the file in a folder, waits until so many processes have begun, and interrupts twice.
fn stop_when_begun(mode: &str, function: &str, initializer: Option<&str>, begun: usize) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("poison.py");
    fs::copy(POISON, &file).unwrap();
    let named = format!("{}:{function}", file.display());
    let mut command = poolscope(&["run", "-m", mode, "-w", "2", "--chunk", "1", "--python", &named]);
    command.args(initializer.map(|name| ["--initializer", name]).into_iter().flatten()).args(["1", "2"]);
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let child = command.spawn().unwrap();
    let pids = || {
        let names = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let begun = names.filter(|path| path.extension().is_some_and(|ending| ending == "begun"));
        begun.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect::<Vec<String>>()
    };
    wait_for("what the function starts", || pids().len() >= begun);
    interrupt(&child);
    std::thread::sleep(std::time::Duration::from_millis(100));
    interrupt(&child);
    let ran = child.wait_with_output().unwrap();
    assert_eq!(ran.status.code(), Some(130), "{mode}: {}", stderr(&ran));
    wait_for("the end of all", || {
        let stat = |pid: &String| fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        pids().iter().all(|pid| stat(pid).is_empty() || stat(pid).contains(") Z "))
    });
}

#[test]
fn an_initializer_that_never_ends_is_stopped() {
    for (mode, begun) in [("process", 2), ("thread", 1)] {
        stop_when_begun(mode, "square", Some("never_starts"), begun);
    }
}

#[test]
fn pools_that_items_have_started_end_with_the_run() {
    for mode in MODES {
        stop_when_begun(mode, "holds_a_pool", None, 4);
    }
}

/// The thread had what all others wait for, so that nothing in the process can tell.
#[test]
fn a_process_whose_first_thread_was_ended_costs_one_row_and_is_not_left() {
    let named = format!("{POISON}:ends_its_first_thread");
    let ran = output(&["run", "-w", "2", "--python", &named, "1..30"]);
    let said = stderr(&ran);
    assert!(said.contains("its first thread was ended") && said.contains("1 failed"), "{said}");
    assert_eq!(stdout(&ran).lines().filter(|line| !line.is_empty()).count(), 29, "{said}");
}

/// A process that is killed is over for its parent only when its tracer has waited for it, which a function does not do.
#[test]
fn an_item_that_traces_other_workers_keeps_no_run_from_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.jsonl");
    let named = format!("{POISON}:traces_siblings");
    let args = ["run", "--python", &named, "1..8", "-w", "2", "--chunk", "1", "--timeout", "2", "-o"];
    let mut child = poolscope(&[&args[..], &[path.to_str().unwrap()]].concat()).spawn().unwrap();
    wait_for("the run is over", || child.try_wait().unwrap().is_some());
    let rows = rows(&path);
    assert_eq!(rows.len(), 8);
    assert!(rows.iter().filter(|row| row["error"].is_null()).count() >= 5, "{rows:?}");
}

/// The last words tell why a worker died.
#[test]
fn what_was_flushed_of_a_line_is_told_when_its_worker_dies() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("last.py");
    let text = "import os, sys, time\n\ndef f(n):\n    print('on ', end='', flush=True)\n    print('the', n, end='', flush=True)\n    \
                if n == 1: os.kill(os.getpid(), 11)\n    if n == 2: time.sleep(600)\n    \
                sys.stderr.write('10%\\r20%\\r')\n    sys.stderr.flush()\n    os._exit(3)\n";
    fs::write(&path, text).unwrap();
    for mode in MODES {
        let args =
            ["run", "--python", path.to_str().unwrap(), "-m", mode, "-w", "1", "--timeout", "2", "1..3"];
        let said = stderr(&output(&args)).to_owned();
        for words in ["] on the 1\n", "] on the 2\n", "] on the 3\n", "stderr] 20%\n"] {
            assert!(said.contains(words), "{mode}, {words:?}: {said}");
        }
    }
}
