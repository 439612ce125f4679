//! The thread around the dispatcher: launches and hears hosts, tells the dispatcher what happened, does what it
//! answers, and publishes snapshots. It decides nothing. What it looks at by itself is in `looks`.

mod looks;

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::control::{Control, HostId};
use super::dispatcher::{Chunk, Dispatcher, Effect, Trigger};
use super::host_connection::{HostConnection, HostUpdate};
use super::input_sender::InputBatch;
use super::lane_clocks::LaneClocks;
use super::launch::Launch;
use super::load_meter::LoadMeter;
use super::os::{self, HostProcesses, HostProgram, Leftovers};
use super::record::{Audit, LifeEnd, Obstacle, RunLog};
use super::settings::{ChunkRule, Mode};
use super::status_page::Page;
use super::wire::{self, Down, Hello};
use super::{Executing, RunSnapshot, Waker};
use crate::function::FunctionSpec;
use crate::function::python::HelperFiles;

/// What reaches the driver of a run from outside.
pub(super) enum Request {
    Asked(Control),
    Release(u64),
}

/// Snapshots are at least this far apart while only items move on.
const PUBLISH_EVERY: Duration = Duration::from_millis(33);
/// So often is looked at what lanes do when nothing is heard of them.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// Hosts launched before what others say is heard: the first rows must not wait for the last process.
const LAUNCHES_AT_ONCE: usize = 2;
/// Libraries that compute with threads of their own take their number from these; a pool has its own threads already.
const NO_NESTED_THREADS: [(&str, &str); 7] = [
    ("OMP_NUM_THREADS", "1"),
    ("OPENBLAS_NUM_THREADS", "1"),
    ("MKL_NUM_THREADS", "1"),
    ("NUMEXPR_NUM_THREADS", "1"),
    ("VECLIB_MAXIMUM_THREADS", "1"),
    ("BLIS_NUM_THREADS", "1"),
    ("RAYON_NUM_THREADS", "1"),
];

/// Where the newest snapshot lies.
pub(super) type Slot = Arc<Mutex<Arc<RunSnapshot>>>;

/// Where others than hosts are heard.
pub(super) struct Receivers {
    pub(super) requests: Receiver<Request>,
    /// Inputs that are read while the run goes on.
    pub(super) batches: Option<Receiver<InputBatch>>,
}

/// The driver of one run.
pub(super) struct Driver {
    dispatcher: Dispatcher,
    hosts: HostProcesses,
    connections: BTreeMap<HostId, HostConnection>,
    lane_clocks: LaneClocks,
    /// Hosts that are yet to be launched: their lanes and first worker.
    launches: VecDeque<(HostId, usize, usize)>,
    launch: Launch,
    /// Modules of the person's that each host reads anew; unknown before the first is launched.
    helpers: Option<HelperFiles>,
    start_ns: u64,
    receivers: Receivers,
    /// Nothing before the run begins, and where the system does not tell.
    load: Option<LoadMeter>,
    slot: Slot,
    waker: Waker,
    published: Instant,
    is_changed: bool,
}

impl Driver {
    pub(super) fn new(
        log: RunLog,
        start_ns: u64,
        hosts: HostProcesses,
        launch: Launch,
        receivers: Receivers,
        slot: Slot,
        waker: Waker,
    ) -> Self {
        Self {
            dispatcher: Dispatcher::new(log),
            hosts,
            connections: BTreeMap::new(),
            lane_clocks: LaneClocks::default(),
            launches: VecDeque::new(),
            launch,
            helpers: None,
            start_ns,
            receivers,
            load: None,
            slot,
            waker,
            published: Instant::now(),
            is_changed: true,
        }
    }

    /// Runs until the run is finished.
    pub(super) fn drive(mut self) {
        self.load = LoadMeter::begin(self.now_ns());
        self.tell(Trigger::Start);
        if self.dispatcher.log().plan.job.settings.worker.pins && !os::CAN_PIN {
            let text = "workers are not bound to cores: this system has no way to do so";
            self.tell(Trigger::Noted(text.to_owned()));
        }
        while !self.dispatcher.log().is_finished() {
            self.take_requests();
            self.take_inputs();
            self.launch_some();
            self.look_at_lane_clocks_if_due();
            self.look_around_if_due();
            self.look_at_hosts_if_due();
            if let Err(error) = self.take_host_events() {
                // Waiting on open descriptors cannot fail for a reason that another try would mend.
                let reason = format!("waiting for worker processes failed: {error}");
                self.tell(Trigger::CannotGoOn { reason });
            }
        }
        self.publish();
    }

    fn now_ns(&self) -> u64 {
        os::monotonic_ns().saturating_sub(self.start_ns)
    }

    fn take_requests(&mut self) {
        loop {
            let trigger = match self.receivers.requests.try_recv() {
                Ok(Request::Asked(control)) => Trigger::Asked(control),
                Ok(Request::Release(index)) => Trigger::Released { index },
                Err(TryRecvError::Empty) => return,
                // Whoever started the run has let go of it.
                Err(TryRecvError::Disconnected) => {
                    self.tell(Trigger::Stop);
                    return;
                }
            };
            self.tell(trigger);
        }
    }

    /// Takes inputs as long as the dispatcher wants some; their reader wakes this thread when it has more.
    fn take_inputs(&mut self) {
        while self.dispatcher.wants_inputs() {
            let Some(batches) = &self.receivers.batches else { return };
            let trigger = match batches.try_recv() {
                Ok(InputBatch::Inputs(column)) => Trigger::Inputs(column),
                Ok(InputBatch::End(error)) => {
                    Trigger::InputsEnd { reason: error.map(|error| error.to_string()) }
                }
                Err(TryRecvError::Empty) => return,
                Err(TryRecvError::Disconnected) => {
                    let reason = Some("the thread that reads the inputs broke down".to_owned());
                    Trigger::InputsEnd { reason }
                }
            };
            self.tell(trigger);
        }
    }

    fn take_host_events(&mut self) -> io::Result<()> {
        let timeout = self.patience();
        let mut heard = Vec::new();
        let connections = &mut self.connections;
        let start_ns = self.start_ns;
        self.hosts.wait(timeout, &mut |host, event| {
            if let Some(member) = connections.get_mut(&host) {
                let now_ns = os::monotonic_ns().saturating_sub(start_ns);
                member.hear(host, event, now_ns, &mut heard);
            }
        })?;
        for (host, news) in heard {
            let trigger = match news {
                HostUpdate::Trigger(trigger) => Some(trigger),
                HostUpdate::Ended(end) => self.ended(host, end),
            };
            if let Some(trigger) = trigger {
                self.tell(trigger);
            }
        }
        Ok(())
    }

    /// Lets go of a host that is over; gives what the dispatcher has to know of it.
    fn ended(&mut self, host: HostId, end: LifeEnd) -> Option<Trigger> {
        let HostConnection { page, .. } = self.connections.remove(&host)?;
        self.lane_clocks.forget(host);
        let on_lanes = |item: &dyn Fn(usize) -> Option<Executing>| {
            (0..page.lanes()).filter_map(|lane| Some((lane, item(lane)?))).collect::<Vec<_>>()
        };
        let executing = on_lanes(&|lane| page.live(lane).executing);
        let begun_last = on_lanes(&|lane| page.begun_last(lane));
        let end = page.obstacle().map_or(end, LifeEnd::Obstructed);
        let peak_rss_bytes = page.peak_rss_bytes();
        Some(Trigger::HostEnded { host, end, executing, begun_last, peak_rss_bytes })
    }

    /// Tells the dispatcher what happened and does what it says, until it has nothing more to say. Gives the number
    /// of things done.
    fn tell(&mut self, trigger: Trigger) -> usize {
        self.is_changed = true;
        let mut done = 0;
        let mut effects = VecDeque::from(self.dispatcher.handle(self.now_ns(), trigger));
        while let Some(effect) = effects.pop_front() {
            done += 1;
            // What comes of an effect is told before the next one, so that each has its own time.
            if let Some(trigger) = self.perform(effect) {
                effects.extend(self.dispatcher.handle(self.now_ns(), trigger));
            }
        }
        done
    }

    fn perform(&mut self, effect: Effect) -> Option<Trigger> {
        match effect {
            Effect::Launch { host, lanes, first_worker } => {
                self.launches.push_back((host, lanes, first_worker));
            }
            Effect::Assign { host, chunk } => self.assign(host, chunk),
            Effect::Recall { host, whole } => self.send(host, &Down::Recall { whole }),
            Effect::AskStack { host, lane } => self.send(host, &Down::Stack { lane }),
            Effect::Inject { host, lane, fault, most_bytes } => {
                self.send(host, &Down::Fault { lane, fault, most_bytes });
            }
            Effect::Close { host } => {
                let seen = self.look_at_clocks_of(host);
                self.send(host, &Down::Close);
                return seen;
            }
            Effect::Kill { host } => {
                let seen = self.look_at_clocks_of(host);
                self.hosts.kill(host);
                return seen;
            }
            Effect::GiveUp { host } => {
                self.hosts.give_up(host);
                return self.ended(host, LifeEnd::Obstructed(Obstacle::DoesNotEnd));
            }
            Effect::Suspend { host, is_suspended } => {
                let has_worked = self.hosts.suspend(host, is_suspended);
                return Some(Trigger::Suspended { host, is_suspended, has_worked });
            }
            Effect::Audit => {
                let is_command = matches!(self.dispatcher.log().plan.job.function, FunctionSpec::Command(_));
                let left = self.hosts.sweep();
                self.look_at_machine();
                return Some(Trigger::Audited(audit_of(left, is_command)));
            }
        }
        None
    }

    fn launch(&mut self, host: HostId, lanes: usize, first_worker: usize) -> Trigger {
        let rules = self.dispatcher.log().plan.job.settings.worker;
        let program = HostProgram {
            path: &self.launch.program,
            page_bytes: Page::size_bytes(lanes),
            env: if rules.nested_threads { &[] } else { &NO_NESTED_THREADS },
        };
        let launched_ns = self.now_ns();
        let launched = self.hosts.launch(host, &program).and_then(|launched| {
            let page = Page::new(launched.page, lanes)
                .ok_or_else(|| io::Error::other("its status page is too small"))?;
            Ok((launched.pid, page))
        });
        match launched {
            Ok((pid, page)) => {
                self.connections.insert(host, HostConnection::new(pid, page));
                self.send_hello(host, lanes, first_worker);
                Trigger::Launched { host, pid, launched_ns }
            }
            Err(error) => Trigger::LaunchFailed { host, reason: os::why_no_process(&error) },
        }
    }

    fn send_hello(&mut self, host: HostId, lanes: usize, first_worker: usize) {
        let hello = Hello {
            version: wire::VERSION,
            function: self.dispatcher.log().plan.job.function.clone(),
            lanes: lanes as u32,
            first_worker: first_worker as u32,
            start_ns: self.start_ns,
            niceness: self.launch.niceness,
            wants_spans: self.dispatcher.log().plan.job.settings.chunk == ChunkRule::Fixed(1),
            pins: self.dispatcher.log().plan.job.settings.worker.pins,
            are_threads: self.dispatcher.log().plan.job.settings.mode == Mode::Thread,
        };
        self.send(host, &Down::Hello(Box::new(hello)));
    }

    /// Launches a few of the hosts that are to be launched, unless they are not wanted any more.
    fn launch_some(&mut self) {
        for _ in 0..LAUNCHES_AT_ONCE {
            let Some((host, lanes, first_worker)) = self.launches.pop_front() else { return };
            if self.dispatcher.is_awaited(host) {
                self.look_at_helpers();
                let launched = self.launch(host, lanes, first_worker);
                self.tell(launched);
            }
        }
    }

    /// Says which modules of the person's were changed since the last host was launched.
    fn look_at_helpers(&mut self) {
        let FunctionSpec::Python(python) = &self.dispatcher.log().plan.job.function else { return };
        let Some(helpers) = &mut self.helpers else {
            self.helpers = Some(HelperFiles::of(&python.source));
            return;
        };
        for file in helpers.newly_changed() {
            let file = file.display();
            let sentence = format!(
                "{file} was changed while the run goes on: workers that start from now on use it as it is now"
            );
            self.tell(Trigger::Noted(sentence));
        }
    }

    /// How long hosts may be waited for.
    fn patience(&self) -> Duration {
        if !self.launches.is_empty() {
            return Duration::ZERO;
        }
        let patience =
            if self.is_changed { PUBLISH_EVERY.saturating_sub(self.published.elapsed()) } else { LOOK_EVERY };
        let next_ns = self.dispatcher.next_deadline_ns().min(self.lane_clocks.next_look_ns());
        let deadline_ns = next_ns.saturating_sub(self.now_ns());
        patience.min(Duration::from_nanos(deadline_ns))
    }

    fn send(&mut self, host: HostId, down: &Down) {
        if let Some(out) = self.hosts.outgoing(host) {
            wire::put_down(out, down);
        }
    }

    fn assign(&mut self, host: HostId, chunk: Chunk) {
        self.lane_clocks.note_work();
        if let Some(out) = self.hosts.outgoing(host) {
            let Some((first, column)) = self.dispatcher.log().inputs.piece(chunk.first) else { return };
            let from = (chunk.first - first) as usize;
            wire::put_work(out, chunk.first, from..from + chunk.count as usize, column);
        }
    }

    fn look_around_if_due(&mut self) {
        let due = if self.is_changed { PUBLISH_EVERY } else { LOOK_EVERY };
        if self.published.elapsed() >= due {
            self.tell(Trigger::Tick);
            self.give_up_stalled();
            self.publish();
        }
    }

    /// Looks a last time at the lanes of a host that is about to end.
    fn look_at_clocks_of(&mut self, host: HostId) -> Option<Trigger> {
        let now_ns = self.now_ns();
        let seen = self.lane_clocks.look_at(now_ns, host, self.connections.get(&host)?);
        Some(Trigger::LanesSeen(seen))
    }

    fn publish(&mut self) {
        let snapshot = RunSnapshot {
            log: self.dispatcher.log().clone(),
            now_ns: self.now_ns(),
            live: self.live(),
            host_pids: self.connections.values().map(|member| member.pid).collect(),
        };
        *self.slot.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
        self.published = Instant::now();
        self.is_changed = false;
        // After the lock is gone: the waker may take locks of its own.
        (self.waker)();
    }
}

/// Helpers that other functions leave behind, such as Python's resource tracker, are no news.
fn audit_of(left: Leftovers, is_command: bool) -> Audit {
    let Leftovers { ended, processes, zombies, temp_files } = left;
    let ended = if is_command { ended } else { Vec::new() };
    let mut named: Vec<String> = Vec::new();
    named.extend(processes.iter().map(|pid| format!("process {pid} could not be ended")));
    named.extend(zombies.iter().map(|pid| format!("process {pid} is dead but was not reaped")));
    named.extend(temp_files.iter().map(|path| format!("{} is still there", path.display())));
    Audit { processes: processes.len(), zombies: zombies.len(), temp_files: temp_files.len(), named, ended }
}
