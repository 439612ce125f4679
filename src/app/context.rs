//! What a panel sees of the program in one frame: everything by reference, nothing to change but by [`Command`]s.
//!
//! [`Command`]: super::command::Command

use std::time::{Duration, Instant};

use super::command::CommandSender;
use super::state::RunVerdict;
use super::theme::Theme;
use crate::monitor::MonitorSnapshot;
use crate::pool::RunSnapshot;

/// How often the machine is sampled.
pub const SAMPLING: Duration = Duration::from_millis(200);

/// One frame's view of the program; all panels of a frame get the same.
#[derive(Clone, Copy)]
pub struct ViewContext<'a> {
    /// The run that is on or was last; nothing before the first Start.
    pub run: Option<&'a RunSnapshot>,
    /// What the machine does; nothing until the first sample.
    pub monitor: Option<&'a MonitorSnapshot>,
    /// What it did during the run that is shown; nothing where that is not known, as of a run that was opened.
    pub machine_then: Option<&'a MonitorSnapshot>,
    pub theme: &'a Theme,
    pub commands: &'a CommandSender,
    /// When this frame was begun.
    pub now: Instant,
    /// The row that all panels show as chosen.
    pub selected_row: Option<u64>,
    /// The worker (from 1) that the keys of the fault lab act on.
    pub chosen_worker: Option<usize>,
    /// What the run showed; nothing before it is over.
    pub verdict: Option<&'a RunVerdict>,
    /// Whether what the run left undone can be run again: it is the newest of this window.
    pub can_rerun: bool,
}

#[cfg(test)]
impl<'a> ViewContext<'a> {
    /// That of a window in which nothing was run yet.
    pub(crate) fn before_runs(theme: &'a Theme, commands: &'a CommandSender) -> Self {
        Self {
            run: None,
            monitor: None,
            machine_then: None,
            theme,
            commands,
            now: Instant::now(),
            selected_row: None,
            chosen_worker: None,
            verdict: None,
            can_rerun: false,
        }
    }
}

impl ViewContext<'_> {
    /// Whether a run is on, so that what is shown goes on changing.
    pub fn is_live(&self) -> bool {
        self.run.is_some_and(|run| !run.log.is_finished())
    }

    /// Time since Start at this frame, which stands still when the run is over; 0 without a run.
    pub fn elapsed_ns(&self) -> u64 {
        match self.run {
            None => 0,
            Some(run) if run.log.is_finished() => run.elapsed_ns(),
            Some(run) => self.now.saturating_duration_since(run.log.plan.started).as_nanos() as u64,
        }
    }
}
