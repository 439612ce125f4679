//! Threads that have asked to be traced (`PTRACE_TRACEME`), which makes this program their tracer: a process with such a
//! thread is not over until its tracer has waited for the thread, too. See ptrace(2), "Death under ptrace".

use std::process::Child;
use std::{io, thread, time::Duration};

use super::waiting::{Ended, wait_if_over};

/// Waits for a child that was ended, and for its traced threads.
pub fn wait(child: &mut Child) -> io::Result<Ended> {
    loop {
        if let Some(ended) = wait_if_over(child.id())? {
            return Ok(ended);
        }
        reap_threads(child.id());
        thread::sleep(Duration::from_micros(200));
    }
}

/// Waits for those traced threads of a child that are over.
#[cfg(target_os = "linux")]
pub fn reap_threads(pid: u32) {
    let folder = super::process::folder_of(pid).map(|folder| folder.join("task"));
    let threads = folder.and_then(|folder| std::fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    let numbers = threads.filter_map(|thread| thread.file_name().to_str()?.parse::<i32>().ok());
    for number in numbers.filter(|number| pid.cast_signed() != *number) {
        // SAFETY: no status is asked for, and nothing else is written. What is no traced thread of a child of this program
        // is refused.
        unsafe { libc::waitpid(number, std::ptr::null_mut(), libc::WNOHANG | libc::__WALL) };
    }
}

/// Elsewhere threads are not traced one by one.
#[cfg(not(target_os = "linux"))]
pub fn reap_threads(_pid: u32) {}
