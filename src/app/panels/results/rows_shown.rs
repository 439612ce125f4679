//! Which rows the table shows, in which order.

use std::sync::Arc;

use crate::pool::RunSnapshot;

/// Which rows there are to show, in order.
#[derive(Debug, Clone)]
pub enum RowsShown {
    /// All of this many, in input order.
    All(u64),
    Found(Arc<[u64]>),
}

impl RowsShown {
    /// How many there are.
    pub fn len(&self) -> u64 {
        match self {
            Self::All(count) => *count,
            Self::Found(rows) => rows.len() as u64,
        }
    }

    /// The row at a place, counted from 0.
    pub fn index_at(&self, place: u64) -> Option<u64> {
        match self {
            Self::All(count) => (place < *count).then_some(place),
            Self::Found(rows) => rows.get(usize::try_from(place).ok()?).copied(),
        }
    }

    /// The place of a row, where it is shown.
    pub fn place_of(&self, index: u64) -> Option<u64> {
        match self {
            Self::All(count) => (index < *count).then_some(index),
            Self::Found(rows) => rows.iter().position(|row| *row == index).map(|place| place as u64),
        }
    }
}

/// What the table shows.
pub struct Shown<'a> {
    pub run: &'a RunSnapshot,
    pub rows: &'a RowsShown,
    /// The characters of the longest cause, where rows have failed and it is known.
    pub cause_characters: Option<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_indices_are_each_others_inverse() {
        let found = RowsShown::Found(vec![4, 8, 2].into());
        assert_eq!((found.index_at(1), found.place_of(8), found.place_of(5)), (Some(8), Some(1), None));
        let all = RowsShown::All(3);
        assert_eq!((all.index_at(2), all.index_at(3), all.place_of(2)), (Some(2), None, Some(2)));
    }
}
