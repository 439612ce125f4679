//! The first records of a table: whether the first of them names the columns, and which column holds the inputs.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use super::number::{Number, read_number, read_special_float};
use super::options::ColumnChoice;
use super::records::cells;
use super::rows::RawRow;

/// As many columns as the widest spreadsheets have; a row of nothing but commas must not fill the memory.
pub(super) const MOST_COLUMNS: usize = if cfg!(fuzzing) { 32 } else { 16_384 };

/// Numbers that can name columns: years.
const YEARS: RangeInclusive<i64> = 1800..=2200;

/// So many columns of a kind are no accident.
const LEAST_COLUMNS: usize = 3;
/// Fewer cells of a column do not tell whether it repeats itself.
const LEAST_ANSWERS: usize = 4;

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

    /// Whether the first record names the columns, as a person said, by the name of the column that is asked for, or by
    /// what stands below it.
    pub(super) fn header(&self, said: Option<bool>, choice: Option<&ColumnChoice>) -> Header {
        let is_header = said.unwrap_or_else(|| self.names(choice) || self.has_header());
        match is_header {
            true if self.has_row_names() => Header::NamesButFirst,
            true => Header::Names,
            false => Header::None,
        }
    }

    fn first(&self) -> &[Vec<u8>] {
        self.records.first().map_or(&[], Vec::as_slice)
    }

    /// By a word above numbers, by years above what is none, by places above decimals, by being all words that differ, but
    /// for one above the numbers of the rows, or by words that are not among the few of their columns.
    pub(super) fn has_header(&self) -> bool {
        self.has_word_above_numbers()
            || self.has_years_above_others()
            || self.has_places_above_decimals()
            || are_names(self.first())
            || self.has_names_but_of_the_index()
            || self.has_words_above_answers()
    }

    /// Whether the numbers of the first record count up by one, such as minutes, above numbers with decimals.
    fn has_places_above_decimals(&self) -> bool {
        let first = self.first().iter().enumerate();
        let numbers: Vec<(usize, i64)> = first
            .filter_map(|(place, cell)| match read_number(cell) {
                Number::Int(number) => Some((place, number)),
                _ => None,
            })
            .collect();
        let are_decimals = |place: usize| {
            let mut below = self.below(place).filter(|cell| !cell.is_empty()).peekable();
            below.peek().is_some() && below.all(|cell| is_number(cell) && !is_whole(cell))
        };
        numbers.len() >= LEAST_COLUMNS
            && numbers.windows(2).all(|pair| pair[1].1 == pair[0].1.wrapping_add(1))
            && numbers.iter().all(|(place, _)| are_decimals(*place))
    }

    /// Whether several columns hold a few words again and again, and none of them the one in the first record: so answers
    /// stand below their questions, some of which have no name.
    fn has_words_above_answers(&self) -> bool {
        let mut columns = 0;
        for (place, name) in self.first().iter().enumerate() {
            let filled: Vec<&Vec<u8>> = self.below(place).filter(|cell| !cell.is_empty()).collect();
            let answers: HashSet<&Vec<u8>> = filled.iter().copied().collect();
            if name.is_empty() || filled.len() < LEAST_ANSWERS || answers.len() * 2 > filled.len() {
                continue;
            }
            if is_number(name) || answers.contains(name) {
                return false;
            }
            columns += 1;
        }
        columns >= LEAST_COLUMNS
    }

    /// Whether only the first name is empty, above cells that are not: so pandas writes the numbers of its rows.
    fn has_names_but_of_the_index(&self) -> bool {
        let [index, names @ ..] = self.first() else { return false };
        let mut below = self.below(0).peekable();
        index.is_empty()
            && !names.is_empty()
            && are_names(names)
            && below.peek().is_some()
            && below.all(|cell| !cell.is_empty())
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

    /// Whether a column is chosen by a name that the first record holds, such as the year 2020; 2 is rather the second.
    fn names(&self, choice: Option<&ColumnChoice>) -> bool {
        let Some(ColumnChoice::Name(name)) = choice else { return false };
        if name.parse::<usize>().is_ok_and(|number| number <= self.width()) {
            return false;
        }
        self.first().iter().any(|cell| cell == name.as_bytes())
    }

    /// Whether a column begins with a word and goes on in numbers.
    pub(super) fn has_word_above_numbers(&self) -> bool {
        let named = |(place, name): (usize, &Vec<u8>)| {
            let is_value = is_number(name) || read_special_float(name).is_some();
            !name.is_empty() && !is_value && self.tally(place, Header::Names).is_mostly_numeric()
        };
        self.first().iter().enumerate().any(named)
    }

    /// Whether the numbers of the first record are years that differ, with other numbers than years below.
    fn has_years_above_others(&self) -> bool {
        let mut seen = HashSet::new();
        let numbers: Vec<(usize, &Vec<u8>)> =
            self.first().iter().enumerate().filter(|(_, cell)| is_number(cell)).collect();
        let are_years = numbers.iter().all(|(_, cell)| is_year(cell) && seen.insert(*cell));
        // Of two columns a year alone is as likely a value.
        let is_enough =
            numbers.len() > 1 || self.first().iter().any(|cell| cell.is_empty() || !is_number(cell));
        let has_others = |(place, _): &(usize, &Vec<u8>)| {
            let below: Vec<&Vec<u8>> = self.below(*place).filter(|cell| !cell.is_empty()).collect();
            let are_numbers = !below.is_empty() && below.iter().all(|cell| is_number(cell) && !is_year(cell));
            // Not a word that stands for a year that is not known.
            let is_one = || below.iter().all(|cell| *cell == below[0]);
            are_numbers || below.len() > 1 && !below.iter().any(|cell| is_number(cell)) && !is_one()
        };
        !numbers.is_empty() && is_enough && are_years && numbers.iter().all(has_others)
    }

    /// The cells below the first record.
    fn below(&self, place: usize) -> impl Iterator<Item = &Vec<u8>> {
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
        let find = |is_fit: fn(&Tally) -> bool| (from..width).find(|place| is_fit(&tallies[*place]));
        find(Tally::is_only_numeric).or_else(|| find(Tally::is_mostly_numeric)).unwrap_or(0)
    }

    fn tally(&self, place: usize, header: Header) -> Tally {
        let data = self.records.iter().skip(usize::from(header != Header::None));
        let filled = data.filter_map(|record| record.get(place)).filter(|cell| !cell.is_empty());
        filled.fold(Tally::default(), |tally, cell| Tally {
            cells: tally.cells + 1,
            numbers: tally.numbers + usize::from(is_number(cell)),
        })
    }
}

#[derive(Default)]
struct Tally {
    cells: usize,
    numbers: usize,
}

impl Tally {
    fn is_only_numeric(&self) -> bool {
        self.cells > 0 && self.numbers == self.cells
    }

    fn is_mostly_numeric(&self) -> bool {
        self.cells > 0 && self.numbers * 5 >= self.cells * 4
    }
}

/// Whether a cell is a number; `nan` and `inf` may be words, too.
pub(super) fn is_number(cell: &[u8]) -> bool {
    read_number(cell) != Number::Not
}

fn is_whole(cell: &[u8]) -> bool {
    !matches!(read_number(cell), Number::Float(number) if number.fract() != 0.0)
}

fn is_year(cell: &[u8]) -> bool {
    matches!(read_number(cell), Number::Int(year) if cell.len() == 4 && YEARS.contains(&year))
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

    fn header(text: &str) -> Header {
        sample(text).header(None, None)
    }

    #[test]
    fn years_above_other_numbers_name_columns() {
        for text in [
            "region,2023,2024\nEMEA,10,20\n",
            ",2020,2021\nUlm,3,4\n",
            "2019,2020\n1,2\n3,4\n",
            ",a,b\n0,x,y\n1,z,w\n",
            "state,2018\nAlabama,R+27\nAlaska,R+15\n",
        ] {
            assert_eq!(header(text), Header::Names, "{text}");
        }
        for text in [
            "Bach,1685,1750\nMozart,1756,1791\n",
            "1,2\n3,4\n",
            "EMEA,10,20\nAPAC,30,40\n",
            "2020\n17\n",
            "Bach,1685\nHomer,unknown\nLaozi,unknown\n",
        ] {
            assert_eq!(header(text), Header::None, "{text}");
        }
    }

    #[test]
    fn numbers_that_count_up_above_decimals_name_columns() {
        assert_eq!(header("team,0,1,2\nHawks,0.5,0.51,0.52\nNets,0.5,0.49,0.48\n"), Header::Names);
        for text in ["1,2,3\n2,4,6\n3,6,9\n", "a,1,2,4\nb,0.5,0.2,0.1\n", "1,2,3\n0.5,4,0.1\n"] {
            assert_eq!(header(text), Header::None, "{text}");
        }
    }

    #[test]
    fn questions_above_answers_name_columns() {
        let answers = "yes,often,,blue\nno,never,,red\n".repeat(3);
        assert_eq!(header(&format!("Do you?,How often?,,Which?\n{answers}")), Header::Names);
        assert_eq!(header(&format!("yes,How often?,,Which?\n{answers}")), Header::None);
        assert_eq!(header("Do you?,How often?,,Which?\nyes,often,,blue\nno,never,,red\n"), Header::None);
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
    fn commas_at_the_end_of_a_header_name_no_columns() {
        let padded = sample("a,b,,\n1,2\n3,4,,\n");
        assert_eq!(padded.column_names(Header::Names), ["a", "b"]);
        assert_eq!(sample("a,b,\n1,2,x\n").column_names(Header::Names), ["a", "b", "column 3"]);
    }

    #[test]
    fn what_a_person_says_counts() {
        let words = sample("ann,ulm\nbob,aix\n");
        assert_eq!([None, Some(false)].map(|said| words.header(said, None)), [Header::Names, Header::None]);
        let numbers = sample("1,2\n3,4\n");
        assert_eq!(numbers.header(Some(true), None), Header::Names);
        assert_eq!(numbers.column_names(Header::Names), ["1", "2"]);
    }
}
