use std::io;
use std::thread;

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
