//! The words for how processes end: short ones, and what was most likely behind a death, for people who do not know
//! signals by heart.

use std::fmt::{self, Display, Formatter};

use super::super::record::{Death, LifeEnd, Obstacle};
use crate::value::amount;

/// A host that held more is worth naming its memory.
const LARGE_BYTES: u64 = 1 << 30;

impl Display for LifeEnd {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("closed"),
            Self::Stopped => f.write_str("stopped"),
            Self::Recycled => f.write_str("recycled"),
            Self::TimedOut => f.write_str("ended at the timeout"),
            Self::OverMemory { limit_bytes } => {
                write!(f, "ended above the memory limit of {}", amount::mib(*limit_bytes))
            }
            Self::MachineFull { held_bytes } => {
                write!(f, "ended holding {} MiB when the machine ran out of memory", held_bytes >> 20)
            }
            Self::Killed => f.write_str("ended by hand"),
            Self::Signal(signal) => match signal_name(*signal) {
                Some(name) => f.write_str(name),
                None => write!(f, "signal {signal}"),
            },
            Self::Exit(code) => write!(f, "exit code {code}"),
            Self::Obstructed(obstacle) => write!(f, "{obstacle}"),
            Self::Broken(why) => f.write_str(why),
            Self::Injected(fault) => write!(f, "{fault} by hand"),
        }
    }
}

impl LifeEnd {
    /// The same in a word or two, for a mark: "timed out".
    pub fn short(&self) -> String {
        match self {
            Self::Obstructed(_) | Self::Broken(_) => "broken".to_owned(),
            Self::Exit(code) => format!("exit {code}"),
            Self::TimedOut => "timed out".to_owned(),
            Self::OverMemory { .. } => "over memory".to_owned(),
            Self::MachineFull { .. } => "out of memory".to_owned(),
            // There may be many of them, and their sign says it.
            Self::Recycled => String::new(),
            Self::Closed | Self::Stopped | Self::Killed | Self::Signal(_) | Self::Injected(_) => {
                self.to_string()
            }
        }
    }
}

/// The name of the signals that have one number on all systems this runs on, or that people meet on Linux.
fn signal_name(signal: i32) -> Option<&'static str> {
    Some(match signal {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        15 => "SIGTERM",
        24 => "SIGXCPU",
        25 => "SIGXFSZ",
        31 => "SIGSYS",
        _ => return None,
    })
}

impl Display for Obstacle {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CutOff => {
                "the function closed or replaced the descriptor by which its process speaks to this program"
            }
            Self::ThreadEnded => "the function ended the thread of its worker",
            Self::PythonChanged => {
                "its Python could not go on: the function changed it, such as its built-in names, or it had no more memory"
            }
            Self::LockLost => "the function ended the thread of its worker, which held the interpreter's lock",
            Self::WorkLost => "it has work and does nothing: the function took what was sent to its process",
            Self::Silent => "it has work, does nothing and gives no sign of life",
            Self::StoppedBetween => "its process was stopped between two items for longer than the timeout",
            Self::Unreachable => "the system carries no messages between it and this program any more",
            Self::ChannelClosed => "it has closed its channel, and goes on",
            Self::FirstThreadEnded => "its first thread was ended, and others go on",
            Self::DoesNotEnd => "it was killed and does not end",
        })
    }
}

impl Death {
    /// What was most likely behind it; the sentence begins small and has no full stop, as errors do.
    pub fn likely_cause(&self) -> String {
        let mut sentence = match &self.end {
            LifeEnd::Signal(signal) => of_signal(*signal, self.peak_rss_bytes),
            LifeEnd::Exit(code) => of_exit(*code),
            LifeEnd::TimedOut => {
                "an item took longer than the timeout: it hangs, or the timeout is too short".to_owned()
            }
            LifeEnd::OverMemory { limit_bytes } => {
                format!("it held more than its memory limit of {}", amount::mib(*limit_bytes))
            }
            LifeEnd::MachineFull { held_bytes } => format!(
                "the machine was about to run out of memory, and it held the most of it: {} MiB",
                held_bytes >> 20
            ),
            LifeEnd::Killed => "a person ended it in this program".to_owned(),
            LifeEnd::Injected(fault) => format!("a person had it make this fault in this program: {fault}"),
            LifeEnd::Obstructed(obstacle) => obstacle.to_string(),
            LifeEnd::Broken(why) => {
                format!("{why}; probably the function wrote to a file descriptor of Poolscope")
            }
            LifeEnd::Closed | LifeEnd::Stopped | LifeEnd::Recycled => "it was told to end".to_owned(),
        };
        match (self.threads, self.executing.len()) {
            (2.., 2..) => {
                sentence += &format!("; its {} threads share one process and went with it", self.threads);
            }
            (2.., _) => sentence += &format!("; all {} threads of the process went with it", self.threads),
            _ => {}
        }
        sentence
    }
}

fn of_signal(signal: i32, peak_rss_bytes: u64) -> String {
    let text = match signal {
        // Numbers as on Linux; those that differ elsewhere have no sentence of their own.
        4 => "an instruction that this processor does not know: code built for another one, or a trap",
        6 => "the code gave up (abort), often after a failed check or when memory could not be allocated",
        7 => {
            "a fault in native code: memory that is mapped but not there, often a file cut short or a full disk"
        }
        8 => "a fault in native code: an impossible calculation, often a division by zero",
        9 if peak_rss_bytes >= LARGE_BYTES => {
            return format!(
                "something outside ended it, often the system when memory runs out; it held up to {} MiB",
                peak_rss_bytes >> 20
            );
        }
        9 => "something outside ended it, often the system when memory runs out, or a person",
        11 => "a fault in native code: a bad memory access, or recursion without an end",
        13 => "the code wrote to a pipe that nobody reads",
        1 | 2 | 15 => "something outside asked it to end: a person, a shell or a system that shuts down",
        24 => "it has used up the CPU time that the system allows (`ulimit -t`)",
        25 => "it wrote a file larger than the system allows (`ulimit -f`)",
        31 => "it called the system in a way that a sandbox forbids",
        _ => "something sent it a signal that it does not handle",
    };
    text.to_owned()
}

fn of_exit(code: i32) -> String {
    match code {
        0 => "the code called exit in the middle of its work".to_owned(),
        // Windows tells crashes by exit codes: the NTSTATUS of the fault.
        -1_073_741_819 => "a fault in native code: a bad memory access".to_owned(),
        -1_073_741_571 => "recursion without an end".to_owned(),
        126 | 127 => "the program of the worker could not be executed".to_owned(),
        128.. => format!("the code called exit with {code}, as a shell does after signal {}", code - 128),
        code => format!("the code called exit with {code} in the middle of its work"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::function::Fault;

    fn cause(end: &LifeEnd, peak_rss_bytes: u64, threads: usize) -> String {
        let death = Death {
            worker: 1,
            pid: 7,
            at_ns: 0,
            threads,
            end: end.clone(),
            executing: vec![3],
            peak_rss_bytes,
            replaced_after: None,
            last_lines: Vec::new(),
        };
        death.likely_cause()
    }

    #[test]
    fn each_death_has_its_sentence() {
        for (end, word) in [
            (LifeEnd::Signal(11), "memory access"),
            (LifeEnd::Signal(6), "abort"),
            (LifeEnd::Signal(7), "file cut short"),
            (LifeEnd::Signal(15), "asked it to end"),
            (LifeEnd::Signal(24), "CPU time"),
            (LifeEnd::Signal(64), "a signal"),
            (LifeEnd::Exit(0), "called exit in the middle"),
            (LifeEnd::Exit(3), "exit with 3"),
            (LifeEnd::Exit(139), "signal 11"),
            (LifeEnd::TimedOut, "timeout"),
            (LifeEnd::OverMemory { limit_bytes: 500 << 20 }, "500 MiB"),
            (LifeEnd::MachineFull { held_bytes: 9 << 30 }, "9216 MiB"),
            (LifeEnd::Killed, "a person"),
            (LifeEnd::Injected(Fault::Abort), "a person had it"),
            (LifeEnd::Obstructed(Obstacle::ThreadEnded), "thread of its worker"),
            (LifeEnd::Obstructed(Obstacle::Silent), "sign of life"),
            (LifeEnd::Broken("a frame of an impossible size".into()), "file descriptor"),
        ] {
            assert!(cause(&end, 0, 1).contains(word), "{end}: {}", cause(&end, 0, 1));
        }
    }

    #[test]
    fn much_memory_and_siblings_are_named() {
        let killed = LifeEnd::Signal(9);
        assert!(cause(&killed, 3 << 30, 1).ends_with("it held up to 3072 MiB"));
        assert!(cause(&killed, 0, 4).ends_with("all 4 threads of the process went with it"));
    }
}
