//! Whether two runs over the same inputs gave the same.

use crate::pool::{Row, RunLog};
use crate::value::ValueRef;

/// Rows that are not the same in two runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Differences {
    /// Rows that ended otherwise, with another output, or in only one of the runs.
    pub count: u64,
    /// The index of the first of them.
    pub first: Option<u64>,
}

impl Differences {
    /// Looks at each row of both, which takes a while where there are millions.
    pub fn between(a: &RunLog, b: &RunLog) -> Self {
        let mut found = Self::default();
        for index in 0..a.counts.total.max(b.counts.total) {
            let is_same = a.row(index).zip(b.row(index)).is_some_and(|(a, b)| are_same(&a, &b));
            if !is_same {
                found.count += 1;
                found.first.get_or_insert(index);
            }
        }
        found
    }
}

/// A NaN, which is not equal to itself, reads like another one; so does a list that holds one.
fn are_same(a: &Row<'_>, b: &Row<'_>) -> bool {
    let text = |output: ValueRef<'_>| format!("{output:?}");
    a.state == b.state && (a.output == b.output || a.output.map(text) == b.output.map(text))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::{Instant, SystemTime};

    use super::*;
    use crate::pool::examples::Example;
    use crate::pool::{Batch, ItemsFinished, Plan, Timing};
    use crate::value::Column;

    fn log(outputs: Vec<f64>) -> RunLog {
        let job = Example::find("Pool.map").unwrap().job().unwrap();
        let mut log = RunLog::new(Plan { job, started: Instant::now(), started_wall: SystemTime::now() });
        let timing = Timing::Whole { start_ns: 1, duration_ns: 10, cpu_ns: 0 };
        let outputs = Arc::new(Column::from(outputs));
        let batch = Batch { first: 0, count: outputs.len(), outputs, failures: Vec::new(), timing };
        log.apply(5, &ItemsFinished::at_once(0, batch).into());
        log
    }

    #[test]
    fn rows_that_differ_are_counted_and_the_first_is_named() {
        let one = log(vec![1.0, f64::NAN, 3.0, 4.0]);
        assert_eq!(Differences::between(&one, &one.clone()), Differences::default());
        let found = Differences::between(&one, &log(vec![1.0, f64::NAN, 3.5]));
        assert_eq!((found.count, found.first), (2, Some(2)));
    }
}
