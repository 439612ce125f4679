//! The rules of a pool that most runs leave alone: how long an item may take, how often it is tried, when a worker is
//! renewed, and what failures end the run. Each is read from what a person writes and writes itself back the same way.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::value::shortened;

/// In which order results are delivered; the record is in input order in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Order {
    /// As the inputs were given: Python's `map` and `imap`.
    #[default]
    Inputs,
    /// As they are finished: Python's `imap_unordered`.
    Finished,
}

/// How long an item may execute before its worker is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Timeout {
    After(Duration),
    /// A multiple of the median so far, in percent; begins to hold once 3 items are finished, as in GNU parallel.
    OfMedian {
        percent: u32,
    },
}

impl FromStr for Timeout {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = || {
            let reason =
                format!("`{}` is not seconds (2.5) or percent of the median (300%)", shortened(text, 40));
            Error::usage("set the timeout", reason)
        };
        match text.trim().strip_suffix('%') {
            // What takes as long as the median is not late yet.
            Some(percent) => match percent.trim().parse() {
                Ok(percent @ 101..) => Ok(Self::OfMedian { percent }),
                _ => Err(wrong()),
            },
            None => seconds(text).filter(|time| !time.is_zero()).map(Self::After).ok_or_else(wrong),
        }
    }
}

impl fmt::Display for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::After(time) => write!(f, "{}", time.as_secs_f64()),
            Self::OfMedian { percent } => write!(f, "{percent}%"),
        }
    }
}

/// What happens between two tries of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum RetryDelay {
    #[default]
    None,
    /// Always the same pause.
    Fixed(Duration),
    /// This pause first, and twice the last one each time after.
    Exponential(Duration),
}

impl RetryDelay {
    /// The pause before the try that follows the `failed`th one (from 1).
    pub fn before_next(self, failed: u8) -> Duration {
        match self {
            Self::None => Duration::ZERO,
            Self::Fixed(pause) => pause,
            Self::Exponential(first) => {
                first.saturating_mul(1 << u32::from(failed.saturating_sub(1)).min(20))
            }
        }
    }
}

impl RetryDelay {
    /// "after 0.5 s, and twice as long each time after".
    pub fn in_words(self) -> String {
        match self {
            Self::None => "at once".to_owned(),
            Self::Fixed(pause) => format!("after {} s", pause.as_secs_f64()),
            Self::Exponential(first) => {
                format!("after {} s, and twice as long each time after", first.as_secs_f64())
            }
        }
    }
}

impl FromStr for RetryDelay {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (number, grows) = match text.trim().strip_suffix('x') {
            Some(number) => (number, true),
            None => (text, false),
        };
        match (text.trim(), seconds(number), grows) {
            ("none", ..) => Ok(Self::None),
            (_, Some(Duration::ZERO), _) => Ok(Self::None),
            (_, Some(pause), false) => Ok(Self::Fixed(pause)),
            (_, Some(pause), true) => Ok(Self::Exponential(pause)),
            (_, None, _) => Err(Error::usage(
                "set the delay of retries",
                format!("`{}` is not none, seconds (0.5) or seconds that double (0.5x)", shortened(text, 40)),
            )),
        }
    }
}

impl fmt::Display for RetryDelay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Fixed(pause) => write!(f, "{}", pause.as_secs_f64()),
            Self::Exponential(first) => write!(f, "{}x", first.as_secs_f64()),
        }
    }
}

/// What holds for each item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ItemRules {
    pub timeout: Option<Timeout>,
    /// How often an item that failed is tried again.
    pub retries: u8,
    pub retry_delay: RetryDelay,
}

/// What holds for each worker. Processes are renewed and ended whole: in thread mode all workers together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct WorkerRules {
    /// A worker that has finished so many items gives way to a new one: Python's `maxtasksperchild`.
    pub recycle_items: Option<u64>,
    /// A worker that holds more memory between two items gives way to a new one.
    pub recycle_bytes: Option<u64>,
    /// A worker that holds more memory is ended, and the item it has in hand fails.
    pub memory_limit_bytes: Option<u64>,
    /// Each worker stays on one core.
    pub pins: bool,
    /// Workers start with OMP_NUM_THREADS and its relatives as they are in the environment, instead of at 1.
    pub nested_threads: bool,
}

/// How a run that is to end treats what is executing.
///
/// Run files hold the place of a variant: new ones come last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Halting {
    /// It is ended.
    Now,
    /// It may finish; nothing new begins.
    Soon,
}

/// How many failures are too many.
///
/// Run files hold the place of a variant: new ones come last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Failures {
    Count(u64),
    /// Of the finished items; begins to hold once 3 have failed, as in GNU parallel.
    Percent(u8),
}

/// When failures end the run.
///
/// Run files hold the place of a variant: new ones come last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum HaltRule {
    #[default]
    Never,
    At {
        failures: Failures,
        halting: Halting,
    },
}

impl HaltRule {
    /// Whether so many failures among so many finished items end the run, and how.
    pub fn applies(self, failed: u64, done: u64) -> Option<Halting> {
        let Self::At { failures, halting } = self else { return None };
        let is_reached = match failures {
            Failures::Count(limit) => failed >= limit,
            Failures::Percent(limit) => failed >= 3 && failed * 100 >= done * u64::from(limit),
        };
        is_reached.then_some(halting)
    }
}

/// GNU parallel's words: `never`, `now,fail=1`, `soon,fail=10%`.
impl FromStr for HaltRule {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = || {
            let reason = "is not never, now,fail=N or soon,fail=N, where N may also be percent (10%)";
            Error::usage("set when failures end the run", format!("`{}` {reason}", shortened(text, 40)))
        };
        if text == "never" {
            return Ok(Self::Never);
        }
        let (when, failures) = text.split_once(",fail=").ok_or_else(wrong)?;
        let halting = match when {
            "now" => Halting::Now,
            "soon" => Halting::Soon,
            _ => return Err(wrong()),
        };
        let failures = match failures.strip_suffix('%') {
            Some(percent) => {
                percent.parse().ok().filter(|percent| (1..=100).contains(percent)).map(Failures::Percent)
            }
            None => failures.parse().ok().filter(|count| *count > 0).map(Failures::Count),
        };
        Ok(Self::At { failures: failures.ok_or_else(wrong)?, halting })
    }
}

impl fmt::Display for HaltRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::At { failures, halting } = self else { return f.write_str("never") };
        let when = match halting {
            Halting::Now => "now",
            Halting::Soon => "soon",
        };
        match failures {
            Failures::Count(count) => write!(f, "{when},fail={count}"),
            Failures::Percent(percent) => write!(f, "{when},fail={percent}%"),
        }
    }
}

/// How often an item may be tried again.
pub const MOST_RETRIES: u8 = u8::MAX - 1;

/// No worker holds less.
const LEAST_SIZE_BYTES: f64 = 1024.0 * 1024.0;

/// Reads the size of a worker's memory in bytes: `500M`, `2G`, `1500000`. Units are powers of 1024, as those
/// of the sentences about it (MiB).
pub fn parse_size_bytes(text: &str) -> Result<u64> {
    let text = text.trim();
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" | "b" => Some(1.0),
        "k" | "kb" | "kib" => Some(1024.0),
        "m" | "mb" | "mib" => Some(1024.0 * 1024.0),
        "g" | "gb" | "gib" => Some(1024.0 * 1024.0 * 1024.0),
        _ => None,
    };
    let number = digits.trim().parse::<f64>().ok().filter(|number| number.is_finite() && *number > 0.0);
    match (number, unit) {
        (Some(number), Some(unit)) if number * unit >= LEAST_SIZE_BYTES => Ok((number * unit) as u64),
        (Some(number), Some(1.0)) => {
            let reason =
                format!("{number} bytes are less than any worker holds; write {number}M or {number}G");
            Err(Error::usage("read a size", reason))
        }
        (Some(_), Some(_)) => {
            let reason = format!("{text} is less than any worker holds; write a size like 500M or 2G");
            Err(Error::usage("read a size", reason))
        }
        _ => Err(Error::usage(
            "read a size",
            format!("`{}` is not a size like 500M or 2G", shortened(text, 40)),
        )),
    }
}

fn seconds(text: &str) -> Option<Duration> {
    let text = text.trim();
    let number: f64 = text.strip_suffix('s').unwrap_or(text).trim().parse().ok()?;
    Duration::try_from_secs_f64(number).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads_as_it_writes<T: FromStr<Err = Error> + fmt::Display>(good: &[&str], bad: &[&str]) {
        for text in good {
            assert_eq!(text.parse::<T>().unwrap().to_string(), *text);
        }
        for text in bad {
            assert!(text.parse::<T>().is_err(), "{text}");
        }
    }

    #[test]
    fn rules_read_as_they_write() {
        reads_as_it_writes::<Timeout>(&["2.5", "300%"], &["", "0", "-1", "100%", "fast", "1e99"]);
        reads_as_it_writes::<RetryDelay>(&["none", "0.5", "0.25x"], &["", "x", "-1", "soon"]);
        reads_as_it_writes::<HaltRule>(
            &["never", "now,fail=1", "soon,fail=3", "now,fail=10%"],
            &["", "now", "now,fail=0", "soon,fail=101%", "later,fail=1", "now,success=1"],
        );
    }

    #[test]
    fn sizes_take_units() {
        assert_eq!(parse_size_bytes("1500000").unwrap(), 1_500_000);
        assert_eq!(parse_size_bytes("2G").unwrap(), 2 << 30);
        assert_eq!(parse_size_bytes("1.5 MiB").unwrap(), 3 << 19);
        for text in ["", "M", "0", "-1G", "5 apples", "nan"] {
            assert!(parse_size_bytes(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_exponential_delay_doubles() {
        let delay = RetryDelay::Exponential(Duration::from_millis(100));
        assert_eq!([1, 2, 4].map(|failed| delay.before_next(failed).as_millis()), [100, 200, 800]);
        assert_eq!(delay.before_next(255), Duration::from_millis(100 << 20));
    }

    #[test]
    fn percent_of_failures_waits_for_a_few() {
        let rule: HaltRule = "soon,fail=10%".parse().unwrap();
        assert_eq!(
            [(2, 2), (3, 31), (3, 30)].map(|(failed, done)| rule.applies(failed, done).is_some()),
            [false, false, true]
        );
    }
}
