//! What the run that is shown has shown, worked out in the background when it is over.

use std::sync::Arc;
use std::time::Instant;

use egui::Context;

use crate::analysis::{Disturbance, Finding, Ledger};
use crate::app::background::{Task, finished};
use crate::monitor::{Machine, usable_cores};
use crate::pool::RunSnapshot;

/// What a run that is over showed.
#[derive(Debug, Clone, PartialEq)]
pub struct RunVerdict {
    pub ledger: Ledger,
    pub finding: Option<Finding>,
    /// What other programs used meanwhile, where that was much.
    pub others: Option<Disturbance>,
}

/// The verdict of the run that is shown.
#[derive(Default)]
pub struct VerdictOfRun {
    /// The start of the run that it is of.
    started: Option<Instant>,
    task: Option<Task<RunVerdict>>,
    verdict: Option<RunVerdict>,
}

impl VerdictOfRun {
    /// Takes what was worked out, and has it worked out for a run that has just ended; once a frame.
    ///
    /// `ran_on` is the machine of a run that was opened; nothing for this one.
    pub fn follow(&mut self, run: Option<&Arc<RunSnapshot>>, ran_on: Option<&Machine>, ctx: &Context) {
        let over = run.filter(|run| run.log.is_finished());
        let started = over.map(|run| run.log.plan.started);
        if self.started != started {
            (self.started, self.verdict) = (started, None);
            self.task = over.map(|run| {
                let run = Arc::clone(run);
                let cores = ran_on.map_or_else(usable_cores, |machine| machine.usable_cores);
                Task::spawn("add up the time of the workers", ctx, move || of_run(&run, cores))
            });
        }
        if let Some(Ok(verdict)) = finished(&mut self.task) {
            self.verdict = Some(verdict);
        }
    }

    /// The verdict, once it is there.
    pub fn get(&self) -> Option<&RunVerdict> {
        self.verdict.as_ref()
    }
}

/// What a run that is over showed, on a machine with so many cores for it.
pub fn of_run(run: &RunSnapshot, cores: usize) -> RunVerdict {
    let ledger = Ledger::of(&run.log, run.log.last_row_ns);
    let finding = Finding::of(&run.log, &ledger, cores);
    let load = run.log.machine.as_ref();
    let others = load.and_then(Disturbance::that_spoiled);
    RunVerdict { ledger, finding, others }
}
