//! Functions whose threads meet: in a lock, or in a line of the cache.

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Barrier, PoisonError, RwLock};
use std::thread;
use std::time::Instant;

use sha2::{Digest, Sha256};

use super::{boxed, count, int};
use crate::function::{Builtin, CallContext, Nature, Takes};
use crate::value::Value;

pub(super) const SERIAL_THEN_PARALLEL: Builtin = Builtin {
    name: "serial_then_parallel",
    summary: "Hashes this many times; the first items do so alone in their process. Says whether it was alone.",
    nature: Nature::Cpu,
    takes: Takes::Integer,
    sample_inputs: "200000, 200000, 200000, 200000, 200000, 200000, 200000, 200000, 200000, 200000, \
                    200000, 200000, 200000, 200000, 200000, 200000, 200000, 200000, 200000, 200000",
    params: &[int(
        "serial_items",
        "So many items, the first ones, run one at a time and beside nothing else: the serial part.",
        0,
        1_000_000_000,
        8,
    )],
    make: |params| {
        let serial_items = params.int("serial_items") as u64;
        boxed(move |cx, input| serial_then_parallel(cx, serial_items, count(input, 0..=1_000_000_000)?))
    },
};

pub(super) const COUNTERS_APART: Builtin = Builtin {
    name: "counters_apart",
    summary: "Two threads raise a counter each, this many bytes apart; gives the nanoseconds that one step takes.",
    nature: Nature::Cpu,
    takes: Takes::Integer,
    sample_inputs: "8, 16, 32, 64, 128, 256",
    params: &[int("steps", "How often each thread raises its counter.", 1, 1_000_000_000, 4_000_000)],
    make: |params| {
        let steps = params.int("steps") as u64;
        boxed(move |_, input| ns_per_step(count(input, 8..=MOST_APART_BYTES)?, steps).map(Value::Float))
    },
};

/// Held for writing by an item that runs alone, and for reading by the others: these run beside each other.
static ALONE: RwLock<()> = RwLock::new(());

fn serial_then_parallel(cx: &CallContext<'_>, serial_items: u64, rounds: u64) -> Result<Value, String> {
    let is_alone = cx.index < serial_items;
    // The lock guards nothing that could be left half done.
    if is_alone {
        let _alone = ALONE.write().unwrap_or_else(PoisonError::into_inner);
        hash(rounds);
    } else {
        let _beside = ALONE.read().unwrap_or_else(PoisonError::into_inner);
        hash(rounds);
    }
    Ok(Value::Bool(is_alone))
}

fn hash(rounds: u64) {
    let mut digest = Sha256::digest([]);
    for _ in 0..rounds {
        digest = Sha256::digest(digest);
    }
    black_box(digest);
}

const MOST_APART_BYTES: i64 = 4096;
const COUNTER_BYTES: u64 = 8;

/// Begins with a line of the cache, which has 64 or 128 bytes.
#[repr(align(128))]
struct Counters([AtomicU64; (MOST_APART_BYTES as u64 / COUNTER_BYTES) as usize + 1]);

/// The mean of both threads, which begin together.
fn ns_per_step(apart_bytes: u64, steps: u64) -> Result<f64, String> {
    if !apart_bytes.is_multiple_of(COUNTER_BYTES) {
        return Err(format!("{apart_bytes} is not a multiple of {COUNTER_BYTES}, the bytes of a counter"));
    }
    let counters = Counters([const { AtomicU64::new(0) }; _]);
    let (both, place) = (Barrier::new(2), (apart_bytes / COUNTER_BYTES) as usize);
    let raise = |counter: &AtomicU64| {
        both.wait();
        let begun = Instant::now();
        for _ in 0..steps {
            counter.fetch_add(1, Ordering::Relaxed);
        }
        begun.elapsed().as_nanos() as f64 / steps as f64
    };
    thread::scope(|scope| {
        let other = thread::Builder::new()
            .spawn_scoped(scope, || raise(&counters.0[place]))
            .map_err(|error| format!("could not start the second thread: {error}"))?;
        let own_ns = raise(&counters.0[0]);
        let other_ns = other.join().map_err(|_| "the second thread panicked".to_owned())?;
        Ok((own_ns + other_ns) / 2.0)
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    #[test]
    fn counters_are_a_whole_number_of_counters_apart() {
        assert!(ns_per_step(8, 1000).is_ok_and(|ns| ns > 0.0));
        assert!(ns_per_step(MOST_APART_BYTES as u64, 1000).is_ok_and(|ns| ns > 0.0));
        assert_eq!(ns_per_step(12, 1).unwrap_err(), "12 is not a multiple of 8, the bytes of a counter");
    }

    #[test]
    fn nothing_runs_beside_what_is_alone() {
        let (inside, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let held = ALONE.write().unwrap();
        thread::scope(|scope| {
            scope.spawn(|| {
                let _beside = ALONE.read().unwrap();
                most.fetch_max(inside.load(Ordering::SeqCst), Ordering::SeqCst);
            });
            inside.store(1, Ordering::SeqCst);
            hash(1000);
            inside.store(0, Ordering::SeqCst);
            drop(held);
        });
        assert_eq!(most.load(Ordering::SeqCst), 0);
    }
}
