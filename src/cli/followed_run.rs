//! A run that is followed in the terminal: printed and saved as it goes, and ended from outside.
//!
//! The thread that follows it writes nothing itself, so that it always hears.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use super::live::Live;
use super::os::{Wish, on_wish};
use super::source::StreamedInputs;
use super::watched_machine::WatchedMachine;
use super::writers::{Writer, say_aside};
use crate::analysis::{Ledger, LedgerKeeper};
use crate::error::{Error, Result};
use crate::export::RowsFile;
use crate::monitor::MachineHistory;
use crate::pool::{self, Control, Job, Launch, ResumedRows, RunLog, RunSnapshot, Waker};

/// The run is looked at this often while it is silent.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// What executes may go on for so long when the system wants this program to end.
const GRACE: Duration = Duration::from_millis(1000);
/// After one Ctrl-C, a reader that has taken nothing for so long is not waited for: it may have been a pause, but a person
/// wants the run to end.
const STUCK_AFTER_INTERRUPT: Duration = Duration::from_secs(10);
/// A stream that takes nothing for so long is given up when the program is to end at once,
const STUCK_STREAM: Duration = Duration::from_millis(500);
/// and a disk only after so long: what was finished is worth more.
const STUCK_DISK: Duration = Duration::from_secs(8);

/// How often it was asked for the end.
#[derive(Default)]
struct Wishes {
    interrupts: AtomicU32,
    terminations: AtomicU32,
}

impl Wishes {
    fn interrupts(&self) -> u32 {
        self.interrupts.load(Ordering::Relaxed)
    }

    fn terminations(&self) -> u32 {
        self.terminations.load(Ordering::Relaxed)
    }

    /// Whether the program is to end at once.
    fn are_urgent(&self) -> bool {
        self.interrupts() > 1 || self.terminations() > 0
    }

    /// Gives a writer the whole run and waits for it, while that is wanted; nothing where it takes no more.
    fn wait_for(&self, writer: Writer, whole: &Arc<RunSnapshot>, patience: Duration) -> Option<Result<()>> {
        writer.give(whole);
        let before = self.interrupts();
        writer.wait(|idle| {
            let is_urgent = self.are_urgent() || self.interrupts() > before;
            (is_urgent && idle >= patience) || (before > 0 && idle >= STUCK_AFTER_INTERRUPT)
        })
    }
}

/// Why a stream of inputs could not be read to its end, once that is so.
pub type Unreadable = Arc<OnceLock<Error>>;

/// A run that is being followed in the terminal.
pub struct FollowedRun {
    run: pool::Run,
    /// Rows are let go once they were seen here.
    is_streamed: bool,
    unreadable: Unreadable,
    news: Receiver<()>,
    wishes: Arc<Wishes>,
    heard_interrupts: u32,
    /// When the system first wanted this program to end.
    terminated: Option<Instant>,
    /// All of it is saved when it is over, so that it is worth its while without a reader.
    is_saved_whole: bool,
    machine: Option<WatchedMachine>,
}

impl FollowedRun {
    /// Starts a job over its inputs but for those that `kept` has outputs of, or over the inputs of a stream.
    pub fn start(job: Job, kept: ResumedRows, stream: Option<StreamedInputs>) -> Result<Self> {
        let (wake, news) = sync_channel(1);
        let wishes = Arc::new(Wishes::default());
        let (counted, woken) = (Arc::clone(&wishes), wake.clone());
        let heard = on_wish(move |wish| {
            let count = match wish {
                Wish::Interrupt => &counted.interrupts,
                Wish::Terminate => &counted.terminations,
            };
            count.fetch_add(1, Ordering::Relaxed);
            let _ = woken.try_send(());
        });
        heard.map_err(|error| Error::pool("hear Ctrl-C", error))?;
        let waker: Waker = Arc::new(move || {
            // One piece of news in waiting says as much as two.
            let _ = wake.try_send(());
        });
        let launch = Launch::this_program()?;
        let is_streamed = stream.is_some();
        let unreadable = Unreadable::default();
        let noted = Arc::clone(&unreadable);
        let run = match stream {
            None => pool::resume(job, kept, &launch, waker)?,
            Some(stream) => pool::start_stream(job, &launch, waker, move |feed| {
                // The run knows only the sentence.
                stream.read(feed).inspect_err(|error| drop(noted.set(error.clone())))
            })?,
        };
        Ok(Self {
            run,
            is_streamed,
            unreadable,
            news,
            wishes,
            heard_interrupts: 0,
            terminated: None,
            is_saved_whole: false,
            machine: None,
        })
    }

    /// Keeps it for the file of the run: it goes on without a reader, and the cores are looked at meanwhile.
    pub fn keep_whole(&mut self) {
        (self.is_saved_whole, self.machine) = (true, WatchedMachine::start());
    }

    /// Where it is noted that the inputs cannot be read; so before the run has heard of it.
    pub fn unreadable(&self) -> Unreadable {
        Arc::clone(&self.unreadable)
    }

    /// Prints the run as it goes and what is to be said of it at its end, saves its rows, and waits for all that.
    pub fn follow(
        mut self,
        live: Live,
        file: Option<RowsFile>,
        last_words: impl FnOnce(&RunLog, &Ledger) -> Result<()> + Send + 'static,
    ) -> Result<RunOutcome> {
        let threads = |error| Error::io("start a thread", error);
        let is_saved = file.is_some() || self.is_saved_whole;
        let place = file.as_ref().map(|file| file.path().display().to_string()).unwrap_or_default();
        let part = file.as_ref().and_then(RowsFile::part_path).map(|path| path.display().to_string());
        let save_patience =
            if file.as_ref().is_some_and(RowsFile::is_stream) { STUCK_STREAM } else { STUCK_DISK };
        let keeper = Arc::new(Mutex::new(LedgerKeeper::default()));
        let kept = Arc::clone(&keeper);
        let last_words = move |log: &RunLog| last_words(log, &lock(&kept).ledger(log, log.last_row_ns));
        let printer = Writer::printing(live, self.is_streamed, last_words).map_err(threads)?;
        let saver = file.map(|file| Writer::saving(file, self.is_streamed)).transpose().map_err(threads)?;
        let mut is_unread = false;
        loop {
            let snapshot = self.run.snapshot();
            if snapshot.log.is_finished() {
                break;
            }
            self.machine.iter_mut().for_each(|machine| machine.follow(&snapshot.host_pids));
            printer.give(&snapshot);
            saver.iter().for_each(|saver| saver.give(&snapshot));
            if self.is_streamed {
                lock(&keeper).follow(&snapshot.log);
                self.release_seen(&printer, saver.as_ref());
            }
            // Results that go nowhere are not worth a run.
            if printer.is_unread() && !is_saved {
                is_unread = true;
                self.run.stop();
            }
            self.hear_wishes();
            match self.news.recv_timeout(LOOK_EVERY) {
                Ok(()) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let Self { run, wishes, unreadable, machine, .. } = self;
        let snapshot = run.join();
        let history = machine.and_then(|machine| machine.history(&snapshot));
        let is_interrupted = wishes.interrupts() + wishes.terminations() > 0;
        // Files first: nobody may be there to listen.
        let saved = saver.map_or(Some(Ok(())), |saver| wishes.wait_for(saver, &snapshot, save_patience));
        let printed = wishes.wait_for(printer, &snapshot, STUCK_STREAM);
        let is_stuck = printed.is_none();
        let written =
            saved.unwrap_or_else(|| Err(not_taken(&place, part.as_deref()))).and(printed.unwrap_or(Ok(())));
        Ok(RunOutcome { snapshot, history, unreadable, is_interrupted, is_stuck, is_unread, written })
    }

    /// Lets the rows go that were printed and saved.
    fn release_seen(&self, printer: &Writer, saver: Option<&Writer>) {
        self.run.release(printer.seen().min(saver.map_or(u64::MAX, Writer::seen)));
    }

    /// The first Ctrl-C lets what executes finish, the second ends it. The system's wish to end is granted soon.
    fn hear_wishes(&mut self) {
        if self.wishes.terminations() > 0 {
            let since = *self.terminated.get_or_insert_with(Instant::now);
            self.run.ask(Control::StopSoon);
            if since.elapsed() >= GRACE || self.wishes.terminations() > 1 {
                self.run.stop();
            }
        }
        let interrupts = self.wishes.interrupts();
        if interrupts == self.heard_interrupts {
            return;
        }
        let is_first = self.heard_interrupts == 0;
        self.heard_interrupts = interrupts;
        if is_first && interrupts == 1 {
            let text = "poolscope: ending after what is executing now; press Ctrl-C again to end at once";
            say_aside(text.to_owned());
            self.run.ask(Control::StopSoon);
        } else {
            self.run.stop();
        }
    }
}

/// The file takes no more rows, and the program is to end.
fn not_taken(place: &str, part: Option<&str>) -> Error {
    let kept = part.map_or(String::new(), |part| {
        format!("; those that it took are in {part}, from which --resume goes on")
    });
    Error::io(format!("write {place}"), format!("it takes no more rows; some are missing{kept}"))
}

/// Nothing panics half-way through a change of the ledger.
fn lock(keeper: &Mutex<LedgerKeeper>) -> MutexGuard<'_, LedgerKeeper> {
    keeper.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How a run went.
pub struct RunOutcome {
    pub snapshot: Arc<RunSnapshot>,
    /// What the machine did meanwhile, where it was looked at.
    pub history: Option<MachineHistory>,
    pub unreadable: Unreadable,
    pub is_interrupted: bool,
    /// Some stream did not take what was to be written; nothing more can be said.
    pub is_stuck: bool,
    /// It was ended because nobody reads the results any more, as behind `| head`.
    pub is_unread: bool,
    /// Whether all results and the file of rows were written.
    pub written: Result<()>,
}
