//! Streams that are closed, full or blocked, and files of rows when the program is ended: nothing that was finished is
//! lost, and the program always ends.

use std::fs::{self, File, OpenOptions};
use std::io::Read;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::fire::{DEADLINE, wait_for};
use crate::{output, poolscope, stderr, stdout};

fn folder_and(name: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    (folder, path)
}

fn full() -> Stdio {
    OpenOptions::new().write(true).open("/dev/full").unwrap().into()
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args(["-s", name, &child.id().to_string()]).status().unwrap().success());
}

/// The exit code of a program that has to end within some time.
fn ends_within(child: &mut Child, patience: Duration) -> Option<i32> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        if begun.elapsed() > patience {
            child.kill().unwrap();
            panic!("it does not end");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn parts(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.to_string_lossy().contains(".part-")).collect()
}

fn text_of(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn without_anybody_to_speak_to_a_run_goes_on_and_its_rows_are_written() {
    let (_folder, rows) = folder_and("rows.csv");
    for mode in ["process", "thread"] {
        let args = ["run", "-m", mode, "-w", "2", "-f", "print_number", "1..50", "-o", text_of(&rows)];
        let status = poolscope(&args).stdout(Stdio::null()).stderr(full()).status().unwrap();
        assert_eq!(status.code(), Some(0));
        assert_eq!(fs::read_to_string(&rows).unwrap().lines().count(), 51);
        // Readers that leave at once.
        let mut child = poolscope(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop((child.stdout.take(), child.stderr.take()));
        assert_eq!(ends_within(&mut child, DEADLINE), Some(0));
        assert_eq!(fs::read_to_string(&rows).unwrap().lines().count(), 51);
    }
}

#[test]
fn a_run_that_is_kept_goes_on_without_a_reader_and_says_why_items_failed() {
    const SCRIPT: &str =
        "def f(n):\n    if n % 1000 == 0:\n        fail(\"the last of a thousand\")\n    return n\n";
    let (_folder, run) = folder_and("kept.poolrun");
    for (option, place) in [("-o", run.with_extension("csv")), ("--save-run", run)] {
        let args =
            ["run", "-w", "2", "--script-text", SCRIPT, "1..3000", "--chunk", "1", option, text_of(&place)];
        let mut child = poolscope(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let ended = child.wait_with_output().unwrap();
        let said = stderr(&ended);
        assert_eq!(ended.status.code(), Some(1), "{option}: {said}");
        assert!(place.is_file(), "{option}: {said}");
        for index in [999, 1999, 2999] {
            assert!(
                said.contains(&format!("item {index} failed: fail: the last of a thousand")),
                "{option}: {said}"
            );
        }
        assert!(said.contains("  3 × fail: the last of a thousand"), "{option}: {said}");
    }
}

/// After a signal, too: a reader or a disk that is slow is not one that is stuck.
#[test]
fn a_slow_reader_gets_all_rows_of_a_run_that_is_interrupted_at_its_end() {
    const ROWS: usize = 60_000;
    const PIECE_BYTES: usize = 1 << 16;
    let (_folder, fifo) = folder_and("rows.jsonl");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let inputs = format!("1..{ROWS}");
    let args = ["run", "-f", "double", &inputs, "-o", text_of(&fifo)];
    let child = poolscope(&args).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut reader = File::open(&fifo).unwrap();
    let (mut read, mut piece) = (Vec::new(), vec![0; PIECE_BYTES]);
    let mut pieces = 0;
    loop {
        // Longer than a reader that takes nothing is waited for in all, and each time much shorter.
        std::thread::sleep(Duration::from_millis(if pieces < 10 { 100 } else { 10 }));
        let length = reader.read(&mut piece).unwrap();
        if length == 0 {
            break;
        }
        read.extend_from_slice(&piece[..length]);
        pieces += 1;
        if pieces == 10 {
            signal(&child, "INT");
        }
    }
    assert!(pieces > 12, "{pieces}");
    let lines = read.iter().filter(|byte| **byte == b'\n').count();
    let ended = child.wait_with_output().unwrap();
    assert_eq!(lines, ROWS, "{}", stderr(&ended));
}

#[test]
fn what_cannot_be_printed_is_an_error() {
    for args in [
        &["run", "-f", "double", "1..3"][..],
        &["run", "--json", "-f", "double", "1..3"],
        &["run", "--command", "echo {}", "--dry-run", "1..3"],
        &["functions"],
        &["--help"],
        &["run", "--help"],
    ] {
        let output = poolscope(args).stdout(full()).stderr(Stdio::piped()).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{args:?}: {}", stderr(&output));
        assert!(stderr(&output).contains("could not write the results: No space left"), "{args:?}");
    }
}

#[test]
fn a_reader_that_has_had_enough_is_no_failure() {
    // The second run is ended in its middle.
    for inputs in ["1..3", "1..3000000"] {
        let args = ["run", "-w", "2", "-f", "double", inputs];
        let mut child = poolscope(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = [0; 2];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!((&first, output.status.code()), (b"2\n", Some(0)), "{inputs}: {}", stderr(&output));
    }
}

#[test]
fn a_reader_that_takes_nothing_does_not_keep_the_program() {
    for (signals, patience_s) in [(&["TERM"][..], 10), (&["HUP"], 10), (&["INT", "INT"], 10), (&["INT"], 40)]
    {
        let (_folder, rows) = folder_and("rows.jsonl");
        let args = ["run", "-w", "2", "--script-text", "def f(n): return 'x' * 1000", "1..100000", "-o"];
        let mut child = poolscope(&[&args[..], &[text_of(&rows)]].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The pipe is full.
        wait_for("rows on the disk", || {
            rows.exists()
                || parts(rows.parent().unwrap()).iter().any(|part| part.metadata().unwrap().len() > 0)
        });
        for (place, name) in signals.iter().enumerate() {
            if place > 0 {
                std::thread::sleep(Duration::from_millis(100));
            }
            signal(&child, name);
        }
        assert_eq!(ends_within(&mut child, Duration::from_secs(patience_s)), Some(130), "{signals:?}");
        assert!(fs::read_to_string(&rows).unwrap().lines().count() == 100_000, "{signals:?}");
    }
}

#[test]
fn a_hanging_item_ends_with_a_single_sign_of_the_system() {
    for name in ["TERM", "HUP"] {
        let (_folder, rows) = folder_and("rows.jsonl");
        let args = ["run", "-w", "2", "--chunk", "1", "-f", "sleep_ms", "1", "600000", "-o", text_of(&rows)];
        let mut child = poolscope(&args).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut first = [0; 2];
        child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
        signal(&child, name);
        assert_eq!(ends_within(&mut child, Duration::from_secs(10)), Some(130));
        let text = fs::read_to_string(&rows).unwrap();
        assert!(text.contains("\"state\":\"ok\"") && text.lines().count() == 2, "{text}");
    }
}

#[test]
fn a_program_that_is_killed_has_lost_no_more_than_a_second() {
    for (ending, mode) in [("csv", "process"), ("json", "thread"), ("jsonl", "process")] {
        let (folder, rows) = folder_and(&format!("rows.{ending}"));
        // The first item keeps the others from being the first rows of the file.
        let args = ["run", "-m", mode, "-w", "2", "--chunk", "1", "-f", "sleep_ms"];
        let items: Vec<String> =
            std::iter::once(600_000).chain(std::iter::repeat_n(50, 200)).map(|ms| ms.to_string()).collect();
        let items: Vec<&str> = items.iter().map(String::as_str).collect();
        let mut child = poolscope(&[&args[..], &items, &["-o", text_of(&rows)]].concat())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let late = || {
            let entries = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
            let late = entries.filter(|path| path.to_string_lossy().contains(".late-"));
            late.map(|path| fs::read_to_string(path).unwrap_or_default().lines().count()).sum::<usize>()
        };
        wait_for("rows on the disk", || late() >= 20);
        // While it runs nobody else may write there.
        let other = output(&["run", "-f", "double", "1", "-o", text_of(&rows)]);
        assert_eq!(other.status.code(), Some(2));
        assert!(stderr(&other).contains("another run writes it now"), "{}", stderr(&other));
        child.kill().unwrap();
        child.wait().unwrap();
        let saved = late();
        let next = output(&["run", "-f", "double", "1", "-o", text_of(&folder.path().join("other.csv"))]);
        assert_eq!(next.status.code(), Some(0), "{}", stderr(&next));
        let mut again = items.clone();
        // Of the item that was not finished nothing is known, so it may be another.
        again[0] = "1";
        let resumed = output(
            &[&args[..], &again, &["--resume", text_of(&rows), "-o", text_of(&rows), "--json"]].concat(),
        );
        let summary: serde_json::Value = serde_json::from_slice(&resumed.stdout).unwrap();
        assert!(summary["resumed"].as_u64().unwrap() as usize >= saved, "{saved}: {summary}");
        assert_eq!(summary["ok"], 201, "{summary}");
        let left: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left.len(), 2, "{left:?}");
    }
}

#[test]
fn the_file_that_is_replaced_keeps_its_rights_and_links() {
    let (folder, rows) = folder_and("rows.csv");
    let (link, hard) = (folder.path().join("link.csv"), folder.path().join("hard.csv"));
    fs::write(&rows, "old").unwrap();
    fs::set_permissions(&rows, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("rows.csv", &link).unwrap();
    let run =
        |path: &Path| assert!(output(&["run", "-f", "double", "1", "-o", text_of(path)]).status.success());
    run(&link);
    assert!(link.is_symlink());
    assert!(fs::read_to_string(&rows).unwrap().starts_with("index,"));
    assert_eq!(rows.metadata().unwrap().mode() & 0o777, 0o640);
    fs::hard_link(&rows, &hard).unwrap();
    fs::write(&rows, "old").unwrap();
    run(&rows);
    assert_eq!(rows.metadata().unwrap().ino(), hard.metadata().unwrap().ino());
    assert!(fs::read_to_string(&hard).unwrap().starts_with("index,"));
    // In the working folder.
    let mut command = poolscope(&["run", "-f", "double", "1", "-o", "here.csv"]);
    assert!(command.current_dir(folder.path()).status().unwrap().success());
    // A link to where nothing is yet.
    let new = folder.path().join("new.csv");
    symlink("made.csv", &new).unwrap();
    run(&new);
    assert!(new.is_symlink() && folder.path().join("made.csv").is_file());
    assert!(parts(folder.path()).is_empty());
}

#[test]
fn rows_go_through_a_pipe_with_a_name() {
    let (_folder, fifo) = folder_and("rows.jsonl");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let path = fifo.clone();
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        File::open(path).unwrap().read_to_string(&mut text).unwrap();
        text
    });
    let ran = output(&["run", "-f", "double", "1..3", "-o", text_of(&fifo)]);
    assert_eq!(ran.status.code(), Some(0), "{}", stderr(&ran));
    assert_eq!(reader.join().unwrap().lines().count(), 3);
    let resumed = output(&["run", "-f", "double", "1..3", "--resume", text_of(&fifo)]);
    assert_eq!(resumed.status.code(), Some(2));
    assert!(stderr(&resumed).contains("it is not a file"), "{}", stderr(&resumed));
}

/// To look at a pipe must not open it: that waits for its other end, and takes from whoever writes to it the reader.
#[test]
fn pipes_with_names_are_opened_once() {
    let (folder, rows) = folder_and("rows.jsonl");
    let inputs = folder.path().join("inputs");
    let script = folder.path().join("f.star");
    fs::write(&script, "def f(n):\n    return n + 1\n").unwrap();
    for fifo in [&rows, &inputs] {
        assert!(Command::new("mkfifo").arg(fifo).status().unwrap().success());
    }
    let path = inputs.clone();
    let writer = std::thread::spawn(move || fs::write(path, "1\n2\n3\n").unwrap());
    let path = rows.clone();
    let reader = std::thread::spawn(move || fs::read_to_string(path).unwrap());
    let args = ["run", "--script", text_of(&script), "-i", text_of(&inputs), "-o", text_of(&rows)];
    let mut child = poolscope(&args).stdout(Stdio::null()).spawn().unwrap();
    assert_eq!(ends_within(&mut child, DEADLINE), Some(0));
    writer.join().unwrap();
    assert_eq!(reader.join().unwrap().lines().count(), 3);
}

#[test]
fn what_the_run_reads_is_not_written_over() {
    let (folder, table) = folder_and("table.csv");
    fs::write(&table, "n\n1\n2\n").unwrap();
    let link = folder.path().join("link.csv");
    symlink(&table, &link).unwrap();
    for more in [&[][..], &["--stream"]] {
        for path in [&table, &link] {
            let args = ["run", "-f", "double", "-i", text_of(&table), "-o", text_of(path)];
            let refused = output(&[&args[..], more].concat());
            assert_eq!(refused.status.code(), Some(2), "{}", stderr(&refused));
            assert!(stderr(&refused).contains("it is what the run reads"), "{}", stderr(&refused));
        }
    }
    assert_eq!(fs::read_to_string(&table).unwrap(), "n\n1\n2\n");
}

#[test]
fn a_file_that_an_input_of_a_stream_or_a_command_names_is_not_written_over() {
    let (folder, kept) = folder_and("a b.csv");
    let other = folder.path().join("c.csv");
    fs::write(&other, "1\n").unwrap();
    for (names, command, more) in [
        (format!("{}\n{}\n", text_of(&other), text_of(&kept)), "wc -c", &["--stream"][..]),
        (format!("{}/a b\n", folder.path().display()), "wc -c {}.csv", &["--stream"]),
        (format!("{}/a b\n", folder.path().display()), "wc -c {}.csv", &[]),
        (format!("{}/a b\n", folder.path().display()), "wc -c <{}.csv", &["--shell"]),
    ] {
        fs::write(&kept, "precious\n").unwrap();
        let list = folder.path().join("names.txt");
        fs::write(&list, names).unwrap();
        let args = ["run", "--command", command, "-i", text_of(&list), "-o", text_of(&kept)];
        let run = output(&[&args[..], more].concat());
        assert_eq!(fs::read_to_string(&kept).unwrap(), "precious\n", "{command} {more:?}: {}", stderr(&run));
        let told = match more.contains(&"--stream") {
            true => "names this file, so that the run has read it, and it stays as it is; its first",
            false => "it is what the run reads",
        };
        assert!(stderr(&run).contains(told) && !run.status.success(), "{command} {more:?}: {}", stderr(&run));
    }
    let parts = fs::read_dir(&folder)
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("a b.part-"));
    assert_eq!(parts.count(), 2);
}

#[test]
fn a_text_that_would_break_a_line_is_told_from_one_that_reads_so() {
    let args =
        ["run", "-w", "1", "--script-text", "def f(n): return ['a\\nb', 'a\\\\nb', 'C:\\\\temp'][n]", "0..2"];
    assert_eq!(stdout(&output(&args)), "\"a\\nb\"\na\\nb\nC:\\temp\n");
}

#[test]
fn a_limit_of_file_sizes_is_an_error_of_the_file_and_keeps_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_poolscope");
    let run = format!("ulimit -f 64; exec {program} run -f double -w 2 -o rows.csv 1..50000");
    let mut shell = Command::new("bash");
    let ran = shell.args(["-c", &run]).current_dir(&folder).env_remove("DISPLAY").output().unwrap();
    assert_eq!(ran.status.code(), Some(1), "{ran:?}");
    let told = stderr(&ran);
    assert!(told.contains("rows.csv") && told.contains("File too large"), "{told}");
    assert!(!folder.path().join("rows.csv").exists());
    // What a command writes is ended by the system as ever.
    let run = format!(
        "ulimit -f 64; exec {program} run --shell --command 'head -c 1000000 /dev/zero >f; echo $? {{}}' 1"
    );
    let mut shell = Command::new("bash");
    let ran = shell.args(["-c", &run]).current_dir(&folder).env_remove("DISPLAY").output().unwrap();
    assert!(stdout(&ran).contains("153 1"), "{ran:?}");
}

#[test]
fn a_run_does_not_write_over_what_it_reads_or_prints_to_by_another_way() {
    let folder = tempfile::tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_poolscope");
    fs::create_dir(folder.path().join("inputs")).unwrap();
    fs::create_dir(folder.path().join("folder.csv")).unwrap();
    for name in ["in.csv", "inputs/a.csv"] {
        fs::write(folder.path().join(name), "1\n2\n").unwrap();
    }
    fs::write(folder.path().join("names.csv"), "path,n\nother,1\nin.csv,2\n").unwrap();
    symlink("in.csv", folder.path().join("same.csv")).unwrap();
    for (arguments, reason) in [
        ("-f echo -i - -o in.csv <in.csv", "what the run reads (standard input)"),
        ("-f hash_file -i inputs -o inputs/a.csv", "in the folder whose files the run reads"),
        ("-f hash_file in.csv -o in.csv", "what the run reads (in.csv)"),
        ("-f echo other.csv ./in.csv -o same.csv", "what the run reads (./in.csv)"),
        ("--command 'wc -l {path}' -i names.csv --column '*' -o in.csv", "what the run reads (in.csv)"),
        ("--command 'wc -l {}' --folder inputs a.csv -o inputs/a.csv", "what the run reads (inputs/a.csv)"),
        ("--shell --command 'grep {} <in.csv' 1 2 -o in.csv", "what the run reads (in.csv)"),
        ("-f echo 1..3 -o out.csv >out.csv", "where the run prints to"),
        ("-f echo 1..3 -o folder.csv", "it is a folder"),
        ("-f echo 1..3 -o none.csv/", "it names a folder"),
    ] {
        let mut shell = Command::new("sh");
        let ran = shell
            .args(["-c", &format!("exec {program} run {arguments}")])
            .current_dir(&folder)
            .output()
            .unwrap();
        assert_eq!(ran.status.code(), Some(2), "{arguments}: {ran:?}");
        assert!(stderr(&ran).contains(reason), "{arguments}: {}", stderr(&ran));
    }
    for name in ["in.csv", "inputs/a.csv"] {
        assert_eq!(fs::read_to_string(folder.path().join(name)).unwrap(), "1\n2\n");
    }
}

/// A pipe whose ends never wait.
fn impatient_pipe() -> (File, File) {
    let (read, write) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC).unwrap();
    for end in [&read, &write] {
        rustix::io::ioctl_fionbio(end, true).unwrap();
    }
    (read.into(), write.into())
}

#[test]
fn streams_that_never_wait_are_waited_for() {
    let (output, of_child) = impatient_pipe();
    let mut child = poolscope(&["run", "-w", "2", "-f", "double", "1..200000"])
        .stdout(of_child.try_clone().unwrap())
        .stderr(of_child)
        .spawn()
        .unwrap();
    // Read only once it is full.
    std::thread::sleep(Duration::from_millis(500));
    let mut text = Vec::new();
    loop {
        let mut buffer = [0; 1 << 16];
        match Read::read(&mut &output, &mut buffer) {
            Ok(0) => break,
            Ok(bytes) => text.extend_from_slice(&buffer[..bytes]),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                std::thread::sleep(Duration::from_millis(1));
            }
            Err(error) => panic!("{error}"),
        }
    }
    assert!(child.wait().unwrap().success());
    let text = String::from_utf8(text).unwrap();
    assert_eq!(text.lines().filter(|line| line.parse::<u64>().is_ok()).count(), 200_000);
    assert!(text.contains("200,000 items in "), "the summary is missing");

    let (of_child, mut input) = impatient_pipe();
    let child = poolscope(&["run", "-w", "2", "-f", "double", "-i", "-"])
        .stdin(of_child)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(300));
    std::io::Write::write_all(&mut input, b"1\n2\n").unwrap();
    drop(input);
    let ran = child.wait_with_output().unwrap();
    assert_eq!(stdout(&ran), "2\n4\n", "{}", stderr(&ran));
}
