//! The items of a chunk as calls of the function, one after the other, over single items and fast batches.
//!
//! A function that has a session runs them itself, so that what it has made ready serves for all of them; any other is
//! called for each.

use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

use super::super::status_page::ItemProgress;
use super::Shared;
use super::chunk_progress::{NextWork, Work};
use super::clocks::TimingMode;
use super::fast_batch::{ClaimRing, Kind};
use super::lane::{BetweenItems, Finished, LaneConsole, note_usage, panic_reason, sendable};
use crate::function::{CallContext, CallQueue, Console, Function, OutputStream};
use crate::value::{Value, ValueRef};

const NO_RESULT: &str = "the function ended without a result";

/// Runs the items of a chunk on `lane`, all but those that are given back meanwhile.
pub(super) fn run(shared: &Shared, lane: usize, work: Work) {
    let work = Arc::new(work);
    note_usage(shared, lane);
    let reading = shared.reading();
    shared.chunk_progress(lane).begin_chunk(&work, reading);
    let between = BetweenItems::new(shared, lane, reading);
    LaneCalls::new(&between, &work).run(&*shared.function);
    let mut chunk_progress = shared.chunk_progress(lane);
    shared.send(lane, &mut chunk_progress, shared.reading());
    chunk_progress.end_chunk();
    shared.page.end(lane);
}

/// What the lane is in.
#[derive(Clone, Copy)]
enum LaneStage {
    /// Between items.
    Between,
    One {
        timing_mode: TimingMode,
    },
    FastBatch(FastBatch),
    /// Nothing is left.
    Over,
}

/// A fast batch as the lane knows it.
#[derive(Clone, Copy)]
struct FastBatch {
    first_place: usize,
    kind: Kind,
    /// When each item ended is to be kept.
    is_clocked: bool,
}

/// The calls of one chunk on one lane.
struct LaneCalls<'a> {
    between: &'a BetweenItems<'a>,
    work: &'a Work,
    ring: &'a ClaimRing,
    progress: ItemProgress<'a>,
    stage: Cell<LaneStage>,
    /// Of the item that was begun last; before the first, none has this place.
    place: Cell<usize>,
    finished: RefCell<Finished>,
}

impl<'a> LaneCalls<'a> {
    fn new(between: &'a BetweenItems<'a>, work: &'a Work) -> Self {
        Self {
            between,
            work,
            ring: &between.shared.rings[between.lane],
            progress: between.shared.page.progress(between.lane),
            stage: Cell::new(LaneStage::Between),
            place: Cell::new(usize::MAX),
            finished: RefCell::default(),
        }
    }

    /// Runs all items of the chunk.
    fn run(&self, function: &dyn Function) {
        match function.session() {
            Some(session) => self.run_by(|| session.run(self)),
            None => self.run_by(|| self.call_each(function)),
        }
    }

    fn call_each(&self, function: &dyn Function) {
        while let Some(input) = self.begin() {
            match self.stage.get() {
                LaneStage::FastBatch(batch) => self.call_batch(function, batch, input),
                _ => self.end_with(self.call(function, input)),
            }
        }
    }

    /// As `begin` and `end`, without looking each time where the lane is: a nanosecond is much for a short item.
    fn call_batch<'b>(&'b self, function: &dyn Function, batch: FastBatch, mut input: ValueRef<'b>) {
        loop {
            let outcome = self.call(function, input);
            if !self.keeps(batch, &outcome) {
                return self.end_with(outcome);
            }
            let Some(place) = self.claim() else { return };
            self.place.set(place);
            input = self.work.inputs.get(place).unwrap_or(ValueRef::None);
        }
    }

    #[inline]
    fn call(&self, function: &dyn Function, input: ValueRef<'_>) -> Result<Value, String> {
        let index = self.work.first + self.place.get() as u64;
        let is_thread = self.between.shared.are_threads;
        function.call(&CallContext { worker: self.worker(), is_thread, index, console: self }, input)
    }

    /// Runs calls until none is left, however often `run_calls` gives up.
    fn run_by(&self, run_calls: impl Fn()) {
        while !matches!(self.stage.get(), LaneStage::Over) {
            let place_before = self.place.get();
            // A function is only ever called again from its beginning; what it shares it guards itself.
            let run = panic::catch_unwind(AssertUnwindSafe(&run_calls));
            match (run, self.stage.get()) {
                (Ok(()), LaneStage::Over) => {}
                (Err(payload), LaneStage::One { .. } | LaneStage::FastBatch(_)) => {
                    self.end_with(Err(panic_reason(&*payload)));
                }
                (Ok(()), LaneStage::One { .. } | LaneStage::FastBatch(_)) => {
                    self.end_with(Err(NO_RESULT.to_owned()))
                }
                // It gave up between two calls; one that begins none would go on so for ever.
                (run, _) if self.place.get() == place_before && self.begin().is_some() => {
                    let reason =
                        run.map_or_else(|payload| panic_reason(&*payload), |()| NO_RESULT.to_owned());
                    self.end_with(Err(reason));
                }
                _ => {}
            }
        }
    }

    /// Keeps the outcome of the item in hand in the ring of the fast batch; false where it is no output for that.
    ///
    /// It is looked at where it lies: to move what was just written would make the processor wait for as long as a short
    /// function takes.
    #[inline]
    fn keeps(&self, batch: FastBatch, outcome: &Result<Value, String>) -> bool {
        let nth = self.place.get() - batch.first_place;
        if batch.is_clocked {
            self.ring.end_at(nth, self.between.shared.now_ns());
        }
        let Some(word) = outcome.as_ref().ok().and_then(|value| batch.kind.word(value)) else { return false };
        self.ring.keep(nth, word);
        true
    }

    /// Ends what the lane is in with this outcome of the item in hand.
    #[cold]
    fn end_with(&self, outcome: Result<Value, String>) {
        self.between.shared.hang_if_wanted(self.between.lane);
        let (place, outcome) = (self.place.get(), outcome.and_then(sendable));
        let finished = match self.stage.get() {
            LaneStage::One { timing_mode } => self.between.ended_one(place, outcome, timing_mode),
            _ => {
                self.between.ended_fast_batch(Finished { fast_batch_upto: Some(place), value: Some(outcome) })
            }
        };
        self.finished.replace(finished);
        self.stage.set(LaneStage::Between);
    }

    /// Goes on to the next item; nothing where none is left.
    fn next_place(&self) -> Option<usize> {
        loop {
            let (next, timing_mode) = self.between.next(self.finished.take());
            match next {
                None => {
                    self.stage.set(LaneStage::Over);
                    return None;
                }
                Some(NextWork::One(place)) => {
                    self.stage.set(LaneStage::One { timing_mode });
                    return Some(place);
                }
                Some(NextWork::FastBatch(places, kind)) => {
                    let is_clocked = timing_mode == TimingMode::Ends;
                    self.stage.set(LaneStage::FastBatch(FastBatch {
                        first_place: places.start,
                        kind,
                        is_clocked,
                    }));
                    if let Some(place) = self.claim() {
                        // Items of fast batches end without a look at whether they are to.
                        self.between.shared.hang_if_wanted(self.between.lane);
                        return Some(place);
                    }
                }
            }
        }
    }

    /// The next item of the fast batch; where there is none, the fast batch is over.
    #[inline]
    fn claim(&self) -> Option<usize> {
        let claimed = self.ring.claim();
        match claimed {
            Some(place) => self.progress.go_on(self.work.first + place as u64),
            None => self.end_fast_batch(),
        }
        claimed
    }

    #[cold]
    fn end_fast_batch(&self) {
        // The last claim failed, unless the fast batch was cut: then it was past the new end all the same.
        let fast_batch_upto = Some(self.ring.last_claimed());
        self.finished.replace(self.between.ended_fast_batch(Finished { fast_batch_upto, value: None }));
        self.stage.set(LaneStage::Between);
    }
}

impl Console for LaneCalls<'_> {
    fn line(&self, stream: OutputStream, text: &str) {
        let BetweenItems { shared, lane, .. } = *self.between;
        let index = self.work.first + self.place.get() as u64;
        LaneConsole { shared, lane, index }.line(stream, text);
    }
}

impl CallQueue for LaneCalls<'_> {
    fn worker(&self) -> usize {
        self.between.shared.first_worker + self.between.lane
    }

    #[inline]
    fn begin(&self) -> Option<ValueRef<'_>> {
        let claimed = if matches!(self.stage.get(), LaneStage::FastBatch(_)) { self.claim() } else { None };
        let place = claimed.or_else(|| self.next_place())?;
        self.place.set(place);
        // As it comes: to move what was just written would make the processor wait.
        self.work.inputs.get(place)
    }

    #[inline]
    fn end(&self, outcome: Result<Value, String>) -> bool {
        if let LaneStage::FastBatch(batch) = self.stage.get()
            && self.keeps(batch, &outcome)
        {
            return true;
        }
        self.end_with(outcome);
        true
    }
}
