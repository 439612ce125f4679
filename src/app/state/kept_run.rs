//! A run that is over, with what a person has made of it and what the machine did meanwhile.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::export::OpenedRun;
use crate::monitor::{Machine, MachineHistory, MonitorSnapshot};
use crate::pool::{Job, Margin, Mode, RunSnapshot};

/// A run that is over.
#[derive(Clone)]
pub struct KeptRun {
    /// Counted from 1; never given to another run of this session.
    pub number: u32,
    /// Runs of the same function over the same inputs have the same one.
    pub(super) work: u32,
    /// What a person calls it.
    pub name: Option<String>,
    pub run: Arc<RunSnapshot>,
    /// What the machine did meanwhile; nothing where that is not known.
    pub machine: Option<Arc<MonitorSnapshot>>,
    /// The machine that it ran on, as far as its file tells; nothing where that is this one.
    pub ran_on: Option<Machine>,
    /// It is not let go to make room.
    pub is_pinned: bool,
    /// The file that it stands in.
    pub file: Option<PathBuf>,
    /// Its rows were saved as a table.
    pub(super) has_saved_rows: bool,
    /// The notes that stand in a file of the person's.
    pub(super) saved_notes: Margin,
}

impl KeptRun {
    /// "4 processes", or what a person calls it.
    pub fn title(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.run.log.shape().to_string())
    }

    /// Whether both ran the same function over the same inputs, and as many of them, so that their times can be compared.
    pub fn is_of_same_work(&self, other: &Self) -> bool {
        let [own, others] = [self, other].map(|kept| kept.run.log.counts.resumed);
        self.work == other.work && own == others
    }

    pub(super) fn new(run: Arc<RunSnapshot>, machine: Option<Arc<MonitorSnapshot>>) -> Self {
        Self {
            number: 0,
            work: 0,
            name: None,
            run,
            machine,
            ran_on: None,
            is_pinned: false,
            file: None,
            has_saved_rows: false,
            saved_notes: Margin::default(),
        }
    }

    /// Takes newer figures of the machine as long as those that it has do not reach to the end of the run.
    pub(super) fn follow_machine(&mut self, newest: Option<&Arc<MonitorSnapshot>>) {
        let (_, ended) = self.times();
        let sampled = self.machine.as_ref().and_then(|machine| machine.shares.own.last());
        if sampled.is_none_or(|sample| sample.at < ended) {
            self.machine = newest.cloned();
        }
    }

    fn times(&self) -> (Instant, Instant) {
        let started = self.run.log.plan.started;
        (started, started + Duration::from_nanos(self.run.now_ns))
    }

    /// What the machine did meanwhile, for the file of the run.
    pub fn machine_history(&self) -> Option<MachineHistory> {
        let (started, ended) = self.times();
        MachineHistory::of(self.machine.as_ref()?, started, ended)
    }

    pub(super) fn opened(opened: OpenedRun, number: u32) -> Self {
        let OpenedRun { log, machine, history, .. } = opened;
        let (now_ns, started) = (log.last_row_ns, log.plan.started);
        let run = RunSnapshot { log, now_ns, live: Vec::new(), host_pids: Vec::new() };
        let then = history.map(|history| Arc::new(history.seen(started)));
        Self { number, ran_on: Some(machine), ..Self::new(Arc::new(run), then) }
    }

    /// Whether a person has written notes on it that stand in no file of theirs as they are.
    pub fn has_unsaved_notes(&self) -> bool {
        self.run.log.margin != self.saved_notes
    }

    pub(super) fn does(&self, job: &Job) -> bool {
        let own = &self.run.log.plan.job;
        let are_inputs_same = Arc::ptr_eq(&own.inputs, &job.inputs) || own.inputs == job.inputs;
        own.function == job.function && are_inputs_same
    }

    pub fn mode(&self) -> Mode {
        self.run.log.plan.job.settings.mode
    }

    pub(super) fn size_bytes(&self) -> usize {
        self.run.log.size_bytes()
    }
}
