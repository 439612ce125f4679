//! The spans of a trace: launches, and items or stretches of them.

use std::borrow::Cow;
use std::io;

use serde::Serialize;
use serde_json::json;

use super::events::EventWriter;
use super::tracks::Tracks;
use crate::export::exact;
use crate::pool::{Life, Row, RunLog, Segment};
use crate::value::shortened;

/// Letters of an input in the name of its span.
const NAME_LETTERS: usize = 24;
/// So much the texts of all items may take.
const TEXTS_BYTES: u64 = 60_000_000;
/// Letters of an input, or of an error, at least and at most.
const LEAST_LETTERS: u64 = 16;
const MOST_LETTERS: u64 = 400;
/// About so many spans are written where items are not.
const MOST_STRETCHES: u64 = 300_000;

/// What is told of an item.
#[derive(Serialize)]
struct ItemArgs<'a> {
    index: u64,
    input: Cow<'a, str>,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Cow<'a, str>>,
    took_ms: f64,
    cpu_ms: f64,
    attempts: u8,
    /// The times are an equal share of a chunk that was timed as a whole.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_share_of_chunk: bool,
}

impl<'a> ItemArgs<'a> {
    fn of(row: &Row<'a>, letters: usize) -> Self {
        Self {
            index: row.index,
            input: Cow::Owned(shortened(&row.input_text(), letters).into_owned()),
            state: row.state.label(),
            error: row.error().map(|error| Cow::Owned(shortened(&error, letters).into_owned())),
            took_ms: milliseconds(row.duration_s),
            cpu_ms: milliseconds(row.cpu_s),
            attempts: row.attempts,
            is_share_of_chunk: row.is_chunk_timed,
        }
    }
}

/// To the nanosecond.
fn milliseconds(seconds: f32) -> f64 {
    (exact(seconds) * 1e9).round() / 1e6
}

/// The launches of processes, and how long each took to load the function.
pub(super) fn write_launches(log: &RunLog, tracks: &Tracks, events: &mut EventWriter<'_>) -> io::Result<()> {
    for (place, lane) in log.lanes.iter().enumerate() {
        for (life, track) in lane.lives.iter().zip(tracks.lives(place)) {
            let (loading_ns, ready_ns) = loading(log, life);
            let args = json!({ "pid": life.pid });
            events.span(track, ("start", "starting"), (life.launched_ns, loading_ns), args)?;
            if ready_ns > loading_ns {
                events.span(track, ("start", "loading the function"), (loading_ns, ready_ns), json!({}))?;
            }
        }
    }
    Ok(())
}

/// When a process began to load the function and when it was ready, as far as it got.
fn loading(log: &RunLog, life: &Life) -> (u64, u64) {
    let over_ns = life.ready_ns.or(life.ended_ns).unwrap_or(log.last_row_ns).max(life.launched_ns);
    let loading_ns = life.readiness.loading_since_ns.unwrap_or(over_ns);
    (loading_ns.clamp(life.launched_ns, over_ns), over_ns)
}

/// A span an item, worker by worker in the order of time.
pub(super) fn write_items(log: &RunLog, tracks: &Tracks, events: &mut EventWriter<'_>) -> io::Result<()> {
    let letters = TEXTS_BYTES / log.counts.total.max(1);
    let letters = letters.clamp(LEAST_LETTERS, MOST_LETTERS) as usize;
    for (place, items) in items_of_lanes(log).into_iter().enumerate() {
        for (nth, (start_ns, index)) in items.iter().enumerate() {
            let Some(row) = log.row(*index) else { continue };
            let Some(track) = tracks.at(log, place, *start_ns) else { continue };
            let end_ns = start_ns + (exact(row.duration_s) * 1e9).round() as u64;
            // A duration has 24 bits: without this, a long item could seem to reach into the next one.
            let next_ns = items.get(nth + 1).map_or(u64::MAX, |(next_ns, _)| *next_ns);
            let name = format!("{index}: {}", shortened(&row.input_text(), NAME_LETTERS));
            let args = ItemArgs::of(&row, letters);
            events.span(track, ("item", &name), (*start_ns, end_ns.min(next_ns)), args)?;
        }
    }
    Ok(())
}

/// Start and index of the items that each lane ran, by their starts.
fn items_of_lanes(log: &RunLog) -> Vec<Vec<(u64, u64)>> {
    let mut lanes = vec![Vec::new(); log.lanes.len()];
    for row in (log.released..log.counts.total).filter_map(|index| log.row(index)) {
        if let Some(items) = row.worker.checked_sub(1).and_then(|place| lanes.get_mut(place)) {
            items.push((row.start_ns, row.index));
        }
    }
    lanes.iter_mut().for_each(|items| items.sort_unstable());
    lanes
}

/// A span for items that followed each other closely.
pub(super) fn write_stretches(log: &RunLog, tracks: &Tracks, events: &mut EventWriter<'_>) -> io::Result<()> {
    let lanes = log.lanes.len().max(1) as u64;
    // Of two neighbours that are not merged, at least one is longer than half of this together with its pause.
    let merged_ns = log.last_row_ns / (MOST_STRETCHES / lanes).max(1);
    for (place, lane) in log.lanes.iter().enumerate() {
        let mut stretch: Option<Segment> = None;
        for segment in lane.segments.iter() {
            match stretch
                .as_mut()
                .filter(|stretch| segment.end_ns - stretch.start_ns.min(segment.end_ns) <= merged_ns)
            {
                Some(stretch) => merge(stretch, segment),
                None => {
                    let over = stretch.replace(*segment);
                    over.map_or(Ok(()), |over| write_stretch(&over, place, log, tracks, events))?;
                }
            }
        }
        stretch.map_or(Ok(()), |over| write_stretch(&over, place, log, tracks, events))?;
    }
    Ok(())
}

fn merge(stretch: &mut Segment, next: &Segment) {
    stretch.end_ns = stretch.end_ns.max(next.end_ns);
    stretch.busy_ns += next.busy_ns;
    stretch.first = stretch.first.min(next.first);
    stretch.last = stretch.last.max(next.last);
    stretch.items += next.items;
    stretch.failed += next.failed;
}

fn write_stretch(
    stretch: &Segment,
    place: usize,
    log: &RunLog,
    tracks: &Tracks,
    events: &mut EventWriter<'_>,
) -> io::Result<()> {
    let Some(track) = tracks.at(log, place, stretch.start_ns) else { return Ok(()) };
    let Segment { items, first, last, failed, busy_ns, .. } = *stretch;
    let name = match items {
        1 => format!("item {first}"),
        _ => format!("{items} items, {first}..{last}"),
    };
    let args = json!({ "items": items, "first": first, "last": last, "failed": failed,
        "in_items_ms": busy_ns as f64 / 1e6 });
    events.span(track, ("items", &name), (stretch.start_ns, stretch.end_ns), args)
}
