//! The command line as scripts see it: standard output, standard error, files and exit codes.

#[cfg(target_os = "linux")]
mod asking;
#[cfg(unix)]
mod commands;
#[cfg(target_os = "linux")]
mod compare;
#[cfg(target_os = "linux")]
mod figures;
#[cfg(target_os = "linux")]
mod fire;
mod functions;
mod guide;
mod helpers;
#[cfg(target_os = "linux")]
mod inherited;
#[cfg(target_os = "linux")]
mod keeper;
#[cfg(unix)]
mod large;
#[cfg(target_os = "linux")]
mod lessons;
#[cfg(target_os = "linux")]
mod load;
#[cfg(target_os = "linux")]
mod poison;
#[cfg(target_os = "linux")]
mod saved_runs;
mod scripts;
#[cfg(target_os = "linux")]
mod streaming;
#[cfg(target_os = "linux")]
mod streams;
#[cfg(target_os = "linux")]
mod terminal;
mod trust;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn poolscope(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_poolscope"));
    command.args(args).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").stdin(Stdio::null());
    hear_interrupts(&mut command);
    command
}

/// What a shell starts in the background inherits that Ctrl-C is ignored, and what `nohup` starts that a hangup is; so would
/// the program under test.
#[cfg(unix)]
fn hear_interrupts(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    let hear = || {
        for signal in [libc::SIGINT, libc::SIGHUP] {
            // SAFETY: the default action runs no code of this program.
            unsafe { libc::signal(signal, libc::SIG_DFL) };
        }
        Ok(())
    };
    // SAFETY: between fork and exec only a system call is made.
    unsafe { command.pre_exec(hear) };
}

#[cfg(not(unix))]
fn hear_interrupts(_command: &mut Command) {}

fn output(args: &[&str]) -> Output {
    poolscope(args).output().unwrap()
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

fn summary(args: &[&str]) -> Value {
    let output = output(&[&["run", "--json"], args].concat());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", stderr(&output)))
}

#[test]
fn results_come_one_a_line_in_input_order_in_both_modes() {
    for mode in ["process", "thread"] {
        let output = output(&["run", "-m", mode, "-w", "4", "-f", "double", "1..3", "-7"]);
        assert_eq!(stdout(&output), "2\n4\n6\n-14\n");
        assert_eq!(output.status.code(), Some(0));
        assert!(stderr(&output).contains("4 items in "), "{}", stderr(&output));
    }
}

#[test]
fn messages_name_their_worker_and_process_on_standard_error() {
    let output = output(&["run", "-w", "2", "-f", "print_number", "3"]);
    assert_eq!(stdout(&output), "None\n");
    let line = stderr(&output).lines().find(|line| line.starts_with("[worker ")).unwrap();
    assert!(line.contains(" pid ") && line.ends_with("] Process 3: 3"), "{line}");
}

#[test]
fn a_failed_item_leaves_its_line_empty_and_the_code_is_1() {
    let output = output(&["run", "-w", "2", "-f", "is_prime", "7", "-7", "8"]);
    assert_eq!((stdout(&output), output.status.code()), ("true\n\nfalse\n", Some(1)));
    assert!(stderr(&output).contains("item 1 failed: "), "{}", stderr(&output));
}

#[test]
fn why_items_failed_goes_to_standard_error_also_with_json() {
    let output = output(&["run", "--json", "-w", "2", "-f", "is_prime", "7", "-7", "8"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).starts_with('{') && stdout(&output).lines().count() == 1, "{}", stdout(&output));
    assert!(stderr(&output).contains("item 1 failed: "), "{}", stderr(&output));
}

#[test]
fn json_is_the_only_thing_on_standard_output() {
    for (mode, hosts) in [("process", 3), ("thread", 1)] {
        let summary = summary(&["-m", mode, "-w", "3", "-f", "print_number", "1..10", "--chunk", "2"]);
        assert_eq!(
            (&summary["items"], &summary["ok"], &summary["failed"]),
            (&10.into(), &10.into(), &0.into())
        );
        assert_eq!((&summary["mode"], &summary["workers"]), (&mode.into(), &3.into()));
        assert_eq!((&summary["hosts"], &summary["chunk"]), (&hosts.into(), &2.into()));
        assert_eq!((&summary["messages"], &summary["hosts_lost"]), (&10.into(), &0.into()));
        assert_eq!(summary["audit"], serde_json::json!({"processes": 0, "zombies": 0, "temp_files": 0}));
        let (elapsed, startup) =
            (summary["elapsed_s"].as_f64().unwrap(), summary["startup_s"].as_f64().unwrap());
        assert!(
            0.0 < startup && startup <= elapsed && summary["cores_busy"].is_f64() && summary["retries"] == 0
        );
        let workers = summary["worker_stats"].as_array().unwrap();
        assert_eq!(workers.iter().map(|worker| worker["items"].as_u64().unwrap()).sum::<u64>(), 10);
        for (place, worker) in workers.iter().enumerate() {
            assert_eq!(worker["worker"], place as u64 + 1);
            assert!(worker["pid"].is_u64() && worker["busy_s"].is_f64() && worker["cpu_s"].is_f64());
            assert!(worker["peak_rss_bytes"].is_u64());
        }
    }
}

#[test]
fn rows_are_written_in_each_format() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for name in ["rows.jsonl", "rows.csv", "rows.json"] {
        let output = output(&["run", "-w", "2", "-f", "segfault", "-p", "only=2", "1..4", "-o", &path(name)]);
        assert_eq!(output.status.code(), Some(1));
    }
    let lines = fs::read_to_string(path("rows.jsonl")).unwrap();
    let rows: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let keys: Vec<&String> = rows[0].as_object().unwrap().keys().collect();
    let expected = "index input output state error worker pid attempts start_s duration_s cpu_s output_type";
    assert_eq!(keys, expected.split(' ').collect::<Vec<_>>());
    assert_eq!(rows.iter().map(|row| row["index"].as_u64().unwrap()).collect::<Vec<_>>(), [0, 1, 2, 3]);
    assert_eq!((&rows[0]["output"], &rows[0]["state"]), (&1.into(), &"ok".into()));
    assert!(rows[1]["state"] == "failed" && rows[1]["error"].as_str().unwrap().contains("SIGSEGV"));
    assert!(rows[1]["pid"].is_u64() && rows[1]["attempts"] == 1);
    assert!(fs::read_to_string(path("rows.csv")).unwrap().starts_with(&expected.replace(' ', ",")));
    let array: Value = serde_json::from_str(&fs::read_to_string(path("rows.json")).unwrap()).unwrap();
    assert_eq!(array.as_array().unwrap().len(), 4);
}

#[test]
fn a_column_of_a_file_and_standard_input_are_inputs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    fs::write(&path, "name,size\na,1\nb,2\n").unwrap();
    let path = path.to_str().unwrap();
    for column in ["size", "2"] {
        let output = output(&["run", "-f", "double", "-i", path, "--column", column]);
        assert_eq!(stdout(&output), "2\n4\n", "{}", stderr(&output));
    }
    let mut child = poolscope(&["run", "-f", "double", "-i", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"5\n6\n").unwrap();
    assert_eq!(stdout(&child.wait_with_output().unwrap()), "10\n12\n");
}

#[test]
fn bad_lines_stop_the_run_unless_they_are_to_be_skipped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("numbers.txt");
    fs::write(&path, "1\n2\nn/a\n4\n5\n6\n7\n").unwrap();
    let path = path.to_str().unwrap();
    let stopped = output(&["run", "-f", "double", "-i", path]);
    assert_eq!((stdout(&stopped), stopped.status.code()), ("", Some(2)));
    assert!(stderr(&stopped).contains("line 3 \"n/a\""), "{}", stderr(&stopped));
    let skipped = output(&["run", "-f", "double", "-i", path, "--bad-lines", "skip"]);
    assert_eq!((stdout(&skipped), skipped.status.code()), ("2\n4\n8\n10\n12\n14\n", Some(0)));
}

#[test]
fn wrong_use_says_what_is_wrong_and_runs_nothing() {
    let cases: [(&[&str], &str); 11] = [
        (&["-f", "dubble", "1"], "did you mean `double`?"),
        (&["-f", "double"], "no inputs"),
        (&["-f", "double", "abc"], "takes a number"),
        (&["-f", "double", "99999999999999999999"], "does not fit in 64 bits"),
        (&["-f", "double", "-w", "0", "1"], "from 1 to 512"),
        (&["-f", "double", "-i", "/no/such/file"], "no such file"),
        (&["-f", "double", "--chunk", "0", "1"], "auto, even or a number"),
        (&["-f", "double", "-p", "speed=9", "1"], "no parameters"),
        (&["-f", "double", "1", "-o", "/no/such/folder/x.csv"], "could not write"),
        (&["-f", "double", "1", "-o", "x.xlsx"], ".csv, .json or .jsonl"),
        (&["--example", "Nope"], "Pool.map"),
    ];
    for (args, expected) in cases {
        let output = output(&[&["run"], args].concat());
        assert_eq!((stdout(&output), output.status.code()), ("", Some(2)), "{args:?}");
        assert!(stderr(&output).contains(expected), "{args:?}: {}", stderr(&output));
        assert!(!stderr(&output).contains("panicked"));
    }
}

#[test]
fn every_example_runs_and_says_what_the_notes_say() {
    for example in poolscope::pool::examples::EXAMPLES {
        let output = output(&["run", "--example", example.name]);
        let expected = Some(i32::from(example.fails));
        assert_eq!(output.status.code(), expected, "{}: {}", example.name, stderr(&output));
        assert!(stderr(&output).contains("[pool] main process is done"));
        if example.prints_results {
            assert!(stderr(&output).contains("Results: [2, 4, 6, 8, 10]"));
        }
    }
}

#[test]
fn without_a_display_plain_poolscope_shows_a_pool_in_the_terminal() {
    let plain = output(&[]);
    assert_eq!((stdout(&plain), plain.status.code()), ("2\n4\n6\n8\n10\n", Some(0)));
    assert!(stderr(&plain).contains("poolscope run --help"), "{}", stderr(&plain));
    let with_file = output(&["numbers.csv"]);
    assert_eq!(with_file.status.code(), Some(2));
    assert!(stderr(&with_file).contains("-i numbers.csv"), "{}", stderr(&with_file));
}

#[test]
fn help_and_functions_can_be_read() {
    for args in [&["--help"][..], &["run", "--help"], &["--version"]] {
        assert_eq!(output(args).status.code(), Some(0));
    }
    let functions = output(&["functions"]);
    for name in ["double", "is_prime", "mandelbrot_tile", "sleep_ms", "echo", "segfault"] {
        assert!(stdout(&functions).lines().any(|line| line.starts_with(&format!("{name} "))), "{name}");
    }
}

#[test]
fn a_reader_that_leaves_ends_the_run_quietly() {
    let mut child = poolscope(&["run", "-w", "2", "-f", "double", "1..1000000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert_eq!(first, "2\n");
    assert!(!stderr(&child.wait_with_output().unwrap()).contains("panicked"));
}

#[test]
fn unordered_results_come_as_they_are_finished() {
    let slow_first = ["run", "-w", "2", "--chunk", "1", "-f", "sleep_ms", "600", "1", "2"];
    let ordered = output(&slow_first);
    assert_eq!(stdout(&ordered), "600\n1\n2\n");
    let unordered = output(&[&slow_first[..], &["--unordered"]].concat());
    assert_eq!(stdout(&unordered), "1\n2\n600\n", "{}", stderr(&unordered));
}

#[test]
fn unordered_results_are_each_printed_once() {
    for workers in ["1", "4"] {
        let args = ["run", "--unordered", "-m", "thread", "-w", workers, "-f", "double", "1..200000"];
        let output = output(&args);
        let mut results: Vec<u64> = stdout(&output).lines().map(|line| line.parse().unwrap()).collect();
        results.sort_unstable();
        assert!(results.iter().copied().eq((1..=200_000).map(|input| 2 * input)), "{}", results.len());
    }
    let failing = output(&["run", "--unordered", "-w", "2", "-f", "is_prime", "7", "-7", "8"]);
    let mut lines: Vec<&str> = stdout(&failing).lines().collect();
    lines.sort_unstable();
    assert_eq!((lines, failing.status.code()), (vec!["", "false", "true"], Some(1)));
}

#[test]
fn a_rule_that_makes_no_sense_is_refused_in_a_sentence() {
    let cases: [(&[&str], &str); 9] = [
        (&["--timeout", "soon"], "is not seconds (2.5) or percent of the median (300%)"),
        (&["--timeout", "0"], "is not seconds"),
        (&["--retries", "300"], "0..=254"),
        (&["--retry-delay", "later"], "is not none, seconds (0.5) or seconds that double (0.5x)"),
        (&["--recycle", "0"], "0 is not in 1.."),
        (&["--recycle-memory", "much"], "is not a size like 500M or 2G"),
        (&["--memory-limit", "-1"], "--memory-limit"),
        (&["--halt", "now"], "is not never, now,fail=N or soon,fail=N"),
        (&["--halt", "soon,fail=0"], "is not never"),
    ];
    for (rule, expected) in cases {
        let output = output(&[&["run", "-f", "double", "1"], rule].concat());
        assert_eq!((stdout(&output), output.status.code()), ("", Some(2)), "{rule:?}");
        assert!(stderr(&output).contains(expected), "{rule:?}: {}", stderr(&output));
    }
}

#[test]
fn the_help_explains_every_rule_with_its_default() {
    let help = output(&["run", "--help"]);
    let rules = stdout(&help).split("\nRules:\n").nth(1).expect("a part of the help for the rules");
    let flags = ["timeout", "retries", "retry-delay", "recycle", "recycle-memory", "memory-limit", "halt"];
    let switches = ["unordered", "pin", "nested-threads"];
    let wanted = flags.iter().chain(&switches);
    for flag in wanted.clone() {
        assert!(rules.contains(&format!("--{flag}")), "{flag}: {rules}");
    }
    assert_eq!(rules.matches("[default:").count(), wanted.count(), "{rules}");
}

#[test]
fn rules_that_are_never_broken_change_nothing() {
    let rules = "--timeout 60 --retries 2 --retry-delay 0.1 --recycle 1000000 --recycle-memory 100G \
                 --memory-limit 100G --halt now,fail=1 --pin --nested-threads";
    let rules: Vec<&str> = rules.split_whitespace().collect();
    let output = output(&[&["run", "-w", "2", "-f", "double", "1..5"], &rules[..]].concat());
    assert_eq!((stdout(&output), output.status.code()), ("2\n4\n6\n8\n10\n", Some(0)));
    let summary = summary(&[&["-f", "double", "1..5"], &rules[..]].concat());
    for count in ["timed_out", "flaky", "resumed", "recycled", "not_run"] {
        assert_eq!(summary[count], 0, "{count}");
    }
}

#[cfg(target_os = "linux")]
fn interrupt(child: &std::process::Child) {
    let interrupted = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
}

#[cfg(target_os = "linux")]
#[test]
fn a_second_interrupt_ends_at_once_and_keeps_what_is_finished() {
    let mut child = poolscope(&["run", "-w", "1", "--chunk", "1", "-f", "sleep_ms", "1", "600000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "1");
    interrupt(&child);
    let word = said.next().unwrap().unwrap();
    assert!(word.contains("press Ctrl-C again to end at once"), "{word}");
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[cfg(target_os = "linux")]
#[test]
fn the_first_interrupt_lets_what_is_executing_finish() {
    let mut child = poolscope(&["run", "-w", "1", "--chunk", "1", "-f", "sleep_ms", "1", "900", "2", "3"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "1");
    std::thread::sleep(std::time::Duration::from_millis(200));
    interrupt(&child);
    assert_eq!(lines.map(Result::unwrap).collect::<Vec<_>>(), ["900", "", ""]);
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn what_rules_did_is_told_at_the_end() {
    let late = output(&["run", "-w", "2", "-f", "sleep_ms", "1", "60000", "2", "--timeout", "0.3"]);
    assert_eq!((stdout(&late), late.status.code()), ("1\n\n2\n", Some(1)));
    assert!(stderr(&late).contains("item 1 timed out: "), "{}", stderr(&late));
    assert!(stderr(&late).contains("1 failed (1 timed out)"), "{}", stderr(&late));
    let recycled = output(&["run", "-w", "1", "-f", "double", "1..30", "--recycle", "10"]);
    assert!(stderr(&recycled).contains("2 workers recycled"), "{}", stderr(&recycled));
    let halted =
        output(&["run", "-w", "1", "--chunk", "1", "-f", "is_prime", "-1", "2", "3", "--halt", "now,fail=1"]);
    assert!(stderr(&halted).contains("ended because "), "{}", stderr(&halted));
}
