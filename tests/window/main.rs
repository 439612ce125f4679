//! Drives the real window the way a person does, with keys and the desktop's own file dialog, on a screen of its own.
//!
//! It needs Xvfb, openbox, xdotool, zenity and ImageMagick, and runs only where `POOLSCOPE_WINDOW_TEST` is set, as
//! `.ci/run` does. What the window is doing is read from its title:
//! "done: numbers.csv · is_prime · 4 processes · 2,000 ok - Poolscope".

#![cfg(target_os = "linux")]

mod desktop;

use std::time::Duration;
use std::{env, fs};

use desktop::Desktop;

const START: Duration = Duration::from_secs(60);
const STEP: Duration = Duration::from_secs(30);
const RUN: Duration = Duration::from_secs(180);

#[test]
fn a_file_is_opened_run_in_processes_and_the_window_closed() {
    if env::var_os("POOLSCOPE_WINDOW_TEST").is_none() {
        eprintln!("skipped: it opens a window; set POOLSCOPE_WINDOW_TEST=1 to run it");
        return;
    }
    let mut desktop = Desktop::start();
    let inputs = desktop.folder().join("numbers.csv");
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/examples/primes.csv");
    fs::copy(sample, &inputs).expect("the sample inputs");

    desktop.launch(env!("CARGO_BIN_EXE_poolscope"));
    desktop.wait_for_title("the window is open", START, |title| title.ends_with("Poolscope"));

    // The example leaves its function and its four processes behind, on any number of cores.
    desktop.choose_command("example: primes", RUN, |title| !title.starts_with("ready: no inputs"));
    let title = desktop.wait_for_title("the example has ended", RUN, has_ended);
    assert_eq!(title, ended_well("primes.csv"), "{}", desktop.state());

    desktop.press("ctrl+o");
    desktop.choose_file(&inputs, STEP);
    let ready = "ready: numbers.csv · is_prime · 4 processes - Poolscope";
    desktop.wait_for_title("the file is loaded", STEP, |title| title == ready);

    desktop.press("ctrl+Return");
    let title = desktop.wait_for_title("the run has ended", RUN, has_ended);
    assert_eq!(title, ended_well("numbers.csv"), "{}", desktop.state());

    desktop.press("alt+F4");
    let status = desktop.wait_for_end("the window is closed and no process is left", STEP);
    assert!(status.success(), "the program ended with {status}\n{}", desktop.log());
}

#[test]
fn a_window_that_loses_its_screen_saves_what_was_finished() {
    if env::var_os("POOLSCOPE_WINDOW_TEST").is_none() {
        eprintln!("skipped: it opens a window; set POOLSCOPE_WINDOW_TEST=1 to run it");
        return;
    }
    let mut desktop = Desktop::start();
    desktop.launch(env!("CARGO_BIN_EXE_poolscope"));
    desktop.wait_for_title("the window is open", START, |title| title.ends_with("Poolscope"));
    desktop.choose_command("example: primes", RUN, |title| !title.starts_with("ready: no inputs"));
    desktop.wait_for_title("the example has ended", RUN, has_ended);

    desktop.lose_screen();
    let status = desktop.wait_for_end("the program has ended and no process is left", STEP);
    assert!(!status.success(), "{}", desktop.log());
    let log = desktop.log();
    let (_, rows) = log.split_once("the 2,000 rows that were finished are in ").expect(&log);
    let path = rows.lines().next().and_then(|line| line.split("; ").next()).expect("a path");
    let rows = fs::read_to_string(path).expect(&log);
    assert_eq!(rows.lines().count(), 2_000, "{log}");
}

fn has_ended(title: &str) -> bool {
    ["done: ", "stopped: "].iter().any(|end| title.starts_with(end))
}

/// The title after all 2,000 numbers of the sample went through four processes.
fn ended_well(inputs: &str) -> String {
    format!("done: {inputs} · is_prime · 4 processes · 2,000 ok - Poolscope")
}
