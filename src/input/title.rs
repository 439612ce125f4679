//! Lines of a title above a table, which are no part of it.

use super::records::Records;
use super::rows::{OwnedRow, first_rows};
use super::sample::{Sample, are_names, is_record};

/// How many records decide.
const SAMPLE_RECORDS: usize = 100;
/// More lines are no title.
const MOST_LINES: usize = 8;
/// Fewer rows below the names are no table that could be told from text.
const LEAST_RECORDS: usize = 3;

/// A row with an only cell may be one of a narrow table.
const WIDE: usize = 3;

/// The number of lines above a table whose cells are divided by this sign: each of them a single cell, or a row with an only
/// cell that is filled, and below them names above rows of numbers or above rows without gaps, all equally wide. 0 where it
/// is not sure.
pub(super) fn title_lines(bytes: &[u8], delimiter: u8) -> u64 {
    let rows = first_rows(&mut Records::new(bytes, delimiter), SAMPLE_RECORDS, 1, || false);
    // Reading from memory cannot fail.
    let rows = rows.unwrap_or_default();
    let sample = Sample::of(rows.iter().map(OwnedRow::row), delimiter);
    let filled = |record: &[Vec<u8>]| record.iter().filter(|cell| !cell.is_empty()).count();
    let Some(names) = sample.records.iter().take(MOST_LINES + 1).position(|record| filled(record) > 1) else {
        return 0;
    };
    let table = Sample { records: sample.records[names..].to_vec() };
    let width = table.width();
    let is_even = table.records.iter().all(|record| record.len() == width);
    let is_padded = || sample.records[..names].iter().all(|record| record.len() == width);
    let has_no_gaps = || table.records.iter().all(|record| filled(record) == width);
    let has_names = || are_names(&table.records[0]);
    let has_words = || width >= WIDE && is_padded() && has_no_gaps();
    let is_named = has_names() && (table.has_word_above_numbers() || has_words());
    let is_table = table.records.len() >= LEAST_RECORDS && is_even && is_named;
    let first = rows.iter().map(OwnedRow::row).filter(|row| is_record(*row)).nth(names);
    first.filter(|_| names > 0 && is_table).map_or(0, |row| row.line - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_above_names_and_numbers_are_a_title() {
        assert_eq!(title_lines(b"Cities\nname,count\nUlm,1\nAix,2\n", b','), 1);
        assert_eq!(title_lines(b"Cities,\nname,count\nUlm,1\nAix,2\n", b','), 1);
        assert_eq!(title_lines(b"Jets 9/7/14,,\nstate,sales,sold\nNY,47%,45%\nNJ,3%,4%\n", b','), 1);
        assert_eq!(title_lines(b",of searches,\narea,NFL,NBA\nUlm,4%,5%\nAix,3%,4%\n", b','), 1);
        assert_eq!(title_lines(b"Cities of 2024\n\nSource: us\n\nname;count\nUlm;1\nAix;2\n", b';'), 4);
    }

    #[test]
    fn what_may_be_of_the_table_is_no_title() {
        for text in [
            "name,count\nUlm,1\nAix,2\n",
            "x\na,1\nb,2\nc,3\n",
            "price\n1,5\n2,5\n3,5\n",
            "Cities\nname,count\nUlm,1\n",
            "Dear all,\nHello, you\nGood, bye, moon\nPlain\n",
            "a\nb\nc\n",
            "Ulm,\nAix,2\nBern,3\nBonn,4\n",
            "Ulm,,\nAix,b,c\nBern,c,\nBonn,d,e\n",
            "Ulm\nAix,b,c\nBern,c,d\nBonn,d,e\n",
            "",
        ] {
            assert_eq!(title_lines(text.as_bytes(), b','), 0, "{text}");
        }
    }
}
