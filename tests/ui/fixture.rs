//! Runs made of events that are written by hand, without a pool: who was ready when, what was done, failed, said and lost.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use poolscope::function::{FunctionSpec, OutputStream};
use poolscope::monitor::{CoreShares, MonitorSnapshot, ProcessSample, Series};
use poolscope::pool::{
    Batch, Cause, CoreStay, CoreTime, Death, DiedAt, Ending, Event, Executing, FailedSpan, HostName,
    ItemsFinished, Job, Lane, LifeEnd, LiveLane, MachineLoad, Message, MessageContent, MessageSource, Mode,
    Notice, Plan, Readiness, ResumedRows, RunLog, RunSnapshot, Segment, Settings, Timing,
};
use poolscope::value::{Column, Tile, Value};

const MS: f64 = 1e6;
const PEAK_RSS_BYTES: u64 = 6_100_000;

/// A run in the making. Times are milliseconds since Start; workers count from 1.
#[derive(Clone)]
pub struct Fixture {
    snapshot: RunSnapshot,
}

impl Fixture {
    /// A run that starts now, with a pool of this shape and the function `double`.
    pub fn new(mode: Mode, workers: usize, inputs: impl Into<Column>) -> Self {
        Self::with_function("double", mode, workers, inputs)
    }

    /// The same, with another function.
    pub fn with_function(name: &str, mode: Mode, workers: usize, inputs: impl Into<Column>) -> Self {
        let job = Job {
            inputs_name: "typed inputs".to_owned(),
            inputs: Arc::new(inputs.into()),
            function: FunctionSpec::Builtin { name: name.to_owned(), params: BTreeMap::new() },
            settings: Settings { mode, workers, ..Settings::default() },
        };
        Self::of_job(job)
    }

    /// A run of this job that starts now.
    pub fn of_job(job: Job) -> Self {
        let live = vec![LiveLane::default(); job.settings.workers];
        let plan = Plan { job, started: Instant::now(), started_wall: SystemTime::now() };
        let log = RunLog::new(plan);
        Self { snapshot: RunSnapshot { log, now_ns: 0, live, host_pids: Vec::new() } }
    }

    /// The same run, with these outputs of the first inputs from an earlier one.
    pub fn keeping(mut self, outputs: &[Value]) -> Self {
        let mut kept = ResumedRows::default();
        (0..).zip(outputs).for_each(|(index, output)| kept.push(index, output.clone()));
        self.snapshot.log = RunLog::resuming((*self.snapshot.log.plan).clone(), kept);
        self
    }

    /// Neighbours that were timed together.
    pub fn together(
        self,
        worker: usize,
        first: u64,
        outputs: Vec<i64>,
        (start_ms, took_ms): (f64, f64),
    ) -> Self {
        let timing = Timing::Whole { start_ns: ns(start_ms), duration_ns: ns(took_ms), cpu_ns: ns(took_ms) };
        let count = outputs.len();
        let outputs: Column = outputs.into();
        let batch = Batch { first, count, outputs: outputs.into(), failures: Vec::new(), timing };
        self.at(start_ms + took_ms, ItemsFinished::at_once(worker - 1, batch).into())
    }

    /// The item was cut off by a Stop.
    pub fn cut_off(self, worker: usize, index: u64, start_ms: f64, took_ms: f64) -> Self {
        let span = FailedSpan { worker, attempts: 1, start_ns: ns(start_ms), duration_ns: ns(took_ms) };
        self.attempt(worker, index, start_ms, took_ms)
            .at(start_ms + took_ms, Event::ItemFailed { index, cause: Cause::Stopped, span })
    }

    /// The item was in hand when its process ended, and is to run again.
    pub fn attempt(self, worker: usize, index: u64, start_ms: f64, took_ms: f64) -> Self {
        let (start_ns, busy_ns) = (ns(start_ms), ns(took_ms));
        let end_ns = start_ns + busy_ns;
        let segment = Segment { start_ns, end_ns, busy_ns, first: index, last: index, items: 1, failed: 0 };
        self.at(start_ms + took_ms, Event::ItemCutOff { lane: worker - 1, segment })
    }

    /// The run was stopped before all was done.
    pub fn stopped(mut self) -> Self {
        self.snapshot.live.fill(LiveLane::default());
        let now_ms = self.snapshot.now_ns as f64 / MS;
        self.at(now_ms, Event::Finished { ending: Ending::Stopped })
    }

    /// The worker's process was launched and is ready.
    pub fn ready(mut self, worker: usize, pid: u32, launched_ms: f64, ready_ms: f64) -> Self {
        let lanes = || worker - 1..worker;
        let launched_ns = ns(launched_ms);
        self.snapshot.host_pids.push(pid);
        let launched = Event::HostLaunched { lanes: lanes(), pid, launched_ns };
        let mut fixture = self
            .at(launched_ms, launched)
            .at(ready_ms, Event::HostReady { lanes: lanes(), pid, readiness: Readiness::default() });
        if let Some(life) = fixture.snapshot.log.lanes[worker - 1].lives.last_mut() {
            life.peak_rss_bytes = PEAK_RSS_BYTES;
        }
        fixture
    }

    /// The item gave a value.
    pub fn ok(self, worker: usize, index: u64, start_ms: f64, took_ms: f64, output: Value) -> Self {
        self.done(worker, index, (start_ms, took_ms), took_ms, Ok(output))
    }

    /// The same, of which the worker was so long on a core.
    pub fn computed(
        self,
        worker: usize,
        index: u64,
        times_ms: (f64, f64),
        cpu_ms: f64,
        output: Value,
    ) -> Self {
        self.done(worker, index, times_ms, cpu_ms, Ok(output))
    }

    /// The function said why it could not.
    pub fn failed(self, worker: usize, index: u64, start_ms: f64, took_ms: f64, reason: &str) -> Self {
        self.done(worker, index, (start_ms, took_ms), took_ms, Err(reason.to_owned()))
    }

    fn done(
        self,
        worker: usize,
        index: u64,
        (start_ms, took_ms): (f64, f64),
        cpu_ms: f64,
        outcome: Result<Value, String>,
    ) -> Self {
        let (start_ns, duration_ns) = (ns(start_ms), ns(took_ms));
        let (outputs, failures) = match outcome {
            Ok(value) => ([value].into_iter().collect::<Column>(), Vec::new()),
            Err(reason) => (Column::None(0), vec![(0, reason)]),
        };
        let timing = Timing::Each {
            start_ns: vec![start_ns],
            duration_ns: vec![duration_ns],
            cpu_ns: vec![ns(cpu_ms)],
        };
        let batch = Batch { first: index, count: 1, outputs: outputs.into(), failures, timing };
        self.at(start_ms + took_ms, ItemsFinished::at_once(worker - 1, batch).into())
    }

    /// The worker's process died, with what it had in hand.
    pub fn died(mut self, worker: usize, at_ms: f64, end: LifeEnd) -> Self {
        let executing = self.snapshot.live[worker - 1].executing.take();
        let death = Death {
            worker,
            pid: self.pid(worker),
            at_ns: ns(at_ms),
            end: end.clone(),
            executing: executing.map(|executing| executing.index).into_iter().collect(),
            peak_rss_bytes: PEAK_RSS_BYTES,
            replaced_after: None,
            last_lines: Vec::new(),
            threads: 1,
        };
        let at = death.executing.first().map_or(DiedAt::Idle, |index| DiedAt::Input(*index));
        let (number, host) = (self.snapshot.log.deaths.len(), HostName::Worker(worker));
        let notice = Notice::Died { death: number, host, pid: death.pid, end: end.clone(), at };
        let said = Event::MessageSaid(Message::of_pool(ns(at_ms), notice));
        self.ended(worker, at_ms, end).at(at_ms, said).at(at_ms, Event::HostDied(Box::new(death)))
    }

    /// What is known of the last death besides.
    pub fn last_words(mut self, lines: &[&str], replaced_after_ms: f64) -> Self {
        if let Some(death) = self.snapshot.log.deaths.last_mut() {
            death.last_lines = lines.iter().map(|line| (*line).into()).collect();
            death.replaced_after = Some(Duration::from_secs_f64(replaced_after_ms / 1e3));
        }
        self
    }

    /// The worker's process ended as a rule or a person wanted it.
    pub fn ended(self, worker: usize, at_ms: f64, end: LifeEnd) -> Self {
        let (lanes, pid) = (worker - 1..worker, self.pid(worker));
        let peak_rss_bytes = PEAK_RSS_BYTES;
        self.at(at_ms, Event::HostEnded { lanes, pid, end, peak_rss_bytes, was_suspended: false })
    }

    /// The item took longer than the timeout.
    pub fn timed_out(self, worker: usize, index: u64, start_ms: f64, took_ms: f64) -> Self {
        let span = FailedSpan { worker, attempts: 1, start_ns: ns(start_ms), duration_ns: ns(took_ms) };
        let cause = Cause::TimedOut { limit_ns: ns(200.0), percent_of_median: None };
        self.at(start_ms + took_ms, Event::ItemFailed { index, cause, span })
    }

    /// The item's process ended with it.
    pub fn ended_with(self, worker: usize, index: u64, start_ms: f64, took_ms: f64, end: LifeEnd) -> Self {
        let span = FailedSpan { worker, attempts: 1, start_ns: ns(start_ms), duration_ns: ns(took_ms) };
        let cause = Cause::HostEnded(Arc::new(end));
        let (start_ns, busy_ns) = (ns(start_ms), ns(took_ms));
        let end_ns = start_ns + busy_ns;
        let segment = Segment { start_ns, end_ns, busy_ns, first: index, last: index, items: 1, failed: 1 };
        let ended_ms = start_ms + took_ms;
        self.at(ended_ms, Event::ItemCutOff { lane: worker - 1, segment })
            .at(ended_ms, Event::ItemFailed { index, cause, span })
    }

    /// Changes something of a worker's lane.
    pub fn lane(mut self, worker: usize, change: impl FnOnce(&mut Lane)) -> Self {
        change(&mut self.snapshot.log.lanes[worker - 1]);
        self
    }

    /// The worker has given no sign of life for so long.
    pub fn silent(mut self, worker: usize, for_ms: f64) -> Self {
        self.snapshot.live[worker - 1].silent_for_ns = Some(ns(for_ms));
        self
    }

    /// The worker has this item in hand, on a core.
    pub fn executing(mut self, worker: usize, index: u64, since_ms: f64, core: u32) -> Self {
        let executing = Some(Executing { index, since_ns: ns(since_ms) });
        self.snapshot.live[worker - 1] = LiveLane { executing, core: Some(core), silent_for_ns: None };
        self.until(since_ms)
    }

    /// The worker wrote a line.
    pub fn says(self, worker: usize, at_ms: f64, stream: OutputStream, text: &str) -> Self {
        let pid = self.pid(worker);
        self.message(at_ms, MessageSource::Worker { worker, pid, stream }, text)
    }

    /// A worker said in which calls this item is.
    pub fn stack(self, worker: usize, item: u64, at_ms: f64, text: &str) -> Self {
        let source = MessageSource::Worker { worker, pid: self.pid(worker), stream: OutputStream::Stack };
        let content = MessageContent::Text(text.into());
        self.at(at_ms, Event::MessageSaid(Message { at_ns: ns(at_ms), source, item: Some(item), content }))
    }

    /// The pool wrote a line.
    pub fn pool_says(self, at_ms: f64, text: &str) -> Self {
        self.message(at_ms, MessageSource::Pool, text)
    }

    /// The pool wrote a line about something that went wrong.
    pub fn trouble(self, at_ms: f64, text: &str) -> Self {
        self.message(at_ms, MessageSource::Trouble, text)
    }

    /// The pool said this of itself.
    pub fn noticed(self, at_ms: f64, notice: Notice) -> Self {
        self.at(at_ms, Event::MessageSaid(Message::of_pool(ns(at_ms), notice)))
    }

    fn message(self, at_ms: f64, source: MessageSource, text: &str) -> Self {
        let message =
            Message { at_ns: ns(at_ms), source, item: None, content: MessageContent::Text(text.into()) };
        self.at(at_ms, Event::MessageSaid(message))
    }

    /// This happened then.
    fn at(mut self, at_ms: f64, event: Event) -> Self {
        self.snapshot.log.apply(ns(at_ms), &event);
        self.until(at_ms)
    }

    fn pid(&self, worker: usize) -> u32 {
        self.snapshot.log.lanes[worker - 1].pid().unwrap_or_default()
    }

    /// The clock shows at least this.
    pub fn until(mut self, at_ms: f64) -> Self {
        self.snapshot.now_ns = self.snapshot.now_ns.max(ns(at_ms));
        self
    }

    /// The worker's thread was looked at every 10 ms from and to these times, and was for such shares on a core and ready
    /// without one.
    pub fn looked(mut self, worker: usize, (from_ms, upto_ms): (f64, f64), on_core: f64, ready: f64) -> Self {
        let mut at_ms = from_ms;
        while at_ms < upto_ms {
            let [from_ns, upto_ns] = [at_ms, at_ms + 10.0].map(ns);
            let core_time =
                CoreTime { from_ns, upto_ns, on_core_ns: ns(10.0 * on_core), ready_ns: ns(10.0 * ready) };
            self.snapshot.log.apply(upto_ns, &Event::CoreTimeSeen { lane: worker - 1, core_time });
            at_ms += 10.0;
        }
        self
    }

    /// The worker's thread was seen on this core from and to these times.
    pub fn on_core(mut self, worker: usize, (from_ms, upto_ms): (f64, f64), core: u32) -> Self {
        let stay = CoreStay { from_ns: ns(from_ms), upto_ns: ns(upto_ms), core };
        self.snapshot.log.apply(ns(upto_ms), &Event::CoreSeen { lane: worker - 1, stay });
        self
    }

    /// This program's cores, of which there are two, were used up by the pool and by others for so many cores, from Start to
    /// the last row.
    pub fn beside_others(mut self, pool_cores: f64, others_cores: f64) -> Self {
        let upto_ns = self.snapshot.log.last_row_ns;
        let of = |cores: f64| (cores * upto_ns as f64) as u64;
        let load = MachineLoad {
            from_ns: 0,
            upto_ns,
            cores: 2,
            busy_ns: of(pool_cores + others_cores),
            pool_ns: of(pool_cores),
            own_ns: 0,
            engine_ns: 0,
            steal_ns: 0,
        };
        self.snapshot.log.apply(upto_ns, &Event::MachineSeen(load));
        self
    }

    /// The run was over with its last row.
    pub fn finished(mut self) -> Self {
        self.snapshot.live.fill(LiveLane::default());
        let ended_ms = self.snapshot.log.last_row_ns as f64 / MS;
        self.at(ended_ms, Event::Finished { ending: Ending::Completed })
    }

    /// The run as the window gets it.
    pub fn snapshot(&self) -> RunSnapshot {
        self.snapshot.clone()
    }
}

fn ns(ms: f64) -> u64 {
    (ms * MS) as u64
}

/// Cores that are busy by this rule of core and time in seconds, sampled every 200 ms for a while from `started` on.
pub fn monitor(
    started: Instant,
    cores: usize,
    until_s: f64,
    busy: impl Fn(usize, f64) -> f32,
) -> MonitorSnapshot {
    const INTERVAL_S: f64 = 0.2;
    let interval = Duration::from_secs_f64(INTERVAL_S);
    let times = || (1..).map(|n| f64::from(n) * INTERVAL_S).take_while(|at_s| *at_s <= until_s);
    let series = |value: &dyn Fn(f64) -> f32| {
        let mut series = Series::new(interval);
        times().for_each(|at_s| series.push(started + Duration::from_secs_f64(at_s), value(at_s)));
        series
    };
    let mut shares = CoreShares::new(interval);
    times().for_each(|at_s| {
        let all: f32 = (0..cores).map(|core| busy(core, at_s)).sum();
        // The pool has all but what the window and some other program take.
        let (own, others) = (all * 0.05, all * 0.15);
        shares.push(started + Duration::from_secs_f64(at_s), all, all - own - others, own);
    });
    MonitorSnapshot {
        cores: (0..cores).map(|core| series(&|at_s| busy(core, at_s))).collect(),
        own: ProcessSample::default(),
        hosts: BTreeMap::new(),
        shares,
        memory_total_bytes: 8_000_000_000,
        memory_used_bytes: 3_000_000_000,
        interval,
        usable_cores: cores,
    }
}

/// Half a picture of 16 × 8 pixels.
pub fn tile(left_px: u32) -> Value {
    let (width_px, height_px) = (8, 8);
    let rgb = vec![128; 8 * 8 * 3];
    let tile =
        Tile { picture_width_px: 16, picture_height_px: 8, left_px, top_px: 0, width_px, height_px, rgb };
    Value::Tile(Box::new(tile))
}
