//! What a lane has finished and not sent yet, and what of its chunk it has not begun.
//!
//! It is shared with the ticker, so that results never wait behind an item that takes long, and so that unbegun items
//! can be given back while the lane is stuck in one.

use std::sync::Arc;

use super::super::page::Page;
use super::super::record::{Batch, Timing};
use super::lane::Work;
use crate::value::{Column, Value};

/// Finished items are sent on when the first of them is this old.
pub(super) const FLUSH_NS: u64 = 1_000_000;
/// Finished items are also sent on when their outputs are this large.
const FLUSH_BYTES: usize = 8 << 20;
/// Below this, reading two clocks for every item would be a good part of its time.
const WORTH_TIMING_NS: u64 = 5_000;
/// An item in hand for longer is one behind which others should not wait.
const STUCK_NS: u64 = 5_000_000;

/// Two clocks read at one moment: time since Start, and CPU time of the lane's thread.
#[derive(Debug, Clone, Copy)]
pub(super) struct Marks {
    pub(super) at_ns: u64,
    pub(super) cpu_ns: u64,
}

/// See the module's text.
#[derive(Default)]
pub(super) struct Stretch {
    work: Option<Arc<Work>>,
    /// The places in the chunk of the first item not sent, of the one whose turn it is, and of the end.
    unsent: usize,
    next: usize,
    end: usize,
    is_executing: bool,
    /// When the first item not sent began, and when the last one ended.
    begun: Option<Marks>,
    item_began_ns: u64,
    /// What an item took in the last batch, and the longest one as far as it is known; unknown at first.
    item_ns: Option<u64>,
    longest_ns: Option<u64>,
    /// Items share one span, because each is too short for its own.
    is_timed_together: bool,
    outputs: Column,
    output_bytes: usize,
    failures: Vec<(u32, String)>,
    start_ns: Vec<u64>,
    duration_ns: Vec<u64>,
    cpu_ns: Vec<u64>,
    last: Option<Marks>,
}

impl Stretch {
    pub(super) fn begin_chunk(&mut self, work: &Arc<Work>, marks: Marks) {
        self.work = Some(Arc::clone(work));
        (self.unsent, self.next, self.end) = (0, 0, work.inputs.len());
        self.choose_timing();
        self.begin(marks);
    }

    fn begin(&mut self, marks: Marks) {
        self.begun = Some(marks);
        self.last = Some(marks);
    }

    pub(super) fn end_chunk(&mut self) {
        self.work = None;
        (self.unsent, self.next, self.end) = (0, 0, 0);
    }

    /// Decides how the next items are timed. Only for the lane itself and with nothing unsent: it reads the clocks.
    pub(super) fn choose_timing(&mut self) {
        self.is_timed_together = self.longest_ns.is_some_and(|ns| ns < WORTH_TIMING_NS);
    }

    /// Whether items get a span each; otherwise they share one.
    pub(super) fn is_timed_each(&self) -> bool {
        !self.is_timed_together
    }

    /// Begins the next item and gives its place in the chunk; nothing when there is none left.
    pub(super) fn begin_item(&mut self, page: &Page, lane: usize, now_ns: u64) -> Option<usize> {
        let work = self.work.as_ref().filter(|_| self.next < self.end)?;
        page.begin(lane, work.first + self.next as u64, now_ns);
        self.is_executing = true;
        self.item_began_ns = now_ns;
        Some(self.next)
    }

    /// Takes what the item in hand came to; `marks` were read after it where items are timed each.
    pub(super) fn record(&mut self, value: Result<Value, String>, marks: Marks) {
        if let Some(last) = self.last
            && self.is_timed_each()
        {
            self.start_ns.push(last.at_ns);
            self.duration_ns.push(marks.at_ns - last.at_ns);
            self.cpu_ns.push(marks.cpu_ns - last.cpu_ns);
        }
        self.last = Some(marks);
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
        let is_old = age_ns >= FLUSH_NS || (self.is_timed_together && self.has_long_one(age_ns));
        self.has_unsent() && (is_old || self.output_bytes >= FLUSH_BYTES)
    }

    /// Whether one of the items that share a span must have been worth its own: the span ends here, so that as few as
    /// possible share it.
    fn has_long_one(&self, age_ns: u64) -> bool {
        age_ns >= WORTH_TIMING_NS * (self.next - self.unsent).max(8) as u64
    }

    pub(super) fn has_unsent(&self) -> bool {
        self.next > self.unsent
    }

    /// Whether the lane has a chunk.
    pub(super) fn is_busy(&self) -> bool {
        self.work.is_some()
    }

    /// Takes what is finished and not sent; the next items begin a new batch at `marks`.
    pub(super) fn take_batch(&mut self, marks: Marks) -> Option<Batch> {
        let first = self.work.as_ref().filter(|_| self.has_unsent())?.first + self.unsent as u64;
        let count = self.next - self.unsent;
        let timing = self.timing(marks);
        let outputs = std::mem::take(&mut self.outputs);
        let failures = std::mem::take(&mut self.failures);
        let item_ns = timing.extent().2 / count as u64;
        self.item_ns = Some(item_ns);
        self.longest_ns = match &timing {
            Timing::Each { duration_ns, .. } => duration_ns.iter().max().copied(),
            Timing::Whole { .. } => Some(item_ns),
        };
        self.output_bytes = 0;
        self.unsent = self.next;
        self.begin(marks);
        Some(Batch { first, count, outputs, failures, timing })
    }

    fn timing(&mut self, marks: Marks) -> Timing {
        if self.is_timed_each() {
            return Timing::Each {
                start_ns: std::mem::take(&mut self.start_ns),
                duration_ns: std::mem::take(&mut self.duration_ns),
                cpu_ns: std::mem::take(&mut self.cpu_ns),
            };
        }
        let begun = self.begun.unwrap_or(marks);
        let duration_ns = marks.at_ns.saturating_sub(begun.at_ns);
        let cpu_ns = marks.cpu_ns.saturating_sub(begun.cpu_ns);
        Timing::Whole { start_ns: begun.at_ns, duration_ns, cpu_ns }
    }

    /// The marks for a batch that the ticker takes while the lane is in an item: its clocks are the lane's own, so the
    /// end of the finished items is the last time it looked, or what they took before.
    pub(super) fn marks_of_ticker(&self) -> Option<Marks> {
        let (begun, last) = (self.begun?, self.last?);
        if self.is_timed_each() || last.at_ns > begun.at_ns {
            return Some(last);
        }
        let expected_ns = self.item_ns.unwrap_or_default() * (self.next - self.unsent) as u64;
        Some(Marks { at_ns: begun.at_ns + expected_ns, cpu_ns: begun.cpu_ns + expected_ns })
    }

    /// Gives back the unbegun items of the chunk, as first index and count, where the lane is stuck in the one in hand
    /// or they are wanted `at_once`.
    pub(super) fn give_back(&mut self, now_ns: u64, at_once: bool) -> Option<(u64, u64)> {
        let rest = self.next + 1;
        let is_stuck = self.is_executing && now_ns.saturating_sub(self.item_began_ns) >= STUCK_NS;
        let work = self.work.as_ref().filter(|_| (is_stuck || at_once) && rest < self.end)?;
        let given = (work.first + rest as u64, (self.end - rest) as u64);
        self.end = rest;
        Some(given)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(at_ns: u64) -> Marks {
        Marks { at_ns, cpu_ns: at_ns }
    }

    fn stretch_of(items: i64) -> (Stretch, Page) {
        let memory = memmap2::MmapMut::map_anon(Page::size_bytes(1)).unwrap().into();
        let work = Arc::new(Work { first: 100, inputs: Column::Int((0..items).collect()) });
        let mut stretch = Stretch::default();
        stretch.begin_chunk(&work, at(0));
        (stretch, Page::new(memory, 1).unwrap())
    }

    #[test]
    fn finished_items_are_sent_in_order_and_once() {
        let (mut stretch, page) = stretch_of(3);
        for now_ns in [0, 10, 20] {
            assert!(stretch.begin_item(&page, 0, now_ns).is_some());
            stretch.record(Ok(Value::Int(1)), at(now_ns + 10));
        }
        let batch = stretch.take_batch(at(30)).unwrap();
        assert_eq!((batch.first, batch.count), (100, 3));
        let Timing::Each { start_ns, duration_ns, .. } = batch.timing else { panic!("{:?}", batch.timing) };
        assert_eq!((start_ns, duration_ns), (vec![0, 10, 20], vec![10, 10, 10]));
        assert_eq!((stretch.begin_item(&page, 0, 40), stretch.take_batch(at(40))), (None, None));
    }

    #[test]
    fn results_do_not_wait_behind_an_item_that_hangs() {
        let (mut stretch, page) = stretch_of(5);
        stretch.begin_item(&page, 0, 0);
        stretch.record(Err("no".into()), at(10));
        stretch.begin_item(&page, 0, 10);
        assert!(stretch.is_due(FLUSH_NS));
        let marks = stretch.marks_of_ticker().unwrap();
        let batch = stretch.take_batch(marks).unwrap();
        assert_eq!((batch.count, batch.failures.len()), (1, 1));
        assert_eq!(stretch.give_back(STUCK_NS, false), None);
        assert_eq!(stretch.give_back(STUCK_NS + 10, false), Some((102, 3)));
        stretch.record(Ok(Value::Int(1)), at(STUCK_NS * 2));
        assert_eq!(stretch.begin_item(&page, 0, STUCK_NS * 2), None);
        assert_eq!(
            stretch.take_batch(at(STUCK_NS * 2)).map(|batch| (batch.first, batch.count)),
            Some((101, 1))
        );
    }

    #[test]
    fn short_items_share_a_span() {
        let (mut stretch, page) = stretch_of(4);
        for _ in 0..2 {
            stretch.begin_item(&page, 0, 0);
            stretch.record(Ok(Value::Int(1)), at(100));
            stretch.take_batch(at(100));
            stretch.choose_timing();
        }
        stretch.begin_item(&page, 0, 100);
        stretch.record(Ok(Value::Int(1)), at(100));
        let batch = stretch.take_batch(at(150)).unwrap();
        assert_eq!(batch.timing, Timing::Whole { start_ns: 100, duration_ns: 50, cpu_ns: 50 });
    }

    #[test]
    fn one_long_item_among_short_ones_keeps_spans_apart() {
        let (mut stretch, page) = stretch_of(100);
        let mut now_ns = 0;
        for place in 0..50 {
            stretch.begin_item(&page, 0, now_ns);
            now_ns += if place == 20 { WORTH_TIMING_NS * 4 } else { 100 };
            stretch.record(Ok(Value::Int(1)), at(now_ns));
        }
        stretch.take_batch(at(now_ns));
        stretch.choose_timing();
        assert!(stretch.is_timed_each());
    }

    #[test]
    fn a_shared_span_ends_where_a_long_item_shows() {
        let (mut stretch, page) = stretch_of(100);
        stretch.begin_item(&page, 0, 0);
        stretch.record(Ok(Value::Int(1)), at(100));
        stretch.take_batch(at(100));
        stretch.choose_timing();
        (0..10).for_each(|_| {
            stretch.begin_item(&page, 0, 100);
            stretch.record(Ok(Value::Int(1)), at(100));
        });
        assert!(!stretch.is_due(1_000) && stretch.is_due(100 + 10 * WORTH_TIMING_NS));
    }
}
