//! Threads that have asked to be traced (`PTRACE_TRACEME`), which makes this program their tracer: a process with such a
//! thread is not over until its tracer has waited for the thread, too. See ptrace(2), "Death under ptrace".

use std::process::Child;
use std::time::{Duration, Instant};
use std::{io, thread};

#[cfg(target_os = "linux")]
use rustix::process::Signal;

#[cfg(target_os = "linux")]
use super::process::{Stat, send};
use super::waiting::{Ended, wait_if_over};

/// A child that was killed and has not ended after this time is held by the system, or belongs to another user now.
const END_PATIENCE: Duration = Duration::from_secs(2);

/// Waits for a child that was killed, and for its traced threads; a tracer of it that does not wait for it is ended.
///
/// The error is for a child that does not end ([`io::ErrorKind::TimedOut`]), or was waited for already.
pub fn wait(child: &mut Child) -> io::Result<Ended> {
    let begun = Instant::now();
    loop {
        if let Some(ended) = wait_if_over(child.id())? {
            return Ok(ended);
        }
        if begun.elapsed() >= END_PATIENCE {
            return Err(io::ErrorKind::TimedOut.into());
        }
        reap_threads(child.id());
        end_tracer(child.id());
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

/// Ends the process that traces a child which is over, where this program has started it in any way: such a child is not
/// over for its parent until its tracer has waited for it, which an item that traces other workers does not.
#[cfg(target_os = "linux")]
fn end_tracer(pid: u32) {
    let told =
        super::process::folder_of(pid).and_then(|folder| std::fs::read_to_string(folder.join("status")).ok());
    let Some(tracer) = told.as_deref().and_then(tracer_of_zombie) else { return };
    if is_of_this_program(tracer) {
        tracing::warn!("process {tracer} traces process {pid}, which is over, and is ended");
        send(tracer, Signal::KILL);
    }
}

/// The process that traces one that is over, in the words of proc(5).
#[cfg(target_os = "linux")]
fn tracer_of_zombie(status: &str) -> Option<u32> {
    let value = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let tracer = value("TracerPid:")?.parse().ok().filter(|tracer| *tracer != 0)?;
    value("State:")?.starts_with('Z').then_some(tracer)
}

/// Whether this program, or one that it has started, has started this process.
#[cfg(target_os = "linux")]
fn is_of_this_program(pid: u32) -> bool {
    let mut parent = Stat::read(pid).map(|stat| stat.parent);
    while let Some(ancestor) = parent.filter(|ancestor| *ancestor > 1) {
        if ancestor == std::process::id() {
            return true;
        }
        parent = Stat::read(ancestor).map(|stat| stat.parent);
    }
    false
}

/// Elsewhere a tracer is not in the way.
#[cfg(not(target_os = "linux"))]
fn end_tracer(_pid: u32) {}

/// Elsewhere threads are not traced one by one.
#[cfg(not(target_os = "linux"))]
pub fn reap_threads(_pid: u32) {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_over_is_kept_by_its_tracer() {
        let status = |state: &str, tracer: u32| format!("Name:\ta\nState:\t{state}\nTracerPid:\t{tracer}\n");
        assert_eq!(tracer_of_zombie(&status("Z (zombie)", 77)), Some(77));
        assert_eq!(tracer_of_zombie(&status("Z (zombie)", 0)), None);
        assert_eq!(tracer_of_zombie(&status("t (tracing stop)", 77)), None);
    }

    #[test]
    fn who_was_started_here_is_known() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        assert!(is_of_this_program(child.id()));
        assert!(!is_of_this_program(std::os::unix::process::parent_id()));
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
