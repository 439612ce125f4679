//! How events become the record; the only place where one is written. All counts follow from the events.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use super::core_stays::CoreStays;
use super::event::{Event, ItemsFinished};
use super::{
    Cause, Death, Ending, FailedSpan, Lane, Life, LifeEnd, Message, Notice, Readiness, RecordedRows,
    RowState, RunLog, RunState, Segment,
};
use crate::value::Column;

impl RunLog {
    /// Takes what happened at `at_ns` after Start.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::time::{Instant, SystemTime};
    /// use poolscope::function::FunctionSpec;
    /// use poolscope::pool::{Ending, Event, Job, Plan, Readiness, RunLog, Settings};
    /// use poolscope::value::Column;
    ///
    /// // A record needs no pool: events can come from anywhere.
    /// let job = Job {
    ///     inputs_name: "typed".to_owned(),
    ///     inputs: Arc::new(Column::Int(vec![7])),
    ///     function: FunctionSpec::builtin("double", [])?,
    ///     settings: Settings { workers: 1, ..Settings::default() },
    /// };
    /// let mut log = RunLog::new(Plan { job, started: Instant::now(), started_wall: SystemTime::now() });
    /// log.apply(1_000, &Event::HostLaunched { lanes: 0..1, pid: 4711, launched_ns: 500 });
    /// log.apply(9_000_000, &Event::HostReady { lanes: 0..1, pid: 4711, readiness: Readiness::default() });
    /// log.apply(9_500_000, &Event::Finished { ending: Ending::Completed });
    /// assert!(log.is_finished());
    /// assert_eq!(log.lanes[0].lives.len(), 1);
    /// # Ok::<(), poolscope::error::Error>(())
    /// ```
    pub fn apply(&mut self, at_ns: u64, event: &Event) {
        match event {
            Event::HostLaunched { lanes, pid, launched_ns } => self.host_launched(lanes, *pid, *launched_ns),
            Event::HostReady { lanes, pid, readiness } => self.host_ready(at_ns, (lanes, *pid), *readiness),
            Event::HostSuspended { lanes, is_suspended } => self.host_suspended(lanes, *is_suspended),
            Event::HostEnded { lanes, pid, end, peak_rss_bytes, was_suspended } => {
                self.lanes_in(lanes).for_each(|lane| lane.is_suspended &= !was_suspended);
                self.host_ended(at_ns, (lanes, *pid), end, *peak_rss_bytes);
            }
            Event::HostDied(death) => self.host_died(death),
            Event::HostReplaced { death, after } => self.host_replaced(*death, *after),
            Event::HostRecycled { .. } => self.counts.recycled += 1,
            Event::HostWasIdle { lanes, idle } => {
                self.lanes_in(lanes).for_each(|lane| lane.idles.push(*idle));
            }
            Event::CoreTimeSeen { lane, core_time } => {
                self.lane(*lane).for_each(|lane| lane.core_times.add(*core_time));
            }
            Event::ItemsFinished(finished) => self.items_finished(at_ns, finished),
            Event::ItemCutOff { lane, segment } => self.item_cut_off(at_ns, *lane, *segment),
            Event::ItemFailed { index, cause, span } => self.item_failed(*index, cause, *span),
            Event::ItemRetried { index } => self.item_retried(*index),
            Event::ChunkSized { items } => self.chunk_items = *items,
            Event::MessageSaid(message) => self.message_said(message),
            Event::PoolResized { workers } => self.pool_resized(*workers),
            Event::PoolShrunk { workers, without } => self.pool_shrunk(*workers, without),
            Event::SuspectLaneAdded => self.lanes.push(Lane { is_for_suspects: true, ..Lane::default() }),
            Event::Paused { is_paused } => self.is_paused = *is_paused,
            Event::Draining => (self.is_draining, self.is_paused) = (true, false),
            Event::Stopping => self.state = RunState::Stopping,
            Event::InputsAdded(column) => self.inputs_added(column),
            Event::InputsEnded => self.inputs.close(),
            Event::RowsReleased { index } => self.release(*index),
            Event::RowsRecorded(rows) => self.rows_recorded(at_ns, rows),
            Event::LaneRecorded { lane, history } => self.lane(*lane).for_each(|lane| history.restore(lane)),
            Event::CountsRecorded { retries, recycled, lines_gone, of_workers } => {
                (self.counts.retries, self.counts.recycled) = (*retries, *recycled);
                self.messages.note_gone(*lines_gone, *of_workers);
            }
            Event::CoreSeen { lane, stay } => {
                self.lane(*lane).for_each(|lane| lane.add_stay(*stay));
            }
            Event::CoresRecorded { lane, stays, moves } => {
                self.lane(*lane).for_each(|lane| lane.core_stays = CoreStays::restored(stays, *moves));
            }
            Event::MachineSeen(load) => self.machine = Some(*load),
            Event::Audited(audit) => self.audit = Some(audit.clone()),
            Event::NoteWritten { place, text } => self.margin.write(*place, text),
            Event::Finished { ending } => self.finished(at_ns, ending),
        }
    }

    /// The lane of this number, if there is one: events may come from a file.
    fn lane(&mut self, lane: usize) -> impl Iterator<Item = &mut Lane> {
        self.lanes.get_mut(lane).into_iter()
    }

    /// Of those lanes, the ones that there are.
    fn lanes_in(&mut self, lanes: &Range<usize>) -> impl Iterator<Item = &mut Lane> {
        self.lanes.iter_mut().take(lanes.end).skip(lanes.start)
    }

    /// The lives that a process has under its lanes, which may have later ones already.
    fn lives_of(&mut self, lanes: &Range<usize>, pid: u32) -> impl Iterator<Item = &mut Life> {
        self.lanes_in(lanes).filter_map(move |lane| {
            let from_end = lane.lives.iter().rev().position(|life| life.pid == pid)? as u64;
            let place = lane.lives.len() - 1 - from_end;
            lane.lives.get_mut(place)
        })
    }

    fn host_launched(&mut self, lanes: &Range<usize>, pid: u32, launched_ns: u64) {
        self.hosts_started += 1;
        let life = Life {
            pid,
            launched_ns,
            readiness: Readiness::default(),
            ready_ns: None,
            ended_ns: None,
            end: None,
            peak_rss_bytes: 0,
        };
        self.lanes_in(lanes).for_each(|lane| lane.lives.push(life.clone()));
    }

    fn host_suspended(&mut self, lanes: &Range<usize>, is_suspended: bool) {
        self.lanes_in(lanes).for_each(|lane| lane.is_suspended = is_suspended);
    }

    fn host_died(&mut self, death: &Death) {
        self.counts.hosts_lost += 1;
        self.deaths.push(death.clone());
    }

    fn host_replaced(&mut self, death: u64, after: Duration) {
        if let Some(death) = self.deaths.get_mut(death) {
            death.replaced_after = Some(after);
        }
    }

    fn item_cut_off(&mut self, at_ns: u64, lane: usize, segment: Segment) {
        self.last_row_ns = self.last_row_ns.max(at_ns);
        self.lane(lane).for_each(|lane| lane.add_cut_off(segment));
    }

    fn message_said(&mut self, message: &Message) {
        if let Some(Notice::LockTurnedOn { module }) = message.notice() {
            self.lock_turned_on_by = Some(module.as_str().into());
        }
        self.messages.push(message.clone());
    }

    fn pool_shrunk(&mut self, workers: usize, without: &[usize]) {
        self.workers = workers;
        for lane in without {
            self.lane(*lane).for_each(|lane| lane.is_retired = true);
        }
    }

    fn inputs_added(&mut self, column: &Arc<Column>) {
        self.inputs.push(Arc::clone(column));
        self.counts.total = self.inputs.len();
    }

    fn finished(&mut self, at_ns: u64, ending: &Ending) {
        self.rows.close(Cause::NotRun(Arc::new(ending.clone())));
        self.close_counts(at_ns);
        self.state = RunState::Finished(ending.clone());
    }

    fn host_ready(&mut self, at_ns: u64, (lanes, pid): (&Range<usize>, u32), readiness: Readiness) {
        for life in self.lives_of(lanes, pid) {
            (life.readiness, life.ready_ns) = (readiness, Some(at_ns));
        }
        self.startup_ns.get_or_insert(at_ns);
        if self.state == RunState::Starting {
            self.state = RunState::Running;
        }
    }

    fn host_ended(&mut self, at_ns: u64, (lanes, pid): (&Range<usize>, u32), end: &LifeEnd, rss_bytes: u64) {
        for life in self.lives_of(lanes, pid) {
            life.ended_ns = Some(at_ns);
            life.end = Some(end.clone());
            life.peak_rss_bytes = rss_bytes;
        }
    }

    fn items_finished(&mut self, at_ns: u64, finished: &ItemsFinished) {
        let ItemsFinished { lane, batch, again, flaky } = finished;
        self.rows.finish(batch, lane + 1, again);
        flaky.iter().for_each(|index| self.rows.mark_flaky(*index));
        let (start_ns, end_ns, busy_ns) = batch.timing.extent();
        let (items, failed) = (batch.count as u64, batch.failures.len() as u64);
        let last = batch.first + items.saturating_sub(1);
        let segment = Segment { start_ns, end_ns, busy_ns, first: batch.first, last, items, failed };
        if let Some(lane) = self.lanes.get_mut(*lane) {
            lane.add(segment);
            lane.cpu_s += batch.timing.cpu_ns() as f64 / 1e9;
        }
        self.counts.ok += items - failed;
        self.counts.failed += failed;
        self.counts.flaky += flaky.len() as u64;
        self.last_row_ns = self.last_row_ns.max(at_ns);
    }

    fn rows_recorded(&mut self, at_ns: u64, recorded: &RecordedRows) {
        let Some(tally) = self.rows.restore(recorded, self.counts.total) else { return };
        let counts = &mut self.counts;
        counts.ok += tally.ok;
        counts.resumed += tally.resumed;
        counts.flaky += tally.flaky;
        counts.failed += tally.failed;
        counts.stopped += tally.stopped;
        counts.timed_out += tally.timed_out;
        self.last_row_ns = self.last_row_ns.max(at_ns);
    }

    fn item_failed(&mut self, index: u64, cause: &Cause, span: FailedSpan) {
        let state = cause.state();
        self.rows.fail(index, cause.clone(), span);
        self.counts.failed += 1;
        self.counts.stopped += u64::from(state == RowState::Stopped);
        self.counts.timed_out += u64::from(state == RowState::TimedOut);
    }

    fn item_retried(&mut self, index: u64) {
        self.counts.retries += 1;
        if self.rows.is_final(index) {
            self.rows.reopen(index);
            self.counts.failed -= 1;
        }
    }

    fn pool_resized(&mut self, workers: usize) {
        self.workers = workers;
        while self.lanes.len() < workers {
            self.lanes.push(Lane::default());
        }
        for (place, lane) in self.lanes.iter_mut().enumerate() {
            if place < workers {
                // The lanes of a host are neighbours: should suspects need one again, they get the next one.
                (lane.is_for_suspects, lane.is_retired) = (false, false);
            } else {
                lane.is_retired = !lane.is_for_suspects;
            }
        }
    }

    /// What has no row when the run is over was not run.
    fn close_counts(&mut self, at_ns: u64) {
        let not_run = self.counts.total.saturating_sub(self.counts.done());
        self.counts.not_run = not_run;
        self.counts.failed += not_run;
        if self.last_row_ns == 0 || not_run > 0 {
            self.last_row_ns = at_ns;
        }
    }
}
