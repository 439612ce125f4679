//! The inputs of a run: all there from the start, or read while it runs and let go when nobody needs them any more.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::value::{Column, ValueRef};

/// The inputs that are in memory. A copy shares the cells.
#[derive(Debug, Clone)]
pub struct Inputs {
    /// Neighbouring pieces, each with the index of its first cell.
    pieces: VecDeque<(u64, Arc<Column>)>,
    len: u64,
    is_open: bool,
    size_bytes: usize,
}

impl Inputs {
    /// Inputs that are all there.
    pub fn whole(column: Arc<Column>) -> Self {
        let mut inputs = Self::open();
        inputs.push(column);
        inputs.close();
        inputs
    }

    /// No inputs yet; they will be pushed.
    pub fn open() -> Self {
        Self { pieces: VecDeque::new(), len: 0, is_open: true, size_bytes: 0 }
    }

    /// Appends inputs.
    pub fn push(&mut self, column: Arc<Column>) {
        let first = self.len;
        self.len += column.len() as u64;
        self.size_bytes += column.size_bytes();
        self.pieces.push_back((first, column));
    }

    /// No more will be pushed.
    pub fn close(&mut self) {
        self.is_open = false;
    }

    /// Whether more may come.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// The inputs so far, those let go counted too.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there was none so far.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The bytes that the cells kept take in memory.
    pub fn size_bytes(&self) -> usize {
        self.size_bytes
    }

    /// The input at `index`, counted from 0; nothing where there is none or it was let go.
    pub fn get(&self, index: u64) -> Option<ValueRef<'_>> {
        let (first, column) = self.piece(index)?;
        column.get((index - first) as usize)
    }

    /// How the input at `index` was written, where it would be shown differently.
    pub fn written(&self, index: u64) -> Option<&str> {
        let (first, column) = self.piece(index)?;
        column.written((index - first) as usize)
    }

    /// The columns that are kept, in order.
    pub fn pieces(&self) -> impl Iterator<Item = &Arc<Column>> {
        self.pieces.iter().map(|(_, column)| column)
    }

    /// The column that holds the input at `index`, and the index of its first cell.
    pub fn piece(&self, index: u64) -> Option<(u64, &Column)> {
        let after = self.pieces.partition_point(|(first, _)| *first <= index);
        let (first, column) = self.pieces.get(after.checked_sub(1)?)?;
        (index < first + column.len() as u64).then_some((*first, column.as_ref()))
    }

    /// Lets all pieces go that lie before `index` as a whole.
    pub fn release(&mut self, index: u64) {
        while let Some((first, column)) = self.pieces.front()
            && first + column.len() as u64 <= index
        {
            self.size_bytes -= column.size_bytes();
            self.pieces.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_one_list_and_can_be_let_go() {
        let mut inputs = Inputs::open();
        inputs.push(Arc::new(vec![1_i64, 2].into()));
        inputs.push(Arc::new(vec![3_i64].into()));
        assert_eq!((inputs.len(), inputs.is_open(), inputs.size_bytes()), (3, true, 24));
        assert_eq!([1, 2].map(|index| inputs.get(index)), [Some(ValueRef::Int(2)), Some(ValueRef::Int(3))]);
        assert_eq!(inputs.get(3), None);
        inputs.release(1);
        assert_eq!(inputs.get(0), Some(ValueRef::Int(1)));
        inputs.release(2);
        assert_eq!((inputs.get(1), inputs.get(2), inputs.len()), (None, Some(ValueRef::Int(3)), 3));
        assert_eq!(inputs.size_bytes(), 8);
    }
}
