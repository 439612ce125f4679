//! Stand-in until the engine is merged: runs in this process.
use super::*;
use crate::error::Result;
use crate::function::{CallContext, Console, Stream};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

#[derive(Debug, Clone)]
pub struct Launch {}
impl Launch {
    pub fn this_program() -> Result<Self> {
        Ok(Self {})
    }
}
pub struct Run {
    slot: Arc<Mutex<Arc<RunSnapshot>>>,
    stop: Arc<AtomicBool>,
}
struct Nowhere(std::cell::RefCell<Vec<String>>);
impl Console for Nowhere {
    fn line(&self, _: Stream, text: &str) {
        self.0.borrow_mut().push(text.to_owned());
    }
}
pub fn start(job: Job, _launch: &Launch, waker: Waker) -> Result<Run> {
    job.check()?;
    let function = job.function.load()?;
    let workers = job.settings.workers;
    let started = Instant::now();
    let mut log = RunLog::new(Plan { job: job.clone(), started, started_wall: SystemTime::now() });
    let shot = move |log: &RunLog, ns| {
        Arc::new(RunSnapshot {
            log: log.clone(),
            now_ns: ns,
            live: vec![LiveLane::default(); workers],
            host_pids: vec![],
        })
    };
    let slot = Arc::new(Mutex::new(shot(&log, 0)));
    let stop = Arc::new(AtomicBool::new(false));
    let (slot2, stop2) = (slot.clone(), stop.clone());
    std::thread::spawn(move || {
        let ns = || started.elapsed().as_nanos() as u64;
        let publish = |log: &RunLog| {
            *slot2.lock().unwrap() = shot(log, ns());
            waker();
        };
        for (n, lane) in log.lanes.iter_mut().enumerate() {
            lane.lives.push(Life {
                pid: 4711 + n as u32,
                launched_ns: ns(),
                ready_ns: Some(20_000_000),
                ended_ns: None,
                end: None,
                peak_rss_bytes: 6_100_000,
            });
        }
        std::thread::sleep(Duration::from_millis(30));
        log.startup_ns = Some(ns());
        log.state = RunState::Running;
        let mut last = Instant::now();
        for (i, cell) in job.inputs.iter().enumerate() {
            let worker = i % workers + 1;
            let t0 = ns();
            let console = Nowhere(Default::default());
            let out = function.call(&CallContext { worker, index: i as u64, console: &console }, cell);
            let d = (ns() - t0).max(1_000);
            let bad = out.is_err();
            let (outputs, failures) = match out {
                Ok(value) => ([value].into_iter().collect(), vec![]),
                Err(why) => (Column::default(), vec![(0, why)]),
            };
            for text in console.0.into_inner() {
                log.messages.push(Message {
                    at_ns: t0,
                    source: Source::Worker { worker, pid: 4710 + worker as u32, stream: Stream::Stdout },
                    item: Some(i as u64),
                    text: text.into(),
                });
            }
            let timing = Timing::Each { start_ns: vec![t0], duration_ns: vec![d], cpu_ns: vec![d] };
            log.rows.finish(&Batch { first: i as u64, count: 1, outputs, failures, timing }, worker, |_| 1);
            log.lanes[worker - 1].add(Segment {
                start_ns: t0,
                end_ns: t0 + d,
                busy_ns: d,
                first: i as u64,
                last: i as u64,
                items: 1,
                failed: bad.into(),
            });
            log.lanes[worker - 1].cpu_s += d as f64 / 1e9;
            log.last_row_ns = t0 + d;
            if bad {
                log.counts.failed += 1
            } else {
                log.counts.ok += 1
            }
            if last.elapsed() > Duration::from_millis(33) {
                last = Instant::now();
                publish(&log);
            }
            if stop2.load(Ordering::Relaxed) {
                break;
            }
        }
        log.state = RunState::Finished(if stop2.load(Ordering::Relaxed) {
            Ending::Stopped
        } else {
            Ending::Completed
        });
        log.audit = Some(Audit::default());
        publish(&log);
    });
    Ok(Run { slot, stop })
}
impl Run {
    pub fn snapshot(&self) -> Arc<RunSnapshot> {
        self.slot.lock().unwrap().clone()
    }
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}
use crate::value::Column;
impl Drop for Run {
    fn drop(&mut self) {
        self.stop();
    }
}
