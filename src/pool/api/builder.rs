//! A pool in the making.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::Pool;
use crate::error::{Error, Result};
use crate::pool::{ChunkRule, Launch, MAX_WORKERS, Mode, Settings, Timeout};

/// A pool in the making; see [`Pool::builder`].
///
/// ```
/// use std::time::Duration;
/// use poolscope::pool::{ChunkRule, Mode, Pool};
/// # poolscope::pool::serve_if_host();
///
/// let pool = Pool::builder()
///     .mode(Mode::Thread)
///     .workers(4)
///     .chunk(ChunkRule::Even)
///     .timeout(Duration::from_secs(10))
///     .retries(2)
///     .build()?;
/// # drop(pool);
/// # Ok::<(), poolscope::error::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct PoolBuilder {
    settings: Settings,
    in_flight: Option<u64>,
    launch: Option<Launch>,
}

impl PoolBuilder {
    pub(super) fn new() -> Self {
        let workers = thread::available_parallelism().map_or(1, usize::from).min(MAX_WORKERS);
        Self { settings: Settings { workers, ..Settings::default() }, in_flight: None, launch: None }
    }

    /// What a worker is: a process (unless said otherwise), or a thread of one process that all workers share.
    ///
    /// Python: `multiprocessing.Pool` or `multiprocessing.pool.ThreadPool`.
    pub fn mode(mut self, mode: Mode) -> Self {
        self.settings.mode = mode;
        self
    }

    /// How many workers, from 1 to [`MAX_WORKERS`]; as many as this process may use cores unless said otherwise.
    ///
    /// Python: `Pool(processes)`.
    pub fn workers(mut self, workers: usize) -> Self {
        self.settings.workers = workers;
        self
    }

    /// How many processes threads are spread over, from 1 to the workers; one process unless said otherwise.
    ///
    /// Python: a `ThreadPoolExecutor` in each process of a pool, by hand.
    pub fn processes(mut self, processes: usize) -> Self {
        self.settings.processes = processes;
        self
    }

    /// How many items go to a worker at a time; by their measured time unless said otherwise.
    ///
    /// Python: `chunksize` of `map`, where [`ChunkRule::Even`] is its default.
    pub fn chunk(mut self, chunk: ChunkRule) -> Self {
        self.settings.chunk = chunk;
        self
    }

    /// How long one item may take before its worker is ended and replaced, and its outcome is an error. In thread
    /// mode all workers are ended with it, and what they had in hand runs again.
    ///
    /// Python has none: the timeout of `AsyncResult.get` stops the waiting, not the work. For that one see
    /// [`Pending::wait`](super::Pending::wait).
    pub fn timeout(mut self, time: Duration) -> Self {
        self.settings.item.timeout = Some(Timeout::After(time));
        self
    }

    /// How often an item that failed is tried again; not at all unless said otherwise. Python has none.
    pub fn retries(mut self, retries: u8) -> Self {
        self.settings.item.retries = retries;
        self
    }

    /// A worker that has finished so many items gives way to a new one.
    ///
    /// Python: `Pool(maxtasksperchild)`, which counts chunks where this counts items.
    pub fn recycle_after(mut self, items: u64) -> Self {
        self.settings.worker.recycle_items = Some(items);
        self
    }

    /// How many inputs of [`Pool::imap`] may be in flight: read, and their results not taken yet. Unless said
    /// otherwise 1,024 at first, more with many workers, growing to three times what was taken, and 262,144 at most.
    ///
    /// Few keep what is read ahead small, and cost speed where items are short: results are looked for 30 times a
    /// second. Python has no such bound: its `imap` reads all inputs at once.
    pub fn in_flight(mut self, items: u64) -> Self {
        self.in_flight = Some(items);
        self
    }

    /// All settings at once, for those that have no method here; what other methods set before is replaced.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// The program that runs the work; [`Launch::found`] unless said otherwise.
    ///
    /// Python: `multiprocessing.set_executable`.
    pub fn launch(mut self, launch: Launch) -> Self {
        self.launch = Some(launch);
        self
    }

    /// The pool. The error names the setting that cannot be, or says that no host program was found. Nothing is
    /// started yet.
    pub fn build(self) -> Result<Pool> {
        let Self { settings, in_flight, launch } = self;
        let refused = |reason: &str| Err(Error::usage("make the pool", reason));
        if !(1..=MAX_WORKERS).contains(&settings.workers) {
            let asked = settings.workers;
            return refused(&format!("{asked} workers were asked for, from 1 to {MAX_WORKERS} are possible"));
        }
        if settings.chunk == ChunkRule::Fixed(0) {
            return refused("a chunk of 0 items was asked for, from 1 are possible");
        }
        if settings.item.timeout == Some(Timeout::After(Duration::ZERO)) {
            return refused("a timeout of 0 seconds leaves no time to run");
        }
        if settings.worker.recycle_items == Some(0) {
            return refused("a worker that is recycled after 0 items never runs one");
        }
        if in_flight == Some(0) {
            return refused("with 0 items in flight none would ever run");
        }
        let launch = launch.map_or_else(Launch::found, Ok)?;
        Ok(Pool { settings, in_flight, launch, calls: Arc::default() })
    }
}
