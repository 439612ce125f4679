//! The job that does again what a run left undone.

use std::sync::Arc;

use crate::pool::{Job, RowState, RunLog};
use crate::value::Column;

/// What the name of the inputs gets behind it.
pub const ONLY_FAILED: &str = " (only failed)";

/// The job of `log` again, with the inputs that have no output yet; nothing where all have one. It looks at every row,
/// so that it is called where nobody waits.
pub fn rerun_failed(log: &RunLog) -> Option<Job> {
    let job = &log.plan.job;
    let undone = (0..log.counts.total).filter_map(|index| log.row(index)).filter(is_undone);
    let inputs: Column = undone.map(|row| row.input.to_value()).collect();
    if inputs.is_empty() {
        return None;
    }
    let name = job.inputs_name.trim_end_matches(ONLY_FAILED);
    Some(Job { inputs_name: format!("{name}{ONLY_FAILED}"), inputs: Arc::new(inputs), ..job.clone() })
}

fn is_undone(row: &crate::pool::Row<'_>) -> bool {
    matches!(row.state, RowState::Failed | RowState::TimedOut | RowState::Stopped | RowState::NotRun)
}

#[cfg(test)]
mod tests {
    use std::time::{Instant, SystemTime};

    use super::*;
    use crate::function::FunctionSpec;
    use crate::pool::{FailedSpan, Plan, Settings};
    use crate::value::ValueRef;

    fn log() -> RunLog {
        let job = Job {
            inputs_name: "typed inputs".to_owned(),
            inputs: Arc::new(vec![7_i64, 8, 9].into()),
            function: FunctionSpec::builtin("double", std::iter::empty()).unwrap(),
            settings: Settings::default(),
        };
        RunLog::new(Plan { job, started: Instant::now(), started_wall: SystemTime::now() })
    }

    #[test]
    fn only_what_has_no_output_is_run_again() {
        let mut log = log();
        assert!(rerun_failed(&log).is_none());
        for (index, state) in [(0, RowState::TimedOut), (2, RowState::Failed)] {
            log.rows.fail(index, state, "too late".into(), FailedSpan::default());
        }
        let job = rerun_failed(&log).unwrap();
        assert_eq!(job.inputs_name, "typed inputs (only failed)");
        assert_eq!(job.inputs.iter().collect::<Vec<_>>(), [ValueRef::Int(7), ValueRef::Int(9)]);
        assert_eq!(job.settings, log.plan.job.settings);
    }

    #[test]
    fn a_rerun_of_a_rerun_keeps_its_name() {
        let mut log = log();
        log.rows.close("the run was stopped before its turn".into());
        let first = rerun_failed(&log).unwrap();
        assert_eq!(first.inputs.len(), 3);
        let mut again = RunLog::new(Plan { job: first, ..(*log.plan).clone() });
        again.rows.fail(1, RowState::Failed, "again".into(), FailedSpan::default());
        assert_eq!(rerun_failed(&again).unwrap().inputs_name, "typed inputs (only failed)");
    }
}
