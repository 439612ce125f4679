//! Windows: there is no request to terminate that a process could ignore.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::Command;

/// Does nothing: a process is ended from outside without being asked.
pub(in super::super) fn ignore_terminate() -> Result<(), String> {
    Ok(())
}

/// The path of a file whose name is no text.
pub(in super::super) fn path_of(bytes: &[u8]) -> PathBuf {
    String::from_utf8_lossy(bytes).into_owned().into()
}

/// Writes to standard output or standard error; other descriptors are no numbers here.
pub(in super::super) fn write_to(descriptor: i32, bytes: &[u8]) -> io::Result<()> {
    match descriptor {
        1 => io::stdout().write_all(bytes).and_then(|()| io::stdout().flush()),
        2 => io::stderr().write_all(bytes),
        _ => Err(io::ErrorKind::Unsupported.into()),
    }
}

/// A command that does nothing for 30 seconds. `timeout` refuses to run without a console, `ping` does not: it waits a
/// second between two of its 31 calls.
pub(in super::super) fn lingering_command() -> Command {
    let mut command = Command::new("ping");
    command.args(["-n", "31", "127.0.0.1"]);
    command
}
