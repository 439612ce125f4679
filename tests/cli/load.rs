//! What a run says of the machine is compared with what the system says: with others at work beside it, and without.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::{output, stderr, summary};

/// A program that computes until it is let go.
struct Burner(Child);

impl Burner {
    fn start() -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", "while :; do :; done"]).stdin(Stdio::null());
        Self(command.spawn().unwrap())
    }
}

impl Drop for Burner {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// A line for the shell that computes for about a quarter of a second.
const COMPUTING: &str = "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done";

/// CPU time of all programs so far, in seconds: `/proc/stat` without what was idle, waiting or stolen.
fn all_busy_s() -> f64 {
    let text = fs::read_to_string("/proc/stat").unwrap();
    let ticks: Vec<f64> =
        text.lines().next().unwrap().split_whitespace().skip(1).map(|word| word.parse().unwrap()).collect();
    (ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6]) / 100.0
}

fn of_machine(summary: &Value, what: &str) -> f64 {
    summary["machine"][what].as_f64().unwrap_or_else(|| panic!("no {what}: {summary}"))
}

#[test]
fn others_beside_a_run_are_seen() {
    let _burner = Burner::start();
    let summary = summary(&["-w", "1", "-f", "sleep_ms", "1500"]);
    assert!(of_machine(&summary, "others_busy_cores") >= 0.7, "{summary}");
    assert!(of_machine(&summary, "pool_busy_cores") < 0.5, "{summary}");
}

#[test]
fn no_more_is_told_of_others_than_the_system_counts() {
    let (before_s, begun) = (all_busy_s(), Instant::now());
    let summary = summary(&["-w", "1", "-f", "sleep_ms", "1000"]);
    let (busy_s, took_s) = (all_busy_s() - before_s, begun.elapsed().as_secs_f64());
    // The run is within what was looked at here, and the system counts in steps of 10 ms a core.
    let cores = of_machine(&summary, "cores");
    let elapsed_s = summary["elapsed_s"].as_f64().unwrap();
    let others_s = of_machine(&summary, "others_busy_cores") * elapsed_s;
    assert!(others_s <= busy_s + 0.02 * cores, "{others_s} of {busy_s}: {summary}");
    assert!(elapsed_s <= took_s && of_machine(&summary, "busy_cores") <= cores * 1.05 + 0.05, "{summary}");
    let parts =
        ["pool_busy_cores", "own_busy_cores", "others_busy_cores"].map(|what| of_machine(&summary, what));
    let sum: f64 = parts.iter().sum();
    assert!(sum >= of_machine(&summary, "busy_cores") - 1e-9, "{summary}");
}

#[test]
fn what_a_pool_does_before_its_items_counts_as_busy() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("code.py");
    let source = "import time\ndef burn():\n    end = time.process_time() + 0.4\n    while time.process_time() < end: \
                  pass\n    return 1\nONE = burn()\ndef f(n): return n + ONE\n";
    fs::write(&file, source).unwrap();
    for mode in ["process", "thread"] {
        let function = format!("{}:f", file.display());
        let summary = summary(&["-m", mode, "-w", "1", "--python", &function, "1..5"]);
        let [all, items] = ["cores_busy", "items_cores_busy"].map(|what| summary[what].as_f64().unwrap());
        let elapsed_s = summary["elapsed_s"].as_f64().unwrap();
        assert!(all * elapsed_s >= 0.3 && items * elapsed_s < 0.1, "{mode}: {summary}");
        assert_eq!(summary["cores_busy"], summary["machine"]["pool_busy_cores"]);
    }
}

#[test]
fn what_outlives_its_command_counts_for_the_pool() {
    // Nobody waits for what the inner shell has put into the background: this program adopts it.
    let line = format!("(sh -c '{COMPUTING}' &); sleep 1.5 # {{}}");
    let summary = summary(&["-w", "1", "--shell", "--command", &line, "1"]);
    let elapsed_s = summary["elapsed_s"].as_f64().unwrap();
    let [all, items] = ["cores_busy", "items_cores_busy"].map(|what| summary[what].as_f64().unwrap());
    assert!(all * elapsed_s >= 0.05 && items * elapsed_s < 0.05, "{summary}");
}

#[test]
fn a_run_beside_other_programs_says_that_it_is_no_measure() {
    let cores = std::thread::available_parallelism().unwrap().get();
    let _burners: Vec<Burner> = (0..cores).map(|_| Burner::start()).collect();
    let run = output(&["run", "-w", "1", "-f", "sleep_ms", "1000"]);
    let said = stderr(&run);
    assert!(
        said.contains("Other programs used ") || said.contains(" were taken from this machine"),
        "{said}"
    );
    assert!(said.contains(" meanwhile: do not compare this run with others."), "{said}");
    // Nothing is said of a run that is too short for the system's clock.
    let begun = Instant::now();
    let short = output(&["run", "-m", "thread", "-w", "1", "-f", "double", "1"]);
    if begun.elapsed() < Duration::from_millis(100) {
        assert!(!stderr(&short).contains("do not compare"), "{}", stderr(&short));
    }
}
