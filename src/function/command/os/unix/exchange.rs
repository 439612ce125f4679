//! Waits for a command and for both its pipes at once, without a thread.
//!
//! A command is over when its own process is. What it has started in the background may hold its output open for as long
//! as it likes: after a short silence the call goes on with what was written until then.

use std::io;
use std::os::fd::OwnedFd;
use std::process::Child;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;
use rustix::io::{Errno, retry_on_intr};
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

use super::super::super::output::Output;
use super::holders;

/// As much as a pipe holds on Linux by itself.
const READ_BYTES: usize = 1 << 16;
/// A command's output is over once its process has ended and nothing was written for so long,
const SILENCE: Duration = Duration::from_millis(300);
/// or once its process has ended for so long.
const LONGEST_REST: Duration = Duration::from_secs(2);
/// Where the system does not tell the end of a process, it is asked for so often.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Feeds the command and takes what it writes until it has closed both its outputs, or has ended.
pub(in super::super::super) fn exchange(
    child: &mut Child,
    fed: &[u8],
    output: &mut Output<'_>,
) -> Result<(), String> {
    let failed =
        |error: Errno| format!("could not exchange data with the command: {}", io::Error::from(error));
    let mut feed = match child.stdin.take().map(OwnedFd::from) {
        Some(stdin) => Some(Feed::new(stdin, fed).map_err(failed)?),
        None => None,
    };
    let mut stdout = child.stdout.take().map(OwnedFd::from);
    let mut stderr = child.stderr.take().map(OwnedFd::from);
    let mut end = End::of(child);
    let mut buffer = [0; READ_BYTES];
    while stdout.is_some() || stderr.is_some() {
        let ready = wait(feed.as_ref(), stdout.as_ref(), stderr.as_ref(), &end).map_err(failed)?;
        if ready.feed && feed.as_mut().is_some_and(Feed::go_on) {
            feed = None;
        }
        if ready.stderr {
            let bytes = read(&mut stderr, &mut buffer).map_err(failed)?;
            output.take_error(bytes);
        }
        if ready.stdout {
            output.take(read(&mut stdout, &mut buffer).map_err(failed)?)?;
        }
        if end.is_over(&ready) {
            let ended = holders::end_those_of([stdout, stderr].iter().flatten());
            output.cx.print_error(&left_open(&ended));
            return Ok(());
        }
    }
    Ok(())
}

/// What is said where processes in the background held the output when the command had ended, and which of them were
/// ended.
fn left_open(ended: &[String]) -> String {
    if ended.is_empty() {
        return "a background process of the command still holds its output; the item went on without it"
            .to_owned();
    }
    let names = ended.join(", ");
    format!(
        "what the command left running in the background held its output and was ended with it: {names}; write `wait` \
         at its end to wait for it"
    )
}

/// Follows whether the command's own process has ended, and for how long its output has been silent since.
struct End {
    pid: Option<Pid>,
    watch: Option<OwnedFd>,
    /// When it was seen to have ended, and when something was written last.
    ended: Option<(Instant, Instant)>,
}

impl End {
    fn of(child: &Child) -> Self {
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        Self { pid, watch: pid.and_then(exit_watch), ended: None }
    }

    /// How long may be waited for a pipe before [`Self::is_over`] has to be asked.
    fn patience(&self) -> Option<Duration> {
        match (&self.ended, &self.watch) {
            (Some((ended, heard)), _) => Some(
                SILENCE.saturating_sub(heard.elapsed()).min(LONGEST_REST.saturating_sub(ended.elapsed())),
            ),
            (None, Some(_)) => None,
            (None, None) => Some(LOOK_EVERY),
        }
    }

    fn is_over(&mut self, ready: &Ready) -> bool {
        let now = Instant::now();
        match &mut self.ended {
            Some((_, heard)) if ready.stdout || ready.stderr => *heard = now,
            Some(_) => {}
            None if ready.has_ended || self.watch.is_none() => {
                self.ended = self.has_ended().then_some((now, now));
            }
            None => {}
        }
        self.ended.is_some_and(|(ended, heard)| heard.elapsed() >= SILENCE || ended.elapsed() >= LONGEST_REST)
    }

    /// Its process stays to be waited for.
    fn has_ended(&self) -> bool {
        let how = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        let ended = self.pid.map(|pid| retry_on_intr(|| waitid(WaitId::Pid(pid), how)));
        matches!(ended, Some(Ok(Some(_))))
    }
}

#[cfg(target_os = "linux")]
fn exit_watch(pid: Pid) -> Option<OwnedFd> {
    rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()).ok()
}

#[cfg(not(target_os = "linux"))]
fn exit_watch(_pid: Pid) -> Option<OwnedFd> {
    None
}

/// Which pipes can be used without waiting.
#[derive(Default)]
struct Ready {
    feed: bool,
    stdout: bool,
    stderr: bool,
    /// The command's own process may have ended.
    has_ended: bool,
}

fn wait(
    feed: Option<&Feed>,
    stdout: Option<&OwnedFd>,
    stderr: Option<&OwnedFd>,
    end: &End,
) -> Result<Ready, Errno> {
    let mut pipes = Vec::with_capacity(4);
    pipes.extend(feed.map(|feed| PollFd::new(&feed.pipe, PollFlags::OUT)));
    pipes.extend(stdout.map(|pipe| PollFd::new(pipe, PollFlags::IN)));
    pipes.extend(stderr.map(|pipe| PollFd::new(pipe, PollFlags::IN)));
    let watch = end.watch.as_ref().filter(|_| end.ended.is_none());
    pipes.extend(watch.map(|watch| PollFd::new(watch, PollFlags::IN)));
    let patience = end.patience().map(|patience| Timespec {
        tv_sec: patience.as_secs() as i64,
        tv_nsec: i64::from(patience.subsec_nanos()),
    });
    retry_on_intr(|| poll(&mut pipes, patience.as_ref()))?;
    let mut is_ready = pipes.iter().map(|pipe| !pipe.revents().is_empty());
    let mut next = |is_there: bool| is_there && is_ready.next().unwrap_or_default();
    Ok(Ready {
        feed: next(feed.is_some()),
        stdout: next(stdout.is_some()),
        stderr: next(stderr.is_some()),
        has_ended: next(watch.is_some()),
    })
}

/// Reads once; at the end of the pipe, lets go of it.
fn read<'b>(pipe: &mut Option<OwnedFd>, buffer: &'b mut [u8]) -> Result<&'b [u8], Errno> {
    let Some(open) = pipe else { return Ok(&[]) };
    let length = retry_on_intr(|| rustix::io::read(&*open, &mut *buffer))?;
    if length == 0 {
        *pipe = None;
    }
    Ok(&buffer[..length])
}

/// What still has to go to the command's standard input.
struct Feed<'a> {
    pipe: OwnedFd,
    rest: &'a [u8],
}

impl<'a> Feed<'a> {
    /// The pipe's end is ours alone: that it does not wait is nothing to the command.
    fn new(pipe: OwnedFd, rest: &'a [u8]) -> Result<Self, Errno> {
        let flags = rustix::fs::fcntl_getfl(&pipe)?;
        rustix::fs::fcntl_setfl(&pipe, flags | OFlags::NONBLOCK)?;
        Ok(Self { pipe, rest })
    }

    /// Writes what there is room for and says whether that is all. A command need not read all that it is given.
    fn go_on(&mut self) -> bool {
        match rustix::io::write(&self.pipe, self.rest) {
            Ok(written) => self.rest = &self.rest[written..],
            Err(Errno::AGAIN | Errno::INTR) => {}
            Err(_) => return true,
        }
        self.rest.is_empty()
    }
}
