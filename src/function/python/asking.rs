//! Asks a program: starts it, gives it a question, takes all that it says, and ends it where it says nothing in time. A
//! program may be anything: it may hang, not read, or start others that keep its pipes open.

use std::io::{self, ErrorKind, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::os::Group;
use super::own_children;

/// An interpreter that has not answered after so long is given up. It reads many files when it starts, which takes long
/// where the machine is busy or they lie elsewhere.
pub const LONGEST_ANSWER: Duration = Duration::from_secs(60);
/// A program that has closed its pipes is over soon.
const LOOK_EVERY: Duration = Duration::from_millis(1);

/// What a program has said.
pub(super) struct Answer {
    pub output: Vec<u8>,
    pub errors: Vec<u8>,
    pub status: ExitStatus,
}

/// Starts a program, gives it `question` as its input and comes back with all that it says; otherwise with the reason. It
/// has `limit` for that. It ends with this program.
pub(super) fn ask(command: &mut Command, question: Vec<u8>, limit: Duration) -> Result<Answer, String> {
    let until = Instant::now() + limit;
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let group = Group::begin();
    let child = group.spawn(command).map_err(|error| format!("it cannot be started: {error}"))?;
    let mut asked = Asked { child, is_over: false, group };
    asked.answer(question, until).map_err(|error| match error.kind() {
        ErrorKind::TimedOut => format!("it has not answered after {} s, and was ended", limit.as_secs()),
        _ => error.to_string(),
    })
}

/// A program that was started to be asked. It ends when this is dropped.
struct Asked {
    child: Child,
    is_over: bool,
    group: Group,
}

impl Asked {
    fn answer(&mut self, question: Vec<u8>, until: Instant) -> io::Result<Answer> {
        let (stdin, stdout, stderr) =
            (self.child.stdin.take(), self.child.stdout.take(), self.child.stderr.take());
        // One that reads nothing must not keep us. Where it ended early its own words say why.
        in_background(move || stdin.map_or(Ok(()), |mut stdin| stdin.write_all(&question)))?;
        // Both at the same time, since it may wait for either.
        let output = in_background(move || all_of(stdout))?;
        let errors = in_background(move || all_of(stderr))?;
        let (output, errors) = (taken(&output, until)?, taken(&errors, until)?);
        loop {
            if let Some(status) = self.child.try_wait()? {
                self.is_over = true;
                return Ok(Answer { output, errors, status });
            }
            if Instant::now() >= until {
                return Err(ErrorKind::TimedOut.into());
            }
            thread::sleep(LOOK_EVERY);
        }
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        if !self.is_over {
            self.group.end(&mut self.child);
        }
        own_children::forget(&self.child);
    }
}

/// Does what may never end in a thread of its own, for which nobody waits.
fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<Receiver<io::Result<T>>> {
    let (tell, told) = channel();
    let work = move || {
        // Nobody may be left to be told.
        let _ = tell.send(work());
    };
    thread::Builder::new().name("asking".to_owned()).spawn(work)?;
    Ok(told)
}

fn taken(told: &Receiver<io::Result<Vec<u8>>>, until: Instant) -> io::Result<Vec<u8>> {
    match told.recv_timeout(until.saturating_duration_since(Instant::now())) {
        Ok(read) => read,
        Err(RecvTimeoutError::Timeout) => Err(ErrorKind::TimedOut.into()),
        Err(RecvTimeoutError::Disconnected) => Err(io::Error::other("the thread that reads it has failed")),
    }
}

fn all_of(pipe: Option<impl Read>) -> io::Result<Vec<u8>> {
    let mut all = Vec::new();
    pipe.map_or(Ok(0), |mut pipe| pipe.read_to_end(&mut all))?;
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(line: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", line]);
        command
    }

    /// Whether the process of this number is there and not over; not so where the system does not tell by files.
    fn is_running(pid: &str) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit_once(')').is_some_and(|(_, state)| !state.starts_with(" Z"))
    }

    #[test]
    fn all_that_a_program_says_is_taken_however_much_it_is_given() {
        let question = vec![b'x'; 1 << 20];
        let answer =
            ask(&mut shell("cat; echo error >&2; exit 3"), question.clone(), LONGEST_ANSWER).unwrap();
        assert!(answer.output == question);
        assert_eq!((answer.errors.as_slice(), answer.status.code()), (&b"error\n"[..], Some(3)));
        // One that does not read is heard all the same.
        let answer = ask(&mut shell("echo told"), question, LONGEST_ANSWER).unwrap();
        assert_eq!(answer.output, b"told\n");
        let missing = ask(&mut Command::new("/no/such/program"), Vec::new(), LONGEST_ANSWER);
        assert!(missing.is_err_and(|reason| reason.starts_with("it cannot be started: ")));
    }

    #[test]
    fn one_that_does_not_answer_is_ended_with_what_it_has_started() {
        let folder = tempfile::tempdir().unwrap();
        let note = folder.path().join("pids");
        // It reads nothing, and what it starts keeps the pipes open.
        let line = format!("sleep 1000 & echo $! >'{0}'; echo $$ >>'{0}'; wait", note.display());
        let reason = ask(&mut shell(&line), vec![b'x'; 1 << 20], Duration::from_secs(2)).err().unwrap();
        assert_eq!(reason, "it has not answered after 2 s, and was ended");
        let pids = std::fs::read_to_string(&note).unwrap();
        assert_eq!(pids.lines().count(), 2, "{pids}");
        let begun = Instant::now();
        while pids.lines().any(is_running) {
            assert!(begun.elapsed().as_secs() < 20, "{pids}");
            thread::sleep(LOOK_EVERY);
        }
    }
}
