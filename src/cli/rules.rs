//! The arguments that set a pool's rules. Without them nothing is limited, tried again or ended early.

use std::str::FromStr;

use clap::Args;

use crate::pool::{
    HaltRule, ItemRules, MOST_RETRIES, Order, RetryDelay, Settings, Timeout, WorkerRules, parse_size_bytes,
};

/// The rules; each has the default of [`Settings`].
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Rules")]
pub struct RuleArgs {
    /// End an item that takes longer, and its worker with it: seconds (2.5), or percent of the median time so far,
    /// once 3 items are finished (300%) [default: no limit]
    #[arg(long, value_name = "SECONDS|N%", value_parser = Timeout::from_str)]
    pub timeout: Option<Timeout>,

    /// How often an item that failed is tried again, from 0 to 254
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u8).range(..=i64::from(MOST_RETRIES)))]
    pub retries: u8,

    /// The pause before each retry: none, seconds (0.5), or seconds that double each time (0.5x)
    #[arg(long, value_name = "none|S|Sx", default_value = "none", value_parser = RetryDelay::from_str)]
    pub retry_delay: RetryDelay,

    /// Replace a worker by a new one after so many items, as Python's maxtasksperchild does [default: never]
    #[arg(long, value_name = "ITEMS", value_parser = clap::value_parser!(u64).range(1..))]
    pub recycle: Option<u64>,

    /// Replace a worker between two items once it holds more memory than this: 500M, 2G [default: never]
    #[arg(long, value_name = "SIZE", value_parser = parse_size_bytes)]
    pub recycle_memory: Option<u64>,

    /// End a worker that holds more memory than this; its item fails [default: no limit]
    #[arg(long, value_name = "SIZE", value_parser = parse_size_bytes)]
    pub memory_limit: Option<u64>,

    /// End the run at a number of failures (3), or a share of what is finished (10%): at once (now), or after what is
    /// executing (soon)
    #[arg(
        long,
        value_name = "never|now,fail=N|soon,fail=N",
        default_value = "never",
        value_parser = HaltRule::from_str
    )]
    pub halt: HaltRule,

    /// Print results as they are finished, as Python's imap_unordered does [default: in input order]
    #[arg(long)]
    pub unordered: bool,

    /// Keep each worker on a core of its own [default: the system moves them as it likes]
    #[arg(long)]
    pub pin: bool,

    /// Let libraries in workers start threads of their own [default: OMP_NUM_THREADS and its relatives are set to 1,
    /// so that workers do not crowd each other out]
    #[arg(long)]
    pub nested_threads: bool,
}

impl RuleArgs {
    /// The settings with these rules in the place of theirs.
    pub fn in_settings(&self, settings: Settings) -> Settings {
        Settings {
            order: if self.unordered { Order::Finished } else { Order::Inputs },
            item: ItemRules { timeout: self.timeout, retries: self.retries, retry_delay: self.retry_delay },
            worker: WorkerRules {
                recycle_items: self.recycle,
                recycle_bytes: self.recycle_memory,
                memory_limit_bytes: self.memory_limit,
                pins: self.pin,
                nested_threads: self.nested_threads,
            },
            halt: self.halt,
            ..settings
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::pool::{Failures, Halting};

    #[derive(Parser)]
    struct Alone {
        #[command(flatten)]
        rules: RuleArgs,
    }

    fn settings(args: &[&str]) -> Settings {
        let alone = Alone::parse_from([&["rules"], args].concat());
        alone.rules.in_settings(Settings::default())
    }

    #[test]
    fn without_arguments_all_is_as_it_is_in_the_window() {
        assert_eq!(settings(&[]), Settings::default());
    }

    #[test]
    fn every_rule_reaches_the_settings() {
        let all = "--timeout 300% --retries 2 --retry-delay 0.5x --recycle 10 --recycle-memory 500M \
                   --memory-limit 2G --halt soon,fail=10% --unordered --pin --nested-threads";
        let settings = settings(&all.split_whitespace().collect::<Vec<_>>());
        assert_eq!(settings.order, Order::Finished);
        let item = settings.item;
        assert_eq!((item.timeout, item.retries), (Some(Timeout::OfMedian { percent: 300 }), 2));
        assert_eq!(item.retry_delay.to_string(), "0.5x");
        let worker = settings.worker;
        assert_eq!((worker.recycle_items, worker.recycle_bytes), (Some(10), Some(500 << 20)));
        assert_eq!(worker.memory_limit_bytes, Some(2 << 30));
        assert!(worker.pins && worker.nested_threads);
        let halting = Halting::Soon;
        assert_eq!(settings.halt, HaltRule::At { failures: Failures::Percent(10), halting });
    }
}
