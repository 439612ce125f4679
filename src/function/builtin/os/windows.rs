//! Windows: there is no request to terminate that a process could ignore.

use std::process::Command;

/// Does nothing: a process is ended from outside without being asked.
pub(in super::super) fn ignore_terminate() -> Result<(), String> {
    Ok(())
}

/// A command that does nothing for 30 seconds. `timeout` refuses to run without a console, `ping` does not: it waits a
/// second between two of its 31 calls.
pub(in super::super) fn lingering_command() -> Command {
    let mut command = Command::new("ping");
    command.args(["-n", "31", "127.0.0.1"]);
    command
}
