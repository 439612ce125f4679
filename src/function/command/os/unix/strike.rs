//! Faults of a command's process, made by the signals that the system answers real ones with.

use rustix::process::{Pid, Signal, kill_process};

use crate::function::Fault;

/// Whether a process can be made to do this from outside.
pub(in super::super::super) fn can_strike(fault: Fault) -> bool {
    signal_of(fault).is_some()
}

/// Makes the process do this, if it is still there.
pub(in super::super::super) fn strike(pid: u32, fault: Fault) {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    let Some((pid, signal)) = pid.zip(signal_of(fault)) else { return };
    // Some runtimes take the first signal for a full stack, see that it is none, and let the next one through.
    for _ in 0..if fault.is_deadly() { 2 } else { 1 } {
        // It may have ended in this very moment, which is as good.
        let _ = kill_process(pid, signal);
    }
}

fn signal_of(fault: Fault) -> Option<Signal> {
    match fault {
        Fault::Segfault => Some(Signal::SEGV),
        Fault::Abort => Some(Signal::ABORT),
        Fault::Hang => Some(Signal::STOP),
        Fault::Leak | Fault::Flood => None,
    }
}
