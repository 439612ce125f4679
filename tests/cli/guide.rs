//! `guide` and `help TOPIC` as a person at a terminal sees them.

use crate::{output, stderr, stdout};

#[test]
fn topics_are_listed_and_printed() {
    let list = output(&["guide"]);
    assert_eq!((stdout(&list).lines().count(), list.status.code()), (10, Some(0)));
    assert!(stdout(&list).starts_with("first-run     From an empty window"), "{}", stdout(&list));
    assert!(stderr(&list).contains("`poolscope guide TOPIC`"), "{}", stderr(&list));
    let topic = output(&["guide", "workers"]);
    assert!(stdout(&topic).starts_with("Workers\n=======\n\n"), "{}", stdout(&topic));
    assert!(stdout(&topic).contains("\n    poolscope compare -f is_prime 1..100000\n"), "{}", stdout(&topic));
    assert_eq!((stderr(&topic), topic.status.code()), ("", Some(0)));
}

#[test]
fn help_prints_a_topic_where_there_is_no_such_command() {
    assert_eq!(stdout(&output(&["help", "workers"])), stdout(&output(&["guide", "workers"])));
    let command = output(&["help", "functions"]);
    assert!(stdout(&command).contains("Usage: poolscope functions"), "{}", stdout(&command));
    let mistyped = output(&["help", "rn"]);
    assert!(stderr(&mistyped).contains("did you mean `run`?"), "{}", stderr(&mistyped));
    assert_eq!(mistyped.status.code(), Some(2));
}

#[test]
fn words_are_found_in_all_topics() {
    let found = output(&["guide", "--search", "Lock", "threads"]);
    assert!(stdout(&found).contains("workers: Processes or threads\n    "), "{}", stdout(&found));
    assert!(stdout(&found).lines().all(|line| line.chars().count() <= 80), "{}", stdout(&found));
    assert_eq!((stderr(&found), found.status.code()), ("", Some(0)));
    let none = output(&["guide", "--search", "xylophone"]);
    assert_eq!((stdout(&none), none.status.code()), ("", Some(1)));
    assert!(stderr(&none).contains("another word for it"), "{}", stderr(&none));
}

#[test]
fn a_topic_that_is_none_is_told_with_the_nearest() {
    for args in [["guide", "wrkers"], ["help", "wrkers"]] {
        let wrong = output(&args);
        assert_eq!((stdout(&wrong), wrong.status.code()), ("", Some(2)));
        assert!(
            stderr(&wrong).contains("`wrkers` is no topic; did you mean `workers`?"),
            "{}",
            stderr(&wrong)
        );
    }
}
