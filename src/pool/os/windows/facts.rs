//! What Windows tells about time, the calling thread and this process.

use std::os::windows::io::AsRawHandle;
use std::process::Child;

use windows_sys::Win32::Foundation::FILETIME;
use windows_sys::Win32::System::Performance::{QueryPerformanceCounter, QueryPerformanceFrequency};
use windows_sys::Win32::System::ProcessStatus::{K32GetProcessMemoryInfo, PROCESS_MEMORY_COUNTERS};
use windows_sys::Win32::System::SystemInformation::{GlobalMemoryStatusEx, MEMORYSTATUSEX};
use windows_sys::Win32::System::Threading::{
    BELOW_NORMAL_PRIORITY_CLASS, GetCurrentProcess, GetCurrentProcessorNumber, GetCurrentThread,
    GetThreadTimes, SetPriorityClass,
};

use super::super::{CoreClocks, MachineMemory, ThreadTimes};

/// Nanoseconds of the one monotonic clock, the same in all processes of this machine.
pub fn monotonic_ns() -> u64 {
    let (mut ticks, mut per_second) = (0_i64, 1_i64);
    // SAFETY: both pointers are to integers of the right width; on Windows XP and later neither call fails.
    unsafe {
        QueryPerformanceFrequency(&mut per_second);
        QueryPerformanceCounter(&mut ticks);
    }
    (ticks as u128 * 1_000_000_000 / per_second.max(1) as u128) as u64
}

/// CPU time that the calling thread has used.
pub fn thread_cpu_ns() -> u64 {
    let mut times = [FILETIME::default(); 4];
    let [created, exited, kernel, user] = &mut times;
    // SAFETY: the pseudo handle of the calling thread is always valid, and so are the four pointers.
    unsafe { GetThreadTimes(GetCurrentThread(), created, exited, kernel, user) };
    let ns = |time: FILETIME| (u64::from(time.dwHighDateTime) << 32 | u64::from(time.dwLowDateTime)) * 100;
    ns(times[2]) + ns(times[3])
}

/// What all cores have done, which is not looked at here.
pub fn core_clocks() -> Option<CoreClocks> {
    None
}

/// CPU time of this program; asked for only where that of the cores is known.
pub fn own_cpu_ns() -> u64 {
    0
}

/// The number of the calling thread in the system, where other processes can use it to see its times: here they cannot.
pub fn this_thread() -> Option<u64> {
    None
}

/// The counts of a thread of another process, which this system does not keep.
pub struct ThreadClock;

impl ThreadClock {
    /// Always the error that there are none.
    pub fn open(_pid: u32, _thread: u64) -> std::io::Result<Self> {
        Err(std::io::ErrorKind::Unsupported.into())
    }

    /// Never: it is not told.
    pub fn is_over(_pid: u32, _thread: u64) -> bool {
        false
    }

    /// Nothing.
    pub fn read(&self) -> Option<ThreadTimes> {
        None
    }

    /// Nothing.
    pub fn core(&self) -> Option<u32> {
        None
    }
}

/// The core that the calling thread runs on.
pub fn core_of_this_thread() -> Option<u32> {
    // SAFETY: takes nothing and cannot fail.
    Some(unsafe { GetCurrentProcessorNumber() })
}

/// The memory that a process holds now; 0 where the system does not tell.
pub fn rss_bytes(child: &Child) -> u64 {
    let mut counters = PROCESS_MEMORY_COUNTERS::default();
    let bytes = size_of_val(&counters) as u32;
    // SAFETY: the handle of a child is open as long as the child is; pointer and size are those of `counters`.
    unsafe { K32GetProcessMemoryInfo(child.as_raw_handle(), &mut counters, bytes) };
    counters.WorkingSetSize as u64
}

/// The memory of the machine.
pub fn machine_memory() -> Option<MachineMemory> {
    let mut status = MEMORYSTATUSEX::default();
    status.dwLength = size_of_val(&status) as u32;
    // SAFETY: the pointer is to a structure of the length that it names.
    let has_told = unsafe { GlobalMemoryStatusEx(&mut status) } != 0;
    has_told
        .then_some(MachineMemory { total_bytes: status.ullTotalPhys, available_bytes: status.ullAvailPhys })
}

/// The most memory this process ever held at once; 0 where the system does not tell.
pub fn own_peak_rss_bytes() -> u64 {
    let mut counters = PROCESS_MEMORY_COUNTERS::default();
    // SAFETY: the pseudo handle of this process is always valid; pointer and size are those of `counters`.
    unsafe { K32GetProcessMemoryInfo(GetCurrentProcess(), &mut counters, size_of_val(&counters) as u32) };
    counters.PeakWorkingSetSize as u64
}

/// Makes this process give way to others of the machine.
pub fn lower_priority(by: i32) {
    if by > 0 {
        // SAFETY: the pseudo handle of this process is always valid. Where the system refuses, the work still gets done.
        unsafe { SetPriorityClass(GetCurrentProcess(), BELOW_NORMAL_PRIORITY_CLASS) };
    }
}

/// Whether all threads of this process can be fenced at once.
pub fn can_fence_threads() -> bool {
    false
}

/// Never called where [`can_fence_threads`] says no.
pub fn fence_threads() {}
