//! What of a trace is no span: deaths, messages, and what threads did while they ran items.

use std::io;

use serde_json::json;

use super::events::{EventWriter, Track};
use super::tracks::{Tracks, lane_name};
use crate::pool::{CoreTime, Lane, MessageSource, RunLog};
use crate::value::shortened;

/// Letters of a message.
const MESSAGE_LETTERS: usize = 120;
/// About so many looks at threads are written, of all workers together.
const MOST_LOOKS: u64 = 200_000;

/// The shares of each worker's time, from 0 to 1, one above the other: on a core, ready without one, waiting.
pub(super) fn write_core_shares(
    log: &RunLog,
    tracks: &Tracks,
    events: &mut EventWriter<'_>,
) -> io::Result<()> {
    let most = (MOST_LOOKS / log.lanes.len().max(1) as u64).max(1);
    for (place, lane) in log.lanes.iter().enumerate() {
        let name = format!("{}: core", lane_name(place, lane));
        let mut last: Option<(u64, Track)> = None;
        for look in looks(lane, log.last_row_ns / most) {
            let Some(track) = tracks.at(log, place, look.from_ns) else { continue };
            // Between looks nothing is known, which is not the same as what was seen last.
            if let Some((end_ns, track)) = last.filter(|last| *last != (look.from_ns, track)) {
                events.counter(track, &name, end_ns, shares(None))?;
            }
            events.counter(track, &name, look.from_ns, shares(Some(&look)))?;
            last = Some((look.upto_ns, track));
        }
        if let Some((end_ns, track)) = last {
            events.counter(track, &name, end_ns, shares(None))?;
        }
    }
    Ok(())
}

/// The looks at a lane's thread, neighbours put together where they are shorter than this.
fn looks(lane: &Lane, least_ns: u64) -> Vec<CoreTime> {
    let mut looks: Vec<CoreTime> = Vec::new();
    for stretch in lane.core_times.stretches.iter() {
        match looks.last_mut().filter(|last| last.upto_ns == stretch.from_ns && last.length_ns() < least_ns) {
            Some(last) => {
                last.upto_ns = stretch.upto_ns;
                last.on_core_ns += stretch.on_core_ns;
                last.ready_ns += stretch.ready_ns;
            }
            None => looks.push(*stretch),
        }
    }
    looks
}

fn shares(look: Option<&CoreTime>) -> serde_json::Value {
    let (on_core, ready, waiting) = look.map_or((0.0, 0.0, 0.0), |look| {
        let length_ns = look.length_ns().max(1) as f64;
        let on_core = (look.on_core_ns as f64 / length_ns).min(1.0);
        let ready = (look.ready_ns as f64 / length_ns).min(1.0 - on_core);
        (on_core, ready, 1.0 - on_core - ready)
    });
    let rounded = |share: f64| (share * 1000.0).round() / 1000.0;
    json!({ "on core": rounded(on_core), "ready": rounded(ready), "waiting": rounded(waiting) })
}

/// Processes that died without being asked to.
pub(super) fn write_deaths(log: &RunLog, tracks: &Tracks, events: &mut EventWriter<'_>) -> io::Result<()> {
    for death in log.deaths.iter() {
        let place = death.worker.saturating_sub(1);
        let track = tracks.at(log, place, death.at_ns).unwrap_or(tracks.pool);
        let args = json!({
            "likely": death.likely_cause(),
            "executing": death.executing,
            "pid": death.pid,
            "peak_rss_bytes": death.peak_rss_bytes,
            "replaced_after_ms": death.replaced_after.map(|after| after.as_secs_f64() * 1e3),
        });
        let name = format!("died: {}", shortened(&death.end.to_string(), MESSAGE_LETTERS));
        events.moment(track, ("death", &name), ("p", death.at_ns), args)?;
    }
    Ok(())
}

/// The lines that were written, those of workers on their threads.
pub(super) fn write_messages(log: &RunLog, tracks: &Tracks, events: &mut EventWriter<'_>) -> io::Result<()> {
    for message in log.messages.iter_from(0) {
        let (cat, track, scope) = match message.source {
            MessageSource::Pool | MessageSource::Trouble => ("pool", Some(tracks.pool), "t"),
            MessageSource::Worker { worker: 0, pid, .. } => ("message", tracks.of_pid(log, pid), "p"),
            MessageSource::Worker { worker, .. } => {
                ("message", tracks.at(log, worker - 1, message.at_ns), "t")
            }
        };
        let text = message.text();
        let name = shortened(text.trim_end(), MESSAGE_LETTERS);
        let track = track.unwrap_or(tracks.pool);
        events.moment(track, (cat, &name), (scope, message.at_ns), json!({ "item": message.item }))?;
    }
    Ok(())
}
