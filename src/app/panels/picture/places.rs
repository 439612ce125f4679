//! Where the tile of each row lies in the picture, in its pixels.

use std::collections::HashMap;

use crate::value::Tile;

/// The places of tiles: of those that are drawn as they were given, of others on the grid that the first one implies.
pub(super) struct Places {
    drawn: HashMap<u64, [u32; 4]>,
    /// Tiles side by side and one above the other, each of this size; tiles come in reading order, so that a row's place tells
    /// where its tile will be.
    columns: u64,
    rows: u64,
    tile_size: [u32; 2],
    total: u64,
}

impl Places {
    pub(super) fn new(size: [u32; 2], tile_size: [u32; 2], total: u64) -> Self {
        let tile_size = tile_size.map(|side| side.max(1));
        let [columns, rows] = [0, 1].map(|axis| u64::from(size[axis].div_ceil(tile_size[axis]).max(1)));
        Self { drawn: HashMap::new(), columns, rows, tile_size, total }
    }

    pub(super) fn add(&mut self, index: u64, tile: &Tile) {
        self.drawn.insert(index, [tile.left_px, tile.top_px, tile.width_px, tile.height_px]);
    }

    /// Left, top, width and height of a row's tile; nothing where it is not drawn and the grid has no place for it.
    pub(super) fn of(&self, index: u64) -> Option<[u32; 4]> {
        self.drawn.get(&index).copied().or_else(|| self.to_come(index))
    }

    /// The place on the grid of a tile that is not there yet.
    pub(super) fn to_come(&self, index: u64) -> Option<[u32; 4]> {
        let cells = self.columns * self.rows;
        if index >= cells || self.total > cells {
            return None;
        }
        let [width, height] = self.tile_size;
        let (column, row) = (index % self.columns, index / self.columns);
        Some([column as u32 * width, row as u32 * height, width, height])
    }

    /// The row whose tile has this pixel.
    pub(super) fn row_at(&self, [x, y]: [u32; 2]) -> Option<u64> {
        let has = |[left, top, width, height]: [u32; 4]| {
            (left..left + width).contains(&x) && (top..top + height).contains(&y)
        };
        let drawn = self.drawn.iter().find(|(_, place)| has(**place)).map(|(index, _)| *index);
        drawn.or_else(|| {
            let index = u64::from(y / self.tile_size[1]) * self.columns + u64::from(x / self.tile_size[0]);
            let is_to_come = index < self.total && !self.drawn.contains_key(&index);
            (is_to_come && self.to_come(index).is_some()).then_some(index)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tile(left_px: u32, top_px: u32) -> Tile {
        Tile {
            picture_width_px: 40,
            picture_height_px: 20,
            left_px,
            top_px,
            width_px: 10,
            height_px: 10,
            rgb: Vec::new(),
        }
    }

    #[test]
    fn a_pixel_belongs_to_the_tile_that_was_drawn_there() {
        let mut places = Places::new([40, 20], [10, 10], 8);
        // Rows may give their tiles in any order.
        places.add(5, &tile(0, 0));
        assert_eq!([[0, 0], [9, 9]].map(|at| places.row_at(at)), [Some(5); 2]);
        assert_eq!(places.row_at([12, 3]), Some(1), "its tile is to come");
        assert_eq!(places.row_at([12, 13]), None, "that of row 5 lies elsewhere");
        assert_eq!((places.of(5), places.of(7)), (Some([0, 0, 10, 10]), Some([30, 10, 10, 10])));
    }

    #[test]
    fn more_rows_than_the_grid_has_places_have_none_before_they_are_drawn() {
        let mut places = Places::new([40, 20], [10, 10], 9);
        assert_eq!((places.of(3), places.row_at([1, 1])), (None, None));
        places.add(8, &tile(10, 0));
        assert_eq!((places.of(8), places.row_at([11, 1])), (Some([10, 0, 10, 10]), Some(8)));
    }
}
