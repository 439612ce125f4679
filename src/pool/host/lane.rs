//! One lane at work: calls the function for each item of a chunk, times it, catches its panics, and hands what is
//! finished to its [`ChunkProgress`], which is sent on every few milliseconds.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

use super::super::os;
use super::super::wire::{self, Said, Up};
use super::Shared;
use super::chunk_progress::{ChunkProgress, NextWork};
use super::clocks::{ClockReading, TimingMode};
use super::fast_batch::{ClaimRing, Kind};
use super::session::SessionCalls;
use crate::function::{self, CallContext, Console, Stream};
use crate::value::{Column, Value, ValueRef};

/// Items run between two looks at the clock when they are timed together.
const ITEMS_BETWEEN_LOOKS: usize = 64;
/// The peak of memory is read this often: it costs as much as a short item.
const USAGE_NS: u64 = 50_000_000;
/// No output is larger: it has to fit a frame with all that goes around it.
const MAX_OUTPUT_BYTES: usize = wire::MAX_FRAME_BYTES - (64 << 20);
/// An item with a larger output is in hand until that is sent.
const HUGE_OUTPUT_BYTES: usize = 1 << 20;

/// A chunk as it came.
pub(super) struct Work {
    pub(super) first: u64,
    pub(super) inputs: Column,
}

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

/// Runs the items of a chunk on `lane`, all but those that are given back meanwhile.
pub(super) fn run(shared: &Shared, lane: usize, work: Work) {
    let work = Arc::new(work);
    note_usage(shared, lane);
    let reading = shared.reading();
    shared.chunk_progress(lane).begin_chunk(&work, reading);
    let item_loop = ItemLoop { shared, lane, reading: Cell::new(reading) };
    match shared.function.session() {
        Some(session) => SessionCalls::new(&item_loop, &work).run(session),
        None => run_each(&item_loop, &work),
    }
    let mut chunk_progress = shared.chunk_progress(lane);
    shared.send(lane, &mut chunk_progress, shared.reading());
    chunk_progress.end_chunk();
    shared.page.end(lane);
}

/// Calls the function for one item or one fast batch after the other.
fn run_each(item_loop: &ItemLoop<'_>, work: &Work) {
    let ItemLoop { shared, lane, .. } = *item_loop;
    let mut finished = Finished::default();
    while let (Some(next), timing_mode) = item_loop.next(std::mem::take(&mut finished)) {
        finished = match next {
            NextWork::One(place) => item_loop.ended_one(place, call(shared, lane, work, place), timing_mode),
            NextWork::FastBatch(places, kind) => {
                let is_clocked = timing_mode == TimingMode::Ends;
                let sprinter = FastBatchRun { shared, lane, work, first: places.start, kind, is_clocked };
                item_loop.ended_fast_batch(sprinter.run())
            }
        };
    }
}

/// What a lane has just done.
#[derive(Default)]
pub(super) struct Finished {
    /// A fast batch was run, and its items up to this place are finished.
    pub(super) sprinted_upto: Option<usize>,
    /// What the last item came to, where that is not in the fast batch's ring.
    pub(super) value: Option<Result<Value, String>>,
}

/// What a lane does between two items.
pub(super) struct ItemLoop<'a> {
    pub(super) shared: &'a Shared,
    pub(super) lane: usize,
    /// The clocks as they were read last.
    reading: Cell<ClockReading>,
}

impl ItemLoop<'_> {
    /// Records what came before, sends what is due, begins what is next. Gives that, and which clocks are to be read
    /// around it.
    pub(super) fn next(&self, finished: Finished) -> (Option<NextWork>, TimingMode) {
        let Self { shared, lane, .. } = *self;
        let mut chunk_progress = shared.chunk_progress(lane);
        if let Some(upto) = finished.sprinted_upto {
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
        Finished { sprinted_upto: None, value: Some(value) }
    }

    /// The fast batch came to this.
    pub(super) fn ended_fast_batch(&self, finished: Finished) -> Finished {
        self.shared.page.end(self.lane);
        self.reading.set(self.shared.reading());
        finished
    }
}

/// A lane on a fast batch.
struct FastBatchRun<'a> {
    shared: &'a Shared,
    lane: usize,
    work: &'a Work,
    first: usize,
    kind: Kind,
    /// When each item ended is to be kept.
    is_clocked: bool,
}

impl FastBatchRun<'_> {
    fn run(&self) -> Finished {
        let ring = &self.shared.rings[self.lane];
        // As in `call`; one net for all items of the fast batch.
        let odd = panic::catch_unwind(AssertUnwindSafe(|| self.fast_batch(ring)));
        let odd = odd.unwrap_or_else(|payload| Some((ring.last_claimed(), Err(panic_reason(&*payload)))));
        match odd {
            // The last claim failed, unless the fast batch was cut: then it was past the new end all the same.
            None => Finished { sprinted_upto: Some(ring.last_claimed()), value: None },
            Some((place, value)) => Finished { sprinted_upto: Some(place), value: Some(value) },
        }
    }

    /// Runs items until none is left, or until one comes to something that is no output of the expected kind.
    fn fast_batch(&self, ring: &ClaimRing) -> Option<(usize, Result<Value, String>)> {
        let Self { shared, lane, work, kind, .. } = *self;
        let progress = shared.page.progress(lane);
        loop {
            let place = ring.claim()?;
            let index = work.first + place as u64;
            progress.go_on(index);
            let input = work.inputs.get(place).unwrap_or(ValueRef::None);
            let console = LaneConsole { shared, lane, index };
            let cx = CallContext { worker: shared.first_worker + lane, index, console: &console };
            let outcome = shared.function.call(&cx, input);
            if self.is_clocked {
                ring.end_at(place - self.first, shared.now_ns());
            }
            // Looked at where it lies: to move what was just written would make the processor wait for as long as a
            // short function takes.
            let Some(word) = outcome.as_ref().ok().and_then(|value| kind.word(value)) else {
                return Some((place, outcome.and_then(sendable)));
            };
            ring.keep(place - self.first, word);
        }
    }
}

fn note_usage(shared: &Shared, lane: usize) {
    let now_ns = shared.now_ns();
    let is_due = USAGE_READ_NS.with_borrow(|read_ns| *read_ns == 0 || now_ns - *read_ns >= USAGE_NS);
    let peak_rss_bytes = is_due.then(|| {
        USAGE_READ_NS.with_borrow_mut(|read_ns| *read_ns = now_ns);
        os::own_peak_rss_bytes().max(function::children_peak_rss_bytes())
    });
    shared.page.note_usage(lane, peak_rss_bytes);
}

fn call(shared: &Shared, lane: usize, work: &Work, place: usize) -> Result<Value, String> {
    let index = work.first + place as u64;
    let input = work.inputs.get(place).unwrap_or(ValueRef::None);
    let console = LaneConsole { shared, lane, index };
    let cx = CallContext { worker: shared.first_worker + lane, index, console: &console };
    // A function is only ever called again from its beginning; what it shares it guards itself.
    let call = AssertUnwindSafe(|| shared.function.call(&cx, input));
    let value = panic::catch_unwind(call).unwrap_or_else(|payload| Err(panic_reason(&*payload)))?;
    sendable(value)
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
    fn reading(&self) -> ClockReading {
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
    fn line(&self, stream: Stream, text: &str) {
        let lane = self.lane as u32;
        let at_ns = self.shared.now_ns();
        let said = Said { lane, index: self.index, stream, at_ns, text: text.to_owned() };
        self.shared.output.send(&Up::Said(said));
    }
}
