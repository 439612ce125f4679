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
    /// What should have ended the command that runs.
    struck: Option<Fault>,
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

    /// How the worker's command ended. Where it went well, a fault came too late for it, and the next one has it.
    pub(super) fn waited_for(&self, worker: usize, went_well: bool) {
        if let Some(running) = self.all().get_mut(&worker)
            && let Some(fault) = running.struck.take()
            && went_well
        {
            running.waiting = Some(fault);
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
            Some(pid) => {
                os::strike(pid, fault);
                running.struck = Some(fault).filter(|fault| fault.is_deadly());
            }
            None => running.waiting = Some(fault),
        }
        true
    }

    /// Nothing panics half-way through changing it.
    fn all(&self) -> MutexGuard<'_, BTreeMap<usize, Running>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_that_comes_too_late_for_a_command_is_made_in_the_next_one() {
        if !os::can_strike(Fault::Abort) {
            return;
        }
        let mut over = std::process::Command::new("true").spawn().unwrap();
        let running = RunningCommands::default();
        running.begun(1, over.id());
        assert!(running.strike(1, Fault::Abort));
        running.ended(1);
        over.wait().unwrap();
        running.waited_for(1, true);
        assert_eq!(running.all()[&1].waiting, Some(Fault::Abort));
    }

    #[test]
    fn a_command_that_did_not_go_well_has_had_its_fault() {
        let running = RunningCommands::default();
        running.all().insert(1, Running { struck: Some(Fault::Abort), ..Running::default() });
        running.waited_for(1, false);
        assert_eq!(running.all()[&1].waiting, None);
    }
}
