//! A lane whose function runs many calls together: the items of a chunk as the calls of a session.
//!
//! The session lasts for as long as the chunk does, over single items and sprints, so that what the function has made
//! ready serves for all of them.

use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};

use super::super::page::Progress;
use super::clocks::Clocking;
use super::lane::{Finished, LaneConsole, Turns, Work, panic_reason, sendable};
use super::sprint::{Kind, Track};
use super::stretch::Next;
use crate::function::{Calls, Console, Session, Stream};
use crate::value::{Value, ValueRef};

const NO_RESULT: &str = "the function ended without a result";

/// What the lane is in.
#[derive(Clone, Copy)]
enum Stage {
    /// Between items.
    Between,
    One {
        clocking: Clocking,
    },
    Sprint {
        first: usize,
        kind: Kind,
        /// When each item ended is to be kept.
        is_clocked: bool,
    },
    /// Nothing is left.
    Over,
}

/// See the module's text.
pub(super) struct LaneCalls<'a> {
    turns: &'a Turns<'a>,
    work: &'a Work,
    track: &'a Track,
    progress: Progress<'a>,
    stage: Cell<Stage>,
    /// Of the item in hand.
    place: Cell<usize>,
    finished: RefCell<Finished>,
    has_begun: Cell<bool>,
}

impl<'a> LaneCalls<'a> {
    pub(super) fn new(turns: &'a Turns<'a>, work: &'a Work) -> Self {
        Self {
            turns,
            work,
            track: &turns.shared.tracks[turns.lane],
            progress: turns.shared.page.progress(turns.lane),
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
                (Err(payload), Stage::One { .. } | Stage::Sprint { .. }) => {
                    self.end_with(Err(panic_reason(&*payload)));
                }
                (Ok(()), Stage::One { .. } | Stage::Sprint { .. }) => {
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
            Stage::One { clocking } => self.turns.ended_one(place, outcome, clocking),
            _ => self.turns.ended_sprint(Finished { sprinted_upto: Some(place), value: Some(outcome) }),
        };
        self.finished.replace(finished);
        self.stage.set(Stage::Between);
    }

    /// Goes on to the next item; nothing where none is left.
    fn turn(&self) -> Option<usize> {
        loop {
            let (next, clocking) = self.turns.next(self.finished.take());
            match next {
                None => {
                    self.stage.set(Stage::Over);
                    return None;
                }
                Some(Next::One(place)) => {
                    self.stage.set(Stage::One { clocking });
                    return Some(place);
                }
                Some(Next::Sprint(places, kind)) => {
                    let is_clocked = clocking == Clocking::Ends;
                    self.stage.set(Stage::Sprint { first: places.start, kind, is_clocked });
                    if let Some(place) = self.claim() {
                        return Some(place);
                    }
                }
            }
        }
    }

    /// The next item of the sprint; where there is none, the sprint is over.
    #[inline]
    fn claim(&self) -> Option<usize> {
        let claimed = self.track.claim();
        match claimed {
            Some(place) => self.progress.go_on(self.work.first + place as u64),
            None => self.end_sprint(),
        }
        claimed
    }

    #[cold]
    fn end_sprint(&self) {
        // The last claim failed, unless the sprint was cut: then it was past the new end all the same.
        let sprinted_upto = Some(self.track.last_claimed());
        self.finished.replace(self.turns.ended_sprint(Finished { sprinted_upto, value: None }));
        self.stage.set(Stage::Between);
    }
}

impl Console for LaneCalls<'_> {
    fn line(&self, stream: Stream, text: &str) {
        let Turns { shared, lane, .. } = *self.turns;
        let index = self.work.first + self.place.get() as u64;
        LaneConsole { shared, lane, index }.line(stream, text);
    }
}

impl Calls for LaneCalls<'_> {
    fn worker(&self) -> usize {
        self.turns.shared.first_worker + self.turns.lane
    }

    fn begin(&self) -> Option<ValueRef<'_>> {
        let claimed = if matches!(self.stage.get(), Stage::Sprint { .. }) { self.claim() } else { None };
        let place = claimed.or_else(|| self.turn())?;
        self.place.set(place);
        self.has_begun.set(true);
        // As it comes: to move what was just written would make the processor wait.
        self.work.inputs.get(place)
    }

    fn end(&self, outcome: Result<Value, String>) -> bool {
        debug_assert!(!matches!(self.stage.get(), Stage::Between | Stage::Over), "no call is in hand");
        if let Stage::Sprint { first, kind, is_clocked } = self.stage.get() {
            let nth = self.place.get() - first;
            if is_clocked {
                self.track.end_at(nth, self.turns.shared.now_ns());
            }
            if let Some(word) = outcome.as_ref().ok().and_then(|value| kind.word(value)) {
                self.track.keep(nth, word);
                return true;
            }
        }
        self.end_with(outcome);
        true
    }
}
