//! Whether other programs used the cores while a run went on, or use them now: such a run measures them, too.

use std::fmt;

use crate::pool::MachineLoad;

/// From this part of the cores on that others use, a run tells little. A job with a worker a core can lose as much of its
/// speed to them: more than most differences that are worth a choice. Below it is what a desktop does by itself.
const MUCH: f64 = 0.25;
/// From this part on, a run that does not show what it is to show may have been kept from it.
const DISTURBING: f64 = 0.08;
/// From this difference of parts on, two runs were not made on the same machine.
const UNEVEN: f64 = 0.15;
/// What has been much stays so down to this part, so that a figure about the limit does not come and go.
const STILL_MUCH: f64 = 0.18;

/// Others used the cores, or had them taken away.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Disturbance {
    /// Other programs of this machine kept so many cores busy.
    Others { busy_cores: f64, cores: usize },
    /// The machine that this one is a part of gave so many of its cores to others.
    Taken { steal_cores: f64, cores: usize },
    /// What shows the run kept so many cores busy: a window that is drawn without a graphics processor.
    ThisWindow { busy_cores: f64, cores: usize },
}

impl Disturbance {
    /// What a run had; nothing where it had its cores for itself, or was too short to tell.
    pub fn of(load: &MachineLoad) -> Option<Self> {
        let limit = MUCH * load.cores as f64;
        let (others, steal) = (load.others_busy_cores(), load.steal_cores());
        match load.cores {
            _ if !load.tells_of_others() || others + steal < limit => None,
            cores if others >= steal => Some(Self::Others { busy_cores: others, cores }),
            cores => Some(Self::Taken { steal_cores: steal, cores }),
        }
    }

    /// What drawing the window took, where that is as much as others may use before a run tells little.
    fn this_window(load: &MachineLoad) -> Option<Self> {
        let busy_cores = load.window_busy_cores();
        let is_much = load.tells_of_others() && busy_cores >= MUCH * load.cores as f64;
        is_much.then_some(Self::ThisWindow { busy_cores, cores: load.cores })
    }

    /// What makes a run one that should not be compared with others: what it had, or what drawing it took.
    pub fn that_spoiled(load: &MachineLoad) -> Option<Self> {
        Self::of(load).or_else(|| Self::this_window(load))
    }

    /// What may have kept a run from showing what it is to show; nothing where it had its cores nearly for itself.
    pub fn that_disturbed(load: &MachineLoad) -> Option<Self> {
        let (others, steal, window) =
            (load.others_busy_cores(), load.steal_cores(), load.window_busy_cores());
        let most = others.max(steal).max(window);
        match load.cores {
            cores if !load.tells_of_others() || others + steal + window < DISTURBING * cores as f64 => None,
            cores if most == window => Some(Self::ThisWindow { busy_cores: window, cores }),
            cores if most == others => Some(Self::Others { busy_cores: others, cores }),
            cores => Some(Self::Taken { steal_cores: steal, cores }),
        }
    }

    /// What one of several runs had and another had not, so that to compare them says more of that than of the runs; nothing
    /// where they are alike, or too short to tell.
    pub fn that_was_uneven<'a>(loads: impl Iterator<Item = &'a MachineLoad>) -> Option<Self> {
        let taken = |load: &MachineLoad| {
            let all = load.others_busy_cores() + load.steal_cores() + load.window_busy_cores();
            all / load.cores.max(1) as f64
        };
        let told: Vec<&MachineLoad> = loads.filter(|load| load.tells_of_others()).collect();
        let least = told.iter().map(|load| taken(load)).fold(f64::INFINITY, f64::min);
        let most = told.iter().max_by(|one, other| taken(one).total_cmp(&taken(other)))?;
        (taken(most) - least >= UNEVEN).then(|| Self::that_disturbed(most)).flatten()
    }

    /// What other programs use right now, where that is much; `was_much` says whether it was a moment ago.
    pub fn now(others_busy_cores: f64, cores: usize, was_much: bool) -> Option<Self> {
        let limit = if was_much { STILL_MUCH } else { MUCH };
        (cores > 0 && others_busy_cores >= limit * cores as f64)
            .then_some(Self::Others { busy_cores: others_busy_cores, cores })
    }

    /// "Other programs used 1.8 of 2 cores meanwhile".
    pub fn meanwhile(&self) -> String {
        match *self {
            Self::Others { busy_cores, cores } => {
                format!("Other programs used {busy_cores:.1} of {} meanwhile", of_cores(cores))
            }
            Self::Taken { steal_cores, cores } => {
                format!("{steal_cores:.1} of {} were taken from this machine meanwhile", of_cores(cores))
            }
            Self::ThisWindow { busy_cores, cores } => {
                format!("Drawing the window used {busy_cores:.1} of {} meanwhile", of_cores(cores))
            }
        }
    }

    /// "Other programs use 1.8 of 2 cores": before a run.
    pub fn before_a_run(&self) -> String {
        match *self {
            Self::Others { busy_cores, cores } => {
                format!("Other programs use {busy_cores:.1} of {}", of_cores(cores))
            }
            Self::Taken { steal_cores, cores } => {
                format!("{steal_cores:.1} of {} are taken from this machine", of_cores(cores))
            }
            Self::ThisWindow { busy_cores, cores } => {
                format!("Drawing the window uses {busy_cores:.1} of {}", of_cores(cores))
            }
        }
    }
}

impl fmt::Display for Disturbance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: do not compare this run with others.", self.meanwhile())
    }
}

fn of_cores(cores: usize) -> String {
    if cores == 1 { "1 core".to_owned() } else { format!("{cores} cores") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(busy_ms: u64, steal_ms: u64) -> MachineLoad {
        let ns = |ms: u64| ms * 1_000_000;
        MachineLoad {
            from_ns: 0,
            upto_ns: ns(1000),
            cores: 2,
            busy_ns: ns(busy_ms),
            pool_ns: ns(150),
            own_ns: ns(50),
            engine_ns: ns(50),
            steal_ns: ns(steal_ms),
        }
    }

    #[test]
    fn a_quarter_of_the_cores_is_much() {
        assert_eq!(Disturbance::of(&load(690, 0)), None);
        let said = Disturbance::of(&load(2000, 0)).unwrap().to_string();
        assert_eq!(
            said,
            "Other programs used 1.8 of 2 cores meanwhile: do not compare this run with others."
        );
        let short = MachineLoad { upto_ns: 90_000_000, ..load(180, 0) };
        assert_eq!(Disturbance::of(&short), None);
    }

    #[test]
    fn cores_that_were_taken_count_as_well() {
        assert_eq!(Disturbance::of(&load(200, 490)), None);
        let said = Disturbance::of(&load(300, 900)).unwrap().to_string();
        assert!(said.starts_with("0.9 of 2 cores were taken from this machine meanwhile:"), "{said}");
        assert!(matches!(Disturbance::of(&load(500, 250)), Some(Disturbance::Others { .. })));
    }

    #[test]
    fn little_is_enough_to_keep_a_run_from_showing_something() {
        let disturbed = |load: &MachineLoad| Disturbance::that_disturbed(load).map(|told| told.to_string());
        assert_eq!(disturbed(&load(350, 0)), None);
        assert!(disturbed(&load(370, 0)).unwrap().starts_with("Other programs used 0.2 of 2 cores"));
        assert!(disturbed(&load(200, 170)).unwrap().starts_with("0.2 of 2 cores were taken"));
        let drawn = MachineLoad { own_ns: 250_000_000, ..load(400, 0) };
        assert!(disturbed(&drawn).unwrap().starts_with("Drawing the window used 0.2 of 2 cores"));
        assert_eq!(Disturbance::this_window(&drawn), None);
        let much = MachineLoad { own_ns: 550_000_000, ..load(700, 0) };
        assert_eq!(
            Disturbance::this_window(&much),
            Some(Disturbance::ThisWindow { busy_cores: 0.5, cores: 2 })
        );
        let saved = MachineLoad { engine_ns: 0, ..much };
        assert_eq!(Disturbance::this_window(&saved), None);
    }

    #[test]
    fn a_figure_about_the_limit_does_not_come_and_go() {
        let is_much = |busy_cores, was_much| Disturbance::now(busy_cores, 2, was_much).is_some();
        assert_eq!([is_much(0.49, false), is_much(0.5, false)], [false, true]);
        assert_eq!([is_much(0.4, true), is_much(0.3, true)], [true, false]);
        assert_eq!(Disturbance::now(1.0, 0, false), None);
        let said = Disturbance::now(0.7, 1, false).unwrap().before_a_run();
        assert_eq!(said, "Other programs use 0.7 of 1 core");
    }
}
