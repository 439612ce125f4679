//! The rules of a pool, with real processes: timeouts, retries, recycling, limits and halting.

use std::time::Duration;

use poolscope::pool::{
    ChunkRule, Ending, Failures, HaltRule, Halting, LifeEnd, Mode, RetryDelay, RowState, RunLog, RunState,
    Timeout,
};

use crate::harness::{MODES, check_end, error_of, finish, pool, wait_until};

fn texts(log: &RunLog) -> Vec<String> {
    log.messages.iter_from(0).map(|message| message.text().into_owned()).collect()
}

#[test]
fn an_item_that_hangs_is_ended_at_the_timeout_and_no_other() {
    for mode in MODES {
        let run = pool(mode, "hang", "1..30").param("only", "7").settings(|settings| {
            settings.item.timeout = Some(Timeout::After(Duration::from_millis(500)));
        });
        let log = &run.finish().log;
        check_end(log);
        let row = log.row(6).unwrap();
        assert_eq!(row.state, RowState::TimedOut, "{mode}");
        assert_eq!(row.error().as_deref(), Some("took longer than 0.5 s; its worker was ended"));
        // The bound leaves room for a machine that does much else; it is met within some 20 ms otherwise.
        assert!((0.5..1.0).contains(&row.duration_s), "{mode}: ended after {} s", row.duration_s);
        assert_eq!((log.counts.ok, log.counts.timed_out, log.counts.hosts_lost), (29, 1, 1), "{mode}");
        assert_eq!(log.deaths.get(0).unwrap().end, LifeEnd::TimedOut);
    }
}

#[test]
fn a_multiple_of_the_median_is_a_timeout_too() {
    let log = &pool(Mode::Process, "sleep_ms", "5, 5, 5, 5, 5, 5, 60000")
        .settings(|settings| settings.item.timeout = Some(Timeout::OfMedian { percent: 500 }))
        .finish()
        .log;
    check_end(log);
    assert_eq!((log.counts.ok, log.counts.timed_out), (6, 1));
    assert!(log.row(6).unwrap().error().unwrap().contains("500% of the median"));
}

#[test]
fn what_fails_is_tried_again_as_often_as_asked() {
    for (function, cause) in [("fail", "failed as asked"), ("segfault", "SIGSEGV")] {
        for mode in MODES {
            let log = &pool(mode, function, "1..20")
                .param("only", "7")
                .settings(|settings| {
                    settings.item.retries = 2;
                    settings.item.retry_delay = RetryDelay::Fixed(Duration::from_millis(50));
                })
                .finish()
                .log;
            check_end(log);
            assert!(error_of(log, 6).contains(cause), "{function} {mode}");
            assert!(log.row(6).unwrap().attempts >= 3, "{function} {mode}: {:?}", log.row(6));
            assert_eq!((log.counts.ok, log.counts.failed), (19, 1), "{function} {mode}");
        }
    }
}

#[test]
fn a_late_success_is_flaky() {
    let folder = tempfile::tempdir().unwrap();
    for mode in MODES {
        let marker = folder.path().join(mode.to_string());
        let log = &pool(mode, "flaky", "1..20")
            .param("marker", marker.to_str().unwrap())
            .settings(|settings| settings.item.retries = 1)
            .finish()
            .log;
        check_end(log);
        let row = log.row(6).unwrap();
        assert_eq!((row.state, row.is_flaky, row.attempts), (RowState::Ok, true, 2), "{mode}");
        assert_eq!((log.counts.ok, log.counts.flaky, log.counts.retries), (20, 20, 20), "{mode}");
    }
}

#[test]
fn a_worker_gives_way_after_its_items() {
    for (mode, workers) in [(Mode::Process, 1), (Mode::Process, 3), (Mode::Thread, 3)] {
        let log = &pool(mode, "double", "1..120")
            .workers(workers)
            .settings(|settings| settings.worker.recycle_items = Some(10))
            .finish()
            .log;
        check_end(log);
        assert_eq!((log.counts.ok, log.counts.hosts_lost), (120, 0), "{mode}");
        // A host that is the last of its worker may have had fewer items; those of threads share one.
        let hosts = if mode == Mode::Process { 120 / 10 } else { 120 / 30 };
        let recycled = hosts - workers as u64..=hosts;
        assert!(recycled.contains(&log.counts.recycled), "{mode} {workers}: {}", log.counts.recycled);
        let ends = log.lanes[0].lives.iter().filter(|life| life.end == Some(LifeEnd::Recycled));
        assert!(ends.count() > 0);
    }
}

#[test]
fn a_worker_above_its_memory_limit_is_ended_and_its_item_fails() {
    let log = &pool(Mode::Process, "leak", "1..6")
        .workers(2)
        .param("only", "3")
        .param("mib", "600")
        .settings(|settings| settings.worker.memory_limit_bytes = Some(200 << 20))
        .finish()
        .log;
    check_end(log);
    let row = log.row(2).unwrap();
    // Taking that much is over in an instant on some machines: the next item of that worker is then the one in hand.
    assert!(log.counts.hosts_lost >= 1, "{row:?} {:?}", texts(log));
    let death = log.deaths.get(0).unwrap();
    assert_eq!(death.end, LifeEnd::OverMemory { limit_bytes: 200 << 20 });
    assert!(death.peak_rss_bytes > 200 << 20 && death.likely_cause().contains("200 MiB"));
}

#[test]
fn a_worker_that_has_grown_gives_way_between_items() {
    let log = &pool(Mode::Process, "leak", &["1"; 12].join(", "))
        .workers(1)
        .chunk(ChunkRule::Fixed(1))
        .param("mib", "64")
        .settings(|settings| settings.worker.recycle_bytes = Some(100 << 20))
        .finish()
        .log;
    check_end(log);
    assert_eq!((log.counts.ok, log.counts.hosts_lost), (12, 0));
    assert!(log.counts.recycled >= 1, "{:?}", texts(log));
}

#[test]
fn failures_end_the_run_where_the_rule_says_so() {
    for halting in [Halting::Now, Halting::Soon] {
        let rule = HaltRule::At { failures: Failures::Count(3), halting };
        let log = &pool(Mode::Process, "fail", "1..100000")
            .chunk(ChunkRule::Fixed(10))
            .settings(|settings| settings.halt = rule)
            .finish()
            .log;
        check_end(log);
        let RunState::Finished(reason @ Ending::Halted { .. }) = &log.state else {
            panic!("{:?}", log.state)
        };
        let reason = reason.to_string();
        assert!(reason.contains("which was the limit (--halt") && reason.contains("fail=3)"), "{reason}");
        assert!(log.counts.not_run > 0);
        assert!(log.row(99_999).unwrap().error().unwrap().starts_with("not run: "));
    }
}

#[test]
fn too_few_descriptors_make_a_smaller_pool() {
    let program = env!("CARGO_BIN_EXE_poolscope");
    let output = std::process::Command::new("sh")
        .args(["-c", "ulimit -n 120; exec \"$0\" run -f sleep_ms -w 64 $(seq 300 363)", program])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("of 64 workers could be started: too many open files"), "{said}");
}

#[test]
fn the_last_lines_and_the_likely_cause_of_a_death_are_kept() {
    let run = pool(Mode::Process, "flood", "2, 1000000").workers(1).start();
    wait_until(&run, "lines", |log| log.messages.from_workers() > 100);
    run.ask(poolscope::pool::Control::Kill { worker: 1 });
    wait_until(&run, "the end of the run", RunLog::is_finished);
    let log = &run.join().log;
    let death = log.deaths.get(0).unwrap();
    assert_eq!(death.last_lines.len(), 5);
    assert!(death.last_lines[4].contains("of 1000000"), "{:?}", death.last_lines);
    assert_eq!(death.likely_cause(), "a person ended it in this program");
}

#[test]
fn of_many_items_half_may_be_late() {
    for mode in MODES {
        let inputs: Vec<&str> = (0..24).map(|n| if n % 2 == 0 { "1" } else { "600000" }).collect();
        let run = pool(mode, "sleep_ms", &inputs.join(", "));
        let run = run
            .settings(|settings| settings.item.timeout = Some(Timeout::After(Duration::from_secs(1))))
            .start();
        let log = finish(run);
        assert_eq!((log.counts.ok, log.counts.timed_out), (12, 12), "{mode}: {:?}", log.counts);
    }
}
