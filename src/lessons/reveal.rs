//! What is shown after the runs of a lesson: the verdict, with the figures and the words that carry it.

use std::fmt;

use crate::analysis::{Disturbance, FigureTable, Plot};
use crate::value::amount;

/// A measured figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// "0.98×".
    pub value: String,
    /// What it is: "four threads beside one".
    pub meaning: String,
}

/// What was found of a claim.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    Holds,
    DoesNotHold,
    /// One of the answers is right; there is no claim that would hold or not.
    Answered {
        place: usize,
    },
    /// Other programs used the cores meanwhile.
    TooBusy(Disturbance),
    /// Nothing could be measured, and why.
    NotMeasured(String),
}

/// What is shown after the runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Reveal {
    pub verdict: Verdict,
    /// The place among the choices of that which was right; nothing where nothing could be told.
    pub right: Option<usize>,
    pub figures: Vec<Figure>,
    /// Why it came out so.
    pub why: String,
    /// What the runs measured, as points, where that is to be seen best so.
    pub plot: Option<Box<Plot>>,
    /// What the pictures of the runs show, in words.
    pub tables: Vec<FigureTable>,
}

impl Reveal {
    /// A verdict alone, without anything that was measured.
    pub fn of(verdict: Verdict) -> Self {
        let (figures, tables) = (Vec::new(), Vec::new());
        Self { verdict, right: None, figures, why: String::new(), plot: None, tables }
    }

    /// Nothing could be measured, for this reason.
    pub fn not_measured(reason: String) -> Self {
        Self::of(Verdict::NotMeasured(reason))
    }
}

impl Verdict {
    /// As in the output for programs.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::DoesNotHold => "does not hold here",
            Self::Answered { .. } => "answered",
            Self::TooBusy(_) => "too busy",
            Self::NotMeasured(_) => "not measured",
        }
    }
}

/// As a sentence: "It holds here."
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Holds => write!(f, "It holds here."),
            Self::DoesNotHold => write!(f, "It does not hold here."),
            Self::Answered { place } => write!(f, "Answer {} is right.", place + 1),
            Self::TooBusy(Disturbance::Others { busy_cores, cores }) => write!(
                f,
                "Too busy to tell: other programs used {busy_cores:.1} of {}. Close them and run it again.",
                amount::counted(*cores as u64, "core", "cores")
            ),
            Self::TooBusy(Disturbance::Taken { steal_cores, cores }) => write!(
                f,
                "Too busy to tell: the machine around this one took {steal_cores:.1} of {}. Run it again later.",
                amount::counted(*cores as u64, "core", "cores")
            ),
            Self::TooBusy(Disturbance::ThisWindow { busy_cores, cores }) => write!(
                f,
                "Too busy to tell: drawing this window used {busy_cores:.1} of {}. Make it smaller, or run it again.",
                amount::counted(*cores as u64, "core", "cores")
            ),
            Self::NotMeasured(reason) => write!(f, "Nothing was measured: {reason}"),
        }
    }
}
