//! Makes a whole row of a table into one input: a JSON object that has the cells by the names of their columns.

use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::Value as Json;

use super::cells::NOT_UTF8;
use super::number::{Number, TOO_BIG, read_number};
use super::rows::{MAX_ROW_BYTES, TOO_LONG};

/// See the module's text. Made once for a table.
pub(super) struct Objects {
    columns: Vec<Column>,
    /// The last object.
    text: String,
}

struct Column {
    /// With its quotes and a colon, as it stands in each object.
    key: String,
    /// Whether numbers in it are words, such as a code among names.
    is_text: bool,
}

/// Why a row is no input.
#[derive(Debug)]
pub(super) struct Misfit<'a> {
    /// The cell that does not fit, where it is one.
    pub cell: Option<Cow<'a, [u8]>>,
    pub reason: String,
}

impl Objects {
    /// For a table of these columns; `is_text` tells which of them hold words.
    pub(super) fn new(columns: &[String], is_text: impl Fn(usize) -> bool) -> Self {
        let mut seen = HashSet::new();
        let columns = (0..).zip(columns).map(|(place, name)| {
            let mut name = name.clone();
            // An object would keep only the last of two cells of the same name.
            while !seen.insert(name.clone()) {
                name = format!("{name} (column {})", place + 1);
            }
            Column { key: format!("{}:", quoted(&name)), is_text: is_text(place) }
        });
        Self { columns: columns.collect(), text: String::new() }
    }

    /// The object that the cells of a row are.
    pub(super) fn object<'a>(
        &mut self,
        mut cells: impl Iterator<Item = Cow<'a, [u8]>>,
    ) -> Result<&str, Misfit<'a>> {
        self.text.clear();
        let mut before = '{';
        for (place, column) in self.columns.iter().enumerate() {
            let Some(cell) = cells.next() else { return Err(misfit(format!("has no column {}", place + 1))) };
            self.text.push(before);
            self.text.push_str(&column.key);
            if let Err(reason) = add(&mut self.text, &cell, column.is_text) {
                return Err(Misfit { cell: Some(cell), reason: reason.to_owned() });
            }
            before = ',';
        }
        // A comma that wants quotes moves the cells behind it.
        if cells.any(|cell| !cell.is_empty()) {
            return Err(misfit(format!("has more cells than there are columns ({})", self.columns.len())));
        }
        if self.text.len() > MAX_ROW_BYTES {
            return Err(misfit(TOO_LONG.to_owned()));
        }
        self.text.push('}');
        Ok(&self.text)
    }
}

fn quoted(text: &str) -> String {
    Json::from(text).to_string()
}

fn misfit<'a>(reason: String) -> Misfit<'a> {
    Misfit { cell: None, reason }
}

/// Adds a cell as the value that it is read as: a number where it is one, nothing where it is empty, else a text.
fn add(text: &mut String, cell: &[u8], is_text: bool) -> Result<(), &'static str> {
    let bare = cell.trim_ascii();
    if cell.is_empty() || (bare.is_empty() && !is_text) {
        text.push_str("null");
        return Ok(());
    }
    match if is_text { Number::Not } else { read_number(bare) } {
        Number::Int(number) => text.push_str(&number.to_string()),
        // As JSON it is told from an integer, and comes back as it was.
        Number::Float(number) => text.push_str(&format!("{number:?}")),
        Number::TooBig => return Err(TOO_BIG),
        Number::Not => text.push_str(&quoted(std::str::from_utf8(cell).map_err(|_| NOT_UTF8)?)),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{CellType, ColumnChoice, Format, LoadOptions, Loaded, Progress};
    use super::super::{load_reader, stream_reader};
    use crate::error::Result;
    use crate::value::Column;

    fn whole_rows() -> LoadOptions {
        LoadOptions { column: Some(ColumnChoice::All), ..LoadOptions::default() }
    }

    fn load(text: &str) -> Result<Loaded> {
        load_reader(text.as_bytes(), "t", &whole_rows(), &Progress::new())
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
        let expected = [
            r#"{"city":"Ulm","n":3,"share":0.5}"#,
            r#"{"city":"Aix \"F\", x","n":null,"share":1000.0}"#,
            // A column of words keeps its numbers as words; one of numbers keeps a word that stands in it.
            r#"{"city":"7","n":-4,"share":"n/a"}"#,
            r#"{"city":"Bonn","n":5,"share":1}"#,
            r#"{"city":"Jena","n":6,"share":2}"#,
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
        let loaded = load_reader(text.as_bytes(), "t", &options, &Progress::new()).unwrap();
        let expected =
            [r#"{"a":1,"b":"x"}"#, r#"{"a":4,"b":"w"}"#, r#"{"a":5,"b":"u\nv"}"#, r#"{"a":6,"b":"t"}"#];
        assert_eq!(*loaded.column, objects(&expected));
        let bad = [
            (3, "", "empty"),
            (4, "2", "has no column 2"),
            (5, "3,y,z", "has more cells than there are columns (2)"),
            (6, "99999999999999999999", "does not fit in 64 bits"),
        ];
        assert_eq!(bad_lines(&loaded), bad);
        let loaded = load_reader(&b"a,b\n1,\xff\n2,x\n"[..], "t", &options, &Progress::new()).unwrap();
        assert_eq!(bad_lines(&loaded), [(2, "\u{fffd}", "not UTF-8 text")]);
    }

    #[test]
    fn all_cells_can_be_asked_for_as_text() {
        let options = LoadOptions { cells: Some(CellType::Text), ..whole_rows() };
        let loaded = load_reader(&b"a,b\n007,\n"[..], "t", &options, &Progress::new()).unwrap();
        assert_eq!(*loaded.column, objects(&[r#"{"a":"007","b":null}"#]));
    }

    #[test]
    fn json_objects_stay_what_they_are() {
        for text in ["{\"a\": 1}\n{\"a\": [2 ]}\n", "[{\"a\": 1},\n {\"a\": [2]}]"] {
            let loaded = load(text).unwrap();
            assert_eq!(*loaded.column, objects(&[r#"{"a":1}"#, r#"{"a":[2]}"#]));
            assert_eq!((loaded.chosen_column, loaded.columns.as_slice()), (None, &["a".to_owned()][..]));
        }
        let options = LoadOptions { format: Some(Format::Jsonl), ..whole_rows() };
        let text = "{\"a\": 1}\n\n7\n{\"a\": }\n{}\n";
        let loaded = load_reader(text.as_bytes(), "t", &options, &Progress::new()).unwrap();
        assert_eq!(*loaded.column, objects(&[r#"{"a":1}"#, "{}"]));
        let reasons: Vec<_> = bad_lines(&loaded).iter().map(|(line, _, reason)| (*line, *reason)).collect();
        assert_eq!(reasons, [(2, "empty"), (3, "not an object"), (4, "not valid JSON (expected value)")]);
    }

    #[test]
    fn lines_have_no_columns_to_make_rows_of() {
        let error = load("one word\nand more\n").unwrap_err().to_string();
        assert!(error.ends_with("rows are made of columns; it has no columns"), "{error}");
    }

    #[test]
    fn rows_stream_in_pieces() {
        let text = format!("n,name\n{}", (0..200_000).map(|n| format!("{n},x\n")).collect::<String>());
        let mut rows = 0_usize;
        let bad = stream_reader(text.as_bytes(), "t", &whole_rows(), &Progress::new(), |piece, _| {
            for object in piece.iter() {
                assert_eq!(object.to_string(), format!(r#"{{"n":{rows},"name":"x"}}"#));
                rows += 1;
            }
            true
        });
        assert_eq!((rows, bad.unwrap().count), (200_000, 0));
    }
}
