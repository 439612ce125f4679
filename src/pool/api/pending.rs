//! A call that goes on by itself.

use std::sync::Arc;
use std::time::Duration;

use super::call::{Call, RunningCalls};
use super::outcome::{Outcome, outcomes_of};
use crate::error::Result;
use crate::pool::RunSnapshot;

/// A call that [`Pool::map_async`](super::Pool::map_async) started. Dropping it lets the call go on until the pool
/// ends.
///
/// Python's counterpart is `AsyncResult`.
pub struct Pending {
    /// Nothing where there were no inputs: then there is nothing to wait for.
    call: Option<Arc<Call>>,
    calls: Arc<RunningCalls>,
}

impl Pending {
    pub(super) fn new(call: Option<Arc<Call>>, calls: Arc<RunningCalls>) -> Self {
        Self { call, calls }
    }

    /// Whether all outcomes are there. Python: `AsyncResult.ready`.
    pub fn is_ready(&self) -> bool {
        self.call.as_ref().is_none_or(|call| call.is_over())
    }

    /// Waits until all outcomes are there, for so long at most, and says whether they are.
    ///
    /// Python: `AsyncResult.wait(timeout)` and `ready`.
    pub fn wait(&self, time: Duration) -> bool {
        self.call.as_ref().is_none_or(|call| call.wait_for(time))
    }

    /// Waits for all outcomes and gives them in input order. The error is as that of [`Pool::map`].
    ///
    /// Python: `AsyncResult.get`.
    ///
    /// [`Pool::map`]: super::Pool::map
    pub fn get(self) -> Result<Vec<Outcome>> {
        let Some(call) = &self.call else { return Ok(Vec::new()) };
        call.wait();
        self.calls.forget(call);
        outcomes_of(&call.snapshot().log)
    }

    /// Ends this call now, and no other; what is finished stays, the other outcomes are errors. Python has none.
    pub fn stop(&self) {
        if let Some(call) = &self.call {
            call.stop();
        }
    }

    /// How far it is: the newest snapshot of its run; nothing where there were no inputs.
    pub fn snapshot(&self) -> Option<Arc<RunSnapshot>> {
        self.call.as_ref().map(|call| call.snapshot())
    }
}
