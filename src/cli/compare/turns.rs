//! Runs two jobs in turns, A B B A, quietly. It stops by itself; Ctrl-C stops it too.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use super::super::os::on_wish;
use super::ComparedJob;
use crate::analysis::{Round, RoundLimits, Timed, begins_with_b};
use crate::error::{Error, Result};
use crate::pool::{self, Ending, Job, Launch, RunLog, RunState, Waker};

/// A run is looked at this often while it is silent.
const LOOK_EVERY: Duration = Duration::from_millis(50);
const MOST_ROUNDS: usize = 100;

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

    fn is_to_end(&self) -> bool {
        self.wishes.load(Ordering::Relaxed) > 0
    }

    /// Runs a job to its end, which is soon where it is asked for.
    fn run(&self, job: &Job) -> Result<RunLog> {
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

/// What came of it.
pub(super) struct Turns {
    pub(super) rounds: Vec<Round>,
    /// The records of the last whole round.
    pub(super) last: Option<[RunLog; 2]>,
    pub(super) is_interrupted: bool,
    /// Whether items failed in any round.
    pub(super) has_failures: bool,
}

/// Runs both jobs in turns until the interval is narrow, or another round would take longer than is left of the time.
pub(super) fn take_turns(runner: &JobRunner, both: &[ComparedJob; 2], budget: Duration) -> Result<Turns> {
    let (begun, limits) = (Instant::now(), RoundLimits { most_rounds: MOST_ROUNDS, budget });
    let mut turns = Turns { rounds: Vec::new(), last: None, is_interrupted: false, has_failures: false };
    loop {
        let Some(logs) = round(runner, both, begins_with_b(turns.rounds.len()))? else {
            turns.is_interrupted = true;
            return Ok(turns);
        };
        turns.has_failures |= logs.iter().any(|log| log.counts.failed > 0);
        let [a, b] = logs.each_ref().map(Timed::of);
        turns.rounds.push(Round { a, b });
        turns.last = Some(logs);
        if limits.are_enough(&turns.rounds, begun.elapsed()) {
            return Ok(turns);
        }
    }
}

/// Runs each once, the second first where it `is_turned`; nothing where that was interrupted.
fn round(runner: &JobRunner, both: &[ComparedJob; 2], is_turned: bool) -> Result<Option<[RunLog; 2]>> {
    let [a, b] = both;
    let (first, second) = if is_turned { (b, a) } else { (a, b) };
    let first = runner.run(&first.job)?;
    if runner.is_to_end() {
        return Ok(None);
    }
    let second = runner.run(&second.job)?;
    if runner.is_to_end() {
        return Ok(None);
    }
    Ok(Some(if is_turned { [second, first] } else { [first, second] }))
}
