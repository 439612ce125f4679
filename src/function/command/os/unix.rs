//! Unix: both pipes are waited for at once, without a thread.
//!
//! Nothing runs between fork and exec, so that the standard library can use `posix_spawn`, with a working directory too
//! where the C library has `posix_spawn_file_actions_addchdir_np` (glibc from 2.29, musl, macOS).

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{Access, OFlags};
use rustix::io::{Errno, retry_on_intr};

use super::super::output::Output;
use super::super::program::Program;

mod shell;

pub(in super::super) use shell::{ShellLine, fed, quoted};

/// As much as a pipe holds on Linux by itself.
const READ_BYTES: usize = 1 << 16;

/// What ends a line that a program prints.
pub(in super::super) const LINE_ENDS: [&[u8]; 1] = [b"\n"];

/// The command that runs this line in the shell.
pub(in super::super) fn shell(line: &OsStr) -> Command {
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(line);
    command
}

/// The command that runs this program, under the name by which it was called.
pub(in super::super) fn command(program: &Program) -> Command {
    let mut command = Command::new(&program.path);
    command.arg0(&program.name);
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

/// Feeds the command and takes what it writes until it has closed both its outputs.
pub(in super::super) fn exchange(
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
    let mut buffer = [0; READ_BYTES];
    while stdout.is_some() || stderr.is_some() {
        let ready = wait(feed.as_ref(), stdout.as_ref(), stderr.as_ref()).map_err(failed)?;
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
    }
    Ok(())
}

/// Which pipes can be used without waiting.
#[derive(Default)]
struct Ready {
    feed: bool,
    stdout: bool,
    stderr: bool,
}

fn wait(feed: Option<&Feed>, stdout: Option<&OwnedFd>, stderr: Option<&OwnedFd>) -> Result<Ready, Errno> {
    let mut pipes = Vec::with_capacity(3);
    pipes.extend(feed.map(|feed| PollFd::new(&feed.pipe, PollFlags::OUT)));
    pipes.extend(stdout.map(|pipe| PollFd::new(pipe, PollFlags::IN)));
    pipes.extend(stderr.map(|pipe| PollFd::new(pipe, PollFlags::IN)));
    retry_on_intr(|| poll(&mut pipes, None))?;
    let mut is_ready = pipes.iter().map(|pipe| !pipe.revents().is_empty());
    let mut next = |is_there: bool| is_there && is_ready.next().unwrap_or_default();
    Ok(Ready { feed: next(feed.is_some()), stdout: next(stdout.is_some()), stderr: next(stderr.is_some()) })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zero_byte_is_no_argument() {
        assert!(os_string(b"a\0b".to_vec()).unwrap_err().contains("zero byte"));
        assert_eq!(os_string(b"a\xff".to_vec()).unwrap().into_encoded_bytes(), b"a\xff");
    }
}
