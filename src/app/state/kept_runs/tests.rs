//! Which runs are kept, which leave, and what is kept with them.

use std::time::{Duration, SystemTime};

use super::super::disturbance;
use super::*;
use crate::monitor::{Machine, Series};
use crate::pool::examples::Example;
use crate::pool::{Batch, Ending, Event, ItemsFinished, NotePlace, Plan, Timing};
use crate::value::Column;

fn run() -> Arc<RunSnapshot> {
    let job = Example::find("Pool.map").unwrap().job().unwrap();
    let mut log = RunLog::new(Plan { job, started: Instant::now(), started_wall: SystemTime::now() });
    log.apply(5, &Event::Finished { ending: Ending::Completed });
    Arc::new(RunSnapshot { log, now_ns: 5, live: Vec::new(), host_pids: Vec::new() })
}

fn numbers(kept: &KeptRuns) -> Vec<u32> {
    kept.iter().map(|run| run.number).collect()
}

#[test]
fn each_run_is_kept_once_when_it_is_over() {
    let (mut kept, first) = (KeptRuns::default(), run());
    for _ in 0..3 {
        kept.follow(Some(&first), None);
    }
    assert_eq!((numbers(&kept), kept.shown().map(|run| run.number)), (vec![1], Some(1)));
    kept.show_newest();
    assert!(kept.shown().is_none());
    kept.follow(Some(&run()), None);
    kept.show(1);
    kept.toggle_beside(2);
    assert_eq!(kept.beside().map(|run| run.number), Some(2));
    assert!(kept.get(1).unwrap().is_of_same_work(kept.get(2).unwrap()));
    kept.delete(1);
    assert_eq!((kept.shown().map(|run| run.number), kept.beside().is_none()), (Some(2), true));
}

#[test]
fn what_the_machine_did_is_kept_up_to_the_end_of_the_run() {
    let (mut kept, run, interval) = (KeptRuns::default(), run(), Duration::from_millis(200));
    let started = run.log.plan.started;
    let machine = |samples| Arc::new(disturbance::tests::machine(started - interval, vec![0.0; samples]).0);
    // The first sample is of the moment of the start, the second of one behind the end.
    for samples in 1..=4 {
        kept.follow(Some(&run), Some(&machine(samples)));
    }
    assert_eq!(kept.shown().unwrap().machine.as_ref().unwrap().shares.own.len(), 2);
}

#[test]
fn the_oldest_give_way_but_not_those_that_are_pinned_or_shown() {
    let mut kept = KeptRuns::default();
    kept.follow(Some(&run()), None);
    kept.toggle_pin(1);
    for _ in 0..MOST_RUNS {
        kept.follow(Some(&run()), None);
    }
    assert_eq!((kept.count(), numbers(&kept)[..2].to_vec()), (MOST_RUNS, vec![1, 3]));
    assert_eq!(kept.leaving().map(|run| run.number), Some(2));
    kept.rename(1, "  before ");
    assert_eq!(kept.get(1).unwrap().title(), "before");
    kept.toggle_pin(1);
    kept.give_way(1);
    kept.give_way(3);
    assert_eq!(numbers(&kept)[..2], [1, 4], "a named run stays");
    kept.rename(1, " ");
    assert_eq!(kept.get(1).unwrap().title(), "4 processes");
}

#[test]
fn a_note_stays_with_its_run_wherever_that_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("1.poolrun");
    let (mut kept, first) = (KeptRuns::default(), run());
    kept.follow(Some(&first), None);
    let on = NoteOn { run: first.log.plan.started, place: NotePlace::Item(2) };
    assert!(kept.write_note(on, "look here"));
    assert!(!kept.write_note(NoteOn { run: Instant::now(), ..on }, "of no run"));
    kept.follow(Some(&first), None);
    let note = |kept: &KeptRuns| kept.get(1).unwrap().run.log.margin.on(on.place).map(str::to_owned);
    assert_eq!((note(&kept).as_deref(), kept.unsaved_notes()), (Some("look here"), Some((1, 1))));
    kept.give_way(1);
    assert_eq!(kept.count(), 1, "what a person wrote on does not give way");
    for _ in 0..=MOST_RUNS {
        kept.follow(Some(&run()), None);
    }
    let leaving = kept.leaving().unwrap().clone();
    crate::export::save_run(&leaving.run.log, &Machine::default(), None, &file).unwrap();
    kept.set_stored(leaving.number, Some(&file));
    assert_eq!(kept.unsaved_notes(), Some((1, 1)));
    kept.bring_back(1, crate::export::open_run(&file).unwrap(), true);
    assert_eq!((note(&kept).as_deref(), kept.unsaved_notes()), (Some("look here"), Some((1, 1))));
    let margin = kept.get(1).unwrap().run.log.margin.clone();
    kept.set_saved(1, &file, &margin);
    assert_eq!(kept.unsaved_notes(), None);
    kept.open(crate::export::open_run(&file).unwrap(), &file, true);
    assert!(kept.shown().unwrap().run.log.margin == margin && kept.unsaved_notes().is_none());
}

/// A run with the figures of one core, kept and in a file.
fn seen_and_saved(kept: &mut KeptRuns, file: &Path) {
    let first = run();
    let (interval, started) = (Duration::from_millis(200), first.log.plan.started);
    let mut core = Series::new(interval);
    core.push(started + interval, 0.75);
    let (seen, _) = disturbance::tests::machine(started - interval, [0.0; 3]);
    let seen = MonitorSnapshot { cores: vec![core], ..seen };
    kept.follow(Some(&first), Some(&Arc::new(seen)));
    let history = kept.get(1).unwrap().machine_history();
    let elsewhere = Machine { usable_cores: 64, ..Machine::default() };
    crate::export::save_run(&first.log, &elsewhere, history.as_ref(), file).unwrap();
}

/// What the core of [`seen_and_saved`] did, within the time of the run as it is shown.
fn core_of(run: &KeptRun) -> Option<f32> {
    let (started, core) = (run.run.log.plan.started, &run.machine.as_ref()?.cores[0]);
    core.last().filter(|point| point.at == started + Duration::from_millis(200)).map(|point| point.mean)
}

#[test]
fn a_run_that_is_opened_shows_what_the_cores_did_then() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("1.poolrun");
    let mut kept = KeptRuns::default();
    seen_and_saved(&mut kept, &file);
    kept.open(crate::export::open_run(&file).unwrap(), &file, true);
    assert_eq!(core_of(kept.shown().unwrap()), Some(0.75));
}

#[test]
fn a_run_that_left_and_is_read_again_has_its_cores_and_its_machine() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("1.poolrun");
    let mut kept = KeptRuns::default();
    seen_and_saved(&mut kept, &file);
    let is_elsewhere = |run: &KeptRun| run.ran_on.as_ref().is_some_and(|machine| machine.usable_cores == 64);
    kept.open(crate::export::open_run(&file).unwrap(), &file, true);
    assert!(!is_elsewhere(kept.get(1).unwrap()) && is_elsewhere(kept.get(2).unwrap()));
    for _ in 0..=MOST_RUNS {
        kept.follow(Some(&run()), None);
    }
    for number in [1, 2] {
        if kept.get(number).is_none() {
            kept.set_stored(number, Some(&file));
            kept.bring_back(number, crate::export::open_run(&file).unwrap(), true);
        }
        let again = kept.get(number).unwrap();
        assert_eq!((core_of(again), is_elsewhere(again)), (Some(0.75), number == 2), "run {number}");
        assert!(again.machine_history().is_some());
    }
}

#[test]
fn a_long_run_is_unsaved_until_its_rows_or_all_of_it_stand_in_a_file() {
    const TOOK_NS: u64 = 20_000_000_000;
    let mut long = run();
    let timing = Timing::Whole { start_ns: 0, duration_ns: TOOK_NS, cpu_ns: TOOK_NS };
    let outputs = Arc::new(Column::Int(vec![2]));
    let batch = Batch { first: 0, count: 1, outputs, failures: Vec::new(), timing };
    Arc::make_mut(&mut long).log.apply(TOOK_NS, &ItemsFinished::at_once(0, batch).into());
    let mut kept = KeptRuns::default();
    kept.follow(Some(&run()), None);
    let number = |kept: &KeptRuns| kept.unsaved_results(TOOK_NS / 2).map(|run| run.number);
    assert_eq!(number(&kept), None, "a short one is made again as quickly");
    kept.follow(Some(&long), None);
    assert_eq!((number(&kept), kept.unsaved_results(2 * TOOK_NS).is_none()), (Some(2), true));
    kept.set_rows_saved(&long);
    assert_eq!(number(&kept), None);
    Arc::make_mut(&mut long).log.plan =
        Arc::new(Plan { started: Instant::now(), ..(*long.log.plan).clone() });
    kept.follow(Some(&long), None);
    assert_eq!(number(&kept), Some(3));
    kept.set_saved(3, Path::new("a.poolrun"), &Margin::default());
    assert_eq!(number(&kept), None);
}

#[test]
fn a_run_in_a_file_with_a_newer_note_leaves_the_memory_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.poolrun");
    let (mut kept, first) = (KeptRuns::default(), run());
    kept.follow(Some(&first), None);
    kept.set_saved(1, &file, &Margin::default());
    kept.write_note(NoteOn { run: first.log.plan.started, place: NotePlace::Run }, "newer");
    for _ in 0..MOST_RUNS {
        kept.follow(Some(&run()), None);
    }
    assert_eq!(kept.leaving().map(|run| run.number), Some(1), "its file has no such note");
}

#[test]
fn a_run_that_left_is_the_same_when_it_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("2.poolrun");
    let mut kept = KeptRuns::default();
    for _ in 0..=MOST_RUNS {
        kept.follow(Some(&run()), None);
    }
    kept.rename(2, "slow");
    kept.follow(Some(&run()), None);
    assert_eq!(kept.leaving.iter().map(|run| run.number).collect::<Vec<_>>(), [1, 2]);
    kept.set_stored(1, None);
    assert_eq!((kept.let_go, kept.stored().len()), (1, 0));
    let before = kept.leaving().unwrap().clone();
    crate::export::save_run(&before.run.log, &Machine::default(), None, &file).unwrap();
    kept.set_stored(2, Some(&file));
    assert!(kept.leaving().is_none() && kept.get(2).is_none());
    assert_eq!(
        kept.stored().iter().map(|run| (run.number, run.title.as_str())).collect::<Vec<_>>(),
        [(2, "slow")]
    );
    kept.bring_back(2, crate::export::open_run(&file).unwrap(), true);
    let after = kept.shown().unwrap();
    assert_eq!((after.number, after.title(), after.file.clone()), (2, "slow".to_owned(), None));
    assert!(after.is_of_same_work(kept.get(42).unwrap()) && kept.stored().is_empty());
    assert_eq!(kept.leaving().map(|run| run.number), Some(3), "it takes the room of the next");
}
