//! Tables (CSV, TSV and their like): finds the columns, chooses one, and reads its cells.
//!
//! Whether the first record is a header is the business of `sample`.

use std::borrow::Cow;
use std::io::{self, Read};

use super::cells::CellSink;
use super::columns::{check_types, find_column};
use super::objects::Objects;
use super::options::{ColumnChoice, Format, LoadOptions};
use super::progress::FoundTable;
use super::records::{Records, cells};
use super::rows::{OwnedRow, RawRow, RawRows, first_rows};
use super::sample::{Header, MOST_COLUMNS, Sample, is_record};
use super::target::InputTarget;
use super::{Content, rejected};
use crate::value::grouped;

/// How many records decide about the header and the column.
const SAMPLE_RECORDS: usize = 200;

/// How the table at the beginning of a file is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct TableLayout {
    pub format: Format,
    pub delimiter: u8,
    /// Lines above the table that are no part of it.
    pub skipped_lines: u64,
}

/// Reads a table.
pub(super) fn load(
    reader: impl Read,
    layout: TableLayout,
    options: &LoadOptions,
    to: InputTarget<'_>,
) -> io::Result<Content> {
    let TableLayout { format, delimiter, skipped_lines } = layout;
    let mut records = Records::new(reader, delimiter);
    records.skip_lines(skipped_lines)?;
    // Whether the first line names the columns is told from the one below it.
    let least = if options.header.is_some() { 1 } else { 2 };
    let first = first_rows(&mut records, SAMPLE_RECORDS, least, || to.is_silent())?;
    let sample = Sample::of(first.iter().map(OwnedRow::row), delimiter);
    check_width(&sample)?;
    let header = sample.header(options.header, options.column.as_ref());
    let columns = sample.column_names(header);
    let chosen = match &options.column {
        Some(ColumnChoice::All) => None,
        Some(choice) => Some(find_column(&columns, choice).map_err(rejected)?),
        None => options.types.column_in(&columns).unwrap_or_else(|| Some(sample.likely_column(header))),
    };
    let has_header = header != Header::None;
    let is_worth_a_word = columns.len() > 1 || has_header && options.header.is_none();
    if options.column.is_none() && is_worth_a_word {
        let (columns, chosen_column) = (columns.clone(), chosen);
        to.progress.note_table(FoundTable { columns, chosen_column, delimiter, has_header, skipped_lines });
    }
    let types = &options.types;
    check_types(&columns, options).map_err(rejected)?;
    let mut cells = match chosen {
        Some(column) => CellSink::plain(types.of(columns.get(column).map(String::as_str)), types.is_hint, to),
        None => CellSink::rows(Objects::new(&columns, types, delimiter), to),
    };
    let taker = Taker { delimiter, column: chosen, width: columns.len() };
    let header_place = first.iter().position(|row| header != Header::None && is_record(row.row()));
    for (place, row) in first.iter().map(OwnedRow::row).enumerate() {
        if header_place != Some(place) {
            taker.take(row, &mut cells);
        }
    }
    cells.pass_on_in_silence(&records);
    while records.advance()? {
        taker.take(records.row(), &mut cells);
        cells.pass_on_in_silence(&records);
    }
    let (column, bad) = cells.finish();
    Ok(Content {
        columns,
        chosen_column: chosen,
        has_header: header_place.is_some(),
        delimiter: Some(delimiter),
        skipped_lines,
        ..Content::new(column, bad, format)
    })
}

fn check_width(sample: &Sample) -> io::Result<()> {
    if sample.width() <= MOST_COLUMNS {
        return Ok(());
    }
    let most = grouped(MOST_COLUMNS as u64);
    Err(rejected(format!(
        "it has more than {most} columns; to take each line as an input, choose the format lines"
    )))
}

/// Takes the inputs out of records.
struct Taker {
    delimiter: u8,
    /// Its place; nothing where each row is taken whole.
    column: Option<usize>,
    width: usize,
}

impl Taker {
    fn take(&self, row: RawRow<'_>, into: &mut CellSink<'_>) {
        if let Some(reason) = row.broken {
            return into.push_bad(row.line, row.bytes, reason);
        }
        // An empty line within a table is no row of it; programs that read tables pass over it. One of nothing but tabs is a
        // row of empty cells where tabs divide them.
        let is_blank = || row.bytes.trim_ascii().is_empty() && !row.bytes.contains(&self.delimiter);
        if row.bytes.is_empty() || (self.width > 1 && is_blank()) {
            return;
        }
        match self.column {
            Some(column) => self.take_cell(column, row, cells(row.bytes, self.delimiter), into),
            None => into.push_record(row),
        }
    }

    fn take_cell<'a>(
        &self,
        column: usize,
        row: RawRow<'_>,
        mut cells: impl Iterator<Item = Cow<'a, [u8]>>,
        into: &mut CellSink<'_>,
    ) {
        let chosen = cells.nth(column);
        // A comma that wants quotes moves the cells behind it, so that the chosen one may be another.
        // (Where the first records are all empty or broken, no column is known, and one is expected.)
        if cells.skip(self.width.saturating_sub(column + 1)).any(|cell| !cell.is_empty()) {
            let reason = format!("has more cells than there are columns ({})", self.width.max(1));
            return into.push_bad(row.line, row.bytes, reason);
        }
        match chosen {
            Some(cell) => into.push(row.line, &cell),
            None => into.push_missing(row.line),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::{CellType, CellTypes, LoadProgress, load_reader};

    fn load_csv(text: &str, options: &LoadOptions) -> crate::error::Result<crate::input::Loaded> {
        let options = LoadOptions { format: Some(Format::Csv), ..options.clone() };
        load_reader(text.as_bytes(), "t.csv", &options, &LoadProgress::new())
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
    fn the_column_is_taken_that_is_called_as_the_parameter() {
        let column = |parameters: &[&str], chosen: Option<ColumnChoice>| {
            let parameters = parameters.iter().map(|name| (*name).to_owned()).collect();
            let types = CellTypes { parameters, ..CellTypes::default() };
            let options = LoadOptions { column: chosen, types, ..LoadOptions::default() };
            load_csv("order,Amount,share\n1,20,0.5\n2,30,0.25\n", &options).unwrap().chosen_column
        };
        assert_eq!(column(&["share"], None), Some(2));
        assert_eq!(column(&["amount"], None), Some(1), "the case does not matter");
        assert_eq!(column(&["n"], None), Some(0), "the first of numbers");
        assert_eq!(column(&["share", "order"], None), None, "row by row");
        assert_eq!(column(&["share", "n"], None), Some(0), "not all have a column");
        assert_eq!((column(&["row"], None), column(&["Record"], None)), (None, None), "a whole row");
        assert_eq!(column(&["share"], Some(ColumnChoice::Number(1))), Some(0), "what a person chose");
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
        let integers = |name| LoadOptions { types: CellTypes::all(CellType::Int), ..by_name(name) };
        let loaded = load_csv(text, &integers("m")).unwrap();
        let bad: Vec<_> = loaded.bad.first.iter().map(|bad| (bad.line, bad.reason.as_str())).collect();
        assert_eq!(bad, [(9, "not an integer"), (10, "empty")]);
        assert_eq!((loaded.bad.short_count, loaded.bad.short_line), (1, Some(10)));
        let loaded = load_csv(text, &integers("n")).unwrap();
        let bad: Vec<_> = loaded.bad.first.iter().map(|bad| (bad.line, bad.reason.as_str())).collect();
        assert_eq!(bad, [(4, "empty")]);
    }

    #[test]
    fn an_empty_cell_of_a_text_column_is_an_empty_text() {
        let text = LoadOptions { types: CellTypes::all(CellType::Text), ..by_name("n") };
        let loaded = load_csv("n,m\na,1\n,2\nb,3\n,4\n", &text).unwrap();
        assert_eq!(*loaded.column, ["a", "", "b", ""].into_iter().collect());
    }

    #[test]
    fn a_quoted_cell_may_hold_line_ends_and_lines_are_counted_on() {
        let integers = LoadOptions { types: CellTypes::all(CellType::Int), ..by_name("n") };
        let loaded = load_csv("t,n\n\"a\nb\",1\nc,2\nd,3\ne,4\nf,5\ng,x\n", &integers).unwrap();
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
        assert_eq!((loaded.column.len(), loaded.bad.count), (2, 0));
    }

    #[test]
    fn a_row_of_nothing_but_tabs_has_empty_cells() {
        for (text, format) in [("a\tb\n1\t2\n\t\n3\t4\n", Format::Tsv), ("a,b\n1,2\n,\n3,4\n", Format::Csv)] {
            let options = LoadOptions {
                format: Some(format),
                column: Some(ColumnChoice::Number(2)),
                ..LoadOptions::default()
            };
            let loaded = load_reader(text.as_bytes(), "t", &options, &LoadProgress::default()).unwrap();
            let cells: Vec<String> = loaded.column.iter().map(|cell| cell.to_string()).collect();
            assert_eq!(cells, ["2", "None", "4"]);
        }
    }

    #[test]
    fn blank_lines_above_the_header_are_no_inputs() {
        let loaded = load_csv("\t\n\nname,city\nAnn,Ulm\n", &LoadOptions::default()).unwrap();
        assert_eq!((&*loaded.column, loaded.has_header), (&["Ann"].into_iter().collect(), true));
        assert!(loaded.bad.is_empty());
    }

    #[test]
    fn a_row_of_commas_alone_does_not_fill_the_memory() {
        let widest = format!("1{}\n2,3\n", ",".repeat(MOST_COLUMNS - 1));
        assert_eq!(load_csv(&widest, &LoadOptions::default()).unwrap().columns.len(), MOST_COLUMNS);
        let error = load_csv(&format!("1,{widest}"), &LoadOptions::default()).unwrap_err();
        assert!(error.to_string().contains("more than 16,384 columns"), "{error}");
    }

    #[test]
    fn a_wide_table_is_one_whatever_its_name_where_a_column_is_asked_for() {
        let table = |width: usize| {
            let names: Vec<String> = (0..width).map(|column| format!("column{column}")).collect();
            let row: Vec<String> = (0..width).map(|column| column.to_string()).collect();
            format!("{}\n{}\n", names.join(","), row.join(","))
        };
        let column = Some(ColumnChoice::Name("column9999".to_owned()));
        let options = LoadOptions { column, ..LoadOptions::default() };
        let load =
            |width: usize| load_reader(table(width).as_bytes(), "w.txt", &options, &LoadProgress::default());
        assert_eq!(
            load(10_000).unwrap().column.iter().map(|cell| cell.to_string()).collect::<Vec<_>>(),
            ["9999"]
        );
        let error = load(20_000).unwrap_err();
        assert!(error.to_string().contains("more than 16,384 columns"), "{error}");
    }

    #[test]
    fn a_header_alone_is_said_to_be_alone() {
        let error = load_csv("city,count\n", &LoadOptions::default()).unwrap_err();
        assert!(error.to_string().ends_with("it has a header line and nothing below it"), "{error}");
    }
}
