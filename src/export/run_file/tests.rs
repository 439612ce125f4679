use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use proptest::prelude::*;

use super::read::read;
use super::write::write;
use super::*;
use crate::function::FunctionSpec;
use crate::monitor::{CoreShares, Machine, MachineHistory, MonitorSnapshot, ProcessSample, Series};
use crate::pool::{
    Audit, Batch, Cause, CoreStay, CoreTime, Death, Ending, Event, FailedSpan, Idle, ItemsFinished, Job,
    LifeEnd, MOST_NOTE_CHARACTERS, Message, Mode, NotePlace, Notice, Readiness, RunLog, Shape, Timing,
};
use crate::value::{Column, Value, grouped};

const MS: u64 = 1_000_000;

fn machine() -> Machine {
    Machine { usable_cores: 3, processor: Some("a processor".to_owned()), ..Machine::default() }
}

/// A run of two threads over texts, floats and others, with a death, failures and what was kept of it.
fn log() -> RunLog {
    let function = FunctionSpec::builtin("double", []).unwrap();
    let settings = Settings { workers: 2, mode: Mode::Thread, ..Settings::default() };
    let inputs: Column = (0..5_000).map(Value::Int).collect();
    let job = Job { inputs_name: "numbers.csv".to_owned(), inputs: Arc::new(inputs), function, settings };
    let mut log = RunLog::new(Plan { job, started: Instant::now(), started_wall: SystemTime::now() });
    let end = LifeEnd::Signal(9);
    let said =
        Message::of_pool(5, Notice::Started { pool: Shape { mode: Mode::Thread, workers: 2, processes: 1 } });
    let readiness = Readiness { loading_since_ns: Some(4 * MS), has_lock: Some(true) };
    let host = |pid, launched_ns| Event::HostLaunched { lanes: 0..2, pid, launched_ns };
    let idle = Idle { from_ns: 310 * MS, upto_ns: 320 * MS };
    let looked = CoreTime { from_ns: 10 * MS, upto_ns: 20 * MS, on_core_ns: 3 * MS, ready_ns: MS };
    let core = |from_ms, core| {
        let stay = CoreStay { from_ns: from_ms * MS, upto_ns: (from_ms + 10) * MS, core };
        Event::CoreSeen { lane: 1, stay }
    };
    let cause = Cause::HostEnded(Arc::new(end.clone()));
    let span = FailedSpan { worker: 1, attempts: 2, start_ns: 250 * MS, duration_ns: 50 * MS };
    let mut events = vec![
        (0, host(11, 1)),
        (9 * MS, Event::HostReady { lanes: 0..2, pid: 11, readiness }),
        (9 * MS, Event::MessageSaid(said)),
        (9 * MS, Event::ChunkSized { items: 40 }),
        (20 * MS, Event::CoreTimeSeen { lane: 1, core_time: looked }),
        (20 * MS, core(10, 1)),
        (30 * MS, core(20, 0)),
    ];
    events.extend(batches());
    let each =
        Timing::Each { start_ns: vec![200 * MS, 201 * MS], duration_ns: vec![MS, 7], cpu_ns: vec![5, 6] };
    let outputs = Arc::new(["text"].into_iter().collect());
    let batch =
        Batch { first: 4_096, count: 2, outputs, failures: vec![(0, "bad\ntrace".to_owned())], timing: each };
    let finished = ItemsFinished { lane: 1, batch, again: vec![(4_097, 3)], flaky: vec![4_097] };
    events.extend([
        (202 * MS, finished.into()),
        (300 * MS, Event::ItemRetried { index: 4_998 }),
        (
            300 * MS,
            Event::HostEnded {
                lanes: 0..2,
                pid: 11,
                end: end.clone(),
                peak_rss_bytes: 7 << 20,
                was_suspended: false,
            },
        ),
        (300 * MS, Event::HostDied(Box::new(death(&end)))),
        (301 * MS, Event::ItemFailed { index: 4_998, cause, span }),
        (320 * MS, Event::HostWasIdle { lanes: 0..1, idle }),
        (330 * MS, Event::PoolResized { workers: 3 }),
        (340 * MS, Event::PoolResized { workers: 1 }),
        (350 * MS, Event::Audited(Audit::default())),
        (360 * MS, Event::Finished { ending: Ending::Stopped }),
    ]);
    events.iter().for_each(|(at_ns, event)| log.apply(*at_ns, event));
    log
}

/// All but the last items, at both lanes in turn.
fn batches() -> impl Iterator<Item = (u64, Event)> {
    (0..4_096).step_by(512).map(|first| {
        let outputs = Arc::new(Column::Int((0..512).collect()));
        let timing = Timing::Whole { start_ns: 10 * MS + first * 100, duration_ns: 512 * 100, cpu_ns: 512 };
        let batch = Batch { first, count: 512, outputs, failures: Vec::new(), timing };
        (100 * MS, ItemsFinished::at_once((first / 512 % 2) as usize, batch).into())
    })
}

fn death(end: &LifeEnd) -> Death {
    Death {
        worker: 1,
        pid: 11,
        at_ns: 300 * MS,
        end: end.clone(),
        executing: vec![4_998],
        peak_rss_bytes: 7 << 20,
        replaced_after: None,
        last_lines: vec!["last words".into()],
        threads: 2,
    }
}

fn saved(log: &RunLog) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(log, &machine(), history().as_ref(), &mut bytes).unwrap();
    bytes
}

/// Of one core that got busier.
fn history() -> Option<MachineHistory> {
    let (start, interval) = (Instant::now(), Duration::from_millis(100));
    let (mut core, mut shares) = (Series::new(interval), CoreShares::new(interval));
    for n in 0..4 {
        core.push(start + interval * n, n as f32 / 4.0);
        shares.push(start + interval * n, n as f32 / 4.0, 0.0, 0.0);
    }
    let seen = MonitorSnapshot {
        cores: vec![core],
        own: ProcessSample::default(),
        hosts: BTreeMap::new(),
        shares,
        memory_total_bytes: 0,
        memory_used_bytes: 0,
        interval,
        usable_cores: 1,
    };
    MachineHistory::of(&seen, start, start + interval * 3)
}

/// All that there is to say of a record but where its run began on this machine's clock.
fn told(log: &RunLog) -> String {
    let rows: Vec<_> = (0..log.counts.total).map(|index| log.row(index)).collect();
    let RunLog {
        state, workers, counts, lanes, messages, deaths, startup_ns, last_row_ns, chunk_items, ..
    } = log;
    let settings = log.plan.job.settings;
    format!(
        "{state:?} {workers} {counts:?} {startup_ns:?} {last_row_ns} {chunk_items} {:?} {} {settings:?} {:?}\n{:?}\n{:?}\n\
         {lanes:?}\n{rows:?}",
        log.audit,
        log.hosts_started,
        log.plan.job.function,
        messages.iter_from(0).collect::<Vec<_>>(),
        deaths.iter().collect::<Vec<_>>(),
    )
}

#[test]
fn a_saved_run_opens_as_the_same_record() {
    let log = log();
    let opened = read(&mut Cursor::new(saved(&log))).unwrap();
    assert!(opened.notes.is_empty(), "{:?}", opened.notes);
    similar(&told(&opened.log), &told(&log));
    assert_eq!(opened.log.plan.job.inputs.len(), 5_000);
    let history = opened.history.as_ref().unwrap();
    let cores = history.seen(opened.log.plan.started).cores;
    assert_eq!(cores[0].points().map(|point| point.mean).collect::<Vec<_>>(), [0.0, 0.25, 0.5, 0.75]);
    // And once more, of what was opened.
    similar(&told(&read(&mut Cursor::new(saved(&opened.log))).unwrap().log), &told(&log));
}

fn similar(one: &str, other: &str) {
    let differs = one.lines().zip(other.lines()).find(|(one, other)| one != other);
    if let Some((one, other)) = differs {
        let place = one.bytes().zip(other.bytes()).position(|(one, other)| one != other).unwrap_or_default();
        let near =
            |text: &str| text.get(place.saturating_sub(80)..(place + 120).min(text.len())).map(str::to_owned);
        panic!("at {place}: {:?}\n{:?}", near(one), near(other));
    }
    assert_eq!(one.lines().count(), other.lines().count());
}

fn noted(notes: &[(NotePlace, String)]) -> RunLog {
    let mut log = log();
    for (place, text) in notes {
        log.apply(370 * MS, &Event::NoteWritten { place: *place, text: text.as_str().into() });
    }
    log
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn notes_are_saved_with_their_run(
        texts in proptest::collection::btree_map(0_u64..5_000, "\\PC{1,60}(\n\\PC{0,60})?", 0..9),
        of_run in "\\PC{0,500}",
    ) {
        let of_items = texts.into_iter().map(|(index, text)| (NotePlace::Item(index), text));
        let notes: Vec<_> = of_items.chain([(NotePlace::Run, of_run)]).collect();
        let log = noted(&notes);
        let opened = read(&mut Cursor::new(saved(&log))).unwrap();
        prop_assert_eq!(&opened.log.margin, &log.margin);
        prop_assert!(opened.notes.is_empty());
        // And once more, of what was opened.
        let again = read(&mut Cursor::new(saved(&opened.log))).unwrap();
        prop_assert_eq!(again.log.margin, log.margin);
    }
}

#[test]
fn notes_that_there_is_no_room_for_or_that_are_on_nothing_are_left_out_and_said() {
    let note = |place: &str, text: &str| {
        event(&format!(r#"[5,{{"NoteWritten":{{"place":{place},"text":"{text}"}}}}]"#))
    };
    let inputs = Column::Int(vec![1, 2]);
    let long = "x".repeat(MOST_NOTE_CHARACTERS + 1);
    let frames = [
        (kind::INPUTS, postcard::to_stdvec(&(inputs.cells(), inputs.texts())).unwrap()),
        note(r#"{"Item":1}"#, "here"),
        note(r#"{"Item":2}"#, "on nothing"),
        note(r#""Run""#, &long),
        note(r#"{"Star":7}"#, "of a newer version"),
        event(r#"[9,{"Finished":{"ending":"Completed"}}]"#),
    ];
    let opened = read(&mut Cursor::new(file_of(&frames))).unwrap();
    let found: Vec<_> = opened.log.margin.iter().map(|(place, text)| (place, text.to_string())).collect();
    assert_eq!(found, [(NotePlace::Item(1), "here".to_owned())]);
    assert!(opened.notes[0].starts_with("3 parts of it are left out"), "{:?}", opened.notes);
}

#[test]
fn a_file_that_is_cut_anywhere_is_refused() {
    let whole = saved(&log());
    for length in (0..whole.len()).step_by(97).chain([whole.len() - 1]) {
        let refused = read(&mut Cursor::new(&whole[..length])).unwrap_err();
        let is_told = refused.contains("cut off") || refused.contains("no run that Poolscope");
        assert!(is_told, "{length}: {refused}");
    }
}

#[test]
fn what_is_no_run_or_of_a_newer_version_is_told() {
    let refused = |bytes: &[u8]| read(&mut Cursor::new(bytes)).unwrap_err();
    assert_eq!(refused(b"a,b\n1,2\n"), "it is no run that Poolscope has saved");
    assert_eq!(refused(b""), "it is no run that Poolscope has saved");
    let newer = [MAGIC.as_slice(), &9_u32.to_le_bytes()].concat();
    assert!(refused(&newer).contains("a newer version of Poolscope has saved it (format 9"));
}

/// A file of these frames, as a newer version or an enemy could write it.
fn file_of(frames: &[(u8, Vec<u8>)]) -> Vec<u8> {
    file_with(&SavedPlan::of(&log().plan, &machine()), frames)
}

fn file_with(plan: &SavedPlan, frames: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = [MAGIC.as_slice(), &FORMAT.to_le_bytes()].concat();
    let mut packer = super::pack::Packer::new(&mut bytes);
    let plan = serde_json::to_vec(plan).unwrap();
    let count = (frames.len() as u64 + 1).to_le_bytes().to_vec();
    for (kind, payload) in [(kind::PLAN, plan)].iter().chain(frames).chain(&[(kind::END, count)]) {
        packer.put(&[*kind]).unwrap();
        packer.put(&(payload.len() as u64).to_le_bytes()).unwrap();
        packer.put(payload).unwrap();
    }
    packer.finish().unwrap();
    bytes
}

fn event(text: &str) -> (u8, Vec<u8>) {
    (kind::EVENT, text.as_bytes().to_vec())
}

#[test]
fn what_only_a_newer_version_knows_is_left_out_and_said() {
    let frames = [
        event(r#"[5,{"StarsCounted":{"stars":7}}]"#),
        (77, b"anything".to_vec()),
        event(r#"[9,{"Finished":{"ending":"Completed","because":"new field"}}]"#),
    ];
    let opened = read(&mut Cursor::new(file_of(&frames))).unwrap();
    assert!(opened.notes[0].starts_with("2 parts of it are left out"), "{:?}", opened.notes);
    assert!(opened.log.is_finished());
}

#[test]
fn what_stands_behind_a_run_is_said_and_left_out() {
    let whole = file_of(&[event(r#"[9,{"Finished":{"ending":"Completed"}}]"#)]);
    assert!(read(&mut Cursor::new(&whole)).unwrap().notes.is_empty());
    for behind in [whole.as_slice(), b"x"] {
        let opened = read(&mut Cursor::new([&whole, behind].concat())).unwrap();
        let [note] = opened.notes.as_slice() else { panic!("{:?}", opened.notes) };
        assert!(note.contains(&format!("run: {} byte", grouped(behind.len() as u64))), "{note}");
        assert!(opened.log.is_finished());
    }
}

#[test]
fn a_pool_that_cannot_have_been_is_refused_and_takes_no_memory() {
    for (workers, processes) in [(1 << 31, 1), (usize::MAX, 1), (2, 513)] {
        let mut plan = SavedPlan::of(&log().plan, &machine());
        plan.settings = Settings { workers, processes, ..plan.settings };
        let damaged = file_with(&plan, &[event(r#"[5,"InputsEnded"]"#)]);
        assert_eq!(read(&mut Cursor::new(damaged)).unwrap_err(), "it is damaged", "{workers}");
    }
}

#[test]
fn what_contradicts_itself_is_refused_and_takes_no_memory() {
    let frames: [&[(u8, Vec<u8>)]; 11] = [
        &[event(r#"[0,{"PoolResized":{"workers":99999999999}}]"#)],
        &[event(r#"[0,{"RowsReleased":{"index":5}}]"#)],
        &[event(r#"[18446744073709551615,"InputsEnded"]"#)],
        &[event(
            r#"[5,{"ItemFailed":{"index":1152921504606846976,"cause":"Stopped","span":{"worker":1,"attempts":1,"start_ns":0,"duration_ns":0}}}]"#,
        )],
        &[event(r#"[0,{"CoresRecorded":{"lane":18446744073709551615,"stays":[],"moves":0}}]"#)],
        &[event(
            r#"[0,{"CoresRecorded":{"lane":0,"stays":[{"from_ns":0,"upto_ns":5,"core":99999}],"moves":0}}]"#,
        )],
        &[event(
            r#"[0,{"CoresRecorded":{"lane":0,"stays":[{"from_ns":9,"upto_ns":5,"core":0}],"moves":0}}]"#,
        )],
        &[(kind::ROWS, vec![0; 40])],
        &[(kind::INPUTS, vec![0, 255, 255, 255, 255, 255, 255, 255, 255, 127, 0])],
        &[(kind::LANE, vec![1, 2, 3])],
        &[],
    ];
    for frames in frames {
        assert_eq!(read(&mut Cursor::new(file_of(frames))).unwrap_err(), "it is damaged", "{frames:?}");
    }
}

#[test]
fn a_run_that_goes_on_is_not_saved() {
    let mut job = log().plan.job.clone();
    job.inputs = Arc::new(Column::Int(vec![1]));
    let running = RunLog::new(Plan { job, started: Instant::now(), started_wall: SystemTime::now() });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.poolrun");
    assert!(save_run(&running, &machine(), None, &path).unwrap_err().to_string().contains("it still runs"));
    assert!(!path.exists());
    save_run(&log(), &machine(), None, &path).unwrap();
    let opened = open_run(&path).unwrap();
    assert_eq!((opened.log.counts, opened.machine), (log().counts, machine()));
    assert!(open_run(&folder.path().join("none.poolrun")).is_err());
}
