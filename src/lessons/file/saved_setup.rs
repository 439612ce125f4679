//! A setup as it is kept: what a person decided, and neither inputs nor results. What stands in files is read again from there.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::digest::digest;
use super::rules::Rules;
use crate::function::command::CommandSpec;
use crate::function::python::PythonSource;
use crate::input::LoadOptions;
use crate::pool::Settings;
use crate::value::shortened;

/// Longer texts are not kept: they belong into files.
pub const LONGEST_TEXT_BYTES: usize = 256 << 10;
/// The built-in function of a setup that names none.
pub const FIRST_FUNCTION: &str = "is_prime";

/// Where inputs come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum SourceKind {
    #[default]
    Typed,
    File,
    Folder,
}

/// The kinds of functions that a person chooses from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum FunctionKind {
    #[default]
    Builtin,
    Script,
    Python,
    Command,
}

/// What a person decided. Fields that an older or newer version has not written have their defaults.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SavedSetup {
    pub inputs: SavedInputs,
    pub function: SavedFunction,
    /// Of these the rules are not kept: they are kept as they were written.
    #[serde(with = "pool_alone")]
    pub settings: Settings,
    pub rules: Rules,
    pub chunk_items: u32,
}

/// Settings without their rules, in files.
mod pool_alone {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::pool::{ChunkRule, Mode, Order, Settings};

    #[derive(Serialize, Deserialize)]
    #[serde(default)]
    struct PoolAlone {
        mode: Mode,
        workers: usize,
        processes: usize,
        chunk: ChunkRule,
        order: Order,
    }

    impl Default for PoolAlone {
        fn default() -> Self {
            Self::from(Settings::default())
        }
    }

    impl From<Settings> for PoolAlone {
        fn from(settings: Settings) -> Self {
            let Settings { mode, workers, processes, chunk, order, .. } = settings;
            Self { mode, workers, processes, chunk, order }
        }
    }

    pub fn serialize<S: Serializer>(settings: &Settings, serializer: S) -> Result<S::Ok, S::Error> {
        PoolAlone::from(*settings).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Settings, D::Error> {
        let PoolAlone { mode, workers, processes, chunk, order } = PoolAlone::deserialize(deserializer)?;
        Ok(Settings { mode, workers, processes, chunk, order, ..Settings::default() })
    }
}

/// The inputs of a setup.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SavedInputs {
    pub kind: SourceKind,
    pub typed: String,
    pub calls: usize,
    pub file: Option<SavedSource>,
    pub folder: Option<SavedSource>,
}

/// Where inputs are read from, and how.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SavedSource {
    pub path: Option<PathBuf>,
    /// The name of a file that comes with the program, in the place of a path.
    pub sample: Option<String>,
    pub options: LoadOptions,
    pub skips_bad_lines: bool,
}

/// The function of a setup.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SavedFunction {
    pub kind: FunctionKind,
    pub builtin: String,
    pub params: BTreeMap<String, String>,
    pub command: CommandSpec,
    pub env_text: String,
    /// The file that code was read from.
    pub code_file: Option<PathBuf>,
    /// Code that was typed, or came with an example; or that of the file, for a machine which does not have it.
    pub code: Option<PythonSource>,
    /// The code is another one than that of the file: it was changed and not saved. The digest of what it was changed from.
    pub changed_from: Option<String>,
    pub name: Option<String>,
    pub interpreter: String,
    pub is_whole: bool,
    pub initializer: String,
}

impl SavedSetup {
    /// Changes all paths in it.
    pub fn map_paths(&mut self, change: impl Fn(PathBuf) -> PathBuf) {
        let sources = [&mut self.inputs.file, &mut self.inputs.folder];
        let inputs = sources.into_iter().flatten().filter_map(|source| source.path.as_mut());
        let code = self.function.code.as_mut().map(|code| &mut code.file);
        for path in inputs.chain(self.function.code_file.as_mut()).chain(code) {
            *path = change(std::mem::take(path));
        }
    }

    /// The files that a run of it reads: its inputs and its code.
    pub fn files_read(&self) -> Vec<PathBuf> {
        let inputs = self.inputs.file.iter().filter_map(|source| source.path.as_ref());
        inputs.chain(&self.function.code_file).cloned().collect()
    }

    /// Takes the code that it holds itself where the file of that is not there, and gives the name of the file then. It looks
    /// at the disk.
    pub fn take_own_code(&mut self) -> Option<String> {
        self.function.code.as_ref()?;
        let missing = self.function.code_file.take_if(|file| !file.is_file())?;
        Some(missing.file_name().unwrap_or_default().to_string_lossy().into_owned())
    }

    /// Leaves open which interpreter runs its code.
    pub fn forget_interpreter(&mut self) {
        self.function.interpreter.clear();
    }

    /// Whether its function is one that can do anything: code of Python, or a command.
    pub fn is_powerful(&self) -> bool {
        matches!(self.function.kind, FunctionKind::Python | FunctionKind::Command)
    }

    /// What its function is, in words: "the command `gzip {}`".
    pub fn shown_function(&self) -> String {
        let SavedFunction { kind, builtin, command, name, code, code_file, .. } = &self.function;
        let file =
            code_file.as_ref().or(code.as_ref().map(|code| &code.file)).and_then(|path| path.file_name());
        match (kind, file) {
            (FunctionKind::Command, _) => format!("the command `{}`", shortened(&command.template, 200)),
            (FunctionKind::Builtin, _) => format!("the built-in function {builtin}"),
            (_, file) => {
                let function = name.as_deref().map_or("a function".to_owned(), |name| format!("`{name}`"));
                format!("{function} of {}", file.unwrap_or_default().to_string_lossy())
            }
        }
    }

    /// Stands for the function with the code that would run now: another one has another fingerprint. It looks at the disk.
    pub fn fingerprint(&self) -> String {
        let SavedFunction {
            kind,
            builtin: _,
            params: _,
            command,
            env_text,
            code_file,
            code,
            changed_from,
            name,
            interpreter,
            is_whole,
            initializer,
        } = &self.function;
        // Of a file it is the text that counts, which may have changed since it was allowed. A pipe has none yet.
        let file = code_file.as_ref().filter(|file| changed_from.is_none() && file.is_file());
        let text = match (file, code) {
            (Some(file), _) => fs::read(file).map_err(|error| error.kind()),
            (None, code) => Ok(code.as_ref().map(|code| code.text.clone().into_bytes()).unwrap_or_default()),
        };
        // A copy of the code beside its file does not run.
        let place = code_file.as_ref().or(code.as_ref().map(|code| &code.file));
        let parts = (kind, command, env_text, (place, text), name, interpreter, is_whole, initializer);
        // Paths need not be UTF-8, and each has a text of its own here.
        digest(&format!("{parts:?}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_code_has_another_fingerprint_also_where_its_file_is_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("task.py");
        let mut setup = SavedSetup::default();
        setup.function.kind = FunctionKind::Python;
        setup.function.code_file = Some(file.clone());
        let mut fingerprints = vec![setup.fingerprint()];
        for text in ["def task(x): return x", "def task(x): return 2 * x"] {
            fs::write(&file, text).unwrap();
            fingerprints.push(setup.fingerprint());
        }
        setup.function.is_whole = true;
        fingerprints.push(setup.fingerprint());
        assert_eq!(fingerprints.last(), Some(&setup.fingerprint()));
        fingerprints.dedup();
        assert_eq!(fingerprints.len(), 4);
    }
}
