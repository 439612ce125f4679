//! What the machine is doing: samples of its cores, its memory, the hosts of a pool and this program itself.
//!
//! [`Monitor`] owns the thread and what it publishes; `sampler` reads the figures, and [`Series`] keeps them bounded.
//! Which hosts there are, and what a figure means for a run, is the business of others. Nobody here draws.

mod family;
mod history;
mod machine;
mod sampler;
mod series;

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

pub use self::history::MachineHistory;
pub use self::machine::Machine;
use self::sampler::Sampler;
pub use self::series::{GaplessRun, Point, Series};
use crate::error::{Error, Result};

/// How many cores this process may use, which may be fewer than the machine has: on Linux it honours the CPU affinity
/// and the quota of the control group (see [`thread::available_parallelism`]). 1 where the system does not say.
pub fn usable_cores() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// The memory that this process may use: that of the machine, or less where a control group says so; 0 where the
/// system does not say.
pub fn total_memory_bytes() -> u64 {
    let Ok(mut system) = sysinfo::System::new() else { return 0 };
    system.refresh_memory();
    let group = system.cgroup_limits().map(|limits| limits.total_memory);
    system.total_memory().min(group.filter(|bytes| *bytes > 0).unwrap_or(u64::MAX))
}

/// What one process used lately.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ProcessSample {
    pub pid: u32,
    /// How many cores it kept busy since the sample before: its CPU time divided by the time that passed. The system
    /// counts CPU time in steps (10 ms on Linux), so that at 200 ms it is right to 0.05.
    pub cores_used: f32,
    /// The CPU time that it has used since its start.
    pub cpu_s: f64,
    /// The memory that it holds in RAM. What processes share is counted for each of them.
    pub rss_bytes: u64,
}

/// Whose CPU time it was, all cores together: three series of numbers of cores that have their points at the same times.
#[derive(Debug, Clone)]
pub struct CoreShares {
    /// The watched hosts with what they have started; 0 where none was watched.
    pub pool: Series,
    /// This program itself.
    pub own: Series,
    /// All other programs.
    pub others: Series,
}

impl CoreShares {
    /// Nothing yet, of figures that are sampled each `interval`.
    pub fn new(interval: Duration) -> Self {
        let series = || Series::new(interval);
        Self { pool: series(), own: series(), others: series() }
    }

    /// Appends what all programs, the pool and this program itself kept busy. The rest is of others; the three are taken one
    /// after the other, so that it may come out a little below 0, and is 0 then.
    pub fn push(&mut self, at: Instant, all: f32, pool: f32, own: f32) {
        self.pool.push(at, pool);
        self.own.push(at, own);
        self.others.push(at, (all - pool - own).max(0.0));
    }
}

/// All figures as of one moment.
#[derive(Debug, Clone)]
pub struct MonitorSnapshot {
    /// For each core of the machine the share of time that it was busy with anything at all, from 0 to 1.
    pub cores: Vec<Series>,
    /// This program itself: the window, not the hosts.
    pub own: ProcessSample,
    /// The watched hosts that are alive, by process id.
    pub hosts: BTreeMap<u32, ProcessSample>,
    /// How many cores the watched hosts, this program and all others kept busy.
    pub shares: CoreShares,
    pub memory_total_bytes: u64,
    pub memory_used_bytes: u64,
    /// The time between two samples.
    pub interval: Duration,
    /// See [`usable_cores`].
    pub usable_cores: usize,
}

/// Called after each publication, on the monitor's thread: it must only wake somebody, not wait.
pub type Waker = Arc<dyn Fn() + Send + Sync>;

/// Samples in the background as long as it lives.
pub struct Monitor {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    control: Mutex<Control>,
    changed: Condvar,
    latest: Mutex<Arc<MonitorSnapshot>>,
}

/// What the owner tells the thread.
#[derive(Default)]
struct Control {
    is_stopping: bool,
    /// A new set of hosts, until the thread has taken it.
    watch: Option<Vec<u32>>,
}

/// Why the thread stopped waiting.
enum Woken {
    Due,
    Watch(Vec<u32>),
    Stop,
}

impl Monitor {
    /// Starts the thread; the first figures are published after one `interval`, which cannot be shorter than
    /// [`sysinfo::MINIMUM_CPU_UPDATE_INTERVAL`].
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::time::Duration;
    /// use poolscope::monitor::Monitor;
    ///
    /// let monitor = Monitor::start(Duration::from_millis(250), Arc::new(|| {}))?;
    /// monitor.watch(vec![std::process::id()]);
    /// assert!(monitor.latest().memory_total_bytes > 0);
    /// # Ok::<(), poolscope::error::Error>(())
    /// ```
    pub fn start(interval: Duration, waker: Waker) -> Result<Self> {
        let shortest = sysinfo::MINIMUM_CPU_UPDATE_INTERVAL;
        if interval < shortest {
            let reason = format!("it cannot be shorter than {} ms", shortest.as_millis());
            return Err(Error::usage(format!("sample each {} ms", interval.as_millis()), reason));
        }
        let sampler = Sampler::new(interval)?;
        let latest = Mutex::new(Arc::new(sampler.snapshot()));
        let shared = Arc::new(Shared { control: Mutex::default(), changed: Condvar::new(), latest });
        let of_thread = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("monitor".to_owned())
            .spawn(move || run(sampler, interval, &of_thread, &waker))
            .map_err(|error| Error::io("start the monitor's thread", error))?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Replaces the set of hosts. Does not wait; the thread notes at once what they have used so far, so that the next
    /// sample is right from the first one on.
    pub fn watch(&self, pids: Vec<u32>) {
        lock(&self.shared.control).watch = Some(pids);
        self.shared.changed.notify_one();
    }

    /// The newest figures. Cheap: it copies a pointer.
    pub fn latest(&self) -> Arc<MonitorSnapshot> {
        Arc::clone(&lock(&self.shared.latest))
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        lock(&self.shared.control).is_stopping = true;
        self.shared.changed.notify_one();
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was reported when it happened; there is nothing left to undo.
            let _ = thread.join();
        }
    }
}

fn run(mut sampler: Sampler, interval: Duration, shared: &Shared, waker: &Waker) {
    // From the end of a sample, not on a fixed beat: sysinfo leaves out a refresh that comes a moment too early.
    let mut due = Instant::now() + interval;
    loop {
        match shared.wait_until(due) {
            Woken::Stop => return,
            Woken::Watch(pids) => sampler.watch(pids),
            Woken::Due => {
                sampler.sample();
                *lock(&shared.latest) = Arc::new(sampler.snapshot());
                waker();
                due = Instant::now() + interval;
            }
        }
    }
}

impl Shared {
    fn wait_until(&self, due: Instant) -> Woken {
        let mut control = lock(&self.control);
        loop {
            if control.is_stopping {
                return Woken::Stop;
            }
            if let Some(pids) = control.watch.take() {
                return Woken::Watch(pids);
            }
            let left = due.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Woken::Due;
            }
            let waited = self.changed.wait_timeout(control, left);
            control = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// A panic elsewhere leaves these few words whole: each is replaced in one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
