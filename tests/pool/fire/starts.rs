//! Hosts that never come to work, and many at once.

use poolscope::pool::{Ending, LifeEnd, Mode, RunLog, RunState};

use crate::harness::{MODES, check_end, ints, pool, script, texts, wait_until};

#[test]
fn a_host_that_dies_while_starting_is_replaced() {
    for mode in MODES {
        let folder = tempfile::tempdir().unwrap();
        let dies_twice = "mkdir \"$folder/1\" 2>/dev/null && kill -9 $$\n\
                          mkdir \"$folder/2\" 2>/dev/null && exit 5\n\
                          exec $program \"$@\"";
        let run = pool(mode, "double", "1..50").start_with(&script(folder.path(), dies_twice));
        wait_until(&run, "the end of the run", RunLog::is_finished);
        let log = &run.join().log;
        check_end(log);
        assert_eq!((log.counts.ok, log.counts.hosts_lost, log.counts.retries), (50, 2, 0), "{mode}");
        let causes: Vec<&LifeEnd> = log.deaths.iter().map(|death| &death.end).collect();
        for cause in [LifeEnd::Signal(9), LifeEnd::Exit(5)] {
            assert!(causes.contains(&&cause), "{mode}: {causes:?}");
        }
        assert!(log.deaths.iter().all(|death| death.executing.is_empty()));
    }
}

#[test]
fn a_host_that_hangs_while_starting_holds_up_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let one_hangs = "mkdir \"$folder/1\" 2>/dev/null && exec sleep 600\nexec $program \"$@\"";
    let run = pool(Mode::Process, "double", "1..50").start_with(&script(folder.path(), one_hangs));
    wait_until(&run, "the end of the run", RunLog::is_finished);
    let log = &run.join().log;
    check_end(log);
    assert_eq!((log.counts.ok, log.counts.hosts_lost), (50, 0));
}

#[test]
fn a_pool_of_hosts_that_hang_while_starting_can_be_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let run = pool(Mode::Process, "double", "1..50").start_with(&script(folder.path(), "sleep 600"));
    wait_until(&run, "processes", |log| log.hosts_started == 4);
    run.stop();
    let log = &run.join().log;
    check_end(log);
    assert_eq!((&log.state, log.counts.not_run), (&RunState::Finished(Ending::Stopped), 50));
}

fn broken_by(body: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let run = pool(Mode::Process, "double", "1..50").start_with(&script(folder.path(), body));
    wait_until(&run, "the end of the run", RunLog::is_finished);
    let log = &run.join().log;
    check_end(log);
    assert_eq!(log.counts.not_run, 50);
    match &log.state {
        RunState::Finished(Ending::Broken(reason)) => reason.clone(),
        other => panic!("{other:?}: {:?}", texts(log)),
    }
}

#[test]
fn hosts_that_talk_rubbish_end_the_run_with_a_reason() {
    // Their standard input is the channel, which goes both ways.
    let reason = broken_by("printf 'Traceback (most recent call last):' >&0\nexec sleep 600");
    assert!(reason.contains("a frame of an impossible size"), "{reason}");
    // A frame of one byte, of kind 120.
    let reason = broken_by("printf '\\001\\000\\000\\000x' >&0\nexec sleep 600");
    assert!(reason.contains("an unknown kind of frame"), "{reason}");
}

#[test]
fn another_version_of_the_program_is_refused() {
    // "Ready", of version 99.
    let reason = broken_by("printf '\\002\\000\\000\\000\\101\\143' >&0\nexec sleep 600");
    assert!(reason.contains("the program was replaced while it ran"), "{reason}");
}

#[test]
fn five_hundred_and_twelve_workers_share_the_work() {
    for mode in MODES {
        let log = &pool(mode, "double", "1..2048").workers(512).finish().log;
        check_end(log);
        assert_eq!(ints(log), (1..=2048).map(|number| 2 * number).collect::<Vec<i64>>());
        assert_eq!(log.workers, 512, "{:?}", texts(log));
    }
}
