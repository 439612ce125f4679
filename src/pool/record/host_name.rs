//! How a process of a pool is called.

use serde::{Deserialize, Serialize};

use super::RunLog;

/// Which process, in the terms of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum HostName {
    /// That of one worker, counted from 1.
    Worker(usize),
    /// That of so many threads, which are all workers.
    AllThreads(usize),
    /// That of some of the threads: the workers from the first to the last, counted from 1.
    Workers { first: usize, last: usize },
    /// The one in which suspects run alone.
    Suspects,
}

impl HostName {
    /// The process under a worker, counted from 1.
    pub fn of(log: &RunLog, worker: usize) -> Self {
        let lanes = log.shape().lanes_with(worker - 1);
        if log.lanes.get(worker - 1).is_some_and(|lane| lane.is_for_suspects) {
            Self::Suspects
        } else if lanes.len() == 1 {
            Self::Worker(worker)
        } else if lanes.len() == log.workers {
            Self::AllThreads(log.workers)
        } else {
            Self::Workers { first: lanes.start + 1, last: lanes.end }
        }
    }
}
