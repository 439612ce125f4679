//! What a run shows: figures that are made of its record, and of nothing else.
//!
//! It is pure: a record in, figures out. Each figure says whether it was measured or is an estimate. How figures are
//! worded and drawn is the business of `cli` and of the window.

mod causes;
mod compare;
mod disturbance;
mod figures;
mod finding;
mod ledger;
mod parts;
mod plot;
mod table;
mod tally;

pub use self::causes::{CauseGroup, CauseGroups};
pub use self::compare::{
    Basis, Comparison, Differences, Judgement, NARROW, Round, RoundLimits, Timed, begins_with_b,
    compare_rounds, compare_runs,
};
pub use self::disturbance::Disturbance;
pub use self::figures::RunFigures;
pub use self::finding::Finding;
pub use self::ledger::{Ledger, LedgerKeeper};
pub use self::parts::{Part, Parts};
pub use self::plot::{Axis, Plot, PlotScale, PlotSeries, PlotTick, Unit};
pub use self::table::FigureTable;
