//! A badge that all descendants of a host wear, whatever they do to their environment, group and session: two bits of what
//! the system writes into a core dump of them, which are handed down by fork and exec (see core(5)). They say whether
//! memory of DAX devices is dumped, which programs seldom have and never decide themselves.

use std::fs;
use std::os::unix::fs::MetadataExt;

use super::descendants::{mark_of, program_of};
use super::process::{Stat, folder_of};

/// Private and shared memory of DAX devices; systems leave both out.
const BITS: u64 = 0b1_1000_0000;

/// Has this process wear the badge, where the system has one.
pub fn wear() {
    let own = "/proc/self/coredump_filter";
    if let Some(filter) = fs::read_to_string(own).ok().as_deref().and_then(parsed) {
        let _ = fs::write(own, format!("{:#x}", filter | BITS));
    }
}

/// One that is just ending, whose memory is gone already, may have worn it.
fn is_worn_by(pid: u32) -> bool {
    let filter = folder_of(pid).and_then(|folder| fs::read_to_string(folder.join("coredump_filter")).ok());
    filter.is_some_and(|filter| {
        filter.is_empty() || parsed(&filter).is_some_and(|filter| filter & BITS == BITS)
    })
}

fn parsed(filter: &str) -> Option<u64> {
    u64::from_str_radix(filter.trim(), 16).ok()
}

/// All processes of this user that wear the badge and are no older than `since_ticks`, and whose parent is one of
/// `parents`; without those whose environment says that another program than `program` has started them: a parent may
/// have a pool of its own. The dead are left out, and what one leaves that dies during the look may be missed.
pub fn wearers(program: u32, parents: &[u32], since_ticks: u64) -> Vec<Stat> {
    let own_user = rustix::process::getuid().as_raw();
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = processes.filter_map(|entry| {
        let pid = entry.file_name().to_str()?.parse().ok()?;
        (entry.metadata().ok()?.uid() == own_user).then_some(pid)
    });
    pids.filter_map(Stat::read)
        .filter(|stat| parents.contains(&stat.parent) && stat.start_ticks >= since_ticks)
        .filter(|stat| !stat.is_zombie && is_worn_by(stat.pid))
        .filter(|stat| mark_of(stat.pid).is_none_or(|mark| program_of(&mark) == Some(program)))
        .collect()
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn what_a_wearer_starts_wears_it_too() {
        let own = std::process::id();
        let mut sleeper = Command::new("sleep").arg("600").spawn().unwrap();
        assert!(!wearers(own, &[own], 0).iter().any(|stat| stat.pid == sleeper.id()));
        sleeper.kill().unwrap();
        sleeper.wait().unwrap();
        // A process of its own wears it, since other tests of this one would hand it down.
        let script = "echo 0x1b3 >/proc/self/coredump_filter; exec env -i sleep 600";
        let mut wearer = Command::new("bash").args(["-c", script]).spawn().unwrap();
        let found = || {
            wearers(own, &[own], 0).into_iter().any(|stat| stat.pid == wearer.id() && stat.name == "sleep")
        };
        let began = std::time::Instant::now();
        while !found() {
            assert!(began.elapsed().as_secs() < 20, "it is not found");
        }
        assert!(wearers(own, &[own + 1], 0).is_empty());
        wearer.kill().unwrap();
        wearer.wait().unwrap();
    }
}
