//! One row an input: state, output, times, worker. Rows in blocks by input order; how is the business of `block`.

use std::ops::Range;
use std::sync::Arc;

use super::block::{BatchSlice, Block};
use super::cause::Cause;
use super::cells::OutputCells;
use super::recorded::{RecordedRows, RowTally};
use super::row::{Batch, FailedSpan, Row, RowState};

use crate::value::ValueRef;

/// Rows in a block.
pub(super) const BLOCK: usize = 4096;
/// So many places of blocks that were let go stay at most, or as many as others.
const EMPTY_BLOCKS: usize = 64;

/// Neighbouring rows that are ok: their outputs alone, at a fraction of what a look at each row costs.
#[derive(Debug, Clone)]
pub struct OkRun<'a> {
    outputs: &'a OutputCells,
    places: Range<usize>,
}

impl<'a> OkRun<'a> {
    /// The number of rows, at least 1.
    pub fn count(&self) -> usize {
        self.places.len()
    }

    /// Their outputs, where these are integers that lie side by side.
    pub fn integers(&self) -> Option<&'a [i64]> {
        self.outputs.integers(self.places.clone())
    }

    /// Their outputs, in order.
    pub fn outputs(&self) -> impl Iterator<Item = ValueRef<'a>> {
        let outputs = self.outputs;
        self.places.clone().map(move |place| outputs.get(place))
    }
}

/// All rows of a run.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    /// Those from block `first_block` on.
    blocks: Vec<Option<Arc<Block>>>,
    /// So many blocks before those were let go, and take no more memory: a stream may have thousands of millions of rows.
    first_block: usize,
    /// How many there are; unknown where inputs are still read.
    total: Option<u64>,
    /// Rows before this one were let go.
    released: u64,
    /// Why pending rows will never run, once that is so.
    not_run: Option<Cause>,
}

impl Rows {
    /// Rows for `total` inputs, none of them run yet; memory is taken as they finish.
    pub fn new(total: u64) -> Self {
        let blocks = vec![None; (total as usize).div_ceil(BLOCK)];
        Self { blocks, total: Some(total), ..Self::default() }
    }

    /// Rows for inputs of which nobody knows the number yet.
    pub fn growing() -> Self {
        Self::default()
    }

    /// Lets the rows before `index` go as far as they fill blocks, and of a block that they fill in part the outputs.
    pub(in crate::pool) fn release(&mut self, index: u64) {
        let place_of =
            |index: u64| (index as usize / BLOCK).saturating_sub(self.first_block).min(self.blocks.len());
        let (from, mut upto) = (place_of(self.released), place_of(index));
        self.blocks[from.min(upto)..upto].fill(None);
        self.released = self.released.max(index);
        // Now and then, so that moving the others costs next to nothing.
        if upto >= EMPTY_BLOCKS && upto >= self.blocks.len() / 2 {
            self.blocks.drain(..upto);
            self.first_block += upto;
            upto = 0;
        }
        let places = index as usize % BLOCK;
        // A block that is in a snapshot is copied before it is changed: not where nothing can go.
        if let Some(block) = self.blocks.get_mut(upto).and_then(Option::as_mut)
            && block.outputs.holds_before(places)
        {
            Arc::make_mut(block).outputs.release(places);
        }
    }

    /// Whether the row of input `index` is final.
    pub fn is_final(&self, index: u64) -> bool {
        index < self.released || self.block(index).is_some_and(|(block, place)| block.state(place).is_final())
    }

    /// How the row of input `index` stands.
    pub fn state(&self, index: u64) -> RowState {
        self.block(index).map_or(RowState::Pending, |(block, place)| block.state(place))
    }

    /// The longest run of neighbours from `index` on that are ok and lie together, of which only the outputs are wanted;
    /// nothing where that row is not ok.
    pub(super) fn ok_run(&self, index: u64) -> Option<OkRun<'_>> {
        let (block, place) = self.block(index)?;
        let upto = block.ok_upto(place);
        (upto > place).then_some(OkRun { outputs: &block.outputs, places: place..upto })
    }

    /// Takes the end of a row back: its input is tried again.
    pub(in crate::pool) fn reopen(&mut self, index: u64) {
        if let Some((block, place)) = self.block_mut(index) {
            block.reopen(place);
        }
    }

    /// Notes that the item failed before it succeeded.
    pub(in crate::pool) fn mark_flaky(&mut self, index: u64) {
        if let Some((block, place)) = self.block_mut(index) {
            block.mark_flaky(place);
        }
    }

    /// Records a batch that the worker (counted from 1) has finished. Of the items that were given out more than once
    /// `again` has index and number of tries, in order. The rows must be pending.
    pub(in crate::pool) fn finish(&mut self, batch: &Batch, worker: usize, again: &[(u64, u8)]) {
        let mut taken = 0;
        let mut place = 0;
        while place < batch.count {
            let Some((block, within)) = self.block_mut(batch.first + place as u64) else { return };
            let upto = batch.count.min(place + BLOCK - within);
            taken += block.finish(within, BatchSlice { batch, places: place..upto, taken }, worker, again);
            place = upto;
        }
    }

    /// Records that the item ended without an output.
    pub(in crate::pool) fn fail(&mut self, index: u64, cause: Cause, span: FailedSpan) {
        let Some((block, within)) = self.block_mut(index) else { return };
        block.fail(within, cause, span);
    }

    /// What can be written down of the rows, in order: a block each.
    pub(super) fn recorded(&self) -> impl Iterator<Item = RecordedRows> {
        let is_begun = |block: &Block| (0..block.rows).any(|place| block.state(place).is_final());
        self.blocks.iter().enumerate().filter_map(move |(place, block)| {
            let block = block.as_deref().filter(|block| is_begun(block))?;
            Some(RecordedRows::of(((self.first_block + place) * BLOCK) as u64, block))
        })
    }

    /// Takes rows back that were written down, of `total` in all; nothing where they do not fit.
    pub(super) fn restore(&mut self, recorded: &RecordedRows, total: u64) -> Option<RowTally> {
        let block = recorded.block()?;
        let last = (0..block.rows).rev().find(|place| block.state(*place).is_final()).unwrap_or_default();
        let does_fit = recorded.first.is_multiple_of(BLOCK as u64)
            && block.rows <= BLOCK
            && recorded.first.checked_add(last as u64).is_some_and(|last| last < total);
        let number = does_fit.then_some(recorded.first as usize / BLOCK)?;
        let place = number.checked_sub(self.first_block)?;
        if self.blocks.len() <= place {
            self.blocks.resize(place + 1, None);
        }
        let tally = block.tally();
        self.blocks[place] = Some(Arc::new(block));
        Some(tally)
    }

    /// About how much memory they take; outputs that several blocks share count for each.
    pub(super) fn size_bytes(&self) -> usize {
        self.blocks.iter().flatten().map(|block| block.size_bytes()).sum()
    }

    /// Ends all rows that are still pending: the run is over.
    pub(in crate::pool) fn close(&mut self, cause: Cause) {
        self.not_run = Some(cause);
    }

    /// The row of input `index`; the caller knows its input and its worker's process.
    pub(super) fn row<'a>(&'a self, index: u64, input: ValueRef<'a>) -> Row<'a> {
        let mut row = Row::pending(index, input);
        if let Some((block, place)) = self.block(index) {
            block.fill(place, &mut row);
        }
        if let (RowState::Pending, Some(cause)) = (row.state, &self.not_run) {
            row.state = RowState::NotRun;
            row.cause = Some(cause);
        }
        row
    }

    fn block(&self, index: u64) -> Option<(&Block, usize)> {
        let place = (index as usize / BLOCK).checked_sub(self.first_block)?;
        let block = self.blocks.get(place)?.as_deref()?;
        Some((block, index as usize % BLOCK))
    }

    fn block_mut(&mut self, index: u64) -> Option<(&mut Block, usize)> {
        let number = index as usize / BLOCK;
        let rows =
            self.total.map_or(BLOCK, |total| (total as usize).saturating_sub(number * BLOCK).min(BLOCK));
        let place = number.checked_sub(self.first_block)?;
        if self.total.is_none() && self.blocks.len() <= place {
            self.blocks.resize(place + 1, None);
        }
        let block = self.blocks.get_mut(place)?.get_or_insert_with(|| Arc::new(Block::new(rows)));
        Some((Arc::make_mut(block), index as usize % BLOCK))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_were_let_go_take_no_memory_however_many() {
        let mut rows = Rows::growing();
        let span = FailedSpan { worker: 1, attempts: 1, ..FailedSpan::default() };
        let step = BLOCK as u64 / 2;
        for index in (0..100_000).map(|nth| nth * step) {
            rows.fail(index, Cause::Stopped, span);
            rows.release(index.saturating_sub(10 * BLOCK as u64));
            assert!(rows.blocks.len() <= 2 * EMPTY_BLOCKS && rows.state(index) == RowState::Stopped);
        }
        let last = 99_999 * step;
        assert!(rows.is_final(0) && rows.state(0) == RowState::Pending);
        let kept: Vec<u64> = rows.recorded().map(|recorded| recorded.first).collect();
        assert_eq!(
            (kept.first(), kept.len()),
            (Some(&(last / BLOCK as u64 * BLOCK as u64 - 10 * BLOCK as u64)), 11)
        );
        // One that comes late is not found any more, and harms nothing.
        rows.fail(5, Cause::Stopped, span);
        assert_eq!(rows.state(5), RowState::Pending);
    }
}
