//! Beyond the common claims: what starting, sharing out and order cost, and where more workers do not help.

use super::{COUNT_DOWN, FETCH, Lesson, LessonRun, Shown, Workers, code, run};
use crate::lessons::Workers::{Of, OnePerCore, PerCore};
use crate::lessons::judge::beyond;
use crate::pool::ChunkRule::{self, Auto, Fixed};
use crate::pool::Mode::{self, Process, Thread};
use crate::pool::examples::{ExampleCode, Runs};

const STARTING: ExampleCode = code!("lessons", "starting.py");
const CHUNKS: ExampleCode = code!("lessons", "chunks.py");
const DRAWING: ExampleCode = code!("lessons", "drawing.py");
const NESTING: ExampleCode = code!("lessons", "nesting.py");

/// A run of a built-in function, with the parameters that it has by itself.
const fn built_in(
    title: &'static str,
    name: &'static str,
    inputs: &'static str,
    (mode, workers, chunk): (Mode, Workers, ChunkRule),
) -> LessonRun {
    LessonRun { title, runs: Runs::Builtin(name), inputs, mode, workers, chunk, shown: Shown::Nothing }
}

/// The function starts threads and processes itself: the pool has one worker.
const STARTS: [LessonRun; 3] = [
    run("ten threads", (STARTING, "start_us"), "[\"thread\"]", Process, Of(1)),
    run("ten processes by fork", (STARTING, "start_us"), "[\"fork\"]", Process, Of(1)),
    run("ten processes by spawn", (STARTING, "start_us"), "[\"spawn\"]", Process, Of(1)),
];
/// The first eight of twenty items are serial, which is two fifths: where the part is smaller, what two cores gain with it is
/// hardly to be told from what they gain without one. Threads, since the lock that makes them wait is in their process.
const SERIAL: &str = "serial_then_parallel";
const SERIAL_ITEMS: &str = "[300_000] * 20";
const PARTLY_SERIAL: [LessonRun; 2] = [
    built_in("one worker", SERIAL, SERIAL_ITEMS, (Thread, Of(1), Auto)),
    built_in("one worker per core", SERIAL, SERIAL_ITEMS, (Thread, OnePerCore, Auto)),
];
const SHORT_ITEMS: &str = "1..500_000";
/// The last one is for the plot: its bars are of what measures, and not of what is measured.
const ONE_BY_ONE_AND_IN_CHUNKS: [LessonRun; 3] = [
    built_in("this program, one by one", "double", SHORT_ITEMS, (Process, Of(2), Fixed(1))),
    built_in("this program, in chunks", "double", SHORT_ITEMS, (Process, Of(2), Auto)),
    run("Python's own pool", (CHUNKS, "us_per_item"), "[1, 2, 5, 10, 20, 50, 100, 500]", Process, Of(1)),
];
/// Waits, so that it comes out alike however many cores there are.
const LAST_AND_FIRST: [LessonRun; 2] = [
    run(
        "the long one last",
        FETCH,
        "0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 1",
        Thread,
        Of(4),
    ),
    run(
        "the long one first",
        FETCH,
        "1, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25",
        Thread,
        Of(4),
    ),
];
/// Short enough that there are some for each worker of a large machine.
const MANY_COUNTDOWNS: &str = "[1_000_000] * 160";
const OVERSUBSCRIBED: [LessonRun; 2] = [
    run("one process per core", COUNT_DOWN, MANY_COUNTDOWNS, Process, PerCore(1)),
    run("four processes per core", COUNT_DOWN, MANY_COUNTDOWNS, Process, PerCore(4)),
];
/// Several times in turns, since a thread may find itself on another core meanwhile; those two that are compared follow each
/// other. See `judge::beyond::steps_ns`.
const NEIGHBOURS: [LessonRun; 1] = [built_in(
    "one worker, which starts two threads",
    "counters_apart",
    "[128, 8, 16, 32, 64, 256] * 12",
    (Process, Of(1), Auto),
)];
const DRAWS: [LessonRun; 2] = [
    run("four processes", (DRAWING, "draw"), "1..20", Process, Of(4)),
    run("four threads", (DRAWING, "draw"), "1..20", Thread, Of(4)),
];
const SUMS: &str = "[1_500_000] * 64";
const POOLS: [LessonRun; 2] = [
    run("one pool", (NESTING, "alone"), SUMS, Process, PerCore(1)),
    run("a pool in each worker", (NESTING, "nested"), SUMS, Process, PerCore(1)),
];

pub(super) const BEYOND: [Lesson; 8] = [
    Lesson {
        name: "start-up",
        topic: "starting",
        claim: "To start a process takes far longer than to start a thread.",
        question: "How much longer does it take to start a process with an interpreter of its own (`spawn`) than a thread?",
        choices: ["about as long", "about ten times as long", "a hundred times as long, or more"],
        otherwise: "It would matter less with workers that are started once and run many items: that is what a pool is for.",
        runs: &STARTS,
        is_timed: false,
        judge: beyond::start_up,
    },
    Lesson {
        name: "amdahl",
        topic: "limits",
        claim: "A part that one worker does alone limits what all others gain.",
        question: "Two fifths of the work are done by one worker alone. How much faster than one worker is a worker for each core?",
        choices: ["as many times as there are cores", "less: 1 / (0.4 + 0.6 / cores)", "not at all"],
        otherwise: "It would be otherwise with a smaller serial part: change `serial_items`, and see what Amdahl's law says of \
                    it. Beyond 1 / (serial part) no number of workers leads.",
        runs: &PARTLY_SERIAL,
        is_timed: true,
        judge: beyond::amdahl,
    },
    Lesson {
        name: "chunk-size",
        topic: "handing over",
        claim: "Many short items cost more one by one than in chunks.",
        question: "`Pool.map` hands 5,000 short items to two workers one by one. How much longer does that take than 500 at a time?",
        choices: ["about as long", "about three times as long", "ten times as long, or more"],
        otherwise: "It would be otherwise with long items: then chunks save little, and a worker may be left with a whole \
                    chunk while the others have nothing to do.",
        runs: &ONE_BY_ONE_AND_IN_CHUNKS,
        is_timed: false,
        judge: beyond::chunk_size,
    },
    Lesson {
        name: "long-item-last",
        topic: "order",
        claim: "The same items take longer where the long one comes last.",
        question: "Four workers: twelve items of 0.25 s and one of 1 s. How much longer does it take with that one last than first?",
        choices: ["about as long", "about 1.7 times as long", "about four times as long"],
        otherwise: "It would be otherwise with items that are about equally long, or with so many that one hardly counts.",
        runs: &LAST_AND_FIRST,
        is_timed: false,
        judge: beyond::long_item_last,
    },
    Lesson {
        name: "too-many-workers",
        topic: "oversubscription",
        claim: "For computing, four workers per core are not faster than one.",
        question: "The same countdowns with four processes for each core. How much faster is that than with one for each?",
        choices: ["four times", "about twice", "not at all"],
        otherwise: "It would be otherwise if the items waited: a worker that waits leaves its core to another one.",
        runs: &OVERSUBSCRIBED,
        is_timed: true,
        judge: beyond::too_many_workers,
    },
    Lesson {
        name: "false-sharing",
        topic: "memory",
        claim: "Two threads slow each other down by counters that are neighbours.",
        question: "Two threads raise a counter each, 8 bytes apart. How long does a step take, compared with 128 bytes apart?",
        choices: [
            "about as long: each has its own",
            "several times as long",
            "less: they are closer together",
        ],
        otherwise: "It would be otherwise on one core, or on two hyperthreads of one, which have one cache, and with counters in \
                    lines of their own.",
        runs: &NEIGHBOURS,
        is_timed: true,
        judge: beyond::false_sharing,
    },
    Lesson {
        name: "same-seed",
        topic: "random numbers",
        claim: "Processes that begin with the same seed draw the same numbers.",
        question: "Four processes, each with `Random(42)`, draw twenty numbers in all. How many of these are different?",
        choices: ["all twenty", "fewer: they draw the same ones", "one: it is always the first"],
        otherwise: "It would be otherwise with a seed for each item or worker, or with none: then the system gives each \
                    process another one.",
        runs: &DRAWS,
        is_timed: false,
        judge: beyond::same_seed,
    },
    Lesson {
        name: "nested-pool",
        topic: "nesting",
        claim: "A pool in each worker multiplies the processes, and is not faster.",
        question: "One process per core, and each opens a pool for its item. How much faster is that than one pool without others?",
        choices: ["as many times as there are cores", "about half as fast again", "not at all"],
        otherwise: "It would be otherwise if there were fewer items than cores: then the inner pools had cores to use.",
        runs: &POOLS,
        is_timed: true,
        judge: beyond::nested_pool,
    },
];
