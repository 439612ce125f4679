//! Commands, and the words of a command line as inputs: what goes in and comes out is as it was written.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::process::{Command, Output, Stdio};

use crate::functions::{fails, file, gives};
use crate::{output, poolscope, stderr, stdout};

fn command(template: &str, more: &[&str]) -> Output {
    output(&[&["run", "-w", "2", "--command", template], more].concat())
}

fn shell(template: &str, more: &[&str]) -> Output {
    command(template, &[&["--shell"], more].concat())
}

#[test]
fn what_a_command_prints_is_the_result_as_it_was_printed() {
    let printed =
        ["3.10", "007", "1e5", "-0", "null", "true", "{\"a\": 1}", "[1,2]", " x ", "12345678901234567890"];
    for mode in ["process", "thread"] {
        let output = shell("printf '%s\\n' {}", &[&["-m", mode], &printed[..]].concat());
        assert_eq!(stdout(&output).lines().collect::<Vec<_>>(), printed, "{}", stderr(&output));
    }
    gives(&shell("echo 3.10 #{}", &["1"]), "3.10\n");
    gives(&shell("printf 'a\\377\\n' #{}", &["1"]), "b'a\\xff'\n");
    let (folder, _) = file("x", "");
    let rows = folder.path().join("rows.json");
    gives(&shell("echo 3.10 #{}", &["1.10", "-o", rows.to_str().unwrap()]), "3.10\n");
    let rows: serde_json::Value = serde_json::from_str(&fs::read_to_string(rows).unwrap()).unwrap();
    assert_eq!((&rows[0]["input"], &rows[0]["output"]), (&"1.10".into(), &"3.10".into()));
}

#[test]
fn a_command_gets_its_inputs_as_they_were_written() {
    let (_folder, table) = file("p.csv", "postcode,Town Name,size\n01569,Ulm am See,1.10\n02134,Aix,1e5\n");
    let whole = ["-i", &table, "--column", "*"];
    gives(&command("echo {postcode} {size}", &whole), "01569 1.10\n02134 1e5\n");
    gives(&command("echo {Town Name} x{Town Name}", &whole), "Ulm am See xUlm am See\nAix xAix\n");
    gives(&shell("echo \"{Town Name}\" {1} {3} | cat", &whole), "Ulm am See 01569 1.10\nAix 02134 1e5\n");
    gives(
        &command(
            "awk 'BEGIN { print \"{}\" } {print $1}' /dev/null",
            &["-i", &table, "--column", "postcode"],
        ),
        "01569\n02134\n",
    );
    fails(
        &command("echo {Town Nmae}", &whole),
        2,
        "there is no column `Town Nmae`; did you mean `Town Name`?",
    );
    fails(&command("echo {postcod}", &whole), 2, "did you mean `postcode`?");
    gives(&command("echo Z-{}", &["-i", &table, "--column", "postcode"]), "Z-01569\nZ-02134\n");
    let (_folder, lines) = file("h.txt", "12\n14\n14a\n007\n1.10\n[1, 2]\n'x y'\n");
    gives(&command("echo {}", &["-i", &lines]), "12\n14\n14a\n007\n1.10\n[1, 2]\n'x y'\n");
    let (_folder, objects) =
        file("o.jsonl", "{\"n\": 1.10, \"t\": \"a b\", \"z\": null}\n{\"n\": 007, \"t\": \"\"}\n");
    fails(&command("echo {n}", &["-i", &objects]), 2, "line 2");
    let (_folder, objects) =
        file("o.jsonl", "{\"n\": 1.10, \"t\": \"a b\", \"z\": null}\n{\"n\": 1e5, \"t\": \"\"}\n");
    gives(&command("echo {n}[{t}]", &["-i", &objects, "--column", "*"]), "1.10[a b]\n1e5[]\n");
}

#[test]
fn a_word_of_the_command_line_is_one_input() {
    gives(
        &command("printf '<%s>'", &["a,b.txt", "1.10", "007", "[1, 2]", "'q'", " x ", ""]),
        "<a,b.txt>\n<1.10>\n<007>\n<[1, 2]>\n<'q'>\n< x >\n<>\n",
    );
    gives(&command("echo", &["1..3", "-7"]), "1\n2\n3\n-7\n");
    gives(&command("echo", &["--type", "text", "1..3"]), "1..3\n");
    gives(&output(&["run", "-f", "power", "[2,5]", "(3, 2)"]), "32\n9\n");
    gives(
        &output(&["run", "--script-text", "def f(x): return len(x)", "a,b.txt", "[3", "abcd"]),
        "7\n2\n4\n",
    );
    gives(&output(&["run", "--script-text", "def f(x): return len(x)", "[1, 2]", "[\"a, b\"]"]), "2\n1\n");
    let several = output(&["run", "-f", "double", "1,2,3"]);
    fails(&several, 2, "`1,2,3` is one input; give each number as a word of its own: 1 2 3");
    fails(&output(&["run", "-f", "double", "10..1"]), 2, "write 10..1 step -1");
}

#[cfg(target_os = "linux")]
#[test]
fn files_whose_names_are_no_text_can_be_used() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(OsStr::from_bytes(b"caf\xe9 'x'.txt"));
    fs::write(&path, "one two").unwrap();
    let at = folder.path().to_str().unwrap();
    gives(&command("cat {}", &["-i", at]), "one two\n");
    gives(&shell("wc -w < {}", &["-i", at]), "2\n");
    gives(&output(&["run", "-f", "count_words", "-i", at]), "2\n");
    let (_folder, python) = file(
        "r.py",
        "import os\ndef f(path):\n    return [open(path).read(), os.fsencode(path)[-11:], type(path).__name__]\n",
    );
    for mode in ["process", "thread"] {
        let output = output(&["run", "-m", mode, "--python", &python, "-i", at]);
        gives(&output, "[\"one two\",\"b\\\"af\\\\xe9 'x'.txt\\\"\",\"str\"]\n");
    }
    let named = poolscope(&["run", "--command", "cat"]).arg(&path).arg(&path).output().unwrap();
    gives(&named, "one two\none two\n");
    for dry in [command("cat {}", &["-i", at, "--dry-run"]), shell("cat < {}", &["-i", at, "--dry-run"])] {
        // The shell that is everywhere does not know such quotes.
        if let Ok(pasted) = Command::new("bash").args(["-c", stdout(&dry)]).output() {
            assert_eq!(stdout(&pasted), "one two", "{}", stdout(&dry));
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_commands_leave_running_is_ended_and_named() {
    let begun = std::time::Instant::now();
    for mode in ["process", "thread"] {
        let held = shell("sleep 61 & echo {}", &["-m", mode, "1..4"]);
        gives(&held, "1\n2\n3\n4\n");
        let said = "what the command left running in the background held its output and was ended with it: sleep (pid ";
        assert_eq!(stderr(&held).matches(said).count(), 4, "{mode}: {}", stderr(&held));
        let detached = shell("sleep 61 >/dev/null 2>&1 & echo {}", &["-m", mode, "1..7"]);
        gives(&detached, "1\n2\n3\n4\n5\n6\n7\n");
        let said = "[pool] what commands had left running was ended with the run: sleep (pid ";
        assert_eq!(stderr(&detached).matches(said).count(), 1, "{mode}: {}", stderr(&detached));
        assert!(stderr(&detached).contains(" and 2 more\n"), "{mode}: {}", stderr(&detached));
        assert!(stderr(&detached).contains("nothing left over"), "{mode}: {}", stderr(&detached));
    }
    // One that writes on and on is not waited for; what is soon over belongs to the item.
    let endless = shell("(while :; do echo x; sleep 0.01; done) & : {}", &["1"]);
    assert!(stdout(&endless).starts_with("\"x\\nx\\nx"), "{}", stderr(&endless));
    gives(&shell("(sleep 0.1; echo late) & echo now; : {}", &["1"]), "\"now\\nlate\"\n");
    assert!(begun.elapsed().as_secs() < 50, "{:?}", begun.elapsed());
}

#[cfg(target_os = "linux")]
#[test]
fn the_dead_that_commands_leave_are_reaped_as_they_come() {
    let args = ["run", "-w", "2", "--json", "--shell", "--command", "true >/dev/null 2>&1 & : {}", "1..2000"];
    let mut child = poolscope(&args).stdout(Stdio::null()).spawn().unwrap();
    let most = std::cell::Cell::new(0);
    while child.try_wait().unwrap().is_none() {
        let dead = crate::fire::children(&child).into_iter().filter(|pid| {
            fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| stat.contains(") Z "))
        });
        most.set(most.get().max(dead.count()));
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert!(child.wait().unwrap().success() && most.get() < 1000, "{}", most.get());
}

#[test]
fn a_dry_run_can_be_pasted_whatever_the_inputs_hold() {
    let nasty = [
        "a b", " x ", "it's", "$HOME", "`id`", "a\nb", "-n", "*", "\\", "#c", "~", "{a,b}", "é", ";", "",
        "a\"b'c",
    ];
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().canonicalize().unwrap();
    let at = at.to_str().unwrap();
    for more in [
        &["--command", "printf '%s|' {} x{}"][..],
        &["--command", "printf '%s|' {} x{}", "--env", "A=b c", "--folder", at],
        &["--shell", "--command", "printf '%s|' {} \"x{}\" \"$(printf %s {})\"; pwd # {}", "--folder", at],
        &["--shell", "--command", "cat; echo \"$A\"", "--stdin", "--env", "A=it's"],
        &["--command", "cat", "--stdin"],
    ] {
        for input in nasty {
            let args = [&["run", "-w", "1"][..], more].concat();
            let ran = output(&[&args[..], &["--", input]].concat());
            let dry = output(&[&args[..], &["--dry-run", "--", input]].concat());
            let pasted = Command::new("sh").args(["-c", stdout(&dry)]).output().unwrap();
            // A result is one line, without the end of its last.
            let text = stdout(&pasted).strip_suffix('\n').unwrap_or(stdout(&pasted));
            let printed = if text.contains(['\n', '\r']) {
                serde_json::to_string(text).unwrap()
            } else {
                text.to_owned()
            };
            assert_eq!(printed, stdout(&ran).trim_end_matches('\n'), "{}", stdout(&dry));
        }
    }
}

#[test]
fn a_value_is_never_calculated_with_where_that_could_run_it() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().to_str().unwrap();
    let evil = format!("a[$(touch {at}/run)]");
    for template in
        ["echo $(( {} + 1 ))", "[[ {} -eq 1 ]] && echo 2", "(( {} > 0 )); echo 2", "let x={}; echo 2"]
    {
        let line = format!("bash -c : ; {template}");
        for (input, is_number) in [("1", true), (evil.as_str(), false), ("HOME", false)] {
            let args = ["run", "-w", "1", "--shell", "--command", &line, "--folder", at, "--", input];
            let ran = output(&args);
            let is_refused = stderr(&ran).contains("is not a number");
            assert_eq!(is_refused, !is_number, "{template}: {}", stderr(&ran));
        }
    }
    assert!(!folder.path().join("run").exists());
    let told = output(&["run", "-w", "1", "--command", "sh -c \"echo {}\"", "a"]);
    assert!(stderr(&told).contains("`sh` runs the value as a part of its code"), "{}", stderr(&told));
}

#[test]
fn wrong_use_is_told_to_programs_too() {
    let refused = output(&["run", "--json", "-f", "no_such", "1"]);
    assert_eq!(refused.status.code(), Some(2));
    let told: serde_json::Value = serde_json::from_slice(&refused.stdout).unwrap();
    assert!(told["error"].as_str().unwrap().contains("no_such"), "{told}");
}

#[test]
fn a_dry_run_writes_no_rows() {
    let folder = tempfile::tempdir().unwrap();
    let rows = folder.path().join("rows.csv");
    let args = ["run", "--dry-run", "--command", "echo {}", "-o", rows.to_str().unwrap(), "1", "2"];
    assert_eq!(stdout(&output(&args)), "echo 1\necho 2\n");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn what_items_printed_before_a_rule_ends_the_run_is_shown() {
    let command = "echo said {} >&2; [ {} != 3 ] && sleep 0.2";
    let args = ["run", "-w", "2", "--chunk", "1", "--shell", "--command", command, "--halt", "now,fail=1"];
    let ran = output(&[&args[..], &["1", "2", "3", "4", "5", "6", "7", "8", "9"]].concat());
    let told = stderr(&ran);
    assert_eq!(ran.status.code(), Some(1), "{told}");
    for line in ["said 1", "said 2", "said 3", "item 2 failed"] {
        assert!(told.contains(line), "{line}: {told}");
    }
    assert!(told.contains("not run"), "{told}");
}

#[test]
#[cfg(target_os = "linux")]
fn children_of_a_command_end_when_the_program_is_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().display();
    let command = format!("sh -c 'sleep 600 & echo $! >{at}/child.pid; wait' {{}}");
    for signal in ["-TERM", "-HUP"] {
        let mut child = poolscope(&["run", "-w", "1", "--shell", "--command", &command, "1"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let pid =
            || fs::read_to_string(folder.path().join("child.pid")).unwrap_or_default().trim().to_owned();
        crate::fire::wait_for("the child", || !pid().is_empty());
        Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(130), "{signal}");
        crate::fire::wait_for("its end", || {
            let stat = fs::read_to_string(format!("/proc/{}/stat", pid())).unwrap_or_default();
            stat.is_empty() || stat.contains(") Z ")
        });
        fs::remove_file(folder.path().join("child.pid")).unwrap();
    }
}
