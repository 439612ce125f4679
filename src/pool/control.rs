//! What is asked of a run while it runs, and the name of a host: words that the dispatcher shares with all around it.

use crate::function::Fault;

/// Names one launched host for as long as the run lasts; never used twice.
pub type HostId = u64;

/// What the owner of a run can ask of it while it runs. Workers are counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// End now; what is finished stays. Python: `terminate`.
    Stop,
    /// Begin nothing new, and end when what executes is finished.
    StopSoon,
    /// Begin nothing new until [`Control::Resume`].
    Pause,
    Resume,
    /// From 1 to [`MAX_WORKERS`](super::MAX_WORKERS); those that are too many finish what they have in hand.
    SetWorkers(usize),
    /// End the process under this worker; its item is blamed and the worker replaced.
    Kill {
        worker: usize,
    },
    /// Have the system stop the process under this worker (SIGSTOP), as a person or a debugger would.
    Suspend {
        worker: usize,
    },
    /// Have it go on (SIGCONT).
    Wake {
        worker: usize,
    },
    /// Have this worker make a fault, for real.
    Inject {
        worker: usize,
        fault: Fault,
    },
    /// Have this worker say in which calls of a Python function it is now; the answer is a message of it.
    Stack {
        worker: usize,
    },
}
