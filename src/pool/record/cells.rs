//! The outputs of a block of rows, by place: typed as long as all are of one type of fixed width.

use crate::value::{Column, Value, ValueRef};

/// See the module's text.
#[derive(Debug, Clone)]
pub(super) enum Cells {
    /// Nothing but `None` so far, in this many places.
    Unset(usize),
    Bool(Vec<bool>),
    Int(Vec<i64>),
    Float(Vec<f64>),
    Any(Vec<Value>),
}

/// The places that outputs go to, in their order.
#[derive(Debug, Clone, Copy)]
pub(super) enum Places<'a> {
    /// Neighbours, from here on.
    From(usize),
    These(&'a [usize]),
}

impl Cells {
    /// Puts `count` cells of `outputs` from `first` on into `places`.
    pub(super) fn set(&mut self, places: Places<'_>, outputs: &Column, first: usize, count: usize) {
        if count == 0 {
            return;
        }
        if let Self::Unset(rows) = *self {
            *self = match outputs {
                Column::None(_) => return,
                Column::Bool(_) => Self::Bool(vec![false; rows]),
                Column::Int(_) => Self::Int(vec![0; rows]),
                Column::Float(_) => Self::Float(vec![0.0; rows]),
                Column::Text(_) | Column::Bytes(_) | Column::Json(_) | Column::Mixed(_) => {
                    Self::Any(vec![Value::None; rows])
                }
            };
        }
        let range = first..first + count;
        match (&mut *self, outputs) {
            (Self::Bool(cells), Column::Bool(new)) => places.fill(cells, &new[range]),
            (Self::Int(cells), Column::Int(new)) => places.fill(cells, &new[range]),
            (Self::Float(cells), Column::Float(new)) => places.fill(cells, &new[range]),
            (cells, _) => cells.set_any(places, outputs, range),
        }
    }

    fn set_any(&mut self, places: Places<'_>, outputs: &Column, range: std::ops::Range<usize>) {
        if !matches!(self, Self::Any(_)) {
            *self = Self::Any((0..self.len()).map(|place| self.get(place).to_value()).collect());
        }
        if let Self::Any(cells) = self {
            for (nth, from) in range.enumerate() {
                cells[places.get(nth)] = outputs.get(from).map_or(Value::None, ValueRef::to_value);
            }
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Unset(rows) => *rows,
            Self::Bool(cells) => cells.len(),
            Self::Int(cells) => cells.len(),
            Self::Float(cells) => cells.len(),
            Self::Any(cells) => cells.len(),
        }
    }

    pub(super) fn get(&self, place: usize) -> ValueRef<'_> {
        match self {
            Self::Unset(_) => ValueRef::None,
            Self::Bool(cells) => ValueRef::Bool(cells[place]),
            Self::Int(cells) => ValueRef::Int(cells[place]),
            Self::Float(cells) => ValueRef::Float(cells[place]),
            Self::Any(cells) => cells[place].as_ref(),
        }
    }
}

impl Places<'_> {
    fn get(self, nth: usize) -> usize {
        match self {
            Self::From(first) => first + nth,
            Self::These(places) => places[nth],
        }
    }

    fn fill<T: Copy>(self, cells: &mut [T], new: &[T]) {
        match self {
            Self::From(first) => cells[first..first + new.len()].copy_from_slice(new),
            Self::These(places) => places.iter().zip(new).for_each(|(place, cell)| cells[*place] = *cell),
        }
    }
}
