//! Whether two runs gave the same, found out in the background: there may be millions of rows.

use std::sync::Arc;
use std::time::Instant;

use egui::Context;

use crate::app::background::{Task, finished};
use crate::app::format;
use crate::pool::{RunLog, RunSnapshot};

/// What came of comparing all rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sameness {
    pub rows: u64,
    /// Rows with another output, or with one in only one of the runs.
    pub different: u64,
    /// The first of them.
    pub first: Option<u64>,
}

impl Sameness {
    fn of(one: &RunLog, other: &RunLog) -> Self {
        let rows = one.counts.total.max(other.counts.total);
        let output =
            |log: &RunLog, index| log.row(index).and_then(|row| row.output).map(|cell| cell.to_value());
        // Values that are not equal to themselves are written alike.
        let are_same = |index: u64| {
            let (one, other) = (output(one, index), output(other, index));
            one == other || format!("{one:?}") == format!("{other:?}")
        };
        let (mut different, mut first) = (0, None);
        for index in (0..rows).filter(|index| !are_same(*index)) {
            different += 1;
            first = first.or(Some(index));
        }
        Self { rows, different, first }
    }

    /// "same values", "3 values differ, first that of item 7".
    pub fn text(&self) -> String {
        match (self.different, self.first) {
            (0, _) => "same values".to_owned(),
            (count, first) => {
                let first =
                    first.map_or(String::new(), |first| format!(", the first is that of item {first}"));
                format!("{}{first}", format::counted(count, "value differs", "values differ"))
            }
        }
    }
}

/// That of the two runs that are shown.
#[derive(Default)]
pub struct SamenessOfRuns {
    /// Their starts.
    of: Option<[Instant; 2]>,
    task: Option<Task<Sameness>>,
    found: Option<Sameness>,
}

impl SamenessOfRuns {
    /// Takes what was found out, and has it found out for other runs; once a frame.
    pub fn follow(&mut self, runs: Option<[&Arc<RunSnapshot>; 2]>, ctx: &Context) {
        let of = runs.map(|runs| runs.map(|run| run.log.plan.started));
        if self.of != of {
            (self.of, self.found) = (of, None);
            self.task = runs.map(|[one, other]| {
                let (one, other) = (Arc::clone(one), Arc::clone(other));
                Task::spawn("compare the results", ctx, move || Sameness::of(&one.log, &other.log))
            });
        }
        if let Some(Ok(found)) = finished(&mut self.task) {
            self.found = Some(found);
        }
    }

    pub fn get(&self) -> Option<Sameness> {
        self.found
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

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
        assert_eq!(Sameness::of(&one, &one.clone()).text(), "same values");
        let found = Sameness::of(&one, &log(vec![1.0, f64::NAN, 3.5]));
        assert_eq!((found.different, found.first), (2, Some(2)));
        assert_eq!(found.text(), "2 values differ, the first is that of item 2");
    }
}
