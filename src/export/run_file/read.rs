//! Makes the record of a saved run again. A file may come from anybody: nothing of it is run, and what contradicts itself is
//! refused.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use serde::de::DeserializeOwned;

use super::pack::{Unpackable, Unpacker};
use super::{FORMAT, HEAD_BYTES, MAGIC, SavedPlan, kind};
use crate::error::{Error, Result};
use crate::monitor::{Machine, MachineHistory};
use crate::pool::record::{LATEST_NS, are_sound_stays};
use crate::pool::{Event, Job, LaneHistory, MAX_WORKERS, NotePlace, Plan, RecordedRows, RunLog};
use crate::value::amount::counted;
use crate::value::{Column, WrittenTexts};

/// A frame is no larger than all of a file.
const LONGEST_FRAME_BYTES: u64 = 4 << 30;
/// Calls without input take no room in a file: more of them than this are none.
const MOST_ITEMS: usize = 10_000_000_000;
/// Lanes of a pool that was made smaller and larger, and the one of suspects.
const MOST_LANES: usize = MAX_WORKERS + 1;

/// A run that was opened.
#[derive(Debug)]
pub struct OpenedRun {
    pub log: RunLog,
    /// The machine that it ran on, as far as the file tells.
    pub machine: Machine,
    /// What that did meanwhile, where it was looked at.
    pub history: Option<MachineHistory>,
    /// What of the file is left out, and why.
    pub notes: Vec<String>,
}

/// Opens a run that [`super::save_run`] has saved. The error says what is wrong with the file.
pub fn open_run(path: &Path) -> Result<OpenedRun> {
    let failed = |reason: String| Error::input(format!("open the run {}", path.display()), reason);
    let file = File::open(path).map_err(|error| failed(error.to_string()))?;
    read(&mut BufReader::new(file)).map_err(failed)
}

/// The reason is that of a sentence: "it is cut off".
pub(super) fn read(source: &mut dyn Read) -> Result<OpenedRun, String> {
    check_head(source)?;
    let mut frames = Frames { unpacker: Unpacker::new(source), count: 0 };
    let (kind, payload) = frames.next()?;
    if kind != kind::PLAN {
        return Err(Unpackable::Damaged.to_string());
    }
    let plan: SavedPlan = serde_json::from_slice(&payload)
        .map_err(|error| format!("what it says of its pool is not understood ({error})"))?;
    if plan.settings.workers.max(plan.settings.processes) > MAX_WORKERS {
        return Err(Unpackable::Damaged.to_string());
    }
    let machine = plan.machine.clone();
    let log = RunLog::streaming(plan_of(plan, Arc::default()));
    let mut builder = Builder { log, machine, history: None, left_out: 0 };
    loop {
        let (kind, payload) = frames.next()?;
        match kind {
            kind::END if payload == (frames.count - 1).to_le_bytes() => {
                let behind_bytes = frames.unpacker.left_bytes().map_err(|error| error.to_string())?;
                return builder.finish(behind_bytes);
            }
            kind::END => return Err(Unpackable::Damaged.to_string()),
            kind => builder.take(kind, &payload)?,
        }
    }
}

fn check_head(source: &mut dyn Read) -> Result<(), String> {
    let mut head = Vec::new();
    source.take(HEAD_BYTES as u64).read_to_end(&mut head).map_err(|error| error.to_string())?;
    let format = head.strip_prefix(MAGIC).ok_or("it is no run that Poolscope has saved")?;
    let format = format.try_into().map(u32::from_le_bytes).map_err(|_| Unpackable::Cut.to_string())?;
    if format > FORMAT {
        return Err(format!(
            "a newer version of Poolscope has saved it (format {format}; this version reads up to {FORMAT})"
        ));
    }
    Ok(())
}

fn plan_of(saved: SavedPlan, inputs: Arc<Column>) -> Plan {
    let started_wall = saved.started_wall();
    let SavedPlan { inputs_name, function, settings, .. } = saved;
    Plan { job: Job { inputs_name, inputs, function, settings }, started: Instant::now(), started_wall }
}

struct Frames<'a> {
    unpacker: Unpacker<'a>,
    count: u64,
}

impl Frames<'_> {
    fn next(&mut self) -> Result<(u8, Vec<u8>), String> {
        let frame = self.next_frame().map_err(|error| error.to_string())?;
        self.count += 1;
        Ok(frame)
    }

    fn next_frame(&mut self) -> Result<(u8, Vec<u8>), Unpackable> {
        let head = self.unpacker.take(9)?;
        let length = head[1..].try_into().map(u64::from_le_bytes).map_err(|_| Unpackable::Damaged)?;
        if length > LONGEST_FRAME_BYTES {
            return Err(Unpackable::Damaged);
        }
        Ok((head[0], self.unpacker.take(length as usize)?))
    }
}

struct Builder {
    log: RunLog,
    machine: Machine,
    history: Option<MachineHistory>,
    /// Frames of a kind, and events, that this version does not know.
    left_out: u64,
}

impl Builder {
    fn take(&mut self, kind: u8, payload: &[u8]) -> Result<(), String> {
        let damaged = || Unpackable::Damaged.to_string();
        let (at_ns, event) = match kind {
            kind::INPUTS => (0, Event::InputsAdded(Arc::new(inputs(payload).ok_or_else(damaged)?))),
            kind::ROWS => {
                let (at_ns, rows) = compact::<(u64, RecordedRows)>(payload).ok_or_else(damaged)?;
                (at_ns, Event::RowsRecorded(Arc::new(rows)))
            }
            kind::LANE => {
                let (lane, history) = compact::<(u64, LaneHistory)>(payload).ok_or_else(damaged)?;
                if !history.is_sound() {
                    return Err(damaged());
                }
                (0, Event::LaneRecorded { lane: lane as usize, history: Arc::new(history) })
            }
            kind::MACHINE => {
                let history = compact::<MachineHistory>(payload).ok_or_else(damaged)?;
                let latest_ns = LATEST_NS as i64;
                if !history.is_sound(-latest_ns..=latest_ns) {
                    return Err(damaged());
                }
                self.history = Some(history);
                return Ok(());
            }
            kind::EVENT => match serde_json::from_slice::<(u64, Event)>(payload) {
                Ok(event) => event,
                Err(_) => {
                    self.left_out += 1;
                    return Ok(());
                }
            },
            _ => {
                self.left_out += 1;
                return Ok(());
            }
        };
        if !self.has_room_for(&event) {
            self.left_out += 1;
            return Ok(());
        }
        if at_ns > LATEST_NS || !self.is_expected(&event) {
            return Err(damaged());
        }
        let done = self.log.counts.done();
        self.log.apply(at_ns, &event);
        let is_lost = matches!(event, Event::RowsRecorded(_)) && self.log.counts.done() == done;
        if is_lost { Err(damaged()) } else { Ok(()) }
    }

    /// Whether a note that it may be has room and is on something: a newer version may have written longer ones, and more.
    fn has_room_for(&self, event: &Event) -> bool {
        let Event::NoteWritten { place, text } = event else { return true };
        let is_there = match place {
            NotePlace::Run => true,
            NotePlace::Item(index) => *index < self.log.counts.total,
        };
        is_there && self.log.margin.check(*place, text).is_ok()
    }

    /// Whether it is one of those that a record is written down as.
    fn is_expected(&self, event: &Event) -> bool {
        match event {
            Event::PoolResized { workers } => *workers <= MOST_LANES,
            Event::HostLaunched { launched_ns, .. } => *launched_ns <= LATEST_NS,
            Event::HostReady { readiness, .. } => {
                readiness.loading_since_ns.is_none_or(|since_ns| since_ns <= LATEST_NS)
            }
            Event::InputsAdded(column) => {
                column.len().saturating_add(self.log.counts.total as usize) <= MOST_ITEMS
            }
            Event::CoresRecorded { lane, stays, .. } => *lane < MOST_LANES && are_sound_stays(stays),
            Event::InputsEnded
            | Event::HostEnded { .. }
            | Event::HostDied(_)
            | Event::RowsRecorded(_)
            | Event::LaneRecorded { .. }
            | Event::ChunkSized { .. }
            | Event::CountsRecorded { .. }
            | Event::MachineSeen(_)
            | Event::MessageSaid(_)
            | Event::NoteWritten { .. }
            | Event::Audited(_)
            | Event::Finished { .. } => true,
            _ => false,
        }
    }

    /// The run, which `behind_bytes` follow in its file.
    fn finish(self, behind_bytes: u64) -> Result<OpenedRun, String> {
        let Self { mut log, machine, history, left_out } = self;
        if !log.is_finished() {
            return Err(Unpackable::Damaged.to_string());
        }
        let mut pieces = log.inputs.pieces();
        let whole = pieces.next().cloned().filter(|_| pieces.next().is_none());
        drop(pieces);
        if let Some(whole) = whole {
            let mut plan = Plan::clone(&log.plan);
            plan.job.inputs = whole;
            log.plan = Arc::new(plan);
        }
        Ok(OpenedRun { log, machine, history, notes: notes(left_out, behind_bytes) })
    }
}

/// What is said of things in a file that are unknown, and of what stands behind the run.
fn notes(left_out: u64, behind_bytes: u64) -> Vec<String> {
    let unknown = (left_out > 0).then(|| {
        let parts = counted(left_out, "part of it is", "parts of it are");
        format!(
            "{parts} left out: a newer version of Poolscope has saved it, and this one does not know them"
        )
    });
    let behind = (behind_bytes > 0).then(|| {
        let bytes = counted(behind_bytes, "byte", "bytes");
        format!("left out behind the end of the run: {bytes}, which are no part of it")
    });
    unknown.into_iter().chain(behind).collect()
}

fn inputs(payload: &[u8]) -> Option<Column> {
    let (cells, texts) = compact::<(Column, Option<WrittenTexts>)>(payload)?;
    Some(texts.unwrap_or_default().with(cells))
}

/// What a frame holds; nothing where it is something else, or more.
fn compact<T: DeserializeOwned>(payload: &[u8]) -> Option<T> {
    postcard::take_from_bytes(payload).ok().filter(|(_, rest)| rest.is_empty()).map(|(record, _)| record)
}
