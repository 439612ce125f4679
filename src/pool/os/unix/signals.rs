//! Signals to this program itself.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};

/// The signals that ask this program to end. Those that whoever started it has it ignore, as `nohup` does, are not among
/// them.
pub fn ending_signals() -> Vec<i32> {
    let ignored = ignored_signals();
    [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| ignored & (1 << (signal - 1)) == 0).collect()
}

/// A bit a signal, as `SigIgn` of proc(5); none where the system does not tell.
fn ignored_signals() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
}

/// Lets go of what a program may inherit from whoever started it and does not expect: ended children that are not
/// reported (an ignored SIGCHLD), and signals that are held back.
pub fn reset_inherited_signals() {
    // SAFETY: the default action runs no code of this program, and the set lives until the calls are over.
    unsafe {
        libc::signal(libc::SIGCHLD, libc::SIG_DFL);
        let mut none = std::mem::zeroed();
        libc::sigemptyset(&raw mut none);
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const none, std::ptr::null_mut());
    }
}

/// Makes a file that grows beyond a limit (`ulimit -f`) an error of the write, and not the end of this program. What it
/// starts is ended as ever.
pub fn outlive_file_limits() {
    // Where it cannot be asked for, the signal ends this program as before.
    let _ = signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)));
}
