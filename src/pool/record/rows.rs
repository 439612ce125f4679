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
    blocks: Vec<Option<Arc<Block>>>,
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
        Self { blocks, total: Some(total), released: 0, not_run: None }
    }

    /// Rows for inputs of which nobody knows the number yet.
    pub fn growing() -> Self {
        Self { blocks: Vec::new(), total: None, released: 0, not_run: None }
    }

    /// Lets the rows before `index` go as far as they fill blocks, and of a block that they fill in part the outputs.
    pub(in crate::pool) fn release(&mut self, index: u64) {
        let upto = (index as usize / BLOCK).min(self.blocks.len());
        let from = (self.released as usize / BLOCK).min(upto);
        self.blocks[from..upto].fill(None);
        self.released = self.released.max(index);
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
        self.blocks.iter().enumerate().filter_map(move |(number, block)| {
            let block = block.as_deref().filter(|block| is_begun(block))?;
            Some(RecordedRows::of((number * BLOCK) as u64, block))
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
        if self.blocks.len() <= number {
            self.blocks.resize(number + 1, None);
        }
        let tally = block.tally();
        self.blocks[number] = Some(Arc::new(block));
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
        let block = self.blocks.get(index as usize / BLOCK)?.as_deref()?;
        Some((block, index as usize % BLOCK))
    }

    fn block_mut(&mut self, index: u64) -> Option<(&mut Block, usize)> {
        let number = index as usize / BLOCK;
        let rows =
            self.total.map_or(BLOCK, |total| (total as usize).saturating_sub(number * BLOCK).min(BLOCK));
        if self.total.is_none() && self.blocks.len() <= number {
            self.blocks.resize(number + 1, None);
        }
        let block = self.blocks.get_mut(number)?.get_or_insert_with(|| Arc::new(Block::new(rows)));
        Some((Arc::make_mut(block), index as usize % BLOCK))
    }
}
