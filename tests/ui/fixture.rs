//! Runs made by hand, in the words of a story: who was ready when, what was done, failed, said and lost.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use poolscope::function::{FunctionSpec, Stream};
use poolscope::monitor::{MonitorSnapshot, ProcessSample, Series};
use poolscope::pool::{
    Batch, Death, Ending, Executing, FailedSpan, Job, Lane, Life, LifeEnd, LiveLane, Message, Mode, Plan,
    RowState, RunLog, RunSnapshot, RunState, Segment, Settings, Source, Timing,
};
use poolscope::value::{Column, Value};

const MS: f64 = 1e6;

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
        let plan = Plan { job, started: Instant::now(), started_wall: SystemTime::now() };
        let log = RunLog::new(plan);
        let live = vec![LiveLane::default(); workers];
        Self { snapshot: RunSnapshot { log, now_ns: 0, live, host_pids: Vec::new() } }
    }

    /// The worker's process was launched and is ready.
    pub fn ready(mut self, worker: usize, pid: u32, launched_ms: f64, ready_ms: f64) -> Self {
        let life = Life {
            pid,
            launched_ns: ns(launched_ms),
            ready_ns: Some(ns(ready_ms)),
            ended_ns: None,
            end: None,
            peak_rss_bytes: 6_100_000,
        };
        self.snapshot.log.lanes[worker - 1].lives.push(life);
        self.snapshot.log.state = RunState::Running;
        self.snapshot.host_pids.push(pid);
        self.until(ready_ms)
    }

    /// The item gave a value.
    pub fn ok(self, worker: usize, index: u64, start_ms: f64, took_ms: f64, output: Value) -> Self {
        self.done(worker, index, start_ms, took_ms, Ok(output))
    }

    /// The function said why it could not.
    pub fn failed(self, worker: usize, index: u64, start_ms: f64, took_ms: f64, reason: &str) -> Self {
        self.done(worker, index, start_ms, took_ms, Err(reason.to_owned()))
    }

    fn done(
        mut self,
        worker: usize,
        index: u64,
        start_ms: f64,
        took_ms: f64,
        outcome: Result<Value, String>,
    ) -> Self {
        let log = &mut self.snapshot.log;
        let (start_ns, duration_ns) = (ns(start_ms), ns(took_ms));
        let is_ok = outcome.is_ok();
        let (outputs, failures) = match outcome {
            Ok(value) => ([value].into_iter().collect::<Column>(), Vec::new()),
            Err(reason) => (Column::None(0), vec![(0, reason)]),
        };
        let timing = Timing::Each {
            start_ns: vec![start_ns],
            duration_ns: vec![duration_ns],
            cpu_ns: vec![duration_ns],
        };
        log.rows.finish(
            &Batch { first: index, count: 1, outputs: outputs.into(), failures, timing },
            worker,
            &[],
        );
        log.lanes[worker - 1].add(Segment {
            start_ns,
            end_ns: start_ns + duration_ns,
            busy_ns: duration_ns,
            first: index,
            last: index,
            items: 1,
            failed: u64::from(!is_ok),
        });
        log.counts.ok += u64::from(is_ok);
        log.counts.failed += u64::from(!is_ok);
        log.last_row_ns = log.last_row_ns.max(start_ns + duration_ns);
        self.until(start_ms + took_ms)
    }

    /// The worker's process died, with what it had in hand.
    pub fn died(mut self, worker: usize, at_ms: f64, end: LifeEnd) -> Self {
        let log = &mut self.snapshot.log;
        let executing = self.snapshot.live[worker - 1].executing.take();
        if let Some(life) = log.lanes[worker - 1].lives.last_mut() {
            (life.ended_ns, life.end) = (Some(ns(at_ms)), Some(end.clone()));
            log.deaths.push(Death {
                worker,
                pid: life.pid,
                at_ns: ns(at_ms),
                cause: end,
                executing: executing.map(|executing| executing.index).into_iter().collect(),
                peak_rss_bytes: life.peak_rss_bytes,
                replaced_after: None,
                last_lines: Vec::new(),
                likely_cause: String::new(),
            });
        }
        self.until(at_ms)
    }

    /// What is known of the last death besides.
    pub fn last_words(mut self, lines: &[&str], likely_cause: &str, replaced_after_ms: f64) -> Self {
        if let Some(death) = self.snapshot.log.deaths.last_mut() {
            death.last_lines = lines.iter().map(|line| (*line).into()).collect();
            death.likely_cause = likely_cause.to_owned();
            death.replaced_after = Some(Duration::from_secs_f64(replaced_after_ms / 1e3));
        }
        self
    }

    /// The worker's process ended as a rule or a person wanted it.
    pub fn ended(mut self, worker: usize, at_ms: f64, end: LifeEnd) -> Self {
        if let Some(life) = self.snapshot.log.lanes[worker - 1].lives.last_mut() {
            (life.ended_ns, life.end) = (Some(ns(at_ms)), Some(end));
        }
        self.until(at_ms)
    }

    /// The item took longer than the timeout.
    pub fn timed_out(mut self, worker: usize, index: u64, start_ms: f64, took_ms: f64) -> Self {
        let span = FailedSpan { worker, attempts: 1, start_ns: ns(start_ms), duration_ns: ns(took_ms) };
        let log = &mut self.snapshot.log;
        log.rows.fail(index, RowState::TimedOut, "took longer than 0.2 s".into(), span);
        log.counts.failed += 1;
        log.counts.timed_out += 1;
        self.until(start_ms + took_ms)
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
    pub fn says(self, worker: usize, at_ms: f64, stream: Stream, text: &str) -> Self {
        let pid = self.snapshot.log.lanes[worker - 1].pid().unwrap_or_default();
        self.message(at_ms, Source::Worker { worker, pid, stream }, text)
    }

    /// The pool wrote a line.
    pub fn pool_says(self, at_ms: f64, text: &str) -> Self {
        self.message(at_ms, Source::Pool, text)
    }

    /// The pool wrote a line about something that went wrong.
    pub fn trouble(self, at_ms: f64, text: &str) -> Self {
        self.message(at_ms, Source::Trouble, text)
    }

    fn message(mut self, at_ms: f64, source: Source, text: &str) -> Self {
        self.snapshot.log.messages.push(Message { at_ns: ns(at_ms), source, item: None, text: text.into() });
        self.until(at_ms)
    }

    /// The clock shows at least this.
    pub fn until(mut self, at_ms: f64) -> Self {
        self.snapshot.now_ns = self.snapshot.now_ns.max(ns(at_ms));
        self
    }

    /// The run is over.
    pub fn finished(mut self) -> Self {
        self.snapshot.log.state = RunState::Finished(Ending::Completed);
        self.snapshot.live.fill(LiveLane::default());
        self
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
    MonitorSnapshot {
        cores: (0..cores).map(|core| series(&|at_s| busy(core, at_s))).collect(),
        own: ProcessSample::default(),
        own_cpu: series(&|_| 0.013),
        hosts: BTreeMap::new(),
        pool_busy: series(&|at_s| (0..cores).map(|core| busy(core, at_s)).sum()),
        memory_total_bytes: 8_000_000_000,
        memory_used_bytes: 3_000_000_000,
        interval,
        usable_cores: cores,
    }
}
