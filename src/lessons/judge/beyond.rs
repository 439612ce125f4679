//! What the figures of the lessons beyond the claims say: see the runs in `catalogue::beyond`.

use std::collections::{BTreeMap, HashSet};

use super::{NO_PYTHON_THREADS, ONE_WORKER_RUN, duration, plural};
use crate::lessons::measured::medians;
use crate::lessons::{Figure, Judged, Measured};

/// With more processes than cores: other programs may take a quarter of the cores before a lesson is too busy, and where all of
/// that is from the first run, the second one, which has more processes to share with, looks 1.33 times as fast.
const NOT_FASTER: f64 = 1.4;

/// Runs: threads, processes by `fork` and by `spawn`; the one item gives the microseconds of a start.
pub(in crate::lessons) fn start_up(measured: &Measured) -> Judged {
    let [thread, fork, spawn] = [0, 1, 2].map(|run| measured.number_at(run, 0));
    started(thread.unwrap_or_default(), fork, spawn.unwrap_or_default())
}

fn started(thread_us: f64, fork_us: Option<f64>, spawn_us: f64) -> Judged {
    let beside_thread = |us: f64| us / thread_us.max(1.0);
    let ratio = beside_thread(spawn_us);
    let forked = fork_us.map_or("not here".to_owned(), duration);
    Judged {
        holds: thread_us > 0.0 && ratio >= 20.0 && fork_us.is_none_or(|us| beside_thread(us) >= 3.0),
        right: if ratio >= 40.0 { 2 } else if ratio >= 4.0 { 1 } else { 0 },
        figures: vec![
            Figure::new(duration(thread_us), "a thread, from its start to its end"),
            Figure::new(forked, "a process by fork, a copy"),
            Figure::new(duration(spawn_us), "a process by spawn, a new interpreter"),
            Figure::ratio(ratio, "as long for spawn as for a thread"),
        ],
        why: "A thread needs a stack. `fork` makes a process that is a copy of its parent, and `spawn` one that has to begin an \
              interpreter and load its modules first."
            .to_owned(),
    }
}

/// Runs: one worker, a worker a core.
pub(in crate::lessons) fn amdahl(measured: &Measured) -> Judged {
    limited(measured.speedup(1, ONE_WORKER_RUN), serial_share(measured), measured.log(1).workers)
}

/// The share of the work of one worker that has to be done alone.
pub(in crate::lessons) fn serial_share(measured: &Measured) -> f64 {
    let (flags, took_s) = (measured.flags(ONE_WORKER_RUN), measured.durations_s(ONE_WORKER_RUN));
    let serial_s: f64 = flags.iter().zip(&took_s).filter(|(is_alone, _)| **is_alone).map(|(_, s)| s).sum();
    serial_s / took_s.iter().sum::<f64>().max(1e-9)
}

/// How much faster `workers` are than one where a share of the work has to be done alone: Amdahl's law, as Hennessy and
/// Patterson write it ("Computer Architecture: A Quantitative Approach", section 1.9), after G. M. Amdahl, "Validity of the
/// single processor approach to achieving large scale computing capabilities", AFIPS Conference Proceedings 30, 1967.
pub(in crate::lessons) fn amdahls_speedup(serial_share: f64, workers: f64) -> f64 {
    1.0 / (serial_share + (1.0 - serial_share) / workers)
}

fn limited(speedup: f64, serial_share: f64, workers: usize) -> Judged {
    let expected = amdahls_speedup(serial_share, workers as f64);
    // In the middle, as ratios go, between what the law says and what others would say.
    let (no_gain, no_limit) = (expected.sqrt(), (expected * workers as f64).sqrt());
    Judged {
        holds: workers > 1 && (no_gain..no_limit).contains(&speedup),
        right: if workers == 1 || speedup < no_gain {
            2
        } else if speedup < no_limit {
            1
        } else {
            0
        },
        figures: vec![
            Figure::ratio(
                speedup,
                format!("{}, compared with one", plural(workers as f64, "worker", "workers")),
            ),
            Figure::ratio(expected, "by Amdahl's law"),
            Figure::new(format!("{:.1} %", 100.0 * serial_share), "of the work is serial"),
            Figure::ratio(1.0 / serial_share.max(1e-9), "at most, with any number of workers"),
        ],
        why: match workers {
            1 => "There is one core here: nothing can run beside something else.".to_owned(),
            _ => format!(
                "While one worker does the serial part, the others wait. More of them make the rest shorter, and never that \
                 part. {NO_PYTHON_THREADS}"
            ),
        },
    }
}

/// Runs: this program's pool, one by one and in chunks; Python's own, whose item is a size of chunks and gives the microseconds
/// of an item in them.
pub(in crate::lessons) fn chunk_size(measured: &Measured) -> Judged {
    let [one_by_one, in_chunks] = [1.0, 500.0].map(|chunk| measured.first_for(2, chunk));
    let [alone_s, chunk_s] = [0, 1].map(|run| measured.cpu_of_all_s(run));
    handed_over(one_by_one, in_chunks, alone_s.zip(chunk_s).map(|(one, other)| one / other.max(1e-9)))
}

fn handed_over(one_by_one_us: f64, in_chunks_us: f64, cpu_ratio_here: Option<f64>) -> Judged {
    let ratio = one_by_one_us / in_chunks_us.max(0.01);
    let mut figures = vec![
        Figure::new(duration(one_by_one_us), "an item in Python's pool, one by one"),
        Figure::new(duration(in_chunks_us), "an item in Python's pool, 500 at a time"),
        Figure::ratio(ratio, "as long one by one in Python's pool"),
    ];
    figures
        .extend(cpu_ratio_here.map(|ratio| Figure::ratio(ratio, "as much CPU time in this program's pool")));
    Judged {
        holds: in_chunks_us > 0.0 && ratio >= 3.0,
        right: if ratio >= 7.0 { 2 } else if ratio >= 1.75 { 1 } else { 0 },
        figures,
        why: "Each hand-over is a message there and one back, and both sides wake up for it; a chunk shares that among many \
              items. The pool of this program sends some ahead, and loses less."
            .to_owned(),
    }
}

/// Runs: the long item last, the long item first.
pub(in crate::lessons) fn long_item_last(measured: &Measured) -> Judged {
    ordered(measured.work_s(0), measured.work_s(1))
}

fn ordered(last_s: f64, first_s: f64) -> Judged {
    let ratio = last_s / first_s.max(1e-9);
    Judged {
        holds: ratio >= 1.3,
        right: if ratio < 1.3 { 0 } else if ratio < 2.6 { 1 } else { 2 },
        figures: vec![
            Figure::new(format!("{last_s:.2} s"), "with the long one last"),
            Figure::new(format!("{first_s:.2} s"), "with the long one first"),
            Figure::ratio(ratio, "as long"),
        ],
        why: "What begins last ends last: three workers have nothing more to do while one is in the long item. Begun first, it \
              runs beside all others."
            .to_owned(),
    }
}

/// Runs: a process a core, four a core.
pub(in crate::lessons) fn too_many_workers(measured: &Measured) -> Judged {
    let workers = [0, 1].map(|run| measured.log(run).workers);
    crowded(measured.speedup(1, 0), workers, [0, 1].map(|run| measured.peak_mb(run)))
}

fn crowded(speedup: f64, [few, many]: [usize; 2], [few_mb, many_mb]: [f64; 2]) -> Judged {
    let processes = |count: usize| plural(count as f64, "process", "processes");
    Judged {
        holds: speedup < NOT_FASTER,
        right: no_gain_of(speedup, 2.8),
        figures: vec![
            Figure::ratio(speedup, format!("{}, compared with {few}", processes(many))),
            Figure::new(format!("{few_mb:.0} MB"), format!("held by {} at most", processes(few))),
            Figure::new(format!("{many_mb:.0} MB"), format!("held by {}, shared parts counted in each", processes(many))),
        ],
        why: "A core runs one of them at a time. The others take turns with it, and each has to be started and needs memory of \
              its own."
            .to_owned(),
    }
}

/// The place of the answer where the last of three is "not at all" and the first a gain from `most` on.
fn no_gain_of(speedup: f64, most: f64) -> usize {
    if speedup < NOT_FASTER {
        2
    } else if speedup < most {
        1
    } else {
        0
    }
}

/// So many distances make a round: see `catalogue::beyond`. The first of them is so large that the counters are in lines of
/// their own.
const DISTANCES: usize = 6;

/// One run, whose items are distances in bytes, in several rounds: an item gives the nanoseconds of a step.
pub(in crate::lessons) fn false_sharing(measured: &Measured) -> Judged {
    let steps_ns = steps_ns(&measured.pairs(0));
    let of = |bytes: f64| steps_ns.iter().find(|(at, _)| *at == bytes).map_or(0.0, |(_, ns)| *ns);
    neighbours(of(8.0), of(128.0), measured.cores_used(0), measured.cores)
}

/// What a step took with each distance: the middle of the quarter of the rounds in which counters apart were raised most
/// quickly. In these both threads had a core of their own; in others the system, or the host of a virtual machine, may have put
/// them on one, where neighbours cost nothing.
pub(in crate::lessons) fn steps_ns(pairs: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut rounds: Vec<&[(f64, f64)]> = pairs.chunks_exact(DISTANCES).collect();
    rounds.sort_by(|one, other| one[0].1.total_cmp(&other[0].1));
    rounds.truncate(rounds.len().div_ceil(4));
    medians(rounds.concat())
}

/// With fewer cores than this in use, two threads took turns.
const ONE_BY_ONE_CORES: f64 = 1.4;

fn neighbours(near_ns: f64, apart_ns: f64, cores_used: f64, cores: usize) -> Judged {
    let ratio = near_ns / apart_ns.max(0.01);
    let holds = cores > 1 && apart_ns > 0.0 && ratio >= 2.0;
    Judged {
        holds,
        right: if ratio >= 2.0 { 1 } else if ratio >= 0.5 { 0 } else { 2 },
        figures: vec![
            Figure::new(duration(near_ns / 1e3), "a step, 8 bytes apart"),
            Figure::new(duration(apart_ns / 1e3), "a step, 128 bytes apart"),
            Figure::ratio(ratio, "as long for neighbours"),
        ],
        why: match (holds, cores) {
            (true, _) => {
                "A core takes a whole line of memory, 64 or 128 bytes, to write into it. Where two write into one line, it goes \
                 to and fro between them, although none reads what the other wrote."
            }
            (false, 1) => "There is one core here: the threads take turns on it, and its cache is the only one.",
            (false, _) if cores_used < ONE_BY_ONE_CORES => {
                "The threads took turns on one core, whose cache is one: the system gave them no second one."
            }
            (false, _) => {
                "Both threads computed all the time and found the line in one cache: two cores that are hyperthreads of one, at \
                 least now. A virtual machine may be given others the next time: run it again."
            }
        }
        .to_owned(),
    }
}

/// Runs: numbers drawn in processes, and in threads.
pub(in crate::lessons) fn same_seed(measured: &Measured) -> Judged {
    let mut by_process: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    for (pid, number) in measured.numbers(0) {
        by_process.entry(pid).or_default().push(number);
    }
    let of_threads: Vec<f64> = measured.numbers(1).into_iter().map(|(_, number)| number).collect();
    drawn(&by_process.into_values().collect::<Vec<_>>(), &of_threads)
}

fn drawn(by_process: &[Vec<f64>], of_threads: &[f64]) -> Judged {
    let different = |numbers: &[f64]| numbers.iter().map(|number| number.to_bits()).collect::<HashSet<u64>>();
    let sets: Vec<HashSet<u64>> = by_process.iter().map(|numbers| different(numbers)).collect();
    let all = different(&by_process.concat());
    let total = by_process.iter().map(Vec::len).sum::<usize>();
    // One that drew fewer has drawn the first of those that another one has.
    let are_alike = sets.iter().any(|longest| longest.len() == all.len());
    let of_threads_different = different(of_threads).len();
    let of = |different: usize, total: usize| format!("{different} of {total}");
    Judged {
        holds: sets.len() > 1 && are_alike && all.len() < total && of_threads_different == of_threads.len(),
        right: if all.len() == total { 0 } else if all.len() > 1 { 1 } else { 2 },
        figures: vec![
            Figure::new(of(all.len(), total), "different, of four processes"),
            Figure::new(of(of_threads_different, of_threads.len()), "different, of four threads"),
            Figure::new(plural(sets.len() as f64, "process", "processes"), "that drew numbers"),
        ],
        why: "Each process has a generator of its own that begins where the others begin. Threads have one together, and each \
              number is drawn from it once."
            .to_owned(),
    }
}

/// Runs: one pool, a pool in each worker; an item gives how many processes it started.
pub(in crate::lessons) fn nested_pool(measured: &Measured) -> Judged {
    let started: f64 = measured.largest_by_process(1).values().sum();
    multiplied(measured.speedup(1, 0), measured.log(1).workers, started)
}

fn multiplied(speedup: f64, workers: usize, started: f64) -> Judged {
    let outer = workers as f64;
    Judged {
        holds: speedup < NOT_FASTER && started >= outer,
        right: no_gain_of(speedup, (0.7 * outer).max(1.75)),
        figures: vec![
            Figure::ratio(speedup, "with a pool in each, compared with one pool"),
            Figure::new(format!("{:.0}", outer + started), "processes at once, with those pools"),
            Figure::new(format!("{outer:.0}"), "processes of the one pool"),
        ],
        why: "The workers have all cores already. The pools in them only add processes that take turns, and each of these has to \
              be started and ended for its item."
            .to_owned(),
    }
}

#[cfg(test)]
mod tests;
