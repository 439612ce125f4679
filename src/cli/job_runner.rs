//! Runs jobs in this terminal one after the other, quietly, for what is made of several of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use super::os::on_wish;
use crate::error::{Error, Result};
use crate::pool::{self, Ending, Job, Launch, RunLog, RunState, Waker};

/// A run is looked at this often while it is silent.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Runs jobs to their ends, and hears Ctrl-C meanwhile.
pub(super) struct JobRunner {
    launch: Launch,
    wake: SyncSender<()>,
    news: Receiver<()>,
    /// How often it was asked for the end.
    wishes: Arc<AtomicU32>,
}

impl JobRunner {
    /// Listens for Ctrl-C from now on.
    pub(super) fn set_up() -> Result<Self> {
        let (wake, news) = sync_channel(1);
        let wishes = Arc::new(AtomicU32::new(0));
        let (counted, woken) = (Arc::clone(&wishes), wake.clone());
        let heard = on_wish(move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
            // One piece of news in waiting says as much as two.
            let _ = woken.try_send(());
        });
        heard.map_err(|error| Error::pool("hear Ctrl-C", error))?;
        Ok(Self { launch: Launch::this_program()?, wake, news, wishes })
    }

    /// How its runs' hosts are launched.
    pub(super) fn launch(&self) -> &Launch {
        &self.launch
    }

    /// Whether a person has asked for the end.
    pub(super) fn is_to_end(&self) -> bool {
        self.wishes.load(Ordering::Relaxed) > 0
    }

    /// Runs a job to its end, which is soon where it is asked for.
    pub(super) fn run(&self, job: &Job) -> Result<RunLog> {
        let wake = self.wake.clone();
        let waker: Waker = Arc::new(move || {
            let _ = wake.try_send(());
        });
        let run = pool::start(job.clone(), &self.launch, waker)?;
        while !run.snapshot().log.is_finished() {
            if self.is_to_end() {
                run.stop();
            }
            // Also when nothing is heard it is time to look.
            let _ = self.news.recv_timeout(LOOK_EVERY);
        }
        let log = run.join().log.clone();
        match &log.state {
            RunState::Finished(Ending::Broken(reason)) => {
                Err(Error::pool("finish the run", reason.lines().next().unwrap_or_default()))
            }
            _ => Ok(log),
        }
    }
}
