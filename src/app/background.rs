//! Work that would make the window wait, on a thread of its own, with its result fetched once a frame.

use std::sync::mpsc::{self, TryRecvError};
use std::thread;

use eframe::egui::Context;

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
        let (sender, receiver) = mpsc::channel();
        let ctx = ctx.clone();
        let spawned = thread::Builder::new().name(name.to_owned()).spawn(move || {
            // Nobody listens any more where the person has changed their mind meanwhile.
            let _ = sender.send(work());
            ctx.request_repaint();
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
                Some(Err(Error::io(self.name, "the work in the background broke off; try again")))
            }
        }
    }
}

/// The result of the task in `slot`, once; the slot is empty from then on.
pub fn finished<T>(slot: &mut Option<Task<T>>) -> Option<Result<T>> {
    let result = slot.as_ref()?.poll()?;
    *slot = None;
    Some(result)
}

/// Drops something whose end takes a while, where nobody waits for it.
pub fn drop_elsewhere<T: Send + 'static>(thing: T) {
    // Without a thread it is dropped by the failing call, late but whole.
    let _ = thread::Builder::new().name("release".to_owned()).spawn(move || drop(thing));
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn work_that_breaks_off_is_told() {
        let mut slot: Option<Task<i32>> =
            Some(Task::spawn("count", &Context::default(), || std::panic::resume_unwind(Box::new(()))));
        let error = wait_for(&mut slot).unwrap_err().to_string();
        assert_eq!(error, "could not count: the work in the background broke off; try again");
    }
}
