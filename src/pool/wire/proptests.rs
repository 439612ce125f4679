//! Any message goes through the wire unchanged, and no broken one makes it panic.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;

use super::*;
use crate::value::{Blobs, Strings, Tile, Value};

/// No longer than a run, so that the times of a batch add up.
const LONGEST_NS: u64 = 1 << 50;

/// Every number that 64 bits can be, the infinities and the NaNs among them.
fn floats() -> impl Strategy<Value = f64> {
    prop_oneof![any::<u64>().prop_map(f64::from_bits), any::<i16>().prop_map(f64::from)]
}

fn tiles() -> impl Strategy<Value = Value> {
    (any::<[u32; 6]>(), any::<Vec<u8>>()).prop_map(|(sides, rgb)| {
        let [picture_width_px, picture_height_px, left_px, top_px, width_px, height_px] = sides;
        let tile = Tile { picture_width_px, picture_height_px, left_px, top_px, width_px, height_px, rgb };
        Value::Tile(Box::new(tile))
    })
}

fn values() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::None),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        floats().prop_map(Value::Float),
        any::<String>().prop_map(Value::Text),
        any::<Vec<u8>>().prop_map(Value::Bytes),
        any::<String>().prop_map(Value::Json),
        tiles(),
    ]
}

/// A column of any type with `count` cells.
fn columns_of(count: usize) -> impl Strategy<Value = Column> {
    let texts = || {
        vec(any::<String>(), count).prop_map(|texts| texts.iter().map(String::as_str).collect::<Strings>())
    };
    prop_oneof![
        Just(Column::None(count)),
        vec(any::<bool>(), count).prop_map(Column::Bool),
        vec(any::<i64>(), count).prop_map(Column::Int),
        vec(floats(), count).prop_map(Column::Float),
        texts().prop_map(Column::Text),
        texts().prop_map(Column::Json),
        vec(any::<Vec<u8>>(), count).prop_map(|cells| {
            let mut blobs = Blobs::default();
            cells.iter().for_each(|cell| blobs.push(cell));
            Column::Bytes(blobs)
        }),
        vec(values(), count).prop_map(Column::Mixed),
    ]
}

fn timings(count: usize) -> impl Strategy<Value = Timing> {
    let times = || vec(0..LONGEST_NS, count);
    let time = || 0..LONGEST_NS;
    prop_oneof![
        (times(), times(), times()).prop_map(|(start_ns, duration_ns, cpu_ns)| Timing::Each {
            start_ns,
            duration_ns,
            cpu_ns
        }),
        (time(), time(), time()).prop_map(|(start_ns, duration_ns, cpu_ns)| Timing::Whole {
            start_ns,
            duration_ns,
            cpu_ns
        }),
        (time(), vec(any::<u32>(), count), any::<u64>())
            .prop_map(|(start_ns, ends_ns, cpu_ns)| Timing::Ends { start_ns, ends_ns, cpu_ns }),
    ]
}

fn batches() -> impl Strategy<Value = Batch> {
    let failed = (0_usize..12)
        .prop_flat_map(|count| (Just(count), btree_set(0..count.max(1) as u32, 0..=count.min(3))));
    failed.prop_flat_map(|(count, failed)| {
        let reasons = vec(any::<String>(), failed.len());
        (0..u64::MAX / 2, columns_of(count - failed.len()), timings(count), reasons).prop_map(
            move |(first, outputs, timing, reasons)| {
                let outputs = Arc::new(outputs);
                let failures = failed.iter().copied().zip(reasons).collect();
                Batch { first, count, outputs, failures, timing }
            },
        )
    })
}

fn hellos() -> impl Strategy<Value = Hello> {
    let params = btree_map(any::<String>(), values(), 0..4);
    let numbers = (any::<u32>(), any::<u32>(), any::<u32>(), any::<u64>(), any::<i32>());
    (any::<String>(), params, numbers, any::<[bool; 3]>()).prop_map(|(name, params, numbers, flags)| {
        let (version, lanes, first_worker, start_ns, niceness) = numbers;
        let params: BTreeMap<String, Value> = params;
        let function = FunctionSpec::Builtin { name, params };
        let [wants_spans, pins, are_threads] = flags;
        Hello { version, function, lanes, first_worker, start_ns, niceness, wants_spans, pins, are_threads }
    })
}

fn downs() -> impl Strategy<Value = Down> {
    let inputs = (0_usize..12).prop_flat_map(columns_of);
    prop_oneof![
        (0..u64::MAX / 2, inputs).prop_map(|(first, inputs)| Down::Work { first, inputs }),
        hellos().prop_map(|hello| Down::Hello(Box::new(hello))),
        any::<bool>().prop_map(|whole| Down::Recall { whole }),
        Just(Down::Close),
        any::<u16>().prop_map(|lane| Down::Stack { lane }),
        (any::<u16>(), prop::sample::select(Fault::ALL.to_vec()), any::<u64>())
            .prop_map(|(lane, fault, most_bytes)| Down::Fault { lane, fault, most_bytes }),
    ]
}

fn ups() -> impl Strategy<Value = Up> {
    let streams = prop::sample::select(vec![OutputStream::Stdout, OutputStream::Stderr, OutputStream::Stack]);
    let said = (any::<u32>(), any::<u64>(), streams, any::<u64>(), any::<String>());
    let chunks = vec((0..u64::MAX / 2, 0..u64::MAX / 2), 0..12);
    prop_oneof![
        (any::<u32>(), batches()).prop_map(|(lane, batch)| Up::Finished { lane, batch }),
        (any::<u32>(), any::<Option<String>>()).prop_map(|(version, module)| Up::Ready {
            version,
            lock_turned_on_by: module.filter(|name| !name.is_empty()),
        }),
        any::<String>().prop_map(|reason| Up::Refused { reason }),
        (said, any::<bool>()).prop_map(|((lane, index, stream, at_ns, text), is_whole)| {
            let said = Said { lane, index, stream, at_ns, text };
            if is_whole { Up::Said(said) } else { Up::Flushed(said) }
        }),
        chunks.prop_map(Up::Returned),
    ]
}

/// The kind and the payload of a frame, as the fuzz checks take them.
fn kind_and_payload(put: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut frame = Vec::new();
    put(&mut frame);
    frame.split_off(HEADER_BYTES - 1)
}

/// The same, cut short or with some of its bits turned around.
fn broken(mut bytes: Vec<u8>, cut: prop::sample::Index, flips: &[(prop::sample::Index, u8)]) -> Vec<u8> {
    for (place, bits) in flips {
        let place = place.index(bytes.len());
        bytes[place] ^= bits;
    }
    if flips.is_empty() {
        bytes.truncate(cut.index(bytes.len()));
    }
    bytes
}

proptest! {
    #[test]
    fn every_message_down_comes_back(down in downs()) {
        let bytes = kind_and_payload(|out| put_down(out, &down));
        let read = fuzz_checks::check_down(&bytes);
        // As they are shown, because a NaN is not equal to itself.
        prop_assert_eq!(format!("{read:?}"), format!("{:?}", Some(&down)));
    }

    #[test]
    fn every_message_up_comes_back(up in ups()) {
        let bytes = kind_and_payload(|out| put_up(out, &up));
        let read = fuzz_checks::check_up(&bytes);
        prop_assert_eq!(format!("{read:?}"), format!("{:?}", Some(&up)));
    }

    #[test]
    fn part_of_a_column_travels_as_that_part(
        column in columns_of(10),
        first in 0_usize..10,
        count in 0_usize..10,
    ) {
        let count = count.min(10 - first);
        let bytes = kind_and_payload(|out| put_work(out, 7, first..first + count, &column));
        let Some(Down::Work { first: 7, inputs }) = fuzz_checks::check_down(&bytes) else {
            return Err(TestCaseError::fail("not read as work"));
        };
        let cells = column.iter().skip(first).take(count).map(|cell| format!("{cell:?}"));
        let read: Vec<String> = inputs.iter().map(|cell| format!("{cell:?}")).collect();
        prop_assert_eq!(read, cells.collect::<Vec<_>>());
    }

    #[test]
    fn no_broken_message_makes_it_panic(
        down in downs(),
        up in ups(),
        cut: prop::sample::Index,
        flips in vec((any::<prop::sample::Index>(), 1_u8..), 0..4),
    ) {
        let _ = fuzz_checks::check_down(&broken(kind_and_payload(|out| put_down(out, &down)), cut, &flips));
        let _ = fuzz_checks::check_up(&broken(kind_and_payload(|out| put_up(out, &up)), cut, &flips));
    }

    #[test]
    fn a_stream_is_cut_where_its_frames_end(messages in vec(ups(), 0..6), garbage: Vec<u8>) {
        let mut stream = Vec::new();
        messages.iter().for_each(|message| put_up(&mut stream, message));
        let sound_bytes = stream.len();
        stream.extend_from_slice(&garbage);
        let (mut start, mut read) = (0, Vec::new());
        while start < sound_bytes {
            let Ok(Some((kind, payload, length))) = split_frame(&stream[start..]) else { break };
            read.push(read_up(kind, payload).unwrap());
            start += length;
        }
        prop_assert_eq!((start, format!("{read:?}")), (sound_bytes, format!("{messages:?}")));
    }
}
