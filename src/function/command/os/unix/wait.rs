//! Waits for a process and takes what it used.

use std::io;
use std::mem::MaybeUninit;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitStatus};

use super::super::super::super::usage::Usage;

/// Of `ru_maxrss`: see getrusage(2).
const RSS_UNIT_BYTES: u64 = if cfg!(target_os = "macos") { 1 } else { 1024 };

/// How the command ended, and what it used with all that it has waited for itself.
pub(in super::super::super) fn wait(mut child: Child) -> io::Result<(ExitStatus, Usage)> {
    drop(child.stdin.take());
    let pid = i32::try_from(child.id()).map_err(io::Error::other)?;
    let mut status = 0;
    let mut used = MaybeUninit::<libc::rusage>::zeroed();
    loop {
        // SAFETY: both places are there to be written, and the child is this call's alone: nobody else waits for it.
        if unsafe { libc::wait4(pid, &raw mut status, 0, used.as_mut_ptr()) } == pid {
            break;
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
    // SAFETY: it was all zeros, which it may be, and was written where the call went well.
    let used = unsafe { used.assume_init() };
    let ns = |time: libc::timeval| time.tv_sec as u64 * 1_000_000_000 + time.tv_usec as u64 * 1000;
    let peak_rss_bytes = u64::try_from(used.ru_maxrss).unwrap_or_default() * RSS_UNIT_BYTES;
    let usage = Usage { cpu_ns: ns(used.ru_utime) + ns(used.ru_stime), peak_rss_bytes };
    Ok((ExitStatus::from_raw(status), usage))
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn what_a_child_and_its_own_children_used_is_told() {
        let line = "sh -c 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done'; exit 3";
        let child = Command::new("/bin/sh").args(["-c", line]).stdin(Stdio::null()).spawn().unwrap();
        let (status, usage) = wait(child).unwrap();
        assert_eq!(status.code(), Some(3));
        assert!(usage.cpu_ns > 5_000_000 && usage.peak_rss_bytes > 100_000, "{usage:?}");
    }
}
