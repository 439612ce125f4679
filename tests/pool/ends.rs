//! However a run ends, nothing of it is left.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use poolscope::pool::{Ending, Mode, RowState, RunState};

use crate::harness::{MODES, check_end, is_running, kill, pool, wait_for, wait_until};

#[test]
fn stop_ends_hanging_workers_and_keeps_what_is_finished() {
    for mode in MODES {
        // One worker more than there are poison items: all others must get through it.
        let run = pool(mode, "hang", "1..20").param("every", "5").workers(5).start();
        wait_until(&run, "all but the poison items to be done", |log| log.counts.ok == 16);
        let pids = run.snapshot().host_pids.clone();
        run.stop();
        let log = &run.join().log;
        assert_eq!(log.state, RunState::Finished(Ending::Stopped));
        check_end(log);
        assert_eq!((log.counts.ok, log.counts.failed), (16, 4));
        assert_eq!(log.row(4).unwrap().state, RowState::Stopped);
        assert!(pids.iter().all(|pid| !is_running(*pid)));
    }
}

#[test]
fn a_worker_that_ignores_sigterm_is_stopped_all_the_same() {
    let run = pool(Mode::Process, "ignore_terminate", "600000, 600000").start();
    wait_until(&run, "workers", |log| log.startup_ns.is_some());
    let pid = run.snapshot().host_pids[0];
    kill("-TERM", pid);
    run.stop();
    check_end(&run.join().log);
    assert!(!is_running(pid));
}

#[test]
fn letting_go_of_a_run_ends_it() {
    for mode in MODES {
        let run = pool(mode, "hang", "1, 2, 3, 4").start();
        wait_until(&run, "workers", |log| log.startup_ns.is_some());
        let pids = run.snapshot().host_pids.clone();
        drop(run);
        assert!(!pids.is_empty() && pids.iter().all(|pid| !is_running(*pid)));
    }
}

#[test]
fn a_stop_before_anything_began_and_a_second_one_do_no_harm() {
    let run = pool(Mode::Process, "hang", "1..8").start();
    run.stop();
    run.stop();
    let log = &run.join().log;
    assert_eq!(log.counts.failed, 8);
    check_end(log);
}

#[test]
fn no_host_survives_a_program_that_is_killed() {
    for mode in ["process", "thread"] {
        let arguments = ["run", "-f", "flood", "-m", mode, "-w", "2", "1000000", "1000000"];
        no_host_survives_the_killing_of(&arguments);
    }
}

/// Runs the program with a function that prints and goes on for long, kills it, and waits for its first host to end.
pub fn no_host_survives_the_killing_of(arguments: &[&str]) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_poolscope"))
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let pid = first_worker_pid(program.stderr.take().unwrap());
    assert!(is_running(pid));
    program.kill().unwrap();
    program.wait().unwrap();
    wait_for("the host to be gone", || !is_running(pid), || format!("{arguments:?}: host {pid} still runs"));
}

#[test]
fn the_end_of_a_killed_program_harms_no_pool_of_its_parent() {
    // Its hosts become children of this process, which has younger hosts of its own.
    let begun = || {
        let program = Command::new(env!("CARGO_BIN_EXE_poolscope"))
            .args(["run", "-f", "flood", "-w", "2", "1000000", "1000000"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn();
        let mut program = program.unwrap();
        let pid = first_worker_pid(program.stderr.take().unwrap());
        (program, pid)
    };
    let programs: Vec<_> = (0..4).map(|_| begun()).collect();
    let run = pool(Mode::Process, "sleep_ms", "100000, 100000").workers(2).start();
    wait_until(&run, "items that run", |log| log.lanes.iter().all(|lane| lane.pid().is_some()));
    for (mut program, pid) in programs {
        program.kill().unwrap();
        program.wait().unwrap();
        wait_for("the host to be gone", || !is_running(pid), || format!("host {pid} still runs"));
    }
    let snapshot = run.snapshot();
    assert_eq!(snapshot.log.counts.hosts_lost, 0, "{:?}", snapshot.log.deaths);
    run.stop();
    check_end(&run.join().log);
}

#[test]
fn a_suspended_host_does_not_survive_a_program_that_is_killed() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_poolscope"))
        .args(["run", "-f", "flood", "-w", "1", "1000000"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let pid = first_worker_pid(program.stderr.take().unwrap());
    kill("-STOP", pid);
    program.kill().unwrap();
    program.wait().unwrap();
    wait_for("the host to be gone", || !is_running(pid), || format!("host {pid} still runs"));
}

/// Reads `[worker 1 pid 4711] text` and leaves the pipe to itself.
fn first_worker_pid(stderr: std::process::ChildStderr) -> u32 {
    let mut lines = BufReader::new(stderr).lines().map_while(Result::ok);
    let line = lines.find(|line| line.starts_with("[worker ")).expect("a worker that prints");
    line.split_whitespace().nth(3).and_then(|word| word.trim_end_matches(']').parse().ok()).unwrap()
}
