//! The run that the window shows: started and let go in the background, looked at once a frame.

use std::sync::Arc;
use std::thread;

use egui::Context;

use super::notes::with_notes;
use super::resume_job::rerun_failed;
use crate::app::background::{Task, drop_elsewhere, finished};
use crate::app::command::Situation;
use crate::app::note_command::NoteOn;
use crate::app::repaint_rate::RepaintRate;
use crate::error::Result;
use crate::pool::{
    self, Control, Ending, Job, Launch, ResumedRows, Run, RunLog, RunSnapshot, RunState, Settings, Waker,
};

/// How far the run is, in the words of the title and the status bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Nothing was started yet.
    Ready,
    Running,
    /// Nothing new begins until a person says so.
    Paused,
    /// Nothing new begins any more.
    Finishing,
    Stopping,
    /// Every input went through.
    Done,
    Stopped,
    /// The pool could not go on.
    Broken,
}

impl Phase {
    /// The word for a person.
    pub fn label(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Finishing => "finishing current items",
            Self::Stopping => "stopping",
            Self::Done => "done",
            Self::Stopped => "stopped",
            Self::Broken => "failed",
        }
    }

    /// How far the run of this record is.
    pub fn of(log: &RunLog) -> Self {
        match &log.state {
            RunState::Starting | RunState::Running if log.is_draining => Self::Finishing,
            RunState::Starting | RunState::Running if log.is_paused => Self::Paused,
            RunState::Starting | RunState::Running => Self::Running,
            RunState::Stopping => Self::Stopping,
            RunState::Finished(Ending::Completed) => Self::Done,
            RunState::Finished(Ending::Stopped | Ending::Halted { .. }) => Self::Stopped,
            RunState::Finished(Ending::Broken(_)) => Self::Broken,
        }
    }

    /// Whether a pool is at work.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Running | Self::Paused | Self::Finishing | Self::Stopping)
    }
}

/// Starts runs and holds the newest.
pub struct Runner {
    launch: Launch,
    starting: Option<Task<Result<Run>>>,
    run: Option<Run>,
    /// The newest snapshot of the pool, which knows nothing of notes.
    published: Option<Arc<RunSnapshot>>,
    /// The same with what a person wrote on the run.
    snapshot: Option<Arc<RunSnapshot>>,
    stop_was_asked: bool,
}

impl Runner {
    /// Nothing runs yet; hosts will be launched as `launch` says.
    pub fn new(launch: Launch) -> Self {
        Self { launch, starting: None, run: None, published: None, snapshot: None, stop_was_asked: false }
    }

    /// Starts a pool; what was shown before is let go.
    pub fn start(&mut self, job: Job, ctx: &Context) {
        self.begin(ctx, RepaintRate::of_window(ctx), move || Ok((job, ResumedRows::default())));
    }

    /// The same for a run whose figures are what it is for, so that the window draws it seldom.
    pub fn start_measured(&mut self, job: Job, ctx: &Context) {
        let repaint_rate = RepaintRate::of_window(ctx).while_measured();
        self.begin(ctx, repaint_rate, move || Ok((job, ResumedRows::default())));
    }

    /// Starts a pool with what the last run left undone, and with these settings where there are any.
    pub fn rerun(&mut self, settings: Option<Settings>, ctx: &Context) {
        let Some(last) = self.snapshot.clone() else { return };
        self.begin(ctx, RepaintRate::of_window(ctx), move || rerun_failed(&last.log, settings));
    }

    fn begin(
        &mut self,
        ctx: &Context,
        repaint_rate: RepaintRate,
        job: impl FnOnce() -> Result<(Job, ResumedRows)> + Send + 'static,
    ) {
        if let Some(run) = self.run.take() {
            drop_elsewhere(run);
        }
        (self.published, self.snapshot) = (None, None);
        self.stop_was_asked = false;
        let (launch, waker) = (self.launch.clone(), waker(ctx, repaint_rate));
        let delay_before_run = repaint_rate.delay_before_run;
        let start = move || {
            let (job, kept) = job()?;
            thread::sleep(delay_before_run);
            pool::resume(job, kept, &launch, waker)
        };
        let wakes_after = repaint_rate.news_of_begin();
        self.starting = Some(Task::spawn_and_wake_later("start the pool", ctx, wakes_after, start));
    }

    /// How its hosts are launched.
    pub fn launch(&self) -> &Launch {
        &self.launch
    }

    /// Asks something of the pool that is at work.
    pub fn ask(&self, control: Control) {
        if let Some(run) = &self.run {
            run.ask(control);
        }
    }

    /// Stops the pool, also one that is still being started.
    pub fn stop(&mut self) {
        self.stop_was_asked = true;
        if let Some(run) = &self.run {
            run.stop();
        }
    }

    /// Takes the newest snapshot; once a frame. The error says why a pool could not be started.
    pub fn poll(&mut self) -> Result<()> {
        let started = finished(&mut self.starting).map(|done| done.and_then(|result| result));
        if let Some(run) = started.transpose()? {
            if self.stop_was_asked {
                run.stop();
            }
            self.run = Some(run);
        }
        let newest = self.run.as_ref().map(Run::snapshot);
        if let Some(newest) = newest.filter(|newest| !self.is_published(newest)) {
            let margin = self.snapshot.as_ref().map(|shown| shown.log.margin.clone()).unwrap_or_default();
            self.snapshot = Some(with_notes(&newest, &margin));
            self.published = Some(newest);
        }
        Ok(())
    }

    fn is_published(&self, newest: &Arc<RunSnapshot>) -> bool {
        self.published.as_ref().is_some_and(|published| Arc::ptr_eq(published, newest))
    }

    /// Writes a note if this is the run that it is on; says whether it is.
    pub fn write_note(&mut self, on: NoteOn, text: &str) -> bool {
        self.snapshot.as_mut().is_some_and(|run| on.write(run, text))
    }

    /// Ends the pool and waits until no process of it is left; for the end of the program.
    pub fn shut_down(&mut self) {
        // A pool that is just being started has to be there before it can be ended.
        let started = self.starting.take().and_then(Task::wait);
        drop(started);
        self.run = None;
    }

    /// The run as it was at the beginning of this frame.
    pub fn snapshot(&self) -> Option<&Arc<RunSnapshot>> {
        self.snapshot.as_ref()
    }

    /// How far it is.
    pub fn phase(&self) -> Phase {
        if self.starting.is_some() {
            return Phase::Running;
        }
        match self.snapshot.as_ref().map(|snapshot| &snapshot.log) {
            None => Phase::Ready,
            Some(log) if self.stop_was_asked && !log.is_finished() => Phase::Stopping,
            Some(log) => Phase::of(log),
        }
    }

    fn log_says(&self, what: impl Fn(&RunLog) -> bool) -> bool {
        self.snapshot.as_ref().is_some_and(|snapshot| what(&snapshot.log))
    }

    /// Whether a pool is at work.
    pub fn is_live(&self) -> bool {
        self.phase().is_live()
    }

    /// What can be done now.
    pub fn situation(&self) -> Situation {
        let phase = self.phase();
        Situation {
            is_live: phase.is_live(),
            is_paused: self.log_says(|log| log.is_paused),
            is_ending: matches!(phase, Phase::Stopping | Phase::Finishing),
            has_undone: self.log_says(|log| log.counts.failed > 0),
            has_deaths: self.log_says(|log| !log.deaths.is_empty()),
            has_results: self.log_says(|log| log.is_finished() && log.counts.total > 0),
            is_comparing: false,
            has_setup_before: false,
            has_code_to_save: false,
            has_run: self.snapshot.is_some(),
            is_trying: false,
        }
    }
}

/// Wakes the window for what is new of a run: seldom while it goes on, and at once when it is over, which is when the pool lets
/// go of its waker.
struct NewsOfRun {
    ctx: Context,
    repaint_rate: RepaintRate,
}

impl NewsOfRun {
    fn came(&self) {
        self.ctx.request_repaint_after(self.repaint_rate.live);
    }
}

impl Drop for NewsOfRun {
    fn drop(&mut self) {
        self.ctx.request_repaint();
    }
}

fn waker(ctx: &Context, repaint_rate: RepaintRate) -> Waker {
    let news = NewsOfRun { ctx: ctx.clone(), repaint_rate };
    Arc::new(move || news.came())
}
