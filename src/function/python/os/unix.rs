//! Unix: files belong to users by number; a program that is asked something leads a process group, by which it ends.

use std::env;
use std::fs::{metadata, symlink_metadata};
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

/// Has a program lead a process group of its own, which can be ended. It is of no run of this program: one that ends
/// meanwhile would otherwise take it for what its hosts have left. It is of the run that this program is of, if any.
pub(in super::super) fn set_apart(command: &mut Command) {
    command.process_group(0).env(RUN_MARK, env::var_os(RUN_MARK).unwrap_or_else(|| "none".into()));
}

/// Ends a program and its group when this program is gone, however that ended: a shell that waits for the end of a pipe.
pub(in super::super) struct Watch(Child);

impl Watch {
    /// Nothing where the system has no shell: the program then ends only with an orderly end of this one.
    pub(in super::super) fn over(child: &Child) -> Option<Self> {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "read -r line; kill -s KILL -- \"-$0\"", &child.id().to_string()]);
        command.env_clear().stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        set_apart(&mut command);
        own_children::spawn(&mut command).ok().map(Self)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // Before its pipe ends, which would mean that this program is gone.
        let _ = self.0.kill();
        let _ = self.0.wait();
        own_children::forget(&self.0);
    }
}

/// Ends a program that was asked, and what it has started.
pub(in super::super) fn end_with_all(child: &mut Child) {
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    // Before it is reaped its number cannot be given to another group. It may have ended.
    let _ = group.map(|group| kill_process_group(group, Signal::KILL));
    let _ = child.kill();
    let _ = child.wait();
}
