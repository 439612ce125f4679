//! A thread of the host that looks after its lanes while they are in user code: sends on what they have finished, and
//! gives back what they cannot begin when the parent has asked for it.
//!
//! It sleeps as long as nothing waits, so that hundreds of idle hosts cost nothing.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::super::wire::Up;
use super::Shared;

const TICK: Duration = Duration::from_millis(5);
/// A sign of life is shown this often, so that the parent notices when there is none.
const BEAT: Duration = Duration::from_millis(250);

/// How the flusher is woken.
#[derive(Default)]
pub(super) struct Wakeup {
    is_waiting: AtomicBool,
    is_notified: Mutex<bool>,
    condition: Condvar,
}

impl Wakeup {
    /// Wakes the flusher if it waits; costs next to nothing if it does not.
    pub(super) fn notify(&self) {
        if self.is_waiting.load(Ordering::SeqCst) {
            *self.is_notified.lock().unwrap_or_else(PoisonError::into_inner) = true;
            self.condition.notify_one();
        }
    }

    /// Waits for a notification, or until it is time for a sign of life; says whether it was notified.
    fn wait(&self) -> bool {
        let notified = self.is_notified.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.condition.wait_timeout_while(notified, BEAT, |notified| !*notified);
        let (mut notified, _) = waited.unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *notified)
    }
}

/// Looks after the lanes for as long as the process lives.
pub(super) fn flush_loop(shared: &Arc<Shared>) {
    loop {
        shared.page.beat();
        shared.wakeup.is_waiting.store(true, Ordering::SeqCst);
        if !shared.has_something_waiting() && !shared.wakeup.wait() {
            continue;
        }
        shared.wakeup.is_waiting.store(false, Ordering::SeqCst);
        std::thread::sleep(TICK);
        shared.send_what_is_due();
        shared.answer_recall();
    }
}

impl Shared {
    fn has_something_waiting(&self) -> bool {
        let lanes = 0..self.progresses.len();
        self.is_recalled.load(Ordering::SeqCst)
            || lanes.into_iter().any(|lane| self.chunk_progress(lane).needs_care())
    }

    fn send_what_is_due(&self) {
        let now_ns = self.now_ns();
        for lane in 0..self.progresses.len() {
            let mut chunk_progress = self.chunk_progress(lane);
            chunk_progress.cut_fast_batch(&self.rings[lane], now_ns);
            if chunk_progress.is_due(now_ns)
                && let Some(reading) = chunk_progress.reading_of_flusher()
            {
                self.send(lane, &mut chunk_progress, reading);
            }
        }
    }

    /// Gives back what no lane has begun, where the parent has asked; with nothing to give it answers when all is done.
    fn answer_recall(&self) {
        if !self.is_recalled.load(Ordering::SeqCst) {
            return;
        }
        let whole = self.is_recalled_whole.load(Ordering::SeqCst);
        let unbegun = std::mem::take(&mut *self.queue());
        let mut chunks: Vec<(u64, u64)> =
            unbegun.iter().map(|work| (work.first, work.inputs.len() as u64)).collect();
        let now_ns = self.now_ns();
        let mut is_busy = false;
        for lane in 0..self.progresses.len() {
            let mut chunk_progress = self.chunk_progress(lane);
            is_busy |= chunk_progress.is_busy();
            chunks.extend(chunk_progress.give_back(now_ns, whole));
        }
        if !chunks.is_empty() || !is_busy {
            self.is_recalled.store(false, Ordering::SeqCst);
            self.is_recalled_whole.store(false, Ordering::SeqCst);
            self.output.send(&Up::Returned(chunks));
        }
    }
}
