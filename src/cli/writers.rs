//! Threads that write a run out while it goes on, each at its own pace: a terminal or a disk that is stuck holds up
//! neither the run nor the thread that hears Ctrl-C.

use std::convert::Infallible;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::live::Live;
use super::streams::{self, say};
use crate::error::{Error, Result};
use crate::export::RowsFile;
use crate::pool::{RunLog, RunSnapshot};

/// Finished rows are on the disk after so much time.
const SAVE_EVERY: Duration = Duration::from_millis(900);
/// While it is waited for a thread, what speaks against that is looked at so often.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// What a thread and its owner share.
#[derive(Default)]
struct Shared {
    /// The newest state of the run that the thread has not seen.
    latest: Mutex<Option<Arc<RunSnapshot>>>,
    came: Condvar,
    /// All rows before this one are written out and need not be kept for it.
    seen: AtomicU64,
    /// Goes on with what is written.
    progress: Arc<AtomicU64>,
    /// Nobody reads what it writes.
    is_unread: AtomicBool,
}

impl Shared {
    fn next(&self) -> Arc<RunSnapshot> {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match latest.take() {
                Some(snapshot) => return snapshot,
                None => latest = self.came.wait(latest).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

/// A thread that writes a run out.
pub struct Writer {
    shared: Arc<Shared>,
    thread: JoinHandle<Result<()>>,
    /// Ends with the thread, and nothing else comes from it.
    end: Receiver<Infallible>,
}

impl Writer {
    /// Prints results and messages, and behind them what is to be said of the run when it is over.
    pub fn printing(
        mut live: Live,
        is_streamed: bool,
        last_words: impl FnOnce(&RunLog) -> Result<()> + Send + 'static,
    ) -> io::Result<Self> {
        Self::spawn("print", live.progress(), move |shared| {
            let mut written = Ok(());
            loop {
                let snapshot = shared.next();
                if let Err(error) = live.print(&snapshot) {
                    shared.is_unread.store(true, Ordering::Relaxed);
                    written = written.and(streams::failure(error).map_or(Ok(()), Err));
                }
                if is_streamed {
                    shared.seen.store(live.seen(&snapshot.log), Ordering::Relaxed);
                }
                if snapshot.log.is_finished() {
                    let said = last_words(&snapshot.log);
                    return written.and(said);
                }
            }
        })
    }

    /// Writes rows to a file, a moment after they are final.
    pub fn saving(file: RowsFile, is_streamed: bool) -> io::Result<Self> {
        Self::spawn("save rows", file.progress(), move |shared| {
            let mut file = Some(file);
            let mut failed = None;
            let mut saved = Instant::now();
            loop {
                let snapshot = shared.next();
                let log = &snapshot.log;
                if log.is_finished() {
                    let finished = file.take().map_or(Ok(()), |file| finish(file, log));
                    return match failed {
                        // Rows that were let go cannot be written any more.
                        Some(error) if is_streamed => Err(error),
                        _ => finished,
                    };
                }
                let is_due = saved.elapsed() >= SAVE_EVERY;
                let Some(open) = file.as_mut().filter(|_| is_due || is_streamed) else { continue };
                let result = if is_due { open.save(log) } else { open.add(log) };
                if is_due {
                    saved = Instant::now();
                }
                match result {
                    Ok(seen) => shared.seen.store(seen, Ordering::Relaxed),
                    Err(error) => {
                        if failed.is_none() {
                            say_aside(format!("poolscope: {error}"));
                        }
                        failed.get_or_insert(error);
                        if is_streamed {
                            // The disk must not cost the run.
                            file = None;
                        }
                    }
                }
                if file.is_none() {
                    shared.seen.store(u64::MAX, Ordering::Relaxed);
                }
                shared.progress.fetch_add(1, Ordering::Relaxed);
            }
        })
    }

    fn spawn(
        name: &str,
        progress: Arc<AtomicU64>,
        work: impl FnOnce(&Shared) -> Result<()> + Send + 'static,
    ) -> io::Result<Self> {
        let shared = Arc::new(Shared { progress, ..Shared::default() });
        let own = Arc::clone(&shared);
        let (until_end, end) = channel();
        let thread = thread::Builder::new().name(name.to_owned()).spawn(move || {
            let _until_end = until_end;
            work(&own)
        })?;
        Ok(Self { shared, thread, end })
    }

    /// Gives the newest state of the run; that before it is not written unless it was taken already.
    pub fn give(&self, snapshot: &Arc<RunSnapshot>) {
        *self.shared.latest.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(snapshot));
        self.shared.came.notify_one();
    }

    /// All rows before this one are written out.
    pub fn seen(&self) -> u64 {
        self.shared.seen.load(Ordering::Relaxed)
    }

    /// Whether what it writes can be read by nobody any more.
    pub fn is_unread(&self) -> bool {
        self.shared.is_unread.load(Ordering::Relaxed)
    }

    /// Waits until all is written, or `is_enough` says of the time without progress that it has been waited enough;
    /// nothing then.
    pub fn wait(self, mut is_enough: impl FnMut(Duration) -> bool) -> Option<Result<()>> {
        let mut progress = self.shared.progress.load(Ordering::Relaxed);
        let mut since = Instant::now();
        while let Err(RecvTimeoutError::Timeout) = self.end.recv_timeout(LOOK_EVERY) {
            let now = self.shared.progress.load(Ordering::Relaxed);
            if now != progress {
                (progress, since) = (now, Instant::now());
            }
            if is_enough(since.elapsed()) {
                return None;
            }
        }
        let broken = |_| Err(Error::io("write the results", "its thread has failed"));
        Some(self.thread.join().unwrap_or_else(broken))
    }
}

/// Says something from a thread of its own, which may wait for the terminal.
pub fn say_aside(line: String) {
    // Without a thread it is not said.
    let _ = thread::Builder::new().name("say".to_owned()).spawn(move || say(&line));
}

/// Ends the file of a run. One in which no item ran leaves what an earlier one has written.
fn finish(file: RowsFile, log: &RunLog) -> Result<()> {
    if log.counts.total > log.counts.not_run || !file.replaces_another() {
        return file.finish(log);
    }
    say(&format!("{} stays as it was: no item was run", file.path().display()));
    Ok(())
}
