//! Which command each worker runs, so that a fault can be made in its process and not in that of the worker.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::os;
use crate::function::Fault;

/// The commands that run now, by their workers, and the faults that wait for one.
#[derive(Default)]
pub(super) struct RunningCommands(Mutex<BTreeMap<usize, Running>>);

#[derive(Default)]
struct Running {
    pid: Option<u32>,
    waiting: Option<Fault>,
}

impl RunningCommands {
    /// The worker has begun this command, which is not waited for before [`Self::ended`]: its number stays its own.
    pub(super) fn begun(&self, worker: usize, pid: u32) {
        let mut all = self.all();
        let running = all.entry(worker).or_default();
        running.pid = Some(pid);
        if let Some(fault) = running.waiting.take() {
            os::strike(pid, fault);
        }
    }

    /// The worker's command is over, or about to be waited for.
    pub(super) fn ended(&self, worker: usize) {
        if let Some(running) = self.all().get_mut(&worker) {
            running.pid = None;
        }
    }

    /// Makes the fault in the worker's command, or in its next one; false where a command cannot be made to do so.
    pub(super) fn strike(&self, worker: usize, fault: Fault) -> bool {
        if !os::can_strike(fault) {
            return false;
        }
        let mut all = self.all();
        let running = all.entry(worker).or_default();
        match running.pid {
            Some(pid) => os::strike(pid, fault),
            None => running.waiting = Some(fault),
        }
        true
    }

    /// Nothing panics half-way through changing it.
    fn all(&self) -> MutexGuard<'_, BTreeMap<usize, Running>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
