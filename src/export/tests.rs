//! Each format from the same three rows.

use std::fs;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::pool::examples::Example;
use crate::pool::{Batch, ItemsFinished, Plan, Timing};
use crate::value::{Column, Value, WrittenTexts};

fn log() -> RunLog {
    let mut job = Example::find("Pool.map").unwrap().job().unwrap();
    let texts = ["plain", "with, comma", "with \"quotes\"\nand a line"];
    job.inputs = Arc::new(texts.into_iter().collect::<Column>());
    let mut log = RunLog::new(Plan { job, started: Instant::now(), started_wall: SystemTime::now() });
    let batch = Batch {
        first: 0,
        count: 3,
        outputs: Arc::new(vec![1_i64, 3].into()),
        failures: vec![(1, "it said no".into())],
        timing: Timing::Each {
            start_ns: vec![0, 1_500_000_000, 2],
            duration_ns: vec![100_000_000; 3],
            cpu_ns: vec![7; 3],
        },
    };
    log.apply(0, &ItemsFinished::at_once(0, batch).into());
    log
}

fn written(ending: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows").with_extension(ending);
    write_rows(&log(), &path, Formulas::AsWritten).unwrap();
    fs::read_to_string(path).unwrap()
}

#[test]
fn csv_quotes_what_needs_it() {
    let text = written("csv");
    let mut lines = text.lines();
    assert_eq!(
        lines.next(),
        Some("index,input,output,state,error,worker,pid,attempts,start_s,duration_s,cpu_s,output_type")
    );
    assert_eq!(lines.next(), Some("0,plain,1,ok,,1,,1,0,0.1,0.000000007,int"));
    assert_eq!(lines.next(), Some("1,\"with, comma\",,failed,it said no,1,,1,1.5,0.1,0.000000007,"));
    assert!(text.contains("\"with \"\"quotes\"\"\nand a line\""));
}

#[test]
fn json_lines_are_an_object_each() {
    let rows: Vec<serde_json::Value> =
        written("jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 3);
    assert_eq!(
        (&rows[0]["output"], &rows[1]["error"]),
        (&serde_json::json!(1), &serde_json::json!("it said no"))
    );
    assert_eq!(rows[2]["duration_s"], serde_json::json!(0.1));
}

#[test]
fn json_is_one_array() {
    let rows: Vec<serde_json::Value> = serde_json::from_str(&written("json")).unwrap();
    assert_eq!(rows[1]["state"], "failed");
}

#[test]
fn an_unknown_ending_and_a_missing_folder_are_refused_before_the_run() {
    let refused = |path: &str| RowsFile::create(Path::new(path), Formulas::AsWritten, &[]).err().unwrap();
    assert!(refused("rows.xlsx").to_string().contains(".csv, .json or .jsonl"));
    let long = refused(&format!("{}.csv", "x".repeat(300)));
    assert!(long.to_string().contains("its name is longer than the system allows"), "{long}");
    let error = refused("/no/such/folder/rows.csv");
    assert!(error.to_string().starts_with("could not write /no/such/folder/rows.csv"), "{error}");
}

#[test]
fn a_whole_file_takes_the_place_of_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.json");
    fs::write(&path, "old").unwrap();
    write_rows(&log(), &path, Formulas::AsWritten).unwrap();
    assert!(fs::read_to_string(&path).unwrap().starts_with("[\n{"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// The record of a run that is over and made `outputs` of `inputs`.
fn log_of(inputs: Column, outputs: Column) -> RunLog {
    let mut log = log();
    let mut plan = (*log.plan).clone();
    plan.job.inputs = Arc::new(inputs);
    log = RunLog::new(plan);
    let timing = Timing::Whole { start_ns: 0, duration_ns: 1, cpu_ns: 1 };
    let (count, outputs) = (outputs.len(), Arc::new(outputs));
    let batch = Batch { first: 0, count, outputs, failures: Vec::new(), timing };
    log.apply(0, &ItemsFinished::at_once(0, batch).into());
    log
}

/// The outputs after a way there and back, and those of a further one; each with its type, since NaN is not itself.
fn there_and_back(ending: &str, formulas: Formulas, inputs: &Column, outputs: &Column) -> [Vec<String>; 2] {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows").with_extension(ending);
    let mut log = log_of(inputs.clone(), outputs.clone());
    [(); 2].map(|()| {
        write_rows(&log, &path, formulas).unwrap();
        let kept = read_kept(&path, inputs).unwrap().kept;
        log = RunLog::resuming((*log.plan).clone(), kept);
        (0..log.counts.total)
            .map(|index| {
                format!("{:?}", log.row(index).and_then(|row| row.output).map(|cell| cell.to_value()))
            })
            .collect()
    })
}

/// Texts that a format, a spreadsheet or a reader of numbers could take for something else.
fn any_text() -> impl Strategy<Value = String> {
    let nasty = [
        "1.10",
        "007",
        "1e5",
        "-0",
        " x ",
        "null",
        "",
        "None",
        "true",
        "=1+1",
        "'",
        "'=x",
        "@a",
        "-5",
        "\t",
        "[1, 2]",
        "{\"a\":1}",
        "nan",
        "NaN",
        "b'x'",
        "\"",
        "a\r\nb",
        "\u{feff}x",
        "1000000000000000000000000000057",
    ];
    prop_oneof![
        prop::sample::select(nasty.map(str::to_owned).to_vec()),
        ".{0,12}",
        "[-0-9.,;e'\"=@ \n\r]{0,8}"
    ]
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::None),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        any::<f64>().prop_map(Value::Float),
        any_text().prop_map(Value::Text),
        vec(any::<u8>(), 0..12).prop_map(Value::Bytes),
        prop::sample::select(vec![
            "[1, NaN]",
            "{\"a\":1.10}",
            "-123456789012345678901234567890",
            "[]",
            "\"x\"",
            "null"
        ])
        .prop_map(|json| Value::Json(json.to_owned())),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_goes_out_comes_back(
        cells in vec((any_text(), any_value()), 1..12),
        marks_formulas in any::<bool>(),
    ) {
        let (texts, outputs): (Vec<String>, Vec<Value>) = cells.into_iter().unzip();
        let expected: Vec<String> = outputs.iter().map(|value| format!("{:?}", Some(value))).collect();
        let (inputs, outputs): (Column, Column) =
            (texts.iter().map(String::as_str).collect(), outputs.into_iter().collect());
        let formulas = if marks_formulas { Formulas::Marked } else { Formulas::AsWritten };
        for ending in ["csv", "json", "jsonl"] {
            for got in there_and_back(ending, formulas, &inputs, &outputs) {
                prop_assert_eq!(&got, &expected, "{}", ending);
            }
        }
    }
}

#[test]
fn floats_stand_in_the_file_as_python_writes_them() {
    let floats: Column = vec![1e21, 1e-5, 0.5, f64::NAN].into();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.jsonl");
    write_rows(&log_of(vec![1_i64, 2, 3, 4].into(), floats), &path, Formulas::AsWritten).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    for expected in ["\"output\":1e+21,", "\"output\":1e-05,", "\"output\":0.5,", "\"output\":\"nan\","] {
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
fn inputs_stand_in_the_file_as_they_were_written() {
    let mut texts = WrittenTexts::default();
    ["1.10", "1e5", "+5", " 7 "].iter().enumerate().for_each(|(place, text)| texts.push(place, text));
    let inputs = texts.with(vec![1.1, 1e5, 5.0, 7.0].into());
    let outputs: Column = vec![1_i64, 2, 3, 4].into();
    let folder = tempfile::tempdir().unwrap();
    for (ending, expected) in [
        ("csv", "0,1.10,1,"),
        ("csv", "2,+5,3"),
        ("csv", "3, 7 ,4"),
        ("jsonl", "\"input\":1.10,"),
        ("jsonl", "\"input\":1e5,"),
        ("json", "\"input\":\"+5\","),
    ] {
        let path = folder.path().join("rows").with_extension(ending);
        write_rows(&log_of(inputs.clone(), outputs.clone()), &path, Formulas::AsWritten).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(expected), "{text}");
        assert_eq!(read_kept(&path, &inputs).unwrap().kept.len(), 4);
    }
}

#[test]
fn two_runs_do_not_write_one_file_by_two_of_its_names() {
    let folder = tempfile::tempdir().unwrap();
    let (path, other) = (folder.path().join("rows.csv"), folder.path().join("other.csv"));
    fs::write(&path, "old").unwrap();
    fs::hard_link(&path, &other).unwrap();
    let create = |path: &Path| RowsFile::create(path, Formulas::AsWritten, &[]);
    let first = create(&path).unwrap();
    let error = create(&other).err().unwrap().to_string();
    assert!(error.contains("under another of its names"), "{error}");
    drop(first);
    let begun = Instant::now();
    // A process that a test beside starts holds the lock for a moment.
    while let Err(error) = create(&other) {
        assert!(begun.elapsed().as_secs() < 20, "{error}");
        std::thread::yield_now();
    }
}
