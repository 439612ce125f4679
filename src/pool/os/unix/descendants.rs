//! Finds and ends what a run's hosts have left behind: grandchildren that outlived their host, also those that moved
//! to a session of their own, and the dead that nobody has reaped.
//!
//! On Linux this program adopts orphans among its descendants (a "child subreaper"), so that whatever a host leaves
//! becomes a child of this program and can be found, ended and reaped. Elsewhere the process groups have to do.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::super::Leftovers;
use super::process::{
    CLEANERS_PATIENCE, Stat, children_of, descendants_of, folder_of, group_of, is_cleaner, kill_tree, send,
};
use super::traced;
use super::waiting::wait_if_over;
use crate::function::python::is_own_child;

/// The environment variable by which descendants of a run are known.
pub const MARK: &str = "POOLSCOPE_RUN";

/// The dead among what was adopted are looked for so often.
const REAP_EVERY: Duration = Duration::from_millis(250);

/// What this program has started itself, for all of its runs.
struct Known {
    processes: BTreeSet<u32>,
    families: usize,
}

static KNOWN: Mutex<Known> = Mutex::new(Known { processes: BTreeSet::new(), families: 0 });

/// The processes of one run.
pub struct Descendants {
    mark: String,
    /// The hosts, which are the leaders of the groups that their children start in.
    groups: BTreeSet<u32>,
    /// All that this program has started for the run.
    own: BTreeSet<u32>,
    reaped: Instant,
    /// Those that had outlived their host and were ended, with their names.
    ended: BTreeMap<u32, String>,
    /// CPU time of those that were adopted and reaped.
    cpu_ns: u64,
}

impl Descendants {
    /// A family with a mark of its own and no members.
    pub fn found() -> Self {
        #[cfg(target_os = "linux")]
        // Where the system refuses, groups are ended all the same.
        let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
        let mark = format!("{}-{}", std::process::id(), super::monotonic_ns());
        KNOWN.lock().unwrap_or_else(PoisonError::into_inner).families += 1;
        let (groups, own) = (BTreeSet::new(), BTreeSet::new());
        Self { mark, groups, own, reaped: Instant::now(), ended: BTreeMap::new(), cpu_ns: 0 }
    }

    /// What the environment of each member holds.
    pub fn mark(&self) -> &str {
        &self.mark
    }

    /// Counts a host in.
    pub fn add(&mut self, host: u32) {
        self.groups.insert(host);
        self.add_helper(host);
    }

    /// Notes that a host was reaped: its number may be given to another process.
    pub fn forget(&mut self, host: u32) {
        self.own.remove(&host);
        KNOWN.lock().unwrap_or_else(PoisonError::into_inner).processes.remove(&host);
    }

    /// Notes a process that this program has started for the run, and that ends by itself.
    pub fn add_helper(&mut self, pid: u32) {
        self.own.insert(pid);
        KNOWN.lock().unwrap_or_else(PoisonError::into_inner).processes.insert(pid);
    }

    /// Reaps the dead that this program has adopted, now and then: a command may leave one an item. Says whether it did.
    pub fn reap_now_and_then(&mut self) -> bool {
        let is_due = self.reaped.elapsed() >= REAP_EVERY;
        if is_due {
            self.reap_all(self.adopted().iter().filter(|stat| stat.is_zombie));
            self.reaped = Instant::now();
        }
        is_due
    }

    /// The members of a host's group that outlive it, by pid and name.
    pub fn left_by(&self, host: u32) -> Vec<(u32, String)> {
        let left = self.adopted().into_iter().filter(|stat| stat.group == host && !stat.is_zombie);
        left.map(|stat| (stat.pid, stat.name)).collect()
    }

    /// Ends a host and what it started, but for what removes what they have left in shared memory: that ends by itself then,
    /// and with its group where it does not. Says whether there is such a helper.
    pub fn kill_sparing_cleaners(&self, host: u32) -> bool {
        // Those in groups and sessions of their own, as long as it tells who they are.
        let (cleaners, others): (Vec<u32>, Vec<u32>) =
            descendants_of(host).into_iter().partition(|pid| is_cleaner(*pid));
        // It may have outlived the process that has started it.
        let has_cleaner = !cleaners.is_empty() || self.left_by(host).iter().any(|(pid, _)| is_cleaner(*pid));
        if has_cleaner {
            send(host, Signal::KILL);
        } else {
            kill_tree(host);
        }
        for pid in others {
            send(pid, Signal::KILL);
        }
        has_cleaner
    }

    /// Waits a moment for helpers that remove what a process of Python has left in shared memory once it has ended: they end
    /// by themselves, and what they would have removed would stay.
    pub fn wait_for_cleaners(left: &[(u32, String)]) {
        let cleaners: Vec<u32> = left.iter().map(|(pid, _)| *pid).filter(|pid| is_cleaner(*pid)).collect();
        let begun = Instant::now();
        while cleaners.iter().any(|pid| is_cleaner(*pid)) && begun.elapsed() < CLEANERS_PATIENCE {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Notes what was ended with a host that had left by itself.
    pub fn note_ended(&mut self, left: Vec<(u32, String)>) {
        self.ended.extend(left);
    }

    /// Ends and reaps the members that this program has adopted; gives up on those that resist for `patience`.
    pub fn sweep(&mut self, patience: Duration) -> Leftovers {
        let began = Instant::now();
        let mut ended = std::mem::take(&mut self.ended);
        let mut is_first = true;
        loop {
            let left = self.adopted();
            let (zombies, processes): (Vec<Stat>, Vec<Stat>) =
                left.into_iter().partition(|stat| stat.is_zombie);
            if std::mem::take(&mut is_first) {
                ended.extend(processes.iter().map(|stat| (stat.pid, stat.name.clone())));
            }
            processes.iter().for_each(|stat| {
                send(stat.pid, Signal::KILL);
                traced::reap_threads(stat.pid);
            });
            self.reap_all(zombies.iter());
            if (zombies.is_empty() && processes.is_empty()) || began.elapsed() > patience {
                processes.iter().for_each(|stat| drop(ended.remove(&stat.pid)));
                return Leftovers {
                    ended: ended.iter().map(|(pid, name)| format!("{name} (pid {pid})")).collect(),
                    processes: processes.iter().map(|stat| stat.pid).collect(),
                    zombies: zombies.iter().map(|stat| stat.pid).collect(),
                    temp_files: Vec::new(),
                };
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// CPU time of those that were adopted and reaped so far.
    pub fn cpu_ns(&self) -> u64 {
        self.cpu_ns
    }

    fn reap_all<'a>(&mut self, zombies: impl Iterator<Item = &'a Stat>) {
        self.cpu_ns += zombies.map(|stat| reap(stat.pid)).sum::<u64>();
    }

    fn adopted(&self) -> Vec<Stat> {
        let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        let children = children_of(std::process::id());
        // Hosts are known, and there may be hundreds.
        let strangers = children.into_iter().filter(|pid| !known.processes.contains(pid));
        let own_group = group_of(rustix::process::getpid()).unwrap_or_default();
        strangers
            .filter_map(Stat::of_child)
            .filter(|stat| self.is_member(stat, own_group, known.families))
            .collect()
    }

    /// Whether a child of this program that it has not started itself is of this run. What has emptied its environment
    /// and left all groups can be of any run that there is; it is never of this program's own group, as what other
    /// parts of it start.
    fn is_member(&self, stat: &Stat, own_group: u32, families: usize) -> bool {
        if self.groups.contains(&stat.group) {
            return true;
        }
        match mark_of(stat.pid) {
            Some(mark) => mark == self.mark,
            None => families == 1 && stat.group != own_group && !is_own_child(stat.pid),
        }
    }
}

impl Drop for Descendants {
    fn drop(&mut self) {
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        known.families -= 1;
        known.processes.retain(|pid| !self.own.contains(pid));
    }
}

/// The program whose run has this mark.
pub fn program_of(mark: &str) -> Option<u32> {
    mark.split_once('-')?.0.parse().ok()
}

/// The run that a process says it is of; nothing where its environment says nothing, or cannot be read.
pub fn mark_of(pid: u32) -> Option<String> {
    let environment = std::fs::read(folder_of(pid)?.join("environ")).ok()?;
    let prefix = format!("{MARK}=");
    let mut marks =
        environment.split(|byte| *byte == 0).filter_map(|variable| variable.strip_prefix(prefix.as_bytes()));
    marks.next().map(|mark| String::from_utf8_lossy(mark).into_owned())
}

/// Gives the CPU time that it has used, and what it has waited for.
fn reap(pid: u32) -> u64 {
    traced::reap_threads(pid);
    // Another sweep may have been quicker.
    wait_if_over(pid).ok().flatten().map_or(0, |ended| ended.cpu_ns)
}
