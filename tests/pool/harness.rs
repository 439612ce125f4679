//! Starts runs and waits for what they should come to.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use poolscope::function::FunctionSpec;
use poolscope::input;
use poolscope::pool::{self, ChunkRule, Job, Launch, Mode, RowState, Run, RunLog, RunSnapshot, Settings};
use poolscope::value::{Column, Value};

/// Far beyond what any of these runs takes, even on a machine that does much else.
const DEADLINE: Duration = Duration::from_secs(60);

/// Both modes, for tests that must hold in each.
pub const MODES: [Mode; 2] = [Mode::Process, Mode::Thread];

/// A job in the making.
pub struct Pool {
    job: Job,
}

/// Four workers of `mode` that run `function` over `inputs`, as they would be typed.
pub fn pool(mode: Mode, function: &str, inputs: &str) -> Pool {
    let inputs = if inputs.is_empty() { Column::None(1) } else { input::parse_typed(inputs).unwrap() };
    let settings = Settings { mode, workers: 4, ..Settings::default() };
    let function = FunctionSpec::builtin(function, []).unwrap();
    Pool { job: Job { inputs_name: "typed inputs".into(), inputs: Arc::new(inputs), function, settings } }
}

impl Pool {
    pub fn workers(mut self, workers: usize) -> Self {
        self.job.settings.workers = workers;
        self
    }

    pub fn chunk(mut self, chunk: ChunkRule) -> Self {
        self.job.settings.chunk = chunk;
        self
    }

    pub fn param(mut self, key: &str, value: &str) -> Self {
        let name = self.job.function.name().to_owned();
        self.job.function = FunctionSpec::builtin(&name, [(key, value)]).unwrap();
        self
    }

    pub fn start(self) -> Run {
        pool::start(self.job, &launch(), Arc::new(|| {})).unwrap()
    }

    /// Starts the run and waits for its end.
    pub fn finish(self) -> Arc<RunSnapshot> {
        let run = self.start();
        wait_until(&run, "the end of the run", RunLog::is_finished);
        run.join()
    }
}

/// Hosts are the program under test, not the test.
pub fn launch() -> Launch {
    Launch { program: PathBuf::from(env!("CARGO_BIN_EXE_poolscope")), niceness: 0 }
}

/// Waits until the record shows what is awaited.
pub fn wait_until(run: &Run, what: &str, is_so: impl Fn(&RunLog) -> bool) {
    wait_for(what, || is_so(&run.snapshot().log), || state_of(&run.snapshot()));
}

/// Waits until something is so; otherwise fails with how things stand.
pub fn wait_for(what: &str, is_so: impl Fn() -> bool, how_it_stands: impl Fn() -> String) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < DEADLINE, "waited in vain for {what}: {}", how_it_stands());
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn state_of(snapshot: &RunSnapshot) -> String {
    let log = &snapshot.log;
    let messages: Vec<String> = log.messages.iter_from(0).map(|message| message.text.to_string()).collect();
    format!("{:?}\n{:?}\nlanes now: {:?}\nmessages: {messages:#?}", log.state, log.counts, snapshot.live)
}

/// Every input has exactly one final row, the totals agree, and nothing is left over.
pub fn check_end(log: &RunLog) {
    let states: Vec<RowState> = (0..log.counts.total).map(|index| log.row(index).unwrap().state).collect();
    assert!(states.iter().all(|state| state.is_final()), "{states:?}");
    let ok = states.iter().filter(|state| **state == RowState::Ok).count() as u64;
    assert_eq!((log.counts.ok, log.counts.done()), (ok, log.counts.total));
    let audit = log.audit.as_ref().expect("a run that is over was audited");
    assert!(audit.is_clean(), "{:?}", audit.named);
}

/// The error of row `index`, which must have failed.
pub fn error_of(log: &RunLog, index: u64) -> String {
    let row = log.row(index).unwrap();
    assert_eq!(row.state, RowState::Failed, "row {index}: {row:?}");
    row.error.unwrap_or_default().to_owned()
}

pub fn ints(log: &RunLog) -> Vec<i64> {
    let as_int = |value: Value| if let Value::Int(value) = value { value } else { panic!("{value:?}") };
    log.outputs().into_iter().map(as_int).collect()
}

/// Whether a process runs (the dead that nobody has reaped do not).
pub fn is_running(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(')').is_some_and(|(_, rest)| !rest.trim_start().starts_with('Z'))
}

/// Sends a signal as a person at a terminal would.
pub fn kill(signal: &str, pid: u32) {
    let status = std::process::Command::new("kill").args([signal, &pid.to_string()]).status().unwrap();
    assert!(status.success(), "kill {signal} {pid}");
}
