//! Round trips of every frame, and garbage that must be refused.

use std::collections::BTreeMap;

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
    };
    for down in [Down::Hello(hello), Down::Recall { whole: true }, Down::Recall { whole: false }, Down::Close]
    {
        assert_eq!(through_down(&down), down);
    }
    let said = Said { lane: 1, index: 2, stream: Stream::Stderr, at_ns: 3, text: "hm".into() };
    let refused = Up::Refused { reason: "no".into() };
    for up in [Up::Ready { version: 1 }, refused, Up::Said(said), Up::Returned(vec![(1, 2), (9, 1)])] {
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

proptest! {
    #[test]
    fn garbage_never_panics(kind: u8, payload: Vec<u8>) {
        let _ = read_up(kind, &payload);
        let _ = read_down(kind, &payload);
        let _ = split_frame(&payload);
    }

    #[test]
    fn a_frame_with_a_changed_byte_never_panics(place: prop::sample::Index, byte: u8, which in 0_usize..8) {
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
