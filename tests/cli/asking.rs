//! Interpreters that are scripts: what they set up holds for the workers; those that do not answer are waited for aloud,
//! and end with the program, however that ends.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, ChildStderr, Stdio};

use crate::fire::wait_for;
use crate::keeper::is_running;
use crate::poolscope;

/// A script that can be run.
fn script(folder: &Path, text: &str) -> String {
    let path = folder.join("interpreter.sh");
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.display().to_string()
}

/// An interpreter that hangs, with another process below it; both note their numbers.
fn hanging(folder: &Path) -> String {
    let note = folder.join("pids");
    script(folder, &format!("sleep 1000 &\necho $$ $! >'{}'\nwait", note.display()))
}

/// A program that asks it, once it has been asked.
fn asking(folder: &Path, command: &str) -> (Child, Vec<u32>) {
    let source = folder.join("f.py");
    fs::write(&source, "def task(n):\n    return n\n").unwrap();
    let (interpreter, source) = (hanging(folder), source.display().to_string());
    let args = match command {
        "functions" => vec!["functions", source.as_str(), "--interpreter", &interpreter],
        _ => vec!["run", "--interpreter", &interpreter, "1", "2", "--python", &source],
    };
    let mut program = poolscope(&args);
    let child = program.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let pids = || {
        let note = fs::read_to_string(folder.join("pids")).unwrap_or_default();
        note.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<u32>>()
    };
    wait_for("the interpreter", || pids().len() == 2);
    (child, pids())
}

fn first_line(stderr: ChildStderr) -> String {
    BufReader::new(stderr).lines().next().unwrap().unwrap()
}

#[test]
fn an_interpreter_that_does_not_answer_ends_with_the_program() {
    for command in ["functions", "run"] {
        for signal in ["INT", "TERM", "KILL"] {
            let folder = tempfile::tempdir().unwrap();
            let (mut child, pids) = asking(folder.path(), command);
            let kill =
                std::process::Command::new("kill").args(["-s", signal, &child.id().to_string()]).status();
            assert!(kill.unwrap().success());
            assert!(!child.wait().unwrap().success());
            let what = format!("the end of {pids:?} after {signal} to {command}");
            wait_for(&what, || !pids.iter().any(|pid| is_running(*pid)));
        }
    }
}

/// It is in its first moment that nobody may watch over it yet.
#[test]
fn an_interpreter_that_kills_the_program_at_once_ends_with_it() {
    for _ in 0..8 {
        let folder = tempfile::tempdir().unwrap();
        let note = folder.path().join("pids");
        let text = format!("sleep 1000 &\necho $$ $! >'{}'\nkill -s KILL $PPID\nwait", note.display());
        let (source, interpreter) = (folder.path().join("f.py"), script(folder.path(), &text));
        fs::write(&source, "def task(n):\n    return n\n").unwrap();
        let args = ["functions", source.to_str().unwrap(), "--interpreter", &interpreter];
        assert!(!poolscope(&args).output().unwrap().status.success());
        let pids = fs::read_to_string(&note).unwrap();
        let is_any = || pids.split_whitespace().any(|pid| is_running(pid.parse().unwrap()));
        wait_for(&format!("the end of {pids}"), || !is_any());
    }
}

#[test]
fn an_interpreter_that_takes_long_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (mut child, pids) = asking(folder.path(), "run");
    let said = first_line(child.stderr.take().unwrap());
    let expected = format!(
        "poolscope: waiting for {}, which has not answered yet; it is given up after 60 s",
        folder.path().join("interpreter.sh").display()
    );
    assert_eq!(said, expected);
    // Where it ends by itself, it is over at once.
    pids.iter().for_each(|pid| drop(std::process::Command::new("kill").arg(pid.to_string()).status()));
    assert_eq!(child.wait().unwrap().code(), Some(2));
}

#[test]
fn what_a_script_sets_up_for_an_interpreter_holds_for_the_workers() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("f.py");
    let burns = "while time.process_time() < 0.2: pass";
    let text = format!(
        "import os, sys, time\ndef task(n):\n    {burns}\n    return [os.environ.get('WORD'), sys.flags.optimize]\n"
    );
    fs::write(&source, text).unwrap();
    let source = format!("{}:task", source.display());
    for start in ["exec ", ""] {
        let interpreter = script(folder.path(), &format!("export WORD=set\n{start}python3 -O \"$@\""));
        for mode in ["process", "thread"] {
            let args = ["run", "-m", mode, "--interpreter", &interpreter, "--python", &source, "1"];
            let output = poolscope(&args).output().unwrap();
            let what = format!("{start:?} {mode}: {output:?}");
            assert_eq!(String::from_utf8_lossy(&output.stdout), "[\"set\",1]\n", "{what}");
            // Its time is that of the interpreter, also where the script stays in between.
            let output = poolscope(&args).arg("--json").output().unwrap();
            let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            let share = |part: &str| told["ledger"][part].as_f64().unwrap();
            assert!(share("on_core") + share("ready") > share("blocked"), "{what} {told}");
        }
    }
}
