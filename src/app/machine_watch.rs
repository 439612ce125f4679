//! What the window knows of the machine: its newest figures, and whether other programs use the cores. Whose the processes
//! of its own pools are is told to the monitor here, so that they are not taken for others.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use egui::Context;

use super::PoolscopeApp;
use super::background::drop_elsewhere;
use super::context::SAMPLING;
use super::repaint_rate::RepaintRate;
use super::state::{DisturbanceWatch, LessonPage, Runner};
use crate::analysis::Disturbance;
use crate::monitor::{Monitor, MonitorSnapshot, Waker};

/// Follows the machine as long as the window is open.
pub struct MachineWatch {
    monitor: Option<Monitor>,
    newest: Option<Arc<MonitorSnapshot>>,
    others: DisturbanceWatch,
    watched_pids: Vec<u32>,
    /// The run that is set up is at work: each sample is to be seen.
    is_live: Arc<AtomicBool>,
}

impl MachineWatch {
    /// Begins to look. Where the system tells nothing, there are no figures.
    pub fn start(ctx: &Context) -> Self {
        let is_live = Arc::new(AtomicBool::new(false));
        let monitor = Monitor::start(SAMPLING, waker(ctx, &is_live));
        let monitor = monitor.inspect_err(|error| tracing::warn!("{error}")).ok();
        let others = DisturbanceWatch::default();
        Self { monitor, newest: None, others, watched_pids: Vec::new(), is_live }
    }

    /// The newest figures, once there are some.
    pub fn newest(&self) -> Option<&Arc<MonitorSnapshot>> {
        self.newest.as_ref()
    }

    /// What other programs use while no pool of the window is at work, where that is much.
    pub fn others(&self) -> Option<Disturbance> {
        self.others.get()
    }

    /// Stops looking, without waiting for it.
    pub fn end(&mut self) {
        if let Some(monitor) = self.monitor.take() {
            drop_elsewhere(monitor);
        }
    }

    fn follow(&mut self, pids: Vec<u32>, is_at_work: bool, now: Instant) {
        let Some(monitor) = &self.monitor else { return };
        // Before the first sample there are no figures, and zeros would be taken for some.
        self.newest = Some(monitor.latest()).filter(|machine| machine.own.rss_bytes > 0);
        self.others.follow(self.newest.as_deref(), is_at_work, now);
        if pids != self.watched_pids {
            monitor.watch(pids.clone());
            self.watched_pids = pids;
        }
    }
}

impl PoolscopeApp {
    /// Takes the newest figures of the machine; once a frame.
    pub(super) fn follow_machine(&mut self, now: Instant) {
        self.machine.is_live.store(self.runner.is_live(), Ordering::Relaxed);
        let pids = self.hosts();
        let is_at_work = self.runners().iter().any(|runner| runner.is_live()) || !pids.is_empty();
        self.machine.follow(pids, is_at_work, now);
    }

    /// The pools of this window: of what is set up, of one input that is tried, and of a lesson.
    fn runners(&self) -> [&Runner; 3] {
        [&self.runner, &self.trial, &self.lesson_runner]
    }

    /// The hosts of all of them, and of a program that is run step by step.
    fn hosts(&self) -> Vec<u32> {
        let program = match &self.lesson {
            Some(LessonPage::Program(card)) => card.host_pids(),
            Some(LessonPage::Gallery | LessonPage::Lesson(_)) | None => Vec::new(),
        };
        let runs = self.runners().into_iter().filter_map(Runner::snapshot);
        runs.flat_map(|run| run.host_pids.iter().copied()).chain(program).collect()
    }

    /// The processes of which the window knows that they are its own, and none of another program.
    pub fn watched_hosts(&self) -> &[u32] {
        &self.machine.watched_pids
    }
}

/// Wakes the window for each sample while a pool is at work, and seldom at rest.
fn waker(ctx: &Context, is_live: &Arc<AtomicBool>) -> Waker {
    let (ctx, is_live) = (ctx.clone(), Arc::clone(is_live));
    let samples = AtomicU64::new(0);
    Arc::new(move || {
        let nth = samples.fetch_add(1, Ordering::Relaxed);
        let repaint_rate = RepaintRate::of_window(&ctx);
        let at_rest = (repaint_rate.at_rest.as_millis() / SAMPLING.as_millis()) as u64;
        // The first two also at rest, so that the figures are there soon after the window.
        if is_live.load(Ordering::Relaxed) || nth < 2 || nth.is_multiple_of(at_rest) {
            ctx.request_repaint_after(repaint_rate.live);
        }
    })
}
