//! A lesson in a file, and the question before something runs that the file has brought.

use std::path::Path;

use super::super::streams::{self, say};
use super::Chosen;
use crate::error::{Error, Result};
use crate::lessons::LESSONS;
use crate::lessons::file::{FileLesson, POOL_ENDING, PoolFile, SavedSetup};

/// Whether a file is meant, and no lesson of the program.
pub(super) fn is_file(name: &str) -> bool {
    let path = Path::new(name);
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(POOL_ENDING)) || path.is_file()
}

/// The lesson of a file. Where it has brought something that can do anything, a person has to allow it.
pub(super) fn open(path: &Path, is_trusted: bool) -> Result<Chosen> {
    let (file, said) = PoolFile::read(path)?;
    said.iter().for_each(|said| say(said));
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let known = file.lesson.as_ref().map(|text| text.name.clone()).filter(|name| !name.is_empty());
    // One of the program's own runs what the program brings.
    if let Some(lesson) = known.and_then(|known| LESSONS.iter().find(|lesson| lesson.name == known)) {
        return Ok(Chosen::Lesson(lesson));
    }
    let Some(lesson) = FileLesson::of(file, name) else {
        let reason =
            "it is a setup and no lesson: it has no [lesson]; `poolscope` opens setups in its window";
        return Err(Error::usage(format!("run {}", path.display()), reason));
    };
    if lesson.setup.is_powerful() && !is_trusted && !is_allowed_now(&lesson.file, &lesson.setup) {
        let reason = format!(
            "it would run {}, which can do everything that you can; `--trust` runs it once you have read it",
            lesson.setup.shown_function()
        );
        return Err(Error::usage(format!("run {}", path.display()), reason));
    }
    Ok(Chosen::File(lesson.into()))
}

fn is_allowed_now(file: &str, setup: &SavedSetup) -> bool {
    streams::agrees(&format!(
        "{file} has brought {}, which can do everything that you can. Run it?",
        setup.shown_function()
    ))
}
