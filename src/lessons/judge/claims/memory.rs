//! What the figures say of the memory of processes, and of threads: see `MEMORIES` in `catalogue::claims`.

use crate::lessons::{Figure, Judged, Measured};
use crate::value::amount;

/// The runs of the lessons on memory, by their places.
pub(in crate::lessons) const ONE_PROCESS: usize = 0;
pub(in crate::lessons) const FOUR_PROCESSES: usize = 1;
pub(in crate::lessons) const FOUR_THREADS: usize = 2;
pub(in crate::lessons) const TWO_PROCESSES: usize = 3;
pub(in crate::lessons) const TWO_THREADS: usize = 4;

/// What the processes of a run had to themselves.
fn private_bytes(measured: &Measured, run: usize) -> f64 {
    measured.field_by_process(run, "private_kib").values().sum::<f64>() * 1024.0
}

fn memory(measured: &Measured, run: usize, fits: fn(f64) -> bool, why: &str) -> Judged {
    let [one, processes, threads] =
        [ONE_PROCESS, FOUR_PROCESSES, FOUR_THREADS].map(|run| private_bytes(measured, run));
    let ratio = private_bytes(measured, run) / one.max(1e-9);
    let bytes = |count: f64| amount::bytes(count as u64);
    Judged {
        holds: one > 0.0 && fits(ratio),
        right: if ratio >= 3.0 {
            0
        } else if ratio >= 1.5 {
            1
        } else {
            2
        },
        figures: vec![
            Figure::new(bytes(processes), "private to four processes"),
            Figure::new(bytes(threads), "private to the process of four threads"),
            Figure::new(bytes(one), "private to one process"),
        ],
        why: why.to_owned(),
    }
}

pub(in crate::lessons) fn processes_need_memory(measured: &Measured) -> Judged {
    let why = "Each process has an interpreter and its modules to itself. Only the code of the interpreter, which nobody changes, is shared.";
    memory(measured, FOUR_PROCESSES, |ratio| ratio >= 3.0, why)
}

pub(in crate::lessons) fn threads_need_little(measured: &Measured) -> Judged {
    let why = "All threads use one interpreter and one copy of each module. A further thread needs little more than its stack.";
    memory(measured, FOUR_THREADS, |ratio| ratio < 1.5, why)
}
