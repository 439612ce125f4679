//! Ends of processes between items, and what commands leave running.

use std::time::Instant;

use crate::case::{case, check, poolscope, words};

#[test]
fn a_host_that_dies_between_items_costs_one_item() {
    let source = "import os\ndef f(n):\n    if n == 2: os.closerange(3, 64)\n    return n\n";
    let right: String = (1..=400).map(|n| if n == 2 { "\n".to_owned() } else { format!("{n}\n") }).collect();
    check(&[case("closed descriptors").file("f.py", source).run("--python f.py 1..400").leaves(right)]);
}

#[test]
fn a_child_that_returns_from_the_function_is_no_failure_of_the_driver() {
    let source = "import os\ndef f(n):\n    if os.fork() == 0: return 0\n    os.wait()\n    return n\n";
    check(&[case("a forked child")
        .file("f.py", source)
        .run("--python f.py 1..5")
        .gives("1\n2\n3\n4\n5\n")
        .omits("Traceback")
        .omits("poolscope ")]);
}

/// A child in the background that keeps standard output open either holds nothing up, or is told.
#[test]
fn a_background_child_of_a_command_is_told_or_left() {
    let folder = tempfile::tempdir().unwrap();
    let begun = Instant::now();
    let output = poolscope(folder.path(), &words("run -w 2 --shell --command 'sleep 6 & echo {}' 1 2"), None);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "1\n2\n");
    assert!(begun.elapsed().as_secs() < 5 || said.contains("background"), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn names_of_files_that_are_no_text_are_inputs() {
    use std::os::unix::ffi::OsStrExt;

    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("in");
    std::fs::create_dir(&inner).unwrap();
    std::fs::write(inner.join(std::ffi::OsStr::from_bytes(b"caf\xe9.txt")), "inside\n").unwrap();
    let output = poolscope(folder.path(), &words("run -w 1 --command 'cat {}' -i in"), None);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "inside\n", "{said}");
}
