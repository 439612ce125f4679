//! The dispatcher against a world without processes: random stories in `simulation`, chosen ones here and in the files
//! beside it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use super::*;
use crate::function::FunctionSpec;
use crate::pool::Executing;
use crate::pool::control::Control;
use crate::pool::record::{
    Audit, Batch, Ending, LifeEnd, Obstacle, Plan, Readiness, RowState, RunState, Timing,
};
use crate::pool::settings::{ChunkRule, Job, Mode, Settings};
use crate::value::{Column, Value};

mod between;
mod injection;
mod no_room;
mod rules;
mod simulation;
mod streams;
mod unended;

/// Plays the driver and the hosts: remembers what each host was given, and answers when the story says so.
struct World {
    dispatcher: Dispatcher,
    now_ns: u64,
    hosts: BTreeMap<HostId, FakeHost>,
    launches: usize,
    /// More processes than these cannot be had.
    room: usize,
}

#[derive(Default)]
struct FakeHost {
    lanes: usize,
    chunks: VecDeque<Chunk>,
    is_ready: bool,
    is_closed: bool,
    is_killed: bool,
    is_recalled: bool,
}

/// The dispatcher of a run that doubles the numbers below `total`.
pub(super) fn over_numbers(total: usize, settings: Settings) -> Dispatcher {
    Dispatcher::new(RunLog::new(plan_over_numbers(total, settings)))
}

/// A record that is made again of the events of a run is the same.
pub(super) fn check_events(dispatcher: &Dispatcher) {
    let log = dispatcher.log();
    let mut again = RunLog::new((*log.plan).clone());
    dispatcher.log.events().iter().for_each(|(at_ns, event)| again.apply(*at_ns, event));
    assert_eq!(format!("{again:?}"), format!("{log:?}"));
    if log.is_finished() && log.released == 0 {
        let mut saved = RunLog::streaming((*log.plan).clone());
        log.events().for_each(|(at_ns, event)| saved.apply(at_ns, &event));
        assert_eq!((told(&saved), saved.last_row_ns), (told(log), log.last_row_ns));
    }
}

fn told(log: &RunLog) -> String {
    let rows: Vec<_> = (0..log.counts.total).map(|index| log.row(index)).collect();
    format!("{:?}", (&log.state, log.workers, log.counts, &log.lanes, &log.deaths, log.messages.len(), rows))
}

fn plan_over_numbers(total: usize, settings: Settings) -> Plan {
    let job = Job {
        inputs_name: "numbers".into(),
        inputs: Arc::new(Column::Int((0..total as i64).collect())),
        function: FunctionSpec::builtin("double", []).unwrap(),
        settings,
    };
    Plan { job, started: Instant::now(), started_wall: SystemTime::now() }
}

impl World {
    fn new(total: usize, mode: Mode, workers: usize, chunk: ChunkRule) -> Self {
        Self::with(total, Settings { mode, workers, chunk, ..Settings::default() })
    }

    fn with(total: usize, settings: Settings) -> Self {
        Self::of(over_numbers(total, settings))
    }

    fn of(dispatcher: Dispatcher) -> Self {
        let mut world = Self { dispatcher, now_ns: 0, hosts: BTreeMap::new(), launches: 0, room: usize::MAX };
        world.tell(Trigger::Start);
        world
    }

    fn tell(&mut self, trigger: Trigger) {
        self.now_ns += 1000;
        for effect in self.dispatcher.handle(self.now_ns, trigger) {
            self.perform(effect);
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Launch { host, lanes, .. } => {
                self.launches += 1;
                if self.hosts.len() >= self.room {
                    return self.tell(Trigger::LaunchFailed { host, reason: "no room".to_owned() });
                }
                self.hosts.insert(host, FakeHost { lanes, ..FakeHost::default() });
                self.tell(Trigger::Launched { host, pid: 1000 + host as u32, launched_ns: self.now_ns });
            }
            Effect::Assign { host, chunk } => self.host(host).chunks.push_back(chunk),
            Effect::Recall { host, .. } => self.give_back(host),
            Effect::Suspend { host, is_suspended } => {
                self.tell(Trigger::Suspended { host, is_suspended, has_worked: true });
            }
            Effect::Close { host } => self.host(host).is_closed = true,
            Effect::Kill { host } => self.host(host).is_killed = true,
            Effect::GiveUp { host } => self.die(host, LifeEnd::Obstructed(Obstacle::DoesNotEnd)),
            Effect::Audit => self.tell(Trigger::Audited(Audit::default())),
            Effect::AskStack { .. } | Effect::Inject { .. } => {}
        }
    }

    fn host(&mut self, host: HostId) -> &mut FakeHost {
        self.hosts.get_mut(&host).expect("an effect names a host that lives")
    }

    /// Answers a recall as a host does: with what no lane has begun, and the rest of chunks that lanes are stuck in;
    /// with nothing to give, when all is done.
    fn give_back(&mut self, host: HostId) {
        let fake = self.host(host);
        let begun = fake.chunks.len().min(fake.lanes);
        let mut given: Vec<Chunk> = fake.chunks.split_off(begun).into();
        for chunk in fake.chunks.iter_mut().filter(|chunk| chunk.first % 2 == 0 && chunk.count > 1) {
            given.push(Chunk { first: chunk.first + 1, count: chunk.count - 1 });
            chunk.count = 1;
        }
        fake.is_recalled = given.is_empty() && !fake.chunks.is_empty();
        if !fake.is_recalled {
            self.tell(Trigger::Returned { host, chunks: given });
        }
    }

    fn get_ready(&mut self, host: HostId) {
        if !std::mem::replace(&mut self.host(host).is_ready, true) {
            self.tell(Trigger::Ready { host, readiness: Readiness::default(), lock_turned_on_by: None });
        }
    }

    /// The host finishes all of its oldest chunk; items that `fails` names fail.
    fn finish_one(&mut self, host: HostId, fails: impl Fn(u64) -> bool) {
        let Some(chunk) = self.host(host).chunks.pop_front() else { return };
        let (failed, fine): (Vec<u64>, Vec<u64>) =
            (chunk.first..chunk.first + chunk.count).partition(|i| fails(*i));
        let failures = failed.iter().map(|index| ((index - chunk.first) as u32, "no".to_owned())).collect();
        let outputs: Column = fine.iter().map(|index| Value::Int(*index as i64 * 2)).collect();
        let timing = Timing::Whole {
            start_ns: self.now_ns,
            duration_ns: chunk.count * 1000,
            cpu_ns: chunk.count * 900,
        };
        let count = chunk.count as usize;
        let batch = Batch { first: chunk.first, count, outputs: outputs.into(), failures, timing };
        self.tell(Trigger::Finished { host, lane: 0, batch });
        if self.hosts.get(&host).is_some_and(|fake| fake.is_recalled) {
            self.give_back(host);
        }
    }

    /// The host dies while its lanes execute the first item of their chunks.
    fn die(&mut self, host: HostId, end: LifeEnd) {
        let Some(fake) = self.hosts.remove(&host) else { return };
        let executing = if fake.is_ready { fake.lanes } else { 0 };
        let executing = fake.chunks.iter().take(executing).enumerate();
        let executing = executing
            .map(|(lane, chunk)| (lane, Executing { index: chunk.first, since_ns: self.now_ns }))
            .collect();
        self.tell(Trigger::HostEnded { host, end, executing, begun_last: Vec::new(), peak_rss_bytes: 0 });
    }

    fn leave_if_told(&mut self) {
        for host in self.living() {
            if self.host(host).is_killed {
                self.die(host, LifeEnd::Signal(9));
            } else if self.host(host).is_closed {
                self.die(host, LifeEnd::Exit(0));
            }
        }
    }

    fn living(&self) -> Vec<HostId> {
        self.hosts.keys().copied().collect()
    }

    /// Everybody works until the run is over.
    fn run_to_the_end(&mut self) {
        for _ in 0..100_000 {
            if self.dispatcher.log().is_finished() {
                return;
            }
            for host in self.living() {
                if self.hosts.contains_key(&host) {
                    self.get_ready(host);
                    self.finish_one(host, |_| false);
                }
            }
            self.leave_if_told();
        }
        panic!("the run does not end: {:?}, {:?}", self.dispatcher.log().state, self.dispatcher.log().counts);
    }

    fn states(&self) -> Vec<RowState> {
        let log = self.dispatcher.log();
        (0..log.counts.total).map(|index| log.row(index).unwrap().state).collect()
    }

    /// Every input has exactly one row, and the totals agree with the rows.
    fn check_end(&self) {
        let log = self.dispatcher.log();
        let states = self.states();
        assert!(states.iter().all(|state| state.is_final()));
        let ok = states.iter().filter(|state| **state == RowState::Ok).count() as u64;
        assert_eq!((log.counts.ok, log.counts.done()), (ok, log.counts.total));
        for index in 0..log.counts.total {
            let row = log.row(index).unwrap();
            assert_eq!(row.cause.is_some(), row.state != RowState::Ok);
            if row.state == RowState::Ok {
                assert_eq!(row.output.unwrap().to_value(), Value::Int(index as i64 * 2));
            }
        }
    }
}

#[test]
fn all_items_go_through_in_order() {
    let mut world = World::new(5, Mode::Process, 4, ChunkRule::Auto);
    world.run_to_the_end();
    world.check_end();
    assert_eq!(world.dispatcher.log().state, RunState::Finished(Ending::Completed));
    let texts: Vec<String> =
        world.dispatcher.log().messages.iter_from(0).map(|message| message.text().into_owned()).collect();
    assert_eq!(
        texts,
        [
            "pool of 4 processes started",
            "closed: no more work will be given",
            "joined: 4 processes ended",
            "main process is done"
        ]
    );
}

#[test]
fn an_item_alone_in_a_dead_host_is_guilty_and_the_rest_completes() {
    let mut world = World::new(10, Mode::Process, 2, ChunkRule::Fixed(3));
    world.get_ready(0);
    world.get_ready(1);
    world.die(1, LifeEnd::Signal(11));
    world.run_to_the_end();
    world.check_end();
    let log = world.dispatcher.log();
    assert_eq!((log.counts.ok, log.counts.failed, log.counts.hosts_lost), (9, 1, 1));
    assert_eq!(log.row(3).unwrap().error().as_deref(), Some("the worker process was ended by SIGSEGV"));
    assert_eq!(log.deaths.get(0).unwrap().executing, [3]);
    assert!(log.deaths.get(0).unwrap().replaced_after.is_some());
}

#[test]
fn several_suspects_run_alone_until_the_guilty_one_is_found() {
    let mut world = World::new(8, Mode::Thread, 4, ChunkRule::Fixed(1));
    world.get_ready(0);
    world.die(0, LifeEnd::Signal(6));
    let alone = world.living().into_iter().find(|host| world.hosts[host].lanes == 1).unwrap();
    world.get_ready(alone);
    assert_eq!(world.host(alone).chunks, [Chunk { first: 0, count: 1 }]);
    world.finish_one(alone, |_| false);
    world.die(alone, LifeEnd::Signal(6));
    world.run_to_the_end();
    world.check_end();
    let log = world.dispatcher.log();
    assert_eq!((log.counts.ok, log.counts.failed, log.counts.retries), (7, 1, 4));
    assert_eq!(log.row(1).unwrap().state, RowState::Failed);
    assert_eq!((log.row(0).unwrap().attempts, log.row(7).unwrap().attempts), (2, 1));
}

#[test]
fn a_death_between_items_blames_nobody() {
    let mut world = World::new(4, Mode::Process, 2, ChunkRule::Fixed(1));
    world.die(0, LifeEnd::Signal(9));
    world.run_to_the_end();
    world.check_end();
    assert_eq!(world.dispatcher.log().counts.failed, 0);
}

#[test]
fn hosts_that_never_become_ready_end_the_run_with_the_reason() {
    let mut world = World::new(4, Mode::Process, 2, ChunkRule::Auto);
    for _ in 0..3 {
        let host = world.living()[0];
        world.die(host, LifeEnd::Exit(127));
    }
    world.leave_if_told();
    world.check_end();
    let log = world.dispatcher.log();
    assert!(matches!(&log.state, RunState::Finished(Ending::Broken(why)) if why.contains("exit code 127")));
    assert!(log.row(0).unwrap().error().unwrap().starts_with("not run: "));
    assert!(world.launches <= 5, "{} launches", world.launches);
}

#[test]
fn a_stop_keeps_what_is_finished_and_names_the_rest() {
    let mut world = World::new(10, Mode::Process, 2, ChunkRule::Fixed(2));
    world.get_ready(0);
    world.get_ready(1);
    world.finish_one(0, |_| false);
    world.tell(Trigger::Stop);
    world.leave_if_told();
    world.check_end();
    let log = world.dispatcher.log();
    assert_eq!(log.state, RunState::Finished(Ending::Stopped));
    assert_eq!((log.counts.stopped, log.counts.not_run), (2, 6));
    let states = world.states();
    assert_eq!(states[..4], [RowState::Ok, RowState::Ok, RowState::Stopped, RowState::NotRun]);
    assert_eq!(log.deaths.len(), 0);
}

#[test]
fn results_that_nobody_asked_for_end_their_host_and_not_the_run() {
    let mut world = World::new(4, Mode::Process, 1, ChunkRule::Fixed(2));
    world.get_ready(0);
    world.host(0).chunks = VecDeque::from([Chunk { first: 3, count: 1 }]);
    world.finish_one(0, |_| false);
    world.run_to_the_end();
    world.check_end();
    let log = world.dispatcher.log();
    assert!(matches!(&log.deaths.get(0).unwrap().end, LifeEnd::Broken(why) if why.contains("not asked for")));
    assert_eq!((log.counts.ok, log.counts.hosts_lost), (4, 1));
}

#[test]
fn a_short_run_has_an_item_for_every_worker() {
    let mut world = World::new(5, Mode::Process, 4, ChunkRule::Auto);
    world.get_ready(0);
    for _ in 0..5 {
        world.finish_one(0, |_| false);
    }
    assert_eq!(world.dispatcher.log().counts.ok, 2, "three items are kept for those that start");
    (1..4).for_each(|host| world.get_ready(host));
    world.run_to_the_end();
    assert!(world.dispatcher.log().lanes.iter().all(|lane| lane.items > 0));
}

#[test]
fn a_worker_that_does_not_start_holds_nothing_up() {
    let mut world = World::new(5, Mode::Process, 4, ChunkRule::Auto);
    world.get_ready(0);
    world.now_ns += 300_000_000;
    world.tell(Trigger::Tick);
    for _ in 0..5 {
        world.finish_one(0, |_| false);
    }
    assert_eq!(world.dispatcher.log().counts.ok, 5);
}

#[test]
fn unbegun_work_is_handed_to_an_idle_lane() {
    let mut world = World::new(100, Mode::Process, 2, ChunkRule::Fixed(1));
    world.get_ready(0);
    world.finish_one(0, |_| false);
    world.finish_one(0, |_| false);
    while world.host(0).chunks[0].first % 2 == 1 {
        world.finish_one(0, |_| false);
    }
    let done = world.dispatcher.log().counts.ok;
    assert!(done < 90 && world.host(0).chunks.len() > 1, "short items are given in advance");
    world.get_ready(1);
    // Host 0 hangs; all the rest must get through host 1.
    for _ in 0..1000 {
        world.finish_one(1, |_| false);
    }
    assert_eq!(world.dispatcher.log().counts.ok, 99);
    world.die(0, LifeEnd::Signal(9));
    world.run_to_the_end();
    world.check_end();
}

#[test]
fn a_lane_that_is_idle_gets_the_rest_of_a_chunk_in_which_another_is_stuck() {
    let mut world = World::new(4, Mode::Thread, 2, ChunkRule::Fixed(2));
    world.get_ready(0);
    world.finish_one(0, |_| false);
    // As many are left as there are lanes, all in one lane's chunk.
    let left: Vec<Chunk> = world.host(0).chunks.iter().copied().collect();
    assert_eq!(left, [Chunk { first: 2, count: 1 }, Chunk { first: 3, count: 1 }]);
    world.run_to_the_end();
    world.check_end();
}
