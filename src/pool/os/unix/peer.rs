//! One host as its parent holds it: what waits to be written to it, and what comes from it.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::{Child, ChildStderr, ChildStdout};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags};

use super::super::{HostId, Pipe, retry};
use super::process::Stat;
use super::process::kill_tree;
use super::traced;
use crate::pool::record::Obstacle;

/// A host that ends may take so long from the end of its channel on.
const CUT_OFF_PATIENCE: Duration = Duration::from_secs(2);

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
    /// Why frames cannot be carried although it may live; told once.
    pub(super) obstacle: Option<Obstacle>,
    /// Since when it has been seen to live without its channel, or without its first thread.
    cut_off_since: Option<Instant>,
    /// It did not leave by itself.
    pub(super) is_killed: bool,
    /// What removes what it has left in shared memory was spared, and is waited for.
    pub(super) is_cleaned_up: bool,
}

impl Peer {
    /// A host that was just started, and its channel. Where it cannot be waited for, it is ended.
    pub(super) fn new(mut child: Child, channel: UnixStream) -> io::Result<Self> {
        match pipes(&mut child, &channel) {
            Ok((stdout, stderr)) => Ok(Self {
                exit: exit_watch(child.id()),
                child,
                channel,
                stdout,
                stderr,
                out: Vec::new(),
                written: 0,
                is_open: [true; 3],
                obstacle: None,
                cut_off_since: None,
                is_killed: false,
                is_cleaned_up: false,
            }),
            Err(error) => {
                kill_tree(child.id());
                // Nothing is left to do where it does not end.
                let _ = traced::wait(&mut child);
                Err(error)
            }
        }
    }

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
                Err(error) => {
                    self.note_refusal(&error);
                    break;
                }
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
                closed => {
                    self.is_open[pipe as usize] = false;
                    if let (Pipe::Channel, Err(error)) = (pipe, closed) {
                        self.note_refusal(&error);
                    }
                    return;
                }
            }
        }
    }

    /// Looks whether the host goes on without its channel, as one does that has become another program, or without its
    /// first thread, which may have held what all others wait for. Nothing more will come of it.
    pub(super) fn look_whether_cut_off(&mut self) {
        if self.exit.is_none() || self.is_killed {
            return;
        }
        let obstacle = if !self.is_open[Pipe::Channel as usize] {
            Obstacle::ChannelClosed
        } else if Stat::read(self.child.id()).is_some_and(|stat| stat.has_lost_first_thread) {
            Obstacle::FirstThreadEnded
        } else {
            self.cut_off_since = None;
            return;
        };
        if self.cut_off_since.get_or_insert_with(Instant::now).elapsed() >= CUT_OFF_PATIENCE {
            self.obstacle = Some(obstacle);
        }
    }

    /// A host that closed its end is about to end, which is told as an event of its own.
    fn note_refusal(&mut self, error: &io::Error) {
        let is_end = matches!(error.kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset);
        if !is_end {
            tracing::warn!("host {}: {error}", self.child.id());
            self.obstacle = Some(Obstacle::Unreachable);
        }
    }
}

/// The pipes of a host, none of which is waited for alone.
fn pipes(child: &mut Child, channel: &UnixStream) -> io::Result<(ChildStdout, ChildStderr)> {
    let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(io::Error::other("the pipes of a host are missing"));
    };
    for pipe in [channel.as_fd(), stdout.as_fd(), stderr.as_fd()] {
        rustix::io::ioctl_fionbio(pipe, true)?;
    }
    Ok((stdout, stderr))
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
