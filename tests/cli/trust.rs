//! Programs of a person's folder: none is started to read a file, and an interpreter only where that was allowed.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::functions::file;
use crate::{poolscope, stderr, stdout};

/// Runs with settings of its own, and without an environment that is active here.
fn with_settings(settings: &Path, args: &[&str]) -> Output {
    let mut command = poolscope(args);
    command.env("POOLSCOPE_CONFIG", settings).env_remove("VIRTUAL_ENV").env_remove("CONDA_PREFIX");
    command.output().unwrap()
}

fn make_environment(folder: &Path) {
    let made = Command::new("python3")
        .args(["-m", "venv", "--without-pip"])
        .arg(folder)
        .output()
        .expect("these tests need a python3 on the PATH; on Debian: apt install python3");
    assert!(made.status.success(), "python3 -m venv: {}", stderr(&made));
}

#[test]
fn a_virtual_environment_beside_the_file_runs_it_once_it_is_trusted() {
    let settings = tempfile::tempdir().unwrap();
    let (folder, path) = file("t.py", "import sys\ndef prefix(n):\n    return sys.prefix\n");
    let environment = folder.path().join(".venv");
    make_environment(&environment);
    let whole = fs::canonicalize(folder.path()).unwrap();
    let whole = whole.to_str().unwrap();
    let run = |more: &[&str]| {
        with_settings(settings.path(), &[&["run", "-w", "2", "--python", &path, "1"], more].concat())
    };
    let prefix = |output: &Output| {
        assert_eq!(output.status.code(), Some(0), "{}", stderr(output));
        fs::canonicalize(stdout(output).trim()).unwrap()
    };
    let refused = run(&[]);
    assert_eq!((refused.status.code(), stdout(&refused)), (Some(2), ""), "{}", stderr(&refused));
    let python = format!("could not start {}", environment.join("bin").join("python3").display());
    for part in [python.as_str(), "`poolscope trust ", whole, "--interpreter PATH"] {
        assert!(stderr(&refused).contains(part), "{part}: {}", stderr(&refused));
    }
    assert_ne!(prefix(&run(&["--interpreter", "python3"])), fs::canonicalize(&environment).unwrap());
    let trust = |args: &[&str]| with_settings(settings.path(), &[&["trust"], args].concat());
    assert_eq!(
        (trust(&[whole]).status.code(), stdout(&trust(&[]))),
        (Some(0), format!("{whole}\n").as_str())
    );
    assert_eq!(prefix(&run(&[])), fs::canonicalize(&environment).unwrap());
    assert_eq!(trust(&["--revoke", whole]).status.code(), Some(0));
    assert_eq!((trust(&["--revoke", whole]).status.code(), stdout(&trust(&[]))), (Some(2), ""));
    assert_eq!(run(&[]).status.code(), Some(2));
    // Who activates an environment has allowed it.
    let mut activated = poolscope(&["run", "--python", &path, "1"]);
    activated.env("POOLSCOPE_CONFIG", settings.path()).env("VIRTUAL_ENV", &environment);
    assert_eq!(prefix(&activated.output().unwrap()), fs::canonicalize(&environment).unwrap());
}

#[cfg(unix)]
#[test]
fn nothing_of_a_folder_runs_when_a_file_of_it_is_listed_or_not_allowed_to_run() {
    use std::os::unix::fs::PermissionsExt;

    let settings = tempfile::tempdir().unwrap();
    let (folder, path) = file("t.py", "open('ran', 'w')\ndef f(n):\n    return n\n");
    let script = format!("#!/bin/sh\ntouch {}/ran\n", folder.path().display());
    let runs = format!("open({:?}, 'w')\n", folder.path().join("ran").display().to_string());
    for name in [".venv/bin/python3", "venv/bin/python3", "env/bin/python3", "python3", "bin/python3"] {
        let program = folder.path().join(name);
        fs::create_dir_all(program.parent().unwrap()).unwrap();
        fs::write(&program, &script).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    }
    for name in ["json.py", "ast.py", "sitecustomize.py", "usercustomize.py"] {
        fs::write(folder.path().join(name), &runs).unwrap();
    }
    let path_variable = format!(
        ".:bin:{0}:{0}/bin:{0}/.venv/bin:{1}",
        folder.path().display(),
        std::env::var("PATH").unwrap()
    );
    for args in [&["functions", &path][..], &["run", "--python", &path, "1"]] {
        let mut command = poolscope(args);
        command.env("POOLSCOPE_CONFIG", settings.path()).env_remove("VIRTUAL_ENV").env_remove("CONDA_PREFIX");
        command.env("PATH", &path_variable).env("PYTHONPATH", folder.path()).current_dir(folder.path());
        let output = command.output().unwrap();
        assert!(!folder.path().join("ran").exists(), "{args:?}: {}", stderr(&output));
        let code = if args[0] == "functions" { 0 } else { 2 };
        assert_eq!(output.status.code(), Some(code), "{args:?}: {}", stderr(&output));
        assert_eq!(stdout(&output).contains("f(n)"), code == 0, "{}", stdout(&output));
    }
}

#[cfg(unix)]
#[test]
fn an_environment_of_another_user_is_not_started() {
    let settings = tempfile::tempdir().unwrap();
    let (folder, path) = file("t.py", "def f(n):\n    return n\n");
    make_environment(&folder.path().join(".venv"));
    let python = folder.path().join(".venv").join("pyvenv.cfg");
    if std::os::unix::fs::chown(&python, Some(12345), None).is_err() {
        println!("only root can give a file away, so that this goes untested");
        return;
    }
    with_settings(settings.path(), &["trust", folder.path().to_str().unwrap()]);
    let refused = with_settings(settings.path(), &["run", "--python", &path, "1"]);
    assert_eq!(refused.status.code(), Some(2), "{}", stderr(&refused));
    assert!(stderr(&refused).contains("belongs to another user (number 12345)"), "{}", stderr(&refused));
}
