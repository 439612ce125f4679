//! Two jobs that were run in turns, a pair a round.

use std::time::Duration;

use super::comparison::{Basis, Comparison};
use super::interval::{Interval, median};
use super::runs::BETWEEN_RUNS;
use crate::analysis::disturbance::Disturbance;
use crate::pool::{MachineLoad, RunLog, ns_to_s};

/// With fewer rounds that count, nothing can be said where others were at work in the rest.
const FEW: usize = 3;
/// Fewer rounds give no interval that needs no assumptions.
const LEAST_ROUNDS: usize = 6;

/// One run of one of two jobs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timed {
    /// Wall time in seconds; more than 0.
    pub time_s: f64,
    /// What the machine did meanwhile, where the system tells.
    pub machine: Option<MachineLoad>,
}

impl Timed {
    /// Of the record of a run that is over.
    pub fn of(log: &RunLog) -> Self {
        Self { time_s: ns_to_s(log.last_row_ns.max(1)), machine: log.machine }
    }
}

/// How long rounds go on.
#[derive(Debug, Clone, Copy)]
pub struct RoundLimits {
    pub most_rounds: usize,
    /// No round begins that would probably take longer than is left of this.
    pub budget: Duration,
}

impl RoundLimits {
    /// Whether no other round is to follow these, which took so long: the interval is narrow, or a limit is reached.
    pub fn are_enough(&self, rounds: &[Round], elapsed: Duration) -> bool {
        let count = rounds.len().max(1);
        let with_another = elapsed + elapsed / count as u32;
        let is_narrow =
            || count >= LEAST_ROUNDS && compare_rounds(rounds).is_some_and(|found| found.is_narrow());
        count >= self.most_rounds || with_another > self.budget || is_narrow()
    }
}

/// Whether B runs before A in the round of this number, counted from 0: A B, B A, A B. What slows the machine down for a
/// while then meets both alike.
pub fn begins_with_b(round: usize) -> bool {
    !round.is_multiple_of(2)
}

/// A and B, one directly after the other, in whichever order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Round {
    pub a: Timed,
    pub b: Timed,
}

impl Round {
    fn is_disturbed(&self) -> bool {
        [self.a, self.b]
            .iter()
            .any(|run| run.machine.is_some_and(|load| Disturbance::that_spoiled(&load).is_some()))
    }

    /// The logarithm of B's time over A's.
    fn log_ratio(&self) -> f64 {
        (self.b.time_s / self.a.time_s).ln()
    }
}

/// Compares A with B by all rounds so far; nothing where there is none.
///
/// Rounds in which others used much of the machine do not count. Where they are more than half, or leave fewer than three,
/// all of them give the figures, and the verdict is that the machine was too busy.
pub fn compare_rounds(rounds: &[Round]) -> Option<Comparison> {
    let quiet: Vec<Round> = rounds.iter().copied().filter(|round| !round.is_disturbed()).collect();
    let set_aside = rounds.len() - quiet.len();
    let is_too_busy = set_aside > 0 && (quiet.len() < FEW || set_aside > quiet.len()) || taken_in_all(rounds);
    let used = if is_too_busy { rounds } else { &quiet };
    let logs: Vec<f64> = used.iter().map(Round::log_ratio).collect();
    let interval = if logs.len() < FEW { assumed(&logs)? } else { Interval::of(&logs)? };
    let basis = match rounds.len() {
        1 => Basis::OnceEach,
        _ => Basis::Rounds { used: used.len(), set_aside: rounds.len() - used.len() },
    };
    let usual_s = |time_s: fn(&Round) -> f64| {
        let mut times_s: Vec<f64> = used.iter().map(time_s).collect();
        times_s.sort_by(f64::total_cmp);
        median(&times_s)
    };
    let times_s = (usual_s(|round| round.a.time_s), usual_s(|round| round.b.time_s));
    Some(Comparison::new(interval, times_s, basis, is_too_busy))
}

/// One or two rounds do not tell how much runs differ by themselves: what they were seen to differ by elsewhere has to do, or
/// what the two differ by where that is more. Nothing for no round.
fn assumed(logs: &[f64]) -> Option<Interval> {
    let (first, last) = (logs.first()?, logs.last()?);
    Some(Interval::around(f64::midpoint(*first, *last), BETWEEN_RUNS.half().max((first - last).abs())))
}

/// Whether others used much of the machine in all rounds together: what single short runs do not show.
fn taken_in_all(rounds: &[Round]) -> bool {
    let short = rounds.iter().flat_map(|round| [round.a, round.b]).filter_map(|run| run.machine);
    let short = short.filter(|load| !load.tells_of_others()).reduce(|sum, load| sum.and(&load));
    short.is_some_and(|load| Disturbance::that_spoiled(&load).is_some())
}

#[cfg(test)]
mod tests {
    use super::super::Judgement;
    use super::*;

    /// Numbers that look drawn by chance and are the same each time: SplitMix64 (Steele, Lea & Flood 2014).
    struct Chance(u64);

    impl Chance {
        /// From 0 to 1.
        fn next(&mut self) -> f64 {
            self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut mixed = self.0;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
        }

        /// Normal, by Box and Muller.
        fn normal(&mut self) -> f64 {
            (-2.0 * (1.0 - self.next()).ln()).sqrt() * (std::f64::consts::TAU * self.next()).cos()
        }
    }

    const NO_LOAD: MachineLoad = MachineLoad {
        from_ns: 0,
        upto_ns: 0,
        cores: 2,
        busy_ns: 0,
        pool_ns: 0,
        own_ns: 0,
        engine_ns: 0,
        steal_ns: 0,
    };

    fn timed(time_s: f64) -> Timed {
        Timed { time_s, machine: None }
    }

    /// A round of jobs of which B takes `ratio` times as long; runs vary by themselves, the machine drifts, and now and then
    /// something else gets in between.
    fn noisy_round(chance: &mut Chance, ratio: f64, spread: f64) -> Round {
        let drift = 0.1 * chance.normal();
        let mut run = |time_s: f64| {
            let odd = if chance.next() < 0.05 { 0.5 * chance.next() } else { 0.0 };
            timed(time_s * (drift + spread * chance.normal() + odd).exp())
        };
        Round { a: run(1.0), b: run(ratio) }
    }

    /// Adds rounds as the command line does: at least six, until the interval is narrow, at most so many.
    fn compare_in_turns(chance: &mut Chance, ratio: f64, spread: f64, most: usize) -> Comparison {
        let mut rounds = Vec::new();
        loop {
            rounds.push(noisy_round(chance, ratio, spread));
            let found = compare_rounds(&rounds).unwrap();
            if rounds.len() >= most || (rounds.len() >= 6 && found.is_narrow()) {
                return found;
            }
        }
    }

    #[test]
    fn equal_jobs_are_seldom_called_different() {
        for (spread, most) in [(0.01, 20), (0.03, 20), (0.03, 5), (0.1, 12)] {
            let mut chance = Chance(7);
            let verdicts: Vec<Judgement> =
                (0..2000).map(|_| compare_in_turns(&mut chance, 1.0, spread, most).verdict).collect();
            let different =
                verdicts.iter().filter(|verdict| matches!(verdict, Judgement::Faster | Judgement::Slower));
            let count = different.count();
            assert!(count <= 2000 * 4 / 100, "{count} of 2000 at a spread of {spread}, {most} rounds");
        }
    }

    #[test]
    fn a_tenth_is_found() {
        for spread in [0.01, 0.03] {
            let mut chance = Chance(11);
            let found = (0..1000).map(|_| compare_in_turns(&mut chance, 1.1, spread, 20));
            let found: Vec<Comparison> = found.collect();
            let faster = found.iter().filter(|found| found.verdict == Judgement::Faster).count();
            let covered = found.iter().filter(|found| (found.low..=found.high).contains(&1.1)).count();
            assert!(faster >= 970, "{faster} of 1000 at a spread of {spread}");
            assert!(
                covered >= 900,
                "the truth was within {covered} of 1000 intervals at a spread of {spread}"
            );
        }
    }

    #[test]
    fn a_ratio_is_b_over_a_and_one_round_is_said_to_be_one() {
        let found = compare_rounds(&[Round { a: timed(1.0), b: timed(2.0) }]).unwrap();
        assert_eq!((found.ratio, found.verdict, found.basis), (2.0, Judgement::Faster, Basis::OnceEach));
        assert_eq!((found.a_s, found.b_s), (1.0, 2.0));
        assert_eq!(compare_rounds(&[]), None);
        let found = compare_rounds(&[Round { a: timed(1.1), b: timed(1.0) }; 6]).unwrap();
        assert_eq!((found.verdict, found.is_narrow()), (Judgement::Slower, true));
    }

    #[test]
    fn rounds_in_which_others_were_at_work_do_not_count() {
        let load = |others_ns| MachineLoad { upto_ns: 1_000_000_000, busy_ns: others_ns, ..NO_LOAD };
        let round = |b_s, others_ns| Round {
            a: timed(1.0),
            b: Timed { time_s: b_s, machine: Some(load(others_ns)) },
        };
        let mut rounds = vec![round(1.0, 0); 7];
        rounds.push(round(3.0, 1_500_000_000));
        let found = compare_rounds(&rounds).unwrap();
        assert_eq!((found.verdict, found.high), (Judgement::Same, 1.0));
        assert_eq!(found.basis, Basis::Rounds { used: 7, set_aside: 1 });
        let found = compare_rounds(&rounds[6..]).unwrap();
        assert_eq!(found.verdict, Judgement::TooBusy);
        assert_eq!(found.basis, Basis::Rounds { used: 2, set_aside: 0 });
    }

    #[test]
    fn short_runs_together_show_that_others_were_at_work() {
        let load = MachineLoad { upto_ns: 50_000_000, busy_ns: 80_000_000, ..NO_LOAD };
        let run = Timed { time_s: 0.05, machine: Some(load) };
        let rounds = [Round { a: run, b: run }; 6];
        assert_eq!(compare_rounds(&rounds).unwrap().verdict, Judgement::TooBusy);
        let short = Timed { machine: Some(MachineLoad { upto_ns: 40_000_000, ..load }), ..run };
        assert_ne!(compare_rounds(&[Round { a: short, b: short }]).unwrap().verdict, Judgement::TooBusy);
    }

    fn are_enough(b_s: &[f64], elapsed_s: f64) -> bool {
        let rounds: Vec<Round> = b_s.iter().map(|b_s| Round { a: timed(1.0), b: timed(*b_s) }).collect();
        let limits = RoundLimits { most_rounds: 100, budget: Duration::from_secs(20) };
        limits.are_enough(&rounds, Duration::from_secs_f64(elapsed_s))
    }

    #[test]
    fn rounds_end_with_a_narrow_interval_or_the_time() {
        assert!(are_enough(&[1.9; 6], 1.0) && !are_enough(&[1.9; 5], 1.0));
        assert!(!are_enough(&[1.0, 1.1, 1.2, 0.9, 1.0, 1.3], 1.0));
        assert!(are_enough(&[1.9], 11.0) && !are_enough(&[1.9], 9.0));
        assert!(are_enough(&[1.0, 1.2].repeat(50), 1.0));
    }
}
