//! Tables (CSV, TSV): tells a header from data, chooses a column, and reads its cells.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{self, Read};

use super::cells::{Cells, Writing};
use super::columns::find_column;
use super::number::{Number, read_number};
use super::objects::{Misfit, Objects};
use super::options::{CellType, ColumnChoice, Format, LoadOptions};
use super::records::{Records, cells};
use super::rows::{OwnedRow, Row, Rows, first_rows};
use super::target::Target;
use super::{Content, rejected};
use crate::value::grouped;

/// How many records decide about the header and the column.
const SAMPLE_RECORDS: usize = 200;

/// As many columns as the widest spreadsheets have; a row of nothing but commas must not fill the memory.
const MOST_COLUMNS: usize = if cfg!(fuzzing) { 32 } else { 16_384 };

/// The first records, cut into cells.
pub(super) struct Sample {
    pub records: Vec<Vec<Vec<u8>>>,
}

/// Reads a table whose cells stand between `delimiter`s.
pub(super) fn load(
    reader: impl Read,
    format: Format,
    delimiter: u8,
    options: &LoadOptions,
    to: Target<'_>,
) -> io::Result<Content> {
    let mut records = Records::new(reader, delimiter);
    let first = first_rows(&mut records, SAMPLE_RECORDS)?;
    let sample = Sample::of(first.iter().map(OwnedRow::row), delimiter);
    if sample.records.first().is_some_and(|first| first.len() > MOST_COLUMNS) {
        let most = grouped(MOST_COLUMNS as u64);
        return Err(rejected(format!(
            "it has more than {most} columns; to take each line as an input, choose the format lines"
        )));
    }
    let has_header = sample.has_header() || sample.names(options.column.as_ref());
    let columns = sample.column_names(has_header);
    let chosen = match &options.column {
        Some(ColumnChoice::All) => None,
        Some(choice) => Some(find_column(&columns, choice).map_err(rejected)?),
        None => Some(sample.likely_column(has_header)),
    };
    let (takes, mut cells) = match chosen {
        Some(column) => {
            let cells = Cells::new(Writing::Plain, options.cells, to).wide(columns.len() > 1);
            (Takes::Cell(column), cells)
        }
        None => {
            let is_text = |place| options.cells == Some(CellType::Text) || sample.is_text(place, has_header);
            let objects = Objects::new(&columns, is_text);
            (Takes::Row(objects), Cells::of_objects(Writing::Plain, to).wide(true))
        }
    };
    let mut taker = Taker { delimiter, takes, width: columns.len() };
    let header = first.iter().position(|row| has_header && is_record(row.row()));
    for (place, row) in first.iter().map(OwnedRow::row).enumerate() {
        match header {
            Some(header) if place == header => {}
            // Nothing above the header is a record; what is not broken is blank, and not the end of the file.
            Some(header) if place < header && row.broken.is_none() => cells.push_bad(row.line, b"", "empty"),
            _ => taker.take(row, &mut cells),
        }
    }
    while records.advance()? {
        taker.take(records.row(), &mut cells);
    }
    let (column, bad) = cells.finish();
    Ok(Content { column, bad, format, columns, chosen_column: chosen, has_header })
}

fn is_record(row: Row<'_>) -> bool {
    row.broken.is_none() && !row.bytes.trim_ascii().is_empty()
}

/// Takes the inputs out of records.
struct Taker {
    delimiter: u8,
    takes: Takes,
    width: usize,
}

enum Takes {
    /// That of one column.
    Cell(usize),
    /// All of them.
    Row(Objects),
}

impl Taker {
    fn take(&mut self, row: Row<'_>, into: &mut Cells<'_>) {
        if let Some(reason) = row.broken {
            return into.push_bad(row.line, row.bytes, reason);
        }
        let cells = cells(row.bytes, self.delimiter);
        match &mut self.takes {
            Takes::Cell(column) => take_cell(row, cells, *column, self.width, into),
            Takes::Row(_) if row.bytes.is_empty() => into.push_empty_row(row.line),
            Takes::Row(objects) => match objects.object(cells) {
                Ok(object) => into.push_object(object),
                Err(Misfit { cell, reason }) => {
                    into.push_bad(row.line, cell.as_deref().unwrap_or(row.bytes), reason);
                }
            },
        }
    }
}

fn take_cell<'a>(
    row: Row<'_>,
    mut cells: impl Iterator<Item = Cow<'a, [u8]>>,
    column: usize,
    width: usize,
    into: &mut Cells<'_>,
) {
    if width > 1 && row.bytes.is_empty() {
        // Not an empty cell: the whole record is missing.
        return into.push_empty_row(row.line);
    }
    let chosen = cells.nth(column);
    // A comma that wants quotes moves the cells behind it, so that the chosen one may be another.
    // (Where the first records are all empty or broken, no column is known, and one is expected.)
    if cells.skip(width.saturating_sub(column + 1)).any(|cell| !cell.is_empty()) {
        let reason = format!("has more cells than there are columns ({})", width.max(1));
        return into.push_bad(row.line, row.bytes, reason);
    }
    match chosen {
        Some(cell) => into.push(row.line, &cell),
        None => into.push_bad(row.line, row.bytes, format!("has no column {}", column + 1)),
    }
}

impl Sample {
    /// Cuts sound records into cells; broken and empty ones decide nothing.
    pub(super) fn of<'a>(rows: impl Iterator<Item = Row<'a>>, delimiter: u8) -> Self {
        let cut = |row: Row<'_>| {
            // One more tells that there are too many.
            let cells = cells(row.bytes, delimiter).take(MOST_COLUMNS + 1);
            cells.map(|cell| cell.trim_ascii().to_vec()).collect()
        };
        Self { records: rows.filter(|row| is_record(*row)).map(cut).collect() }
    }

    /// Whether the first record names the columns: by a word above numbers, or by being all words, all different.
    pub(super) fn has_header(&self) -> bool {
        let Some(first) = self.records.first() else { return false };
        self.has_word_above_numbers() || are_names(first)
    }

    /// Whether a column is chosen by a name that the first record holds, such as the year 2020.
    fn names(&self, choice: Option<&ColumnChoice>) -> bool {
        let Some(ColumnChoice::Name(name)) = choice else { return false };
        self.records.first().is_some_and(|first| first.iter().any(|cell| cell == name.as_bytes()))
    }

    /// Whether a column begins with a word and goes on in numbers.
    pub(super) fn has_word_above_numbers(&self) -> bool {
        let Some(first) = self.records.first() else { return false };
        let named = |(place, name): (usize, &Vec<u8>)| {
            !name.is_empty() && !is_number(name) && self.tally(place, true).is_mostly_numeric()
        };
        first.iter().enumerate().any(named)
    }

    fn column_names(&self, has_header: bool) -> Vec<String> {
        let first = self.records.first().map_or(&[][..], Vec::as_slice);
        let numbered = |place: usize| format!("column {}", place + 1);
        let named = |(place, name): (usize, &Vec<u8>)| match String::from_utf8_lossy(name).into_owned() {
            name if has_header && !name.is_empty() => name,
            _ => numbered(place),
        };
        first.iter().enumerate().map(named).collect()
    }

    /// Whether a column holds words.
    fn is_text(&self, place: usize, has_header: bool) -> bool {
        let tally = self.tally(place, has_header);
        tally.cells > 0 && !tally.is_mostly_numeric()
    }

    /// The first column of only numbers, else the first of nearly only numbers, else the first.
    fn likely_column(&self, has_header: bool) -> usize {
        let width = self.records.first().map_or(0, Vec::len);
        let tallies: Vec<Tally> = (0..width).map(|place| self.tally(place, has_header)).collect();
        let only = tallies.iter().position(Tally::is_only_numeric);
        only.or_else(|| tallies.iter().position(Tally::is_mostly_numeric)).unwrap_or(0)
    }

    fn tally(&self, place: usize, has_header: bool) -> Tally {
        let data = self.records.iter().skip(usize::from(has_header));
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

fn is_number(cell: &[u8]) -> bool {
    read_number(cell) != Number::Not
}

fn are_names(cells: &[Vec<u8>]) -> bool {
    let mut seen = HashSet::new();
    cells.iter().all(|cell| !cell.is_empty() && !is_number(cell) && seen.insert(cell))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::{Progress, load_reader};

    fn load_csv(text: &str, options: &LoadOptions) -> crate::error::Result<crate::input::Loaded> {
        let options = LoadOptions { format: Some(Format::Csv), ..options.clone() };
        load_reader(text.as_bytes(), "t.csv", &options, &Progress::new())
    }

    fn by_name(name: &str) -> LoadOptions {
        LoadOptions { column: Some(ColumnChoice::Name(name.into())), ..LoadOptions::default() }
    }

    const CITIES: &str =
        "\u{feff}city,\"count, all\",share\r\nUlm,3,0.5\r\n\"Aix, \"\"F\"\"\",4,0.25\r\n\r\n";

    #[test]
    fn the_first_numeric_column_is_taken_below_its_header() {
        let loaded = load_csv(CITIES, &LoadOptions::default()).unwrap();
        assert_eq!(*loaded.column, vec![3_i64, 4].into());
        assert_eq!(loaded.columns, ["city", "count, all", "share"]);
        assert_eq!((loaded.chosen_column, loaded.has_header, loaded.bad.count), (Some(1), true, 0));
    }

    #[test]
    fn a_column_can_be_chosen_by_name_or_number() {
        let loaded = load_csv(CITIES, &by_name("city")).unwrap();
        assert_eq!(*loaded.column, ["Ulm", "Aix, \"F\""].into_iter().collect());
        let third = LoadOptions { column: Some(ColumnChoice::Number(3)), ..LoadOptions::default() };
        assert_eq!(*load_csv(CITIES, &third).unwrap().column, vec![0.5, 0.25].into());
        let error = load_csv(CITIES, &by_name("shore")).unwrap_err();
        assert!(error.to_string().contains("no column `shore`; the columns are `share`, `city`"), "{error}");
    }

    #[test]
    fn a_table_without_a_header_loses_no_row() {
        let loaded = load_csv("1,a\n2,b\n", &LoadOptions::default()).unwrap();
        assert_eq!(*loaded.column, vec![1_i64, 2].into());
        assert_eq!((loaded.has_header, loaded.columns[1].as_str()), (false, "column 2"));
    }

    #[test]
    fn cells_that_are_missing_or_do_not_fit_are_bad_lines() {
        let text = "n,m\n1,1\n\n,2\n3,3\n4,4\n5,5\n6,6\n7,x\n8\n9,9\n\n";
        let loaded = load_csv(text, &by_name("m")).unwrap();
        let bad: Vec<_> = loaded.bad.first.iter().map(|bad| (bad.line, bad.reason.as_str())).collect();
        assert_eq!(bad, [(3, "empty"), (9, "not an integer"), (10, "has no column 2")]);
        let loaded = load_csv(text, &by_name("n")).unwrap();
        let bad: Vec<_> = loaded.bad.first.iter().map(|bad| (bad.line, bad.reason.as_str())).collect();
        assert_eq!(bad, [(3, "empty"), (4, "empty")]);
    }

    #[test]
    fn an_empty_cell_of_a_text_column_is_an_empty_text() {
        let text = LoadOptions { cells: Some(CellType::Text), ..by_name("n") };
        let loaded = load_csv("n,m\na,1\n,2\nb,3\n,4\n", &text).unwrap();
        assert_eq!(*loaded.column, ["a", "", "b", ""].into_iter().collect());
    }

    #[test]
    fn a_quoted_cell_may_hold_line_ends_and_lines_are_counted_on() {
        let loaded = load_csv("t,n\n\"a\nb\",1\nc,2\nd,3\ne,4\nf,5\ng,x\n", &LoadOptions::default()).unwrap();
        assert_eq!(loaded.column.len(), 5);
        assert_eq!((loaded.bad.first[0].line, loaded.bad.first[0].text.as_str()), (8, "x"));
    }

    #[test]
    fn a_semicolon_can_stand_for_the_comma() {
        let loaded = load_csv("a;b\n1;2\n3;4\n", &by_name("b")).unwrap();
        assert_eq!(*loaded.column, vec![2_i64, 4].into());
    }

    #[test]
    fn a_comma_without_quotes_is_a_bad_line_and_no_shifted_cell() {
        let loaded = load_csv("t,n\na,1\nb,c,2\nd,3,\n", &by_name("n")).unwrap();
        assert_eq!(*loaded.column, vec![1_i64, 3].into());
        assert_eq!(loaded.bad.first[0].reason, "has more cells than there are columns (2)");
    }

    #[test]
    fn numbers_can_name_columns_when_one_is_asked_for() {
        let loaded = load_csv("2019,2020\n1,2\n3,4\n", &by_name("2020")).unwrap();
        assert_eq!((&*loaded.column, loaded.has_header), (&vec![2_i64, 4].into(), true));
    }

    #[test]
    fn a_table_below_many_empty_lines_is_still_read() {
        let loaded = load_csv(&format!("{}1\n2\n", "\n".repeat(300)), &LoadOptions::default()).unwrap();
        assert_eq!((loaded.column.len(), loaded.bad.count), (2, 300));
    }

    #[test]
    fn blank_lines_above_the_header_are_neither_inputs_nor_lost() {
        let loaded = load_csv("\t\n\nname,city\nAnn,Ulm\n", &LoadOptions::default()).unwrap();
        assert_eq!((&*loaded.column, loaded.has_header), (&["Ann"].into_iter().collect(), true));
        let lines: Vec<u64> = loaded.bad.first.iter().map(|bad| bad.line).collect();
        assert_eq!((lines, loaded.bad.count), (vec![1, 2], 2));
    }

    #[test]
    fn a_row_of_commas_alone_does_not_fill_the_memory() {
        let widest = format!("1{}\n2,3\n", ",".repeat(MOST_COLUMNS - 1));
        assert_eq!(load_csv(&widest, &LoadOptions::default()).unwrap().columns.len(), MOST_COLUMNS);
        let error = load_csv(&format!("1,{widest}"), &LoadOptions::default()).unwrap_err();
        assert!(error.to_string().contains("more than 16,384 columns"), "{error}");
    }

    #[test]
    fn a_header_alone_is_said_to_be_alone() {
        let error = load_csv("city,count\n", &LoadOptions::default()).unwrap_err();
        assert!(error.to_string().ends_with("it has a header line and nothing below it"), "{error}");
    }
}
