//! Runs the tests of the Python host, which are written in Python themselves (`tests/python`), with each interpreter that
//! is found.

use std::collections::BTreeMap;
use std::process::Command;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python");

/// An interpreter of each version, by that; the oldest is the oldest that hosts run on.
fn interpreters() -> BTreeMap<String, String> {
    let names = (8..16).map(|minor| format!("python3.{minor}")).chain(["python3".to_owned()]);
    let version_of = |name: &str| {
        let asked = ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"];
        let output = Command::new(name).args(asked).output().ok().filter(|output| output.status.success())?;
        Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    names.filter_map(|name| Some((version_of(&name)?, name))).collect()
}

#[test]
fn files_and_notebooks_are_loaded_as_python_would() {
    let found = interpreters();
    assert!(!found.is_empty(), "these tests need a python3 on the PATH; on Debian: apt install python3");
    std::thread::scope(|scope| {
        for (version, name) in &found {
            scope.spawn(move || {
                let output =
                    Command::new(name).args(["-B", "-m", "unittest"]).current_dir(FOLDER).output().unwrap();
                let said = String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success(), "Python {version}: {said}");
                assert!(!said.contains("Ran 0 tests"), "Python {version}: {said}");
            });
        }
    });
}
