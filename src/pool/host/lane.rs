//! One lane at work: calls the function for each item of a chunk, times it, catches its panics, and hands what is
//! finished to its [`Stretch`], which is sent on every few milliseconds.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

use super::super::os;
use super::super::wire::{self, Said, Up};
use super::Shared;
use super::clocks::{Clocking, Marks};
use super::session::LaneCalls;
use super::sprint::{Kind, Track};
use super::stretch::{Next, Stretch};
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
    let marks = shared.marks();
    shared.stretch(lane).begin_chunk(&work, marks);
    let turns = Turns { shared, lane, marks: Cell::new(marks) };
    match shared.function.session() {
        Some(session) => LaneCalls::new(&turns, &work).run(session),
        None => run_each(&turns, &work),
    }
    let mut stretch = shared.stretch(lane);
    shared.send(lane, &mut stretch, shared.marks());
    stretch.end_chunk();
    shared.page.end(lane);
}

/// Calls the function for one item or one sprint after the other.
fn run_each(turns: &Turns<'_>, work: &Work) {
    let Turns { shared, lane, .. } = *turns;
    let mut finished = Finished::default();
    while let (Some(next), clocking) = turns.next(std::mem::take(&mut finished)) {
        finished = match next {
            Next::One(place) => turns.ended_one(place, call(shared, lane, work, place), clocking),
            Next::Sprint(places, kind) => {
                let is_clocked = clocking == Clocking::Ends;
                let sprinter = Sprinter { shared, lane, work, first: places.start, kind, is_clocked };
                turns.ended_sprint(sprinter.run())
            }
        };
    }
}

/// What a lane has just done.
#[derive(Default)]
pub(super) struct Finished {
    /// A sprint was run, and its items up to this place are finished.
    pub(super) sprinted_upto: Option<usize>,
    /// What the last item came to, where that is not in the sprint's track.
    pub(super) value: Option<Result<Value, String>>,
}

/// What a lane does between two items.
pub(super) struct Turns<'a> {
    pub(super) shared: &'a Shared,
    pub(super) lane: usize,
    /// The clocks as they were read last.
    marks: Cell<Marks>,
}

impl Turns<'_> {
    /// Records what came before, sends what is due, begins what is next. Gives that, and which clocks are to be read
    /// around it.
    pub(super) fn next(&self, finished: Finished) -> (Option<Next>, Clocking) {
        let Self { shared, lane, .. } = *self;
        let mut stretch = shared.stretch(lane);
        if let Some(upto) = finished.sprinted_upto {
            stretch.end_sprint(&shared.tracks[lane], upto, self.marks.get());
        }
        if let Some(value) = finished.value {
            stretch.record(value, self.marks.get());
        }
        if stretch.is_due(self.marks.get().at_ns) {
            self.marks.set(shared.marks());
            shared.send(lane, &mut stretch, self.marks.get());
            stretch.choose_timing();
            note_usage(shared, lane);
        }
        let next = stretch.begin_next(&shared.page, &shared.tracks[lane], lane, self.marks.get().at_ns);
        if stretch.needs_care() {
            // What is finished must not wait should this item take long.
            shared.alarm.ring();
        }
        (next, stretch.clocking())
    }

    /// The item at `place` came to this.
    pub(super) fn ended_one(
        &self,
        place: usize,
        value: Result<Value, String>,
        clocking: Clocking,
    ) -> Finished {
        // The memory that a huge result takes on its way is that item's doing, too.
        if !value.as_ref().is_ok_and(|value| value.as_ref().heap_bytes() >= HUGE_OUTPUT_BYTES) {
            self.shared.page.end(self.lane);
        }
        if clocking != Clocking::Together || place % ITEMS_BETWEEN_LOOKS == ITEMS_BETWEEN_LOOKS - 1 {
            self.marks.set(self.shared.marks());
        }
        Finished { sprinted_upto: None, value: Some(value) }
    }

    /// The sprint came to this.
    pub(super) fn ended_sprint(&self, finished: Finished) -> Finished {
        self.shared.page.end(self.lane);
        self.marks.set(self.shared.marks());
        finished
    }
}

/// A lane on a sprint.
struct Sprinter<'a> {
    shared: &'a Shared,
    lane: usize,
    work: &'a Work,
    first: usize,
    kind: Kind,
    /// When each item ended is to be kept.
    is_clocked: bool,
}

impl Sprinter<'_> {
    fn run(&self) -> Finished {
        let track = &self.shared.tracks[self.lane];
        // As in `call`; one net for all items of the sprint.
        let odd = panic::catch_unwind(AssertUnwindSafe(|| self.sprint(track)));
        let odd = odd.unwrap_or_else(|payload| Some((track.last_claimed(), Err(panic_reason(&*payload)))));
        match odd {
            // The last claim failed, unless the sprint was cut: then it was past the new end all the same.
            None => Finished { sprinted_upto: Some(track.last_claimed()), value: None },
            Some((place, value)) => Finished { sprinted_upto: Some(place), value: Some(value) },
        }
    }

    /// Runs items until none is left, or until one comes to something that is no output of the expected kind.
    fn sprint(&self, track: &Track) -> Option<(usize, Result<Value, String>)> {
        let Self { shared, lane, work, kind, .. } = *self;
        let progress = shared.page.progress(lane);
        loop {
            let place = track.claim()?;
            let index = work.first + place as u64;
            progress.go_on(index);
            let input = work.inputs.get(place).unwrap_or(ValueRef::None);
            let console = LaneConsole { shared, lane, index };
            let cx = CallContext { worker: shared.first_worker + lane, index, console: &console };
            let outcome = shared.function.call(&cx, input);
            if self.is_clocked {
                track.end_at(place - self.first, shared.now_ns());
            }
            // Looked at where it lies: to move what was just written would make the processor wait for as long as a
            // short function takes.
            let Some(word) = outcome.as_ref().ok().and_then(|value| kind.word(value)) else {
                return Some((place, outcome.and_then(sendable)));
            };
            track.keep(place - self.first, word);
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
    fn marks(&self) -> Marks {
        Marks { at_ns: self.now_ns(), cpu_ns: os::thread_cpu_ns() + function::children_cpu_ns() }
    }

    /// Sends what a lane has finished. Its stretch stays locked meanwhile, which keeps the batches in order.
    pub(super) fn send(&self, lane: usize, stretch: &mut Stretch, marks: Marks) {
        if let Some(batch) = stretch.take_batch(marks) {
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
