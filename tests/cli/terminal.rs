//! What items see of the terminal that the program was started in: nothing.

use std::process::{Command, Stdio};

use crate::fire::wait_for;

/// Runs its arguments in a terminal of their own, and leaves with their code.
const IN_TERMINAL: &str = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";

#[test]
fn an_item_that_reads_the_terminal_fails_and_does_not_hang() {
    for mode in ["process", "thread"] {
        let source = "read x </dev/tty; echo {} $x";
        let mut command = Command::new("python3");
        command.args(["-c", IN_TERMINAL, env!("CARGO_BIN_EXE_poolscope"), "run", "-m", mode, "-w", "2"]);
        command.args(["--shell", "--command", source, "1", "2"]);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        wait_for("the end of the run", || {
            // The dead are told from those that wait.
            let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap_or_default();
            stat.rsplit_once(')').is_none_or(|(_, state)| state.starts_with(" Z"))
        });
        let status = child.wait().unwrap();
        // The shell goes on after `read`, whose failure it tells.
        assert!(status.code().is_some(), "{status}");
    }
}
