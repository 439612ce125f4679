//! A run as its owner holds it: start, look, stop, wait.

use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Instant, SystemTime};

use super::control::Control;
use super::driver::{Driver, Receivers, Request, Slot};
use super::input_sender::{self, InputBatch, InputSender};
use super::launch::Launch;
use super::os::{self, HostProcesses, WakeHandle};
use super::record::{Ending, Event, Plan, ResumedRows, RunLog};
use super::settings::Job;
use super::{RunSnapshot, Waker};
use crate::error::{Error, Result};

/// A run that was started. Letting it go stops it and waits until no process of it is left.
pub struct Run {
    requests: Sender<Request>,
    wake: Arc<WakeHandle>,
    slot: Slot,
    driver: Option<JoinHandle<()>>,
}

/// Starts `job` and returns at once; `waker` is called after each new snapshot.
///
/// The error is for a job that cannot be run (an input that the function does not take, a setting that cannot be) and
/// for a system that gives no thread or pipe; an item that fails and a host that dies are part of the record.
///
/// Python's counterpart is `Pool(n)` together with `map_async` and `close`.
///
/// ```
/// use std::sync::Arc;
/// use poolscope::function::FunctionSpec;
/// use poolscope::pool::{Job, Launch, Settings, start};
/// use poolscope::value::{Column, ValueRef};
/// # poolscope::pool::serve_if_host();
///
/// let job = Job {
///     inputs_name: "some numbers".to_owned(),
///     inputs: Arc::new(Column::Int(vec![1, 2, 3])),
///     function: FunctionSpec::builtin("double", [])?,
///     settings: Settings { workers: 2, ..Settings::default() },
/// };
/// let log = &start(job, &Launch::found()?, Arc::new(|| {}))?.join().log;
/// assert_eq!(log.counts.ok, 3);
/// assert_eq!(log.row(2).and_then(|row| row.output), Some(ValueRef::Int(6)));
/// # Ok::<(), poolscope::error::Error>(())
/// ```
pub fn start(job: Job, launch: &Launch, waker: Waker) -> Result<Run> {
    job.check()?;
    launch_run(RunLog::new(plan_of(job)), launch, waker, |_| Ok(None))
}

/// Starts `job` and keeps what an earlier run over the same inputs has made: only the rest is run.
pub fn resume(job: Job, kept: ResumedRows, launch: &Launch, waker: Waker) -> Result<Run> {
    job.check()?;
    launch_run(RunLog::resuming(plan_of(job), kept), launch, waker, |_| Ok(None))
}

/// Starts `job` over inputs that `read` pushes while it runs; those of the job itself are not used.
///
/// What is in memory is bounded: `read` is held up until the rows before were seen and let go by [`Run::release`], and so
/// are the workers where about 128 MiB of outputs wait for that.
/// Python's counterpart is `Pool(n)` together with `imap`.
///
/// ```
/// use std::sync::Arc;
/// use poolscope::function::FunctionSpec;
/// use poolscope::pool::{Job, Launch, Settings, start_stream};
/// use poolscope::value::Column;
/// # poolscope::pool::serve_if_host();
///
/// let job = Job {
///     inputs_name: "made as they are needed".to_owned(),
///     inputs: Arc::default(),
///     function: FunctionSpec::builtin("double", [])?,
///     settings: Settings::default(),
/// };
/// let run = start_stream(job, &Launch::found()?, Arc::new(|| {}), |sender| {
///     for first in [0, 100, 200] {
///         // Nobody wants more once the run is over.
///         if !sender.push(Column::Int((first..first + 100).collect())) {
///             break;
///         }
///     }
///     Ok(())
/// })?;
/// assert_eq!(run.join().log.counts.ok, 300);
/// # Ok::<(), poolscope::error::Error>(())
/// ```
pub fn start_stream(
    job: Job,
    launch: &Launch,
    waker: Waker,
    read: impl FnOnce(&mut InputSender) -> Result<()> + Send + 'static,
) -> Result<Run> {
    job.check_pool()?;
    let feed = |wake: &Arc<WakeHandle>| input_sender::spawn(Arc::clone(wake), read).map(Some);
    launch_run(RunLog::streaming(plan_of(job)), launch, waker, feed)
}

fn plan_of(job: Job) -> Plan {
    Plan { job, started: Instant::now(), started_wall: SystemTime::now() }
}

fn launch_run(
    log: RunLog,
    launch: &Launch,
    waker: Waker,
    feed: impl FnOnce(&Arc<WakeHandle>) -> Result<Option<Receiver<InputBatch>>>,
) -> Result<Run> {
    os::allow_many_files();
    let start_ns = os::monotonic_ns();
    let broken = |error| Error::pool("start the pool", error);
    let (hosts, wake) = HostProcesses::new().map_err(broken)?;
    let wake = Arc::new(wake);
    let batches = feed(&wake)?;
    let first = RunSnapshot { live: Vec::new(), log: log.clone(), now_ns: 0, host_pids: Vec::new() };
    let slot = Arc::new(Mutex::new(Arc::new(first)));
    let (requests, received) = channel();
    let receivers = Receivers { requests: received, batches };
    let driver =
        Driver::new(log, start_ns, hosts, launch.clone(), receivers, Arc::clone(&slot), Arc::clone(&waker));
    let published = Arc::clone(&slot);
    let drive = move || {
        if panic::catch_unwind(AssertUnwindSafe(|| driver.drive())).is_err() {
            publish_breakdown(&published);
            waker();
        }
    };
    let driver = std::thread::Builder::new().name("pool".to_owned()).spawn(drive).map_err(broken)?;
    Ok(Run { requests, wake, slot, driver: Some(driver) })
}

/// A fault of this program must not leave a run that looks alive for ever. What was published stays, and the hosts
/// were ended with the driver.
fn publish_breakdown(slot: &Slot) {
    let mut guard = slot.lock().unwrap_or_else(PoisonError::into_inner);
    let mut last = RunSnapshot::clone(&guard);
    let reason = "a fault in Poolscope itself; please report it with the lines it wrote to standard error";
    let now_ns = last.now_ns;
    let ending = Ending::Broken(reason.to_owned());
    last.log.apply(now_ns, &Event::Finished { ending });
    last.host_pids.clear();
    *guard = Arc::new(last);
}

impl Run {
    /// The newest snapshot.
    pub fn snapshot(&self) -> Arc<RunSnapshot> {
        Arc::clone(&self.slot.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Ends the run now: all processes of the pool are killed, what is finished stays. Python: `terminate`.
    pub fn stop(&self) {
        self.ask(Control::Stop);
    }

    /// Asks something of the run; what came of it shows in its snapshots.
    pub fn ask(&self, control: Control) {
        self.send(Request::Asked(control));
    }

    /// Says that the rows before `index` were seen: a run over a stream lets them and their inputs go, and reads on.
    pub fn release(&self, index: u64) {
        self.send(Request::Release(index));
    }

    fn send(&self, request: Request) {
        // A run that is over has nobody to hear it, and nothing to do.
        let _ = self.requests.send(request);
        self.wake.wake();
    }

    /// Waits for the end of the run and gives the last snapshot. Python: `join`.
    pub fn join(mut self) -> Arc<RunSnapshot> {
        self.wait();
        self.snapshot()
    }

    fn wait(&mut self) {
        if let Some(driver) = self.driver.take() {
            // Its panics were caught and published.
            let _ = driver.join();
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if self.driver.is_some() {
            self.stop();
            self.wait();
        }
    }
}
