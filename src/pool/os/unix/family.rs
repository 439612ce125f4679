//! Finds and ends what a run's hosts have left behind: grandchildren that outlived their host, also those that moved
//! to a session of their own, and the dead that nobody has reaped.
//!
//! On Linux this program adopts orphans among its descendants (a "child subreaper"), so that whatever a host leaves
//! becomes a child of this program and can be found, ended and reaped. Elsewhere the process groups have to do.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitOptions};

use super::super::Leftovers;

/// The environment variable by which descendants of a run are known.
pub const MARK: &str = "POOLSCOPE_RUN";

/// The dead among what was adopted are looked for so often.
const REAP_EVERY: Duration = Duration::from_millis(250);

/// The processes of one run.
pub struct Family {
    mark: String,
    /// The hosts, which are the leaders of the groups that their children start in.
    groups: BTreeSet<u32>,
    reaped: Instant,
    /// Those that had outlived their host and were ended, with their names.
    ended: BTreeMap<u32, String>,
}

impl Family {
    /// A family with a mark of its own and no members.
    pub fn found() -> Self {
        #[cfg(target_os = "linux")]
        // Where the system refuses, groups are ended all the same.
        let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
        let mark = format!("{}-{}", std::process::id(), super::monotonic_ns());
        Self { mark, groups: BTreeSet::new(), reaped: Instant::now(), ended: BTreeMap::new() }
    }

    /// What the environment of each member holds.
    pub fn mark(&self) -> &str {
        &self.mark
    }

    /// Counts a host in.
    pub fn add(&mut self, host: u32) {
        self.groups.insert(host);
    }

    /// Reaps the dead that this program has adopted, now and then: a command may leave one an item.
    pub fn reap_now_and_then(&mut self) {
        if self.reaped.elapsed() >= REAP_EVERY {
            self.adopted().iter().filter(|stat| stat.is_zombie).for_each(|stat| reap(stat.pid));
            self.reaped = Instant::now();
        }
    }

    /// The members of a host's group that outlive it, by pid and name.
    pub fn left_by(&self, host: u32) -> Vec<(u32, String)> {
        let left = self.adopted().into_iter().filter(|stat| stat.group == host && !stat.is_zombie);
        left.map(|stat| (stat.pid, stat.name)).collect()
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
            processes.iter().for_each(|stat| kill(stat.pid));
            zombies.iter().for_each(|stat| reap(stat.pid));
            if (zombies.is_empty() && processes.is_empty()) || began.elapsed() > patience {
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

    fn adopted(&self) -> Vec<Stat> {
        let own_threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
        let children =
            own_threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
        let pids: Vec<u32> = children
            .flat_map(|list| list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<u32>>())
            .collect();
        // Hosts are known, and there may be hundreds.
        pids.into_iter()
            .filter(|pid| !self.groups.contains(pid))
            .filter_map(Stat::read)
            .filter(|stat| self.is_member(stat))
            .collect()
    }

    fn is_member(&self, stat: &Stat) -> bool {
        self.groups.contains(&stat.group) || self.has_mark(stat.pid)
    }

    fn has_mark(&self, pid: u32) -> bool {
        let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        let wanted = format!("{MARK}={}", self.mark);
        environment.split(|byte| *byte == 0).any(|variable| variable == wanted.as_bytes())
    }
}

/// The few fields of `/proc/PID/stat` that matter here (see proc(5)).
struct Stat {
    pid: u32,
    name: String,
    group: u32,
    is_zombie: bool,
}

impl Stat {
    fn read(pid: u32) -> Option<Self> {
        let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name before the last parenthesis may hold anything, spaces too.
        let (before, after) = text.rsplit_once(')')?;
        let name = before.split_once('(').map_or("", |(_, name)| name).to_owned();
        let mut fields = after.split_whitespace();
        let state = fields.next()?;
        let group = fields.nth(1)?.parse().ok()?;
        Some(Self { pid, name, group, is_zombie: state == "Z" })
    }
}

fn kill(pid: u32) {
    if let Some(pid) = pid_of(pid) {
        // It may have ended by itself.
        let _ = rustix::process::kill_process(pid, Signal::KILL);
    }
}

fn reap(pid: u32) {
    if let Some(pid) = pid_of(pid) {
        // Another sweep may have been quicker.
        let _ = rustix::process::waitpid(Some(pid), WaitOptions::NOHANG);
    }
}

fn pid_of(pid: u32) -> Option<Pid> {
    i32::try_from(pid).ok().and_then(Pid::from_raw)
}
