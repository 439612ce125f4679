//! What must hold for any bytes that come over a channel. The fuzz targets and the tests ask it; the program does not
//! contain it.

use std::fmt::Debug;

use super::{Decoded, Down, MAX_FRAME_BYTES, Up, put_down, put_up, read_down, read_up, split_frame};
use crate::pool::Rows;

/// Rows that are filled from one batch; a larger one would only take time.
const MOST_ROWS: usize = 1 << 16;

/// Reads what a parent may have sent: `bytes` as the stream it is cut from, and as one frame's kind and payload.
pub fn check_down(bytes: &[u8]) -> Option<Down> {
    check(bytes, read_down, put_down, |down| {
        if let Down::Work { first, inputs } = down {
            // What a host does with it: count from the first item to the last, and measure them.
            assert!(first.checked_add(inputs.len() as u64).is_some());
            assert!(inputs.len() <= MAX_FRAME_BYTES && inputs.size_bytes() <= bytes.len() * 64);
        }
    })
}

/// Reads what a host may have sent, as [`check_down`] does.
pub fn check_up(bytes: &[u8]) -> Option<Up> {
    check(bytes, read_up, put_up, |up| match up {
        Up::Finished { batch, .. } => {
            assert!(batch.first.checked_add(batch.count as u64).is_some());
            // Adds the times up, which panics where that goes past 64 bits.
            let _ = (batch.timing.extent(), batch.timing.cpu_ns());
            if batch.count <= MOST_ROWS {
                // The rows of the run begin where the batch does, so that any place is one of them.
                let batch = super::Batch { first: 0, ..batch.clone() };
                let mut rows = Rows::new(batch.count as u64);
                rows.finish(&batch, 1, &[]);
                assert!((0..batch.count as u64).all(|index| rows.is_final(index)));
            }
        }
        Up::Returned(chunks) => {
            assert!(chunks.iter().all(|(first, count)| first.checked_add(*count).is_some()));
        }
        Up::Ready { .. } | Up::Refused { .. } | Up::Said(_) | Up::Flushed(_) => {}
    })
}

fn check<T: Debug>(
    bytes: &[u8],
    read: fn(u8, &[u8]) -> Decoded<T>,
    put: fn(&mut Vec<u8>, &T),
    use_it: impl Fn(&T),
) -> Option<T> {
    if let Ok(Some((kind, payload, length))) = split_frame(bytes) {
        assert!(payload.len() < length && length <= bytes.len());
        let _ = read(kind, payload).inspect(&use_it);
    }
    let (kind, payload) = bytes.split_first()?;
    let message = read(*kind, payload).ok()?;
    use_it(&message);
    let written = written(&message, put);
    let again = read_whole(&written, read);
    // Compared as they are written and shown, because a NaN is not equal to itself.
    assert_eq!(self::written(&again, put), written);
    assert_eq!(format!("{again:?}"), format!("{message:?}"));
    Some(message)
}

fn written<T>(message: &T, put: fn(&mut Vec<u8>, &T)) -> Vec<u8> {
    let mut bytes = Vec::new();
    put(&mut bytes, message);
    bytes
}

fn read_whole<T>(frame: &[u8], read: fn(u8, &[u8]) -> Decoded<T>) -> T {
    match split_frame(frame) {
        Ok(Some((kind, payload, length))) if length == frame.len() => match read(kind, payload) {
            Ok(message) => message,
            Err(malformed) => panic!("what was written cannot be read: {malformed}"),
        },
        other => panic!("what was written is not one frame: {other:?}"),
    }
}
