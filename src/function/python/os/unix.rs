//! Unix: files belong to users by number; a program that is asked something is in a process group, by which it ends.

use std::env;
use std::fs::{metadata, symlink_metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process_group};

use super::super::own_children;

/// The variable by which the processes of a run are known, see `pool/os`.
const RUN_MARK: &str = "POOLSCOPE_RUN";

/// The user that a file or the link to it belongs to, where that is neither this program's nor root.
pub(in super::super) fn other_owner(path: &Path) -> Option<u32> {
    let own = rustix::process::geteuid().as_raw();
    let owners = [symlink_metadata(path), metadata(path)].into_iter().flatten().map(|file| file.uid());
    owners.into_iter().find(|owner| *owner != own && *owner != 0)
}

/// A process group that ends when this program is gone, however that ended: a shell leads it that waits for the end of a pipe.
/// It is there before any program is in it, so that there is no moment in which nobody would end that.
pub(in super::super) struct Group {
    /// Nothing where the system has no shell: a program then ends only with an orderly end of this one.
    leader: Option<Child>,
}

impl Group {
    pub(in super::super) fn begin() -> Self {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "read -r line; kill -s KILL -- \"-$$\""]);
        command.env_clear().stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        mark(&mut command);
        Self { leader: own_children::spawn(command.process_group(0)).ok() }
    }

    /// Starts a program in it.
    pub(in super::super) fn spawn(&self, command: &mut Command) -> io::Result<Child> {
        mark(command);
        own_children::spawn(command.process_group(self.leader.as_ref().map_or(0, raw)))
    }

    /// Ends a program that was started in it, and what that has started.
    pub(in super::super) fn end(&self, child: &mut Child) {
        // Until the leader is reaped its number cannot be given to another group.
        let group = Pid::from_raw(raw(self.leader.as_ref().unwrap_or(child)));
        let _ = group.map(|group| kill_process_group(group, Signal::KILL));
        let _ = child.kill();
        let _ = child.wait();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(leader) = &mut self.leader {
            // Before its pipe ends, which would mean that this program is gone.
            let _ = leader.kill();
            let _ = leader.wait();
            own_children::forget(leader);
        }
    }
}

/// It is of no run of this program: one that ends meanwhile would otherwise take it for what its hosts have left. It is of the
/// run that this program is of, if any.
fn mark(command: &mut Command) {
    command.env(RUN_MARK, env::var_os(RUN_MARK).unwrap_or_else(|| "none".into()));
}

/// The system's numbers of processes are positive and fit.
fn raw(child: &Child) -> i32 {
    child.id() as i32
}
