//! What the window knows: the setup that a person edits, and the run that it shows. No drawing here.

mod builtin;
mod code;
mod command;
mod consent;
mod disturbance;
mod function;
mod inputs;
mod kept_run;
mod kept_runs;
mod lesson;
mod loading;
mod notes;
mod on_disk;
mod own_lesson;
mod program_card;
mod recent;
mod resume_job;
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
pub use self::disturbance::DisturbanceWatch;
pub use self::function::FunctionChoice;
pub use self::inputs::InputsSetup;
pub use self::kept_run::KeptRun;
pub use self::kept_runs::KeptRuns;
pub use self::lesson::{LessonCard, LessonPage, LessonSource, LessonStep};
pub use self::loading::{Loading, Origin, path_from_text};
pub use self::on_disk::{NewContent, OnDisk, bytes_of, new_content};
pub use self::program_card::ProgramCard;
pub use self::recent::RecentPaths;
pub use self::runner::{Phase, Runner};
pub use self::setup::{Setup, log_title};
pub use self::stored_runs::StoredRun;
pub use self::twin_run::{TwinRun, TwinStep};
pub use self::verdict::{RunVerdict, VerdictOfRun, of_run};
pub use crate::lessons::file::{
    Answer, DelayKind, FileLesson, FunctionKind, HaltKind, LessonText, POOL_ENDING, PoolFile, Rules,
    SavedSetup, SourceKind, TimeoutKind,
};
