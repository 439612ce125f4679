//! Chaos: hosts are killed, suspended and made to fault at random while a run goes on. Every input must have exactly one
//! row with the right value all the same, nothing may hang, and nothing may be left.
//!
//! `POOLSCOPE_CHAOS_KILLS` says how many hosts have to die in all (200 unless told; 2000 is the long run), and
//! `POOLSCOPE_CHAOS_SEED` repeats the strikes of a run that failed, whose seed is printed. When which host is hit within
//! its work is still up to the machine.

use std::time::{Duration, Instant};

use poolscope::pool::{ChunkRule, Ending, Mode, Run, RunLog, RunState};
use poolscope::value::ValueRef;
use rustix::process::{Pid, Signal, kill_process};

use crate::harness::{check_end, pool, state_of, until};

const ITEMS: usize = 100_000;
const KILLS: u64 = 200;
/// Each of mode and chunking has its share of the kills.
const SHARES: u64 = 4;
/// A run of these takes a second or two; the deadline is for a machine that does much else.
const DEADLINE: Duration = Duration::from_secs(120);
/// So many strikes in a row that keep the run from moving on are an attack that nothing could stand.
const STRIKES_WITHOUT_PROGRESS: u32 = 6;

#[test]
fn processes_with_chunks_of_one_survive_random_kills() {
    survive(Mode::Process, ChunkRule::Fixed(1));
}

#[test]
fn processes_with_automatic_chunks_survive_random_kills() {
    survive(Mode::Process, ChunkRule::Auto);
}

#[test]
fn threads_with_chunks_of_one_survive_random_kills() {
    survive(Mode::Thread, ChunkRule::Fixed(1));
}

#[test]
fn threads_with_automatic_chunks_survive_random_kills() {
    survive(Mode::Thread, ChunkRule::Auto);
}

fn survive(mode: Mode, chunk: ChunkRule) {
    let wanted = from_environment("POOLSCOPE_CHAOS_KILLS").unwrap_or(KILLS).div_ceil(SHARES);
    let mut seed = from_environment("POOLSCOPE_CHAOS_SEED").unwrap_or_else(seed_of_now);
    let begun = Instant::now();
    let (mut killed, mut runs) = (0, 0);
    while killed < wanted {
        // Shown where the test fails.
        println!("{mode}, chunk {chunk}: POOLSCOPE_CHAOS_SEED={seed}");
        killed += one_run(mode, chunk, &mut Dice(seed));
        seed = seed.wrapping_add(1);
        runs += 1;
    }
    println!("{mode}, chunk {chunk}: {killed} kills in {runs} runs, {:.1} s", begun.elapsed().as_secs_f64());
}

/// One run under attack; gives how many hosts died of it.
fn one_run(mode: Mode, chunk: ChunkRule, dice: &mut Dice) -> u64 {
    let inputs: Vec<i64> = (0..ITEMS).map(|_| input(dice)).collect();
    let job = pool(mode, "fibonacci", "1").inputs(inputs.clone()).chunk(chunk);
    let run = job.settings(|settings| settings.item.retries = 20).start();
    strike_until_over(&run, dice);
    // The record says finished a moment before the last snapshot is out.
    until(&run, DEADLINE, "the end of the run", |snapshot| snapshot.log.is_finished());
    let log = &run.join().log;
    assert_eq!(log.state, RunState::Finished(Ending::Completed), "{:?}", log.counts);
    check_end(log);
    check_values(log, &inputs);
    log.counts.hosts_lost
}

/// Mostly very short items, some of a few hundred microseconds.
fn input(dice: &mut Dice) -> i64 {
    if dice.below(50) == 0 { 23 } else { dice.below(19) as i64 }
}

fn check_values(log: &RunLog, inputs: &[i64]) {
    let expected = fibonacci_numbers();
    assert_eq!((log.counts.total, log.counts.ok), (ITEMS as u64, ITEMS as u64));
    for (index, input) in inputs.iter().enumerate() {
        let row = log.row(index as u64).unwrap();
        let right = Some(ValueRef::Int(expected[*input as usize]));
        assert!(row.output == right, "row {index} of input {input}: {row:?}");
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
        if in_vain < STRIKES_WITHOUT_PROGRESS && !pids.is_empty() {
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
