//! What the window knows: the setup that a person edits, and the run that it shows. No drawing here.

mod builtin;
mod code;
mod command;
mod consent;
mod function;
mod inputs;
mod kept_runs;
mod loading;
mod other_programs;
mod recent;
mod resume_job;
mod rules;
mod runner;
mod saved_setup;
mod setup;
mod stored_runs;
mod twin_run;
mod typed;
mod verdict;

pub use self::builtin::BuiltinChoice;
pub use self::code::{CodeChoice, Language};
pub use self::command::CommandChoice;
pub use self::consent::{ConsentAnswer, ConsentQuestion};
pub use self::function::{FunctionChoice, FunctionKind};
pub use self::inputs::{InputsSetup, SourceKind};
pub use self::kept_runs::{KeptRun, KeptRuns};
pub use self::loading::{Loading, Origin, path_from_text};
pub use self::other_programs::OtherProgramsWatch;
pub use self::recent::RecentPaths;
pub use self::rules::{DelayKind, HaltKind, Rules, TimeoutKind};
pub use self::runner::{Phase, Runner};
pub use self::saved_setup::SavedSetup;
pub use self::setup::{Setup, log_title};
pub use self::stored_runs::StoredRun;
pub use self::twin_run::{TwinRun, TwinStep};
pub use self::verdict::{Verdict, VerdictOfRun, of_run};
