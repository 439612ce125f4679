//! What the program writes, it reads again.

use std::path::Path;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use poolscope::export::{Formulas, write_rows};
use poolscope::input::{
    CellType, CellTypes, ColumnChoice, Format, LoadOptions, LoadProgress, Loaded, load_path,
};
use poolscope::pool::examples::Example;
use poolscope::pool::{Batch, ItemsFinished, Plan, RunLog, Timing};
use poolscope::value::Column;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::fuzz::{check_reader, check_typed};

/// A run that is over and made `outputs` of `inputs`.
fn run(inputs: Column, outputs: Column) -> RunLog {
    let mut job = Example::find("Pool.map").unwrap().job().unwrap();
    let count = inputs.len();
    job.inputs = Arc::new(inputs);
    let mut log = RunLog::new(Plan { job, started: Instant::now(), started_wall: SystemTime::now() });
    let timing = Timing::Whole { start_ns: 0, duration_ns: 1, cpu_ns: 1 };
    let outputs = Arc::new(outputs);
    let batch = Batch { first: 0, count, outputs, failures: Vec::new(), timing };
    log.apply(0, &ItemsFinished::at_once(0, batch).into());
    log
}

/// Writes the run in the format that `ending` names, and reads one of its columns.
fn through(log: &RunLog, ending: &str, column: &str, cells: Option<CellType>) -> Loaded {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(Path::new("rows").with_extension(ending));
    write_rows(log, &path, Formulas::AsWritten).unwrap();
    let options = LoadOptions {
        column: Some(ColumnChoice::Name(column.into())),
        types: CellTypes { all: cells, ..CellTypes::default() },
        ..LoadOptions::default()
    };
    let loaded = load_path(&path, &options, &LoadProgress::new()).unwrap();
    assert!(loaded.bad.is_empty(), "{:?}", loaded.bad);
    loaded
}

const ENDINGS: [&str; 3] = ["csv", "json", "jsonl"];

/// Texts of which every other character is one that a format gives a meaning.
fn texts() -> impl Strategy<Value = String> {
    let marks =
        prop::sample::select(vec!['\n', '\r', '\t', '"', '\'', ',', ';', '\\', ' ', '\0', '[', '\u{feff}']);
    vec(prop_oneof![any::<char>(), marks], 0..20).prop_map(String::from_iter)
}

/// Sound JSON that a parser may spoil: long numbers, keys that come twice, escapes.
fn documents() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        "-?[1-9][0-9]{0,40}(\\.[0-9]{1,30})?([eE][+-]?[0-9]{1,4})?",
        texts().prop_map(|text| serde_json::Value::from(text).to_string()),
        Just("\"\\ud83d\\ude00\\/\"".to_owned()),
    ];
    let nested = leaf.prop_recursive(6, 40, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            vec(("[a-c]", inner), 0..4).prop_map(|members| {
                let members = members.iter().map(|(key, value)| format!("\"{key}\":{value}"));
                format!("{{{}}}", members.collect::<Vec<_>>().join(","))
            }),
        ]
    });
    // Within a list, so that it is told from a plain number or text.
    nested.prop_map(|document| format!("[{document}]"))
}

#[test]
fn deep_documents_and_long_numbers_are_kept_to_the_letter() {
    let deep = format!("{}1{}", "[".repeat(300), "]".repeat(300));
    let cells = [deep.as_str(), "[12345678901234567890123,1e400,0.1000000000000000055]", "{\"a\":1,\"a\":2}"];
    let documents = Column::Json(cells.into_iter().collect());
    let log = run(documents.clone(), documents.clone());
    for column in ["input", "output"] {
        assert_eq!(*through(&log, "jsonl", column, None).column, documents);
        assert_eq!(*through(&log, "json", column, None).column, documents);
        assert_eq!(*through(&log, "csv", column, Some(CellType::Text)).column, cells.into_iter().collect());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn texts_are_read_as_they_were_written(texts in vec(texts(), 1..8)) {
        // Within a cell of a table, a line end is a line end.
        let column: Column = texts.iter().map(String::as_str).collect();
        let log = run(column.clone(), column.clone());
        for ending in ENDINGS {
            prop_assert_eq!(&*through(&log, ending, "input", Some(CellType::Text)).column, &column);
            prop_assert_eq!(&*through(&log, ending, "output", Some(CellType::Text)).column, &column);
        }
    }

    #[test]
    fn numbers_are_read_as_they_were_written(
        cells in vec((any::<i64>(), any::<f64>().prop_filter("finite", |number| number.is_finite())), 1..50),
    ) {
        let (integers, floats): (Vec<i64>, Vec<f64>) = cells.into_iter().unzip();
        let log = run(integers.clone().into(), floats.clone().into());
        for ending in ENDINGS {
            let [inputs, outputs] = ["input", "output"].map(|column| through(&log, ending, column, None).column);
            prop_assert_eq!(inputs.cells(), &integers.clone().into());
            prop_assert_eq!(outputs.cells(), &floats.clone().into());
        }
    }

    #[test]
    fn documents_are_read_as_they_were_written(documents in vec(documents(), 1..6)) {
        let column = Column::Json(documents.iter().map(String::as_str).collect());
        let log = run(column.clone(), column.clone());
        for ending in ["json", "jsonl"] {
            prop_assert_eq!(&*through(&log, ending, "output", None).column, &column);
        }
    }

    #[test]
    fn what_is_typed_can_be_typed_again(
        text in "[\\[\\](){}'\",:.0-9a-z\\\\ \n\u{e9}\u{1f600}-]{0,60}",
        words in vec(texts(), 1..8),
    ) {
        check_typed(&text);
        let quoted = words.into_iter().map(|word| serde_json::Value::from(word).to_string());
        check_typed(&quoted.collect::<Vec<_>>().join(", "));
    }

    #[test]
    fn no_row_is_lost_or_read_twice(
        text in "([\\[\\]{}\"',:;.0-9an\\\\ \r\t-]{0,12}\n){0,12}[\\[\\]{}\"',;0-9n\u{1}-\u{1f}]{0,3}",
    ) {
        for format in Format::ALL {
            check_reader(Some(format), text.as_bytes());
        }
        check_reader(None, text.as_bytes());
    }
}
