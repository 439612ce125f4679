//! Measures what the cores of the machine did from one moment of a run to another.

use super::os::{self, CoreClocks};
use super::record::MachineLoad;

/// What all clocks showed when measuring began.
pub(super) struct LoadMeter {
    from_ns: u64,
    cores: CoreClocks,
    own_ns: u64,
    /// Of this thread, which gives out the items.
    engine_ns: u64,
}

impl LoadMeter {
    /// Begins at `now_ns` after Start, on the thread that gives out the items; nothing where the system does not tell what cores do.
    pub(super) fn begin(now_ns: u64) -> Option<Self> {
        let (own_ns, engine_ns) = (os::own_cpu_ns(), os::thread_cpu_ns());
        Some(Self { from_ns: now_ns, cores: os::core_clocks()?, own_ns, engine_ns })
    }

    /// What happened since then, up to `upto_ns` after Start, in which the processes of the pool have used `pool_ns`.
    pub(super) fn seen(&self, upto_ns: u64, pool_ns: u64) -> Option<MachineLoad> {
        let cores = os::core_clocks()?;
        Some(MachineLoad {
            from_ns: self.from_ns,
            upto_ns,
            cores: cores.cores,
            busy_ns: cores.busy_ns.saturating_sub(self.cores.busy_ns),
            pool_ns,
            own_ns: os::own_cpu_ns().saturating_sub(self.own_ns),
            engine_ns: os::thread_cpu_ns().saturating_sub(self.engine_ns),
            steal_ns: cores.steal_ns.saturating_sub(self.cores.steal_ns),
        })
    }
}
