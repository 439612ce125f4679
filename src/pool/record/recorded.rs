//! A record that is over, as the events that make it again: what a saved run consists of.
//!
//! Live events would be as many as items; these are as many as blocks of rows and lanes. They make the same record, to the
//! nanosecond.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::block::{Block, Detail, IS_FLAKY, RowColumns, TimedRun};
use super::core_stays::CoreStay;
use super::core_time::CoreTime;
use super::lanes::{Idle, Lane, Life, Segment};
use super::{Cause, Ending, Event, MessageSource, RowState, RunLog, RunState, ns_to_s};
use crate::value::Column;

/// No record is older: 36 years. Sums of two such times still are times.
pub const LATEST_NS: u64 = 1 << 60;

/// Neighbouring rows as a record holds them; those that are not final among them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordedRows {
    /// The index of the first.
    pub first: u64,
    rows: u32,
    detail: Detail,
    /// Of the rows that are ok, in order.
    outputs: Arc<Column>,
    causes: Vec<(u16, Cause)>,
}

/// How rows ended, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct RowTally {
    pub(super) ok: u64,
    pub(super) resumed: u64,
    pub(super) flaky: u64,
    pub(super) failed: u64,
    pub(super) stopped: u64,
    pub(super) timed_out: u64,
}

impl RecordedRows {
    pub(super) fn of(first: u64, block: &Block) -> Self {
        let is_ok = |place: &usize| block.state(*place) == RowState::Ok;
        let outputs: Column =
            (0..block.rows).filter(is_ok).map(|place| block.outputs.get(place).to_value()).collect();
        Self {
            first,
            rows: block.rows as u32,
            detail: block.detail.clone(),
            outputs: Arc::new(outputs),
            causes: block.causes.clone(),
        }
    }

    /// The rows as a record holds them; nothing where they contradict themselves, as those of anybody's file may.
    pub(super) fn block(&self) -> Option<Block> {
        let rows = self.rows as usize;
        let is_sound = match &self.detail {
            Detail::TimedRuns(runs) => are_sound(runs, rows),
            Detail::Rows(columns) => is_sound(columns, rows),
        };
        let mut places = self.causes.iter().map(|(place, _)| usize::from(*place));
        if !is_sound || !places.clone().is_sorted() || places.any(|place| place >= rows) {
            return None;
        }
        let mut block = Block::new(rows);
        block.detail = self.detail.clone();
        block.causes = self.causes.clone();
        let without: Vec<usize> = (0..rows).filter(|place| block.state(*place) != RowState::Ok).collect();
        let count = rows - without.len();
        if self.outputs.len() != count {
            return None;
        }
        block.outputs.set(rows, 0, &without, &self.outputs, 0..count);
        Some(block)
    }
}

/// Whether runs lie one behind the other within so many rows.
fn are_sound(runs: &[TimedRun], rows: usize) -> bool {
    let end = runs.iter().try_fold(0, |end, run| {
        let first = usize::from(run.first);
        let is_next = first >= end && run.start_ns <= LATEST_NS && is_time(run.duration_s);
        is_next.then_some(first + usize::from(run.count))
    });
    end.is_some_and(|end| end <= rows)
}

/// Whether each row has one of each.
fn is_sound(columns: &RowColumns, rows: usize) -> bool {
    let RowColumns { states, attempts, flags, workers, start_ns, duration_s, cpu_s } = columns;
    let lengths =
        [states.len(), attempts.len(), flags.len(), workers.len(), start_ns.len(), duration_s.len()];
    lengths.iter().chain([&cpu_s.len()]).all(|length| *length == rows)
        && start_ns.iter().all(|start_ns| *start_ns <= LATEST_NS)
        && duration_s.iter().all(|duration_s| is_time(*duration_s))
}

fn is_time(duration_s: f32) -> bool {
    (0.0..=ns_to_s(LATEST_NS) as f32).contains(&duration_s)
}

impl Block {
    pub(super) fn tally(&self) -> RowTally {
        match &self.detail {
            Detail::TimedRuns(runs) => {
                let count =
                    |runs: &mut dyn Iterator<Item = &TimedRun>| runs.map(|run| u64::from(run.count)).sum();
                let resumed = count(&mut runs.iter().filter(|run| run.worker == 0));
                RowTally { ok: count(&mut runs.iter()), resumed, ..RowTally::default() }
            }
            Detail::Rows(columns) => {
                let mut tally = RowTally::default();
                for (place, state) in columns.states.iter().enumerate() {
                    tally.add(*state, columns.workers[place], columns.flags[place]);
                }
                tally
            }
        }
    }
}

impl RowTally {
    fn add(&mut self, state: RowState, worker: u16, flags: u8) {
        match state {
            RowState::Ok => {
                self.ok += 1;
                self.resumed += u64::from(worker == 0);
                self.flaky += u64::from(flags & IS_FLAKY != 0);
            }
            RowState::Failed | RowState::Stopped | RowState::TimedOut => {
                self.failed += 1;
                self.stopped += u64::from(state == RowState::Stopped);
                self.timed_out += u64::from(state == RowState::TimedOut);
            }
            // Neither ends a row before its run is over.
            RowState::Pending | RowState::NotRun => {}
        }
    }
}

/// What a lane did, without the processes under it, which have events of their own.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct LaneHistory {
    pub is_for_suspects: bool,
    pub is_retired: bool,
    pub segments: Vec<Segment>,
    pub core_times: Vec<CoreTime>,
    pub idles: Vec<Idle>,
    pub items: u64,
    pub failed: u64,
    pub busy_ns: u64,
    pub cut_off_ns: u64,
    pub cpu_s: f64,
}

impl LaneHistory {
    /// Whether its times follow each other, as those of anybody's file may not. What a lane did may overlap: a process that is
    /// being replaced still runs an item while its successor runs the next.
    pub fn is_sound(&self) -> bool {
        let of_looks = self.core_times.iter().map(|stretch| (stretch.from_ns, stretch.upto_ns));
        let of_idles = self.idles.iter().map(|idle| (idle.from_ns, idle.upto_ns));
        self.segments.iter().all(|segment| segment.start_ns <= segment.end_ns && segment.end_ns <= LATEST_NS)
            && are_in_order(of_looks)
            && are_in_order(of_idles)
            && self.cpu_s.is_finite()
    }

    fn of(lane: &Lane) -> Self {
        Self {
            is_for_suspects: lane.is_for_suspects,
            is_retired: lane.is_retired,
            segments: lane.segments.iter().copied().collect(),
            core_times: lane.core_times.stretches.iter().copied().collect(),
            idles: lane.idles.iter().copied().collect(),
            items: lane.items,
            failed: lane.failed,
            busy_ns: lane.busy_ns,
            cut_off_ns: lane.cut_off_ns,
            cpu_s: lane.cpu_s,
        }
    }

    pub(super) fn restore(&self, lane: &mut Lane) {
        (lane.is_for_suspects, lane.is_retired) = (self.is_for_suspects, self.is_retired);
        self.segments.iter().for_each(|segment| lane.segments.push(*segment));
        self.core_times.iter().for_each(|stretch| lane.core_times.stretches.push(*stretch));
        self.idles.iter().for_each(|idle| lane.idles.push(*idle));
        lane.items += self.items;
        lane.failed += self.failed;
        lane.busy_ns += self.busy_ns;
        lane.cut_off_ns += self.cut_off_ns;
        lane.cpu_s += self.cpu_s;
    }
}

/// No system numbers its cores higher.
const MOST_CORES: u32 = 1 << 16;

/// Whether stays on cores follow each other, on cores that there may be, as those of anybody's file may not.
pub fn are_sound_stays(stays: &[CoreStay]) -> bool {
    stays.iter().all(|stay| stay.core < MOST_CORES)
        && are_in_order(stays.iter().map(|stay| (stay.from_ns, stay.upto_ns)))
}

fn are_in_order(mut spans: impl Iterator<Item = (u64, u64)>) -> bool {
    spans
        .try_fold(0, |before, (from, upto)| {
            (before <= from && from <= upto && upto <= LATEST_NS).then_some(from)
        })
        .is_some()
}

impl RunLog {
    /// The events that make this record again, each with its time since Start; for a run that is over and of which no row was
    /// let go. [`RunLog::streaming`] is what they begin with.
    pub fn events(&self) -> impl Iterator<Item = (u64, Event)> {
        let of_lanes = self.lanes.iter().enumerate().map(|(lane, history)| {
            let history = Arc::new(LaneHistory::of(history));
            (0, Event::LaneRecorded { lane, history })
        });
        let of_cores = self.lanes.iter().enumerate().filter_map(|(lane, history)| {
            let stays: Vec<CoreStay> = history.core_stays.stays.iter().copied().collect();
            let moves = history.core_stays.moves;
            (!stays.is_empty()).then_some((0, Event::CoresRecorded { lane, stays, moves }))
        });
        let rows = self.rows.recorded().map(|rows| (self.last_row_ns, Event::RowsRecorded(Arc::new(rows))));
        self.sizes()
            .into_iter()
            .chain(self.inputs.pieces().map(|piece| (0, Event::InputsAdded(Arc::clone(piece)))))
            .chain([(0, Event::InputsEnded)])
            .chain(self.lives())
            .chain(self.deaths.iter().map(|death| (death.at_ns, Event::HostDied(Box::new(death.clone())))))
            .chain(rows)
            .chain(of_lanes)
            .chain(of_cores)
            .chain([(0, Event::ChunkSized { items: self.chunk_items }), (0, self.counted())])
            .chain(self.messages.iter_from(0).map(|said| (said.at_ns, Event::MessageSaid(said.clone()))))
            .chain(self.machine.iter().map(|load| (self.last_row_ns, Event::MachineSeen(*load))))
            .chain(self.noted())
            .chain(self.audit.iter().map(|audit| (self.last_row_ns, Event::Audited(audit.clone()))))
            .chain(self.ending().into_iter().map(|ending| (self.last_row_ns, Event::Finished { ending })))
    }

    /// What neither rows nor lanes tell.
    fn counted(&self) -> Event {
        let kept_from_workers = self
            .messages
            .iter_from(0)
            .filter(|said| matches!(said.source, MessageSource::Worker { .. }))
            .count();
        Event::CountsRecorded {
            retries: self.counts.retries,
            recycled: self.counts.recycled,
            lines_gone: self.messages.dropped(),
            of_workers: self.messages.from_workers() - kept_from_workers as u64,
        }
    }

    /// What people wrote on it.
    fn noted(&self) -> impl Iterator<Item = (u64, Event)> {
        let written = |(place, text): (_, &Arc<str>)| Event::NoteWritten { place, text: Arc::clone(text) };
        self.margin.iter().map(move |note| (self.last_row_ns, written(note)))
    }

    fn ending(&self) -> Option<Ending> {
        match &self.state {
            RunState::Finished(ending) => Some(ending.clone()),
            RunState::Starting | RunState::Running | RunState::Stopping => None,
        }
    }

    /// As many lanes as there were at most, and as many workers as there were at the end.
    fn sizes(&self) -> Vec<(u64, Event)> {
        let sizes = [self.lanes.len(), self.workers];
        sizes.map(|workers| (0, Event::PoolResized { workers })).into()
    }

    /// What happened to processes, in the order of its times.
    fn lives(&self) -> Vec<(u64, Event)> {
        let mut found: BTreeMap<(u64, u32), (Range<usize>, &Life)> = BTreeMap::new();
        for (place, lane) in self.lanes.iter().enumerate() {
            for life in lane.lives.iter() {
                // The lanes of a process are neighbours.
                let of_process = found.entry((life.launched_ns, life.pid)).or_insert((place..place, life));
                of_process.0.end = place + 1;
            }
        }
        let mut events: Vec<(u64, Event)> =
            found.into_values().flat_map(|(lanes, life)| events_of(&lanes, life)).collect();
        events.sort_by_key(|(at_ns, _)| *at_ns);
        events
    }
}

fn events_of(lanes: &Range<usize>, life: &Life) -> Vec<(u64, Event)> {
    let Life { pid, launched_ns, readiness, .. } = *life;
    let mut events = vec![(launched_ns, Event::HostLaunched { lanes: lanes.clone(), pid, launched_ns })];
    if let Some(ready_ns) = life.ready_ns {
        events.push((ready_ns, Event::HostReady { lanes: lanes.clone(), pid, readiness }));
    }
    if let (Some(ended_ns), Some(end)) = (life.ended_ns, &life.end) {
        let (end, peak_rss_bytes) = (end.clone(), life.peak_rss_bytes);
        let ended = Event::HostEnded { lanes: lanes.clone(), pid, end, peak_rss_bytes, was_suspended: false };
        events.push((ended_ns, ended));
    }
    events
}
