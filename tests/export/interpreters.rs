//! The interpreters that programs are tried with.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Far beyond what any of these programs takes.
const DEADLINE: Duration = Duration::from_secs(120);

/// The oldest that programs are meant for.
const OLDEST: (u32, u32) = (3, 8);

/// An interpreter of each version, by that. Those of pyenv are called by their files: its own `python3.N` gives only
/// those that a folder has chosen.
pub fn interpreters() -> BTreeMap<(u32, u32), PathBuf> {
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let versions = std::fs::read_dir(home.join(".pyenv/versions")).into_iter().flatten().flatten();
    let of_pyenv = versions.map(|entry| entry.path().join("bin/python"));
    let of_path = (8..16).map(|minor| format!("python3.{minor}").into()).chain([PathBuf::from("python3")]);
    let found = of_path.chain(of_pyenv).filter_map(|path| Some((version_of(&path)?, path)));
    found.filter(|(version, _)| *version >= OLDEST).collect()
}

fn version_of(path: &Path) -> Option<(u32, u32)> {
    let mut command = Command::new(path);
    command.args(["-c", "import sys; print('%d %d' % sys.version_info[:2])"]).stderr(Stdio::null());
    let output = command.output().ok().filter(|output| output.status.success())?;
    let told = String::from_utf8(output.stdout).ok()?;
    let (major, minor) = told.trim().split_once(' ')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// Runs a program with files for its output, so that a full pipe cannot hold it up, and ends it when it hangs.
pub fn run(interpreter: &Path, program: &Path, args: &[&str], folder: &Path) -> Result<Output, String> {
    let outputs = tempfile::tempdir().unwrap();
    let file = |name: &str| std::fs::File::create(outputs.path().join(name)).unwrap();
    let mut command = Command::new(interpreter);
    command.arg("-B").arg(program).args(args).current_dir(folder).env_remove("PYTHONPATH");
    command.stdin(Stdio::null()).stdout(file("stdout")).stderr(file("stderr"));
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let begun = Instant::now();
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if begun.elapsed() > DEADLINE => {
                child.kill().unwrap();
                child.wait().unwrap();
                let said = std::fs::read_to_string(outputs.path().join("stderr")).unwrap_or_default();
                return Err(format!("it hangs; it said {said}"));
            }
            None => std::thread::sleep(Duration::from_millis(10)),
        }
    };
    let read = |name: &str| std::fs::read(outputs.path().join(name)).unwrap();
    Ok(Output { status, stdout: read("stdout"), stderr: read("stderr") })
}
