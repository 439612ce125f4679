//! Faults that a person has workers make, as data.

use serde::{Deserialize, Serialize};

use super::RunLog;
use super::host_name::HostName;
use crate::function::Fault;

/// A leak takes no more where workers have no memory limit, so that the machine survives it.
const LEAK_BYTES: u64 = 1 << 30;

/// A fault that a person has a worker make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Injection {
    /// Counted from 1.
    pub worker: usize,
    pub fault: Fault,
    /// Whose process it is.
    pub host: HostName,
    pub when: When,
    /// It is made in the process of the worker's command, and not in its own.
    pub is_apart: bool,
    /// What a leak takes at most.
    pub most_bytes: u64,
}

/// When a fault is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum When {
    Now,
    /// As soon as its process has loaded the function.
    Ready,
    /// As soon as its process, which is suspended, is woken.
    Woken,
}

/// Why a fault is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum NotInjected {
    /// The worker has no process now.
    NoProcess,
    /// Its process is about to end.
    Ending,
    /// Its process makes that fault already.
    Already,
}

impl Injection {
    /// What this fault of a worker (from 1) hits in a run as it is now.
    pub fn new(log: &RunLog, worker: usize, fault: Fault, when: When) -> Self {
        let job = &log.plan.job;
        Self {
            worker,
            fault,
            host: HostName::of(log, worker),
            when,
            is_apart: job.function.fails_apart(fault),
            most_bytes: job.settings.worker.memory_limit_bytes.unwrap_or(LEAK_BYTES),
        }
    }
}
