//! One poison item among good ones: it alone fails, and its row says of what.

use poolscope::pool::{LifeEnd, Mode};

use crate::harness::{MODES, check_end, error_of, is_running, kill, pool, wait_until};

/// Runs 1..40 where only 7 misbehaves, and checks that it alone fails for the named cause.
fn only_seven_fails(function: &str, cause: &str) {
    for mode in MODES {
        let run = pool(mode, function, "1..40").param("only", "7").finish();
        let error = error_of(&run.log, 6);
        assert!(error.contains(cause), "{mode}: {error}");
        assert_eq!((run.log.counts.ok, run.log.counts.failed), (39, 1), "{function} {mode}");
        check_end(&run.log);
    }
}

#[test]
fn an_error_is_one_rows_fate() {
    only_seven_fails("fail", "7");
}

#[test]
fn a_panic_is_one_rows_fate() {
    only_seven_fails("panic", "panicked");
}

#[test]
fn a_segfault_is_one_rows_fate() {
    only_seven_fails("segfault", "SIGSEGV");
}

#[test]
fn an_abort_is_one_rows_fate() {
    only_seven_fails("abort", "SIGABRT");
}

#[test]
fn leaving_the_process_is_one_rows_fate() {
    only_seven_fails("exit_now", "exit code");
}

#[test]
fn every_item_that_kills_its_host_gets_its_own_row() {
    for mode in MODES {
        let run = pool(mode, "segfault", "1..30").param("every", "10").finish();
        assert_eq!((run.log.counts.ok, run.log.counts.failed), (27, 3), "{mode}");
        check_end(&run.log);
    }
}

#[test]
fn a_number_that_overflows_is_an_error_row() {
    let run = pool(Mode::Process, "double", "1, 9223372036854775807, 2").finish();
    assert!(error_of(&run.log, 1).contains("9223372036854775807"));
    assert_eq!(run.log.counts.ok, 2);
}

#[test]
fn a_host_killed_by_hand_costs_one_row_and_is_replaced() {
    let run = pool(Mode::Process, "sleep_ms", &["30"; 60].join(", ")).start();
    wait_until(&run, "every worker to have finished an item", |log| {
        log.lanes.iter().all(|lane| lane.items > 0)
    });
    let pid = run.snapshot().log.lanes[2].pid().unwrap();
    kill("-9", pid);
    wait_until(&run, "the end of the run", |log| log.is_finished());
    let log = &run.join().log;
    check_end(log);
    assert_eq!((log.counts.ok, log.counts.failed, log.counts.hosts_lost), (59, 1, 1));
    let death = log.deaths.get(0).unwrap();
    assert_eq!((death.pid, &death.end), (pid, &LifeEnd::Signal(9)));
    assert!(error_of(log, death.executing[0]).contains("SIGKILL"));
    assert!(death.replaced_after.is_some() && log.lanes[2].lives.len() == 2);
}

#[test]
fn a_thread_host_killed_by_hand_costs_no_row() {
    let run = pool(Mode::Thread, "sleep_ms", &["30"; 40].join(", ")).start();
    wait_until(&run, "every lane to have finished an item", |log| {
        log.lanes.iter().all(|lane| lane.items > 0)
    });
    kill("-9", run.snapshot().log.lanes[0].pid().unwrap());
    wait_until(&run, "the end of the run", |log| log.is_finished());
    let log = &run.join().log;
    check_end(log);
    assert_eq!((log.counts.ok, log.counts.hosts_lost), (40, 1));
    assert!(log.counts.retries >= 2, "all lanes were executing: {:?}", log.counts);
}

#[test]
fn a_grandchild_that_holds_the_pipes_is_ended_with_the_run() {
    for mode in MODES {
        let run = pool(mode, "orphan", "1, 2, 3").finish();
        check_end(&run.log);
        for grandchild in crate::harness::ints(&run.log) {
            assert!(!is_running(grandchild as u32), "{grandchild} outlived the run");
        }
    }
}

#[test]
fn hosts_that_cannot_start_end_the_run_with_a_reason() {
    use poolscope::pool::{self, Ending, RunState};
    let job = pool::examples::Example::find("Pool.map").unwrap().job().unwrap();
    for program in ["/bin/false", "/no/such/program"] {
        let launch = pool::Launch { program: program.into(), niceness: 0 };
        let run = pool::start(job.clone(), &launch, std::sync::Arc::new(|| {})).unwrap();
        let log = &run.join().log;
        assert!(matches!(log.state, RunState::Finished(Ending::Broken(_))), "{program}: {:?}", log.state);
        assert_eq!(log.counts.not_run, 5);
        check_end(log);
    }
}
