//! The one record of a run: rows, lanes, messages, deaths and totals. Append-only, bounded, cheap to publish.
//!
//! Events make it, and nothing else does: see `apply`. The window, the analysis, the exports and the command line read it and keep no
//! books of their own. All times are nanoseconds since Start on one monotonic clock.

mod apply;
mod block;
mod cause;
mod cells;
mod core_stays;
mod core_time;
mod event;
mod host_name;
mod injection;
mod inputs;
mod journal;
mod lanes;
mod machine;
mod margin;
mod messages;
mod new_rows;
mod notice;
mod recorded;
mod recorder;
mod resumed_rows;
mod row;
mod rows;
mod timing;

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use serde::{Deserialize, Serialize};

pub use self::cause::Cause;
pub use self::core_stays::{CoreStay, CoreStays};
pub use self::core_time::{CHANGING_STRETCHES, CoreTime, CoreTimes};
pub use self::event::{Event, ItemsFinished};
pub use self::host_name::HostName;
pub use self::injection::{Injection, NotInjected, When};
pub use self::inputs::Inputs;
pub use self::journal::Journal;
pub use self::lanes::{Idle, Lane, Life, LifeEnd, Obstacle, Readiness, Segment};
pub use self::machine::MachineLoad;
pub use self::margin::{MOST_NOTE_CHARACTERS, MOST_NOTES, Margin, NoteFault, NotePlace};
pub use self::messages::{Message, MessageContent, MessageSource, Messages};
pub use self::new_rows::NewRows;
pub use self::notice::{DiedAt, Notice, RecycleReason};
pub use self::recorded::{LATEST_NS, LaneHistory, RecordedRows, are_sound_stays};
pub use self::recorder::Recorder;
pub use self::resumed_rows::ResumedRows;
pub use self::row::{Batch, FailedSpan, Row, RowState};
pub use self::rows::{OkRun, Rows};
pub use self::timing::Timing;
use super::settings::{HaltRule, Job, Shape};
use crate::value::Value;

/// How far a run is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunState {
    /// Hosts are being started; no worker is ready yet.
    Starting,
    /// At least one worker is ready.
    Running,
    /// Stop was asked for; hosts are being ended.
    Stopping,
    /// Over: every input has its row, no host is left.
    Finished(Ending),
}

/// How a run ended.
///
/// Run files hold the place of a variant: new ones come last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ending {
    /// All inputs went through.
    Completed,
    /// It was stopped by a person.
    Stopped,
    /// Too many inputs failed, by the pool's rule.
    Halted { rule: HaltRule, failed: u64, done: u64 },
    /// The pool could not go on; the sentence says why.
    Broken(String),
}

/// Totals of a run so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub total: u64,
    pub ok: u64,
    /// Rows that ended in an error, those that a Stop kept from running among them.
    pub failed: u64,
    /// Of the failed ones, those that never ran because the run was stopped first.
    pub not_run: u64,
    /// Of the failed ones, those that were executing when the run was stopped.
    pub stopped: u64,
    /// Hosts that died without being asked to.
    pub hosts_lost: u64,
    /// Of the failed ones, those that took longer than the timeout.
    pub timed_out: u64,
    /// Of the ok ones, those that failed first and succeeded when they were tried again.
    pub flaky: u64,
    /// Of the ok ones, those that were finished in an earlier run.
    pub resumed: u64,
    /// Items that were given to a worker once more: because their host died, or because they failed and retries are
    /// asked for.
    pub retries: u64,
    /// Workers that gave way to new ones by the pool's rules.
    pub recycled: u64,
}

impl Counts {
    /// Rows that are final.
    pub fn done(&self) -> u64 {
        self.ok + self.failed
    }

    /// Rows of items that came to an end by themselves: a Stop neither cut them off nor came before them.
    pub fn through(&self) -> u64 {
        self.done().saturating_sub(self.not_run + self.stopped)
    }

    /// Of these, the ones that this run has run: not those kept from an earlier one.
    pub fn run_here(&self) -> u64 {
        self.through().saturating_sub(self.resumed)
    }
}

/// What the end of a run found left over. Anything but zeros is named in `named`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Audit {
    pub processes: usize,
    pub zombies: usize,
    pub temp_files: usize,
    /// A line for each thing left.
    pub named: Vec<String>,
    /// Processes that commands had left running and that were ended with the run, by name and pid.
    pub ended: Vec<String>,
}

impl Audit {
    /// Whether nothing was left.
    pub fn is_clean(&self) -> bool {
        self.processes == 0 && self.zombies == 0 && self.temp_files == 0
    }
}

/// How a host died that was not asked to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Death {
    /// The number of the host's first worker, counted from 1.
    pub worker: usize,
    pub pid: u32,
    pub at_ns: u64,
    /// Called so in run files.
    #[serde(rename = "cause")]
    pub end: LifeEnd,
    /// The items that were executing then.
    pub executing: Vec<u64>,
    pub peak_rss_bytes: u64,
    /// From the death to the next host being ready, once that is known.
    pub replaced_after: Option<Duration>,
    /// The last lines that the host wrote, oldest first.
    pub last_lines: Vec<Arc<str>>,
    /// Workers that were threads of this process.
    pub threads: usize,
}

/// So many deaths are kept of a run whose rows are let go.
const KEPT_DEATHS: u64 = 1000;

/// What is fixed when a run starts.
#[derive(Debug, Clone)]
pub struct Plan {
    pub job: Job,
    /// Zero of all `_ns` times.
    pub started: Instant,
    pub started_wall: SystemTime,
}

/// The record of one run.
#[derive(Debug, Clone)]
pub struct RunLog {
    pub plan: Arc<Plan>,
    pub state: RunState,
    /// Nothing new begins until a person says so.
    pub is_paused: bool,
    /// Nothing new begins any more; the run ends with what executes.
    pub is_draining: bool,
    /// The workers that the pool has now; at Start those of its settings.
    pub workers: usize,
    pub counts: Counts,
    pub rows: Rows,
    pub inputs: Inputs,
    /// Rows before this one were let go, with their inputs: whoever follows the run has seen them.
    pub released: u64,
    /// Index 0 is worker 1. One of them may be no worker of the pool but the one in which suspects run alone.
    pub lanes: Vec<Lane>,
    pub messages: Messages,
    /// The module that turned on the lock of an interpreter which had started without it.
    pub lock_turned_on_by: Option<Arc<str>>,
    pub deaths: Journal<Death>,
    /// From Start to the first worker ready.
    pub startup_ns: Option<u64>,
    /// From Start to the last row.
    pub last_row_ns: u64,
    /// The chunk size in use now, in items.
    pub chunk_items: u64,
    /// Hosts started in all, replacements counted too.
    pub hosts_started: u64,
    pub audit: Option<Audit>,
    /// What the machine did from Start to the end of the last host, once that is known and where the system tells.
    pub machine: Option<MachineLoad>,
    /// What people wrote on it.
    pub margin: Margin,
}

impl RunLog {
    /// The empty record of a run that starts now, over the inputs of its job.
    pub fn new(plan: Plan) -> Self {
        let inputs = Inputs::whole(Arc::clone(&plan.job.inputs));
        Self::over(inputs, plan)
    }

    /// The record of a run that starts now, with outputs of an earlier run over the same inputs.
    pub fn resuming(plan: Plan, kept: ResumedRows) -> Self {
        let mut log = Self::new(plan);
        log.counts.resumed = kept.len();
        log.counts.ok = log.counts.resumed;
        kept.record(&mut log.rows);
        log
    }

    /// The empty record of a run whose inputs are read while it goes on.
    pub fn streaming(plan: Plan) -> Self {
        Self::over(Inputs::open(), plan)
    }

    fn over(inputs: Inputs, plan: Plan) -> Self {
        let total = inputs.len();
        let workers = plan.job.settings.workers;
        Self {
            state: RunState::Starting,
            is_paused: false,
            is_draining: false,
            workers,
            counts: Counts { total, ..Counts::default() },
            rows: if inputs.is_open() { Rows::growing() } else { Rows::new(total) },
            inputs,
            released: 0,
            lanes: vec![Lane::default(); workers],
            messages: Messages::default(),
            lock_turned_on_by: None,
            deaths: Journal::default(),
            startup_ns: None,
            last_row_ns: 0,
            chunk_items: 0,
            hosts_started: 0,
            audit: None,
            machine: None,
            margin: Margin::default(),
            plan: Arc::new(plan),
        }
    }

    /// How the workers that the pool has now are spread over processes.
    pub fn shape(&self) -> Shape {
        Shape { workers: self.workers, ..self.plan.job.settings.shape() }
    }

    /// Whether the run is over.
    pub fn is_finished(&self) -> bool {
        matches!(self.state, RunState::Finished(_))
    }

    /// The row of input `index`, final or not; nothing where there is no such input.
    pub fn row(&self, index: u64) -> Option<Row<'_>> {
        let input = self.inputs.get(index)?;
        let mut row = self.rows.row(index, input);
        row.written = self.inputs.written(index);
        row.pid = (row.worker > 0).then(|| self.lanes.get(row.worker - 1)?.pid_at(row.start_ns)).flatten();
        Some(row)
    }

    /// The rows from `index` on that are ok and lie together: their outputs alone. Nothing where the row is not ok, or was
    /// let go; [`RunLog::row`] tells of any row.
    pub fn ok_run(&self, index: u64) -> Option<OkRun<'_>> {
        (index >= self.released).then(|| self.rows.ok_run(index)).flatten()
    }

    /// Lets all rows before `index` go, and of the history what speaks of nothing else: a stream may go on for days.
    pub fn release(&mut self, index: u64) {
        if index <= self.released {
            return;
        }
        self.released = index.min(self.counts.total);
        self.rows.release(self.released);
        self.inputs.release(self.released);
        self.lanes.iter_mut().for_each(|lane| lane.release(self.released));
        while self.deaths.len() - self.deaths.forgotten() > KEPT_DEATHS
            && self.deaths.forget_oldest().is_some()
        {}
    }

    /// All outputs in input order, `None` for rows without one. Meant for small runs: "Results: \[2, 4, 6\]".
    pub fn outputs(&self) -> Vec<Value> {
        (0..self.counts.total)
            .map(|index| {
                self.row(index).and_then(|row| row.output).map_or(Value::None, |cell| cell.to_value())
            })
            .collect()
    }

    /// About how much memory its rows and inputs take.
    pub fn size_bytes(&self) -> usize {
        self.inputs.size_bytes() + self.rows.size_bytes()
    }

    /// CPU seconds that all workers used within items.
    pub fn cpu_s(&self) -> f64 {
        self.lanes.iter().map(|lane| lane.cpu_s).sum()
    }

    /// The mean number of cores that the processes of the pool kept busy, their starts and ends too; of items alone while
    /// the run goes on, and where the system does not tell more.
    pub fn cores_busy(&self) -> f64 {
        self.machine.map_or_else(|| self.items_cores_busy(), |machine| machine.pool_busy_cores())
    }

    /// The mean number of cores that items kept busy from Start to the last row; 0 before there is one.
    pub fn items_cores_busy(&self) -> f64 {
        if self.last_row_ns == 0 { 0.0 } else { self.cpu_s() / ns_to_s(self.last_row_ns) }
    }
}

/// Nanoseconds as seconds.
pub fn ns_to_s(ns: u64) -> f64 {
    ns as f64 / 1e9
}
