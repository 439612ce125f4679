//! Work that would make the window wait, on a thread of its own, with its result fetched once a frame; and work that
//! waits for a pause in the typing. Both wake the window when it has something to fetch.

use std::sync::mpsc::{self, TryRecvError};
use std::thread;
use std::time::{Duration, Instant};

use egui::Context;

use crate::error::{Error, Result};

/// A piece of work in the background. Dropping it leaves the work to end unheard.
#[derive(Debug)]
pub struct Task<T> {
    name: &'static str,
    receiver: mpsc::Receiver<T>,
}

impl<T: Send + 'static> Task<T> {
    /// Begins the work; the window of `ctx` is woken when it is done. `name` finishes "could not ...".
    pub fn spawn(name: &'static str, ctx: &Context, work: impl FnOnce() -> T + Send + 'static) -> Self {
        Self::spawn_and_wake_later(name, ctx, Duration::ZERO, work)
    }

    /// The same, of which the window hears so long after it is done.
    pub fn spawn_and_wake_later(
        name: &'static str,
        ctx: &Context,
        wakes_after: Duration,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Self {
        let (sender, receiver) = mpsc::channel();
        let wake = WakeOnDrop(ctx.clone(), wakes_after);
        let spawned = thread::Builder::new().name(name.to_owned()).spawn(move || {
            let _wake = wake;
            // Dropped before the window is woken: a panic of the work is seen by the frame that follows it.
            let sender = sender;
            // Nobody listens any more where the person has changed their mind meanwhile.
            let _ = sender.send(work());
        });
        if let Err(error) = spawned {
            // The receiver is without a sender now, which `poll` reports to the person.
            tracing::error!("could not start a thread to {name}: {error}");
        }
        Self { name, receiver }
    }
}

impl<T> Task<T> {
    /// Waits for the result; only for the end of the program. Nothing where the work broke off.
    pub fn wait(self) -> Option<T> {
        self.receiver.recv().ok()
    }

    fn poll(&self) -> Option<Result<T>> {
        match self.receiver.try_recv() {
            Ok(done) => Some(Ok(done)),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => {
                Some(Err(Error::io(self.name, "the background task failed; try again")))
            }
        }
    }
}

/// Wakes the window however a thread ends: by its result, by a panic, or by never having been started.
struct WakeOnDrop(Context, Duration);

impl Drop for WakeOnDrop {
    fn drop(&mut self) {
        self.0.request_repaint_after(self.1);
    }
}

/// Waits until nothing has changed for a while, such as the text that a person types.
///
/// It is asked in each frame, and asks for the frame in which it will be over. Asking for that once, at its begin, is
/// not enough: egui keeps a single request for a later frame, and any frame before then forgets it.
#[derive(Debug, Default)]
pub struct Pause {
    ends_at: Option<Instant>,
}

impl Pause {
    /// Begins, or begins anew.
    pub fn restart(&mut self, now: Instant, length: Duration, ctx: &Context) {
        self.ends_at = Some(now + length);
        ctx.request_repaint_after(length);
    }

    /// Ends without having been over.
    pub fn cancel(&mut self) {
        self.ends_at = None;
    }

    pub fn is_on(&self) -> bool {
        self.ends_at.is_some()
    }

    /// Whether it is over, once; must be asked in each frame.
    pub fn is_over(&mut self, now: Instant, ctx: &Context) -> bool {
        let Some(ends_at) = self.ends_at else { return false };
        let left = ends_at.saturating_duration_since(now);
        if left.is_zero() {
            self.ends_at = None;
        } else {
            ctx.request_repaint_after(left);
        }
        left.is_zero()
    }
}

/// The result of the task in `slot`, once; the slot is empty from then on.
pub fn finished<T>(slot: &mut Option<Task<T>>) -> Option<Result<T>> {
    let result = slot.as_ref()?.poll()?;
    *slot = None;
    Some(result)
}

/// A task, and what it was begun for.
pub type TaskFor<W, T> = (W, Task<Result<T>>);

/// What a task was begun for and what came of it, once; the slot is empty from then on. A task that fails is like one that
/// could not be run.
pub fn finished_for<W, T>(slot: &mut Option<TaskFor<W, T>>) -> Option<(W, Result<T>)> {
    let result = slot.as_ref()?.1.poll()?;
    let (what, _) = slot.take()?;
    Some((what, result.and_then(|result| result)))
}

/// Drops something whose end takes a while, where nobody waits for it.
pub fn drop_elsewhere<T: Send + 'static>(thing: T) {
    // Without a thread it is dropped by the failing call, late but whole.
    let _ = thread::Builder::new().name("release".to_owned()).spawn(move || drop(thing));
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn wait_for<T>(slot: &mut Option<Task<T>>) -> Result<T> {
        loop {
            if let Some(result) = finished(slot) {
                return result;
            }
            thread::yield_now();
        }
    }

    #[test]
    fn a_result_is_given_once() {
        let mut slot = Some(Task::spawn("count", &Context::default(), || 7));
        assert_eq!(wait_for(&mut slot), Ok(7));
        assert!(finished(&mut slot).is_none());
    }

    /// How often a window was asked to draw itself.
    fn counted() -> (Context, Arc<AtomicUsize>) {
        let (ctx, asked) = (Context::default(), Arc::new(AtomicUsize::new(0)));
        let count = Arc::clone(&asked);
        ctx.set_request_repaint_callback(move |_| {
            count.fetch_add(1, Ordering::SeqCst);
        });
        // A new window asks for its first frames itself.
        while ctx.has_requested_repaint() {
            ctx.run_ui(egui::RawInput::default(), |_| {}).drop_without_applying_deltas();
        }
        asked.store(0, Ordering::SeqCst);
        (ctx, asked)
    }

    #[test]
    fn the_window_is_woken_after_the_result_can_be_seen() {
        let works: [fn() -> i32; 2] = [|| 7, || std::panic::resume_unwind(Box::new(()))];
        for work in works {
            let (ctx, asked) = counted();
            let task = Task::spawn("count", &ctx, work);
            let deadline = Instant::now() + Duration::from_secs(20);
            while asked.load(Ordering::SeqCst) == 0 {
                assert!(Instant::now() < deadline, "the window still sleeps");
                thread::yield_now();
            }
            assert!(task.poll().is_some());
        }
    }

    #[test]
    fn a_pause_asks_for_its_end_in_each_frame() {
        let (ctx, asked) = counted();
        let (mut pause, begin) = (Pause::default(), Instant::now());
        assert!(!pause.is_over(begin, &ctx));
        pause.restart(begin, Duration::from_secs(2), &ctx);
        for second in 0..2 {
            asked.store(0, Ordering::SeqCst);
            ctx.run_ui(egui::RawInput::default(), |ui| {
                assert!(!pause.is_over(begin + Duration::from_secs(second), ui.ctx()));
            })
            .drop_without_applying_deltas();
            assert_eq!(asked.load(Ordering::SeqCst), 1, "after {second} s");
        }
        assert!(pause.is_over(begin + Duration::from_secs(2), &ctx) && !pause.is_on());
        assert!(!pause.is_over(begin + Duration::from_secs(3), &ctx));
    }

    #[test]
    fn work_that_breaks_off_is_told() {
        let mut slot: Option<Task<i32>> =
            Some(Task::spawn("count", &Context::default(), || std::panic::resume_unwind(Box::new(()))));
        let error = wait_for(&mut slot).unwrap_err().to_string();
        assert_eq!(error, "could not count: the background task failed; try again");
    }
}
