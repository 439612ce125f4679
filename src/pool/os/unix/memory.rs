//! What Linux tells about memory: of a process, of the machine, and of the control group that a container is. And how
//! a process limits its own.
//!
//! See proc(5), and "Memory" in the kernel's cgroup-v2.rst. Elsewhere the files are not there, and nothing is told.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::super::MachineMemory;
use super::process::{descendants_of, folder_of};

/// The memory that a process holds now; 0 where the system does not tell.
pub fn rss_bytes(pid: u32) -> u64 {
    let statm = told(pid, "statm").unwrap_or_default();
    let pages: u64 = statm.split_whitespace().nth(1).and_then(|pages| pages.parse().ok()).unwrap_or_default();
    pages * rustix::param::page_size() as u64
}

/// The memory that a process and all that descends from it hold now. Where that may be more than `that_counts`, pages that
/// several of them share are counted once, and those of files that are only mapped, which the system takes back when it needs
/// them, not at all: it takes the system long to tell.
pub fn tree_bytes(pid: u32, that_counts: u64) -> u64 {
    let started = descendants_of(pid);
    let sum =
        |bytes_of: fn(u32) -> u64| bytes_of(pid) + started.iter().map(|pid| bytes_of(*pid)).sum::<u64>();
    let held_bytes = sum(rss_bytes);
    if held_bytes <= that_counts { held_bytes } else { sum(own_share_bytes) }
}

/// The memory of a process without that of mapped files, of shared pages its share.
fn own_share_bytes(pid: u32) -> u64 {
    let rollup = told(pid, "smaps_rollup").unwrap_or_default();
    let bytes_of = |name: &str| {
        let line = rollup.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()).map(|kib| kib * 1024)
    };
    // Older systems tell only of all pages together.
    let parts = bytes_of("Pss_Anon:").zip(bytes_of("Pss_Shmem:")).map(|(own, shared)| own + shared);
    parts.or_else(|| bytes_of("Pss:")).unwrap_or_else(|| rss_bytes(pid))
}

fn told(pid: u32, file: &str) -> Option<String> {
    fs::read_to_string(folder_of(pid)?.join(file)).ok()
}

/// The memory of the machine or of the tightest control group around this program, whichever has less left.
pub fn machine_memory() -> Option<MachineMemory> {
    static LIMITED: OnceLock<Vec<PathBuf>> = OnceLock::new();
    let limited = LIMITED.get_or_init(limited_groups);
    let share_left = |memory: &MachineMemory| {
        memory.available_bytes.saturating_mul(1 << 16) / (memory.total_bytes >> 10).max(1)
    };
    let groups = limited.iter().filter_map(|group| of_group(group));
    of_machine(&fs::read_to_string("/proc/meminfo").ok()?).into_iter().chain(groups).min_by_key(share_left)
}

fn of_machine(meminfo: &str) -> Option<MachineMemory> {
    let bytes = |name: &str| {
        let line = meminfo.lines().find_map(|line| line.strip_prefix(name))?;
        Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
    };
    Some(MachineMemory { total_bytes: bytes("MemTotal:")?, available_bytes: bytes("MemAvailable:")? })
}

/// The control groups that this program is in and that limit its memory.
fn limited_groups() -> Vec<PathBuf> {
    let own = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let Some(path) = own.lines().find_map(|line| line.strip_prefix("0::/")) else { return Vec::new() };
    let root = Path::new("/sys/fs/cgroup");
    let own = root.join(path);
    let groups = own.ancestors().take_while(|group| group.starts_with(root));
    groups.filter(|group| of_group(group).is_some()).map(Path::to_path_buf).collect()
}

fn of_group(group: &Path) -> Option<MachineMemory> {
    let number = |file: &str| fs::read_to_string(group.join(file)).ok()?.trim().parse::<u64>().ok();
    let (total_bytes, used) = (number("memory.max")?, number("memory.current")?);
    // What only mirrors files is given back by the system before anything is ended.
    let stat = fs::read_to_string(group.join("memory.stat")).unwrap_or_default();
    let of_files = |name: &str| {
        let line = stat.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|number| number.trim().parse::<u64>().ok()).unwrap_or_default()
    };
    let reclaimable = of_files("inactive_file ") + of_files("active_file ");
    let available_bytes = total_bytes.saturating_sub(used.saturating_sub(reclaimable));
    Some(MachineMemory { total_bytes, available_bytes })
}

/// Does work for which this process may hold so much memory at most; what wants more ends the process.
pub fn with_memory_limit<R>(bytes: u64, work: impl FnOnce() -> R) -> R {
    let before = getrlimit(Resource::As);
    let current = Some(before.maximum.map_or(bytes, |most| most.min(bytes)));
    // Where the system refuses, the work still gets done.
    let _ = setrlimit(Resource::As, Rlimit { current, ..before });
    let result = work();
    let _ = setrlimit(Resource::As, before);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn meminfo_is_read_in_bytes() {
        let text = "MemTotal:       24684000 kB\nMemFree: 1 kB\nMemAvailable:   12342000 kB\n";
        let memory = of_machine(text).unwrap();
        assert_eq!((memory.total_bytes, memory.available_bytes), (24_684_000 << 10, 12_342_000 << 10));
        assert_eq!(of_machine("MemTotal: x"), None);
    }

    #[test]
    fn what_a_process_started_counts_and_what_they_share_counts_once() {
        let own = rss_bytes(std::process::id());
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let rough = tree_bytes(std::process::id(), u64::MAX);
        let exact = tree_bytes(std::process::id(), 0);
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(rough > own / 2 && exact > 100_000 && exact < rough, "{own} {rough} {exact}");
    }

    #[test]
    fn a_file_that_is_only_mapped_does_not_count() {
        use std::io::Write;

        // Other tests of this process take some memory meanwhile: much less than half of this.
        const SIZE: usize = 256 << 20;
        let own = own_share_bytes(std::process::id());
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&vec![1; SIZE]).unwrap();
        // SAFETY: nobody else has the file.
        let mapped = unsafe { memmap2::Mmap::map(&file).unwrap() };
        let sum: u64 = mapped.iter().step_by(4096).map(|byte| u64::from(*byte)).sum();
        assert_eq!(sum, (SIZE / 4096) as u64);
        let (all, counted) = (rss_bytes(std::process::id()), own_share_bytes(std::process::id()));
        assert!(all > SIZE as u64 && counted < own + SIZE as u64 / 2, "{own} {all} {counted}");
    }

    #[test]
    fn this_process_holds_some_memory() {
        assert!(rss_bytes(std::process::id()) > 100_000);
        assert_eq!(rss_bytes(u32::MAX), 0);
    }
}
