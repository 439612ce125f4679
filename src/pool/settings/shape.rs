//! How the workers of a pool are spread over processes.

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::Mode;

/// So many workers, and in how many processes they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Shape {
    pub mode: Mode,
    pub workers: usize,
    /// The processes that threads are spread over, at least 1; where workers are processes this says nothing.
    #[serde(default = "one")]
    pub processes: usize,
}

fn one() -> usize {
    1
}

impl Shape {
    /// How many processes there are: one a worker, or those that the threads are in.
    pub fn hosts(self) -> usize {
        match self.mode {
            Mode::Process => self.workers,
            Mode::Thread => self.processes.clamp(1, self.workers.max(1)),
        }
    }

    /// The workers of a process, both counted from 0. Where they cannot be spread evenly, the first ones have one more.
    pub fn lanes_of(self, host: usize) -> Range<usize> {
        let begin = |host: usize| (self.workers * host).div_ceil(self.hosts());
        begin(host)..begin(host + 1)
    }

    /// The workers that are in one process with this one, itself among them.
    pub fn lanes_with(self, lane: usize) -> Range<usize> {
        if lane >= self.workers {
            return lane..lane + 1;
        }
        // The last process that begins with it or before it.
        self.lanes_of(lane * self.hosts() / self.workers)
    }
}

/// "4 processes", "8 threads", "8 threads in 2 processes".
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.mode.counted(self.workers))?;
        match (self.mode, self.hosts()) {
            (Mode::Process, _) | (_, 1) => Ok(()),
            (Mode::Thread, hosts) => write!(f, " in {}", Mode::Process.counted(hosts)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(mode: Mode, workers: usize, processes: usize) -> Shape {
        Shape { mode, workers, processes }
    }

    #[test]
    fn each_worker_is_in_one_process() {
        for (shape, ends) in [
            (shape(Mode::Process, 3, 1), vec![1, 2, 3]),
            (shape(Mode::Thread, 4, 1), vec![4]),
            (shape(Mode::Thread, 5, 2), vec![3, 5]),
            (shape(Mode::Thread, 9, 4), vec![3, 5, 7, 9]),
            (shape(Mode::Thread, 2, 4), vec![1, 2]),
        ] {
            assert_eq!(shape.hosts(), ends.len(), "{shape}");
            let mut begin = 0;
            for (host, end) in ends.into_iter().enumerate() {
                assert_eq!(shape.lanes_of(host), begin..end, "{shape}");
                assert!((begin..end).all(|lane| shape.lanes_with(lane) == (begin..end)), "{shape}");
                begin = end;
            }
        }
    }

    #[test]
    fn shapes_are_named_as_people_name_them() {
        assert_eq!(shape(Mode::Process, 1, 1).to_string(), "1 process");
        assert_eq!(shape(Mode::Thread, 8, 1).to_string(), "8 threads");
        assert_eq!(shape(Mode::Thread, 8, 2).to_string(), "8 threads in 2 processes");
    }
}
