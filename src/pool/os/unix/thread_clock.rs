//! How long a thread of another process was on a core and how long it waited for one, as Linux counts it, and on which.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use super::super::ThreadTimes;

/// The counts of one thread, held open: reading them again takes about a microsecond.
pub struct ThreadClock {
    times: File,
    /// Where the system also tells on which core it runs. Reading that takes some microseconds.
    state: Option<File>,
}

impl ThreadClock {
    /// The counts of this thread of this process.
    ///
    /// The error is for systems that do not keep such counts, and for threads that are over.
    pub fn open(pid: u32, thread: u64) -> io::Result<Self> {
        let file = |name: &str| File::open(format!("/proc/{pid}/task/{thread}/{name}"));
        Ok(Self { times: file("schedstat")?, state: file("stat").ok() })
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

/// The 39th word, see proc(5). The second is the thread's name in brackets, in which anything may stand.
fn core_of(stat: &[u8]) -> Option<u32> {
    let name_end = stat.iter().rposition(|byte| *byte == b')')?;
    let words = std::str::from_utf8(&stat[name_end + 1..]).ok()?;
    words.split_ascii_whitespace().nth(36)?.parse().ok()
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
    }
}
