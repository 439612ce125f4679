//! The first records of a table, cut into cells: what its columns are called, and which of them holds the inputs. Whether the
//! first record names them stands in `header`.

use std::collections::HashSet;

use super::number::{Number, read_number, read_special_float};
use super::records::cells;
use super::rows::RawRow;

/// As many columns as the widest spreadsheets have; a row of nothing but commas must not fill the memory.
pub(super) const MOST_COLUMNS: usize = if cfg!(fuzzing) { 32 } else { 16_384 };

/// What people and programs call a column that numbers the rows.
const NAMES_OF_INDEX: [&[u8]; 11] =
    [b"", b"#", b"id", b"idx", b"index", b"no", b"no.", b"nr", b"nr.", b"row", b"unnamed: 0"];

/// What the column of row names is called, which has no name in files that R writes.
const ROW_NAMES: &str = "row name";

/// Whether the first record names the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Header {
    None,
    Names,
    /// All but the first column, which holds the names of rows: so R writes tables.
    NamesButFirst,
}

/// The first records, cut into cells.
pub(super) struct Sample {
    pub records: Vec<Vec<Vec<u8>>>,
}

pub(super) fn is_record(row: RawRow<'_>) -> bool {
    row.broken.is_none() && !row.bytes.trim_ascii().is_empty()
}

impl Sample {
    /// Cuts sound records into cells; broken and empty ones decide nothing.
    pub(super) fn of<'a>(rows: impl Iterator<Item = RawRow<'a>>, delimiter: u8) -> Self {
        let cut = |row: RawRow<'_>| {
            // One more tells that there are too many.
            let cells = cells(row.bytes, delimiter).take(MOST_COLUMNS + 1);
            cells.map(|cell| cell.trim_ascii().to_vec()).collect()
        };
        Self { records: rows.filter(|row| is_record(*row)).map(cut).collect() }
    }

    /// The cells of the first record.
    pub(super) fn width(&self) -> usize {
        self.first().len()
    }

    pub(super) fn first(&self) -> &[Vec<u8>] {
        self.records.first().map_or(&[], Vec::as_slice)
    }

    /// Whether all records below the first have one cell more than it has, which is not only a comma at their ends.
    pub(super) fn has_row_names(&self) -> bool {
        let (first, below) = (self.first(), self.records.get(1..).unwrap_or_default());
        let is_wider = |record: &Vec<Vec<u8>>| record.len() == first.len() + 1;
        let has_last = below.iter().any(|record| record.last().is_some_and(|cell| !cell.is_empty()));
        let fits = !below.is_empty() && are_names(first) && below.iter().all(is_wider) && has_last;
        fits && !self.has_decimal_commas()
    }

    /// Whether it is a single column of numbers with decimal commas, such as `3,5`, under its name; where what stands
    /// before the commas counts the rows, that is rather their number.
    pub(super) fn has_decimal_commas(&self) -> bool {
        let [first, below @ ..] = self.records.as_slice() else { return false };
        let is_whole = |cell: &[u8]| !cell.is_empty() && cell.iter().all(u8::is_ascii_digit);
        let is_decimal = |record: &Vec<Vec<u8>>| match record.as_slice() {
            [whole, rest] => is_whole(whole.strip_prefix(b"-").unwrap_or(whole)) && is_whole(rest),
            [whole] => is_whole(whole),
            _ => false,
        };
        let counts = (1..).zip(below).all(|(number, record)| {
            record.first().is_some_and(|cell| cell == usize::to_string(&number).as_bytes())
        });
        first.len() == 1 && !below.is_empty() && are_names(first) && below.iter().all(is_decimal) && !counts
    }

    /// The cells below the first record.
    pub(super) fn below(&self, place: usize) -> impl Iterator<Item = &Vec<u8>> {
        self.records.iter().skip(1).filter_map(move |record| record.get(place))
    }

    pub(super) fn column_names(&self, header: Header) -> Vec<String> {
        let numbered = |place: usize| format!("column {}", place + 1);
        let before = usize::from(header == Header::NamesButFirst);
        let named = |(place, name): (usize, &Vec<u8>)| match String::from_utf8_lossy(name).into_owned() {
            name if header != Header::None && !name.is_empty() => name,
            _ => numbered(before + place),
        };
        let row_names = (header == Header::NamesButFirst).then(|| ROW_NAMES.to_owned());
        let last = if header == Header::None { self.width() } else { self.used_width() };
        row_names.into_iter().chain(self.first().iter().take(last).enumerate().map(named)).collect()
    }

    /// The names of the first record but for empty ones at its end below which there is nothing.
    pub(super) fn used_width(&self) -> usize {
        let is_used = |place: usize| self.below(place).any(|cell| !cell.is_empty());
        let named =
            self.first().iter().enumerate().rposition(|(place, name)| !name.is_empty() || is_used(place));
        named.map_or(0, |last| last + 1)
    }

    /// The first column of only numbers, else the first of nearly only numbers, else the first; never one that counts
    /// the rows where there is another.
    pub(super) fn likely_column(&self, header: Header) -> usize {
        let width = self.width() + usize::from(header == Header::NamesButFirst);
        let from = usize::from(header == Header::NamesButFirst);
        let tallies: Vec<Tally> = (0..width).map(|place| self.tally(place, header)).collect();
        let find = |is_fit: &dyn Fn(usize) -> bool| (from..width).find(|place| is_fit(*place));
        let counts = |place| header == Header::Names && self.counts_rows(place);
        find(&|place| tallies[place].is_only_numeric() && !counts(place))
            .or_else(|| find(&|place| tallies[place].is_only_numeric()))
            .or_else(|| find(&|place| tallies[place].is_mostly_numeric()))
            .unwrap_or(0)
    }

    /// Whether a column numbers the rows, by its name and by its cells. Without such a name it may be the inputs.
    fn counts_rows(&self, place: usize) -> bool {
        let name = self.first().get(place).map(|name| name.to_ascii_lowercase()).unwrap_or_default();
        let numbers: Option<Vec<i64>> = self
            .below(place)
            .map(|cell| match read_number(cell) {
                Number::Int(number) => Some(number),
                _ => None,
            })
            .collect();
        NAMES_OF_INDEX.contains(&name.as_slice())
            && numbers.is_some_and(|numbers| {
                matches!(numbers.first(), Some(0 | 1))
                    && numbers.windows(2).all(|pair| pair[1] == pair[0] + 1)
            })
    }

    pub(super) fn tally(&self, place: usize, header: Header) -> Tally {
        let data = self.records.iter().skip(usize::from(header != Header::None));
        let filled = data.filter_map(|record| record.get(place)).filter(|cell| !cell.is_empty());
        filled.fold(Tally::default(), |tally, cell| Tally {
            cells: tally.cells + 1,
            numbers: tally.numbers + usize::from(is_number(cell)),
        })
    }
}

#[derive(Default)]
pub(super) struct Tally {
    cells: usize,
    numbers: usize,
}

impl Tally {
    fn is_only_numeric(&self) -> bool {
        self.cells > 0 && self.numbers == self.cells
    }

    pub(super) fn is_mostly_numeric(&self) -> bool {
        self.cells > 0 && self.numbers * 5 >= self.cells * 4
    }
}

/// Whether a cell is a number; `nan` and `inf` may be words, too.
pub(super) fn is_number(cell: &[u8]) -> bool {
    read_number(cell) != Number::Not
}

pub(super) fn are_names(cells: &[Vec<u8>]) -> bool {
    let mut seen = HashSet::new();
    let is_value = |cell: &[u8]| is_number(cell) || read_special_float(cell).is_some();
    cells.iter().all(|cell| !cell.is_empty() && !is_value(cell) && seen.insert(cell))
}

#[cfg(test)]
mod tests {
    use super::super::records::Records;
    use super::super::rows::OwnedRow;
    use super::super::rows::first_rows;
    use super::*;

    fn sample(text: &str) -> Sample {
        let rows = first_rows(&mut Records::new(text.as_bytes(), b','), 100, 1, || false).unwrap();
        Sample::of(rows.iter().map(OwnedRow::row), b',')
    }

    #[test]
    fn a_header_that_is_one_name_short_leaves_the_row_names_out() {
        let written_by_r = sample("\"mpg\",\"cyl\"\n\"Mazda\",21,6\n\"Fiat\",32.4,4\n");
        let header = written_by_r.header(None, None);
        assert_eq!(header, Header::NamesButFirst);
        assert_eq!(written_by_r.column_names(header), ["row name", "mpg", "cyl"]);
        assert_eq!(written_by_r.likely_column(header), 1);
        // A comma at the end of each row is no further cell.
        assert_eq!(sample("a,b\n1,2,\n3,4,\n").header(None, None), Header::Names);
    }

    #[test]
    fn a_column_of_decimal_commas_is_no_table_with_row_names() {
        assert!(sample("price\n3,5\n-2,25\n7\n").has_decimal_commas());
        assert!(!sample("price\n3,5\n2,25\n").has_row_names());
        for of_rows in ["mpg\n1,21\n2,32\n", "mpg\nMazda,21\nFiat,32\n"] {
            assert!(!sample(of_rows).has_decimal_commas() && sample(of_rows).has_row_names(), "{of_rows}");
        }
    }

    #[test]
    fn a_column_that_numbers_the_rows_is_not_the_inputs() {
        let likely = |text: &str| {
            let sample = sample(text);
            sample.likely_column(sample.header(None, None))
        };
        for text in ["id,n\n0,82\n1,17\n2,16\n", ",n\n0,5\n1,7\n", "No.,n,m\n1,5,6\n2,7,8\n"] {
            assert_eq!(likely(text), 1, "{text}");
        }
        for text in ["n,square\n1,1\n2,4\n3,9\n", "id,name\n1,a\n2,b\n", "id,n\n7,82\n3,17\n", "1,5\n2,6\n"] {
            assert_eq!(likely(text), 0, "{text}");
        }
    }

    #[test]
    fn commas_at_the_end_of_a_header_name_no_columns() {
        let padded = sample("a,b,,\n1,2\n3,4,,\n");
        assert_eq!(padded.column_names(Header::Names), ["a", "b"]);
        assert_eq!(sample("a,b,\n1,2,x\n").column_names(Header::Names), ["a", "b", "column 3"]);
    }
}
