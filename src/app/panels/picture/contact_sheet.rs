//! Outputs that are whole pictures, side by side on one sheet, each made smaller where it has to be.

use crate::value::Tile;

/// The larger side of a sheet at most: more than the panel shows, and little enough to be drawn within a frame.
const LARGEST_PX: u32 = 2048;
/// So many pixels a side are looked at for one of a smaller picture, however many it stands for.
const MOST_SAMPLES: usize = 2;
/// A cell has no smaller side.
const SMALLEST_CELL_PX: u32 = 8;
/// The width of a sheet by its height, about that of the panel.
const PROPORTION: f64 = 1.4;

/// Where each of the pictures stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ContactSheet {
    columns: u32,
    rows: u32,
    /// Width and height of the room for one picture.
    cell_px: [u32; 2],
}

impl ContactSheet {
    /// The sheet for so many pictures of about the size of `first`; nothing where that is a part of a picture.
    pub(super) fn of(first: &Tile, count: u64) -> Option<Self> {
        if !first.is_whole() {
            return None;
        }
        let (width, height) = (f64::from(first.width_px), f64::from(first.height_px));
        let most = LARGEST_PX / SMALLEST_CELL_PX;
        let columns = (count.max(1) as f64 * PROPORTION * height / width).sqrt().ceil() as u32;
        let columns = columns.clamp(1, most).min(u32::try_from(count.max(1)).unwrap_or(u32::MAX));
        let rows = u32::try_from(count.div_ceil(u64::from(columns))).unwrap_or(u32::MAX).clamp(1, most);
        let scale =
            [(width, columns), (height, rows)].map(|(side, count)| f64::from(LARGEST_PX / count) / side);
        let scale = scale[0].min(scale[1]).min(1.0);
        let cell_px =
            [width, height].map(|side| ((side * scale) as u32).max(SMALLEST_CELL_PX.min(side as u32)));
        Some(Self { columns, rows, cell_px })
    }

    /// Width and height of all of it.
    pub(super) fn size_px(self) -> [u32; 2] {
        [self.columns * self.cell_px[0], self.rows * self.cell_px[1]]
    }

    /// Width and height of the room for one picture.
    pub(super) fn cell_px(self) -> [u32; 2] {
        self.cell_px
    }

    /// The picture of row `index` as a part of the sheet, in the middle of its cell; nothing where that has no room for it.
    pub(super) fn place(self, index: u64, picture: &Tile) -> Option<Tile> {
        let (column, row) = (index % u64::from(self.columns), index / u64::from(self.columns));
        if row >= u64::from(self.rows) || !picture.is_whole() {
            return None;
        }
        let sides = [picture.width_px, picture.height_px];
        let scales = [0, 1].map(|axis| f64::from(self.cell_px[axis]) / f64::from(sides[axis]));
        let scale = scales[0].min(scales[1]).min(1.0);
        let [width_px, height_px] = sides.map(|side| ((f64::from(side) * scale).round() as u32).max(1));
        let [picture_width_px, picture_height_px] = self.size_px();
        Some(Tile {
            picture_width_px,
            picture_height_px,
            left_px: column as u32 * self.cell_px[0] + (self.cell_px[0] - width_px) / 2,
            top_px: row as u32 * self.cell_px[1] + (self.cell_px[1] - height_px) / 2,
            width_px,
            height_px,
            rgb: scaled(picture, width_px as usize, height_px as usize),
        })
    }
}

/// The pixels of a picture at a smaller size: each is the mean of some of those that it stands for, evenly spread.
fn scaled(picture: &Tile, width: usize, height: usize) -> Vec<u8> {
    let (from_width, from_height) = (picture.width_px as usize, picture.height_px as usize);
    if (width, height) == (from_width, from_height) {
        return picture.rgb.clone();
    }
    let samples = |nth: usize, count: usize, from: usize| {
        let first = nth * from / count;
        let end = ((nth + 1) * from / count).max(first + 1);
        (first..end).step_by((end - first).div_ceil(MOST_SAMPLES))
    };
    let columns: Vec<Vec<usize>> =
        (0..width).map(|x| samples(x, width, from_width).map(|column| column * 3).collect()).collect();
    let mut rgb = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        let rows: Vec<&[u8]> = samples(y, height, from_height)
            .map(|row| &picture.rgb[row * from_width * 3..(row + 1) * from_width * 3])
            .collect();
        for columns in &columns {
            let mut sums = [0_u32; 3];
            for row in &rows {
                for at in columns {
                    (0..3).for_each(|part| sums[part] += u32::from(row[at + part]));
                }
            }
            let count = (rows.len() * columns.len()) as u32;
            rgb.extend(sums.map(|sum| (sum / count) as u8));
        }
    }
    rgb
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width_px: u32, height_px: u32, shade: u8) -> Tile {
        Tile {
            picture_width_px: width_px,
            picture_height_px: height_px,
            left_px: 0,
            top_px: 0,
            width_px,
            height_px,
            rgb: vec![shade; (width_px * height_px * 3) as usize],
        }
    }

    #[test]
    fn one_picture_is_all_of_its_sheet() {
        let sheet = ContactSheet::of(&picture(64, 48, 7), 1).unwrap();
        assert_eq!((sheet.size_px(), sheet.cell_px()), ([64, 48], [64, 48]));
        assert_eq!(sheet.place(0, &picture(64, 48, 7)), Some(picture(64, 48, 7)));
        assert_eq!(sheet.place(1, &picture(64, 48, 7)), None);
    }

    #[test]
    fn a_part_of_a_picture_needs_no_sheet() {
        let part = Tile { picture_width_px: 128, ..picture(64, 48, 7) };
        assert_eq!(ContactSheet::of(&part, 4), None);
    }

    #[test]
    fn every_picture_lies_within_its_sheet_however_many_there_are() {
        for count in [1, 2, 7, 60, 1000, 100_000, 10_000_000] {
            for (width, height) in [(1, 1), (640, 480), (9000, 20), (20, 9000), (12_000, 10_000)] {
                let first = Tile { rgb: Vec::new(), ..picture(1, 1, 0) };
                let sides = Tile { picture_width_px: width, picture_height_px: height, ..first.clone() };
                let sheet =
                    ContactSheet::of(&Tile { width_px: width, height_px: height, ..sides }, count).unwrap();
                let size = sheet.size_px();
                assert!(size.iter().all(|side| (1..=LARGEST_PX).contains(side)), "{count} {sheet:?}");
                let placed = sheet.place((count - 1).min(5), &picture(300, 200, 9)).unwrap();
                assert!(
                    placed.left_px + placed.width_px <= size[0]
                        && placed.top_px + placed.height_px <= size[1]
                );
                assert_eq!(placed.rgb.len() as u32, placed.width_px * placed.height_px * 3);
            }
        }
    }

    #[test]
    fn pixels_are_means_of_those_that_they_stand_for() {
        let mut checked = picture(4, 2, 0);
        checked.rgb[..6].fill(100);
        assert_eq!(scaled(&checked, 2, 1), [50, 50, 50, 0, 0, 0]);
    }
}
