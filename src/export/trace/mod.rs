//! A finished run as a file for trace viewers (<https://ui.perfetto.dev>, `chrome://tracing`): JSON of the Trace Event
//! Format, <https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU>.
//!
//! It is written event by event and never whole in memory. A process of the viewer is a host of the run, a thread of it a
//! worker; what the pool itself says has a process of its own. Times are microseconds since Start. A long run is written
//! in stretches of many items, so that the file stays below about 200 MB, and says so.

mod events;
mod moments;
mod spans;
mod tracks;

use std::io::{self, Write};

use self::events::EventWriter;
use self::tracks::Tracks;
use super::utc;
use crate::pool::RunLog;

/// A run of more items is written in stretches.
const MOST_ITEMS: u64 = 1_000_000;

/// Writes the trace of a run that is over.
///
/// The error is that of the writer.
pub fn write_trace(log: &RunLog, out: &mut dyn Write) -> io::Result<()> {
    write_with(log, MOST_ITEMS, out)
}

fn write_with(log: &RunLog, most_items: u64, out: &mut dyn Write) -> io::Result<()> {
    // Of rows that were let go only the stretches may be left.
    let is_aggregated = log.counts.total > most_items || log.released > 0;
    let tracks = Tracks::of(log);
    write!(
        out,
        "{{\"displayTimeUnit\":\"ms\",\"otherData\":{},\"traceEvents\":[",
        about(log, is_aggregated)
    )?;
    let mut events = EventWriter::new(out);
    tracks.describe(log, &mut events)?;
    spans::write_launches(log, &tracks, &mut events)?;
    if is_aggregated {
        spans::write_stretches(log, &tracks, &mut events)?;
    } else {
        spans::write_items(log, &tracks, &mut events)?;
    }
    moments::write_core_shares(log, &tracks, &mut events)?;
    moments::write_deaths(log, &tracks, &mut events)?;
    moments::write_messages(log, &tracks, &mut events)?;
    out.write_all(b"\n]}\n")
}

/// What viewers show beside a trace.
fn about(log: &RunLog, is_aggregated: bool) -> serde_json::Value {
    let job = &log.plan.job;
    serde_json::json!({
        "program": concat!("Poolscope ", env!("CARGO_PKG_VERSION")),
        "function": job.function.description(),
        "inputs": job.inputs_name,
        "pool": log.shape().to_string(),
        "items": log.counts.total,
        "failed": log.counts.failed,
        "started_utc": utc::text(log.plan.started_wall),
        "aggregated": is_aggregated,
        "spans": match is_aggregated {
            true => "each span is a stretch of many items that followed each other closely",
            false => "each span is an item, by the last of its tries",
        },
        "items_not_kept": log.released,
        "messages_not_kept": log.messages.dropped(),
    })
}

#[cfg(test)]
mod tests;
