//! Decides everything about a run: who gets which items, what a death means, when it is over. A pure state machine:
//! inputs with their time go in, effects come out, the record is written. No clock, no I/O, no threads; the driver
//! around it does those.
//!
//! Invariants, which the tests hold against random inputs:
//! - an item waits in the queue or for the time of its next try, is with exactly one host, is a suspect, or has its
//!   final row;
//! - only items that were executing when a host died are blamed for it; one alone is guilty, several are suspects and
//!   run again, each alone in a host of one lane; where a host dies between two items, the last one begun is a suspect;
//! - the run finishes when every item has its row and no host is left.

mod controls;
mod ending;
mod feeding;
mod heartbeat;
mod held_chunks;
mod host;
mod host_death;
mod hosts;
mod injected;
mod injection;
mod kept_outputs;
mod launching;
mod median;
mod memory;
mod polling;
mod queue;
mod reports;
mod retirement;
mod silence;
mod sizing;
mod stream;
mod timeouts;
mod tries;
mod trigger;

use std::ops::Range;

use self::ending::RunEnd;
use self::host::Host;
use self::host_death::FruitlessDeaths;
use self::hosts::Hosts;
use self::kept_outputs::KeptOutputs;
use self::polling::Polling;
pub use self::polling::{PollRequest, PollResult};
pub use self::queue::Chunk;
use self::queue::Queue;
use self::sizing::Sizing;
use self::timeouts::Timeouts;
use self::tries::Tries;
pub use self::trigger::{Effect, LaneLook, Trigger};
use super::control::HostId;
use super::record::{Ending, Event, HostName, Message, Notice, Recorder, RunLog};

/// The state machine of one run.
///
/// Each part of its state belongs to a type with methods of its own, in the file of that name; what concerns several of
/// them is decided here and in the files that are named for what happens.
pub struct Dispatcher {
    log: Recorder,
    queue: Queue,
    sizing: Sizing,
    kept_outputs: KeptOutputs,
    hosts: Hosts,
    tries: Tries,
    timeouts: Timeouts,
    polling: Polling,
    fruitless_deaths: FruitlessDeaths,
    /// The lanes whose process has ended to make room for suspects.
    lent_lanes: Vec<Range<usize>>,
    end: RunEnd,
    /// The time of the trigger in hand.
    now_ns: u64,
    effects: Vec<Effect>,
}

impl Dispatcher {
    /// A run that has not begun, with its empty record.
    pub fn new(log: RunLog) -> Self {
        let settings = log.plan.job.settings;
        let total = log.counts.total;
        Self {
            queue: if log.counts.resumed == 0 { Queue::new(total) } else { Queue::pending(&log.rows, total) },
            sizing: Sizing::new(settings.chunk, total, settings.workers),
            kept_outputs: KeptOutputs::default(),
            hosts: Hosts::default(),
            tries: Tries::default(),
            timeouts: Timeouts::new(settings.item.timeout),
            polling: Polling::default(),
            fruitless_deaths: FruitlessDeaths::default(),
            lent_lanes: Vec::new(),
            end: RunEnd::default(),
            now_ns: 0,
            effects: Vec::new(),
            log: Recorder::new(log),
        }
    }

    /// The record so far.
    pub fn log(&self) -> &RunLog {
        &self.log
    }

    /// The lanes of the record (from 0) that a host serves.
    pub fn lanes_of(&self, host: HostId) -> std::ops::Range<usize> {
        self.hosts.get(host).map_or(0..0, Host::lane_range)
    }

    /// Takes what happened at `now_ns` after Start and gives what to do about it, in order.
    pub fn handle(&mut self, now_ns: u64, trigger: Trigger) -> Vec<Effect> {
        self.now_ns = now_ns;
        match trigger {
            Trigger::Start => self.start(),
            Trigger::Launched { host, pid, launched_ns } => self.launched(host, pid, launched_ns),
            Trigger::LaunchFailed { host, reason } => self.launch_failed(host, reason),
            Trigger::Ready { host, readiness, lock_turned_on_by } => {
                self.ready(host, readiness, lock_turned_on_by);
            }
            Trigger::Refused { host, reason } => self.refused(host, reason),
            Trigger::Finished { host, lane, batch } => self.finished(host, lane, batch),
            Trigger::Returned { host, chunks } => self.returned(host, &chunks),
            Trigger::Said { host, lane, stream, item, at_ns, text } => {
                self.said(host, lane, stream, item, at_ns, &text);
            }
            Trigger::HostEnded { host, end, executing, begun_last, peak_rss_bytes } => {
                self.host_ended(host, end, (executing, begun_last), peak_rss_bytes);
            }
            Trigger::Garbled { host, reason } => self.garbled(host, reason),
            Trigger::Obstructed { host, obstacle } => self.obstructed(host, obstacle),
            Trigger::Inputs(column) => self.more_inputs(column),
            Trigger::InputsEnd { reason } => self.inputs_end(reason),
            Trigger::Released { index } => self.released(index),
            Trigger::Stop => self.stop(Ending::Stopped),
            // A run that is ending already only has to end at once.
            Trigger::CannotGoOn { reason } if self.is_ending() => self.stop(Ending::Broken(reason)),
            Trigger::CannotGoOn { reason } => self.give_up(reason),
            Trigger::Asked(control) => self.asked(control),
            Trigger::Suspended { host, is_suspended, has_worked } => {
                self.suspended(host, is_suspended, has_worked);
            }
            Trigger::Polled(result) => self.polled(&result),
            Trigger::LanesSeen(looks) => self.lanes_seen(&looks),
            Trigger::Noted(sentence) => self.notify(Notice::Other { sentence }),
            Trigger::Tick => self.tick(),
            Trigger::MachineSeen(load) => self.emit(Event::MachineSeen(load)),
            Trigger::Audited(audit) => self.audited(audit),
        }
        std::mem::take(&mut self.effects)
    }

    /// Does what has become due by time alone.
    fn tick(&mut self) {
        // The host that ran them may have been retired before it was started.
        self.launch_for_suspects();
        self.launch_postponed_for_suspects();
        self.give_lanes_back();
        if self.sizing.stop_keeping_items(self.now_ns) {
            self.feed_all();
        }
        if self.release_due() {
            self.launch_for_suspects();
            self.feed_all();
        }
        self.end_late_hosts();
        self.give_up_unended();
    }

    fn host_name(&self, worker: usize) -> HostName {
        HostName::of(&self.log, worker)
    }

    fn has_work_left(&self) -> bool {
        self.log.counts.done() < self.log.counts.total || self.log.inputs.is_open()
    }

    /// Has the record take what happens now.
    fn emit(&mut self, event: Event) {
        self.log.record(self.now_ns, event);
    }

    /// Has the pool say something now.
    fn notify(&mut self, notice: Notice) {
        self.emit(Event::MessageSaid(Message::of_pool(self.now_ns, notice)));
    }
}

#[cfg(test)]
mod tests;
