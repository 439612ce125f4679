//! Which of two jobs is faster, by how much, and how sure that is.
//!
//! It owns the figures: `rounds` compares what was run in turns, `runs` two recorded runs of which each ran once. It runs
//! nothing and knows of no clock. The times of a pair are compared as their ratio, on a logarithmic scale: what makes both
//! slower at the same moment cancels out. See Kalibera & Jones, "Quantifying Performance Changes with Effect Size Confidence
//! Intervals" (2012), for intervals of ratios, and Bulej et al., "Duet Benchmarking" (2020), for pairs.

mod comparison;
mod differences;
mod interval;
mod rounds;
mod runs;
mod sentence;

pub use self::comparison::{Basis, Comparison, Judgement, NARROW};
pub use self::differences::Differences;
pub use self::rounds::{Round, RoundLimits, Timed, begins_with_b, compare_rounds};
pub use self::runs::compare_runs;
