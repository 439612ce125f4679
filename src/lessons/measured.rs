//! What the runs of a lesson came to, as its judgement asks for it.

use std::collections::BTreeMap;

use crate::analysis::Disturbance;
use crate::function::FunctionSpec;
use crate::pool::{Cause, CoreStays, LifeEnd, RunLog, ns_to_s};
use crate::value::ValueRef;

/// The records of a lesson's runs, in order.
pub struct Measured {
    logs: Vec<RunLog>,
    /// How many cores the runs could use.
    pub cores: usize,
}

impl Measured {
    /// Takes the records of all `wanted` runs; the error says why they show nothing.
    pub(super) fn of(logs: Vec<RunLog>, wanted: usize, cores: usize) -> Result<Self, String> {
        if logs.len() < wanted {
            return Err("it was stopped before its last run.".to_owned());
        }
        for log in &logs {
            let rows = 0..log.counts.total;
            let raised = rows.filter_map(|index| log.row(index)).find_map(|row| match row.cause {
                Some(Cause::Raised(_) | Cause::NotRun(_)) => row.error().map(|error| error.into_owned()),
                // A lesson may be about these.
                Some(Cause::HostEnded(_) | Cause::TimedOut { .. } | Cause::Stopped) | None => None,
            });
            if log.counts.total == 0 || raised.is_some() {
                let reason = raised.unwrap_or_else(|| "a run had no items".to_owned());
                return Err(reason.lines().next().unwrap_or_default().to_owned());
            }
        }
        Ok(Self { logs, cores })
    }

    pub(super) fn log(&self, run: usize) -> &RunLog {
        &self.logs[run]
    }

    /// From the first worker ready to the last row.
    pub(super) fn work_s(&self, run: usize) -> f64 {
        let log = self.log(run);
        ns_to_s(log.last_row_ns.saturating_sub(log.startup_ns.unwrap_or_default()).max(1))
    }

    /// How many times as fast a run was as another.
    pub(super) fn speedup(&self, run: usize, beside: usize) -> f64 {
        self.work_s(beside) / self.work_s(run)
    }

    /// How many cores the items of a run kept busy while they ran.
    pub(super) fn cores_used(&self, run: usize) -> f64 {
        self.log(run).cpu_s() / self.work_s(run)
    }

    /// Whether something else may have kept a run from what it could have used: see [`Disturbance::that_disturbed`].
    pub(super) fn is_disturbed(&self, run: usize) -> bool {
        self.log(run).machine.as_ref().and_then(Disturbance::that_disturbed).is_some()
    }

    /// Whether the workers of a run take turns under the lock of an interpreter, as far as one told.
    pub(super) fn has_lock(&self, run: usize) -> bool {
        let lives = self.log(run).lanes.iter().flat_map(|lane| lane.lives.iter());
        lives.filter_map(|life| life.readiness.has_lock).any(|has_lock| has_lock)
    }

    /// What items gave that are numbers, each with the process that ran it, in the order of the inputs.
    pub(super) fn numbers(&self, run: usize) -> Vec<(u32, f64)> {
        let log = self.log(run);
        let rows = (0..log.counts.total).filter_map(|index| log.row(index));
        rows.filter_map(|row| Some((row.pid?, number(row.output)?))).collect()
    }

    /// The number that the item at this place gave.
    pub(super) fn number_at(&self, run: usize, place: u64) -> Option<f64> {
        number(self.log(run).row(place)?.output)
    }

    /// What the last item of a run told, where that is text.
    pub(super) fn last_text(&self, run: usize) -> Option<&str> {
        let log = self.log(run);
        match log.row(log.counts.total.checked_sub(1)?)?.output? {
            ValueRef::Text(text) => Some(text),
            _ => None,
        }
    }

    /// What items gave that say yes or no, in the order of the inputs.
    pub(super) fn flags(&self, run: usize) -> Vec<bool> {
        let log = self.log(run);
        let rows = (0..log.counts.total).filter_map(|index| log.row(index));
        rows.map(|row| matches!(row.output, Some(ValueRef::Bool(true)))).collect()
    }

    /// Inputs that are numbers with the numbers that they gave, in the order of the inputs.
    pub(super) fn pairs(&self, run: usize) -> Vec<(f64, f64)> {
        let log = self.log(run);
        let rows = (0..log.counts.total).filter_map(|index| log.row(index));
        rows.filter_map(|row| Some((number(Some(row.input))?, number(row.output)?))).collect()
    }

    /// What the first input that is this number gave; 0 where there is none.
    pub(super) fn first_for(&self, run: usize, input: f64) -> f64 {
        self.pairs(run).into_iter().find(|(of, _)| *of == input).map_or(0.0, |(_, gave)| gave)
    }

    /// Of what items gave with names, the largest number under a name that each process gave.
    pub(super) fn field_by_process(&self, run: usize, name: &str) -> BTreeMap<u32, f64> {
        let log = self.log(run);
        let mut largest = BTreeMap::new();
        for row in (0..log.counts.total).filter_map(|index| log.row(index)) {
            if let (Some(pid), Some(number)) = (row.pid, field(row.output, name)) {
                let so_far = largest.entry(pid).or_insert(number);
                *so_far = number.max(*so_far);
            }
        }
        largest
    }

    /// The worker that was seen to move most from core to core, counted from 1, and where it was; nothing where the system does
    /// not tell.
    pub(super) fn most_moved(&self, run: usize) -> Option<(usize, &CoreStays)> {
        let lanes = self.log(run).lanes.iter().enumerate().filter(|(_, lane)| !lane.is_for_suspects);
        let seen = lanes.filter(|(_, lane)| !lane.core_stays.stays.is_empty());
        // Of those that moved as often, the first.
        let (place, lane) = seen.rev().max_by_key(|(_, lane)| lane.core_stays.moves)?;
        Some((place + 1, &lane.core_stays))
    }

    /// The version of the Python that ran a run, where one did.
    pub(super) fn python(&self, run: usize) -> Option<&str> {
        match &self.log(run).plan.job.function {
            FunctionSpec::Python(python) => python.compiled.version(),
            _ => None,
        }
    }

    /// The CPU time of the pool and of this program together, where the system tells.
    pub(super) fn cpu_of_all_s(&self, run: usize) -> Option<f64> {
        self.log(run).machine.map(|load| ns_to_s(load.pool_ns + load.own_ns))
    }

    /// The most that the processes of a run held, added up; what they share counts in each.
    pub(super) fn peak_mb(&self, run: usize) -> f64 {
        let peaks = self.log(run).lanes.iter().map(|lane| lane.peak_rss_bytes());
        peaks.sum::<u64>() as f64 / 1e6
    }

    /// How long each item took, in the order of the inputs.
    pub(super) fn durations_s(&self, run: usize) -> Vec<f64> {
        let log = self.log(run);
        (0..log.counts.total)
            .filter_map(|index| log.row(index))
            .map(|row| f64::from(row.duration_s))
            .collect()
    }

    /// The largest number that the items of each process gave.
    pub(super) fn largest_by_process(&self, run: usize) -> BTreeMap<u32, f64> {
        let mut largest = BTreeMap::new();
        for (pid, number) in self.numbers(run) {
            let so_far = largest.entry(pid).or_insert(number);
            *so_far = number.max(*so_far);
        }
        largest
    }

    /// How many workers lost their process by itself, and not by this program.
    pub(super) fn workers_that_died(&self, run: usize) -> usize {
        let died = |end: &LifeEnd| !end.is_by_this_program();
        let lanes = self.log(run).lanes.iter().filter(|lane| !lane.is_for_suspects);
        lanes.filter(|lane| lane.lives.iter().any(|life| life.end.as_ref().is_some_and(died))).count()
    }
}

/// Each input once, by its size, with what it gave in the middle.
pub(super) fn medians(mut pairs: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    pairs.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.total_cmp(&other.1)));
    pairs.chunk_by(|one, other| one.0 == other.0).map(|of_one| of_one[of_one.len() / 2]).collect()
}

/// A number of a JSON document with names.
fn field(output: Option<ValueRef<'_>>, name: &str) -> Option<f64> {
    let ValueRef::Json(text) = output? else { return None };
    serde_json::from_str::<serde_json::Value>(text).ok()?.get(name)?.as_f64()
}

fn number(output: Option<ValueRef<'_>>) -> Option<f64> {
    match output? {
        ValueRef::Int(number) => Some(number as f64),
        ValueRef::Float(number) => Some(number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::medians;

    #[test]
    fn each_input_counts_once_with_what_it_gave_in_the_middle() {
        let pairs = vec![(128.0, 7.0), (8.0, 30.0), (8.0, 41.0), (8.0, 29.0), (128.0, 9.0)];
        assert_eq!(medians(pairs), [(8.0, 30.0), (128.0, 9.0)]);
        assert!(medians(Vec::new()).is_empty());
    }
}
