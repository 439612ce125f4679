//! What goes over a host's private channel: length-prefixed frames of a kind each, size-capped, with a version in the
//! first one of each direction.
//!
//! A frame is `length: u32` of what follows, `kind: u8`, and the payload, little-endian throughout. Small records are
//! postcard; columns are runs of fixed-width values, texts a run of lengths and a run of bytes, so that neither end
//! allocates an item at a time. How columns are laid out is in [`column`].

mod column;
#[cfg(any(test, fuzzing))]
pub mod fuzz_checks;
mod reader;

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use self::reader::Reader;
use super::record::{Batch, Timing};
use crate::function::{Fault, FunctionSpec, OutputStream};
use crate::value::Column;

/// Both ends are the same program; the version catches a binary that was replaced while it ran.
pub const VERSION: u32 = 5;
/// No frame is larger; what would be is refused before it is sent.
pub const MAX_FRAME_BYTES: usize = 1 << 30;
const HEADER_BYTES: usize = 5;

/// What a host is told first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hello {
    pub version: u32,
    pub function: FunctionSpec,
    pub lanes: u32,
    /// The number of its first worker, counted from 1.
    pub first_worker: u32,
    /// Start of the run on the monotonic clock.
    pub start_ns: u64,
    /// How far it steps back behind other processes (Unix "nice").
    pub niceness: i32,
    /// Every item is to have its own span, however short.
    pub wants_spans: bool,
    /// Each lane stays on one core.
    pub pins: bool,
    /// Workers are threads, also where it has only one lane.
    pub are_threads: bool,
}

/// From the parent to a host.
#[derive(Debug, Clone, PartialEq)]
pub enum Down {
    Hello(Box<Hello>),
    /// Run these neighbours, the first of which has this index.
    Work {
        first: u64,
        inputs: Column,
    },
    /// Give back what no lane has begun; `whole`: also the rest of the chunks that lanes are in, at once.
    Recall {
        whole: bool,
    },
    /// No more work will come.
    Close,
    /// Say in which calls this lane, counted from 0, is now. Hosts that cannot tell are silent.
    Stack {
        lane: u16,
    },
    /// Have this lane, counted from 0, make a fault; one that takes memory takes so much at most.
    Fault {
        lane: u16,
        fault: Fault,
        most_bytes: u64,
    },
}

/// A line that a function wrote.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// Lane within the host, counted from 0.
    pub lane: u32,
    pub index: u64,
    pub stream: OutputStream,
    pub at_ns: u64,
    pub text: String,
}

/// From a host to its parent.
#[derive(Debug, Clone, PartialEq)]
pub enum Up {
    Ready {
        version: u32,
        /// The module whose import turned on the lock of an interpreter that had started without it.
        lock_turned_on_by: Option<String>,
    },
    /// The function cannot be loaded; the sentence says why.
    Refused {
        reason: String,
    },
    Finished {
        lane: u32,
        batch: Batch,
    },
    Said(Said),
    /// What came since the last such message of a line that is not ended, and that the function wants to be seen.
    Flushed(Said),
    /// The chunks given back, as first index and count.
    Returned(Vec<(u64, u64)>),
}

/// Why bytes are not a frame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a message between processes is not valid: {0}")]
pub struct Malformed(&'static str);

/// What bytes mean, if anything.
pub type Decoded<T> = Result<T, Malformed>;

const HELLO: u8 = 1;
const WORK: u8 = 2;
const RECALL: u8 = 3;
const CLOSE: u8 = 4;
const STACK: u8 = 5;
const FAULT: u8 = 6;
const READY: u8 = 65;
const REFUSED: u8 = 66;
const FINISHED: u8 = 67;
const SAID: u8 = 68;
const RETURNED: u8 = 69;
const FLUSHED: u8 = 70;

/// Appends the frame that gives the cells `range` of `inputs` as work; the first of them has the index `first`.
pub fn put_work(out: &mut Vec<u8>, first: u64, range: Range<usize>, inputs: &Column) {
    frame(out, WORK, |out| {
        out.extend_from_slice(&first.to_le_bytes());
        column::put(out, inputs, range);
    });
}

/// Appends a frame for a host. Work is better given by [`put_work`], which needs no column of its own.
pub fn put_down(out: &mut Vec<u8>, down: &Down) {
    match down {
        Down::Hello(hello) => frame(out, HELLO, |out| put_record(out, hello)),
        Down::Work { first, inputs } => frame(out, WORK, |out| {
            out.extend_from_slice(&first.to_le_bytes());
            column::put(out, inputs, 0..inputs.len());
        }),
        Down::Recall { whole } => frame(out, RECALL, |out| out.push(u8::from(*whole))),
        Down::Close => frame(out, CLOSE, |_| {}),
        Down::Stack { lane } => frame(out, STACK, |out| out.extend_from_slice(&lane.to_le_bytes())),
        Down::Fault { lane, fault, most_bytes } => frame(out, FAULT, |out| {
            out.extend_from_slice(&lane.to_le_bytes());
            out.push(fault.number());
            out.extend_from_slice(&most_bytes.to_le_bytes());
        }),
    }
}

/// Appends a frame for the parent.
pub fn put_up(out: &mut Vec<u8>, up: &Up) {
    match up {
        Up::Ready { version, lock_turned_on_by } => frame(out, READY, |out| {
            put_record(out, version);
            put_record(out, &lock_turned_on_by.as_deref().unwrap_or_default());
        }),
        Up::Refused { reason } => frame(out, REFUSED, |out| put_record(out, reason)),
        Up::Finished { lane, batch } => frame(out, FINISHED, |out| put_batch(out, *lane, batch)),
        Up::Said(said) => frame(out, SAID, |out| put_record(out, said)),
        Up::Flushed(said) => frame(out, FLUSHED, |out| put_record(out, said)),
        Up::Returned(chunks) => frame(out, RETURNED, |out| put_record(out, chunks)),
    }
}

fn frame(out: &mut Vec<u8>, kind: u8, payload: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    out.push(kind);
    payload(out);
    let length = (out.len() - start - 4) as u32;
    out[start..start + 4].copy_from_slice(&length.to_le_bytes());
}

fn put_record(out: &mut Vec<u8>, record: &impl Serialize) {
    match postcard::to_stdvec(record) {
        Ok(bytes) => out.extend_from_slice(&bytes),
        // These records hold nothing that postcard cannot write; an empty payload is refused at the other end.
        Err(error) => tracing::error!("a record could not be encoded: {error}"),
    }
}

/// Cuts the first whole frame off `bytes`: its kind, its payload and the length of both with the header. Nothing
/// where more bytes have to come first.
pub fn split_frame(bytes: &[u8]) -> Decoded<Option<(u8, &[u8], usize)>> {
    let Some(header) = bytes.first_chunk::<4>() else { return Ok(None) };
    let length = u32::from_le_bytes(*header) as usize;
    if length == 0 || length > MAX_FRAME_BYTES {
        return Err(Malformed("a frame of an impossible size"));
    }
    match bytes.get(HEADER_BYTES - 1..HEADER_BYTES - 1 + length) {
        None => Ok(None),
        Some(frame) => Ok(Some((frame[0], &frame[1..], HEADER_BYTES - 1 + length))),
    }
}

/// Reads what a parent has sent.
pub fn read_down(kind: u8, payload: &[u8]) -> Decoded<Down> {
    let mut reader = Reader(payload);
    let down = match kind {
        HELLO => return Ok(Down::Hello(Box::new(read_record(payload)?))),
        WORK => {
            let (first, inputs) = (reader.u64()?, column::read(&mut reader)?);
            check_run(first, inputs.len() as u64)?;
            Down::Work { first, inputs }
        }
        RECALL => Down::Recall { whole: reader.u8()? == 1 },
        CLOSE => Down::Close,
        STACK => Down::Stack { lane: reader.u16()? },
        FAULT => {
            let (lane, number) = (reader.u16()?, reader.u8()?);
            let fault = Fault::from_number(number).ok_or(Malformed("an unknown fault"))?;
            Down::Fault { lane, fault, most_bytes: reader.u64()? }
        }
        _ => return Err(Malformed("an unknown kind of frame")),
    };
    reader.finish(down)
}

/// The version comes first and may stand alone, as hosts of older versions sent it, so that these are known as such.
fn read_ready(payload: &[u8]) -> Decoded<Up> {
    let unread = |_| Malformed("a record that cannot be read");
    let (version, rest) = postcard::take_from_bytes(payload).map_err(unread)?;
    let module: String = if rest.is_empty() { String::new() } else { read_record(rest)? };
    Ok(Up::Ready { version, lock_turned_on_by: (!module.is_empty()).then_some(module) })
}

/// Reads what a host has sent.
pub fn read_up(kind: u8, payload: &[u8]) -> Decoded<Up> {
    match kind {
        READY => read_ready(payload),
        REFUSED => Ok(Up::Refused { reason: read_record(payload)? }),
        SAID => Ok(Up::Said(read_record(payload)?)),
        FLUSHED => Ok(Up::Flushed(read_record(payload)?)),
        RETURNED => {
            let chunks: Vec<(u64, u64)> = read_record(payload)?;
            chunks.iter().try_for_each(|(first, count)| check_run(*first, *count))?;
            Ok(Up::Returned(chunks))
        }
        FINISHED => {
            let mut reader = Reader(payload);
            let lane = reader.u32()?;
            let batch = read_batch(&mut reader)?;
            reader.finish(Up::Finished { lane, batch })
        }
        _ => Err(Malformed("an unknown kind of frame")),
    }
}

fn read_record<'a, T: Deserialize<'a>>(payload: &'a [u8]) -> Decoded<T> {
    match postcard::take_from_bytes(payload) {
        Ok((record, rest)) => Reader(rest).finish(record),
        Err(_) => Err(Malformed("a record that cannot be read")),
    }
}

/// Whoever takes these neighbours counts from the first to the last.
fn check_run(first: u64, count: u64) -> Decoded<()> {
    first.checked_add(count).map(|_| ()).ok_or(Malformed("items past the last possible one"))
}

const TIMED_EACH: u8 = 0;
const TIMED_WHOLE: u8 = 1;
const TIMED_ENDS: u8 = 2;

fn put_batch(out: &mut Vec<u8>, lane: u32, batch: &Batch) {
    out.extend_from_slice(&lane.to_le_bytes());
    out.extend_from_slice(&batch.first.to_le_bytes());
    out.extend_from_slice(&(batch.count as u32).to_le_bytes());
    match &batch.timing {
        Timing::Each { start_ns, duration_ns, cpu_ns } => {
            out.push(TIMED_EACH);
            [start_ns, duration_ns, cpu_ns].into_iter().for_each(|words| column::put_words(out, words));
        }
        Timing::Ends { start_ns, ends_ns, cpu_ns } => {
            out.push(TIMED_ENDS);
            column::put_words(out, &[*start_ns, *cpu_ns]);
            column::put_run(out, ends_ns, |word| word.to_le_bytes());
        }
        Timing::Whole { start_ns, duration_ns, cpu_ns } => {
            out.push(TIMED_WHOLE);
            column::put_words(out, &[*start_ns, *duration_ns, *cpu_ns]);
        }
    }
    out.extend_from_slice(&(batch.failures.len() as u32).to_le_bytes());
    for (place, reason) in &batch.failures {
        out.extend_from_slice(&place.to_le_bytes());
        out.extend_from_slice(&(reason.len() as u32).to_le_bytes());
        out.extend_from_slice(reason.as_bytes());
    }
    column::put(out, &batch.outputs, 0..batch.outputs.len());
}

fn read_batch(reader: &mut Reader<'_>) -> Decoded<Batch> {
    let first = reader.u64()?;
    let count = reader.u32()? as usize;
    let timing = match reader.u8()? {
        TIMED_EACH => Timing::Each {
            start_ns: reader.words(count)?,
            duration_ns: reader.words(count)?,
            cpu_ns: reader.words(count)?,
        },
        TIMED_WHOLE => {
            Timing::Whole { start_ns: reader.u64()?, duration_ns: reader.u64()?, cpu_ns: reader.u64()? }
        }
        TIMED_ENDS => Timing::Ends {
            start_ns: reader.u64()?,
            cpu_ns: reader.u64()?,
            ends_ns: reader.run(count, u32::from_le_bytes)?,
        },
        _ => return Err(Malformed("an unknown kind of timing")),
    };
    check_run(first, count as u64)?;
    check_times(&timing, count as u64)?;
    let failures = read_failures(reader, count)?;
    let outputs = Arc::new(column::read(reader)?);
    if outputs.len().checked_add(failures.len()) != Some(count) {
        return Err(Malformed("a batch that does not add up"));
    }
    Ok(Batch { first, count, outputs, failures, timing })
}

/// The record adds times up and shares them out among items, neither of which may go past 64 bits: a host whose memory
/// a function has spoilt can send any.
fn check_times(timing: &Timing, count: u64) -> Decoded<()> {
    let sum = |times: &[u64]| times.iter().try_fold(0_u64, |sum, time| sum.checked_add(*time));
    let is_possible = match timing {
        Timing::Each { start_ns, duration_ns, cpu_ns } => {
            let end_ns =
                start_ns.last().zip(duration_ns.last()).map(|(start, last)| start.checked_add(*last));
            sum(duration_ns).is_some() && sum(cpu_ns).is_some() && end_ns != Some(None)
        }
        // Any of the ends may be the last one.
        Timing::Ends { start_ns, .. } => start_ns.checked_add(u32::MAX.into()).is_some(),
        Timing::Whole { start_ns, duration_ns, cpu_ns: _ } => {
            start_ns.checked_add(*duration_ns).is_some() && duration_ns.checked_mul(count).is_some()
        }
    };
    is_possible.then_some(()).ok_or(Malformed("impossible times"))
}

fn read_failures(reader: &mut Reader<'_>, count: usize) -> Decoded<Vec<(u32, String)>> {
    let mut failures: Vec<(u32, String)> = Vec::new();
    for _ in 0..reader.u32()? {
        let place = reader.u32()?;
        let is_in_order = failures.last().is_none_or(|(before, _)| *before < place);
        if !is_in_order || place as usize >= count {
            return Err(Malformed("failures out of order"));
        }
        let length = reader.u32()? as usize;
        let reason = String::from_utf8_lossy(reader.bytes(length)?).into_owned();
        failures.push((place, reason));
    }
    Ok(failures)
}

#[cfg(test)]
mod proptests;
#[cfg(test)]
mod tests;
