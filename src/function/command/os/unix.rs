//! Unix: how programs are found, named and started, and what arguments can be.
//!
//! Nothing runs between fork and exec, so that the standard library can use `posix_spawn`, with a working directory too
//! where the C library has `posix_spawn_file_actions_addchdir_np` (glibc from 2.29, musl, macOS).

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::fs::Access;

mod exchange;
mod holders;
mod scan;
mod shell;
mod strike;
mod wait;

pub(in super::super) use exchange::exchange;
pub(in super::super) use shell::{ShellLine, fed, quoted, surrounded};
pub(in super::super) use strike::{can_strike, strike};
pub(in super::super) use wait::wait;

/// What ends a line that a program prints.
pub(in super::super) const LINE_ENDS: [&[u8]; 1] = [b"\n"];

/// The command that runs this line in the shell.
pub(in super::super) fn shell(line: &OsStr) -> Command {
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(line);
    command
}

/// The command that runs the program in a file, under the name by which it was called.
pub(in super::super) fn command(path: &Path, name: &OsStr) -> Command {
    let mut command = Command::new(path);
    command.arg0(name);
    command
}

/// The program in this file, where it is one.
pub(in super::super) fn program_at(path: &Path) -> Option<PathBuf> {
    let can_run = path.is_file() && rustix::fs::access(path, Access::EXEC_OK).is_ok();
    can_run.then(|| path.to_owned())
}

/// Bytes as an argument.
pub(in super::super) fn os_string(bytes: Vec<u8>) -> Result<OsString, String> {
    if bytes.contains(&0) {
        return Err("the input holds a zero byte, which no argument of a command can".to_owned());
    }
    Ok(OsString::from_vec(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zero_byte_is_no_argument() {
        assert!(os_string(b"a\0b".to_vec()).unwrap_err().contains("zero byte"));
        assert_eq!(os_string(b"a\xff".to_vec()).unwrap().into_encoded_bytes(), b"a\xff");
    }
}
