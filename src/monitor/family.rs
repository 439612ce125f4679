//! CPU time of what a process has started: a host that runs commands uses next to nothing itself.
//!
//! Linux tells it by files of proc(5). Where there are none, nothing is told, and the figures of the hosts alone remain.

use std::fs;

/// The system counts CPU time for programs in such steps on all machines that Rust knows (`USER_HZ`).
const TICKS_A_SECOND: f64 = 100.0;
/// A process that has started more than this has the rest left out: looking must stay cheap.
const MOST: usize = 256;

/// What a process and those that it has waited for have used, in ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ticks {
    own: u64,
    /// Of children that are over and were waited for, and so on down.
    waited: u64,
}

/// CPU seconds of all that a process has started: children that are over, and, where `looks_at_living`, those that live
/// with what they have started. A child that ends goes from one to the other, so that the sum only grows.
pub fn started_cpu_s(pid: u32, looks_at_living: bool) -> f64 {
    let over = ticks_of(pid).map_or(0, |ticks| ticks.waited);
    let living = if looks_at_living { descendants_of(pid) } else { Vec::new() };
    let living: u64 = living.into_iter().filter_map(ticks_of).map(|ticks| ticks.own + ticks.waited).sum();
    (over + living) as f64 / TICKS_A_SECOND
}

fn ticks_of(pid: u32) -> Option<Ticks> {
    parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// The fields 14 to 17 of proc(5): user and system time, and the same of children that were waited for.
fn parse(stat: &str) -> Option<Ticks> {
    // The name before the last parenthesis may hold anything, spaces too. Field 3 is the first after it.
    let (_, after) = stat.rsplit_once(')')?;
    let mut fields = after.split_ascii_whitespace().skip(14 - 3).map_while(|field| field.parse::<u64>().ok());
    let mut next = || fields.next();
    Some(Ticks { own: next()? + next()?, waited: next()? + next()? })
}

fn descendants_of(pid: u32) -> Vec<u32> {
    let mut found = children_of(pid);
    let mut next = 0;
    while let Some(pid) = found.get(next).filter(|_| found.len() < MOST) {
        let children = children_of(*pid);
        found.extend(children);
        next += 1;
    }
    found
}

/// Each thread has a list of its own.
fn children_of(pid: u32) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let lists = threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    lists
        .flat_map(|list| list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>())
        .collect()
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn times_are_read_behind_any_name() {
        let stat = "7 (a) b (c)) S 3 5 5 0 -1 4194560 1 0 0 0 11 22 33 44 20 0 1 0 987 0 0";
        assert_eq!(parse(stat), Some(Ticks { own: 33, waited: 77 }));
        assert_eq!((parse("7 (x) S 3"), parse("")), (None, None));
    }

    #[test]
    fn what_a_child_of_a_process_uses_counts_while_it_lives_and_after() {
        if fs::metadata("/proc/self/stat").is_err() {
            // Nothing is told here.
            return;
        }
        // A shell that waits for another one, which computes and then waits for its end.
        let line = "sh -c 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; read line'; read line";
        let mut shell =
            Command::new("sh").args(["-c", line]).stdin(std::process::Stdio::piped()).spawn().unwrap();
        let begun = Instant::now();
        let wait_for = |condition: &dyn Fn() -> bool| {
            while !condition() {
                assert!(begun.elapsed() < Duration::from_secs(60));
                std::thread::sleep(Duration::from_millis(5));
            }
        };
        wait_for(&|| started_cpu_s(shell.id(), true) >= 0.05);
        assert_eq!(started_cpu_s(shell.id(), false), 0.0);
        let stdin = shell.stdin.as_mut().unwrap();
        std::io::Write::write_all(stdin, b"go on\n").unwrap();
        wait_for(&|| started_cpu_s(shell.id(), false) >= 0.05);
        drop(shell.stdin.take());
        shell.wait().unwrap();
        assert_eq!(started_cpu_s(shell.id(), true), 0.0);
    }
}
