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

/// How the ticker is woken.
#[derive(Default)]
pub(super) struct Alarm {
    is_dozing: AtomicBool,
    is_rung: Mutex<bool>,
    bell: Condvar,
}

impl Alarm {
    /// Wakes the ticker if it dozes; costs next to nothing if it does not.
    pub(super) fn ring(&self) {
        if self.is_dozing.load(Ordering::SeqCst) {
            *self.is_rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
            self.bell.notify_one();
        }
    }

    /// Waits for a ring, or until it is time for a sign of life; says whether it was rung.
    fn doze(&self) -> bool {
        let rung = self.is_rung.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.bell.wait_timeout_while(rung, BEAT, |rung| !*rung);
        let (mut rung, _) = waited.unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *rung)
    }
}

/// Looks after the lanes for as long as the process lives.
pub(super) fn tick(shared: &Arc<Shared>) {
    loop {
        shared.page.beat();
        shared.alarm.is_dozing.store(true, Ordering::SeqCst);
        if !shared.has_something_waiting() && !shared.alarm.doze() {
            continue;
        }
        shared.alarm.is_dozing.store(false, Ordering::SeqCst);
        std::thread::sleep(TICK);
        shared.send_what_is_due();
        shared.answer_recall();
    }
}

impl Shared {
    fn has_something_waiting(&self) -> bool {
        let lanes = 0..self.stretches.len();
        self.is_recalled.load(Ordering::SeqCst)
            || lanes.into_iter().any(|lane| self.stretch(lane).needs_care())
    }

    fn send_what_is_due(&self) {
        let now_ns = self.now_ns();
        for lane in 0..self.stretches.len() {
            let mut stretch = self.stretch(lane);
            stretch.cut_sprint(&self.tracks[lane], now_ns);
            if stretch.is_due(now_ns)
                && let Some(marks) = stretch.marks_of_ticker()
            {
                self.send(lane, &mut stretch, marks);
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
        for lane in 0..self.stretches.len() {
            let mut stretch = self.stretch(lane);
            is_busy |= stretch.is_busy();
            chunks.extend(stretch.give_back(now_ns, whole));
        }
        if !chunks.is_empty() || !is_busy {
            self.is_recalled.store(false, Ordering::SeqCst);
            self.is_recalled_whole.store(false, Ordering::SeqCst);
            self.output.send(&Up::Returned(chunks));
        }
    }
}
