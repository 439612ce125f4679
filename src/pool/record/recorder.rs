//! A record that nothing but events changes.

use std::ops::Deref;

use super::{Event, RunLog};

/// The record of a run, as its dispatcher holds it.
pub struct Recorder {
    log: RunLog,
    #[cfg(test)]
    events: Vec<(u64, Event)>,
}

impl Recorder {
    /// Goes on with this record.
    pub fn new(log: RunLog) -> Self {
        Self {
            log,
            #[cfg(test)]
            events: Vec::new(),
        }
    }

    /// Takes what happened at `at_ns` after Start.
    pub fn record(&mut self, at_ns: u64, event: Event) {
        self.log.apply(at_ns, &event);
        #[cfg(test)]
        self.events.push((at_ns, event));
    }

    /// All that was ever recorded, with its times.
    #[cfg(test)]
    pub fn events(&self) -> &[(u64, Event)] {
        &self.events
    }
}

impl Deref for Recorder {
    type Target = RunLog;

    fn deref(&self) -> &RunLog {
        &self.log
    }
}
