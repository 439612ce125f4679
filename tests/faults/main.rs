//! A small job, again and again: each time another call to the system fails, in the program or in what it started. Each
//! run ends, with one row an input or a sentence, and leaves nothing behind.
//!
//! By default some calls of each kind fail, spread over the run; with `POOLSCOPE_FAULTS=all` each of them.

#![cfg(target_os = "linux")]

mod shim;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use self::shim::{Fault, Harmed, Whose};

/// A kind of call, how it fails, and whose calls of it are made to fail.
struct Kind {
    name: &'static str,
    calls: &'static [libc::c_long],
    errno: i32,
}

const KINDS: [Kind; 10] = [
    Kind { name: "read", calls: &[libc::SYS_read, libc::SYS_pread64, libc::SYS_recvfrom], errno: libc::EIO },
    Kind { name: "write", calls: &[libc::SYS_write, libc::SYS_sendto, libc::SYS_writev], errno: libc::EIO },
    Kind { name: "full", calls: &[libc::SYS_write], errno: libc::ENOSPC },
    Kind { name: "open", calls: &[libc::SYS_openat], errno: libc::EMFILE },
    Kind { name: "map", calls: &[libc::SYS_mmap], errno: libc::ENOMEM },
    Kind { name: "fork", calls: &[libc::SYS_clone, libc::SYS_clone3], errno: libc::EAGAIN },
    Kind {
        name: "pair",
        calls: &[libc::SYS_socketpair, libc::SYS_pipe2, libc::SYS_memfd_create, libc::SYS_eventfd2],
        errno: libc::EMFILE,
    },
    Kind { name: "execute", calls: &[libc::SYS_execve], errno: libc::ENOMEM },
    Kind {
        name: "keep",
        calls: &[
            libc::SYS_fsync,
            libc::SYS_renameat,
            libc::SYS_renameat2,
            libc::SYS_ftruncate,
            libc::SYS_flock,
        ],
        errno: libc::EIO,
    },
    Kind { name: "control", calls: &[libc::SYS_fcntl, libc::SYS_ioctl, libc::SYS_prctl], errno: libc::EPERM },
];

const ITEMS: usize = 8;
/// A run that takes longer hangs.
const DEADLINE: Duration = Duration::from_secs(40);
const SOME: u32 = 4;

/// A job whose functions are built in, a Python file's, and commands.
fn arguments(function: &str, python: &str) -> Vec<String> {
    let function = match function {
        "built in" => vec!["-f", "double"],
        "python" => vec!["--python", python],
        "command" => vec!["--command", "printf %s {}"],
        other => panic!("{other}"),
    };
    function.into_iter().map(str::to_owned).collect()
}

struct Ran {
    calls: u32,
    code: Option<i32>,
    signal: Option<i32>,
    told: String,
    rows: Option<Vec<Value>>,
}

impl Ran {
    /// The standard library ends a program in which it cannot start a thread.
    fn is_ended_by_library(&self) -> bool {
        self.told.contains("failed to allocate an alternative stack")
    }
}

/// Runs the job once; an error where it does not end or leaves something.
fn run(function: &str, mode: &str, fault: Fault) -> Result<Ran, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let python = path.join("work.py");
    fs::write(&python, "def work(n):\n    print('at', n)\n    return n * 2\n").unwrap();
    let errors = fs::File::create(path.join("errors")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_poolscope"));
    command
        .args(["run", "-m", mode, "-w", "2", "-o", "rows.jsonl"])
        .args(arguments(function, &format!("{}:work", python.display())))
        .args((1..=ITEMS).map(|item| item.to_string()))
        .current_dir(path)
        .env("TMPDIR", path)
        .env("POOLSCOPE_TEST", path)
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(errors);
    let started = Instant::now();
    let mut harmed =
        Harmed::spawn(command, fault).map_err(|error| format!("it cannot be started: {error}"))?;
    let status = loop {
        if let Some(status) = harmed.child.try_wait().unwrap() {
            break status;
        }
        if started.elapsed() > DEADLINE {
            let told = fs::read_to_string(path.join("errors")).unwrap_or_default();
            let left = members(path);
            let _ = harmed.child.kill();
            return Err(format!("it does not end; {left:?} live; it has told: {told}"));
        }
        thread::sleep(Duration::from_millis(5));
    };
    let told = String::from_utf8_lossy(&fs::read(path.join("errors")).unwrap()).into_owned();
    while let members = members(path)
        && !members.is_empty()
    {
        if started.elapsed() > DEADLINE {
            return Err(format!("{members:?} live on; it has told: {told}"));
        }
        thread::sleep(Duration::from_millis(5));
    }
    let rows = fs::read_to_string(path.join("rows.jsonl")).ok();
    let rows = rows.map(|rows| rows.lines().map(|row| serde_json::from_str(row).unwrap()).collect());
    let ran = Ran { calls: harmed.count(), code: status.code(), signal: status.signal(), told, rows };
    check_files(path, &ran)?;
    Ok(ran)
}

/// Processes that have inherited what marks this run.
fn members(mark: &Path) -> Vec<String> {
    let mark = format!("POOLSCOPE_TEST={}", mark.display()).into_bytes();
    let processes = fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    let is_ours = |process: &std::path::PathBuf| {
        let environment = fs::read(process.join("environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|variable| variable == mark)
    };
    let name = |process: std::path::PathBuf| {
        let line = fs::read_to_string(process.join("cmdline")).unwrap_or_default();
        format!("{} {}", process.display(), line.replace('\0', " "))
    };
    processes.filter(is_ours).map(name).collect()
}

fn check_files(folder: &Path, ran: &Ran) -> Result<(), String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let known = |name: &String| ["work.py", "errors", "rows.jsonl", "__pycache__"].contains(&name.as_str());
    // A part is left where its rows could not be put in their place, and then it is named.
    let is_named = |name: &String| name.starts_with("rows.part-") && ran.told.contains(name.as_str());
    let left: Vec<String> = names.filter(|name| !known(name) && !is_named(name)).collect();
    if left.is_empty() || ran.is_ended_by_library() {
        Ok(())
    } else {
        Err(format!("{left:?} were left; it has told: {}", ran.told))
    }
}

/// Whether a run that has ended kept what was promised.
fn check(ran: &Ran) -> Result<(), String> {
    let told = &ran.told;
    let wrong = |what: String| Err(format!("{what}; it has told: {told}"));
    if ran.is_ended_by_library() {
        return Ok(());
    }
    // The thread of `signal-hook` hears nothing more when its own pipe fails, which costs a run nothing.
    if told.contains("panicked") && !told.contains("thread 'signals'") {
        return wrong("it panicked".to_owned());
    }
    if !matches!(ran.code, Some(0..=2)) {
        return wrong(format!("it ended with code {:?}, signal {:?}", ran.code, ran.signal));
    }
    let Some(rows) = &ran.rows else {
        let is_told = ran.code != Some(0) && !told.trim().is_empty();
        return if is_told { Ok(()) } else { wrong("there are no rows, and not a word of why".to_owned()) };
    };
    let indices: BTreeSet<u64> = rows.iter().filter_map(|row| row["index"].as_u64()).collect();
    if (rows.len(), indices.len()) != (ITEMS, ITEMS) {
        return wrong(format!("{} rows of {} inputs", rows.len(), indices.len()));
    }
    match rows.iter().find(|row| row["state"] == "ok" && !is_doubled_or_same(row)) {
        Some(row) => wrong(format!("a wrong row: {row}")),
        None => Ok(()),
    }
}

fn is_doubled_or_same(row: &Value) -> bool {
    let number = |cell: &Value| cell.as_i64().or_else(|| cell.as_str()?.parse().ok());
    let (input, output) = (number(&row["input"]), number(&row["output"]));
    output.is_some() && (output == input || output == input.map(|input| input * 2))
}

/// Which calls of so many are made to fail.
fn places(count: u32) -> Vec<u32> {
    if std::env::var("POOLSCOPE_FAULTS").is_ok_and(|which| which == "all") || count <= SOME {
        return (0..count).collect();
    }
    // The first and the last always, and between them others in each run of the tests.
    let step = count / SOME;
    let shift = std::process::id() % step.max(1);
    let between = (0..SOME).map(|part| part * step + shift).filter(|place| *place < count);
    BTreeSet::from_iter([0, count - 1].into_iter().chain(between)).into_iter().collect()
}

/// Why calls cannot be made to fail here.
fn obstacle() -> Option<std::io::Error> {
    let fault = Fault { calls: KINDS[0].calls, whose: Whose::Program, place: u32::MAX, errno: libc::EIO };
    match Harmed::spawn(Command::new("true"), fault) {
        Ok(mut harmed) => harmed.child.wait().err(),
        Err(error) => Some(error),
    }
}

fn sweep(function: &str, mode: &str) {
    if let Some(error) = obstacle() {
        eprintln!("not run, since no call can be made to fail here: {error}");
        return;
    }
    let mut wrong = Vec::new();
    for kind in &KINDS {
        for whose in [Whose::Program, Whose::Children] {
            let fault = Fault { calls: kind.calls, whose, place: u32::MAX, errno: kind.errno };
            let calls =
                run(function, mode, fault).unwrap_or_else(|reason| panic!("{}: {reason}", kind.name)).calls;
            for place in places(calls) {
                let fault = Fault { place, ..fault };
                if let Err(reason) = run(function, mode, fault).and_then(|ran| check(&ran)) {
                    wrong.push(format!("{} of {whose:?}, call {place} of {calls}: {reason}", kind.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{function}, {mode}:\n{}", wrong.join("\n\n"));
}

#[test]
fn built_in_functions_in_processes() {
    sweep("built in", "process");
}

#[test]
fn built_in_functions_in_threads() {
    sweep("built in", "thread");
}

#[test]
fn python_in_processes() {
    sweep("python", "process");
}

#[test]
fn python_in_threads() {
    sweep("python", "thread");
}

#[test]
fn commands() {
    sweep("command", "process");
}
