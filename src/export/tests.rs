//! Each format from the same three rows.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use super::*;
use crate::pool::examples::Example;
use crate::pool::{Batch, Plan, Timing};
use crate::value::Column;

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
    log.rows.finish(&batch, 1, &[]);
    log
}

fn written(ending: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows").with_extension(ending);
    write_rows(&log(), &path).unwrap();
    fs::read_to_string(path).unwrap()
}

#[test]
fn csv_quotes_what_needs_it() {
    let text = written("csv");
    let mut lines = text.lines();
    assert_eq!(
        lines.next(),
        Some("index,input,output,state,error,worker,pid,attempts,start_s,duration_s,cpu_s")
    );
    assert_eq!(lines.next(), Some("0,plain,1,ok,,1,,1,0,0.1,0.000000007"));
    assert_eq!(lines.next(), Some("1,\"with, comma\",,failed,it said no,1,,1,1.5,0.1,0.000000007"));
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
    assert!(
        check_writable(Path::new("rows.xlsx")).unwrap_err().to_string().contains(".csv, .json or .jsonl")
    );
    let error = check_writable(Path::new("/no/such/folder/rows.csv")).unwrap_err();
    assert!(error.to_string().starts_with("could not write /no/such/folder/rows.csv"), "{error}");
}

#[test]
fn a_whole_file_takes_the_place_of_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.json");
    fs::write(&path, "old").unwrap();
    write_rows(&log(), &path).unwrap();
    assert!(fs::read_to_string(&path).unwrap().starts_with("[\n{"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}
