use std::fs::File;
use std::io;
pub use std::os::fd::AsFd as AsStream;
use std::thread;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use signal_hook::consts::SIGINT;
use signal_hook::iterator::Signals;

use super::Wish;
use crate::pool::ending_signals;

/// Calls `tell` from a thread of its own for each signal that asks this program to end.
pub fn on_wish(mut tell: impl FnMut(Wish) + Send + 'static) -> io::Result<()> {
    let mut signals = Signals::new(ending_signals())?;
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for signal in signals.forever() {
            tell(if signal == SIGINT { Wish::Interrupt } else { Wish::Terminate });
        }
    })?;
    Ok(())
}

/// Standard input as a file of its own, of which nothing is read ahead.
pub fn standard_input() -> io::Result<File> {
    Ok(File::from(io::stdin().as_fd().try_clone_to_owned()?))
}

/// Waits until a stream takes more, a second at most.
pub fn wait_until_writable(stream: &impl AsStream) {
    let timeout = Timespec { tv_sec: 1, tv_nsec: 0 };
    // What the system cannot tell is found out by writing.
    let _ = poll(&mut [PollFd::new(stream, PollFlags::OUT)], Some(&timeout));
}
