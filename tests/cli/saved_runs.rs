//! Runs that are saved whole, and opened again.

use std::fs;

use poolscope::export::open_run;
use poolscope::pool::RowState;
use poolscope::value::ValueRef;

use crate::{output, stderr, stdout, summary};

#[test]
fn a_saved_run_opens_with_all_that_it_had() {
    let folder = tempfile::tempdir().unwrap();
    let code = folder.path().join("code.py");
    let source =
        "def work(n):\n    print('at', n)\n    if n == 3: raise ValueError('no three')\n    return str(n)\n";
    fs::write(&code, source).unwrap();
    let function = format!("{}:work", code.display());
    for mode in ["process", "thread"] {
        let path = folder.path().join(format!("{mode}.poolrun"));
        let place = path.to_str().unwrap();
        let told = summary(&["-m", mode, "-w", "2", "--python", &function, "--save-run", place, "1..200"]);
        let opened = open_run(&path).unwrap();
        assert!(opened.notes.is_empty(), "{:?}", opened.notes);
        let log = opened.log;
        assert_eq!((log.counts.ok, log.counts.failed), (199, 1));
        assert_eq!(told["messages"], log.messages.from_workers());
        assert_eq!(told["elapsed_s"].as_f64().unwrap(), log.last_row_ns as f64 / 1e9);
        assert_eq!(told["worker_stats"][0]["items"], log.lanes[0].items);
        assert_eq!(log.row(4).unwrap().output, Some(ValueRef::Text("5")));
        let failed = log.row(2).unwrap();
        assert_eq!(failed.state, RowState::Failed);
        assert!(failed.error().unwrap().contains("no three"), "{:?}", failed.error());
        assert!(log.audit.is_some_and(|audit| audit.is_clean()));
    }
}

#[test]
fn a_run_that_cannot_be_saved_is_not_begun() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |args: &[&str], reason: &str| {
        let output = output(&[&["run", "-f", "double"], args].concat());
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), ""), "{args:?}");
        assert!(stderr(&output).contains(reason), "{args:?}: {}", stderr(&output));
    };
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    refused(&["--save-run", &path("a.csv"), "1"], "its name has to end in .poolrun");
    refused(&["--save-run", &path("no/such/a.poolrun"), "1"], "could not write");
    refused(&["--save-run", &path("a.poolrun"), "-i", "-"], "read as a stream");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_run_that_failed_early_is_saved_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("halted.poolrun");
    let place = path.to_str().unwrap();
    let output =
        output(&["run", "-w", "1", "-f", "fail", "--halt", "now,fail=1", "--save-run", place, "1..9"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let log = open_run(&path).unwrap().log;
    assert_eq!((log.counts.total, log.counts.ok), (9, 0));
    assert!(log.counts.not_run > 0);
}
