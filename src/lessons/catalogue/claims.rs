//! Common claims in pairs, one about processes and one about threads.

use super::{COUNT_DOWN, FETCH, Lesson, LessonRun, code, run};
use crate::lessons::Shown;
use crate::lessons::Workers::{Of, OnePerCore};
use crate::lessons::judge::claims;
use crate::pool::ChunkRule::Fixed;
use crate::pool::Mode::{Process, Thread};
use crate::pool::examples::ExampleCode;

const COUNTER: ExampleCode = code!("examples", "counter.py");
const CRASH: ExampleCode = code!("examples", "crash.py");
const PASSING: ExampleCode = code!("lessons", "passing.py");
const UPDATES: ExampleCode = code!("lessons", "updates.py");
const MEMORY: ExampleCode = code!("lessons", "memory.py");
const WAITING: ExampleCode = code!("lessons", "waits.py");

const RAISE_COUNTER: (ExampleCode, &str) = (COUNTER, "count");
const COUNTING: [LessonRun; 2] = [
    run("four processes", RAISE_COUNTER, "1..20", Process, Of(4)),
    run("four threads", RAISE_COUNTER, "1..20", Thread, Of(4)),
];
const COUNTDOWNS: &str = "[12_000_000] * 8";
const ONE_WORKER: LessonRun = run("one worker", COUNT_DOWN, COUNTDOWNS, Process, Of(1));
const A_PROCESS_A_CORE: LessonRun = run("one process per core", COUNT_DOWN, COUNTDOWNS, Process, OnePerCore);
const ALONE_AND_ON_ALL_CORES: [LessonRun; 2] = [ONE_WORKER, A_PROCESS_A_CORE];
const UNDER_THE_LOCK: [LessonRun; 3] = [
    ONE_WORKER,
    run("four threads", COUNT_DOWN, COUNTDOWNS, Thread, Of(4)),
    run("four processes", COUNT_DOWN, COUNTDOWNS, Process, Of(4)),
];
const ON_ALL_CORES: [LessonRun; 2] = [
    LessonRun { shown: Shown::Cores, ..A_PROCESS_A_CORE },
    LessonRun {
        shown: Shown::Cores,
        ..run("one thread per core", COUNT_DOWN, COUNTDOWNS, Thread, OnePerCore)
    },
];
/// The last is a function that starts threads itself: the pool has one worker, and the page is not filled by sixty.
const WAITS: [LessonRun; 3] = [
    run("one thread", FETCH, "[0.2] * 16", Thread, Of(1)),
    run("sixteen threads", FETCH, "[0.2] * 16", Thread, Of(16)),
    run("other numbers of threads", (WAITING, "seconds"), "[2, 4, 8, 32]", Process, Of(1)),
];
const CRASHING: (ExampleCode, &str) = (CRASH, "task");
const CRASHES: [LessonRun; 2] = [
    run("four processes", CRASHING, "1..16", Process, Of(4)),
    run("four threads", CRASHING, "1..16", Thread, Of(4)),
];
/// The function starts a second process or thread itself: the pool has one worker, in which both kinds are timed alike.
const SIZES: &str = "[1, 16, 256, 4096, 65536, 1048576, 16777216, 67108864]";
const HAND_OVERS: [LessonRun; 3] = [
    run("between processes", (PASSING, "by_pipe"), SIZES, Process, Of(1)),
    run("between threads", (PASSING, "by_queue"), SIZES, Process, Of(1)),
    run("in shared memory", (PASSING, "by_shared_memory"), SIZES, Process, Of(1)),
];
/// Four workers raise in each of three ways, one item each.
const RAISES: [LessonRun; 1] = [LessonRun {
    chunk: Fixed(1),
    ..run(
        "four threads",
        (UPDATES, "lost"),
        concat!(
            "[\"plain x 500000\", \"plain x 500000\", \"plain x 500000\", \"plain x 500000\", ",
            "\"in steps x 500000\", \"in steps x 500000\", \"in steps x 500000\", \"in steps x 500000\", ",
            "\"with a lock x 500000\", \"with a lock x 500000\", \"with a lock x 500000\", \"with a lock x 500000\"]",
        ),
        Thread,
        Of(4),
    )
}];
const HELD: (ExampleCode, &str) = (MEMORY, "memory_kib");
const MEMORIES: [LessonRun; 5] = [
    run("one process", HELD, "1..4", Process, Of(1)),
    // More than one for each, since one that starts slowly shall get one, too.
    run("four processes", HELD, "1..8", Process, Of(4)),
    run("four threads", HELD, "1..4", Thread, Of(4)),
    run("two processes", HELD, "1..4", Process, Of(2)),
    run("two threads", HELD, "1..4", Thread, Of(2)),
];

pub(super) const CLAIMS: [Lesson; 14] = [
    Lesson {
        name: "separate-memory",
        topic: "memory",
        claim: "Processes have separate memory: what one changes, the others do not see.",
        question: "Four processes add 1 to the same variable, twenty times in all. How large is the largest copy in the end?",
        choices: ["20", "less than 20", "0"],
        otherwise: "It would be otherwise with threads, or with memory that is shared on purpose \
                    (`multiprocessing.Value`, `shared_memory`).",
        runs: &COUNTING,
        is_timed: false,
        judge: claims::separate_memory,
    },
    Lesson {
        name: "shared-memory",
        topic: "memory",
        claim: "Threads share the memory of their process: what one changes, all see.",
        question: "Four threads add 1 to the same variable, twenty times in all. How large is it in the end?",
        choices: ["20", "5", "another number each time"],
        otherwise: "It would be otherwise with processes, or with `threading.local`, of which each thread has its own.",
        runs: &COUNTING,
        is_timed: false,
        judge: claims::shared_memory,
    },
    Lesson {
        name: "processes-compute",
        topic: "computing",
        claim: "Processes suit computing: they run in parallel, one on each core.",
        question: "Eight countdowns from 12 million. How much faster is a process for each core than one process?",
        choices: ["as many times as there are cores", "not at all", "slower, for they have to be started"],
        otherwise: "It would be otherwise on one core, with items far shorter than the start of a process, or where all \
                    of them wait for the same disk.",
        runs: &ALONE_AND_ON_ALL_CORES,
        is_timed: true,
        judge: claims::processes_compute,
    },
    Lesson {
        name: "threads-wait",
        topic: "waiting",
        claim: "Threads suit waiting: many wait at the same time, and need no core for it.",
        question: "Sixteen answers take 0.2 s each. How long do sixteen threads take for all of them?",
        choices: ["about 0.2 s", "about 3.2 s", "about 1.6 s"],
        otherwise: "It would be otherwise if the items computed, or if the server answered one at a time.",
        runs: &WAITS,
        is_timed: true,
        judge: claims::threads_wait,
    },
    Lesson {
        name: "processes-avoid-the-lock",
        topic: "the lock (GIL)",
        claim: "Processes avoid the interpreter's lock: each has one of its own.",
        question: "Four workers count down from 12 million, twice each. How much faster than one are four processes?",
        choices: [
            "as many times as there are cores, at most 4",
            "4 times, however many cores there are",
            "not at all",
        ],
        otherwise: "It would be otherwise on one core. With a Python that has no lock, threads are as fast.",
        runs: &UNDER_THE_LOCK,
        is_timed: true,
        judge: claims::processes_avoid_the_lock,
    },
    Lesson {
        name: "the-lock",
        topic: "the lock (GIL)",
        claim: "Threads of Python take turns at computing.",
        question: "Four workers count down from 12 million, twice each. How much faster than one are four threads?",
        choices: ["4 times", "as many times as there are cores", "not at all"],
        otherwise: "It is otherwise with a free-threaded Python (3.13t and later), and would be if the items waited, or \
                    computed in a library that gives the lock away, as numpy does.",
        runs: &UNDER_THE_LOCK,
        is_timed: true,
        judge: claims::threads_take_turns,
    },
    Lesson {
        name: "a-fault-stays",
        topic: "faults",
        claim: "A fault stays in one process: the others go on.",
        question: "One of sixteen items reads memory that is not there. How many of four processes die?",
        choices: ["one", "all four", "none"],
        otherwise: "It would be otherwise if the machine ran out of memory: then the system chooses whom it ends.",
        runs: &CRASHES,
        is_timed: false,
        judge: claims::a_fault_stays,
    },
    Lesson {
        name: "a-fault-takes-all",
        topic: "faults",
        claim: "Threads are less isolated: a fault in one ends them all.",
        question: "One of sixteen items reads memory that is not there. How many of four threads die?",
        choices: ["one", "all four", "none"],
        otherwise: "It would be otherwise with an exception: that ends the item, and neither thread nor process.",
        runs: &CRASHES,
        is_timed: false,
        judge: claims::a_fault_takes_all,
    },
    Lesson {
        name: "all-cores",
        topic: "cores",
        claim: "Processes use all cores of the machine.",
        question: "As many processes as there are cores compute. How many cores do they use?",
        choices: ["all", "one", "more than one, but not all"],
        otherwise: "It would be otherwise if they were pinned to one core, or if they waited.",
        runs: &ON_ALL_CORES,
        is_timed: true,
        judge: claims::all_cores,
    },
    Lesson {
        name: "one-core",
        topic: "cores",
        claim: "Threads may use one core only, however many there are.",
        question: "As many threads of one Python as there are cores compute. How many cores do they use?",
        choices: ["all", "one", "more than one, but not all"],
        otherwise: "It is otherwise with a free-threaded Python (3.13t and later), and in a library that gives the lock away \
                    while it computes.",
        runs: &ON_ALL_CORES,
        is_timed: true,
        judge: claims::one_core,
    },
    Lesson {
        name: "sending-costs",
        topic: "handing over",
        claim: "Processes need communication: what another one is to have must be sent to it.",
        question: "16 MiB go from one process to another. How much longer does that take than from thread to thread?",
        choices: ["about as long", "about ten times as long", "a hundred times as long, or more"],
        otherwise: "It would be otherwise with shared memory (`multiprocessing.shared_memory`) that already holds what is \
                    handed over: then processes, too, only say where it is.",
        runs: &HAND_OVERS,
        is_timed: false,
        judge: claims::sending_costs,
    },
    Lesson {
        name: "lost-updates",
        topic: "handing over",
        claim: "Threads need synchronisation: without a lock, updates get lost.",
        question: "Four threads do `counter = one_more(counter)` 500,000 times each, without a lock. How large is it in the end?",
        choices: ["2,000,000", "less", "more"],
        otherwise: "It would be otherwise with processes, which have a variable each, and with a queue instead of a variable.",
        runs: &RAISES,
        is_timed: false,
        judge: claims::updates_get_lost,
    },
    Lesson {
        name: "memory-of-processes",
        topic: "size",
        claim: "Processes need more memory: each has an interpreter of its own.",
        question: "How much private memory do four processes have, compared with one?",
        choices: ["about four times as much", "about twice as much", "about as much"],
        otherwise: "It would be less with `fork`, where processes share what none of them changes, until they change it.",
        runs: &MEMORIES,
        is_timed: false,
        judge: claims::processes_need_memory,
    },
    Lesson {
        name: "memory-of-threads",
        topic: "size",
        claim: "Threads need little memory: they share one interpreter.",
        question: "How much memory does a process with four threads take, compared with a process with one thread?",
        choices: ["about four times as much", "about twice as much", "about as much"],
        otherwise: "It would be otherwise if each thread made large objects of its own.",
        runs: &MEMORIES,
        is_timed: false,
        judge: claims::threads_need_little,
    },
];
