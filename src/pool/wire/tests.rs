//! Round trips of every frame, and garbage that must be refused.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::value::{Blobs, Tile, Value};

fn through_down(down: &Down) -> Down {
    let mut bytes = Vec::new();
    put_down(&mut bytes, down);
    let (kind, payload, length) = split_frame(&bytes).unwrap().unwrap();
    assert_eq!(length, bytes.len());
    read_down(kind, payload).unwrap()
}

fn through_up(up: &Up) -> Up {
    let mut bytes = Vec::new();
    put_up(&mut bytes, up);
    let (kind, payload, length) = split_frame(&bytes).unwrap().unwrap();
    assert_eq!(length, bytes.len());
    read_up(kind, payload).unwrap()
}

fn columns() -> Vec<Column> {
    let mut blobs = Blobs::default();
    [&b"\xff\x00"[..], b""].into_iter().for_each(|bytes| blobs.push(bytes));
    let tile = Tile {
        picture_width_px: 4,
        picture_height_px: 4,
        left_px: 2,
        top_px: 0,
        width_px: 1,
        height_px: 1,
        rgb: vec![1, 2, 3],
    };
    vec![
        Column::None(3),
        Column::Bool(vec![true, false]),
        Column::Int(vec![i64::MIN, 0, i64::MAX]),
        Column::Int(vec![i64::from(i32::MIN), -1, i64::from(i32::MAX)]),
        Column::Float(vec![-0.0, f64::INFINITY]),
        ["a", "", "äöü"].into_iter().collect(),
        Column::Json([r#"{"a":1}"#].into_iter().collect()),
        Column::Bytes(blobs),
        Column::Mixed(vec![Value::None, Value::Int(1), Value::Tile(Box::new(tile))]),
    ]
}

#[test]
fn every_column_goes_down_and_comes_back() {
    for inputs in columns() {
        let work = Down::Work { first: 7, inputs };
        assert_eq!(through_down(&work), work);
    }
}

#[test]
fn a_range_of_inputs_goes_down_without_the_rest() {
    let inputs: Column = ["a", "bb", "ccc", "dddd"].into_iter().collect();
    let mut bytes = Vec::new();
    put_work(&mut bytes, 1, 1..3, &inputs);
    let (kind, payload, _) = split_frame(&bytes).unwrap().unwrap();
    let expected = Down::Work { first: 1, inputs: ["bb", "ccc"].into_iter().collect() };
    assert_eq!(read_down(kind, payload), Ok(expected));
}

#[test]
fn records_go_both_ways() {
    let function =
        FunctionSpec::Builtin { name: "x".into(), params: BTreeMap::from([("n".into(), Value::Int(1))]) };
    let hello = Hello {
        version: VERSION,
        function,
        lanes: 4,
        first_worker: 1,
        start_ns: 9,
        niceness: 5,
        wants_spans: true,
        pins: true,
        are_threads: true,
    };
    for down in [
        Down::Hello(Box::new(hello)),
        Down::Recall { whole: true },
        Down::Recall { whole: false },
        Down::Close,
        Down::Stack { lane: 511 },
        Down::Fault { lane: 511, fault: Fault::Flood, most_bytes: 1 << 40 },
    ] {
        assert_eq!(through_down(&down), down);
    }
    let said = Said { lane: 1, index: 2, stream: OutputStream::Stderr, at_ns: 3, text: "hm".into() };
    let refused = Up::Refused { reason: "no".into() };
    for up in [
        Up::Ready { version: 1, lock_turned_on_by: None },
        refused,
        Up::Said(said.clone()),
        Up::Flushed(said),
        Up::Returned(vec![(1, 2), (9, 1)]),
    ] {
        assert_eq!(through_up(&up), up);
    }
}

#[test]
fn a_batch_with_failures_comes_back() {
    let each = Timing::Each { start_ns: vec![1, 2, 3], duration_ns: vec![4, 5, 6], cpu_ns: vec![7, 8, 9] };
    let ends = Timing::Ends { start_ns: 1, ends_ns: vec![4, 5, u32::MAX], cpu_ns: 9 };
    let whole = Timing::Whole { start_ns: 1, duration_ns: 2, cpu_ns: 3 };
    for timing in [each, ends, whole] {
        let outputs = Arc::new(Column::Int(vec![2, 6]));
        let batch = Batch { first: 40, count: 3, outputs, failures: vec![(1, "bad".into())], timing };
        let up = Up::Finished { lane: 3, batch };
        assert_eq!(through_up(&up), up);
    }
}

#[test]
fn a_batch_that_does_not_add_up_is_refused() {
    let timing = Timing::Whole { start_ns: 1, duration_ns: 2, cpu_ns: 3 };
    let batch =
        Batch { first: 0, count: 3, outputs: Arc::new(Column::Int(vec![1])), failures: Vec::new(), timing };
    let mut bytes = Vec::new();
    put_up(&mut bytes, &Up::Finished { lane: 0, batch });
    let (kind, payload, _) = split_frame(&bytes).unwrap().unwrap();
    assert!(read_up(kind, payload).is_err());
}

#[test]
fn a_frame_waits_for_its_last_byte_and_an_absurd_one_is_refused() {
    let mut bytes = Vec::new();
    put_down(&mut bytes, &Down::Close);
    for cut in 0..bytes.len() {
        assert_eq!(split_frame(&bytes[..cut]), Ok(None));
    }
    assert!(split_frame(&[0xff; 8]).is_err());
    assert!(split_frame(&[0; 8]).is_err());
}

fn frame_of(kind: u8, payload: &[&[u8]]) -> Vec<u8> {
    [&[kind][..]].iter().chain(payload).flat_map(|part| part.iter().copied()).collect()
}

#[test]
fn a_count_that_costs_no_bytes_has_an_end() {
    for (count, is_read) in [(1 << 20, true), (MAX_FRAME_BYTES as u64, true), (1 << 60, false)] {
        let work = frame_of(WORK, &[&0_u64.to_le_bytes(), &[0], &count.to_le_bytes()]);
        assert_eq!(fuzz_checks::check_down(&work).is_some(), is_read, "{count}");
    }
}

#[test]
fn items_past_the_last_possible_one_are_refused() {
    let mut bytes = Vec::new();
    put_down(&mut bytes, &Down::Work { first: u64::MAX, inputs: Column::None(1) });
    assert!(read_down(WORK, &bytes[HEADER_BYTES..]).is_err());
    bytes.clear();
    put_up(&mut bytes, &Up::Returned(vec![(1, 2), (2, u64::MAX)]));
    assert!(read_up(RETURNED, &bytes[HEADER_BYTES..]).is_err());
}

#[test]
fn times_that_do_not_add_up_to_any_run_are_refused() {
    let each =
        |duration_ns| Timing::Each { start_ns: vec![0, 2], duration_ns, cpu_ns: vec![u64::MAX / 2; 2] };
    for (timing, is_read) in [
        (each(vec![1, 1]), true),
        (each(vec![u64::MAX, 1]), false),
        (Timing::Whole { start_ns: 1, duration_ns: u64::MAX / 2, cpu_ns: u64::MAX }, true),
        (Timing::Whole { start_ns: 1, duration_ns: u64::MAX / 2 + 1, cpu_ns: 0 }, false),
        (Timing::Whole { start_ns: u64::MAX, duration_ns: 1, cpu_ns: 0 }, false),
        (Timing::Ends { start_ns: 1, ends_ns: vec![2, 1], cpu_ns: u64::MAX }, true),
        (Timing::Ends { start_ns: u64::MAX - 2, ends_ns: vec![3, 1], cpu_ns: 0 }, false),
    ] {
        let batch =
            Batch { first: 0, count: 2, outputs: Arc::new(Column::None(2)), failures: Vec::new(), timing };
        let mut bytes = Vec::new();
        put_up(&mut bytes, &Up::Finished { lane: 0, batch });
        assert_eq!(fuzz_checks::check_up(&bytes[HEADER_BYTES - 1..]).is_some(), is_read);
    }
}

#[test]
fn a_record_with_bytes_left_over_is_refused() {
    assert_eq!(read_up(READY, &[1]), Ok(Up::Ready { version: 1, lock_turned_on_by: None }));
    assert_eq!(read_up(READY, &[1, 0]), read_up(READY, &[1]));
    assert!(read_up(READY, &[1, 1, b'a', 0]).is_err());
    let mixed = frame_of(WORK, &[&[0; 8], &[7], &1_u64.to_le_bytes(), &[1, 0, 0]]);
    assert_eq!(fuzz_checks::check_down(&mixed), None);
}

/// The files of the fuzzers' corpus hold the kind and the payload of a frame.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(target);
    let files = fs::read_dir(folder).unwrap();
    files.map(|file| fs::read(file.unwrap().path()).unwrap()).collect()
}

#[test]
fn the_corpus_holds_every_frame_and_every_column() {
    let down: Vec<Down> =
        corpus("wire_down").iter().filter_map(|bytes| fuzz_checks::check_down(bytes)).collect();
    for wanted in columns() {
        let wanted = wanted.column_type();
        let has = |down: &Down| matches!(down, Down::Work { inputs, .. } if inputs.column_type() == wanted);
        assert!(down.iter().any(has), "{wanted:?}");
    }
    assert!(down.iter().any(|down| matches!(down, Down::Hello(_))));
    assert!(down.contains(&Down::Recall { whole: true }) && down.contains(&Down::Close));
    assert!(down.contains(&Down::Stack { lane: 258 }));
    assert!(down.contains(&Down::Fault { lane: 258, fault: Fault::Leak, most_bytes: 1 << 30 }));
    let up: Vec<Up> = corpus("wire_up").iter().filter_map(|bytes| fuzz_checks::check_up(bytes)).collect();
    let kind = |up: &Up| match up {
        Up::Ready { .. } => 0,
        Up::Refused { .. } => 1,
        Up::Said(_) => 2,
        Up::Flushed(_) => 7,
        Up::Returned(_) => 3,
        Up::Finished { batch, .. } => match batch.timing {
            Timing::Each { .. } => 4,
            Timing::Ends { .. } => 5,
            Timing::Whole { .. } => 6,
        },
    };
    let kinds: BTreeSet<usize> = up.iter().map(kind).collect();
    assert_eq!(kinds.len(), 8, "{kinds:?}");
}

proptest! {
    #[test]
    fn garbage_never_panics(kind: u8, payload: Vec<u8>) {
        let _ = read_up(kind, &payload);
        let _ = read_down(kind, &payload);
        let _ = split_frame(&payload);
    }

    #[test]
    fn a_frame_with_a_changed_byte_never_panics(place: prop::sample::Index, byte: u8, which in 0_usize..9) {
        let outputs = Arc::new(columns().swap_remove(which));
        let count = outputs.len();
        let timing = Timing::Whole { start_ns: 1, duration_ns: 2, cpu_ns: 3 };
        let mut bytes = Vec::new();
        put_up(&mut bytes, &Up::Finished { lane: 0, batch: Batch { first: 0, count, outputs, failures: vec![], timing } });
        let place = place.index(bytes.len());
        bytes[place] = byte;
        if let Ok(Some((kind, payload, _))) = split_frame(&bytes) {
            let _ = read_up(kind, payload);
        }
    }
}
