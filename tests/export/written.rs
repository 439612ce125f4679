//! Traces, reports and tables of real runs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use poolscope::analysis::{Ledger, RunFigures};
use poolscope::export;
use poolscope::function::FunctionSpec;
use poolscope::function::script::ScriptSpec;
use poolscope::input::parse_typed;
use poolscope::monitor::Machine;
use poolscope::pool::{self, Job, Launch, Mode, RunLog, Settings};

fn finished(function: FunctionSpec, inputs: &str, mode: Mode, workers: usize) -> RunLog {
    let settings = Settings { mode, workers, ..Settings::default() };
    let inputs = Arc::new(parse_typed(inputs).unwrap());
    let job = Job { inputs_name: "typed inputs".to_owned(), inputs, function, settings };
    let launch = Launch { program: PathBuf::from(env!("CARGO_BIN_EXE_poolscope")), niceness: 0 };
    let snapshot = pool::start(job, &launch, Arc::new(|| {})).unwrap().join();
    snapshot.log.clone()
}

/// Writes all that can be written of a run; what was written of it as a trace and as a report.
fn exported(name: &str, log: &RunLog) -> (serde_json::Value, String) {
    let ledger = Ledger::of(log, log.last_row_ns);
    let (mut trace, mut report) = (Vec::new(), Vec::new());
    export::write_trace(log, &mut trace).unwrap();
    export::write_report(log, &ledger, &Machine::here(), &mut report).unwrap();
    if let Some(folder) = std::env::var_os("EXPORTS_FOLDER") {
        std::fs::write(Path::new(&folder).join(format!("{name}.trace.json")), &trace).unwrap();
        std::fs::write(Path::new(&folder).join(format!("{name}.html")), &report).unwrap();
    }
    (serde_json::from_slice(&trace).unwrap(), String::from_utf8(report).unwrap())
}

fn count(trace: &serde_json::Value, key: &str, value: &str) -> usize {
    trace["traceEvents"].as_array().unwrap().iter().filter(|event| event[key] == value).count()
}

#[test]
fn a_run_with_deaths_is_told_in_full() {
    let params = [("only", "3"), ("code", "7")];
    let function = FunctionSpec::builtin("exit_now", params).unwrap();
    let log = finished(function, "1..40", Mode::Process, 3);
    let (trace, report) = exported("deaths", &log);
    assert_eq!(
        (count(&trace, "cat", "item"), count(&trace, "cat", "death")),
        (40, log.deaths.len() as usize)
    );
    assert!(!log.deaths.is_empty() && report.contains("<h2>Deaths") && report.contains("exit code 7"));
    let ledger = Ledger::of(&log, log.last_row_ns);
    let figures = RunFigures::of("deaths", &log, &ledger);
    assert_eq!((figures.items, figures.ok, figures.failed), (40, 39, 1));
    let mut table = Vec::new();
    export::write_markdown(&[figures], &mut table).unwrap();
    assert_eq!(String::from_utf8(table).unwrap().lines().count(), 3);
}

#[test]
fn a_run_that_computes_and_waits_shows_both() {
    let text = "def task(n):\n    total = 0\n    for i in range(n % 7 * 40000):\n        total += i\n    sleep(0.004 * (n % 5))\n    \
                print(n)\n    return total if n % 11 else fail(\"elevens are not <allowed>: %d\" % n)\n";
    let function = FunctionSpec::Script(ScriptSpec::new("mixed.py", text, None).unwrap());
    let log = finished(function, "1..160", Mode::Process, 4);
    let (trace, report) = exported("mixed", &log);
    assert_eq!(count(&trace, "cat", "item"), 160);
    assert!(count(&trace, "cat", "message") >= 100 && count(&trace, "ph", "C") > 0);
    assert!(
        report.contains("&lt;allowed&gt;") && report.contains("mixed.py, 7 lines"),
        "{}",
        &report[..3000]
    );
    assert_eq!(report.matches("<g class=\"w").count(), 4);
    exported(
        "threads",
        &finished(FunctionSpec::builtin("is_prime", []).unwrap(), "1..200000", Mode::Thread, 4),
    );
}
