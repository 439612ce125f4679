//! One host as its parent holds it: what waits to be written to it, and what comes from it.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::{Child, ChildStderr, ChildStdout};

use rustix::event::{PollFd, PollFlags};

use super::super::{HostId, Pipe, retry};

/// One launched host as its parent holds it.
pub(super) struct Peer {
    pub(super) child: Child,
    pub(super) channel: UnixStream,
    pub(super) stdout: ChildStdout,
    pub(super) stderr: ChildStderr,
    /// Becomes readable when the process ends, also where something else holds its pipes open.
    pub(super) exit: Option<OwnedFd>,
    /// Frames that wait to be written, and how much of them has been.
    pub(super) out: Vec<u8>,
    pub(super) written: usize,
    /// Whether more can come, by [`Pipe`]: a closed pipe would end every wait at once.
    pub(super) is_open: [bool; 3],
    /// It did not leave by itself.
    pub(super) is_killed: bool,
}

impl Peer {
    pub(super) fn watch<'a>(
        &'a self,
        id: HostId,
        slots: &mut Vec<(HostId, Option<Pipe>)>,
        fds: &mut Vec<PollFd<'a>>,
    ) {
        let mut add = |pipe, fd: BorrowedFd<'a>, flags| {
            slots.push((id, pipe));
            fds.push(PollFd::from_borrowed_fd(fd, flags));
        };
        let out = if self.out.is_empty() { PollFlags::empty() } else { PollFlags::OUT };
        let pipes = [
            (Pipe::Channel, self.channel.as_fd(), PollFlags::IN | out),
            (Pipe::Stdout, self.stdout.as_fd(), PollFlags::IN),
            (Pipe::Stderr, self.stderr.as_fd(), PollFlags::IN),
        ];
        for (pipe, fd, flags) in pipes.into_iter().filter(|(pipe, ..)| self.is_open[*pipe as usize]) {
            add(Some(pipe), fd, flags);
        }
        if let Some(exit) = &self.exit {
            add(None, exit.as_fd(), PollFlags::IN);
        }
    }

    pub(super) fn flush(&mut self) {
        while self.written < self.out.len() {
            match retry(|| (&self.channel).write(&self.out[self.written..])) {
                Ok(bytes) => self.written += bytes,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                // Its end is near and will be told as an event of its own.
                Err(_) => break,
            }
        }
        self.out.clear();
        self.written = 0;
    }

    pub(super) fn read(
        &mut self,
        pipe: Pipe,
        buffer: &mut [u8],
        turns: usize,
        on_bytes: &mut dyn FnMut(&[u8]),
    ) {
        for _ in 0..turns {
            let read = retry(|| match pipe {
                Pipe::Channel => (&self.channel).read(buffer),
                Pipe::Stdout => self.stdout.read(buffer),
                Pipe::Stderr => self.stderr.read(buffer),
            });
            match read {
                Ok(bytes @ 1..) => on_bytes(&buffer[..bytes]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Ok(0) | Err(_) => {
                    self.is_open[pipe as usize] = false;
                    return;
                }
            }
        }
    }
}

#[cfg(target_os = "linux")]
pub(super) fn exit_watch(pid: u32) -> Option<OwnedFd> {
    let pid = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw)?;
    rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()).ok()
}

/// Without it, the end of the channel is what tells the end of a host.
#[cfg(not(target_os = "linux"))]
pub(super) fn exit_watch(_pid: u32) -> Option<OwnedFd> {
    None
}
