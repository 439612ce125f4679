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
        ("word-count-tree", "as many times as there are cores"),
        ("merge-sort-tree", "less than eight times"),
        ("mandelbrot", "in tiles"),
    ] {
        let output = output(&["lesson", name, "--json"]);
        let all: Value =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(&output)));
        let found = &all[0];
        match found["verdict"].as_str() {
            Some("holds") => assert_eq!(found["answer"], answer, "{found}"),
            Some("too busy") => assert_eq!(found["answer"], Value::Null, "{found}"),
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
        "<strong>one</strong>: right",
        "It holds here.",
        "<h2>four processes</h2>",
        "<h2>four threads</h2>",
        "<svg",
    ] {
        assert!(html.contains(words), "{words}");
    }
    assert!(!html.contains("http") && html.len() < 2_000_000, "{}", html.len());
}

#[test]
fn the_list_names_them_all_and_a_wrong_name_is_told() {
    let list = output(&["lesson"]);
    // Two headings, and an empty line between both groups.
    assert_eq!(stdout(&list).lines().count(), 26 + 3);
    for heading in ["Fourteen claims:\n  separate-memory ", "\n\nBeyond them:\n  start-up "] {
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
