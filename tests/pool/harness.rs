//! Starts runs and waits for what they should come to.

#![cfg_attr(not(unix), allow(dead_code, reason = "many of the tests that use it need Unix"))]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use poolscope::function::FunctionSpec;
use poolscope::input;
use poolscope::pool::{self, ChunkRule, Job, Launch, Mode, RowState, Run, RunLog, RunSnapshot, Settings};
use poolscope::value::{Column, Value};

/// Far beyond what any of these runs takes, even on a machine that does much else.
const DEADLINE: Duration = Duration::from_secs(180);

/// Both modes, for tests that must hold in each.
pub const MODES: [Mode; 2] = [Mode::Process, Mode::Thread];

/// A job in the making.
pub struct Pool {
    job: Job,
    params: Vec<(String, String)>,
}

/// Four workers of `mode` that run `function` over `inputs`, as they would be typed.
pub fn pool(mode: Mode, function: &str, inputs: &str) -> Pool {
    let inputs = if inputs.is_empty() { Column::None(1) } else { input::parse_typed(inputs).unwrap() };
    let settings = Settings { mode, workers: 4, ..Settings::default() };
    let function = FunctionSpec::builtin(function, []).unwrap();
    let job = Job { inputs_name: "typed inputs".into(), inputs: Arc::new(inputs), function, settings };
    Pool { job, params: Vec::new() }
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
        self.params.push((key.to_owned(), value.to_owned()));
        let name = self.job.function.name().to_owned();
        let params = self.params.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        self.job.function = FunctionSpec::builtin(&name, params).unwrap();
        self
    }

    /// This function in place of the one that was named.
    pub fn function(mut self, function: FunctionSpec) -> Self {
        self.job.function = function;
        self
    }

    pub fn params(self, params: &[(&str, &str)]) -> Self {
        params.iter().fold(self, |pool, (key, value)| pool.param(key, value))
    }

    pub fn settings(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.job.settings);
        self
    }

    pub fn start(self) -> Run {
        self.start_with(&launch())
    }

    /// Starts the run and waits for its end.
    pub fn finish(self) -> Arc<RunSnapshot> {
        let run = self.start();
        wait_until(&run, "the end of the run", RunLog::is_finished);
        run.join()
    }

    /// Over these inputs in place of those that were typed.
    pub fn inputs(mut self, inputs: impl Into<Column>) -> Self {
        self.job.inputs = Arc::new(inputs.into());
        self
    }

    pub fn start_with(self, launch: &Launch) -> Run {
        pool::start(self.job, launch, Arc::new(|| {})).unwrap()
    }
}

/// Hosts are the program under test, not the test.
pub fn launch() -> Launch {
    Launch { program: PathBuf::from(env!("CARGO_BIN_EXE_poolscope")), niceness: 0 }
}

/// Hosts are what this script for `/bin/sh` makes of them. `$program` is the program under test and `$folder` a place for
/// files of the script's own.
pub fn script(folder: &Path, body: &str) -> Launch {
    let program = folder.join("host.sh");
    let text = format!(
        "#!/bin/sh\nprogram={}\nfolder={}\n[ \"$2\" = keep ] && exec $program \"$@\"\n{body}\n",
        env!("CARGO_BIN_EXE_poolscope"),
        folder.display()
    );
    // Written by another process: what this one holds open for writing while a test beside starts a process is open in
    // that one too for a moment, and cannot be executed then.
    let writing = ["-c", "cat >\"$0\"; chmod +x \"$0\"", program.to_str().unwrap()];
    let mut writer = Command::new("sh").args(writing).stdin(Stdio::piped()).spawn().unwrap();
    writer.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    assert!(writer.wait().unwrap().success());
    Launch { program, niceness: 0 }
}

/// Waits until the record shows what is awaited.
pub fn wait_until(run: &Run, what: &str, is_so: impl Fn(&RunLog) -> bool) {
    until(run, DEADLINE, what, |snapshot| is_so(&snapshot.log));
}

/// Waits until a run comes to something; fails with how everything in it stands when `deadline` passes.
pub fn until(run: &Run, deadline: Duration, what: &str, is_so: impl Fn(&RunSnapshot) -> bool) {
    wait_within(deadline, what, || is_so(&run.snapshot()), || state_of(&run.snapshot()));
}

/// Waits until something is so; otherwise fails with how things stand.
pub fn wait_for(what: &str, is_so: impl Fn() -> bool, how_it_stands: impl Fn() -> String) {
    wait_within(DEADLINE, what, is_so, how_it_stands);
}

fn wait_within(deadline: Duration, what: &str, is_so: impl Fn() -> bool, how_it_stands: impl Fn() -> String) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < deadline, "waited in vain for {what}: {}", how_it_stands());
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// All that helps to understand a run that hangs: the dispatcher's record, its lanes, and what the system says of each
/// host, of each thread in it, and of the threads of this program.
pub fn state_of(snapshot: &RunSnapshot) -> String {
    let RunSnapshot { log, live, host_pids, now_ns } = snapshot;
    let mut text = String::new();
    let mut say = |line: String| text.push_str(&(line + "\n"));
    say(format!("{:?} at {:.3} s, {:?}", log.state, *now_ns as f64 / 1e9, log.counts));
    say(format!(
        "workers {}, chunk {}, paused {}, draining {}, hosts started {}, audit {:?}",
        log.workers, log.chunk_items, log.is_paused, log.is_draining, log.hosts_started, log.audit
    ));
    let unfinished: Vec<String> = (log.released..log.counts.total)
        .filter_map(|index| log.row(index).filter(|row| !row.state.is_final()))
        .take(20)
        .map(|row| format!("{} ({:?}, try {})", row.index, row.state, row.attempts))
        .collect();
    say(format!("rows without an end, the first 20: {}", unfinished.join(", ")));
    for (place, lane) in log.lanes.iter().enumerate() {
        say(format!(
            "lane {}{}: {} items, {} lives, last {:?}, now {:?}",
            place + 1,
            if lane.is_for_suspects { " (for suspects)" } else { "" },
            lane.items,
            lane.lives.len(),
            lane.lives.last(),
            live.get(place)
        ));
    }
    host_pids.iter().for_each(|pid| say(process(*pid)));
    say(format!("this program: {}", process(std::process::id())));
    let first = log.messages.len().saturating_sub(40).max(log.messages.dropped());
    log.messages.iter_from(first).for_each(|message| say(format!("message: {}", message.text())));
    text
}

/// What the system says of a process and its threads: state, and where in the system each waits.
fn process(pid: u32) -> String {
    let mut text = format!("process {pid}: {}", state_in(&format!("/proc/{pid}")));
    for thread in std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten() {
        // Writing to a String cannot fail.
        let _ = write!(text, "\n    thread {}", state_in(&thread.path().to_string_lossy()));
    }
    text
}

/// "4711 (worker 1) S in futex_do_wait".
fn state_in(folder: &str) -> String {
    let read = |name: &str| std::fs::read_to_string(format!("{folder}/{name}")).unwrap_or_default();
    let stat = read("stat");
    let Some((name, rest)) = stat.rsplit_once(')') else { return "gone".to_owned() };
    format!("{name}) {} in {}", rest.split_whitespace().next().unwrap_or("?"), read("wchan"))
}

/// Every input has exactly one final row, the totals agree, and nothing is left over.
pub fn check_end(log: &RunLog) {
    let states: Vec<RowState> = (0..log.counts.total).map(|index| log.row(index).unwrap().state).collect();
    let open = states.iter().position(|state| !state.is_final());
    assert!(open.is_none(), "row {open:?} has no end: {:?}", log.counts);
    let ok = states.iter().filter(|state| **state == RowState::Ok).count() as u64;
    assert_eq!((log.counts.ok, log.counts.done()), (ok, log.counts.total));
    let audit = log.audit.as_ref().expect("a run that is over was audited");
    assert!(audit.is_clean(), "{:?}", audit.named);
}

/// The error of row `index`, which must have failed.
pub fn error_of(log: &RunLog, index: u64) -> String {
    let row = log.row(index).unwrap();
    assert_eq!(row.state, RowState::Failed, "row {index}: {row:?}");
    row.error().unwrap_or_default().into_owned()
}

/// All messages, those of the pool too.
pub fn texts(log: &RunLog) -> Vec<String> {
    log.messages.iter_from(0).map(|message| message.text().into_owned()).collect()
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
    let status = Command::new("kill").args([signal, &pid.to_string()]).status().unwrap();
    assert!(status.success(), "kill {signal} {pid}");
}

/// The same to a process that may be gone.
pub fn try_kill(signal: &str, pid: u32) {
    let _ = Command::new("kill").args([signal, &pid.to_string()]).stderr(Stdio::null()).status();
}

/// Waits for the end of a run, sees that it was a sound one, and gives its record.
pub fn finish(run: Run) -> RunLog {
    wait_until(&run, "the end of the run", RunLog::is_finished);
    let log = run.join().log.clone();
    check_end(&log);
    log
}
