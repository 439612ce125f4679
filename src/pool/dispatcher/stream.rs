//! Inputs that come while the run goes on, and rows that are let go once they were seen: what keeps a run over a file
//! larger than memory within bounds.

use std::sync::Arc;

use super::Dispatcher;
use crate::pool::record::{Batch, Event};
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
        if self.is_streamed() {
            self.emit(Event::RowsReleased { index });
            let was_bound = self.kept_outputs.is_bound();
            self.kept_outputs.release(index);
            if was_bound {
                self.feed_all();
            }
        }
    }

    /// Notes what is kept of a stream until it is let go. Where what hosts hold turns out to be too much, it is asked for.
    pub(super) fn keep_outputs(&mut self, batch: &Batch) {
        if !self.is_streamed() {
            return;
        }
        self.kept_outputs.add(batch.first, batch.count as u64, batch.outputs.size_bytes());
        if self.kept_outputs.is_bound() && self.kept_outputs.will_pass_bound(self.held_items()) {
            self.recall_everything();
        }
    }

    /// How many items may be given out, so that their outputs stay within bounds; nothing where there is no bound.
    /// The row that all others wait for may go always.
    pub(super) fn room_items(&self) -> Option<u64> {
        // Before the hosts are gone through, which small outputs must not pay for.
        if !self.is_streamed() || !self.kept_outputs.is_bound() {
            return None;
        }
        let lanes = self.log.workers as u64;
        let room = self.kept_outputs.room_items(self.held_items(), lanes)?;
        let is_awaited = self.queue.first_returned() == Some(self.log.released);
        Some(room.max(u64::from(is_awaited)))
    }

    /// What hosts have in hand.
    fn held_items(&self) -> u64 {
        self.hosts.iter().flat_map(|(_, host)| host.held.unfinished()).map(|chunk| chunk.count).sum()
    }

    fn is_streamed(&self) -> bool {
        self.log.plan.job.inputs.is_empty()
    }
}
