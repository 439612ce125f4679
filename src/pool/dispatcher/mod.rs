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
mod heartbeat;
mod host_death;
mod hosts;
mod launching;
mod median;
mod memory;
mod polling;
mod queue;
mod retirement;
mod stream;
mod timeouts;
mod tries;
mod trigger;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use self::hosts::{Host, Phase};
use self::polling::Polling;
pub use self::polling::{PollRequest, PollResult};
pub use self::queue::Chunk;
use self::queue::{Queue, Sizing};
use self::retirement::KillReason;
use self::timeouts::Timeouts;
use self::tries::Tries;
pub use self::trigger::{Effect, Trigger};
use super::control::HostId;
use super::record::{
    Batch, Ending, Event, HostName, ItemsFinished, Message, MessageContent, Notice, Recorder, RunLog, Source,
};
use super::settings::{ChunkRule, Mode};
use crate::function::Stream;

/// The state machine of one run; see the module's text.
pub struct Dispatcher {
    log: Recorder,
    queue: Queue,
    sizing: Sizing,
    hosts: BTreeMap<HostId, Host>,
    next_host: HostId,
    /// Items that were executing when a host of several lanes died; they run again one at a time.
    suspects: VecDeque<u64>,
    tries: Tries,
    timeouts: Timeouts,
    polling: Polling,
    /// Deaths since an item was last finished or blamed.
    fruitless_deaths: usize,
    /// The first moments of a run of automatic chunks: see `kept_for_starting`.
    keeps_first_items: bool,
    /// All hosts of the pool were launched, and that was told.
    is_announced: bool,
    /// All is done, and the hosts were told to end.
    is_closing: bool,
    is_auditing: bool,
    /// Why not all inputs could be read.
    unreadable: Option<String>,
    /// Why the run ends, or has begun to, before all is done.
    why: Option<Ending>,
    /// The time of the input in hand.
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
            hosts: BTreeMap::new(),
            next_host: 0,
            suspects: VecDeque::new(),
            tries: Tries::default(),
            timeouts: Timeouts::new(settings.item.timeout),
            polling: Polling::default(),
            fruitless_deaths: 0,
            keeps_first_items: settings.chunk == ChunkRule::Auto,
            is_announced: false,
            is_closing: false,
            is_auditing: false,
            unreadable: None,
            why: None,
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
        self.hosts.get(&host).map_or(0..0, |host| host.first_lane..host.first_lane + host.lanes)
    }

    /// Takes what happened at `now_ns` after Start and gives what to do about it, in order.
    pub fn handle(&mut self, now_ns: u64, input: Trigger) -> Vec<Effect> {
        self.now_ns = now_ns;
        match input {
            Trigger::Start => self.start(),
            Trigger::Launched { host, pid, launched_ns } => self.launched(host, pid, launched_ns),
            Trigger::LaunchFailed { host, reason } => self.launch_failed(host, reason),
            Trigger::Ready { host } => self.ready(host),
            Trigger::Refused { host, reason } => self.refused(host, reason),
            Trigger::Finished { host, lane, batch } => self.finished(host, lane, batch),
            Trigger::Returned { host, chunks } => self.returned(host, &chunks),
            Trigger::Said { host, lane, stream, item, at_ns, text } => {
                self.said(host, lane, stream, item, at_ns, &text);
            }
            Trigger::Died { host, end, executing, begun_last, peak_rss_bytes } => {
                self.died(host, end, (executing, begun_last), peak_rss_bytes);
            }
            Trigger::Garbled { host, reason } => self.garbled(host, reason),
            Trigger::Inputs(column) => self.more_inputs(column),
            Trigger::InputsEnd { reason } => self.inputs_end(reason),
            Trigger::Released { index } => self.released(index),
            Trigger::Stop => self.stop(Ending::Stopped),
            Trigger::Asked(control) => self.asked(control),
            Trigger::Suspended { host, is_suspended, has_worked } => {
                self.suspended(host, is_suspended, has_worked);
            }
            Trigger::Polled(result) => self.polled(&result),
            Trigger::Noted(sentence) => self.notify(Notice::Other { sentence }),
            Trigger::Tick => self.tick(),
            Trigger::Audited(audit) => self.audited(audit),
        }
        std::mem::take(&mut self.effects)
    }

    fn host_name(&self, worker: usize) -> HostName {
        if self.log.lanes.get(worker - 1).is_some_and(|lane| lane.is_for_suspects) {
            HostName::Suspects
        } else if self.log.plan.job.settings.mode == Mode::Thread && self.log.workers > 1 {
            HostName::AllThreads(self.log.workers)
        } else {
            HostName::Worker(worker)
        }
    }

    /// Nothing that such a host says can be trusted: it is ended, and lost like one that died.
    fn garbled(&mut self, id: HostId, reason: String) {
        self.kill_for(id, KillReason::Garbled(reason));
    }

    /// Gives the host work up to what its lanes need, and a little in advance.
    fn feed(&mut self, id: HostId) {
        let Some(mut capacity) = self.capacity(id) else { return };
        let kept = self.kept_for_starting();
        let Some(host) = self.hosts.get_mut(&id) else { return };
        if host.is_alone {
            if host.held.is_empty()
                && let Some(index) = self.suspects.pop_front()
            {
                host.hold(Chunk { first: index, count: 1 });
                self.effects.push(Effect::Assign { host: id, chunk: Chunk { first: index, count: 1 } });
            }
            return;
        }
        let inputs = &self.log.inputs;
        while capacity.items > 0
            && host.held.len() < host.wanted_chunks(self.sizing.chunk_ns()).min(capacity.chunks)
        {
            let waiting = self.queue.waiting();
            let free = waiting.saturating_sub(kept);
            if free == 0 && host.given >= host.lanes {
                break;
            }
            let items = self.sizing.next(waiting).min(if kept > 0 { free.max(1) } else { u64::MAX });
            let Some(chunk) = self.queue.take(items.min(capacity.items), inputs) else { break };
            host.hold(chunk);
            host.promised += chunk.count;
            capacity.items -= chunk.count;
            self.effects.push(Effect::Assign { host: id, chunk });
        }
        let items = self.sizing.chunk_items();
        if items != self.log.chunk_items {
            self.emit(Event::ChunkSized { items });
        }
        self.recycle_if_due(id);
    }

    /// The items that are kept for lanes whose process is still starting: one each, so that a short run shows all
    /// its workers at work. Not for long: a start that hangs must not hold up the rest.
    fn kept_for_starting(&self) -> u64 {
        if !self.keeps_first_items {
            return 0;
        }
        let starting = self.hosts.values().filter(|host| host.phase == Phase::Launched && !host.is_alone);
        starting.map(|host| host.lanes as u64).sum()
    }

    /// Feeds all hosts, those with the least in hand first; asks for unbegun work where lanes would idle.
    fn feed_all(&mut self) {
        let mut order: Vec<(usize, HostId)> =
            self.hosts.iter().map(|(id, host)| (host.held.len() * 1000 / host.lanes, *id)).collect();
        order.sort_unstable();
        order.into_iter().for_each(|(_, id)| self.feed(id));
        self.recall_for_idle();
    }

    fn recall_for_idle(&mut self) {
        let is_idle = |(id, host): (&HostId, &Host)| {
            let capacity = self.capacity(*id).filter(|capacity| capacity.items > 0 && !host.is_alone);
            capacity.is_some_and(|capacity| host.held.len() < host.lanes.min(capacity.chunks))
        };
        if !self.queue.is_empty() || !self.hosts.iter().any(is_idle) {
            return;
        }
        for (id, host) in &mut self.hosts {
            if host.phase == Phase::Ready && !host.is_recalled && host.has_to_spare() {
                host.is_recalled = true;
                self.effects.push(Effect::Recall { host: *id, whole: false });
            }
        }
    }

    fn finished(&mut self, id: HostId, lane: usize, batch: Batch) {
        let Some(host) = self.hosts.get_mut(&id).filter(|host| lane < host.lanes) else { return };
        if matches!(host.kill_reason, Some(KillReason::Garbled(_))) {
            // What it said before was no sense: its items run again.
            return;
        }
        if !host.settle(batch.first, batch.count as u64) {
            return self.garbled(id, "it sent results that it was not asked for".to_owned());
        }
        host.heartbeat.note_activity();
        let lane = host.first_lane + lane;
        let is_alone = host.is_alone;
        let (again, flaky) = (self.tries.again_in(&batch), self.tries.flaky_in(&batch));
        let finished = Arc::new(ItemsFinished { lane, batch, again, flaky });
        self.emit(Event::ItemsFinished(Arc::clone(&finished)));
        let batch = &finished.batch;
        self.retry_failures(batch, is_alone);
        self.settle_tries(batch);
        self.timeouts.learn(batch);
        self.fruitless_deaths = 0;
        self.sizing.measured(batch.count as u64, batch.timing.extent().2);
        self.halt_if_due();
        let has_successor = self.close_if_drained(id);
        self.check_memory_soon(id);
        if self.release_due() || has_successor {
            self.launch_for_suspects();
            self.feed_all();
        }
        self.feed(id);
        self.recall_for_idle();
        self.close_if_done();
    }

    fn returned(&mut self, id: HostId, chunks: &[Chunk]) {
        let Some(host) = self.hosts.get_mut(&id) else { return };
        (host.is_recalled, host.is_recalled_whole) = (false, false);
        host.heartbeat.note_activity();
        let mut are_known = true;
        for chunk in chunks.iter().rev() {
            match host.let_go(*chunk) {
                true => {
                    host.promised -= chunk.count;
                    self.queue.put_back(*chunk);
                }
                false => are_known = false,
            }
        }
        if !are_known {
            self.garbled(id, "it gave back work that it did not have".to_owned());
        }
        self.close_if_drained(id);
        self.recall_rest(id);
        self.feed_all();
        self.close_if_done();
    }

    fn said(
        &mut self,
        id: HostId,
        lane: Option<usize>,
        stream: Stream,
        item: Option<u64>,
        at_ns: u64,
        text: &str,
    ) {
        let Some(host) = self.hosts.get_mut(&id) else { return };
        let text: Arc<str> = text.into();
        host.note_line(&text);
        let lane = if host.lanes == 1 { Some(0) } else { lane.filter(|lane| *lane < host.lanes) };
        let worker = lane.map_or(0, |lane| host.first_lane + lane + 1);
        let source = Source::Worker { worker, pid: host.pid, stream };
        self.emit(Event::MessageSaid(Message { at_ns, source, item, content: MessageContent::Text(text) }));
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
mod simulation;
#[cfg(test)]
mod tests;
