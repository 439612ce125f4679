//! What the dispatcher knows of one host: where its life stands, what it holds, and why it is to end.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use super::super::record::{Cause, LifeEnd, Obstacle};
use super::heartbeat::Heartbeat;
use super::held_chunks::HeldChunks;
use super::injected::Injected;
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

/// Why a host that is well takes no more work and is closed after what it has in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DrainReason {
    /// Another host takes its place: it has had its share of items or memory.
    Recycled,
    /// The pool got another size.
    Retired,
}

/// Why this program ends a host at once.
#[derive(Debug, Clone)]
pub(super) enum KillReason {
    /// What it sent makes no sense.
    Garbled(String),
    /// It cannot go on.
    Obstructed(Obstacle),
    /// These items took too long. Where the host stood still meanwhile, one of them may have kept the others waiting.
    TimedOut {
        late: Vec<u64>,
        cause: Cause,
        stood_still: bool,
    },
    OverMemory {
        limit_bytes: u64,
    },
    MachineFull {
        held_bytes: u64,
    },
    /// A person wanted it.
    ByHand,
    /// Its run is over, or it does not end although it was told to.
    Ended,
}

impl KillReason {
    /// Whether what the host did itself is why, so that an item may have caused it.
    pub(super) fn is_of_host(&self) -> bool {
        matches!(self, Self::Garbled(_) | Self::Obstructed(_))
    }

    pub(super) fn end(&self) -> LifeEnd {
        match self {
            Self::Garbled(reason) => LifeEnd::Broken(reason.clone()),
            Self::Obstructed(obstacle) => LifeEnd::Obstructed(*obstacle),
            Self::TimedOut { .. } => LifeEnd::TimedOut,
            Self::OverMemory { limit_bytes } => LifeEnd::OverMemory { limit_bytes: *limit_bytes },
            Self::MachineFull { held_bytes } => LifeEnd::MachineFull { held_bytes: *held_bytes },
            Self::ByHand => LifeEnd::Killed,
            Self::Ended => LifeEnd::Stopped,
        }
    }
}

/// Where the life of a host stands. It goes down this list, skips some, and turns back only as is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Its process is being launched.
    Launching,
    /// It could not be launched, and is (again [`Stage::Launching`]) when another has ended.
    Postponed,
    /// Its process loads the function.
    Loading,
    /// It runs items.
    Ready,
    /// It takes no more work and is closed after what it has in hand. It may be let stay: [`Stage::Ready`].
    Draining(DrainReason),
    /// It was told to end; with the reason why it was drained before.
    Closing { since_ns: u64, drained: Option<DrainReason> },
}

/// What a host was asked to give back and has not answered yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Recall {
    /// Chunks that no lane has begun.
    Unbegun,
    /// The rest of the chunks that its lanes are in, too.
    Everything,
}

/// One host.
#[derive(Debug)]
pub(super) struct Host {
    /// 0 before it has a process.
    pub(super) pid: u32,
    pub(super) launched_ns: u64,
    /// Its first lane in the record, counted from 0.
    pub(super) first_lane: usize,
    pub(super) lanes: usize,
    pub(super) stage: Stage,
    pub(super) held: HeldChunks,
    pub(super) recall: Option<Recall>,
    /// Since when it holds nothing although it could run something.
    pub(super) idle_since_ns: Option<u64>,
    /// It runs suspects, one at a time.
    pub(super) is_for_suspects: bool,
    /// Why this program is ending it.
    pub(super) kill_reason: Option<KillReason>,
    /// When the system was told to end it.
    pub(super) killed_ns: Option<u64>,
    /// The faults that a person has it make.
    pub(super) injected: Injected,
    pub(super) is_suspended: bool,
    /// It held too much memory at the last look, and takes no more work until it is seen between two items.
    pub(super) is_heavy: bool,
    /// The most memory it was seen to hold.
    pub(super) peak_rss_bytes: u64,
    /// The last few lines that it wrote, each within a bound.
    pub(super) last_lines: VecDeque<Arc<str>>,
    pub(super) heartbeat: Heartbeat,
    /// The death (its place in the record, and its time) that it makes good.
    pub(super) replaces: Option<(u64, u64)>,
}

impl Host {
    pub(super) fn new(first_lane: usize, lanes: usize) -> Self {
        Self {
            pid: 0,
            launched_ns: 0,
            first_lane,
            lanes,
            stage: Stage::Launching,
            held: HeldChunks::default(),
            recall: None,
            idle_since_ns: None,
            is_for_suspects: false,
            kill_reason: None,
            killed_ns: None,
            injected: Injected::default(),
            is_suspended: false,
            is_heavy: false,
            peak_rss_bytes: 0,
            last_lines: VecDeque::new(),
            heartbeat: Heartbeat::default(),
            replaces: None,
        }
    }

    pub(super) fn lane_range(&self) -> Range<usize> {
        self.first_lane..self.first_lane + self.lanes
    }

    /// Whether there is a process.
    pub(super) fn is_started(&self) -> bool {
        !matches!(self.stage, Stage::Launching | Stage::Postponed)
    }

    /// Whether it may have items in hand.
    pub(super) fn is_working(&self) -> bool {
        matches!(self.stage, Stage::Ready | Stage::Draining(_))
    }

    pub(super) fn is_draining(&self) -> bool {
        matches!(self.stage, Stage::Draining(_))
    }

    pub(super) fn is_closing(&self) -> bool {
        matches!(self.stage, Stage::Closing { .. })
    }

    /// Whether it is one of the pool's own, and stays.
    pub(super) fn is_staying(&self) -> bool {
        !self.is_for_suspects && !self.is_draining() && !self.is_closing()
    }

    /// Has one that was to give way go on, since no other can be started: a new life in the same process.
    pub(super) fn stay(&mut self) {
        (self.stage, self.is_heavy) = (Stage::Ready, false);
        self.held.count_anew();
    }

    /// Whether it is well and may be given work.
    pub(super) fn takes_work(&self) -> bool {
        let is_doomed = self.kill_reason.is_some() || self.injected.is_deadly();
        self.stage == Stage::Ready && !is_doomed && !self.is_heavy
    }

    pub(super) fn shares_lanes_with(&self, other: &Self) -> bool {
        let (own, others) = (self.lane_range(), other.lane_range());
        !self.is_for_suspects && !other.is_for_suspects && own.start < others.end && others.start < own.end
    }

    /// How many chunks it should hold when one is expected to take `chunk_ns`.
    pub(super) fn wanted_chunks(&self, chunk_ns: Option<f64>) -> usize {
        let ahead = match chunk_ns {
            Some(ns) if ns < TOO_LONG_NS => ((AHEAD_NS / ns.max(1.0)) as usize).clamp(1, MAX_AHEAD),
            _ => 0,
        };
        self.lanes * (1 + ahead)
    }

    /// Notes that it is asked for work; false where there is nothing to ask for, or it was asked already.
    pub(super) fn recall(&mut self, recall: Recall) -> bool {
        let has_some = match recall {
            Recall::Unbegun => self.recall.is_none() && self.held.has_to_spare(self.lanes),
            Recall::Everything => {
                self.recall != Some(Recall::Everything) && self.held.may_have_unbegun(self.lanes)
            }
        };
        let asks = has_some && self.is_working();
        if asks {
            self.recall = Some(recall);
        }
        asks
    }

    /// Keeps a line that it wrote.
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
}
