//! Whether other programs use the cores while nothing runs: what a person should know before Start.

use std::time::{Duration, Instant};

use crate::analysis::Disturbance;
use crate::monitor::MonitorSnapshot;

/// What is said is a mean over so long, so that it does not flicker.
const SMOOTHED: Duration = Duration::from_secs(2);
/// Of fewer samples nothing is said.
const LEAST_SAMPLES: u32 = 5;

/// Follows what other programs use.
#[derive(Debug, Default)]
pub struct DisturbanceWatch {
    /// When a run was last at work. The end of a run falls between two samples, of which the second cannot tell its
    /// processes, which are gone, from others.
    last_live: Option<Instant>,
    others: Option<Disturbance>,
}

impl DisturbanceWatch {
    /// Takes the newest figures; once a frame. While a run is at work nothing is said: it tells by itself what it had.
    pub fn follow(&mut self, machine: Option<&MonitorSnapshot>, is_live: bool, now: Instant) {
        if is_live {
            self.last_live = Some(now);
        }
        let was_much = self.others.is_some();
        self.others =
            machine.filter(|_| !is_live).and_then(|machine| self.others_now(machine, now, was_much));
    }

    fn others_now(&self, machine: &MonitorSnapshot, now: Instant, was_much: bool) -> Option<Disturbance> {
        let from = now.checked_sub(SMOOTHED)?;
        let after_run = self.last_live.map(|at| at + 2 * machine.interval);
        let (busy_cores, samples) =
            machine.shares.others.mean_from(after_run.map_or(from, |at| from.max(at)))?;
        (samples >= LEAST_SAMPLES)
            .then(|| Disturbance::now(f64::from(busy_cores), machine.cores.len(), was_much))
            .flatten()
    }

    /// What other programs use, where that is much.
    pub fn get(&self) -> Option<Disturbance> {
        self.others
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::monitor::{CoreShares, ProcessSample, Series};

    const INTERVAL: Duration = Duration::from_millis(200);

    /// Two cores, of which others use so much in each of some samples.
    pub fn machine(begun: Instant, others: impl IntoIterator<Item = f32>) -> (MonitorSnapshot, Instant) {
        let mut shares = CoreShares::new(INTERVAL);
        let mut at = begun;
        for busy in others {
            at += INTERVAL;
            shares.push(at, busy + 0.4, 0.0, 0.4);
        }
        let machine = MonitorSnapshot {
            cores: vec![Series::new(INTERVAL); 2],
            own: ProcessSample::default(),
            hosts: BTreeMap::new(),
            shares,
            memory_total_bytes: 0,
            memory_used_bytes: 0,
            interval: INTERVAL,
            usable_cores: 2,
        };
        (machine, at)
    }

    #[test]
    fn what_the_window_uses_is_nobody_elses() {
        let mut watch = DisturbanceWatch::default();
        let (busy, now) = machine(Instant::now(), [1.2; 20]);
        watch.follow(Some(&busy), false, now);
        assert!(matches!(watch.get(), Some(Disturbance::Others { cores: 2, .. })), "{watch:?}");
        let (idle, now) = machine(now, [0.0; 20]);
        watch.follow(Some(&idle), false, now);
        assert_eq!(watch.get(), None);
    }

    #[test]
    fn a_short_peak_and_too_few_samples_say_nothing() {
        let mut watch = DisturbanceWatch::default();
        let (peak, now) = machine(Instant::now(), [0.0, 0.0, 0.0, 0.0, 2.0, 2.0, 0.0, 0.0, 0.0, 0.0]);
        watch.follow(Some(&peak), false, now);
        assert_eq!(watch.get(), None);
        let (few, now) = machine(Instant::now(), [2.0; 4]);
        watch.follow(Some(&few), false, now);
        assert_eq!(watch.get(), None);
    }

    #[test]
    fn a_run_is_not_taken_for_others_after_its_end() {
        let mut watch = DisturbanceWatch::default();
        let (busy, now) = machine(Instant::now(), [1.9; 20]);
        watch.follow(Some(&busy), true, now);
        assert_eq!(watch.get(), None);
        watch.follow(Some(&busy), false, now + INTERVAL);
        assert_eq!(watch.get(), None);
        let (still_busy, later) = machine(now + INTERVAL, [1.9; 20]);
        watch.follow(Some(&still_busy), false, later);
        assert!(watch.get().is_some());
    }
}
