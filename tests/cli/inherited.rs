//! What the program gets from whoever starts it: signals that are ignored or held back, cores, variables.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::fire::{hosts, wait_for};
use crate::{poolscope, stderr, stdout};

const MODES: [&str; 2] = ["process", "thread"];

#[test]
fn a_run_needs_no_word_of_ended_children() {
    let folder = tempfile::tempdir().unwrap();
    let code = folder.path().join("code.py");
    std::fs::write(&code, "def f(n):\n    return n * 2\n").unwrap();
    let python = format!("{}:f", code.display());
    for mode in MODES {
        for function in [["-f", "double"], ["--python", &python], ["--command", "expr 2 '*' {}"]] {
            let mut command = Command::new("sh");
            let ignoring = "trap '' CHLD; exec \"$0\" \"$@\"";
            command.args(["-c", ignoring, env!("CARGO_BIN_EXE_poolscope"), "run", "-m", mode]).args(function);
            let ran = command.args(["1", "2", "3"]).stdin(Stdio::null()).output().unwrap();
            assert_eq!(stdout(&ran), "2\n4\n6\n", "{mode}, {function:?}: {}", stderr(&ran));
            assert!(stderr(&ran).contains("nothing left over"), "{mode}, {function:?}: {}", stderr(&ran));
        }
    }
}

/// Starts with the signals that end programs held back.
fn hold_back(command: &mut Command) {
    let hold = || {
        // SAFETY: the set lives until the calls are over, which only change the mask of this process.
        let is_held = unsafe {
            let mut set = std::mem::zeroed();
            libc::sigemptyset(&raw mut set);
            for signal in [libc::SIGTERM, libc::SIGINT, libc::SIGHUP, libc::SIGCHLD] {
                libc::sigaddset(&raw mut set, signal);
            }
            libc::pthread_sigmask(libc::SIG_BLOCK, &raw const set, std::ptr::null_mut()) == 0
        };
        if is_held { Ok(()) } else { Err(io::Error::last_os_error()) }
    };
    // SAFETY: between fork and exec only system calls are made.
    unsafe { command.pre_exec(hold) };
}

#[test]
fn a_run_hears_the_wish_for_its_end_also_where_signals_were_held_back() {
    for mode in MODES {
        let mut command = poolscope(&["run", "-m", mode, "-w", "1", "-f", "sleep_ms", "600000"]);
        hold_back(&mut command);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        wait_for("a host", || !hosts(&child).is_empty());
        // The signal may come before the program listens, and then ends it by itself.
        wait_for("the end", || {
            let _ = Command::new("kill").arg(child.id().to_string()).stderr(Stdio::null()).status();
            std::fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap().contains(") Z ")
        });
        assert_ne!(child.wait().unwrap().code(), Some(0), "{mode}");
    }
}

#[test]
fn workers_are_as_many_as_the_cores_that_may_be_used() {
    let mut command = Command::new("taskset");
    command.args(["-c", "0", env!("CARGO_BIN_EXE_poolscope"), "run", "--json", "-f", "double", "1..10"]);
    let ran = command.stdin(Stdio::null()).output().unwrap();
    let report: Value = serde_json::from_slice(&ran.stdout).unwrap_or_else(|_| panic!("{}", stderr(&ran)));
    assert_eq!(report["workers"], 1);
}

#[test]
fn variables_for_finding_faults_do_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let code = folder.path().join("code.py");
    std::fs::write(&code, "import ctypes\ndef f(n):\n    return n if n != 2 else ctypes.string_at(0)\n")
        .unwrap();
    let python = format!("{}:f", code.display());
    for mode in MODES {
        for (name, value) in [
            ("PYTHONFAULTHANDLER", "1"),
            ("PYTHONDEVMODE", "1"),
            ("PYTHONDONTWRITEBYTECODE", "1"),
            ("PYTHONOPTIMIZE", "2"),
            ("PYTHONMALLOC", "debug"),
            ("PYTHONUNBUFFERED", "1"),
            ("PYTHONASYNCIODEBUG", "1"),
            ("PYTHONHASHSEED", "0"),
        ] {
            let mut command = poolscope(&["run", "-m", mode, "-w", "2", "--python", &python, "1", "2", "3"]);
            let ran = command.env(name, value).output().unwrap();
            assert_eq!(stdout(&ran), "1\n\n3\n", "{mode}, {name}: {}", stderr(&ran));
            assert!(stderr(&ran).contains("SIGSEGV"), "{mode}, {name}: {}", stderr(&ran));
        }
    }
}
