//! Whatever a person's code starts ends with the run, also where the program itself is killed.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::fire::{has_keeper, hosts, keeper, wait_for};
use crate::{interrupt, output, poolscope, stderr};

const MODES: [&str; 2] = ["process", "thread"];

pub fn is_running(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(')').is_some_and(|(_, state)| !state.starts_with(" Z"))
}

fn start(folder: &Path, source: &str, mode: &str, inputs: &[&str]) -> Child {
    fs::write(folder.join("code.py"), source).unwrap();
    let function = format!("{}:f", folder.join("code.py").display());
    let args = ["run", "-m", mode, "-w", "2", "--chunk", "1", "--python", &function];
    let mut command = poolscope(&[&args[..], inputs].concat());
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// The numbers that code has left in a folder, one a file.
fn noted(folder: &Path) -> Vec<u32> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let notes = entries.filter(|path| path.extension().is_some_and(|ending| ending == "pid"));
    notes.filter_map(|path| fs::read_to_string(path).ok()?.trim().parse().ok()).collect()
}

#[test]
fn an_interpreter_that_runs_nothing_but_c_ends_with_the_program() {
    // A pattern that takes years, in which the interpreter's lock is never given up. A file an item: of threads a second one
    // may come as far as to open it.
    let source = "import os, re\ndef f(n):\n    open('%d.pid' % n, 'w').write(str(os.getpid()))\n    \
                  return re.match('(a+)+$', 'a' * 60 + 'b')\n";
    for mode in MODES {
        let folder = tempfile::tempdir().unwrap();
        let mut child = start(folder.path(), source, mode, &["1", "2"]);
        let count = if mode == "process" { 2 } else { 1 };
        wait_for("items", || noted(folder.path()).len() >= count && has_keeper(&child));
        let pids = hosts(&child);
        child.kill().unwrap();
        child.wait().unwrap();
        wait_for("the end of all hosts", || !pids.iter().any(|pid| is_running(*pid)));
    }
}

#[test]
fn what_left_all_that_could_name_it_ends_with_the_run_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().display();
    let command = format!(
        "setsid -f env -i sh -c 'echo $$ >{at}/$$.pid; exec sleep 600' >/dev/null 2>&1 </dev/null; \
                           while ! ls {at}/*.pid >/dev/null 2>&1; do :; done; echo {{}}"
    );
    for mode in MODES {
        let ran = output(&["run", "-m", mode, "-w", "1", "--shell", "--command", &command, "1"]);
        assert_eq!(ran.status.code(), Some(0), "{}", stderr(&ran));
        let pids = noted(folder.path());
        assert!(!pids.is_empty());
        for pid in pids {
            assert!(!is_running(pid), "{pid}: {}", stderr(&ran));
            assert!(stderr(&ran).contains(&format!("(pid {pid})")), "{pid}: {}", stderr(&ran));
        }
        for entry in fs::read_dir(folder.path()).unwrap() {
            fs::remove_file(entry.unwrap().path()).unwrap();
        }
    }
}

#[test]
fn what_left_all_that_could_name_it_ends_with_the_program_too() {
    let source = "import subprocess, time\ndef f(n):\n    subprocess.Popen(['setsid', '-f', 'env', '-i', 'sh', '-c', \
                  'echo $$ >$0/$$.pid; exec sleep 600', '.'])\n    time.sleep(600)\n";
    for mode in MODES {
        let folder = tempfile::tempdir().unwrap();
        let mut child = start(folder.path(), source, mode, &["1", "2"]);
        wait_for("what items start", || noted(folder.path()).len() == 2);
        wait_for("the keeper", || has_keeper(&child));
        let pids = [noted(folder.path()), hosts(&child)].concat();
        child.kill().unwrap();
        child.wait().unwrap();
        wait_for("the end of all", || !pids.iter().any(|pid| is_running(*pid)));
    }
}

#[test]
fn a_keeper_that_somebody_ends_or_stops_is_replaced() {
    // In C, and the interpreter's lock is not given up.
    let source = "import ctypes, os\ndef f(n):\n    open('%d.pid' % n, 'w').write(str(os.getpid()))\n    \
                  ctypes.PyDLL(None).sleep(600)\n";
    for (mode, signal) in [("process", "-9"), ("thread", "-9"), ("process", "-STOP"), ("thread", "-STOP")] {
        let folder = tempfile::tempdir().unwrap();
        let mut child = start(folder.path(), source, mode, &["1", "2"]);
        wait_for("the keeper", || keeper(&child).is_some() && !noted(folder.path()).is_empty());
        let first = keeper(&child).unwrap();
        assert!(Command::new("kill").args([signal, &first.to_string()]).status().unwrap().success());
        wait_for("another keeper", || keeper(&child).is_some_and(|pid| pid != first));
        let pids = hosts(&child);
        assert!(!pids.is_empty());
        child.kill().unwrap();
        child.wait().unwrap();
        wait_for("the end of all hosts", || !pids.iter().any(|pid| is_running(*pid)));
    }
}

#[test]
fn what_has_a_session_of_its_own_ends_with_the_program() {
    for mode in MODES {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().display();
        let command = format!("exec setsid -w sh -c 'echo $$ >{at}/$$.pid; exec sleep 600'");
        let args = ["run", "-m", mode, "-w", "2", "--shell", "--command", &command, "1", "2"];
        let mut child = poolscope(&args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        wait_for("what items start", || noted(folder.path()).len() == 2 && has_keeper(&child));
        let pids = [noted(folder.path()), hosts(&child)].concat();
        child.kill().unwrap();
        child.wait().unwrap();
        wait_for("the end of all", || !pids.iter().any(|pid| is_running(*pid)));
    }
}

#[test]
fn a_run_too_young_for_a_keeper_leaves_nothing_either() {
    // The first item of each host starts something, at once; the hosts end it when the program is gone.
    let python = "import os, time\ndef f(n):\n    if os.fork() == 0:\n        os.setsid()\n        \
                  open('%d.pid' % os.getpid(), 'w').write(str(os.getpid()))\n        os.execve('/bin/sleep', \
                  ['sleep', '600'], {})\n    time.sleep(600)\n";
    for mode in MODES {
        for is_python in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let at = folder.path().display();
            let command =
                format!("setsid -f env -i sh -c 'echo $$ >{at}/$$.pid; exec sleep 600'; exec sleep 600");
            let args = ["run", "-m", mode, "-w", "2", "--shell", "--command", &command, "1", "2"];
            let mut child = match is_python {
                true => start(folder.path(), python, mode, &["1", "2"]),
                false => poolscope(&args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap(),
            };
            wait_for("what items start", || noted(folder.path()).len() == 2);
            let pids = [noted(folder.path()), hosts(&child)].concat();
            child.kill().unwrap();
            child.wait().unwrap();
            wait_for("the end of all", || !pids.iter().any(|pid| is_running(*pid)));
        }
    }
}

#[test]
fn a_host_that_left_its_group_ends_with_the_run() {
    let source = "import os\ndef f(n):\n    open('%d.pid' % os.getpid(), 'w').write(str(os.getpid()))\n    \
                  child = os.fork()\n    if child == 0:\n        os.setsid()\n        open('%d.pid' % os.getpid(), 'w')\
                  .write(str(os.getpid()))\n    else:\n        os.setpgid(0, os.getpgid(os.getppid()))\n    \
                  while True: pass\n";
    for mode in MODES {
        let folder = tempfile::tempdir().unwrap();
        let mut child = start(folder.path(), source, mode, &["1"]);
        wait_for("the item", || noted(folder.path()).len() == 2);
        interrupt(&child);
        std::thread::sleep(std::time::Duration::from_millis(200));
        interrupt(&child);
        assert_eq!(child.wait().unwrap().code(), Some(130));
        wait_for("the end of all", || !noted(folder.path()).into_iter().any(is_running));
    }
}

#[test]
fn shared_memory_keeps_its_size() {
    let source = "import os\ndef f(n):\n    failed = 0\n    for number in range(3, 20):\n        try:\n            \
                  os.ftruncate(number, 0)\n        except OSError:\n            failed += 1\n    return failed\n";
    for mode in MODES {
        let folder = tempfile::tempdir().unwrap();
        let mut child = start(folder.path(), source, mode, &["1", "2", "3"]);
        assert_eq!(child.wait().unwrap().code(), Some(0), "{mode}");
    }
}
