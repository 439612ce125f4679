//! How long a thread of another process was on a core and how long it waited for one, as Linux counts it.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use super::super::ThreadTimes;

/// The counts of one thread, held open: reading them again takes less than a microsecond.
pub struct ThreadClock(File);

impl ThreadClock {
    /// The counts of this thread of this process.
    ///
    /// The error is for systems that do not keep such counts, and for threads that are over.
    pub fn open(pid: u32, thread: u64) -> io::Result<Self> {
        File::open(format!("/proc/{pid}/task/{thread}/schedstat")).map(Self)
    }

    /// What was counted since the thread began; nothing where it is over.
    pub fn read(&self) -> Option<ThreadTimes> {
        let mut text = [0; 64];
        let length = self.0.read_at(&mut text, 0).ok()?;
        parse(std::str::from_utf8(&text[..length]).ok()?)
    }
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
    }
}
