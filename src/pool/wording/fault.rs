//! The words for faults that a person has workers make: what is made, when, and who else goes.

use std::fmt::{self, Display, Formatter};

use super::super::record::{HostName, Injection, NotInjected, When};
use crate::function::{FLOOD_S, Fault, LEAK_BYTES_PER_S};

/// The fault as a cause: "segmentation fault".
impl Display for Fault {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Segfault => "segmentation fault",
            Self::Abort => "abort",
            Self::Hang => "hang",
            Self::Leak => "memory leak",
            Self::Flood => "flood of lines",
        })
    }
}

impl Display for Injection {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.is_apart {
            true => self.write_apart(f),
            false => self.write_own(f),
        }
    }
}

impl Injection {
    fn write_own(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { worker, fault, host, .. } = self;
        write!(f, "worker {worker} is made to {} by hand", verb(*fault))?;
        f.write_str(moment(self.when))?;
        match fault {
            Fault::Segfault | Fault::Abort => write!(f, "; {}", host.who_ends()),
            Fault::Hang => write!(f, ": its item does not end; {}", who_hangs(*host)),
            Fault::Leak => {
                let (rate_mib, most_mib) = (LEAK_BYTES_PER_S >> 20, self.most_bytes >> 20);
                write!(f, ": {rate_mib} MiB a second, up to {most_mib} MiB; {}", whose_memory(*host))
            }
            Fault::Flood => write!(f, ", as fast as it can for {FLOOD_S} s; nobody else is hit"),
        }
    }

    fn write_apart(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (signal, then) = match self.fault {
            Fault::Abort => ("SIGABRT", "its item fails"),
            Fault::Hang => ("SIGSTOP", "its item does not end"),
            _ => ("SIGSEGV", "its item fails"),
        };
        let (worker, moment) = (self.worker, moment(self.when));
        write!(f, "the command of worker {worker} is sent {signal} by hand{moment}: {then}; ")?;
        f.write_str("it is a process of its own, so no worker ends")
    }
}

impl Display for NotInjected {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoProcess => "it has no process now",
            Self::Ending => "its process is about to end",
            Self::Already => "it does so already",
        })
    }
}

/// "crash (segmentation fault)".
pub(super) fn verb(fault: Fault) -> &'static str {
    match fault {
        Fault::Segfault => "crash (segmentation fault)",
        Fault::Abort => "abort",
        Fault::Hang => "hang",
        Fault::Leak => "take memory",
        Fault::Flood => "write lines",
    }
}

fn moment(when: When) -> &'static str {
    match when {
        When::Now => "",
        When::Ready => " as soon as it has started",
        When::Woken => " as soon as it is woken",
    }
}

impl HostName {
    /// Who ends with a process: the rest of a sentence about one of its workers.
    pub fn who_ends(self) -> String {
        match self {
            Self::Worker(_) | Self::Suspects => "no other worker is affected".to_owned(),
            Self::AllThreads(2) => "its process holds both workers, so both end".to_owned(),
            Self::AllThreads(all) => format!("its process holds all {all} workers, so all {all} end"),
            Self::Workers { first, last } if last == first + 1 => {
                format!("its process holds workers {first} and {last}, so both end")
            }
            Self::Workers { first, last } => {
                let count = last - first + 1;
                format!("its process holds workers {first} to {last}, so all {count} end")
            }
        }
    }
}

fn who_hangs(host: HostName) -> String {
    match host {
        HostName::Worker(_) | HostName::Suspects => "nobody else hangs".to_owned(),
        _ => format!("nobody else hangs, but if it is ended for that, {}", host.who_ends()),
    }
}

fn whose_memory(host: HostName) -> String {
    match host {
        HostName::Worker(_) | HostName::Suspects => "nobody shares its memory".to_owned(),
        HostName::AllThreads(threads) => format!("all {threads} workers share that memory"),
        HostName::Workers { first, last } => format!("workers {first} to {last} share that memory"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(fault: Fault, host: HostName, when: When, is_apart: bool) -> String {
        Injection { worker: 3, fault, host, when, is_apart, most_bytes: 1 << 30 }.to_string()
    }

    #[test]
    fn each_fault_says_who_else_is_hit() {
        let (alone, all) = (HostName::Worker(3), HostName::AllThreads(4));
        let some = HostName::Workers { first: 3, last: 5 };
        for (fault, host, when, expected) in [
            (
                Fault::Segfault,
                alone,
                When::Now,
                "worker 3 is made to crash (segmentation fault) by hand; no other worker is affected",
            ),
            (
                Fault::Segfault,
                all,
                When::Ready,
                "worker 3 is made to crash (segmentation fault) by hand as soon as it has started; its process holds all 4 workers, so all 4 end",
            ),
            (
                Fault::Abort,
                some,
                When::Woken,
                "worker 3 is made to abort by hand as soon as it is woken; its process holds workers 3 to 5, so all 3 end",
            ),
            (
                Fault::Hang,
                alone,
                When::Now,
                "worker 3 is made to hang by hand: its item does not end; nobody else hangs",
            ),
            (
                Fault::Leak,
                all,
                When::Now,
                "worker 3 is made to take memory by hand: 64 MiB a second, up to 1024 MiB; all 4 workers share that memory",
            ),
            (
                Fault::Flood,
                all,
                When::Now,
                "worker 3 is made to write lines by hand, as fast as it can for 3 s; nobody else is hit",
            ),
        ] {
            assert_eq!(told(fault, host, when, false), expected);
        }
        assert_eq!(
            told(Fault::Segfault, all, When::Now, true),
            "the command of worker 3 is sent SIGSEGV by hand: its item fails; it is a process of its own, so no worker ends"
        );
    }

    #[test]
    fn two_are_both() {
        assert_eq!(HostName::AllThreads(2).who_ends(), "its process holds both workers, so both end");
        let two = HostName::Workers { first: 1, last: 2 };
        assert_eq!(two.who_ends(), "its process holds workers 1 and 2, so both end");
    }
}
