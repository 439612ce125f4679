use std::sync::Arc;
use std::time::{Instant, SystemTime};

use super::*;
use crate::analysis::Part;
use crate::pool::{
    Batch, CoreTime, Ending, Event, Idle, ItemsFinished, Job, LifeEnd, Mode, Plan, Readiness, Settings,
    Timing,
};
use crate::value::Column;

const MS: u64 = 1_000_000;

fn log_of(mode: Mode, workers: usize, items: usize) -> RunLog {
    let job = Job {
        inputs_name: "typed".to_owned(),
        inputs: Arc::new(Column::Int(vec![1; items])),
        function: FunctionSpec::builtin("double", []).unwrap(),
        settings: Settings { mode, workers, ..Settings::default() },
    };
    RunLog::new(Plan { job, started: Instant::now(), started_wall: SystemTime::now() })
}

fn ready(log: &mut RunLog, lanes: std::ops::Range<usize>, times_ms: [u64; 3], has_lock: Option<bool>) {
    let [launched_ns, loading_ns, ready_ns] = times_ms.map(|ms| ms * MS);
    let pid = 100 + lanes.start as u32;
    log.apply(launched_ns, &Event::HostLaunched { lanes: lanes.clone(), pid, launched_ns });
    let readiness = Readiness { loading_since_ns: Some(loading_ns), has_lock };
    log.apply(ready_ns, &Event::HostReady { lanes, pid, readiness });
}

/// The lane ran item `index` from and to these times, and was on a core for so long.
fn ran(log: &mut RunLog, lane: usize, index: u64, [from_ms, upto_ms, cpu_ms]: [u64; 3]) {
    let timing = Timing::Each {
        start_ns: vec![from_ms * MS],
        duration_ns: vec![(upto_ms - from_ms) * MS],
        cpu_ns: vec![cpu_ms * MS],
    };
    let outputs = Arc::new(Column::Int(vec![2]));
    let batch = Batch { first: index, count: 1, outputs, failures: Vec::new(), timing };
    log.apply(upto_ms * MS, &ItemsFinished::at_once(lane, batch).into());
}

fn looked(log: &mut RunLog, lane: usize, [from_ms, upto_ms, on_core_ms, ready_ms]: [u64; 4]) {
    let [from_ns, upto_ns, on_core_ns, ready_ns] = [from_ms, upto_ms, on_core_ms, ready_ms].map(|ms| ms * MS);
    let core_time = CoreTime { from_ns, upto_ns, on_core_ns, ready_ns };
    log.apply(upto_ns, &Event::CoreTimeSeen { lane, core_time });
}

fn parts_ms(parts: &Parts) -> [u64; 8] {
    Part::ALL.map(|part| parts[part] / MS)
}

#[test]
fn each_moment_of_a_worker_belongs_to_one_part() {
    let mut log = log_of(Mode::Process, 1, 2);
    ready(&mut log, 0..1, [5, 15, 40], None);
    ran(&mut log, 0, 0, [42, 142, 50]);
    log.apply(
        150 * MS,
        &Event::HostWasIdle { lanes: 0..1, idle: Idle { from_ns: 143 * MS, upto_ns: 150 * MS } },
    );
    ran(&mut log, 0, 1, [151, 191, 10]);
    (4..19).for_each(|n| looked(&mut log, 0, [n * 10, n * 10 + 10, 5, 2]));
    let ledger = Ledger::of(&log, 200 * MS);
    assert_eq!(ledger.total.total_ns(), 200 * MS);
    assert!(ledger.is_ready_measured);
    // 140 ms in items: 60 on a core, about a fifth ready; and most of the 4 between them, too.
    assert_eq!(parts_ms(&ledger.total), [60, 30, 52, 0, 15, 25, 1, 16], "{ledger:?}");
}

#[test]
fn a_worker_without_an_item_was_idle_and_one_that_died_is_started_again() {
    let mut log = log_of(Mode::Process, 2, 1);
    ready(&mut log, 0..1, [0, 10, 20], None);
    log.apply(
        30 * MS,
        &Event::HostEnded {
            lanes: 0..1,
            pid: 100,
            end: LifeEnd::Signal(9),
            peak_rss_bytes: 0,
            was_suspended: false,
        },
    );
    ready(&mut log, 0..1, [40, 50, 60], None);
    ran(&mut log, 0, 0, [60, 100, 40]);
    log.apply(100 * MS, &Event::Finished { ending: Ending::Completed });
    let ledger = Ledger::of(&log, log.last_row_ns);
    assert_eq!(parts_ms(&ledger.workers[0]), [40, 0, 0, 0, 30, 20, 10, 0]);
    // Never launched: there was nothing for it.
    assert_eq!(parts_ms(&ledger.workers[1]), [0, 0, 0, 0, 0, 0, 0, 100]);
    assert_eq!(ledger.total.total_ns(), 200 * MS);
    assert!(!ledger.is_ready_measured);
}

#[test]
fn threads_that_take_turns_are_held_by_the_lock_and_sleepers_are_not() {
    let ledger_of = |on_core_ms: u64, has_lock: bool| {
        let mut log = log_of(Mode::Thread, 4, 4);
        ready(&mut log, 0..4, [0, 0, 0], Some(has_lock));
        for lane in 0..4 {
            ran(&mut log, lane, lane as u64, [0, 400, 40 * on_core_ms]);
            (0..40).for_each(|n| looked(&mut log, lane, [n * 10, n * 10 + 10, on_core_ms, 0]));
        }
        Ledger::of(&log, 400 * MS).total
    };
    let computing = ledger_of(10 / 4, true);
    assert_eq!(
        parts_ms(&computing)[..4],
        [320, 0, 1280, 0],
        "0.8 of a core is not all that a lock lets through"
    );
    let mut log = log_of(Mode::Thread, 4, 4);
    ready(&mut log, 0..4, [0, 0, 0], Some(true));
    for lane in 0..4_u64 {
        ran(&mut log, lane as usize, lane, [0, 400, 100]);
        (0..40).for_each(|n| {
            looked(&mut log, lane as usize, [n * 10, n * 10 + 10, if n % 4 == lane { 10 } else { 0 }, 0]);
        });
    }
    assert_eq!(parts_ms(&Ledger::of(&log, 400 * MS).total)[..4], [400, 0, 0, 1200]);
    assert_eq!(parts_ms(&ledger_of(0, true))[..4], [0, 0, 1600, 0]);
    assert_eq!(parts_ms(&ledger_of(3, false))[..4], [480, 0, 1120, 0]);
}

#[test]
fn time_before_the_first_look_is_taken_as_the_rest() {
    let mut log = log_of(Mode::Process, 1, 1);
    ready(&mut log, 0..1, [0, 0, 0], None);
    ran(&mut log, 0, 0, [0, 100, 50]);
    looked(&mut log, 0, [50, 60, 5, 5]);
    let ledger = Ledger::of(&log, 100 * MS);
    assert_eq!(parts_ms(&ledger.total)[..3], [50, 50, 0]);
}

#[test]
fn a_run_without_anything_has_no_shares() {
    let ledger = Ledger::of(&log_of(Mode::Process, 2, 1), 0);
    assert_eq!((ledger.total.total_ns(), ledger.total.share(Part::Idle)), (0, 0.0));
}

#[test]
fn a_keeper_that_follows_finds_what_a_look_at_the_end_finds() {
    let mut log = log_of(Mode::Thread, 2, 400);
    let mut keeper = LedgerKeeper::default();
    ready(&mut log, 0..2, [0, 5, 20], Some(true));
    for n in 0..200_u64 {
        for lane in 0..2 {
            let from_ms = 20 + n * 7;
            ran(&mut log, lane, n * 2 + lane as u64, [from_ms, from_ms + 5, n % 4]);
            looked(&mut log, lane, [from_ms, from_ms + 7, n % 4, 1]);
        }
        keeper.follow(&log);
    }
    let at_once = Ledger::of(&log, log.last_row_ns + 3 * MS);
    assert_eq!(keeper.ledger(&log, log.last_row_ns + 3 * MS), at_once);
    assert_eq!(at_once.total.total_ns(), 2 * (log.last_row_ns + 3 * MS));
    // What was let go is not lost to whoever followed.
    log.release(400);
    assert!(log.lanes[0].segments.forgotten() > 0);
    assert_eq!(keeper.ledger(&log, log.last_row_ns + 3 * MS).total, at_once.total);
}
