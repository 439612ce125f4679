//! One run of the program over small files in a folder of its own, and what it must come to.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde_json::{Value, json};
use tempfile::TempDir;

pub const MODES: [&str; 2] = ["process", "thread"];
/// Runs at a time: each has two workers, and many wait for an interpreter to start.
const AT_ONCE: usize = 3;

/// A run in both modes. Arguments are written as for a shell, with single quotes alone; paths are relative to the files.
#[derive(Default)]
pub struct Case {
    name: String,
    files: Vec<(String, Vec<u8>)>,
    args: String,
    stdin: Option<Vec<u8>>,
    expected: Vec<Expected>,
}

enum Expected {
    /// Standard output, and that all items went well.
    Stdout(String),
    /// A part of standard error.
    Says(String),
    /// What must not stand there.
    Omits(String),
    /// The exit code.
    Code(i32),
    /// A part of a file that the run wrote.
    Writes(String, String),
}

pub fn case(name: impl Into<String>) -> Case {
    Case { name: name.into(), ..Case::default() }
}

impl Case {
    pub fn file(mut self, name: &str, content: impl AsRef<[u8]>) -> Self {
        self.files.push((name.to_owned(), content.as_ref().to_vec()));
        self
    }

    /// A notebook of these code cells.
    pub fn notebook(self, name: &str, cells: &[&str]) -> Self {
        self.file(name, notebook(cells))
    }

    pub fn stdin(mut self, content: impl AsRef<[u8]>) -> Self {
        self.stdin = Some(content.as_ref().to_vec());
        self
    }

    pub fn run(mut self, args: impl Into<String>) -> Self {
        self.args = args.into();
        self
    }

    /// The results, a line each.
    pub fn gives(self, stdout: impl Into<String>) -> Self {
        self.expect(Expected::Stdout(stdout.into())).code(0)
    }

    /// The results of a run in which items fail, whose lines are empty.
    pub fn leaves(self, stdout: impl Into<String>) -> Self {
        self.expect(Expected::Stdout(stdout.into())).code(1)
    }

    /// Nothing is run, and the reason is told.
    pub fn refuses(self, reason: impl Into<String>) -> Self {
        self.says(reason).code(2)
    }

    pub fn says(self, part: impl Into<String>) -> Self {
        self.expect(Expected::Says(part.into()))
    }

    pub fn omits(self, part: impl Into<String>) -> Self {
        self.expect(Expected::Omits(part.into()))
    }

    pub fn writes(self, file: &str, part: &str) -> Self {
        self.expect(Expected::Writes(file.to_owned(), part.to_owned()))
    }

    fn code(self, code: i32) -> Self {
        self.expect(Expected::Code(code))
    }

    fn expect(mut self, expected: Expected) -> Self {
        self.expected.push(expected);
        self
    }

    /// Runs in one mode; what is wrong, if anything.
    fn failure(&self, mode: &str) -> Option<String> {
        let folder = self.folder();
        let args = format!("run -w 2 -m {mode} {}", self.args);
        let output = poolscope(folder.path(), &words(&args), self.stdin.as_deref());
        let wrong: Vec<String> =
            self.expected.iter().filter_map(|expected| expected.missed(&output, folder.path())).collect();
        (!wrong.is_empty()).then(|| {
            let stderr = String::from_utf8_lossy(&output.stderr);
            let stderr: String = stderr.trim_end().chars().take(1500).collect();
            format!("{} ({mode})\n  {}\n  stderr: {stderr}\n", self.name, wrong.join("\n  "))
        })
    }

    fn folder(&self) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in &self.files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        folder
    }
}

impl Expected {
    fn missed(&self, output: &Output, folder: &Path) -> Option<String> {
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        match self {
            Self::Stdout(right) if stdout != *right => {
                Some(format!("printed {stdout:?}, expected {right:?}"))
            }
            Self::Says(part) if !stderr.contains(part) => Some(format!("did not say {part:?}")),
            Self::Omits(part) if stderr.contains(part) => Some(format!("said {part:?}")),
            Self::Code(code) if output.status.code() != Some(*code) => {
                Some(format!("ended with {:?}, expected {code}", output.status.code()))
            }
            Self::Writes(file, part) => {
                let written = fs::read_to_string(folder.join(file)).unwrap_or_default();
                (!written.contains(part))
                    .then(|| format!("{file} holds {written:?}, expected {part:?} in it"))
            }
            _ => None,
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Runs all in both modes and names each that is wrong.
pub fn check(cases: &[Case]) {
    let runs: Vec<(&Case, &str)> =
        cases.iter().flat_map(|case| MODES.iter().map(move |mode| (case, *mode))).collect();
    let failures = in_parallel(&runs, |(case, mode)| case.failure(mode));
    assert!(failures.is_empty(), "{} of {} runs:\n{}", failures.len(), runs.len(), failures.join("\n"));
}

/// What a check finds wrong with each of many.
pub fn in_parallel<T: Sync>(all: &[T], check: impl Fn(&T) -> Option<String> + Sync) -> Vec<String> {
    let (next, found) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(one) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Some(failure) = check(one) {
                        found.lock().unwrap().push(failure);
                    }
                }
            });
        }
    });
    let mut found = found.into_inner().unwrap();
    found.sort();
    found
}

/// Runs the program in a folder.
pub fn poolscope(folder: &Path, args: &[String], stdin: Option<&[u8]>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_poolscope"));
    command.args(args).current_dir(folder).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    command.env_remove("VIRTUAL_ENV").stdout(Stdio::piped()).stderr(Stdio::piped());
    let Some(content) = stdin else { return command.stdin(Stdio::null()).output().unwrap() };
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(content).unwrap();
    child.wait_with_output().unwrap()
}

/// Words as a shell parts them, with single quotes alone.
pub fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut is_quoted) = (Vec::new(), None::<String>, false);
    for sign in line.chars() {
        match sign {
            '\'' => {
                is_quoted = !is_quoted;
                word.get_or_insert_default();
            }
            ' ' if !is_quoted => words.extend(word.take()),
            _ => word.get_or_insert_default().push(sign),
        }
    }
    words.extend(word);
    words
}

/// A notebook of format 4 with these code cells, each after a heading.
pub fn notebook(cells: &[&str]) -> String {
    let code = cells.iter().enumerate().map(|(place, source)| {
        json!({"cell_type": "code", "execution_count": place + 1, "metadata": {}, "outputs": [],
            "source": source.split_inclusive('\n').collect::<Vec<_>>()})
    });
    let cells: Vec<Value> = code.collect();
    json!({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).to_string()
}

#[test]
fn words_are_parted_as_a_shell_does() {
    assert_eq!(words("-i  'a b' '' c'd'"), ["-i", "a b", "", "cd"]);
}

/// A text that is a result as the program prints it.
pub fn printed(text: &str) -> String {
    if text.contains(['\n', '\r']) { serde_json::to_string(text).unwrap() } else { text.to_owned() }
}
