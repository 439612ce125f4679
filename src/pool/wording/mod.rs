//! The words for what a record holds as data: the sentences that window, terminal and files share.
//!
//! Sentences of the pool begin small and have no full stop, as errors do.

mod cause;
mod cores;
mod death;
mod fault;

use std::fmt::{self, Display, Formatter};

use super::record::{DiedAt, HostName, LifeEnd, Notice, RecycleReason, ns_to_s};
use crate::value::grouped;

/// Of many processes, so many are named.
const MOST_NAMED: usize = 5;

impl Display for HostName {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Worker(worker) => write!(f, "worker {worker}"),
            Self::Workers { first, last } => write!(f, "the process of workers {first} to {last}"),
            Self::AllThreads(threads) => write!(f, "the process of all {threads} threads"),
            Self::Suspects => f.write_str("the worker in which suspects run alone"),
        }
    }
}

impl Display for RecycleReason {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Items(1) => f.write_str("after 1 item"),
            Self::Items(items) => write!(f, "after {items} items"),
            Self::Memory { held_bytes } => write!(f, "because it held {} MiB", held_bytes >> 20),
        }
    }
}

impl Display for DiedAt {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Idle => Ok(()),
            Self::After(index) => write!(f, " after item {}", grouped(*index)),
            Self::Input(index) => write!(f, " while on item {}", grouped(*index)),
            Self::Inputs(count) => write!(f, " while on {count} items"),
        }
    }
}

impl Display for Notice {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Started { pool } => write!(f, "pool of {pool} started"),
            Self::Resized { pool, before } => {
                write!(f, "the pool has {pool} from now on; it had {before}")
            }
            Self::FewerWorkers { workers, wanted, reason } => {
                write!(f, "only {workers} of {wanted} workers could be started: {reason}")
            }
            Self::SizeKept { reason } => write!(f, "the pool stays as it was: {reason}"),
            Self::Paused => f.write_str("paused: no more items are started"),
            Self::Resumed => f.write_str("resumed"),
            Self::Draining => {
                f.write_str("stopping soon: no more items are started, those that run may finish")
            }
            Self::Closed => f.write_str("closed: no more work will be given"),
            Self::Terminated => f.write_str("terminated: stopped before all inputs were done"),
            Self::Joined { pool } => write!(f, "joined: {pool} ended"),
            Self::Done => f.write_str("main process is done"),
            Self::GaveUp { reason } => write!(f, "the pool gave up: {reason}"),
            Self::Suspended { host, pid, is_suspended } => {
                write!(f, "{host} (pid {pid}) was {} by hand", suspended(*is_suspended))
            }
            Self::SuspendRefused { host, pid, is_suspended } => {
                let what = suspended(*is_suspended);
                write!(f, "{host} (pid {pid}) could not be {what}: the system refused")
            }
            Self::Recycled { host, reason } => write_recycled(f, *host, reason),
            Self::Replaced { host, after } => {
                write!(f, "{host} replaced in {:.0} ms", after.as_secs_f64() * 1e3)
            }
            Self::Died { host, pid, end, at, .. } => write_death(f, *host, *pid, end, *at),
            Self::MachineFull { host, held_bytes } => {
                let held_mib = held_bytes >> 20;
                write!(f, "the machine is about to run out of memory, of which {host} holds {held_mib} MiB")
            }
            Self::Silent { host, pid, for_ns } => write_silent(f, *host, *pid, *for_ns),
            Self::LoadsLong { host, pid, for_ns } => write_loads_long(f, *host, *pid, *for_ns),
            Self::Back { host, pid, after_ns } => {
                write!(f, "{host} (pid {pid}) is back after {:.1} s", ns_to_s(*after_ns))
            }
            Self::Killing { worker, host } => {
                write!(f, "worker {worker} is killed by hand (SIGKILL); {}", host.who_ends())
            }
            Self::Injected(injection) => write!(f, "{injection}"),
            Self::NotInjected { worker, fault, reason } => {
                write!(f, "worker {worker} was not made to {}: {reason}", fault::verb(*fault))
            }
            Self::NotEnded { host, pid } => write_not_ended(f, *host, *pid),
            Self::LeftRunning { processes } => write_left_running(f, processes),
            Self::LockTurnedOn { module } => write_lock_turned_on(f, module),
            Self::LeftBehind { what: sentence } | Self::Other { sentence } => f.write_str(sentence),
        }
    }
}

fn write_recycled(f: &mut Formatter<'_>, host: HostName, reason: &RecycleReason) -> fmt::Result {
    write!(f, "{host} was replaced by a new process {reason}; later replacements are not reported")
}

fn write_silent(f: &mut Formatter<'_>, host: HostName, pid: u32, for_ns: u64) -> fmt::Result {
    let for_s = ns_to_s(for_ns);
    write!(f, "{host} (pid {pid}) has given no sign of life for {for_s:.0} s; it may be suspended")
}

fn write_loads_long(f: &mut Formatter<'_>, host: HostName, pid: u32, for_ns: u64) -> fmt::Result {
    let for_s = ns_to_s(for_ns);
    write!(
        f,
        "{host} (pid {pid}) has been starting for {for_s:.0} s: what runs before the first item (the file, its imports, the \
         initializer) takes long, or waits for something"
    )
}

fn suspended(is_suspended: bool) -> &'static str {
    if is_suspended { "suspended" } else { "woken" }
}

fn write_death(f: &mut Formatter<'_>, host: HostName, pid: u32, cause: &LifeEnd, at: DiedAt) -> fmt::Result {
    match cause {
        LifeEnd::Broken(_) | LifeEnd::Obstructed(_) => write!(f, "{host} (pid {pid}) died{at}: {cause}"),
        cause if cause.is_by_this_program() => write!(f, "{host} (pid {pid}) was {cause}{at}"),
        cause => write!(f, "{host} (pid {pid}) died: {cause}{at}"),
    }
}

fn write_not_ended(f: &mut Formatter<'_>, host: HostName, pid: u32) -> fmt::Result {
    write!(
        f,
        "{host} (pid {pid}) was killed and has not ended: the system does not let it end, or it belongs to another user \
         now. It is left running, and the run goes on without it"
    )
}

fn write_lock_turned_on(f: &mut Formatter<'_>, module: &str) -> fmt::Result {
    write!(
        f,
        "the module {module} turned the interpreter's lock on: threads take turns, although this Python can run without \
         a lock"
    )
}

fn write_left_running(f: &mut Formatter<'_>, processes: &[String]) -> fmt::Result {
    let named = processes.iter().take(MOST_NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    write!(f, "what commands had left running was ended with the run: {named}")?;
    match processes.len().saturating_sub(MOST_NAMED) {
        0 => Ok(()),
        more => write!(f, " and {} more", grouped(more as u64)),
    }
}
