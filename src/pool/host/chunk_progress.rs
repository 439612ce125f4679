//! What a lane has finished and not sent yet, and what of its chunk it has not begun.
//!
//! It is shared with the flusher, so that results never wait behind an item that takes long, and so that unbegun items
//! can be given back while the lane is stuck in one.

use std::ops::Range;
use std::sync::Arc;

use super::super::record::{Batch, Timing};
use super::super::status_page::Page;
use super::clocks::{ClockReading, TimingMode, WORTH_TIMING_NS, is_worth_timing, spans_from};
use super::fast_batch::{self, ClaimRing, Kind};
use crate::value::{Column, Value};

/// Finished items are sent on when the first of them is this old.
pub(super) const FLUSH_NS: u64 = 5_000_000;
/// Finished items are also sent on when their outputs are this large.
const FLUSH_BYTES: usize = 8 << 20;
/// An item in hand for longer is one behind which others should not wait.
const STUCK_NS: u64 = 5_000_000;

const MOST_PROBED: usize = 1 << 16;

/// How many items are timed each before a look at whether they are worth it.
struct Probe(usize);

impl Default for Probe {
    fn default() -> Self {
        Self(16)
    }
}

/// A fast batch that takes longer is cut short.
const LONG_FAST_BATCH_NS: u64 = 2_000_000;

/// A chunk as it came.
pub(super) struct Work {
    pub(super) first: u64,
    pub(super) inputs: Column,
}

/// How far one lane is with its chunk.
#[derive(Default)]
pub(super) struct ChunkProgress {
    work: Option<Arc<Work>>,
    /// The places in the chunk of the first item not sent, of the one whose turn it is, and of the end.
    unsent: usize,
    next: usize,
    end: usize,
    is_executing: bool,
    /// When the first item not sent began, and when the last one ended.
    begun: Option<ClockReading>,
    item_began_ns: u64,
    /// What an item took in the last batch, and whether such items are short; unknown at first.
    item_ns: Option<u64>,
    is_short: bool,
    /// Counts the items that are timed one by one before it is decided whether that goes on.
    probe: Probe,
    timing_mode: TimingMode,
    /// Every item is to have its own span, however short.
    wants_spans: bool,
    /// The items of a fast batch, and what their outputs are to be.
    fast_batch: Option<(Range<usize>, Kind)>,
    /// The fast batch ends with the item in hand.
    is_fast_batch_cut: bool,
    /// What the outputs were that were sent last.
    last_kind: Option<Kind>,
    outputs: Column,
    output_bytes: usize,
    failures: Vec<(u32, String)>,
    start_ns: Vec<u64>,
    duration_ns: Vec<u64>,
    cpu_ns: Vec<u64>,
    ended_ns: Vec<u64>,
    last: Option<ClockReading>,
}

/// What a lane does next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NextWork {
    /// The item at this place of the chunk.
    One(usize),
    FastBatch(Range<usize>, Kind),
}

impl ChunkProgress {
    /// With nothing in hand. `wants_spans` asks for a span of its own for every item.
    pub(super) fn new(wants_spans: bool) -> Self {
        Self { wants_spans, ..Self::default() }
    }

    pub(super) fn begin_chunk(&mut self, work: &Arc<Work>, reading: ClockReading) {
        self.work = Some(Arc::clone(work));
        (self.unsent, self.next, self.end) = (0, 0, work.inputs.len());
        self.choose_timing();
        self.begin(reading);
    }

    fn begin(&mut self, reading: ClockReading) {
        self.begun = Some(reading);
        self.last = Some(reading);
    }

    pub(super) fn end_chunk(&mut self) {
        self.work = None;
        (self.unsent, self.next, self.end) = (0, 0, 0);
    }

    /// Decides how the next items are timed. Only for the lane itself and with nothing unsent: it reads the clocks.
    pub(super) fn choose_timing(&mut self) {
        self.timing_mode = match (self.is_short, self.wants_spans) {
            (false, _) => TimingMode::Each,
            (true, true) => TimingMode::Ends,
            (true, false) => TimingMode::Together,
        };
    }

    /// Which clocks are read around items.
    pub(super) fn timing_mode(&self) -> TimingMode {
        self.timing_mode
    }

    /// Begins the next item, or a fast batch of some; nothing when there is none left.
    pub(super) fn begin_next(
        &mut self,
        page: &Page,
        ring: &ClaimRing,
        lane: usize,
        now_ns: u64,
    ) -> Option<NextWork> {
        let work = self.work.as_ref().filter(|_| self.next < self.end)?;
        page.begin(lane, work.first + self.next as u64, now_ns);
        self.is_executing = true;
        self.item_began_ns = now_ns;
        if let Some((places, kind)) = self.next_fast_batch() {
            ring.set(&places);
            self.fast_batch = Some((places.clone(), kind));
            self.is_fast_batch_cut = false;
            return Some(NextWork::FastBatch(places, kind));
        }
        Some(NextWork::One(self.next))
    }

    fn next_fast_batch(&self) -> Option<(Range<usize>, Kind)> {
        if self.timing_mode == TimingMode::Each || !self.failures.is_empty() {
            return None;
        }
        let kind = if self.outputs.is_empty() { self.last_kind? } else { Kind::of(&self.outputs)? };
        let items = fast_batch::length(self.end - self.next, self.item_ns?)?;
        Some((self.next..self.next + items, kind))
    }

    /// Takes what a fast batch came to, of which the items up to `upto` are finished.
    pub(super) fn end_fast_batch(&mut self, ring: &ClaimRing, upto: usize, reading: ClockReading) {
        if let Some((places, _)) = &self.fast_batch
            && upto > places.start
        {
            // The next one is to be of the right length at once: the time before the first item is left out.
            let took_ns = reading.at_ns.saturating_sub(self.item_began_ns);
            self.item_ns = Some(took_ns / (upto - places.start) as u64);
        }
        self.take_fast_batch(ring, upto);
        self.fast_batch = None;
        self.is_executing = false;
        self.last = Some(reading);
    }

    fn take_fast_batch(&mut self, ring: &ClaimRing, upto: usize) {
        let Some((places, kind)) = &self.fast_batch else { return };
        let nths = self.next - places.start..upto - places.start;
        ring.take(nths.clone(), *kind, &mut self.outputs);
        if self.timing_mode == TimingMode::Ends {
            self.ended_ns.extend(ring.ended_ns(nths));
        }
        self.next = upto;
    }

    /// For the flusher: has a fast batch that takes long end after the item in hand, and takes what is finished.
    pub(super) fn cut_fast_batch(&mut self, ring: &ClaimRing, now_ns: u64) {
        let Some((places, _)) = &self.fast_batch else { return };
        if now_ns.saturating_sub(self.item_began_ns) >= LONG_FAST_BATCH_NS
            && let Some(in_hand) = ring.cut(places.start)
        {
            self.is_fast_batch_cut = true;
            let taken = (in_hand - self.next) as u64;
            self.take_fast_batch(ring, in_hand);
            if let (Some(last), Some(item_ns)) = (&mut self.last, self.item_ns) {
                // They ended some time ago; the lane's own clocks cannot be read from here.
                last.at_ns = (last.at_ns + taken * item_ns).min(now_ns);
                last.cpu_ns += taken * item_ns;
            }
        }
    }

    /// Takes what the item in hand came to; `reading` were read after it where items are timed each.
    pub(super) fn record(&mut self, value: Result<Value, String>, reading: ClockReading) {
        if let (Some(last), TimingMode::Each) = (self.last, self.timing_mode) {
            self.start_ns.push(last.at_ns);
            self.duration_ns.push(reading.at_ns.saturating_sub(last.at_ns));
            self.cpu_ns.push(reading.cpu_ns.saturating_sub(last.cpu_ns));
        } else if self.timing_mode == TimingMode::Ends {
            self.ended_ns.push(reading.at_ns);
        }
        self.last = Some(reading);
        match value {
            Ok(value) => {
                self.output_bytes += value.as_ref().heap_bytes();
                self.outputs.push(value);
            }
            Err(reason) => self.failures.push(((self.next - self.unsent) as u32, reason)),
        }
        self.next += 1;
        self.is_executing = false;
    }

    /// Whether there is something to send that should not wait.
    pub(super) fn is_due(&self, now_ns: u64) -> bool {
        let age_ns = self.begun.map_or(0, |begun| now_ns.saturating_sub(begun.at_ns));
        let is_old = age_ns >= FLUSH_NS
            || match self.timing_mode {
                TimingMode::Together => self.has_long_one(age_ns),
                TimingMode::Each => self.are_short(age_ns),
                TimingMode::Ends => false,
            };
        self.has_unsent() && (is_old || self.output_bytes >= FLUSH_BYTES)
    }

    /// Whether one of the items that share a span must have been worth its own: the span ends here, so that as few as
    /// possible share it.
    fn has_long_one(&self, age_ns: u64) -> bool {
        age_ns >= WORTH_TIMING_NS * (self.next - self.unsent).max(8) as u64
    }

    /// Whether items are too short for two clocks each, which costs more than they do: not to go on so for a whole batch.
    fn are_short(&self, age_ns: u64) -> bool {
        let count = self.next - self.unsent;
        count >= self.probe.0 && age_ns < WORTH_TIMING_NS * count as u64
    }

    pub(super) fn has_unsent(&self) -> bool {
        self.next > self.unsent
    }

    /// Whether the flusher has to look after the lane.
    pub(super) fn needs_care(&self) -> bool {
        self.has_unsent() || self.fast_batch.is_some()
    }

    /// Whether the lane has a chunk.
    pub(super) fn is_busy(&self) -> bool {
        self.work.is_some()
    }

    /// Takes what is finished and not sent; the next items begin a new batch at `reading`.
    pub(super) fn take_batch(&mut self, reading: ClockReading) -> Option<Batch> {
        let first = self.work.as_ref().filter(|_| self.has_unsent())?.first + self.unsent as u64;
        let count = self.next - self.unsent;
        let timing = self.timing(reading);
        self.last_kind = Kind::of(&self.outputs).filter(|_| self.failures.is_empty());
        let outputs = Arc::new(std::mem::take(&mut self.outputs));
        let failures = std::mem::take(&mut self.failures);
        self.item_ns = Some(timing.extent().2 / count as u64);
        self.is_short = !is_worth_timing(&timing, count as u64);
        // Long ones among many short ones are worth it after all: then batches are not to stay that small.
        self.probe =
            if self.is_short { Probe::default() } else { Probe((self.probe.0 * 2).min(MOST_PROBED)) };
        self.output_bytes = 0;
        self.unsent = self.next;
        self.begin(reading);
        Some(Batch { first, count, outputs, failures, timing })
    }

    fn timing(&mut self, reading: ClockReading) -> Timing {
        let begun = self.begun.unwrap_or(reading);
        let duration_ns = reading.at_ns.saturating_sub(begun.at_ns);
        let cpu_ns = reading.cpu_ns.saturating_sub(begun.cpu_ns);
        match self.timing_mode {
            TimingMode::Each => Timing::Each {
                start_ns: std::mem::take(&mut self.start_ns),
                duration_ns: std::mem::take(&mut self.duration_ns),
                cpu_ns: std::mem::take(&mut self.cpu_ns),
            },
            TimingMode::Ends => spans_from(begun.at_ns, &std::mem::take(&mut self.ended_ns), cpu_ns),
            TimingMode::Together => Timing::Whole { start_ns: begun.at_ns, duration_ns, cpu_ns },
        }
    }

    /// The reading for a batch that the flusher takes while the lane is in an item: its clocks are the lane's own, so the
    /// end of the finished items is the last time it looked, or what they took before.
    pub(super) fn reading_of_flusher(&self) -> Option<ClockReading> {
        let (begun, last) = (self.begun?, self.last?);
        if self.timing_mode == TimingMode::Each || last.at_ns > begun.at_ns {
            return Some(last);
        }
        let expected_ns = self.item_ns.unwrap_or_default() * (self.next - self.unsent) as u64;
        Some(ClockReading { at_ns: begun.at_ns + expected_ns, cpu_ns: begun.cpu_ns + expected_ns })
    }

    /// Gives back the unbegun items of the chunk, as first index and count, where the lane is stuck in the one in hand
    /// or they are wanted `at_once`.
    pub(super) fn give_back(&mut self, now_ns: u64, at_once: bool) -> Option<(u64, u64)> {
        let rest = match &self.fast_batch {
            // The lane may have run all of it and be about to say so.
            Some((places, _)) if !self.is_fast_batch_cut => places.end,
            _ => self.next + 1,
        };
        let is_stuck = self.is_executing && now_ns.saturating_sub(self.item_began_ns) >= STUCK_NS;
        let work = self.work.as_ref().filter(|_| (is_stuck || at_once) && rest < self.end)?;
        let given = (work.first + rest as u64, (self.end - rest) as u64);
        self.end = rest;
        Some(given)
    }
}

#[cfg(test)]
mod tests;
