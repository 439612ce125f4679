//! Which process and thread of the viewer stands for which host and worker of the run.

use std::collections::BTreeSet;
use std::io;

use serde_json::json;

use super::events::{EventWriter, Track};
use crate::pool::{Lane, Mode, RunLog};

/// No process has this number: it is above the largest of Linux and macOS, and those of Windows are even. Viewers hold
/// numbers of processes in 32 bits, so it must not be larger than that.
const FREE_PID: u64 = (1 << 22) + 1;

/// The processes of a trace.
pub(super) struct Tracks {
    /// For each lane the processes of its lives, in order.
    lanes: Vec<Vec<u64>>,
    /// What the pool itself says.
    pub(super) pool: Track,
}

impl Tracks {
    pub(super) fn of(log: &RunLog) -> Self {
        let is_shared = log.plan.job.settings.mode == Mode::Thread;
        let (mut taken, mut next) = (BTreeSet::new(), FREE_PID);
        let mut lanes: Vec<Vec<u64>> = Vec::with_capacity(log.lanes.len());
        for (place, lane) in log.lanes.iter().enumerate() {
            let beside = log.plan.job.settings.shape().lanes_with(place);
            let pids = lane.lives.iter().map(|life| {
                let pid = u64::from(life.pid);
                // Threads share a process; otherwise the system has used a number twice.
                let is_same = is_shared && beside.start < place && !lane.is_for_suspects;
                if taken.insert(pid) || is_same {
                    return pid;
                }
                next += 2;
                next
            });
            lanes.push(pids.collect());
        }
        Self { lanes, pool: Track { pid: FREE_PID, tid: 1 } }
    }

    /// Where a worker, counted from 0, was at a time; nothing where it never had a process.
    pub(super) fn at(&self, log: &RunLog, place: usize, at_ns: u64) -> Option<Track> {
        let lives = &log.lanes.get(place)?.lives;
        let later = lives.partition_point(|life| life.launched_ns <= at_ns);
        let nth = later.saturating_sub(lives.forgotten()).saturating_sub(1);
        let pid = *self.lanes.get(place)?.get(usize::try_from(nth).ok()?)?;
        Some(Track { pid, tid: tid(place) })
    }

    /// Where each life of a worker is, oldest first.
    pub(super) fn lives(&self, place: usize) -> impl Iterator<Item = Track> {
        let pids = self.lanes.get(place).map(Vec::as_slice).unwrap_or_default();
        pids.iter().map(move |pid| Track { pid: *pid, tid: tid(place) })
    }

    /// The process of this number, as a system tells it, on the thread of its first worker.
    pub(super) fn of_pid(&self, log: &RunLog, pid: u32) -> Option<Track> {
        let mut lanes = log.lanes.iter().enumerate();
        lanes.find_map(|(place, lane)| {
            let nth = lane.lives.iter().position(|life| life.pid == pid)?;
            self.lives(place).nth(nth)
        })
    }

    /// Names of processes and threads, and their order: that of the workers.
    pub(super) fn describe(&self, log: &RunLog, events: &mut EventWriter<'_>) -> io::Result<()> {
        events.describe(self.pool, "process_name", json!({ "name": "pool" }))?;
        events.describe(self.pool, "process_sort_index", json!({ "sort_index": 0 }))?;
        events.describe(self.pool, "thread_name", json!({ "name": "messages" }))?;
        for (place, lane) in log.lanes.iter().enumerate() {
            for track in self.lives(place) {
                let name = process_name(log, place, lane);
                events.describe(track, "process_name", json!({ "name": name }))?;
                events.describe(track, "process_sort_index", json!({ "sort_index": place + 1 }))?;
                events.describe(track, "thread_name", json!({ "name": lane_name(place, lane) }))?;
                events.describe(track, "thread_sort_index", json!({ "sort_index": place + 1 }))?;
            }
        }
        Ok(())
    }
}

/// Viewers take a thread by its process and this number.
fn tid(place: usize) -> u64 {
    place as u64 + 1
}

fn process_name(log: &RunLog, place: usize, lane: &Lane) -> String {
    let beside = log.plan.job.settings.shape().lanes_with(place);
    match log.plan.job.settings.mode {
        Mode::Thread if !lane.is_for_suspects => Mode::Thread.counted(beside.len()),
        _ => lane_name(place, lane),
    }
}

/// "worker 3".
pub(super) fn lane_name(place: usize, lane: &Lane) -> String {
    match lane.is_for_suspects {
        true => "suspects, run alone".to_owned(),
        false => format!("worker {}", place + 1),
    }
}
