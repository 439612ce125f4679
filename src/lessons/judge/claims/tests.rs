//! Judgements on records that are written by hand: a Python with the lock, and one without.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use super::*;
use crate::function::FunctionSpec;
use crate::lessons::{Lesson, Reveal, Verdict};
use crate::pool::{
    Batch, CoreStay, Ending, Event, ItemsFinished, Job, MachineLoad, Mode, Plan, Readiness, RunLog, Settings,
    Timing,
};
use crate::value::{Column, Value};

const MS: u64 = 1_000_000;
const READY_NS: u64 = 100 * MS;

fn empty(mode: Mode, workers: usize, inputs: Column) -> RunLog {
    let function = FunctionSpec::builtin("double", []).unwrap();
    let settings = Settings { workers, mode, ..Settings::default() };
    let job = Job { inputs_name: String::new(), inputs: Arc::new(inputs), function, settings };
    let mut log = RunLog::new(Plan { job, started: Instant::now(), started_wall: SystemTime::now() });
    let hosts: Vec<_> = match mode {
        Mode::Thread => std::iter::once(0..workers).collect(),
        Mode::Process => (0..workers).map(|lane| lane..lane + 1).collect(),
    };
    for (pid, lanes) in (100..).zip(hosts) {
        log.apply(5, &Event::HostLaunched { lanes, pid, launched_ns: 5 });
    }
    log
}

fn finish(log: &mut RunLog, at_ns: u64) {
    let load = MachineLoad { upto_ns: at_ns, cores: 2, ..MachineLoad::default() };
    log.apply(at_ns, &Event::MachineSeen(load));
    log.apply(at_ns, &Event::Finished { ending: Ending::Completed });
}

fn ready(log: &mut RunLog, has_lock: Option<bool>) {
    let lives: Vec<(usize, u32)> =
        log.lanes.iter().enumerate().filter_map(|(place, lane)| Some((place, lane.pid()?))).collect();
    let readiness = Readiness { loading_since_ns: None, has_lock };
    for (lane, pid) in lives {
        log.apply(READY_NS, &Event::HostReady { lanes: lane..lane + 1, pid, readiness });
    }
}

fn row(log: &mut RunLog, lane: usize, index: u64, (took_ns, cpu_ns): (u64, u64), output: Value) {
    let timing = Timing::Each { start_ns: vec![READY_NS], duration_ns: vec![took_ns], cpu_ns: vec![cpu_ns] };
    let outputs = Arc::new([output].into_iter().collect::<Column>());
    let batch = Batch { first: index, count: 1, outputs, failures: Vec::new(), timing };
    log.apply(READY_NS + took_ns, &ItemsFinished::at_once(lane, batch).into());
}

/// An item a worker, all of them over after `work_ms`, in which they used so many cores.
fn computed(mode: Mode, workers: usize, has_lock: Option<bool>, work_ms: u64, cores: f64) -> RunLog {
    let mut log = empty(mode, workers, Column::Int((0..workers as i64).collect()));
    ready(&mut log, has_lock);
    let work_ns = work_ms * MS;
    let cpu_ns = (work_ns as f64 * cores / workers as f64) as u64;
    (0..workers).for_each(|lane| row(&mut log, lane, lane as u64, (work_ns, cpu_ns), Value::Int(0)));
    finish(&mut log, READY_NS + work_ns);
    log
}

fn reveal(lesson: &str, logs: Vec<RunLog>) -> Reveal {
    Lesson::find(lesson).unwrap().reveal(logs, 2)
}

/// One worker, four threads, four processes, on two cores.
fn under_the_lock(has_lock: bool) -> Vec<RunLog> {
    let lock = Some(has_lock);
    let (threads_ms, cores) = if has_lock { (4_100, 1.0) } else { (2_050, 1.95) };
    vec![
        computed(Mode::Process, 1, lock, 4_000, 1.0),
        computed(Mode::Thread, 4, lock, threads_ms, cores),
        computed(Mode::Process, 4, lock, 2_080, 1.93),
    ]
}

#[test]
fn threads_of_a_python_with_a_lock_take_turns_and_those_of_one_without_do_not() {
    let found = reveal("the-lock", under_the_lock(true));
    assert_eq!((found.verdict, found.right), (Verdict::Holds, Some(2)));
    assert!(found.why.starts_with("One thread holds the interpreter's lock"), "{}", found.why);
    let found = reveal("the-lock", under_the_lock(false));
    // As many times as there are cores.
    assert_eq!((found.verdict, found.right), (Verdict::DoesNotHold, Some(1)));
    assert!(found.why.starts_with("This Python has no lock: its threads compute"), "{}", found.why);
    assert_eq!(found.figures[0], Figure::new("1.95×", "four threads, compared with one"));
}

#[test]
fn processes_avoid_no_lock_where_there_is_none() {
    let found = reveal("processes-avoid-the-lock", under_the_lock(true));
    assert_eq!((found.verdict, found.right), (Verdict::Holds, Some(0)));
    let found = reveal("processes-avoid-the-lock", under_the_lock(false));
    assert_eq!((found.verdict, found.right), (Verdict::DoesNotHold, Some(0)), "they are as fast as before");
    assert!(found.why.starts_with("This Python has no lock"), "{}", found.why);
}

#[test]
fn cores_that_are_slower_when_all_compute_are_used_all_the_same() {
    let mut runs = under_the_lock(true);
    runs[2] = computed(Mode::Process, 4, Some(true), 3_050, 1.9);
    let found = reveal("processes-avoid-the-lock", runs.clone());
    assert_eq!((found.verdict, found.right), (Verdict::Holds, Some(0)));
    assert!(found.why.contains("They are 1.3 times as fast and not 2 times"), "{}", found.why);
    runs[2] = computed(Mode::Process, 4, Some(true), 3_050, 1.3);
    assert_eq!(
        reveal("processes-avoid-the-lock", runs.clone()).verdict,
        Verdict::DoesNotHold,
        "not on all cores"
    );
    runs[2] = computed(Mode::Process, 4, Some(true), 3_900, 1.9);
    assert_eq!(reveal("processes-avoid-the-lock", runs.clone()).verdict, Verdict::DoesNotHold, "no faster");
    // At one time a core is slower than at another, and the threads took turns all the same.
    runs[0] = computed(Mode::Process, 1, Some(true), 5_200, 1.0);
    assert_eq!(reveal("the-lock", runs).verdict, Verdict::Holds);
}

#[test]
fn threads_without_a_lock_use_all_cores() {
    let runs = |has_lock: bool, cores: f64| {
        let lock = Some(has_lock);
        vec![computed(Mode::Process, 2, lock, 2_000, 1.95), computed(Mode::Thread, 2, lock, 2_000, cores)]
    };
    assert_eq!(reveal("all-cores", runs(true, 1.0)).verdict, Verdict::Holds);
    let found = reveal("one-core", runs(true, 1.0));
    assert_eq!((found.verdict, found.right), (Verdict::Holds, Some(1)));
    let found = reveal("one-core", runs(false, 1.96));
    assert_eq!((found.verdict, found.right), (Verdict::DoesNotHold, Some(0)));
    assert!(found.why.starts_with("This Python has no lock"), "{}", found.why);
}

#[test]
fn the_worker_that_moved_most_is_told_where_the_system_tells() {
    let mut threads = computed(Mode::Thread, 2, Some(true), 2_000, 1.0);
    let stay = |from_ms: u64, core| CoreStay { from_ns: from_ms * MS, upto_ns: (from_ms + 10) * MS, core };
    for (lane, from_ms, core) in [(0, 110, 0), (1, 110, 1), (1, 120, 0), (0, 120, 0), (1, 130, 1)] {
        threads.apply(from_ms * MS, &Event::CoreSeen { lane, stay: stay(from_ms, core) });
    }
    let processes = computed(Mode::Process, 2, Some(true), 2_000, 1.95);
    let found = reveal("one-core", vec![processes.clone(), threads.clone()]);
    assert_eq!(found.figures[3], Figure::new("cores 0 and 1", "worker 2 ran on, moved at least 2 times"));
    let found = reveal("all-cores", vec![processes, threads]);
    assert_eq!(found.figures.len(), 3, "of its processes it is not known");
}

/// A run whose items gave these memories, one a process; of threads one in all.
fn held(mode: Mode, workers: usize, private_mib: u64) -> RunLog {
    let mut log = empty(mode, workers, Column::Int((0..workers as i64).collect()));
    ready(&mut log, Some(true));
    for lane in 0..workers {
        let text = format!("{{\"private_kib\":{},\"shared_kib\":{}}}", private_mib << 10, 5 << 10);
        row(&mut log, lane, lane as u64, (300 * MS, MS), Value::Json(text));
    }
    finish(&mut log, READY_NS + 300 * MS);
    log
}

#[test]
fn memory_is_added_up_over_processes_and_shown_for_each_number_of_workers() {
    let logs = || {
        vec![
            held(Mode::Process, 1, 9),
            held(Mode::Process, 4, 9),
            held(Mode::Thread, 4, 11),
            held(Mode::Process, 2, 9),
            held(Mode::Thread, 2, 10),
        ]
    };
    let found = reveal("memory-of-processes", logs());
    assert_eq!((found.verdict, found.right), (Verdict::Holds, Some(0)));
    let found = reveal("memory-of-threads", logs());
    assert_eq!((found.verdict, found.right), (Verdict::Holds, Some(2)));
    let mib = |amounts: [u64; 3]| -> Vec<(f64, f64)> {
        [1.0, 2.0, 4.0].into_iter().zip(amounts.map(|mib| (mib << 20) as f64)).collect()
    };
    let points: Vec<_> = found.plot.unwrap().series.into_iter().map(|series| series.points).collect();
    assert_eq!(points, [mib([9, 18, 36]), mib([9, 10, 11]), mib([5, 5, 5])]);
    let mut late = logs();
    late[1] = held(Mode::Process, 3, 9);
    late[1].workers = 4;
    let common = |logs| reveal("memory-of-threads", logs).plot.unwrap().series[0].points.len();
    assert_eq!([common(logs()), common(late)], [3, 2], "the fourth was not seen");
    let unknown = vec![computed(Mode::Process, 1, None, 300, 0.1); 5];
    let found = reveal("memory-of-processes", unknown);
    assert_eq!((found.verdict, found.plot), (Verdict::DoesNotHold, None));
}
