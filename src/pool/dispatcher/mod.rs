//! Decides everything about a run: who gets which items, what a death means, when it is over. A pure state machine:
//! inputs with their time go in, effects come out, the record is written. No clock, no I/O, no threads; the driver
//! around it does those.
//!
//! Invariants, which the tests hold against random inputs:
//! - an item waits in the queue, is with exactly one host, is a suspect, or has its final row;
//! - only items that were executing when a host died are blamed for it; one alone is guilty, several are suspects and
//!   run again, each alone in a host of one lane;
//! - the run finishes when every item has its row and no host is left.

mod ending;
mod hosts;
mod losses;
mod queue;
mod stream;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use self::hosts::{Host, Phase};
pub use self::queue::Chunk;
use self::queue::{Queue, Sizing};
use super::Executing;
use super::os::HostId;
use super::record::{Audit, Batch, Life, LifeEnd, Message, RunLog, RunState, Segment, Source, Tries};
use super::run::Control;
use super::settings::{ChunkRule, Mode};
use crate::function::Stream;
use crate::value::{Column, shortened};

/// What happened.
#[derive(Debug, Clone)]
pub enum Input {
    /// The run begins.
    Start,
    /// The host was launched, which began at this time; it is not ready yet.
    Launched { host: HostId, pid: u32, launched_ns: u64 },
    /// It could not even be launched.
    LaunchFailed { host: HostId, reason: String },
    /// The host has loaded the function.
    Ready { host: HostId },
    /// The host cannot load the function.
    Refused { host: HostId, reason: String },
    /// A lane of the host has finished neighbours.
    Finished { host: HostId, lane: usize, batch: Batch },
    /// The host gives back what no lane has begun.
    Returned { host: HostId, chunks: Vec<Chunk> },
    /// A line was written. `lane` is unknown where a host of several lanes wrote past its functions.
    Said { host: HostId, lane: Option<usize>, stream: Stream, item: Option<u64>, at_ns: u64, text: String },
    /// The host has ended; `executing` is what its lanes had in hand.
    Died { host: HostId, end: LifeEnd, executing: Vec<(usize, Executing)>, peak_rss_bytes: u64 },
    /// The host has sent something that makes no sense.
    Garbled { host: HostId, reason: String },
    /// The run has to end now: nobody is left to want it, or the driver cannot go on.
    Stop,
    /// These inputs follow those before.
    Inputs(Arc<Column>),
    /// No more inputs will come; with the reason where reading them failed.
    InputsEnd { reason: Option<String> },
    /// Whoever follows the run has seen the rows before `index`.
    Released { index: u64 },
    /// A person wants something of it.
    Asked(Control),
    /// Time has passed; comes several times a second.
    Tick,
    /// All hosts are over, and this is what was found left of them.
    Audited(Audit),
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Start a host of so many lanes, the first of which has this number (from 1).
    Launch {
        host: HostId,
        lanes: usize,
        first_worker: usize,
    },
    Assign {
        host: HostId,
        chunk: Chunk,
    },
    Recall {
        host: HostId,
    },
    Close {
        host: HostId,
    },
    Kill {
        host: HostId,
    },
    /// No host is left: look for what they left behind.
    Audit,
}

/// The state machine of one run; see the module's text.
pub struct Dispatcher {
    log: RunLog,
    queue: Queue,
    sizing: Sizing,
    hosts: BTreeMap<HostId, Host>,
    next_host: HostId,
    /// Items that were executing when a host of several lanes died; they run again one at a time.
    suspects: VecDeque<u64>,
    /// Attempts of the items that had more than one.
    attempts: BTreeMap<u64, Tries>,
    /// Deaths since an item was last finished or blamed.
    fruitless_deaths: usize,
    /// The first moments of a run of automatic chunks: see `kept_for_starting`.
    keeps_first_items: bool,
    /// When all was done and hosts were told to end.
    closing_since_ns: Option<u64>,
    is_auditing: bool,
    broken: Option<String>,
    /// Why not all inputs could be read.
    unreadable: Option<String>,
    effects: Vec<Effect>,
}

impl Dispatcher {
    /// A run that has not begun, with its empty record.
    pub fn new(log: RunLog) -> Self {
        let settings = log.plan.job.settings;
        let total = log.counts.total;
        Self {
            queue: Queue::new(total),
            sizing: Sizing::new(settings.chunk, total, settings.workers),
            hosts: BTreeMap::new(),
            next_host: 0,
            suspects: VecDeque::new(),
            attempts: BTreeMap::new(),
            fruitless_deaths: 0,
            keeps_first_items: settings.chunk == ChunkRule::Auto,
            closing_since_ns: None,
            is_auditing: false,
            broken: None,
            unreadable: None,
            effects: Vec::new(),
            log,
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
    pub fn handle(&mut self, now_ns: u64, input: Input) -> Vec<Effect> {
        match input {
            Input::Start => self.start(),
            Input::Launched { host, pid, launched_ns } => self.launched(now_ns, host, pid, launched_ns),
            Input::LaunchFailed { host, reason } => {
                let end = LifeEnd::Broken(reason);
                self.died(now_ns, host, end, Vec::new(), 0);
            }
            Input::Ready { host } => self.ready(now_ns, host),
            Input::Refused { host, reason } => self.refused(now_ns, host, reason),
            Input::Finished { host, lane, batch } => self.finished(now_ns, host, lane, &batch),
            Input::Returned { host, chunks } => self.returned(host, &chunks),
            Input::Said { host, lane, stream, item, at_ns, text } => {
                self.said(host, lane, stream, item, at_ns, &text);
            }
            Input::Died { host, end, executing, peak_rss_bytes } => {
                self.died(now_ns, host, end, executing, peak_rss_bytes);
            }
            Input::Garbled { host, reason } => self.garbled(host, reason),
            Input::Stop | Input::Asked(Control::Stop) => self.stop(now_ns),
            Input::Asked(_) => {}
            Input::Inputs(column) => self.more_inputs(column),
            Input::InputsEnd { reason } => self.inputs_end(now_ns, reason),
            Input::Released { index } => self.released(index),
            Input::Tick => self.tick(now_ns),
            Input::Audited(audit) => self.audited(now_ns, audit),
        }
        std::mem::take(&mut self.effects)
    }

    fn start(&mut self) {
        let (hosts, lanes) = self.log.plan.job.settings.shape();
        for seat in 0..hosts {
            self.launch(seat * lanes, lanes, None);
        }
    }

    fn launch(&mut self, first_lane: usize, lanes: usize, replaces: Option<(u64, u64)>) {
        let host = self.next_host;
        self.next_host += 1;
        self.hosts.insert(host, Host::new(first_lane, lanes, replaces));
        self.effects.push(Effect::Launch { host, lanes, first_worker: first_lane + 1 });
    }

    fn launched(&mut self, now_ns: u64, id: HostId, pid: u32, launched_ns: u64) {
        let Some(host) = self.hosts.get_mut(&id) else { return };
        host.pid = pid;
        self.log.hosts_started += 1;
        let life = Life { pid, launched_ns, ready_ns: None, ended_ns: None, end: None, peak_rss_bytes: 0 };
        for lane in host.lane_range() {
            self.log.lanes[lane].lives.push(life.clone());
        }
        if self.log.hosts_started == self.log.plan.job.settings.shape().0 as u64 {
            let settings = self.log.plan.job.settings;
            let pool = settings.mode.counted(settings.workers);
            self.tell(now_ns, Source::Pool, format!("pool of {pool} started"));
        }
        if self.log.state == RunState::Stopping {
            self.effects.push(Effect::Kill { host: id });
        }
    }

    fn ready(&mut self, now_ns: u64, id: HostId) {
        let Some(host) = self.hosts.get_mut(&id).filter(|host| host.phase == Phase::Launched) else { return };
        host.phase = Phase::Ready;
        for lane in host.lane_range() {
            if let Some(life) = self.log.lanes[lane].lives.last_mut() {
                life.ready_ns = Some(now_ns);
            }
        }
        let worker = host.first_lane + 1;
        if let Some((death, died_ns)) = host.replaces.take() {
            let took = Duration::from_nanos(now_ns.saturating_sub(died_ns));
            if let Some(death) = self.log.deaths.get_mut(death) {
                death.replaced_after = Some(took);
            }
            let took_ms = took.as_secs_f64() * 1e3;
            self.tell(
                now_ns,
                Source::Pool,
                format!("{} replaced in {took_ms:.0} ms", self.host_name(worker)),
            );
        }
        if self.log.startup_ns.is_none() {
            self.log.startup_ns = Some(now_ns);
        }
        if self.log.state == RunState::Starting {
            self.log.state = RunState::Running;
        }
        self.feed(id);
        self.recall_for_idle();
        self.close_if_done(now_ns);
    }

    /// "worker 3", or "the process of all 4 threads".
    fn host_name(&self, worker: usize) -> String {
        let settings = self.log.plan.job.settings;
        if worker > settings.workers {
            "the worker for suspects".to_owned()
        } else if settings.mode == Mode::Thread && settings.workers > 1 {
            format!("the process of all {} threads", settings.workers)
        } else {
            format!("worker {worker}")
        }
    }

    /// Nothing that such a host says can be trusted: it is ended, and lost like one that died.
    fn garbled(&mut self, id: HostId, reason: String) {
        if let Some(host) = self.hosts.get_mut(&id) {
            host.garbled = Some(reason);
            self.effects.push(Effect::Kill { host: id });
        }
    }

    fn refused(&mut self, now_ns: u64, id: HostId, reason: String) {
        self.give_up(now_ns, reason);
        self.effects.push(Effect::Kill { host: id });
    }

    /// Gives the host work up to what its lanes need, and a little in advance.
    fn feed(&mut self, id: HostId) {
        if self.log.state != RunState::Running {
            return;
        }
        let kept = self.kept_for_starting();
        let Some(host) = self.hosts.get_mut(&id).filter(|host| host.phase == Phase::Ready) else { return };
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
        while host.held.len() < host.wanted_chunks(self.sizing.chunk_ns()) {
            let waiting = self.queue.waiting();
            let free = waiting.saturating_sub(kept);
            if free == 0 && host.given >= host.lanes {
                break;
            }
            let items = self.sizing.next(waiting).min(if kept > 0 { free.max(1) } else { u64::MAX });
            let Some(chunk) = self.queue.take(items, inputs) else { break };
            self.log.chunk_items = self.sizing.chunk_items();
            host.hold(chunk);
            self.effects.push(Effect::Assign { host: id, chunk });
        }
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
        let is_idle =
            |host: &Host| host.phase == Phase::Ready && !host.is_alone && host.held.len() < host.lanes;
        if !self.queue.is_empty() || !self.hosts.values().any(is_idle) {
            return;
        }
        for (id, host) in &mut self.hosts {
            if host.phase == Phase::Ready && !host.is_recalled && host.has_to_spare() {
                host.is_recalled = true;
                self.effects.push(Effect::Recall { host: *id });
            }
        }
    }

    fn finished(&mut self, now_ns: u64, id: HostId, lane: usize, batch: &Batch) {
        let Some(host) = self.hosts.get_mut(&id).filter(|host| lane < host.lanes) else { return };
        if !host.settle(batch.first, batch.count as u64) {
            return self.garbled(id, "it sent results that it was not asked for".to_owned());
        }
        let lane = host.first_lane + lane;
        self.log.rows.finish(batch, lane + 1, &self.attempts);
        let (start_ns, end_ns, busy_ns) = batch.timing.extent();
        let failed = batch.failures.len() as u64;
        self.log.lanes[lane].add(Segment {
            start_ns,
            end_ns,
            busy_ns,
            first: batch.first,
            last: batch.first + (batch.count as u64).saturating_sub(1),
            items: batch.count as u64,
            failed,
        });
        self.log.lanes[lane].cpu_s += batch.timing.cpu_ns() as f64 / 1e9;
        self.log.counts.ok += batch.count as u64 - failed;
        self.log.counts.failed += failed;
        self.log.last_row_ns = self.log.last_row_ns.max(now_ns);
        self.fruitless_deaths = 0;
        self.sizing.measured(batch.count as u64, busy_ns);
        self.feed(id);
        self.recall_for_idle();
        self.close_if_done(now_ns);
    }

    fn returned(&mut self, id: HostId, chunks: &[Chunk]) {
        let Some(host) = self.hosts.get_mut(&id) else { return };
        host.is_recalled = false;
        let mut are_known = true;
        for chunk in chunks.iter().rev() {
            match host.let_go(*chunk) {
                true => self.queue.put_back(*chunk),
                false => are_known = false,
            }
        }
        if !are_known {
            self.garbled(id, "it gave back work that it did not have".to_owned());
        }
        self.feed_all();
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
        let Some(host) = self.hosts.get(&id) else { return };
        let lane = if host.lanes == 1 { Some(0) } else { lane.filter(|lane| *lane < host.lanes) };
        let worker = lane.map_or(0, |lane| host.first_lane + lane + 1);
        let source = Source::Worker { worker, pid: host.pid, stream };
        self.log.messages.push(Message { at_ns, source, item, text: text.into() });
    }

    fn has_work_left(&self) -> bool {
        self.log.counts.done() < self.log.counts.total || self.log.inputs.is_open()
    }

    fn tell(&mut self, at_ns: u64, source: Source, text: String) {
        let text = shortened(&text, 4000).as_ref().into();
        self.log.messages.push(Message { at_ns, source, item: None, text });
    }
}

#[cfg(test)]
mod tests;
