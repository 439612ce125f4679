//! What the figures of the claims say: see the runs in `catalogue::claims`.

mod hand_overs;
mod memory;
#[cfg(test)]
mod tests;

use std::ops::Range;

pub(in crate::lessons) use self::hand_overs::sending_costs;
pub(in crate::lessons) use self::memory::{
    FOUR_PROCESSES, FOUR_THREADS, ONE_PROCESS, TWO_PROCESSES, TWO_THREADS, processes_need_memory,
    threads_need_little,
};
use super::{
    ALL_CORES_SHARE, NO_GAIN, ONE_WORKER_RUN, SURELY_ALL_CORES_SHARE, all_cores_share, gained_from_all_cores,
    plural,
};
use crate::lessons::{Figure, Judged, Measured};

/// Runs: a counter in processes, the same in threads.
pub(in crate::lessons) fn separate_memory(measured: &Measured) -> Judged {
    let counts = measured.largest_by_process(0);
    let (largest, sum) = (counts.values().copied().fold(0.0, f64::max), counts.values().sum::<f64>());
    let items = measured.log(0).counts.total as f64;
    let each: Vec<String> = counts.values().map(|count| format!("{count:.0}")).collect();
    let of_threads = measured.largest_by_process(1).values().copied().fold(0.0, f64::max);
    Judged {
        holds: counts.len() > 1 && largest < items && sum == items,
        right: if largest < items { 1 } else { 0 },
        figures: vec![
            Figure::new(format!("{largest:.0}"), "the largest copy of the variable"),
            Figure::new(each.join(" + "), "the copies of all processes"),
            Figure::new(format!("{of_threads:.0}"), "the one variable of the threads"),
        ],
        why: format!(
            "Each process got a copy of the variable when it was started. Together they counted to {sum:.0}, but none saw \
             what the others did, and the program that started them saw nothing of it."
        ),
    }
}

/// The same runs.
pub(in crate::lessons) fn shared_memory(measured: &Measured) -> Judged {
    let counts = measured.largest_by_process(1);
    let (largest, items) =
        (counts.values().copied().fold(0.0, f64::max), measured.log(1).counts.total as f64);
    let in_processes = measured.largest_by_process(0).values().copied().fold(0.0, f64::max);
    Judged {
        holds: counts.len() == 1 && largest == items,
        right: if largest == items { 0 } else { 2 },
        figures: vec![
            Figure::new(format!("{largest:.0}"), "the variable of the four threads"),
            Figure::new(plural(counts.len() as f64, "process", "processes"), "that all threads are in"),
            Figure::new(format!("{in_processes:.0}"), "the largest copy of four processes"),
        ],
        why: "All threads are in one process, and so the variable is one. A lock makes sure that only one adds to it at a time."
            .to_owned(),
    }
}

/// Which of "as many times as there are cores", "four times" and "not at all" a speedup is nearest to.
fn nearest_gain(speedup: f64, cores: f64, [by_cores, four, not_at_all]: [usize; 3]) -> usize {
    let gains = [(by_cores, cores.min(4.0)), (four, 4.0), (not_at_all, 1.0)];
    let distance = |gain: f64| (speedup / gain).ln().abs();
    gains
        .into_iter()
        .min_by(|one, other| distance(one.1).total_cmp(&distance(other.1)))
        .map_or(0, |(place, _)| place)
}

/// Runs: one process, a process a core.
pub(in crate::lessons) fn processes_compute(measured: &Measured) -> Judged {
    let (speedup, cores) = (measured.speedup(1, ONE_WORKER_RUN), measured.log(1).workers as f64);
    let used = measured.cores_used(1);
    let share = all_cores_share(measured, &[ONE_WORKER_RUN, 1]);
    let holds = gained_from_all_cores(measured, 1, cores, share);
    Judged {
        holds,
        right: match speedup {
            _ if holds || speedup >= cores.sqrt().max(NO_GAIN) => 0,
            0.9.. => 1,
            _ => 2,
        },
        figures: vec![
            Figure::ratio(speedup, format!("{}, compared with one", plural(cores, "process", "processes"))),
            Figure::new(format!("{used:.1}"), "cores used"),
            Figure::new(format!("{:.1}", measured.cores_used(ONE_WORKER_RUN)), "cores used by one process"),
        ],
        why: match measured.cores {
            1 => "There is one core here: several processes can only take turns on it.".to_owned(),
            _ => format!(
                "Each process computes on a core of its own, and none waits for another.{}",
                why_less(speedup, cores, share)
            ),
        },
    }
}

/// Why processes that had all cores are less times as fast than there are cores; nothing where they are not, or where something
/// else may have been the reason.
fn why_less(speedup: f64, cores: f64, share: f64) -> String {
    if speedup >= SURELY_ALL_CORES_SHARE * cores || share >= SURELY_ALL_CORES_SHARE {
        return String::new();
    }
    format!(
        " They are {speedup:.1} times as fast and not {cores:.0} times: cores share their caches and their clock, and some \
         are two halves of one."
    )
}

/// Runs: one thread, sixteen threads; and one for the plot alone.
pub(in crate::lessons) fn threads_wait(measured: &Measured) -> Judged {
    let speedup = measured.speedup(1, ONE_WORKER_RUN);
    let threads = measured.log(1).workers as f64;
    Judged {
        holds: speedup >= ALL_CORES_SHARE * threads,
        right: if speedup >= threads / 2.0 { 0 } else if speedup < NO_GAIN { 1 } else { 2 },
        figures: vec![
            Figure::new(format!("{:.2} s", measured.work_s(1)), format!("with {threads:.0} threads, once started")),
            Figure::new(format!("{:.2} s", measured.work_s(ONE_WORKER_RUN)), "with one"),
            Figure::new(format!("{:.2}", measured.cores_used(1)), "cores used while they waited"),
        ],
        why: "A thread that waits needs no core and leaves the interpreter to the others: all wait at the same time.".to_owned(),
    }
}

/// Runs: one worker, four threads, four processes.
pub(in crate::lessons) fn processes_avoid_the_lock(measured: &Measured) -> Judged {
    let processes = measured.speedup(2, ONE_WORKER_RUN);
    let cores = measured.cores as f64;
    let has_lock = measured.has_lock(1);
    let share = all_cores_share(measured, &[ONE_WORKER_RUN, 2]);
    let gained = gained_from_all_cores(measured, 2, cores.min(4.0), share);
    let mut why = why_of_the_lock(
        measured,
        has_lock,
        "Each process has an interpreter of its own, and so a lock of its own: none waits for another.",
    );
    if gained {
        why += &why_less(processes, cores.min(4.0), share);
    }
    Judged {
        holds: gained && took_turns(measured, 1),
        right: if gained { 0 } else { nearest_gain(processes, cores, [0, 1, 2]) },
        figures: lock_figures(measured, [1, 2].map(|run| (run, measured.speedup(run, ONE_WORKER_RUN)))),
        why,
    }
}

/// Whether the threads of a run took turns: they used one core together. How fast they were beside one alone tells less, since
/// a core may be slower at one time than at another.
fn took_turns(measured: &Measured, run: usize) -> bool {
    let is_no_faster = measured.speedup(run, ONE_WORKER_RUN) < 2_f64.sqrt();
    measured.has_lock(run) && measured.cores_used(run) < NO_GAIN && is_no_faster
}

/// The same runs.
pub(in crate::lessons) fn threads_take_turns(measured: &Measured) -> Judged {
    let threads = measured.speedup(1, ONE_WORKER_RUN);
    let has_lock = measured.has_lock(1);
    Judged {
        holds: took_turns(measured, 1),
        right: nearest_gain(threads, measured.cores as f64, [1, 0, 2]),
        figures: lock_figures(measured, [1, 2].map(|run| (run, measured.speedup(run, ONE_WORKER_RUN)))),
        why: why_of_the_lock(
            measured,
            has_lock,
            "One thread holds the interpreter's lock while it computes; the others wait for it.",
        ),
    }
}

fn lock_figures(measured: &Measured, [threads, processes]: [(usize, f64); 2]) -> Vec<Figure> {
    vec![
        Figure::ratio(threads.1, "four threads, compared with one"),
        Figure::ratio(processes.1, "four processes, compared with one"),
        Figure::new(format!("{:.1}", measured.cores_used(threads.0)), "cores used by threads"),
        Figure::new(format!("{:.1}", measured.cores_used(processes.0)), "cores used by processes"),
    ]
}

fn why_of_the_lock(measured: &Measured, has_lock: bool, where_it_is: &str) -> String {
    let why = match (has_lock, measured.cores) {
        (false, _) => {
            "This Python has no lock: its threads compute at the same time, as processes do.".to_owned()
        }
        (true, 1) => {
            format!("{where_it_is} But there is one core here, on which all take turns in any case.")
        }
        (true, _) => where_it_is.to_owned(),
    };
    // The threads are in the second run of each lesson on the lock.
    why + &python_text(measured, 1)
}

/// Which Python ran a run, and whether it has the lock.
fn python_text(measured: &Measured, run: usize) -> String {
    let Some(version) = measured.python(run) else { return String::new() };
    format!(
        " Python {version} ran it, which has {}.",
        if measured.has_lock(run) { "the lock" } else { "no lock" }
    )
}

/// Runs: a crash in processes, a crash in threads.
pub(in crate::lessons) fn a_fault_stays(measured: &Measured) -> Judged {
    fault(
        measured,
        0,
        |died, _| died == 1,
        "The process that crashed was replaced. The others had nothing to do with it and went on.",
    )
}

/// The same runs.
pub(in crate::lessons) fn a_fault_takes_all(measured: &Measured) -> Judged {
    let had_suspects = measured.log(1).lanes.iter().any(|lane| lane.is_for_suspects);
    // It may crash in a moment in which nothing else is in hand.
    let went_on = match had_suspects {
        true => "started another one and ran what was in hand again, one item at a time (the suspects)",
        false => "started another one, which ran the rest",
    };
    let why = format!(
        "The system ends a whole process, and with it all threads in it. Here the pool {went_on}; a program of threads alone \
         would be gone."
    );
    fault(measured, 1, |died, workers| died == workers, &why)
}

fn fault(measured: &Measured, run: usize, fits: fn(usize, usize) -> bool, why: &str) -> Judged {
    let died = [0, 1].map(|run| measured.workers_that_died(run));
    let (log, counts) = (measured.log(run), measured.log(run).counts);
    let of_workers = |run: usize| format!("{} of {}", died[run], measured.log(run).workers);
    Judged {
        holds: fits(died[run], log.workers) && counts.ok + 1 == counts.total,
        right: if died[run] == 1 {
            0
        } else if died[run] == log.workers {
            1
        } else {
            2
        },
        figures: vec![
            Figure::new(of_workers(0), "processes died"),
            Figure::new(of_workers(1), "threads died"),
            Figure::new(
                format!("{} of {}", counts.ok, counts.total),
                format!("results of the {} in the end", ["processes", "threads"][run]),
            ),
        ],
        why: why.to_owned(),
    }
}

/// Runs: as many processes as cores, as many threads.
pub(in crate::lessons) fn all_cores(measured: &Measured) -> Judged {
    let used = measured.cores_used(0);
    let workers = measured.log(0).workers as f64;
    let holds = used >= all_cores_share(measured, &[0]) * workers;
    Judged {
        holds,
        right: if holds {
            0
        } else if used < NO_GAIN {
            1
        } else {
            2
        },
        figures: core_figures(measured, 0),
        why: "The system gives each process that computes a core, as long as there is one.".to_owned(),
    }
}

/// The same runs.
pub(in crate::lessons) fn one_core(measured: &Measured) -> Judged {
    let used = measured.cores_used(1);
    let has_lock = measured.has_lock(1);
    Judged {
        holds: has_lock && used < NO_GAIN,
        right: if used < NO_GAIN {
            1
        } else if used >= all_cores_share(measured, &[1]) * measured.log(1).workers as f64 {
            0
        } else {
            2
        },
        figures: core_figures(measured, 1),
        why: why_of_the_lock(
            measured,
            has_lock,
            "The system would give each thread a core, but the lock lets one of them run at a time.",
        ),
    }
}

/// The last is of this run, where the system tells on which core a worker is.
fn core_figures(measured: &Measured, run: usize) -> Vec<Figure> {
    let mut figures = vec![
        Figure::new(format!("{:.2}", measured.cores_used(0)), "cores used by processes"),
        Figure::new(format!("{:.2}", measured.cores_used(1)), "cores used by threads"),
        Figure::new(format!("{}", measured.cores), "cores that the pool may use"),
    ];
    figures.extend(measured.most_moved(run).map(|(worker, stays)| {
        Figure::new(stays.cores_text(), format!("worker {worker} ran on, {}", stays.moves_text()))
    }));
    figures
}

/// One run in which four workers raise a variable in one step, four in several, four in several under a lock: the last of each
/// four tells how many updates were lost.
pub(in crate::lessons) fn updates_get_lost(measured: &Measured) -> Judged {
    let ways = [0..4, 4..8, 8..12];
    let lost = |way: Range<u64>| way.filter_map(|place| measured.number_at(0, place)).sum::<f64>();
    let [plain, in_steps, with_lock] = ways.clone().map(lost);
    let took_s = measured.durations_s(0);
    let took_s = |way: Range<u64>| took_s.iter().take(way.end as usize).skip(way.start as usize).sum::<f64>();
    let slower = took_s(ways[2].clone()) / took_s(ways[1].clone()).max(1e-9);
    let hidden = match plain {
        0.0 => {
            " Where it is written as `counter += 1`, this Python happens to lose none: it switches threads only at some \
                 places. Nothing says that it stays so."
        }
        _ => "",
    };
    Judged {
        holds: in_steps > 0.0 && with_lock == 0.0,
        right: if in_steps > 0.0 { 1 } else { 0 },
        figures: vec![
            Figure::new(grouped(in_steps), "of 2,000,000 updates lost without a lock"),
            Figure::new(grouped(with_lock), "lost with a lock"),
            Figure::new(grouped(plain), "lost by counter += 1"),
            Figure::ratio(slower, "as long with the lock"),
        ],
        why: format!(
            "Two threads read the same value, and both write it back with one added: one of the updates is gone. With a \
             lock only one at a time reads and writes.{hidden}{}",
            python_text(measured, 0)
        ),
    }
}

fn grouped(number: f64) -> String {
    crate::value::grouped(number as u64)
}
