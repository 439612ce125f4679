//! What is found of two runs beside each other, in the background: there may be millions of rows.

use std::sync::Arc;
use std::time::Instant;

use egui::Context;

use crate::analysis::{Comparison, Differences, compare_runs};
use crate::app::background::{Task, finished};
use crate::app::format;
use crate::pool::RunSnapshot;

/// What was found of two runs of the same work.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// By one run each; nothing where one of them has run nothing.
    pub once_each: Option<Comparison>,
    pub differences: Differences,
}

/// "same values", "3 values differ, the first is that of item 7".
pub fn sameness_text(differences: Differences) -> String {
    match differences.first {
        None => "same values".to_owned(),
        Some(first) => {
            let count = format::counted(differences.count, "value differs", "values differ");
            format!("{count}, the first is that of item {first}")
        }
    }
}

/// That of the two runs that are shown.
#[derive(Default)]
pub struct FoundOfRuns {
    /// Their starts.
    of: Option<[Instant; 2]>,
    task: Option<Task<Found>>,
    found: Option<Found>,
}

impl FoundOfRuns {
    /// Takes what was found, and has it found for other runs; once a frame.
    pub fn follow(&mut self, runs: Option<[&Arc<RunSnapshot>; 2]>, ctx: &Context) {
        let of = runs.map(|runs| runs.map(|run| run.log.plan.started));
        if self.of != of {
            (self.of, self.found) = (of, None);
            self.task = runs.map(|runs| {
                let runs = runs.map(Arc::clone);
                Task::spawn("compare the runs", ctx, move || find(&runs))
            });
        }
        if let Some(Ok(found)) = finished(&mut self.task) {
            self.found = Some(found);
        }
    }

    /// Nothing for runs of different work, and before it is there.
    pub fn get(&self) -> Option<&Found> {
        self.found.as_ref()
    }
}

fn find([one, other]: &[Arc<RunSnapshot>; 2]) -> Found {
    Found {
        once_each: compare_runs(&one.log, &other.log),
        differences: Differences::between(&one.log, &other.log),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_value_that_differs_is_named() {
        let text = |count, first| sameness_text(Differences { count, first });
        assert_eq!(text(0, None), "same values");
        assert_eq!(text(2, Some(2)), "2 values differ, the first is that of item 2");
    }
}
