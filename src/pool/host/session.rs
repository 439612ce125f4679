//! A lane whose function runs many calls together: the items of a chunk as the calls of a session.
//!
//! The session lasts for as long as the chunk does, over single items and fast batches, so that what the function has made
//! ready serves for all of them.

use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};

use super::super::status_page::Progress;
use super::chunk_progress::NextWork;
use super::clocks::TimingMode;
use super::fast_batch::{ClaimRing, Kind};
use super::lane::{Finished, ItemLoop, LaneConsole, Work, panic_reason, sendable};
use crate::function::{Calls, Console, Session, Stream};
use crate::value::{Value, ValueRef};

const NO_RESULT: &str = "the function ended without a result";

/// What the lane is in.
#[derive(Clone, Copy)]
enum Stage {
    /// Between items.
    Between,
    One {
        timing_mode: TimingMode,
    },
    FastBatch {
        first: usize,
        kind: Kind,
        /// When each item ended is to be kept.
        is_clocked: bool,
    },
    /// Nothing is left.
    Over,
}

/// See the module's text.
pub(super) struct SessionCalls<'a> {
    item_loop: &'a ItemLoop<'a>,
    work: &'a Work,
    ring: &'a ClaimRing,
    progress: Progress<'a>,
    stage: Cell<Stage>,
    /// Of the item in hand.
    place: Cell<usize>,
    finished: RefCell<Finished>,
    has_begun: Cell<bool>,
}

impl<'a> SessionCalls<'a> {
    pub(super) fn new(item_loop: &'a ItemLoop<'a>, work: &'a Work) -> Self {
        Self {
            item_loop,
            work,
            ring: &item_loop.shared.rings[item_loop.lane],
            progress: item_loop.shared.page.progress(item_loop.lane),
            stage: Cell::new(Stage::Between),
            place: Cell::new(0),
            finished: RefCell::default(),
            has_begun: Cell::default(),
        }
    }

    /// Runs all items of the chunk.
    pub(super) fn run(&self, session: &dyn Session) {
        while !matches!(self.stage.get(), Stage::Over) {
            // A function is only ever called again from its beginning; what it shares it guards itself.
            let run = panic::catch_unwind(AssertUnwindSafe(|| session.run(self)));
            match (run, self.stage.get()) {
                (Ok(()), Stage::Over) => {}
                (Err(payload), Stage::One { .. } | Stage::FastBatch { .. }) => {
                    self.end_with(Err(panic_reason(&*payload)));
                }
                (Ok(()), Stage::One { .. } | Stage::FastBatch { .. }) => {
                    self.end_with(Err(NO_RESULT.to_owned()))
                }
                // It gave up between two calls; one that begins none would go on so for ever.
                (run, _) if !self.has_begun.take() && self.begin().is_some() => {
                    let reason =
                        run.map_or_else(|payload| panic_reason(&*payload), |()| NO_RESULT.to_owned());
                    self.end_with(Err(reason));
                }
                _ => {}
            }
            self.has_begun.set(false);
        }
    }

    /// Ends what the lane is in with this outcome of the item in hand.
    #[cold]
    fn end_with(&self, outcome: Result<Value, String>) {
        let (place, outcome) = (self.place.get(), outcome.and_then(sendable));
        let finished = match self.stage.get() {
            Stage::One { timing_mode } => self.item_loop.ended_one(place, outcome, timing_mode),
            _ => {
                self.item_loop.ended_fast_batch(Finished { sprinted_upto: Some(place), value: Some(outcome) })
            }
        };
        self.finished.replace(finished);
        self.stage.set(Stage::Between);
    }

    /// Goes on to the next item; nothing where none is left.
    fn turn(&self) -> Option<usize> {
        loop {
            let (next, timing_mode) = self.item_loop.next(self.finished.take());
            match next {
                None => {
                    self.stage.set(Stage::Over);
                    return None;
                }
                Some(NextWork::One(place)) => {
                    self.stage.set(Stage::One { timing_mode });
                    return Some(place);
                }
                Some(NextWork::FastBatch(places, kind)) => {
                    let is_clocked = timing_mode == TimingMode::Ends;
                    self.stage.set(Stage::FastBatch { first: places.start, kind, is_clocked });
                    if let Some(place) = self.claim() {
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
        let sprinted_upto = Some(self.ring.last_claimed());
        self.finished.replace(self.item_loop.ended_fast_batch(Finished { sprinted_upto, value: None }));
        self.stage.set(Stage::Between);
    }
}

impl Console for SessionCalls<'_> {
    fn line(&self, stream: Stream, text: &str) {
        let ItemLoop { shared, lane, .. } = *self.item_loop;
        let index = self.work.first + self.place.get() as u64;
        LaneConsole { shared, lane, index }.line(stream, text);
    }
}

impl Calls for SessionCalls<'_> {
    fn worker(&self) -> usize {
        self.item_loop.shared.first_worker + self.item_loop.lane
    }

    fn begin(&self) -> Option<ValueRef<'_>> {
        let claimed = if matches!(self.stage.get(), Stage::FastBatch { .. }) { self.claim() } else { None };
        let place = claimed.or_else(|| self.turn())?;
        self.place.set(place);
        self.has_begun.set(true);
        // As it comes: to move what was just written would make the processor wait.
        self.work.inputs.get(place)
    }

    fn end(&self, outcome: Result<Value, String>) -> bool {
        debug_assert!(!matches!(self.stage.get(), Stage::Between | Stage::Over), "no call is in hand");
        if let Stage::FastBatch { first, kind, is_clocked } = self.stage.get() {
            let nth = self.place.get() - first;
            if is_clocked {
                self.ring.end_at(nth, self.item_loop.shared.now_ns());
            }
            if let Some(word) = outcome.as_ref().ok().and_then(|value| kind.word(value)) {
                self.ring.keep(nth, word);
                return true;
            }
        }
        self.end_with(outcome);
        true
    }
}
