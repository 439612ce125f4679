//! Unix: the request to terminate is the signal SIGTERM.

use std::ffi::{OsStr, c_int};
use std::fs::File;
use std::io::{self, Write};
use std::mem::ManuallyDrop;
use std::os::fd::FromRawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::process::Command;

unsafe extern "C" {
    /// `signal` of the C library, which is linked already. The handler is a pointer or one of two small numbers.
    fn signal(number: c_int, handler: usize) -> usize;
}

/// The same on all Unix systems, by POSIX.
const SIGTERM: c_int = 15;
const SIG_IGN: usize = 1;
const SIG_ERR: usize = usize::MAX;

/// Makes the whole process ignore SIGTERM from now on.
pub(in super::super) fn ignore_terminate() -> Result<(), String> {
    // SAFETY: the signature is that of C for a handler passed as a number; SIG_IGN is a valid one for SIGTERM and runs
    // no code of ours.
    let before = unsafe { signal(SIGTERM, SIG_IGN) };
    if before == SIG_ERR { Err("the system refused to ignore SIGTERM".to_owned()) } else { Ok(()) }
}

/// The path of a file whose name is no text.
pub(in super::super) fn path_of(bytes: &[u8]) -> PathBuf {
    OsStr::from_bytes(bytes).into()
}

/// Writes to whatever the descriptor is, be it this program's business or not.
pub(in super::super) fn write_to(descriptor: c_int, bytes: &[u8]) -> io::Result<()> {
    // SAFETY: it is borrowed, not owned: nothing is closed. Writing to what belongs to others is the purpose, and where
    // nothing is open under that number the system says so.
    let mut file = ManuallyDrop::new(unsafe { File::from_raw_fd(descriptor) });
    file.write_all(bytes)
}

/// A command that does nothing for 30 seconds.
pub(in super::super) fn lingering_command() -> Command {
    let mut command = Command::new("sleep");
    command.arg("30");
    command
}

#[cfg(test)]
mod tests {
    use rustix::process::{Signal, getpid, kill_process};

    use super::*;

    /// Tells a copy of this test program that it is the copy: the signal stays ignored in its process.
    const COPY: &str = "POOLSCOPE_TEST_IGNORES_TERMINATE";

    #[test]
    fn the_request_to_terminate_is_ignored_afterwards() {
        if std::env::var_os(COPY).is_some() {
            ignore_terminate().unwrap();
            return kill_process(getpid(), Signal::TERM).unwrap();
        }
        let name = std::thread::current().name().unwrap().to_owned();
        let mut copy = Command::new(std::env::current_exe().unwrap());
        assert!(copy.args(["--exact", &name]).env(COPY, "1").output().unwrap().status.success());
    }

    #[test]
    fn the_lingering_command_runs_until_it_is_killed() {
        let mut child = lingering_command().spawn().unwrap();
        assert_eq!(child.try_wait().unwrap(), None);
        child.kill().unwrap();
        assert!(!child.wait().unwrap().success());
    }
}
