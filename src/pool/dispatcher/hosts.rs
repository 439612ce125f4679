//! What the dispatcher knows of one host: where it stands, how far it is, and what it holds.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use super::heartbeat::Heartbeat;
use super::queue::Chunk;
use super::retirement::{DrainReason, KillReason};
use crate::value::shortened;

/// A lane holds this much work in advance, so that it never waits for the dispatcher.
const AHEAD_NS: f64 = 8_000_000.0;
/// Work that takes longer is not given in advance: it would wait behind the item in hand.
const TOO_LONG_NS: f64 = 50_000_000.0;
/// Chunks in advance a lane at most, so that what is in flight stays bounded.
const MAX_AHEAD: usize = 256;

/// Lines that are kept of what a host wrote, for the case that it dies.
const LAST_LINES: usize = 5;
const LAST_LINE_CHARS: usize = 1000;

/// How far a host is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Launched,
    Ready,
    /// Told to end.
    Closing,
}

/// A chunk that a host has, and how much of it is finished; a lane works through it from the front.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    chunk: Chunk,
    finished: u64,
}

impl Held {
    fn rest(&self) -> Chunk {
        Chunk { first: self.chunk.first + self.finished, count: self.chunk.count - self.finished }
    }
}

/// One host.
#[derive(Debug)]
pub(super) struct Host {
    pub(super) pid: u32,
    /// Its first lane in the record, counted from 0.
    pub(super) first_lane: usize,
    pub(super) lanes: usize,
    pub(super) phase: Phase,
    pub(super) held: VecDeque<Held>,
    /// Chunks that it was ever given.
    pub(super) given: usize,
    /// It was asked for what it has not begun and has not answered yet.
    pub(super) is_recalled: bool,
    /// It was asked for the rest of the chunks that its lanes are in, too.
    pub(super) is_recalled_whole: bool,
    /// It runs suspects, one at a time.
    pub(super) is_alone: bool,
    /// Items that it was ever given and did not give back.
    pub(super) promised: u64,
    /// It takes no more work and is closed after what it has in hand.
    pub(super) drain_reason: Option<DrainReason>,
    /// Why this program is ending it.
    pub(super) kill_reason: Option<KillReason>,
    pub(super) is_killed: bool,
    pub(super) closing_since_ns: u64,
    /// It could not be launched yet, and is when another has ended.
    pub(super) is_postponed: bool,
    pub(super) is_suspended: bool,
    /// It held too much memory at the last look, and takes no more work until it is seen between two items.
    pub(super) is_heavy: bool,
    /// The most memory it was seen to hold.
    pub(super) peak_rss_bytes: u64,
    pub(super) last_lines: VecDeque<Arc<str>>,
    pub(super) heartbeat: Heartbeat,
    /// The death (its place in the record, and its time) that it makes good.
    pub(super) replaces: Option<(u64, u64)>,
}

impl Host {
    pub(super) fn new(first_lane: usize, lanes: usize, replaces: Option<(u64, u64)>) -> Self {
        Self {
            pid: 0,
            first_lane,
            lanes,
            phase: Phase::Launched,
            held: VecDeque::new(),
            given: 0,
            is_recalled: false,
            is_recalled_whole: false,
            is_alone: false,
            promised: 0,
            drain_reason: None,
            kill_reason: None,
            is_killed: false,
            closing_since_ns: 0,
            is_postponed: false,
            is_suspended: false,
            is_heavy: false,
            peak_rss_bytes: 0,
            last_lines: VecDeque::new(),
            heartbeat: Heartbeat::default(),
            replaces,
        }
    }

    pub(super) fn lane_range(&self) -> Range<usize> {
        self.first_lane..self.first_lane + self.lanes
    }

    /// Whether there is a process.
    pub(super) fn is_started(&self) -> bool {
        self.pid != 0
    }

    /// Whether it is well and may be given work.
    pub(super) fn takes_work(&self) -> bool {
        self.phase == Phase::Ready
            && self.drain_reason.is_none()
            && self.kill_reason.is_none()
            && !self.is_heavy
    }

    pub(super) fn shares_lanes_with(&self, other: &Self) -> bool {
        let (own, others) = (self.lane_range(), other.lane_range());
        !self.is_alone && !other.is_alone && own.start < others.end && others.start < own.end
    }

    /// Whether it may hold items that no lane has begun.
    pub(super) fn has_unbegun(&self) -> bool {
        self.held.len() > self.lanes || self.unfinished().any(|chunk| chunk.count > 1)
    }

    /// Keeps the last few lines that it wrote, each within a bound.
    pub(super) fn note_line(&mut self, text: &Arc<str>) {
        if self.last_lines.len() == LAST_LINES {
            self.last_lines.pop_front();
        }
        let is_short = text.len() <= LAST_LINE_CHARS;
        self.last_lines.push_back(match is_short {
            true => Arc::clone(text),
            false => shortened(text, LAST_LINE_CHARS).into(),
        });
    }

    /// How many chunks it should hold when one is expected to take `chunk_ns`.
    pub(super) fn wanted_chunks(&self, chunk_ns: Option<f64>) -> usize {
        let ahead = match chunk_ns {
            Some(ns) if ns < TOO_LONG_NS => ((AHEAD_NS / ns.max(1.0)) as usize).clamp(1, MAX_AHEAD),
            _ => 0,
        };
        self.lanes * (1 + ahead)
    }

    pub(super) fn hold(&mut self, chunk: Chunk) {
        self.given += 1;
        self.held.push_back(Held { chunk, finished: 0 });
    }

    /// Notes that the next `count` items from `first` on are finished; false where it does not have them.
    pub(super) fn settle(&mut self, first: u64, count: u64) -> bool {
        let Some(place) =
            self.held.iter().position(|held| held.rest().first == first && held.rest().count >= count)
        else {
            return false;
        };
        self.held[place].finished += count;
        if self.held[place].rest().count == 0 {
            self.held.remove(place);
        }
        true
    }

    /// Notes that it has given unbegun items back, a whole chunk or the rest of one; false where it does not have them.
    pub(super) fn let_go(&mut self, given: Chunk) -> bool {
        let end = |chunk: Chunk| chunk.first + chunk.count;
        let holds = |held: &Held| end(held.chunk) == end(given) && held.rest().count >= given.count;
        let Some(place) = self.held.iter().position(holds) else { return false };
        self.held[place].chunk.count -= given.count;
        if self.held[place].rest().count == 0 {
            self.held.remove(place);
        }
        true
    }

    /// Whether it holds items that another lane could run: chunks that wait for one, or more than one item in a chunk,
    /// which is one lane's.
    pub(super) fn has_to_spare(&self) -> bool {
        let in_hand = self.held.len().min(self.lanes) as u64;
        self.unfinished().map(|chunk| chunk.count).sum::<u64>() > in_hand
    }

    /// Whether it has the item and has not finished it.
    pub(super) fn holds(&self, index: u64) -> bool {
        self.unfinished().any(|chunk| (chunk.first..chunk.first + chunk.count).contains(&index))
    }

    /// The items before this one that it has not finished, or has and did not tell.
    pub(super) fn unfinished_before(&self, index: u64) -> Vec<Chunk> {
        let is_in = |chunk: &Chunk| (chunk.first..chunk.first + chunk.count).contains(&index);
        let before = self.unfinished().take_while(|chunk| !is_in(chunk));
        let within = self.unfinished().find(is_in).map(|chunk| Chunk { count: index - chunk.first, ..chunk });
        before.chain(within).collect()
    }

    /// Of those, the ones that it is certain to have begun: lanes beside each other may have begun chunks in any order.
    pub(super) fn begun_before(&self, index: u64) -> Vec<Chunk> {
        let mut before = self.unfinished_before(index);
        if self.lanes > 1 {
            before.drain(..before.len().saturating_sub(1));
        }
        before
    }

    /// What it has not finished.
    pub(super) fn unfinished(&self) -> impl DoubleEndedIterator<Item = Chunk> {
        self.held.iter().map(Held::rest)
    }
}
