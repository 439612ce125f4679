//! The rows: what each measures in one turn, and what it should come to.

use std::process::Command;
use std::time::Instant;

use poolscope::pool::{ChunkRule, Mode};
use poolscope::value::{Blobs, Column, Value};

use super::channels;
use super::figure::{ENGINE, Figure, RAYON, Target};
use super::work::{Took, Work, assert_clean, pool_of, program, wait_until};

const WORKERS: usize = 2;
const CHUNK1_ITEMS: usize = 1_000_000;
const AUTO_ITEMS: usize = 10_000_000;
/// Long enough that the start of the processes is not what is measured.
const CPU_ITEMS: usize = 60_000;
/// Points of `estimate_pi` that take about 50 us on the machine of the figures. A number and not a time, so that all
/// do the same work; what an item takes elsewhere is printed.
const CPU_POINTS: i64 = 15_000;
const ECHO_ITEMS: usize = 256;
const ECHO_BYTES: usize = 1 << 20;
const HANGING_WORKERS: usize = 8;
/// What takes milliseconds is measured so much more often.
const SHORT_TURNS: usize = 4;

const FROM_READY: &str = "from the first worker ready";

/// A row of the table.
pub struct Row {
    pub name: &'static str,
    pub what: &'static str,
    /// Makes what one turn needs, such as inputs; gives what measures it.
    prepare: fn() -> Turn,
}

/// Measures everything of a row once, or a few times where that is short.
type Turn = Box<dyn FnMut() -> Vec<Figure>>;

/// All rows, in the order in which they are measured.
pub const ROWS: [Row; 9] = [
    Row {
        name: "chunk1",
        what: "processes, double, chunk 1, 1 M items, each with its span",
        prepare: chunk1,
    },
    Row { name: "auto", what: "processes, double, chunk auto, 10 M items in memory", prepare: auto },
    Row { name: "cpu-thread", what: "threads, 60,000 CPU-bound items of about 50 us", prepare: cpu_thread },
    Row { name: "cpu-process", what: "processes, the same items, chunk auto", prepare: cpu_process },
    Row { name: "echo", what: "processes, echo of 256 payloads of 1 MiB", prepare: echo },
    Row { name: "start", what: "a pool of 4, five items, exit", prepare: start },
    Row {
        name: "memory",
        what: "memory of the parent, processes, double, 10 M items recorded",
        prepare: memory,
    },
    Row {
        name: "stop",
        what: "Stop of 8 workers that hang, until the audit found nothing left",
        prepare: stop,
    },
    Row { name: "replace", what: "a worker killed at work, until the next one is ready", prepare: replace },
];

/// Measures a row in so many turns.
pub fn measure(row: &Row, times: u8) -> Vec<Figure> {
    let mut turn = (row.prepare)();
    let mut figures = turn();
    for _ in 1..times {
        for (figure, new) in figures.iter_mut().zip(turn()) {
            figure.values.extend(new.values);
        }
    }
    for figure in &mut figures {
        figure.row = row.name;
    }
    figures
}

fn figure(who: &'static str, unit: &'static str, values: Vec<f64>) -> Figure {
    Figure { row: "", who, unit, items: None, target: None, values }
}

impl Figure {
    fn of_items(mut self, items: usize) -> Self {
        self.items = Some(items as u64);
        self
    }

    fn at_most(mut self, at_most: f64) -> Self {
        self.target = Some(Target { at_most, times: None });
        self
    }

    fn at_most_times(mut self, at_most: f64, who: &'static str) -> Self {
        self.target = Some(Target { at_most, times: Some(who) });
        self
    }
}

/// The engine, the same without the start of its processes, rayon, and what CPU time the engine took.
fn beside_rayon<T: Send>(work: &Work, cell: impl Fn(Value) -> T + Sync) -> Vec<Figure> {
    let rayon_s = work.rayon(cell);
    let Took { whole_s, from_ready_s, cpu_s, .. } = work.engine();
    let mut figures: Vec<Figure> = [(ENGINE, whole_s), (FROM_READY, from_ready_s), (RAYON, rayon_s)]
        .map(|(who, took_s)| figure(who, "s", vec![took_s]).of_items(work.inputs.len()))
        .into();
    let cpu = cpu_s
        .into_iter()
        .flat_map(|cpu_s| ["the engine's parent", "the engine's workers"].into_iter().zip(cpu_s));
    figures.extend(cpu.map(|(who, cpu_s)| figure(who, "CPU s", vec![cpu_s])));
    figures
}

/// The same with what the engine may take at most.
fn within<T: Send>(at_most: f64, work: &Work, cell: impl Fn(Value) -> T + Sync) -> Vec<Figure> {
    let mut figures = beside_rayon(work, cell).into_iter();
    figures.next().map(|engine| engine.at_most_times(at_most, RAYON)).into_iter().chain(figures).collect()
}

fn doubled(items: usize, chunk: ChunkRule) -> Work {
    let inputs = Column::Int((0..items as i64).collect());
    Work::new("double", &[], inputs, pool_of(WORKERS, Mode::Process, chunk))
}

fn integer(value: Value) -> i64 {
    if let Value::Int(number) = value { number } else { panic!("an integer comes of an integer: {value:?}") }
}

fn chunk1() -> Turn {
    let work = doubled(CHUNK1_ITEMS, ChunkRule::Fixed(1));
    Box::new(move || beside_rayon(&work, integer))
}

fn auto() -> Turn {
    let work = doubled(AUTO_ITEMS, ChunkRule::Auto);
    Box::new(move || within(4.0, &work, integer))
}

fn cpu_thread() -> Turn {
    cpu(Mode::Thread, 1.03)
}

fn cpu_process() -> Turn {
    cpu(Mode::Process, 1.05)
}

fn cpu(mode: Mode, at_most: f64) -> Turn {
    let work = estimates(mode, CPU_POINTS, CPU_ITEMS);
    let float = |value: Value| if let Value::Float(pi) = value { pi } else { panic!("pi is no {value:?}") };
    Box::new(move || {
        let mut figures = within(at_most, &work, float);
        let item_us = figures[2].values[0] * 1e6 * WORKERS as f64 / CPU_ITEMS as f64;
        figures.push(figure("an item, by rayon", "us", vec![item_us]));
        figures
    })
}

fn estimates(mode: Mode, points: i64, items: usize) -> Work {
    Work::new("estimate_pi", &[], Column::Int(vec![points; items]), pool_of(WORKERS, mode, ChunkRule::Auto))
}

fn echo() -> Turn {
    let mut payloads = Blobs::default();
    for number in 0..ECHO_ITEMS {
        payloads.push(&vec![number as u8; ECHO_BYTES]);
    }
    let pool = pool_of(WORKERS, Mode::Process, ChunkRule::Auto);
    let work = Work::new("echo", &[], Column::Bytes(payloads), pool);
    let bytes = |value: Value| if let Value::Bytes(bytes) = value { bytes } else { panic!("{value:?}") };
    Box::new(move || {
        let mut figures = beside_rayon(&work, bytes);
        figures.extend(
            channels::echo_s(&work.inputs, WORKERS)
                .map(|took_s| figure("its channels alone", "s", vec![took_s]).of_items(ECHO_ITEMS)),
        );
        figures
    })
}

fn start() -> Turn {
    let inputs = Column::Int((1..=5).collect());
    let work = Work::new("double", &[], inputs, pool_of(4, Mode::Process, ChunkRule::Auto));
    Box::new(move || {
        let (whole, within): (Vec<f64>, Vec<f64>) =
            (0..SHORT_TURNS).map(|_| (whole_program_ms(), work.engine().whole_s * 1e3)).unzip();
        vec![figure(ENGINE, "ms", whole), figure("within a program that runs", "ms", within)]
    })
}

/// The program as a person calls it, from the start of its process to its end.
fn whole_program_ms() -> f64 {
    let mut command = Command::new(program());
    command.args(["run", "-w", "4", "-m", "process", "-f", "double", "1", "2", "3", "4", "5"]);
    let begun = Instant::now();
    let output = command.output().expect("the program runs");
    let took_ms = begun.elapsed().as_secs_f64() * 1e3;
    assert_eq!(output.stdout, b"2\n4\n6\n8\n10\n", "{output:?}");
    took_ms
}

/// In a process of its own: what other rows left in this one would be counted, or used again and not counted.
fn memory() -> Turn {
    Box::new(|| {
        let itself = std::env::current_exe().expect("the file of this program");
        let output = Command::new(itself).arg("--memory-alone").output().expect("this program runs");
        let text = String::from_utf8_lossy(&output.stdout);
        let numbers: Vec<f64> = text.split_whitespace().filter_map(|number| number.parse().ok()).collect();
        let [per_item, peak_mb, inputs_mb] = numbers[..] else {
            eprintln!("memory: skipped, for want of /proc ({output:?})");
            return Vec::new();
        };
        vec![
            figure(ENGINE, "bytes", vec![per_item]).at_most(40.0),
            figure("the most at once, inputs too", "MB", vec![peak_mb]).at_most(600.0),
            figure("of these, the inputs", "MB", vec![inputs_mb]),
        ]
    })
}

/// Bytes an item that this process grew by while a run was recorded, the most it ever held, and what inputs take.
pub fn memory_alone() -> String {
    let work = doubled(AUTO_ITEMS, ChunkRule::Auto);
    let before = status_bytes("VmRSS:");
    let Took { run, .. } = work.engine();
    let (Some(before), Some(after), Some(peak)) = (before, status_bytes("VmRSS:"), status_bytes("VmHWM:"))
    else {
        return "this system does not tell what memory a process holds".to_owned();
    };
    // The record must still be there when the memory is read.
    drop(run);
    let per_item = (after - before) / AUTO_ITEMS as f64;
    format!("{per_item} {} {}", peak / 1e6, work.inputs.size_bytes() as f64 / 1e6)
}

/// A line of what Linux says about this process.
fn status_bytes(key: &str) -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(key))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok()? * 1024.0)
}

fn stop() -> Turn {
    Box::new(|| {
        let times = |busy: &str| (0..SHORT_TURNS).map(|_| stop_ms(busy)).collect();
        vec![
            figure(ENGINE, "ms", times("0")).at_most(300.0),
            figure("where they compute meanwhile", "ms", times("1")).at_most(300.0),
        ]
    })
}

fn stop_ms(busy: &str) -> f64 {
    let inputs = Column::Int((0..HANGING_WORKERS as i64).collect());
    let pool = pool_of(HANGING_WORKERS, Mode::Process, ChunkRule::Auto);
    let run = Work::new("hang", &[("busy", busy)], inputs, pool).start();
    wait_until(&run, "all workers to hang", |run| {
        run.live.iter().filter(|lane| lane.executing.is_some()).count() == HANGING_WORKERS
    });
    let begun = Instant::now();
    run.stop();
    let run = run.join();
    let took_ms = begun.elapsed().as_secs_f64() * 1e3;
    assert_clean(&run);
    took_ms
}

fn replace() -> Turn {
    let work = estimates(Mode::Process, CPU_POINTS * 200, 60);
    Box::new(move || {
        let (replaced, from_kill): (Vec<f64>, Vec<f64>) =
            (0..SHORT_TURNS).map(|_| replaced_ms(&work)).unzip();
        vec![figure(ENGINE, "ms", replaced).at_most(50.0), figure("from the kill on", "ms", from_kill)]
    })
}

/// From the death of a worker, as the engine noticed it, to its successor; and the same from before the kill.
fn replaced_ms(work: &Work) -> (f64, f64) {
    let run = work.start();
    wait_until(&run, "all workers to work", |run| run.log.lanes.iter().all(|lane| lane.items > 0));
    let snapshot = run.snapshot();
    let pid = snapshot.log.lanes[0].pid().expect("a worker that works has a process");
    let killed_ns = snapshot.log.plan.started.elapsed().as_nanos() as u64;
    kill(pid);
    let run = run.join();
    assert_clean(&run);
    let death = run.log.deaths.last().expect("it was killed");
    let replaced = death.replaced_after.expect("the run went on long enough");
    let ready_ns = death.at_ns + replaced.as_nanos() as u64;
    (replaced.as_secs_f64() * 1e3, ready_ns.saturating_sub(killed_ns) as f64 / 1e6)
}

fn kill(pid: u32) {
    let status = Command::new("kill").args(["-9", &pid.to_string()]).status();
    assert!(status.is_ok_and(|status| status.success()), "kill -9 {pid}");
}
