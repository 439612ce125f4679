//! The right values, from CPython itself: one interpreter answers many requests (`reference.py`).

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// Where this test's own files lie.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/field")
}

pub fn python() -> Command {
    let mut command = Command::new("python3");
    command.arg("-B").env_remove("PYTHONPATH").stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

/// An answer for each request.
pub fn answers(requests: &[Value]) -> Vec<Value> {
    let mut child = python()
        .arg(folder().join("reference.py"))
        .spawn()
        .expect("these tests need a python3 on the PATH; on Debian: apt install python3");
    child.stdin.take().unwrap().write_all(&serde_json::to_vec(requests).unwrap()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "the reference failed");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The answers that are lists of texts.
pub fn lines(answer: &Value) -> Vec<String> {
    answer.as_array().unwrap().iter().map(|line| line.as_str().unwrap().to_owned()).collect()
}
