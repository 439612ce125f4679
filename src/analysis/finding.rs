//! The one thing that is most worth saying of a run, from measured figures.

use std::fmt;
use std::sync::Arc;

use super::ledger::Ledger;
use super::parts::Part;
use crate::pool::{Mode, RunLog};

/// Runs that are over sooner show nothing that holds for longer ones, but that they are short.
const SHORT_NS: u64 = 20_000_000;
/// A part of the time from which on it is what matters.
const MUCH: f64 = 0.5;
const SOME: f64 = 0.2;

/// What a run showed. All shares are of the workers' time, as those of the [`Ledger`] are.
#[derive(Debug, Clone, PartialEq)]
pub enum Finding {
    /// Threads shared an interpreter's lock, and together used so many cores; with the module that had turned the lock on,
    /// where the interpreter had none.
    TookTurns { cores: f64, threads: usize, lock_turned_on_by: Option<Arc<str>> },
    /// Until workers were ready, and of that the part in which they loaded and set up the function.
    Starting { share: f64, setting_up: f64 },
    /// Items waited.
    Waiting { share: f64, workers: usize, cores: usize },
    /// Workers were ready, in items or between them, and had no core.
    WithoutCore { share: f64, workers: usize, cores: usize },
    /// Workers had nothing to do.
    NothingToDo { share: f64 },
    /// Inputs and results were on their way.
    OnTheWay { share: f64 },
    /// Items computed.
    Computing { share: f64, cores: f64 },
}

impl Finding {
    /// What the run of this record showed on a machine with so many cores for it; nothing where no part stands out.
    pub fn of(log: &RunLog, ledger: &Ledger, cores: usize) -> Option<Self> {
        let parts = &ledger.total;
        let share = |part| parts.share(part);
        let workers = log.workers;
        // As it stands beside the run, with the starts of its processes.
        let cores_used = log.cores_busy();
        let starting = share(Part::Starting) + share(Part::SettingUp);
        // Of a run in which nothing ran nothing can be said.
        if log.counts.done() == log.counts.not_run || parts.total_ns() == 0 {
            return None;
        }
        let (idle, engine, items) = (share(Part::Idle), share(Part::Engine), parts.share_of(&Part::OF_ITEMS));
        let of_items = |part| share(part) / items.max(f64::MIN_POSITIVE);
        let most = starting.max(idle).max(engine).max(items);
        if starting >= MUCH || (starting >= SOME && starting == most) {
            return Some(Self::Starting { share: starting, setting_up: share(Part::SettingUp) });
        }
        if log.last_row_ns < SHORT_NS {
            return None;
        }
        let is_of_threads = log.plan.job.settings.mode == Mode::Thread;
        if is_of_threads && items >= SOME && of_items(Part::Lock) >= SOME {
            let lock_turned_on_by = log.lock_turned_on_by.clone();
            return Some(Self::TookTurns { cores: cores_used, threads: workers, lock_turned_on_by });
        }
        if idle >= MUCH || idle == most {
            return Some(Self::NothingToDo { share: idle });
        }
        if engine >= MUCH || engine == most {
            return Some(Self::OnTheWay { share: engine });
        }
        if ledger.is_ready_measured && of_items(Part::Ready) >= SOME {
            return Some(Self::WithoutCore { share: share(Part::Ready), workers, cores });
        }
        if of_items(Part::Blocked) >= MUCH {
            return Some(Self::Waiting { share: share(Part::Blocked), workers, cores });
        }
        (of_items(Part::OnCore) >= MUCH)
            .then_some(Self::Computing { share: share(Part::OnCore), cores: cores_used })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |share: f64| (share * 100.0).round();
        match *self {
            Self::TookTurns { cores, threads, ref lock_turned_on_by } => {
                write!(
                    f,
                    "The {threads} threads took turns under Python's lock: they used {cores:.2} cores together. "
                )?;
                match lock_turned_on_by {
                    Some(module) => {
                        write!(f, "The module {module} turned the lock on; without it, they need not.")
                    }
                    None => write!(f, "Processes have a lock each."),
                }
            }
            // As the parts of the bar below are named.
            Self::Starting { share, setting_up } => {
                write!(f, "Starting the workers took {} % of their time", percent(share - setting_up))?;
                if percent(setting_up) > 0.0 {
                    write!(f, ", and setting them up {} %", percent(setting_up))?;
                }
                f.write_str(": this is little work for a pool.")
            }
            Self::Waiting { share, workers, cores } if workers <= cores * 4 => write!(
                f,
                "Items waited for {} % of the workers' time: more workers than {workers} would help.",
                percent(share)
            ),
            Self::Waiting { share, .. } => {
                write!(f, "Items waited for {} % of the workers' time.", percent(share))
            }
            Self::WithoutCore { share, workers, cores } if workers > cores => write!(
                f,
                "Workers were ready for {} % of their time and had no core: {workers} workers are more than the \
                 {cores} cores can run at once.",
                percent(share)
            ),
            Self::WithoutCore { share, .. } => write!(
                f,
                "Workers were ready for {} % of their time and had no core: something else used the cores.",
                percent(share)
            ),
            Self::NothingToDo { share } => write!(
                f,
                "Workers had nothing to do for {} % of their time: there were too few items, or one took long at the end.",
                percent(share)
            ),
            Self::OnTheWay { share } => write!(
                f,
                "Inputs and results were on their way for {} % of the workers' time: items are short beside what has \
                 to be sent.",
                percent(share)
            ),
            Self::Computing { share, cores } => write!(
                f,
                "Items computed for {} % of the workers' time; the pool kept {cores:.2} cores busy.",
                percent(share)
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_finding_is_a_sentence_with_its_figures() {
        let took_turns = |module: Option<&str>| Finding::TookTurns {
            cores: 0.984,
            threads: 4,
            lock_turned_on_by: module.map(Into::into),
        };
        let said = took_turns(None).to_string();
        assert!(said.contains("4 threads") && said.contains("0.98 cores"), "{said}");
        let said = took_turns(Some("_fast.core")).to_string();
        assert!(said.contains("The module _fast.core turned the lock on"), "{said}");
        let said = Finding::Waiting { share: 0.934, workers: 2, cores: 2 }.to_string();
        assert!(said.contains("93 %") && said.contains("more workers"), "{said}");
        assert!(!Finding::Waiting { share: 0.9, workers: 64, cores: 2 }.to_string().contains("more workers"));
        let said = Finding::Starting { share: 0.93, setting_up: 0.09 }.to_string();
        assert!(said.contains("took 84 % of their time, and setting them up 9 %:"), "{said}");
        let said = Finding::Starting { share: 0.93, setting_up: 0.001 }.to_string();
        assert!(said.contains("took 93 % of their time: "), "{said}");
        let said = Finding::WithoutCore { share: 0.5, workers: 2, cores: 2 }.to_string();
        assert!(said.contains("something else used"), "{said}");
    }
}
