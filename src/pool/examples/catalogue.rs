//! All examples, and the files of code that they run.

use super::{Example, ExampleCode, Runs};
use crate::pool::settings::{ChunkRule, Mode};

const TASKS: ExampleCode =
    ExampleCode { name: "tasks.py", text: include_str!("../../../assets/examples/tasks.py") };
const THE_GIL: ExampleCode =
    ExampleCode { name: "the_gil.py", text: include_str!("../../../assets/examples/the_gil.py") };
const WAITING: ExampleCode =
    ExampleCode { name: "waiting.py", text: include_str!("../../../assets/examples/waiting.py") };
const CRASH: ExampleCode =
    ExampleCode { name: "crash.py", text: include_str!("../../../assets/examples/crash.py") };
const SENDING: ExampleCode =
    ExampleCode { name: "sending.py", text: include_str!("../../../assets/examples/sending.py") };
const COUNTER: ExampleCode =
    ExampleCode { name: "counter.py", text: include_str!("../../../assets/examples/counter.py") };
pub(super) const PRIMES_CSV: &str = include_str!("../../../assets/examples/primes.csv");
pub(super) const PRIMES_NAME: &str = "primes.csv";

/// The pool of a first lesson.
const POOL_MAP: Example = Example {
    name: "Pool.map",
    summary: "Four processes double five numbers; the results come back in input order.",
    watch: "The line of results: they stand in the order of the inputs, whichever worker was first.",
    python: "pool = Pool(4)\nresults = pool.map(task, [1, 2, 3, 4, 5])\npool.close()\npool.join()\n\
             print(\"Results:\", results)",
    runs: Runs::Builtin("double"),
    inputs: "[1, 2, 3, 4, 5]",
    sample_file: None,
    mode: Mode::Process,
    workers: 4,
    chunk: ChunkRule::Auto,
    prints_results: true,
    fails: false,
};

/// So much work that the start of four Pythons is little beside it, also where there are two cores.
const THE_GIL_THREADS: Example = Example {
    name: "The GIL, threads",
    summary: "Four threads of one Python count down: its lock lets one of them compute at a time.",
    watch: "The bars have holes: the threads take turns, and together they use one core. Then run it with processes.",
    python: "with ThreadPool(4) as pool:\n    pool.map(count_down, [25_000_000] * 8)",
    runs: Runs::Python(THE_GIL, "count_down"),
    inputs: "[25_000_000] * 8",
    mode: Mode::Thread,
    prints_results: false,
    ..POOL_MAP
};

const CRASH_PROCESSES: Example = Example {
    name: "A crash, processes",
    summary: "One item of sixteen crashes its process; the pool replaces it, and the others go on.",
    watch: "One worker dies with one item; it is replaced, and the other three never notice. Click the mark for more.",
    python: "with ProcessPoolExecutor(4) as pool:\n    list(pool.map(task, range(1, 17)))  # raises BrokenProcessPool",
    runs: Runs::Python(CRASH, "task"),
    inputs: "1..16",
    prints_results: false,
    fails: true,
    ..POOL_MAP
};

const COUNTER_PROCESSES: Example = Example {
    name: "A counter, processes",
    summary: "Each process has its own copy of a variable: raised twenty times in all, no copy gets to twenty.",
    watch: "The outputs: several 1s, several 2s. Each worker counts for itself and knows nothing of the others.",
    python: "with Pool(4) as pool:\n    pool.map(count, range(1, 21))",
    runs: Runs::Python(COUNTER, "count"),
    inputs: "1..20",
    prints_results: false,
    ..POOL_MAP
};

/// All examples, in the order of the menu.
pub const EXAMPLES: [Example; 17] = [
    Example {
        name: "Process: start and join",
        summary: "One process runs one function; the main process waits for it and goes on.",
        watch: "The messages: the process says that it runs, and only then the main process is done.",
        python: "process = Process(target=worker_function)\nprocess.start()\nprocess.join()\n\
                 print(\"Main process is done\")",
        runs: Runs::Builtin("worker_function"),
        inputs: "",
        workers: 1,
        prints_results: false,
        ..POOL_MAP
    },
    POOL_MAP,
    Example {
        name: "with Pool",
        summary: "The same pool in a `with` block: it is released when the block ends.",
        watch: "The last messages: the pool is closed and its processes are joined, without anybody saying so.",
        python: "with Pool(4) as pool:\n    results = pool.map(task, [1, 2, 3, 4, 5])\nprint(\"Results:\", results)",
        ..POOL_MAP
    },
    Example {
        name: "Pool that prints",
        summary: "Four processes print: every line is kept with its worker and its time.",
        watch: "The messages: who printed which number, and that it need not be in the order of the inputs.",
        python: "with Pool(4) as pool:\n    pool.map(print_number, [1, 2, 3, 4])",
        runs: Runs::Builtin("print_number"),
        inputs: "[1, 2, 3, 4]",
        prints_results: false,
        ..POOL_MAP
    },
    Example {
        name: "Picture in parallel",
        summary: "A picture of the Mandelbrot set appears tile by tile, each from one worker.",
        watch: "The picture: a worker goes on to the next tile as soon as it has finished one, so that no core is idle.",
        python: "",
        runs: Runs::Builtin("mandelbrot_tile"),
        inputs: "0..47",
        prints_results: false,
        ..POOL_MAP
    },
    Example {
        name: "Primes",
        summary: "The integers of a CSV file are checked for being prime, on all cores.",
        watch: "The lanes: full from the first item to the last. Items are short, so that many go to a worker at a time.",
        python: "",
        runs: Runs::Builtin("is_prime"),
        inputs: "",
        sample_file: Some(PRIMES_NAME),
        prints_results: false,
        ..POOL_MAP
    },
    Example {
        name: "Pool.map (script)",
        summary: "The function `task` as it is written, run by this program itself.",
        watch: "The time: no Python has to be started for it. Compare it with the next example.",
        runs: Runs::Script(TASKS, "task"),
        ..POOL_MAP
    },
    Example {
        name: "Pool.map (Python file)",
        summary: "The same file again, run by four Python processes.",
        watch: "The grey bars: four Pythons are started, which takes far longer than five multiplications.",
        runs: Runs::Python(TASKS, "task"),
        ..POOL_MAP
    },
    THE_GIL_THREADS,
    Example {
        name: "The GIL, processes",
        summary: "Four Pythons count down, each with a lock of its own: they compute on all cores.",
        watch: "The cores: all busy, and it is over sooner than with threads, though four Pythons were started first.",
        python: "with Pool(4) as pool:\n    pool.map(count_down, [25_000_000] * 8)",
        mode: Mode::Process,
        ..THE_GIL_THREADS
    },
    Example {
        name: "Waiting scales",
        summary: "Twenty threads of one Python wait at the same time: forty waits take as long as two.",
        watch: "The bars are outlines: threads that wait need no core and no lock, so twenty of them do not disturb \
                each other.",
        python: "with ThreadPool(20) as pool:\n    pool.map(fetch, [0.1] * 40)",
        runs: Runs::Python(WAITING, "fetch"),
        inputs: "[0.1] * 40",
        mode: Mode::Thread,
        workers: 20,
        prints_results: false,
        ..POOL_MAP
    },
    CRASH_PROCESSES,
    Example {
        name: "A crash, threads",
        summary: "One item of sixteen crashes the process that all threads share.",
        watch: "All four workers die at once. What they had in hand is run again, and the guilty item is found out.",
        python: "with ThreadPool(4) as pool:\n    pool.map(task, range(1, 17))  # ends the whole program",
        mode: Mode::Thread,
        ..CRASH_PROCESSES
    },
    Example {
        name: "Large results",
        summary: "Workers make a few megabytes each, which takes no time; they have to be sent, which does.",
        watch: "Between the items: the time goes into sending what they give back, and hardly any into making it.",
        python: "with Pool(4) as pool:\n    pool.map(make, [4_000_000] * 40)",
        runs: Runs::Python(SENDING, "make"),
        inputs: "[4_000_000] * 40",
        prints_results: false,
        ..POOL_MAP
    },
    COUNTER_PROCESSES,
    Example {
        name: "A counter, threads",
        summary: "All threads have one memory: the same variable gets to twenty.",
        watch: "The outputs: each number from 1 to 20 once. All workers raise one counter, and a lock keeps them apart.",
        python: "with ThreadPool(4) as pool:\n    pool.map(count, range(1, 21))",
        mode: Mode::Thread,
        ..COUNTER_PROCESSES
    },
    Example {
        name: "Gzip",
        summary: "A line for the shell packs as many numbers as each input says, and counts the bytes.",
        watch: "The bars: each item starts programs of its own, which compute on all cores while their worker waits.",
        python: "",
        runs: Runs::Shell("seq {} | gzip -9 | wc -c"),
        inputs: "[10000, 20000, 30000, 40000, 50000, 60000, 70000, 80000]",
        prints_results: false,
        ..POOL_MAP
    },
];
