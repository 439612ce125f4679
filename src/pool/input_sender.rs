//! Inputs that are read while the run goes on: a thread of their own reads them, as far ahead as the run asks.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::os::WakeHandle;
use crate::error::{Error, Result};
use crate::value::Column;

/// Pieces that may wait for the run. More would only be memory.
const PIECES_AHEAD: usize = 1;

/// What a reader has for the run.
pub(super) enum InputBatch {
    Inputs(Arc<Column>),
    /// There are no more; where reading failed, with the reason.
    End(Option<Error>),
}

/// Takes inputs on behalf of a run.
pub struct InputSender {
    batches: SyncSender<InputBatch>,
    wake: Arc<WakeHandle>,
}

impl InputSender {
    /// Gives inputs to the run, and waits until it can take them. False when the run is over and wants no more.
    pub fn push(&mut self, column: Column) -> bool {
        column.is_empty() || self.send(InputBatch::Inputs(Arc::new(column)))
    }

    fn send(&self, piece: InputBatch) -> bool {
        let is_wanted = self.batches.send(piece).is_ok();
        self.wake.wake();
        is_wanted
    }
}

/// Has `read` push inputs from a thread of its own; they arrive at the receiver.
pub(super) fn spawn(
    wake: Arc<WakeHandle>,
    read: impl FnOnce(&mut InputSender) -> Result<()> + Send + 'static,
) -> Result<Receiver<InputBatch>> {
    let (batches, received) = sync_channel(PIECES_AHEAD);
    let mut feed = InputSender { batches, wake };
    let work = move || {
        let outcome = read(&mut feed);
        // A run that is over does not mind.
        let _ = feed.send(InputBatch::End(outcome.err()));
    };
    std::thread::Builder::new()
        .name("inputs".to_owned())
        .spawn(work)
        .map_err(|error| Error::pool("start a thread", error))?;
    Ok(received)
}
