//! The text of a Python file or notebook, and where a person finds a line of it.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::notebook;
use crate::error::{Error, Result};
use crate::function::code_file::code_bytes;
use crate::function::encoding;

/// A file or notebook of Python that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PythonSource {
    /// Where the file is, as a whole path.
    pub file: PathBuf,
    pub text: String,
    /// Of a notebook: the line of the text with which each code cell begins, and the number of the cell. A comment
    /// above each tells that number in the text.
    pub cells: Vec<(usize, usize)>,
}

/// The file of code that was typed and is in no file.
pub const UNTITLED: &str = "untitled.py";

impl PythonSource {
    /// Whether it was typed and is in no file, as far as its name tells.
    pub fn is_untitled(&self) -> bool {
        self.file.file_name().is_some_and(|name| name == UNTITLED)
    }

    /// Reads a file: a notebook where its name ends in `.ipynb`.
    pub fn read(file: &Path) -> Result<Self> {
        let failed = |error: &dyn std::fmt::Display| Error::usage(format!("read {}", file.display()), error);
        let bytes = code_bytes(file)?;
        let file = fs::canonicalize(file).map_err(|error| failed(&error))?;
        let text = if is_notebook(&file) {
            String::from_utf8(bytes).map_err(|error| failed(&format!("it is not a notebook: {error}")))?
        } else {
            encoding::decoded(&bytes).map_err(|reason| failed(&reason))?
        };
        Self::of_text(file, text)
    }

    /// The text of a file that has these bytes; or, in Python's words, why there is none.
    pub fn decoded(bytes: &[u8]) -> Result<String, String> {
        encoding::decoded(bytes)
    }

    /// Whether its file is a notebook, of which the text is only a part.
    pub fn is_of_notebook(&self) -> bool {
        is_notebook(&self.file)
    }

    /// The same where the text is known; the file need not be there.
    pub fn of_text(file: PathBuf, text: String) -> Result<Self> {
        if !is_notebook(&file) {
            return Ok(Self { file, text, cells: Vec::new() });
        }
        let text = notebook::code_of(text.trim_start_matches('\u{feff}'))
            .map_err(|reason| Error::usage(format!("read {}", file.display()), reason))?;
        let cells = notebook::cells_of(&text);
        Ok(Self { file, text, cells })
    }

    /// Finds the cells again; must be called after a change of the text.
    pub fn find_cells(&mut self) {
        if is_notebook(&self.file) {
            self.cells = notebook::cells_of(&self.text);
        }
    }

    /// The file's name, for messages.
    pub fn name(&self) -> String {
        self.file.file_name().unwrap_or(self.file.as_os_str()).to_string_lossy().into_owned()
    }

    /// The line of the text that a sentence names as [`PythonSource::place`] does: the first one.
    pub fn line_of(&self, sentence: &str) -> Option<usize> {
        let line = number_behind("line ", sentence)?;
        let cell = number_behind("cell ", sentence);
        let begins = cell.and_then(|cell| self.cells.iter().find(|(_, number)| *number == cell));
        Some(begins.map_or(line, |(first, _)| first + line - 1))
    }

    /// "line 3", or "cell 2, line 3" of a notebook.
    pub fn place(&self, line: usize) -> String {
        match self.cells.iter().rev().find(|(first, _)| *first <= line) {
            Some((first, cell)) => format!("cell {cell}, line {}", line - first + 1),
            None => format!("line {line}"),
        }
    }
}

fn is_notebook(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("ipynb"))
}

/// The first number that stands behind a word: 3 of "see line 3".
fn number_behind(word: &str, sentence: &str) -> Option<usize> {
    let (_, after) = sentence.split_once(word)?;
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}
