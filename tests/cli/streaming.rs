//! Inputs that are read while the run goes on.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::fire::{hosts, wait_for};
use crate::{interrupt, output, poolscope, stderr, stdout};

const LINES: u64 = 300_000;

/// A run over standard input, all of whose streams are held here.
fn streaming(args: &[&str]) -> Child {
    let mut command: Command = poolscope(&[&["run", "-i", "-"], args].concat());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Writes numbers from 1 on, a line each, from a thread of its own; then a last word.
fn write_numbers(child: &mut Child, lines: u64, last: &'static str) -> thread::JoinHandle<()> {
    let mut input = std::io::BufWriter::new(child.stdin.take().unwrap());
    thread::spawn(move || {
        // A run that ends early reads no further.
        let _ = (1..=lines).try_for_each(|number| writeln!(input, "{number}"));
        let _ = input.write_all(last.as_bytes());
    })
}

fn assert_doubled(text: &str, lines: u64) {
    let outputs = text.lines().map(|line| line.parse::<u64>().unwrap());
    let wrong = outputs.zip(1..).find(|(output, input)| *output != 2 * input);
    assert_eq!((wrong, text.lines().count() as u64), (None, lines));
}

#[test]
fn many_lines_of_standard_input_keep_their_order_in_both_modes() {
    for mode in ["process", "thread"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.jsonl");
        let mut child = streaming(&["-m", mode, "-w", "3", "-f", "double", "-o", path.to_str().unwrap()]);
        let writer = write_numbers(&mut child, LINES, "");
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        assert_eq!(output.status.code(), Some(0), "{mode}: {}", stderr(&output));
        assert_doubled(stdout(&output), LINES);
        let rows = fs::read_to_string(&path).unwrap();
        let mut expected = 0..LINES;
        for line in rows.lines() {
            let row: Value = serde_json::from_str(line).unwrap();
            let index = expected.next().unwrap();
            assert_eq!((&row["index"], &row["state"]), (&index.into(), &"ok".into()), "{line}");
            assert_eq!((&row["input"], &row["output"]), (&(index + 1).into(), &(2 * index + 2).into()));
        }
        assert_eq!(expected.next(), None);
    }
}

#[test]
fn a_file_is_streamed_as_standard_input_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("numbers.txt");
    fs::write(&path, (1..=LINES).map(|number| format!("{number}\n")).collect::<String>()).unwrap();
    let args = ["run", "-f", "double", "-w", "2", "--stream", "-i", path.to_str().unwrap()];
    let output = poolscope(&args).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_doubled(stdout(&output), LINES);
}

#[test]
fn the_results_of_a_slow_writer_come_before_it_is_at_its_end() {
    let mut child = streaming(&["-w", "2", "-f", "double"]);
    let mut input = child.stdin.take().unwrap();
    let outputs = BufReader::new(child.stdout.take().unwrap()).lines();
    let (seen, has_seen) = channel();
    let reader = thread::spawn(move || {
        let outputs = outputs.map_while(Result::ok).inspect(|_| {
            // The writer may have seen enough.
            let _ = seen.send(());
        });
        outputs.collect::<Vec<String>>().join("\n")
    });
    let mut written = 0;
    while has_seen.try_recv().is_err() {
        written += 1;
        assert!(written < 20_000, "no result of {written} inputs");
        writeln!(input, "{written}").unwrap();
        thread::sleep(Duration::from_millis(1));
    }
    drop(input);
    assert_doubled(&reader.join().unwrap(), written);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_bad_line_in_the_middle_of_a_stream_is_told_with_its_number() {
    let mut child = streaming(&["-w", "2", "-f", "double"]);
    let writer = write_numbers(&mut child, LINES, "n/a\n1\n2\n");
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let said = stderr(&output);
    assert!(said.contains(&format!("line {} \"n/a\"", LINES + 1)), "{said}");
    assert!(!output.status.success() && !said.contains("panicked"), "{said}");
    // What came before was run; what came after was not.
    assert_doubled(stdout(&output), LINES);
}

#[test]
fn bad_lines_of_a_stream_are_skipped_where_that_is_asked_for() {
    let mut child = streaming(&["-w", "2", "-f", "double", "--bad-lines", "skip"]);
    let writer = write_numbers(&mut child, LINES, "n/a\n");
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_doubled(stdout(&output), LINES);
    assert!(stderr(&output).contains("skipped"), "{}", stderr(&output));
}

/// The exit code, the error of the summary, and what is said without one, of a run over these bytes.
fn unusable(bytes: &'static [u8], input: &str) -> (Option<i32>, String, String) {
    let run = |more: &[&str]| {
        let mut command =
            poolscope(&[&["run", "-w", "1", "-f", "echo", "--type", "text", "-i", input], more].concat());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let writer = thread::spawn(move || {
            // A run over a file reads none of it.
            let _ = stdin.write_all(bytes);
        });
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        output
    };
    let (told, json) = (run(&[]), run(&["--json"]));
    assert_eq!(told.status.code(), json.status.code(), "{}", stderr(&json));
    let summary: Value = serde_json::from_slice(&json.stdout).unwrap();
    let error = summary["error"].as_str().unwrap_or_else(|| panic!("{summary}")).to_owned();
    (told.status.code(), error, stderr(&told).to_owned())
}

#[test]
fn a_stream_of_which_nothing_can_be_run_is_refused_as_a_file_is() {
    let long: &[u8] = Box::leak(vec![b'x'; 17 << 20].into_boxed_slice());
    for (bytes, reason) in
        [(&b"\xe4\nb\n"[..], "line 1 "), (long, "longer than 16 MiB"), (b"", "it is empty")]
    {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("inputs");
        fs::write(&path, bytes).unwrap();
        for input in ["-", path.to_str().unwrap()] {
            let (code, error, said) = unusable(bytes, input);
            assert_eq!(code, Some(2), "{input}: {said}");
            assert!(error.starts_with("could not ") && error.contains(reason), "{input}: {error}");
            assert!(said.lines().count() == 1 && said.contains(reason), "{input}: {said}");
        }
    }
}

#[test]
fn why_a_stream_ended_early_is_in_the_summary() {
    let (code, error, said) = unusable(b"a\nb\n\xe4\nc\n", "-");
    assert_eq!(code, Some(1), "{said}");
    assert!(error.contains("line 3 ") && said.contains("line 3 "), "{error}: {said}");
}

#[test]
fn a_line_without_an_end_is_refused() {
    let refused = output(&["run", "-f", "echo", "--type", "text", "-i", "/dev/zero"]);
    assert_eq!(refused.status.code(), Some(2), "{}", stderr(&refused));
    assert!(stderr(&refused).contains("longer than 16 MiB"), "{}", stderr(&refused));
}

#[test]
fn memory_stays_bounded_over_millions_of_lines() {
    const MANY: u64 = 3_000_000;
    const MAX_MIB: u64 = 150;
    let mut child = streaming(&["-w", "2", "-f", "double"]);
    let pid = child.id();
    let writer = write_numbers(&mut child, MANY, "");
    // Read as it comes: a reader that waits holds up the run, and all is in memory that may be.
    let mut outputs = child.stdout.take().unwrap();
    let (mut bytes, mut peak_mib) = (0, 0);
    let mut piece = vec![0; 1 << 16];
    loop {
        let read = outputs.read(&mut piece).unwrap();
        if read == 0 {
            break;
        }
        bytes += read;
        peak_mib = peak_mib.max(peak_rss_mib(pid));
    }
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let expected: u64 = (1..=MANY).map(|number| (2 * number).ilog10() as u64 + 2).sum();
    assert_eq!(bytes as u64, expected);
    assert!((1..MAX_MIB).contains(&peak_mib), "{peak_mib} MiB");
}

/// The most memory that a process ever held.
fn peak_rss_mib(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    peak.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or_default() / 1024
}

#[test]
fn lists_one_a_long_line_are_told_from_one_list() {
    let folder = tempfile::tempdir().unwrap();
    let list = format!("[{}]\n", vec!["0.5"; 40_000].join(","));
    let function = ["run", "--script-text", "def f(*a): return len(a)", "-i"];
    for (name, count) in [("rows.jsonl", 1), ("rows.jsonl", 3), ("rows", 3)] {
        let path = folder.path().join(name);
        fs::write(&path, list.repeat(count)).unwrap();
        for more in [&[][..], &["--stream"], &["--bad-lines", "skip"]] {
            let ran = output(&[&function[..], &[path.to_str().unwrap()], more].concat());
            assert_eq!(stdout(&ran), "40000\n".repeat(count), "{name}, {more:?}: {}", stderr(&ran));
        }
    }
    // One list is one list, however long its only line is.
    let path = folder.path().join("list");
    fs::write(&path, &list).unwrap();
    let ran = output(&[&function[..], &[path.to_str().unwrap()]].concat());
    assert_eq!(stdout(&ran), "1\n".repeat(40_000));
}

#[test]
fn a_stop_before_the_first_input_leaves_the_older_file() {
    let folder = tempfile::tempdir().unwrap();
    let rows = folder.path().join("rows.jsonl");
    fs::write(&rows, "of yesterday").unwrap();
    let mut command = poolscope(&["run", "-w", "1", "-f", "double", "-i", "-", "-o", rows.to_str().unwrap()]);
    // Nothing is written to it, and it stays open.
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait_for("a host", || !hosts(&child).is_empty());
    interrupt(&child);
    thread::sleep(Duration::from_millis(100));
    interrupt(&child);
    let ran = child.wait_with_output().unwrap();
    assert_eq!(ran.status.code(), Some(130), "{}", stderr(&ran));
    assert!(!stderr(&ran).contains("it is empty"), "{}", stderr(&ran));
    assert_eq!(fs::read_to_string(&rows).unwrap(), "of yesterday");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "a part is left");
}

#[test]
fn what_a_silent_writer_has_written_is_run_at_once() {
    for (format, column, lines) in [
        ("auto", None, ["3\n", "4\n", "5\n"]),
        ("lines", None, ["3\n", "4\n", "5\n"]),
        // What was written may end in the middle of a line.
        ("auto", None, ["3\n4", "\n5", "\n"]),
        ("auto", Some("n"), ["n,name\n3,a\n", "4,b\n", "5,c\n"]),
        ("csv", Some("n"), ["n,name\n3,a\n", "4,b\n", "5,c\n"]),
        ("auto", Some("n"), ["{\"n\": 3, \"m\": 1}\n", "{\"n\": 4}\n", "{\"n\": 5}\n"]),
        ("jsonl", Some("n"), ["{\"n\": 3}\n", "{\"n\": 4}\n", "{\"n\": 5}\n"]),
    ] {
        let args = ["run", "-w", "2", "-f", "double", "-i", "-", "--input-format", format];
        let mut command = poolscope(&args);
        command.args(column.map(|name| ["--column", name]).into_iter().flatten());
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        let (sender, results) = channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        for (line, result) in lines.into_iter().zip(["6", "8", "10"]) {
            input.write_all(line.as_bytes()).unwrap();
            // The writer stays, and is silent until the result is there.
            let got = results.recv_timeout(Duration::from_secs(60)).expect(format);
            assert_eq!(got, result, "{format}");
        }
        drop(input);
        assert!(child.wait().unwrap().success());
    }
}

#[test]
fn a_line_that_may_name_columns_waits_for_the_next() {
    for (options, wanted) in [
        (&["--column", "n"][..], "2\n6\n"),
        (&["--input-format", "csv", "--column", "n"], "2\n6\n"),
        (&["--input-format", "csv"], "2\n6\n"),
        (&[], "2\n6\n"),
    ] {
        let mut command = poolscope(&[&["run", "-w", "1", "-f", "double", "-i", "-"], options].concat());
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        for piece in ["n,m\n", "1,2\n", "3,4\n"] {
            input.write_all(piece.as_bytes()).unwrap();
            // A silence that is longer than what is waited for.
            thread::sleep(Duration::from_millis(200));
        }
        drop(input);
        let ran = child.wait_with_output().unwrap();
        assert_eq!(stdout(&ran), wanted, "{options:?}: {}", stderr(&ran));
    }
}

#[test]
fn what_a_first_piece_cannot_tell_waits_for_the_next() {
    for (pieces, wanted) in [
        // Quotes that are open, blank lines first, and a first line that is half a header.
        (&["a,b\n1,\"x\n", "y\"\n3,4\n"][..], "1\n3\n"),
        (&["\n", "n|name|age\n", "5|b|7\n6|c|8\n"], "5\n6\n"),
        (&["-,16,12\n16,-,7\n", "12,7,-\n-,6,5\n"], "-\n16\n12\n-\n"),
        (&["mov a, 8\nmov b, 2\n", "mul b\nmov c, a\n"], "mov a, 8\nmov b, 2\nmul b\nmov c, a\n"),
    ] {
        let mut child = poolscope(&["run", "-w", "1", "-f", "echo", "-i", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        for piece in pieces {
            input.write_all(piece.as_bytes()).unwrap();
            // A silence that is longer than what is waited for.
            thread::sleep(Duration::from_millis(200));
        }
        drop(input);
        let ran = child.wait_with_output().unwrap();
        assert_eq!(stdout(&ran), wanted, "{pieces:?}: {}", stderr(&ran));
    }
}

/// A line of what the system tells of the memory of a process, in KiB; 0 where it is over.
fn memory_kib(pid: u32, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.trim_matches(|sign: char| !sign.is_ascii_digit()).parse().unwrap_or_default()
}

/// CPU time that a process has used so far, in ticks.
fn cpu_ticks(pid: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap().split_whitespace().collect();
    [11, 12].iter().filter_map(|field| fields.get(*field)?.parse::<u64>().ok()).sum()
}

#[test]
fn large_results_that_nobody_takes_hold_up_the_workers() {
    const LENGTH: usize = 1 << 20;
    for mode in ["process", "thread"] {
        let function = format!("def f(n): return 'x' * {LENGTH}");
        let mut child = streaming(&["-m", mode, "-w", "2", "--script-text", &function]);
        let writer = write_numbers(&mut child, 500, "");
        let pid = child.id();
        wait_for("results that wait", || memory_kib(pid, "VmRSS") > 100 << 10);
        let mut before = Vec::new();
        wait_for("workers that wait", || {
            thread::sleep(Duration::from_millis(300));
            let now: Vec<u64> = hosts(&child).into_iter().map(cpu_ticks).collect();
            std::mem::replace(&mut before, now.clone()) == now
        });
        let mut out = child.stdout.take().unwrap();
        let (mut buffer, mut text_bytes, mut peak_kib) = (vec![0; LENGTH], 0, 0);
        while let Ok(bytes @ 1..) = out.read(&mut buffer) {
            text_bytes += bytes;
            peak_kib = memory_kib(pid, "VmHWM").max(peak_kib);
        }
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        assert_eq!(text_bytes, 500 * (LENGTH + 1), "{mode}: {}", stderr(&output));
        assert!((100..350).contains(&(peak_kib >> 10)), "{mode}: {peak_kib} KiB");
    }
}
