//! Finds how a file is laid out from its beginning. The file's extension only decides where the content does not.

use super::json::{AFTER_LIST, Elements};
use super::literal;
use super::lookalikes::are_lines;
use super::number::{Number, read_number};
use super::options::{Format, LoadOptions};
use super::records::Records;
use super::rows::{OwnedRow, first_rows};
use super::sample::Sample;
use super::table::TableLayout;
use super::title::title_lines;

/// How many records decide.
const SAMPLE_RECORDS: usize = 100;

/// What can stand between the cells of a table, in the order in which it is tried; tabs before all.
const DELIMITERS: [u8; 3] = [b',', b';', b'|'];

/// What stands above a table and is no part of it.
#[derive(Debug, Clone, Copy)]
struct Preamble {
    lines: u64,
    /// As a line `sep=;` names it for spreadsheets.
    delimiter: Option<u8>,
}

/// The first line without its end, and what follows it.
fn first_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    match bytes.iter().position(|byte| *byte == b'\n') {
        Some(end) => (bytes[..end].trim_ascii_end(), &bytes[end + 1..]),
        None => (bytes.trim_ascii_end(), &[]),
    }
}

fn named_delimiter(line: &[u8]) -> Option<u8> {
    let bare = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    match bare {
        [s, e, p, b'=', delimiter] if [s, e, p].map(u8::to_ascii_lowercase) == *b"sep" => Some(*delimiter),
        // The end of the line was a tab, which was taken for a blank.
        [s, e, p, b'='] if [s, e, p].map(u8::to_ascii_lowercase) == *b"sep" => Some(b'\t'),
        _ => None,
    }
}

/// Whether a line that begins as a comment names the columns of what follows, as in `#chrom<TAB>pos`; not where what follows
/// begins with names of its own.
fn is_header_of(line: &[u8], below: &[u8], delimiter: Option<u8>) -> bool {
    let (next, _) = first_line(below);
    let has_names = |sign: u8| {
        let rows = first_rows(&mut Records::new(below, sign), SAMPLE_RECORDS, 1, || false);
        // Reading from memory cannot fail.
        let sample = Sample::of(rows.unwrap_or_default().iter().map(OwnedRow::row), sign);
        let is_word = |cell: &Vec<u8>| read_number(cell) == Number::Not;
        sample.has_word_above_numbers()
            && sample.records.first().is_some_and(|names| names.iter().all(is_word))
    };
    let count = |line: &[u8], delimiter| line.iter().filter(|byte| **byte == delimiter).count();
    let delimiters = [delimiter.unwrap_or(b'\t'), b',', b';', b'|'];
    !next.starts_with(b"#")
        && delimiters
            .into_iter()
            .any(|sign| count(line, sign) > 0 && count(line, sign) == count(next, sign) && !has_names(sign))
}

/// The beginning of a file, and what else there is to go by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Beginning<'a> {
    /// Whole lines, unless the file has none.
    bytes: &'a [u8],
    /// Whether that is the file as a whole.
    is_whole: bool,
    extension: &'a str,
}

impl<'a> Beginning<'a> {
    /// The beginning of the file called `name`; `is_whole` where there is no more.
    pub(super) fn new(bytes: &'a [u8], is_whole: bool, name: &'a str) -> Self {
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        // A line that was cut would look like one with too few cells.
        let last_line_end = bytes.iter().rposition(|byte| *byte == b'\n');
        let bytes = match last_line_end {
            Some(end) if !is_whole => &bytes[..=end],
            _ => bytes,
        };
        Self { bytes, is_whole, extension }
    }

    /// How the file is laid out, but for what is asked for.
    pub(super) fn layout(self, options: &LoadOptions) -> TableLayout {
        let (above, table) = self.without_preamble();
        let delimiter = options.delimiter.or(above.delimiter);
        let format = match (options.format, delimiter) {
            (Some(format), _) => format,
            (None, Some(b'\t')) => Format::Tsv,
            (None, Some(_)) => Format::Csv,
            (None, None) => self.format(),
        };
        let delimiter = delimiter.unwrap_or_else(|| table.delimiter(format));
        TableLayout { format, delimiter, skipped_lines: above.lines }
    }

    /// The format that the content suggests.
    fn format(self) -> Format {
        if let Some(json) = self.json_format() {
            return json;
        }
        let (above, table) = self.without_preamble();
        let delimiters = || [b'\t'].into_iter().chain(DELIMITERS);
        let is_table = |delimiter: &u8| {
            table.is_table(*delimiter) && (*delimiter == b'\t' || !table.is_text_with(*delimiter))
        };
        let has_row_names = |sign: &u8| table.has_row_names(*sign) && !table.is_text_with(*sign);
        let found = delimiters().find(is_table).or_else(|| delimiters().find(has_row_names));
        match found {
            Some(b'\t') => return Format::Tsv,
            Some(_) => return Format::Csv,
            None => {}
        }
        let is_column =
            self.sample(b',').has_word_above_numbers() && self.widths(b',').iter().all(|width| *width == 1);
        // Comments above a list of lines may be lines of it.
        if is_column && above.lines == 0 {
            return Format::Csv;
        }
        self.format_by_extension()
    }

    /// What stands between the cells of a table of this format.
    fn delimiter(self, format: Format) -> u8 {
        match format {
            Format::Tsv => b'\t',
            _ => {
                let even = DELIMITERS.into_iter().find(|delimiter| self.is_table(*delimiter));
                let found = even.or_else(|| DELIMITERS.into_iter().find(|sign| self.has_row_names(*sign)));
                // Of a single column any sign will do that its cells do not hold.
                found.unwrap_or(if self.sample(b',').has_decimal_commas() { b';' } else { b',' })
            }
        }
    }

    /// What stands above a table, and the table.
    fn without_preamble(self) -> (Preamble, Self) {
        let mut above = Preamble { lines: 0, delimiter: None };
        let mut rest = self.bytes;
        let (line, below) = first_line(rest);
        if let Some(delimiter) = named_delimiter(line) {
            (above.lines, above.delimiter) = (1, Some(delimiter));
            rest = below;
        }
        loop {
            let (line, below) = first_line(rest);
            let is_comment = line.starts_with(b"#") && !below.is_empty();
            if !is_comment || is_header_of(line, below, above.delimiter) {
                break;
            }
            above.lines += 1;
            rest = below;
        }
        let delimiters = || [b'\t'].into_iter().chain(DELIMITERS);
        let signs = above.delimiter.map_or_else(|| delimiters().collect(), |sign| vec![sign]);
        let title = signs.into_iter().map(|sign| title_lines(rest, sign)).find(|lines| *lines > 0);
        for _ in 0..title.unwrap_or(0) {
            above.lines += 1;
            rest = first_line(rest).1;
        }
        (above, Self { bytes: rest, ..self })
    }

    /// Why this cannot be text at all.
    pub(super) fn why_not_text(self) -> Option<&'static str> {
        let looks = [
            (&b"PK\x03\x04"[..], "it is a zip archive or a workbook; save what is inside as CSV"),
            (b"\x1f\x8b", "it is compressed by gzip; unpack it first"),
        ];
        let known = looks.iter().find(|(start, _)| self.bytes.starts_with(start)).map(|(_, reason)| *reason);
        // A stray zero byte may be in a text, and so may a stray byte that is not UTF-8, but hardly both.
        let is_binary = self.bytes.contains(&0) && std::str::from_utf8(self.bytes).is_err();
        known.or(is_binary.then_some("it is not a text file"))
    }

    fn json_format(self) -> Option<Format> {
        let start = self.bytes.trim_ascii_start();
        let mut lines = start.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
        let is_value_line = lines.next().is_some_and(|line| literal::check(line).is_ok());
        let has_more_lines = lines.next().is_some();
        match start.first()? {
            b'{' if is_value_line => Some(Format::Jsonl),
            b'{' if self.are_objects() => Some(Format::Json),
            b'[' if is_value_line && (has_more_lines || self.names_lines()) => Some(Format::Jsonl),
            b'[' if !self.is_whole && self.names_lines() => Some(Format::Jsonl),
            b'[' if self.is_list() => Some(Format::Json),
            _ => None,
        }
    }

    /// Whether the file's name says that each line is a value of its own.
    fn names_lines(self) -> bool {
        ["jsonl", "ndjson"].iter().any(|ending| self.extension.eq_ignore_ascii_case(ending))
    }

    /// Whether it begins as a list does: its first element is sound, and what follows the list is nothing.
    fn is_list(self) -> bool {
        let mut elements = Elements::new(self.bytes);
        let Ok(rows) = first_rows(&mut elements, SAMPLE_RECORDS, 1, || false) else { return false };
        let Some(first) = rows.first().map(OwnedRow::row) else { return self.is_whole };
        let is_cut = first.broken.is_some() && !self.is_whole;
        let goes_on = rows.iter().any(|row| row.row().broken == Some(AFTER_LIST));
        is_cut || (literal::check(first.bytes).is_ok() && !goes_on)
    }

    /// Whether it begins with an object that goes over several lines.
    fn are_objects(self) -> bool {
        let mut objects = Elements::new(self.bytes);
        let Ok(rows) = first_rows(&mut objects, 1, 1, || false) else { return false };
        let Some(first) = rows.first().map(OwnedRow::row) else { return false };
        literal::check(first.bytes).is_ok() || (first.broken.is_some() && !self.is_whole)
    }

    fn sample(self, delimiter: u8) -> Sample {
        let rows = first_rows(&mut Records::new(self.bytes, delimiter), SAMPLE_RECORDS, 1, || false);
        // Reading from memory cannot fail.
        Sample::of(rows.unwrap_or_default().iter().map(OwnedRow::row), delimiter)
    }

    fn widths(self, delimiter: u8) -> Vec<usize> {
        self.sample(delimiter).records.iter().map(Vec::len).collect()
    }

    /// Whether there are several columns, and (nearly) all records have the same number of them.
    fn is_table(self, delimiter: u8) -> bool {
        let sample = self.sample(delimiter);
        let [_, below @ ..] = sample.records.as_slice() else { return false };
        let agrees = |width: usize| {
            let same = below.iter().filter(|record| record.len() == width).count();
            width > 1 && !below.is_empty() && (same + 1) * 10 >= (below.len() + 1) * 9
        };
        // A header may have more delimiters at its end than the rows.
        agrees(sample.width()) || agrees(sample.used_width())
    }

    /// Whether all rows have a name in front that the header leaves out. A comma in a number looks the same, so that
    /// a delimiter under which header and rows agree goes before.
    fn has_row_names(self, delimiter: u8) -> bool {
        self.sample(delimiter).has_row_names()
    }

    /// Whether the sign is one of the text, in a file that is not named as a table.
    fn is_text_with(self, sign: u8) -> bool {
        !self.is_named_table() && (self.is_prose(sign) || are_lines(&self.sample(sign), sign))
    }

    fn is_named_table(self) -> bool {
        ["csv", "tsv", "tab"].iter().any(|ending| self.extension.eq_ignore_ascii_case(ending))
    }

    /// Whether the delimiter is punctuation: mostly followed by a blank, with no number between.
    fn is_prose(self, delimiter: u8) -> bool {
        let after = self.bytes.windows(2).filter(|pair| pair[0] == delimiter);
        let (all, blank) =
            after.fold((0, 0), |(all, blank), pair| (all + 1, blank + usize::from(pair[1] == b' ')));
        let sample = self.sample(delimiter);
        let has_number = sample.records.iter().flatten().any(|cell| read_number(cell) != Number::Not);
        blank * 2 > all && !has_number
    }

    fn format_by_extension(self) -> Format {
        match self.extension.to_ascii_lowercase().as_str() {
            "csv" => Format::Csv,
            "tsv" | "tab" => Format::Tsv,
            "jsonl" | "ndjson" => Format::Jsonl,
            "json" if self.bytes.trim_ascii_start().starts_with(b"[") => Format::Json,
            "json" if self.bytes.trim_ascii_start().starts_with(b"{") => Format::Json,
            "json" => Format::Jsonl,
            _ => Format::Lines,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format_of(text: &str, name: &str) -> Format {
        Beginning::new(text.as_bytes(), true, name).format()
    }

    #[test]
    fn the_content_decides_and_not_the_extension() {
        assert_eq!(format_of("1\n2\n3\n", "a"), Format::Lines);
        assert_eq!(format_of("a,b\n1,2\n3,4\n", "a.txt"), Format::Csv);
        assert_eq!(format_of("a;b\n1;2\n3;4\n", "a.txt"), Format::Csv);
        assert_eq!(format_of("a\tb\n1,5\t2\n", "a.csv"), Format::Tsv);
        assert_eq!(format_of("[1,\n2]", "a.csv"), Format::Json);
        assert_eq!(format_of("{\"a\": 1}\n{\"a\": 2}\n", "a.json"), Format::Jsonl);
        assert_eq!(format_of("[1, 2]\n[3, 4]\n", "a.json"), Format::Jsonl);
    }

    #[test]
    fn a_comment_names_columns_only_where_nothing_else_does() {
        let layout = |text: &str| Beginning::new(text.as_bytes(), true, "a").layout(&LoadOptions::default());
        for (text, skipped) in [
            ("# made by x\na,b\n1,2\n3,4\n", 1),
            ("# a,b\na,b\n1,2\n3,4\n", 1),
            ("#a,b\n1,2\n3,4\n", 0),
            ("#a,b\nNA,2\n3,4\n", 0),
            ("# made by x\n# a,b\na,b\n1,2\n3,4\n", 2),
        ] {
            assert_eq!(layout(text).skipped_lines, skipped, "{text}");
        }
    }

    #[test]
    fn a_word_above_numbers_is_a_header() {
        assert_eq!(format_of("n\n1\n2\n", "a"), Format::Csv);
    }

    #[test]
    fn what_only_begins_like_a_list_is_lines() {
        for text in [
            "[INFO] start\n[INFO] end\n",
            "[2024-01-01 10:00] up\n",
            "[1] one\n[2] two\n",
            "[section]\na=1\n",
        ] {
            assert_eq!(format_of(text, "a.log"), Format::Lines, "{text}");
        }
    }

    #[test]
    fn sentences_with_commas_are_lines() {
        assert_eq!(format_of("Hello, world\nGood bye, moon\n", "a.txt"), Format::Lines);
        assert_eq!(format_of("Hello, world\nGood, bye, moon\nPlain\n", "a"), Format::Lines);
    }

    #[test]
    fn the_extension_breaks_a_tie() {
        assert_eq!(format_of("apple\npear\n", "a.csv"), Format::Csv);
        assert_eq!(format_of("apple\npear\n", "a.txt"), Format::Lines);
        assert_eq!(format_of("{\n\"a\": 1}\n", "a.json"), Format::Json);
        assert_eq!(format_of("", "a.txt"), Format::Lines);
    }

    #[test]
    fn a_cut_beginning_is_judged_by_its_whole_lines() {
        let beginning = Beginning::new(b"a,b,c\n1,2,3\n4,5", false, "a");
        assert_eq!(beginning.format(), Format::Csv);
        let beginning = Beginning::new(b"[\"abc", false, "a");
        assert_eq!(beginning.format(), Format::Json);
    }

    #[test]
    fn what_is_no_text_says_what_it_is() {
        let reason = |bytes| Beginning::new(bytes, true, "a").why_not_text();
        assert_eq!(reason(b"\x7fELF\0\0\xff"), Some("it is not a text file"));
        assert_eq!(reason(b"caf\xe9\n"), None);
    }
}
