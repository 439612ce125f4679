//! A run that is followed in the terminal: printed as it goes, interrupted by Ctrl-C.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

use super::live::Live;
use super::source::Stream;
use crate::error::{Error, Result};
use crate::export::{self, Formulas, RowsFile};
use crate::pool::{self, Control, Job, Kept, Launch, RunSnapshot, Waker};

/// Ctrl-C is looked for this often while the run is silent.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A run that is being followed in the terminal.
pub struct Session {
    run: pool::Run,
    /// Rows are let go once they were seen here.
    is_streamed: bool,
    news: Receiver<()>,
    /// How often Ctrl-C was pressed.
    interrupts: Arc<AtomicU8>,
    heard_interrupts: u8,
}

impl Session {
    /// Starts a job over its inputs but for those that `kept` has outputs of, or over the inputs of a stream.
    pub fn start(job: Job, kept: Kept, stream: Option<Stream>) -> Result<Self> {
        let interrupts = Arc::new(AtomicU8::new(0));
        let counted = Arc::clone(&interrupts);
        // Refused only where this process has a handler already: then that one is in charge.
        let _ = ctrlc::set_handler(move || {
            // The second says all: more of them cannot make it begin anew.
            if counted.load(Ordering::Relaxed) < 2 {
                counted.fetch_add(1, Ordering::Relaxed);
            }
        });
        let (wake, news) = sync_channel(1);
        let waker: Waker = Arc::new(move || {
            // One piece of news in waiting says as much as two.
            let _ = wake.try_send(());
        });
        let launch = Launch::this_program()?;
        let is_streamed = stream.is_some();
        let run = match stream {
            None => pool::resume(job, kept, &launch, waker)?,
            Some(stream) => pool::start_stream(job, &launch, waker, |feed| stream.read(feed))?,
        };
        Ok(Self { run, is_streamed, news, interrupts, heard_interrupts: 0 })
    }

    /// Prints the run as it goes, writes rows that are let go to `output`, and waits for the end.
    pub fn follow(mut self, mut live: Live, output: Option<(&Path, Formulas)>) -> Result<Outcome> {
        let streamed = output.filter(|_| self.is_streamed);
        let mut file = streamed.map(|(path, formulas)| RowsFile::create(path, formulas)).transpose()?;
        let mut failed = None;
        let mut is_read = true;
        while !self.run.snapshot().log.is_finished() {
            match self.news.recv_timeout(LOOK_EVERY) {
                Ok(()) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            let snapshot = self.run.snapshot();
            if is_read && let Err(error) = live.print(&snapshot) {
                is_read = false;
                failed = failed.or(failure(error));
                self.run.stop();
            }
            if self.is_streamed {
                let seen = live.seen(&snapshot.log);
                failed = failed.or(add_rows(&mut file, &snapshot, seen));
                self.run.release(seen);
            }
            self.hear_interrupts();
        }
        let is_interrupted = self.interrupts.load(Ordering::Relaxed) > 0;
        let is_streamed = self.is_streamed;
        let snapshot = self.run.join();
        if is_read && let Err(error) = live.print(&snapshot) {
            failed = failed.or(failure(error));
        }
        failed = failed.or(add_rows(&mut file, &snapshot, snapshot.log.counts.total));
        let written = match (file, output) {
            (Some(file), _) => file.finish(),
            (None, Some((path, formulas))) if !is_streamed => {
                export::write_rows(&snapshot.log, path, formulas)
            }
            (None, _) => Ok(()),
        };
        let written = written.and(failed.map_or(Ok(()), Err));
        Ok(Outcome { snapshot, is_interrupted, written })
    }

    /// The first Ctrl-C lets what executes finish, the second ends it.
    fn hear_interrupts(&mut self) {
        let interrupts = self.interrupts.load(Ordering::Relaxed);
        if interrupts == self.heard_interrupts {
            return;
        }
        self.heard_interrupts = interrupts;
        if interrupts == 1 {
            eprintln!("poolscope: ending after what is executing now; press Ctrl-C again to end at once");
            self.run.ask(Control::StopSoon);
        } else {
            self.run.stop();
        }
    }
}

/// Why results can be printed no more, unless their reader has left: that is its way to say that it has seen enough.
fn failure(error: io::Error) -> Option<Error> {
    (error.kind() != io::ErrorKind::BrokenPipe).then(|| Error::io("write the results", error))
}

/// A file that cannot be written any more must not cost the run: it is given up, and the person is told now and, by the
/// error, at the end.
fn add_rows(file: &mut Option<RowsFile>, snapshot: &RunSnapshot, upto: u64) -> Option<Error> {
    let error = file.as_mut()?.add(&snapshot.log, upto).err()?;
    super::report(&error);
    *file = None;
    Some(error)
}

/// How a run went.
pub struct Outcome {
    pub snapshot: Arc<RunSnapshot>,
    pub is_interrupted: bool,
    /// Whether all results and the file of rows were written.
    pub written: Result<()>,
}
