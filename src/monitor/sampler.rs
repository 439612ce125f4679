//! Reads the figures of the machine and of processes by sysinfo and appends them to the series.
//!
//! It measures when it is told to; when that is, and who sees the outcome, is the business of `monitor`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use sysinfo::{
    CpuRefreshKind, MemoryRefreshKind, Pid, Process, ProcessRefreshKind, ProcessesToUpdate, System,
};

use super::family::started_cpu_s;
use super::{CoreShares, MonitorSnapshot, ProcessSample, Series, usable_cores};
use crate::error::{Error, Result};

/// How many processes that nobody watches any more may be kept: beginning anew takes half a millisecond.
const STRANGERS: usize = 64;
/// With more hosts than this, what they have started counts when it is over: each look at what lives takes about 20 us a
/// host, and must stay far below what a sample is worth.
const LIVING_OF: usize = 64;

/// Both ways to count what a pool uses go by ticks, and differ by some of them: only from this difference on, in cores, is there
/// a host of which nobody has told.
const CLEARLY_MORE: f32 = 0.15;

pub(super) struct Sampler {
    /// Asked for cores and memory only: a refresh of processes also refreshes the sum of all cores, and sysinfo then
    /// leaves out the cores for the next 200 ms.
    machine: System,
    /// Asked for processes only.
    processes: System,
    own_pid: u32,
    watched: BTreeSet<u32>,
    /// What each process had used, and when that was read.
    baselines: BTreeMap<u32, Baseline>,
    /// What the hosts and all that they have started had used.
    families: BTreeMap<u32, Baseline>,
    /// The same of all that this program has started, hosts that nobody has told of yet among them; and whether what lives was
    /// looked at for it.
    started: Option<(bool, Baseline)>,
    figures: MonitorSnapshot,
}

#[derive(Clone, Copy)]
struct Baseline {
    at: Instant,
    cpu_s: f64,
}

impl Sampler {
    /// Takes the first readings: shares of time can only be told from two.
    pub(super) fn new(interval: Duration) -> Result<Self> {
        let system = || System::new().map_err(|error| Error::io("read what the machine is doing", error));
        let mut sampler = Self {
            machine: system()?,
            processes: system()?,
            own_pid: std::process::id(),
            watched: BTreeSet::new(),
            baselines: BTreeMap::new(),
            families: BTreeMap::new(),
            started: None,
            figures: empty_figures(interval),
        };
        sampler.refresh_machine();
        let cores = sampler.machine.cpus().len();
        sampler.figures.cores = vec![Series::new(interval); cores];
        sampler.note_baselines(&sampler.wanted());
        Ok(sampler)
    }

    /// Replaces the set of hosts.
    pub(super) fn watch(&mut self, pids: Vec<u32>) {
        self.watched = pids.into_iter().collect();
        let wanted = self.wanted();
        self.baselines.retain(|pid, _| wanted.contains(pid));
        self.families.retain(|pid, _| self.watched.contains(pid));
        self.figures.hosts.retain(|pid, _| wanted.contains(pid));
        self.forget_strangers(wanted.len());
        let fresh = wanted.into_iter().filter(|pid| !self.baselines.contains_key(pid)).collect();
        self.note_baselines(&fresh);
    }

    /// sysinfo keeps each process that it was ever asked for, and a pool may replace its hosts again and again. What
    /// they have used is in the baselines, so that nothing is lost by beginning anew.
    fn forget_strangers(&mut self, wanted: usize) {
        if self.processes.processes().len() > 2 * wanted + STRANGERS
            && let Ok(anew) = System::new()
        {
            self.processes = anew;
        }
    }

    /// Measures everything once.
    pub(super) fn sample(&mut self) {
        self.refresh_machine();
        let now = Instant::now();
        let mut all_busy = 0.0;
        for (series, core) in self.figures.cores.iter_mut().zip(self.machine.cpus()) {
            let share = (core.usage() / 100.0).clamp(0.0, 1.0);
            all_busy += share;
            series.push(now, share);
        }
        self.sample_processes(all_busy);
    }

    /// All figures so far; the series share their history with it.
    pub(super) fn snapshot(&self) -> MonitorSnapshot {
        self.figures.clone()
    }

    fn refresh_machine(&mut self) {
        self.machine.refresh_cpu_specifics(CpuRefreshKind::nothing().with_usage());
        self.machine.refresh_memory_specifics(MemoryRefreshKind::nothing().with_ram());
        self.figures.memory_total_bytes = self.machine.total_memory();
        self.figures.memory_used_bytes = self.machine.used_memory();
    }

    /// The hosts and this program: each once, or sysinfo takes the second for one that has ended.
    fn wanted(&self) -> BTreeSet<u32> {
        self.watched.iter().copied().chain([self.own_pid]).collect()
    }

    fn sample_processes(&mut self, all_busy: f32) {
        let wanted = self.wanted();
        self.refresh_processes(&wanted);
        let now = Instant::now();
        // Those that have ended are no longer there.
        let mut samples: BTreeMap<u32, ProcessSample> =
            wanted.into_iter().filter_map(|pid| Some((pid, self.sample_process(pid, now)?))).collect();
        if let Some(own) = samples.get(&self.own_pid) {
            self.figures.own = *own;
        }
        samples.retain(|pid, _| self.watched.contains(pid));
        let looks_at_living = samples.len() <= LIVING_OF;
        let pool = samples.values().map(|host| self.sample_family(host, now, looks_at_living));
        // Not `sum`, which is -0 where there is none.
        let pool = pool.fold(0.0, |sum, used| sum + used);
        let started = self.sample_started(now, looks_at_living);
        let pool = if started > pool + CLEARLY_MORE { started } else { pool };
        self.figures.shares.push(now, all_busy, pool, self.figures.own.cores_used);
        self.figures.hosts = samples;
    }

    /// The threads of a process are left out: its own figures have them summed up, and reading each is expensive.
    fn refresh_processes(&mut self, pids: &BTreeSet<u32>) {
        let pids: Vec<Pid> = pids.iter().copied().map(Pid::from_u32).collect();
        let kind = ProcessRefreshKind::nothing().with_cpu().with_memory().without_tasks();
        self.processes.refresh_processes_specifics(ProcessesToUpdate::Some(&pids), true, kind);
    }

    /// Reads what processes have used so far, so that their next sample counts from here.
    fn note_baselines(&mut self, pids: &BTreeSet<u32>) {
        if pids.is_empty() {
            return;
        }
        self.refresh_processes(pids);
        let now = Instant::now();
        for pid in pids {
            if let Some(process) = self.processes.process(Pid::from_u32(*pid)) {
                self.baselines.insert(*pid, Baseline { at: now, cpu_s: cpu_s(process) });
            }
        }
    }

    /// Nothing where there is no such process.
    ///
    /// The cores used are the growth of its CPU time over the time that passed on our clock. sysinfo's own
    /// `cpu_usage` divides by the ticks that all cores counted, which is off where ticks are lost or few.
    fn sample_process(&mut self, pid: u32, now: Instant) -> Option<ProcessSample> {
        let process = self.processes.process(Pid::from_u32(pid))?;
        let current = Baseline { at: now, cpu_s: cpu_s(process) };
        let before = self.baselines.insert(pid, current).unwrap_or(current);
        let cores_used = cores_used(before, current);
        Some(ProcessSample { pid, cores_used, cpu_s: current.cpu_s, rss_bytes: process.memory() })
    }

    /// How many cores kept busy what this program has started, as far as the system tells. A pool is at work before a window is
    /// drawn that knows its hosts, and what they use is not that of others.
    fn sample_started(&mut self, now: Instant, looks_at_living: bool) -> f32 {
        let current = Baseline { at: now, cpu_s: started_cpu_s(self.own_pid, looks_at_living) };
        let before = self.started.replace((looks_at_living, current));
        let comparable = before.filter(|(looked_at_living, _)| *looked_at_living == looks_at_living);
        comparable.map_or(0.0, |(_, before)| cores_used(before, current))
    }

    /// How many cores a host kept busy together with all that it has started.
    fn sample_family(&mut self, host: &ProcessSample, now: Instant, looks_at_living: bool) -> f32 {
        let started_s = started_cpu_s(host.pid, looks_at_living);
        let current = Baseline { at: now, cpu_s: host.cpu_s + started_s };
        // Whoever is seen for the first time has only just been started, or its own use is known since it was noted.
        match self.families.insert(host.pid, current) {
            Some(before) => cores_used(before, current),
            None => host.cores_used,
        }
    }
}

fn cores_used(before: Baseline, current: Baseline) -> f32 {
    let elapsed_s = current.at.saturating_duration_since(before.at).as_secs_f64();
    // A smaller CPU time means another process under the same number: it counts from the next sample on.
    let used_s = (current.cpu_s - before.cpu_s).max(0.0);
    if elapsed_s > 0.0 { (used_s / elapsed_s) as f32 } else { 0.0 }
}

fn cpu_s(process: &Process) -> f64 {
    // sysinfo counts in milliseconds, which a float holds exactly.
    process.accumulated_cpu_time() as f64 / 1000.0
}

fn empty_figures(interval: Duration) -> MonitorSnapshot {
    MonitorSnapshot {
        cores: Vec::new(),
        own: ProcessSample { pid: std::process::id(), ..ProcessSample::default() },
        hosts: BTreeMap::new(),
        shares: CoreShares::new(interval),
        memory_total_bytes: 0,
        memory_used_bytes: 0,
        interval,
        usable_cores: usable_cores(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_that_come_and_go_leave_nothing_behind() {
        let mut sampler = Sampler::new(Duration::from_millis(200)).unwrap();
        let mut watch_and_end = || {
            let mut copy = std::process::Command::new(std::env::current_exe().unwrap());
            let mut host = copy.arg("--list").stdout(std::process::Stdio::null()).spawn().unwrap();
            sampler.watch(vec![host.id()]);
            host.wait().unwrap();
        };
        (0..2 * STRANGERS).for_each(|_| watch_and_end());
        assert!(sampler.processes.processes().len() <= STRANGERS + 4);
        assert!(sampler.baselines.len() <= 2);
    }

    #[test]
    fn what_this_program_has_started_is_not_of_others_before_it_is_watched() {
        if std::fs::metadata("/proc/self/stat").is_err() {
            // Nothing is told here.
            return;
        }
        let mut sampler = Sampler::new(Duration::from_millis(200)).unwrap();
        let mut busy = std::process::Command::new("sh").args(["-c", "while :; do :; done"]).spawn().unwrap();
        let begun = Instant::now();
        let mut pool = 0.0;
        while pool < 0.2 {
            assert!(begun.elapsed().as_secs() < 60, "{pool} cores are told of a child that computes");
            std::thread::sleep(Duration::from_millis(100));
            sampler.sample();
            pool = sampler.figures.shares.pool.last().map_or(0.0, |point| point.max);
        }
        busy.kill().unwrap();
        busy.wait().unwrap();
    }

    #[test]
    fn cores_used_are_cpu_time_over_time() {
        let at = Instant::now();
        let before = Baseline { at, cpu_s: 10.0 };
        let after = |seconds, cpu_s| Baseline { at: at + Duration::from_millis(seconds), cpu_s };
        assert_eq!(cores_used(before, after(500, 11.0)), 2.0);
        assert_eq!(cores_used(before, after(500, 10.0)), 0.0);
        // Another process under the same number, and no time between two readings.
        assert_eq!(cores_used(before, after(500, 0.1)), 0.0);
        assert_eq!(cores_used(before, after(0, 11.0)), 0.0);
    }
}
