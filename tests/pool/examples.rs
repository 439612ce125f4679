//! What the examples say of themselves, held against what they do. Nothing here is a time: a machine that does much else
//! changes how long things take, and not which share of its time a worker wanted a core.

use poolscope::analysis::{Ledger, Part};
use poolscope::pool::examples::Example;
use poolscope::pool::{self, MessageSource, RunLog};
use poolscope::value::{Value, ValueRef};
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::harness::{finish, launch};

fn run(name: &str) -> RunLog {
    let job = Example::find(name).unwrap().job().unwrap();
    finish(pool::start(job, &launch(), Arc::new(|| {})).unwrap())
}

fn outputs(log: &RunLog) -> Vec<i64> {
    let int = |value: &Value| match value.as_ref() {
        ValueRef::Int(number) => Some(number),
        _ => None,
    };
    log.outputs().iter().filter_map(int).collect()
}

fn texts(log: &RunLog) -> Vec<String> {
    log.messages.iter_from(0).map(|message| message.text().into_owned()).collect()
}

/// Of the time in items, the shares on a core, ready for one, waiting, and held by the lock.
fn of_items(log: &RunLog) -> [f64; 4] {
    let total = Ledger::of(log, log.last_row_ns).total;
    let parts = [Part::OnCore, Part::Ready, Part::Blocked, Part::Lock].map(|part| total[part]);
    let all_ns: u64 = parts.iter().sum();
    parts.map(|part_ns| part_ns as f64 / all_ns.max(1) as f64)
}

fn share(log: &RunLog, part: Part) -> f64 {
    Ledger::of(log, log.last_row_ns).total.share(part)
}

fn workers_with_items(log: &RunLog) -> usize {
    log.lanes.iter().filter(|lane| lane.items > 0).count()
}

/// A Python without the lock has nothing to show of it.
fn has_lock(log: &RunLog) -> bool {
    let first = log.lanes[0].lives.last().map(|life| life.readiness.has_lock);
    first == Some(Some(true))
}

#[test]
fn one_process_is_joined_before_the_main_process_goes_on() {
    let said = texts(&run("Process: start and join"));
    let at = |part: &str| said.iter().position(|text| text.contains(part)).unwrap();
    assert!(at("Worker process is running") < at("main process is done"), "{said:?}");
}

#[test]
fn results_stand_in_input_order_whoever_runs_them() {
    for name in ["Pool.map", "with Pool", "Pool.map (script)", "Pool.map (Python file)"] {
        let log = run(name);
        assert_eq!(outputs(&log), [2, 4, 6, 8, 10], "{name}");
        let said = texts(&log);
        let at = |part: &str| said.iter().position(|text| text.starts_with(part)).unwrap();
        assert!(at("closed") < at("joined: 4 processes ended"), "{name}: {said:?}");
    }
}

#[test]
fn each_line_is_kept_with_its_worker() {
    let log = run("Pool that prints");
    let is_of_worker = |source| matches!(source, MessageSource::Worker { worker: 1..=4, .. });
    let said = log.messages.iter_from(0).filter(|message| is_of_worker(message.source));
    let said: BTreeSet<String> = said.map(|message| message.text().into_owned()).collect();
    let expected = ["Process 1: 1", "Process 2: 2", "Process 3: 3", "Process 4: 4"];
    assert_eq!(said, expected.map(str::to_owned).into());
}

#[test]
fn the_picture_is_whole_and_made_by_several() {
    let log = run("Picture in parallel");
    let tiles = log.outputs().iter().filter(|value| matches!(value.as_ref(), ValueRef::Tile(_))).count();
    assert_eq!((tiles, log.counts.failed), (48, 0));
    assert!(workers_with_items(&log) >= 2);
}

#[test]
fn primes_keep_their_workers_computing() {
    let log = run("Primes");
    let [on_core, ready, ..] = of_items(&log);
    // It is nearly all of it, and less where other programs keep the machine busy: hosts wait for each other then.
    assert!(log.counts.failed == 0 && on_core + ready > 0.75, "{on_core} {ready}");
}

#[test]
fn a_script_needs_no_python_and_a_file_does() {
    let (script, python) = (run("Pool.map (script)"), run("Pool.map (Python file)"));
    let starting = |log: &RunLog| share(log, Part::Starting) + share(log, Part::SettingUp);
    assert!(starting(&python) > 0.5, "{}", starting(&python));
    assert!(script.startup_ns.unwrap() < python.startup_ns.unwrap());
}

#[test]
fn threads_of_one_python_take_turns_and_processes_do_not() {
    let threads = run("The GIL, threads");
    if !has_lock(&threads) {
        return;
    }
    // One lock lets one of four through; on more than one core together they never are, but while it changes hands.
    let [on_core, ready, ..] = of_items(&threads);
    assert!(threads.cores_busy() < 1.2, "{}", threads.cores_busy());
    assert!(on_core + ready < 0.6, "{on_core} {ready}");
    // Each of four processes wants a core all the time, however many there are.
    let processes = run("The GIL, processes");
    let [on_core, ready, _, lock] = of_items(&processes);
    assert!(on_core + ready > 0.7 && lock == 0.0, "{on_core} {ready} {lock}");
    // The start of four Pythons is little beside the work.
    let starting = share(&processes, Part::Starting) + share(&processes, Part::SettingUp);
    assert!(starting < 0.4, "{starting}");
}

#[test]
fn threads_that_wait_wait_together() {
    let log = run("Waiting scales");
    let [on_core, _, blocked, lock] = of_items(&log);
    assert!(blocked + lock > 0.8 && on_core < 0.1, "{on_core} {blocked} {lock}");
    assert!(workers_with_items(&log) >= 10, "{}", workers_with_items(&log));
}

#[test]
fn a_crash_costs_processes_one_worker_and_threads_all() {
    let processes = run("A crash, processes");
    assert_eq!((processes.counts.ok, processes.counts.failed), (15, 1));
    let threads_lost: Vec<usize> = processes.deaths.iter().map(|death| death.threads).collect();
    assert_eq!((threads_lost, processes.counts.retries), (vec![1], 0));
    let threads = run("A crash, threads");
    assert_eq!((threads.counts.ok, threads.counts.failed), (15, 1));
    assert_eq!(threads.deaths.iter().next().map(|death| death.threads), Some(4));
    assert!(threads.counts.retries >= 1, "{}", threads.counts.retries);
}

#[test]
fn large_results_cost_more_to_send_than_to_make() {
    let log = run("Large results");
    assert_eq!(log.counts.ok, 40);
    let total = Ledger::of(&log, log.last_row_ns).total;
    // Without a core a worker can neither make nor send.
    let making_ns = total[Part::OnCore] + total[Part::Blocked];
    assert!(total[Part::Engine] > 2 * making_ns, "{total:?}");
}

#[test]
fn processes_count_for_themselves_and_threads_together() {
    let threads = run("A counter, threads");
    let mut counted = outputs(&threads);
    counted.sort_unstable();
    assert_eq!(counted, (1..=20).collect::<Vec<i64>>());
    let processes = run("A counter, processes");
    let counted = outputs(&processes);
    let ones = counted.iter().filter(|count| **count == 1).count();
    assert!(ones >= 2 && ones == workers_with_items(&processes), "{counted:?}");
    assert!(counted.iter().all(|count| *count < 20), "{counted:?}");
}

#[test]
fn commands_compute_while_their_workers_wait() {
    let log = run("Gzip");
    let sizes: Vec<Option<u64>> =
        (0..8).map(|index| log.row(index)?.output?.to_string().trim().parse().ok()).collect();
    assert!(sizes.is_sorted() && sizes.iter().all(Option::is_some), "{sizes:?}");
}
