//! Sampling of cores, hosts and memory into bounded series.

/// What the machine does.
#[derive(Debug, Clone, Default)]
pub struct MonitorSnapshot {}
