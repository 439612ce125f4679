//! One lane at work on a chunk, between two items: hands what is finished to its [`ChunkProgress`], which is sent on every
//! few milliseconds, and begins what is next. How the function is called is a matter of [`LaneCalls`].

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic;

use super::super::os;
use super::super::wire::{self, Said, Up};
use super::Shared;
use super::chunk_progress::{ChunkProgress, NextWork};
use super::clocks::{ClockReading, TimingMode};
use crate::function::{self, Console, OutputStream};
use crate::value::Value;

/// Items run between two looks at the clock when they are timed together.
const ITEMS_BETWEEN_LOOKS: usize = 64;
/// The peak of memory is read this often: it costs as much as a short item.
const USAGE_NS: u64 = 50_000_000;
/// No output is larger: it has to fit a frame with all that goes around it.
const MAX_OUTPUT_BYTES: usize = wire::MAX_FRAME_BYTES - (64 << 20);
/// An item with a larger output is in hand until that is sent.
const HUGE_OUTPUT_BYTES: usize = 1 << 20;

thread_local! {
    static USAGE_READ_NS: RefCell<u64> = const { RefCell::new(0) };
    /// Message and place of the last panic on this lane.
    static LAST_PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Has panics of functions kept for their rows, instead of being written to standard error.
pub(super) fn keep_panics_for_rows() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(|place| format!(" ({}:{})", place.file(), place.line()));
        let text = format!("panicked: {}{}", panic_text(info.payload()), place.unwrap_or_default());
        LAST_PANIC.with(|last| *last.borrow_mut() = Some(text));
    }));
}

fn panic_text(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

/// The sentence for the row of an item that panicked on this lane.
pub(super) fn panic_reason(payload: &(dyn Any + Send)) -> String {
    let kept = LAST_PANIC.with(|last| last.borrow_mut().take());
    kept.unwrap_or_else(|| format!("panicked: {}", panic_text(payload)))
}

/// What a lane has just done.
#[derive(Default)]
pub(super) struct Finished {
    /// A fast batch was run, and its items up to this place are finished.
    pub(super) fast_batch_upto: Option<usize>,
    /// What the last item came to, where that is not in the fast batch's ring.
    pub(super) value: Option<Result<Value, String>>,
}

/// What a lane does between two items.
pub(super) struct BetweenItems<'a> {
    pub(super) shared: &'a Shared,
    pub(super) lane: usize,
    /// The clocks as they were read last.
    reading: Cell<ClockReading>,
}

impl<'a> BetweenItems<'a> {
    /// Before the first item, with the clocks as they were just read.
    pub(super) fn new(shared: &'a Shared, lane: usize, reading: ClockReading) -> Self {
        Self { shared, lane, reading: Cell::new(reading) }
    }

    /// Records what came before, sends what is due, begins what is next. Gives that, and which clocks are to be read
    /// around it.
    pub(super) fn next(&self, finished: Finished) -> (Option<NextWork>, TimingMode) {
        let Self { shared, lane, .. } = *self;
        let mut chunk_progress = shared.chunk_progress(lane);
        if let Some(upto) = finished.fast_batch_upto {
            chunk_progress.end_fast_batch(&shared.rings[lane], upto, self.reading.get());
        }
        if let Some(value) = finished.value {
            chunk_progress.record(value, self.reading.get());
        }
        if chunk_progress.is_due(self.reading.get().at_ns) {
            self.reading.set(shared.reading());
            shared.send(lane, &mut chunk_progress, self.reading.get());
            chunk_progress.choose_timing();
            note_usage(shared, lane);
        }
        let next =
            chunk_progress.begin_next(&shared.page, &shared.rings[lane], lane, self.reading.get().at_ns);
        if chunk_progress.needs_care() {
            // What is finished must not wait should this item take long.
            shared.wakeup.notify();
        }
        (next, chunk_progress.timing_mode())
    }

    /// The item at `place` came to this.
    pub(super) fn ended_one(
        &self,
        place: usize,
        value: Result<Value, String>,
        timing_mode: TimingMode,
    ) -> Finished {
        // The memory that a huge result takes on its way is that item's doing, too.
        if !value.as_ref().is_ok_and(|value| value.as_ref().heap_bytes() >= HUGE_OUTPUT_BYTES) {
            self.shared.page.end(self.lane);
        }
        if timing_mode != TimingMode::Together || place % ITEMS_BETWEEN_LOOKS == ITEMS_BETWEEN_LOOKS - 1 {
            self.reading.set(self.shared.reading());
        }
        Finished { fast_batch_upto: None, value: Some(value) }
    }

    /// The fast batch came to this.
    pub(super) fn ended_fast_batch(&self, finished: Finished) -> Finished {
        self.shared.page.end(self.lane);
        self.reading.set(self.shared.reading());
        finished
    }
}

pub(super) fn note_usage(shared: &Shared, lane: usize) {
    let now_ns = shared.now_ns();
    let is_due = USAGE_READ_NS.with_borrow(|read_ns| *read_ns == 0 || now_ns - *read_ns >= USAGE_NS);
    let peak_rss_bytes = is_due.then(|| {
        USAGE_READ_NS.with_borrow_mut(|read_ns| *read_ns = now_ns);
        os::own_peak_rss_bytes().max(function::children_peak_rss_bytes())
    });
    shared.page.note_usage(lane, peak_rss_bytes);
}

/// The value, unless it is too large for a message.
pub(super) fn sendable(value: Value) -> Result<Value, String> {
    match value.as_ref().heap_bytes() {
        bytes @ MAX_OUTPUT_BYTES.. => {
            Err(format!("the result of {bytes} bytes is larger than a message can be"))
        }
        _ => Ok(value),
    }
}

impl Shared {
    /// Both clocks of the calling lane; the processes that its function has started are a part of its work.
    pub(super) fn reading(&self) -> ClockReading {
        ClockReading { at_ns: self.now_ns(), cpu_ns: os::thread_cpu_ns() + function::children_cpu_ns() }
    }

    /// Sends what a lane has finished. Its progress stays locked meanwhile, which keeps the batches in order.
    pub(super) fn send(&self, lane: usize, chunk_progress: &mut ChunkProgress, reading: ClockReading) {
        if let Some(batch) = chunk_progress.take_batch(reading) {
            self.output.send(&Up::Finished { lane: lane as u32, batch });
        }
    }
}

/// Sends the lines of one call on, each at once: what was written before a crash is kept.
pub(super) struct LaneConsole<'a> {
    pub(super) shared: &'a Shared,
    pub(super) lane: usize,
    pub(super) index: u64,
}

impl Console for LaneConsole<'_> {
    fn line(&self, stream: OutputStream, text: &str) {
        let lane = self.lane as u32;
        let at_ns = self.shared.now_ns();
        let said = Said { lane, index: self.index, stream, at_ns, text: text.to_owned() };
        self.shared.output.send(&Up::Said(said));
    }
}
