//! Decides everything about a run: who gets which items, what a death means, when it is over. A pure state machine:
//! inputs with their time go in, effects come out, the record is written. No clock, no I/O, no threads; the driver
//! around it does those.
//!
//! Invariants, which the tests hold against random inputs:
//! - an item waits in the queue, is with exactly one host, is a suspect, or has its final row;
//! - only items that were executing when a host died are blamed for it; one alone is guilty, several are suspects and
//!   run again, each alone in a host of one lane;
//! - the run finishes when every item has its row and no host is left.

mod hosts;
mod queue;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use self::hosts::{Host, Phase};
pub use self::queue::Chunk;
use self::queue::{Queue, Sizing};
use super::Executing;
use super::os::HostId;
use super::record::{
    Audit, Batch, Death, Ending, FailedSpan, Lane, Life, LifeEnd, Message, RowState, RunLog, RunState,
    Segment, Source,
};
use super::settings::Mode;
use crate::function::Stream;
use crate::value::{grouped, shortened};

/// Hosts that may end before any was ever ready until the pool is given up.
const FAILED_LAUNCHES: usize = 3;

/// What happened.
#[derive(Debug, Clone)]
pub enum Input {
    /// The run begins.
    Start,
    /// The host was launched; it is not ready yet.
    Launched { host: HostId, pid: u32 },
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
    /// A person wants the run to end now.
    Stop,
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
    attempts: BTreeMap<u64, u8>,
    /// Deaths since an item was last finished or blamed.
    fruitless_deaths: usize,
    is_closing: bool,
    is_auditing: bool,
    broken: Option<String>,
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
            is_closing: false,
            is_auditing: false,
            broken: None,
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
            Input::Launched { host, pid } => self.launched(now_ns, host, pid),
            Input::LaunchFailed { host, reason } => {
                let end = LifeEnd::Broken(reason);
                self.died(now_ns, host, end, Vec::new(), 0);
            }
            Input::Ready { host } => self.ready(now_ns, host),
            Input::Refused { host, reason } => self.refused(now_ns, host, reason),
            Input::Finished { host, lane, batch } => self.finished(now_ns, host, lane, &batch),
            Input::Returned { host, chunks } => self.returned(now_ns, host, &chunks),
            Input::Said { host, lane, stream, item, at_ns, text } => {
                self.said(host, lane, stream, item, at_ns, &text);
            }
            Input::Died { host, end, executing, peak_rss_bytes } => {
                self.died(now_ns, host, end, executing, peak_rss_bytes);
            }
            Input::Stop => self.stop(now_ns),
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

    fn launched(&mut self, now_ns: u64, id: HostId, pid: u32) {
        let Some(host) = self.hosts.get_mut(&id) else { return };
        host.pid = pid;
        self.log.hosts_started += 1;
        let life =
            Life { pid, launched_ns: now_ns, ready_ns: None, ended_ns: None, end: None, peak_rss_bytes: 0 };
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

    fn refused(&mut self, now_ns: u64, id: HostId, reason: String) {
        self.give_up(now_ns, reason);
        self.effects.push(Effect::Kill { host: id });
    }

    /// Gives the host work up to what its lanes need, and a little in advance.
    fn feed(&mut self, id: HostId) {
        if self.log.state != RunState::Running {
            return;
        }
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
        let inputs = &self.log.plan.job.inputs;
        while host.held.len() < host.wanted_chunks(self.sizing.chunk_ns()) {
            let items = self.sizing.next(self.queue.waiting());
            let Some(chunk) = self.queue.take(items, inputs) else { break };
            self.log.chunk_items = items;
            host.hold(chunk);
            self.effects.push(Effect::Assign { host: id, chunk });
        }
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
            if host.phase == Phase::Ready && !host.is_recalled && host.held.len() > host.lanes {
                host.is_recalled = true;
                self.effects.push(Effect::Recall { host: *id });
            }
        }
    }

    fn finished(&mut self, now_ns: u64, id: HostId, lane: usize, batch: &Batch) {
        let Some(host) = self.hosts.get_mut(&id).filter(|host| lane < host.lanes) else { return };
        if !host.settle(batch.first, batch.count as u64) {
            let reason = format!("process {} sent results that it was not asked for", host.pid);
            return self.give_up(now_ns, reason);
        }
        let lane = host.first_lane + lane;
        let attempts = &self.attempts;
        self.log.rows.finish(batch, lane + 1, |index| attempts.get(&index).copied().unwrap_or(1));
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

    fn returned(&mut self, now_ns: u64, id: HostId, chunks: &[Chunk]) {
        let Some(host) = self.hosts.get_mut(&id) else { return };
        host.is_recalled = false;
        let mut are_known = true;
        for chunk in chunks.iter().rev() {
            are_known &= host.let_go(*chunk);
            self.queue.put_back(*chunk);
        }
        if !are_known {
            let reason = format!("process {} gave back work that it did not have", host.pid);
            return self.give_up(now_ns, reason);
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

    fn died(
        &mut self,
        now_ns: u64,
        id: HostId,
        end: LifeEnd,
        executing: Vec<(usize, Executing)>,
        rss_bytes: u64,
    ) {
        let Some(host) = self.hosts.remove(&id) else { return };
        let end = match (host.phase, end) {
            (Phase::Closing, LifeEnd::Exit(0)) => LifeEnd::Closed,
            (_, LifeEnd::Signal(9)) if self.log.state == RunState::Stopping => LifeEnd::Stopped,
            (_, end) => end,
        };
        for lane in host.lane_range() {
            if let Some(life) = self.log.lanes[lane].lives.last_mut()
                && life.ended_ns.is_none()
            {
                life.ended_ns = Some(now_ns);
                life.end = Some(end.clone());
                life.peak_rss_bytes = rss_bytes;
            }
        }
        if host.phase != Phase::Closing && self.log.state == RunState::Stopping {
            self.stopped_in_hand(now_ns, &host, &executing);
        } else if host.phase != Phase::Closing {
            self.lost(now_ns, &host, end, executing, rss_bytes);
        }
        self.close_if_done(now_ns);
        self.audit_if_over(now_ns);
    }

    fn stopped_in_hand(&mut self, now_ns: u64, host: &Host, executing: &[(usize, Executing)]) {
        for (lane, item) in executing {
            if host.holds(item.index) && !self.log.rows.is_final(item.index) {
                let lane = host.first_lane + lane;
                self.end_in_hand(now_ns, lane, *item, RowState::Stopped, "stopped while it ran".to_owned());
            }
        }
    }

    /// Records that an item ended together with its host.
    fn end_in_hand(&mut self, now_ns: u64, lane: usize, item: Executing, state: RowState, reason: String) {
        let Executing { index, since_ns } = item;
        let attempts = self.attempts.get(&index).copied().unwrap_or(1);
        let duration_ns = now_ns.saturating_sub(since_ns);
        let span = FailedSpan { worker: lane + 1, attempts, start_ns: since_ns, duration_ns };
        self.log.rows.fail(index, state, reason.into(), span);
        self.log.counts.failed += 1;
        self.log.last_row_ns = self.log.last_row_ns.max(now_ns);
        self.log.lanes[lane].add(Segment {
            start_ns: since_ns,
            end_ns: now_ns,
            busy_ns: duration_ns,
            first: index,
            last: index,
            items: 1,
            failed: 1,
        });
    }

    /// A host died that was not asked to: blames, saves the rest, replaces it.
    fn lost(
        &mut self,
        now_ns: u64,
        host: &Host,
        end: LifeEnd,
        executing: Vec<(usize, Executing)>,
        rss_bytes: u64,
    ) {
        let mut blamed: Vec<(usize, Executing)> = executing;
        blamed.retain(|(_, item)| host.holds(item.index) && !self.log.rows.is_final(item.index));
        let death = Death {
            worker: host.first_lane + 1,
            pid: host.pid,
            at_ns: now_ns,
            cause: end.clone(),
            executing: blamed.iter().map(|(_, item)| item.index).collect(),
            peak_rss_bytes: rss_bytes,
            replaced_after: None,
        };
        self.log.counts.hosts_lost += 1;
        self.announce(&death);
        self.log.deaths.push(death);
        self.save_the_rest(host, &blamed);
        match blamed.as_slice() {
            [] => {}
            [(lane, item)] => self.convict(now_ns, host, *lane, *item, &end),
            several => several.iter().for_each(|(_, item)| self.suspect(item.index)),
        }
        self.fruitless_deaths = if blamed.is_empty() { self.fruitless_deaths + 1 } else { 0 };
        if self.fruitless_deaths >= self.deaths_to_give_up() {
            return self.give_up(now_ns, format!("its processes end before they do any work: {end}"));
        }
        let replaces = (self.log.deaths.len() - 1, now_ns);
        if !host.is_alone && self.has_work_left() {
            self.launch(host.first_lane, host.lanes, Some(replaces));
        }
        self.launch_for_suspects();
        self.feed_all();
    }

    /// A pool that never was is given up soon; one that has worked may be under attack from outside.
    fn deaths_to_give_up(&self) -> usize {
        let was_ever_ready = self.log.startup_ns.is_some();
        if was_ever_ready { FAILED_LAUNCHES * (self.log.lanes.len() + 3) } else { FAILED_LAUNCHES }
    }

    fn announce(&mut self, death: &Death) {
        let on = match death.executing.as_slice() {
            [] => String::new(),
            [index] => format!(" while on input {}", grouped(*index)),
            several => format!(" while on {} inputs", several.len()),
        };
        let text = format!("{} (pid {}) died: {}{on}", self.host_name(death.worker), death.pid, death.cause);
        self.tell(death.at_ns, Source::Trouble, text);
    }

    fn save_the_rest(&mut self, host: &Host, blamed: &[(usize, Executing)]) {
        for chunk in host.unfinished().rev() {
            let blamed_here = |index: &u64| blamed.iter().any(|(_, item)| item.index == *index);
            let mut end = chunk.first + chunk.count;
            for index in (chunk.first..chunk.first + chunk.count).rev().filter(blamed_here) {
                self.queue.put_back(Chunk { first: index + 1, count: end - index - 1 });
                end = index;
            }
            if host.is_alone {
                (chunk.first..end).for_each(|index| self.suspects.push_front(index));
            } else {
                self.queue.put_back(Chunk { first: chunk.first, count: end - chunk.first });
            }
        }
    }

    /// The only item that was executing when its host died is the one that did it.
    fn convict(&mut self, now_ns: u64, host: &Host, lane: usize, item: Executing, end: &LifeEnd) {
        let reason = match end {
            LifeEnd::Exit(code) => format!("the worker process left with exit code {code}"),
            LifeEnd::Signal(_) => format!("the worker process was ended by {end}"),
            end => format!("the worker process was lost: {end}"),
        };
        self.end_in_hand(now_ns, host.first_lane + lane, item, RowState::Failed, reason);
    }

    fn suspect(&mut self, index: u64) {
        let attempts = self.attempts.entry(index).or_insert(1);
        *attempts = attempts.saturating_add(1);
        self.log.counts.retries += 1;
        self.suspects.push_back(index);
    }

    fn launch_for_suspects(&mut self) {
        if self.suspects.is_empty() || self.hosts.values().any(|host| host.is_alone) {
            return;
        }
        let workers = self.log.plan.job.settings.workers;
        if self.log.lanes.len() == workers {
            self.log.lanes.push(Lane::default());
        }
        self.launch(workers, 1, None);
        if let Some(host) = self.hosts.get_mut(&(self.next_host - 1)) {
            host.is_alone = true;
        }
    }

    fn has_work_left(&self) -> bool {
        self.log.counts.done() < self.log.counts.total
    }

    fn close_if_done(&mut self, now_ns: u64) {
        if self.has_work_left() || self.is_closing || matches!(self.log.state, RunState::Stopping) {
            return;
        }
        self.is_closing = true;
        self.tell(now_ns, Source::Pool, "closed: no more work will be given".to_owned());
        for (id, host) in &mut self.hosts {
            host.phase = Phase::Closing;
            self.effects.push(Effect::Close { host: *id });
        }
    }

    fn stop(&mut self, now_ns: u64) {
        if matches!(self.log.state, RunState::Stopping | RunState::Finished(_)) || self.is_closing {
            return;
        }
        self.log.state = RunState::Stopping;
        self.tell(now_ns, Source::Pool, "terminated: stopped before all inputs were done".to_owned());
        let all: Vec<HostId> = self.hosts.keys().copied().collect();
        self.effects.extend(all.into_iter().map(|host| Effect::Kill { host }));
        self.audit_if_over(now_ns);
    }

    /// The pool cannot go on; what is finished stays.
    fn give_up(&mut self, now_ns: u64, reason: String) {
        if self.broken.is_none() && self.log.state != RunState::Stopping && !self.is_closing {
            self.tell(now_ns, Source::Trouble, format!("the pool gave up: {reason}"));
            self.broken = Some(reason);
            self.stop(now_ns);
        }
    }

    fn audit_if_over(&mut self, now_ns: u64) {
        let is_over = self.is_closing || self.log.state == RunState::Stopping;
        if is_over && self.hosts.is_empty() && !self.is_auditing {
            self.is_auditing = true;
            let settings = self.log.plan.job.settings;
            let pool = settings.mode.counted(settings.workers);
            self.tell(now_ns, Source::Pool, format!("joined: {pool} ended"));
            self.effects.push(Effect::Audit);
        }
    }

    fn audited(&mut self, now_ns: u64, audit: Audit) {
        for line in &audit.named {
            self.tell(now_ns, Source::Trouble, line.clone());
        }
        self.log.audit = Some(audit);
        let reason = match &self.broken {
            Some(reason) => format!("not run: {reason}"),
            None => "not run: the run was stopped first".to_owned(),
        };
        let not_run = self.log.counts.total - self.log.counts.done();
        self.log.rows.close(reason.into());
        self.log.counts.not_run = not_run;
        self.log.counts.failed += not_run;
        if self.log.last_row_ns == 0 || not_run > 0 {
            self.log.last_row_ns = now_ns;
        }
        self.tell(now_ns, Source::Pool, "main process is done".to_owned());
        self.log.state = RunState::Finished(match self.broken.take() {
            Some(reason) => Ending::Broken(reason),
            None if self.is_closing => Ending::Completed,
            None => Ending::Stopped,
        });
    }

    fn tell(&mut self, at_ns: u64, source: Source, text: String) {
        let text = shortened(&text, 4000).as_ref().into();
        self.log.messages.push(Message { at_ns, source, item: None, text });
    }
}

#[cfg(test)]
mod tests;
