//! The outputs of a block of rows, by place. A few values of one type of fixed width are copied together; all others
//! stay in the columns that they came in, which are shared: a copy of a block must not copy what its outputs hold.

use std::ops::Range;
use std::sync::Arc;

use crate::value::{Column, ValueRef};

/// Outputs that came together and are at least so many are shared, not copied.
const SHARED_FROM: usize = 1024;

/// The outputs of one block.
#[derive(Debug, Clone)]
pub(super) enum OutputCells {
    /// Nothing so far, which reads as `None`.
    Unset,
    /// Nothing but `None`, which must not become a number when one comes beside it.
    None,
    Bool(Vec<bool>),
    Int(Vec<i64>),
    Float(Vec<f64>),
    Shared {
        /// What is in none of the pieces.
        base: Box<OutputCells>,
        /// By their first place.
        pieces: Vec<OutputRun>,
    },
}

/// Neighbouring outputs in the column that they came in.
#[derive(Debug, Clone)]
pub(super) struct OutputRun {
    first: u16,
    count: u16,
    column: Arc<Column>,
    /// Of the first one, in the column.
    from: usize,
}

impl OutputCells {
    /// Puts the cells `range` of `outputs` into a block of `rows`: into neighbouring places from `first` on, but for
    /// those in `skipped`, which are in order.
    pub(super) fn set(
        &mut self,
        rows: usize,
        first: usize,
        skipped: &[usize],
        outputs: &Arc<Column>,
        mut range: Range<usize>,
    ) {
        let mut place = first;
        for skip in skipped {
            let taken = (skip - place).min(range.len());
            self.set_run(rows, place, outputs, range.start..range.start + taken);
            range.start += taken;
            place = skip + 1;
        }
        self.set_run(rows, place, outputs, range);
    }

    fn set_run(&mut self, rows: usize, first: usize, outputs: &Arc<Column>, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        if range.len() >= SHARED_FROM || !self.base().copy(rows, first, outputs, range.clone()) {
            self.share(first, outputs, range);
        }
    }

    fn base(&mut self) -> &mut Self {
        if let Self::Shared { base, .. } = self { base } else { self }
    }

    /// Copies outputs where all are of one type of fixed width; says whether it did.
    fn copy(&mut self, rows: usize, first: usize, outputs: &Column, range: Range<usize>) -> bool {
        if let Self::Unset = self {
            *self = match outputs {
                Column::None(_) => Self::None,
                Column::Bool(_) => Self::Bool(vec![false; rows]),
                Column::Int(_) => Self::Int(vec![0; rows]),
                Column::Float(_) => Self::Float(vec![0.0; rows]),
                Column::Text(_)
                | Column::Bytes(_)
                | Column::Json(_)
                | Column::Mixed(_)
                | Column::Written(_) => return false,
            };
        }
        match (self, outputs) {
            (Self::None, Column::None(_)) => {}
            (Self::Bool(cells), Column::Bool(new)) => put(cells, first, &new[range]),
            (Self::Int(cells), Column::Int(new)) => put(cells, first, &new[range]),
            (Self::Float(cells), Column::Float(new)) => put(cells, first, &new[range]),
            _ => return false,
        }
        true
    }

    fn share(&mut self, first: usize, outputs: &Arc<Column>, range: Range<usize>) {
        if !matches!(self, Self::Shared { .. }) {
            let base = Box::new(std::mem::replace(self, Self::Unset));
            *self = Self::Shared { base, pieces: Vec::new() };
        }
        if let Self::Shared { pieces, .. } = self {
            let count = range.len() as u16;
            let piece =
                OutputRun { first: first as u16, count, column: Arc::clone(outputs), from: range.start };
            let at = pieces.partition_point(|before| before.first < piece.first);
            pieces.insert(at, piece);
        }
    }

    /// The integers at these places, where nothing else lies there and they lie side by side.
    pub(super) fn integers(&self, places: Range<usize>) -> Option<&[i64]> {
        match self {
            Self::Int(cells) => cells.get(places),
            Self::Shared { pieces, base } => {
                let after = pieces.partition_point(|piece| usize::from(piece.first) <= places.start);
                let before = after.checked_sub(1).map(|at| &pieces[at]);
                let is_next_far = pieces.get(after).is_none_or(|next| usize::from(next.first) >= places.end);
                match before.filter(|piece| places.start < piece.upto()) {
                    Some(piece) if places.end <= piece.upto() => piece.integers(places),
                    Some(_) => None,
                    None if is_next_far => base.integers(places),
                    None => None,
                }
            }
            Self::Unset | Self::None | Self::Bool(_) | Self::Float(_) => None,
        }
    }

    /// Whether there are shared columns of which nothing is at or behind this place.
    pub(super) fn holds_before(&self, place: usize) -> bool {
        matches!(self, Self::Shared { pieces, .. } if pieces.first().is_some_and(|first| first.upto() <= place))
    }

    /// Lets these columns go: nobody asks for what was in them any more.
    pub(super) fn release(&mut self, place: usize) {
        if let Self::Shared { pieces, .. } = self {
            pieces.retain(|piece| piece.upto() > place);
        }
    }

    /// About how much memory they take.
    pub(super) fn size_bytes(&self) -> usize {
        match self {
            Self::Unset | Self::None => 0,
            Self::Bool(cells) => cells.len(),
            Self::Int(cells) => cells.len() * 8,
            Self::Float(cells) => cells.len() * 8,
            Self::Shared { base, pieces } => {
                let of_piece = |piece: &OutputRun| {
                    // Of a column that reaches over blocks, the part that belongs here.
                    piece.column.size_bytes() * usize::from(piece.count) / piece.column.len().max(1)
                };
                base.size_bytes() + pieces.iter().map(of_piece).sum::<usize>()
            }
        }
    }

    pub(super) fn get(&self, place: usize) -> ValueRef<'_> {
        match self {
            Self::Unset | Self::None => ValueRef::None,
            Self::Bool(cells) => ValueRef::Bool(cells[place]),
            Self::Int(cells) => ValueRef::Int(cells[place]),
            Self::Float(cells) => ValueRef::Float(cells[place]),
            Self::Shared { base, pieces } => {
                let piece = &pieces[..pieces.partition_point(|piece| usize::from(piece.first) <= place)];
                let found = piece.last().and_then(|piece| piece.get(place));
                found.unwrap_or_else(|| base.get(place))
            }
        }
    }
}

impl OutputRun {
    fn upto(&self) -> usize {
        usize::from(self.first) + usize::from(self.count)
    }

    fn integers(&self, places: Range<usize>) -> Option<&[i64]> {
        let Column::Int(cells) = &*self.column else { return None };
        let from = self.from + places.start - usize::from(self.first);
        cells.get(from..from + places.len())
    }

    fn get(&self, place: usize) -> Option<ValueRef<'_>> {
        let nth = place - usize::from(self.first);
        if nth < usize::from(self.count) { self.column.get(self.from + nth) } else { None }
    }
}

fn put<T: Copy>(cells: &mut [T], first: usize, new: &[T]) {
    cells[first..first + new.len()].copy_from_slice(new);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    #[test]
    fn outputs_that_nobody_asks_for_any_more_can_go() {
        let text = |word: &str| Arc::new([Value::Text(word.repeat(1000))].into_iter().collect::<Column>());
        let mut cells = OutputCells::Unset;
        (0..4).for_each(|place| cells.set(8, place, &[], &text("abcd"), 0..1));
        let all_bytes = cells.size_bytes();
        assert!(!cells.holds_before(0) && cells.holds_before(3));
        cells.release(3);
        assert!(cells.size_bytes() * 3 < all_bytes && !cells.holds_before(3));
        assert_eq!(cells.get(3), ValueRef::Text(&"abcd".repeat(1000)));
    }

    #[test]
    fn nothing_stays_nothing_beside_numbers() {
        for numbers in [vec![0_i64, 7].into(), vec![0.0, 7.5].into(), Column::Bool(vec![false, true])] {
            let mut cells = OutputCells::Unset;
            cells.set(8, 2, &[], &Arc::new(Column::None(1)), 0..1);
            cells.set(8, 4, &[], &Arc::new(numbers.clone()), 0..2);
            cells.set(8, 6, &[], &Arc::new(Column::None(1)), 0..1);
            let got = [2, 4, 5, 6].map(|place| cells.get(place));
            let number = |place| numbers.get(place).unwrap();
            assert_eq!(got, [ValueRef::None, number(0), number(1), ValueRef::None]);
        }
    }

    #[test]
    fn outputs_of_several_types_stand_side_by_side() {
        let mut cells = OutputCells::Unset;
        cells.set(8, 0, &[1], &Arc::new(vec![10_i64, 12].into()), 0..2);
        let texts: Arc<Column> = Arc::new(["a", "b", "c"].into_iter().collect());
        cells.set(8, 4, &[5, 6], &texts, 1..3);
        cells.set(8, 3, &[], &Arc::new(vec![0.5].into()), 0..1);
        let got = [0, 2, 3, 4, 7].map(|place| cells.get(place));
        let expected = [
            ValueRef::Int(10),
            ValueRef::Int(12),
            ValueRef::Float(0.5),
            ValueRef::Text("b"),
            ValueRef::Text("c"),
        ];
        assert_eq!(got, expected);
    }

    #[test]
    fn integers_are_given_together_where_they_lie_together() {
        let mut cells = OutputCells::Unset;
        let many: Arc<Column> = Arc::new((0..SHARED_FROM as i64).collect::<Vec<_>>().into());
        cells.set(3000, 0, &[], &Arc::new(vec![7_i64, 8].into()), 0..2);
        assert_eq!(cells.integers(0..2), Some(&[7, 8][..]));
        cells.set(3000, 2, &[], &many, 0..SHARED_FROM);
        cells.set(3000, 2 + SHARED_FROM, &[], &Arc::new(["text"].into_iter().collect()), 0..1);
        assert_eq!((cells.integers(0..2), cells.integers(3..5)), (Some(&[7, 8][..]), Some(&[1, 2][..])));
        for places in [1..4, SHARED_FROM..SHARED_FROM + 3, 2 + SHARED_FROM..3 + SHARED_FROM] {
            assert_eq!(cells.integers(places.clone()), None, "{places:?}");
        }
    }

    #[test]
    fn many_outputs_stay_where_they_are_and_few_are_copied() {
        let mut cells = OutputCells::Unset;
        let many: Arc<Column> = Arc::new((0..SHARED_FROM as i64).collect::<Vec<_>>().into());
        let few: Arc<Column> = Arc::new(vec![-1_i64, -2].into());
        let rows = 2 * SHARED_FROM;
        cells.set(rows, 2, &[], &many, 0..SHARED_FROM);
        cells.set(rows, 0, &[], &few, 0..2);
        cells.set(rows, SHARED_FROM + 2, &[], &few, 1..2);
        assert_eq!((Arc::strong_count(&many), Arc::strong_count(&few)), (2, 1));
        let got = [0, 1, 2, SHARED_FROM + 1, SHARED_FROM + 2].map(|place| cells.get(place));
        assert_eq!(got, [-1, -2, 0, SHARED_FROM as i64 - 1, -2].map(ValueRef::Int));
    }
}
