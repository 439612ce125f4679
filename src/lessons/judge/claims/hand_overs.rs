//! What the figures say of handing over between processes, and between threads.

use crate::lessons::judge::duration;
use crate::lessons::{Figure, Judged, Measured};
use crate::value::amount;

/// The place of 16 MiB among the sizes.
const ASKED_SIZE: u64 = 6;
const ASKED_BYTES: f64 = 16_777_216.0;

/// Runs: payloads of one byte to 64 MiB by a pipe between processes, by a queue between threads, and in shared memory.
pub(in crate::lessons) fn sending_costs(measured: &Measured) -> Judged {
    let [by_pipe, by_queue, shared] = [0, 1, 2].map(|run| measured.number_at(run, ASKED_SIZE));
    let lacking = measured.log(2).counts.total as usize - measured.pairs(2).len();
    handed_over([by_pipe.unwrap_or_default(), by_queue.unwrap_or_default()], shared, lacking)
}

/// `lacking` are the sizes that shared memory was not measured for.
fn handed_over([by_pipe_us, by_queue_us]: [f64; 2], shared_us: Option<f64>, lacking: usize) -> Judged {
    let ratio = by_pipe_us / by_queue_us.max(1.0);
    let rate = |us: f64| format!("{}/s", amount::bytes((ASKED_BYTES / us.max(1.0) * 1e6) as u64));
    let in_shared_memory = match shared_us {
        Some(us) => Figure::new(duration(us), format!("in shared memory, {}", rate(us))),
        None => Figure::new("not here", "in shared memory"),
    };
    let lack = match (shared_us, lacking) {
        (_, 0) => "",
        (None, _) => " This Python or this system has no memory for it that processes share.",
        (Some(_), _) => " The system has too little shared memory for the largest sizes.",
    };
    Judged {
        holds: by_pipe_us > 0.0 && by_queue_us > 0.0 && ratio >= 10.0,
        right: if ratio >= 50.0 {
            2
        } else if ratio >= 4.0 {
            1
        } else {
            0
        },
        figures: vec![
            Figure::new(duration(by_pipe_us), format!("16 MiB by a pipe, {}", rate(by_pipe_us))),
            Figure::new(duration(by_queue_us), "16 MiB from thread to thread"),
            Figure::ratio(ratio, "as long between processes"),
            in_shared_memory,
        ],
        why: format!(
            "What goes to another process is copied into a pipe and out of it again, piece by piece. In shared memory it is \
             written once and read once. A thread only tells another one where it is.{lack}"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_is_judged_beside_a_queue_and_shared_memory_where_it_is_there() {
        let judged = handed_over([26_000.0, 40.0], Some(8_000.0), 0);
        assert_eq!((judged.holds, judged.right), (true, 2));
        assert_eq!(judged.figures[0], Figure::new("26.0 ms", "16 MiB by a pipe, 645 MB/s"));
        assert_eq!(judged.figures[3], Figure::new("8.00 ms", "in shared memory, 2.10 GB/s"));
        assert!(judged.why.ends_with("where it is."), "{}", judged.why);
        let without = handed_over([900.0, 40.0], None, 8);
        assert_eq!((without.holds, without.right, &*without.figures[3].value), (true, 1, "not here"));
        assert!(without.why.ends_with("has no memory for it that processes share."), "{}", without.why);
        assert!(handed_over([900.0, 40.0], Some(90.0), 1).why.contains("too little shared memory"));
        assert!(!handed_over([300.0, 40.0], None, 8).holds, "it takes no longer worth a claim");
        assert!(!handed_over([0.0, 40.0], Some(1.0), 0).holds, "nothing was measured");
    }
}
