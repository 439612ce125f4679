//! Inputs from a file, a folder or a sample: what was asked for, how far it is, and what came of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::Context;

use crate::app::background::{Task, finished};
use crate::error::{Error, ErrorKind, Result};
use crate::input::{CellType, CellTypes, LoadOptions, LoadProgress, Loaded, load_path, load_reader};
use crate::lessons::file::{bad_lines_reason, merged_types, read_as};
use crate::value::Column;

/// What was read before stays in sight for so long while the same is read again: most files are read within it, and
/// then nothing flickers.
const STAYS: Duration = Duration::from_millis(300);

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

/// Inputs that are read from somewhere.
#[derive(Debug, Default)]
pub struct Loading {
    /// The path as it stands in its field.
    pub path_text: String,
    pub origin: Option<Origin>,
    /// What a person chose; kept while the same file is shown.
    pub options: LoadOptions,
    /// Those that the file could be read with last.
    good_options: LoadOptions,
    /// What the function takes, which counts where a person chose no type.
    wants: CellTypes,
    pub loaded: Option<Loaded>,
    pub error: Option<Error>,
    /// Whether lines that are no inputs may be left out. A person has to say so.
    pub skips_bad_lines: bool,
    progress: Arc<LoadProgress>,
    reading: Option<Task<Result<Loaded>>>,
    begun_at: Option<Instant>,
}

impl Loading {
    /// Begins to read from `origin`, with no wishes left from another one.
    pub fn begin(&mut self, origin: Origin, ctx: &Context) {
        self.begin_with(origin, LoadOptions::default(), false, ctx);
    }

    /// The same, with wishes that a person had before.
    pub fn begin_with(&mut self, origin: Origin, options: LoadOptions, skips_bad_lines: bool, ctx: &Context) {
        self.path_text = match &origin {
            Origin::Path(path) => path.display().to_string(),
            Origin::Sample { .. } => String::new(),
        };
        (self.options, self.skips_bad_lines) = (options, skips_bad_lines);
        self.loaded = None;
        self.origin = Some(origin);
        self.again(ctx);
    }

    /// Reads the same again, after the wishes have changed or the file has.
    pub fn again(&mut self, ctx: &Context) {
        let Some(origin) = self.origin.clone() else { return };
        self.progress.cancel();
        self.error = None;
        self.progress = Arc::new(LoadProgress::new());
        self.begun_at = Some(Instant::now());
        let options = LoadOptions { types: self.types(), ..self.options.clone() };
        let (is_chosen, progress) = (self.is_type_chosen(), Arc::clone(&self.progress));
        self.reading = Some(Task::spawn("read the inputs", ctx, move || {
            read_as(|options| read(&origin, options, &progress), options, is_chosen, &progress)
        }));
    }

    /// Has the inputs read as what a function takes. What is there is read again where that makes a difference.
    pub fn want(&mut self, wants: &CellTypes, ctx: &Context) {
        if self.is_wanted(wants) {
            return;
        }
        let before = self.types();
        self.wants = wants.clone();
        let types = self.types();
        // A large file is not read again for a parameter that is no column of it.
        let is_read_alike = |loaded: &Loaded| types.are_alike_for(&before, &loaded.columns);
        let is_there = self.reading.is_none() && self.loaded.as_ref().is_some_and(is_read_alike);
        if types != before && !is_there {
            self.again(ctx);
        }
    }

    /// Whether the inputs are, or are being, read as what a function takes.
    pub fn is_wanted(&self, wants: &CellTypes) -> bool {
        self.wants == *wants
    }

    /// What cells are read as: what a person chose for them, else what the function takes.
    fn types(&self) -> CellTypes {
        merged_types(&self.wants, &self.options.types, self.is_type_chosen())
    }

    /// Whether a person chose the type of the inputs.
    fn is_type_chosen(&self) -> bool {
        self.options.types.of(self.chosen_column_name()).is_some()
    }

    /// The type that the function wants the inputs to be.
    pub fn wanted_type(&self) -> Option<CellType> {
        self.wants.of(self.chosen_column_name())
    }

    /// The name of the column that holds the inputs.
    pub fn chosen_column_name(&self) -> Option<&str> {
        let loaded = self.loaded.as_ref()?;
        loaded.columns.get(loaded.chosen_column?).map(String::as_str)
    }

    /// The name of the file or folder, without its path.
    pub fn name(&self) -> String {
        match (&self.loaded, &self.origin) {
            (Some(loaded), _) => loaded.name.clone(),
            (None, Some(Origin::Path(path))) => {
                path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
            }
            (None, Some(Origin::Sample { name, .. })) => (*name).to_owned(),
            (None, None) => String::new(),
        }
    }

    /// Lets go of what could not be read: of the choices that made it so, or of the file.
    pub fn forget_error(&mut self, ctx: &Context) {
        self.error = None;
        if self.loaded.is_some() {
            self.options = self.good_options.clone();
            self.again(ctx);
        } else {
            self.origin = None;
        }
    }

    /// Whether the choices of how it is read say something: there is a file, and it can be opened.
    pub fn can_be_read_otherwise(&self) -> bool {
        self.loaded.is_some() || self.error.as_ref().is_some_and(|error| error.kind() == ErrorKind::Input)
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
            Some(Ok(loaded)) => {
                self.loaded = Some(loaded);
                self.good_options = self.options.clone();
            }
            // What was read before tells what can be chosen instead; it cannot be run.
            Some(Err(error)) => self.error = Some(error),
        }
    }

    /// How far the reading is, while it is on.
    pub fn progress(&self) -> Option<&LoadProgress> {
        self.reading.as_ref().map(|_| &*self.progress)
    }

    /// The same, but for the moment for which what was read before stays in sight.
    pub fn shown_progress(&self, ctx: &Context) -> Option<&LoadProgress> {
        let progress = self.progress()?;
        let passed = self.begun_at.map_or(STAYS, |begun_at| begun_at.elapsed());
        if self.loaded.is_some() && passed < STAYS {
            ctx.request_repaint_after(STAYS - passed);
            return None;
        }
        Some(progress)
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

fn read(origin: &Origin, options: &LoadOptions, progress: &LoadProgress) -> Result<Loaded> {
    match origin {
        Origin::Path(path) => load_path(path, options, progress),
        Origin::Sample { name, text } => load_reader(text.as_bytes(), name, options, progress),
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
        loading.options.types.all = Some(CellType::Int);
        loading.again(&Context::default());
        settle(&mut loading);
        assert_eq!(loading.loaded.as_ref().map(|loaded| loaded.bad.count), Some(1), "{:?}", loading.error);
        let error = loading.column("file").unwrap_err().to_string();
        assert_eq!(
            error,
            "could not start the pool: 1 line cannot be used as an input; skip it or correct the file"
        );
        loading.skips_bad_lines = true;
        assert_eq!(loading.column("file").unwrap().len(), 3);
    }

    #[test]
    fn a_function_says_what_cells_are_read_as_until_a_person_does() {
        let (mut loading, ctx) = (load("code\n007\n2\n"), Context::default());
        let words = CellTypes { is_hint: true, ..CellTypes::all(CellType::Text) };
        let numbers = CellTypes::all(CellType::Int64);
        for (wants, expected) in [(&numbers, "integers"), (&words, "texts")] {
            loading.want(wants, &ctx);
            assert!(loading.column("file").is_err(), "what was read as something else cannot be run");
            settle(&mut loading);
            let column = loading.column("file").unwrap();
            assert_eq!(column.column_type().plural(), expected, "{wants:?}");
        }
        loading.options.types.by_column.insert("code".to_owned(), CellType::Float);
        loading.again(&ctx);
        settle(&mut loading);
        loading.want(&numbers, &ctx);
        settle(&mut loading);
        assert_eq!(loading.column("file").unwrap().column_type().plural(), "numbers");
    }

    #[test]
    fn a_file_is_read_again_only_for_a_parameter_that_is_one_of_its_columns() {
        let (mut loading, ctx) = (load("order,amount\n1,2.5\n2,3.5\n"), Context::default());
        let named = |name: &str| CellTypes { parameters: vec![name.to_owned()], ..CellTypes::default() };
        loading.want(&named("n"), &ctx);
        assert!(loading.progress().is_none() && loading.chosen_column_name() == Some("order"));
        loading.want(&named("amount"), &ctx);
        settle(&mut loading);
        assert_eq!(loading.chosen_column_name(), Some("amount"));
    }

    #[test]
    fn a_file_of_words_is_shown_also_to_a_function_of_numbers() {
        let mut loading = load("town\nUlm\n7\nAix\n");
        loading.want(&CellTypes::all(CellType::Int64), &Context::default());
        settle(&mut loading);
        let loaded = loading.loaded.as_ref().unwrap();
        assert_eq!((loaded.column.len(), loaded.bad.count, &loading.error), (3, 0, &None));
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
