//! What the cores do while a run goes on that is to be saved, so that its file shows that, too.

use std::sync::Arc;
use std::time::Duration;

use crate::monitor::{MachineHistory, Monitor};
use crate::pool::RunSnapshot;

const SAMPLING: Duration = Duration::from_millis(250);

/// Looks at the machine as long as it lives.
pub struct WatchedMachine {
    monitor: Monitor,
    watched_pids: Vec<u32>,
}

impl WatchedMachine {
    /// Begins to look. Where the system tells nothing, the run is saved without it.
    pub fn start() -> Option<Self> {
        let monitor = Monitor::start(SAMPLING, Arc::new(|| {})).ok()?;
        Some(Self { monitor, watched_pids: Vec::new() })
    }

    /// Whose CPU time is the pool's.
    pub fn follow(&mut self, host_pids: &[u32]) {
        if self.watched_pids != host_pids {
            self.watched_pids = host_pids.to_vec();
            self.monitor.watch(self.watched_pids.clone());
        }
    }

    /// What was seen during this run, which is over.
    pub fn history(self, run: &RunSnapshot) -> Option<MachineHistory> {
        let started = run.log.plan.started;
        MachineHistory::of(&self.monitor.latest(), started, started + Duration::from_nanos(run.now_ns))
    }
}
