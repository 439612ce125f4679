//! The ends of a process that a program hears of only from its system.

#[cfg(unix)]
use std::sync::OnceLock;

#[cfg(unix)]
static AT_EXIT: OnceLock<fn()> = OnceLock::new();

/// Has `work` done when the process ends in order, also where a library ends it: that of X11 does when its server is gone.
#[cfg(unix)]
pub fn at_exit(work: fn()) {
    extern "C" fn run() {
        if let Some(work) = AT_EXIT.get() {
            work();
        }
    }
    if AT_EXIT.set(work).is_ok() {
        // SAFETY: the function takes nothing, lives as long as the program and does not unwind: what it calls saves files
        // and has no panic of its own. Where there is no room for it, the end is as it was.
        unsafe { libc::atexit(run) };
    }
}

#[cfg(not(unix))]
pub fn at_exit(_work: fn()) {}

/// Calls `tell` from a thread of its own for the first signal that asks this program to end.
#[cfg(unix)]
pub fn on_signals(tell: impl Fn(&'static str) + Send + 'static) {
    use signal_hook::consts::{SIGHUP, SIGINT};
    let Ok(mut signals) = signal_hook::iterator::Signals::new(crate::pool::ending_signals()) else { return };
    // Without it signals end the program as they do others.
    let _ = std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for signal in signals.forever() {
            tell(match signal {
                SIGINT => "its terminal interrupted it",
                SIGHUP => "its terminal or session ended",
                _ => "the system asked it to",
            });
        }
    });
}

#[cfg(not(unix))]
pub fn on_signals(_tell: impl Fn(&'static str) + Send + 'static) {}
