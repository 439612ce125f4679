//! Makes the faults that a person wants of a lane: for real, in the process or on the thread of the lane.

use std::hint::black_box;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::Shared;
use super::lane::LaneConsole;
use crate::function::{
    Console, FLOOD_LINES, FLOOD_S, Fault, LEAK_BYTES_PER_S, OutputStream, write_to_nowhere,
};

/// Memory is taken in steps of this size, so that it is seen to grow.
const LEAK_STEP_BYTES: u64 = 16 << 20;

/// Which lanes are to hang.
pub(super) struct HangingLanes(Vec<AtomicBool>);

impl HangingLanes {
    pub(super) fn new(lanes: u32) -> Self {
        Self((0..lanes).map(|_| AtomicBool::new(false)).collect())
    }
}

impl Shared {
    /// Makes a fault of this lane, on the thread that reads the channel: those that are to end the process need no lane.
    pub(super) fn make_fault(self: &Arc<Self>, lane: usize, fault: Fault, most_bytes: u64) {
        if self.function.strike(self.first_worker + lane, fault) {
            return;
        }
        match fault {
            Fault::Segfault => write_to_nowhere(),
            Fault::Abort => std::process::abort(),
            Fault::Hang => {
                if let Some(hangs) = self.hanging.0.get(lane) {
                    hangs.store(true, Ordering::Relaxed);
                }
            }
            Fault::Leak => beside("leak", move || leak(most_bytes)),
            Fault::Flood => {
                let shared = Arc::clone(self);
                beside("flood", move || shared.flood(lane));
            }
        }
    }

    /// Never comes back where the lane is to hang. It holds no lock here, and has an item in hand: that one does not end.
    #[inline]
    pub(super) fn hang_if_wanted(&self, lane: usize) {
        while self.hanging.0.get(lane).is_some_and(|hangs| hangs.load(Ordering::Relaxed)) {
            thread::sleep(Duration::from_secs(60));
        }
    }

    /// Writes lines as the item in hand would, or past the engine where there is none.
    fn flood(&self, lane: usize) {
        let until = Instant::now() + Duration::from_secs(FLOOD_S);
        let mut number = 0_u64;
        while number < FLOOD_LINES && Instant::now() < until {
            number += 1;
            let text = format!("flood by hand, line {number}");
            match self.page.live(lane).executing {
                Some(executing) => {
                    let console = LaneConsole { shared: self, lane, index: executing.index };
                    console.line(OutputStream::Stdout, &text);
                }
                None => write_past_the_engine(&text),
            }
        }
    }
}

/// Does what takes its time, beside the lanes. Where no thread can be had the process has trouble enough.
fn beside(name: &str, work: impl FnOnce() + Send + 'static) {
    if let Err(error) = thread::Builder::new().name(name.to_owned()).spawn(work) {
        tracing::warn!("no thread could be started for a {name}: {error}");
    }
}

/// Takes memory until the bound, or until the system has no more, and keeps it for as long as the process lives.
fn leak(most_bytes: u64) {
    let pause = Duration::from_millis(LEAK_STEP_BYTES * 1000 / LEAK_BYTES_PER_S);
    let mut taken_bytes = 0;
    while taken_bytes < most_bytes {
        let mut step: Vec<u8> = Vec::new();
        let bytes = LEAK_STEP_BYTES.min(most_bytes - taken_bytes) as usize;
        if step.try_reserve_exact(bytes).is_err() {
            return;
        }
        // What is not written takes no memory. The compiler must not see that nobody reads it.
        step.resize(bytes, 1);
        std::mem::forget(black_box(step));
        taken_bytes += bytes as u64;
        thread::sleep(pause);
    }
}

fn write_past_the_engine(text: &str) {
    // With nobody left to read it, the process is about to end.
    let _ = writeln!(io::stdout(), "{text}");
}
