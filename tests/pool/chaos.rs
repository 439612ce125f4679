//! Chaos: hosts are killed, suspended and made to fault at random, from outside and by hand, while a run goes on. Every input must have exactly one
//! row with the right value all the same, nothing may hang, and nothing may be left.
//!
//! Functions of all kinds are run; that in Python also harms its own process now and then.
//!
//! `POOLSCOPE_CHAOS_KILLS` says how many hosts have to die in all (300 unless told; 2000 is the long run), and
//! `POOLSCOPE_CHAOS_SEED` repeats the strikes of a run that failed, whose seed is printed. When which host is hit within
//! its work is still up to the machine.

use std::time::{Duration, Instant};

use poolscope::function::command::CommandSpec;
use poolscope::function::python::{PythonSource, PythonSpec, find_interpreter};
use poolscope::function::script::ScriptSpec;
use poolscope::function::{Fault, FunctionSpec};
use poolscope::pool::{ChunkRule, Control, Ending, Mode, Run, RunLog, RunState};
use poolscope::value::ValueRef;
use rustix::process::{Pid, Signal, kill_process};

use crate::harness::{check_end, pool, state_of, until};

const KILLS: u64 = 300;
/// Each of mode, chunking and kind of function has its share of the kills.
const SHARES: u64 = 10;
/// A run of these takes a second or two; the deadline is for a machine that does much else.
const DEADLINE: Duration = Duration::from_secs(120);
/// So many strikes in a row that keep the run from moving on are an attack that nothing could stand.
const STRIKES_WITHOUT_PROGRESS: u32 = 6;

#[test]
fn processes_with_chunks_of_one_survive_random_kills() {
    survive(Kind::Builtin, Mode::Process, ChunkRule::Fixed(1));
}

#[test]
fn processes_with_automatic_chunks_survive_random_kills() {
    survive(Kind::Builtin, Mode::Process, ChunkRule::Auto);
}

#[test]
fn threads_with_chunks_of_one_survive_random_kills() {
    survive(Kind::Builtin, Mode::Thread, ChunkRule::Fixed(1));
}

#[test]
fn threads_with_automatic_chunks_survive_random_kills() {
    survive(Kind::Builtin, Mode::Thread, ChunkRule::Auto);
}

#[test]
fn scripts_survive_random_kills() {
    survive(Kind::Script, Mode::Process, ChunkRule::Auto);
    survive(Kind::Script, Mode::Thread, ChunkRule::Auto);
}

#[test]
fn commands_survive_random_kills() {
    survive(Kind::Command, Mode::Process, ChunkRule::Auto);
    survive(Kind::Command, Mode::Thread, ChunkRule::Auto);
}

#[test]
fn python_survives_random_kills_and_what_it_does_to_itself() {
    survive(Kind::Python, Mode::Process, ChunkRule::Auto);
    survive(Kind::Python, Mode::Thread, ChunkRule::Auto);
}

/// What is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Builtin,
    Script,
    Command,
    Python,
}

/// Doubles its input. Now and then it closes, shuts, replaces or forges what its process speaks by, or ends that process.
const HARMFUL: &str = "
import os, random, socket, struct

def each(use):
    for number in range(3, 40):
        try:
            use(number)
        except OSError:
            pass

def forge(kind, content):
    each(lambda number: os.write(number, struct.pack('<IB', 1 + len(content), kind) + content))

HARMS = [
    lambda: os.closerange(3, 64),
    lambda: each(lambda number: socket.socket(fileno=os.dup(number)).shutdown(2)),
    lambda: [os.dup2(0, number) for number in range(3, 40)],
    lambda: each(lambda number: os.ftruncate(number, 0)),
    lambda: each(lambda number: os.set_blocking(number, False)),
    lambda: forge(65, b'\\x02'),
    lambda: forge(66, b'\\x02no'),
    lambda: forge(69, b'\\x01\\x00\\x05'),
    lambda: each(lambda number: os.write(number, os.urandom(100))),
    lambda: os.kill(os.getpid(), 9),
    lambda: os._exit(0),
    os.abort,
]

def f(n):
    if random.random() < 0.003:
        random.choice(HARMS)()
    return n * 2
";

impl Kind {
    /// So many make a run of some seconds.
    fn items(self) -> usize {
        match self {
            Self::Builtin | Self::Script => 100_000,
            Self::Command => 1_000,
            Self::Python => 10_000,
        }
    }

    fn function(self) -> FunctionSpec {
        match self {
            Self::Builtin => FunctionSpec::builtin("fibonacci", []).unwrap(),
            Self::Script => {
                let text = "def f(n):\n    return n * 2\n";
                FunctionSpec::Script(ScriptSpec::new("script", text, None).unwrap())
            }
            Self::Command => FunctionSpec::Command(CommandSpec {
                template: "echo {}".into(),
                shell: false,
                stdin: false,
                env: Vec::new(),
                folder: None,
            }),
            Self::Python => {
                let file = std::env::temp_dir().join("chaos.py");
                let source = PythonSource { file, text: HARMFUL.to_owned(), cells: Vec::new() };
                let interpreter = find_interpreter(&source.file).expect("these tests need a python3");
                FunctionSpec::Python(PythonSpec::new(&source, &interpreter, Some("f"), false).unwrap())
            }
        }
    }

    /// What the function gives for an input, as it is shown.
    fn output(self, input: i64) -> String {
        match self {
            Self::Builtin => fibonacci_numbers()[input as usize].to_string(),
            Self::Command => input.to_string(),
            Self::Script | Self::Python => (input * 2).to_string(),
        }
    }
}

fn survive(kind: Kind, mode: Mode, chunk: ChunkRule) {
    let wanted = from_environment("POOLSCOPE_CHAOS_KILLS").unwrap_or(KILLS).div_ceil(SHARES);
    let mut seed = from_environment("POOLSCOPE_CHAOS_SEED").unwrap_or_else(seed_of_now);
    let begun = Instant::now();
    let (mut killed, mut runs) = (0, 0);
    while killed < wanted {
        // Shown where the test fails.
        println!("{kind:?}, {mode}, chunk {chunk}: POOLSCOPE_CHAOS_SEED={seed}");
        killed += one_run(kind, mode, chunk, &mut Dice(seed));
        seed = seed.wrapping_add(1);
        runs += 1;
    }
    println!(
        "{kind:?}, {mode}, chunk {chunk}: {killed} kills in {runs} runs, {:.1} s",
        begun.elapsed().as_secs_f64()
    );
}

/// One run under attack; gives how many hosts died of it.
fn one_run(kind: Kind, mode: Mode, chunk: ChunkRule, dice: &mut Dice) -> u64 {
    let inputs: Vec<i64> = (0..kind.items()).map(|_| input(dice)).collect();
    let job = pool(mode, "fibonacci", "1").function(kind.function()).inputs(inputs.clone()).chunk(chunk);
    let run = job.settings(|settings| settings.item.retries = 20).start();
    strike_until_over(&run, dice);
    // The record says finished a moment before the last snapshot is out.
    until(&run, DEADLINE, "the end of the run", |snapshot| snapshot.log.is_finished());
    let log = &run.join().log;
    assert_eq!(log.state, RunState::Finished(Ending::Completed), "{:?}", log.counts);
    check_end(log);
    check_values(kind, log, &inputs);
    log.counts.hosts_lost
}

/// Mostly very short items, some of a few hundred microseconds.
fn input(dice: &mut Dice) -> i64 {
    if dice.below(50) == 0 { 23 } else { dice.below(19) as i64 }
}

fn check_values(kind: Kind, log: &RunLog, inputs: &[i64]) {
    let expected: Vec<String> = (0..24).map(|input| kind.output(input)).collect();
    let count = inputs.len() as u64;
    assert_eq!((log.counts.total, log.counts.ok), (count, count), "{:?}", log.counts);
    for (index, input) in inputs.iter().enumerate() {
        let row = log.row(index as u64).unwrap();
        let is_right = match row.output {
            Some(ValueRef::Int(output)) => output.to_string() == expected[*input as usize],
            Some(ValueRef::Text(output)) => output == expected[*input as usize],
            _ => false,
        };
        assert!(is_right, "row {index} of input {input}: {row:?}");
    }
}

fn fibonacci_numbers() -> Vec<i64> {
    let pairs = std::iter::successors(Some((0, 1)), |(this, next)| Some((*next, this + next)));
    pairs.map(|(this, _)| this).take(24).collect()
}

/// Hits a random host every few milliseconds until the run is over.
fn strike_until_over(run: &Run, dice: &mut Dice) {
    let begun = Instant::now();
    let (mut done, mut in_vain) = (0, 0);
    loop {
        let snapshot = run.snapshot();
        if snapshot.log.is_finished() {
            return;
        }
        assert!(begun.elapsed() < DEADLINE, "the run hangs: {}", state_of(&snapshot));
        let done_before = std::mem::replace(&mut done, snapshot.log.counts.done());
        in_vain = if done > done_before { 0 } else { in_vain + 1 };
        let pids = &snapshot.host_pids;
        // A pool whose hosts all end before one has loaded the function is given up, rightly.
        let was_ready = snapshot.log.startup_ns.is_some();
        if was_ready && in_vain < STRIKES_WITHOUT_PROGRESS && dice.below(8) == 0 {
            let fault = if dice.below(2) == 0 { Fault::Segfault } else { Fault::Abort };
            run.ask(Control::Inject { worker: 1 + dice.below(4) as usize, fault });
        } else if was_ready && in_vain < STRIKES_WITHOUT_PROGRESS && !pids.is_empty() {
            strike(pids[dice.below(pids.len() as u64) as usize], dice);
        }
        std::thread::sleep(Duration::from_micros(1000 + dice.below(40_000)));
    }
}

fn strike(pid: u32, dice: &mut Dice) {
    match dice.below(10) {
        0 => {
            send(pid, Signal::STOP);
            std::thread::sleep(Duration::from_millis(dice.below(30)));
            send(pid, if dice.below(2) == 0 { Signal::CONT } else { Signal::KILL });
        }
        1 => {
            // Rust's runtime takes the first one for a stack overflow, sees that it is none, and lets the next one do
            // what it does.
            send(pid, Signal::SEGV);
            send(pid, Signal::SEGV);
        }
        2 => send(pid, Signal::ABORT),
        _ => send(pid, Signal::KILL),
    }
}

/// Sends a signal to a host of this program. A snapshot is a moment old: its number may be somebody else's by now.
fn send(pid: u32, signal: Signal) {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let parent = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(1)?.parse().ok());
    if parent == Some(std::process::id())
        && let Some(pid) = Pid::from_raw(pid as i32)
    {
        // It may be gone in this very moment.
        let _ = kill_process(pid, signal);
    }
}

fn from_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn seed_of_now() -> u64 {
    std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64
}

/// SplitMix64 (Steele, Lea and Flood 2014).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}
