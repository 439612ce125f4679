//! What goes wrong around the command: Ctrl-C, full disks, no memory, its own file replaced.

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::{interrupt, poolscope, stderr, stdout};

/// Far beyond what any of these takes.
pub const DEADLINE: Duration = Duration::from_secs(180);

/// The command under a limit that the shell sets first.
fn limited(limit: &str, args: &[&str]) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{limit}; exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_poolscope")]);
    command.args(args).stdin(Stdio::null());
    command
}

/// The processes of its workers.
pub fn hosts(parent: &Child) -> Vec<u32> {
    children(parent).into_iter().filter(|pid| !is_keeper(*pid) && is_of_run(*pid)).collect()
}

/// Whether a run has the process that ends its hosts where the program itself cannot.
pub fn has_keeper(parent: &Child) -> bool {
    keeper(parent).is_some()
}

pub fn keeper(parent: &Child) -> Option<u32> {
    children(parent).into_iter().find(|pid| is_keeper(*pid))
}

fn is_keeper(pid: u32) -> bool {
    fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line.starts_with(b"poolscope\0host\0keep\0"))
}

/// Not so an interpreter that is asked what a file holds.
fn is_of_run(pid: u32) -> bool {
    let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
    let mut marks =
        environment.split(|byte| *byte == 0).filter_map(|variable| variable.strip_prefix(b"POOLSCOPE_RUN="));
    marks.any(|mark| mark != b"none")
}

/// The processes that a command has started and that still run.
pub fn children(parent: &Child) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{}/task", parent.id())).into_iter().flatten().flatten();
    let lists = threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    lists
        .flat_map(|list| list.split_whitespace().map(|pid| pid.parse().unwrap()).collect::<Vec<u32>>())
        .collect()
}

pub fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < DEADLINE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn one_interrupt_lets_finish_what_executes() {
    let folder = tempfile::tempdir().unwrap();
    let rows = folder.path().join("rows.jsonl");
    let args = ["run", "-w", "1", "--chunk", "1", "-f", "sleep_ms", "1", "2000", "600000", "-o"];
    let mut child = poolscope(&[&args[..], &[rows.to_str().unwrap()]].concat())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert_eq!(lines.next().unwrap(), "1");
    interrupt(&child);
    assert_eq!(lines.collect::<Vec<String>>(), ["2000", ""]);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let rows = fs::read_to_string(rows).unwrap();
    let states = rows.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["state"].clone());
    assert_eq!(states.collect::<Vec<Value>>(), ["ok", "ok", "failed"]);
}

#[test]
fn a_full_disk_costs_the_file_and_not_the_run() {
    let folder = tempfile::tempdir().unwrap();
    for ending in ["csv", "json", "jsonl"] {
        let path = folder.path().join(format!("rows.{ending}"));
        fs::write(&path, "of yesterday").unwrap();
        // Files end after a few thousand bytes, as they do on a full disk. Without the trap the signal says so first.
        let args = ["run", "-f", "double", "1..20000", "-o", path.to_str().unwrap()];
        let output = limited("trap '' XFSZ; ulimit -f 8", &args).output().unwrap();
        assert_eq!(stdout(&output).lines().count(), 20_000, "{}", stderr(&output));
        let said = stderr(&output);
        assert!(said.contains(&format!("could not write {}", path.display())), "{said}");
        assert!(!output.status.success() && !said.contains("panicked"), "{said}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "of yesterday");
        // What there was room for is kept, in whole rows, and the rest can be run.
        let rows = said.split("its first ").nth(1).and_then(|text| text.split_once(" rows are in "));
        let (rows, rest) = rows.unwrap_or_else(|| panic!("{said}"));
        let part = rest.split_once(", from which --resume").unwrap().0;
        assert!((10..500).contains(&rows.parse::<u32>().unwrap()), "{rows}");
        assert!(!fs::read_to_string(part).unwrap().is_empty());
        fs::remove_file(&path).unwrap();
        let output = crate::output(&[&args[..], &["--resume", path.to_str().unwrap(), "--json"]].concat());
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["resumed"].to_string(), rows, "{}", stderr(&output));
        assert!(fs::read_to_string(&path).unwrap().contains("40000") && !Path::new(part).exists());
    }
}

#[test]
fn a_full_disk_under_a_stream_costs_the_file_and_not_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let (numbers, rows) = (folder.path().join("numbers.txt"), folder.path().join("rows.csv"));
    let text: String = (1..=20_000).map(|number| format!("{number}\n")).collect();
    fs::write(&numbers, text).unwrap();
    let args = ["run", "-f", "double", "--stream", "-i", numbers.to_str().unwrap()];
    let args = [&args[..], &["-o", rows.to_str().unwrap()]].concat();
    let output = limited("trap '' XFSZ; ulimit -f 8", &args).output().unwrap();
    assert_eq!(stdout(&output).lines().count(), 20_000, "{}", stderr(&output));
    assert!(stderr(&output).contains("could not write"), "{}", stderr(&output));
    assert!(!output.status.success());
    assert!(stderr(&output).contains(" rows are in "), "{}", stderr(&output));
    assert!(!rows.exists());
}

#[test]
fn a_full_disk_under_standard_output_is_told() {
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = poolscope(&["run", "-f", "double", "1..2000"])
        .stdout(full)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
        .wait_with_output()
        .unwrap();
    let said = stderr(&output);
    assert!(said.contains("could not write the results"), "{said}");
    assert!(!output.status.success() && !said.contains("panicked"), "{said}");
}

#[test]
fn memory_that_the_system_refuses_is_one_rows_fate() {
    for mode in ["process", "thread"] {
        // The function gets its memory, and there is not enough for another copy of it on the way.
        let args = ["run", "-m", mode, "-w", "2", "-f", "make_bytes", "10", "900000000", "20"];
        let output = limited("ulimit -v 1500000", &args).output().unwrap();
        let bytes = |count| format!("b'{}'", "\\xa5".repeat(count));
        let expected = format!("{}\n\n{}\n", bytes(10), bytes(20));
        assert_eq!(stdout(&output), expected, "{mode}: {}", stderr(&output));
        let said = stderr(&output);
        assert!(said.contains("item 1 failed: the worker process was ended by SIGABRT"), "{mode}: {said}");
        // The function is refused its memory, and says so.
        let args = ["run", "-m", mode, "-w", "2", "-f", "allocate_mib", "1", "3000", "2"];
        let output = limited("ulimit -v 1500000", &args).output().unwrap();
        assert_eq!(stdout(&output), "1\n\n2\n", "{mode}: {}", stderr(&output));
        assert!(stderr(&output).contains("the system refused"), "{mode}: {}", stderr(&output));
    }
}

#[test]
fn a_program_whose_file_is_replaced_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("poolscope");
    // Copied by another process: see `script` in the tests of the pool.
    let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_poolscope")).arg(&program).status().unwrap();
    assert!(copied.success());
    let inputs = vec!["100"; 30];
    // The second worker may have taken the item of the first by the time it is killed: two deaths, three tries.
    let args = ["run", "-w", "2", "--chunk", "1", "--retries", "2", "-f", "sleep_ms"];
    let mut child = Command::new(&program)
        .args(args)
        .args(inputs)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    wait_for("two workers", || hosts(&child).len() == 2);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert_eq!(lines.next().unwrap(), "100");
    let newer = folder.path().join("newer");
    fs::write(&newer, "no program at all").unwrap();
    fs::rename(&newer, &program).unwrap();
    let first = hosts(&child);
    for pid in &first {
        assert!(Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap().success());
    }
    let lines: Vec<String> = lines.collect();
    let output = child.wait_with_output().unwrap();
    let said = stderr(&output);
    assert_eq!(lines.iter().filter(|line| *line == "100").count(), 29, "{said}");
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert_eq!(said.matches("died: SIGKILL").count(), 2, "{said}");
}

#[test]
fn the_disk_is_full_from_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.csv");
    std::os::unix::fs::symlink("/dev/full", &path).unwrap();
    let output = poolscope(&["run", "-f", "double", "1..3", "-o", path.to_str().unwrap()]).output().unwrap();
    assert_eq!(stdout(&output), "2\n4\n6\n");
    assert!(stderr(&output).contains("No space left on device"), "{}", stderr(&output));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_run_in_which_nothing_ran_leaves_the_rows_of_an_earlier_one() {
    let folder = tempfile::tempdir().unwrap();
    for ending in ["csv", "json", "jsonl"] {
        let path = folder.path().join(format!("rows.{ending}"));
        let args = ["run", "-f", "double", "1..5", "-o", path.to_str().unwrap()];
        assert_eq!(crate::output(&args).status.code(), Some(0));
        let before = fs::read_to_string(&path).unwrap();
        let failed = limited("ulimit -n 8", &args).output().unwrap();
        assert!(!failed.status.success());
        assert!(stderr(&failed).contains("stays as it was: no item was run"), "{}", stderr(&failed));
        assert_eq!(fs::read_to_string(&path).unwrap(), before);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        fs::remove_file(&path).unwrap();
    }
}

#[test]
fn rows_of_words_that_were_typed_as_python_writes_them_are_gone_on_from() {
    let folder = tempfile::tempdir().unwrap();
    for ending in ["csv", "json", "jsonl"] {
        let path = folder.path().join(format!("rows.{ending}"));
        let path = path.to_str().unwrap();
        let words = ["True", "None", "(1,2)", "[1,]", "['a']", "[None,True]", "[0x10]", "1e3", "007", "nan"];
        let args = [&["run", "--json", "-f", "echo", "-o", path], &words[..]].concat();
        assert_eq!(crate::output(&args).status.code(), Some(0));
        let again = crate::output(&[&args[..], &["--resume", path]].concat());
        let report: Value = serde_json::from_slice(&again.stdout).unwrap();
        assert_eq!(report["resumed"], words.len(), "{ending}: {}", stderr(&again));
    }
}
