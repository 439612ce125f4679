//! How long an item may execute: finds the late ones and ends their hosts.

use super::super::Executing;
use super::super::control::HostId;
use super::super::record::{Batch, Cause, Timing};
use super::super::settings::Timeout;
use super::Dispatcher;
use super::host::KillReason;
use super::median::Median;

/// A multiple of the median holds once so many items are finished.
const MEDIAN_ITEMS: u64 = 3;
/// A multiple of the median is never shorter: below this, an item may be late because the machine is busy.
const SHORTEST_OF_MEDIAN_NS: u64 = 100_000_000;
/// Bounds of the time between two looks at what lanes execute.
const LOOKS_NS: (u64, u64) = (2_000_000, 20_000_000);

/// The limit, and when to look next whether it is passed.
#[derive(Debug)]
pub(super) struct Timeouts {
    rule: Option<Timeout>,
    median: Median,
    looked_ns: u64,
    next_look_ns: u64,
}

impl Timeouts {
    pub(super) fn new(rule: Option<Timeout>) -> Self {
        Self { rule, median: Median::new(), looked_ns: 0, next_look_ns: 0 }
    }

    /// The limit as it is now; nothing where there is none (yet).
    pub(super) fn limit_ns(&self) -> Option<u64> {
        match self.rule? {
            Timeout::After(limit) => Some(u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX)),
            Timeout::OfMedian { percent } => (self.median.total() >= MEDIAN_ITEMS).then(|| {
                let limit_ns = u128::from(self.median.estimate_ns()) * u128::from(percent) / 100;
                u64::try_from(limit_ns).unwrap_or(u64::MAX).max(SHORTEST_OF_MEDIAN_NS)
            }),
        }
    }

    /// Learns how long items take.
    pub(super) fn learn(&mut self, batch: &Batch) {
        if !matches!(self.rule, Some(Timeout::OfMedian { .. })) || batch.count == 0 {
            return;
        }
        match &batch.timing {
            Timing::Each { duration_ns, .. } => duration_ns.iter().for_each(|ns| self.median.add(*ns, 1)),
            // Items that are timed like this are short, and much alike.
            Timing::Ends { .. } | Timing::Whole { .. } => {
                self.median.add(batch.timing.extent().2 / batch.count as u64, batch.count as u64);
            }
        }
    }

    /// When it has to be looked what lanes execute; nothing where no limit holds.
    pub(super) fn next_look_ns(&self) -> Option<u64> {
        self.limit_ns().map(|_| self.next_look_ns)
    }

    /// Chooses the time of the next look: when the oldest of what executes, or what begins now, would be late.
    fn plan_next(&mut self, now_ns: u64, limit_ns: u64, begun_ns: impl Iterator<Item = u64>) {
        let oldest_ns = begun_ns.min().unwrap_or(now_ns).min(now_ns);
        let pause_ns = (limit_ns / 20).clamp(LOOKS_NS.0, LOOKS_NS.1);
        self.looked_ns = now_ns;
        self.next_look_ns = oldest_ns.saturating_add(limit_ns).max(now_ns + pause_ns);
    }

    fn cause(&self, limit_ns: u64) -> Cause {
        let percent_of_median = match self.rule {
            Some(Timeout::OfMedian { percent }) => Some(percent),
            _ => None,
        };
        Cause::TimedOut { limit_ns, percent_of_median }
    }
}

impl Dispatcher {
    /// Takes what lanes execute and ends the hosts of those that are late.
    pub(super) fn end_late(&mut self, executing: &[(HostId, usize, Executing)]) {
        let Some(limit_ns) = self.timeouts.limit_ns() else { return };
        let now_ns = self.now_ns;
        let is_late = |item: &Executing| now_ns.saturating_sub(item.since_ns) >= limit_ns;
        let in_time = executing.iter().filter(|(.., item)| !is_late(item)).map(|(.., item)| item.since_ns);
        self.timeouts.plan_next(now_ns, limit_ns, in_time);
        let cause = self.timeouts.cause(limit_ns);
        for (id, _, item) in executing.iter().filter(|(.., item)| is_late(item)) {
            let Some(host) = self.hosts.get_mut(*id).filter(|host| host.is_working()) else {
                continue;
            };
            if !host.held.contains(item.index) {
                continue;
            }
            match &mut host.kill_reason {
                Some(KillReason::TimedOut { late, .. }) => late.push(item.index),
                Some(_) => {}
                None => {
                    let late = vec![item.index];
                    let stood_still = host.heartbeat.stands_still(now_ns, limit_ns / 2);
                    self.kill(*id, KillReason::TimedOut { late, cause: cause.clone(), stood_still });
                }
            }
        }
    }
}
