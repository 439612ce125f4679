//! What the figures of each lesson say of its claim.
//!
//! Limits lie well between what a machine shows where a claim holds and where it does not, so that a run that is a little
//! disturbed is judged like one that is not.

use super::Measured;
use crate::value::amount;

pub(super) mod beyond;
pub(super) mod claims;
pub(super) mod pictures;

/// From this share of what all cores could give, they count as used where nothing else wanted them.
const ALL_CORES_SHARE: f64 = 0.7;
/// From this one, they do in any case.
const SURELY_ALL_CORES_SHARE: f64 = 0.9;
/// From which share of what all cores could give they count as used: what took cores away from a run may be all that it lacks.
fn all_cores_share(measured: &Measured, runs: &[usize]) -> f64 {
    let is_disturbed = runs.iter().any(|run| measured.is_disturbed(*run));
    if is_disturbed { SURELY_ALL_CORES_SHARE } else { ALL_CORES_SHARE }
}

/// Whether the workers of a run, so many of which can be on a core at once, gained from all cores, beside the run of one worker:
/// they were as many times as fast; or they were on as many cores, and faster. Cores that are hyperthreads, or get slower when
/// all compute, are used and give less than one alone does.
fn gained_from_all_cores(measured: &Measured, run: usize, workers: f64, share: f64) -> bool {
    let (speedup, whole) = (measured.speedup(run, ONE_WORKER_RUN), share * workers);
    let are_used = measured.cores_used(run) >= whole && speedup >= whole / 2.0;
    measured.cores > 1 && speedup >= NO_GAIN && (speedup >= whole || are_used)
}

/// So many times as fast is no gain.
const NO_GAIN: f64 = 1.25;
/// In lessons on computing, the first run has one worker and the others several: see the runs in `catalogue`.
const ONE_WORKER_RUN: usize = 0;

/// Said where threads compute side by side, after lessons in which those of Python take turns.
const NO_PYTHON_THREADS: &str = "These threads are not Python's: no lock has them take turns.";

fn plural(count: f64, one: &str, many: &str) -> String {
    format!("{count:.0} {}", if count == 1.0 { one } else { many })
}

/// Microseconds as a person says them, and as a plot beside it does.
fn duration(us: f64) -> String {
    amount::duration(us / 1e6)
}

/// Whether it holds, and which answer was right; of a judgement that says all that one has to.
#[cfg(test)]
fn told(judged: super::Judged) -> (bool, usize) {
    let texts = judged.figures.iter().flat_map(|figure| [&figure.value, &figure.meaning]);
    assert!(texts.chain([&judged.why]).all(|text| !text.is_empty() && !text.contains("NaN")));
    assert!((3..=4).contains(&judged.figures.len()) && judged.right < 3);
    (judged.holds, judged.right)
}
