use std::fs::File;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// Whether something of a file can be read, or its end, before so much time is over.
pub fn is_readable_within(file: &File, patience: Duration) -> bool {
    let timeout = Timespec { tv_sec: patience.as_secs() as i64, tv_nsec: i64::from(patience.subsec_nanos()) };
    // What the system cannot tell is found out by reading.
    poll(&mut [PollFd::new(file, PollFlags::IN)], Some(&timeout)).map_or(true, |ready| ready > 0)
}
