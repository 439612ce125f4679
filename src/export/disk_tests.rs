//! Files of rows on disks that fail, are full, or lose their power in the middle.

mod harm;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Instant, SystemTime};

use super::disk::{Disk, RealDisk};
use super::*;
use crate::pool::examples::Example;
use crate::pool::{Batch, Ending, Event, ItemsFinished, Plan, Timing};
use crate::value::Column;

const ROWS: u64 = 40;

/// What happens in a call that fails.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    /// It and all behind it do nothing: the power is gone.
    Off,
    /// It alone does nothing.
    Once,
    /// Of what is appended only a part gets there, from then on.
    Full,
    /// The place is a mount, over which nothing can be renamed.
    Mount,
}

/// A disk on which a call goes wrong.
struct BadDisk {
    calls_left: Arc<AtomicU32>,
    fault: Fault,
}

impl BadDisk {
    fn call(&self) -> io::Result<()> {
        let before = self.calls_left.load(Ordering::Relaxed);
        self.calls_left.store(before.saturating_sub(1), Ordering::Relaxed);
        let fails = match self.fault {
            Fault::Off => before == 0,
            Fault::Once => before == 1,
            Fault::Full | Fault::Mount => false,
        };
        if fails { Err(io::ErrorKind::Other.into()) } else { Ok(()) }
    }

    fn is_full(&self) -> bool {
        self.fault == Fault::Full && self.calls_left.load(Ordering::Relaxed) == 0
    }
}

impl Disk for BadDisk {
    fn create(&self, path: &Path) -> io::Result<File> {
        self.call()?;
        RealDisk.create(path)
    }

    fn append(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        if self.is_full() || self.call().is_err() {
            // A part of it gets there all the same.
            RealDisk.append(file, &bytes[..bytes.len() / 2])?;
            return Err(io::ErrorKind::StorageFull.into());
        }
        RealDisk.append(file, bytes)
    }

    fn reserve(&self, file: &File, size_bytes: u64) -> io::Result<()> {
        self.call()?;
        if self.is_full() {
            Err(io::ErrorKind::StorageFull.into())
        } else {
            RealDisk.reserve(file, size_bytes)
        }
    }

    fn truncate(&self, file: &File, size_bytes: u64) -> io::Result<()> {
        self.call()?;
        RealDisk.truncate(file, size_bytes)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        self.call()?;
        RealDisk.sync(file)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.call()?;
        if self.fault == Fault::Mount {
            return Err(io::ErrorKind::ResourceBusy.into());
        }
        RealDisk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.call()?;
        RealDisk.remove(path)
    }
}

fn inputs() -> Column {
    (0..ROWS).map(|index| format!("text {index}\n")).collect::<Vec<_>>().iter().map(String::as_str).collect()
}

fn new_log() -> RunLog {
    let mut job = Example::find("Pool.map").unwrap().job().unwrap();
    job.inputs = Arc::new(inputs());
    RunLog::new(Plan { job, started: Instant::now(), started_wall: SystemTime::now() })
}

fn finish_rows(log: &mut RunLog, rows: std::ops::Range<u64>, worker: usize) {
    let count = (rows.end - rows.start) as usize;
    let timing = Timing::Whole { start_ns: rows.start, duration_ns: count as u64, cpu_ns: 0 };
    let outputs = Arc::new(Column::Int(rows.clone().map(|index| index as i64 * 2).collect()));
    let batch = Batch { first: rows.start, count, outputs, failures: Vec::new(), timing };
    log.apply(rows.end, &ItemsFinished::at_once(worker - 1, batch).into());
}

/// Writes a run in three steps, of which the second leaves a gap; gives how many rows were told to be safe.
fn write_run(path: &Path, disk: BadDisk) -> (u64, Result<()>) {
    let mut log = new_log();
    let mut safe = 0;
    let mut file = match RowsFile::create_on(Box::new(disk), path, Formulas::AsWritten, &[]) {
        Ok(file) => file,
        Err(error) => return (0, Err(error)),
    };
    for (rows, worker) in [(0..10, 1), (20..30, 2)] {
        let count = rows.end - rows.start;
        finish_rows(&mut log, rows, worker);
        match file.save(&log) {
            Ok(_) => safe += count,
            Err(error) => assert!(error.to_string().starts_with("could not write"), "{error}"),
        }
    }
    finish_rows(&mut log, 10..20, 1);
    finish_rows(&mut log, 30..ROWS, 2);
    log.apply(ROWS, &Event::Finished { ending: Ending::Completed });
    (safe, file.finish(&log))
}

fn log_of_all() -> RunLog {
    let mut log = new_log();
    finish_rows(&mut log, 0..ROWS, 1);
    log
}

fn kept_rows(path: &Path) -> u64 {
    read_kept(path, &inputs()).map_or(0, |resumed| resumed.kept.len())
}

fn parts(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| target::is_part(path)).collect()
}

#[test]
fn whatever_call_fails_the_place_holds_the_old_file_or_the_whole_new_one() {
    for ending in ["csv", "json", "jsonl"] {
        for fault in [Fault::Off, Fault::Once, Fault::Full] {
            let mut is_over = false;
            for call in 1.. {
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join("rows").with_extension(ending);
                fs::write(&path, "old").unwrap();
                let calls_left = Arc::new(AtomicU32::new(call));
                let disk = BadDisk { calls_left: Arc::clone(&calls_left), fault };
                let (safe, finished) = write_run(&path, disk);
                let case = format!("{ending}, {fault:?} in call {call}, {safe} safe: {finished:?}");
                let is_new = fs::read_to_string(&path).unwrap() != "old";
                assert!(is_new || finished.is_err(), "{case}");
                if is_new {
                    assert_eq!(kept_rows(&path), ROWS, "{case}");
                } else {
                    // The old file, which is none of rows, is passed over.
                    assert!(kept_rows(&path) >= safe, "{case}: {} kept", kept_rows(&path));
                }
                if finished.is_ok() && fault != Fault::Off {
                    assert!(parts(folder.path()).is_empty() || fault == Fault::Once, "{case}");
                }
                is_over = calls_left.load(Ordering::Relaxed) > 0;
                if is_over {
                    break;
                }
            }
            assert!(is_over);
        }
    }
}

#[test]
fn a_file_with_several_names_is_old_or_whole_under_all_of_them() {
    for fault in [Fault::Once, Fault::Full] {
        for call in 0.. {
            let folder = tempfile::tempdir().unwrap();
            let (path, other) = (folder.path().join("rows.csv"), folder.path().join("other.csv"));
            fs::write(&path, "old").unwrap();
            fs::hard_link(&path, &other).unwrap();
            let calls_left = Arc::new(AtomicU32::new(call));
            let (_, finished) = write_run(&path, BadDisk { calls_left: Arc::clone(&calls_left), fault });
            let case = format!("{fault:?} in call {call}: {finished:?}");
            let [text, of_other] = [&path, &other].map(|path| fs::read_to_string(path).unwrap());
            assert_eq!(text, of_other, "{case}");
            assert!(text == "old" && finished.is_err() || kept_rows(&path) == ROWS, "{case}: {text}");
            if calls_left.load(Ordering::Relaxed) > 0 {
                break;
            }
        }
    }
}

#[test]
fn what_a_run_has_made_counts_before_what_it_was_to_replace() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.csv");
    let mut log = new_log();
    finish_rows(&mut log, 0..6, 1);
    let part = leave_rows(&path, &[], &log).remove(0);
    // Half of it copied over the old one, the machine went off.
    let half = fs::read_to_string(&part).unwrap().replace("text 2", "text 2\",\"x");
    for old in ["", "something else\n", &half, "index,input\n0,text 0,more\n"] {
        fs::write(&path, old).unwrap();
        let resumed = read_kept(&path, &inputs()).unwrap();
        assert_eq!((resumed.kept.len(), resumed.files.as_slice()), (6, [part.clone()].as_slice()), "{old:?}");
        assert_eq!(resumed.passed_over.len(), 1, "{:?}", resumed.passed_over);
    }
}

/// Has a run that goes on from these files write these rows and be gone; gives its own files.
fn leave_rows(path: &Path, from: &[PathBuf], log: &RunLog) -> Vec<PathBuf> {
    let before = parts(path.parent().unwrap());
    let mut file = RowsFile::create(path, Formulas::AsWritten, &[]).unwrap();
    file.goes_on_from(from);
    file.save(log).unwrap();
    drop(file);
    wait_for_locks(path.parent().unwrap());
    parts(path.parent().unwrap()).into_iter().filter(|part| !before.contains(part)).collect()
}

fn set_age(files: &[PathBuf], age_s: u64) {
    let time = SystemTime::now() - std::time::Duration::from_secs(age_s);
    files.iter().for_each(|path| File::options().write(true).open(path).unwrap().set_modified(time).unwrap());
}

#[test]
fn only_what_the_newest_run_has_made_is_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.csv");
    let whole = RowsFile::create(&path, Formulas::AsWritten, &[]).unwrap();
    whole.finish(&log_of_all()).unwrap();
    let mut log = new_log();
    finish_rows(&mut log, 3..9, 1);
    let left = leave_rows(&path, &[], &log);
    let whole = [path.clone()];
    for (whole_age_s, left_age_s, is_left) in [(100, 10, true), (10, 100, false)] {
        set_age(&whole, whole_age_s);
        set_age(&left, left_age_s);
        let resumed = read_kept(&path, &inputs()).unwrap();
        assert_eq!(resumed.kept.len(), if is_left { 6 } else { ROWS });
        assert_eq!(resumed.files.contains(&path), !is_left);
        assert!(resumed.passed_over.iter().all(|said| said.ends_with("is older and was not used")));
        assert_eq!(resumed.passed_over.len(), if is_left { 1 } else { left.len() });
    }
}

#[test]
fn a_run_that_went_on_from_another_is_gone_on_with_together_with_that() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.csv");
    let whole = RowsFile::create(&path, Formulas::AsWritten, &[]).unwrap();
    let mut log = new_log();
    finish_rows(&mut log, 0..2, 1);
    whole.finish(&log).unwrap();
    set_age(std::slice::from_ref(&path), 1000);
    let mut log = new_log();
    finish_rows(&mut log, 3..9, 1);
    let first = leave_rows(&path, &[], &log);
    set_age(&first, 100);
    for age_s in [30, 10] {
        let resumed = read_kept(&path, &inputs()).unwrap();
        let Plan { job, .. } = (*new_log().plan).clone();
        let plan = Plan { job, started: Instant::now(), started_wall: SystemTime::now() };
        let mut log = RunLog::resuming(plan, resumed.kept);
        finish_rows(&mut log, age_s..age_s + 2, 1);
        let more = leave_rows(&path, &resumed.files, &log);
        set_age(&more, age_s);
        let part = more.iter().find(|part| target::is_more(part)).unwrap();
        assert_eq!(kept_rows(part), kept_rows(&path));
    }
    let resumed = read_kept(&path, &inputs()).unwrap();
    assert_eq!(resumed.kept.len(), 6 + 2 + 2);
    assert_eq!(resumed.passed_over.len(), 1, "{:?}", resumed.passed_over);
    assert!(!resumed.files.contains(&path) && first.iter().all(|file| resumed.files.contains(file)));
}

/// A process that a test beside starts holds for a moment what this one has open, locks too.
fn wait_for_locks(folder: &Path) {
    let begun = Instant::now();
    while parts(folder).iter().any(|part| target::is_in_use(part)) {
        assert!(begun.elapsed().as_secs() < 20, "a lock is still held: {:?}", parts(folder));
        std::thread::yield_now();
    }
}

#[test]
fn a_run_that_is_gone_is_found_and_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.csv");
    let mut log = new_log();
    finish_rows(&mut log, 3..9, 1);
    let mut file = RowsFile::create(&path, Formulas::AsWritten, &[]).unwrap();
    assert_eq!(file.goes_on_from(&[]), None);
    file.save(&log).unwrap();
    let other = RowsFile::create(&path, Formulas::AsWritten, &[]).err().unwrap();
    assert!(other.to_string().contains("another run writes it now"), "{other}");
    assert_eq!(kept_rows(&path), 0);
    drop(file);
    wait_for_locks(folder.path());
    let resumed = read_kept(&path, &inputs()).unwrap();
    assert_eq!(resumed.kept.len(), 6);
    // Another run does not touch what it does not go on from; nor does a run to another place.
    let elsewhere = folder.path().join("elsewhere.csv");
    let mut other = RowsFile::create(&elsewhere, Formulas::AsWritten, &[]).unwrap();
    assert_eq!(other.goes_on_from(&resumed.files), None);
    other.finish(&log_of_all()).unwrap();
    let mut file = RowsFile::create(&path, Formulas::AsWritten, &[]).unwrap();
    assert!(file.goes_on_from(&[]).is_some_and(|part| resumed.files.contains(&part)));
    assert_eq!(file.goes_on_from(&resumed.files), None);
    assert_eq!(kept_rows(&path), 6);
    finish_rows(&mut log, 0..3, 1);
    finish_rows(&mut log, 9..ROWS, 1);
    file.finish(&log).unwrap();
    assert!(parts(folder.path()).is_empty());
    assert_eq!(kept_rows(&path), ROWS);
}

#[test]
fn a_torn_last_row_is_none() {
    for ending in ["csv", "json", "jsonl"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows").with_extension(ending);
        let mut log = new_log();
        finish_rows(&mut log, 0..6, 1);
        let mut file = RowsFile::create(&path, Formulas::AsWritten, &[]).unwrap();
        file.save(&log).unwrap();
        drop(file);
        wait_for_locks(folder.path());
        let part = parts(folder.path()).remove(0);
        let whole = fs::read(&part).unwrap();
        let mut counts = Vec::new();
        for size in (0..=whole.len()).rev() {
            fs::write(&part, &whole[..size]).unwrap();
            if size == 0 && ending == "csv" {
                continue;
            }
            let kept = read_kept(&part, &inputs());
            counts.push(kept.map_or(0, |resumed| resumed.kept.len()));
        }
        assert!(counts.is_sorted_by(|before, after| before >= after), "{ending}: {counts:?}");
        assert_eq!(counts.iter().max(), Some(&6), "{ending}");
        assert!(counts.contains(&5) && counts.contains(&1), "{ending}: {counts:?}");
    }
}

#[test]
fn rows_of_another_function_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.csv");
    for (noted, asked, other) in [
        ("the function f", "the function f", None),
        ("the function f", "the function ff", Some("the function f")),
        ("the command echo {}", "the function f", Some("the command echo {}")),
        ("", "the function f", None),
    ] {
        let mut file = RowsFile::create(&path, Formulas::AsWritten, &[]).unwrap();
        file.note_function(noted);
        file.finish(&log_of_all()).unwrap();
        let resumed = read_kept(&path, &inputs()).unwrap();
        assert_eq!(resumed.made_by_another(asked).map(|(_, function)| function).as_deref(), other);
    }
    let long = "the command ".to_owned() + &"é".repeat(2000);
    let mut file = RowsFile::create(&path, Formulas::AsWritten, &[]).unwrap();
    file.note_function(&long);
    file.finish(&log_of_all()).unwrap();
    let resumed = read_kept(&path, &inputs()).unwrap();
    assert!(resumed.made_by_another(&long).is_none() && resumed.made_by_another("f").is_some());
}
