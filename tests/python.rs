//! Runs the tests of the Python host's loader, which are written in Python themselves (`tests/python`).

use std::process::Command;

#[test]
fn files_and_notebooks_are_loaded_as_python_would() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python");
    let output = Command::new("python3")
        .args(["-B", "-m", "unittest"])
        .current_dir(folder)
        .output()
        .expect("these tests need a python3 on the PATH; on Debian: apt install python3");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(!said.contains("Ran 0 tests"), "{said}");
}
