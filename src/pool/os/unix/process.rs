//! What the system tells about processes, and signals to them. See proc(5); elsewhere than on Linux nothing is told.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, waitid};

/// The few fields of `/proc/PID/stat` that matter here.
#[derive(Debug, Clone)]
pub struct Stat {
    pub pid: u32,
    pub name: String,
    pub parent: u32,
    pub group: u32,
    /// It is over, and has only to be waited for.
    pub is_zombie: bool,
    /// Its first thread is over, and others go on.
    pub has_lost_first_thread: bool,
    /// By a signal, until another one has it go on, or for a debugger.
    pub is_stopped: bool,
    /// Since the machine was started: with the pid it names a process for ever.
    pub start_ticks: u64,
}

impl Stat {
    pub fn read(pid: u32) -> Option<Self> {
        Self::parse(pid, &fs::read_to_string(folder_of(pid)?.join("stat")).ok()?)
    }

    /// What can be told of a child of this program, whatever the system hides: it may show nobody the processes of others
    /// (`hidepid`, see proc(5)), and a command such as `sudo` becomes another's.
    pub fn of_child(pid: u32) -> Option<Self> {
        Self::read(pid).or_else(|| {
            let child = pid_of(pid)?;
            let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
            let status = waitid(WaitId::Pid(child), options).ok()?;
            let group = group_of(child)?;
            Some(Self {
                pid,
                name: "a process of another user".to_owned(),
                parent: std::process::id(),
                group,
                is_zombie: status.is_some(),
                has_lost_first_thread: false,
                is_stopped: false,
                start_ticks: 0,
            })
        })
    }

    fn parse(pid: u32, text: &str) -> Option<Self> {
        // The name before the last parenthesis may hold anything, spaces too.
        let (before, after) = text.rsplit_once(')')?;
        let name = before.split_once('(').map_or("", |(_, name)| name).to_owned();
        let fields: Vec<&str> = after.split_whitespace().collect();
        // Field 3 of the manual is the first here.
        let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
        Some(Self {
            pid,
            name,
            parent: u32::try_from(number(4)?).ok()?,
            group: u32::try_from(number(5)?).ok()?,
            is_zombie: fields.first() == Some(&"Z") && number(20)? <= 1,
            has_lost_first_thread: fields.first() == Some(&"Z") && number(20)? > 1,
            is_stopped: matches!(fields.first(), Some(&("T" | "t"))),
            start_ticks: number(22)?,
        })
    }
}

/// The group of a process; 0 where its leader is none that this program can see, as in a container.
pub fn group_of(pid: Pid) -> Option<u32> {
    // SAFETY: it takes and gives numbers alone.
    let group = unsafe { libc::getpgid(pid.as_raw_nonzero().get()) };
    u32::try_from(group).ok()
}

/// Where the system tells about a process. Nowhere where it tells about those of another namespace, in which the same
/// numbers are other processes: a container may see its host's `/proc`.
pub fn folder_of(pid: u32) -> Option<PathBuf> {
    static IS_OWN: OnceLock<bool> = OnceLock::new();
    let is_own = || {
        let own = fs::read_link("/proc/self").ok();
        own.is_some_and(|own| own.to_str() == Some(&std::process::id().to_string()))
    };
    IS_OWN.get_or_init(is_own).then(|| PathBuf::from(format!("/proc/{pid}")))
}

/// Whether a child of this program has ended, which it stays until it is waited for.
pub fn has_ended(pid: u32) -> bool {
    let Some(pid) = pid_of(pid) else { return false };
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    // Of a child that somebody else has waited for nothing more can be had.
    waitid(WaitId::Pid(pid), options).map_or(true, |status| status.is_some())
}

/// Of the command line of Python's helper that removes what a process has left in shared memory.
const CLEANER: &[u8] = b"multiprocessing.resource_tracker";
/// So long such a helper has after the processes that it cleans up for.
pub const CLEANERS_PATIENCE: Duration = Duration::from_secs(1);

/// Whether it is a helper that ends by itself once those are over that have started it, and removes what they have left.
pub fn is_cleaner(pid: u32) -> bool {
    let command = folder_of(pid).and_then(|folder| fs::read(folder.join("cmdline")).ok());
    command.is_some_and(|command| command.windows(CLEANER.len()).any(|words| words == CLEANER))
}

/// The children of a process, adopted ones too.
pub fn children_of(pid: u32) -> Vec<u32> {
    let threads = folder_of(pid).and_then(|folder| fs::read_dir(folder.join("task")).ok());
    let threads = threads.into_iter().flatten().flatten();
    let lists = threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    lists
        .flat_map(|list| list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<u32>>())
        .collect()
}

/// All that descends from a process, but for what was adopted by others.
pub fn descendants_of(pid: u32) -> Vec<u32> {
    let mut found = children_of(pid);
    let mut next = 0;
    while let Some(pid) = found.get(next) {
        let children = children_of(*pid);
        found.extend(children);
        next += 1;
    }
    found
}

/// The parent of a process, its parent, and so on.
pub fn ancestors_of(pid: u32) -> Vec<u32> {
    let parent = |pid: &u32| Stat::read(*pid).map(|stat| stat.parent).filter(|parent| *parent > 0);
    std::iter::successors(parent(&pid), parent).collect()
}

/// Sends a signal to a process; says whether there was one.
pub fn send(pid: u32, signal: Signal) -> bool {
    pid_of(pid).is_some_and(|pid| rustix::process::kill_process(pid, signal).is_ok())
}

/// The same to all of a group.
pub fn send_to_group(group: u32, signal: Signal) -> bool {
    pid_of(group).is_some_and(|group| rustix::process::kill_process_group(group, signal).is_ok())
}

/// Ends a process and its group, which may be gone already.
pub fn kill_tree(pid: u32) {
    signal_tree(pid, Signal::KILL);
}

/// Signals a host and its group, which it may have left.
pub fn signal_tree(pid: u32, signal: Signal) -> bool {
    send(pid, signal) | send_to_group(pid, signal)
}

pub fn pid_of(pid: u32) -> Option<Pid> {
    i32::try_from(pid).ok().and_then(Pid::from_raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_hold_anything() {
        let text = "7 (a) b (c)) Z 3 5 5 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 987 0 0";
        let stat = Stat::parse(7, text).unwrap();
        assert_eq!((stat.name.as_str(), stat.parent, stat.group), ("a) b (c)", 3, 5));
        assert!(stat.is_zombie && !stat.has_lost_first_thread);
        let stat = Stat::parse(7, &text.replace("0 1 0 987", "0 3 0 987")).unwrap();
        assert!(!stat.is_zombie && stat.has_lost_first_thread);
        assert_eq!(stat.start_ticks, 987);
    }

    #[test]
    fn a_child_is_told_however_much_is_hidden() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let stat = Stat::of_child(child.id()).unwrap();
        assert!(!stat.is_zombie && stat.parent == std::process::id());
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(Stat::of_child(child.id()).is_none());
    }

    #[test]
    fn this_process_is_told() {
        let stat = Stat::read(std::process::id()).unwrap();
        assert!(!stat.is_zombie && stat.start_ticks > 0);
        assert!(Stat::read(u32::MAX).is_none());
    }
}
