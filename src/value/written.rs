//! Cells whose text, as a person wrote it, says more than the value it was read as: `1.10` is the number 1.1, and
//! `1e5` is 100000.0. What the text means is the business of `input`.

use serde::{Deserialize, Serialize};

use super::{Column, Strings};

/// Cells, and beside them the texts of those that would be shown differently from how they were written.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    cells: Column,
    texts: WrittenTexts,
}

/// Texts by the places of their cells.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "AnyTexts")]
pub struct WrittenTexts {
    /// In order.
    places: Vec<u64>,
    texts: Strings,
}

/// What a file says that the texts are.
#[derive(Deserialize)]
struct AnyTexts {
    places: Vec<u64>,
    texts: Strings,
}

impl TryFrom<AnyTexts> for WrittenTexts {
    type Error = &'static str;

    fn try_from(AnyTexts { places, texts }: AnyTexts) -> Result<Self, Self::Error> {
        let is_sound = places.len() == texts.len() && places.is_sorted_by(|before, after| before < after);
        is_sound.then_some(Self { places, texts }).ok_or("texts that do not fit their cells")
    }
}

impl WrittenTexts {
    /// Notes how the cell at `place` was written; places must be given in order.
    pub fn push(&mut self, place: usize, text: &str) {
        self.places.push(place as u64);
        self.texts.push(text);
    }

    /// Whether no cell has one.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The text of the cell at `place`, where it has one.
    pub fn get(&self, place: usize) -> Option<&str> {
        let found = self.places.binary_search(&(place as u64)).ok()?;
        self.texts.get(found)
    }

    /// The cells together with their texts; the cells as they are where no text was noted.
    pub fn with(self, cells: Column) -> Column {
        if self.is_empty() {
            return cells;
        }
        Column::Written(Box::new(Written { cells, texts: self }))
    }
}

impl Written {
    /// The cells as what they were read as.
    pub fn cells(&self) -> &Column {
        &self.cells
    }

    pub(super) fn cells_mut(&mut self) -> &mut Column {
        &mut self.cells
    }

    /// The text of the cell at `place`, where it would be shown differently.
    pub fn text(&self, place: usize) -> Option<&str> {
        self.texts.get(place)
    }

    /// All texts.
    pub fn texts(&self) -> &WrittenTexts {
        &self.texts
    }

    pub(super) fn size_bytes(&self) -> usize {
        let WrittenTexts { places, texts } = &self.texts;
        self.cells.size_bytes() + places.len() * 8 + texts.as_blobs().size_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::ValueRef;

    #[test]
    fn a_text_stands_beside_its_value() {
        let mut texts = WrittenTexts::default();
        texts.push(1, "1.10");
        let column = texts.with(vec![2.5, 1.1].into());
        assert_eq!((column.len(), column.get(1)), (2, Some(ValueRef::Float(1.1))));
        assert_eq!((column.written(0), column.written(1), column.written(2)), (None, Some("1.10"), None));
        assert_eq!(column.cells(), &Column::from(vec![2.5, 1.1]));
    }

    #[test]
    fn without_texts_the_column_is_as_it_was() {
        assert_eq!(WrittenTexts::default().with(vec![1_i64].into()), Column::from(vec![1_i64]));
    }
}
