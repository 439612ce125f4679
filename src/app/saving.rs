//! Saves the rows of the run that is shown to a file that a person chooses.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::Context;

use super::background::{Task, TaskFor, finished_for};
use super::dialogs::{self, Choose, Chosen};
use crate::error::Result;
use crate::export::{Formulas, RowsFile, files_named};
use crate::function::identity;
use crate::pool::RunSnapshot;
use crate::value::grouped;

/// What is being saved.
#[derive(Default)]
pub struct Saving {
    /// The run as it was when it was asked for, and the choice of the place.
    choosing: Option<(Arc<RunSnapshot>, Task<Chosen>)>,
    writing: Option<TaskFor<Arc<RunSnapshot>, String>>,
    /// The run whose rows were saved last, until that is taken.
    saved: Option<Arc<RunSnapshot>>,
    /// What was saved last.
    said: Option<String>,
}

impl Saving {
    /// Asks for the place, and saves this run there.
    pub fn begin(&mut self, run: &Arc<RunSnapshot>, ctx: &Context) {
        if self.choosing.is_none() && self.writing.is_none() {
            self.choosing = Some((Arc::clone(run), dialogs::choose(Choose::Results, ctx)));
        }
    }

    /// Takes what came of it; once a frame. The error says why nothing was saved.
    pub fn poll(&mut self, ctx: &Context) -> Result<()> {
        if let Some((run, chosen)) = finished_for(&mut self.choosing)
            && let Some(path) = chosen?
        {
            self.write(run, path, ctx);
        }
        if let Some((run, written)) = finished_for(&mut self.writing) {
            // Where it failed, nothing is being saved any more.
            self.said = None;
            self.said = Some(written?);
            self.saved = Some(run);
        }
        Ok(())
    }

    /// Saves this run at a place.
    pub fn write(&mut self, run: Arc<RunSnapshot>, path: PathBuf, ctx: &Context) {
        self.said = Some("saving…".to_owned());
        let saved = Arc::clone(&run);
        let task = Task::spawn("save the results", ctx, move || save(&run, &with_ending(path)));
        self.writing = Some((saved, task));
    }

    /// The run whose rows were saved since this was asked last.
    pub fn take_saved(&mut self) -> Option<Arc<RunSnapshot>> {
        self.saved.take()
    }

    /// What is to be said of it, beside the state of the pool.
    pub fn said(&self) -> Option<&str> {
        self.said.as_deref()
    }

    /// Says something else that came of a command.
    pub fn say(&mut self, said: String) {
        self.said = Some(said);
    }

    /// What was said is of a run that is not shown any more.
    pub fn forget(&mut self) {
        if self.writing.is_none() {
            self.said = None;
        }
    }
}

/// The dialog does not tell which kind was chosen: a name without an ending is that of the first.
fn with_ending(path: PathBuf) -> PathBuf {
    if path.extension().is_none() { path.with_extension("csv") } else { path }
}

fn save(run: &RunSnapshot, path: &Path) -> Result<String> {
    let job = &run.log.plan.job;
    let mut file = RowsFile::create(path, Formulas::AsWritten, &files_named(job, path))?;
    file.note_function(&identity::of(&job.function));
    file.finish(&run.log)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Ok(format!("{} rows saved in {name}", grouped(run.log.counts.total)))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::pool::RunLog;
    use crate::pool::{Plan, examples::Example};

    fn run() -> Arc<RunSnapshot> {
        let job = Example::find("Pool.map").unwrap().job().unwrap();
        let plan = Plan { job, started: Instant::now(), started_wall: std::time::SystemTime::now() };
        let log = RunLog::new(plan);
        Arc::new(RunSnapshot { log, now_ns: 0, live: Vec::new(), host_pids: Vec::new() })
    }

    fn saved(path: &Path) -> (Saving, Result<()>) {
        let (ctx, mut saving) = (Context::default(), Saving::default());
        saving.write(run(), path.to_owned(), &ctx);
        let begun = Instant::now();
        while saving.writing.is_some() {
            assert!(begun.elapsed() < Duration::from_secs(20), "still at it: {:?}", saving.said());
            let polled = saving.poll(&ctx);
            if polled.is_err() || saving.writing.is_none() {
                return (saving, polled);
            }
        }
        (saving, Ok(()))
    }

    #[test]
    fn what_was_saved_is_said_and_a_failure_leaves_nothing_said() {
        let folder = tempfile::tempdir().unwrap();
        let (saving, result) = saved(&folder.path().join("rows"));
        assert_eq!((saving.said(), result.is_ok()), (Some("5 rows saved in rows.csv"), true));
        let (saving, result) = saved(&folder.path().join("no/such/folder/rows.csv"));
        assert_eq!((saving.said(), result.is_err()), (None, true));
    }
}
