//! One piece of work, done by the engine and by rayon alone.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use poolscope::function::{CallContext, Console, FunctionSpec, OutputStream};
use poolscope::pool::{self, ChunkRule, Job, Launch, Mode, Run, RunSnapshot, Settings};
use poolscope::value::{Column, Value, ValueRef};
use rayon::prelude::*;

/// How long anything is waited for that should take milliseconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// A function, its inputs, and the pool that the engine gives them.
pub struct Work {
    pub function: FunctionSpec,
    pub inputs: Arc<Column>,
    pub settings: Settings,
}

/// What a run of the engine took.
pub struct Took {
    /// From Start until the record is finished and no process is left.
    pub whole_s: f64,
    /// The same from the first worker that was ready.
    pub from_ready_s: f64,
    /// CPU time of this process and of its workers meanwhile, where the system tells: it says more than the time where
    /// others share the machine.
    pub cpu_s: Option<[f64; 2]>,
    pub run: Arc<RunSnapshot>,
}

impl Work {
    /// `params` are those of the function, as a person writes them.
    pub fn new(function: &str, params: &[(&str, &str)], inputs: Column, settings: Settings) -> Self {
        let function = FunctionSpec::builtin(function, params.iter().copied());
        Self { function: function.expect("a function of the catalogue"), inputs: Arc::new(inputs), settings }
    }

    /// Starts a run of the engine.
    pub fn start(&self) -> Run {
        let job = Job {
            inputs_name: "numbers in memory".to_owned(),
            inputs: Arc::clone(&self.inputs),
            function: self.function.clone(),
            settings: self.settings,
        };
        pool::start(job, &launch(), Arc::new(|| {})).expect("a run")
    }

    /// One run of the engine, from Start to its end. All items must have gone through and nothing be left over.
    pub fn engine(&self) -> Took {
        let cpu_before_s = cpu_s();
        let begun = Instant::now();
        let run = self.start().join();
        let whole_s = begun.elapsed().as_secs_f64();
        let cpu_s =
            cpu_s().zip(cpu_before_s).map(|(after, before)| [after[0] - before[0], after[1] - before[1]]);
        let log = &run.log;
        assert_eq!((log.counts.ok, log.counts.total), (self.inputs.len() as u64, self.inputs.len() as u64));
        assert_clean(&run);
        let startup_s = log.startup_ns.unwrap_or_default() as f64 / 1e9;
        Took { whole_s, from_ready_s: whole_s - startup_s, cpu_s, run }
    }

    /// The same by rayon alone, in seconds: as many threads, the same function called for each item, and its results
    /// collected in order. `cell` takes a result out of its wrapping: what is kept is as compact as can be, or the
    /// limit would be a soft one.
    pub fn rayon<T: Send>(&self, cell: impl Fn(Value) -> T + Sync) -> f64 {
        let function = self.function.load().expect("a function of the catalogue");
        let call = |index: usize| {
            let cx = CallContext { worker: 1, index: index as u64, console: &Silent, is_thread: true };
            let input = self.inputs.get(index).unwrap_or(ValueRef::None);
            cell(function.call(&cx, input).expect("these inputs do not fail"))
        };
        let begun = Instant::now();
        let threads = rayon::ThreadPoolBuilder::new().num_threads(self.settings.workers).build();
        let threads = threads.expect("a few threads");
        let outputs: Vec<T> = threads.install(|| (0..self.inputs.len()).into_par_iter().map(call).collect());
        let took_s = begun.elapsed().as_secs_f64();
        assert_eq!(outputs.len(), self.inputs.len());
        took_s
    }
}

/// So many workers of a mode, with this chunk rule.
pub fn pool_of(workers: usize, mode: Mode, chunk: ChunkRule) -> Settings {
    Settings { mode, workers, chunk, ..Settings::default() }
}

/// The program whose processes are the hosts; it was built with this bench.
pub fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_poolscope"))
}

fn launch() -> Launch {
    Launch { program: program(), niceness: 0 }
}

/// Fails where the end of the run found anything left over.
pub fn assert_clean(run: &RunSnapshot) {
    let audit = run.log.audit.as_ref().expect("a run that is over was audited");
    assert!(audit.is_clean(), "left over: {:?}", audit.named);
}

/// Waits until a snapshot shows what is awaited.
pub fn wait_until(run: &Run, what: &str, is_so: impl Fn(&RunSnapshot) -> bool) {
    let begun = Instant::now();
    while !is_so(&run.snapshot()) {
        assert!(begun.elapsed() < PATIENCE, "waited in vain for {what}: {:?}", run.snapshot().log.counts);
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// CPU time of this process, and of the children that it has waited for: user and system together.
fn cpu_s() -> Option<[f64; 2]> {
    const TICKS_A_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // From the third field on: the second may hold anything, in parentheses.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |place: usize| fields.get(place)?.parse::<f64>().ok();
    Some([ticks(11)? + ticks(12)?, ticks(13)? + ticks(14)?].map(|ticks| ticks / TICKS_A_SECOND))
}

struct Silent;

impl Console for Silent {
    fn line(&self, _: OutputStream, _: &str) {}
}
