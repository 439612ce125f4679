use std::io;
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::Wish;

/// Calls `tell` from a thread of its own for each signal that asks this program to end. Signals that whoever started it
/// has it ignore, as `nohup` does, stay ignored.
pub fn on_wish(mut tell: impl FnMut(Wish) + Send + 'static) -> io::Result<()> {
    let ignored = ignored_signals();
    let heard = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| ignored & (1 << (signal - 1)) == 0);
    let mut signals = Signals::new(heard)?;
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for signal in signals.forever() {
            tell(if signal == SIGINT { Wish::Interrupt } else { Wish::Terminate });
        }
    })?;
    Ok(())
}

/// A bit a signal, as `SigIgn` of proc(5); none where the system does not tell.
fn ignored_signals() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
}
