//! Makes whole rows of a table into inputs: each a JSON object that has the cells by the names of their columns.
//!
//! Rows are kept as they are written until they are taken: whether a column is numbers or words is known only when its
//! last cell was seen.

use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::Value as Json;

use super::number::{Number, TOO_BIG, guess_number, read_number, read_special_float};
use super::options::{CellType, CellTypes};
use super::records::cells;
use super::rows::{MAX_ROW_BYTES, TOO_LONG};
use crate::value::{Column, Strings};

/// Why a cell is no text.
pub(super) const NOT_UTF8: &str = "not UTF-8 text";

/// Rows of one table.
pub(super) struct Objects {
    delimiter: u8,
    columns: Vec<ObjectColumn>,
    /// The rows as they are written.
    records: Strings,
    /// What the names of the columns take in each object.
    keys_bytes: usize,
}

struct ObjectColumn {
    /// With its quotes and a colon, as it stands in each object.
    key: String,
    asked: Option<CellType>,
    is_hint: bool,
    /// Whether a cell was no number, so that all are text.
    has_words: bool,
    has_digits: bool,
}

/// What a row was like.
pub(super) struct Taken {
    /// A column that was taken for numbers is text from now on.
    pub is_newly_text: bool,
    /// It ends before its last column.
    pub is_short: bool,
}

/// Why a row is no input.
#[derive(Debug)]
pub(super) struct Misfit {
    /// The cell that does not fit, where it is one.
    pub cell: Option<Vec<u8>>,
    pub reason: String,
}

impl Objects {
    /// For a table of these columns, whose cells stand between `delimiter`s.
    pub(super) fn new(columns: &[String], types: &CellTypes, delimiter: u8) -> Self {
        let mut seen = HashSet::new();
        let columns = (1..).zip(columns).map(|(number, name)| {
            // Which numbers a built-in function takes says nothing of rows, which it does not take.
            let is_of_builtin = |asked: &CellType| matches!(asked, CellType::Int64 | CellType::Number);
            let asked = types.of(Some(name)).filter(|asked| !is_of_builtin(asked));
            let mut name = name.clone();
            // An object would keep only the last of two cells of the same name.
            while !seen.insert(name.clone()) {
                name = format!("{name} (column {number})");
            }
            let key = format!("{}:", Json::from(name));
            ObjectColumn { key, asked, is_hint: types.is_hint, has_words: false, has_digits: false }
        });
        let columns: Vec<ObjectColumn> = columns.collect();
        let keys_bytes = columns.iter().map(|column| column.key.len() + 3).sum();
        Self { delimiter, columns, records: Strings::default(), keys_bytes }
    }

    /// The number of rows.
    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    /// Adds a row.
    pub(super) fn push(&mut self, record: &[u8]) -> Result<Taken, Misfit> {
        let text = std::str::from_utf8(record).map_err(|_| self.not_utf8(record))?;
        // A sign takes two at most, but for control characters, which hardly any text has.
        if self.keys_bytes + 2 * text.len() > MAX_ROW_BYTES {
            return Err(misfit(TOO_LONG.to_owned()));
        }
        let is_short = self.check(text)?;
        let mut is_newly_text = false;
        for (column, cell) in self.columns.iter_mut().zip(cells(record, self.delimiter)) {
            is_newly_text |= column.note(&cell);
        }
        self.records.push(text);
        Ok(Taken { is_newly_text, is_short })
    }

    /// Takes the rows and goes on with the same columns.
    pub(super) fn take(&mut self) -> Column {
        let records = std::mem::take(&mut self.records);
        let mut objects = Strings::default();
        let mut object = String::new();
        for record in (0..records.len()).filter_map(|place| records.get(place)) {
            object.clear();
            let mut before = '{';
            let mut cells = cells(record.as_bytes(), self.delimiter);
            for column in &self.columns {
                object.push(before);
                object.push_str(&column.key);
                match cells.next() {
                    Some(cell) => column.write(&cell, &mut object),
                    None => object.push_str("null"),
                }
                before = ',';
            }
            object.push('}');
            objects.push(&object);
        }
        Column::Json(objects)
    }

    /// Whether a row has no more cells than there are columns, each of the type that was asked for; tells whether it has
    /// fewer.
    fn check(&self, record: &str) -> Result<bool, Misfit> {
        let mut cells = cells(record.as_bytes(), self.delimiter);
        for column in &self.columns {
            match cells.next() {
                Some(cell) => column.check(&cell)?,
                None => return Ok(true),
            }
        }
        // A comma that wants quotes moves the cells behind it.
        if cells.any(|cell| !cell.is_empty()) {
            return Err(misfit(format!("has more cells than there are columns ({})", self.columns.len())));
        }
        Ok(false)
    }

    fn not_utf8(&self, record: &[u8]) -> Misfit {
        let cell = cells(record, self.delimiter).find(|cell| std::str::from_utf8(cell).is_err());
        Misfit { cell: cell.map(Cow::into_owned), reason: NOT_UTF8.to_owned() }
    }
}

impl ObjectColumn {
    /// Takes note of what a cell looks like; true where the column was of numbers and is text from now on.
    fn note(&mut self, cell: &[u8]) -> bool {
        let bare = cell.trim_ascii();
        let is_number = match guess_number(bare) {
            Number::Inexact => false,
            Number::Not => bare.is_empty() || read_special_float(bare).is_some(),
            Number::Int(_) | Number::BigInt | Number::Float(_) => true,
        };
        let newly_text = !is_number && !self.has_words && self.has_digits && self.asked.is_none();
        self.has_words |= !is_number;
        self.has_digits |= is_number && bare.iter().any(u8::is_ascii_digit);
        newly_text
    }

    fn check(&self, cell: &[u8]) -> Result<(), Misfit> {
        let Some(asked) = self.asked.filter(|_| !self.is_hint) else { return Ok(()) };
        let reason = match (asked, read_number(cell.trim_ascii())) {
            (CellType::Text | CellType::Json, _) => return Ok(()),
            _ if cell.trim_ascii().is_empty() => return Ok(()),
            (CellType::Int, Number::Int(_) | Number::BigInt) => return Ok(()),
            (CellType::Int64 | CellType::Number, Number::BigInt) => TOO_BIG,
            (CellType::Int64, Number::Int(_)) => return Ok(()),
            (CellType::Int | CellType::Int64, _) => "not an integer",
            (CellType::Float | CellType::Number, Number::Not) => "not a number",
            (CellType::Float | CellType::Number, _) => return Ok(()),
        };
        Err(Misfit { cell: Some(cell.to_vec()), reason: reason.to_owned() })
    }

    /// Adds a cell as what its column is: a number as it is written, a text, or null where a number is missing.
    fn write(&self, cell: &[u8], object: &mut String) {
        // Only whole UTF-8 was taken, and cells end at ASCII signs.
        let text = std::str::from_utf8(cell).unwrap_or_default();
        let bare = text.trim_ascii();
        let is_text = match self.asked {
            Some(CellType::Text) => true,
            Some(CellType::Json) => return object.push_str(&json_or_text(bare, text)),
            Some(_) => !bare.is_empty() && read_number(bare.as_bytes()) == Number::Not,
            None => self.has_words || !self.has_digits,
        };
        match is_text {
            true => object.push_str(&Json::from(text).to_string()),
            false if bare.is_empty() => object.push_str("null"),
            false if self.asked == Some(CellType::Float) => object.push_str(&as_float(bare)),
            false => object.push_str(&as_number(bare)),
        }
    }
}

fn misfit(reason: String) -> Misfit {
    Misfit { cell: None, reason }
}

fn json_or_text(bare: &str, text: &str) -> String {
    match super::literal::check(bare.as_bytes()) {
        Ok(json) => json.to_owned(),
        Err(_) => Json::from(text).to_string(),
    }
}

/// A number as JSON: as it is written where JSON allows that.
fn as_number(bare: &str) -> String {
    if let Some(special) = special_float(bare) {
        return special.to_owned();
    }
    if super::literal::check(bare.as_bytes()).is_ok() {
        return bare.to_owned();
    }
    match read_number(bare.as_bytes()) {
        Number::Int(number) => number.to_string(),
        Number::Float(number) => format!("{number:?}"),
        _ => bare.trim_start_matches('+').trim_start_matches('0').to_owned(),
    }
}

fn as_float(bare: &str) -> String {
    match bare.parse::<f64>() {
        Ok(number) if number.is_finite() => format!("{number:?}"),
        _ => special_float(bare).map_or_else(|| Json::from(bare).to_string(), str::to_owned),
    }
}

/// `nan` and its like, as Python's `json` writes them.
fn special_float(bare: &str) -> Option<&'static str> {
    let number = read_special_float(bare.as_bytes())?;
    Some(match number {
        _ if number.is_nan() => "NaN",
        _ if number > 0.0 => "Infinity",
        _ => "-Infinity",
    })
}

#[cfg(test)]
mod tests {
    use super::super::{CellType, CellTypes, ColumnChoice, Format, LoadOptions, LoadProgress, Loaded};
    use super::super::{load_reader, stream_reader};
    use crate::error::Result;
    use crate::value::Column;

    fn whole_rows() -> LoadOptions {
        LoadOptions { column: Some(ColumnChoice::All), ..LoadOptions::default() }
    }

    fn load(text: &str) -> Result<Loaded> {
        load_reader(text.as_bytes(), "t", &whole_rows(), &LoadProgress::new())
    }

    fn objects(rows: &[&str]) -> Column {
        Column::Json(rows.iter().copied().collect())
    }

    fn bad_lines(loaded: &Loaded) -> Vec<(u64, &str, &str)> {
        let bad = loaded.bad.first.iter();
        bad.map(|bad| (bad.line, bad.text.as_str(), bad.reason.as_str())).collect()
    }

    #[test]
    fn a_row_is_an_object_of_typed_cells() {
        let loaded =
            load("city,n,share\nUlm,3, .5\n\"Aix \"\"F\"\", x\",,1e3\n7,-4,n/a\nBonn,5,1\nJena,6,2\n")
                .unwrap();
        // A word in a column makes words of all its cells.
        let expected = [
            r#"{"city":"Ulm","n":3,"share":" .5"}"#,
            r#"{"city":"Aix \"F\", x","n":null,"share":"1e3"}"#,
            r#"{"city":"7","n":-4,"share":"n/a"}"#,
            r#"{"city":"Bonn","n":5,"share":"1"}"#,
            r#"{"city":"Jena","n":6,"share":"2"}"#,
        ];
        assert_eq!(*loaded.column, objects(&expected));
        assert_eq!((loaded.chosen_column, loaded.has_header, loaded.columns.len()), (None, true, 3));
        assert!(loaded.bad.is_empty());
    }

    #[test]
    fn every_object_can_be_read_again() {
        let loaded = load("a\tb\tb\n1\t1e300\t\u{1}\"é\\\n2\t-0.0\t1.25\n").unwrap();
        for object in loaded.column.iter() {
            let object: serde_json::Map<String, serde_json::Value> =
                serde_json::from_str(&object.to_string()).unwrap();
            assert_eq!(object.keys().collect::<Vec<_>>(), ["a", "b", "b (column 3)"]);
            assert!(object["b"].is_f64(), "{object:?}");
        }
    }

    #[test]
    fn a_table_without_a_header_has_numbered_names() {
        let loaded = load("1,a\n2,b\n").unwrap();
        let expected = [r#"{"column 1":1,"column 2":"a"}"#, r#"{"column 1":2,"column 2":"b"}"#];
        assert_eq!(*loaded.column, objects(&expected));
    }

    #[test]
    fn rows_that_do_not_fit_are_bad_lines() {
        let text = "a,b\n1,x\n\n2\n3,y,z\n99999999999999999999,z\n4,w,\n5,\"u\nv\"\n6,t\n\n";
        let options = LoadOptions { format: Some(Format::Csv), ..whole_rows() };
        let loaded = load_reader(text.as_bytes(), "t", &options, &LoadProgress::new()).unwrap();
        let expected = [
            r#"{"a":1,"b":"x"}"#,
            r#"{"a":2,"b":null}"#,
            r#"{"a":99999999999999999999,"b":"z"}"#,
            r#"{"a":4,"b":"w"}"#,
            r#"{"a":5,"b":"u\nv"}"#,
            r#"{"a":6,"b":"t"}"#,
        ];
        assert_eq!(*loaded.column, objects(&expected));
        let bad = [(5, "3,y,z", "has more cells than there are columns (2)")];
        assert_eq!(bad_lines(&loaded), bad);
        let loaded = load_reader(&b"a,b\n1,\xff\n2,x\n"[..], "t", &options, &LoadProgress::new()).unwrap();
        assert_eq!(bad_lines(&loaded), [(2, "\u{fffd}", "not UTF-8 text")]);
    }

    #[test]
    fn all_cells_can_be_asked_for_as_text() {
        let options = LoadOptions { types: CellTypes::all(CellType::Text), ..whole_rows() };
        let loaded = load_reader(&b"a,b\n007,\n"[..], "t", &options, &LoadProgress::new()).unwrap();
        assert_eq!(*loaded.column, objects(&[r#"{"a":"007","b":""}"#]));
    }

    #[test]
    fn json_objects_stay_what_they_are() {
        for (text, second) in [
            ("{\"a\": 1}\n{\"a\": [2 ]}\n", r#"{"a": [2 ]}"#),
            ("[{\"a\": 1},\n {\"a\": [2]}]", r#"{"a": [2]}"#),
        ] {
            let loaded = load(text).unwrap();
            assert_eq!(*loaded.column, objects(&[r#"{"a": 1}"#, second]));
            assert_eq!((loaded.chosen_column, loaded.columns.as_slice()), (None, &["a".to_owned()][..]));
        }
        let options = LoadOptions { format: Some(Format::Jsonl), ..whole_rows() };
        let text = "{\"a\": 1}\n\n7\n{\"a\": }\n{}\n";
        let loaded = load_reader(text.as_bytes(), "t", &options, &LoadProgress::new()).unwrap();
        assert_eq!(*loaded.column, objects(&[r#"{"a": 1}"#, "{}"]));
        let reasons: Vec<_> = bad_lines(&loaded).iter().map(|(line, _, reason)| (*line, *reason)).collect();
        assert_eq!(reasons, [(3, "not an object"), (4, "not valid JSON (expected value)")]);
    }

    #[test]
    fn lines_have_no_columns_to_make_rows_of() {
        let error = load("one word\nand more\n").unwrap_err().to_string();
        assert!(error.contains("it is a list of lines or values and no table"), "{error}");
    }

    #[test]
    fn rows_stream_in_pieces() {
        let text = format!("n,name\n{}", (0..200_000).map(|n| format!("{n},x\n")).collect::<String>());
        let mut rows = 0_usize;
        let bad = stream_reader(text.as_bytes(), "t", &whole_rows(), &LoadProgress::new(), |piece, _| {
            for object in piece.iter() {
                assert_eq!(object.to_string(), format!(r#"{{"n":{rows},"name":"x"}}"#));
                rows += 1;
            }
            true
        });
        assert_eq!((rows, bad.unwrap().count), (200_000, 0));
    }
}
