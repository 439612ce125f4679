//! The figures of one run side by side, for tables of several runs.

use std::time::SystemTime;

use super::{Ledger, Parts};
use crate::pool::{RunLog, Shape, ns_to_s};

/// What one run came to, in numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct RunFigures {
    /// What a person calls the run.
    pub name: String,
    /// The function in words: "the function work of tasks.py".
    pub function: String,
    /// Where the inputs come from.
    pub inputs: String,
    /// The pool at its end.
    pub pool: Shape,
    pub items: u64,
    pub ok: u64,
    /// Those that never ran, because the run ended first, are among them.
    pub failed: u64,
    /// From Start to the last row.
    pub elapsed_s: f64,
    /// From Start to the first worker ready; nothing where none was.
    pub startup_s: Option<f64>,
    /// Items that were run in this run, a second on average; nothing where none was.
    pub items_per_s: Option<f64>,
    /// The mean number of cores that items kept busy from Start to the last row.
    pub cores_busy: f64,
    /// The most memory that one process of the run held at once; nothing where none told.
    pub peak_memory_bytes: Option<u64>,
    /// CPU time of all items.
    pub cpu_s: f64,
    /// Where the time of the workers went.
    pub parts: Parts,
    pub started: SystemTime,
}

impl RunFigures {
    /// The figures of a run that is over, which a person calls `name`.
    pub fn of(name: &str, log: &RunLog, ledger: &Ledger) -> Self {
        let (job, counts) = (&log.plan.job, log.counts);
        let elapsed_s = ns_to_s(log.last_row_ns);
        let run = counts.done() - counts.resumed.min(counts.ok) - counts.not_run.min(counts.failed);
        let peak_bytes = log.lanes.iter().map(|lane| lane.peak_rss_bytes()).max().unwrap_or_default();
        Self {
            name: name.to_owned(),
            function: job.function.description(),
            inputs: job.inputs_name.clone(),
            pool: log.shape(),
            items: counts.total,
            ok: counts.ok,
            failed: counts.failed,
            elapsed_s,
            startup_s: log.startup_ns.map(ns_to_s),
            items_per_s: (run > 0 && elapsed_s > 0.0).then(|| run as f64 / elapsed_s),
            cores_busy: log.cores_busy(),
            peak_memory_bytes: (peak_bytes > 0).then_some(peak_bytes),
            cpu_s: log.cpu_s(),
            parts: ledger.total,
            started: log.plan.started_wall,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Instant;

    use super::*;
    use crate::analysis::Part;
    use crate::function::FunctionSpec;
    use crate::pool::{Batch, Ending, Event, ItemsFinished, Job, Plan, Settings, Timing};
    use crate::value::Column;

    fn log_of(items: usize) -> RunLog {
        let job = Job {
            inputs_name: "numbers.csv".to_owned(),
            inputs: Arc::new(Column::Int(vec![1; items])),
            function: FunctionSpec::builtin("double", []).unwrap(),
            settings: Settings::default(),
        };
        RunLog::new(Plan { job, started: Instant::now(), started_wall: SystemTime::UNIX_EPOCH })
    }

    #[test]
    fn items_that_never_ran_are_no_part_of_the_rate() {
        let mut log = log_of(4);
        let timing =
            Timing::Whole { start_ns: 1_000_000_000, duration_ns: 1_000_000_000, cpu_ns: 500_000_000 };
        let outputs = Arc::new(Column::Int(vec![2, 2]));
        let batch = Batch { first: 0, count: 2, outputs, failures: Vec::new(), timing };
        log.apply(2_000_000_000, &ItemsFinished::at_once(0, batch).into());
        log.apply(2_000_000_000, &Event::Finished { ending: Ending::Stopped });
        let figures = RunFigures::of("first", &log, &Ledger::of(&log, log.last_row_ns));
        assert_eq!((figures.items, figures.ok, figures.failed), (4, 2, 2));
        assert_eq!((figures.elapsed_s, figures.items_per_s), (2.0, Some(1.0)));
        assert_eq!((figures.startup_s, figures.peak_memory_bytes), (None, None));
        assert_eq!(figures.parts[Part::OnCore], 500_000_000);
        assert_eq!(figures.function, "the built-in function double");
    }

    #[test]
    fn a_run_of_nothing_has_no_rate() {
        let log = log_of(0);
        assert_eq!(RunFigures::of("", &log, &Ledger::of(&log, 0)).items_per_s, None);
    }
}
