//! One lane at work: calls the function for each item of a chunk, times it, catches its panics, and sends what is
//! finished on at least every millisecond, so that a death loses next to nothing.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};

use super::super::os;
use super::super::record::{Batch, Timing};
use super::super::wire::{self, Said, Up};
use super::Shared;
use crate::function::{CallContext, Console, Stream};
use crate::value::{Column, Value, ValueRef};

/// Finished items are sent on when the first of them is this old.
const FLUSH_NS: u64 = 1_000_000;
/// Below this, reading two clocks for every item would be a good part of its time.
const WORTH_TIMING_NS: u64 = 5_000;
/// Items run between two looks at the clock when they are timed together.
const ITEMS_BETWEEN_LOOKS: usize = 64;
/// The peak of memory is read this often: it costs as much as a short item.
const USAGE_NS: u64 = 50_000_000;

/// Finished items are also sent on when their outputs are this large.
const FLUSH_BYTES: usize = 8 << 20;
/// No output is larger: it has to fit a frame with all that goes around it.
const MAX_OUTPUT_BYTES: usize = wire::MAX_FRAME_BYTES - (64 << 20);

/// A chunk as it came.
pub(super) struct Work {
    pub(super) first: u64,
    pub(super) inputs: Column,
}

thread_local! {
    /// What the last item on this lane took, which decides how the next are timed.
    static LAST_ITEM_NS: RefCell<u64> = const { RefCell::new(u64::MAX) };
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

/// Runs all items of a chunk on `lane` and sends what they made.
pub(super) fn run(shared: &Shared, lane: usize, work: &Work) {
    let mut place = 0;
    while place < work.inputs.len() {
        let item_ns = LAST_ITEM_NS.with_borrow(|ns| *ns);
        let mut stretch = Stretch::new(shared, lane, work, place);
        if item_ns < WORTH_TIMING_NS {
            stretch.run_together()
        } else {
            stretch.run_each()
        }
        place = stretch.place;
        let batch = stretch.into_batch();
        let (_, _, busy_ns) = batch.timing.extent();
        LAST_ITEM_NS.with_borrow_mut(|ns| *ns = busy_ns / batch.count.max(1) as u64);
        note_usage(shared, lane);
        shared.output.send(&Up::Finished { lane: lane as u32, batch });
    }
}

fn note_usage(shared: &Shared, lane: usize) {
    let now_ns = shared.now_ns();
    let is_due = USAGE_READ_NS.with_borrow(|read_ns| *read_ns == 0 || now_ns - *read_ns >= USAGE_NS);
    let peak_rss_bytes = is_due.then(|| {
        USAGE_READ_NS.with_borrow_mut(|read_ns| *read_ns = now_ns);
        os::own_peak_rss_bytes()
    });
    shared.page.note_usage(lane, peak_rss_bytes);
}

/// Items of a chunk that are run one after the other and sent together.
struct Stretch<'a> {
    shared: &'a Shared,
    lane: usize,
    work: &'a Work,
    /// The first item of the stretch, and the one whose turn it is, as places in the chunk.
    first: usize,
    place: usize,
    outputs: Column,
    output_bytes: usize,
    failures: Vec<(u32, String)>,
    timing: Timing,
}

impl<'a> Stretch<'a> {
    fn new(shared: &'a Shared, lane: usize, work: &'a Work, first: usize) -> Self {
        let timing = Timing::Whole { start_ns: 0, duration_ns: 0, cpu_ns: 0 };
        Self {
            shared,
            lane,
            work,
            first,
            place: first,
            outputs: Column::default(),
            output_bytes: 0,
            failures: Vec::new(),
            timing,
        }
    }

    /// Runs items with a span each.
    fn run_each(&mut self) {
        let (mut start_ns, mut duration_ns, mut cpu_ns) = (Vec::new(), Vec::new(), Vec::new());
        let begun_ns = self.shared.now_ns();
        let mut item_ns = begun_ns;
        let mut item_cpu_ns = os::thread_cpu_ns();
        // A long first item is to be seen on its core from its beginning.
        self.shared.page.note_usage(self.lane, None);
        while self.goes_on(item_ns - begun_ns) {
            self.run_item(item_ns);
            let (ended_ns, ended_cpu_ns) = (self.shared.now_ns(), os::thread_cpu_ns());
            start_ns.push(item_ns);
            duration_ns.push(ended_ns - item_ns);
            cpu_ns.push(ended_cpu_ns - item_cpu_ns);
            (item_ns, item_cpu_ns) = (ended_ns, ended_cpu_ns);
        }
        self.timing = Timing::Each { start_ns, duration_ns, cpu_ns };
    }

    /// Runs items with one span for all.
    fn run_together(&mut self) {
        let start_ns = self.shared.now_ns();
        let start_cpu_ns = os::thread_cpu_ns();
        let mut now_ns = start_ns;
        while self.goes_on(now_ns - start_ns) {
            let upto = self.work.inputs.len().min(self.place + ITEMS_BETWEEN_LOOKS);
            while self.place < upto && self.output_bytes < FLUSH_BYTES {
                self.run_item(now_ns);
            }
            now_ns = self.shared.now_ns();
        }
        let cpu_ns = os::thread_cpu_ns() - start_cpu_ns;
        self.timing = Timing::Whole { start_ns, duration_ns: now_ns - start_ns, cpu_ns };
    }

    fn goes_on(&self, since_begun_ns: u64) -> bool {
        let is_left = self.place < self.work.inputs.len();
        is_left && since_begun_ns < FLUSH_NS && self.output_bytes < FLUSH_BYTES
    }

    fn run_item(&mut self, now_ns: u64) {
        let index = self.work.first + self.place as u64;
        let input = self.work.inputs.get(self.place).unwrap_or(ValueRef::None);
        self.shared.page.begin(self.lane, index, now_ns);
        match self.call(index, input) {
            Ok(value) => {
                self.output_bytes += value.as_ref().heap_bytes();
                self.outputs.push(value);
            }
            Err(reason) => self.failures.push(((self.place - self.first) as u32, reason)),
        }
        self.shared.page.end(self.lane);
        self.place += 1;
    }

    fn call(&self, index: u64, input: ValueRef<'_>) -> Result<Value, String> {
        let console = LaneConsole { shared: self.shared, lane: self.lane, index };
        let cx = CallContext { worker: self.shared.first_worker + self.lane, index, console: &console };
        // A function is only ever called again from its beginning; what it shares it guards itself.
        let call = AssertUnwindSafe(|| self.shared.function.call(&cx, input));
        let value = panic::catch_unwind(call).unwrap_or_else(|payload| {
            let kept = LAST_PANIC.with(|last| last.borrow_mut().take());
            Err(kept.unwrap_or_else(|| format!("panicked: {}", panic_text(&*payload))))
        })?;
        match value.as_ref().heap_bytes() {
            bytes @ MAX_OUTPUT_BYTES.. => {
                Err(format!("the result of {bytes} bytes is larger than a message can be"))
            }
            _ => Ok(value),
        }
    }

    fn into_batch(self) -> Batch {
        Batch {
            first: self.work.first + self.first as u64,
            count: self.place - self.first,
            outputs: self.outputs,
            failures: self.failures,
            timing: self.timing,
        }
    }
}

/// Sends the lines of one call on, each at once: what was written before a crash is kept.
struct LaneConsole<'a> {
    shared: &'a Shared,
    lane: usize,
    index: u64,
}

impl Console for LaneConsole<'_> {
    fn line(&self, stream: Stream, text: &str) {
        let lane = self.lane as u32;
        let at_ns = self.shared.now_ns();
        let said = Said { lane, index: self.index, stream, at_ns, text: text.to_owned() };
        self.shared.output.send(&Up::Said(said));
    }
}
