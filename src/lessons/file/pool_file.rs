//! A setup in a file (`.pool`): TOML that a person can read and edit, with a note and, where it is a lesson, its words. What is
//! in the setup itself stands in `saved_setup`. Opening such a file runs nothing.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::digest::digest;
use super::saved_setup::SavedSetup;
use crate::error::{Error, Result};
use crate::export;

/// The ending of such a file's name.
pub const POOL_ENDING: &str = "pool";
/// What this program writes, and the newest that it reads.
const FORMAT: u32 = 1;
/// No setup is longer: its inputs are in files of their own.
const LONGEST_BYTES: u64 = 4 << 20;
const HEAD: &str = "# A setup of Poolscope: open it with the program. Opening it runs nothing.\n";

/// What such a file holds.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PoolFile {
    format: u32,
    /// The version of the program that wrote it.
    #[serde(default)]
    program: String,
    /// What makes it a lesson.
    pub lesson: Option<LessonText>,
    #[serde(default)]
    pub setup: SavedSetup,
}

/// The words of a lesson in a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LessonText {
    /// That of the program's own lessons which it is, and by whose figures it is judged; empty where it is another.
    pub name: String,
    pub claim: String,
    pub question: String,
    /// Three answers.
    pub choices: Vec<String>,
    pub answer: Answer,
    /// Why it comes out so, as the writer knows it.
    pub why: String,
    /// What would have to differ for it to be otherwise.
    pub otherwise: String,
    /// It is run with processes and with threads, and not only as it is set up.
    pub runs_both_modes: bool,
    /// How many have chosen each answer.
    pub votes: [u32; 3],
    /// Stands for all that was written into the file but the votes: one that was edited is a lesson of its own.
    pub mark: String,
}

/// Which answer is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// The runs tell: the first where processes are faster, the second where threads are, the third where neither is.
    #[default]
    Measured,
    First,
    Second,
    Third,
}

impl LessonText {
    /// Why it is no lesson that can be shown; nothing where it is.
    fn fault(&self) -> Option<&'static str> {
        let is_empty = |text: &String| text.trim().is_empty();
        if is_empty(&self.claim) || is_empty(&self.question) {
            return Some("its [lesson] needs a claim and a question");
        }
        if self.choices.len() != 3 || self.choices.iter().any(is_empty) {
            return Some("its [lesson] needs three choices");
        }
        let needs_both = self.answer == Answer::Measured && !self.runs_both_modes;
        needs_both.then_some("its [lesson] needs runs_both_modes = true for its answer to be measured")
    }
}

impl PoolFile {
    pub fn new(setup: SavedSetup, lesson: Option<LessonText>) -> Self {
        Self { format: FORMAT, program: env!("CARGO_PKG_VERSION").to_owned(), lesson, setup }
    }

    /// Reads such a file, and says what a person should know of it. Paths in it are seen from its folder. Where the file of its
    /// code is not there, the code that it holds itself is taken.
    pub fn read(path: &Path) -> Result<(Self, Vec<String>)> {
        let failed = |reason: String| Error::usage(format!("open {}", path.display()), reason);
        let mut bytes = Vec::new();
        let opened = File::open(path).map_err(|error| failed(error.to_string()))?;
        opened.take(LONGEST_BYTES + 1).read_to_end(&mut bytes).map_err(|error| failed(error.to_string()))?;
        if bytes.len() as u64 > LONGEST_BYTES {
            return Err(failed("it has more than 4 MB, which is no setup".to_owned()));
        }
        let text = String::from_utf8(bytes).map_err(|_| failed("it is not text in UTF-8".to_owned()))?;
        let (mut file, table) = Self::parsed(&text).map_err(failed)?;
        let mut said = file.unknown_in(&table);
        if let Some(text) = &mut file.lesson {
            // Whether it was written as one of the program's own lessons, and changed since then.
            let mark = std::mem::take(&mut text.mark);
            if !text.name.is_empty() && !mark.is_empty() && mark != mark_of(table) {
                text.name.clear();
                said.push("This lesson was edited: its own question, code and answer are used.".to_owned());
            }
        }
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        file.setup.map_paths(|inner| folder.join(inner));
        // It is a program, which would be started to look at the code: that is for the person at this machine to choose.
        file.setup.forget_interpreter();
        said.extend(file.setup.take_own_code().map(|name| {
            format!("{name} is not there; the code that {} holds itself is taken", name_of(path))
        }));
        Ok((file, said))
    }

    fn parsed(text: &str) -> std::result::Result<(Self, toml::Table), String> {
        /// What every version of the file has.
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        // Where it is no TOML at all, that is said with its line.
        let table = text.parse::<toml::Table>().map_err(|error| fault_of(&error, text))?;
        let Ok(Format { format }) = toml::from_str(text) else {
            return Err("it is not a setup of Poolscope: it does not begin with format = 1".to_owned());
        };
        if format > FORMAT {
            return Err(format!(
                "it was written by a newer version of Poolscope (format {format}; this one reads up to {FORMAT})"
            ));
        }
        let file: Self = toml::from_str(text).map_err(|error| fault_of(&error, text))?;
        match file.lesson.as_ref().and_then(LessonText::fault) {
            Some(fault) => Err(fault.to_owned()),
            None => Ok((file, table)),
        }
    }

    /// What a file holds that this program has no use for: misspelt, or of a later version.
    fn unknown_in(&self, table: &toml::Table) -> Vec<String> {
        let Ok(known) = toml::Table::try_from(self) else { return Vec::new() };
        let unknown = keys_beyond(&known, table, "");
        unknown.into_iter().map(|key| format!("`{key}` is not known, and is ignored.")).collect()
    }

    /// Writes it to a file; paths within the folder of that are written as seen from there.
    pub fn write(mut self, path: &Path) -> Result<()> {
        let failed = |reason: String| Error::io(format!("write {}", path.display()), reason);
        let folder = path.parent().and_then(|folder| folder.canonicalize().ok()).unwrap_or_default();
        self.setup.map_paths(|inner| within(&folder, inner));
        let table = toml::Table::try_from(&self).map_err(|error| failed(error.to_string()))?;
        if let Some(text) = self.lesson.as_mut().filter(|text| !text.name.is_empty()) {
            text.mark = mark_of(table);
        }
        let text = toml::to_string_pretty(&self).map_err(|error| failed(error.to_string()))?;
        export::write_whole(path, |out| out.write_all(format!("{HEAD}{text}").as_bytes()))
    }
}

/// Stands for what a file holds, but for its votes and its own mark. What a later version would write is no part of it.
fn mark_of(mut table: toml::Table) -> String {
    if let Some(lesson) = table.get_mut("lesson").and_then(toml::Value::as_table_mut) {
        ["mark", "votes"].iter().for_each(|key| drop(lesson.remove(*key)));
    }
    let parts = ["lesson", "setup"].map(|part| table.get(part).map(toml::Value::to_string));
    digest(&format!("{parts:?}"))
}

/// The keys of a table that another does not have, as `setup.rules.retrys`.
fn keys_beyond(known: &toml::Table, table: &toml::Table, before: &str) -> Vec<String> {
    let beyond = |(key, value): (&String, &toml::Value)| match (known.get(key), value) {
        (Some(toml::Value::Table(known)), toml::Value::Table(table)) => {
            keys_beyond(known, table, &format!("{before}{key}."))
        }
        (Some(_), _) => Vec::new(),
        (None, _) => vec![format!("{before}{key}")],
    };
    table.iter().flat_map(beyond).collect()
}

/// A path as seen from a folder that it is in; others are the same.
fn within(folder: &Path, inner: PathBuf) -> PathBuf {
    let relative =
        inner.canonicalize().ok().and_then(|whole| Some(whole.strip_prefix(folder).ok()?.to_owned()));
    relative.unwrap_or(inner)
}

/// "line 3: expected a value".
fn fault_of(error: &toml::de::Error, text: &str) -> String {
    let line = error.span().map(|span| 1 + text[..span.start.min(text.len())].matches('\n').count());
    let message = error.message();
    line.map_or_else(|| message.to_owned(), |line| format!("line {line}: {message}"))
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_lesson_of_the_program_that_was_edited_is_one_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.pool");
        let lesson = LessonText {
            name: "the-lock".to_owned(),
            claim: "c".to_owned(),
            question: "q".to_owned(),
            choices: ["1", "2", "3"].map(str::to_owned).to_vec(),
            runs_both_modes: true,
            votes: [1, 2, 3],
            ..LessonText::default()
        };
        PoolFile::new(SavedSetup::default(), Some(lesson)).write(&path).unwrap();
        let written = fs::read_to_string(&path).unwrap();
        let name_in = |text: &str| {
            fs::write(&path, text).unwrap();
            let (file, said) = PoolFile::read(&path).unwrap();
            (file.lesson.unwrap().name, !said.is_empty())
        };
        assert_eq!(name_in(&written), ("the-lock".to_owned(), false));
        assert_eq!(name_in(&written.replace("    3,\n", "    4,\n")), ("the-lock".to_owned(), false));
        for (before, after) in [("\"q\"", "\"other?\""), ("retries = 0", "retries = 1")] {
            assert!(written.contains(before), "{written}");
            assert_eq!(name_in(&written.replace(before, after)), (String::new(), true), "{before}");
        }
    }

    #[test]
    fn a_program_that_a_file_names_is_not_started_when_that_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.pool");
        let text = "format = 1\n[setup.function]\nkind = \"Python\"\ninterpreter = \"/no/such/program\"\n";
        fs::write(&path, text).unwrap();
        let (file, _) = PoolFile::read(&path).unwrap();
        assert_eq!(file.setup.function.interpreter, "");
        assert!(file.setup.is_powerful());
    }

    #[test]
    fn what_is_wrong_with_a_file_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.pool");
        for (text, told) in [
            ("format = 1\n[setup", "line 2: "),
            ("a = 1\n", "it is not a setup of Poolscope"),
            ("", "it is not a setup of Poolscope"),
            ("format = 7\nsetup = 3\n", "newer version of Poolscope (format 7"),
            ("format = 1\n[setup]\nchunk_items = \"many\"\n", "line 3: "),
            ("format = 1\n[lesson]\nclaim = \"a\"\n", "needs a claim and a question"),
            (
                "format = 1\n[lesson]\nclaim = \"a\"\nquestion = \"b\"\nchoices = [\"1\", \"2\"]\n",
                "three choices",
            ),
            (
                "format = 1\n[lesson]\nclaim = \"a\"\nquestion = \"b\"\nchoices = [\"1\", \"2\", \"3\"]\n",
                "runs_both_modes",
            ),
        ] {
            fs::write(&path, text).unwrap();
            let error = PoolFile::read(&path).unwrap_err().to_string();
            assert!(error.contains(told) && error.contains("x.pool"), "{text:?}: {error}");
        }
        fs::write(&path, [0xff, 0xfe]).unwrap();
        assert!(PoolFile::read(&path).unwrap_err().to_string().contains("UTF-8"));
        let text = "format = 1\nof_later = 2\n[setup]\nchunk_items = 3\n[setup.rules]\nretrys = 3\n\
                    [setup.settings.item]\nretries = 3\n[setup.function.params]\nseed = \"2\"\n";
        fs::write(&path, text).unwrap();
        // The rules of a setup are those of `rules` alone.
        let unknown = ["of_later", "setup.rules.retrys", "setup.settings.item"]
            .map(|key| format!("`{key}` is not known, and is ignored."));
        assert_eq!(PoolFile::read(&path).unwrap().1, unknown);
        assert!(PoolFile::read(Path::new("/dev/zero")).unwrap_err().to_string().contains("4 MB"));
    }
}
