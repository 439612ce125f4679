//! Whole files through the front door.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::error::{ErrorKind, Result};
use crate::value::{Column, ColumnType, Value};

fn load_text(text: &[u8], name: &str) -> Result<Loaded> {
    load_reader(text, name, &LoadOptions::default(), &LoadProgress::new())
}

#[test]
fn lines_of_integers_become_integers() {
    let loaded = load_text(b"\xef\xbb\xbf1\r\n-2\r\n3\r\n\r\n", "n.txt").unwrap();
    assert_eq!(*loaded.column, vec![1_i64, -2, 3].into());
    assert_eq!((loaded.format, loaded.size_bytes, loaded.name.as_str()), (Format::Lines, 15, "n.txt"));
    assert!(loaded.bad.is_empty() && loaded.columns.is_empty());
    assert_eq!(loaded.describe(), "3 integers · 24 B");
}

#[test]
fn the_description_groups_digits_and_knows_one() {
    let many = load_text("7\n".repeat(100_000).as_bytes(), "n").unwrap();
    assert_eq!(many.describe(), "100,000 integers · 0.8 MB");
    assert_eq!(load_text(b"7\n", "n").unwrap().describe(), "1 integer · 8 B");
}

#[test]
fn a_single_column_with_a_header_is_a_table() {
    let loaded = load_text(b"limit\n10\n20\n", "n.txt").unwrap();
    assert_eq!(*loaded.column, vec![10_i64, 20].into());
    assert_eq!((loaded.has_header, loaded.columns), (true, vec!["limit".to_owned()]));
}

#[test]
fn a_column_that_begins_with_nan_is_one_of_numbers() {
    for text in ["nan\n2.5\n", "v,w\nnan,a\n2.5,b\n", "v\nNaN\n2.5\n"] {
        let options =
            LoadOptions { column: Some(ColumnChoice::Name("1".to_owned())), ..LoadOptions::default() };
        let loaded = load_reader(text.as_bytes(), "n.csv", &options, &LoadProgress::new()).unwrap();
        let cells: Vec<Value> = loaded.column.iter().map(|cell| cell.to_value()).collect();
        let are_numbers = matches!(cells[..], [Value::Float(first), Value::Float(2.5)] if first.is_nan());
        assert!(are_numbers, "{text:?}: {cells:?}");
    }
    let words = load_text(b"nan\ninf\n", "n.txt").unwrap();
    assert_eq!(*words.column, ["nan", "inf"].map(|word| Value::Text(word.into())).into_iter().collect());
}

#[test]
fn a_broken_line_has_its_number_and_the_rest_loads() {
    let options = LoadOptions { types: CellTypes::all(CellType::Int64), ..LoadOptions::default() };
    let text = b"10\n20\nthirty\n40\n\xff\n60\n70\n80\n90\n100\n";
    let loaded = load_reader(&text[..], "n", &options, &LoadProgress::new()).unwrap();
    assert_eq!(loaded.column.len(), 8);
    let bad: Vec<_> = loaded.bad.first.iter().map(|bad| (bad.line, bad.reason.as_str())).collect();
    assert_eq!(bad, [(3, "not an integer"), (5, "not UTF-8 text")]);
}

#[test]
fn a_file_of_only_bad_lines_shows_the_first() {
    let options = LoadOptions { types: CellTypes::all(CellType::Int), ..LoadOptions::default() };
    let error = load_reader(&b"one\ntwo\n"[..], "n", &options, &LoadProgress::new()).unwrap_err();
    let expected =
        "could not read n: none of its 2 rows can be used, the first is line 1 (`one`): not an integer";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn one_endless_line_ends_in_a_sentence_and_not_in_memory() {
    let endless = io::repeat(b'7').take(100 * 1024 * 1024);
    let progress = LoadProgress::new();
    let error = load_reader(endless, "n", &LoadOptions::default(), &progress).unwrap_err();
    assert!(error.to_string().ends_with("77...`): longer than 16 MiB"), "{error}");
    assert_eq!(progress.read_bytes(), 100 * 1024 * 1024);
}

#[test]
fn an_endless_quote_or_list_is_bounded_too() {
    for (start, format) in [("\"", Format::Csv), ("[\"", Format::Json), ("[[", Format::Json)] {
        let endless = start.as_bytes().chain(io::repeat(b'x').take(40 * 1024 * 1024));
        let options = LoadOptions { format: Some(format), ..LoadOptions::default() };
        let error = load_reader(endless, "n", &options, &LoadProgress::new()).unwrap_err();
        assert!(error.to_string().contains("its only row cannot be used: line 1"), "{error}");
    }
}

/// The cells of a text that is read in pieces, as they would be shown, and what could not be used.
fn streamed(text: &str, options: &LoadOptions) -> (Vec<String>, BadLines) {
    let mut cells = Vec::new();
    let bad = stream_reader(text.as_bytes(), "n", options, &LoadProgress::new(), |piece, _| {
        cells.extend(piece.iter().map(|cell| format!("{cell:?}")));
        true
    });
    (cells, bad.unwrap())
}

#[test]
fn numbers_are_read_in_pieces_as_from_a_whole_file() {
    let text =
        format!("{}0.5\n{}1e400000\n", "3\n".repeat(70_000), "4\n".repeat(70_000)).replace("1e400000\n", "");
    let (cells, bad) = streamed(&text, &LoadOptions::default());
    let whole = load_text(text.as_bytes(), "n").unwrap();
    assert!(bad.is_empty() && bad.widened_line.is_none());
    assert!(cells.iter().eq(whole.column.iter().map(|cell| format!("{cell:?}")).collect::<Vec<_>>().iter()));
}

#[test]
fn a_word_after_pieces_of_numbers_is_told_with_its_line() {
    let text = format!("{}word\n5\n", "3\n".repeat(70_000));
    let (cells, bad) = streamed(&text, &LoadOptions::default());
    assert_eq!((cells.len(), bad.count, bad.widened_line), (70_002, 0, Some(70_001)));
    assert_eq!([&cells[0], &cells[70_000], &cells[70_001]], ["Int(3)", "Text(\"word\")", "Text(\"5\")"]);
    let as_text = LoadOptions { types: CellTypes::all(CellType::Text), ..LoadOptions::default() };
    assert_eq!(streamed(&text, &as_text).1.widened_line, None);
}

#[test]
fn utf32_is_told_and_not_read_as_utf16() {
    for text in [&b"\xff\xfe\0\x001\0\0\0\n\0\0\0"[..], b"\0\0\xfe\xff\0\0\x001\0\0\0\n"] {
        let error = load_text(text, "n").unwrap_err().to_string();
        assert!(error.contains("UTF-32"), "{error}");
    }
}

#[test]
fn empty_cells_before_the_first_piece_with_numbers_are_nothing_as_from_a_whole_file() {
    let blank = "a,\n".repeat(70_000);
    let (cells, bad) = streamed_csv(&format!("{blank}b,30.5\n"));
    assert_eq!([&cells[0], &cells[69_999], &cells[70_000]], ["None", "None", "Float(30.5)"]);
    assert_eq!(bad.widened_line, None);
    let (cells, bad) = streamed_csv(&format!("{blank}b,word\n"));
    assert_eq!([&cells[0], &cells[70_000]], ["None", "Text(\"word\")"]);
    assert_eq!(bad.widened_line, Some(70_001));
}

fn streamed_csv(text: &str) -> (Vec<String>, BadLines) {
    let column = Some(ColumnChoice::Number(2));
    streamed(text, &LoadOptions { format: Some(Format::Csv), column, ..LoadOptions::default() })
}

/// The inputs of a file, and its columns.
fn loaded_as(text: &[u8], column: Option<&str>) -> (Vec<String>, Vec<String>) {
    let column = column.map(|name| ColumnChoice::Name(name.to_owned()));
    let options = LoadOptions { column, ..LoadOptions::default() };
    let loaded = load_reader(text, "t.csv", &options, &LoadProgress::new()).unwrap();
    assert!(loaded.bad.is_empty(), "{:?}", loaded.bad);
    (loaded.column.iter().map(|cell| cell.to_string()).collect(), loaded.columns)
}

#[test]
fn tables_are_read_as_people_and_programs_write_them() {
    for (text, column, cells) in [
        ("name,size\rUlm,1\rAix,3\r", "size", &["1", "3"][..]),
        ("sep=;\nname;size\nUlm;3\n", "size", &["3"]),
        ("\"sep=\t\"\nname\tsize\nUlm\t3\n", "size", &["3"]),
        ("sep=\t\r\nname\tsize\r\nUlm\t3\r\n", "size", &["3"]),
        ("id|n\n1|5\n2|6\n", "n", &["5", "6"]),
        ("name;size\nUlm;1,5\nAix;3,25\n", "size", &["1,5", "3,25"]),
        ("a,b,\n1,2\n3,4\n", "b", &["2", "4"]),
        ("a,b,c,d,,\n1,2\n3,4,5,6,,\n", "b", &["2", "4"]),
        (",a,b\n0,x,y\n1,z,w\n", "b", &["y", "w"]),
        ("n,v\r0,\"two\nlines\"\r25,x\r", "v", &["two\nlines", "x"]),
        ("n,v\r0,\"two\rlines\"\r25,x\r", "v", &["two\rlines", "x"]),
        ("region,2023,2024\nEMEA,10,20\nAPAC,30,40\n", "2024", &["20", "40"]),
        ("# made by hand\n# twice\nname,size\nUlm,3\n", "size", &["3"]),
        ("#name\tsize\nUlm\t3\n", "size", &["3"]),
        ("\"mpg\",\"cyl\"\n\"Mazda\",21,6\n\"Fiat\",32.4,4\n", "cyl", &["6", "4"]),
        ("a,b\n\n1,2\n  \n3,4\n\n", "b", &["2", "4"]),
    ] {
        assert_eq!(loaded_as(text.as_bytes(), Some(column)).0, cells, "{text:?}");
    }
    let (_, columns) = loaded_as(b"#chrom\tpos\nX\t5\n", None);
    assert_eq!(columns, ["#chrom", "pos"]);
}

#[test]
fn postcodes_keep_their_zeros_and_years_stay_numbers() {
    let table = b"postcode,town,founded\n01569,Ulm,1027\n2134,Aix,-122\n";
    assert_eq!(loaded_as(table, Some("postcode")).0, ["01569", "2134"]);
    let options = LoadOptions { column: Some(ColumnChoice::All), ..LoadOptions::default() };
    let rows = load_reader(&table[..], "t", &options, &LoadProgress::new()).unwrap();
    let expected = [
        r#"{"postcode":"01569","town":"Ulm","founded":1027}"#,
        r#"{"postcode":"2134","town":"Aix","founded":-122}"#,
    ];
    assert_eq!(*rows.column, Column::Json(expected.into_iter().collect()));
}

#[test]
fn json_is_read_as_by_python() {
    assert_eq!(loaded_as(b"[0.5, NaN, -Infinity]", None).0, ["0.5", "nan", "-inf"].map(float_words));
    assert_eq!(loaded_as(b"{\n\"a\": 1\n}\n", None).0, ["{\"a\":1}"]);
    assert_eq!(loaded_as(b"{\n\"a\": 1,\n\"b\": \"}\"\n}\n{\"a\": 2}", None).0.len(), 2);
    assert_eq!(loaded_as(b"{\"a\": 1}\n\n{\"a\": 2}\n", Some("a")).0, ["1", "2"]);
    let digits = "1000000000000000000000000000057";
    assert_eq!(loaded_as(format!("[1, {digits}]").as_bytes(), None).0, ["1", digits]);
}

/// How a float is shown is told elsewhere.
fn float_words(text: &str) -> String {
    text.parse::<f64>()
        .map_or_else(|_| text.to_owned(), |number| crate::value::Value::Float(number).to_string())
}

#[test]
fn other_encodings_are_read_where_they_are_named_or_marked() {
    let load = |text: &[u8], encoding: Option<&str>| {
        let encoding = encoding.map(|name| name.parse().unwrap());
        let options = LoadOptions { encoding, ..LoadOptions::default() };
        load_reader(text, "t.csv", &options, &LoadProgress::new())
    };
    let latin = b"town,n\nK\xf6ln,1\nN\xeemes,2\n";
    let loaded = load(latin, Some("latin-1")).unwrap();
    assert_eq!((loaded.column.len(), loaded.encoding.label()), (2, "windows-1252"));
    let options = LoadOptions { column: Some(ColumnChoice::Name("town".into())), ..LoadOptions::default() };
    let unread = load_reader(&latin[..], "t.csv", &options, &LoadProgress::new()).unwrap_err().to_string();
    assert!(
        unread.contains("the text looks like windows-1252, as in `Köln`: choose that encoding"),
        "{unread}"
    );
    let wide: Vec<u8> = "\u{feff}1\n2\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(*load(&wide, None).unwrap().column, vec![1_i64, 2].into());
}

#[test]
fn a_cancelled_load_says_so_and_stops() {
    struct Endless<'a>(&'a LoadProgress);
    impl Read for Endless<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.0.read_bytes() > 1_000_000 {
                self.0.cancel();
            }
            buffer.fill(b'\n');
            Ok(buffer.len())
        }
    }
    for format in Format::ALL {
        let progress = LoadProgress::new();
        let options = LoadOptions { format: Some(format), ..LoadOptions::default() };
        let error = load_reader(Endless(&progress), "n", &options, &progress).unwrap_err();
        assert_eq!((error.kind(), error.reason()), (ErrorKind::Input, "cancelled"));
        assert!(progress.is_cancelled() && progress.read_bytes() < 1_300_000);
    }
}

#[test]
fn an_empty_or_unreadable_source_says_what_it_is() {
    assert!(load_text(b"", "n").unwrap_err().to_string().ends_with("could not read n: it is empty"));
    assert!(load_text(b"\n\n", "n").unwrap_err().to_string().ends_with("it is empty"));
    assert!(
        load_text(b"PK\x03\x04rest", "n.xlsx")
            .unwrap_err()
            .to_string()
            .contains("save what is inside as CSV")
    );
    let nowhere = Path::new("no/such/file.txt");
    let error = load_path(nowhere, &LoadOptions::default(), &LoadProgress::new()).unwrap_err();
    assert_eq!(error.to_string(), "could not read no/such/file.txt: there is no such file or folder");
}

#[test]
fn lines_have_no_columns_but_themselves() {
    let with =
        |column| LoadOptions { format: Some(Format::Lines), column: Some(column), ..LoadOptions::default() };
    let load = |column| load_reader(&b"1\n2\n"[..], "n", &with(column), &LoadProgress::new());
    assert_eq!(load(ColumnChoice::Number(1)).unwrap().column.len(), 2);
    let error = load(ColumnChoice::Name("x".into())).unwrap_err();
    assert!(error.to_string().contains("there is no column `x`; it has no columns"), "{error}");
}

#[test]
fn a_folder_gives_its_files_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let load = || load_path(folder.path(), &LoadOptions::default(), &LoadProgress::new());
    assert!(load().unwrap_err().to_string().contains("the folder has no files"));
    for name in ["b.txt", "a.txt", ".hidden"] {
        fs::write(folder.path().join(name), "12345").unwrap();
    }
    fs::create_dir(folder.path().join("c")).unwrap();
    let loaded = load().unwrap();
    let paths = ["a.txt", "b.txt"].map(|name| folder.path().join(name).to_str().unwrap().to_owned());
    assert_eq!(*loaded.column, paths.iter().map(String::as_str).collect());
    assert_eq!(loaded.size_bytes, 10);
}

#[test]
fn a_file_reports_its_progress() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("n.txt");
    fs::write(&path, "1\n2\n3\n").unwrap();
    let progress = LoadProgress::new();
    let loaded = load_path(&path, &LoadOptions::default(), &progress).unwrap();
    assert_eq!((progress.read_bytes(), progress.total_bytes(), progress.rows()), (6, 6, 3));
    assert_eq!((loaded.name.as_str(), loaded.size_bytes), ("n.txt", 6));
}

#[test]
fn a_device_is_refused_before_it_is_opened() {
    if !Path::new("/dev/zero").exists() {
        return;
    }
    let error = load_path("/dev/zero".as_ref(), &LoadOptions::default(), &LoadProgress::new()).unwrap_err();
    assert_eq!(error.to_string(), "could not read /dev/zero: it is neither a file nor a folder");
}

fn any_options() -> impl Strategy<Value = LoadOptions> {
    let format = prop::option::of(prop::sample::select(Format::ALL.to_vec()));
    let column = prop::option::of((1_usize..4).prop_map(ColumnChoice::Number));
    let cells = prop::option::of(prop::sample::select(vec![CellType::Int, CellType::Float, CellType::Text]));
    let header = prop::option::of(any::<bool>());
    (format, column, cells, header, any::<bool>()).prop_map(|(format, column, cells, header, is_hint)| {
        let types = CellTypes { all: cells, is_hint, ..CellTypes::default() };
        LoadOptions { format, column, types, header, ..LoadOptions::default() }
    })
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..500),
        options in any_options(),
    ) {
        let _ = load_reader(&bytes[..], "n", &options, &LoadProgress::new());
    }

    #[test]
    fn no_text_makes_a_reader_panic(
        text in "[\\[\\]{}\"',:;.0-9a\\\\ \r\n\t-]{0,200}",
        options in any_options(),
    ) {
        let _ = load_reader(text.as_bytes(), "n", &options, &LoadProgress::new());
    }

    #[test]
    fn every_line_comes_back_as_it_was_written(lines in prop::collection::vec("[ 0-9a.eE+n-]{0,6}", 1..60)) {
        let options = LoadOptions { format: Some(Format::Lines), ..LoadOptions::default() };
        let Ok(loaded) = load_reader(lines.join("\n").as_bytes(), "n", &options, &LoadProgress::new()) else {
            return Ok(());
        };
        let shown = |place: usize| match (loaded.column.written(place), loaded.column.get(place)) {
            (Some(text), _) => text.to_owned(),
            (None, cell) => cell.map_or_else(String::new, |cell| cell.to_string()),
        };
        let kept: Vec<String> = (0..loaded.column.len()).map(shown).collect();
        let is_text = loaded.column.column_type() == ColumnType::Text;
        let end = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
        let expected = lines[..end].iter().filter(|line| is_text || !line.trim().is_empty());
        prop_assert_eq!(kept, expected.cloned().collect::<Vec<_>>());
    }

    #[test]
    fn every_line_is_an_input_or_a_bad_line(lines in prop::collection::vec("[0-9a.]{1,4}", 1..100)) {
        let options = LoadOptions { format: Some(Format::Lines), ..LoadOptions::default() };
        let (inputs, bad) = match load_reader(lines.join("\n").as_bytes(), "n", &options, &LoadProgress::new()) {
            Ok(loaded) => (loaded.column.len() as u64, loaded.bad.count),
            Err(_) => return Ok(()),
        };
        prop_assert_eq!(inputs + bad, lines.len() as u64);
    }

    #[test]
    fn integers_come_back_from_every_format(numbers in prop::collection::vec(any::<i64>(), 1..3000)) {
        let lines: Vec<String> = numbers.iter().map(i64::to_string).collect();
        let lines = lines.join("\n");
        let rows = lines.lines().map(|number| format!("x,{number}\n")).collect::<String>();
        let list = format!("{numbers:?}");
        for (text, format) in
            [(&lines, Format::Lines), (&rows, Format::Csv), (&list, Format::Json), (&lines, Format::Jsonl)]
        {
            let options = LoadOptions { format: Some(format), ..LoadOptions::default() };
            let loaded = load_reader(text.as_bytes(), "n", &options, &LoadProgress::new()).unwrap();
            prop_assert_eq!(&*loaded.column, &Column::Int(numbers.clone()));
            prop_assert!(loaded.bad.is_empty());
        }
    }
}
