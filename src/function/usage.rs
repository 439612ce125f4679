//! What the processes used that a call has started and waited for: it is a part of what the call cost.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

thread_local! {
    static CPU_NS: Cell<u64> = const { Cell::new(0) };
}

static PEAK_RSS_BYTES: AtomicU64 = AtomicU64::new(0);

/// What a process used, with the processes that it has waited for itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    pub cpu_ns: u64,
    pub peak_rss_bytes: u64,
}

impl Usage {
    /// Counts it in for the calling thread.
    pub fn note(self) {
        CPU_NS.set(CPU_NS.get() + self.cpu_ns);
        PEAK_RSS_BYTES.fetch_max(self.peak_rss_bytes, Ordering::Relaxed);
    }
}

/// CPU time of all processes that the calling thread has waited for.
pub fn children_cpu_ns() -> u64 {
    CPU_NS.get()
}

/// The most memory that one of them held, of all threads.
pub fn children_peak_rss_bytes() -> u64 {
    PEAK_RSS_BYTES.load(Ordering::Relaxed)
}
