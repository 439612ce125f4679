//! What machine this is, for reports: a few words that are read once.

use serde::{Deserialize, Serialize};

use super::{total_memory_bytes, usable_cores};

/// A machine, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Machine {
    /// See [`usable_cores`].
    pub usable_cores: usize,
    /// See [`total_memory_bytes`]; 0 where that is not known.
    pub memory_bytes: u64,
    /// Name and version of the operating system: "Linux (Debian GNU/Linux 12)".
    pub system: Option<String>,
    /// As the maker calls it: "AMD EPYC 7763 64-Core Processor".
    pub processor: Option<String>,
}

impl Machine {
    /// The one that this program runs on. Asks the system, which takes some milliseconds.
    pub fn here() -> Self {
        Self {
            usable_cores: usable_cores(),
            memory_bytes: total_memory_bytes(),
            system: sysinfo::System::long_os_version().ok(),
            processor: processor(),
        }
    }
}

fn processor() -> Option<String> {
    let mut system = sysinfo::System::new().ok()?;
    system.refresh_cpu_list(sysinfo::CpuRefreshKind::nothing());
    let brand = system.cpus().first()?.brand().trim().to_owned();
    (!brand.is_empty()).then_some(brand)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_cores_and_memory() {
        let machine = Machine::here();
        assert!(machine.usable_cores > 0 && machine.memory_bytes > 1 << 20, "{machine:?}");
    }
}
