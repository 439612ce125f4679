//! Saves what a run has finished when the window ends without being asked to: because of a fault in its own code, because
//! its display is gone, or because the system ends it. What is shown is noted once a frame; the next window says once
//! where the rows are.
//!
//! It is one for the whole program, because a panic, a signal and the end of the process carry nothing along.

mod os;

use std::backtrace::Backtrace;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::panic;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, TryLockError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::progress::failed;
use super::state::log_title;
use crate::error::{Error, Result};
use crate::export::{self, Formulas};
use crate::pool::{Counts, RunLog, RunSnapshot};
use crate::value::grouped;

/// What is said to the next window lies here.
const NOTICE_FILE: &str = "saved-at-last-end.txt";
/// After this a window that was told to close is ended.
const PATIENCE: Duration = Duration::from_secs(3);
const SIGNALLED: i32 = 143;

static SHOWN: Mutex<Option<Rescue>> = Mutex::new(None);

/// What would be saved, and where.
struct Rescue {
    folder: PathBuf,
    run: Option<Arc<RunSnapshot>>,
}

/// From now on an end that nobody asked for saves what was noted; `close` asks the window to close.
pub fn begin(folder: Option<PathBuf>, close: impl Fn() + Send + 'static) {
    let Some(folder) = folder else { return };
    set(Some(Rescue { folder, run: None }));
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        before(info);
        // One elsewhere does not end the window.
        if std::thread::current().name() == Some("main") {
            // A screen that is gone shows in the libraries that draw on it.
            let is_own = info.location().is_some_and(|place| place.file().starts_with("src"));
            let why =
                if is_own { "of a fault in its own code" } else { "of a fault in what draws its window" };
            save(why, &format!("{info}\n\n{}", Backtrace::force_capture()));
        }
    }));
    os::at_exit(|| save("the connection to its display was lost", ""));
    os::on_signals(move |signal| {
        save(signal, "");
        close();
        std::thread::sleep(PATIENCE);
        std::process::exit(SIGNALLED);
    });
}

/// Sets the run that is shown from this frame on.
pub fn show(run: Option<&Arc<RunSnapshot>>) {
    if let Ok(mut shown) = SHOWN.try_lock()
        && let Some(rescue) = shown.as_mut()
    {
        rescue.run = run.cloned();
    }
}

/// The window was closed by a person: nothing is to be saved.
pub fn end() {
    set(None);
}

fn set(rescue: Option<Rescue>) {
    *SHOWN.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = rescue;
}

/// Saves what was noted last, once, and says so.
pub fn save(why: &str, details: &str) {
    let mut shown = match SHOWN.try_lock() {
        Ok(shown) => shown,
        Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
        // It is just being saved.
        Err(TryLockError::WouldBlock) => return,
    };
    let Some(rescue) = shown.take() else { return };
    drop(shown);
    let said = match rescue.write(why, details) {
        Ok(notice) => notice,
        Err(error) => {
            Some(format!("Poolscope ended because {why}, and its rows could not be saved: {error}"))
        }
    };
    if let Some(said) = said {
        // There may be nobody to read it.
        let _ = writeln!(std::io::stderr(), "{said}");
    }
}

/// How many items came to an end by themselves: those that were stopped or never ran are not worth a word.
fn finished(counts: Counts) -> u64 {
    counts.ok + failed(counts) + counts.timed_out
}

impl Rescue {
    /// Writes the rows, what happened, and the notice for the next window; gives that notice where there was anything to
    /// tell. Where its folder takes nothing, as on a full disk, the folder for temporary files has to do.
    fn write(&self, why: &str, details: &str) -> Result<Option<String>> {
        let has_rows = |run: &&Arc<RunSnapshot>| finished(run.log.counts) > 0;
        let run = self.run.as_ref().filter(has_rows);
        if run.is_none() && details.is_empty() {
            return Ok(None);
        }
        let mut notice = format!("Poolscope ended because {why}");
        if let Some(run) = run {
            let path = self.write_somewhere("rows", "jsonl", |path| {
                export::write_rows(&run.log, path, Formulas::AsWritten)
            })?;
            let count = grouped(finished(run.log.counts));
            notice += &format!("; the {count} rows that were finished are in {}", path.display());
        }
        if !details.is_empty() {
            let report = report(run.map(|run| &run.log), &notice, details);
            let path = self.write_somewhere("report", "txt", |path| {
                fs::write(path, &report).map_err(|error| not_written(path, &error))
            })?;
            notice += &format!("; what happened is in {}", path.display());
        }
        // Several windows may end at once. Without the notice the rows are there all the same.
        let file = OpenOptions::new().append(true).create(true).open(self.folder.join(NOTICE_FILE));
        let _ = file.and_then(|mut file| writeln!(file, "{notice}"));
        Ok(Some(notice))
    }

    /// Writes a file of its own in the first place that takes it; gives its path.
    fn write_somewhere(
        &self,
        name: &str,
        ending: &str,
        write: impl Fn(&Path) -> Result<()>,
    ) -> Result<PathBuf> {
        let now_s = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let file = format!("poolscope-{name}-{now_s}-{}.{ending}", std::process::id());
        let write_in = |folder: &Path| {
            fs::create_dir_all(folder).map_err(|error| not_written(folder, &error))?;
            let path = folder.join(&file);
            write(&path).map(|()| path)
        };
        // What is said is why it cannot be where it belongs.
        write_in(&self.folder).or_else(|error| write_in(&std::env::temp_dir()).map_err(|_| error))
    }
}

fn not_written(path: &Path, error: &std::io::Error) -> Error {
    Error::io(format!("write {}", path.display()), error)
}

fn report(log: Option<&RunLog>, notice: &str, details: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let system = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
    let run = log.map_or_else(
        || "no run".to_owned(),
        |log| format!("{}\n{:?}\n{:?}", log_title(log), log.plan.job.settings, log.counts),
    );
    format!("{notice}\n\nPoolscope {version}, {system}\n\n{run}\n\n{details}\n")
}

/// What the last window has left notice of, once.
pub fn take_notice(folder: &Path) -> Option<String> {
    let path = folder.join(NOTICE_FILE);
    let notice = fs::read_to_string(&path).ok()?.trim_end().to_owned();
    // Where it cannot be removed it is said again.
    let _ = fs::remove_file(path);
    Some(notice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_reported_and_the_next_window_hears_of_it_once() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("data");
        let rescue = Rescue { folder: at.clone(), run: None };
        assert_eq!(rescue.write("the system asked it to", "").unwrap(), None);
        assert!(take_notice(&at).is_none());
        let notice = rescue.write("of a fault in its own code", "at line 7").unwrap().unwrap();
        let (_, report) = notice.split_once("; what happened is in ").unwrap();
        let report = fs::read_to_string(report).unwrap();
        assert!(report.contains("at line 7") && report.contains(env!("CARGO_PKG_VERSION")), "{report}");
        assert_eq!(take_notice(&at), Some(notice));
        assert!(take_notice(&at).is_none());
    }

    #[test]
    fn what_its_folder_does_not_take_is_written_elsewhere() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("data");
        fs::write(&at, "a file, where the folder should be").unwrap();
        let rescue = Rescue { folder: at, run: None };
        let notice = rescue.write("of a fault in its own code", "at line 7").unwrap().unwrap();
        let (_, report) = notice.split_once("; what happened is in ").unwrap();
        assert!(Path::new(report).starts_with(std::env::temp_dir()), "{report}");
        assert!(fs::read_to_string(report).unwrap().contains("at line 7"));
        fs::remove_file(report).unwrap();
    }

    #[test]
    fn windows_that_end_at_once_leave_notice_of_each() {
        let folder = tempfile::tempdir().unwrap();
        let rescue = Rescue { folder: folder.path().to_owned(), run: None };
        let first = rescue.write("its display was lost", "first").unwrap().unwrap();
        let second = rescue.write("the system asked it to", "second").unwrap().unwrap();
        assert_eq!(take_notice(folder.path()), Some(format!("{first}\n{second}")));
    }
}
