//! What `--json` says is compared with what the system says.

use std::fs;

use crate::summary;

fn cpu_s(summary: &serde_json::Value) -> f64 {
    summary["worker_stats"].as_array().unwrap().iter().map(|worker| worker["cpu_s"].as_f64().unwrap()).sum()
}

/// A line for the shell that computes for a while and ends with how long that took of a core, in seconds.
const COMPUTING: &str = "sh -c 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done' {}; \
                         awk '{print $16 / 100 + $17 / 100}' /proc/$$/stat";

#[test]
fn the_time_of_commands_and_what_they_start_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    for mode in ["process", "thread"] {
        let rows = folder.path().join("rows.jsonl");
        let args = ["-m", mode, "-w", "2", "--shell", "--command", COMPUTING, "-o", rows.to_str().unwrap()];
        let summary = summary(&[&args[..], &["1", "2", "3"]].concat());
        let told: f64 = fs::read_to_string(&rows)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
            .map(|row| {
                row["output"]
                    .as_str()
                    .map_or_else(|| row["output"].as_f64().unwrap(), |text| text.parse().unwrap())
            })
            .sum();
        let counted = cpu_s(&summary);
        assert!(
            counted >= told * 0.9 && counted < told * 1.5 + 0.3,
            "{mode}: {counted} of {told}: {summary}"
        );
        assert!(summary["items_cores_busy"].as_f64().unwrap() > 0.05, "{summary}");
        let peak = summary["worker_stats"][0]["peak_rss_bytes"].as_u64().unwrap();
        assert!(peak > 1_000_000, "{summary}");
    }
}

#[test]
fn the_time_of_threads_and_children_of_a_python_item_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("code.py");
    let source = "import subprocess, sys, threading, time\ndef spin():\n    end = time.thread_time() + 0.3\n    \
                  while time.thread_time() < end: pass\ndef threads(n):\n    all = [threading.Thread(target=spin) \
                  for _ in range(2)]\n    for thread in all: thread.start()\n    for thread in all: thread.join()\n\
                  def child(n):\n    subprocess.run([sys.executable, '-c', 'import time\\nwhile time.process_time() \
                  < 0.5: pass'])\n";
    fs::write(&file, source).unwrap();
    for (function, least_s) in [("threads", 0.6), ("child", 0.5)] {
        let function = format!("{}:{function}", file.display());
        let counted = cpu_s(&summary(&["-w", "1", "--python", &function, "1"]));
        assert!(counted >= least_s * 0.95 && counted < least_s + 0.5, "{function}: {counted}");
    }
}

#[test]
fn pinned_workers_stay_on_their_cores() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("code.py");
    fs::write(&file, "import os\ndef f(n): return len(os.sched_getaffinity(0))\n").unwrap();
    let function = format!("{}:f", file.display());
    for mode in ["process", "thread"] {
        let args = ["run", "-m", mode, "-w", "3", "--pin", "--chunk", "1", "--python", &function, "1..6"];
        assert_eq!(crate::stdout(&crate::output(&args)), "1\n".repeat(6), "{mode}");
    }
}
