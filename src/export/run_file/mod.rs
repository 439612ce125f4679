//! A run in a file: the events that make its record again, compressed. What the events are is the business of `pool`; here is
//! how they lie in a file, and what is said of a file that cannot be read.
//!
//! The file begins with [`MAGIC`] and the number of its format. The rest is blocks, each with its length before and after it
//! was compressed, and with zlib's own check sum; unpacked and joined they are *frames*: a kind, a length, what is in it.
//! Small things are JSON, so that a later version can add fields and kinds of events: what an older one does not know, it
//! leaves out and says so. Rows, inputs and the histories of lanes and of the machine are postcard, in kinds of frames that do not change any more:
//! what has to be otherwise gets another kind.

mod pack;
mod read;
#[cfg(test)]
mod tests;
mod write;

use std::path::Path;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

pub use self::read::{OpenedRun, open_run};
pub use self::write::{check_run_place, save_run};
use crate::function::FunctionSpec;
use crate::monitor::Machine;
use crate::pool::{Plan, Settings};

/// The ending of such a file's name.
pub const RUN_ENDING: &str = "poolrun";
const MAGIC: &[u8; 12] = b"poolscoperun";
/// What this program writes, and the newest that it reads.
const FORMAT: u32 = 1;
/// A header within the format: magic and number.
const HEAD_BYTES: usize = MAGIC.len() + 4;

/// Kinds of frames; a number is never given to another kind.
mod kind {
    /// [`super::SavedPlan`], as JSON. The first frame.
    pub const PLAN: u8 = 1;
    /// A small event with its time, as JSON.
    pub const EVENT: u8 = 2;
    /// Inputs: their cells, and the texts that they were read from where these are noted.
    pub const INPUTS: u8 = 3;
    /// [`crate::pool::RecordedRows`] with their time.
    pub const ROWS: u8 = 4;
    /// The place of a lane, and its [`crate::pool::LaneHistory`].
    pub const LANE: u8 = 5;
    /// [`crate::monitor::MachineHistory`].
    pub const MACHINE: u8 = 6;
    /// The number of frames before it. The last frame.
    pub const END: u8 = 255;
}

/// Whether a name is that of a saved run.
pub fn is_run_file(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(RUN_ENDING))
}

/// What was fixed when the run started.
#[derive(Debug, Serialize, Deserialize)]
struct SavedPlan {
    /// The version of the program that saved it.
    program: String,
    inputs_name: String,
    function: FunctionSpec,
    settings: Settings,
    /// Since 1970.
    started_s: f64,
    /// The one that it ran on.
    #[serde(default)]
    machine: Machine,
}

impl SavedPlan {
    fn of(plan: &Plan, machine: &Machine) -> Self {
        let job = &plan.job;
        // A clock that stands before 1970 tells nothing.
        let since = plan.started_wall.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self {
            program: env!("CARGO_PKG_VERSION").to_owned(),
            inputs_name: job.inputs_name.clone(),
            function: job.function.clone(),
            settings: job.settings,
            started_s: since.as_secs_f64(),
            machine: machine.clone(),
        }
    }

    fn started_wall(&self) -> SystemTime {
        let since = Duration::try_from_secs_f64(self.started_s).unwrap_or_default();
        SystemTime::UNIX_EPOCH.checked_add(since).unwrap_or(SystemTime::UNIX_EPOCH)
    }
}
