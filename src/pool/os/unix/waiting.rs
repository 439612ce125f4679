//! Waits for children that are over, and learns what they have used.

use std::io;
use std::mem::MaybeUninit;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

/// A child that is over and was waited for.
#[derive(Debug, Clone, Copy)]
pub struct Ended {
    pub status: ExitStatus,
    /// CPU time of it, and of all that it has waited for itself.
    pub cpu_ns: u64,
}

/// Waits for a child if it is over; nothing where it goes on.
///
/// The error is for what is no child of this program, or was waited for already.
pub fn wait_if_over(pid: u32) -> io::Result<Option<Ended>> {
    let pid = i32::try_from(pid).map_err(io::Error::other)?;
    let mut status = 0;
    let mut used = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: both places are there to be written. A number above 0 is one child, of which this call takes the status.
    match unsafe { libc::wait4(pid, &raw mut status, libc::WNOHANG, used.as_mut_ptr()) } {
        0 => Ok(None),
        ended if ended == pid => {
            // SAFETY: it was all zeros, which it may be, and was written where the call went well.
            let used = unsafe { used.assume_init() };
            let cpu_ns = ns(used.ru_utime) + ns(used.ru_stime);
            Ok(Some(Ended { status: ExitStatus::from_raw(status), cpu_ns }))
        }
        _ => Err(io::Error::last_os_error()),
    }
}

fn ns(time: libc::timeval) -> u64 {
    time.tv_sec as u64 * 1_000_000_000 + time.tv_usec as u64 * 1000
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    #[allow(clippy::zombie_processes, reason = "it is waited for by what is tested")]
    fn what_a_child_and_its_own_children_used_is_told_once() {
        let line = "sh -c 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done'; exit 3";
        let child = Command::new("/bin/sh").args(["-c", line]).spawn().unwrap();
        let ended = loop {
            match wait_if_over(child.id()).unwrap() {
                Some(ended) => break ended,
                None => std::thread::yield_now(),
            }
        };
        assert_eq!(ended.status.code(), Some(3));
        assert!(ended.cpu_ns > 5_000_000, "{ended:?}");
        assert!(wait_if_over(child.id()).is_err());
    }
}
