//! Finds the processes that still hold a pipe to write to, and ends them. Only Linux tells who they are; elsewhere none is
//! found.

use std::os::fd::OwnedFd;
use std::path::PathBuf;

/// Ends whatever process could still write to one of these pipes, of which this one has the end that is read; gives the
/// names of those that were ended.
pub(super) fn end_those_of<'a>(pipes: impl Iterator<Item = &'a OwnedFd>) -> Vec<String> {
    let links: Vec<String> = pipes.filter_map(link_of).collect();
    let own = program_of("self");
    // A copy of this program is about to become another lane's command, and holds the pipe only until then.
    let is_other = |pid: &u32| program_of(&pid.to_string()) != own;
    let holders = processes().filter(|pid| holds_one_of(*pid, &links)).filter(is_other);
    let named = holders.map(|pid| (pid, format!("{} (pid {pid})", name_of(pid))));
    named.filter(|(pid, _)| kill(*pid)).map(|(_, name)| name).collect()
}

fn program_of(process: &str) -> Option<PathBuf> {
    std::fs::read_link(format!("/proc/{process}/exe")).ok()
}

/// What `/proc/PID/fd` shows for a pipe, at both its ends.
fn link_of(pipe: &OwnedFd) -> Option<String> {
    let inode = rustix::fs::fstat(pipe).ok()?.st_ino;
    Some(format!("pipe:[{inode}]"))
}

fn processes() -> impl Iterator<Item = u32> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

fn holds_one_of(pid: u32, links: &[String]) -> bool {
    let open = std::fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    let mut held = open.filter(|entry| {
        std::fs::read_link(entry.path())
            .is_ok_and(|link| links.iter().any(|wanted| link.as_os_str() == wanted.as_str()))
    });
    held.any(|entry| is_for_writing(pid, &entry.file_name().to_string_lossy()))
}

/// A process of this program that has not become its command yet has the other end.
fn is_for_writing(pid: u32, descriptor: &str) -> bool {
    let about = std::fs::read_to_string(format!("/proc/{pid}/fdinfo/{descriptor}")).unwrap_or_default();
    let flags = about.lines().find_map(|line| line.strip_prefix("flags:"));
    // The lowest bits say how it was opened: 0 only to read.
    flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok()).is_some_and(|flags| flags & 3 != 0)
}

fn name_of(pid: u32) -> String {
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    name.trim_end().to_owned()
}

fn kill(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw);
    pid.is_some_and(|pid| rustix::process::kill_process(pid, rustix::process::Signal::KILL).is_ok())
}
