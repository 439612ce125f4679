//! Where the time of the workers went: each moment of each worker belongs to one part.

use super::parts::{Part, Parts};
use super::tally::LaneTally;
use crate::function::FunctionSpec;
use crate::pool::{Lane, Mode, RunLog};

/// Where the time of the workers went, from Start to the last row.
#[derive(Debug, Clone, PartialEq)]
pub struct Ledger {
    /// Of each worker, in their order; together they are as long as the worker was part of the pool.
    pub workers: Vec<Parts>,
    /// Of all workers together.
    pub total: Parts,
    /// Whether the system told how long threads were ready without a core; where not, that is a part of
    /// [`Part::Blocked`](super::Part::Blocked).
    pub is_ready_measured: bool,
}

impl Ledger {
    /// The ledger of a run of which no row was let go, up to a time since Start; for a run that is over
    /// `log.last_row_ns`. Of a run over a stream see [`LedgerKeeper`].
    pub fn of(log: &RunLog, upto_ns: u64) -> Self {
        LedgerKeeper::default().ledger(log, upto_ns)
    }
}

/// Keeps the ledger of a run that goes on: it looks at what is new, and goes on where it was.
///
/// On a core is what the workers measured themselves, item by item. Ready is the share that looks from outside showed,
/// about 100 times a second. [`Part::Lock`](super::Part::Lock) is always an estimate: time in which a thread of a Python with a global
/// interpreter lock neither ran nor was ready, while others of its threads did for at least 0.9 of the time; what an item
/// waits for by itself in such a time is counted too. Blocked is what remains.
#[derive(Debug, Clone, Default)]
pub struct LedgerKeeper {
    lanes: Vec<LaneTally>,
}

impl LedgerKeeper {
    /// Takes what is new and final in the record. Must be called before rows are let go.
    pub fn follow(&mut self, log: &RunLog) {
        self.lanes.resize_with(log.lanes.len(), LaneTally::default);
        let sharing = sharing(log);
        for (tally, lane) in self.lanes.iter_mut().zip(&log.lanes) {
            tally.follow(lane, sharing);
        }
    }

    /// The ledger up to a time since Start.
    pub fn ledger(&self, log: &RunLog, upto_ns: u64) -> Ledger {
        let mut tallies = self.lanes.clone();
        tallies.resize_with(log.lanes.len(), LaneTally::default);
        let (first, sharing) = (log.plan.job.settings.workers, sharing(log));
        let of_lane = |(place, (tally, lane)): (usize, (LaneTally, &Lane))| {
            let from_ns = if place < first { 0 } else { joined_ns(lane, upto_ns) };
            (!lane.is_for_suspects).then(|| tally.finish(lane, sharing, (from_ns, upto_ns)))
        };
        let alone: Vec<(LaneTally, &Lane)> =
            tallies.iter().cloned().zip(&log.lanes).filter(|(_, lane)| lane.is_for_suspects).collect();
        let mut workers: Vec<Parts> =
            tallies.into_iter().zip(&log.lanes).enumerate().filter_map(of_lane).collect();
        for (tally, lane) in alone {
            stand_in(&mut workers, &tally.finish(lane, sharing, (joined_ns(lane, upto_ns), upto_ns)));
        }
        let mut total = Parts::default();
        workers.iter().for_each(|parts| total.add(parts));
        let is_ready_measured = !matches!(log.plan.job.function, FunctionSpec::Command(_))
            && log.lanes.iter().any(|lane| !lane.core_times.stretches.is_empty());
        Ledger { workers, total, is_ready_measured }
    }
}

/// Counts what suspects did that ran alone: in the place of workers, which were idle meanwhile.
fn stand_in(workers: &mut [Parts], alone: &Parts) {
    for part in [Part::OnCore, Part::Ready, Part::Blocked, Part::Lock] {
        let mut left_ns = alone[part];
        for worker in workers.iter_mut() {
            let moved_ns = left_ns.min(worker[Part::Idle]);
            worker[Part::Idle] -= moved_ns;
            worker[part] += moved_ns;
            left_ns -= moved_ns;
        }
    }
}

/// The lanes that take turns under one lock; none where they do not.
fn sharing(log: &RunLog) -> &[Lane] {
    let has_lock = |lane: &Lane| lane.lives.last().and_then(|life| life.readiness.has_lock) == Some(true);
    let is_shared =
        log.plan.job.settings.mode == Mode::Thread && log.lanes.len() > 1 && log.lanes.iter().any(has_lock);
    if is_shared { &log.lanes } else { &[] }
}

/// When a worker that was added to the pool later began.
fn joined_ns(lane: &Lane, upto_ns: u64) -> u64 {
    lane.lives.iter().next().map_or(upto_ns, |life| life.launched_ns).min(upto_ns)
}

#[cfg(test)]
mod tests;
