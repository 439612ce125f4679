//! Outputs of an earlier run over the same inputs, which need not be made again.

use std::sync::Arc;

use super::RunLog;
use super::row::{Batch, RowState};
use super::rows::Rows;
use super::timing::Timing;
use crate::value::{Column, Value, ValueRef};

/// Outputs by the index of their input.
#[derive(Debug, Clone, Default)]
pub struct ResumedRows {
    /// Neighbours, with the index of the first, in order.
    runs: Vec<(u64, Column)>,
}

impl ResumedRows {
    /// What went well in an earlier run.
    pub fn of(log: &RunLog) -> Self {
        let mut kept = Self::default();
        for row in (0..log.counts.total).filter_map(|index| log.row(index)) {
            if row.state == RowState::Ok {
                kept.push(row.index, row.output.map_or(Value::None, ValueRef::to_value));
            }
        }
        kept
    }

    /// Adds the output of the input at `index`, which must lie behind those before.
    pub fn push(&mut self, index: u64, output: Value) {
        match self.runs.last_mut() {
            Some((first, outputs)) if *first + outputs.len() as u64 == index => outputs.push(output),
            _ => self.runs.push((index, [output].into_iter().collect())),
        }
    }

    /// How many there are.
    pub fn len(&self) -> u64 {
        self.runs.iter().map(|(_, outputs)| outputs.len() as u64).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Makes final rows of them, which no worker ran and which took no time of this run.
    pub(super) fn record(self, rows: &mut Rows) {
        for (first, outputs) in self.runs {
            let timing = Timing::Whole { start_ns: 0, duration_ns: 0, cpu_ns: 0 };
            let count = outputs.len();
            let batch = Batch { first, count, outputs: Arc::new(outputs), failures: Vec::new(), timing };
            rows.finish(&batch, 0, &[]);
        }
    }
}
