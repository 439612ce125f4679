//! Deaths of hosts that are well on their way.

use std::time::Duration;

use poolscope::pool::{ChunkRule, LifeEnd, LiveLane, Mode, Run, RunSnapshot};

use crate::harness::{MODES, check_end, error_of, finish, is_running, kill, pool, script, until, wait_until};

#[test]
fn leaving_without_a_word_is_one_rows_fate() {
    for mode in MODES {
        let log = &pool(mode, "exit_now", "1..40").params(&[("only", "7"), ("code", "0")]).finish().log;
        assert!(error_of(log, 6).contains("exit code 0"), "{mode}: {}", error_of(log, 6));
        assert_eq!((log.counts.ok, log.counts.failed), (39, 1), "{mode}");
        check_end(log);
    }
}

/// The lane that executes `index`, once one does.
fn pid_on(run: &Run, index: u64) -> u32 {
    let lane_on = |live: &[LiveLane]| {
        live.iter().position(|lane| lane.executing.is_some_and(|executing| executing.index == index))
    };
    until(run, Duration::from_secs(60), "the item to be executing", |snapshot| {
        lane_on(&snapshot.live).is_some_and(|lane| snapshot.log.lanes[lane].pid().is_some())
    });
    let snapshot = run.snapshot();
    snapshot.log.lanes[lane_on(&snapshot.live).expect("an item that takes long")].pid().unwrap()
}

#[test]
fn of_threads_that_die_together_only_the_guilty_one_fails() {
    // The first four are executing when their process dies, and each ends its own when it is tried again.
    let inputs = "600000, 600001, 600002, 600003, 1, 1, 1, 1";
    let run = pool(Mode::Thread, "sleep_ms", inputs).chunk(ChunkRule::Fixed(1)).start();
    until(&run, Duration::from_secs(60), "four items to be executing", |snapshot| {
        snapshot.live.iter().filter(|lane| lane.executing.is_some()).count() == 4
    });
    kill("-9", run.snapshot().log.lanes[0].pid().unwrap());
    wait_until(&run, "the innocent bystanders", |log| log.counts.ok == 4);
    for dead in 1..=4 {
        let alone = |snapshot: &RunSnapshot| {
            let lane = snapshot.log.lanes.iter().position(|lane| lane.is_for_suspects)?;
            let index = snapshot.live.get(lane)?.executing?.index;
            let is_open = !snapshot.log.row(index)?.state.is_final();
            snapshot.log.lanes[lane].pid().filter(|_| is_open)
        };
        until(&run, Duration::from_secs(60), "a suspect alone", |snapshot| alone(snapshot).is_some());
        kill("-ABRT", alone(&run.snapshot()).unwrap());
        wait_until(&run, "its death", |log| log.counts.failed == dead);
    }
    let log = finish(run);
    let deaths: Vec<(usize, LifeEnd)> =
        log.deaths.iter().map(|death| (death.executing.len(), death.end.clone())).collect();
    let alone = || (1, LifeEnd::Signal(6));
    assert_eq!(deaths, [(4, LifeEnd::Signal(9)), alone(), alone(), alone(), alone()]);
    for index in 0..4 {
        assert!(error_of(&log, index).contains("SIGABRT"), "{}", error_of(&log, index));
        let row = log.row(index).unwrap();
        assert!(row.attempts == 2 && log.lanes[row.worker - 1].is_for_suspects, "{row:?}");
    }
    assert_eq!(log.counts.retries, 4, "the others were never suspects");
}

#[test]
fn a_suspended_host_that_is_killed_costs_its_item() {
    let run = pool(Mode::Process, "sleep_ms", "600000, 10, 10, 10, 10, 10").workers(2).start();
    let pid = pid_on(&run, 0);
    // What it has been given in advance comes back as soon as it is seen to be in a long item.
    wait_until(&run, "the others", |log| log.counts.ok == 5);
    kill("-STOP", pid);
    until(&run, Duration::from_secs(60), "its silence", |snapshot| {
        snapshot.live.iter().any(|lane| lane.silent_for_ns.is_some())
    });
    kill("-KILL", pid);
    let log = finish(run);
    assert!(error_of(&log, 0).contains("SIGKILL"));
    assert_eq!((log.counts.failed, log.counts.hosts_lost), (1, 1));
}

#[test]
fn a_suspended_host_does_not_hold_up_the_end() {
    let run = pool(Mode::Process, "sleep_ms", "10, 800").workers(2).start();
    wait_until(&run, "the short item", |log| log.counts.ok == 1);
    let snapshot = run.snapshot();
    let idle = (0..2).find(|lane| snapshot.log.lanes[*lane].items == 1).unwrap();
    let pid = snapshot.log.lanes[idle].pid().unwrap();
    kill("-STOP", pid);
    let log = finish(run);
    assert_eq!(log.counts.ok, 2);
    assert!(!is_running(pid));
}

#[test]
fn a_grandchild_that_left_its_group_holds_up_nothing() {
    let folder = tempfile::tempdir().unwrap();
    // It keeps all that the host has: both pipes, and the channel as its standard input.
    let launch = script(
        folder.path(),
        "command -v setsid >/dev/null && { setsid sleep 600 <&0 & echo $! >\"$folder/$$\"; }\nexec $program \"$@\"",
    );
    let run = pool(Mode::Process, "abort", "1..12").param("every", "6").start_with(&launch);
    let log = finish(run);
    assert_eq!((log.counts.ok, log.counts.failed), (10, 2));
    for entry in std::fs::read_dir(folder.path()).unwrap().flatten() {
        let pid = std::fs::read_to_string(entry.path()).unwrap().trim().parse();
        assert!(pid.is_err() || !is_running(pid.clone().unwrap()), "{pid:?} outlived the run");
    }
}
