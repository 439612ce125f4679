//! Inputs that come while the run goes on, and rows that are let go once they were seen: what keeps a run over a file
//! larger than memory within bounds.

use std::sync::Arc;

use super::Dispatcher;
use crate::pool::record::Event;
use crate::value::Column;

/// Rows that were not let go yet, at most. Enough to keep 512 workers busy with short items.
const MAX_ROWS: u64 = 1 << 20;
/// Inputs in memory at most; one piece more may be on its way.
const MAX_BYTES: usize = 64 << 20;
/// Inputs are asked for while fewer than this wait.
const LOW_WATER_ROWS: u64 = 1 << 18;

impl Dispatcher {
    /// Whether it can take more inputs.
    pub fn wants_inputs(&self) -> bool {
        let log = &self.log;
        log.inputs.is_open()
            && !log.is_draining
            && !self.is_ending()
            && self.queue.waiting() < LOW_WATER_ROWS
            && log.counts.total - log.released < MAX_ROWS
            && log.inputs.size_bytes() < MAX_BYTES
    }

    pub(super) fn more_inputs(&mut self, column: Arc<Column>) {
        self.emit(Event::InputsAdded(column));
        self.queue.grow(self.log.counts.total);
        self.feed_all();
    }

    pub(super) fn inputs_end(&mut self, reason: Option<String>) {
        self.emit(Event::InputsEnded);
        if let Some(reason) = reason {
            self.end.note_unreadable(reason);
        }
        self.close_if_done();
    }

    /// Only rows of a stream are let go: others belong to whoever holds the record.
    pub(super) fn released(&mut self, index: u64) {
        let is_streamed = self.log.plan.job.inputs.is_empty();
        if is_streamed {
            self.emit(Event::RowsReleased { index });
        }
    }
}
