//! What the system tells of the calling thread and its process, and what it lets them ask for.

use std::io;

use rustix::process::Resource;
use rustix::time::ClockId;

/// Nanoseconds of the one monotonic clock, the same in all processes of this machine.
pub fn monotonic_ns() -> u64 {
    clock_ns(ClockId::Monotonic)
}

/// CPU time that the calling thread has used.
pub fn thread_cpu_ns() -> u64 {
    clock_ns(ClockId::ThreadCPUTime)
}

pub(super) fn clock_ns(clock: ClockId) -> u64 {
    let time = rustix::time::clock_gettime(clock);
    // Neither clock is ever negative.
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// The number of the calling thread in the system, where threads have one that other processes can use.
pub fn this_thread() -> Option<u64> {
    #[cfg(target_os = "linux")]
    return Some(rustix::thread::gettid().as_raw_nonzero().get().unsigned_abs().into());
    #[cfg(not(target_os = "linux"))]
    None
}

/// The core that the calling thread runs on, where the system tells.
pub fn core_of_this_thread() -> Option<u32> {
    #[cfg(target_os = "linux")]
    return u32::try_from(rustix::thread::sched_getcpu()).ok();
    #[cfg(not(target_os = "linux"))]
    None
}

/// The most memory this process ever held at once; 0 where the system does not tell.
pub fn own_peak_rss_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = peak.and_then(|text| text.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kib.unwrap_or_default() * 1024
}

/// Whether threads can be bound to cores here.
pub const CAN_PIN: bool = cfg!(target_os = "linux");

/// Binds the calling thread to the core that is `nth` (from 0, round and round) among those it may use.
pub fn pin_this_thread(nth: usize) {
    #[cfg(target_os = "linux")]
    {
        use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
        let Ok(allowed) = sched_getaffinity(None) else { return };
        let cores: Vec<usize> = (0..CpuSet::MAX_CPU).filter(|core| allowed.is_set(*core)).collect();
        let mut wanted = CpuSet::new();
        wanted.set(cores.get(nth % cores.len().max(1)).copied().unwrap_or_default());
        // Where the system refuses, the thread runs where it may.
        let _ = sched_setaffinity(None, &wanted);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = nth;
}

/// Why a process could not be started, and what can be done about it.
pub fn why_no_process(error: &io::Error) -> String {
    use rustix::io::Errno;
    match Errno::from_io_error(error) {
        Some(Errno::MFILE) => "too many open files; raise `ulimit -n`".to_owned(),
        Some(Errno::NFILE) => "too many open files on the whole machine".to_owned(),
        Some(Errno::AGAIN) => {
            "too many processes; raise `ulimit -u`, or the limit of the container".to_owned()
        }
        _ => format!("a process could not be started: {error}"),
    }
}

/// Makes this process give way to others of the machine.
pub fn lower_priority(by: i32) {
    // Where the system refuses, the work still gets done.
    let _ = rustix::process::nice(by);
}

/// Lets this process hold the descriptors of as many hosts as a pool may have.
pub fn allow_many_files() {
    let limit = rustix::process::getrlimit(Resource::Nofile);
    // Where the system refuses, launching the host that is one too many says so.
    let _ = rustix::process::setrlimit(
        Resource::Nofile,
        rustix::process::Rlimit { current: limit.maximum, ..limit },
    );
}
