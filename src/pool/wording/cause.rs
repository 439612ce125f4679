//! The words for why an item has no output, and for how a run ended.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use super::super::record::{Cause, Ending, LifeEnd};
use super::super::settings::{Failures, HaltRule};
use crate::value::grouped;

impl Display for Cause {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Raised(text) => f.write_str(text),
            Self::HostEnded(end) => write_host_ended(f, end),
            Self::TimedOut { limit_ns, percent_of_median } => {
                let limit_s = Duration::from_nanos(*limit_ns).as_secs_f64();
                match percent_of_median {
                    Some(percent) => {
                        write!(f, "took longer than {limit_s:.3} s, {percent}% of the median")?;
                    }
                    None => write!(f, "took longer than {limit_s} s")?,
                }
                f.write_str("; its worker was ended")
            }
            Self::Stopped => f.write_str("stopped while it ran"),
            Self::NotRun(ending) => match &**ending {
                Ending::Completed => f.write_str("not run"),
                Ending::Stopped => f.write_str("not run: the run was stopped first"),
                ending => write!(f, "not run: {ending}"),
            },
        }
    }
}

fn write_host_ended(f: &mut Formatter<'_>, end: &LifeEnd) -> fmt::Result {
    match end {
        LifeEnd::Exit(code) => write!(f, "the worker process left with exit code {code}"),
        LifeEnd::Signal(_) => write!(f, "the worker process was ended by {end}"),
        LifeEnd::Killed => f.write_str("the worker process was ended by hand"),
        LifeEnd::OverMemory { limit_bytes } => {
            write!(f, "held more than {} MiB, its memory limit; its worker was ended", limit_bytes >> 20)
        }
        LifeEnd::MachineFull { held_bytes } => write!(
            f,
            "its worker held {} MiB when the machine was about to run out of memory, and was ended for that",
            held_bytes >> 20
        ),
        end => write!(f, "the worker process was lost: {end}"),
    }
}

impl Cause {
    /// What stands in a narrow column: what befell the process comes first there.
    pub fn brief(&self) -> String {
        match self {
            Self::HostEnded(end) => match &**end {
                LifeEnd::Exit(code) => format!("left with exit code {code}"),
                LifeEnd::Signal(_) => format!("ended by {end}"),
                LifeEnd::Killed => "ended by hand".to_owned(),
                LifeEnd::OverMemory { .. } | LifeEnd::MachineFull { .. } => self.to_string(),
                end => format!("lost: {end}"),
            },
            _ => self.to_string(),
        }
    }
}

/// Why a run ended before all was done; "completed" where it did not.
impl Display for Ending {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Completed => f.write_str("completed"),
            Self::Stopped => f.write_str("stopped"),
            Self::Halted { rule, failed, done } => write_halted(f, *rule, *failed, *done),
            Self::Broken(reason) => f.write_str(reason),
        }
    }
}

/// "3 inputs failed, which was the limit (--halt now,fail=3)".
fn write_halted(f: &mut Formatter<'_>, rule: HaltRule, failed: u64, done: u64) -> fmt::Result {
    match rule {
        HaltRule::At { failures: Failures::Percent(_), .. } => {
            write!(f, "{} of {} inputs", grouped(failed), grouped(done))?;
        }
        _ if failed == 1 => f.write_str("1 input")?,
        _ => write!(f, "{} inputs", grouped(failed))?,
    }
    write!(f, " failed, which was the limit (--halt {rule})")
}
