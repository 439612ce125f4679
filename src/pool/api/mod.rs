//! The pool as a Rust program uses it, in the words of Python's `multiprocessing.Pool`.
//!
//! It is a thin layer over [`start`](super::start) and [`start_stream`](super::start_stream): each call is a run of
//! its own, whose record gives the outcomes. It keeps no books of its own but the list of its calls, so that
//! `terminate` reaches them.

mod arguments;
mod backpressure;
mod builder;
mod call;
mod imap;
mod outcome;
mod pending;

use std::fmt;
use std::sync::Arc;

pub use self::arguments::Arguments;
use self::backpressure::{Backpressure, Bound};
pub use self::builder::PoolBuilder;
use self::call::{Call, RunningCalls};
pub use self::imap::{Imap, ImapUnordered};
pub use self::outcome::{ItemError, Outcome};
pub use self::pending::Pending;
use super::{ChunkRule, Job, Launch, Order, Settings};
use crate::error::{Error, Result};
use crate::function::FunctionSpec;
use crate::value::{Column, IntoColumn, Value};

/// A pool of workers that run functions over inputs: Python's `multiprocessing.Pool`.
///
/// ```
/// use poolscope::function::FunctionSpec;
/// use poolscope::pool::{Mode, Pool};
/// use poolscope::value::Value;
/// # poolscope::pool::serve_if_host();
///
/// // with Pool(4) as pool:
/// //     print("Results:", pool.map(task, [1, 2, 3, 4, 5]))
/// let pool = Pool::builder().mode(Mode::Process).workers(4).build()?;
/// let task = FunctionSpec::builtin("double", [])?;
/// let results = pool.map(&task, [1, 2, 3, 4, 5])?.into_iter().collect::<Result<Vec<Value>, _>>()?;
/// assert_eq!(results, [2, 4, 6, 8, 10].map(Value::from));
/// # Ok::<(), poolscope::error::Error>(())
/// ```
///
/// # What is other than in Python
///
/// - A worker is a process that loads its function by itself, so a function is named ([`FunctionSpec`]) and not
///   handed over.
/// - Each call has workers of its own, which start with it and end with it: a few milliseconds a call, as a worker
///   serves one function. Nothing that a worker keeps (a global variable, an open file) lasts from one call to the
///   next, and calls from several threads run side by side, each with as many workers as the pool has. Many
///   inputs in one call are far cheaper than many calls with one input each.
/// - An item that fails is an [`Outcome`] beside the others and does not end the call; neither does a worker that
///   dies, which is replaced.
/// - [`imap`](Self::imap) reads its inputs only as far as is needed.
///
/// Dropping the pool ends all that still runs, as leaving Python's `with` block does: [`terminate`](Self::terminate).
/// All methods that call can be used from several threads at once.
pub struct Pool {
    settings: Settings,
    in_flight: Option<u64>,
    launch: Launch,
    calls: Arc<RunningCalls>,
}

impl Pool {
    /// A pool in the making: as many processes as this process may use cores, unless said otherwise.
    ///
    /// Python: `Pool()`.
    pub fn builder() -> PoolBuilder {
        PoolBuilder::new()
    }

    /// Runs the function over all inputs, waits, and gives what became of each, in input order.
    ///
    /// The error is for what concerns the call as a whole: the pool is closed, an input is not what the function
    /// takes (the first one is named, and nothing is run), or workers could not be started.
    ///
    /// Python: `Pool.map(func, iterable)`.
    ///
    /// ```
    /// # use poolscope::function::FunctionSpec;
    /// # use poolscope::pool::Pool;
    /// # poolscope::pool::serve_if_host();
    /// # let pool = Pool::builder().workers(2).build()?;
    /// let fail = FunctionSpec::builtin("fail", [("only", "2")])?;
    /// let outcomes = pool.map(&fail, [1, 2, 3])?;
    /// assert_eq!(outcomes[0], Ok(1.into()));
    /// let error = outcomes[1].as_ref().unwrap_err();
    /// assert_eq!(error.to_string(), "item 1 failed: failed as asked on 2");
    /// assert_eq!(outcomes[2], Ok(3.into()));
    /// # Ok::<(), poolscope::error::Error>(())
    /// ```
    pub fn map(&self, function: &FunctionSpec, inputs: impl IntoColumn) -> Result<Vec<Outcome>> {
        self.map_async(function, inputs)?.get()
    }

    /// Starts what [`map`](Self::map) does and returns at once.
    ///
    /// Python: `Pool.map_async`, and with a single input `Pool.apply_async`.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use poolscope::function::FunctionSpec;
    /// # use poolscope::pool::Pool;
    /// # poolscope::pool::serve_if_host();
    /// # let pool = Pool::builder().workers(2).build()?;
    /// let pending = pool.map_async(&FunctionSpec::builtin("sleep_ms", [])?, [10, 20])?;
    /// while !pending.wait(Duration::from_millis(5)) {
    ///     // Something else.
    /// }
    /// assert_eq!(pending.get()?, [Ok(10.into()), Ok(20.into())]);
    /// # Ok::<(), poolscope::error::Error>(())
    /// ```
    pub fn map_async(&self, function: &FunctionSpec, inputs: impl IntoColumn) -> Result<Pending> {
        let inputs = inputs.into_column();
        let call = if inputs.is_empty() {
            // As in Python: no inputs, no results. Whether the call is possible at all is still looked at.
            self.calls.check_open()?;
            function.takes()?;
            None
        } else {
            let job = self.job(function, inputs, Order::Inputs);
            Some(self.calls.begin(|| Call::start(job, &self.launch))?)
        };
        Ok(Pending::new(call, Arc::clone(&self.calls)))
    }

    /// Runs the function once, in a worker, and waits for what it gives. `()` is the input of a function that takes
    /// none. The error is as that of [`map`](Self::map).
    ///
    /// Python: `Pool.apply(func, args)`.
    ///
    /// ```
    /// # use poolscope::function::FunctionSpec;
    /// # use poolscope::pool::Pool;
    /// # poolscope::pool::serve_if_host();
    /// # let pool = Pool::builder().workers(1).build()?;
    /// assert_eq!(pool.apply(&FunctionSpec::builtin("is_prime", [])?, 97)?, Ok(true.into()));
    /// # Ok::<(), poolscope::error::Error>(())
    /// ```
    pub fn apply(&self, function: &FunctionSpec, input: impl Into<Value>) -> Result<Outcome> {
        let outcomes = self.map(function, [input.into()])?;
        outcomes.into_iter().next().ok_or_else(|| Error::pool("finish the run", "it gave no result"))
    }

    /// As [`map`](Self::map), with several arguments a call. They travel as one list, so they can be what JSON can
    /// hold: numbers, texts, booleans; others are refused before anything is run.
    ///
    /// Python: `Pool.starmap(func, iterable)`.
    ///
    /// ```
    /// # use poolscope::function::FunctionSpec;
    /// # use poolscope::pool::Pool;
    /// # poolscope::pool::serve_if_host();
    /// # let pool = Pool::builder().workers(2).build()?;
    /// let outcomes = pool.starmap(&FunctionSpec::builtin("power", [])?, [(2, 10), (3, 4)])?;
    /// assert_eq!(outcomes, [Ok(1024.into()), Ok(81.into())]);
    /// # Ok::<(), poolscope::error::Error>(())
    /// ```
    pub fn starmap<A: Arguments>(
        &self,
        function: &FunctionSpec,
        calls: impl IntoIterator<Item = A>,
    ) -> Result<Vec<Outcome>> {
        let cells =
            calls.into_iter().enumerate().map(|(index, one)| arguments::list_cell(index, one.into_values()));
        self.map(function, cells.collect::<Result<Column>>()?)
    }

    /// Runs the function over inputs that are read as they are needed, and gives the outcomes one by one, in input
    /// order. Inputs may be endless, and larger than memory: only so many are in flight as
    /// [`PoolBuilder::in_flight`] says, and about 64 MiB of them.
    ///
    /// The iterator is asked, and in the end dropped, on a thread of its own, which may outlive the call while the
    /// iterator has it wait. An input that the function does not
    /// take is an outcome here, since it is known only when it comes.
    ///
    /// Python: `Pool.imap(func, iterable)`.
    ///
    /// ```
    /// # use poolscope::error::Error;
    /// # use poolscope::function::FunctionSpec;
    /// # use poolscope::pool::Pool;
    /// # poolscope::pool::serve_if_host();
    /// # let pool = Pool::builder().workers(2).build()?;
    /// let is_prime = FunctionSpec::builtin("is_prime", [])?;
    /// let all_integers = 1_i64..;
    /// let first = pool.imap(&is_prime, all_integers)?.take(5).collect::<Result<Vec<_>, _>>()?;
    /// assert_eq!(first, [false, true, true, false, true].map(Into::into));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn imap<I>(&self, function: &FunctionSpec, inputs: I) -> Result<Imap<'_>>
    where
        I: IntoIterator<Item: Into<Value>>,
        I::IntoIter: Send + 'static,
    {
        let (call, backpressure) = self.stream(function, inputs.into_iter(), Order::Inputs)?;
        Ok(Imap::new(self, call, backpressure))
    }

    /// As [`imap`](Self::imap), with the outcomes as they are finished, each with the index of its input.
    ///
    /// Python: `Pool.imap_unordered(func, iterable)`, which does not tell the index.
    ///
    /// ```
    /// # use poolscope::function::FunctionSpec;
    /// # use poolscope::pool::Pool;
    /// # poolscope::pool::serve_if_host();
    /// # let pool = Pool::builder().workers(2).build()?;
    /// let sleep_ms = FunctionSpec::builtin("sleep_ms", [])?;
    /// let order: Vec<u64> = pool.imap_unordered(&sleep_ms, [600, 1])?.map(|(index, _)| index).collect();
    /// assert_eq!(order, [1, 0]);
    /// # Ok::<(), poolscope::error::Error>(())
    /// ```
    pub fn imap_unordered<I>(&self, function: &FunctionSpec, inputs: I) -> Result<ImapUnordered<'_>>
    where
        I: IntoIterator<Item: Into<Value>>,
        I::IntoIter: Send + 'static,
    {
        let (call, backpressure) = self.stream(function, inputs.into_iter(), Order::Finished)?;
        Ok(ImapUnordered::new(self, call, backpressure))
    }

    /// Takes no more calls; those that run go on. A call after it is an error.
    ///
    /// Python: `Pool.close`.
    pub fn close(&self) {
        self.calls.close();
    }

    /// Takes no more calls and waits for those that run.
    ///
    /// Python: `Pool.close` and `Pool.join`.
    ///
    /// ```
    /// # use poolscope::function::FunctionSpec;
    /// # use poolscope::pool::Pool;
    /// # poolscope::pool::serve_if_host();
    /// # let pool = Pool::builder().workers(2).build()?;
    /// let pending = pool.map_async(&FunctionSpec::builtin("sleep_ms", [])?, [20])?;
    /// pool.join();
    /// assert!(pending.is_ready());
    /// # Ok::<(), poolscope::error::Error>(())
    /// ```
    pub fn join(self) {
        self.calls.close();
        self.calls.running().iter().for_each(|call| call.wait());
    }

    /// Takes no more calls and ends those that run at once, whatever they are doing, also from another thread. What
    /// is finished stays; other outcomes are errors in the state [`RowState::Stopped`](super::RowState::Stopped) or
    /// [`RowState::NotRun`](super::RowState::NotRun). When it returns, no process of the pool is left.
    ///
    /// Python: `Pool.terminate`.
    pub fn terminate(&self) {
        self.calls.close();
        let running = self.calls.running();
        running.iter().for_each(|call| call.stop());
        running.iter().for_each(|call| call.wait());
    }

    fn stream(
        &self,
        function: &FunctionSpec,
        inputs: impl Iterator<Item: Into<Value>> + Send + 'static,
        order: Order,
    ) -> Result<(Arc<Call>, Arc<Backpressure>)> {
        let backpressure = Arc::new(Backpressure::new(self.bound()));
        let reader = Arc::clone(&backpressure);
        let job = self.job(function, Column::default(), order);
        let read = move |feed: &mut super::InputSender| reader.feed(inputs, feed);
        let call = self.calls.begin(|| Call::start_stream(job, &self.launch, read));
        // Where the pool was closed meanwhile, nobody will take what the reader waits for.
        Ok((call.inspect_err(|_| backpressure.close())?, backpressure))
    }

    fn bound(&self) -> Bound {
        let chunk = if let ChunkRule::Fixed(items) = self.settings.chunk { items.into() } else { 1 };
        let workers_with_chunks = chunk * self.settings.workers as u64;
        self.in_flight.map_or(Bound::Growing { workers_with_chunks }, Bound::Fixed)
    }

    fn job(&self, function: &FunctionSpec, inputs: Column, order: Order) -> Job {
        Job {
            inputs_name: "a Rust program".to_owned(),
            inputs: Arc::new(inputs),
            function: function.clone(),
            settings: Settings { order, ..self.settings },
        }
    }

    fn calls(&self) -> &RunningCalls {
        &self.calls
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.terminate();
    }
}
