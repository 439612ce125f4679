//! What the cores of the machine did while a run went on: for the run, for this program, for others.

use serde::{Deserialize, Serialize};

/// A shorter run is not told to have run beside other programs: the system counts the time of cores in steps of 10 ms each.
const LEAST_NS: u64 = 100_000_000;

/// What the cores that a run could use did, as the system counts it. All CPU times are sums over these cores.
///
/// The time of all programs comes from one place (Linux: `/proc/stat`, in steps of 10 ms), that of the pool's processes from
/// their ends, that of this program from its own clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MachineLoad {
    /// From and to this time, in nanoseconds since Start.
    pub from_ns: u64,
    pub upto_ns: u64,
    /// The cores that this program, and so the run, may use.
    pub cores: usize,
    /// CPU time of all programs together.
    pub busy_ns: u64,
    /// Of that, the pool's processes and all that they have started, their starts and ends too.
    pub pool_ns: u64,
    /// Of that, this program itself.
    pub own_ns: u64,
    /// Of that, what gives out the items of this run; the rest draws a window that shows it, above all. 0 where no window does.
    #[serde(default)]
    pub engine_ns: u64,
    /// In which something ran here and the machine that this one is a part of gave the cores to others.
    pub steal_ns: u64,
}

impl MachineLoad {
    /// From its begin to its end, in nanoseconds.
    pub fn length_ns(&self) -> u64 {
        self.upto_ns.saturating_sub(self.from_ns)
    }

    /// CPU time of other programs; never below 0, which steps of the system's clock may make of it.
    pub fn others_ns(&self) -> u64 {
        self.busy_ns.saturating_sub(self.pool_ns + self.own_ns)
    }

    /// How many cores a CPU time kept busy, on average; 0 where no time went by.
    pub fn cores_of(&self, cpu_ns: u64) -> f64 {
        if self.length_ns() == 0 { 0.0 } else { cpu_ns as f64 / self.length_ns() as f64 }
    }

    /// The mean number of cores that all programs kept busy.
    pub fn busy_cores(&self) -> f64 {
        self.cores_of(self.busy_ns)
    }

    /// The same of the pool's processes.
    pub fn pool_busy_cores(&self) -> f64 {
        self.cores_of(self.pool_ns)
    }

    /// The same of this program itself.
    pub fn own_busy_cores(&self) -> f64 {
        self.cores_of(self.own_ns)
    }

    /// The same of drawing a window, and of all else that is not the engine; 0 where no window showed the run.
    pub fn window_busy_cores(&self) -> f64 {
        if self.engine_ns == 0 { 0.0 } else { self.cores_of(self.own_ns.saturating_sub(self.engine_ns)) }
    }

    /// The same load of a run that no window showed: what this program did beside the engine was the run's own, as printing
    /// its results.
    pub fn without_window(self) -> Self {
        Self { engine_ns: 0, ..self }
    }

    /// The same of all other programs.
    pub fn others_busy_cores(&self) -> f64 {
        self.cores_of(self.others_ns())
    }

    /// Cores that were taken from this machine, on average.
    pub fn steal_cores(&self) -> f64 {
        self.cores_of(self.steal_ns)
    }

    /// Whether it went on for long enough to tell what others did.
    pub fn tells_of_others(&self) -> bool {
        self.length_ns() >= LEAST_NS
    }

    /// Both together, one after the other: what several short runs tell that none of them tells alone.
    pub fn and(&self, next: &Self) -> Self {
        Self {
            from_ns: 0,
            upto_ns: self.length_ns() + next.length_ns(),
            cores: self.cores.max(next.cores),
            busy_ns: self.busy_ns + next.busy_ns,
            pool_ns: self.pool_ns + next.pool_ns,
            own_ns: self.own_ns + next.own_ns,
            engine_ns: self.engine_ns + next.engine_ns,
            steal_ns: self.steal_ns + next.steal_ns,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOAD: MachineLoad = MachineLoad {
        from_ns: 1_000_000_000,
        upto_ns: 3_000_000_000,
        cores: 2,
        busy_ns: 3_600_000_000,
        pool_ns: 1_000_000_000,
        own_ns: 100_000_000,
        engine_ns: 40_000_000,
        steal_ns: 200_000_000,
    };

    #[test]
    fn others_are_what_neither_the_pool_nor_this_program_used() {
        assert_eq!((LOAD.length_ns(), LOAD.others_ns()), (2_000_000_000, 2_500_000_000));
        let cores = [
            LOAD.busy_cores(),
            LOAD.pool_busy_cores(),
            LOAD.own_busy_cores(),
            LOAD.window_busy_cores(),
            LOAD.others_busy_cores(),
            LOAD.steal_cores(),
        ];
        assert_eq!(cores, [1.8, 0.5, 0.05, 0.03, 1.25, 0.1]);
    }

    #[test]
    fn steps_of_the_clock_make_nobody_use_less_than_nothing() {
        let short = MachineLoad { upto_ns: 1_020_000_000, busy_ns: 0, pool_ns: 15_000_000, ..LOAD };
        assert_eq!((short.others_ns(), short.tells_of_others()), (0, false));
        let nothing = MachineLoad { upto_ns: LOAD.from_ns, ..LOAD };
        assert_eq!((nothing.busy_cores(), nothing.others_busy_cores()), (0.0, 0.0));
        assert!(LOAD.tells_of_others());
    }

    #[test]
    fn loads_add_up() {
        let both = LOAD.and(&LOAD);
        assert_eq!((both.length_ns(), both.others_ns()), (4_000_000_000, 5_000_000_000));
        assert_eq!(both.others_busy_cores(), LOAD.others_busy_cores());
    }

    #[test]
    fn what_drawing_a_window_used_is_kept_in_files() {
        let text = serde_json::to_string(&LOAD).unwrap();
        assert_eq!(serde_json::from_str::<MachineLoad>(&text).unwrap(), LOAD);
        let older = text.replace(r#""engine_ns":40000000,"#, "");
        let older: MachineLoad = serde_json::from_str(&older).unwrap();
        assert_eq!((older.engine_ns, older.window_busy_cores()), (0, 0.0));
        assert_eq!(LOAD.without_window(), older);
    }
}
