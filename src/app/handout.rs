//! Saves what came of a lesson as a page to hand out, at a place that a person chooses.

use std::path::Path;
use std::sync::Arc;

use egui::Context;

use super::background::{Task, finished, finished_for};
use super::dialogs::{self, Choose, Chosen};
use crate::error::Result;
use crate::export::{self, Handout};
use crate::monitor::Machine;
use crate::pool::{RunLog, RunSnapshot};

/// The runs of a lesson, each with its title.
type Runs = Vec<(&'static str, Arc<RunSnapshot>)>;

/// What is being saved.
#[derive(Default)]
pub struct HandoutSaving {
    choosing: Option<((Handout, Runs), Task<Chosen>)>,
    writing: Option<Task<Result<String>>>,
}

impl HandoutSaving {
    /// Asks for a place, and writes the page of the lesson of this name there.
    pub fn begin(&mut self, name: String, page: Handout, runs: Runs, ctx: &Context) {
        if self.choosing.is_none() && self.writing.is_none() {
            self.choosing = Some(((page, runs), dialogs::choose(Choose::Handout(name), ctx)));
        }
    }

    /// What is to be said of what came of it; once a frame. The error says why nothing was written.
    pub fn poll(&mut self, ctx: &Context) -> Result<Option<String>> {
        if let Some(((page, runs), chosen)) = finished_for(&mut self.choosing)
            && let Some(path) = chosen?
        {
            let path = export::with_ending(path, "html");
            self.writing = Some(Task::spawn("save the handout", ctx, move || write(&page, &runs, &path)));
        }
        finished(&mut self.writing).map(|written| written.and_then(|written| written)).transpose()
    }
}

fn write(page: &Handout, runs: &Runs, path: &Path) -> Result<String> {
    let logs: Vec<(&str, &RunLog)> = runs.iter().map(|(title, run)| (*title, &run.log)).collect();
    let machine = Machine::here();
    export::write_whole(path, |out| export::write_handout(page, &logs, &machine, out))?;
    Ok(format!("{} is written", path.file_name().unwrap_or_default().to_string_lossy()))
}
