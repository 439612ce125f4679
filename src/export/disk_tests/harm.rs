//! Files of rows that others remove, move or change while they are written, and places that cannot be replaced.

use std::io::Write as _;

use super::*;

/// A run whose file of rows was saved once, and is then harmed by `harm`, to its end.
fn write_with_harm(path: &Path, harm: impl Fn(&Path)) -> Result<()> {
    let mut log = new_log();
    finish_rows(&mut log, 0..6, 1);
    let mut file = RowsFile::create(path, Formulas::AsWritten, &[])?;
    file.note_function("the function f");
    file.save(&log)?;
    harm(&parts(path.parent().unwrap()).remove(0));
    finish_rows(&mut log, 6..ROWS, 1);
    file.finish(&log)
}

#[test]
fn a_file_that_somebody_removes_or_replaces_is_written_again() {
    if !os::OTHERS_MAY_CHANGE_OPEN_FILES {
        return;
    }
    let replace = |part: &Path| {
        fs::remove_file(part).unwrap();
        fs::write(part, "something else").unwrap();
    };
    let pipe = |part: &Path| {
        fs::remove_file(part).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(part).status().unwrap().success());
    };
    let remove = |part: &Path| fs::remove_file(part).unwrap();
    let rename = |part: &Path| fs::rename(part, part.with_extension("moved")).unwrap();
    for ending in ["csv", "json", "jsonl"] {
        for harm in [&replace as &dyn Fn(&Path), &pipe, &remove, &rename] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("rows").with_extension(ending);
            write_with_harm(&path, harm).unwrap();
            let resumed = read_kept(&path, &inputs()).unwrap();
            assert_eq!(resumed.kept.len(), ROWS);
            let other = resumed.made_by_another("the function g");
            assert_eq!(other.map(|(_, function)| function).as_deref(), Some("the function f"));
        }
    }
}

#[test]
fn a_file_that_somebody_changes_is_written_again() {
    if !os::OTHERS_MAY_CHANGE_OPEN_FILES {
        return;
    }
    let open = |part: &Path| fs::OpenOptions::new().append(true).open(part).unwrap();
    let cut = |part: &Path| open(part).set_len(40).unwrap();
    let empty = |part: &Path| open(part).set_len(0).unwrap();
    let append = |part: &Path| open(part).write_all(b"something else\n").unwrap();
    for ending in ["csv", "json", "jsonl"] {
        for harm in [&cut as &dyn Fn(&Path), &empty, &append] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("rows").with_extension(ending);
            write_with_harm(&path, harm).unwrap();
            assert_eq!(read_kept(&path, &inputs()).unwrap().kept.len(), ROWS);
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
        }
    }
}

#[test]
fn rows_that_were_let_go_cannot_be_written_again() {
    if !os::OTHERS_MAY_CHANGE_OPEN_FILES {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.csv");
    fs::write(&path, "old").unwrap();
    let mut log = new_log();
    finish_rows(&mut log, 0..6, 1);
    let mut file = RowsFile::create(&path, Formulas::AsWritten, &[]).unwrap();
    file.save(&log).unwrap();
    fs::OpenOptions::new().write(true).open(parts(folder.path()).remove(0)).unwrap().set_len(40).unwrap();
    log.apply(1, &Event::RowsReleased { index: 6 });
    finish_rows(&mut log, 6..ROWS, 1);
    let error = file.finish(&log).unwrap_err().to_string();
    assert!(error.ends_with("somebody has changed it, or its disk fails"), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
}

#[test]
fn rows_in_a_folder_that_was_moved_are_found() {
    // Elsewhere no system tells where an open file is now.
    if !Path::new("/proc/self/fd").exists() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (before, after) = (folder.path().join("before"), folder.path().join("after"));
    fs::create_dir(&before).unwrap();
    let error =
        write_with_harm(&before.join("rows.csv"), |_| fs::rename(&before, &after).unwrap()).unwrap_err();
    let part = parts(&after).remove(0);
    assert!(error.to_string().contains(&format!("are in {}", part.display())), "{error}");
    assert_eq!(kept_rows(&part), ROWS);
}

#[test]
fn a_file_that_is_a_mount_of_its_own_is_written_in_its_place() {
    for ending in ["csv", "json", "jsonl"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows").with_extension(ending);
        fs::write(&path, "old").unwrap();
        let disk = BadDisk { calls_left: Arc::new(AtomicU32::new(u32::MAX)), fault: Fault::Mount };
        write_run(&path, disk).1.unwrap();
        assert_eq!((kept_rows(&path), parts(folder.path()).len()), (ROWS, 0));
    }
}

#[test]
fn inputs_are_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.csv");
    fs::write(&path, "1\n").unwrap();
    let link = folder.path().join("link.csv");
    fs::hard_link(&path, &link).unwrap();
    let refused = RowsFile::create(&link, Formulas::AsWritten, &[path]).err().unwrap();
    assert!(refused.to_string().contains("it is what the run reads"), "{refused}");
    assert!(parts(folder.path()).is_empty());
}
