//! Two recorded runs, of which each ran once.
//!
//! One time each says nothing of how much runs differ by themselves. What is known is how evenly items went within each run:
//! the rows are cut into twenty stretches of neighbours. Where both runs had the same inputs, stretches of the same inputs are
//! pairs, and what the inputs themselves make of the times cancels out. To that is added what runs were seen to differ by when
//! nothing was changed.

use super::comparison::{Basis, Comparison};
use super::interval::{Interval, mean_and_error, student};
use crate::analysis::disturbance::Disturbance;
use crate::pool::{RunLog, ns_to_s};

/// Stretches that rows are cut into.
const STRETCHES: u64 = 20;
/// Rows that are looked at in each.
const LOOKED_AT: u64 = 500;
/// What the times of runs of one and the same job differ by on a machine where nobody else is at work.
pub(super) const BETWEEN_RUNS: Spread = Spread(0.03);

/// A standard deviation of the logarithm of a time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spread(f64);

impl Spread {
    /// Half of the 95 % interval of the ratio of two such times.
    pub(super) fn half(self) -> f64 {
        1.96 * std::f64::consts::SQRT_2 * self.0
    }
}

/// Compares run A with run B by the time that each took for an item, start-up and all; nothing where one of them has run
/// none.
pub fn compare_runs(a: &RunLog, b: &RunLog) -> Option<Comparison> {
    let (time_a_s, time_b_s) = (item_time_s(a)?, item_time_s(b)?);
    let within = error_within(a, b).unwrap_or_default();
    let half = BETWEEN_RUNS.half().hypot(within);
    let is_too_busy =
        [a, b].iter().any(|log| log.machine.is_some_and(|load| Disturbance::that_spoiled(&load).is_some()));
    let interval = Interval::around((time_b_s / time_a_s).ln(), half);
    let times_s = (ns_to_s(a.last_row_ns), ns_to_s(b.last_row_ns));
    Some(Comparison::new(interval, times_s, Basis::OnceEach, is_too_busy))
}

/// Wall time of a run over the items that it has run.
fn item_time_s(log: &RunLog) -> Option<f64> {
    let items = log.counts.done().saturating_sub(log.counts.resumed + log.counts.not_run);
    (items > 0 && log.last_row_ns > 0).then(|| ns_to_s(log.last_row_ns) / items as f64)
}

/// Half of the 95 % interval that follows from how unevenly items went; nothing where too few were run.
fn error_within(a: &RunLog, b: &RunLog) -> Option<f64> {
    let (of_a, of_b) = (stretches(a), stretches(b));
    let (count, error) = if are_inputs_same(a, b) {
        let pairs = of_a.iter().zip(&of_b).filter_map(|(a_s, b_s)| Some(((*b_s)? / (*a_s)?).ln()));
        let logs: Vec<f64> = pairs.collect();
        (logs.len(), mean_and_error(&logs)?.1)
    } else {
        let of_one = |times: &[Option<f64>]| {
            let known: Vec<f64> = times.iter().copied().flatten().collect();
            let (mean, error) = mean_and_error(&known)?;
            Some((known.len(), error / mean))
        };
        let ((count_a, error_a), (count_b, error_b)) = (of_one(&of_a)?, of_one(&of_b)?);
        (count_a.min(count_b), error_a.hypot(error_b))
    };
    Some(student(count - 1) * error)
}

/// The mean time of the items in each stretch of neighbours, in seconds; nothing where none of them was run.
fn stretches(log: &RunLog) -> Vec<Option<f64>> {
    let total = log.counts.total;
    let count = STRETCHES.min(total);
    (0..count).map(|nth| mean_time_s(log, total * nth / count, total * (nth + 1) / count)).collect()
}

fn mean_time_s(log: &RunLog, from: u64, upto: u64) -> Option<f64> {
    let times = looked_at(from, upto).filter_map(|index| {
        let row = log.row(index)?;
        (row.worker > 0 && row.duration_s > 0.0).then(|| f64::from(row.duration_s))
    });
    let (count, sum_s) = times.fold((0, 0.0), |(count, sum_s), time_s| (count + 1, sum_s + time_s));
    (count > 0).then(|| sum_s / f64::from(count))
}

/// Rows of a stretch, evenly over all of it.
fn looked_at(from: u64, upto: u64) -> impl Iterator<Item = u64> {
    let step = (upto - from).div_ceil(LOOKED_AT).max(1);
    (from..upto).step_by(step as usize)
}

/// Whether both runs had the same inputs, by those that are looked at.
fn are_inputs_same(a: &RunLog, b: &RunLog) -> bool {
    let total = a.counts.total;
    let step = total.div_ceil(STRETCHES * LOOKED_AT).max(1);
    total == b.counts.total
        && (0..total).step_by(step as usize).all(|index| a.inputs.get(index) == b.inputs.get(index))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::{Instant, SystemTime};

    use super::super::Judgement;
    use super::*;
    use crate::function::FunctionSpec;
    use crate::pool::{Batch, Ending, Event, ItemsFinished, Job, MachineLoad, Plan, Settings, Timing};
    use crate::value::Column;

    /// A run of one worker over as many inputs as there are times.
    fn run_of(first_input: i64, times_ns: &[u64]) -> RunLog {
        let inputs: Vec<i64> = (0..times_ns.len() as i64).map(|n| first_input + n).collect();
        let job = Job {
            inputs_name: "typed".to_owned(),
            inputs: Arc::new(Column::Int(inputs.clone())),
            function: FunctionSpec::builtin("double", []).unwrap(),
            settings: Settings { workers: 1, ..Settings::default() },
        };
        let mut log = RunLog::new(Plan { job, started: Instant::now(), started_wall: SystemTime::now() });
        let mut at_ns = 0;
        let start_ns: Vec<u64> = times_ns
            .iter()
            .map(|time_ns| {
                at_ns += time_ns;
                at_ns - time_ns
            })
            .collect();
        let timing = Timing::Each { start_ns, duration_ns: times_ns.to_vec(), cpu_ns: times_ns.to_vec() };
        let outputs = Arc::new(Column::Int(inputs));
        let batch = Batch { first: 0, count: times_ns.len(), outputs, failures: Vec::new(), timing };
        log.apply(at_ns, &ItemsFinished::at_once(0, batch).into());
        log.apply(at_ns, &Event::Finished { ending: Ending::Completed });
        log
    }

    fn width(found: &Comparison) -> f64 {
        (found.high / found.low).ln()
    }

    #[test]
    fn inputs_that_differ_make_no_doubt_where_both_runs_had_them() {
        let times: Vec<u64> = (1..=100).map(|n| n * 1_000_000).collect();
        let doubled: Vec<u64> = times.iter().map(|time| time * 2).collect();
        let found = compare_runs(&run_of(0, &times), &run_of(0, &doubled)).unwrap();
        assert!((found.ratio - 2.0).abs() < 1e-9 && found.verdict == Judgement::Faster, "{found:?}");
        assert_eq!(found.basis, Basis::OnceEach);
        assert!((width(&found) - 2.0 * BETWEEN_RUNS.half()).abs() < 1e-6, "{found:?}");
        let others = compare_runs(&run_of(0, &times), &run_of(7, &doubled)).unwrap();
        assert!(width(&others) > 2.0 * width(&found), "{others:?}");
    }

    #[test]
    fn runs_of_different_lengths_are_compared_by_the_item() {
        let found = compare_runs(&run_of(0, &[1_000_000; 100]), &run_of(0, &[1_000_000; 40])).unwrap();
        assert!((found.ratio - 1.0).abs() < 1e-9 && found.verdict == Judgement::Same, "{found:?}");
        assert_eq!(compare_runs(&run_of(0, &[]), &run_of(0, &[1_000])), None);
    }

    #[test]
    fn a_run_beside_others_is_not_compared() {
        let quiet = run_of(0, &[10_000_000; 100]);
        let mut disturbed = quiet.clone();
        let load = MachineLoad {
            from_ns: 0,
            upto_ns: 1_000_000_000,
            cores: 2,
            busy_ns: 2_000_000_000,
            pool_ns: 1_000_000_000,
            own_ns: 0,
            engine_ns: 0,
            steal_ns: 0,
        };
        disturbed.apply(1_000_000_000, &Event::MachineSeen(load));
        assert_eq!(compare_runs(&quiet, &disturbed).unwrap().verdict, Judgement::TooBusy);
    }

    #[test]
    fn one_item_each_has_only_what_runs_differ_by() {
        let found = compare_runs(&run_of(0, &[100_000_000]), &run_of(0, &[104_000_000])).unwrap();
        assert_ne!(found.verdict, Judgement::Faster);
        assert!((width(&found) - 2.0 * BETWEEN_RUNS.half()).abs() < 1e-9);
    }
}
