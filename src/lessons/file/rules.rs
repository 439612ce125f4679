//! The rules of the pool as they are being written: texts and kinds, from which the settings are read at every look.
//!
//! An empty text is a rule that is off. What cannot be read stays as it was written, and says why.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::pool::{
    Failures, HaltRule, Halting, ItemRules, RetryDelay, Settings, Timeout, WorkerRules, parse_size_bytes,
};
use crate::value::shortened;

/// What the timeout is measured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum TimeoutKind {
    #[default]
    Off,
    Seconds,
    OfMedian,
}

/// The pause before a retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum DelayKind {
    #[default]
    None,
    Fixed,
    Doubling,
}

/// What ends the run early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum HaltKind {
    #[default]
    Never,
    First,
    Count,
    Percent,
}

/// The rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    pub timeout: TimeoutKind,
    pub timeout_s: String,
    pub timeout_percent: String,
    pub retries: u8,
    pub delay: DelayKind,
    pub delay_s: String,
    pub recycle_items: String,
    pub recycle_memory: String,
    pub memory_limit: String,
    pub halt: HaltKind,
    pub halt_count: String,
    pub halt_percent: String,
    pub halting: Halting,
    pub pins: bool,
    pub nested_threads: bool,
}

impl Default for Rules {
    /// No rule holds. The numbers are what a rule begins with when it is chosen.
    fn default() -> Self {
        Self {
            timeout: TimeoutKind::Off,
            timeout_s: "10".to_owned(),
            timeout_percent: "300".to_owned(),
            retries: 0,
            delay: DelayKind::None,
            delay_s: "0.5".to_owned(),
            recycle_items: String::new(),
            recycle_memory: String::new(),
            memory_limit: String::new(),
            halt: HaltKind::Never,
            halt_count: "3".to_owned(),
            halt_percent: "10".to_owned(),
            halting: Halting::Now,
            pins: false,
            nested_threads: false,
        }
    }
}

impl Rules {
    /// The settings with these rules in the place of theirs; the error is that of the first one that cannot be read.
    pub fn in_settings(&self, settings: Settings) -> Result<Settings> {
        let item =
            ItemRules { timeout: self.timeout()?, retries: self.retries, retry_delay: self.retry_delay()? };
        let worker = WorkerRules {
            recycle_items: self.recycle_items()?,
            recycle_bytes: size(&self.recycle_memory)?,
            memory_limit_bytes: size(&self.memory_limit)?,
            pins: self.pins,
            nested_threads: self.nested_threads,
        };
        Ok(Settings { item, worker, halt: self.halt()?, ..settings })
    }

    /// How long an item may take.
    pub fn timeout(&self) -> Result<Option<Timeout>> {
        match self.timeout {
            TimeoutKind::Off => Ok(None),
            TimeoutKind::Seconds => self.timeout_s.parse().map(Some),
            TimeoutKind::OfMedian => format!("{}%", number(&self.timeout_percent)).parse().map(Some),
        }
    }

    /// The pause before a retry.
    pub fn retry_delay(&self) -> Result<RetryDelay> {
        match self.delay {
            // Without retries nothing is delayed, whatever stands there.
            _ if self.retries == 0 => Ok(RetryDelay::None),
            DelayKind::None => Ok(RetryDelay::None),
            DelayKind::Fixed => self.delay_s.parse(),
            DelayKind::Doubling => format!("{}x", self.delay_s.trim()).parse(),
        }
    }

    /// After how many items a worker is replaced.
    pub fn recycle_items(&self) -> Result<Option<u64>> {
        let text = self.recycle_items.trim();
        if text.is_empty() { Ok(None) } else { count_of(text, "items").map(Some) }
    }

    /// Above how many bytes a worker is replaced between two items.
    pub fn recycle_bytes(&self) -> Result<Option<u64>> {
        size(&self.recycle_memory)
    }

    /// Above how many bytes a worker is ended.
    pub fn memory_limit_bytes(&self) -> Result<Option<u64>> {
        size(&self.memory_limit)
    }

    /// When failures end the run.
    pub fn halt(&self) -> Result<HaltRule> {
        let failures = match self.halt {
            HaltKind::Never => return Ok(HaltRule::Never),
            HaltKind::First => Failures::Count(1),
            HaltKind::Count => Failures::Count(count_of(&self.halt_count, "failures")?),
            HaltKind::Percent => {
                let percent = number(&self.halt_percent).parse().ok();
                let percent = percent.filter(|percent| (1..=100).contains(percent));
                Failures::Percent(percent.ok_or_else(|| wrong(&self.halt_percent, "percent from 1 to 100"))?)
            }
        };
        Ok(HaltRule::At { failures, halting: self.halting })
    }

    /// What differs from the defaults in a few words: "timeout 2 s · 3 retries"; empty where nothing does.
    pub fn summary(&self) -> String {
        let mut parts = Vec::new();
        match self.timeout {
            TimeoutKind::Off => {}
            TimeoutKind::Seconds => parts.push(format!("timeout {} s", number(&self.timeout_s))),
            TimeoutKind::OfMedian => {
                parts.push(format!("timeout {} % of median", number(&self.timeout_percent)));
            }
        }
        match self.retries {
            0 => {}
            1 => parts.push("1 retry".to_owned()),
            retries => parts.push(format!("{retries} retries")),
        }
        let with = |what: &str, text: &str| {
            (!text.trim().is_empty()).then(|| format!("{what} {}", shortened(text.trim(), 12)))
        };
        parts.extend(with("recycle after", &self.recycle_items));
        parts.extend(with("recycle above", &self.recycle_memory));
        parts.extend(with("memory up to", &self.memory_limit));
        match self.halt {
            HaltKind::Never => {}
            HaltKind::First => parts.push("stop at first failure".to_owned()),
            HaltKind::Count => parts.push(format!("stop at {} failures", self.halt_count.trim())),
            HaltKind::Percent => parts.push(format!("stop at {} % failed", number(&self.halt_percent))),
        }
        parts.extend(self.pins.then(|| "pinned".to_owned()));
        parts.extend(self.nested_threads.then(|| "nested threads".to_owned()));
        parts.join(" · ")
    }
}

/// A number as it was written, without the unit that stands beside its field anyway.
fn number(text: &str) -> &str {
    text.trim().trim_end_matches(['%', 's']).trim_end()
}

fn count_of(text: &str, what: &str) -> Result<u64> {
    let text = text.trim();
    text.parse().ok().filter(|count| *count > 0).ok_or_else(|| wrong(text, &format!("a number of {what}")))
}

fn size(text: &str) -> Result<Option<u64>> {
    if text.trim().is_empty() { Ok(None) } else { parse_size_bytes(text).map(Some) }
}

fn wrong(text: &str, expected: &str) -> Error {
    Error::usage("set the rules of the pool", format!("`{}` is not {expected}", shortened(text.trim(), 40)))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn rules_that_nobody_touched_are_the_defaults() {
        let rules = Rules::default();
        assert_eq!(rules.in_settings(Settings::default()), Ok(Settings::default()));
        assert_eq!(rules.summary(), "");
    }

    #[test]
    fn every_field_reaches_the_settings() {
        let rules = Rules {
            timeout: TimeoutKind::OfMedian,
            timeout_percent: "250 %".into(),
            retries: 3,
            delay: DelayKind::Doubling,
            recycle_items: "100".into(),
            recycle_memory: "500M".into(),
            memory_limit: "2G".into(),
            halt: HaltKind::Percent,
            halting: Halting::Soon,
            pins: true,
            nested_threads: true,
            ..Rules::default()
        };
        let settings = rules.in_settings(Settings::default()).unwrap();
        assert_eq!(settings.item.timeout, Some(Timeout::OfMedian { percent: 250 }));
        assert_eq!(settings.item.retry_delay, RetryDelay::Exponential(Duration::from_millis(500)));
        assert_eq!(settings.worker.recycle_items, Some(100));
        assert_eq!(settings.worker.recycle_bytes, Some(500 << 20));
        assert_eq!(settings.worker.memory_limit_bytes, Some(2 << 30));
        assert_eq!(settings.halt.to_string(), "soon,fail=10%");
        assert!(settings.worker.pins && settings.worker.nested_threads);
        let summary = rules.summary();
        assert!(summary.starts_with("timeout 250 % of median · 3 retries · recycle after 100"), "{summary}");
    }

    #[test]
    fn rubbish_is_refused_in_a_sentence() {
        let with = |change: fn(&mut Rules)| {
            let mut rules = Rules::default();
            change(&mut rules);
            rules.in_settings(Settings::default()).unwrap_err().reason().to_owned()
        };
        let said = with(|rules| (rules.timeout, rules.timeout_s) = (TimeoutKind::Seconds, "soon".into()));
        assert!(said.starts_with("`soon` is not seconds"), "{said}");
        let said = with(|rules| rules.recycle_items = "-5".into());
        assert_eq!(said, "`-5` is not a number of items");
        let said = with(|rules| rules.memory_limit = "much".into());
        assert_eq!(said, "`much` is not a size like 500M or 2G");
        let said = with(|rules| (rules.halt, rules.halt_percent) = (HaltKind::Percent, "200".into()));
        assert_eq!(said, "`200` is not percent from 1 to 100");
    }

    #[test]
    fn a_delay_without_retries_is_none() {
        let rules = Rules { delay: DelayKind::Fixed, delay_s: "rubbish".into(), ..Rules::default() };
        assert_eq!(rules.retry_delay(), Ok(RetryDelay::None));
        assert!(Rules { retries: 1, ..rules }.retry_delay().is_err());
    }
}
