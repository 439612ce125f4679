//! Setups and lessons in files (`.pool`): what stands in them, and the job that a setup makes. A person's window and the command
//! line read the same files. Reading one runs nothing.

mod digest;
mod file_lesson;
mod job;
mod pool_file;
mod reading;
mod rules;
mod saved_setup;

pub use self::digest::digest;
pub use self::file_lesson::{ChooseInterpreter, FileLesson};
pub use self::pool_file::{Answer, LessonText, POOL_ENDING, PoolFile};
pub use self::reading::{bad_lines_reason, merged_types, read_as, variables};
pub use self::rules::{DelayKind, HaltKind, Rules, TimeoutKind};
pub use self::saved_setup::{
    FIRST_FUNCTION, FunctionKind, LONGEST_TEXT_BYTES, SavedFunction, SavedInputs, SavedSetup, SavedSource,
    SourceKind,
};
