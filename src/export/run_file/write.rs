//! Writes a run down.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use super::pack::Packer;
use super::{FORMAT, MAGIC, RUN_ENDING, SavedPlan, is_run_file, kind};
use crate::error::{Error, Result};
use crate::export::whole_file::{check_place, write_whole};
use crate::monitor::{Machine, MachineHistory};
use crate::pool::{Event, RunLog};
use crate::value::Column;

/// Saves a run that is over, with all its rows, messages and times, in a file from which [`super::open_run`] makes the same
/// record again. `machine` is the one that it ran on, `history` what that did meanwhile, where it was looked at. The file is
/// written whole or not at all.
pub fn save_run(
    log: &RunLog,
    machine: &Machine,
    history: Option<&MachineHistory>,
    path: &Path,
) -> Result<()> {
    let refused = |reason: &str| Err(Error::usage(format!("save the run in {}", path.display()), reason));
    if !log.is_finished() {
        return refused("it still runs; stop it, or wait for its end");
    }
    if log.released > 0 {
        return refused("its first rows were let go, as those of a stream are");
    }
    write_whole(path, |out| write(log, machine, history, out))
}

/// Whether a run can be saved there while it reads or writes these files; the error says why not. Known before it is run.
pub fn check_run_place(path: &Path, used: &[PathBuf]) -> Result<()> {
    if !is_run_file(path) {
        let reason = format!("its name has to end in .{RUN_ENDING}");
        return Err(Error::usage(format!("save the run in {}", path.display()), reason));
    }
    check_place(path, used)
}

pub(super) fn write(
    log: &RunLog,
    machine: &Machine,
    history: Option<&MachineHistory>,
    out: &mut dyn Write,
) -> io::Result<()> {
    out.write_all(MAGIC)?;
    out.write_all(&FORMAT.to_le_bytes())?;
    let mut frames = FrameWriter { packer: Packer::new(out), count: 0 };
    frames.put(kind::PLAN, &serde_json::to_vec(&SavedPlan::of(&log.plan, machine))?)?;
    for (at_ns, event) in log.events() {
        frames.put_event(at_ns, &event)?;
    }
    if let Some(history) = history {
        frames.put(kind::MACHINE, &compact(history)?)?;
    }
    let count = frames.count.to_le_bytes();
    frames.put(kind::END, &count)?;
    frames.packer.finish()
}

struct FrameWriter<'a> {
    packer: Packer<'a>,
    count: u64,
}

impl FrameWriter<'_> {
    fn put(&mut self, kind: u8, payload: &[u8]) -> io::Result<()> {
        self.count += 1;
        self.packer.put(&[kind])?;
        self.packer.put(&(payload.len() as u64).to_le_bytes())?;
        self.packer.put(payload)
    }

    fn put_event(&mut self, at_ns: u64, event: &Event) -> io::Result<()> {
        match event {
            Event::InputsAdded(column) => self.put_inputs(column),
            Event::RowsRecorded(rows) => self.put(kind::ROWS, &compact(&(at_ns, rows))?),
            Event::LaneRecorded { lane, history } => {
                self.put(kind::LANE, &compact(&(*lane as u64, history))?)
            }
            event => self.put(kind::EVENT, &serde_json::to_vec(&(at_ns, event))?),
        }
    }

    fn put_inputs(&mut self, column: &Arc<Column>) -> io::Result<()> {
        self.put(kind::INPUTS, &compact(&(column.cells(), column.texts()))?)
    }
}

fn compact(payload: &impl Serialize) -> io::Result<Vec<u8>> {
    postcard::to_stdvec(payload).map_err(io::Error::other)
}
