//! `lesson` as scripts see it: what holds whoever else is at work, and what is said where nothing can be measured.

use serde_json::Value;

use crate::{output, poolscope, stderr, stdout};

fn measured(name: &str) -> Value {
    let output = output(&["lesson", name, "--json"]);
    let all: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", stderr(&output)));
    assert_eq!(output.status.code(), Some(0), "{all}");
    all[0].clone()
}

/// What does not go by times.
#[test]
fn claims_on_memory_faults_and_updates_hold_on_a_busy_machine() {
    for (name, answer) in [
        ("separate-memory", "less than 20"),
        ("shared-memory", "20"),
        ("a-fault-stays", "one"),
        ("a-fault-takes-all", "all four"),
        ("lost-updates", "less"),
        ("memory-of-threads", "about as much"),
        ("dining-philosophers", "none"),
    ] {
        let found = measured(name);
        assert_eq!((&found["verdict"], &found["answer"]), (&"holds".into(), &answer.into()), "{found}");
        assert_eq!((&found["name"], &found["trouble"]), (&name.into(), &Value::Null), "{found}");
        assert!(found["figures"].as_array().is_some_and(|figures| figures.len() >= 3), "{found}");
        assert!(found["elapsed_s"].as_f64().is_some_and(|elapsed_s| elapsed_s < 20.0), "{found}");
    }
}

/// Of those that go by times, a busy machine may tell nothing; whoever is at work, none says what is wrong.
#[test]
fn lessons_beyond_the_claims_come_to_a_verdict() {
    for (name, answer) in [
        ("start-up", "a hundred times as long, or more"),
        ("amdahl", "less: 1 / (0.4 + 0.6 / cores)"),
        ("chunk-size", "ten times as long, or more"),
        ("long-item-last", "about 1.7 times as long"),
        ("too-many-workers", "not at all"),
        ("false-sharing", "several times as long"),
        ("same-seed", "fewer: they draw the same ones"),
        ("nested-pool", "not at all"),
        ("word-count-tree", "about as many times as there are cores"),
        ("merge-sort-tree", "less than eight times"),
        ("mandelbrot", "in tiles"),
    ] {
        let output = output(&["lesson", name, "--json"]);
        let all: Value =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(&output)));
        let found = &all[0];
        match found["verdict"].as_str() {
            Some("holds") => assert_eq!(found["answer"], answer, "{found}"),
            // And nothing else.
            Some("too busy") => {
                assert_eq!((&found["answer"], &found["why"]), (&Value::Null, &"".into()), "{found}");
                assert_eq!(found["figures"], Value::Array(Vec::new()), "{found}");
                continue;
            }
            // One core, or two that share a cache: what is measured is told as it is.
            Some("does not hold here") => assert!(
                matches!(name, "amdahl" | "false-sharing" | "word-count-tree" | "mandelbrot"),
                "{found}"
            ),
            other => panic!("{other:?}: {found}"),
        }
        assert!(found["figures"].as_array().is_some_and(|figures| figures.len() >= 3), "{found}");
        assert!(found["why"].as_str().is_some_and(|why| !why.is_empty()), "{found}");
    }
}

/// The plot of a lesson: the names of its series, each with its points.
fn series(found: &Value) -> Vec<(&str, Vec<(f64, f64)>)> {
    let series = found["plot"]["series"].as_array().unwrap_or_else(|| panic!("{found}"));
    let point = |point: &Value| (point[0].as_f64().unwrap(), point[1].as_f64().unwrap());
    let points = |series: &Value| series["points"].as_array().unwrap().iter().map(point).collect();
    series.iter().map(|series| (series["name"].as_str().unwrap(), points(series))).collect()
}

#[test]
fn what_a_plot_shows_is_told_as_numbers() {
    let sent = measured("sending-costs");
    assert_eq!((&sent["plot"]["x"]["unit"], &sent["plot"]["y"]["scale"]), (&"bytes".into(), &"log".into()));
    for (name, points) in series(&sent) {
        let sizes: Vec<f64> = points.iter().map(|(size, _)| *size).collect();
        let all = [1.0, 16.0, 256.0, 4096.0, 65536.0, 1048576.0, 16777216.0, 67108864.0];
        // A container may have too little shared memory for the largest.
        assert!(sizes == all || (name.contains("shared") && all.starts_with(&sizes)), "{name}: {sizes:?}");
        assert!(points.iter().all(|(_, s)| *s > 0.0 && *s < 20.0), "{name}: {points:?}");
    }
    let held = measured("memory-of-threads");
    let all = series(&held);
    assert_eq!(all.len(), 3, "{held}");
    for (name, points) in &all {
        let workers: Vec<f64> = points.iter().map(|(workers, _)| *workers).collect();
        assert_eq!(workers, [1.0, 2.0, 4.0], "{name}");
    }
    assert!(all[0].1[2].1 > 2.0 * all[1].1[2].1, "four processes beside four threads: {held}");
    assert_eq!(measured("shared-memory")["plot"], Value::Null);
}

#[test]
fn a_handout_tells_all_of_a_lesson_in_one_page() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("faults.html");
    let output = output(&["lesson", "a-fault-stays", "--handout", page.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let html = std::fs::read_to_string(&page).unwrap();
    for words in [
        "Lesson 7 of 26 · faults",
        "<h1>A fault stays in one process: the others go on.</h1>",
        "Name: <span class=\"blank\"",
        " · run at <time>20",
        "<strong>one</strong>: right",
        "It holds here.",
        "<h2>four processes · ",
        "<h2>four threads · ",
        "<svg",
    ] {
        assert!(html.contains(words), "{words}");
    }
    assert!(!html.contains("http") && html.len() < 2_000_000, "{}", html.len());
}

#[test]
fn a_page_that_cannot_be_written_is_told_before_the_runs() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("no/such/folder/page.html");
    for (page, reason) in [(nowhere.to_str().unwrap(), "could not write"), ("-", "./- a file of this name")] {
        let refused = output(&["lesson", "a-fault-stays", "--handout", page]);
        assert_ne!(refused.status.code(), Some(0), "{page}");
        assert!(stderr(&refused).contains(reason), "{page}: {}", stderr(&refused));
        assert_eq!(stdout(&refused), "", "{page}");
    }
}

#[test]
fn the_list_names_them_all_and_a_wrong_name_is_told() {
    let list = output(&["lesson"]);
    // Three headings, and an empty line between two groups.
    assert_eq!(stdout(&list).lines().count(), 26 + 4 + 5);
    for heading in [
        "Fourteen claims:\n  separate-memory ",
        "\n\nBeyond them:\n  start-up ",
        "\n\nFour programs, step by step:\n  process-start-join ",
    ] {
        assert!(stdout(&list).contains(heading), "{}", stdout(&list));
    }
    assert!(
        stdout(&list).contains("the-lock                  Threads of Python take turns"),
        "{}",
        stdout(&list)
    );
    let wrong = output(&["lesson", "the-key"]);
    assert!(stderr(&wrong).contains("`the-key` is not one of: separate-memory, "), "{}", stderr(&wrong));
    assert_eq!(wrong.status.code(), Some(2));
    assert_eq!(output(&["lesson", "--json"]).status.code(), Some(2));
}

#[test]
fn without_a_python_it_says_so() {
    let mut command = poolscope(&["lesson", "the-lock"]);
    let output = command.env("PATH", "/nowhere").env_remove("VIRTUAL_ENV").output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
    assert!(stdout(&output).contains("Nothing was measured: "), "{}", stdout(&output));
    assert!(stdout(&output).to_lowercase().contains("python"), "{}", stdout(&output));
}

#[test]
fn programs_are_run_step_by_step_and_told_as_data() {
    for (name, steps) in
        [("process-start-join", 6), ("pool-map", 6), ("with-pool", 6), ("printing-workers", 6)]
    {
        let found = measured(name);
        assert_eq!((&found["verdict"], &found["answer"]), (&"holds".into(), &Value::Null), "{found}");
        let told = found["steps"].as_array().unwrap();
        // The end of `with` is a step of its own from Python 3.10 on.
        assert!(told.len() == steps || told.len() == steps + 1, "{found}");
        assert!(
            told.iter().all(|step| step["what"].as_str().is_some_and(|what| !what.is_empty())),
            "{found}"
        );
        assert!(found["elapsed_s"].as_f64().is_some_and(|elapsed_s| elapsed_s < 20.0), "{found}");
    }
}

#[test]
fn a_program_is_told_step_by_step_with_its_states() {
    let output = output(&["lesson", "process-start-join", "--start-method", "spawn"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    for text in [
        "2. child = Process(target=work)",
        "     child: created\n",
        "`start()` returned at once",
        "the program | the program goes on",
        "created → started → ended with exit code 0 → joined",
        "exit code of the child",
        "It holds here.",
        "Remember: ",
    ] {
        assert!(stdout(&output).contains(text), "{text}: {}", stdout(&output));
    }
    let wrong = crate::output(&["lesson", "the-lock", "--start-method", "spawn"]);
    assert!(stderr(&wrong).contains("that is for process-start-join, "), "{}", stderr(&wrong));
    let wrong = crate::output(&["lesson", "pool-map", "--handout", "a.html"]);
    assert_eq!(wrong.status.code(), Some(2), "{}", stderr(&wrong));
}

#[test]
fn a_lesson_of_a_file_is_run_in_both_modes_and_written_as_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let (file, page) = (folder.path().join("ours.pool"), folder.path().join("ours.html"));
    let text = "format = 1\n[lesson]\nclaim = \"Doubling is quick.\"\nquestion = \"How quick?\"\n\
                choices = [\"very\", \"fairly\", \"not\"]\nanswer = \"first\"\nwhy = \"So it is.\"\n\
                otherwise = \"With large numbers.\"\nruns_both_modes = true\n\
                [setup.function]\nbuiltin = \"double\"\n[setup.inputs]\ntyped = \"1, 2, 3\"\n\
                [setup.settings]\nworkers = 2\n";
    std::fs::write(&file, text).unwrap();
    let (file, page) = (file.to_str().unwrap(), page.to_str().unwrap());
    let ran = output(&["lesson", file, "--handout", page]);
    assert_eq!(ran.status.code(), Some(0), "{}", stderr(&ran));
    for text in [
        "ours.pool: Doubling is quick.\nHow quick?",
        "processes, ",
        "threads, ",
        "Right was: very.",
        "Answer 1 is right. So it is.",
    ] {
        assert!(stdout(&ran).contains(text), "{text}: {}", stdout(&ran));
    }
    let html = std::fs::read_to_string(page).unwrap();
    assert!(html.contains("Lesson of ours.pool") && html.contains("<h2>threads · "));
    let found = measured(file);
    assert_eq!(
        (&found["name"], &found["verdict"], &found["answer"]),
        (&"ours.pool".into(), &"answered".into(), &"very".into())
    );
}

#[test]
fn what_a_file_has_brought_is_run_only_where_somebody_allows_it() {
    let folder = tempfile::tempdir().unwrap();
    let (file, mark) = (folder.path().join("ours.pool"), folder.path().join("ran"));
    let text = format!(
        "format = 1\n[lesson]\nclaim = \"a\"\nquestion = \"b\"\nchoices = [\"1\", \"2\", \"3\"]\nanswer = \"third\"\n\
         [setup.function]\nkind = \"Command\"\n[setup.function.command]\ntemplate = 'touch {} {{}}'\nshell = true\nstdin = false\nenv = []\n\
         [setup.inputs]\ntyped = \"{}\"\n",
        mark.display(),
        mark.display()
    );
    std::fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap();
    let refused = output(&["lesson", file]);
    assert_eq!((refused.status.code(), mark.exists()), (Some(2), false), "{}", stderr(&refused));
    for text in ["ours.pool", "the command `touch", "can do everything that you can", "`--trust`"] {
        assert!(stderr(&refused).contains(text), "{text}: {}", stderr(&refused));
    }
    let ran = output(&["lesson", file, "--trust", "--json"]);
    assert_eq!((ran.status.code(), mark.exists()), (Some(0), true), "{}", stderr(&ran));
}

#[test]
fn a_file_that_is_no_lesson_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.pool");
    for (text, told) in [
        ("format = 1\n[setup]\n", "it is a setup and no lesson"),
        ("format = 9\n", "newer version of Poolscope"),
        ("format = 1\n[lesson", "line 2: "),
    ] {
        std::fs::write(&file, text).unwrap();
        let output = output(&["lesson", file.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(told) && stderr(&output).contains("x.pool"), "{}", stderr(&output));
    }
    assert!(stderr(&output(&["lesson", "gone.pool"])).contains("gone.pool"));
}

#[test]
fn a_page_takes_the_place_of_nothing_that_the_lesson_reads() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let text = "format = 1\n[lesson]\nclaim = \"a\"\nquestion = \"b\"\nchoices = [\"1\", \"2\", \"3\"]\nanswer = \"first\"\n\
                [setup.function]\nkind = \"Script\"\ncode_file = \"code.star\"\n[setup.inputs]\nkind = \"File\"\n\
                [setup.inputs.file]\npath = \"in.csv\"\n";
    std::fs::write(at("l.pool"), text).unwrap();
    std::fs::write(at("code.star"), "def f(n):\n    return n\n").unwrap();
    std::fs::write(at("in.csv"), "1\n2\n").unwrap();
    for name in ["code.star", "in.csv", "l.pool"] {
        let before = std::fs::read(at(name)).unwrap();
        let refused =
            output(&["lesson", at("l.pool").to_str().unwrap(), "--handout", at(name).to_str().unwrap()]);
        assert_eq!(refused.status.code(), Some(2), "{name}: {}", stderr(&refused));
        assert!(stderr(&refused).contains("it is what the run reads"), "{name}: {}", stderr(&refused));
        assert_eq!(std::fs::read(at(name)).unwrap(), before, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_lesson_that_reads_a_pipe_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let head = "format = 1\n[lesson]\nclaim = \"a\"\nquestion = \"b\"\nchoices = [\"1\", \"2\", \"3\"]\nanswer = \"first\"\n";
    let code = "[setup.function]\nkind = \"Script\"\ncode_file = \"pipe\"\n[setup.inputs]\ntyped = \"1\"\n";
    let inputs = "[setup.inputs]\nkind = \"File\"\n[setup.inputs.file]\npath = \"pipe\"\n";
    let file = folder.path().join("l.pool");
    for setup in [code, inputs] {
        std::fs::write(&file, format!("{head}{setup}")).unwrap();
        let refused = output(&["lesson", file.to_str().unwrap()]);
        assert_eq!(refused.status.code(), Some(1), "{setup}: {}", stderr(&refused));
        assert!(stdout(&refused).contains("it is no file but"), "{setup}: {}", stdout(&refused));
    }
}
