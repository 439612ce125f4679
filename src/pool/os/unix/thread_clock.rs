//! How long a thread of another process was on a core and how long it waited for one, as Linux counts it, and on which.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::str::FromStr;

use super::super::ThreadTimes;

/// Where these numbers stand behind the thread's name.
const PARENT: usize = 1;
const CORE: usize = 36;
/// Processes that may stand between a host and the one that works for it.
const MOST_BETWEEN: usize = 8;

/// The counts of one thread, held open: reading them again takes about a microsecond.
pub struct ThreadClock {
    times: File,
    /// Where the system also tells on which core it runs. Reading that takes some microseconds.
    state: Option<File>,
}

impl ThreadClock {
    /// The counts of this thread of this process, or of a descendant of it: a script that starts an interpreter may stay
    /// in between.
    ///
    /// The error is for systems that do not keep such counts, and for threads that are over.
    pub fn open(pid: u32, thread: u64) -> io::Result<Self> {
        let of_process = format!("/proc/{pid}/task/{thread}");
        let folder = match () {
            () if Path::new(&of_process).exists() => of_process,
            () if descends_from(thread, pid) => format!("/proc/{thread}/task/{thread}"),
            () => return Err(io::ErrorKind::NotFound.into()),
        };
        let file = |name: &str| File::open(format!("{folder}/{name}"));
        Ok(Self { times: file("schedstat")?, state: file("stat").ok() })
    }

    /// Whether a thread that was there has ended; never where the system does not tell.
    pub fn is_over(pid: u32, thread: u64) -> bool {
        let is_there = |path: String| Path::new(&path).exists();
        is_there(format!("/proc/{pid}/task"))
            && !is_there(format!("/proc/{pid}/task/{thread}"))
            && !is_there(format!("/proc/{thread}"))
    }

    /// What was counted since the thread began; nothing where it is over.
    pub fn read(&self) -> Option<ThreadTimes> {
        let mut text = [0; 64];
        let length = self.times.read_at(&mut text, 0).ok()?;
        parse(std::str::from_utf8(&text[..length]).ok()?)
    }

    /// The core that it ran on last; nothing where it is over, or the system does not tell.
    pub fn core(&self) -> Option<u32> {
        let mut text = [0; 1024];
        let length = self.state.as_ref()?.read_at(&mut text, 0).ok()?;
        core_of(&text[..length])
    }
}

/// Whether a thread's process was started by that process, or by one that it has started, and so on.
fn descends_from(thread: u64, pid: u32) -> bool {
    let parent = |child: &u64| number_in(&std::fs::read(format!("/proc/{child}/stat")).ok()?, PARENT);
    std::iter::successors(Some(thread), parent).take(MOST_BETWEEN).any(|process| process == u64::from(pid))
}

fn core_of(stat: &[u8]) -> Option<u32> {
    number_in(stat, CORE)
}

/// A number by its place among the words behind the thread's name, see proc(5): that stands in brackets, and anything
/// may stand in it.
fn number_in<T: FromStr>(stat: &[u8], place: usize) -> Option<T> {
    let name_end = stat.iter().rposition(|byte| *byte == b')')?;
    let words = std::str::from_utf8(&stat[name_end + 1..]).ok()?;
    words.split_ascii_whitespace().nth(place)?.parse().ok()
}

/// The first two of three numbers: nanoseconds on a core, nanoseconds ready without one, times that it got one.
fn parse(text: &str) -> Option<ThreadTimes> {
    let mut numbers = text.split_ascii_whitespace().map_while(|number| number.parse().ok());
    Some(ThreadTimes { on_core_ns: numbers.next()?, ready_ns: numbers.next()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_times_are_read() {
        assert_eq!(parse("5012345 77 12\n"), Some(ThreadTimes { on_core_ns: 5_012_345, ready_ns: 77 }));
        assert_eq!((parse(""), parse("12")), (None, None));
    }

    #[test]
    fn the_core_is_read_whatever_the_thread_is_called() {
        let rest = "R 25419 25419 11394 0 -1 4194304 2850 6528 7 1 5 12 3 3 20 0 1 0 118004 16961536 3363 18446744073709551615 \
                    1 1 1 0 0 0 0 16781312 2 0 0 0 17 5 0 0 0 0 0 0 0 0 0 0 0 0 0\n";
        for name in ["python3", "a) R 1 2 (b", ""] {
            assert_eq!(core_of(format!("25421 ({name}) {rest}").as_bytes()), Some(5), "{name}");
        }
        assert_eq!((core_of(b"1 (x) R 2"), core_of(b"")), (None, None));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_thread_that_computes_is_on_a_core() {
        let thread = super::super::this_thread().unwrap();
        let clock = ThreadClock::open(std::process::id(), thread).unwrap();
        let before = clock.read().unwrap();
        let begun = std::time::Instant::now();
        while clock.read().unwrap().on_core_ns < before.on_core_ns + 5_000_000 {
            assert!(begun.elapsed().as_secs() < 60, "{before:?}, now {:?}", clock.read());
        }
        assert!(clock.core().is_some());
        let (own, first) = (std::process::id(), u64::from(std::process::id()));
        assert!(!ThreadClock::is_over(own, thread) && !ThreadClock::is_over(own, first));
        let other = std::thread::spawn(|| super::super::this_thread().unwrap());
        let other = other.join().unwrap();
        while !ThreadClock::is_over(own, other) {
            assert!(begun.elapsed().as_secs() < 60, "thread {other} is still there");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_behind_a_script_is_a_descendant() {
        let parent = u64::from(std::os::unix::process::parent_id());
        let own = u64::from(std::process::id());
        assert!(
            descends_from(own, std::process::id()) && descends_from(own, std::os::unix::process::parent_id())
        );
        assert!(!descends_from(parent, std::process::id()) && !descends_from(u64::MAX, 1));
    }
}
