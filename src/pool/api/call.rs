//! One call of a pool while it runs, and the list of those that do.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::pool::{InputSender, Job, Launch, Run, RunSnapshot, Waker, start, start_stream};

/// A run that several can wait for.
pub(super) struct Call {
    run: Run,
    news: Arc<News>,
}

/// Tells that there is a newer snapshot.
#[derive(Default)]
struct News {
    count: Mutex<u64>,
    changed: Condvar,
}

impl Call {
    pub(super) fn start(job: Job, launch: &Launch) -> Result<Self> {
        let news = Arc::new(News::default());
        Ok(Self { run: start(job, launch, News::waker(&news))?, news })
    }

    pub(super) fn start_stream(
        job: Job,
        launch: &Launch,
        read: impl FnOnce(&mut InputSender) -> Result<()> + Send + 'static,
    ) -> Result<Self> {
        let news = Arc::new(News::default());
        Ok(Self { run: start_stream(job, launch, News::waker(&news), read)?, news })
    }

    pub(super) fn snapshot(&self) -> Arc<RunSnapshot> {
        self.run.snapshot()
    }

    pub(super) fn is_over(&self) -> bool {
        self.snapshot().log.is_finished()
    }

    pub(super) fn stop(&self) {
        self.run.stop();
    }

    pub(super) fn release(&self, index: u64) {
        self.run.release(index);
    }

    /// Waits for a snapshot that is newer than news number `seen`, and notes its number there.
    pub(super) fn wait_for_news(&self, seen: &mut u64) {
        let count = lock(&self.news.count);
        let count = self
            .news
            .changed
            .wait_while(count, |count| count == seen)
            .unwrap_or_else(PoisonError::into_inner);
        *seen = *count;
    }

    /// Waits until the run is over.
    pub(super) fn wait(&self) {
        let mut seen = 0;
        while !self.is_over() {
            self.wait_for_news(&mut seen);
        }
    }

    /// Waits until the run is over, for so long at most, and says whether it is.
    pub(super) fn wait_for(&self, time: Duration) -> bool {
        let begun = Instant::now();
        let mut count = lock(&self.news.count);
        // The snapshot is there before its news are: nothing is missed while the count is held.
        while !self.is_over() {
            let left = time.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return false;
            }
            (count, _) = self.news.changed.wait_timeout(count, left).unwrap_or_else(PoisonError::into_inner);
        }
        true
    }
}

impl News {
    fn waker(news: &Arc<Self>) -> Waker {
        let news = Arc::clone(news);
        Arc::new(move || {
            *lock(&news.count) += 1;
            news.changed.notify_all();
        })
    }
}

/// The calls of a pool that run, and whether it takes more.
#[derive(Default)]
pub(super) struct RunningCalls {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    is_closed: bool,
    running: Vec<Arc<Call>>,
}

impl RunningCalls {
    /// Starts a call, unless the pool is closed.
    pub(super) fn begin(&self, start: impl FnOnce() -> Result<Call>) -> Result<Arc<Call>> {
        self.check_open()?;
        // Without the lock: looking through millions of inputs takes a while.
        let call = Arc::new(start()?);
        let mut state = lock(&self.state);
        if state.is_closed {
            drop(state);
            // The pool was closed meanwhile; letting go of the call ends it.
            return Err(closed());
        }
        state.running.retain(|call| !call.is_over());
        state.running.push(Arc::clone(&call));
        Ok(call)
    }

    /// Whether calls are taken; the error says that they are not.
    pub(super) fn check_open(&self) -> Result<()> {
        if lock(&self.state).is_closed { Err(closed()) } else { Ok(()) }
    }

    /// Lets go of a call whose results were fetched.
    pub(super) fn forget(&self, call: &Arc<Call>) {
        lock(&self.state).running.retain(|running| !Arc::ptr_eq(running, call));
    }

    /// Takes no more calls.
    pub(super) fn close(&self) {
        lock(&self.state).is_closed = true;
    }

    /// The calls that may still be running.
    pub(super) fn running(&self) -> Vec<Arc<Call>> {
        lock(&self.state).running.clone()
    }
}

fn closed() -> Error {
    Error::usage("call the pool", "it is closed and takes no more calls")
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What these locks guard is whole after every statement.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
