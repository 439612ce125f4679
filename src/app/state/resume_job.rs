//! What a run left undone, done again: the same job, with what went well kept.

use crate::error::{Error, Result};
use crate::pool::{Job, ResumedRows, RunLog, Settings};

/// The job of `log` again, with these settings where there are any, and what need not be run. It looks at every row, so
/// that it is called where nobody waits.
pub fn rerun_failed(log: &RunLog, settings: Option<Settings>) -> Result<(Job, ResumedRows)> {
    let job = log.plan.job.clone();
    let kept = ResumedRows::of(log);
    if kept.len() == log.counts.total {
        return Err(Error::usage("run what failed again", "every input has its output"));
    }
    let settings = settings.unwrap_or(job.settings);
    // A worker without an item would be started for nothing.
    let workers = settings.workers.min((log.counts.total - kept.len()) as usize);
    Ok((Job { settings: settings.with_workers(workers), ..job }, kept))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::{Instant, SystemTime};

    use super::*;
    use crate::function::FunctionSpec;
    use crate::pool::{Cause, Event, FailedSpan, Mode, Plan, RowState};
    use crate::value::Value;

    #[test]
    fn only_what_has_no_output_is_run_again() {
        let job = Job {
            inputs_name: "typed inputs".to_owned(),
            inputs: Arc::new(vec![7_i64, 8, 9].into()),
            function: FunctionSpec::builtin("double", std::iter::empty()).unwrap(),
            settings: Settings::default(),
        };
        let plan = Plan { job, started: Instant::now(), started_wall: SystemTime::now() };
        let mut kept = ResumedRows::default();
        kept.push(1, Value::Int(16));
        let mut log = RunLog::resuming(plan.clone(), kept);
        let cause = Cause::TimedOut { limit_ns: 7, percent_of_median: None };
        log.apply(0, &Event::ItemFailed { index: 0, cause, span: FailedSpan::default() });
        let settings = Settings { mode: Mode::Thread, workers: 12, processes: 4, ..Settings::default() };
        let (job, kept) = rerun_failed(&log, Some(settings)).unwrap();
        assert_eq!((job.inputs.len(), kept.len(), job.settings.workers), (3, 1, 2));
        assert!(job.check().is_ok(), "two workers are in no more than two processes");
        let again = RunLog::resuming(Plan { job, ..plan }, kept);
        assert_eq!((again.counts.ok, again.counts.resumed), (1, 1));
        assert_eq!([0, 1].map(|index| again.row(index).unwrap().state), [RowState::Pending, RowState::Ok]);
    }
}
