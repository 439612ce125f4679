//! The same job with processes and with threads, in turns: which of them is to run next, and when that is enough.

use std::time::{Duration, Instant};

use crate::analysis::{Comparison, Round, RoundLimits, Timed, begins_with_b, compare_rounds};
use crate::pool::{Job, Mode, RunLog, Settings};

/// Short jobs are repeated within these.
const LIMITS: RoundLimits = RoundLimits { most_rounds: 15, budget: Duration::from_secs(20) };

/// A job that is run in both modes, in turns.
pub struct TwinRun {
    /// With processes, with threads.
    jobs: [Job; 2],
    /// How long each run of each took, and what else the machine did.
    timed: [Vec<Timed>; 2],
    /// The number under which the last run of each is kept.
    numbers: [Option<u32>; 2],
    begun: Instant,
    /// The start of the run that was counted last.
    counted: Option<Instant>,
}

/// What to do next.
#[derive(Debug, PartialEq)]
pub enum TwinStep {
    /// Run the job in this mode; the kept run of this number gives way to it.
    Run { mode: Mode, instead_of: Option<u32> },
    /// It is over; these two are its last runs, where both came to their end.
    Done(Option<[u32; 2]>),
}

impl TwinRun {
    /// Nothing of it is run yet.
    pub fn new(job: &Job, now: Instant) -> Self {
        let with = |mode| Job { settings: Settings { mode, processes: 1, ..job.settings }, ..job.clone() };
        Self {
            jobs: [with(Mode::Process), with(Mode::Thread)],
            timed: [Vec::new(), Vec::new()],
            numbers: [None, None],
            begun: now,
            counted: None,
        }
    }

    /// The job in this mode.
    pub fn job(&self, mode: Mode) -> &Job {
        &self.jobs[mode as usize]
    }

    /// What several rounds tell of processes against threads; nothing before there are two.
    pub fn comparison(&self) -> Option<Comparison> {
        let rounds = self.rounds();
        if rounds.len() < 2 { None } else { compare_rounds(&rounds) }
    }

    fn rounds(&self) -> Vec<Round> {
        let [processes, threads] = &self.timed;
        processes.iter().zip(threads).map(|(a, b)| Round { a: *a, b: *b }).collect()
    }

    /// "run 3, threads": for the status bar.
    pub fn said(&self) -> String {
        let runs = self.runs();
        let mode = self.next_mode().plural();
        format!("both modes in turns: run {}, {mode}", runs + 1)
    }

    fn runs(&self) -> usize {
        self.timed.iter().map(Vec::len).sum()
    }

    fn next_mode(&self) -> Mode {
        let runs = self.runs();
        let is_second = !runs.is_multiple_of(2);
        if begins_with_b(runs / 2) == is_second { Mode::Process } else { Mode::Thread }
    }

    /// Counts the run that has ended, which is kept under this number.
    pub fn count(&mut self, log: &RunLog, number: u32) -> bool {
        if self.counted == Some(log.plan.started) {
            return false;
        }
        self.counted = Some(log.plan.started);
        let side = log.plan.job.settings.mode as usize;
        self.timed[side].push(Timed::of(log));
        self.numbers[side] = Some(number);
        true
    }

    /// What to do after a run that came to its end, or at the beginning.
    pub fn next(&self, now: Instant) -> TwinStep {
        let is_round_whole = self.runs().is_multiple_of(2);
        if is_round_whole && LIMITS.are_enough(&self.rounds(), now.saturating_duration_since(self.begun)) {
            return self.done();
        }
        let mode = self.next_mode();
        TwinStep::Run { mode, instead_of: self.numbers[mode as usize] }
    }

    /// The end of it, whatever is missing.
    pub fn done(&self) -> TwinStep {
        TwinStep::Done(self.numbers[0].zip(self.numbers[1]).map(|(one, other)| [one, other]))
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::analysis::Basis;
    use crate::pool::examples::Example;
    use crate::pool::{Ending, Event, Plan};

    fn run_of(twin: &TwinRun, mode: Mode, elapsed_ns: u64) -> RunLog {
        let job = twin.job(mode).clone();
        let mut log = RunLog::new(Plan { job, started: Instant::now(), started_wall: SystemTime::now() });
        log.apply(elapsed_ns, &Event::Finished { ending: Ending::Stopped });
        log
    }

    #[test]
    fn both_modes_take_turns_until_there_is_no_time_for_another_pair() {
        let job = Example::find("Pool.map").unwrap().job().unwrap();
        let begun = Instant::now();
        let mut twin = TwinRun::new(&job, begun);
        let mut order = String::new();
        let mut now = begun;
        let last = loop {
            match twin.next(now) {
                TwinStep::Run { mode, instead_of } => {
                    assert_eq!(instead_of.is_some(), order.len() >= 2);
                    order.push(if mode == Mode::Process { 'P' } else { 'T' });
                    let log = run_of(&twin, mode, 2_500_000_000);
                    assert!(twin.count(&log, order.len() as u32) && !twin.count(&log, 99));
                    now += Duration::from_millis(2500);
                }
                step => break step,
            }
        };
        assert_eq!(order, "PTTPPTTP");
        assert_eq!(last, TwinStep::Done(Some([8, 7])));
        assert_eq!(
            twin.comparison().map(|found| (found.ratio, found.basis)),
            Some((1.0, Basis::Rounds { used: 4, set_aside: 0 }))
        );
    }

    #[test]
    fn a_long_job_runs_once_each_and_clear_figures_are_enough() {
        let job = Example::find("Pool.map").unwrap().job().unwrap();
        let begun = Instant::now();
        let mut twin = TwinRun::new(&job, begun);
        for (number, mode) in [(1, Mode::Process), (2, Mode::Thread)] {
            let log = run_of(&twin, mode, 5);
            twin.count(&log, number);
        }
        assert_eq!(twin.next(begun + Duration::from_secs(15)), TwinStep::Done(Some([1, 2])));
        assert!(matches!(twin.next(begun), TwinStep::Run { .. }));
        assert_eq!(twin.comparison(), None, "one round is told of as two runs");
        for round in 1..6 {
            for (number, mode) in [(1, Mode::Process), (2, Mode::Thread)] {
                assert!(matches!(twin.next(begun), TwinStep::Run { .. }), "round {round}");
                let log = run_of(&twin, mode, 5);
                twin.count(&log, number);
            }
        }
        assert_eq!(twin.next(begun), TwinStep::Done(Some([1, 2])));
    }
}
