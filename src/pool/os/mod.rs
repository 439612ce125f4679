//! What differs between systems: launching hosts, their private channels, waiting on all of them, ending their trees,
//! and the clock that parent and hosts share. Same signatures on each system, no policy.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

use std::io;
use std::path::Path;

use memmap2::MmapRaw;

use super::control::HostId;
use super::record::Obstacle;

#[cfg(unix)]
pub use unix::{
    CAN_PIN, Channel, HostProcesses, PageHandle, ThreadClock, WakeHandle, allow_many_files,
    arguments_for_interpreter, become_interpreter, can_fence_threads, core_clocks, core_of_this_thread,
    end_own_tree, ending_signals, fence_threads, host_channel, lower_priority, machine_memory, monotonic_ns,
    outlive_file_limits, own_cpu_ns, own_peak_rss_bytes, pin_this_thread, program, reset_inherited_signals,
    serve_as_helper, this_thread, thread_cpu_ns, why_no_process, with_memory_limit,
};
#[cfg(windows)]
pub use windows::{
    CAN_PIN, Channel, HostProcesses, PageHandle, ThreadClock, WakeHandle, allow_many_files,
    arguments_for_interpreter, become_interpreter, can_fence_threads, core_clocks, core_of_this_thread,
    end_own_tree, ending_signals, fence_threads, host_channel, lower_priority, machine_memory, monotonic_ns,
    outlive_file_limits, own_cpu_ns, own_peak_rss_bytes, pin_this_thread, program, reset_inherited_signals,
    serve_as_helper, this_thread, thread_cpu_ns, why_no_process, with_memory_limit,
};

/// What to launch.
pub struct HostProgram<'a> {
    pub path: &'a Path,
    /// Size of the status page to share with it.
    pub page_bytes: usize,
    /// Variables of its environment that differ from this program's.
    pub env: &'a [(&'a str, &'a str)],
}

/// The memory of the machine, or of the part of it that this program may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MachineMemory {
    pub total_bytes: u64,
    /// What can be had before something has to be ended or swapped out.
    pub available_bytes: u64,
}

/// What cores have done since the machine was started, all programs together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoreClocks {
    pub cores: usize,
    pub busy_ns: u64,
    /// In which something ran, and the machine that this one is a part of gave the cores to others.
    pub steal_ns: u64,
}

/// What a thread has done since it began, where the system tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ThreadTimes {
    /// On a core.
    pub on_core_ns: u64,
    /// Ready to go on, while other threads had the cores.
    pub ready_ns: u64,
}

/// A host that was launched.
pub struct Launched {
    pub pid: u32,
    pub page: MmapRaw,
}

/// The three ways in which a host is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pipe {
    /// The private channel: frames.
    Channel,
    /// What user code wrote to standard output past the engine.
    Stdout,
    /// What user code wrote to standard error past the engine.
    Stderr,
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Code(i32),
    Signal(i32),
}

/// What happened to a host while waiting.
pub enum HostEvent<'a> {
    Bytes(Pipe, &'a [u8]),
    /// It cannot be spoken with, although it lives.
    #[cfg_attr(windows, expect(dead_code, reason = "a pipe fails there only when its other end is gone"))]
    Obstructed(Obstacle),
    /// It is over and reaped; all that it wrote has been given before.
    Ended(Exit),
}

/// What is left of a run's processes after its end.
#[derive(Debug, Default)]
pub struct Leftovers {
    /// Processes that had outlived their host and were ended, each by its name and pid.
    pub ended: Vec<String>,
    /// Processes that could not be ended, by pid.
    pub processes: Vec<u32>,
    /// Dead processes that could not be reaped, by pid.
    pub zombies: Vec<u32>,
    /// Files made for the run that are still there.
    pub temp_files: Vec<std::path::PathBuf>,
}

/// The host's end of what its parent shares with it.
pub struct HostChannel {
    pub channel: Channel,
    pub page: MmapRaw,
    /// For a program that this one becomes.
    pub page_handle: PageHandle,
}

/// Retries a call that a signal interrupted.
fn retry<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}
