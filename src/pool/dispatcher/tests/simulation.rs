//! The dispatcher against hosts that behave as real ones may, in random stories: what must hold is looked at after
//! each step, and at the end every input has its one row. `PROPTEST_CASES` runs more of them.

use std::collections::{BTreeMap, VecDeque};

use super::super::*;
use super::{check_events, over_numbers};
use crate::pool::os::MachineMemory;
use crate::pool::record::Readiness;
use crate::pool::record::{Audit, Batch, Ending, LifeEnd, Obstacle, RowState, RunState, Timing};
use crate::pool::settings::{
    ChunkRule, Failures, HaltRule, Halting, ItemRules, RetryDelay, Settings, Timeout, WorkerRules,
};
use crate::pool::{Control, Counts, Executing};
use crate::value::{Column, Value};

mod stories;

const MS: u64 = 1_000_000;
const RECYCLE_BYTES: u64 = 500;
const LIMIT_BYTES: u64 = 1000;

/// A lane of a simulated host: its chunk, the item in hand, and what it has finished and not sent.
#[derive(Debug, Default, Clone)]
struct FakeLane {
    first_unsent: u64,
    next: u64,
    end: u64,
    since_ns: Option<u64>,
    /// Whether each unsent item failed.
    unsent: Vec<bool>,
}

impl FakeLane {
    fn is_idle(&self) -> bool {
        self.since_ns.is_none() && self.unsent.is_empty() && self.next == self.end
    }
}

#[derive(Debug, Default)]
struct FakeHost {
    lanes: Vec<FakeLane>,
    queue: VecDeque<Chunk>,
    is_ready: bool,
    is_closed: bool,
    is_killed: bool,
    is_suspended: bool,
    /// A recall that was not answered yet, and whether it is one of everything.
    recalled: Option<bool>,
    /// Items given and not given back.
    promised: u64,
}

struct World {
    dispatcher: Dispatcher,
    now_ns: u64,
    hosts: BTreeMap<HostId, FakeHost>,
    launches: VecDeque<(HostId, usize)>,
    /// What was counted when the rows were looked at last.
    checked: Option<Counts>,
}

impl World {
    fn new(total: usize, settings: Settings) -> Self {
        let dispatcher = over_numbers(total, settings);
        let mut world =
            Self { dispatcher, now_ns: 0, hosts: BTreeMap::new(), launches: VecDeque::new(), checked: None };
        world.tell(Trigger::Start);
        world
    }

    fn tell(&mut self, trigger: Trigger) {
        self.now_ns += 1000;
        let was_paused = self.dispatcher.log().is_paused && !matches!(trigger, Trigger::Asked(_));
        let mut effects = VecDeque::from(self.dispatcher.handle(self.now_ns, trigger));
        while let Some(effect) = effects.pop_front() {
            assert!(!(was_paused && matches!(effect, Effect::Assign { .. })), "work begins in a pause");
            if let Some(trigger) = self.perform(effect) {
                effects.extend(self.dispatcher.handle(self.now_ns, trigger));
            }
        }
        self.check();
    }

    fn perform(&mut self, effect: Effect) -> Option<Trigger> {
        match effect {
            Effect::Launch { host, lanes, .. } => self.launches.push_back((host, lanes)),
            Effect::Assign { host, chunk } => self.assign(host, chunk),
            Effect::Recall { host, whole } => {
                let fake = self.living(host);
                assert!(fake.is_ready && !fake.is_closed);
                fake.recalled = Some(whole || fake.recalled == Some(true));
            }
            Effect::Close { host } => {
                let fake = self.living(host);
                assert!(fake.queue.is_empty() && fake.lanes.iter().all(FakeLane::is_idle), "{fake:?}");
                fake.is_closed = true;
            }
            Effect::Kill { host } => self.living(host).is_killed = true,
            Effect::Suspend { host, is_suspended } => {
                self.living(host).is_suspended = is_suspended;
                return Some(Trigger::Suspended { host, is_suspended, has_worked: true });
            }
            Effect::AskStack { host, lane } => {
                let fake = self.living(host);
                assert!(fake.is_ready && !fake.is_closed && usize::from(lane) < fake.lanes.len(), "{fake:?}");
            }
            Effect::Inject { host, lane, fault, .. } => {
                let fake = self.living(host);
                assert!(fake.is_ready && !fake.is_closed && usize::from(lane) < fake.lanes.len(), "{fake:?}");
                fake.is_killed |= fault.is_deadly();
            }
            Effect::GiveUp { host } => {
                let end = LifeEnd::Obstructed(Obstacle::DoesNotEnd);
                self.hosts.remove(&host);
                let (executing, begun_last) = (Vec::new(), Vec::new());
                return Some(Trigger::HostEnded { host, end, executing, begun_last, peak_rss_bytes: 0 });
            }
            Effect::Audit => {
                assert!(self.hosts.is_empty(), "the audit comes when all hosts are over");
                return Some(Trigger::Audited(Audit::default()));
            }
        }
        None
    }

    fn living(&mut self, host: HostId) -> &mut FakeHost {
        self.hosts.get_mut(&host).expect("an effect names a host that lives")
    }

    fn assign(&mut self, host: HostId, chunk: Chunk) {
        let log = self.dispatcher.log();
        let each = log.plan.job.settings.worker.recycle_items.unwrap_or(u64::MAX);
        let is_of_new_life = |message: &&Message| matches!(message.notice(), Some(Notice::SizeKept { .. }));
        let lives = 1 + log.messages.iter_from(0).filter(is_of_new_life).count() as u64;
        let fake = self.living(host);
        assert!(fake.is_ready && !fake.is_closed && !fake.is_killed, "{fake:?}");
        fake.queue.push_back(chunk);
        fake.promised += chunk.count;
        let is_alone = fake.lanes.len() == 1;
        // One that could not be replaced has another life.
        let most = each.saturating_mul(fake.lanes.len() as u64).saturating_mul(lives);
        assert!(is_alone || fake.promised <= most, "{fake:?}");
    }

    fn launch(&mut self, is_to_fail: bool) {
        let Some((host, lanes)) = self.launches.pop_front() else { return };
        if !self.dispatcher.is_awaited(host) {
            return;
        }
        if is_to_fail {
            return self.tell(Trigger::LaunchFailed { host, reason: "no room".to_owned() });
        }
        let lanes = vec![FakeLane::default(); lanes];
        self.hosts.insert(host, FakeHost { lanes, ..FakeHost::default() });
        self.tell(Trigger::Launched { host, pid: 1000 + host as u32, launched_ns: self.now_ns });
    }

    fn get_ready(&mut self, host: HostId) {
        if let Some(fake) = self.hosts.get_mut(&host).filter(|fake| !fake.is_suspended)
            && !std::mem::replace(&mut fake.is_ready, true)
        {
            self.tell(Trigger::Ready { host, readiness: Readiness::default(), lock_turned_on_by: None });
        }
    }

    /// A lane finishes the item in hand, if there is one, and begins the next.
    fn work(&mut self, host: HostId, lane: usize, fails: bool) {
        let now_ns = self.now_ns;
        let Some(fake) = self.hosts.get_mut(&host).filter(|fake| fake.is_ready && !fake.is_suspended) else {
            return;
        };
        let FakeHost { lanes, queue, .. } = fake;
        let count = lanes.len();
        let lane = &mut lanes[lane % count];
        if lane.since_ns.take().is_some() {
            lane.unsent.push(fails);
            lane.next += 1;
        }
        if lane.next == lane.end
            && lane.unsent.is_empty()
            && let Some(chunk) = queue.pop_front()
        {
            (lane.first_unsent, lane.next, lane.end) = (chunk.first, chunk.first, chunk.first + chunk.count);
        }
        if lane.next < lane.end {
            lane.since_ns = Some(now_ns);
        }
    }

    /// A lane sends what it has finished.
    fn flush(&mut self, host: HostId, lane: usize) {
        let Some(fake) = self.hosts.get_mut(&host).filter(|fake| !fake.is_suspended) else { return };
        let lane = lane % fake.lanes.len();
        let from = &mut fake.lanes[lane];
        let unsent = std::mem::take(&mut from.unsent);
        if unsent.is_empty() {
            return;
        }
        let first = std::mem::replace(&mut from.first_unsent, from.next);
        let indices = (first..).zip(&unsent);
        let failures = indices
            .clone()
            .filter(|(_, failed)| **failed)
            .map(|(index, _)| ((index - first) as u32, "no".into()));
        let failures = failures.collect();
        let outputs: Column =
            indices.filter(|(_, failed)| !**failed).map(|(index, _)| Value::Int(index as i64 * 2)).collect();
        let timing = Timing::Whole { start_ns: self.now_ns, duration_ns: 10_000, cpu_ns: 10_000 };
        let batch = Batch { first, count: unsent.len(), outputs: outputs.into(), failures, timing };
        self.tell(Trigger::Finished { host, lane, batch });
    }

    /// Answers a recall: with what no lane has begun, and the rest of chunks; with nothing when all is done.
    fn answer(&mut self, host: HostId, takes_rest: bool) {
        let Some(fake) = self.hosts.get_mut(&host).filter(|fake| !fake.is_suspended) else { return };
        let Some(whole) = fake.recalled else { return };
        let mut chunks: Vec<Chunk> = std::mem::take(&mut fake.queue).into();
        for lane in fake.lanes.iter_mut().filter(|lane| lane.since_ns.is_some()) {
            if (whole || takes_rest) && lane.next + 1 < lane.end {
                chunks.push(Chunk { first: lane.next + 1, count: lane.end - lane.next - 1 });
                lane.end = lane.next + 1;
            }
        }
        let is_busy = !fake.lanes.iter().all(FakeLane::is_idle);
        if !chunks.is_empty() || !is_busy {
            fake.recalled = None;
            fake.promised -= chunks.iter().map(|chunk| chunk.count).sum::<u64>();
            self.tell(Trigger::Returned { host, chunks });
        }
    }

    fn die(&mut self, host: HostId, end: LifeEnd) {
        let Some(fake) = self.hosts.remove(&host) else { return };
        let executing = fake.lanes.iter().enumerate();
        let executing = executing.filter_map(|(place, lane)| {
            Some((place, Executing { index: lane.next, since_ns: lane.since_ns? }))
        });
        let executing = executing.collect();
        // What a lane finished last may not have been sent.
        let begun_last = fake.lanes.iter().enumerate().filter(|(_, lane)| lane.since_ns.is_none());
        let begun_last = begun_last.filter(|(_, lane)| !lane.unsent.is_empty());
        let begun_last = begun_last
            .map(|(place, lane)| (place, Executing { index: lane.next - 1, since_ns: 0 }))
            .collect();
        self.tell(Trigger::HostEnded { host, end, executing, begun_last, peak_rss_bytes: 0 });
    }

    /// The host ends if it was told to.
    fn obey(&mut self, host: HostId) {
        let Some(fake) = self.hosts.get(&host) else { return };
        if fake.is_killed {
            self.die(host, LifeEnd::Signal(9));
        } else if fake.is_closed && !fake.is_suspended {
            self.die(host, LifeEnd::Exit(0));
        }
    }

    /// Shows the dispatcher what it wants to see; `host` holds so much memory, all others little.
    fn look(&mut self, host: Option<HostId>, bytes: u64, is_full: bool) {
        let request = self.dispatcher.poll_request(self.now_ns);
        let mut seen = PollResult { request, ..PollResult::default() };
        let machine = MachineMemory { total_bytes: 1200, available_bytes: if is_full { 1 } else { 900 } };
        seen.machine = request.machine.then_some(machine);
        for (id, fake) in &self.hosts {
            let in_hand = fake.lanes.iter().enumerate().filter(|_| request.executing);
            seen.executing.extend(in_hand.filter_map(|(place, lane)| {
                Some((*id, place, Executing { index: lane.next, since_ns: lane.since_ns? }))
            }));
            if request.memory {
                seen.memory.push((*id, if Some(*id) == host { bytes } else { 10 }));
            }
            if request.beats {
                seen.beats.push((*id, if fake.is_suspended { 1 } else { self.now_ns }));
            }
        }
        self.tell(Trigger::Polled(seen));
        self.tell(Trigger::Tick);
    }

    /// What must hold at any time.
    fn check(&mut self) {
        self.check_places();
        let counts = self.dispatcher.log().counts;
        // Rows only change together with their counts.
        if self.checked.replace(counts) != Some(counts) {
            self.check_rows();
        }
    }

    /// Each item is in one place: it waits, or is with a host, or is done.
    fn check_places(&self) {
        let dispatcher = &self.dispatcher;
        let log = dispatcher.log();
        let mut places = vec![0_u32; log.counts.total as usize];
        let mut put = |chunk: Chunk| {
            (chunk.first..chunk.first + chunk.count).for_each(|index| places[index as usize] += 1);
        };
        let one = |index: u64| Chunk { first: index, count: 1 };
        if !log.is_finished() && log.state != RunState::Stopping {
            dispatcher.queue.chunks().for_each(&mut put);
            dispatcher.hosts.iter().flat_map(|(_, host)| host.held.unfinished()).for_each(&mut put);
            dispatcher.tries.delayed().map(one).for_each(&mut put);
            for (index, places) in places.iter().enumerate() {
                let is_final = log.rows.is_final(index as u64);
                assert_eq!(*places, u32::from(!is_final), "places of item {index}");
            }
        }
    }

    fn check_rows(&self) {
        let log = self.dispatcher.log();
        let states = (0..log.counts.total).map(|index| log.row(index).unwrap());
        let (mut ok, mut failed, mut timed_out, mut flaky) = (0, 0, 0, 0);
        for row in states {
            ok += u64::from(row.state == RowState::Ok);
            failed += u64::from(row.state.is_final() && row.state != RowState::Ok);
            timed_out += u64::from(row.state == RowState::TimedOut);
            flaky += u64::from(row.is_flaky);
            assert_eq!(row.cause.is_some(), row.state.is_final() && row.state != RowState::Ok, "{row:?}");
            if row.state == RowState::Ok {
                assert_eq!(row.output.unwrap().to_value(), Value::Int(row.index as i64 * 2));
            }
        }
        let counts = log.counts;
        assert_eq!(
            (counts.ok, counts.failed, counts.timed_out, counts.flaky),
            (ok, failed, timed_out, flaky),
            "{counts:?}"
        );
        assert_eq!(counts.hosts_lost, log.deaths.len());
    }

    fn picked(&self, number: u8) -> Option<HostId> {
        self.hosts.keys().nth(usize::from(number) % self.hosts.len().max(1)).copied()
    }

    /// Everybody works, wakes and obeys until the run is over.
    fn run_to_the_end(&mut self) {
        self.tell(Trigger::Asked(Control::Resume));
        for round in 0..20_000 {
            if self.dispatcher.log().is_finished() {
                return;
            }
            self.launch(false);
            let living: Vec<HostId> = self.hosts.keys().copied().collect();
            for host in living {
                if self.hosts.get(&host).is_some_and(|fake| fake.is_suspended) {
                    let worker = self.dispatcher.lanes_of(host).start + 1;
                    self.tell(Trigger::Asked(Control::Wake { worker }));
                    // Another host may be the one under the worker by now.
                    self.hosts.entry(host).and_modify(|fake| fake.is_suspended = false);
                }
                self.get_ready(host);
                let lanes = self.hosts.get(&host).map_or(0, |fake| fake.lanes.len());
                for lane in 0..lanes {
                    self.work(host, lane, false);
                    self.work(host, lane, false);
                    self.flush(host, lane);
                }
                self.answer(host, true);
                self.obey(host);
            }
            if round % 4 == 0 {
                self.now_ns += 5 * MS;
                self.look(None, 0, false);
            }
        }
        let log = self.dispatcher.log();
        panic!("the run does not end: {:?}, {:?}, {:?}", log.state, log.counts, self.dispatcher.hosts);
    }

    fn check_end(&self) {
        let log = self.dispatcher.log();
        assert!(self.hosts.is_empty() && self.dispatcher.hosts.is_empty());
        assert_eq!(log.counts.done(), log.counts.total);
        let is_complete = log.counts.not_run == 0 && log.counts.stopped == 0;
        assert_eq!(log.state == RunState::Finished(Ending::Completed), is_complete, "{:?}", log.state);
        let mut lives = log.lanes.iter().flat_map(|lane| lane.lives.iter());
        assert!(lives.all(|life| life.ended_ns.is_some() && life.end.is_some()));
        assert!(log.lanes.iter().all(|lane| !lane.is_suspended));
    }
}
