//! Inputs from a file, a folder or a sample: what was asked for, how far it is, and what came of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::Context;

use crate::app::background::{Task, finished};
use crate::error::{Error, Result};
use crate::input::{BadLines, LoadOptions, Loaded, Progress, load_path, load_reader};
use crate::value::{Column, grouped};

/// Where inputs are read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Path(PathBuf),
    /// A file that comes with the program.
    Sample {
        name: &'static str,
        text: &'static str,
    },
}

/// Inputs that are read from somewhere; see the module's text.
#[derive(Debug, Default)]
pub struct Loading {
    /// The path as it stands in its field.
    pub path_text: String,
    pub origin: Option<Origin>,
    pub options: LoadOptions,
    pub loaded: Option<Loaded>,
    pub error: Option<Error>,
    /// Whether lines that are no inputs may be left out. A person has to say so.
    pub skips_bad_lines: bool,
    progress: Arc<Progress>,
    reading: Option<Task<Result<Loaded>>>,
}

impl Loading {
    /// Begins to read from `origin`, with no wishes left from another one.
    pub fn begin(&mut self, origin: Origin, ctx: &Context) {
        self.path_text = match &origin {
            Origin::Path(path) => path.display().to_string(),
            Origin::Sample { .. } => String::new(),
        };
        self.options = LoadOptions::default();
        self.skips_bad_lines = false;
        self.loaded = None;
        self.origin = Some(origin);
        self.again(ctx);
    }

    /// Reads the same again, after the wishes have changed or the file has.
    pub fn again(&mut self, ctx: &Context) {
        let Some(origin) = self.origin.clone() else { return };
        self.progress.cancel();
        self.error = None;
        self.progress = Arc::new(Progress::new());
        let (options, progress) = (self.options.clone(), Arc::clone(&self.progress));
        self.reading = Some(Task::spawn("read the inputs", ctx, move || read(&origin, &options, &progress)));
    }

    /// Calls the reading off; what was there before stays.
    pub fn cancel(&mut self) {
        self.progress.cancel();
        self.reading = None;
    }

    /// Takes the result when it is there; once a frame.
    pub fn poll(&mut self) {
        match finished(&mut self.reading).map(|done| done.and_then(|result| result)) {
            None => {}
            Some(Ok(loaded)) => self.loaded = Some(loaded),
            Some(Err(error)) => {
                self.error = Some(error);
                self.loaded = None;
            }
        }
    }

    /// How far the reading is, while it is on.
    pub fn progress(&self) -> Option<&Progress> {
        self.reading.as_ref().map(|_| &*self.progress)
    }

    /// The inputs; `what` is "file" or "folder", for the sentence that says why there are none.
    pub fn column(&self, what: &str) -> Result<Arc<Column>> {
        let cannot = |reason: String| Err(Error::input("start the pool", reason));
        if self.reading.is_some() {
            return cannot("the inputs are still being read".to_owned());
        }
        if self.error.is_some() {
            // Why not stands beside the path.
            return cannot(format!("the {what} cannot be read"));
        }
        match &self.loaded {
            None => cannot(format!("no {what} is chosen")),
            Some(loaded) if !loaded.bad.is_empty() && !self.skips_bad_lines => {
                cannot(bad_lines_reason(&loaded.bad))
            }
            Some(loaded) => Ok(Arc::clone(&loaded.column)),
        }
    }
}

impl Drop for Loading {
    fn drop(&mut self) {
        self.progress.cancel();
    }
}

fn read(origin: &Origin, options: &LoadOptions, progress: &Progress) -> Result<Loaded> {
    match origin {
        Origin::Path(path) => load_path(path, options, progress),
        Origin::Sample { name, text } => load_reader(text.as_bytes(), name, options, progress),
    }
}

fn bad_lines_reason(bad: &BadLines) -> String {
    match bad.count {
        1 => "1 line is no input; skip it or mend the file".to_owned(),
        count => format!("{} lines are no inputs; skip them or mend the file", grouped(count)),
    }
}

/// The path that a person wrote: blanks around it and a leading `~` are theirs, not the file's.
pub fn path_from_text(text: &str) -> PathBuf {
    let text = text.trim();
    match (text.strip_prefix("~/"), std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => Path::new(text).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &'static str) -> Loading {
        let mut loading = Loading::default();
        loading.begin(Origin::Sample { name: "sample.csv", text }, &Context::default());
        settle(&mut loading);
        loading
    }

    fn settle(loading: &mut Loading) {
        while loading.progress().is_some() {
            loading.poll();
            std::thread::yield_now();
        }
    }

    #[test]
    fn bad_lines_keep_a_pool_from_starting_until_they_are_skipped() {
        let mut loading = load("number\n1\n2\nn/a\n4\n");
        loading.options.types = crate::input::CellTypes::all(crate::input::CellType::Int);
        loading.again(&Context::default());
        settle(&mut loading);
        assert_eq!(loading.loaded.as_ref().map(|loaded| loaded.bad.count), Some(1), "{:?}", loading.error);
        let error = loading.column("file").unwrap_err().to_string();
        assert_eq!(error, "could not start the pool: 1 line is no input; skip it or mend the file");
        loading.skips_bad_lines = true;
        assert_eq!(loading.column("file").unwrap().len(), 3);
    }

    #[test]
    fn an_unknown_path_is_told_in_a_sentence() {
        let mut loading = Loading::default();
        loading.begin(Origin::Path("/no/such/file.csv".into()), &Context::default());
        settle(&mut loading);
        let error = loading.error.as_ref().unwrap().to_string();
        assert!(error.starts_with("could not ") && error.contains("file.csv"), "{error}");
        let error = loading.column("file").unwrap_err().to_string();
        assert_eq!(error, "could not start the pool: the file cannot be read");
    }

    #[test]
    fn a_written_path_may_have_blanks_and_a_home() {
        assert_eq!(path_from_text(" /tmp/a b.csv\n"), Path::new("/tmp/a b.csv"));
        if let Some(home) = std::env::home_dir() {
            assert_eq!(path_from_text("~/x"), home.join("x"));
        }
    }
}
