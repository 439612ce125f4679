//! Saves what a run has finished when the window ends without being asked to: because of a fault in its own code, because
//! its display is gone, or because the system ends it. What is shown is noted once a frame; the next window says once
//! where the rows are.
//!
//! It is one for the whole program, because a panic, a signal and the end of the process carry nothing along.

mod os;

use std::backtrace::Backtrace;
use std::fs;
use std::io::Write;
use std::panic;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, TryLockError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::state::log_title;
use crate::error::{Error, Result};
use crate::export::{self, Formulas};
use crate::pool::{RunLog, RunSnapshot};
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

/// Notes what is shown in this frame.
pub fn note(run: Option<&Arc<RunSnapshot>>) {
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

impl Rescue {
    /// Writes the rows, what happened, and the notice for the next window; gives that notice where there was anything to
    /// tell.
    fn write(&self, why: &str, details: &str) -> Result<Option<String>> {
        let has_rows = |run: &&Arc<RunSnapshot>| run.log.counts.ok + run.log.counts.failed > 0;
        let run = self.run.as_ref().filter(has_rows);
        if run.is_none() && details.is_empty() {
            return Ok(None);
        }
        let failed =
            |path: &Path, error: std::io::Error| Error::io(format!("write {}", path.display()), error);
        fs::create_dir_all(&self.folder).map_err(|error| failed(&self.folder, error))?;
        let now_s = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let mut notice = format!("Poolscope ended because {why}");
        if let Some(run) = run {
            let path = self.folder.join(format!("rows-{now_s}.jsonl"));
            export::write_rows(&run.log, &path, Formulas::AsWritten)?;
            let count = grouped(run.log.counts.ok + run.log.counts.failed);
            notice += &format!("; the {count} rows that were finished are in {}", path.display());
        }
        if !details.is_empty() {
            let path = self.folder.join(format!("report-{now_s}.txt"));
            let report = report(run.map(|run| &run.log), &notice, details);
            fs::write(&path, report).map_err(|error| failed(&path, error))?;
            notice += &format!("; what happened is in {}", path.display());
        }
        let path = self.folder.join(NOTICE_FILE);
        fs::write(&path, &notice).map_err(|error| failed(&path, error))?;
        Ok(Some(notice))
    }
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
    let notice = fs::read_to_string(&path).ok()?;
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
}
