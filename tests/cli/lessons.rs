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
    ] {
        let found = measured(name);
        assert_eq!((&found["verdict"], &found["answer"]), (&"holds".into(), &answer.into()), "{found}");
        assert_eq!((&found["name"], &found["trouble"]), (&name.into(), &Value::Null), "{found}");
        assert!(found["figures"].as_array().is_some_and(|figures| figures.len() >= 3), "{found}");
        assert!(found["elapsed_s"].as_f64().is_some_and(|elapsed_s| elapsed_s < 20.0), "{found}");
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
        "Lesson 7 of 14 · faults",
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
    assert_eq!(stdout(&list).lines().count(), 14);
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
