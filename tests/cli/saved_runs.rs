//! Runs that are saved whole, and opened again.

use std::fs;
use std::process::Command;

use poolscope::export::{open_run, save_run};
use poolscope::pool::{Event, NotePlace, RowState};
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
fn what_the_cores_did_is_saved_with_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.poolrun");
    let saved = output(&[
        "run",
        "-w",
        "2",
        "-f",
        "sleep_ms",
        "--save-run",
        path.to_str().unwrap(),
        "500",
        "500",
        "500",
    ]);
    assert_eq!(saved.status.code(), Some(0), "{}", stderr(&saved));
    let opened = open_run(&path).unwrap();
    let seen = opened.history.unwrap().seen(opened.log.plan.started);
    assert!(seen.usable_cores > 0 && seen.cores.len() >= seen.usable_cores, "{seen:?}");
    // A run of a second, and a look each quarter of it.
    assert!(seen.cores.iter().all(|core| core.len() >= 2), "{seen:?}");
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

#[test]
fn nothing_is_written_over_what_is_read_or_written_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_poolscope");
    let before = "1\n2\n";
    for name in ["in.poolrun", "in.txt", "rows.csv", "old.csv"] {
        fs::write(folder.path().join(name), before).unwrap();
    }
    for (link, name) in [("t.poolrun", "in.txt"), ("u.poolrun", "rows.csv"), ("v.poolrun", "old.csv")] {
        std::os::unix::fs::symlink(name, folder.path().join(link)).unwrap();
    }
    let shell = |arguments: &str| {
        let line = format!("exec {program} {arguments}");
        Command::new("sh").args(["-c", &line]).current_dir(&folder).output().unwrap()
    };
    assert_eq!(shell("run -f double 1 2 --save-run a.poolrun").status.code(), Some(0));
    let saved = fs::read(folder.path().join("a.poolrun")).unwrap();
    for (arguments, reason) in [
        ("run -f double -i in.poolrun --save-run in.poolrun", "what the run reads (in.poolrun)"),
        ("run -f double -i in.txt --save-run t.poolrun", "what the run reads (in.txt)"),
        ("run -f hash_file in.poolrun --save-run in.poolrun", "what the run reads (in.poolrun)"),
        ("run -f double 1 -o rows.csv --save-run u.poolrun", "(rows.csv)"),
        ("run -f double 1 --resume old.csv --save-run v.poolrun", "old.csv"),
        ("run -f double -i - --input-format lines --save-run in.poolrun <in.poolrun", "in.poolrun"),
        ("export a.poolrun --report a.poolrun", "what the run reads (a.poolrun)"),
        ("export a.poolrun --report b.html --trace b.html", "two things"),
        ("export a.poolrun --csv b.csv --rows ./b.csv", "two things"),
        ("compare -f double 1 --save-run c.poolrun", "--save-run does not work with compare"),
    ] {
        let refused = shell(arguments);
        let said = stderr(&refused);
        assert_eq!(refused.status.code(), Some(2), "{arguments}: {said}");
        assert!(said.contains(reason), "{arguments}: {said}");
    }
    for name in ["in.poolrun", "in.txt", "rows.csv", "old.csv"] {
        assert_eq!(fs::read_to_string(folder.path().join(name)).unwrap(), before, "{name}");
    }
    assert_eq!(fs::read(folder.path().join("a.poolrun")).unwrap(), saved);
}

#[test]
fn a_run_whose_workers_overlap_while_they_are_replaced_opens_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("k.poolrun");
    let slow = ["10", "10", "10", "500", "10", "10", "10", "10", "10", "10"];
    let args = ["run", "-f", "sleep_ms", "-m", "thread", "-w", "2", "--recycle", "2", "--save-run"];
    let ran = output(&[&args[..], &[path.to_str().unwrap()], &slow].concat());
    assert_eq!(ran.status.code(), Some(0), "{}", stderr(&ran));
    assert_eq!(open_run(&path).unwrap().log.counts.ok, 10);
}

/// Saved by the version 0.1.0: rows of each kind, in the order of the variants as they were then.
const FORMAT_1: &[u8] = include_bytes!("files/format1.poolrun");

#[test]
fn a_run_that_an_older_version_saved_opens_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.poolrun");
    fs::write(&path, FORMAT_1).unwrap();
    let opened = open_run(&path).unwrap();
    let rows: Vec<(&str, String)> = (0..5)
        .map(|index| opened.log.row(index).unwrap())
        .map(|row| match row.output {
            Some(output) => (row.state.label(), output.to_string()),
            None => (row.state.label(), row.error().unwrap().into_owned()),
        })
        .collect();
    let expected = [
        ("ok", "item 1"),
        ("failed", "exit code 3: no twos"),
        ("failed", "the worker process was ended by SIGKILL"),
        ("timed out", "took longer than 0.5 s; its worker was ended"),
        ("not run", "not run: 3 inputs failed, which was the limit (--halt now,fail=3)"),
    ];
    assert_eq!(rows, expected.map(|(state, text)| (state, text.to_owned())));
    let settings = opened.log.plan.job.settings;
    assert_eq!(settings.item.timeout.map(|timeout| timeout.to_string()), Some("0.5".to_owned()));
    assert_eq!((opened.log.deaths.len(), opened.log.messages.len()), (2, 9));
    assert!(opened.notes.is_empty() && opened.log.margin.is_empty());
}

#[test]
fn a_note_that_is_written_on_an_old_run_is_saved_with_it_and_stands_in_its_report() {
    let folder = tempfile::tempdir().unwrap();
    let (path, report) = (folder.path().join("old.poolrun"), folder.path().join("old.html"));
    fs::write(&path, FORMAT_1).unwrap();
    let mut opened = open_run(&path).unwrap();
    let text = "exit code 3 <b>is the function's own</b>";
    opened.log.apply(0, &Event::NoteWritten { place: NotePlace::Item(1), text: text.into() });
    save_run(&opened.log, &opened.machine, opened.history.as_ref(), &path).unwrap();
    let again = open_run(&path).unwrap();
    assert_eq!(again.log.margin.on(NotePlace::Item(1)), Some(text));
    assert!(again.notes.is_empty(), "{:?}", again.notes);
    let exported = output(&["export", path.to_str().unwrap(), "--report", report.to_str().unwrap()]);
    assert_eq!(exported.status.code(), Some(0), "{}", stderr(&exported));
    let html = fs::read_to_string(&report).unwrap();
    assert!(html.contains("exit code 3 &lt;b&gt;is the function&#39;s own&lt;/b&gt;"));
}
